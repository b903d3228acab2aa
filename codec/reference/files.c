/* files.c - the files given as source images, and those in directories. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

static dseg_status add_file(dseg_reference_set *set, const char *path, bool named, dseg_error *error) {
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
  set->files[set->file_count++] = (dseg_reference_file){.path = copy, .named = named};
  return DSEG_OK;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(const char *directory, const char *name) {
  const size_t size = strlen(directory) + strlen(name) + 2;
  char *joined = malloc(size);
  if (joined != NULL) {
    snprintf(joined, size, "%s/%s", directory, name);
  }
  return joined;
}

/* The entries' paths, sorted, so that the order does not depend on the file system. */
static dseg_status list_directory(const char *path, char ***paths, size_t *count, dseg_error *error) {
  DIR *directory = opendir(path);
  if (directory == NULL) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "%s: %s", path, strerror(errno));
  }
  dseg_status status = DSEG_OK;
  size_t capacity = 0;
  for (struct dirent *entry = readdir(directory); status == DSEG_OK && entry != NULL; entry = readdir(directory)) {
    if (entry->d_name[0] == '.') {
      continue;
    }
    if (*count == capacity) {
      capacity = capacity == 0 ? 64 : capacity * 2;
      char **larger = realloc(*paths, capacity * sizeof *larger);
      if (larger == NULL) {
        status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for file names");
        break;
      }
      *paths = larger;
    }
    char *joined = join(path, entry->d_name);
    if (joined == NULL) {
      status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for file names");
      break;
    }
    (*paths)[(*count)++] = joined;
  }
  closedir(directory);
  if (*count > 0) {
    qsort(*paths, *count, sizeof **paths, compare_names);
  }
  return status;
}

static dseg_status find_below(dseg_reference_set *set, const char *path, unsigned depth, dseg_error *error);

static dseg_status find_in_directory(dseg_reference_set *set, const char *path, unsigned depth, dseg_error *error) {
  char **paths = NULL;
  size_t count = 0;
  dseg_status status = list_directory(path, &paths, &count, error);
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    status = find_below(set, paths[i], depth + 1, error);
  }
  for (size_t i = 0; i < count; i++) {
    free(paths[i]);
  }
  free(paths);
  return status;
}

/* depth 0: as the caller named it. Deeper, what cannot be looked at is passed over. */
static dseg_status find_below(dseg_reference_set *set, const char *path, unsigned depth, dseg_error *error) {
  struct stat info;
  if (stat(path, &info) != 0) {
    return depth > 0 ? DSEG_OK : dseg_fail(error, DSEG_ERROR_INPUT, "%s: %s", path, strerror(errno));
  }
  if (S_ISDIR(info.st_mode)) {
    return depth < MAXIMUM_DEPTH ? find_in_directory(set, path, depth, error) : DSEG_OK;
  }
  if (S_ISREG(info.st_mode) || depth == 0) {
    return add_file(set, path, depth == 0, error);
  }
  return DSEG_OK;
}

dseg_status dseg_reference_find_files(dseg_reference_set *set, const char *path, dseg_error *error) {
  return find_below(set, path, 0, error);
}
