/* SPDX-License-Identifier: Apache-2.0 */
/* instance_statistics.c - passes over the grid of a source once, in slabs of planes or of a slide's rows, and adds up
 * what each instance has of it, run by run. */
#include "dseg/instance_statistics.h"

#include <math.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/options.h"
#include "base/threads.h"
#include "model/label_runs.h"
#include "sources/box.h"
#include "sources/source.h"
#include "sources/statistics_result.h"

#define SLAB_BYTES ((size_t)32 << 20)
#define MAX_SLAB_BYTES ((size_t)UINT32_MAX)
#define SUMS_BYTES ((size_t)256 << 20) /* of all threads */
#define STANDARD_MEMORY ((uint64_t)4 << 30)
#define INSTANCE_BYTES 120 /* of sums, of the result and of counts that are sorted */
enum { BLOCK_ROWS = 64 /* that a thread takes at a time */ };

/* What is added up of an instance; all zero before its first voxel. */
struct sums {
  uint64_t voxels;
  uint64_t twice[3]; /* twice the sum of indices */
  uint32_t low[3], high[3];
};

struct walk {
  dseg_source *source;
  dseg_instance_statistics_options options;
  size_t count;
  dseg_box_grid layout;
  int axis; /* across which slabs lie: 1 rows, 2 planes */
  size_t thickness;
  dseg_box_request box; /* the slab */
  uint32_t *voxels;
  size_t bytes; /* of voxels */
  unsigned workers;
  struct sums *sums; /* of a worker: one for each instance */
};

static void add_run(struct sums *to, uint32_t start, uint32_t count, uint32_t row, uint32_t plane) {
  const uint32_t last[3] = {start + count - 1, row, plane};
  const uint32_t first[3] = {start, row, plane};
  for (int axis = 0; axis < 3; axis++) {
    to->twice[axis] += (uint64_t)count * ((uint64_t)first[axis] + last[axis]);
    to->low[axis] = to->voxels == 0 || first[axis] < to->low[axis] ? first[axis] : to->low[axis];
    to->high[axis] = last[axis] > to->high[axis] ? last[axis] : to->high[axis];
  }
  to->voxels += count;
}

static void add_row(struct sums *sums, const uint32_t *row, size_t columns, size_t j, size_t k) {
  for (size_t at = 0; at < columns;) {
    const size_t end = dseg_label_run_end(row, 32, at, columns);
    if (row[at] != 0) {
      add_run(&sums[row[at] - 1], (uint32_t)at, (uint32_t)(end - at), (uint32_t)j, (uint32_t)k);
    }
    at = end;
  }
}

/* A block of the slab's rows, counted over all its planes. */
static dseg_status add_block(void *user, size_t index, unsigned worker, dseg_error *error) {
  (void)error;
  const struct walk *walk = user;
  const size_t columns = walk->layout.grid.size[0];
  const size_t rows = walk->box.high[1] - walk->box.low[1];
  const size_t all = rows * (walk->box.high[2] - walk->box.low[2]);
  const size_t begin = index * BLOCK_ROWS;
  const size_t end = begin + BLOCK_ROWS < all ? begin + BLOCK_ROWS : all;
  for (size_t row = begin; row < end; row++) {
    add_row(walk->sums + worker * walk->count, walk->voxels + row * columns, columns, walk->box.low[1] + row % rows,
            walk->box.low[2] + row / rows);
  }
  return DSEG_OK;
}

static dseg_status add_slab(struct walk *walk, dseg_error *error) {
  dseg_overlap overlap = {0};
  const size_t rows = (walk->box.high[1] - walk->box.low[1]) * (walk->box.high[2] - walk->box.low[2]);
  const size_t blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
  DSEG_TRY(dseg_box_read(walk->source, &walk->layout, &walk->box, walk->voxels, &overlap, error));
  return dseg_parallel_for(blocks, dseg_worker_count(walk->workers, blocks), add_block, walk, error);
}

/* The first row from at on that a tile of a slide has; of a volume at itself. A small file may say that its total pixel
 * matrix is huge. */
static size_t next_row(const struct walk *walk, size_t at) {
  const dseg_geometry *geometry = &walk->source->description->geometry;
  size_t next = walk->layout.grid.size[1];
  if (walk->layout.plane_of_slot != NULL) {
    return at;
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const size_t top = geometry->planes[i].matrix_row;
    if (top + geometry->rows > at && top < next) {
      next = top > at ? top : at;
    }
  }
  return next;
}

