/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_model.c - header (bitstream.md, section 5), order of frames (4.2) and contexts (7, 9.3). */
#include "label_edge_model.h"

#include <stdlib.h>
#include <string.h>

const int32_t label_edge_moves[LE_MOVES] = {0, -1, 1, -2, 2, -3, 3, -4, 4};

/* Rows: class * 6 + class before (5: the edge was new), 30: new. */
#define LE_AFTER(before)                                                                                    \
  {                                                                                                         \
    12 + (before), 6 + (before), 18 + (before), (before), 24 + (before), (before), 24 + (before), (before), \
        24 + (before)                                                                                       \
  }
#define LE_SIX(c) LE_AFTER(c), LE_AFTER(c), LE_AFTER(c), LE_AFTER(c), LE_AFTER(c), LE_AFTER(c)
const uint8_t label_edge_next_history[LE_HISTORIES][LE_MOVES] = {LE_SIX(0), LE_SIX(1), LE_SIX(2),
                                                                 LE_SIX(3), LE_SIX(4), LE_AFTER(5)};

unsigned label_edge_symbol_count(unsigned context) {
  static const struct {
    uint16_t first;
    uint8_t symbols;
  } kinds[] = {{LE_WHICH, 8}, {LE_OFFSET, 16}, {LE_SEGMENT, 8}, {LE_BIRTH, 8},
               {LE_GAP, 16},  {LE_END, 2},     {LE_EDGE, 11}};
  unsigned k = 0;
  while (context < kinds[k].first) {
    k++;
  }
  return kinds[k].symbols;
}

void label_edge_spread(unsigned context, uint8_t symbols[LE_STATES]) {
  unsigned x = 0;
  for (unsigned s = 0; s < LE_SYMBOLS; s++) {
    for (unsigned k = 0; k < label_edge_frequencies[context][s]; k++) {
      symbols[x] = (uint8_t)s;
      x = (x + LE_STATES / 2 + LE_STATES / 8 + 3) % LE_STATES;
    }
  }
}

size_t label_edge_frame_bytes(const label_edge_format *format) {
  if (format->rows < 1 || format->rows > 65535 || format->columns < 1 || format->columns > 65535 ||
      format->frames < 1) {
    return 0;
  }
  const uint64_t pixels = (uint64_t)format->rows * format->columns;
  switch (format->bits) {
    case 1: return (size_t)((pixels + 7) / 8);
    case 8: return (size_t)pixels;
    case 16: return pixels > SIZE_MAX / 2 ? 0 : (size_t)pixels * 2;
    default: return 0;
  }
}

void label_edge_segment_contexts(le_segment_contexts *contexts) {
  /* Patterns: none agrees with A (0: all are equal; 1), only N (2: P and Q are equal; 3), only one of P and Q (4: the
   * other one and N are equal; 5), N and one of them (6), both of them (7), all (8). */
  static const uint8_t sizes[9] = {1, 1, 1, 1, 8, 8, 16, 4, 2};
  uint16_t bases[9];
  uint16_t next = LE_SEGMENT;
  for (unsigned k = 0; k < 9; k++) {
    bases[k] = next;
    next = (uint16_t)(next + 6 * sizes[k]);
  }
  for (unsigned e = 0; e < 64; e++) {
    const bool np = e >> 3 & 1;
    const bool nq = e >> 4 & 1;
    const bool pq = e >> 5 & 1;
    const bool swap = (e & 6) == 4; /* Q agrees with A and P does not: they change places */
    static const uint8_t patterns[8] = {0, 2, 4, 6, 4, 6, 7, 8};
    unsigned pattern = patterns[e & 7];
    if ((pattern == 0 && !(np && pq)) || (pattern == 2 && !pq) || (pattern == 4 && !(swap ? np : nq))) {
      pattern++;
    }
    contexts->base[e] = bases[pattern];
    contexts->size[e] = sizes[pattern];
    for (unsigned f = 0; f < 128; f++) {
      const unsigned first = swap ? 1 : 0;
      const unsigned next_n = f & 1;
      const unsigned next_p = f >> (1 + first) & 1;
      const unsigned below_p = f >> (3 + first) & 1;
      const unsigned below_q = f >> (4 - first) & 1;
      const unsigned above_p = f >> (5 + first) & 1;
      const unsigned above_q = f >> (6 - first) & 1;
      unsigned feature = 0;
      switch (pattern) {
        case 4:
        case 5: feature = next_p + 2 * below_q + 4 * above_q; break;
        case 6: feature = next_p + 2 * next_n + 4 * above_q + 8 * below_p; break;
        case 7: feature = above_q + 2 * above_p; break;
        case 8: feature = next_n; break;
        default: break;
      }
      contexts->feature[e][f] = (uint8_t)feature;
    }
  }
}

/* ---- Order of frames (4.2) */

unsigned label_edge_references(uint32_t frame, uint32_t frames, uint32_t *first, uint32_t *second) {
  const uint32_t low = frame & ~UINT32_C(3);
  const uint32_t high = frames - 1 - low < 4 ? frames - 1 : low + 4;
  if (frame == low || frame == high) {
    return 0;
  }
  const uint32_t middle = low + (high - low) / 2;
  *first = frame > middle ? middle : low;
  *second = frame < middle ? middle : high;
  return frame == middle ? 1 : 2;
}

unsigned label_edge_slot(uint32_t frame, uint32_t frames) {
  uint32_t first;
  uint32_t second;
  const unsigned level = label_edge_references(frame, frames, &first, &second);
  return level ? 1 + level : (frame + 3) / 4 % 2;
}

