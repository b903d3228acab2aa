/* SPDX-License-Identifier: Apache-2.0 */
/* files_windows.c - open files on Windows, see files.h. A descriptor is one of the C library around a handle. */
#include "base/os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "base/os/system.h"
#include "base/os/windows_shared.h"

#define LARGEST_TRANSFER ((DWORD)1 << 30)
#define NAME_ATTEMPTS 100u
#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static HANDLE handle_of(int descriptor) {
  return (HANDLE)_get_osfhandle(descriptor);
}

static DWORD transfer_size(size_t size) {
  return size < LARGEST_TRANSFER ? (DWORD)size : LARGEST_TRANSFER;
}

static OVERLAPPED place(uint64_t offset) {
  return (OVERLAPPED){.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
}

/* Opens a file whose name is UTF-16. The handle is not passed on to other processes. */
static int open_wide(const wchar_t *path, DWORD access, DWORD creation, DWORD flags, int *descriptor) {
  const HANDLE handle = CreateFileW(path, access, SHARE_ALL, NULL, creation, flags, NULL);
  if (handle == INVALID_HANDLE_VALUE) {
    return dseg_os_last_error();
  }
  *descriptor = _open_osfhandle((intptr_t)handle, _O_BINARY | _O_NOINHERIT);
  if (*descriptor < 0) {
    (void)CloseHandle(handle);
    return EMFILE;
  }
  return 0;
}

static int open_name(const char *path, DWORD access, DWORD creation, DWORD flags, int *descriptor) {
  wchar_t *wide = NULL;
  *descriptor = -1;
  int number = dseg_os_widen(path, &wide);
  if (number == 0) {
    number = open_wide(wide, access, creation, flags, descriptor);
  }
  free(wide);
  return number;
}

static int facts_of_handle(HANDLE handle, dseg_os_facts *facts) {
  *facts = (dseg_os_facts){.kind = DSEG_OS_OTHER};
  const DWORD type = GetFileType(handle);
  if (type == FILE_TYPE_PIPE) {
    facts->kind = DSEG_OS_PIPE;
  } else if (type == FILE_TYPE_DISK) {
    BY_HANDLE_FILE_INFORMATION info;
    if (!GetFileInformationByHandle(handle, &info)) {
      return dseg_os_last_error();
    }
    if ((info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
      facts->kind = DSEG_OS_DIRECTORY;
    } else {
      *facts = (dseg_os_facts){DSEG_OS_REGULAR, (uint64_t)info.nFileSizeHigh << 32 | info.nFileSizeLow};
    }
  } else if (type == FILE_TYPE_UNKNOWN && GetLastError() != NO_ERROR) {
    return dseg_os_last_error();
  }
  return 0;
}

int dseg_os_facts_of(int descriptor, dseg_os_facts *facts) {
  return facts_of_handle(handle_of(descriptor), facts);
}

int dseg_os_facts_of_path(const char *path, dseg_os_facts *facts) {
  int descriptor = -1;
  /* No access at all is asked for. Directories open with these semantics only. */
  int number = open_name(path, 0, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, &descriptor);
  if (number == 0) {
    number = dseg_os_facts_of(descriptor, facts);
    (void)dseg_os_close(descriptor);
  }
  return number;
}

int dseg_os_facts_of_name(const char *path, dseg_os_facts *facts) {
  wchar_t *wide = NULL;
  const int number = dseg_os_widen(path, &wide);
  if (number != 0) {
    return number;
  }
  const DWORD attributes = GetFileAttributesW(wide);
  free(wide);
  if (attributes == INVALID_FILE_ATTRIBUTES) {
    return dseg_os_last_error();
  }
  *facts = (dseg_os_facts){.kind = DSEG_OS_OTHER};
  return (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 ? 0 : dseg_os_facts_of_path(path, facts);
}

int dseg_os_open_read(const char *path, int *descriptor) {
  return open_name(path, GENERIC_READ, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, descriptor);
}

/* Reads from a pipe always wait. */
int dseg_os_set_blocking(int descriptor) {
  (void)descriptor;
  return 0;
}

int dseg_os_duplicate(int descriptor, int *duplicate) {
  *duplicate = _dup(descriptor);
  if (*duplicate < 0) {
    return errno;
  }
  (void)SetHandleInformation(handle_of(*duplicate), HANDLE_FLAG_INHERIT, 0);
  return 0;
}

int dseg_os_create(const char *path, int *descriptor) {
  return open_name(path, GENERIC_READ | GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, descriptor);
}

/* The directory of temporary files in UTF-8, for free(). */
static int temporary_directory(char **directory) {
  wchar_t wide[MAX_PATH + 1];
  const DWORD length = GetTempPathW(MAX_PATH + 1, wide);
  *directory = NULL;
  if (length == 0 || length > MAX_PATH) {
    return ENOENT;
  }
  return dseg_os_narrow(wide, directory);
}

/* The file has a name until it is closed, and loses it then, even when the process is killed. */
static int create_in(const char *directory, int *descriptor) {
  const size_t length = strlen(directory);
  /* "C:" is the current directory of that drive. */
  const char *separator = length > 0 && strchr("/\\:", directory[length - 1]) == NULL ? "\\" : "";
  char *path = malloc(strlen(directory) + 64);
  if (path == NULL) {
    return ENOMEM;
  }
  int number = EEXIST;
  for (unsigned attempt = 0; number == EEXIST && attempt < NAME_ATTEMPTS; attempt++) {
    const unsigned long long now = dseg_os_now() + attempt;
    (void)snprintf(path, strlen(directory) + 64, "%s%s.dseg-%lx-%llx.tmp", directory, separator, dseg_os_process_id(),
                   now);
    number = open_name(path, GENERIC_READ | GENERIC_WRITE, CREATE_NEW,
                       FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, descriptor);
  }
  free(path);
  return number;
}

int dseg_os_create_unnamed(const char *directory, int *descriptor) {
  *descriptor = -1;
  if (directory != NULL) {
    return create_in(directory, descriptor);
  }
  char *temporary = NULL;
  int number = temporary_directory(&temporary);
  if (number == 0) {
    number = create_in(temporary, descriptor);
  }
  free(temporary);
  return number;
}

int dseg_os_close(int descriptor) {
  return _close(descriptor) == 0 ? 0 : errno;
}

int dseg_os_read_at(int descriptor, uint64_t offset, void *data, size_t size, size_t *got) {
  uint8_t *bytes = data;
  *got = 0;
  while (*got < size) {
    OVERLAPPED at = place(offset + *got);
    DWORD count = 0;
    if (!ReadFile(handle_of(descriptor), bytes + *got, transfer_size(size - *got), &count, &at)) {
      return GetLastError() == ERROR_HANDLE_EOF ? 0 : dseg_os_last_error();
    }
    if (count == 0) {
      break;
    }
    *got += count;
  }
  return 0;
}

int dseg_os_read(int descriptor, void *data, size_t size, size_t *got) {
  DWORD count = 0;
  const BOOL done = ReadFile(handle_of(descriptor), data, transfer_size(size), &count, NULL);
  *got = count;
  /* A pipe whose writers have closed it ends that way. */
  return done || GetLastError() == ERROR_BROKEN_PIPE ? 0 : dseg_os_last_error();
}

int dseg_os_write(int descriptor, const void *data, size_t size) {
  const uint8_t *bytes = data;
  while (size > 0) {
    DWORD count = 0;
    if (!WriteFile(handle_of(descriptor), bytes, transfer_size(size), &count, NULL)) {
      return dseg_os_last_error();
    }
    bytes += count;
    size -= count;
  }
  return 0;
}

/* Writing at a place moves the position of the handle, which is put back. */
int dseg_os_write_at(int descriptor, uint64_t offset, const void *data, size_t size) {
  const HANDLE handle = handle_of(descriptor);
  const uint8_t *bytes = data;
  LARGE_INTEGER position;
  if (!SetFilePointerEx(handle, (LARGE_INTEGER){.QuadPart = 0}, &position, FILE_CURRENT)) {
    return dseg_os_last_error();
  }
  while (size > 0) {
    OVERLAPPED at = place(offset);
    DWORD count = 0;
    if (!WriteFile(handle, bytes, transfer_size(size), &count, &at)) {
      return dseg_os_last_error();
    }
    bytes += count;
    offset += count;
    size -= count;
  }
  return SetFilePointerEx(handle, position, NULL, FILE_BEGIN) ? 0 : dseg_os_last_error();
}

int dseg_os_skip(int descriptor, uint64_t size) {
  const LARGE_INTEGER distance = {.QuadPart = (LONGLONG)size};
  return SetFilePointerEx(handle_of(descriptor), distance, NULL, FILE_CURRENT) ? 0 : dseg_os_last_error();
}

/* There is no such call for a part of a file. */
uint64_t dseg_os_copy(int to, int from, uint64_t offset, uint64_t size) {
  (void)to, (void)from, (void)offset, (void)size;
  return 0;
}

int dseg_os_sync(int descriptor) {
  return FlushFileBuffers(handle_of(descriptor)) ? 0 : dseg_os_last_error();
}
