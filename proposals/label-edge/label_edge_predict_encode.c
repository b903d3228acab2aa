/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_predict_encode.c - the encoder of predicted images (prediction.md): which type of frame takes the fewest
 * bytes. All frames have the grid of the survey, or the whole frame where that does not keep what changes: a frame's
 * own grid would keep those around it from being predicted. */
#include "label_edge_predict_encode.h"

#include <stdlib.h>
#include <string.h>

struct label_edge_predicted_encoder {
  label_edge_format format;
  size_t frame_bytes;
  const le_encoding_tables *tables;
  le_segment_tables segments;
  uint8_t *repeats; /* of the plan; NULL: not known */
  le_planned_grid planned, whole;
  le_change *changes;
  le_kept_frame kept[LE_KEPT];
  le_raster last_rows; /* of the frame that is coded */
  le_writer writer, measured;
  le_bytes best, other;
  label_edge_fetch fetch; /* of the call */
  void *user;
  uint64_t (*counts)[LE_SYMBOLS];
};

/* ---- Set-up */

uint64_t label_edge_predicted_encoder_memory(const label_edge_format *format) {
  const uint64_t core = label_edge_encoder_memory(format);
  const uint64_t pixels = (uint64_t)format->rows * format->columns;
  if (core == UINT64_MAX) {
    return core;
  }
  /* Three more lists of edges, rasters, and symbols for the segments of three frames. */
  return core + sizeof(label_edge_predicted_encoder) + (LE_KEPT - 1) * (pixels + LE_EDGES_ROOM) * sizeof(le_edge) +
         label_edge_rasters_bytes(format) + (2 * pixels + format->rows + LE_MEASURED_ROOM) * sizeof(uint32_t);
}

static label_edge_status make(label_edge_predicted_encoder *e, const uint8_t *plan, size_t size) {
  const label_edge_format *format = &e->format;
  e->tables = label_edge_encoding_tables();
  label_edge_make_segment_tables(&e->segments);
  e->changes = malloc(format->columns * sizeof *e->changes);
  if (!e->tables || !e->changes) {
    return LABEL_EDGE_NO_MEMORY;
  }
  return label_edge_read_plan(format, plan, size, &e->planned, &e->whole, &e->repeats);
}

label_edge_status label_edge_predicted_encoder_create(const label_edge_format *format, const uint8_t *plan, size_t size,
                                                      label_edge_predicted_encoder **encoder) {
  *encoder = NULL;
  const size_t frame_bytes = label_edge_frame_bytes(format);
  if (!frame_bytes) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  label_edge_predicted_encoder *e = calloc(1, sizeof *e);
  if (!e) {
    return LABEL_EDGE_NO_MEMORY;
  }
  e->format = *format;
  e->frame_bytes = frame_bytes;
  const label_edge_status status = make(e, plan, size);
  if (status) {
    label_edge_predicted_encoder_destroy(e);
    return status;
  }
  *encoder = e;
  return LABEL_EDGE_OK;
}

void label_edge_predicted_encoder_destroy(label_edge_predicted_encoder *encoder) {
  if (!encoder) {
    return;
  }
  for (unsigned k = 0; k < LE_KEPT; k++) {
    free(encoder->kept[k].slot.edges);
    label_edge_free_raster(&encoder->kept[k].raster);
  }
  label_edge_free_raster(&encoder->last_rows);
  free(encoder->repeats);
  free(encoder->changes);
  label_edge_free_planned(&encoder->planned);
  label_edge_free_planned(&encoder->whole);
  free(encoder->writer.symbols);
  free(encoder->measured.symbols);
  free(encoder->best.p);
  free(encoder->other.p);
  free(encoder);
}

void label_edge_predicted_encoder_count(label_edge_predicted_encoder *encoder, uint64_t (*counts)[LE_SYMBOLS]) {
  encoder->counts = counts;
}

/* ---- Frames as edges */

static label_edge_status load(label_edge_predicted_encoder *e, le_kept_frame *kept, uint32_t frame,
                              const void *pixels) {
  kept->painted = false;
  kept->fetched = false;
  const label_edge_status status = label_edge_load_frame(&e->format, &e->planned, &e->whole, pixels, e->changes,
                                                         &kept->slot, &kept->largest, &kept->planned);
  kept->slot.frame = status ? 0 : frame + 1;
  return status;
}

static label_edge_status make_raster(const label_edge_predicted_encoder *e, bool two_rows, le_raster *raster) {
  if (!raster->labels && !label_edge_make_raster(&e->format, two_rows, raster)) {
    label_edge_free_raster(raster);
    return LABEL_EDGE_NO_MEMORY;
  }
  return LABEL_EDGE_OK;
}

