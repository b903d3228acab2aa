/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_decode.c - the decoder: fragments, their types, and the frames that they refer to (bitstream.md, section
 * 4). A frame is first decoded into the list of its edges (label_edge_decode_edges.c), then painted
 * into the caller's plane (label_edge_paint.c). Everything that comes from a fragment is checked. */
#include <stdlib.h>
#include <string.h>

#include "label_edge_reader.h"

/* ---- The decoder */

struct label_edge_decoder {
  le_model model;
  le_slot slots[4];
  label_edge_fetch fetch;
  void *user;
};

label_edge_status label_edge_decoder_create(const label_edge_format *format, const uint8_t *header, size_t size,
                                            label_edge_decoder **decoder) {
  *decoder = NULL;
  label_edge_decoder *d = calloc(1, sizeof *d);
  if (!d) {
    return LABEL_EDGE_NO_MEMORY;
  }
  label_edge_status status = label_edge_read_header(format, header, size, &d->model);
  if (!status && !label_edge_decoding_tables()) {
    status = LABEL_EDGE_NO_MEMORY;
  }
  for (unsigned k = 0; k < (d->model.predict ? 4 : 1) && !status; k++) {
    d->slots[k].edges = calloc((size_t)d->model.pixels + LE_EDGES_ROOM, sizeof *d->slots[k].edges);
    d->slots[k].grid = d->model.predict ? calloc(d->model.pixels, sizeof *d->slots[k].grid) : NULL;
    if (!d->slots[k].edges || (d->model.predict && !d->slots[k].grid)) {
      status = LABEL_EDGE_NO_MEMORY;
    }
  }
  if (status) {
    label_edge_decoder_destroy(d);
    return status;
  }
  *decoder = d;
  return LABEL_EDGE_OK;
}

void label_edge_decoder_destroy(label_edge_decoder *decoder) {
  if (!decoder) {
    return;
  }
  for (unsigned k = 0; k < 4; k++) {
    free(decoder->slots[k].edges);
    free(decoder->slots[k].grid);
  }
  label_edge_free_model(&decoder->model);
  free(decoder);
}

/* ---- 4 Frames and those they refer to */

static label_edge_status decode_frame(label_edge_decoder *d, uint32_t frame, const uint8_t *bytes, size_t size,
                                      le_slot **slot);

static label_edge_status fetch_frame(label_edge_decoder *d, uint32_t frame, const uint8_t **bytes, size_t *size) {
  return d->fetch ? d->fetch(d->user, frame, bytes, size) : LABEL_EDGE_NO_ACCESS;
}

/* The slot with a reference. */
static label_edge_status get_frame(label_edge_decoder *d, uint32_t frame, le_slot **slot) {
  *slot = &d->slots[label_edge_slot(frame, d->model.format.frames)];
  if ((*slot)->frame == frame + 1) {
    return LABEL_EDGE_OK;
  }
  const uint8_t *bytes;
  size_t size;
  const label_edge_status status = fetch_frame(d, frame, &bytes, &size);
  return status ? status : decode_frame(d, frame, bytes, size, slot);
}

/* The type of a fragment behind the header, if there is one; -1: none. */
static int open_fragment(uint32_t frame, const uint8_t **bytes, size_t *size) {
  if (frame == 0) {
    const size_t header = label_edge_header_size(*bytes, *size);
    if (!header) {
      return -1;
    }
    *bytes += header;
    *size -= header;
  }
  if (*size % 2 && (*bytes)[--*size] != 0) {
    return -1; /* the padding of a fragment is 0 */
  }
  return *size < 2 ? -1 : (*bytes)[0] & 3;
}

static void paint_slot(label_edge_decoder *d, le_slot *slot) {
  if (!slot->painted) {
    label_edge_paint_grid(slot->edges, d->model.pixels, slot->grid);
    slot->painted = true;
  }
}

