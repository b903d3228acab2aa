/* SPDX-License-Identifier: Apache-2.0 */
/* output_file.c - a file that appears under its name only when it is complete, see output_file.h. */
#include "base/output_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/os/files.h"
#include "base/os/names.h"
#include "base/os/system.h"
#include "base/path.h"

#define NAME_ATTEMPTS 100u

struct dseg_output_file {
  char *path;
  char *temporary; /* NULL once it has been renamed or removed */
  char *aside;     /* where what the file replaced is kept; NULL: nowhere */
  int descriptor;
  bool replace;
  bool sync;
  bool is_named; /* and may lose its name again */
};

static dseg_status fail(dseg_error *error, const char *path, const char *what, int number) {
  return dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: %s: %s", path, what, dseg_os_error_text(number));
}

static dseg_status fail_exists(dseg_error *error, const char *path) {
  return dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: the file exists and may not be replaced", path);
}

static dseg_status fail_names(dseg_error *error, const char *path) {
  return fail(error, path, "no temporary name is free in the directory", EEXIST);
}

/* Another one at each attempt; *name is for free(). */
static dseg_status make_name(char **name, const char *path, unsigned attempt, dseg_error *error) {
  const unsigned long long number = dseg_os_now() + attempt;
  dseg_buffer text = {0};
  const size_t length = dseg_path_directory(path);
  /* Hidden, and short whatever the final name's length, which may be the longest that is possible. */
  const dseg_status status =
      dseg_buffer_printf(&text, error, "%.*s.dseg-%lx-%llx.tmp", (int)length, path, dseg_os_process_id(), number);
  *name = (char *)text.data;
  return status;
}

/* The mode is what the process's umask leaves, as for any new file; hence not mkstemp. */
static dseg_status create_temporary(dseg_output_file *file, dseg_error *error) {
  for (unsigned attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
    DSEG_TRY(make_name(&file->temporary, file->path, attempt, error));
    const int number = dseg_os_create(file->temporary, &file->descriptor);
    if (number == 0) {
      return DSEG_OK;
    }
    free(file->temporary);
    file->temporary = NULL;
    if (number != EEXIST) {
      return fail(error, file->path, "the file cannot be created", number);
    }
  }
  return fail_names(error, file->path);
}

static dseg_status check_target(const char *path, bool replace, dseg_error *error) {
  dseg_os_facts found;
  if (dseg_os_facts_of_name(path, &found) != 0) {
    return DSEG_OK;
  }
  if (found.kind == DSEG_OS_DIRECTORY) {
    return fail(error, path, "the file cannot be created", EISDIR);
  }
  return replace ? DSEG_OK : fail_exists(error, path);
}

/* Frees, and removes all but what has its name. */
static void discard(dseg_output_file *file) {
  if (file->descriptor >= 0) {
    (void)dseg_os_close(file->descriptor);
  }
  if (file->temporary != NULL) {
    (void)dseg_os_remove(file->temporary);
  }
  if (file->aside != NULL) {
    (void)dseg_os_remove(file->aside);
  }
  free(file->temporary);
  free(file->aside);
  free(file->path);
  free(file);
}

dseg_status dseg_output_create(const char *path, bool replace, dseg_output_file **file, dseg_error *error) {
  *file = NULL;
  if (*dseg_path_name(path) == '\0') {
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: not the name of a file", path);
  }
  DSEG_TRY(check_target(path, replace, error));
  dseg_output_file *created = calloc(1, sizeof *created);
  const size_t size = strlen(path) + 1;
  char *copy = malloc(size);
  if (created == NULL || copy == NULL) {
    free(created);
    free(copy);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%s: out of memory", path);
  }
  memcpy(copy, path, size);
  *created = (dseg_output_file){.path = copy, .descriptor = -1, .replace = replace};
  const dseg_status status = create_temporary(created, error);
  if (status != DSEG_OK) {
    discard(created);
    return status;
  }
  *file = created;
  return DSEG_OK;
}

dseg_status dseg_output_write(dseg_output_file *file, const void *data, size_t size, dseg_error *error) {
  const int number = dseg_os_write(file->descriptor, data, size);
  return number == 0 ? DSEG_OK : fail(error, file->path, "the file cannot be written", number);
}