void label_edge_paint_grid(const le_edge *edges, uint32_t pixels, uint16_t *grid) {
  uint16_t label = 0;
  for (uint32_t at = 0; at < pixels;) {
    const uint32_t end = le_position(*edges) < pixels ? le_position(*edges) : pixels;
    for (; at < end; at++) {
      grid[at] = label;
    }
    label = (uint16_t)le_label(*edges++);
  }
}

/* ---- Header (5) */

enum { HAS_PALETTE = 1, HAS_GRID = 2, HAS_PREDICTION = 4, FIXED_SIZE = LE_FIXED_HEADER };

static uint32_t get_16(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get_32(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

size_t label_edge_header_size(const uint8_t *bytes, size_t size) {
  if (size < FIXED_SIZE || bytes[0] != 'L' || bytes[1] != 'E' || bytes[2] != LE_VERSION) {
    return 0;
  }
  const size_t length = get_32(bytes + 4);
  return length < FIXED_SIZE || length % 2 || length > size ? 0 : length;
}

/* A number of 7 bits in each byte, the lowest first; false when it is not below 2^17. */
static bool read_header_number(const uint8_t **p, const uint8_t *end, uint32_t *number) {
  *number = 0;
  for (unsigned shift = 0; shift < 21; shift += 7) {
    if (*p == end) {
      return false;
    }
    const uint8_t byte = *(*p)++;
    *number |= (uint32_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      return *number < 1u << 17;
    }
  }
  return false;
}

static label_edge_status read_palette(const uint8_t **p, const uint8_t *end, le_model *model) {
  const uint32_t limit = UINT32_C(1) << model->format.bits;
  uint32_t runs;
  if (!read_header_number(p, end, &runs) || runs < 1) {
    return LABEL_EDGE_BAD_HEADER;
  }
  /* Twice: first checked and counted, then stored. */
  const uint8_t *first_run = *p;
  for (int pass = 0; pass < 2; pass++) {
    uint32_t value = 0;
    *p = first_run;
    model->labels = 0;
    for (uint32_t run = 0; run < runs; run++) {
      uint32_t gap;
      uint32_t more;
      if (!read_header_number(p, end, &gap) || !read_header_number(p, end, &more) || gap > limit - value ||
          more >= limit - value - gap) {
        return LABEL_EDGE_BAD_HEADER;
      }
      value += gap;
      for (uint32_t k = 0; k <= more && pass; k++) {
        model->palette[model->labels + k] = (uint16_t)(value + k);
      }
      model->labels += more + 1;
      value += more + 1;
    }
    if (!pass && !(model->palette = malloc(model->labels * sizeof *model->palette))) {
      return LABEL_EDGE_NO_MEMORY;
    }
  }
  return LABEL_EDGE_OK;
}

/* Starts of distinct columns or rows from bits, or each its own without bits. count + 1 of them are stored. */
static label_edge_status read_axis(const uint8_t **p, const uint8_t *end, bool grid, uint32_t count, uint32_t **starts,
                                   uint32_t *distinct) {
  const size_t bytes = ((size_t)count + 7) / 8;
  const uint8_t *bits = *p;
  if (grid) {
    if ((size_t)(end - bits) < bytes || !(bits[0] & 1) || (count % 8 && bits[bytes - 1] >> count % 8)) {
      return LABEL_EDGE_BAD_HEADER;
    }
    *p += bytes;
  }
  *starts = malloc(((size_t)count + 1) * sizeof **starts);
  if (!*starts) {
    return LABEL_EDGE_NO_MEMORY;
  }
  uint32_t found = 0;
  for (uint32_t k = 0; k < count; k++) {
    if (!grid || bits[k / 8] >> k % 8 & 1) {
      (*starts)[found++] = k;
    }
  }
  (*starts)[found] = count;
  *distinct = found;
  return LABEL_EDGE_OK;
}

label_edge_status label_edge_read_header(const label_edge_format *format, const uint8_t *header, size_t size,
                                         le_model *model) {
  *model = (le_model){.format = *format};
  if (!label_edge_frame_bytes(format)) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  const size_t length = label_edge_header_size(header, size);
  if (!length || header[3] & ~(HAS_PALETTE | HAS_GRID | HAS_PREDICTION) || get_16(header + 8) != format->rows ||
      get_16(header + 10) != format->columns || get_16(header + 12) != format->bits ||
      get_32(header + 14) != format->frames) {
    return LABEL_EDGE_BAD_HEADER;
  }
  const uint8_t *p = header + FIXED_SIZE;
  const uint8_t *end = header + length;
  label_edge_status status = LABEL_EDGE_OK;
  const bool grid = header[3] & HAS_GRID;
  model->predict = header[3] & HAS_PREDICTION;
  model->labels = UINT32_C(1) << format->bits;
  if (header[3] & HAS_PALETTE) {
    status = read_palette(&p, end, model);
  }
  if (!status) {
    status = read_axis(&p, end, grid, format->columns, &model->column_starts, &model->width);
  }
  if (!status) {
    status = read_axis(&p, end, grid, format->rows, &model->row_starts, &model->height);
  }
  if (!status && (end - p > 1 || (end - p == 1 && *p))) {
    status = LABEL_EDGE_BAD_HEADER;
  }
  if (status) {
    label_edge_free_model(model);
    return status;
  }
  model->pixels = model->width * model->height;
  model->label_bits = model->labels > 1 ? le_log2(model->labels - 1) + 1 : 0;
  return LABEL_EDGE_OK;
}

void label_edge_free_model(le_model *model) {
  free(model->palette);
  free(model->column_starts);
  free(model->row_starts);
  *model = (le_model){0};
}
