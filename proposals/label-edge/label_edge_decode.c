/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_decode.c - the decoder: fragments, their types, and frames that are the same as others (bitstream.md,
 * section 4). A frame is first decoded into the list of its edges (label_edge_decode_edges.c), then painted into the
 * caller's plane (label_edge_paint.c). Everything that comes from a fragment is checked. */
#include <stdlib.h>
#include <string.h>

#include "label_edge_reader.h"

/* Pixels of a frame that others are the same as. */
typedef struct le_target {
  uint32_t frame; /* number + 1, 0: none */
  uint8_t *pixels;
} le_target;

struct label_edge_decoder {
  label_edge_format format;
  size_t frame_bytes;
  const le_decoding_tables *tables;
  le_known_grid known;
  le_slot slot;
  le_target targets[2]; /* the last two, since frames may name two in turn; the first is the last one */
  uint32_t needed;
};

/* Positions that a list of edges may have to hold. */
static uint64_t most_edges(const label_edge_format *format) {
  const uint64_t pixels = (uint64_t)format->rows * format->columns;
  return (pixels < LE_LARGEST_GRID ? pixels : LE_LARGEST_GRID) + LE_EDGES_ROOM;
}

uint64_t label_edge_decoder_memory(const label_edge_format *format) {
  const size_t frame_bytes = label_edge_frame_bytes(format);
  if (!frame_bytes) {
    return UINT64_MAX;
  }
  return sizeof(label_edge_decoder) + sizeof(le_decoding_tables) + most_edges(format) * sizeof(le_edge) +
         ((uint64_t)format->columns + format->rows + 2) * sizeof(uint32_t) + label_edge_head_room(format) +
         2 * (uint64_t)frame_bytes;
}

label_edge_status label_edge_decoder_create(const label_edge_format *format, label_edge_decoder **decoder) {
  *decoder = NULL;
  const size_t frame_bytes = label_edge_frame_bytes(format);
  if (!frame_bytes) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  const uint64_t edges = most_edges(format);
  label_edge_decoder *d = edges > SIZE_MAX / sizeof *d->slot.edges ? NULL : calloc(1, sizeof *d);
  if (!d) {
    return LABEL_EDGE_NO_MEMORY;
  }
  d->format = *format;
  d->frame_bytes = frame_bytes;
  d->tables = label_edge_decoding_tables();
  d->slot.edges = calloc((size_t)edges, sizeof *d->slot.edges);
  d->known.bytes = malloc(label_edge_head_room(format));
  if (!label_edge_make_grid(format, &d->slot.grid) || !d->tables || !d->slot.edges || !d->known.bytes) {
    label_edge_decoder_destroy(d);
    return LABEL_EDGE_NO_MEMORY;
  }
  *decoder = d;
  return LABEL_EDGE_OK;
}

void label_edge_decoder_destroy(label_edge_decoder *decoder) {
  if (!decoder) {
    return;
  }
  free(decoder->slot.edges);
  label_edge_free_grid(&decoder->slot.grid);
  free(decoder->known.bytes);
  free(decoder->targets[0].pixels);
  free(decoder->targets[1].pixels);
  free(decoder);
}

uint32_t label_edge_needed_frame(const label_edge_decoder *decoder) {
  return decoder->needed;
}

/* A frame of type 0 or 3 into out. */
static label_edge_status decode_pixels(label_edge_decoder *d, uint32_t frame, le_coded *coded, void *out) {
  le_slot *slot = &d->slot;
  slot->frame = 0;
  if (!label_edge_read_head(&d->format, coded, &d->known, &slot->grid)) {
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

/* The frame that another one is the same as, into out. */
static label_edge_status decode_target(label_edge_decoder *d, uint32_t target, void *out, label_edge_fetch fetch,
                                       void *user) {
  if (d->slot.frame == target + 1) {
    label_edge_paint(&d->format, &d->slot, out);
    return LABEL_EDGE_OK;
  }
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

/* Keeps the pixels of a target in place of those of the one before the last. */
static label_edge_status keep_target(label_edge_decoder *d, uint32_t target, const void *pixels) {
  le_target oldest = d->targets[1];
  if (!oldest.pixels) {
    oldest.pixels = malloc(d->frame_bytes);
    if (!oldest.pixels) {
      return LABEL_EDGE_NO_MEMORY;
    }
  }
  memcpy(oldest.pixels, pixels, d->frame_bytes);
  oldest.frame = target + 1;
  d->targets[1] = d->targets[0];
  d->targets[0] = oldest;
  return LABEL_EDGE_OK;
}

static label_edge_status decode_same(label_edge_decoder *d, uint32_t frame, const le_coded *coded, void *out,
                                     label_edge_fetch fetch, void *user) {
  const uint32_t back = (uint32_t)coded->bytes[0] >> LE_TYPE_BITS | (uint32_t)coded->bytes[1] << (8 - LE_TYPE_BITS);
  if (coded->size != LE_SMALLEST_FRAGMENT - LE_CHECKSUM || back == 0 || back > frame) {
    return LABEL_EDGE_BAD_TYPE;
  }
  const uint32_t target = frame - back;
  if (d->targets[1].frame == target + 1) {
    const le_target last = d->targets[1];
    d->targets[1] = d->targets[0];
    d->targets[0] = last;
  }
  if (d->targets[0].frame == target + 1) {
    memcpy(out, d->targets[0].pixels, d->frame_bytes);
    return LABEL_EDGE_OK;
  }
  const label_edge_status status = decode_target(d, target, out, fetch, user);
  return status ? status : keep_target(d, target, out);
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
