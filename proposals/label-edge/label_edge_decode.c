/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_decode.c - the decoder: fragments, their types, and frames that are the same as others (bitstream.md,
 * section 4). A frame is first decoded into the list of its edges (label_edge_decode_edges.c), then painted into the
 * caller's plane (label_edge_paint.c). Everything that comes from a fragment is checked. */
#include <stdlib.h>
#include <string.h>

#include "label_edge_reader.h"

/* A frame's edges, and the head that said their grid. */
typedef struct le_content {
  le_slot slot; /* edges NULL: nothing is allocated yet */
  le_known_grid known;
} le_content;

/* What frames of type "same" name is kept beside what is decoded, the last two, since they may name two in turn. */
enum { TARGETS = 2 };

struct label_edge_decoder {
  label_edge_format format;
  const le_decoding_tables *tables;
  le_content contents[TARGETS + 1];
  le_content *current;          /* where frames are decoded */
  le_content *targets[TARGETS]; /* the one that was named last comes first */
  uint32_t needed;
};

/* Positions that a list of edges may have to hold. */
static uint64_t most_edges(const label_edge_format *format) {
  const uint64_t pixels = (uint64_t)format->rows * format->columns;
  return (pixels < LE_LARGEST_GRID ? pixels : LE_LARGEST_GRID) + LE_EDGES_ROOM;
}

uint64_t label_edge_decoder_memory(const label_edge_format *format) {
  if (!label_edge_frame_bytes(format)) {
    return UINT64_MAX;
  }
  const uint64_t content = most_edges(format) * sizeof(le_edge) +
                           ((uint64_t)format->columns + format->rows + 2) * sizeof(uint32_t) +
                           label_edge_head_room(format);
  return sizeof(label_edge_decoder) + sizeof(le_decoding_tables) + (TARGETS + 1) * content;
}

static void release(le_content *content) {
  free(content->slot.edges);
  label_edge_free_grid(&content->slot.grid);
  free(content->known.bytes);
  *content = (le_content){0};
}

/* False: no memory. */
static bool allocate(const label_edge_format *format, le_content *content) {
  const uint64_t edges = most_edges(format);
  if (content->slot.edges) {
    return true;
  }
  content->known.bytes = malloc(label_edge_head_room(format));
  content->slot.edges = edges > SIZE_MAX / sizeof(le_edge) ? NULL : malloc((size_t)edges * sizeof(le_edge));
  if (!label_edge_make_grid(format, &content->slot.grid) || !content->known.bytes || !content->slot.edges) {
    release(content);
    return false;
  }
  return true;
}

label_edge_status label_edge_decoder_create(const label_edge_format *format, label_edge_decoder **decoder) {
  *decoder = NULL;
  if (!label_edge_frame_bytes(format)) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  label_edge_decoder *d = calloc(1, sizeof *d);
  if (!d) {
    return LABEL_EDGE_NO_MEMORY;
  }
  d->format = *format;
  d->tables = label_edge_decoding_tables();
  d->current = &d->contents[0];
  for (unsigned k = 0; k < TARGETS; k++) {
    d->targets[k] = &d->contents[1 + k];
  }
  if (!d->tables || !allocate(format, d->current)) {
    label_edge_decoder_destroy(d);
    return LABEL_EDGE_NO_MEMORY;
  }
  *decoder = d;
  return LABEL_EDGE_OK;
}

void label_edge_decoder_destroy(label_edge_decoder *decoder) {
  for (unsigned k = 0; decoder && k <= TARGETS; k++) {
    release(&decoder->contents[k]);
  }
  free(decoder);
}

uint32_t label_edge_needed_frame(const label_edge_decoder *decoder) {
  return decoder->needed;
}

