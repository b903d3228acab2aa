/* SPDX-License-Identifier: Apache-2.0 */
/* reals.h - fractions as floats or doubles, whichever the caller has room for. */
#ifndef DSEG_SOURCES_REALS_H
#define DSEG_SOURCES_REALS_H

#include <stddef.h>
#include <stdint.h>

/* One a voxel. */
typedef struct dseg_reals {
  void *values;
  unsigned bits; /* 32: floats; 64: doubles */
} dseg_reals;

/* Copies count values of from, from first on, to the beginning of to. */
void dseg_reals_copy(const dseg_reals *to, const dseg_reals *from, size_t first, size_t count);

/* Stored values, a byte each in the first count bytes of values, become value / maximum there. */
void dseg_reals_widen(const dseg_reals *values, size_t count, uint32_t maximum);

#endif
