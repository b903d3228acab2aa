/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_predict_decode.c - the decoder of predicted images: frames and those that they refer to (prediction.md,
 * P.2). Each frame has a place of its own among four, where it is kept as edges until another one takes the place. */
#include <stdlib.h>
#include <string.h>

#include "label_edge_predict_decode.h"

struct label_edge_predicted_decoder {
  label_edge_format format;
  const le_decoding_tables *core;
  const le_predicted_tables *tables;
  le_kept kept[LE_KEPT];
  label_edge_fetch fetch; /* of the call */
  void *user;
  uint32_t needed;
};

/* Positions that a list of edges may have to hold. */
static uint64_t most_edges(const label_edge_format *format) {
  const uint64_t pixels = (uint64_t)format->rows * format->columns;
  return (pixels < LE_LARGEST_GRID ? pixels : LE_LARGEST_GRID) + LE_EDGES_ROOM;
}

uint64_t label_edge_predicted_decoder_memory(const label_edge_format *format) {
  if (!label_edge_frame_bytes(format)) {
    return UINT64_MAX;
  }
  const uint64_t kept = most_edges(format) * sizeof(le_edge) +
                        ((uint64_t)format->columns + format->rows + 2) * sizeof(uint32_t) +
                        label_edge_head_room(format);
  return sizeof(label_edge_predicted_decoder) + sizeof(le_decoding_tables) + label_edge_predicted_tables_bytes() +
         LE_KEPT * kept + label_edge_rasters_bytes(format);
}

static void release(le_kept *kept) {
  free(kept->slot.edges);
  label_edge_free_grid(&kept->slot.grid);
  free(kept->known.bytes);
  label_edge_free_raster(&kept->raster);
  *kept = (le_kept){0};
}

/* False: no memory. */
static bool allocate(label_edge_predicted_decoder *d, le_kept *kept) {
  const label_edge_format *format = &d->format;
  const bool last = kept == &d->kept[LE_LAST_KEPT];
  const uint64_t edges = most_edges(format);
  if (kept->slot.edges) {
    return true;
  }
  kept->known.bytes = malloc(label_edge_head_room(format));
  kept->slot.edges = edges > SIZE_MAX / sizeof(le_edge) ? NULL : malloc((size_t)edges * sizeof(le_edge));
  if (!label_edge_make_grid(format, &kept->slot.grid) || !label_edge_make_raster(format, last, &kept->raster) ||
      !kept->known.bytes || !kept->slot.edges) {
    release(kept);
    return false;
  }
  return true;
}

label_edge_status label_edge_predicted_decoder_create(const label_edge_format *format,
                                                      label_edge_predicted_decoder **decoder) {
  *decoder = NULL;
  if (!label_edge_frame_bytes(format)) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  label_edge_predicted_decoder *d = calloc(1, sizeof *d);
  if (!d) {
    return LABEL_EDGE_NO_MEMORY;
  }
  d->format = *format;
  d->core = label_edge_decoding_tables();
  d->tables = label_edge_predicted_tables();
  if (!d->core || !d->tables) {
    label_edge_predicted_decoder_destroy(d);
    return LABEL_EDGE_NO_MEMORY;
  }
  *decoder = d;
  return LABEL_EDGE_OK;
}

void label_edge_predicted_decoder_destroy(label_edge_predicted_decoder *decoder) {
  for (unsigned k = 0; decoder && k < LE_KEPT; k++) {
    release(&decoder->kept[k]);
  }
  free(decoder);
}

uint32_t label_edge_predicted_needed_frame(const label_edge_predicted_decoder *decoder) {
  return decoder->needed;
}

/* ---- Frames as edges */

/* k of a predicted frame; false: there is no such k. */
static bool read_depth(const label_edge_format *format, le_coded *coded) {
  coded->label_bits = (coded->bytes[0] >> LE_TYPE_BITS & ((1u << LE_DEPTH_BITS) - 1)) + 1;
  coded->head_bits = LE_TYPE_BITS + LE_DEPTH_BITS;
  return coded->label_bits <= format->bits;
}

static bool same_grid(const le_grid *a, const le_grid *b) {
  return a->width == b->width && a->height == b->height &&
         !memcmp(a->column_starts, b->column_starts, (a->width + (size_t)1) * sizeof *a->column_starts) &&
         !memcmp(a->row_starts, b->row_starts, (a->height + (size_t)1) * sizeof *a->row_starts);
}

