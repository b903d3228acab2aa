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

int dseg_os_read_link(const char *path, char **target) {
  (void)path;
  *target = NULL;
  return EINVAL;
}

int dseg_os_create_nameless(const char *path, bool is_private, int *descriptor) {
  (void)path, (void)is_private;
  *descriptor = -1;
  return EOPNOTSUPP;
}

int dseg_os_name_nameless(int descriptor, const char *path) {
  (void)descriptor, (void)path;
  return EOPNOTSUPP;
}

int dseg_os_create_private(const char *path, int *descriptor) {
  (void)path;
  *descriptor = -1;
  return ENOTSUP;
}

int dseg_os_take_permissions(int descriptor, const char *path) {
  (void)descriptor, (void)path;
  return 0;
}

bool dseg_os_mark_living(int descriptor) {
  (void)descriptor;
  return true;
}

void dseg_os_remove_dead(const char *path) {
  (void)path;
}

int dseg_os_flush(int descriptor) {
  (void)descriptor;
  return 0;
}

bool dseg_os_is_scarce(int descriptor) {
  (void)descriptor;
  return false;
}

void dseg_os_hold_signals(dseg_os_signals *held) {
  *held = (dseg_os_signals){{0}};
}

void dseg_os_release_signals(const dseg_os_signals *held) {
  (void)held;
}
