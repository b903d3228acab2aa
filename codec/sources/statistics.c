/* SPDX-License-Identifier: Apache-2.0 */
/* statistics.c - passes over the planes of a source once and adds up what each segment has of them.
 *
 * Planes are read some at a time as labels, and counted by several threads. Where a read says that segments overlap,
 * its planes are looked at one by one, and those that have the overlap are read again, segment by segment. */
#include "dseg/statistics.h"

#include <stdlib.h>

#include "base/checked.h"
#include "base/options.h"
#include "base/threads.h"
#include "dseg/walk.h"
#include "sources/segment_sums.h"
#include "sources/source.h"
#include "sources/statistics_result.h"

/* Planes that are read together take about as much; less where memory cannot shrink, as in
 * WebAssembly. */
#define BATCH_BYTES ((size_t)(SIZE_MAX > UINT32_MAX ? 32 : 4) << 20)
#define LABEL_VALUES ((size_t)65536)

struct walk {
  dseg_walk base; /* the first member: steps get at the rest */
  dseg_source *source;
  const dseg_description *description;
  dseg_statistics_options options;
  size_t segments, planes;
  bool fractions;
  bool overlap;
  dseg_statistics_frame frame;
  unsigned bits;             /* of labels */
  const uint8_t *own_labels; /* the source's, all planes; NULL: they are read */
  uint32_t *segment_of;      /* by label, for the source's own; NULL: label - 1 */
  uint32_t *values;          /* by segment: index + 1 */
  size_t plane_bytes, room;  /* a plane of labels or of a mask; planes in memory */
  uint8_t *batch;
  size_t batch_bytes;
  unsigned workers;
  uint8_t *present;        /* of a worker: a byte for each segment */
  dseg_segment_sums *sums; /* of a worker: one for each segment */
  uint8_t *by_plane;       /* or NULL */
};

/* The planes that are worked on. */
struct batch {
  struct walk *walk;
  size_t first;
  const uint8_t *labels; /* NULL: segment by segment */
};

static dseg_plane_place place_of(const struct walk *walk, size_t plane) {
  const dseg_geometry *geometry = &walk->description->geometry;
  const bool tiled = geometry->space == DSEG_SPACE_SLIDE && walk->frame.has_grid;
  return (dseg_plane_place){.index = plane,
                            .column = tiled ? geometry->planes[plane].matrix_column : 0,
                            .row = tiled ? geometry->planes[plane].matrix_row : 0,
                            .slice = walk->frame.slots[plane],
                            .columns = geometry->columns,
                            .rows = geometry->rows};
}

static dseg_status read_labels(const struct walk *walk, size_t first, size_t count, unsigned threads, uint8_t *out,
                               bool *overlap, dseg_error *error) {
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .first_plane = first,
                                      .plane_count = count,
                                      .bits = walk->bits,
                                      .values = walk->values,
                                      .overlap = DSEG_OVERLAP_FIRST,
                                      .threads = threads};
  dseg_overlap found = {0};
  DSEG_TRY(dseg_source_read_labels(walk->source, &request, out, count * walk->plane_bytes, &found, error));
  *overlap = found.voxels > 0;
  return DSEG_OK;
}

/* Segment by segment, into the worker's plane of the batch. */
static dseg_status add_masks(const struct walk *walk, size_t plane, unsigned worker, dseg_error *error) {
  const dseg_plane_place place = place_of(walk, plane);
  const size_t pixels = place.columns * place.rows;
  uint8_t *present = walk->present + worker * walk->segments;
  uint8_t *mask = walk->batch + worker * walk->plane_bytes;
  DSEG_TRY(dseg_source_segments_in_plane(walk->source, plane, present, error));
  for (size_t i = 0; i < walk->segments; i++) {
    if (present[i] != 0) {
      DSEG_TRY(dseg_source_read_mask(walk->source, i, plane, 1, mask, pixels, 1, error));
      dseg_sums_add_mask(&walk->sums[worker * walk->segments + i], mask, &place);
    }
  }
  return DSEG_OK;
}

/* A plane of a batch that has overlap somewhere. */
static dseg_status add_plane_again(const struct walk *walk, size_t plane, unsigned worker, dseg_error *error) {
  uint8_t *labels = walk->batch + worker * walk->plane_bytes;
  bool overlap = false;
  DSEG_TRY(read_labels(walk, plane, 1, 1, labels, &overlap, error));
  if (overlap) {
    return add_masks(walk, plane, worker, error);
  }
  const dseg_plane_place place = place_of(walk, plane);
  dseg_sums_add_labels(walk->sums + worker * walk->segments, labels, walk->bits, NULL, &place);
  return DSEG_OK;
}

