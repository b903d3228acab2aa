/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - the parts of a file's path, see path.h. */
#include "base/path.h"

#include "base/os/names.h"

size_t dseg_path_directory(const char *path) {
  size_t length = 0;
  for (size_t i = 0; path[i] != '\0'; i++) {
    if (dseg_os_is_separator(path[i])) {
      length = i + 1;
    }
  }
  return length;
}

const char *dseg_path_name(const char *path) {
  return path + dseg_path_directory(path);
}

bool dseg_path_leaves(const char *path) {
  if (dseg_os_is_separator(path[0])) {
    return true;
  }
  while (*path != '\0') {
    size_t length = 0;
    while (path[length] != '\0' && !dseg_os_is_separator(path[length])) {
      length++;
    }
    const bool is_parent = length == 2 && path[0] == '.' && path[1] == '.';
    if (is_parent || dseg_os_ends_drive(path[length])) {
      return true;
    }
    path += length;
    path += *path != '\0';
  }
  return false;
}
