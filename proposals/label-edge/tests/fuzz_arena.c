/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_arena.c - memory for the inputs of a fuzzer, one behind the other in a block that each input begins anew: the
 * sanitizer's own takes half of the time of small inputs. The bytes between, and those that were freed, are poisoned,
 * so that it sees what it saw, and an input that does not free all is told at once. The linker puts the functions below
 * in place of those of the C library. */
#include <sanitizer/asan_interface.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label_edge_predict_decode.h"
#include "label_edge_writer.h"

enum { ARENA = 1 << 24, ALIGN = 16, GAP = 2 * ALIGN, FILLED = 4096 };
static _Alignas(ALIGN) uint8_t arena[ARENA];
static size_t used;
static size_t live;   /* allocations */
static bool in_input; /* else memory is that of the C library */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __real_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *memory);

static void fail(const char *message) {
  fprintf(stderr, "fuzz_arena: %s\n", message);
  abort();
}

/* Memory with a gap in front of it, whose first bytes are its size. */
__attribute__((no_sanitize("address"))) static uint8_t *take(size_t size) {
  const size_t taken = GAP + (size + ALIGN - 1) / ALIGN * ALIGN;
  if (size > ARENA || taken > ARENA - ALIGN - used) {
    fail("an input asks for more memory than there is");
  }
  uint8_t *memory = arena + used + GAP;
  *(size_t *)(void *)(arena + used) = size;
  used += taken;
  live++;
  ASAN_UNPOISON_MEMORY_REGION(memory, size);
  return memory;
}

__attribute__((no_sanitize("address"))) static size_t size_of(const uint8_t *memory) {
  return *(const size_t *)(const void *)(memory - GAP);
}

void *__wrap_malloc(size_t size) {
  if (!in_input) {
    return __real_malloc(size);
  }
  /* Not what the input before has left. */
  return memset(take(size), 0xbe, size < FILLED ? size : FILLED);
}

void *__wrap_calloc(size_t count, size_t size) {
  if (!in_input) {
    return __real_calloc(count, size);
  }
  if (size && count > ARENA / size) {
    fail("an input asks for more memory than there is");
  }
  return memset(take(count * size), 0, count * size);
}

void __wrap_free(void *memory) {
  if (!in_input) {
    __real_free(memory);
  } else if (memory) {
    if (__asan_address_is_poisoned(memory)) {
      fail("memory is freed twice, or was never allocated");
    }
    ASAN_POISON_MEMORY_REGION(memory, size_of(memory));
    live--;
  }
}

int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* These stay until the program ends. */
  if (!label_edge_encoding_tables() || !label_edge_decoding_tables() || !label_edge_predicted_tables()) {
    fail("out of memory");
  }
  if (!used) {
    ASAN_POISON_MEMORY_REGION(arena, ARENA);
  }
  used = ALIGN;
  in_input = true;
  const int result = __real_LLVMFuzzerTestOneInput(data, size);
  in_input = false;
  if (live) {
    fail("an input did not free all of its memory");
  }
  return result;
}
