/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows.c - what the program asks of Windows, see os.h. */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

#define PSAPI_VERSION 2 /* GetProcessMemoryInfo of kernel32, without psapi.dll */
#include <windows.h>

#include <psapi.h>
#include <shellapi.h>

#include "os/name_list.h"

/* Longer paths are not found. */
#define PATH_CHARACTERS 32768

/* A copy in UTF-16 for free(); NULL when out of memory or when path is no UTF-8. */
static wchar_t *widen(const char *text) {
  const int size = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
  wchar_t *wide = size > 0 ? malloc((size_t)size * sizeof *wide) : NULL;
  if (wide != NULL) {
    (void)MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide, size);
  }
  return wide;
}

static char *narrow(const wchar_t *wide) {
  const int size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
  char *text = size > 0 ? malloc((size_t)size) : NULL;
  if (text != NULL) {
    (void)WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, size, NULL, NULL);
  }
  return text;
}

static int error_number(void) {
  switch (GetLastError()) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND: return ENOENT;
    case ERROR_ALREADY_EXISTS:
    case ERROR_FILE_EXISTS: return EEXIST;
    case ERROR_NOT_ENOUGH_MEMORY: return ENOMEM;
    case ERROR_DISK_FULL: return ENOSPC;
    default: return EACCES;
  }
}

void os_clean_at_signals(void (*clean)(void)) {
  (void)clean;
}

void os_raise_file_limit(void) {}

int os_start(int *argc, char ***argv) {
  (void)_setmode(0, _O_BINARY);
  (void)_setmode(1, _O_BINARY);
  (void)_setmode(2, _O_BINARY);
  (void)SetConsoleOutputCP(CP_UTF8);
  int count = 0;
  wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
  char **made = wide != NULL ? calloc((size_t)count + 1, sizeof *made) : NULL;
  bool complete = made != NULL;
  for (int i = 0; complete && i < count; i++) {
    made[i] = narrow(wide[i]);
    complete = made[i] != NULL;
  }
  (void)LocalFree(wide);
  if (complete) { /* used until the process ends */
    *argc = count;
    *argv = made;
  }
  return complete ? 0 : ENOMEM;
}

bool os_shows_progress(void) {
  return _isatty(2) != 0;
}

const char *os_standard_input_path(void) {
  return NULL;
}

bool os_output_is_terminal(void) {
  return _isatty(1) != 0;
}

bool os_program_path(char *path, size_t size) {
  wchar_t *wide = malloc(PATH_CHARACTERS * sizeof *wide);
  const DWORD length = wide != NULL ? GetModuleFileNameW(NULL, wide, PATH_CHARACTERS) : 0;
  char *text = length > 0 && length < PATH_CHARACTERS ? narrow(wide) : NULL;
  const bool complete = text != NULL && strlen(text) < size;
  if (complete) {
    memcpy(path, text, strlen(text) + 1);
  }
  free(wide);
  free(text);
  return complete;
}

const char *os_path_name(const char *path) {
  const char *name = path;
  for (const char *c = path; *c != '\0'; c++) {
    if (*c == '/' || *c == '\\' || *c == ':') {
      name = c + 1;
    }
  }
  return name;
}

size_t os_directory_length(const char *path) {
  size_t length = strlen(path);
  while (length > 1 && (path[length - 1] == '/' || path[length - 1] == '\\')) {
    length--;
  }
  return length;
}

FILE *os_open(const char *path, const char *mode) {
  wchar_t *wide_path = widen(path);
  wchar_t *wide_mode = widen(mode);
  FILE *file = wide_path != NULL && wide_mode != NULL ? _wfopen(wide_path, wide_mode) : NULL;
  free(wide_path);
  free(wide_mode);
  return file;
}

static bool find(const char *path, WIN32_FILE_ATTRIBUTE_DATA *found) {
  wchar_t *wide = widen(path);
  const bool there = wide != NULL && GetFileAttributesExW(wide, GetFileExInfoStandard, found) != 0;
  free(wide);
  return there;
}

bool os_exists(const char *path) {
  WIN32_FILE_ATTRIBUTE_DATA found;
  return find(path, &found);
}

