/* SPDX-License-Identifier: Apache-2.0 */
/* slabs.c - counts the voxels of each pair of segments, and where they differ.
 *
 * Both sides are read a slab at a time: some planes, or some rows of a slide. Where no segments overlap a slab is
 * compared as two label maps whose values are the pairs' numbers; where they do, or where there are fractions, pair
 * by pair as masks. Instances are read and counted likewise, by their numbers. */
#include <stdlib.h>
#include <string.h>

#include "compare/slab.h"
#include "sources/source.h"

#define SLAB_BYTES ((uint64_t)32 << 20)
/* Where B's planes run across A's, B is read once for each slab: fewer, larger ones then. */
#define CROSSED_SLAB_BYTES ((uint64_t)256 << 20)
#define MAX_SLAB_BYTES ((uint64_t)4 << 30)

/* What a part asks of its side; segment -1: labels. */
static dseg_box_request box_request(const dseg_slab_walk *walk, const dseg_slab_part *part, ptrdiff_t segment,
                                    const uint32_t *values) {
  dseg_box_request request = {.struct_size = sizeof(dseg_box_request),
                              .bits = segment < 0   ? 32
                                      : walk->exact ? DSEG_BOX_FRACTIONS
                                                    : 0,
                              .segment = segment < 0 ? 0 : (size_t)segment,
                              .values = values,
                              .threads = walk->job->options.threads,
                              .instances = walk->instances != NULL};
  for (int axis = 0; axis < 3; axis++) {
    request.low[axis] = (size_t)part->low[axis];
    request.high[axis] = (size_t)part->high[axis];
  }
  return request;
}

static dseg_status read_part(const dseg_slab_walk *walk, const dseg_compare_side *side, dseg_slab_part *part,
                             ptrdiff_t segment, const uint32_t *values, dseg_error *error) {
  const dseg_box_request request = box_request(walk, part, segment, values);
  dseg_overlap overlap = {0};
  part->voxel_bytes = segment < 0 ? 4 : walk->exact ? sizeof(double) : 1;
  return part->empty ? DSEG_OK : dseg_box_read(side->source, &side->layout, &request, part->voxels, &overlap, error);
}

/* Sets present[i] to 1 for segments that may have voxels in the part. */
static dseg_status find_segments(const dseg_slab_walk *walk, const dseg_compare_side *side, const dseg_slab_part *part,
                                 uint8_t *present, dseg_error *error) {
  const dseg_box_request request = box_request(walk, part, 0, NULL);
  return part->empty ? DSEG_OK
                     : dseg_box_segments(side->source, &side->layout, &request, present, walk->scratch, error);
}

static dseg_status compare_slab_labels(dseg_slab_walk *walk, dseg_error *error) {
  dseg_compare_job *job = walk->job;
  DSEG_TRY(read_part(walk, &job->a, &walk->a, -1, walk->values_a, error));
  DSEG_TRY(read_part(walk, &job->b, &walk->b, -1, walk->values_b, error));
  dseg_slab_compare(walk, NULL);
  return DSEG_OK;
}

/* Reads the mask of a segment, or makes the part count as empty where it certainly is. */
static dseg_status read_mask_part(const dseg_slab_walk *walk, const dseg_compare_side *side, dseg_slab_part *part,
                                  ptrdiff_t segment, const uint8_t *present, dseg_error *error) {
  part->empty = part->empty || segment < 0 || (present[segment] == 0 && !walk->exact);
  return part->empty ? DSEG_OK : read_part(walk, side, part, segment, NULL, error);
}

static dseg_status compare_slab_masks(dseg_slab_walk *walk, dseg_error *error) {
  dseg_compare_job *job = walk->job;
  DSEG_TRY(find_segments(walk, &job->a, &walk->a, walk->present_a, error));
  DSEG_TRY(find_segments(walk, &job->b, &walk->b, walk->present_b, error));
  const bool no_a = walk->a.empty;
  const bool no_b = walk->b.empty;
  for (size_t i = 0; i < job->pair_count; i++) {
    dseg_compared_pair *pair = &job->pairs[i];
    walk->a.empty = no_a;
    walk->b.empty = no_b;
    DSEG_TRY(read_mask_part(walk, &job->a, &walk->a, pair->a, walk->present_a, error));
    DSEG_TRY(read_mask_part(walk, &job->b, &walk->b, pair->b, walk->present_b, error));
    if (!walk->a.empty || !walk->b.empty) {
      dseg_slab_compare(walk, pair);
    }
  }
  return DSEG_OK;
}

