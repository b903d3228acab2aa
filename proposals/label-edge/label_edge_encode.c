/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_encode.c - the encoder: from pixels to edges, and which grid and which type of frame take the fewest bytes
 * (bitstream.md, sections 4, 5 and 9). label_edge_writer.c makes symbols and bytes of edges. */
#include "label_edge_encode.h"

#include <stdlib.h>
#include <string.h>

struct label_edge_encoder {
  label_edge_format format;
  size_t frame_bytes;
  const le_encoding_tables *tables;
  uint8_t *repeats; /* of the plan; NULL: no frames of type "same" */
  le_planned_grid planned, whole, own;
  le_change *changes;
  le_slot slot;
  uint32_t largest; /* label of the frame in the slot */
  le_writer writer;
  le_bytes best, other;
  uint64_t (*counts)[LE_SYMBOLS];
};

/* ---- Set-up */

uint64_t label_edge_encoder_memory(const label_edge_format *format) {
  const size_t frame_bytes = label_edge_frame_bytes(format);
  if (!frame_bytes) {
    return UINT64_MAX;
  }
  const uint64_t pixels = (uint64_t)format->rows * format->columns;
  const uint64_t sides = (uint64_t)format->rows + format->columns;
  /* Edges, symbols, and two fragments of at most the bits of all symbols. */
  const uint64_t symbols = (LE_NEW_EDGE_SYMBOLS + 1) * pixels + 2;
  return sizeof(label_edge_encoder) + sizeof(le_encoding_tables) + (pixels + LE_EDGES_ROOM) * sizeof(le_edge) +
         symbols * sizeof(uint32_t) + 2 * (8 * pixels + 64) + sides * 64 + (uint64_t)format->frames * 4 + 4096;
}

