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

enum { BLOCK = 64 };
static inline void store_block(uint8_t *out, uint64_t pattern) {
  for (size_t k = 0; k < BLOCK; k += 8) {
    memcpy(out + k, &pattern, 8);
  }
}

/* Fills [out, to), in blocks as long as there is room in front of end: what is too much is filled again later. Most
 * runs are shorter than a block; how long they are cannot be foreseen. */
static inline void paint_run(uint8_t *out, const uint8_t *to, const uint8_t *end, uint64_t pattern) {
  if (end - to < BLOCK) {
    fill(out, (size_t)(to - out), pattern);
    return;
  }
  store_block(out, pattern);
  for (out += BLOCK; out < to; out += BLOCK) {
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

/* The first of edges in [from, end) at or behind a position, or end. */
static const le_edge *find_edge(const le_edge *from, const le_edge *end, uint32_t position) {
  while (from < end) {
    const le_edge *middle = from + (end - from) / 2;
    if (le_position(*middle) < position) {
      from = middle + 1;
    } else {
      end = middle;
    }
  }
  return end;
}

/* Where few rows are repeated: runs reach over the ends of rows. */
static inline void paint_runs(const label_edge_format *format, const le_grid *g, const le_edge *edges, unsigned shift,
                              uint8_t *out) {
  const uint32_t *const row_starts = g->row_starts;
  const uint32_t *const column_starts = g->column_starts;
  const uint32_t pixels = g->pixels;
  const uint32_t width = g->width;
  const unsigned bits = 35 + le_log2(width);
  const uint64_t reciprocal = (UINT64_C(1) << bits) / width + 1; /* exact below LE_LARGEST_GRID */
  const size_t row_bytes = (size_t)format->columns << shift;
  uint8_t *const end = out + row_bytes * format->rows;
  uint64_t pattern = pattern_of(0, shift);
  uint8_t *done = out;
  const le_edge *edge = edges;
  for (; le_position(*edge) < pixels; edge++) {
    const uint32_t y = (uint32_t)(le_position(*edge) * reciprocal >> bits);
    const uint32_t x = le_position(*edge) - y * width;
    uint8_t *const to = out + row_starts[y] * row_bytes + ((size_t)column_starts[x] << shift);
    paint_run(done, to, end, pattern);
    pattern = pattern_of(le_label(*edge), shift);
    done = to;
  }
  fill(done, (size_t)(end - done), pattern);
  for (uint32_t r = 0; r < g->height; r++) {
    /* Over a row without an edge, as those at the margins often are, the run has reached, and over all that repeat it.
     */
    if (row_starts[r + 1] - row_starts[r] > 1 &&
        le_position(*find_edge(edges, edge, r * width + 1)) < (r + 1) * width) {
      repeat_row(g, row_bytes, r, out);
    }
  }
}

/* Where many are. */
static inline void paint_rows(const label_edge_format *format, const le_grid *g, const le_edge *edge, unsigned shift,
                              uint8_t *out) {
  const size_t row_bytes = (size_t)format->columns << shift;
  const uint8_t *const end = out + row_bytes * format->rows;
  uint64_t pattern = pattern_of(0, shift);
  uint32_t row_start = 0;
  for (uint32_t r = 0; r < g->height; r++, row_start += g->width) {
    uint8_t *const row = out + row_bytes * g->row_starts[r];
    uint8_t *done = row;
    for (; le_position(*edge) - row_start < g->width; edge++) {
      uint8_t *const to = row + ((size_t)g->column_starts[le_position(*edge) - row_start] << shift);
      paint_run(done, to, end, pattern);
      pattern = pattern_of(le_label(*edge), shift);
      done = to;
    }
    paint_run(done, row + row_bytes, end, pattern);
    repeat_row(g, row_bytes, r, out);
  }
}

/* Each for 8 and for 16 bits, so that the compiler knows which. */
static void paint_runs_8(const label_edge_format *format, const le_grid *g, const le_edge *edges, uint8_t *out) {
  paint_runs(format, g, edges, 0, out);
}
static void paint_runs_16(const label_edge_format *format, const le_grid *g, const le_edge *edges, uint8_t *out) {
  paint_runs(format, g, edges, 1, out);
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
  const bool few_repeat = g->height > format->rows / 4 * 3;
  switch (format->bits) {
    case 1: paint_1(format, g, slot->edges, out); break;
    case 8: (few_repeat ? paint_runs_8 : paint_rows_8)(format, g, slot->edges, out); break;
    default: (few_repeat ? paint_runs_16 : paint_rows_16)(format, g, slot->edges, out); break;
  }
}
