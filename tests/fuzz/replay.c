/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - stands in for libFuzzer: gives a target every file it is told, and some changes of each.
 *
 * usage: replay_TARGET FILE|DIRECTORY... */
#include "exercise.h"
#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANGES = 60 };

/* The file as it is, then with bytes changed, one place at a time. */
static void run(const char *name, const uint8_t *data, size_t size) {
  (void)name;
  LLVMFuzzerTestOneInput(data, size);
  uint8_t *copy = malloc(size > 0 ? size : 1);
  if (copy == NULL) {
    abort();
  }
  memcpy(copy, data, size);
  uint32_t random = (uint32_t)size;
  for (int change = 0; change < CHANGES && size > 0; change++) {
    random = random * 1664525u + 1013904223u;
    const size_t at = (size_t)(random >> 4) % size;
    static const uint8_t values[] = {0x00, 0xFF, 0x7F, 0x80, 0x01, ' '};
    copy[at] = values[(unsigned)change % sizeof values];
    LLVMFuzzerTestOneInput(copy, size);
    copy[at] = data[at];
  }
  free(copy);
}

int main(int argc, char **argv) {
  size_t count = 0;
  for (int i = 1; i < argc; i++) {
    count += files_each(argv[i], run);
  }
  printf("%zu files replayed\n", count);
  return count > 0 ? 0 : 1;
}