static dseg_status walk_slabs(struct walk *walk, dseg_error *error) {
  const dseg_progress *progress = &walk->options.progress;
  const size_t end = walk->layout.grid.size[walk->axis];
  for (size_t at = next_row(walk, 0); at < end; at = next_row(walk, walk->box.high[walk->axis])) {
    walk->box.low[walk->axis] = at;
    walk->box.high[walk->axis] = at + walk->thickness < end ? at + walk->thickness : end;
    DSEG_TRY(add_slab(walk, error));
    if (progress->report != NULL) {
      progress->report(progress->user, walk->box.high[walk->axis], end);
    }
  }
  return DSEG_OK;
}

/* Slabs of slides are whole rows of tiles, so that none is read twice where tiles do not overlap. */
static dseg_status choose_slabs(struct walk *walk, dseg_error *error) {
  const size_t *size = walk->layout.grid.size;
  const bool is_slide = walk->layout.plane_of_slot == NULL;
  const size_t step = is_slide ? walk->source->description->geometry.rows : 1;
  size_t bytes = sizeof *walk->voxels;
  walk->axis = is_slide ? 1 : 2;
  for (int axis = 0; axis < 3; axis++) {
    walk->box.high[axis] = size[axis];
    if (axis != walk->axis && !dseg_mul_size(bytes, size[axis], &bytes)) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "a plane exceeds the address space");
    }
  }
  const size_t fit = bytes > 0 ? SLAB_BYTES / bytes / (step > 0 ? step : 1) * step : size[walk->axis];
  walk->thickness = fit < step ? step : fit;
  walk->thickness = walk->thickness > size[walk->axis] ? size[walk->axis] : walk->thickness;
  walk->thickness = walk->thickness > 0 ? walk->thickness : 1;
  return dseg_mul_size(bytes, walk->thickness, &walk->bytes) && walk->bytes <= MAX_SLAB_BYTES
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_LIMIT, "a plane or a row of tiles of this size is not measured");
}

static dseg_status allocate(struct walk *walk, dseg_error *error) {
  const uint64_t limit = walk->options.memory_limit != 0 ? walk->options.memory_limit : STANDARD_MEMORY;
  if (walk->count > limit / INSTANCE_BYTES) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "statistics of %zu instances take %d bytes each, past the memory limit of %llu", walk->count,
                     INSTANCE_BYTES, (unsigned long long)limit);
  }
  const size_t most = walk->count > 0 ? SUMS_BYTES / sizeof *walk->sums / walk->count : 1;
  walk->workers = dseg_worker_count(walk->options.threads, most > 0 ? most : 1);
  size_t all;
  if (dseg_mul_size(walk->count, walk->workers, &all)) {
    walk->sums = calloc(all + 1, sizeof *walk->sums);
  }
  if (walk->sums == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu instances", walk->count);
  }
  walk->voxels = dseg_labels_alloc(walk->bytes > 0 ? walk->bytes : 1);
  return walk->voxels != NULL
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes of voxels", walk->bytes);
}

static void add_sums(struct sums *to, const struct sums *from) {
  for (int axis = 0; axis < 3 && from->voxels > 0; axis++) {
    to->twice[axis] += from->twice[axis];
    to->low[axis] = to->voxels == 0 || from->low[axis] < to->low[axis] ? from->low[axis] : to->low[axis];
    to->high[axis] = from->high[axis] > to->high[axis] ? from->high[axis] : to->high[axis];
  }
  to->voxels += from->voxels;
}

static void merge_workers(const struct walk *walk) {
  for (unsigned worker = 1; worker < walk->workers; worker++) {
    for (size_t i = 0; i < walk->count; i++) {
      add_sums(&walk->sums[i], &walk->sums[worker * walk->count + i]);
    }
  }
}

/* The public part first: the caller's pointer is one to the whole. */
struct owned {
  dseg_instance_statistics result;
  uint64_t *voxels;
  uint32_t *boxes;
  double *centroids;
};

static void fill_columns(const struct walk *walk, const struct owned *to) {
  for (size_t i = 0; i < walk->count; i++) {
    const struct sums *from = &walk->sums[i];
    to->voxels[i] = from->voxels;
    for (size_t axis = 0; axis < 3; axis++) {
      const bool empty = from->voxels == 0;
      to->boxes[6 * i + axis] = empty ? 1 : from->low[axis];
      to->boxes[6 * i + 3 + axis] = empty ? 0 : from->high[axis];
      to->centroids[3 * i + axis] = empty ? NAN : (double)from->twice[axis] / (2.0 * (double)from->voxels);
    }
  }
}

