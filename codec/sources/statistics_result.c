/* SPDX-License-Identifier: Apache-2.0 */
/* statistics_result.c - volumes, centroids and positions from whole numbers, and the memory that they come in. */
#include "sources/statistics_result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/vector.h"

#define CUBIC_MILLIMETRES_IN_A_MILLILITRE 1000.0

static bool is_distance(double value) {
  return isfinite(value) && value > 0;
}

/* Of the parallelepiped between neighbours. */
static double volume_of(const dseg_grid *grid) {
  double base[3];
  dseg_cross(grid->step[1], grid->step[2], base);
  return fabs(dseg_dot(grid->step[0], base));
}

/* Several planes tell their distance; of a single one the file says it, or says how thick it is. */
static bool knows_depth(const dseg_geometry *geometry) {
  return geometry->plane_count > 1 || is_distance(geometry->spacing_between_slices) ||
         is_distance(geometry->slice_thickness);
}

static void measure(const dseg_geometry *geometry, dseg_statistics_frame *frame) {
  const bool spaced = is_distance(geometry->pixel_spacing[0]) && is_distance(geometry->pixel_spacing[1]);
  frame->voxel_size = NAN;
  frame->has_positions = frame->has_grid && spaced && geometry->space != DSEG_SPACE_NONE;
  if (geometry->space != DSEG_SPACE_PATIENT) {
    frame->unit = spaced ? DSEG_SIZE_SQUARE_MILLIMETRES : DSEG_SIZE_UNKNOWN;
    frame->voxel_size = spaced ? geometry->pixel_spacing[0] * geometry->pixel_spacing[1] : NAN;
  } else if (frame->has_grid && spaced && knows_depth(geometry)) {
    frame->unit = DSEG_SIZE_MILLILITRES;
    frame->voxel_size = volume_of(&frame->grid) / CUBIC_MILLIMETRES_IN_A_MILLILITRE;
  }
}

dseg_status dseg_statistics_frame_find(const dseg_description *description, dseg_statistics_frame *frame,
                                       dseg_error *error) {
  const dseg_geometry *geometry = &description->geometry;
  *frame = (dseg_statistics_frame){.unit = DSEG_SIZE_UNKNOWN};
  frame->slots = calloc(geometry->plane_count + 1, sizeof *frame->slots);
  if (frame->slots == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", geometry->plane_count);
  }
  const dseg_status status = dseg_geometry_to_grid(geometry, &frame->grid, frame->slots, error);
  if (status == DSEG_ERROR_MEMORY) {
    return status;
  }
  frame->has_grid = status == DSEG_OK;
  if (!frame->has_grid) {
    dseg_error_clear(error);
    frame->grid = (dseg_grid){.size = {0}};
    for (size_t i = 0; i < geometry->plane_count; i++) {
      frame->slots[i] = i;
    }
  }
  measure(geometry, frame);
  return DSEG_OK;
}

void dseg_statistics_frame_free(dseg_statistics_frame *frame) {
  free(frame->slots);
  frame->slots = NULL;
}

static void find_position(const dseg_statistics_frame *frame, const double index[3], double position[3]) {
  for (int c = 0; c < 3; c++) {
    position[c] = frame->has_positions ? frame->grid.origin[c] : NAN;
    for (int axis = 0; axis < 3; axis++) {
      position[c] += index[axis] * frame->grid.step[axis][c];
    }
  }
}

/* NaN where the sums may have been too large to be true. */
static double mean_index(const dseg_segment_sums *sums, int axis) {
  if (sums->amount > UINT64_MAX / (2 * (uint64_t)sums->high[axis])) {
    return NAN;
  }
  return (double)sums->twice[axis] / (2 * (double)sums->amount);
}

static void fill_segment(const dseg_statistics_frame *frame, const dseg_segment_sums *sums, uint32_t maximum,
                         dseg_segment_statistics *segment) {
  segment->voxels = sums->voxels;
  segment->amount = (double)sums->amount / maximum;
  segment->size = segment->amount * frame->voxel_size;
  if (sums->voxels == 0) {
    return;
  }
  double low[3];
  double last[3];
  for (int axis = 0; axis < 3; axis++) {
    segment->low[axis] = sums->low[axis];
    segment->high[axis] = sums->high[axis];
    segment->centroid[axis] = mean_index(sums, axis);
    low[axis] = (double)sums->low[axis];
    last[axis] = (double)(sums->high[axis] - 1);
  }
  find_position(frame, low, segment->low_mm);
  find_position(frame, last, segment->high_mm);
  find_position(frame, segment->centroid, segment->centroid_mm);
  segment->plane_count = sums->planes;
  segment->first_plane = sums->first_plane;
  segment->last_plane = sums->last_plane;
}

/* The public part first: the caller's pointer is one to the whole. */
struct owned {
  dseg_statistics result;
  dseg_segment_statistics *segments;
  const dseg_segment_statistics **pointers;
  uint8_t *present;
};

static void release(struct owned *owned) {
  if (owned != NULL) {
    free(owned->segments);
    free((void *)owned->pointers);
    free(owned->present);
    free(owned);
  }
}

dseg_status dseg_statistics_make(const dseg_description *description, const dseg_statistics_frame *frame,
                                 const dseg_segment_sums *sums, const dseg_statistics *found, uint8_t *present,
                                 dseg_statistics **statistics, dseg_error *error) {
  const size_t count = description->segment_count;
  const uint32_t maximum = found->fractions && description->maximum_fraction > 0 ? description->maximum_fraction : 1;
  struct owned *owned = calloc(1, sizeof *owned);
  if (owned != NULL) {
    owned->segments = calloc(count + 1, sizeof *owned->segments);
    owned->pointers = calloc(count + 1, sizeof(dseg_segment_statistics *));
  }
  if (owned == NULL || owned->segments == NULL || owned->pointers == NULL) {
    release(owned);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  for (size_t i = 0; i < count; i++) {
    fill_segment(frame, &sums[i], maximum, &owned->segments[i]);
    owned->pointers[i] = &owned->segments[i];
  }
  owned->present = present;
  owned->result = (dseg_statistics){.has_grid = frame->has_grid,
                                    .grid = frame->grid,
                                    .unit = frame->unit,
                                    .voxel_size = frame->voxel_size,
                                    .fractions = found->fractions,
                                    .overlap = found->overlap,
                                    .segments = owned->pointers,
                                    .segment_count = count,
                                    .present = owned->present};
  *statistics = &owned->result;
  return DSEG_OK;
}

void dseg_statistics_destroy(dseg_statistics *statistics) {
  release((struct owned *)(void *)statistics);
}
