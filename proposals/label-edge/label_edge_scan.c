/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_scan.c - rows are looked at eight bytes at a time; most of them hold no change. In those that do, each
 * place is written down and counts if it is one: which are cannot be foreseen, and branches would cost more. */
#include "label_edge_scan.h"

#include <string.h>

static uint64_t load_64(const uint8_t *p) {
  uint64_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

enum { BLOCK = 32 };
/* Whether each of the bytes of a block is the same as the one `distance` before it. */
static inline bool block_repeats(const uint8_t *p, size_t distance) {
  uint64_t differ = 0;
  for (size_t k = 0; k < BLOCK; k += 8) {
    differ |= load_64(p + k) ^ load_64(p + k - distance);
  }
  return !differ;
}

static uint32_t scan_8(const uint8_t *row, uint32_t columns, le_change *changes) {
  uint32_t found = 0;
  uint32_t x = 1;
  changes[found++] = (le_change){0, row[0]};
  while (columns - x >= 8 && x < columns) {
    if (columns - x >= BLOCK && block_repeats(row + x, 1)) {
      x += BLOCK;
      continue;
    }
    const uint32_t end = columns - x >= BLOCK ? x + BLOCK : columns - 7;
    for (; x < end; x += 8) {
      if (load_64(row + x) != load_64(row + x - 1)) {
        for (uint32_t k = x; k < x + 8; k++) {
          changes[found] = (le_change){k, row[k]};
          found += row[k] != row[k - 1];
        }
      }
    }
  }
  for (; x < columns; x++) {
    if (row[x] != row[x - 1]) {
      changes[found++] = (le_change){x, row[x]};
    }
  }
  return found;
}

static uint32_t scan_16(const uint16_t *row, uint32_t columns, le_change *changes) {
  uint32_t found = 0;
  uint32_t x = 1;
  changes[found++] = (le_change){0, row[0]};
  while (columns - x >= 4 && x < columns) {
    if (columns - x >= BLOCK / 2 && block_repeats((const uint8_t *)(row + x), 2)) {
      x += BLOCK / 2;
      continue;
    }
    const uint32_t end = columns - x >= BLOCK / 2 ? x + BLOCK / 2 : columns - 3;
    for (; x < end; x += 4) {
      if (load_64((const uint8_t *)(row + x)) != load_64((const uint8_t *)(row + x - 1))) {
        for (uint32_t k = x; k < x + 4; k++) {
          changes[found] = (le_change){k, row[k]};
          found += row[k] != row[k - 1];
        }
      }
    }
  }
  for (; x < columns; x++) {
    if (row[x] != row[x - 1]) {
      changes[found++] = (le_change){x, row[x]};
    }
  }
  return found;
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
