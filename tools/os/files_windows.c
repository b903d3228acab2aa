/* SPDX-License-Identifier: Apache-2.0 */
/* files_windows.c - what a long run asks Windows about files, see files.h. A file has no lock there. */
#include "os/files.h"

#include <errno.h>
#include <io.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "os/os.h"

int os_look_at(const char *path, os_file_facts *facts) {
  FILE *stream = os_open(path, "rb");
  if (stream == NULL) {
    return os_is_directory(path) ? EISDIR : errno;
  }
  struct _stat64 info;
  const int failed = _fstat64(_fileno(stream), &info);
  (void)fclose(stream);
  if (failed != 0) {
    return errno;
  }
  *facts = (os_file_facts){.size = info.st_size > 0 ? (uint64_t)info.st_size : 0,
                           .seconds = (int64_t)info.st_mtime,
                           .regular = (info.st_mode & _S_IFREG) != 0};
  return 0;
}

char *os_real_path(const char *path) {
  return os_exists(path) ? _fullpath(NULL, path, 0) : NULL;
}

int os_open_locked(const char *path, FILE **stream) {
  *stream = os_open(path, "a+b");
  return *stream != NULL ? 0 : errno;
}

int os_lock_again(FILE *stream) {
  (void)stream;
  return 0;
}

int os_cut(FILE *stream, uint64_t size) {
  return _chsize_s(_fileno(stream), (long long)size);
}

unsigned os_processors(void) {
  return 1; /* see workers_windows.c */
}
