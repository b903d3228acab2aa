/* SPDX-License-Identifier: Apache-2.0 */
/* output_file.c - a file that appears under its name only when it is complete, see output_file.h. */
#include "base/output_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/os/files.h"
#include "base/os/names.h"
#include "base/os/outputs.h"
#include "base/output_claims.h"
#include "base/output_state.h"
#include "base/path.h"

/* EEXIST, too, where another process is about to remove the new file, which it takes for a dead one's. */
static int make_marked(dseg_output_file *file, const char *name, int (*create)(const char *name, int *descriptor)) {
  const int number = create(name, &file->descriptor);
  if (number != 0 || dseg_os_mark_living(file->descriptor)) {
    return number;
  }
  (void)dseg_os_close(file->descriptor);
  file->descriptor = -1;
  return EEXIST;
}

static int make_open(dseg_output_file *file, const char *name) {
  return make_marked(file, name, dseg_os_create);
}

static int make_private(dseg_output_file *file, const char *name) {
  return make_marked(file, name, dseg_os_create_private);
}

/* The mode of a new file is what the process's umask leaves, as for any; hence not mkstemp. One that replaces another
 * is its owner's alone until it has that one's permissions. */
static dseg_status open_file(dseg_output_file *file, bool exists, dseg_error *error) {
  int number = dseg_os_create_nameless(file->path, exists, &file->descriptor);
  if (number == 0) {
    (void)dseg_os_mark_living(file->descriptor); /* for the name that it has for a moment when it replaces another */
  } else if (number == EOPNOTSUPP) {
    DSEG_TRY(dseg_output_claim_name(file, DSEG_TEMPORARY_WRITING, exists ? make_private : make_open,
                                    "the file cannot be created", &file->hidden, error));
  } else {
    return dseg_output_fail(error, file->given, "the file cannot be created", number);
  }
  if (file->hidden != NULL || exists) { /* there is, or will be, a hidden name; there may be others' */
    dseg_os_remove_dead(file->path);
  }
  return exists ? dseg_output_take_permissions(file, error) : DSEG_OK;
}

/* Frees, and removes all but what has its name. */
static void discard(dseg_output_file *file) {
  if (file->descriptor >= 0) {
    (void)dseg_os_close(file->descriptor);
  }
  if (file->hidden != NULL) {
    (void)dseg_os_remove(dseg_temporary_name(file->hidden));
  }
  if (file->adopted != NULL) {
    (void)dseg_os_remove(file->adopted);
  }
  if (file->aside != NULL) {
    (void)dseg_os_remove(dseg_temporary_name(file->aside));
  }
  dseg_temporary_forget(file->hidden);
  dseg_temporary_forget(file->aside);
  free(file->adopted);
  free(file->path);
  free(file->given);
  free(file);
}

static char *copy_text(const char *text) {
  const size_t size = strlen(text) + 1;
  char *copy = malloc(size);
  if (copy != NULL) {
    memcpy(copy, text, size);
  }
  return copy;
}

/* A file that is not open, and whose name may be taken; *exists: it replaces another. NULL after dseg_fail. */
static dseg_output_file *prepare(const char *path, bool replace, bool *exists, dseg_error *error) {
  if (*dseg_path_name(path) == '\0') {
    (void)dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: not the name of a file", path);
    return NULL;
  }
  dseg_output_file *made = calloc(1, sizeof *made);
  char *given = copy_text(path);
  if (made == NULL || given == NULL) {
    free(made);
    free(given);
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "%s: out of memory", path);
    return NULL;
  }
  *made = (dseg_output_file){.given = given, .descriptor = -1, .replace = replace};
  dseg_status status = dseg_output_resolve(path, &made->path, error);
  if (status == DSEG_OK) {
    status = dseg_output_check_target(made, exists, error);
  }
  if (status != DSEG_OK) {
    discard(made);
    return NULL;
  }
  return made;
}

dseg_status dseg_output_create(const char *path, bool replace, dseg_output_file **file, dseg_error *error) {
  bool exists = false;
  dseg_error own = {.status = DSEG_OK};
  dseg_output_file *made = prepare(path, replace, &exists, &own);
  *file = NULL;
  if (made == NULL) {
    return dseg_fail(error, own.status, "%s", own.message);
  }
  const dseg_status status = open_file(made, exists, error);
  if (status != DSEG_OK) {
    discard(made);
    return status;
  }
  *file = made;
  return DSEG_OK;
}