static void copy_grid(const le_kept *from, le_kept *to) {
  const le_grid *a = &from->slot.grid;
  le_grid *b = &to->slot.grid;
  b->width = a->width;
  b->height = a->height;
  b->pixels = a->pixels;
  memcpy(b->column_starts, a->column_starts, (a->width + (size_t)1) * sizeof *a->column_starts);
  memcpy(b->row_starts, a->row_starts, (a->height + (size_t)1) * sizeof *a->row_starts);
  to->known.bits = from->known.bits;
  memcpy(to->known.bytes, from->known.bytes, (from->known.bits + 7) / 8);
}

static label_edge_status open_frame(label_edge_predicted_decoder *d, uint32_t frame, le_coded *coded) {
  const uint8_t *bytes = NULL;
  size_t size = 0;
  d->needed = frame;
  const label_edge_status status = d->fetch ? d->fetch(d->user, frame, &bytes, &size) : LABEL_EDGE_NO_ACCESS;
  return status ? status : label_edge_open_fragment(&d->core->crc, bytes, size, coded);
}

/* The labels of a raw frame as edges; its head is read. */
static bool decode_raw_edges(const le_coded *coded, le_slot *slot) {
  const le_grid *g = &slot->grid;
  le_raw raw;
  if ((uint64_t)g->width * g->height > LE_LARGEST_GRID || !label_edge_open_raw(coded, g, &raw)) {
    return false;
  }
  le_edge *next = slot->edges;
  uint32_t label = 0;
  for (uint32_t x = 0; x < g->pixels; x++) {
    const uint32_t value = label_edge_raw_label(&raw, x);
    if (value != label) {
      *next++ = le_make_edge(x, value, 0);
      label = value;
    }
  }
  *next = g->pixels;
  return true;
}

/* A frame of type 0 or 3. */
static label_edge_status decode_alone(label_edge_predicted_decoder *d, uint32_t frame, le_coded *coded, le_kept *own) {
  const bool well =
      label_edge_read_head(&d->format, coded, &own->known, &own->slot.grid) &&
      (coded->type == LE_RAW ? decode_raw_edges(coded, &own->slot) : label_edge_decode_independent(coded, &own->slot));
  own->content = well ? frame + 1 : 0;
  own->painted = false;
  return well ? LABEL_EDGE_OK : LABEL_EDGE_BAD_DATA;
}

/* What another place has. */
static void copy_kept(const le_kept *from, le_kept *to) {
  const le_grid *g = &from->slot.grid;
  size_t edges = 0;
  while (le_position(from->slot.edges[edges]) < g->pixels) {
    edges++;
  }
  memcpy(to->slot.edges, from->slot.edges, (edges + 1) * sizeof *to->slot.edges);
  copy_grid(from, to);
  to->content = from->content;
  to->painted = false;
}

/* A key that has the pixels of an earlier frame. */
static label_edge_status decode_same(label_edge_predicted_decoder *d, uint32_t frame, uint32_t back, le_kept *own) {
  if (back > frame) {
    return LABEL_EDGE_BAD_TYPE;
  }
  const uint32_t target = frame - back;
  for (unsigned k = 0; k < LE_KEPT; k++) {
    if (d->kept[k].content == target + 1 && &d->kept[k] != own) {
      copy_kept(&d->kept[k], own);
    }
  }
  if (own->content == target + 1) {
    return LABEL_EDGE_OK;
  }
  le_coded coded;
  const label_edge_status status = open_frame(d, target, &coded);
  if (status) {
    return status;
  }
  return coded.type == LE_INDEPENDENT || coded.type == LE_RAW ? decode_alone(d, target, &coded, own)
                                                              : LABEL_EDGE_BAD_TYPE;
}

static label_edge_status get_frame(label_edge_predicted_decoder *d, uint32_t frame, le_kept **kept);

static void paint(le_kept *kept) {
  if (!kept->painted) {
    label_edge_paint_raster(&kept->slot, &kept->raster);
    kept->painted = true;
  }
}

