/* SPDX-License-Identifier: Apache-2.0 */
/* large_block.c - memory for whole volumes. */
#include "base/large_block.h"

#include <stdlib.h>

#include "base/os/system.h"

#define LARGE ((size_t)8 << 20) /* below this, what large pages save is not worth a call */

void *dseg_large_realloc(void *block, size_t size) {
  void *result = realloc(block, size);
  if (result != NULL && size >= LARGE) {
    dseg_os_advise_large_pages(result, size);
  }
  return result;
}
