/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_scan.c - 64 pixels of a row are compared with those before them at once, which gives a bit for each that
 * differs: most are 0, and the others cost a step each. */
#include "label_edge_scan.h"

#include <string.h>

#include "label_edge_model.h"

enum { BLOCK = 64 };

#ifdef LE_SSE2
static inline __m128i equal_8(const uint8_t *p) {
  return _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)p),
                        _mm_loadu_si128((const __m128i *)(const void *)(p - 1)));
}
static inline __m128i equal_16(const uint16_t *p) {
  return _mm_cmpeq_epi16(_mm_loadu_si128((const __m128i *)(const void *)p),
                         _mm_loadu_si128((const __m128i *)(const void *)(p - 1)));
}
static inline uint64_t mask_of(__m128i equal) {
  return (uint32_t)_mm_movemask_epi8(equal);
}

/* A bit for each of 64 pixels from p on that differs from the one before it. */
static inline uint64_t changes_8(const uint8_t *p) {
  return ~(mask_of(equal_8(p)) | mask_of(equal_8(p + 16)) << 16 | mask_of(equal_8(p + 32)) << 32 |
           mask_of(equal_8(p + 48)) << 48);
}
static inline uint64_t changes_16(const uint16_t *p) {
  uint64_t equal = 0;
  for (unsigned k = 0; k < BLOCK; k += 16) {
    equal |= mask_of(_mm_packs_epi16(equal_16(p + k), equal_16(p + k + 8))) << k;
  }
  return ~equal;
}
#else
/* The lowest byte (of two bytes) is the first pixel's on all machines. */
static inline uint64_t eight_of(const uint8_t *p) {
  return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
         (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}
static inline uint64_t four_of(const uint16_t *p) {
  return (uint64_t)p[0] | (uint64_t)p[1] << 16 | (uint64_t)p[2] << 32 | (uint64_t)p[3] << 48;
}
/* The top bit of each byte (of two bytes) that is not 0; low: all bits but those. */
static inline uint64_t top_bits(uint64_t value, uint64_t low) {
  return (((value & low) + low) | value) & ~low;
}

/* A bit for each of 64 pixels from p on that differs from the one before it. */
static inline uint64_t changes_8(const uint8_t *p) {
  uint64_t changes = 0;
  for (unsigned k = 0; k < BLOCK; k += 8) {
    const uint64_t differ = top_bits(eight_of(p + k) ^ eight_of(p + k - 1), UINT64_C(0x7f7f7f7f7f7f7f7f));
    changes |= (differ >> 7) * UINT64_C(0x0102040810204080) >> 56 << k; /* bit 8 * i goes to 56 + i */
  }
  return changes;
}
static inline uint64_t changes_16(const uint16_t *p) {
  uint64_t changes = 0;
  for (unsigned k = 0; k < BLOCK; k += 4) {
    const uint64_t differ = top_bits(four_of(p + k) ^ four_of(p + k - 1), UINT64_C(0x7fff7fff7fff7fff));
    changes |= (differ >> 15) * UINT64_C(0x1000200040008000) >> 60 << k; /* bit 16 * i goes to 60 + i */
  }
  return changes;
}
#endif

static uint32_t scan_8(const uint8_t *row, uint32_t columns, le_change *changes) {
  le_change *next = changes;
  uint32_t x = 1;
  *next++ = (le_change){0, row[0]};
  while (columns > BLOCK && x < columns) {
    const uint32_t from = columns - x >= BLOCK ? x : columns - BLOCK; /* the last ones may be looked at twice */
    for (uint64_t bits = changes_8(row + from) >> (x - from); bits; bits &= bits - 1) {
      const uint32_t column = x + le_lowest_bit(bits);
      *next++ = (le_change){column, row[column]};
    }
    x = from + BLOCK;
  }
  for (; x < columns; x++) {
    if (row[x] != row[x - 1]) {
      *next++ = (le_change){x, row[x]};
    }
  }
  return (uint32_t)(next - changes);
}

static uint32_t scan_16(const uint16_t *row, uint32_t columns, le_change *changes) {
  le_change *next = changes;
  uint32_t x = 1;
  *next++ = (le_change){0, row[0]};
  while (columns > BLOCK && x < columns) {
    const uint32_t from = columns - x >= BLOCK ? x : columns - BLOCK; /* the last ones may be looked at twice */
    for (uint64_t bits = changes_16(row + from) >> (x - from); bits; bits &= bits - 1) {
      const uint32_t column = x + le_lowest_bit(bits);
      *next++ = (le_change){column, row[column]};
    }
    x = from + BLOCK;
  }
  for (; x < columns; x++) {
    if (row[x] != row[x - 1]) {
      *next++ = (le_change){x, row[x]};
    }
  }
  return (uint32_t)(next - changes);
}

/* 32 bits from a bit on; those past the end of the frame are zero. */
static uint32_t bits_32(const uint8_t *bits, size_t bytes, uint64_t at) {
  const size_t first = (size_t)(at / 8);
  uint64_t v = 0;
  for (size_t k = 0; k < 5 && first + k < bytes; k++) {
    v |= (uint64_t)bits[first + k] << 8 * k;
  }
  return (uint32_t)(v >> at % 8);
}

static uint32_t scan_1(const label_edge_format *format, const uint8_t *bits, uint32_t row, le_change *changes) {
  const size_t bytes = label_edge_frame_bytes(format);
  const uint64_t start = (uint64_t)row * format->columns;
  uint32_t found = 0;
  uint32_t value = bits_32(bits, bytes, start) & 1;
  changes[found++] = (le_change){0, value};
  for (uint32_t x = 1; x < format->columns; x += 31) {
    const uint32_t v = bits_32(bits, bytes, start + x - 1);
    const uint32_t left = format->columns - x;
    uint32_t differ = (v ^ v >> 1) & (left < 31 ? (UINT32_C(1) << left) - 1 : UINT32_MAX >> 1);
    for (uint32_t k = x; differ; k++, differ >>= 1) {
      if (differ & 1) {
        value ^= 1;
        changes[found++] = (le_change){k, value};
      }
    }
  }
  return found;
}

uint32_t label_edge_scan_row(const label_edge_format *format, const void *pixels, uint32_t row, le_change *changes) {
  const size_t start = (size_t)row * format->columns;
  switch (format->bits) {
    case 8: return scan_8((const uint8_t *)pixels + start, format->columns, changes);
    case 16: return scan_16((const uint16_t *)pixels + start, format->columns, changes);
    default: return scan_1(format, pixels, row, changes);
  }
}

bool label_edge_row_repeats(const label_edge_format *format, const void *pixels, uint32_t row) {
  if (format->bits > 1) {
    const size_t bytes = (size_t)format->columns * format->bits / 8;
    const uint8_t *p = (const uint8_t *)pixels + row * bytes;
    return !memcmp(p, p - bytes, bytes);
  }
  const size_t bytes = label_edge_frame_bytes(format);
  const uint64_t start = (uint64_t)row * format->columns;
  for (uint32_t x = 0; x < format->columns; x += 32) {
    const uint32_t left = format->columns - x;
    const uint32_t differ = bits_32(pixels, bytes, start + x) ^ bits_32(pixels, bytes, start + x - format->columns);
    if (left < 32 ? differ << (32 - left) : differ) {
      return false;
    }
  }
  return true;
}
