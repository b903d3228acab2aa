/* SPDX-License-Identifier: Apache-2.0 */
/* directory.h - the names in a directory. */
#ifndef DSEG_BASE_OS_DIRECTORY_H
#define DSEG_BASE_OS_DIRECTORY_H

#include <stddef.h>

typedef struct dseg_os_names {
  char **names; /* without their directory, in the order of their bytes */
  size_t count;
} dseg_os_names;

/* Lists all entries but those that begin with a dot. Returns 0 or a number of <errno.h>, ENOMEM among them; on failure
 * *names is empty. The caller calls dseg_os_names_free. */
int dseg_os_list(const char *directory, dseg_os_names *names);
void dseg_os_names_free(dseg_os_names *names);

#endif
