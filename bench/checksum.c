/* SPDX-License-Identifier: Apache-2.0 */
/* checksum.c - CRC-32 of a label map's ranks, see checksum.h. */
#include "checksum.h"

#include <stdbool.h>

enum { VALUES = 65536, PIECE = 4096 };

static uint16_t value_at(const void *labels, unsigned bits, size_t at) {
  return bits == 8 ? ((const uint8_t *)labels)[at] : ((const uint16_t *)labels)[at];
}

static bool is_empty(const void *labels, unsigned bits, size_t first, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (value_at(labels, bits, first + i) != 0) {
      return false;
    }
  }
  return true;
}

/* Planes without labels do not count: objects may leave them out. */
static uint32_t add_plane(uint32_t crc, const void *labels, unsigned bits, size_t first, size_t count,
                          const uint16_t *rank) {
  uint8_t piece[2 * PIECE];
  size_t filled = 0;
  if (is_empty(labels, bits, first, count)) {
    return crc;
  }
  for (size_t i = 0; i < count; i++) {
    const uint16_t value = rank[value_at(labels, bits, first + i)];
    piece[filled++] = (uint8_t)value;
    piece[filled++] = (uint8_t)(value >> 8);
    if (filled == sizeof piece || i + 1 == count) {
      crc = bench_crc32(crc, piece, filled);
      filled = 0;
    }
  }
  return crc;
}

void bench_checksums(const void *labels, unsigned bits, size_t planes, size_t plane_voxels, uint32_t *forward,
                     uint32_t *backward) {
  static uint16_t rank[VALUES];
  static bool present[VALUES];
  present[0] = true;
  for (size_t i = 0; i < planes * plane_voxels; i++) {
    present[value_at(labels, bits, i)] = true;
  }
  uint16_t next = 0;
  for (size_t value = 0; value < VALUES; value++) {
    rank[value] = next;
    next = (uint16_t)(next + present[value]);
  }
  *forward = 0;
  *backward = 0;
  for (size_t k = 0; k < planes; k++) {
    *forward = add_plane(*forward, labels, bits, k * plane_voxels, plane_voxels, rank);
    *backward = add_plane(*backward, labels, bits, (planes - 1 - k) * plane_voxels, plane_voxels, rank);
  }
}
