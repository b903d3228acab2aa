/* SPDX-License-Identifier: Apache-2.0 */
/* box.c - voxels of a box of one side's grid, whatever the planes behind it are: slices at their places in
 * the grid, some perhaps missing, or the tiles of a slide's total pixel matrix. */
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"

/* What is asked for. */
struct request {
  compare_side *side;
  const int64_t *low, *high;
  ptrdiff_t segment;      /* -1: labels */
  const uint32_t *values; /* of labels */
  unsigned threads;
  size_t voxel_bytes;
  uint8_t *out;
};

static size_t span(const struct request *request, int axis) {
  return (size_t)(request->high[axis] - request->low[axis]);
}

static dseg_status read_planes(const struct request *request, size_t first, size_t count, uint8_t *out,
                               dseg_error *error) {
  const dseg_geometry *geometry = &request->side->description->geometry;
  const size_t bytes = count * geometry->rows * geometry->columns * request->voxel_bytes;
  if (request->segment >= 0) {
    return dseg_source_read_mask(request->side->source, (size_t)request->segment, first, count, out, bytes,
                                 request->threads, error);
  }
  const dseg_label_request labels = {.struct_size = sizeof(dseg_label_request),
                                     .first_plane = first,
                                     .plane_count = count,
                                     .bits = 32,
                                     .values = request->values,
                                     .threads = request->threads};
  return dseg_source_read_labels(request->side->source, &labels, out, bytes, NULL, error);
}

/* Planes that follow each other in the grid and in the source are read in one go. */
static size_t run_length(const struct request *request, int64_t k) {
  const ptrdiff_t *planes = request->side->plane_of_slot;
  int64_t end = k + 1;
  while (end < request->high[2] && planes[k] >= 0 && planes[end] == planes[k] + (end - k)) {
    end++;
  }
  return (size_t)(end - k);
}

static dseg_status read_whole_slices(const struct request *request, dseg_error *error) {
  const dseg_geometry *geometry = &request->side->description->geometry;
  const size_t plane_bytes = (size_t)geometry->rows * geometry->columns * request->voxel_bytes;
  for (int64_t k = request->low[2]; k < request->high[2];) {
    const size_t count = run_length(request, k);
    uint8_t *out = request->out + (size_t)(k - request->low[2]) * plane_bytes;
    const ptrdiff_t plane = request->side->plane_of_slot[k];
    if (plane < 0) {
      memset(out, 0, plane_bytes);
    } else {
      DSEG_TRY(read_planes(request, (size_t)plane, count, out, error));
    }
    k += (int64_t)count;
  }
  return DSEG_OK;
}

/* Copies what the box and a plane have in common. The plane's first pixel lies at column x, row y of the grid, the
 * slice of the box is number slice. */
static void copy_part(const struct request *request, const uint8_t *plane, int64_t x, int64_t y, size_t slice) {
  const dseg_geometry *geometry = &request->side->description->geometry;
  const int64_t left = x > request->low[0] ? x : request->low[0];
  const int64_t top = y > request->low[1] ? y : request->low[1];
  const int64_t right = x + geometry->columns < request->high[0] ? x + geometry->columns : request->high[0];
  const int64_t bottom = y + geometry->rows < request->high[1] ? y + geometry->rows : request->high[1];
  for (int64_t row = top; left < right && row < bottom; row++) {
    const size_t from = (size_t)(row - y) * geometry->columns + (size_t)(left - x);
    const size_t to = (slice * span(request, 1) + (size_t)(row - request->low[1])) * span(request, 0) +
                      (size_t)(left - request->low[0]);
    memcpy(request->out + to * request->voxel_bytes, plane + from * request->voxel_bytes,
           (size_t)(right - left) * request->voxel_bytes);
  }
}

static bool touches(const struct request *request, const dseg_plane_position *tile) {
  const dseg_geometry *geometry = &request->side->description->geometry;
  const int64_t x = tile->matrix_column;
  const int64_t y = tile->matrix_row;
  return x < request->high[0] && y < request->high[1] && x + geometry->columns > request->low[0] &&
         y + geometry->rows > request->low[1];
}

static dseg_status read_parts(const struct request *request, uint8_t *scratch, dseg_error *error) {
  const compare_side *side = request->side;
  const dseg_geometry *geometry = &side->description->geometry;
  memset(request->out, 0, span(request, 0) * span(request, 1) * span(request, 2) * request->voxel_bytes);
  if (side->plane_of_slot == NULL) {
    for (size_t plane = 0; plane < geometry->plane_count; plane++) {
      const dseg_plane_position *tile = &geometry->planes[plane];
      if (touches(request, tile)) {
        DSEG_TRY(read_planes(request, plane, 1, scratch, error));
        copy_part(request, scratch, tile->matrix_column, tile->matrix_row, 0);
      }
    }
    return DSEG_OK;
  }
  for (int64_t k = request->low[2]; k < request->high[2]; k++) {
    if (side->plane_of_slot[k] >= 0) {
      DSEG_TRY(read_planes(request, (size_t)side->plane_of_slot[k], 1, scratch, error));
      copy_part(request, scratch, 0, 0, (size_t)(k - request->low[2]));
    }
  }
  return DSEG_OK;
}

dseg_status compare_read_box(compare_side *side, const int64_t low[3], const int64_t high[3], ptrdiff_t segment,
                             const uint32_t *values, unsigned threads, void *out, dseg_error *error) {
  const dseg_geometry *geometry = &side->description->geometry;
  const struct request request = {side, low, high, segment, values, threads, segment < 0 ? 4 : 1, out};
  const bool whole = side->plane_of_slot != NULL && low[0] == 0 && low[1] == 0 && high[0] == geometry->columns &&
                     high[1] == geometry->rows;
  if (whole) {
    return read_whole_slices(&request, error);
  }
  uint8_t *scratch = malloc((size_t)geometry->rows * geometry->columns * request.voxel_bytes);
  if (scratch == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
  }
  const dseg_status status = read_parts(&request, scratch, error);
  free(scratch);
  return status;
}

static dseg_status add_plane(compare_side *side, size_t plane, uint8_t *present, uint8_t *scratch, dseg_error *error) {
  DSEG_TRY(dseg_source_segments_in_plane(side->source, plane, scratch, error));
  for (size_t i = 0; i < side->description->segment_count; i++) {
    present[i] |= scratch[i];
  }
  return DSEG_OK;
}

dseg_status compare_segments_in_box(compare_side *side, const int64_t low[3], const int64_t high[3], uint8_t *present,
                                    uint8_t *scratch, dseg_error *error) {
  const dseg_geometry *geometry = &side->description->geometry;
  const struct request request = {side, low, high, 0, NULL, 0, 1, NULL};
  memset(present, 0, side->description->segment_count);
  if (side->plane_of_slot == NULL) {
    for (size_t plane = 0; plane < geometry->plane_count; plane++) {
      if (touches(&request, &geometry->planes[plane])) {
        DSEG_TRY(add_plane(side, plane, present, scratch, error));
      }
    }
    return DSEG_OK;
  }
  for (int64_t k = low[2]; k < high[2]; k++) {
    if (side->plane_of_slot[k] >= 0) {
      DSEG_TRY(add_plane(side, (size_t)side->plane_of_slot[k], present, scratch, error));
    }
  }
  return DSEG_OK;
}