static void note_present(const struct walk *walk, size_t plane, unsigned worker) {
  for (size_t i = 0; i < walk->segments; i++) {
    const dseg_segment_sums *sums = &walk->sums[worker * walk->segments + i];
    walk->by_plane[plane * walk->segments + i] = sums->voxels > 0 && sums->last_plane == plane;
  }
}

static dseg_status add_plane(void *user, size_t index, unsigned worker, dseg_error *error) {
  const struct batch *batch = user;
  const struct walk *walk = batch->walk;
  const size_t plane = batch->first + index;
  if (batch->labels != NULL) {
    const dseg_plane_place place = place_of(walk, plane);
    dseg_sums_add_labels(walk->sums + worker * walk->segments, batch->labels + index * walk->plane_bytes, walk->bits,
                         walk->segment_of, &place);
  } else {
    DSEG_TRY(walk->fractions ? add_masks(walk, plane, worker, error) : add_plane_again(walk, plane, worker, error));
  }
  if (walk->by_plane != NULL) {
    note_present(walk, plane, worker);
  }
  return DSEG_OK;
}

static dseg_status add_batch(struct walk *walk, size_t first, size_t count, dseg_error *error) {
  struct batch batch = {.walk = walk, .first = first};
  if (walk->own_labels != NULL) {
    batch.labels = walk->own_labels + first * walk->plane_bytes;
  } else if (!walk->fractions) {
    bool overlap = false;
    DSEG_TRY(read_labels(walk, first, count, walk->options.threads, walk->batch, &overlap, error));
    walk->overlap = walk->overlap || overlap;
    batch.labels = overlap ? NULL : walk->batch;
  }
  return dseg_parallel_for(count, dseg_worker_count(walk->workers, count), add_plane, &batch, error);
}

/* The planes of the next step are those from first on. */
static void go_to(struct walk *walk, size_t first) {
  const size_t left = walk->planes - first;
  walk->base.first = first;
  walk->base.count = walk->room < left ? walk->room : left;
}

static dseg_status step(dseg_walk *base, dseg_error *error) {
  struct walk *walk = (struct walk *)(void *)base;
  const dseg_progress *progress = &walk->options.progress;
  DSEG_TRY(add_batch(walk, base->first, base->count, error));
  go_to(walk, base->first + base->count);
  if (progress->report != NULL) {
    progress->report(progress->user, base->first, walk->planes);
  }
  return DSEG_OK;
}

/* Labels that the source has in memory need no copy. Those of 8 and 16 bits are the segments' numbers, which a table
 * leads to their indices. */
static void find_own_labels(struct walk *walk) {
  const dseg_description *description = walk->description;
  if (walk->fractions || walk->segments == 0 || description->segments[0].number == 0) {
    return;
  }
  for (unsigned bits = 8; bits <= 16 && walk->own_labels == NULL; bits *= 2) {
    walk->own_labels = dseg_source_view_labels(walk->source, bits, NULL);
    walk->bits = walk->own_labels != NULL ? bits : walk->bits;
  }
  if (walk->own_labels == NULL) {
    return;
  }
  walk->segment_of = calloc(LABEL_VALUES, sizeof *walk->segment_of);
  if (walk->segment_of == NULL) {
    walk->own_labels = NULL; /* then they are read, which is slower */
    return;
  }
  for (size_t i = 0; i < walk->segments; i++) {
    if (description->segments[i].number < LABEL_VALUES) {
      walk->segment_of[description->segments[i].number] = (uint32_t)i;
    }
  }
}

static dseg_status allocate_batch(struct walk *walk, dseg_error *error) {
  const dseg_geometry *geometry = &walk->description->geometry;
  const size_t voxel_bytes = walk->fractions ? 1 : walk->bits / 8;
  if (!dseg_mul_size((size_t)geometry->rows * geometry->columns, voxel_bytes, &walk->plane_bytes)) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "a plane exceeds the address space");
  }
  walk->room = walk->plane_bytes > 0 ? BATCH_BYTES / walk->plane_bytes : walk->planes;
  walk->room = walk->room < walk->workers ? walk->workers : walk->room;
  walk->room = walk->room > walk->planes ? walk->planes : walk->room;
  if (walk->own_labels != NULL) {
    return DSEG_OK;
  }
  if (dseg_mul_size(walk->plane_bytes, walk->room, &walk->batch_bytes)) {
    walk->batch_bytes = walk->batch_bytes > 0 ? walk->batch_bytes : 1;
    walk->batch = dseg_labels_alloc(walk->batch_bytes);
  }
  return walk->batch != NULL ? DSEG_OK
                             : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", walk->room);
}

