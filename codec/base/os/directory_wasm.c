/* SPDX-License-Identifier: Apache-2.0 */
/* directory_wasm.c - the names in a directory in WebAssembly, see directory.h: there are none. */
#include "base/os/directory.h"

#include <errno.h>

#include "base/os/name_list.h"

int dseg_os_list(const char *directory, dseg_os_names *names) {
  (void)directory;
  *names = (dseg_os_names){.names = NULL};
  return dseg_os_names_finish(names, ENOTSUP);
}
