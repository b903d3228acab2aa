/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_encode.c - the encoder: from pixels to edges, and which type of frame takes the fewest bytes
 * (bitstream.md, sections 4 and 10). label_edge_writer.c makes symbols and bytes of edges. */
#include "label_edge_model.h"
#include "label_edge_scan.h"
#include "label_edge_writer.h"

#include <stdlib.h>
#include <string.h>

struct label_edge_encoder {
  le_model model;
  const le_encoding_tables *tables;
  uint8_t *repeats;       /* of the plan */
  uint16_t *index_of;     /* with a palette: of a value, in pages of 256; 0 when it is not in the palette */
  uint32_t page_of[256];  /* where the page of a value's high byte starts; the first page is for those not in use */
  uint32_t *grid_columns; /* of a column: grid column; UINT32_MAX: repeats the one before */
  le_change *changes;
  le_slot slots[4];
  le_writer writer;
  le_bytes best, other;
  uint64_t (*counts)[LE_SYMBOLS];
};

/* ---- Set-up */

/* Fills page_of and index_of; false: no memory. */
static bool index_palette(label_edge_encoder *e) {
  const le_model *m = &e->model;
  uint32_t size = 256;
  for (uint32_t k = 0; k < m->labels; k++) {
    uint32_t *page = &e->page_of[m->palette[k] >> 8];
    if (!*page) {
      *page = size;
      size += 256;
    }
  }
  e->index_of = calloc(size, sizeof *e->index_of);
  for (uint32_t k = 0; k < m->labels && e->index_of; k++) {
    e->index_of[e->page_of[m->palette[k] >> 8] + (m->palette[k] & 255)] = (uint16_t)k;
  }
  return e->index_of;
}

label_edge_status label_edge_encoder_create(const label_edge_format *format, const uint8_t *plan, size_t size,
                                            label_edge_encoder **encoder) {
  *encoder = NULL;
  label_edge_encoder *e = calloc(1, sizeof *e);
  if (!e) {
    return LABEL_EDGE_NO_MEMORY;
  }
  label_edge_status status = label_edge_read_header(format, plan, size, &e->model);
  const size_t header = label_edge_header_size(plan, size);
  const size_t repeats = (size_t)format->frames * 4;
  if (!status && size != header + repeats) {
    status = LABEL_EDGE_BAD_FORMAT;
  }
  if (status) {
    label_edge_encoder_destroy(e);
    return status;
  }
  e->repeats = malloc(repeats);
  e->grid_columns = malloc(format->columns * sizeof *e->grid_columns);
  e->changes = malloc(format->columns * sizeof *e->changes);
  e->tables = label_edge_encoding_tables();
  if (!e->repeats || !e->grid_columns || !e->changes || !e->tables || (e->model.palette && !index_palette(e))) {
    label_edge_encoder_destroy(e);
    return LABEL_EDGE_NO_MEMORY;
  }
  memcpy(e->repeats, plan + header, repeats);
  memset(e->grid_columns, 0xff, format->columns * sizeof *e->grid_columns);
  for (uint32_t k = 0; k < e->model.width; k++) {
    e->grid_columns[e->model.column_starts[k]] = k;
  }
  *encoder = e;
  return LABEL_EDGE_OK;
}

void label_edge_encoder_destroy(label_edge_encoder *encoder) {
  if (!encoder) {
    return;
  }
  label_edge_free_model(&encoder->model);
  for (unsigned k = 0; k < 4; k++) {
    free(encoder->slots[k].edges);
    free(encoder->slots[k].grid);
  }
  free(encoder->repeats);
  free(encoder->index_of);
  free(encoder->grid_columns);
  free(encoder->changes);
  free(encoder->writer.symbols);
  free(encoder->best.p);
  free(encoder->other.p);
  free(encoder);
}

void label_edge_encoder_count(label_edge_encoder *encoder, uint64_t (*counts)[LE_SYMBOLS]) {
  encoder->counts = counts;
}

/* ---- From pixels to edges */