static label_edge_status paint(const label_edge_predicted_encoder *e, le_kept_frame *kept) {
  const label_edge_status status = make_raster(e, false, &kept->raster);
  if (!status && !kept->painted) {
    label_edge_paint_raster(&kept->slot, &kept->raster);
    kept->painted = true;
  }
  return status;
}

static label_edge_status fetch_pixels(label_edge_predicted_encoder *e, uint32_t frame, const uint8_t **pixels) {
  size_t size;
  const label_edge_status status = e->fetch(e->user, frame, pixels, &size);
  return status || size == e->frame_bytes ? status : LABEL_EDGE_NO_ACCESS;
}

static label_edge_status get_reference(label_edge_predicted_encoder *e, uint32_t frame, le_kept_frame **kept) {
  le_kept_frame *k = &e->kept[label_edge_slot(frame, e->format.frames)];
  *kept = k;
  if (k->slot.frame == frame + 1) {
    return LABEL_EDGE_OK;
  }
  const uint8_t *pixels;
  label_edge_status status = fetch_pixels(e, frame, &pixels);
  status = status ? status : load(e, k, frame, pixels);
  k->fetched = !status;
  return status;
}

/* Histories may differ. */
static bool same_edges(const le_slot *a, const le_slot *b) {
  const le_edge history = UINT64_C(0xff) << 56;
  if (a->count != b->count) {
    return false;
  }
  for (uint32_t k = 0; k < a->count; k++) {
    if ((a->edges[k] ^ b->edges[k]) & ~history) {
      return false;
    }
  }
  return true;
}

/* ---- Fragments */

/* The frame's symbols as a fragment, if it is smaller than the best so far, or as small and independent. best.size 0:
 * there is none. */
static label_edge_status write_frame(label_edge_predicted_encoder *e, const le_head *head, bool independent) {
  const label_edge_status status = label_edge_write(&e->writer, e->tables, head, &e->other);
  if (!status && (!e->best.size || e->other.size < e->best.size + independent)) {
    const le_bytes better = e->other;
    e->other = e->best;
    e->best = better;
  }
  return status;
}

static void count_symbols(label_edge_predicted_encoder *e) {
  for (size_t k = 0; e->counts && k < e->writer.count; k++) {
    const uint32_t symbol = e->writer.symbols[k];
    if (!(symbol & LE_RAW_BITS)) {
      e->counts[symbol >> 16][symbol & 0xffff]++;
    }
  }
}

static label_edge_status put_independent(label_edge_predicted_encoder *e, const le_kept_frame *own) {
  const unsigned label_bits = le_depth(own->largest);
  label_edge_set_type(own->planned, LE_INDEPENDENT, label_bits);
  return label_edge_put_independent(&e->writer, label_bits, &own->slot);
}

/* Codes a frame as a predicted one, or, where that may take no fewer bytes, as an independent one as well. Lengths are
 * known to about a thirtieth. */
static label_edge_status code_predicted(label_edge_predicted_encoder *e, const le_kept_frame *own,
                                        const le_kept_frame *p, const le_kept_frame *q) {
  const uint64_t least_doubt = (uint64_t)32 * LE_STATES;
  const unsigned label_bits = le_depth(own->largest);
  uint8_t front = (uint8_t)((label_bits - 1) << LE_TYPE_BITS | LE_PREDICTED);
  const le_head head = {.bytes = &front, .bits = LE_TYPE_BITS + LE_DEPTH_BITS};
  label_edge_status status = label_edge_put_predicted(&e->writer, &e->segments, label_bits, own, &e->last_rows, p, q);
  if (status) {
    return status;
  }
  count_symbols(e);
  const uint64_t predicted = label_edge_length(&e->writer, e->tables) + head.bits * LE_STATES;
  const uint64_t most = (predicted + least_doubt) / 31 * 32 + 64; /* what is longer loses, whatever the doubt */
  uint64_t independent;
  status = label_edge_measure_independent(&e->measured, e->tables, label_bits, &own->slot, most, &independent);
  if (status) {
    return status;
  }
  independent += own->planned->head.bits * LE_STATES;
  const uint64_t doubt = independent / 32 + least_doubt;
  if (predicted <= independent + doubt) {
    status = write_frame(e, &head, false);
  }
  if (!status && predicted + doubt >= independent) {
    status = put_independent(e, own);
    status = status ? status : write_frame(e, &own->planned->head, true);
  }
  return status;
}