static dseg_status allocate(struct walk *walk, dseg_error *error) {
  const size_t count = walk->segments + 1;
  walk->bits = walk->segments <= UINT8_MAX ? 8 : walk->segments <= UINT16_MAX ? 16 : 32;
  walk->workers = dseg_worker_count(walk->options.threads, walk->planes);
  walk->values = calloc(count, sizeof *walk->values);
  size_t all;
  if (dseg_mul_size(count, walk->workers, &all)) {
    walk->present = calloc(all, 1);
    walk->sums = calloc(all, sizeof *walk->sums);
  }
  if (walk->options.by_plane && dseg_mul_size(walk->planes, walk->segments, &all)) {
    walk->by_plane = calloc(all + 1, 1);
  }
  if (walk->values == NULL || walk->present == NULL || walk->sums == NULL ||
      (walk->options.by_plane && walk->by_plane == NULL)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", walk->segments);
  }
  for (size_t i = 0; i < walk->segments; i++) {
    walk->values[i] = (uint32_t)(i + 1);
  }
  find_own_labels(walk);
  return allocate_batch(walk, error);
}

/* Adds what the workers found to the first one's. */
static void merge_workers(struct walk *walk) {
  for (unsigned worker = 1; worker < walk->workers; worker++) {
    for (size_t i = 0; i < walk->segments; i++) {
      dseg_sums_merge(&walk->sums[i], &walk->sums[worker * walk->segments + i]);
    }
  }
}

static void destroy(dseg_walk *base) {
  struct walk *walk = (struct walk *)(void *)base;
  dseg_labels_free(walk->batch, walk->batch_bytes);
  dseg_statistics_frame_free(&walk->frame);
  free(walk->segment_of);
  free(walk->values);
  free(walk->present);
  free(walk->sums);
  free(walk->by_plane);
  free(walk);
}

static dseg_status begin(struct walk *walk, dseg_error *error) {
  DSEG_TRY(dseg_statistics_frame_find(walk->description, &walk->frame, error));
  DSEG_TRY(allocate(walk, error));
  go_to(walk, 0);
  return DSEG_OK;
}

dseg_status dseg_statistics_begin(dseg_source *source, const dseg_statistics_options *options, dseg_walk **made,
                                  dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || made == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_statistics_begin: source and walk must not be NULL");
  }
  *made = NULL;
  dseg_statistics_options complete;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_statistics_options, &complete, options, error));
  const dseg_description *description = source->description;
  struct walk *walk = calloc(1, sizeof *walk);
  if (walk == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", description->geometry.plane_count);
    return DSEG_ERROR_MEMORY;
  }
  *walk = (struct walk){
      .base = {.step = step, .destroy = destroy},
      .source = source,
      .description = description,
      .options = complete,
      .segments = description->segment_count,
      .planes = description->geometry.plane_count,
      .fractions = description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY};
  const dseg_status status = begin(walk, error);
  if (status != DSEG_OK) {
    destroy(&walk->base);
    return status;
  }
  *made = &walk->base;
  return DSEG_OK;
}

dseg_status dseg_statistics_end(dseg_walk *base, dseg_statistics **statistics, dseg_error *error) {
  dseg_error_clear(error);
  if (base == NULL || statistics == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_statistics_end: walk and statistics must not be NULL");
  }
  struct walk *walk = (struct walk *)(void *)base;
  merge_workers(walk);
  const dseg_statistics found = {.fractions = walk->fractions, .overlap = walk->overlap};
  DSEG_TRY(
      dseg_statistics_make(walk->description, &walk->frame, walk->sums, &found, walk->by_plane, statistics, error));
  walk->by_plane = NULL; /* the result's now */
  return DSEG_OK;
}

dseg_status dseg_source_statistics(dseg_source *source, const dseg_statistics_options *options,
                                   dseg_statistics **statistics, dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || statistics == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_source_statistics: source and statistics must not be NULL");
  }
  *statistics = NULL;
  dseg_walk *walk = NULL;
  DSEG_TRY(dseg_statistics_begin(source, options, &walk, error));
  dseg_status status = dseg_walk_all(walk, error);
  if (status == DSEG_OK) {
    status = dseg_statistics_end(walk, statistics, error);
  }
  walk->destroy(walk);
  return status;
}
