/* SPDX-License-Identifier: Apache-2.0 */
/* output_name.c - a complete file gets its name, and may lose it again, see output_file.h. */
#include <errno.h>
#include <stdlib.h>

#include "base/os/files.h"
#include "base/os/names.h"
#include "base/os/outputs.h"
#include "base/os/system.h"
#include "base/output_file.h"
#include "base/output_state.h"

#define NAME_ATTEMPTS 100u

dseg_status dseg_output_fail(dseg_error *error, const char *path, const char *what, int number) {
  return dseg_fail(error, number == ENOMEM ? DSEG_ERROR_MEMORY : DSEG_ERROR_OUTPUT, "%s: %s: %s", path, what,
                   dseg_os_error_text(number));
}

static dseg_status fail_exists(dseg_error *error, const char *path) {
  return dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: the file exists and may not be replaced", path);
}

static dseg_status fail_names(dseg_error *error, const char *path) {
  return dseg_output_fail(error, path, "no temporary name is free in the directory", EEXIST);
}

dseg_status dseg_output_take_permissions(const dseg_output_file *file, dseg_error *error) {
  const int number = file->descriptor >= 0 ? dseg_os_take_permissions(file->descriptor, file->path) : 0;
  return number == 0 ? DSEG_OK
                     : dseg_output_fail(error, file->given,
                                        "the new file cannot have the permissions of the one that it replaces", number);
}

/* Whether a file of this name may be made or replaced; *exists: there is one. */
dseg_status dseg_output_check_target(const dseg_output_file *file, bool *exists, dseg_error *error) {
  dseg_os_facts found;
  *exists = dseg_os_facts_of_name(file->given, &found) == 0;
  if (*exists && !file->replace && found.kind != DSEG_OS_DIRECTORY) {
    return fail_exists(error, file->given);
  }
  if (dseg_os_facts_of_path(file->given, &found) == 0 && (found.kind == DSEG_OS_PIPE || found.kind == DSEG_OS_OTHER)) {
    return dseg_fail(error, DSEG_ERROR_OUTPUT,
                     "%s: it is a device, a pipe or another special file, which is not replaced", file->given);
  }
  *exists = dseg_os_facts_of_name(file->path, &found) == 0;
  if (*exists && found.kind == DSEG_OS_DIRECTORY) {
    return dseg_output_fail(error, file->given, "the file cannot be created", EISDIR);
  }
  if (*exists && found.kind != DSEG_OS_REGULAR) { /* a link that came meanwhile, or that this system cannot follow */
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: it is no regular file, and is not replaced", file->given);
  }
  return DSEG_OK;
}

/* A hidden name for a file that make() makes of it, with 0 or a number of <errno.h>. */
dseg_status dseg_output_claim_name(dseg_output_file *file, const char *suffix,
                                   int (*make)(dseg_output_file *file, const char *name), const char *what,
                                   dseg_temporary **claimed, dseg_error *error) {
  for (unsigned attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
    DSEG_TRY(dseg_temporary_claim(file->path, attempt, suffix, claimed, error));
    const int number = make(file, dseg_temporary_name(*claimed));
    if (number == 0) {
      return DSEG_OK;
    }
    dseg_temporary_forget(*claimed);
    *claimed = NULL;
    if (number != EEXIST) {
      return dseg_output_fail(error, file->given, what, number);
    }
  }
  return fail_names(error, file->given);
}

/* The name that the complete file has; NULL: none. */
static const char *present_name(const dseg_output_file *file) {
  return file->hidden != NULL ? dseg_temporary_name(file->hidden) : file->adopted;
}

static void forget_name(dseg_output_file *file) {
  dseg_temporary_forget(file->hidden);
  file->hidden = NULL;
  free(file->adopted);
  file->adopted = NULL;
}

static dseg_status rename_over(dseg_output_file *file, dseg_error *error) {
  const int number = dseg_os_rename(present_name(file), file->path);
  if (number != 0) {
    return dseg_output_fail(error, file->given, "the complete file cannot be renamed", number);
  }
  forget_name(file);
  return DSEG_OK;
}

