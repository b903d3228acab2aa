/* SPDX-License-Identifier: Apache-2.0 */
/* face_open.c - opens and closes; where frames and planes lie. */
#include <stdlib.h>

#include "face.h"

/* Opens count inputs as one segmentation. distant: they are read by parts. NULL: it failed. */
FACE_EXPORT(open)
dseg_source *face_open(const char *const *names, const int *descriptors, size_t count, int distant, double memory_limit,
                       int other_patient) {
  dseg_error *error = face_begin();
  dseg_source *source = NULL;
  dseg_input **inputs = calloc(count != 0 ? count : 1, sizeof(dseg_input *));
  if (inputs == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu inputs", count);
    return NULL;
  }
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    status = face_input(descriptors[i], distant != 0, &inputs[i], error);
  }
  if (status == DSEG_OK) {
    const dseg_open_options options = {.struct_size = sizeof options,
                                       .warnings = face_warnings(),
                                       .memory_limit = (uint64_t)memory_limit,
                                       .keep_context = true,
                                       .threads = 1,
                                       .other_patient = other_patient != 0};
    (void)dseg_open_inputs(inputs, names, count, &options, &source, error); /* uses the inputs up */
  } else {
    for (size_t i = 0; i < count; i++) {
      dseg_input_close(inputs[i]);
    }
  }
  free(inputs);
  return source;
}

FACE_EXPORT(close) void face_close(dseg_source *source) {
  dseg_source_close(source);
}

enum { PLANE_NUMBERS = 8 };

/* For each plane: position, column and row in a slide's matrix, first image, how many images, place in the grid (-1: no
 * grid). *grid: 15 numbers, of a dseg_grid; the first is 0 where there is none. */
FACE_EXPORT(planes) int face_planes(dseg_source *source, double *planes, double *grid) {
  dseg_error *error = face_begin();
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  const size_t count = geometry->plane_count;
  size_t *slots = malloc((count != 0 ? count : 1) * sizeof *slots);
  if (slots == NULL) {
    return (int)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
  }
  dseg_grid found;
  const bool regular = dseg_geometry_to_grid(geometry, &found, slots, NULL) == DSEG_OK;
  for (size_t p = 0; p < count; p++) {
    const dseg_plane_position *plane = &geometry->planes[p];
    double *to = planes + p * PLANE_NUMBERS;
    for (size_t axis = 0; axis < 3; axis++) {
      to[axis] = plane->position[axis];
    }
    to[3] = plane->matrix_column;
    to[4] = plane->matrix_row;
    to[5] = plane->source;
    to[6] = plane->source < 0 ? 0 : plane->source_count > 0 ? plane->source_count : 1;
    to[7] = regular ? (double)slots[p] : -1;
  }
  grid[0] = 0;
  for (size_t axis = 0; regular && axis < 3; axis++) {
    grid[axis] = (double)found.size[axis];
    grid[3 + axis] = found.origin[axis];
    for (size_t coordinate = 0; coordinate < 3; coordinate++) {
      grid[6 + 3 * axis + coordinate] = found.step[axis][coordinate];
    }
  }
  free(slots);
  return (int)DSEG_OK;
}

/* Which bytes frames first..first + count - 1 are read from: offset, bytes, plane, segment's index or -1 for each. */
FACE_EXPORT(frames) int face_frames(dseg_source *source, size_t first, size_t count, double *frames) {
  dseg_error *error = face_begin();
  for (size_t i = 0; i < count; i++) {
    dseg_frame_range range;
    const dseg_status status = dseg_source_frame_range(source, first + i, &range, error);
    if (status != DSEG_OK) {
      return (int)status;
    }
    frames[4 * i] = (double)range.offset;
    frames[4 * i + 1] = (double)range.length;
    frames[4 * i + 2] = range.plane;
    frames[4 * i + 3] = range.segment;
  }
  return (int)DSEG_OK;
}