static dseg_status compare_slab(dseg_slab_walk *walk, dseg_error *error) {
  dseg_slab_locate(walk);
  if (walk->instances != NULL) {
    return compare_slab_labels(walk, error);
  }
  if (!walk->job->fractions) {
    dseg_error local = {DSEG_OK, ""};
    const dseg_status status = compare_slab_labels(walk, &local);
    if (status != DSEG_ERROR_OVERLAP) {
      return status == DSEG_OK ? status : dseg_fail(error, status, "%s", local.message);
    }
  }
  return compare_slab_masks(walk, error);
}

static bool is_fraction(const dseg_description *description) {
  return description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY;
}

static uint32_t stored_maximum(const dseg_description *description) {
  return is_fraction(description) && description->maximum_fraction > 0 ? description->maximum_fraction : 1;
}

/* Fractions of different maxima are equal when rounding alone can tell them apart; a mask has no rounding. Floats are
 * compared as they are. */
static void choose_scale(dseg_slab_walk *walk) {
  double off = 0;
  const bool exact_a = dseg_source_keeps_fractions(walk->job->a.source, &off);
  const bool exact_b = dseg_source_keeps_fractions(walk->job->b.source, &off);
  const uint32_t a = stored_maximum(walk->job->a.description);
  const uint32_t b = stored_maximum(walk->job->b.description);
  walk->scale_a = 1.0 / a;
  walk->scale_b = 1.0 / b;
  walk->slack = a == b || a == 1 || b == 1 ? 1e-9 : 0.5 / a + 0.5 / b + 1e-9;
  walk->exact = exact_a || exact_b;
  if (walk->exact) { /* stored values are the nearest to what was stored; 1e-6 is the rounding of floats */
    const uint32_t stored = exact_a && exact_b ? 1 : exact_a ? b : a;
    walk->slack = stored > 1 ? 0.5 / stored + 1e-6 : 0;
  }
}

/* How thick slabs are, and along which axis of A. */
static dseg_status choose_slabs(dseg_slab_walk *walk, dseg_error *error) {
  const dseg_compare_job *job = walk->job;
  const bool slide = job->a.layout.plane_of_slot == NULL || job->b.layout.plane_of_slot == NULL;
  walk->slab_axis = slide ? 1 : 2;
  uint64_t unit = walk->exact ? sizeof(double) : sizeof(uint32_t);
  for (int axis = 0; axis < 3; axis++) {
    const uint64_t extent = (uint64_t)(job->map.high[axis] - job->map.low[axis]);
    if (axis != walk->slab_axis && __builtin_mul_overflow(unit, extent, &unit)) {
      unit = MAX_SLAB_BYTES;
    }
  }
  if (unit >= MAX_SLAB_BYTES) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "planes of this size are not compared");
  }
  const bool crossed = job->map.axis[walk->slab_axis] != walk->slab_axis;
  walk->slab_size = (int64_t)((crossed ? CROSSED_SLAB_BYTES : SLAB_BYTES) / unit);
  if (slide) { /* whole rows of tiles, so that none is read twice */
    const int64_t rows = (int64_t)job->a.description->geometry.rows;
    walk->slab_size = (walk->slab_size / rows > 0 ? walk->slab_size / rows : 1) * rows;
  }
  const int64_t extent = job->map.high[walk->slab_axis] - job->map.low[walk->slab_axis];
  walk->slab_size = walk->slab_size < 1 ? 1 : walk->slab_size > extent ? extent : walk->slab_size;
  return unit * (uint64_t)walk->slab_size < MAX_SLAB_BYTES
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_LIMIT, "tiles of this size are not compared");
}

