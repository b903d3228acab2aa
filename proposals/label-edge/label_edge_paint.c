/* label_edge_paint.c - from edges to pixels (bitstream.md, section 11): columns and rows that stand for several are
 * repeated. */
#include <string.h>

#include "label_edge_reader.h"

/* Fills count bytes, and maybe more, as long as all stay in front of end. */
static inline void fill_bytes(uint8_t *out, size_t count, uint64_t pattern, const uint8_t *end) {
  if ((size_t)(end - out) >= count + 64) {
    for (size_t k = 0; k < count; k += 64) {
      for (size_t j = 0; j < 64; j += 8) {
        memcpy(out + k + j, &pattern, 8);
      }
    }
    return;
  }
  for (; count >= 8; count -= 8, out += 8) {
    memcpy(out, &pattern, 8);
  }
  memcpy(out, &pattern, count);
}

/* Paints pixels of 8 or 16 bits; shift: a pixel has 1 << shift bytes. */
static void paint_bytes(const le_model *m, const le_edge *edge, unsigned shift, uint8_t *out) {
  const size_t row_bytes = (size_t)m->format.columns << shift;
  const uint8_t *end = out + row_bytes * m->format.rows;
  const uint64_t each = shift ? UINT64_C(0x0001000100010001) : UINT64_C(0x0101010101010101);
  uint64_t pattern = each * (m->palette ? m->palette[0] : 0);
  uint32_t row_start = 0;
  for (uint32_t r = 0; r < m->height; r++, row_start += m->width) {
    uint8_t *row = out + row_bytes * m->row_starts[r];
    size_t done = 0;
    for (; le_position(*edge) - row_start < m->width; edge++) {
      const size_t to = (size_t)m->column_starts[le_position(*edge) - row_start] << shift;
      fill_bytes(row + done, to - done, pattern, end);
      pattern = each * (m->palette ? m->palette[le_label(*edge)] : le_label(*edge));
      done = to;
    }
    fill_bytes(row + done, row_bytes - done, pattern, end);
    for (uint32_t y = m->row_starts[r] + 1; y < m->row_starts[r + 1]; y++) {
      memcpy(out + row_bytes * y, row, row_bytes);
    }
  }
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
  if (model->format.bits == 1) {
    paint_1(model, edges, out);
  } else {
    paint_bytes(model, edges, model->format.bits == 16, out);
  }
}
