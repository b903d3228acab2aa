/* SPDX-License-Identifier: Apache-2.0 */
/* large_pages_none.c - for systems that give no large pages of memory to everybody, see system.h. */
#include "base/os/system.h"

void dseg_os_advise_large_pages(void *block, size_t size) {
  (void)block, (void)size;
}

bool dseg_os_can_map_large_pages(void) {
  return false;
}

void *dseg_os_map_large_pages(size_t size) {
  (void)size;
  return NULL;
}

void dseg_os_unmap_large_pages(void *block, size_t size) {
  (void)block, (void)size;
}
