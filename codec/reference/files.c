/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - the files given as source images, and those in directories. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os/directory.h"
#include "base/os/files.h"
#include "base/os/system.h"
#include "reference/reference.h"

#define MAXIMUM_DEPTH 32 /* of directories: links may form circles */

void dseg_reference_set_free(dseg_reference_set *set) {
  for (size_t i = 0; i < set->file_count; i++) {
    free(set->files[i].path);
  }
  free(set->files);
  free(set->frames);
  *set = (dseg_reference_set){.files = NULL};
}

static dseg_status add_file(dseg_reference_set *set, const char *path, bool named, size_t number, dseg_error *error) {
  if (set->file_count == set->file_capacity) {
    const size_t capacity = set->file_capacity == 0 ? 64 : set->file_capacity * 2;
    dseg_reference_file *files = realloc(set->files, capacity * sizeof *files);
    if (files == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu files", capacity);
    }
    set->files = files;
    set->file_capacity = capacity;
  }
  const size_t size = strlen(path) + 1;
  char *copy = malloc(size);
  if (copy == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
  }
  memcpy(copy, path, size);
  set->files[set->file_count++] = (dseg_reference_file){.path = copy, .named = named, .named_path = number};
  return DSEG_OK;
}

static char *join(const char *directory, const char *name) {
  const size_t size = strlen(directory) + strlen(name) + 2;
  char *joined = malloc(size);
  if (joined != NULL) {
    snprintf(joined, size, "%s/%s", directory, name);
  }
  return joined;
}

static dseg_status find_below(dseg_reference_set *set, const char *path, size_t number, unsigned depth,
                              dseg_error *error);

static dseg_status find_in_directory(dseg_reference_set *set, const char *path, size_t number, unsigned depth,
                                     dseg_error *error) {
  dseg_os_names found;
  const int failure = dseg_os_list(path, &found);
  if (failure != 0) {
    return dseg_fail(error, failure == ENOMEM ? DSEG_ERROR_MEMORY : DSEG_ERROR_INPUT, "%s: %s", path,
                     dseg_os_error_text(failure));
  }
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < found.count; i++) {
    char *joined = join(path, found.names[i]);
    status = joined != NULL ? find_below(set, joined, number, depth + 1, error)
                            : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a file name");
    free(joined);
  }
  dseg_os_names_free(&found);
  return status;
}

/* depth 0: as the caller named it. Unreadable entries below it are skipped. */
static dseg_status find_below(dseg_reference_set *set, const char *path, size_t number, unsigned depth,
                              dseg_error *error) {
  dseg_os_facts facts;
  const int failure = dseg_os_facts_of_path(path, &facts);
  if (failure != 0) {
    return depth > 0 ? DSEG_OK : dseg_fail(error, DSEG_ERROR_INPUT, "%s: %s", path, dseg_os_error_text(failure));
  }
  if (facts.kind == DSEG_OS_DIRECTORY) {
    return depth < MAXIMUM_DEPTH ? find_in_directory(set, path, number, depth, error) : DSEG_OK;
  }
  if (facts.kind == DSEG_OS_REGULAR || depth == 0) {
    return add_file(set, path, depth == 0, number, error);
  }
  return DSEG_OK;
}

dseg_status dseg_reference_find_files(dseg_reference_set *set, const char *path, size_t number, dseg_error *error) {
  return find_below(set, path, number, 0, error);
}
