/* SPDX-License-Identifier: Apache-2.0 */
/* label_memory.c - memory for label maps that is quick to touch. */
#include <stdint.h>
#include <stdlib.h>

#include "base/os/system.h"
#include "dseg/source.h"

/* Below this, what large pages save is not worth a call of the system. */
#define LARGE ((size_t)8 << 20)

static bool is_mapped(size_t size) {
  return size >= LARGE && dseg_os_can_map_large_pages();
}

void *dseg_labels_alloc(size_t size) {
  if (size > PTRDIFF_MAX) { /* no object is that large */
    return NULL;
  }
  return is_mapped(size) ? dseg_os_map_large_pages(size) : calloc(size != 0 ? size : 1, 1);
}

void dseg_labels_free(void *labels, size_t size) {
  if (labels != NULL && is_mapped(size)) {
    dseg_os_unmap_large_pages(labels, size);
  } else {
    free(labels);
  }
}
