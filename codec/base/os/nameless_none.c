/* SPDX-License-Identifier: Apache-2.0 */
/* nameless_none.c - for systems where a file has a name as long as it exists, see outputs.h. */
#include "base/os/outputs.h"

#include <errno.h>

int dseg_os_create_nameless(const char *path, bool is_private, int *descriptor) {
  (void)path, (void)is_private;
  *descriptor = -1;
  return EOPNOTSUPP;
}

int dseg_os_name_nameless(int descriptor, const char *path) {
  (void)descriptor, (void)path;
  return EOPNOTSUPP;
}