static label_edge_status make(label_edge_encoder *e, const uint8_t *plan, size_t size) {
  const label_edge_format *format = &e->format;
  e->tables = label_edge_encoding_tables();
  e->changes = malloc(format->columns * sizeof *e->changes);
  if (!e->tables || !e->changes || !label_edge_plan_grid(format, label_edge_no_plan, &e->own)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  return label_edge_read_plan(format, plan, size, &e->planned, &e->whole, &e->repeats);
}

label_edge_status label_edge_encoder_create(const label_edge_format *format, const uint8_t *plan, size_t size,
                                            label_edge_encoder **encoder) {
  *encoder = NULL;
  const size_t frame_bytes = label_edge_frame_bytes(format);
  if (!frame_bytes) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  label_edge_encoder *e = calloc(1, sizeof *e);
  if (!e) {
    return LABEL_EDGE_NO_MEMORY;
  }
  e->format = *format;
  e->frame_bytes = frame_bytes;
  const label_edge_status status = make(e, plan, size);
  if (status) {
    label_edge_encoder_destroy(e);
    return status;
  }
  *encoder = e;
  return LABEL_EDGE_OK;
}

void label_edge_encoder_destroy(label_edge_encoder *encoder) {
  if (!encoder) {
    return;
  }
  free(encoder->repeats);
  free(encoder->changes);
  free(encoder->slot.edges);
  label_edge_free_planned(&encoder->planned);
  label_edge_free_planned(&encoder->whole);
  label_edge_free_planned(&encoder->own);
  free(encoder->writer.symbols);
  free(encoder->best.p);
  free(encoder->other.p);
  free(encoder);
}

void label_edge_encoder_count(label_edge_encoder *encoder, uint64_t (*counts)[LE_SYMBOLS]) {
  encoder->counts = counts;
}

/* ---- From pixels to edges */

typedef enum le_loaded { LE_LOADED, LE_NOT_KEPT, LE_NO_ROOM } le_loaded;

/* Not kept: the frame has changes between what the grid keeps. */
static le_loaded load_frame(const label_edge_format *format, const le_planned_grid *planned, const void *pixels,
                            le_change *changes, le_slot *slot, uint32_t *largest) {
  const le_grid *g = &planned->grid;
  le_edge *edges = slot->edges;
  uint32_t count = 0;
  uint32_t label = 0;
  uint32_t row_start = 0;
  uint32_t all = 0; /* bits of all labels together */
  for (uint32_t r = 0; r < g->height; r++, row_start += g->width) {
    const uint32_t row = g->row_starts[r];
    const uint32_t found = label_edge_scan_row(format, pixels, row, changes);
    if (found >= slot->room - count) {
      return LE_NO_ROOM;
    }
    for (uint32_t k = 0; k < found; k++) {
      const uint32_t column = planned->grid_columns[changes[k].column];
      const uint32_t value = changes[k].value;
      if (column == UINT32_MAX) {
        return LE_NOT_KEPT;
      }
      if (value != label) {
        edges[count++] = le_make_edge(row_start + column, value, 0);
        label = value;
        all |= value;
      }
    }
    for (uint32_t y = row + 1; y < g->row_starts[r + 1]; y++) {
      if (!label_edge_row_repeats(format, pixels, y)) {
        return LE_NOT_KEPT;
      }
    }
  }
  edges[count] = g->pixels;
  slot->count = count;
  slot->grid = *g;
  *largest = all;
  return LE_LOADED;
}

/* Most frames have few edges: memory that they do not need is not asked for. */
static label_edge_status grow(const label_edge_format *format, le_slot *slot) {
  enum { LEAST = 1024 };
  const uint64_t pixels = (uint64_t)format->rows * format->columns;
  const uint64_t most = pixels + LE_EDGES_ROOM;
  uint64_t room = slot->edges ? 2 * (uint64_t)slot->room : pixels / 32 + LEAST;
  room = room < most ? room : most;
  free(slot->edges);
  slot->edges = room > SIZE_MAX / sizeof *slot->edges ? NULL : malloc((size_t)room * sizeof *slot->edges);
  slot->room = slot->edges ? (size_t)room : 0;
  return slot->edges ? LABEL_EDGE_OK : LABEL_EDGE_NO_MEMORY;
}

label_edge_status label_edge_load_frame(const label_edge_format *format, le_planned_grid *planned,
                                        le_planned_grid *whole, const void *pixels, le_change *changes, le_slot *slot,
                                        uint32_t *largest, le_planned_grid **used) {
  le_loaded loaded = slot->edges ? LE_NOT_KEPT : LE_NO_ROOM;
  slot->frame = 0;
  *used = planned;
  do {
    if (loaded == LE_NO_ROOM && grow(format, slot)) {
      return LABEL_EDGE_NO_MEMORY;
    }
    loaded = load_frame(format, *used, pixels, changes, slot, largest);
    if (loaded == LE_NOT_KEPT) {
      *used = whole; /* keeps everything */
    }
  } while (loaded != LE_LOADED);
  return LABEL_EDGE_OK;
}

/* ---- Frames */

size_t label_edge_raw_size(const le_grid *grid, size_t head_bits, unsigned label_bits) {
  const uint64_t bytes = (head_bits + 7) / 8 + le_raw_bytes((uint64_t)grid->width * grid->height, label_bits);
  return (size_t)(bytes + bytes % 2 + LE_CHECKSUM);
}

label_edge_status label_edge_code_raw(const le_encoding_tables *tables, const le_slot *slot, const le_head *head,
                                      unsigned label_bits, le_bytes *out) {
  const size_t size = label_edge_raw_size(&slot->grid, head->bits, label_bits);
  if (label_edge_reserve(out, size)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  memcpy(out->p, head->bytes, (head->bits + 7) / 8);
  uint8_t *p = out->p + (head->bits + 7) / 8;
  uint64_t waiting = 0;
  unsigned bits = 0;
  const le_edge *edge = slot->edges;
  uint32_t label = 0;
  for (uint32_t x = 0; x < slot->grid.pixels; x++) {
    if (le_position(*edge) == x) {
      label = le_label(*edge++);
    }
    waiting |= (uint64_t)label << bits;
    for (bits += label_bits; bits >= 8; bits -= 8, waiting >>= 8) {
      *p++ = (uint8_t)waiting;
    }
  }
  if (bits) {
    *p++ = (uint8_t)waiting;
  }
  out->size = (size_t)(p - out->p);
  label_edge_finish(tables, out);
  return LABEL_EDGE_OK;
}

/* Codes what is in the slot, and keeps it if it is smaller than the best so far. best.size 0: there is none. */
static label_edge_status try_grid(label_edge_encoder *e, le_planned_grid *planned) {
  const unsigned label_bits = le_depth(e->largest);
  const size_t raw = label_edge_raw_size(&e->slot.grid, planned->head.bits, label_bits);
  label_edge_status status = LABEL_EDGE_OK;
  e->other.size = SIZE_MAX;
  if ((uint64_t)e->slot.grid.width * e->slot.grid.height <= LE_LARGEST_GRID) {
    label_edge_set_type(planned, LE_INDEPENDENT, label_bits);
    status = label_edge_put_independent(&e->writer, label_bits, &e->slot);
    if (!status) {
      status = label_edge_write(&e->writer, e->tables, &planned->head, &e->other);
    }
  }
  if (!status && raw <= e->other.size && (!e->best.size || raw < e->best.size)) {
    label_edge_set_type(planned, LE_RAW, label_bits);
    status = label_edge_code_raw(e->tables, &e->slot, &planned->head, label_bits, &e->other);
  }
  if (!status && (!e->best.size || e->other.size < e->best.size)) {
    const le_bytes better = e->other;
    e->other = e->best;
    e->best = better;
  }
  return status;
}

label_edge_status label_edge_code_same(const le_encoding_tables *tables, uint32_t back, le_bytes *out) {
  if (label_edge_reserve(out, LE_SMALLEST_FRAGMENT)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  out->p[0] = (uint8_t)(back << LE_TYPE_BITS | LE_SAME);
  out->p[1] = (uint8_t)(back >> (8 - LE_TYPE_BITS));
  out->size = LE_SMALLEST_FRAGMENT - LE_CHECKSUM;
  label_edge_finish(tables, out);
  return LABEL_EDGE_OK;
}

/* Whether the frame is the same as the one that the survey named; if so its bytes are made (section 4.3). */
static label_edge_status try_repeat(label_edge_encoder *e, uint32_t frame, const void *pixels, label_edge_fetch fetch,
                                    void *user, bool *repeats) {
  *repeats = false;
  if (!e->repeats || !fetch) {
    return LABEL_EDGE_OK;
  }
  const uint8_t *r = e->repeats + (size_t)frame * 4;
  const uint32_t target = (uint32_t)r[0] | (uint32_t)r[1] << 8 | (uint32_t)r[2] << 16 | (uint32_t)r[3] << 24;
  if (!target || target > frame || frame - (target - 1) > LE_LARGEST_BACK) {
    return LABEL_EDGE_OK;
  }
  const uint8_t *bytes;
  size_t size;
  const label_edge_status status = fetch(user, target - 1, &bytes, &size);
  if (status || size != e->frame_bytes || memcmp(bytes, pixels, size) != 0) {
    return status;
  }
  *repeats = true;
  return label_edge_code_same(e->tables, frame - (target - 1), &e->best);
}

/* Counts the symbols of the frame as it was coded; pixels and grid: whose edges are not in the slot any more, or NULL.
 */
static label_edge_status count_symbols(label_edge_encoder *e, const le_planned_grid *planned, const void *pixels) {
  if (pixels) {
    (void)load_frame(&e->format, planned, pixels, e->changes, &e->slot, &e->largest); /* as before */
  }
  const label_edge_status status = label_edge_put_independent(&e->writer, e->writer.label_bits, &e->slot);
  for (size_t k = 0; k < e->writer.count && !status; k++) {
    const uint32_t symbol = e->writer.symbols[k];
    if (!(symbol & LE_RAW_BITS)) {
      e->counts[symbol >> 16][symbol & 0xffff]++;
    }
  }
  return status;
}

/* The grid of all frames by rule, or the frame as it is; then, where that may take fewer bytes, the columns and rows
 * that change in this frame, by bits. */
static label_edge_status code_frame(label_edge_encoder *e, const void *pixels) {
  le_planned_grid *planned;
  label_edge_status status =
      label_edge_load_frame(&e->format, &e->planned, &e->whole, pixels, e->changes, &e->slot, &e->largest, &planned);
  status = status ? status : try_grid(e, planned);
  const size_t spent = e->best.size;
  bool moved = false;
  if (!status && spent * 8 > label_edge_own_head_bits(&e->format)) {
    moved = label_edge_keep_own(&e->format, &e->slot, &e->own);
    status = moved ? try_grid(e, &e->own) : status;
  }
  if (!status && e->counts && (e->best.p[0] & 3) == LE_INDEPENDENT) {
    status = count_symbols(e, planned, moved && e->best.size == spent ? pixels : NULL);
  }
  return status;
}

label_edge_status label_edge_encode(label_edge_encoder *encoder, uint32_t frame, const void *pixels,
                                    label_edge_fetch fetch, void *user, const uint8_t **bytes, size_t *size) {
  label_edge_encoder *e = encoder;
  if (frame >= e->format.frames) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  bool repeats;
  label_edge_status status = try_repeat(e, frame, pixels, fetch, user, &repeats);
  if (!status && !repeats) {
    e->best.size = 0;
    status = code_frame(e, pixels);
  }
  *bytes = e->best.p;
  *size = e->best.size;
  return status;
}