/* Fills the slot of a frame unless it holds it already. */
static label_edge_status load_frame(label_edge_encoder *e, le_slot *slot, uint32_t frame, const void *pixels) {
  const le_model *m = &e->model;
  if (slot->frame == frame + 1) {
    return LABEL_EDGE_OK;
  }
  if (!slot->edges) {
    slot->edges = calloc((size_t)m->pixels + LE_EDGES_ROOM, sizeof *slot->edges);
    if (!slot->edges) {
      return LABEL_EDGE_NO_MEMORY;
    }
  }
  slot->frame = 0;
  slot->painted = false;
  uint32_t count = 0;
  uint32_t label = 0;
  uint32_t row_start = 0;
  for (uint32_t r = 0; r < m->height; r++, row_start += m->width) {
    const uint32_t row = m->row_starts[r];
    const uint32_t found = label_edge_scan_row(&m->format, pixels, row, e->changes);
    for (uint32_t k = 0; k < found; k++) {
      const uint32_t column = e->grid_columns[e->changes[k].column];
      const uint32_t value = e->changes[k].value;
      const uint32_t index = m->palette ? e->index_of[e->page_of[value >> 8] + (value & 255)] : value;
      if (column == UINT32_MAX || (m->palette && m->palette[index] != value)) {
        return LABEL_EDGE_BAD_FORMAT;
      }
      if (index != label) {
        slot->edges[count++] = le_make_edge(row_start + column, index, 0);
        label = index;
      }
    }
    for (uint32_t y = row + 1; y < m->row_starts[r + 1]; y++) {
      if (!label_edge_row_repeats(&m->format, pixels, y)) {
        return LABEL_EDGE_BAD_FORMAT;
      }
    }
  }
  slot->edges[count] = m->pixels;
  slot->count = count;
  slot->frame = frame + 1;
  return LABEL_EDGE_OK;
}

static label_edge_status load_reference(label_edge_encoder *e, uint32_t frame, label_edge_fetch fetch, void *user,
                                        le_slot **slot) {
  le_slot *s = &e->slots[label_edge_slot(frame, e->model.format.frames)];
  *slot = s;
  label_edge_status status = LABEL_EDGE_OK;
  if (s->frame != frame + 1) {
    const uint8_t *pixels;
    size_t size;
    status = fetch ? fetch(user, frame, &pixels, &size) : LABEL_EDGE_NO_ACCESS;
    if (!status && size != label_edge_frame_bytes(&e->model.format)) {
      status = LABEL_EDGE_NO_ACCESS;
    }
    if (!status) {
      status = load_frame(e, s, frame, pixels);
    }
  }
  if (!status && !s->grid) {
    s->grid = calloc(e->model.pixels, sizeof *s->grid);
    if (!s->grid) {
      status = LABEL_EDGE_NO_MEMORY;
    }
  }
  if (!status && !s->painted) {
    label_edge_paint_grid(s->edges, e->model.pixels, s->grid);
    s->painted = true;
  }
  return status;
}

/* ---- Frames */

static size_t raw_size(const le_model *m) {
  const uint64_t bytes = le_raw_bytes(m);
  return (size_t)(2 + bytes + bytes % 2);
}