dseg_status dseg_output_skip(dseg_output_file *file, uint64_t size, dseg_error *error) {
  if (size == 0) {
    return DSEG_OK;
  }
  /* The last byte is written, so that the file ends where it should. */
  const int number = dseg_os_skip(file->descriptor, size - 1);
  if (number != 0) {
    return fail(error, file->path, "the file cannot be written", number);
  }
  return dseg_output_write(file, "", 1, error);
}

dseg_status dseg_output_patch(dseg_output_file *file, uint64_t position, const void *data, size_t size,
                              dseg_error *error) {
  const int number = dseg_os_write_at(file->descriptor, position, data, size);
  return number == 0 ? DSEG_OK : fail(error, file->path, "the file cannot be written", number);
}

int dseg_output_descriptor(const dseg_output_file *file) {
  return file->descriptor;
}

dseg_status dseg_output_complete(dseg_output_file *file, bool sync, dseg_error *error) {
  file->sync = sync;
  int number = sync ? dseg_os_sync(file->descriptor) : 0;
  if (number != 0) {
    return fail(error, file->path, "the file cannot be written to its medium", number);
  }
  number = dseg_os_close(file->descriptor);
  file->descriptor = -1;
  return number == 0 ? DSEG_OK : fail(error, file->path, "the file cannot be written", number);
}

static dseg_status rename_over(dseg_output_file *file, dseg_error *error) {
  const int number = dseg_os_rename(file->temporary, file->path);
  if (number != 0) {
    return fail(error, file->path, "the complete file cannot be renamed", number);
  }
  free(file->temporary);
  file->temporary = NULL;
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
  int number = dseg_os_link(file->temporary, file->path);
  if (number == 0) {
    return DSEG_OK; /* discard() removes the first name */
  }
  if (number != EEXIST) {
    number = create_empty(file->path);
  }
  if (number != 0) {
    return number == EEXIST ? fail_exists(error, file->path)
                            : fail(error, file->path, "the complete file cannot get its name", number);
  }
  const dseg_status status = rename_over(file, error);
  if (status != DSEG_OK) {
    (void)dseg_os_remove(file->path);
  }
  return status;
}

/* Gives a file that exists a second name, or, where there are no links, another. */
static dseg_status keep_aside(dseg_output_file *file, dseg_error *error) {
  for (unsigned attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
    DSEG_TRY(make_name(&file->aside, file->path, attempt, error));
    int number = dseg_os_link(file->path, file->aside);
    if (number == 0) {
      return DSEG_OK;
    }
    if (number != ENOENT && number != EEXIST && create_empty(file->aside) == 0) {
      number = dseg_os_rename(file->path, file->aside);
      if (number == 0) {
        return DSEG_OK;
      }
      (void)dseg_os_remove(file->aside);
    }
    free(file->aside);
    file->aside = NULL;
    if (number == ENOENT) { /* nothing is replaced */
      return DSEG_OK;
    }
    if (number != EEXIST) {
      return fail(error, file->path, "the file cannot be kept until all others are complete", number);
    }
  }
  return fail_names(error, file->path);
}

/* What was kept aside gets its name back. */
static void put_back(dseg_output_file *file) {
  if (dseg_os_rename(file->aside, file->path) == 0) {
    (void)dseg_os_remove(file->aside); /* rename leaves two names of the same file as they are */
  }
  free(file->aside);
  file->aside = NULL;
}

dseg_status dseg_output_name(dseg_output_file *file, bool keep, dseg_error *error) {
  if (!file->replace) {
    DSEG_TRY(name_exclusively(file, error));
  } else {
    if (keep) {
      DSEG_TRY(keep_aside(file, error));
    }
    const dseg_status status = rename_over(file, error);
    if (status != DSEG_OK) {
      if (file->aside != NULL) {
        put_back(file);
      }
      return status;
    }
  }
  file->is_named = true;
  return DSEG_OK;
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
    status = dseg_output_name(file, false, error);
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
    put_back(file);
  } else if (file->is_named) {
    (void)dseg_os_remove(file->path);
  }
  discard(file);
}
