/* SPDX-License-Identifier: Apache-2.0 */
/* outputs_wasm.c - files that are being written in WebAssembly, see outputs.h: outputs go to memory and to functions,
 * and none has a name. */
#include "base/os/outputs.h"

#include <errno.h>
#include <stddef.h>

int dseg_os_identity_of(const char *path, dseg_os_identity *identity) {
  (void)path;
  *identity = (dseg_os_identity){0, 0};
  return ENOENT;
}

int dseg_os_create_private(const char *path, int *descriptor) {
  (void)path;
  *descriptor = -1;
  return ENOTSUP;
}

bool dseg_os_is_scarce(int descriptor) {
  (void)descriptor;
  return false;
}
