/* SPDX-License-Identifier: Apache-2.0 */
/* directory_posix.c - the names in a directory on POSIX systems, see directory.h. */
#define _GNU_SOURCE /* strdup is hidden in strict C17 */
#include "base/os/directory.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/os/name_list.h"

int dseg_os_list(const char *directory, dseg_os_names *names) {
  *names = (dseg_os_names){.names = NULL};
  DIR *opened = opendir(directory);
  if (opened == NULL) {
    return errno;
  }
  int number = 0;
  errno = 0;
  for (const struct dirent *entry = readdir(opened); number == 0 && entry != NULL; entry = readdir(opened)) {
    if (entry->d_name[0] != '.') {
      number = dseg_os_names_add(names, entry->d_name);
    }
    errno = 0;
  }
  if (number == 0) {
    number = errno;
  }
  (void)closedir(opened);
  return dseg_os_names_finish(names, number);
}
