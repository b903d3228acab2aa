/* SPDX-License-Identifier: Apache-2.0 */
/* files_posix.c - what a long run asks POSIX systems about files, see files.h. */
#define _GNU_SOURCE /* sched_getaffinity and st_mtim are hidden in strict C17 */
#define _FILE_OFFSET_BITS 64
#include "os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#if defined(__linux__)
#include <sched.h>
#endif

int os_look_at(const char *path, os_file_facts *facts) {
  struct stat info;
  if (stat(path, &info) != 0) {
    return errno;
  }
#if defined(__APPLE__)
  const struct timespec changed = info.st_mtimespec;
#else
  const struct timespec changed = info.st_mtim;
#endif
  *facts = (os_file_facts){.size = info.st_size > 0 ? (uint64_t)info.st_size : 0,
                           .seconds = (int64_t)changed.tv_sec,
                           .nanoseconds = (uint32_t)changed.tv_nsec,
                           .regular = S_ISREG(info.st_mode)};
  return 0;
}

char *os_real_path(const char *path) {
  return realpath(path, NULL);
}

/* A lock of the process, which its children do not have. */
static int lock(FILE *stream) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(fileno(stream), F_SETLK, &whole) == 0) {
    return 0;
  }
  return errno == EACCES || errno == EAGAIN ? EAGAIN : 0;
}

int os_open_locked(const char *path, FILE **stream) {
  *stream = fopen(path, "a+b");
  if (*stream == NULL) {
    return errno;
  }
  const int number = lock(*stream);
  if (number != 0) {
    (void)fclose(*stream);
    *stream = NULL;
  }
  return number;
}

int os_lock_again(FILE *stream) {
  return lock(stream);
}

int os_cut(FILE *stream, uint64_t size) {
  return ftruncate(fileno(stream), (off_t)size) == 0 ? 0 : errno;
}

unsigned os_processors(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) {
    return (unsigned)CPU_COUNT(&set);
  }
#endif
  const long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (unsigned)count : 1;
}
