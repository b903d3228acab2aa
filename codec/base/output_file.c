/* output_file.c - a file that appears under its name only when it is complete, see output_file.h. */
#include "base/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAME_ATTEMPTS 100u
/* Some systems refuse to write more at once. */
#define LARGEST_WRITE ((size_t)1 << 30)

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
  return dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: %s: %s", path, what, strerror(number));
}

static dseg_status fail_exists(dseg_error *error, const char *path) {
  return dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: the file exists and may not be replaced", path);
}

static dseg_status fail_names(dseg_error *error, const char *path) {
  return fail(error, path, "no temporary name is free in the directory", EEXIST);
}

static size_t directory_length(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* Another one at each attempt; *name is for free(). */
static dseg_status make_name(char **name, const char *path, unsigned attempt, dseg_error *error) {
  struct timespec now = {0};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  const unsigned long number = (unsigned long)now.tv_nsec + ((unsigned long)now.tv_sec << 30) + attempt;
  dseg_buffer text = {0};
  const size_t length = directory_length(path);
  /* Hidden, and short whatever the final name's length, which may be the longest that is possible. */
  const dseg_status status =
      dseg_buffer_printf(&text, error, "%.*s.dseg-%lx-%lx.tmp", (int)length, path, (unsigned long)getpid(), number);
  *name = (char *)text.data;
  return status;
}

/* The mode is what the process's umask leaves, as for any new file; hence not mkstemp. */
static dseg_status create_temporary(dseg_output_file *file, dseg_error *error) {
  for (unsigned attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
    DSEG_TRY(make_name(&file->temporary, file->path, attempt, error));
    file->descriptor = open(file->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file->descriptor >= 0) {
      return DSEG_OK;
    }
    const int number_of_error = errno;
    free(file->temporary);
    file->temporary = NULL;
    if (number_of_error != EEXIST) {
      return fail(error, file->path, "the file cannot be created", number_of_error);
    }
  }
  return fail_names(error, file->path);
}

static dseg_status check_target(const char *path, bool replace, dseg_error *error) {
  struct stat found;
  if (lstat(path, &found) != 0) {
    return DSEG_OK;
  }
  if (S_ISDIR(found.st_mode)) {
    return fail(error, path, "the file cannot be created", EISDIR);
  }
  return replace ? DSEG_OK : fail_exists(error, path);
}

/* Frees, and removes all but what has its name. */
static void discard(dseg_output_file *file) {
  if (file->descriptor >= 0) {
    (void)close(file->descriptor);
  }
  if (file->temporary != NULL) {
    (void)unlink(file->temporary);
  }
  if (file->aside != NULL) {
    (void)unlink(file->aside);
  }
  free(file->temporary);
  free(file->aside);
  free(file->path);
  free(file);
}

dseg_status dseg_output_create(const char *path, bool replace, dseg_output_file **file, dseg_error *error) {
  *file = NULL;
  if (path[directory_length(path)] == '\0') {
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
  const uint8_t *bytes = data;
  while (size != 0) {
    const ssize_t written = write(file->descriptor, bytes, size < LARGEST_WRITE ? size : LARGEST_WRITE);
    if (written < 0 && errno != EINTR) {
      return fail(error, file->path, "the file cannot be written", errno);
    }
    if (written > 0) {
      bytes += written;
      size -= (size_t)written;
    }
  }
  return DSEG_OK;
}

dseg_status dseg_output_skip(dseg_output_file *file, uint64_t size, dseg_error *error) {
  if (size == 0) {
    return DSEG_OK;
  }
  /* The last byte is written, so that the file ends where it should. */
  if (lseek(file->descriptor, (off_t)(size - 1), SEEK_CUR) < 0) {
    return fail(error, file->path, "the file cannot be written", errno);
  }
  return dseg_output_write(file, "", 1, error);
}

int dseg_output_descriptor(const dseg_output_file *file) {
  return file->descriptor;
}

/* A failure of close may be that of an earlier write. */
dseg_status dseg_output_complete(dseg_output_file *file, bool sync, dseg_error *error) {
  file->sync = sync;
  if (sync && fsync(file->descriptor) != 0) {
    return fail(error, file->path, "the file cannot be written to its medium", errno);
  }
  const int descriptor = file->descriptor;
  file->descriptor = -1;
  if (close(descriptor) != 0 && errno != EINTR) {
    return fail(error, file->path, "the file cannot be written", errno);
  }
  return DSEG_OK;
}

static dseg_status rename_over(dseg_output_file *file, dseg_error *error) {
  if (rename(file->temporary, file->path) != 0) {
    return fail(error, file->path, "the complete file cannot be renamed", errno);
  }
  free(file->temporary);
  file->temporary = NULL;
  return DSEG_OK;
}

/* A second link fails where the name exists, in one step. File systems without links get a placeholder, which fails in
 * the same way and is then replaced. */
static dseg_status name_exclusively(dseg_output_file *file, dseg_error *error) {
  if (link(file->temporary, file->path) == 0) {
    return DSEG_OK; /* discard() removes the first name */
  }
  if (errno == EEXIST) {
    return fail_exists(error, file->path);
  }
  const int placeholder = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (placeholder < 0) {
    const int number = errno;
    return number == EEXIST ? fail_exists(error, file->path)
                            : fail(error, file->path, "the complete file cannot get its name", number);
  }
  (void)close(placeholder);
  const dseg_status status = rename_over(file, error);
  if (status != DSEG_OK) {
    (void)unlink(file->path);
  }
  return status;
}

/* So that the name, too, survives a loss of power. Directories that cannot be opened or synced are left alone. */
static void sync_directory(const char *path) {
  const size_t length = directory_length(path);
  dseg_buffer directory = {0};
  if (dseg_buffer_printf(&directory, NULL, "%.*s.", (int)length, path) == DSEG_OK) {
    const int descriptor = open((const char *)directory.data, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) {
      (void)fsync(descriptor);
      (void)close(descriptor);
    }
  }
  dseg_buffer_free(&directory);
}

/* Gives a file that exists a second name, or, where there are no links, another. */
static dseg_status keep_aside(dseg_output_file *file, dseg_error *error) {
  for (unsigned attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
    DSEG_TRY(make_name(&file->aside, file->path, attempt, error));
    if (linkat(AT_FDCWD, file->path, AT_FDCWD, file->aside, 0) == 0) {
      return DSEG_OK;
    }
    int number = errno;
    const int placeholder =
        number == ENOENT || number == EEXIST ? -1 : open(file->aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (placeholder >= 0) {
      (void)close(placeholder);
      if (rename(file->path, file->aside) == 0) {
        return DSEG_OK;
      }
      number = errno;
      (void)unlink(file->aside);
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
  if (rename(file->aside, file->path) == 0) {
    (void)unlink(file->aside); /* rename leaves two names of the same file as they are */
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
  if (file->sync) {
    sync_directory(file->path);
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
    (void)unlink(file->path);
  }
  discard(file);
}
