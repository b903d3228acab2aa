/* SPDX-License-Identifier: Apache-2.0 */
/* failing_memory.h - lets the library's allocations fail, one after the other.
 *
 * The linker puts functions of failing_memory.c in place of the calls of malloc, calloc and realloc in the static
 * library and the test (-Wl,--wrap=..., see ../CMakeLists.txt). Shared objects keep theirs. */
#ifndef DSEG_TESTS_FAILING_MEMORY_H
#define DSEG_TESTS_FAILING_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

typedef struct failing_memory {
  size_t calls;    /* of the three while they are counted */
  size_t failing;  /* the call that fails, counted from 1; 0: none */
  bool all_behind; /* those behind it fail, too */
  bool is_paused;  /* calls are not counted and do not fail */
} failing_memory;

extern failing_memory memory; /* used by one thread */

#endif
