/* SPDX-License-Identifier: Apache-2.0 */
/* failing_malloc.c - loaded before the C library, it fails allocations of a whole process, those of other libraries
 * too: the one numbered FAILING_MALLOC, from 1, and with FAILING_MALLOC_ON those behind it. FAILING_MALLOC_COUNT names
 * a file that gets the number of allocations. For glibc. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static atomic_long calls;
static atomic_long failing; /* 0: none, and the environment is not read yet */
static atomic_bool all_behind;

__attribute__((constructor)) static void read_environment(void) {
  const char *number = getenv("FAILING_MALLOC");
  atomic_store(&all_behind, getenv("FAILING_MALLOC_ON") != NULL);
  atomic_store(&calls, 0);
  atomic_store(&failing, number != NULL ? strtol(number, NULL, 10) : 0);
}

__attribute__((destructor)) static void report(void) {
  const char *name = getenv("FAILING_MALLOC_COUNT");
  const int file = name != NULL ? open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
  if (file >= 0) {
    (void)dprintf(file, "%ld", atomic_load(&calls));
    (void)close(file);
  }
}

static bool fails(void) {
  const long call = atomic_fetch_add(&calls, 1) + 1;
  const long at = atomic_load(&failing);
  const bool hit = at > 0 && (atomic_load(&all_behind) ? call >= at : call == at);
  if (hit) {
    errno = ENOMEM;
  }
  return hit;
}

void *malloc(size_t size) {
  return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  return fails() ? NULL : __libc_realloc(block, size);
}