static int compare_counts(const void *a, const void *b) {
  const uint64_t one = *(const uint64_t *)a;
  const uint64_t two = *(const uint64_t *)b;
  return one < two ? -1 : one > two;
}

/* The least, the median and the largest of those that have voxels. */
static dseg_status rank(struct owned *to, dseg_error *error) {
  dseg_instance_statistics *result = &to->result;
  uint64_t *sorted = malloc((result->count + 1) * sizeof *sorted);
  if (sorted == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu instances", result->count);
  }
  for (size_t i = 0; i < result->count; i++) {
    if (to->voxels[i] > 0) {
      sorted[result->present++] = to->voxels[i];
    }
  }
  qsort(sorted, result->present, sizeof *sorted, compare_counts);
  if (result->present > 0) {
    result->least = sorted[0];
    result->median = sorted[(result->present - 1) / 2];
    result->most = sorted[result->present - 1];
  }
  free(sorted);
  return DSEG_OK;
}

static dseg_status make_result(const struct walk *walk, const dseg_statistics_frame *frame, struct owned *to,
                               dseg_error *error) {
  to->voxels = malloc((walk->count + 1) * sizeof *to->voxels);
  to->boxes = calloc(walk->count + 1, 6 * sizeof *to->boxes);
  to->centroids = calloc(walk->count + 1, 3 * sizeof *to->centroids);
  if (to->voxels == NULL || to->boxes == NULL || to->centroids == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu instances", walk->count);
  }
  to->result = (dseg_instance_statistics){.grid = walk->layout.grid,
                                          .unit = frame->unit,
                                          .voxel_size = frame->voxel_size,
                                          .count = walk->count,
                                          .voxels = to->voxels,
                                          .boxes = to->boxes,
                                          .centroids = to->centroids};
  fill_columns(walk, to);
  return rank(to, error);
}

static dseg_status find_all(struct walk *walk, struct owned *to, dseg_error *error) {
  const dseg_description *description = walk->source->description;
  DSEG_TRY(dseg_source_read_instances(walk->source, 0, 0, NULL, 0, 1, error)); /* whether there are any */
  walk->count = description->instances->count;
  DSEG_TRY(dseg_box_grid_find(&description->geometry, &walk->layout, error));
  DSEG_TRY(choose_slabs(walk, error));
  DSEG_TRY(allocate(walk, error));
  DSEG_TRY(walk_slabs(walk, error));
  merge_workers(walk);
  dseg_statistics_frame frame = {0};
  dseg_status status = dseg_statistics_frame_find(description, &frame, error);
  if (status == DSEG_OK) {
    status = make_result(walk, &frame, to, error);
  }
  dseg_statistics_frame_free(&frame);
  return status;
}

dseg_status dseg_source_instance_statistics(dseg_source *source, const dseg_instance_statistics_options *options,
                                            dseg_instance_statistics **statistics, dseg_error *error) {
  dseg_error_clear(error);
  if (source == NULL || statistics == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "dseg_source_instance_statistics: source and statistics must not be NULL");
  }
  *statistics = NULL;
  struct walk walk = {.source = source, .box = {.struct_size = sizeof(dseg_box_request), .bits = 32, .instances = 1}};
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_instance_statistics_options, &walk.options, options, error));
  walk.box.threads = walk.options.threads;
  struct owned *made = calloc(1, sizeof *made);
  dseg_status status =
      made != NULL ? find_all(&walk, made, error) : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for statistics");
  dseg_box_grid_free(&walk.layout);
  dseg_labels_free(walk.voxels, walk.bytes > 0 ? walk.bytes : 1);
  free(walk.sums);
  if (status == DSEG_OK) {
    *statistics = &made->result;
  } else if (made != NULL) {
    dseg_instance_statistics_destroy(&made->result);
  }
  return status;
}

void dseg_instance_statistics_destroy(dseg_instance_statistics *statistics) {
  struct owned *made = (struct owned *)(void *)statistics;
  if (made != NULL) {
    free(made->voxels);
    free(made->boxes);
    free(made->centroids);
    free(made);
  }
}