/* Section 10. */
static label_edge_status code_raw(label_edge_encoder *e, const le_slot *slot, le_bytes *out) {
  const le_model *m = &e->model;
  const size_t size = raw_size(m);
  if (label_edge_reserve(out, size)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  memset(out->p, 0, size);
  out->p[0] = LE_RAW;
  out->size = size;
  uint64_t waiting = 0;
  unsigned bits = 0;
  uint8_t *p = out->p + 2;
  const le_edge *edge = slot->edges;
  uint32_t label = 0;
  for (uint32_t x = 0; x < m->pixels; x++) {
    if (le_position(*edge) == x) {
      label = le_label(*edge++);
    }
    waiting |= (uint64_t)label << bits;
    for (bits += m->label_bits; bits >= 8; bits -= 8, waiting >>= 8) {
      *p++ = (uint8_t)waiting;
    }
  }
  if (bits) {
    *p = (uint8_t)waiting;
  }
  return LABEL_EDGE_OK;
}

static void count_symbols(label_edge_encoder *e) {
  for (size_t k = 0; e->counts && k < e->writer.count; k++) {
    const uint32_t symbol = e->writer.symbols[k];
    if (!(symbol & LE_RAW_BITS)) {
      e->counts[symbol >> 16][symbol & 0xffff]++;
    }
  }
}

static void keep_better(label_edge_encoder *e) {
  if (e->other.size < e->best.size) {
    const le_bytes better = e->other;
    e->other = e->best;
    e->best = better;
  }
}

/* Whether the frame is the same as the one that the survey named; if so its bytes are made (section 4.3). */
static label_edge_status try_repeat(label_edge_encoder *e, uint32_t frame, const void *pixels, label_edge_fetch fetch,
                                    void *user, bool *repeats) {
  const uint8_t *r = e->repeats + (size_t)frame * 4;
  const uint32_t target = (uint32_t)r[0] | (uint32_t)r[1] << 8 | (uint32_t)r[2] << 16 | (uint32_t)r[3] << 24;
  *repeats = false;
  if (!target || !fetch) {
    return LABEL_EDGE_OK;
  }
  const uint8_t *bytes;
  size_t size;
  const label_edge_status status = fetch(user, target - 1, &bytes, &size);
  if (status || size != label_edge_frame_bytes(&e->model.format) || memcmp(bytes, pixels, size) != 0) {
    return status;
  }
  const uint32_t distance = target - 1 > frame ? (target - 1 - frame) << 1 | 1 : (frame - (target - 1)) << 1;
  if (label_edge_reserve(&e->best, 2)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  e->best.p[0] = (uint8_t)(distance << 2 | LE_SAME);
  e->best.p[1] = (uint8_t)(distance >> 6);
  e->best.size = 2;
  *repeats = true;
  return LABEL_EDGE_OK;
}

label_edge_status label_edge_encode(label_edge_encoder *encoder, uint32_t frame, const void *pixels,
                                    label_edge_fetch fetch, void *user, const uint8_t **bytes, size_t *size) {
  label_edge_encoder *e = encoder;
  const le_model *m = &e->model;
  if (frame >= m->format.frames) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  bool repeats;
  label_edge_status status = try_repeat(e, frame, pixels, fetch, user, &repeats);
  if (status || repeats) {
    *bytes = e->best.p;
    *size = e->best.size;
    return status;
  }
  uint32_t first;
  uint32_t second;
  const bool predict = m->predict && fetch && label_edge_references(frame, m->format.frames, &first, &second);
  le_slot *own = &e->slots[label_edge_slot(frame, m->format.frames)];
  own->frame = 0;
  status = load_frame(e, own, frame, pixels);
  e->best.size = raw_size(m);
  bool raw = true;
  if (!status && m->pixels <= LE_LARGEST_GRID) {
    status = label_edge_put_independent(&e->writer, m, own);
    if (!predict && !status) {
      count_symbols(e);
    }
    status = status ? status : label_edge_write(&e->writer, e->tables, &e->other);
    raw = status || e->other.size >= e->best.size;
    keep_better(e);
    if (!status && predict) {
      le_slot *p;
      le_slot *q;
      status = load_reference(e, first, fetch, user, &p);
      if (!status) {
        status = load_reference(e, second, fetch, user, &q);
      }
      if (!status) {
        status = label_edge_put_predicted(&e->writer, m, &e->tables->segments, own, p, q);
      }
      if (!status) {
        count_symbols(e);
        status = label_edge_write(&e->writer, e->tables, &e->other);
        raw = raw && e->other.size >= e->best.size;
        keep_better(e);
      }
    }
  }
  if (!status && raw) {
    status = code_raw(e, own, &e->best);
  }
  *bytes = e->best.p;
  *size = e->best.size;
  return status;
}
