/* SPDX-License-Identifier: Apache-2.0 */
/* library_wasm.c - libraries that are loaded while the program runs, see library.h: WebAssembly loads none. */
#include "base/os/library.h"

#include <stddef.h>

void *dseg_os_library_open(const char *path, const char **reason) {
  (void)path;
  *reason = "WebAssembly loads no libraries";
  return NULL;
}

dseg_os_function dseg_os_library_function(void *library, const char *name) {
  (void)library, (void)name;
  return NULL;
}

void dseg_os_library_close(void *library) {
  (void)library;
}
