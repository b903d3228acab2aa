/* SPDX-License-Identifier: Apache-2.0 */
/* files_posix.c - open files on POSIX systems, see files.h. */
#define _GNU_SOURCE /* pread, mkstemp and the rest are hidden in strict C17 */
#define _FILE_OFFSET_BITS 64
#include "base/os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/sendfile.h>
#endif

#include "base/os/outputs.h"

/* One call moves no more than this: Linux transfers at most 2^31 - 4096 bytes at once, others less. */
#define LARGEST_TRANSFER ((size_t)1 << 30)

static size_t transfer_size(uint64_t size) {
  return size < LARGEST_TRANSFER ? (size_t)size : LARGEST_TRANSFER;
}

static int facts_from(const struct stat *info, dseg_os_facts *facts) {
  *facts = (dseg_os_facts){.kind = DSEG_OS_OTHER};
  if (S_ISREG(info->st_mode)) {
    *facts = (dseg_os_facts){.kind = DSEG_OS_REGULAR, .size = info->st_size > 0 ? (uint64_t)info->st_size : 0};
  } else if (S_ISDIR(info->st_mode)) {
    facts->kind = DSEG_OS_DIRECTORY;
  } else if (S_ISFIFO(info->st_mode) || S_ISSOCK(info->st_mode)) {
    facts->kind = DSEG_OS_PIPE;
  }
  return 0;
}

int dseg_os_facts_of(int descriptor, dseg_os_facts *facts) {
  struct stat info;
  return fstat(descriptor, &info) == 0 ? facts_from(&info, facts) : errno;
}

int dseg_os_facts_of_path(const char *path, dseg_os_facts *facts) {
  struct stat info;
  return stat(path, &info) == 0 ? facts_from(&info, facts) : errno;
}

int dseg_os_facts_of_name(const char *path, dseg_os_facts *facts) {
  struct stat info;
  return lstat(path, &info) == 0 ? facts_from(&info, facts) : errno;
}

int dseg_os_open_read(const char *path, int *descriptor) {
  do {
    *descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  } while (*descriptor < 0 && errno == EINTR);
  return *descriptor >= 0 ? 0 : errno;
}

int dseg_os_duplicate(int descriptor, int *duplicate) {
  *duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  return *duplicate >= 0 ? 0 : errno;
}

int dseg_os_set_blocking(int descriptor) {
  const int flags = fcntl(descriptor, F_GETFL);
  return flags >= 0 && fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0 ? 0 : errno;
}

int dseg_os_create(const char *path, int *descriptor) {
  *descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  return *descriptor >= 0 ? 0 : errno;
}

/* path ends with XXXXXX.tmp, which is filled in. No signal ends the process while the file has a name. */
static int create_and_remove(char *path, int *descriptor) {
  dseg_os_signals held;
  dseg_os_hold_signals(&held);
  *descriptor = mkstemps(path, 4);
  const int number = *descriptor >= 0 ? 0 : errno;
  if (number == 0) {
    (void)fcntl(*descriptor, F_SETFD, FD_CLOEXEC);
    (void)unlink(path);
  }
  dseg_os_release_signals(&held);
  return number;
}

int dseg_os_create_unnamed(const char *directory, int *descriptor) {
  static const char name[] = ".dseg-XXXXXX.tmp"; /* as dseg_os_remove_dead looks for */
  *descriptor = -1;
  directory = directory != NULL ? directory : "/tmp";
  const size_t length = strlen(directory);
  const char *separator = length > 0 && directory[length - 1] != '/' ? "/" : "";
  const size_t size = strlen(directory) + strlen(separator) + sizeof name;
  char *path = malloc(size);
  if (path == NULL) {
    return ENOMEM;
  }
  (void)snprintf(path, size, "%s%s%s", directory, separator, name);
  int number = dseg_os_create_nameless(path, true, descriptor);
  if (number == EOPNOTSUPP) {
    number = create_and_remove(path, descriptor);
  }
  free(path);
  return number;
}

/* After EINTR the descriptor is closed on Linux, and unspecified elsewhere: closing again could hit another file. */
int dseg_os_close(int descriptor) {
  return close(descriptor) == 0 || errno == EINTR ? 0 : errno;
}

int dseg_os_read_at(int descriptor, uint64_t offset, void *data, size_t size, size_t *got) {
  uint8_t *bytes = data;
  *got = 0;
  while (*got < size) {
    const ssize_t count = pread(descriptor, bytes + *got, transfer_size(size - *got), (off_t)(offset + *got));
    if (count == 0) {
      break;
    }
    if (count > 0) {
      *got += (size_t)count;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int dseg_os_read(int descriptor, void *data, size_t size, size_t *got) {
  ssize_t count;
  do {
    count = read(descriptor, data, transfer_size(size));
  } while (count < 0 && errno == EINTR);
  *got = count > 0 ? (size_t)count : 0;
  return count >= 0 ? 0 : errno;
}

int dseg_os_write(int descriptor, const void *data, size_t size) {
  const uint8_t *bytes = data;
  while (size > 0) {
    const ssize_t count = write(descriptor, bytes, transfer_size(size));
    if (count < 0 && errno != EINTR) {
      return errno;
    }
    if (count > 0) {
      bytes += count;
      size -= (size_t)count;
    }
  }
  return 0;
}

int dseg_os_write_at(int descriptor, uint64_t offset, const void *data, size_t size) {
  const uint8_t *bytes = data;
  while (size > 0) {
    const ssize_t count = pwrite(descriptor, bytes, transfer_size(size), (off_t)offset);
    if (count < 0 && errno != EINTR) {
      return errno;
    }
    if (count > 0) {
      bytes += count;
      offset += (uint64_t)count;
      size -= (size_t)count;
    }
  }
  return 0;
}

int dseg_os_skip(int descriptor, uint64_t size) {
  return lseek(descriptor, (off_t)size, SEEK_CUR) >= 0 ? 0 : errno;
}

uint64_t dseg_os_copy(int to, int from, uint64_t offset, uint64_t size) {
  uint64_t done = 0;
#if defined(__linux__)
  off_t place = (off_t)offset;
  while (done < size) {
    const ssize_t count = sendfile(to, from, &place, transfer_size(size - done));
    if (count == 0 || (count < 0 && errno != EINTR)) {
      break;
    }
    done += count > 0 ? (uint64_t)count : 0;
  }
#else
  (void)to, (void)from, (void)offset, (void)size;
#endif
  return done;
}

int dseg_os_sync(int descriptor) {
  return fsync(descriptor) == 0 ? 0 : errno;
}
