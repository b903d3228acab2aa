/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - hashes the voxels of a source so that every encoding of a segmentation has the same hash: segments count
 * from 1 by ascending number, whatever their numbers, and planes stand in the order of the grid, those left out as
 * empty too. */
#include "dseg/digest.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/endian.h"
#include "base/options.h"
#include "dseg/sha256.h"
#include "dseg/walk.h"
#include "model/label_runs.h"
#include "sources/source.h"

/* Planes that are read together, so that threads share them, take about as much; less where memory cannot shrink, as in
 * WebAssembly. */
#define BATCH_BYTES ((size_t)(SIZE_MAX > UINT32_MAX ? 16 : 4) << 20)

_Static_assert(DSEG_DIGEST_BYTES == DSEG_SHA256_SIZE, "a digest is a SHA-256");

/* The memory of a walk over labels. */
struct label_planes {
  unsigned bits;
  size_t bytes; /* of a plane */
  uint8_t *planes, *empty;
  uint32_t *values;
};

/* A walk over the planes of a source. */
struct walk {
  dseg_walk base; /* the first member: steps get at the rest */
  dseg_source *source;
  const dseg_description *description;
  dseg_digest_options options;
  bool fractions; /* stored fractions count; else what is at least half of the largest is inside */
  bool overlap;   /* segments overlap: the walk has begun again, over masks */
  size_t *slots;  /* by plane: its place in the grid */
  size_t slot_count;
  size_t next; /* labels: the place in the grid that is hashed next */
  size_t pixels;
  size_t room; /* planes of a step */
  struct label_planes labels;
  uint8_t *present, *mask; /* of a walk over masks */
  dseg_sha256 hash;
};

static dseg_status no_memory(dseg_error *error) {
  (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for planes");
  return DSEG_ERROR_MEMORY;
}

static void show_progress(const struct walk *at, size_t plane) {
  const dseg_progress *progress = &at->options.progress;
  if (progress->report != NULL) {
    progress->report(progress->user, plane, at->description->geometry.plane_count);
  }
}

/* Slides, and planes on no grid, are taken one after the other. */
static dseg_status find_slots(struct walk *at, dseg_error *error) {
  const dseg_geometry *geometry = &at->description->geometry;
  dseg_grid grid;
  at->slots = malloc((geometry->plane_count + 1) * sizeof *at->slots);
  if (at->slots == NULL) {
    return no_memory(error);
  }
  if (geometry->space != DSEG_SPACE_SLIDE) {
    const dseg_status status = dseg_geometry_to_grid(geometry, &grid, at->slots, error);
    if (status == DSEG_OK) {
      at->slot_count = grid.size[2];
    }
    if (status == DSEG_OK || status == DSEG_ERROR_MEMORY) {
      return status;
    }
    dseg_error_clear(error);
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    at->slots[i] = i;
  }
  at->slot_count = geometry->plane_count;
  return DSEG_OK;
}

static void add_number(dseg_sha256 *hash, uint32_t number) {
  const uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16), (uint8_t)(number >> 24)};
  dseg_sha256_add(hash, bytes, sizeof bytes);
}

static dseg_status allocate_labels(struct walk *at, dseg_error *error) {
  struct label_planes *labels = &at->labels;
  const size_t segments = at->description->segment_count;
  const size_t planes = at->description->geometry.plane_count;
  labels->bits = segments <= UINT8_MAX ? 8 : segments <= UINT16_MAX ? 16 : 32;
  size_t size;
  if (!dseg_mul_size(at->pixels, labels->bits / 8, &labels->bytes)) {
    return no_memory(error);
  }
  at->room = labels->bytes > 0 ? BATCH_BYTES / labels->bytes : 1;
  at->room = at->room < 1 ? 1 : at->room > planes ? planes : at->room;
  if (dseg_mul_size(labels->bytes, at->room, &size)) {
    labels->planes = malloc(size + 1);
    labels->empty = calloc(labels->bytes + 1, 1);
    labels->values = malloc((segments + 1) * sizeof *labels->values);
  }
  if (labels->planes == NULL || labels->empty == NULL || labels->values == NULL) {
    return no_memory(error);
  }
  for (size_t i = 0; i < segments; i++) {
    labels->values[i] = (uint32_t)(i + 1);
  }
  return DSEG_OK;
}

static void free_labels(struct label_planes *labels) {
  free(labels->planes);
  free(labels->empty);
  free(labels->values);
  *labels = (struct label_planes){.planes = NULL};
}

/* The planes of the next step are those from first on. */
static void go_to(struct walk *at, size_t first) {
  const size_t left = at->description->geometry.plane_count - first;
  at->base.first = first;
  at->base.count = at->room < left ? at->room : left;
}

static void to_little_endian(uint8_t *labels, unsigned bits, size_t count) {
  for (size_t i = 0; bits == 16 && i < count; i++) {
    dseg_store_le16(labels + 2 * i, (uint16_t)dseg_label_at(labels, 16, i));
  }
  for (size_t i = 0; bits == 32 && i < count; i++) {
    dseg_store_le32(labels + 4 * i, dseg_label_at(labels, 32, i));
  }
}

/* Adds planes first to first + count of labels, and the empty ones of the grid before each of them. */
static void add_planes(struct walk *at, size_t first, size_t count) {
  const struct label_planes *labels = &at->labels;
  for (size_t i = 0; i < count; i++) {
    uint8_t *plane = labels->planes + i * labels->bytes;
    show_progress(at, first + i);
    for (; at->next < at->slots[first + i]; at->next++) {
      dseg_sha256_add(&at->hash, labels->empty, labels->bytes);
    }
    to_little_endian(plane, labels->bits, at->pixels);
    dseg_sha256_add(&at->hash, plane, labels->bytes);
    at->next = at->slots[first + i] + 1;
  }
}