/* EEXIST where the name is taken. */
static int create_empty(const char *path) {
  int descriptor = -1;
  const int number = dseg_os_create(path, &descriptor);
  return number == 0 ? dseg_os_close(descriptor) : number;
}

/* A second link fails where the name exists, in one step. File systems without links get a placeholder, which fails in
 * the same way and is then replaced. */
static dseg_status name_exclusively(dseg_output_file *file, dseg_error *error) {
  const char *name = present_name(file);
  int number = name != NULL ? dseg_os_link(name, file->path) : dseg_os_name_nameless(file->descriptor, file->path);
  if (number == 0) {
    return DSEG_OK; /* discard() removes the first name */
  }
  if (number != EEXIST && name != NULL) {
    number = create_empty(file->path);
  }
  if (number != 0 || name == NULL) {
    return number == EEXIST ? fail_exists(error, file->given)
                            : dseg_output_fail(error, file->given, "the complete file cannot get its name", number);
  }
  const dseg_status status = rename_over(file, error);
  if (status != DSEG_OK) {
    (void)dseg_os_remove(file->path);
  }
  return status;
}

static int keep_as(dseg_output_file *file, const char *name) {
  int number = dseg_os_link(file->path, name);
  if (number != 0 && number != ENOENT && number != EEXIST && create_empty(name) == 0) {
    number = dseg_os_rename(file->path, name);
    if (number != 0) {
      (void)dseg_os_remove(name);
    }
  }
  return number;
}

/* What was kept aside gets its name back. */
void dseg_output_put_back(dseg_output_file *file) {
  const char *name = dseg_temporary_name(file->aside);
  if (dseg_os_rename(name, file->path) == 0) {
    (void)dseg_os_remove(name); /* rename leaves two names of the same file as they are */
  }
  dseg_temporary_forget(file->aside);
  file->aside = NULL;
}

/* Keeps a file that exists under a second name, or, where there are no links, under another. */
static dseg_status keep_aside(dseg_output_file *file, dseg_error *error) {
  return dseg_output_claim_name(file, DSEG_TEMPORARY_OLD, keep_as,
                                "the file cannot be kept until all others are complete", &file->aside, error);
}

static int name_nameless(dseg_output_file *file, const char *name) {
  return dseg_os_name_nameless(file->descriptor, name);
}

/* Puts the file in the place of one that exists. A file without a name gets a hidden one for a moment: there is no call
 * that replaces a file by one without a name. */
static dseg_status replace_existing(dseg_output_file *file, bool keep, dseg_error *error) {
  DSEG_TRY(dseg_output_take_permissions(file, error));
  if (keep) {
    DSEG_TRY(keep_aside(file, error));
  }
  dseg_status status = DSEG_OK;
  if (present_name(file) == NULL) {
    status = dseg_output_claim_name(file, DSEG_TEMPORARY_WRITING, name_nameless, "the complete file cannot get a name",
                                    &file->hidden, error);
  }
  if (status == DSEG_OK) {
    status = rename_over(file, error);
  }
  if (status != DSEG_OK && file->aside != NULL) {
    dseg_output_put_back(file);
  }
  return status;
}

dseg_status dseg_output_name(dseg_output_file *file, bool keep, dseg_error *error) {
  bool exists = false;
  DSEG_TRY(dseg_output_check_target(file, &exists, error));
  if (!exists && file->replace && present_name(file) == NULL) { /* unless it comes to exist just now */
    exists = dseg_os_name_nameless(file->descriptor, file->path) != 0;
  } else if (!exists) {
    DSEG_TRY(file->replace ? rename_over(file, error) : name_exclusively(file, error));
  }
  if (exists) {
    DSEG_TRY(replace_existing(file, keep, error));
  }
  file->is_named = true;
  return DSEG_OK;
}
