/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - see files.h. */
#include "files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static size_t one_file(const char *path, void (*each)(const char *name, const uint8_t *data, size_t size)) {
  struct stat status;
  if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
    return 0;
  }
  const size_t size = (size_t)status.st_size;
  uint8_t *data = malloc(size > 0 ? size : 1);
  FILE *file = fopen(path, "rb");
  if (data == NULL || file == NULL || fread(data, 1, size, file) != size) {
    fprintf(stderr, "%s: cannot be read\n", path);
    exit(1);
  }
  fclose(file);
  const char *slash = strrchr(path, '/');
  each(slash != NULL ? slash + 1 : path, data, size);
  free(data);
  return 1;
}

size_t files_each(const char *path, void (*each)(const char *name, const uint8_t *data, size_t size)) {
  DIR *directory = opendir(path);
  if (directory == NULL) {
    return one_file(path, each);
  }
  size_t count = 0;
  char name[1000];
  for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
    count += one_file(name, each);
  }
  closedir(directory);
  return count;
}
