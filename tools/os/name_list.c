/* SPDX-License-Identifier: Apache-2.0 */
/* name_list.c - see name_list.h. */
#include "os/name_list.h"

#include <stdlib.h>

bool os_keep_name(char *name, char ***names, size_t *count) {
  char **grown = name != NULL ? realloc(*names, (*count + 1) * sizeof *grown) : NULL;
  if (grown != NULL) {
    *names = grown;
    grown[(*count)++] = name;
    return true;
  }
  free(name);
  for (size_t i = 0; i < *count; i++) {
    free((*names)[i]);
  }
  free(*names);
  *names = NULL;
  *count = 0;
  return false;
}
