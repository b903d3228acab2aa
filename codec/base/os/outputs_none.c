/* SPDX-License-Identifier: Apache-2.0 */
/* outputs_none.c - for systems whose files have no links to follow, no permissions and no locks of their own, and where
 * no signal ends a process in the middle, see outputs.h. */
#include "base/os/outputs.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

int dseg_os_read_link(const char *path, char **target) {
  (void)path;
  *target = NULL;
  return EINVAL;
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

void dseg_os_hold_signals(dseg_os_signals *held) {
  memset(held, 0, sizeof *held);
}

void dseg_os_release_signals(const dseg_os_signals *held) {
  (void)held;
}