/* A frame that is no key, of at most LE_LARGEST_GRID positions. */
static label_edge_status code_between(label_edge_predicted_encoder *e, le_kept_frame *own,
                                      const uint32_t references[2]) {
  le_kept_frame *of[2];
  label_edge_status status = get_reference(e, references[0], &of[0]);
  status = status ? status : get_reference(e, references[1], &of[1]);
  for (unsigned k = 0; k < 2 && !status; k++) {
    if (of[k]->planned == own->planned && same_edges(&own->slot, &of[k]->slot)) {
      return label_edge_code_same(e->tables, k + 1, &e->best);
    }
  }
  if (!status && (of[0]->planned != own->planned || of[1]->planned != own->planned)) {
    status = put_independent(e, own);
    return status ? status : write_frame(e, &own->planned->head, true);
  }
  status = status ? status : make_raster(e, true, &e->last_rows);
  status = status ? status : paint(e, of[0]);
  status = status ? status : paint(e, of[1]);
  return status ? status : code_predicted(e, own, of[0], of[1]);
}

/* The first of the frames that seem to have the same pixels as this one, which may be itself. */
static uint32_t first_alike(const label_edge_predicted_encoder *e, uint32_t frame) {
  const uint8_t *r = e->repeats + (size_t)frame * 4;
  const uint32_t target = (uint32_t)r[0] | (uint32_t)r[1] << 8 | (uint32_t)r[2] << 16 | (uint32_t)r[3] << 24;
  return target ? target - 1 : frame;
}

/* Makes the fragment of a frame that has the pixels of another one, if it has. */
static label_edge_status try_same(label_edge_predicted_encoder *e, const void *pixels, uint32_t other, uint32_t back,
                                  bool *same) {
  const uint8_t *others;
  const label_edge_status status = fetch_pixels(e, other, &others);
  if (status || memcmp(others, pixels, e->frame_bytes) != 0) {
    return status;
  }
  *same = true;
  return label_edge_code_same(e->tables, back, &e->best);
}

/* A key that is the same as an earlier one. All frames from the first one alike on seem to have the same pixels: among
 * them is the key that the others repeat. */
static label_edge_status try_repeat(label_edge_predicted_encoder *e, uint32_t frame, const void *pixels, bool *same) {
  const uint32_t key = (first_alike(e, frame) + 3) / 4 * 4;
  return key < frame && frame - key <= LE_LARGEST_BACK ? try_same(e, pixels, key, frame - key, same) : LABEL_EDGE_OK;
}

/* A frame that is no key, and the same as one of its references: neither needs to become edges for that. */
static label_edge_status try_references(label_edge_predicted_encoder *e, uint32_t frame, const void *pixels,
                                        const uint32_t references[2], bool *same) {
  label_edge_status status = LABEL_EDGE_OK;
  for (uint32_t k = 0; k < 2 && !status && !*same; k++) {
    if (first_alike(e, references[k]) == first_alike(e, frame)) {
      status = try_same(e, pixels, references[k], k + 1, same);
    }
  }
  return status;
}

static label_edge_status code_frame(label_edge_predicted_encoder *e, uint32_t frame, const void *pixels) {
  uint32_t references[2];
  const bool key = !label_edge_references(frame, e->format.frames, &references[0], &references[1]);
  le_kept_frame *own = &e->kept[label_edge_slot(frame, e->format.frames)];
  const bool loaded = own->fetched && own->slot.frame == frame + 1;
  bool same = false;
  label_edge_status status = LABEL_EDGE_OK;
  if (e->repeats && e->fetch && key) {
    status = try_repeat(e, frame, pixels, &same);
  } else if (e->repeats && e->fetch && !loaded) {
    status = try_references(e, frame, pixels, references, &same);
  }
  if (status || same) {
    return status;
  }
  if (!loaded) {
    status = load(e, own, frame, pixels);
  }
  own->fetched = false;
  if (status) {
    return status;
  }
  if ((uint64_t)own->slot.grid.width * own->slot.grid.height <= LE_LARGEST_GRID) {
    if (!key && e->fetch) {
      status = code_between(e, own, references);
    } else {
      status = put_independent(e, own);
      count_symbols(e);
      status = status ? status : write_frame(e, &own->planned->head, true);
    }
  }
  const unsigned label_bits = le_depth(own->largest);
  const size_t raw = label_edge_raw_size(&own->slot.grid, own->planned->head.bits, label_bits);
  if (!status && (!e->best.size || raw <= e->best.size)) {
    label_edge_set_type(own->planned, LE_RAW, label_bits);
    status = label_edge_code_raw(e->tables, &own->slot, &own->planned->head, label_bits, &e->best);
  }
  return status;
}

label_edge_status label_edge_predicted_encode(label_edge_predicted_encoder *encoder, uint32_t frame, const void *pixels,
                                              label_edge_fetch fetch, void *user, const uint8_t **bytes, size_t *size) {
  label_edge_predicted_encoder *e = encoder;
  if (frame >= e->format.frames) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  e->fetch = fetch;
  e->user = user;
  e->best.size = 0;
  const label_edge_status status = code_frame(e, frame, pixels);
  *bytes = e->best.p;
  *size = e->best.size;
  return status;
}
