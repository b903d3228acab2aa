/* SPDX-License-Identifier: Apache-2.0 */
/* named_files.c - takes the place of dseg_os_create_nameless: the file system has no files without names. */
#include <errno.h>
#include <stdbool.h>

int __wrap_dseg_os_create_nameless(const char *path, bool is_private, int *descriptor);

int __wrap_dseg_os_create_nameless(const char *path, bool is_private, int *descriptor) {
  (void)path, (void)is_private;
  *descriptor = -1;
  return EOPNOTSUPP;
}
