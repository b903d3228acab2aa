/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - blocks in a list, each filled from its start. */
#include "base/arena.h"

#include <stdlib.h>

#include "base/checked.h"

#define BLOCK_BYTES ((size_t)16384)
#define ALIGNMENT ((size_t)16)

struct dseg_arena_block {
  dseg_arena_block *next;
  size_t used, size;
  _Alignas(16) unsigned char bytes[];
};

void *dseg_arena_alloc(dseg_arena_block **arena, size_t size) {
  size_t padded;
  if (!dseg_add_size(size, ALIGNMENT - 1, &padded)) {
    return NULL;
  }
  padded &= ~(ALIGNMENT - 1);
  dseg_arena_block *block = *arena;
  if (block == NULL || block->size - block->used < padded) {
    const size_t bytes = padded > BLOCK_BYTES ? padded : BLOCK_BYTES;
    size_t total;
    if (!dseg_add_size(bytes, sizeof *block, &total)) {
      return NULL;
    }
    dseg_arena_block *fresh = calloc(1, total);
    if (fresh == NULL) {
      return NULL;
    }
    fresh->size = bytes;
    if (block != NULL && padded > BLOCK_BYTES) { /* the room left in the newest block is still used */
      fresh->next = block->next;
      block->next = fresh;
    } else {
      fresh->next = block;
      *arena = fresh;
    }
    block = fresh;
  }
  void *result = block->bytes + block->used;
  block->used += padded;
  return result;
}

void dseg_arena_free(dseg_arena_block **arena) {
  while (*arena != NULL) {
    dseg_arena_block *next = (*arena)->next;
    free(*arena);
    *arena = next;
  }
}
