/* SPDX-License-Identifier: Apache-2.0 */
/* names_wasm.c - names of files in WebAssembly, see names.h: nothing is written under a name. */
#include "base/os/names.h"

#include <errno.h>

int dseg_os_rename(const char *from, const char *to) {
  (void)from, (void)to;
  return ENOTSUP;
}

int dseg_os_link(const char *from, const char *to) {
  (void)from, (void)to;
  return ENOTSUP;
}

int dseg_os_remove(const char *path) {
  (void)path;
  return ENOENT;
}

void dseg_os_sync_directory_of(const char *path) {
  (void)path;
}
