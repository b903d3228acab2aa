/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_paint.c - from edges to pixels (bitstream.md, section 11): columns and rows that stand for several are
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

static inline uint64_t pattern_of(const uint16_t *palette, uint32_t label, unsigned shift) {
  return (shift ? UINT64_C(0x0001000100010001) : UINT64_C(0x0101010101010101)) * (palette ? palette[label] : label);
}

/* Copies a row of the grid to those of the frame that repeat it. */
static inline void repeat_row(const le_model *m, size_t row_bytes, uint32_t r, uint8_t *out) {
  const uint8_t *row = out + row_bytes * m->row_starts[r];
  for (uint32_t y = m->row_starts[r] + 1; y < m->row_starts[r + 1]; y++) {
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
static inline void paint_runs(const le_model *m, const le_edge *edges, unsigned shift, uint8_t *out) {
  const uint16_t *const palette = m->palette;
  const uint32_t *const row_starts = m->row_starts;
  const uint32_t *const column_starts = m->column_starts;
  const uint32_t pixels = m->pixels;
  const uint32_t width = m->width;
  const unsigned bits = 35 + le_log2(width);
  const uint64_t reciprocal = (UINT64_C(1) << bits) / width + 1; /* exact below LE_LARGEST_GRID */
  const size_t row_bytes = (size_t)m->format.columns << shift;
  uint8_t *const end = out + row_bytes * m->format.rows;
  uint64_t pattern = pattern_of(palette, 0, shift);
  uint8_t *done = out;
  const le_edge *edge = edges;
  for (; le_position(*edge) < pixels; edge++) {
    const uint32_t y = (uint32_t)(le_position(*edge) * reciprocal >> bits);
    const uint32_t x = le_position(*edge) - y * width;
    uint8_t *const to = out + row_starts[y] * row_bytes + ((size_t)column_starts[x] << shift);
    paint_run(done, to, end, pattern);
    pattern = pattern_of(palette, le_label(*edge), shift);
    done = to;
  }
  fill(done, (size_t)(end - done), pattern);
  for (uint32_t r = 0; r < m->height; r++) {
    /* Over a row without an edge, as those at the margins often are, the run has reached, and over all that repeat it.
     */
    if (row_starts[r + 1] - row_starts[r] > 1 &&
        le_position(*find_edge(edges, edge, r * width + 1)) < (r + 1) * width) {
      repeat_row(m, row_bytes, r, out);
    }
  }
}

/* Where many are. */
static inline void paint_rows(const le_model *m, const le_edge *edge, unsigned shift, uint8_t *out) {
  const uint16_t *const palette = m->palette;
  const size_t row_bytes = (size_t)m->format.columns << shift;
  const uint8_t *const end = out + row_bytes * m->format.rows;
  uint64_t pattern = pattern_of(palette, 0, shift);
  uint32_t row_start = 0;
  for (uint32_t r = 0; r < m->height; r++, row_start += m->width) {
    uint8_t *const row = out + row_bytes * m->row_starts[r];
    uint8_t *done = row;
    for (; le_position(*edge) - row_start < m->width; edge++) {
      uint8_t *const to = row + ((size_t)m->column_starts[le_position(*edge) - row_start] << shift);
      paint_run(done, to, end, pattern);
      pattern = pattern_of(palette, le_label(*edge), shift);
      done = to;
    }
    paint_run(done, row + row_bytes, end, pattern);
    repeat_row(m, row_bytes, r, out);
  }
}

/* Each for 8 and for 16 bits, so that the compiler knows which. */
static void paint_runs_8(const le_model *m, const le_edge *edges, uint8_t *out) {
  paint_runs(m, edges, 0, out);
}
static void paint_runs_16(const le_model *m, const le_edge *edges, uint8_t *out) {
  paint_runs(m, edges, 1, out);
}
static void paint_rows_8(const le_model *m, const le_edge *edges, uint8_t *out) {
  paint_rows(m, edges, 0, out);
}
static void paint_rows_16(const le_model *m, const le_edge *edges, uint8_t *out) {
  paint_rows(m, edges, 1, out);
}

/* Sets bits [first, end). */
static void set_bits(uint8_t *out, uint64_t first, uint64_t end) {
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

static void paint_1(const le_model *m, const le_edge *edge, uint8_t *out) {
  memset(out, 0, label_edge_frame_bytes(&m->format));
  uint32_t row_start = 0;
  uint32_t label = 0;
  for (uint32_t r = 0; r < m->height; r++, row_start += m->width) {
    const le_edge *start = edge;
    const uint32_t before = label;
    for (uint32_t y = m->row_starts[r]; y < m->row_starts[r + 1]; y++) {
      const uint64_t row = (uint64_t)y * m->format.columns;
      uint32_t column = 0;
      label = before;
      for (edge = start; le_position(*edge) - row_start < m->width; edge++) {
        const uint32_t end = m->column_starts[le_position(*edge) - row_start];
        if (m->palette ? m->palette[label] : label) {
          set_bits(out, row + column, row + end);
        }
        label = le_label(*edge);
        column = end;
      }
      if (m->palette ? m->palette[label] : label) {
        set_bits(out, row + column, row + m->format.columns);
      }
    }
  }
}

void label_edge_paint(const le_model *model, const le_edge *edges, void *out) {
  const bool few_repeat = model->height > model->format.rows / 2 && model->pixels <= LE_LARGEST_GRID;
  switch (model->format.bits) {
    case 1: paint_1(model, edges, out); break;
    case 8: (few_repeat ? paint_runs_8 : paint_rows_8)(model, edges, out); break;
    default: (few_repeat ? paint_runs_16 : paint_rows_16)(model, edges, out); break;
  }
}
