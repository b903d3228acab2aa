/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_raw.c - the decoder: raw frames (bitstream.md, section 10), into a list of edges where pixels or other
 * frames need it, else at once into the caller's plane. */
#include <string.h>

#include "label_edge_reader.h"

/* Whether a fragment has the size of a raw frame, and zero bits behind the labels. */
static bool check_raw(const le_model *m, const uint8_t *bytes, size_t size) {
  const uint64_t needed = le_raw_bytes(m);
  if (bytes[0] != LE_RAW || bytes[1] || size != 2 + needed + needed % 2) {
    return false;
  }
  const unsigned used = (unsigned)((uint64_t)m->pixels * m->label_bits % 8); /* bits of the last byte */
  return (!used || !(bytes[1 + needed] >> used)) && (needed % 2 == 0 || !bytes[size - 1]);
}

/* The label of a position; raw: of which bytes. */
typedef struct le_raw {
  const uint8_t *p; /* the first byte of the labels */
  uint64_t bytes;
  unsigned label_bits;
} le_raw;

static inline uint32_t raw_label(const le_raw *raw, uint32_t position) {
  const uint64_t bit = (uint64_t)position * raw->label_bits;
  const uint64_t left = raw->bytes - bit / 8;
  const uint8_t *p = raw->p + bit / 8;
  uint32_t v = 0;
  if (left >= 4) {
    v = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
  } else {
    for (unsigned k = 0; k < left; k++) {
      v |= (uint32_t)p[k] << 8 * k;
    }
  }
  return v >> bit % 8 & ((UINT32_C(1) << raw->label_bits) - 1);
}

bool label_edge_decode_raw(const le_model *m, const uint8_t *bytes, size_t size, le_slot *slot) {
  if (!check_raw(m, bytes, size)) {
    return false;
  }
  const le_raw raw = {bytes + 2, le_raw_bytes(m), m->label_bits};
  le_edge *next = slot->edges;
  uint32_t label = 0;
  for (uint32_t x = 0; x < m->pixels; x++) {
    const uint32_t value = raw_label(&raw, x);
    if (value >= m->labels) {
      return false;
    }
    if (value != label) {
      *next++ = le_make_edge(x, value, 0);
      label = value;
    }
  }
  *next = m->pixels;
  return true;
}

bool label_edge_raw_is_plain(const le_model *m) {
  return m->width == m->format.columns && m->height == m->format.rows &&
         (m->format.bits > 1 || m->labels == UINT32_C(1) << m->format.bits);
}

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

/* What labels become: values of 8 or 16 bits. palette NULL: the same. */
typedef struct le_values {
  const uint16_t *palette;
  uint32_t last; /* the largest label */
  bool wide;
} le_values;

/* Stores the values of count labels from pixel x on; the largest label is at least what is returned. */
static inline uint32_t store_labels(const le_values *values, const uint32_t *labels, unsigned count, void *out,
                                    uint32_t x) {
  uint32_t largest = 0;
  for (unsigned k = 0; k < count; k++) {
    largest = labels[k] > largest ? labels[k] : largest;
    const uint32_t index = labels[k] < values->last ? labels[k] : values->last;
    const uint32_t value = values->palette ? values->palette[index] : index;
    if (values->wide) {
      ((uint16_t *)out)[x + k] = (uint16_t)value;
    } else {
      ((uint8_t *)out)[x + k] = (uint8_t)value;
    }
  }
  return largest;
}

static inline uint32_t max_32(uint32_t a, uint32_t b) {
  return a > b ? a : b;
}

bool label_edge_decode_plain_raw(const le_model *m, const uint8_t *bytes, size_t size, void *out) {
  if (!check_raw(m, bytes, size)) {
    return false;
  }
  const le_raw raw = {bytes + 2, le_raw_bytes(m), m->label_bits};
  if (m->format.bits <= 8 && m->labels == UINT32_C(1) << m->format.bits) {
    memcpy(out, raw.p, (size_t)raw.bytes);
    return true;
  }
  const le_values values = {m->palette, m->labels - 1, m->format.bits == 16};
  const uint32_t pixels = m->pixels;
  uint32_t largest = 0;
  uint32_t x = 0;
  uint32_t labels[8];
  const uint8_t *p = raw.p;
  const uint8_t *const end = raw.p + raw.bytes;
  for (; pixels - x >= 8 && (size_t)(end - p) >= raw.label_bits / 2 + 8; x += 8, p += raw.label_bits) {
    raw_labels_8(p, raw.label_bits, labels);
    largest = max_32(largest, store_labels(&values, labels, 8, out, x));
  }
  for (; x < pixels; x++) {
    labels[0] = raw_label(&raw, x);
    largest = max_32(largest, store_labels(&values, labels, 1, out, x));
  }
  return largest < m->labels;
}
