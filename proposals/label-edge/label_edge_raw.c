/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_raw.c - the decoder: raw frames (bitstream.md, section 9), at once into the caller's plane. */
#include <string.h>

#include "label_edge_reader.h"

bool label_edge_open_raw(const le_coded *coded, const le_grid *grid, le_raw *raw) {
  const size_t head = (coded->head_bits + 7) / 8;
  const uint64_t pixels = (uint64_t)grid->width * grid->height;
  *raw = (le_raw){.bytes = le_raw_bytes(pixels, coded->label_bits), .label_bits = coded->label_bits};
  const uint64_t size = head + raw->bytes;
  if (coded->size != size + size % 2 || (coded->head_bits % 8 && coded->bytes[head - 1] >> coded->head_bits % 8)) {
    return false;
  }
  raw->p = coded->bytes + head;
  const unsigned used = (unsigned)(pixels * coded->label_bits % 8); /* bits of the last byte */
  return (!used || !(coded->bytes[size - 1] >> used)) && (size % 2 == 0 || !coded->bytes[size]);
}

uint32_t label_edge_raw_label(const le_raw *raw, uint32_t position) {
  const uint64_t bit = (uint64_t)position * raw->label_bits;
  const uint64_t left = raw->bytes - bit / 8;
  const uint8_t *p = raw->p + bit / 8;
  uint32_t v = 0;
  for (unsigned k = 0; k < 3 && k < left; k++) {
    v |= (uint32_t)p[k] << 8 * k;
  }
  return v >> bit % 8 & ((UINT32_C(1) << raw->label_bits) - 1);
}

/* ---- Grids that are the whole frame: the labels are stored one after the other as they are in memory, or nearly. */

/* Eight labels, which take as many bytes as each has bits. Reads up to 8 bytes behind their middle. */
static inline void raw_labels_8(const uint8_t *p, unsigned label_bits, uint32_t labels[8]) {
  const uint32_t mask = (UINT32_C(1) << label_bits) - 1;
  const uint64_t low = le_load_64(p);
  const uint64_t high = le_load_64(p + label_bits / 2) >> label_bits % 2 * 4;
  for (unsigned k = 0; k < 4; k++) {
    labels[k] = (uint32_t)(low >> k * label_bits) & mask;
    labels[k + 4] = (uint32_t)(high >> k * label_bits) & mask;
  }
}

static inline void store_label(void *out, bool wide, size_t x, uint32_t label) {
  if (wide) {
    ((uint16_t *)out)[x] = (uint16_t)label;
  } else {
    ((uint8_t *)out)[x] = (uint8_t)label;
  }
}

/* Of 8 or 16 bits. */
static void copy_labels(const le_raw *raw, bool wide, size_t pixels, void *out) {
  uint32_t labels[8];
  const uint8_t *p = raw->p;
  const uint8_t *const end = raw->p + raw->bytes;
  size_t x = 0;
  for (; pixels - x >= 8 && (size_t)(end - p) >= raw->label_bits / 2 + 8; x += 8, p += raw->label_bits) {
    raw_labels_8(p, raw->label_bits, labels);
    for (unsigned k = 0; k < 8; k++) {
      store_label(out, wide, x + k, labels[k]);
    }
  }
  for (; x < pixels; x++) {
    store_label(out, wide, x, label_edge_raw_label(raw, (uint32_t)x));
  }
}

/* ---- Other grids */

static void repeat_bits(const label_edge_format *format, const le_grid *g, const le_raw *raw, uint8_t *out) {
  memset(out, 0, label_edge_frame_bytes(format));
  for (uint32_t r = 0; r < g->height; r++) {
    for (uint32_t y = g->row_starts[r]; y < g->row_starts[r + 1]; y++) {
      const uint64_t row = (uint64_t)y * format->columns;
      for (uint32_t c = 0; c < g->width; c++) {
        if (label_edge_raw_label(raw, r * g->width + c)) {
          label_edge_set_bits(out, row + g->column_starts[c], row + g->column_starts[c + 1]);
        }
      }
    }
  }
}

/* Of 8 or 16 bits: the first of the rows that are alike, then copies of it. */
static void repeat_labels(const label_edge_format *format, const le_grid *g, const le_raw *raw, uint8_t *out) {
  const bool wide = format->bits == 16;
  const size_t row_bytes = (size_t)format->columns << wide;
  for (uint32_t r = 0; r < g->height; r++) {
    uint8_t *const row = out + row_bytes * g->row_starts[r];
    for (uint32_t c = 0; c < g->width; c++) {
      const uint32_t label = label_edge_raw_label(raw, r * g->width + c);
      for (uint32_t x = g->column_starts[c]; x < g->column_starts[c + 1]; x++) {
        store_label(row, wide, x, label);
      }
    }
    for (uint32_t y = g->row_starts[r] + 1; y < g->row_starts[r + 1]; y++) {
      memcpy(out + row_bytes * y, row, row_bytes);
    }
  }
}

bool label_edge_decode_raw(const label_edge_format *format, const le_coded *coded, const le_grid *grid, void *out) {
  le_raw raw;
  if (!label_edge_open_raw(coded, grid, &raw)) {
    return false;
  }
  if (grid->width != format->columns || grid->height != format->rows) {
    (format->bits == 1 ? repeat_bits : repeat_labels)(format, grid, &raw, out);
  } else if (format->bits <= 8 && coded->label_bits == format->bits) {
    memcpy(out, raw.p, (size_t)raw.bytes);
  } else {
    copy_labels(&raw, format->bits == 16, (size_t)grid->width * grid->height, out);
  }
  return true;
}
