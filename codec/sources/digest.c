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
#include "model/label_runs.h"
#include "sources/source.h"

/* Planes that are read together, so that threads share them, take about as much; less where memory cannot shrink, as in
 * WebAssembly. */
#define BATCH_BYTES ((size_t)(SIZE_MAX > UINT32_MAX ? 16 : 4) << 20)

_Static_assert(DSEG_DIGEST_BYTES == DSEG_SHA256_SIZE, "a digest is a SHA-256");

/* A walk over the planes of a source. */
struct walk {
  dseg_source *source;
  const dseg_description *description;
  const dseg_digest_options *options;
  bool fractions; /* stored fractions count; else what is at least half of the largest is inside */
  size_t *slots;  /* by plane: its place in the grid */
  size_t slot_count;
  size_t pixels;
  dseg_sha256 hash;
};

static dseg_status no_memory(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for planes");
}

static void show_progress(const struct walk *at, size_t plane) {
  const dseg_progress *progress = &at->options->progress;
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

/* The memory of a walk over labels. */
struct label_planes {
  unsigned bits;
  size_t bytes; /* of a plane */
  size_t room;  /* planes */
  uint8_t *planes, *empty;
  uint32_t *values;
};

static dseg_status allocate(const struct walk *at, struct label_planes *labels, dseg_error *error) {
  const size_t segments = at->description->segment_count;
  const size_t planes = at->description->geometry.plane_count;
  labels->bits = segments <= UINT8_MAX ? 8 : segments <= UINT16_MAX ? 16 : 32;
  size_t size;
  if (!dseg_mul_size(at->pixels, labels->bits / 8, &labels->bytes)) {
    return no_memory(error);
  }
  labels->room = labels->bytes > 0 ? BATCH_BYTES / labels->bytes : 1;
  labels->room = labels->room < 1 ? 1 : labels->room > planes ? planes : labels->room;
  if (dseg_mul_size(labels->bytes, labels->room, &size)) {
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

static void to_little_endian(uint8_t *labels, unsigned bits, size_t count) {
  for (size_t i = 0; bits == 16 && i < count; i++) {
    dseg_store_le16(labels + 2 * i, (uint16_t)dseg_label_at(labels, 16, i));
  }
  for (size_t i = 0; bits == 32 && i < count; i++) {
    dseg_store_le32(labels + 4 * i, dseg_label_at(labels, 32, i));
  }
}

/* Adds planes first to first + count in labels, and the empty ones of the grid before each of them. */
static void add_planes(struct walk *at, const struct label_planes *labels, size_t first, size_t count, size_t *next) {
  for (size_t i = 0; i < count; i++) {
    uint8_t *plane = labels->planes + i * labels->bytes;
    show_progress(at, first + i);
    for (; *next < at->slots[first + i]; (*next)++) {
      dseg_sha256_add(&at->hash, labels->empty, labels->bytes);
    }
    to_little_endian(plane, labels->bits, at->pixels);
    dseg_sha256_add(&at->hash, plane, labels->bytes);
    *next = at->slots[first + i] + 1;
  }
}

/* The planes as labels. Overlap is told, and the hash is of no use then. */
static dseg_status hash_planes(struct walk *at, const struct label_planes *labels, bool *overlap, dseg_error *error) {
  const size_t planes = at->description->geometry.plane_count;
  size_t next = 0;
  for (size_t first = 0; first < planes; first += labels->room) {
    const size_t count = labels->room < planes - first ? labels->room : planes - first;
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .first_plane = first,
                                        .plane_count = count,
                                        .bits = labels->bits,
                                        .values = labels->values,
                                        .overlap = DSEG_OVERLAP_FIRST,
                                        .threads = at->options->threads};
    dseg_overlap found = {0};
    DSEG_TRY(dseg_source_read_labels(at->source, &request, labels->planes, count * labels->bytes, &found, error));
    *overlap = found.voxels > 0;
    if (*overlap) {
      return DSEG_OK;
    }
    add_planes(at, labels, first, count, &next);
  }
  for (; next < at->slot_count; next++) {
    dseg_sha256_add(&at->hash, labels->empty, labels->bytes);
  }
  return DSEG_OK;
}

static dseg_status hash_labels(struct walk *at, bool *overlap, dseg_error *error) {
  struct label_planes labels = {.planes = NULL};
  dseg_status status = allocate(at, &labels, error);
  if (status == DSEG_OK) {
    status = hash_planes(at, &labels, overlap, error);
  }
  free(labels.planes);
  free(labels.empty);
  free(labels.values);
  return status;
}

/* Each mask that is not empty: plane and segment as 32-bit numbers, then its bytes. */
static dseg_status hash_plane_masks(struct walk *at, size_t plane, uint8_t *present, uint8_t *mask, dseg_error *error) {
  const uint32_t maximum = at->description->maximum_fraction > 0 ? at->description->maximum_fraction : 1;
  DSEG_TRY(dseg_source_segments_in_plane(at->source, plane, present, error));
  for (size_t i = 0; i < at->description->segment_count; i++) {
    if (present[i] == 0) {
      continue;
    }
    DSEG_TRY(dseg_source_read_mask(at->source, i, plane, 1, mask, at->pixels, at->options->threads, error));
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

static dseg_status hash_all_masks(struct walk *at, uint8_t *present, uint8_t *mask, dseg_error *error) {
  if (present == NULL || mask == NULL) {
    return no_memory(error);
  }
  for (size_t i = 0; i < at->description->geometry.plane_count; i++) {
    show_progress(at, i);
    DSEG_TRY(hash_plane_masks(at, i, present, mask, error));
  }
  return DSEG_OK;
}

static dseg_status hash_masks(struct walk *at, dseg_error *error) {
  uint8_t *present = malloc(at->description->segment_count + 1);
  uint8_t *mask = malloc(at->pixels + 1);
  const dseg_status status = hash_all_masks(at, present, mask, error);
  free(present);
  free(mask);
  return status;
}

static dseg_status hash_source(struct walk *at, dseg_digest *digest, dseg_error *error) {
  digest->fractions = at->fractions;
  dseg_sha256_start(&at->hash);
  DSEG_TRY(find_slots(at, error));
  if (!at->fractions) {
    DSEG_TRY(hash_labels(at, &digest->overlap, error));
  }
  if (at->fractions || digest->overlap) {
    dseg_sha256_start(&at->hash);
    DSEG_TRY(hash_masks(at, error));
  }
  dseg_sha256_finish(&at->hash, digest->sha256);
  show_progress(at, at->description->geometry.plane_count);
  return DSEG_OK;
}

dseg_status dseg_source_digest(dseg_source *source, const dseg_digest_options *options, dseg_digest *digest,
                               dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || digest == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_source_digest: source and digest must not be NULL");
  }
  *digest = (dseg_digest){.overlap = false};
  dseg_digest_options complete;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_digest_options, &complete, options, error));
  const dseg_description *description = source->description;
  const bool fractions = description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY;
  struct walk at = {.source = source,
                    .description = description,
                    .options = &complete,
                    .fractions = fractions && !complete.as_masks,
                    .pixels = (size_t)description->geometry.rows * description->geometry.columns};
  const dseg_status status = hash_source(&at, digest, error);
  free(at.slots);
  return status;
}