uint64_t os_file_size(const char *path) {
  WIN32_FILE_ATTRIBUTE_DATA found;
  return find(path, &found) ? (uint64_t)found.nFileSizeHigh << 32 | found.nFileSizeLow : 0;
}

int os_rename(const char *from, const char *to) {
  wchar_t *wide_from = widen(from);
  wchar_t *wide_to = widen(to);
  const int number = wide_from != NULL && wide_to != NULL
                         ? (MoveFileExW(wide_from, wide_to, MOVEFILE_REPLACE_EXISTING) != 0 ? 0 : error_number())
                         : ENOMEM;
  free(wide_from);
  free(wide_to);
  return number;
}

void os_remove(const char *path) {
  wchar_t *wide = widen(path);
  if (wide != NULL) {
    (void)DeleteFileW(wide);
  }
  free(wide);
}

int os_make_directory(const char *path) {
  wchar_t *wide = widen(path);
  const int number = wide == NULL ? ENOMEM : CreateDirectoryW(wide, NULL) != 0 ? 0 : error_number();
  free(wide);
  return number;
}

int os_make_stage(const char *place, char *path, size_t size, bool (*note)(const char *path)) {
  (void)snprintf(path, size, "%s.dseg-%lx-%llx.stage", place, (unsigned long)GetCurrentProcessId(),
                 (unsigned long long)GetTickCount64());
  return note(path) ? os_make_directory(path) : ENOMEM;
}

void os_empty_stage(const char *path) {
  (void)path;
}

void os_remove_directory(const char *path) {
  wchar_t *wide = widen(path);
  if (wide != NULL) {
    (void)RemoveDirectoryW(wide);
  }
  free(wide);
}

bool os_is_directory(const char *path) {
  wchar_t *wide = widen(path);
  const DWORD attributes = wide != NULL ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
  free(wide);
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

bool os_is_empty_directory(const char *path) {
  char pattern[PATH_CHARACTERS];
  const int length = snprintf(pattern, sizeof pattern, "%s/*", path);
  wchar_t *wide = length > 0 && length < PATH_CHARACTERS ? widen(pattern) : NULL;
  WIN32_FIND_DATAW found;
  const HANDLE search = wide != NULL ? FindFirstFileW(wide, &found) : INVALID_HANDLE_VALUE;
  free(wide);
  if (search == INVALID_HANDLE_VALUE) {
    return false;
  }
  bool empty = true;
  do {
    empty = wcscmp(found.cFileName, L".") == 0 || wcscmp(found.cFileName, L"..") == 0;
  } while (empty && FindNextFileW(search, &found) != 0);
  (void)FindClose(search);
  return empty;
}

int os_list_directory(const char *path, char ***names, size_t *count) {
  *names = NULL;
  *count = 0;
  WIN32_FILE_ATTRIBUTE_DATA attributes;
  if (!find(path, &attributes)) {
    return ENOENT;
  }
  if ((attributes.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
    return ENOTDIR;
  }
  char pattern[PATH_CHARACTERS];
  const int length = snprintf(pattern, sizeof pattern, "%s/*", path);
  wchar_t *wide = length > 0 && length < PATH_CHARACTERS ? widen(pattern) : NULL;
  WIN32_FIND_DATAW found;
  const HANDLE search = wide != NULL ? FindFirstFileW(wide, &found) : INVALID_HANDLE_VALUE;
  free(wide);
  if (search == INVALID_HANDLE_VALUE) {
    return EACCES;
  }
  bool kept = true;
  do {
    if (wcscmp(found.cFileName, L".") != 0 && wcscmp(found.cFileName, L"..") != 0) {
      kept = os_keep_name(narrow(found.cFileName), names, count);
    }
  } while (kept && FindNextFileW(search, &found) != 0);
  (void)FindClose(search);
  return kept ? 0 : ENOMEM;
}

double os_seconds(void) {
  LARGE_INTEGER now;
  LARGE_INTEGER rate;
  (void)QueryPerformanceCounter(&now);
  (void)QueryPerformanceFrequency(&rate);
  return (double)now.QuadPart / (double)rate.QuadPart;
}

uint64_t os_peak_memory(void) {
  PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};
  return GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters) != 0 ? counters.PeakWorkingSetSize : 0;
}