static label_edge_status decode_predicted(label_edge_predicted_decoder *d, le_coded *coded, uint32_t first,
                                          uint32_t second, le_kept *own) {
  le_kept *p = NULL;
  le_kept *q = NULL;
  label_edge_status status = get_frame(d, first, &p);
  status = status ? status : get_frame(d, second, &q);
  if (status) {
    return status;
  }
  if (!same_grid(&p->slot.grid, &q->slot.grid) || !read_depth(&d->format, coded)) {
    return LABEL_EDGE_BAD_DATA;
  }
  paint(p);
  paint(q);
  copy_grid(p, own);
  own->content = 0;
  own->painted = own != &d->kept[LE_LAST_KEPT]; /* there two rows are */
  return label_edge_decode_predicted(d->tables, coded, own, p, q) ? LABEL_EDGE_OK : LABEL_EDGE_BAD_DATA;
}

/* A frame into its place, or where another frame with the same pixels is. */
static label_edge_status decode_edges(label_edge_predicted_decoder *d, uint32_t frame, le_coded *coded,
                                      le_kept **kept) {
  le_kept *own = &d->kept[label_edge_slot(frame, d->format.frames)];
  uint32_t first;
  uint32_t second;
  const bool key = !label_edge_references(frame, d->format.frames, &first, &second);
  *kept = own;
  if (!allocate(d, own)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  uint32_t back = 0;
  if (coded->type == LE_SAME) {
    back = (uint32_t)coded->bytes[0] >> LE_TYPE_BITS | (uint32_t)coded->bytes[1] << (8 - LE_TYPE_BITS);
    if (coded->size != LE_SMALLEST_FRAGMENT - LE_CHECKSUM || back == 0 || (!key && back > 2)) {
      return LABEL_EDGE_BAD_TYPE;
    }
    if (!key) {
      return get_frame(d, back == 1 ? first : second, kept);
    }
  }
  own->slot.frame = 0;
  label_edge_status status = LABEL_EDGE_BAD_TYPE;
  if (coded->type == LE_SAME) {
    status = decode_same(d, frame, back, own);
  } else if (coded->type != LE_PREDICTED) {
    status = decode_alone(d, frame, coded, own);
  } else if (!key) {
    status = decode_predicted(d, coded, first, second, own);
  }
  own->slot.frame = status ? 0 : frame + 1;
  return status;
}

static label_edge_status get_frame(label_edge_predicted_decoder *d, uint32_t frame, le_kept **kept) {
  *kept = &d->kept[label_edge_slot(frame, d->format.frames)];
  if ((*kept)->slot.frame == frame + 1) {
    return LABEL_EDGE_OK;
  }
  le_coded coded;
  const label_edge_status status = open_frame(d, frame, &coded);
  return status ? status : decode_edges(d, frame, &coded, kept);
}

/* ---- Frames as pixels */

/* A raw frame at once into pixels. Where another frame refers to it, which is rare, it is decoded again. */
static label_edge_status decode_raw_pixels(label_edge_predicted_decoder *d, le_coded *coded, le_kept *own, void *out) {
  if (!allocate(d, own)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  own->slot.frame = 0; /* the grid is no more that of its edges */
  own->content = 0;
  const bool well = label_edge_read_head(&d->format, coded, &own->known, &own->slot.grid) &&
                    label_edge_decode_raw(&d->format, coded, &own->slot.grid, out);
  return well ? LABEL_EDGE_OK : LABEL_EDGE_BAD_DATA;
}

label_edge_status label_edge_predicted_decode(label_edge_predicted_decoder *decoder, uint32_t frame,
                                              const uint8_t *bytes, size_t size, void *out, label_edge_fetch fetch,
                                              void *user) {
  label_edge_predicted_decoder *d = decoder;
  if (frame >= d->format.frames) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  d->fetch = fetch;
  d->user = user;
  le_coded coded;
  label_edge_status status = label_edge_open_fragment(&d->core->crc, bytes, size, &coded);
  if (status) {
    return status;
  }
  le_kept *kept = &d->kept[label_edge_slot(frame, d->format.frames)];
  if (kept->slot.frame != frame + 1) {
    if (coded.type == LE_RAW) {
      return decode_raw_pixels(d, &coded, kept, out);
    }
    status = decode_edges(d, frame, &coded, &kept);
  }
  if (!status) {
    label_edge_paint(&d->format, &kept->slot, out);
  }
  return status;
}
