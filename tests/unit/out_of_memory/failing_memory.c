/* SPDX-License-Identifier: Apache-2.0 */
/* failing_memory.c - what the linker puts in place of malloc, calloc and realloc. */
#include "out_of_memory/failing_memory.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

failing_memory memory;

static bool fails(void) {
  if (memory.is_paused) {
    return false;
  }
  memory.calls++;
  return memory.failing != 0 && (memory.all_behind ? memory.calls >= memory.failing : memory.calls == memory.failing);
}

void *__wrap_malloc(size_t size) {
  return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
  return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size) {
  return fails() ? NULL : __real_realloc(block, size);
}
