/* SPDX-License-Identifier: Apache-2.0 */
/* guard.c - files and directories that are to be gone when the program ends, see guard.h. The list only grows: the
 * handler of a signal may read it at any time. */
#include "cli/guard.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"

typedef struct guarded {
  struct guarded *before;
  char path[];
} guarded;

static _Atomic(guarded *) last;

bool cli_guard(const char *path) {
  const size_t size = strlen(path) + 1;
  guarded *item = malloc(sizeof *item + size);
  if (item == NULL) {
    return false;
  }
  memcpy(item->path, path, size);
  item->before = atomic_load(&last);
  atomic_store(&last, item);
  return true;
}

void cli_remove_guarded(void) {
  for (const guarded *item = atomic_load(&last); item != NULL; item = item->before) {
    os_remove(item->path);
    os_remove_directory(item->path);
  }
}
