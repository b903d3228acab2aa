/* SPDX-License-Identifier: Apache-2.0 */
/* name_list.c - a list of names that grows, see name_list.h. */
#include "base/os/name_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int dseg_os_names_add(dseg_os_names *names, const char *name) {
  const size_t count = names->count;
  if ((count & (count - 1)) == 0) { /* full: the room is always a power of two */
    char **larger = realloc(names->names, (count == 0 ? 1 : 2 * count) * sizeof *larger);
    if (larger == NULL) {
      return ENOMEM;
    }
    names->names = larger;
  }
  const size_t size = strlen(name) + 1;
  char *copy = malloc(size);
  if (copy == NULL) {
    return ENOMEM;
  }
  memcpy(copy, name, size);
  names->names[names->count++] = copy;
  return 0;
}

static int compare(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

int dseg_os_names_finish(dseg_os_names *names, int number) {
  if (number != 0) {
    dseg_os_names_free(names);
  } else if (names->count > 0) {
    qsort(names->names, names->count, sizeof *names->names, compare);
  }
  return number;
}

void dseg_os_names_free(dseg_os_names *names) {
  for (size_t i = 0; i < names->count; i++) {
    free(names->names[i]);
  }
  free(names->names);
  *names = (dseg_os_names){.names = NULL};
}
