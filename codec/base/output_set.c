/* SPDX-License-Identifier: Apache-2.0 */
/* output_set.c - files that get their names together, see dseg/io.h. */
#include <stdlib.h>

#include "base/output_file.h"

struct dseg_output_set {
  dseg_output_file **files; /* complete */
  size_t count, room;
};

dseg_output_set *dseg_output_set_create(void) {
  return calloc(1, sizeof(dseg_output_set));
}

static dseg_status add(dseg_output_set *set, dseg_output_file *file, dseg_error *error) {
  if (set->count == set->room) {
    const size_t room = set->room > 0 ? 2 * set->room : 8;
    dseg_output_file **grown = realloc(set->files, room * sizeof(dseg_output_file *));
    if (grown == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu files", room);
    }
    set->files = grown;
    set->room = room;
  }
  set->files[set->count++] = file;
  return DSEG_OK;
}

dseg_status dseg_output_join(dseg_output_set *set, dseg_output_file *file, bool sync, dseg_error *error) {
  if (set == NULL) {
    return dseg_output_commit(file, sync, error);
  }
  dseg_status status = dseg_output_complete(file, sync, error);
  if (status == DSEG_OK) {
    status = add(set, file, error);
  }
  if (status != DSEG_OK) {
    dseg_output_abandon(file);
  }
  return status;
}

/* From the last to the first, in case two have the same name. */
static void abandon_all(dseg_output_set *set) {
  while (set->count > 0) {
    dseg_output_abandon(set->files[--set->count]);
  }
}

dseg_status dseg_output_set_commit(dseg_output_set *set, dseg_error *error) {
  dseg_error_clear(error);
  for (size_t i = 0; i < set->count; i++) {
    const bool is_last = i + 1 == set->count; /* nothing after it can fail */
    const dseg_status status = dseg_output_name(set->files[i], !is_last, error);
    if (status != DSEG_OK) {
      abandon_all(set);
      return status;
    }
  }
  for (size_t i = 0; i < set->count; i++) {
    dseg_output_accept(set->files[i]);
  }
  set->count = 0;
  return DSEG_OK;
}

void dseg_output_set_destroy(dseg_output_set *set) {
  if (set != NULL) {
    abandon_all(set);
    free(set->files);
    free(set);
  }
}
