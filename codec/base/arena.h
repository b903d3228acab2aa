/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - memory that is freed all at once: many small allocations for few calls of malloc. */
#ifndef DSEG_BASE_ARENA_H
#define DSEG_BASE_ARENA_H

#include <stddef.h>

/* Blocks in a list, the newest first; NULL: empty. */
typedef struct dseg_arena_block dseg_arena_block;

/* size bytes, all 0, aligned for any object; NULL when memory is short. */
void *dseg_arena_alloc(dseg_arena_block **arena, size_t size);
/* Frees everything; *arena is NULL again. */
void dseg_arena_free(dseg_arena_block **arena);

#endif
