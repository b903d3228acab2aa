/* SPDX-License-Identifier: Apache-2.0 */
/* fill.c - the voxels of a volume, from the planes of the output.
 *
 * Where the planes have gaps, or a slide has tiles, each goes to its place and the rest is left as it is. */
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"
#include "sources/source.h"

dseg_status dseg_convert_volume_grid(dseg_convert_job *job, dseg_grid *grid, size_t **slots, size_t *voxel_count,
                                     dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  *slots = malloc((geometry->plane_count + 1) * sizeof **slots);
  if (*slots == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  DSEG_TRY(dseg_geometry_to_grid(geometry, grid, *slots, error));
  DSEG_TRY(dseg_convert_complete_grid(job, grid, error));
  *voxel_count = 1;
  for (int axis = 0; axis < 3; axis++) {
    if (grid->size[axis] > 0 && *voxel_count > SIZE_MAX / 4 / grid->size[axis]) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "the volume is too large for this machine");
    }
    *voxel_count *= grid->size[axis];
  }
  return DSEG_OK;
}

/* Copies a tile to its place in the total pixel matrix; what reaches over the edge is left out. */
static void place_tile(const dseg_geometry *geometry, const dseg_grid *grid, size_t plane, const uint8_t *tile,
                       size_t element, uint8_t *voxels) {
  const dseg_plane_position *position = &geometry->planes[plane];
  if (position->matrix_column >= grid->size[0]) {
    return;
  }
  const size_t room = grid->size[0] - position->matrix_column;
  const size_t columns = geometry->columns < room ? geometry->columns : room;
  for (size_t row = 0; row < geometry->rows && position->matrix_row + row < grid->size[1]; row++) {
    memcpy(voxels + ((position->matrix_row + row) * grid->size[0] + position->matrix_column) * element,
           tile + row * geometry->columns * element, columns * element);
  }
}

static dseg_status fill_tiles(dseg_convert_job *job, const dseg_grid *grid, const uint32_t *segments,
                              size_t segment_count, dseg_overlap_policy policy, uint8_t *voxels, dseg_overlap *overlap,
                              dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  const size_t element = job->bits / 8;
  uint8_t *tile = malloc((size_t)geometry->rows * geometry->columns * element + 1);
  if (tile == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a tile");
  }
  dseg_status status = DSEG_OK;
  for (size_t plane = 0; status == DSEG_OK && plane < geometry->plane_count; plane++) {
    status = dseg_convert_read_labels(job, plane, 1, segments, segment_count, policy, tile, overlap, error);
    if (status == DSEG_OK) {
      place_tile(geometry, grid, plane, tile, element, voxels);
    }
  }
  free(tile);
  return status;
}

dseg_status dseg_convert_fill_labels(dseg_convert_job *job, const dseg_grid *grid, const size_t *slots,
                                     const uint32_t *segments, size_t segment_count, dseg_overlap_policy policy,
                                     void *voxels, dseg_overlap *overlap, dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  if (geometry->space == DSEG_SPACE_SLIDE) {
    return fill_tiles(job, grid, segments, segment_count, policy, voxels, overlap, error);
  }
  const size_t plane_bytes = grid->size[0] * grid->size[1] * (job->bits / 8);
  for (size_t plane = 0; plane < geometry->plane_count;) {
    size_t count = 1;
    while (plane + count < geometry->plane_count && slots[plane + count] == slots[plane] + count) {
      count++;
    }
    uint8_t *place = (uint8_t *)voxels + slots[plane] * plane_bytes;
    DSEG_TRY(dseg_convert_read_labels(job, plane, count, segments, segment_count, policy, place, overlap, error));
    plane += count;
  }
  return DSEG_OK;
}

dseg_status dseg_convert_fill_fractions(dseg_convert_job *job, const dseg_grid *grid, const size_t *slots,
                                        size_t segment, const dseg_reals *voxels, dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  if (geometry->space == DSEG_SPACE_SLIDE) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "fractions of a slide's tiles cannot be written as a volume");
  }
  const size_t chunk = dseg_convert_mask_planes(job);
  for (size_t plane = 0; plane < geometry->plane_count && !dseg_convert_is_absent(job, segment);) {
    size_t count = 1;
    while (count < chunk && plane + count < geometry->plane_count && slots[plane + count] == slots[plane] + count) {
      count++;
    }
    const size_t first = slots[plane] * grid->size[0] * grid->size[1];
    const dseg_reals place = {(uint8_t *)voxels->values + first * (voxels->bits / 8), voxels->bits};
    DSEG_TRY(dseg_source_read_fractions(job->view, job->source_segment[segment], plane, count, &place,
                                        job->options->threads, error));
    plane += count;
  }
  return DSEG_OK;
}

dseg_status dseg_convert_fill_stored(dseg_convert_job *job, const dseg_grid *grid, const size_t *slots, size_t segment,
                                     uint8_t *voxels, dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  if (geometry->space == DSEG_SPACE_SLIDE) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "fractions of a slide's tiles cannot be written as a volume");
  }
  const size_t chunk = dseg_convert_mask_planes(job);
  for (size_t plane = 0; plane < geometry->plane_count;) {
    size_t count = 1;
    while (count < chunk && plane + count < geometry->plane_count && slots[plane + count] == slots[plane] + count) {
      count++;
    }
    uint8_t *place = voxels + slots[plane] * grid->size[0] * grid->size[1];
    DSEG_TRY(dseg_convert_read_mask(job, segment, plane, count, place, error));
    plane += count;
  }
  return DSEG_OK;
}
