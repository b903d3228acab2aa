/* SPDX-License-Identifier: Apache-2.0 */
/* volume_grid.c - which grid the planes of a description lie on, or why they lie on none. */
#include <math.h>

#include "volume.h"

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

bool dseg_volume_step(const double orientation[6], double spacing, double step[3]) {
  const double *row = orientation, *column = orientation + 3;
  const double normal[3] = {row[1] * column[2] - row[2] * column[1], row[2] * column[0] - row[0] * column[2],
                            row[0] * column[1] - row[1] * column[0]};
  const double length = sqrt(dot(normal, normal));
  for (size_t axis = 0; axis < 3; axis++) {
    step[axis] = length > 0 ? spacing * normal[axis] / length : 0;
  }
  return length >= 1e-6 && length < HUGE_VAL;
}

double dseg_volume_spacing(const dseg_geometry *geometry) {
  double smallest = 0.0;
  for (size_t i = 1; geometry->spacing_between_slices <= 0.0 && i < geometry->plane_count; i++) {
    double across[3];
    for (size_t axis = 0; axis < 3; axis++) {
      across[axis] = geometry->planes[i].position[axis] - geometry->planes[i - 1].position[axis];
    }
    const double distance = sqrt(dot(across, across));
    if (distance > 1e-6 && (smallest == 0.0 || distance < smallest)) {
      smallest = distance;
    }
  }
  return geometry->spacing_between_slices > 0.0 ? geometry->spacing_between_slices : smallest;
}

/* How many steps a position lies behind the grid's first plane. */
static double steps_to(const dseg_volume_grid *grid, const double position[3]) {
  double from_origin[3];
  const double square = dot(grid->step, grid->step);
  for (size_t axis = 0; axis < 3; axis++) {
    from_origin[axis] = position[axis] - grid->origin[axis];
  }
  return square > 0 ? floor(dot(from_origin, grid->step) / square + 0.5) : 0;
}

static double distance_to(const dseg_volume_grid *grid, const double position[3], double steps) {
  double error[3];
  for (size_t axis = 0; axis < 3; axis++) {
    error[axis] = position[axis] - (grid->origin[axis] + steps * grid->step[axis]);
  }
  return sqrt(dot(error, error));
}

static dseg_status fail_plane(size_t plane, const char *why, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "not an implicit volume (volume, 4.3): plane %zu %s; write it as labelmap, binary or fractional",
                   plane + 1, why);
}

/* Planes one behind the other along the normal, in one direction. */
static dseg_status find_stack(const dseg_geometry *geometry, double spacing, dseg_volume_grid *grid,
                              dseg_error *error) {
  const dseg_plane_position *planes = geometry->planes;
  const size_t last = geometry->plane_count - 1;
  double last_steps = 0;
  double across[3];
  if (!dseg_volume_step(geometry->orientation, spacing, grid->step)) {
    return fail_plane(0, "has no normal: Image Orientation (Patient) (0020,0037)", error);
  }
  for (size_t axis = 0; axis < 3; axis++) {
    across[axis] = planes[last].position[axis] - planes[0].position[axis];
  }
  grid->descends = dot(across, grid->step) < 0;
  for (size_t axis = 0; axis < 3; axis++) {
    grid->origin[axis] = planes[grid->descends ? last : 0].position[axis];
  }
  if (last > 0 && !(spacing > 0 && spacing < HUGE_VAL)) {
    return fail_plane(1, "has no distance to the one before", error);
  }
  for (size_t i = 0; i <= last; i++) {
    const double steps = steps_to(grid, planes[i].position);
    if (!(distance_to(grid, planes[i].position, steps) <= DSEG_VOLUME_TOLERANCE)) {
      return fail_plane(
          i, "is not within 0.001 mm of a multiple of Spacing Between Slices (0018,0088) along the normal", error);
    }
    if (i > 0 && (grid->descends ? steps >= last_steps : steps <= last_steps)) {
      return fail_plane(i, "does not lie behind the one before", error);
    }
    last_steps = steps;
  }
  const double highest = steps_to(grid, planes[grid->descends ? 0 : last].position);
  if (!(highest < (double)DSEG_VOLUME_MOST_PLANES)) { /* 0 is the first */
    return fail_plane(grid->descends ? 0 : last, "is further away than the 65535 planes that a volume may have", error);
  }
  grid->planes = (uint32_t)highest + 1;
  return DSEG_OK;
}

/* Tiles of one size that cover the total pixel matrix, row by row. */
static dseg_status find_tiles(const dseg_geometry *geometry, dseg_volume_grid *grid, dseg_error *error) {
  const uint64_t across = ((uint64_t)geometry->matrix_columns + geometry->columns - 1) / geometry->columns;
  const uint64_t down = ((uint64_t)geometry->matrix_rows + geometry->rows - 1) / geometry->rows;
  uint64_t before = 0;
  if (across == 0 || down == 0 || across * down > INT32_MAX) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "a total pixel matrix of %u x %u pixels (0048,0006), (0048,0007) has no tiles of %u x %u",
                     (unsigned)geometry->matrix_columns, (unsigned)geometry->matrix_rows, (unsigned)geometry->columns,
                     (unsigned)geometry->rows);
  }
  grid->across = (uint32_t)across;
  grid->planes = (uint32_t)(across * down);
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const dseg_plane_position *tile = &geometry->planes[i];
    const uint64_t place = tile->matrix_row / geometry->rows * across + tile->matrix_column / geometry->columns;
    if (tile->matrix_row % geometry->rows != 0 || tile->matrix_column % geometry->columns != 0 ||
        tile->matrix_row >= geometry->matrix_rows || tile->matrix_column >= geometry->matrix_columns) {
      return fail_plane(
          i, "is no tile of the total pixel matrix: (0048,021E), (0048,021F) are no multiples of its size", error);
    }
    if (i > 0 && place <= before) {
      return fail_plane(i, "does not lie behind the one before, row by row", error);
    }
    before = place;
    for (size_t axis = 0; axis < 3; axis++) {
      const double expected = geometry->matrix_origin[axis] +
                              tile->matrix_column * geometry->pixel_spacing[1] * geometry->orientation[axis] +
                              tile->matrix_row * geometry->pixel_spacing[0] * geometry->orientation[3 + axis];
      if (!(fabs(tile->position[axis] - expected) <= geometry->pixel_spacing[0] / 2 + DSEG_VOLUME_TOLERANCE)) {
        return fail_plane(i, "does not lie where Total Pixel Matrix Origin Sequence (0048,0008) puts it", error);
      }
    }
  }
  return DSEG_OK;
}

dseg_status dseg_volume_find_grid(const dseg_description *description, double spacing, dseg_volume_grid *grid,
                                  dseg_error *error) {
  const dseg_geometry *geometry = &description->geometry;
  *grid = (dseg_volume_grid){
      .is_slide = geometry->space == DSEG_SPACE_SLIDE, .columns = geometry->columns, .rows = geometry->rows};
  if (geometry->space == DSEG_SPACE_NONE || geometry->plane_count == 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "not an implicit volume (volume, 1): planes have no frame of reference to lie in; write it as "
                     "labelmap, binary or fractional");
  }
  return grid->is_slide ? find_tiles(geometry, grid, error) : find_stack(geometry, spacing, grid, error);
}

uint32_t dseg_volume_plane(const dseg_volume_grid *grid, const dseg_plane_position *plane) {
  if (grid->is_slide) {
    return plane->matrix_row / grid->rows * grid->across + plane->matrix_column / grid->columns;
  }
  return (uint32_t)steps_to(grid, plane->position);
}