dseg_status dseg_output_adopt(const char *from, const char *path, bool replace, dseg_output_file **file,
                              dseg_error *error) {
  bool exists = false;
  dseg_error own = {.status = DSEG_OK};
  dseg_output_file *made = prepare(path, replace, &exists, &own);
  *file = NULL;
  if (made == NULL) {
    return dseg_fail(error, own.status, "%s", own.message);
  }
  made->adopted = copy_text(from);
  if (made->adopted == NULL) {
    discard(made);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%s: out of memory", path);
  }
  *file = made;
  return DSEG_OK;
}

void dseg_output_release(dseg_output_file *file) {
  free(file->adopted);
  file->adopted = NULL;
  discard(file);
}

const char *dseg_output_path(const dseg_output_file *file) {
  return file->given;
}

const char *dseg_output_place(const dseg_output_file *file) {
  return file->path;
}

dseg_status dseg_output_write(dseg_output_file *file, const void *data, size_t size, dseg_error *error) {
  const int number = dseg_os_write(file->descriptor, data, size);
  return number == 0 ? DSEG_OK : dseg_output_fail(error, file->given, "the file cannot be written", number);
}

dseg_status dseg_output_skip(dseg_output_file *file, uint64_t size, dseg_error *error) {
  if (size == 0) {
    return DSEG_OK;
  }
  /* The last byte is written, so that the file ends where it should. */
  const int number = dseg_os_skip(file->descriptor, size - 1);
  if (number != 0) {
    return dseg_output_fail(error, file->given, "the file cannot be written", number);
  }
  return dseg_output_write(file, "", 1, error);
}

dseg_status dseg_output_patch(dseg_output_file *file, uint64_t position, const void *data, size_t size,
                              dseg_error *error) {
  const int number = dseg_os_write_at(file->descriptor, position, data, size);
  return number == 0 ? DSEG_OK : dseg_output_fail(error, file->given, "the file cannot be written", number);
}

int dseg_output_descriptor(const dseg_output_file *file) {
  return file->descriptor;
}

/* A file that cannot stay open gets a name that no later run takes for a dead one's. */
static int name_complete(dseg_output_file *file, const char *name) {
  return file->hidden == NULL ? dseg_os_name_nameless(file->descriptor, name)
                              : dseg_os_rename(dseg_temporary_name(file->hidden), name);
}

static dseg_status close_early(dseg_output_file *file, dseg_error *error) {
  dseg_temporary *name = NULL;
  DSEG_TRY(dseg_output_claim_name(file, DSEG_TEMPORARY_DONE, name_complete, "the complete file cannot be named", &name,
                                  error));
  dseg_temporary_forget(file->hidden);
  file->hidden = name;
  const int number = dseg_os_close(file->descriptor);
  file->descriptor = -1;
  return number == 0 ? DSEG_OK : dseg_output_fail(error, file->given, "the file cannot be written", number);
}

dseg_status dseg_output_complete(dseg_output_file *file, bool sync, dseg_error *error) {
  file->sync = sync;
  if (file->descriptor < 0) {
    return DSEG_OK;
  }
  int number = sync ? dseg_os_sync(file->descriptor) : 0;
  if (number != 0) {
    return dseg_output_fail(error, file->given, "the file cannot be written to its medium", number);
  }
  number = dseg_os_flush(file->descriptor);
  if (number != 0) {
    return dseg_output_fail(error, file->given, "the file cannot be written", number);
  }
  return dseg_os_is_scarce(file->descriptor) ? close_early(file, error) : DSEG_OK;
}

void dseg_output_accept(dseg_output_file *file) {
  if (file->sync) { /* so that the name, too, survives a loss of power */
    dseg_os_sync_directory_of(file->path);
  }
  discard(file);
}

dseg_status dseg_output_commit(dseg_output_file *file, bool sync, dseg_error *error) {
  dseg_status status = dseg_output_complete(file, sync, error);
  if (status == DSEG_OK) {
    dseg_os_signals held;
    dseg_os_hold_signals(&held);
    status = dseg_output_name(file, false, error);
    dseg_os_release_signals(&held);
  }
  if (status == DSEG_OK) {
    dseg_output_accept(file);
  } else {
    discard(file);
  }
  return status;
}

void dseg_output_abandon(dseg_output_file *file) {
  if (file == NULL) {
    return;
  }
  if (file->aside != NULL) {
    dseg_output_put_back(file);
  } else if (file->is_named) {
    (void)dseg_os_remove(file->path);
  }
  discard(file);
}
