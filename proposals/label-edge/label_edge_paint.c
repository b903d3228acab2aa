/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_paint.c - from edges to pixels (bitstream.md, section 10): columns and rows that stand for several are
 * repeated. */
#include <string.h>

#include "label_edge_reader.h"

/* ---- Pixels of 8 or 16 bits. shift: one has 1 << shift bytes; pattern: eight bytes of pixels. */

static void fill(uint8_t *out, size_t count, uint64_t pattern) {
  if (pattern % 256 * UINT64_C(0x0101010101010101) == pattern) {
    memset(out, (int)(pattern % 256), count);
    return;
  }
  for (; count >= 8; count -= 8, out += 8) {
    memcpy(out, &pattern, 8);
  }
  memcpy(out, &pattern, count);
}

enum { BLOCK = 64, LONG_RUN = 128 };
static inline void store_block(uint8_t *out, uint64_t pattern) {
  for (size_t k = 0; k < BLOCK; k += 8) {
    memcpy(out + k, &pattern, 8);
  }
}

/* Fills [out, to), in blocks as long as there is room in front of end: what is too much is filled again later. Most
 * runs are shorter than a block; how long they are cannot be foreseen. Many that are not are much longer. */
static inline void paint_run(uint8_t *out, const uint8_t *to, const uint8_t *end, uint64_t pattern) {
  if (end - to < BLOCK) {
    fill(out, (size_t)(to - out), pattern);
    return;
  }
  store_block(out, pattern);
  out += BLOCK;
  if (to - out > LONG_RUN) {
    fill(out, (size_t)(to - out), pattern);
    return;
  }
  for (; out < to; out += BLOCK) {
    store_block(out, pattern);
  }
}

static inline uint64_t pattern_of(uint32_t label, unsigned shift) {
  return (shift ? UINT64_C(0x0001000100010001) : UINT64_C(0x0101010101010101)) * label;
}

/* Copies a row of the grid to those of the frame that repeat it. */
static inline void repeat_row(const le_grid *g, size_t row_bytes, uint32_t r, uint8_t *out) {
  const uint8_t *row = out + row_bytes * g->row_starts[r];
  for (uint32_t y = g->row_starts[r] + 1; y < g->row_starts[r + 1]; y++) {
    memcpy(out + row_bytes * y, row, row_bytes);
  }
}

/* Where the grid is the whole frame. */
static inline void paint_whole(const label_edge_format *format, const le_edge *edge, unsigned shift, uint8_t *out) {
  const uint32_t pixels = format->rows * format->columns;
  uint8_t *const end = out + ((size_t)pixels << shift);
  uint64_t pattern = pattern_of(0, shift);
  uint8_t *done = out;
  for (; le_position(*edge) < pixels; edge++) {
    uint8_t *const to = out + ((size_t)le_position(*edge) << shift);
    paint_run(done, to, end, pattern);
    pattern = pattern_of(le_label(*edge), shift);
    done = to;
  }
  fill(done, (size_t)(end - done), pattern);
}

/* Any grid. Runs reach over rows without an edge, and over all that repeat these. */
static inline void paint_rows(const label_edge_format *format, const le_grid *g, const le_edge *edge, unsigned shift,
                              uint8_t *out) {
  const size_t row_bytes = (size_t)format->columns << shift;
  const uint32_t *const column_starts = g->column_starts;
  const uint32_t width = g->width;
  const uint32_t height = g->height;
  uint8_t *const end = out + row_bytes * format->rows;
  uint64_t pattern = pattern_of(0, shift);
  uint8_t *done = out;
  uint32_t row_start = 0;
  for (uint32_t r = 0; r < height; r++, row_start += width) {
    if (le_position(*edge) - row_start >= width) {
      continue;
    }
    uint8_t *const row = out + row_bytes * g->row_starts[r];
    do {
      uint8_t *const to = row + ((size_t)column_starts[le_position(*edge) - row_start] << shift);
      paint_run(done, to, end, pattern);
      pattern = pattern_of(le_label(*edge++), shift);
      done = to;
    } while (le_position(*edge) - row_start < width);
    paint_run(done, row + row_bytes, end, pattern);
    repeat_row(g, row_bytes, r, out);
    done = out + row_bytes * g->row_starts[r + 1];
  }
  fill(done, (size_t)(end - done), pattern);
}

/* Each for 8 and for 16 bits, so that the compiler knows which. */
static void paint_whole_8(const label_edge_format *format, const le_edge *edges, uint8_t *out) {
  paint_whole(format, edges, 0, out);
}
static void paint_whole_16(const label_edge_format *format, const le_edge *edges, uint8_t *out) {
  paint_whole(format, edges, 1, out);
}
static void paint_rows_8(const label_edge_format *format, const le_grid *g, const le_edge *edges, uint8_t *out) {
  paint_rows(format, g, edges, 0, out);
}
static void paint_rows_16(const label_edge_format *format, const le_grid *g, const le_edge *edges, uint8_t *out) {
  paint_rows(format, g, edges, 1, out);
}

void label_edge_set_bits(uint8_t *out, uint64_t first, uint64_t end) {
  if (first >= end) {
    return;
  }
  const uint8_t head = (uint8_t)(0xff << first % 8);
  const uint8_t tail = (uint8_t)(0xff >> (7 - (end - 1) % 8));
  const size_t a = (size_t)(first / 8);
  const size_t b = (size_t)((end - 1) / 8);
  if (a == b) {
    out[a] |= head & tail;
    return;
  }
  out[a] |= head;
  memset(out + a + 1, 0xff, b - a - 1);
  out[b] |= tail;
}

static void paint_1(const label_edge_format *format, const le_grid *g, const le_edge *edge, uint8_t *out) {
  memset(out, 0, label_edge_frame_bytes(format));
  uint32_t row_start = 0;
  uint32_t label = 0;
  for (uint32_t r = 0; r < g->height; r++, row_start += g->width) {
    const le_edge *start = edge;
    const uint32_t before = label;
    for (uint32_t y = g->row_starts[r]; y < g->row_starts[r + 1]; y++) {
      const uint64_t row = (uint64_t)y * format->columns;
      uint32_t column = 0;
      label = before;
      for (edge = start; le_position(*edge) - row_start < g->width; edge++) {
        const uint32_t end = g->column_starts[le_position(*edge) - row_start];
        if (label) {
          label_edge_set_bits(out, row + column, row + end);
        }
        label = le_label(*edge);
        column = end;
      }
      if (label) {
        label_edge_set_bits(out, row + column, row + format->columns);
      }
    }
  }
}

void label_edge_paint(const label_edge_format *format, const le_slot *slot, void *out) {
  const le_grid *g = &slot->grid;
  if (format->bits == 1) {
    paint_1(format, g, slot->edges, out);
  } else if (g->pixels == (uint64_t)format->rows * format->columns) {
    (format->bits == 8 ? paint_whole_8 : paint_whole_16)(format, slot->edges, out);
  } else {
    (format->bits == 8 ? paint_rows_8 : paint_rows_16)(format, g, slot->edges, out);
  }
}
