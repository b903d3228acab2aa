/* SPDX-License-Identifier: Apache-2.0 */
/* memory_limit.h - how much may be held in memory where the caller sets no limit. */
#ifndef DSEG_BASE_MEMORY_LIMIT_H
#define DSEG_BASE_MEMORY_LIMIT_H

#include <stdint.h>

#define DSEG_STANDARD_MEMORY ((uint64_t)4 << 30)

/* What a caller's memory_limit means: 0 is the standard. */
static inline uint64_t dseg_memory_limit(uint64_t given) {
  return given != 0 ? given : DSEG_STANDARD_MEMORY;
}

/* What is left of limit when held bytes are in use. */
static inline uint64_t dseg_memory_left(uint64_t limit, uint64_t held) {
  return held < limit ? limit - held : 0;
}

#endif
