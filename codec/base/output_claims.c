/* SPDX-License-Identifier: Apache-2.0 */
/* output_claims.c - which files a run reads and which it writes, see output_claims.h. */
#include "base/output_claims.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os/directory.h"
#include "base/os/files.h"
#include "base/os/names.h"
#include "base/os/system.h"
#include "base/path.h"

#define MAXIMUM_LINKS 40  /* as many as Linux follows */
#define MAXIMUM_DEPTH 32u /* of directories: links may form circles */

/* a's first length characters, the separator, b; for free(). */
static char *join(const char *a, size_t length, const char *separator, const char *b) {
  const size_t size = length + strlen(separator) + strlen(b) + 1;
  char *text = length <= INT_MAX ? malloc(size) : NULL;
  if (text != NULL) {
    (void)snprintf(text, size, "%.*s%s%s", (int)length, a, separator, b);
  }
  return text;
}

static dseg_status fail_memory(const char *path, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "%s: out of memory for a file name", path);
}

dseg_status dseg_output_resolve(const char *path, char **resolved, dseg_error *error) {
  char *now = join(path, strlen(path), "", "");
  *resolved = NULL;
  for (int links = 0; now != NULL; links++) {
    char *target = NULL;
    const int number = dseg_os_read_link(now, &target);
    if (number == EINVAL || number == ENOENT || number == ENOTDIR) { /* no link */
      *resolved = now;
      return DSEG_OK;
    }
    if (number == ENOMEM) {
      break;
    }
    if (number != 0 || links == MAXIMUM_LINKS) {
      free(target);
      free(now);
      return dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: the symbolic link cannot be followed: %s", path,
                       dseg_os_error_text(number != 0 ? number : ELOOP));
    }
    const size_t directory = dseg_os_is_separator(target[0]) ? 0 : dseg_path_directory(now);
    char *next = join(now, directory, "", target);
    free(target);
    free(now);
    now = next;
  }
  free(now);
  return fail_memory(path, error);
}

dseg_status dseg_claims_add_input(dseg_output_claims *claims, const char *path, dseg_error *error) {
  dseg_os_facts facts;
  dseg_file_key key;
  if (dseg_os_facts_of_path(path, &facts) != 0 || !dseg_file_key_of_file(path, &key)) {
    return DSEG_OK; /* whoever reads it says so */
  }
  if (facts.kind != DSEG_OS_DIRECTORY) {
    return dseg_file_table_add(&claims->inputs, key, path, error);
  }
  if (claims->tree_count == claims->tree_room) {
    const size_t room = claims->tree_room > 0 ? 2 * claims->tree_room : 8;
    char **grown = realloc(claims->trees, room * sizeof *grown);
    if (grown == NULL) {
      return fail_memory(path, error);
    }
    claims->trees = grown;
    claims->tree_room = room;
  }
  char *copy = join(path, strlen(path), "", "");
  if (copy == NULL) {
    return fail_memory(path, error);
  }
  claims->trees[claims->tree_count++] = copy;
  return DSEG_OK;
}

/* What cannot be listed is not read as an input either. */
static dseg_status read_tree(dseg_output_claims *claims, const char *directory, unsigned depth, dseg_error *error) {
  dseg_os_names found;
  const int number = dseg_os_list(directory, &found);
  dseg_status status = number == ENOMEM ? fail_memory(directory, error) : DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < found.count; i++) {
    char *path = join(directory, strlen(directory), "/", found.names[i]);
    dseg_os_facts facts;
    dseg_file_key key;
    if (path == NULL) {
      status = fail_memory(directory, error);
    } else if (dseg_os_facts_of_path(path, &facts) == 0 && dseg_file_key_of_file(path, &key)) {
      if (facts.kind != DSEG_OS_DIRECTORY) {
        status = dseg_file_table_add(&claims->inputs, key, path, error);
      } else if (depth < MAXIMUM_DEPTH) {
        status = read_tree(claims, path, depth + 1, error);
      }
    }
    free(path);
  }
  dseg_os_names_free(&found);
  return status;
}

