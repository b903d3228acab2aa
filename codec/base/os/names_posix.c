/* SPDX-License-Identifier: Apache-2.0 */
/* names_posix.c - names of files on POSIX systems, see names.h. */
#define _GNU_SOURCE /* linkat and the rest are hidden in strict C17 */
#include "base/os/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int dseg_os_rename(const char *from, const char *to) {
  return rename(from, to) == 0 ? 0 : errno;
}

/* Of a symbolic link the link itself gets the second name, as rename moves the link itself. */
int dseg_os_link(const char *from, const char *to) {
  return linkat(AT_FDCWD, from, AT_FDCWD, to, 0) == 0 ? 0 : errno;
}

int dseg_os_remove(const char *path) {
  return unlink(path) == 0 ? 0 : errno;
}

void dseg_os_sync_directory_of(const char *path) {
  const char *slash = strrchr(path, '/');
  const size_t length = slash != NULL ? (size_t)(slash - path) + 1 : 0;
  char *directory = malloc(length + 2);
  if (directory == NULL) {
    return;
  }
  memcpy(directory, path, length);
  memcpy(directory + length, ".", 2);
  const int descriptor = open(directory, O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    (void)fsync(descriptor);
    (void)close(descriptor);
  }
  free(directory);
}