static bool decode_type(label_edge_decoder *d, int type, const uint8_t *bytes, size_t size, le_slot *own,
                        const le_slot *p, const le_slot *q) {
  own->painted = false;
  if (type == LE_RAW) {
    return label_edge_decode_raw(&d->model, bytes, size, own);
  }
  if (d->model.pixels > LE_LARGEST_GRID || size > SIZE_MAX / 8) {
    return false;
  }
  le_reader reader;
  le_source source;
  start_reading(&reader, &source, bytes, size);
  return type == LE_INTRA ? label_edge_decode_independent(&d->model, &reader, own)
                          : label_edge_decode_predicted(&d->model, &reader, own, p, q);
}

/* Decodes into the frame's own slot, or finds another slot with the same content. */
static label_edge_status decode_frame(label_edge_decoder *d, uint32_t frame, const uint8_t *bytes, size_t size,
                                      le_slot **slot) {
  const uint32_t frames = d->model.format.frames;
  uint32_t first = 0;
  uint32_t second = 0;
  const unsigned level = d->model.predict ? label_edge_references(frame, frames, &first, &second) : 0;
  le_slot *own = &d->slots[d->model.predict ? label_edge_slot(frame, frames) : 0];
  le_slot *p = own; /* used by predicted frames only */
  le_slot *q = own;
  int type = open_fragment(frame, &bytes, &size);
  uint32_t content = frame;
  if (type == LE_SAME && size == 2) {
    const uint32_t distance = (uint32_t)bytes[0] >> 3 | (uint32_t)bytes[1] << 5;
    const bool later = bytes[0] >> 2 & 1;
    if (!distance || (later ? distance >= frames - frame : distance > frame)) {
      return LABEL_EDGE_BAD_TYPE;
    }
    const uint32_t target = later ? frame + distance : frame - distance;
    if (level) {
      return target == first || target == second ? get_frame(d, target, slot) : LABEL_EDGE_BAD_TYPE;
    }
    content = d->model.predict ? frame : target;
    if (!later && own->frame == content + 1 && content == target) {
      *slot = own;
      return LABEL_EDGE_OK;
    }
    const label_edge_status status = later ? LABEL_EDGE_BAD_TYPE : fetch_frame(d, target, &bytes, &size);
    if (status) {
      return status;
    }
    type = open_fragment(target, &bytes, &size);
    type = type == LE_INTRA || type == LE_RAW ? type : -1;
  }
  label_edge_status status =
      type < 0 || type == LE_SAME || (type == LE_PREDICTED && !level) ? LABEL_EDGE_BAD_TYPE : LABEL_EDGE_OK;
  if (!status && type == LE_PREDICTED) {
    status = get_frame(d, first, &p);
    if (!status) {
      paint_slot(d, p);
      status = get_frame(d, second, &q);
    }
    if (!status) {
      paint_slot(d, q);
    }
  }
  if (status) {
    return status;
  }
  own->frame = 0;
  if (!decode_type(d, type, bytes, size, own, p, q)) {
    return LABEL_EDGE_BAD_DATA;
  }
  own->frame = content + 1;
  *slot = own;
  return LABEL_EDGE_OK;
}

label_edge_status label_edge_decode(label_edge_decoder *decoder, uint32_t frame, const uint8_t *bytes, size_t size,
                                    void *out, label_edge_fetch fetch, void *user) {
  if (frame >= decoder->model.format.frames) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  decoder->fetch = fetch;
  decoder->user = user;
  const uint8_t *raw = bytes;
  size_t raw_size = size;
  le_slot *slot;
  le_slot *own = &decoder->slots[decoder->model.predict ? label_edge_slot(frame, decoder->model.format.frames) : 0];
  label_edge_status status = LABEL_EDGE_OK;
  if (decoder->model.predict && own->frame == frame + 1) {
    slot = own;
  } else if (label_edge_raw_is_plain(&decoder->model) && open_fragment(frame, &raw, &raw_size) == LE_RAW) {
    /* Without a slot: where another frame refers to this one, which is rare, it is decoded again. */
    return label_edge_decode_plain_raw(&decoder->model, raw, raw_size, out) ? LABEL_EDGE_OK : LABEL_EDGE_BAD_DATA;
  } else {
    status = decode_frame(decoder, frame, bytes, size, &slot);
  }
  if (status) {
    return status;
  }
  label_edge_paint(&decoder->model, slot->edges, out);
  return LABEL_EDGE_OK;
}