static dseg_status allocate(dseg_slab_walk *walk, dseg_error *error) {
  const dseg_compare_job *job = walk->job;
  const size_t width = (size_t)(job->map.high[0] - job->map.low[0]);
  size_t voxels = (size_t)walk->slab_size;
  for (int axis = 0; axis < 3; axis++) {
    voxels *= axis != walk->slab_axis ? (size_t)(job->map.high[axis] - job->map.low[axis]) : 1;
  }
  const size_t count_a = job->a.description->segment_count;
  const size_t count_b = job->b.description->segment_count;
  const size_t element = walk->exact ? sizeof(double) : sizeof(uint32_t);
  walk->a.voxels = malloc((voxels + 1) * element);
  walk->b.voxels = malloc((voxels + 1) * element);
  walk->a.row = malloc((width + 1) * element);
  walk->b.row = malloc((width + 1) * element);
  walk->values_a = calloc(count_a + 1, sizeof *walk->values_a);
  walk->values_b = calloc(count_b + 1, sizeof *walk->values_b);
  walk->present_a = calloc(count_a + 1, 1);
  walk->present_b = calloc(count_b + 1, 1);
  walk->scratch = calloc((count_a > count_b ? count_a : count_b) + 1, 1);
  if (walk->a.voxels == NULL || walk->b.voxels == NULL || walk->a.row == NULL || walk->b.row == NULL ||
      walk->values_a == NULL || walk->values_b == NULL || walk->present_a == NULL || walk->present_b == NULL ||
      walk->scratch == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu voxels", voxels);
  }
  for (size_t i = 0; i < job->pair_count; i++) {
    const dseg_compared_pair *pair = &job->pairs[i];
    if (pair->a >= 0) {
      walk->values_a[pair->a] = (uint32_t)(i + 1);
    }
    if (pair->b >= 0) {
      walk->values_b[pair->b] = (uint32_t)(i + 1);
    }
  }
  return DSEG_OK;
}

static void release(dseg_slab_walk *walk) {
  free(walk->a.voxels);
  free(walk->b.voxels);
  free(walk->a.row);
  free(walk->b.row);
  free(walk->values_a);
  free(walk->values_b);
  free(walk->present_a);
  free(walk->present_b);
  free(walk->scratch);
}

static dseg_status walk_slabs(dseg_slab_walk *walk, dseg_error *error) {
  dseg_compare_job *job = walk->job;
  const dseg_progress *progress = &job->options.progress;
  const int axis = walk->slab_axis;
  memcpy(walk->low, job->map.low, sizeof walk->low);
  memcpy(walk->high, job->map.high, sizeof walk->high);
  const int64_t begin = job->map.low[axis];
  const int64_t end = job->map.high[axis];
  for (int64_t at = begin; at < end; at += walk->slab_size) {
    walk->low[axis] = at;
    walk->high[axis] = at + walk->slab_size < end ? at + walk->slab_size : end;
    DSEG_TRY(compare_slab(walk, error));
    if (progress->report != NULL) {
      progress->report(progress->user, (unsigned long long)(walk->high[axis] - begin),
                       (unsigned long long)(end - begin));
    }
  }
  return DSEG_OK;
}

static dseg_status walk_all(dseg_slab_walk *walk, dseg_error *error) {
  dseg_status status = choose_slabs(walk, error);
  if (status == DSEG_OK) {
    status = allocate(walk, error);
  }
  if (status == DSEG_OK) {
    status = walk_slabs(walk, error);
  }
  release(walk);
  return status;
}

dseg_status dseg_compare_count_instances(dseg_compare_job *job, dseg_instance_counts *counts, dseg_error *error) {
  dseg_slab_walk walk = {.job = job, .instances = counts};
  return walk_all(&walk, error);
}

dseg_status dseg_compare_voxels(dseg_compare_job *job, dseg_error *error) {
  dseg_slab_walk walk = {.job = job};
  job->fractions = is_fraction(job->a.description) || is_fraction(job->b.description);
  job->first_plane = INT64_MAX;
  job->last_plane = INT64_MIN;
  for (size_t i = 0; i < job->pair_count; i++) {
    const dseg_compared_pair *pair = &job->pairs[i];
    job->pairs[i] = (dseg_compared_pair){.a = pair->a, .b = pair->b};
  }
  choose_scale(&walk);
  const dseg_status status = walk_all(&walk, error);
  job->voxels_compared = status == DSEG_OK;
  return status;
}
