/* SPDX-License-Identifier: Apache-2.0 */
/* output_set.c - files that get their names together, see dseg/io.h. */
#include <stdlib.h>

#include "base/os/outputs.h"
#include "base/output_claims.h"
#include "base/output_file.h"

struct dseg_output_set {
  dseg_output_file **files; /* complete */
  size_t count, room;
  dseg_output_claims claims;
};

dseg_output_set *dseg_output_set_create(void) {
  return calloc(1, sizeof(dseg_output_set));
}

dseg_status dseg_output_set_add_input(dseg_output_set *set, const char *path, dseg_error *error) {
  dseg_error_clear(error);
  return dseg_claims_add_input(&set->claims, path, error);
}

dseg_status dseg_output_set_check(dseg_output_set *set, const char *const *paths, size_t count, dseg_error *error) {
  dseg_error_clear(error);
  return dseg_claims_check_all(&set->claims, paths, count, error);
}

dseg_status dseg_output_check_set(dseg_output_set *set, const char *path, dseg_error *error) {
  return set != NULL ? dseg_claims_check(&set->claims, path, error) : DSEG_OK;
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
  DSEG_TRY(dseg_claims_add_output(&set->claims, dseg_output_path(file), error));
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

dseg_status dseg_output_set_adopt(dseg_output_set *set, const char *from, const char *path, unsigned flags,
                                  dseg_error *error) {
  dseg_error_clear(error);
  dseg_output_file *file = NULL;
  DSEG_TRY(dseg_output_adopt(from, path, (flags & DSEG_OUTPUT_REPLACE) != 0, &file, error));
  DSEG_TRY(dseg_output_complete(file, (flags & DSEG_OUTPUT_SYNC) != 0, error));
  const dseg_status status = add(set, file, error);
  if (status != DSEG_OK) {
    dseg_output_release(file);
  }
  return status;
}

static void abandon_all(dseg_output_set *set) {
  while (set->count > 0) {
    dseg_output_abandon(set->files[--set->count]);
  }
  dseg_claims_forget_outputs(&set->claims);
}

/* named: the files that have their names. Where letter case makes no difference, two names can lead to one file that
 * did not exist when the names were compared. */
static dseg_status check_named(const dseg_file_table *named, const dseg_output_file *file, dseg_error *error) {
  dseg_file_key key;
  const char *other = dseg_file_key_of_file(dseg_output_place(file), &key) ? dseg_file_table_find(named, key) : NULL;
  return other == NULL ? DSEG_OK : dseg_claims_fail_twice(dseg_output_path(file), other, error);
}

static dseg_status add_named(dseg_file_table *named, const dseg_output_file *file, dseg_error *error) {
  dseg_file_key key;
  return dseg_file_key_of_file(dseg_output_place(file), &key)
             ? dseg_file_table_add(named, key, dseg_output_path(file), error)
             : DSEG_OK;
}

static dseg_status name_all(dseg_output_set *set, dseg_error *error) {
  dseg_file_table named = {.entries = NULL};
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < set->count; i++) {
    const bool is_last = i + 1 == set->count; /* nothing after it can fail */
    status = check_named(&named, set->files[i], error);
    if (status == DSEG_OK) {
      status = dseg_output_name(set->files[i], !is_last, error);
    }
    if (status == DSEG_OK && !is_last) {
      status = add_named(&named, set->files[i], error);
    }
  }
  dseg_file_table_free(&named);
  return status;
}

static void accept_all(dseg_output_set *set) {
  for (size_t i = 0; i < set->count; i++) {
    dseg_output_accept(set->files[i]);
  }
  set->count = 0;
  dseg_claims_forget_outputs(&set->claims);
}

dseg_status dseg_output_set_commit(dseg_output_set *set, dseg_error *error) {
  dseg_error_clear(error);
  dseg_os_signals held;
  dseg_os_hold_signals(&held);
  const dseg_status status = name_all(set, error);
  if (status == DSEG_OK) {
    accept_all(set);
  } else {
    abandon_all(set);
  }
  dseg_os_release_signals(&held);
  return status;
}

void dseg_output_set_destroy(dseg_output_set *set) {
  if (set != NULL) {
    abandon_all(set);
    dseg_claims_free(&set->claims);
    free(set->files);
    free(set);
  }
}
