/* SPDX-License-Identifier: Apache-2.0 */
/* checked.h - arithmetic on sizes that may come from a hostile file: false on overflow. */
#ifndef DSEG_BASE_CHECKED_H
#define DSEG_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool dseg_mul_size(size_t a, size_t b, size_t *result) {
  return !__builtin_mul_overflow(a, b, result);
}
static inline bool dseg_add_size(size_t a, size_t b, size_t *result) {
  return !__builtin_add_overflow(a, b, result);
}
static inline bool dseg_mul_u64(uint64_t a, uint64_t b, uint64_t *result) {
  return !__builtin_mul_overflow(a, b, result);
}
static inline bool dseg_add_u64(uint64_t a, uint64_t b, uint64_t *result) {
  return !__builtin_add_overflow(a, b, result);
}

#endif