static dseg_status read_trees(dseg_output_claims *claims, dseg_error *error) {
  dseg_status status = DSEG_OK;
  while (status == DSEG_OK && claims->tree_count > 0) {
    char *directory = claims->trees[--claims->tree_count];
    status = read_tree(claims, directory, 0, error);
    free(directory);
  }
  return status;
}

dseg_status dseg_claims_fail_twice(const char *path, const char *other, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                   "%s: two outputs have the same name: %s is the same file; give one of them another name", path,
                   other);
}

/* The keys of what path stands for; a key of zeros where there is none. */
typedef struct claim {
  bool has_name, exists;
  dseg_file_key name, file;
} claim;

static dseg_status make_claim(const char *path, claim *made, dseg_error *error) {
  char *resolved = NULL;
  *made = (claim){.has_name = false};
  DSEG_TRY(dseg_output_resolve(path, &resolved, error));
  const dseg_status status = dseg_file_key_of_name(resolved, &made->has_name, &made->name, error);
  made->exists = dseg_file_key_of_file(resolved, &made->file);
  free(resolved);
  return status;
}

static dseg_status check_inputs(dseg_output_claims *claims, const char *path, const claim *made, dseg_error *error) {
  if (!made->exists) { /* then it is no input */
    return DSEG_OK;
  }
  DSEG_TRY(read_trees(claims, error));
  const char *input = dseg_file_table_find(&claims->inputs, made->file);
  return input == NULL
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_ARGUMENT,
                         "%s: an output is an input: %s is the same file; give the output another name", path, input);
}

static dseg_status check_outputs(const dseg_file_table *outputs, const char *path, const claim *made,
                                 dseg_error *error) {
  const char *other = made->has_name ? dseg_file_table_find(outputs, made->name) : NULL;
  if (other == NULL && made->exists) {
    other = dseg_file_table_find(outputs, made->file);
  }
  return other == NULL ? DSEG_OK : dseg_claims_fail_twice(path, other, error);
}

static dseg_status add_claim(dseg_file_table *outputs, const char *path, const claim *made, dseg_error *error) {
  if (made->has_name) {
    DSEG_TRY(dseg_file_table_add(outputs, made->name, path, error));
  }
  return made->exists ? dseg_file_table_add(outputs, made->file, path, error) : DSEG_OK;
}

/* further: outputs that are not in claims; NULL: none. */
static dseg_status check_one(dseg_output_claims *claims, dseg_file_table *further, const char *path, claim *made,
                             dseg_error *error) {
  DSEG_TRY(make_claim(path, made, error));
  DSEG_TRY(check_inputs(claims, path, made, error));
  DSEG_TRY(check_outputs(&claims->outputs, path, made, error));
  return further != NULL ? check_outputs(further, path, made, error) : DSEG_OK;
}

dseg_status dseg_claims_check(dseg_output_claims *claims, const char *path, dseg_error *error) {
  claim made;
  return check_one(claims, NULL, path, &made, error);
}

dseg_status dseg_claims_check_all(dseg_output_claims *claims, const char *const *paths, size_t count,
                                  dseg_error *error) {
  dseg_file_table these = {.entries = NULL};
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    claim made;
    status = check_one(claims, &these, paths[i], &made, error);
    if (status == DSEG_OK) {
      status = add_claim(&these, paths[i], &made, error);
    }
  }
  dseg_file_table_free(&these);
  return status;
}

dseg_status dseg_claims_add_output(dseg_output_claims *claims, const char *path, dseg_error *error) {
  claim made;
  DSEG_TRY(check_one(claims, NULL, path, &made, error));
  return add_claim(&claims->outputs, path, &made, error);
}

void dseg_claims_forget_outputs(dseg_output_claims *claims) {
  dseg_file_table_free(&claims->outputs);
}

void dseg_claims_free(dseg_output_claims *claims) {
  dseg_file_table_free(&claims->inputs);
  dseg_file_table_free(&claims->outputs);
  while (claims->tree_count > 0) {
    free(claims->trees[--claims->tree_count]);
  }
  free(claims->trees);
  *claims = (dseg_output_claims){.trees = NULL};
}
