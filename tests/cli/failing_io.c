/* SPDX-License-Identifier: Apache-2.0 */
/* failing_io.c - loaded before the C library, it disturbs what a process reads and writes.
 *
 * FAILING_IO is KIND:NUMBER:ERRNO: the call of that kind (read, write, rename, fsync, open) numbered NUMBER, from 1,
 * fails with the number ERRNO; with FAILING_IO_ON those behind it, too. FAILING_IO_SHORT: a read or write transfers so
 * many bytes at most. FAILING_IO_EINTR: every second one is interrupted. FAILING_IO_COUNT names a file that gets the
 * number of calls of each kind. For glibc; what the C library calls by itself is not seen. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { KIND_READ, KIND_WRITE, KIND_RENAME, KIND_FSYNC, KIND_OPEN, KINDS };

static const char *const names[KINDS] = {"read", "write", "rename", "fsync", "open"};
static atomic_long calls[KINDS];
static enum kind failing_kind;
static long failing; /* 0: none */
static int failing_errno;
static bool all_behind, interrupts;
static size_t most = SIZE_MAX;

__attribute__((constructor)) static void read_environment(void) {
  const char *what = getenv("FAILING_IO");
  const char *bytes = getenv("FAILING_IO_SHORT");
  all_behind = getenv("FAILING_IO_ON") != NULL;
  interrupts = getenv("FAILING_IO_EINTR") != NULL;
  most = bytes != NULL ? strtoul(bytes, NULL, 10) : SIZE_MAX;
  for (int kind = 0; what != NULL && kind < KINDS; kind++) {
    const size_t length = strlen(names[kind]);
    if (strncmp(what, names[kind], length) == 0 && what[length] == ':') {
      char *end = NULL;
      failing_kind = (enum kind)kind;
      failing = strtol(what + length + 1, &end, 10);
      failing_errno = (int)strtol(end + 1, NULL, 10);
    }
  }
}

__attribute__((destructor)) static void report(void) {
  const char *name = getenv("FAILING_IO_COUNT");
  FILE *file = name != NULL ? fopen(name, "w") : NULL;
  for (int kind = 0; file != NULL && kind < KINDS; kind++) {
    (void)fprintf(file, "%s %ld\n", names[kind], atomic_load(&calls[kind]));
  }
  if (file != NULL) {
    (void)fclose(file);
  }
}

/* Whether this call is disturbed; sets errno. */
static bool fails(enum kind kind) {
  const long call = atomic_fetch_add(&calls[kind], 1) + 1;
  if (failing > 0 && kind == failing_kind && (all_behind ? call >= failing : call == failing)) {
    errno = failing_errno;
    return true;
  }
  if (interrupts && (kind == KIND_READ || kind == KIND_WRITE) && call % 2 == 1) {
    errno = EINTR;
    return true;
  }
  return false;
}

static size_t limited(size_t size) {
  return size < most ? size : most;
}

static void find(const char *name, void *function) {
  void *symbol = dlsym(RTLD_NEXT, name);
  memcpy(function, &symbol, sizeof symbol);
}

ssize_t read(int descriptor, void *data, size_t size) {
  ssize_t (*next)(int, void *, size_t) = NULL;
  find("read", &next);
  return fails(KIND_READ) ? -1 : next(descriptor, data, limited(size));
}

ssize_t write(int descriptor, const void *data, size_t size) {
  ssize_t (*next)(int, const void *, size_t) = NULL;
  find("write", &next);
  return fails(KIND_WRITE) ? -1 : next(descriptor, data, limited(size));
}

ssize_t pread(int descriptor, void *data, size_t size, off_t offset) {
  ssize_t (*next)(int, void *, size_t, off_t) = NULL;
  find("pread", &next);
  return fails(KIND_READ) ? -1 : next(descriptor, data, limited(size), offset);
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t offset) {
  ssize_t (*next)(int, const void *, size_t, off_t) = NULL;
  find("pwrite", &next);
  return fails(KIND_WRITE) ? -1 : next(descriptor, data, limited(size), offset);
}

/* What these are called with -D_FILE_OFFSET_BITS=64. */
ssize_t pread64(int descriptor, void *data, size_t size, off_t offset) {
  return pread(descriptor, data, size, offset);
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off_t offset) {
  return pwrite(descriptor, data, size, offset);
}

int rename(const char *from, const char *to) {
  int (*next)(const char *, const char *) = NULL;
  find("rename", &next);
  return fails(KIND_RENAME) ? -1 : next(from, to);
}

/* A file without a name gets one by a link. */
int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags) {
  int (*next)(int, const char *, int, const char *, int) = NULL;
  find("linkat", &next);
  return fails(KIND_RENAME) ? -1 : next(from_directory, from, to_directory, to, flags);
}

int fsync(int descriptor) {
  int (*next)(int) = NULL;
  find("fsync", &next);
  return fails(KIND_FSYNC) ? -1 : next(descriptor);
}

int open(const char *path, int flags, ...) {
  int (*next)(const char *, int, ...) = NULL;
  find("open", &next);
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return fails(KIND_OPEN) ? -1 : next(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open(path, flags, mode);
}