/* A frame of type 0 or 3 into out. Raw ones leave no edges: they are decoded as fast as edges are painted. */
static label_edge_status decode_pixels(label_edge_decoder *d, uint32_t frame, le_coded *coded, void *out) {
  le_slot *slot = &d->current->slot;
  slot->frame = 0;
  if (!label_edge_read_head(&d->format, coded, &d->current->known, &slot->grid)) {
    return LABEL_EDGE_BAD_DATA;
  }
  if (coded->type == LE_RAW) {
    return label_edge_decode_raw(&d->format, coded, &slot->grid, out) ? LABEL_EDGE_OK : LABEL_EDGE_BAD_DATA;
  }
  if (!label_edge_decode_independent(coded, slot)) {
    return LABEL_EDGE_BAD_DATA;
  }
  slot->frame = frame + 1;
  label_edge_paint(&d->format, slot, out);
  return LABEL_EDGE_OK;
}

/* A frame that another one is the same as. */
static label_edge_status decode_target(label_edge_decoder *d, uint32_t target, void *out, label_edge_fetch fetch,
                                       void *user) {
  const uint8_t *bytes = NULL;
  size_t size = 0;
  d->needed = target;
  label_edge_status status = fetch ? fetch(user, target, &bytes, &size) : LABEL_EDGE_NO_ACCESS;
  le_coded coded;
  if (!status) {
    status = label_edge_open_fragment(&d->tables->crc, bytes, size, &coded);
  }
  if (status) {
    return status;
  }
  return coded.type == LE_INDEPENDENT || coded.type == LE_RAW ? decode_pixels(d, target, &coded, out)
                                                              : LABEL_EDGE_BAD_TYPE;
}

/* Keeps what is current as the last target, in place of the one before the last. */
static label_edge_status keep_target(label_edge_decoder *d) {
  le_content *oldest = d->targets[TARGETS - 1];
  if (!allocate(&d->format, oldest)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  oldest->slot.frame = 0;
  d->targets[1] = d->targets[0];
  d->targets[0] = d->current;
  d->current = oldest;
  return LABEL_EDGE_OK;
}

static label_edge_status decode_same(label_edge_decoder *d, uint32_t frame, const le_coded *coded, void *out,
                                     label_edge_fetch fetch, void *user) {
  const uint32_t back = (uint32_t)coded->bytes[0] >> LE_TYPE_BITS | (uint32_t)coded->bytes[1] << (8 - LE_TYPE_BITS);
  if (coded->size != LE_SMALLEST_FRAGMENT - LE_CHECKSUM || back == 0 || back > frame) {
    return LABEL_EDGE_BAD_TYPE;
  }
  const uint32_t target = frame - back;
  if (d->targets[1]->slot.frame == target + 1) {
    le_content *const last = d->targets[1];
    d->targets[1] = d->targets[0];
    d->targets[0] = last;
  }
  if (d->targets[0]->slot.frame == target + 1) {
    label_edge_paint(&d->format, &d->targets[0]->slot, out);
    return LABEL_EDGE_OK;
  }
  if (d->current->slot.frame == target + 1) {
    label_edge_paint(&d->format, &d->current->slot, out);
    return keep_target(d);
  }
  const label_edge_status status = decode_target(d, target, out, fetch, user);
  return status || !d->current->slot.frame ? status : keep_target(d);
}

label_edge_status label_edge_decode(label_edge_decoder *decoder, uint32_t frame, const uint8_t *bytes, size_t size,
                                    void *out, label_edge_fetch fetch, void *user) {
  if (frame >= decoder->format.frames) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  le_coded coded;
  const label_edge_status status = label_edge_open_fragment(&decoder->tables->crc, bytes, size, &coded);
  if (status) {
    return status;
  }
  switch (coded.type) {
    case LE_INDEPENDENT:
    case LE_RAW: return decode_pixels(decoder, frame, &coded, out);
    case LE_SAME: return decode_same(decoder, frame, &coded, out, fetch, user);
    default: return LABEL_EDGE_BAD_TYPE;
  }
}