static dseg_status begin_masks(struct walk *at, dseg_error *error);

/* Planes as labels. Where they overlap the hash is of no use: the walk begins again. */
static dseg_status step_labels(dseg_walk *base, dseg_error *error) {
  struct walk *at = (struct walk *)(void *)base;
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .first_plane = base->first,
                                      .plane_count = base->count,
                                      .bits = at->labels.bits,
                                      .values = at->labels.values,
                                      .overlap = DSEG_OVERLAP_FIRST,
                                      .threads = at->options.threads};
  dseg_overlap found = {0};
  DSEG_TRY(
      dseg_source_read_labels(at->source, &request, at->labels.planes, base->count * at->labels.bytes, &found, error));
  at->overlap = found.voxels > 0;
  if (at->overlap) {
    free_labels(&at->labels);
    return begin_masks(at, error);
  }
  add_planes(at, base->first, base->count);
  go_to(at, base->first + base->count);
  return DSEG_OK;
}

/* Each mask that is not empty: plane and segment as 32-bit numbers, then its bytes. */
static dseg_status hash_plane_masks(struct walk *at, size_t plane, dseg_error *error) {
  const uint32_t maximum = at->description->maximum_fraction > 0 ? at->description->maximum_fraction : 1;
  uint8_t *mask = at->mask;
  DSEG_TRY(dseg_source_segments_in_plane(at->source, plane, at->present, error));
  for (size_t i = 0; i < at->description->segment_count; i++) {
    if (at->present[i] == 0) {
      continue;
    }
    DSEG_TRY(dseg_source_read_mask(at->source, i, plane, 1, mask, at->pixels, at->options.threads, error));
    uint8_t any = 0;
    for (size_t j = 0; j < at->pixels; j++) {
      mask[j] = at->fractions ? mask[j] : (uint8_t)(2U * mask[j] >= maximum);
      any |= mask[j];
    }
    if (any != 0) {
      add_number(&at->hash, (uint32_t)at->slots[plane]);
      add_number(&at->hash, (uint32_t)i + 1);
      dseg_sha256_add(&at->hash, mask, at->pixels);
    }
  }
  return DSEG_OK;
}

static dseg_status step_masks(dseg_walk *base, dseg_error *error) {
  struct walk *at = (struct walk *)(void *)base;
  for (size_t i = base->first; i < base->first + base->count; i++) {
    show_progress(at, i);
    DSEG_TRY(hash_plane_masks(at, i, error));
  }
  go_to(at, base->first + base->count);
  return DSEG_OK;
}

static dseg_status begin_masks(struct walk *at, dseg_error *error) {
  at->present = malloc(at->description->segment_count + 1);
  at->mask = malloc(at->pixels + 1);
  if (at->present == NULL || at->mask == NULL) {
    return no_memory(error);
  }
  dseg_sha256_start(&at->hash);
  at->room = at->pixels > 0 && at->pixels < BATCH_BYTES ? BATCH_BYTES / at->pixels : 1;
  at->base.step = step_masks;
  go_to(at, 0);
  return DSEG_OK;
}

static void destroy(dseg_walk *base) {
  struct walk *at = (struct walk *)(void *)base;
  free_labels(&at->labels);
  free(at->present);
  free(at->mask);
  free(at->slots);
  free(at);
}

static dseg_status begin(struct walk *at, dseg_error *error) {
  DSEG_TRY(find_slots(at, error));
  if (at->fractions) {
    return begin_masks(at, error);
  }
  dseg_sha256_start(&at->hash);
  DSEG_TRY(allocate_labels(at, error));
  go_to(at, 0);
  return DSEG_OK;
}

dseg_status dseg_digest_begin(dseg_source *source, const dseg_digest_options *options, dseg_walk **walk,
                              dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || walk == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_digest_begin: source and walk must not be NULL");
  }
  *walk = NULL;
  dseg_digest_options complete;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_digest_options, &complete, options, error));
  const dseg_description *description = source->description;
  const bool fractions = description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY;
  struct walk *at = calloc(1, sizeof *at);
  if (at == NULL) {
    return no_memory(error);
  }
  at->base = (dseg_walk){.step = step_labels, .destroy = destroy};
  at->source = source;
  at->description = description;
  at->options = complete;
  at->fractions = fractions && !complete.as_masks;
  at->pixels = (size_t)description->geometry.rows * description->geometry.columns;
  const dseg_status status = begin(at, error);
  if (status != DSEG_OK) {
    destroy(&at->base);
    return status;
  }
  *walk = &at->base;
  return DSEG_OK;
}

void dseg_digest_end(dseg_walk *walk, dseg_digest *digest) {
  struct walk *at = (struct walk *)(void *)walk;
  for (; at->labels.empty != NULL && at->next < at->slot_count; at->next++) {
    dseg_sha256_add(&at->hash, at->labels.empty, at->labels.bytes);
  }
  digest->fractions = at->fractions;
  digest->overlap = at->overlap;
  dseg_sha256_finish(&at->hash, digest->sha256);
  show_progress(at, at->description->geometry.plane_count);
}

dseg_status dseg_source_digest(dseg_source *source, const dseg_digest_options *options, dseg_digest *digest,
                               dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || digest == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_source_digest: source and digest must not be NULL");
  }
  *digest = (dseg_digest){.overlap = false};
  dseg_walk *walk = NULL;
  DSEG_TRY(dseg_digest_begin(source, options, &walk, error));
  const dseg_status status = dseg_walk_all(walk, error);
  if (status == DSEG_OK) {
    dseg_digest_end(walk, digest);
  }
  walk->destroy(walk);
  return status;
}
