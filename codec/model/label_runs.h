/* SPDX-License-Identifier: Apache-2.0 */
/* label_runs.h - finds runs of equal labels, several voxels at a time. Inline, so that with a constant width the
 * compiler leaves one loop without a switch. */
#ifndef DSEG_MODEL_LABEL_RUNS_H
#define DSEG_MODEL_LABEL_RUNS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The label at index i of an array of 8, 16 or 32 bits. */
static inline uint32_t dseg_label_at(const void *labels, unsigned bits, size_t i) {
  const uint8_t *bytes = (const uint8_t *)labels + i * (bits / 8);
  uint16_t half;
  uint32_t word;
  switch (bits) {
    case 8: return *bytes;
    case 16: memcpy(&half, bytes, sizeof half); return half;
    default: memcpy(&word, bytes, sizeof word); return word;
  }
}

/* The label in every lane of 64 bits. */
static inline uint64_t dseg_label_pattern(uint32_t label, unsigned bits) {
  switch (bits) {
    case 8: return label * UINT64_C(0x0101010101010101);
    case 16: return label * UINT64_C(0x0001000100010001);
    default: return label * UINT64_C(0x0000000100000001);
  }
}

static inline uint64_t dseg_load_native64(const void *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

/* Lanes of a 64-bit word before the first that is not zero; word is not zero. */
static inline size_t dseg_zero_lanes(uint64_t word, unsigned bits) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  return (size_t)__builtin_clzll(word) / bits;
#else
  return (size_t)__builtin_ctzll(word) / bits;
#endif
}

/* The end of the run of equal labels that starts at start; end is where the array ends, start < end. */
static inline size_t dseg_label_run_end(const void *labels, unsigned bits, size_t start, size_t end) {
  const uint8_t *bytes = labels;
  const size_t lanes = 64 / bits;
  const uint32_t label = dseg_label_at(labels, bits, start);
  const uint64_t pattern = dseg_label_pattern(label, bits);
  size_t i = start + 1;
  while (end - i >= lanes) {
    const uint64_t differs = dseg_load_native64(bytes + i * (bits / 8)) ^ pattern;
    if (differs != 0) {
      return i + dseg_zero_lanes(differs, bits);
    }
    i += lanes;
  }
  while (i < end && dseg_label_at(labels, bits, i) == label) {
    i++;
  }
  return i;
}

#endif
