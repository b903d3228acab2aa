/* SPDX-License-Identifier: Apache-2.0 */
/* geometry.c - planes in space (PS3.3 C.7.6.2, C.7.6.16.2.3) as a regular grid of voxels, and back. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "dseg/description.h"
#include "model/grid.h"
#include "model/vector.h"

/* Positions are decimal strings that writers round differently (PS3.5 6.2, DS): a plane counts as lying on the grid
 * when it is off by no more than this, or this share of the distance between planes. */
#define POSITION_TOLERANCE 1e-3
#define SPACING_TOLERANCE 0.01
/* The extent counts as a multiple of a declared spacing when it is off by no more than this share of one. */
#define MULTIPLE_TOLERANCE 0.1
/* How far directions may be from length 1, and from a right angle. */
#define LENGTH_TOLERANCE 1e-2
/* A grid has at most this many planes, or this many for each plane that is there. */
#define MOST_PLANES ((size_t)65535)
#define MOST_SLOTS_PER_PLANE ((size_t)16)
/* Rows (0028,0010) and Columns (0028,0011) have 16 bits, Number of Frames (0028,0008) 31. */
#define LARGEST_SIDE ((size_t)65535)
#define MOST_FRAMES ((size_t)2147483647)

static double positive_or(double value, double otherwise) {
  return isfinite(value) && value > 0 ? value : otherwise;
}

/* Directions within a plane, taken as they are; without a frame of reference they may be missing. */
static dseg_status plane_axes(const dseg_geometry *geometry, double row[3], double column[3], double normal[3],
                              dseg_error *error) {
  static const double standard[6] = {1, 0, 0, 0, 1, 0};
  const double *given = geometry->orientation;
  const bool missing = given[0] == 0 && given[1] == 0 && given[2] == 0;
  const double *axes = geometry->space == DSEG_SPACE_NONE && missing ? standard : given;
  memcpy(row, axes, 3 * sizeof *row);
  memcpy(column, axes + 3, 3 * sizeof *column);
  dseg_cross(row, column, normal);
  if (!dseg_all_finite(axes, 6) || fabs(dseg_length(row) - 1) > LENGTH_TOLERANCE ||
      fabs(dseg_length(column) - 1) > LENGTH_TOLERANCE || fabs(dseg_dot(row, column)) > LENGTH_TOLERANCE) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the directions in Image Orientation (0020,0037) or (0048,0102) are not two unit vectors at a "
                     "right angle (PS3.3 C.7.6.2.1.1)");
  }
  return DSEG_OK;
}

static void set_axis(dseg_grid *grid, int axis, const double direction[3], double spacing) {
  for (int i = 0; i < 3; i++) {
    grid->step[axis][i] = direction[i] * spacing;
  }
}

/* The planes along their normal. */
struct stack {
  const dseg_geometry *geometry;
  double normal[3]; /* from the first plane towards the last */
  size_t first;     /* the plane furthest back, ... */
  size_t last;      /* ... and the one furthest ahead */
  double extent;    /* between them */
  double smallest;  /* distance of neighbours */
  double *along;    /* by plane: distance from first */
};

static int compare_doubles(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

static dseg_status smallest_distance(struct stack *stack, dseg_error *error) {
  const size_t count = stack->geometry->plane_count;
  double *sorted = malloc(count * sizeof *sorted);
  if (sorted == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
  }
  memcpy(sorted, stack->along, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, compare_doubles);
  stack->smallest = INFINITY;
  for (size_t i = 1; i < count; i++) {
    const double distance = sorted[i] - sorted[i - 1];
    stack->smallest = distance < stack->smallest ? distance : stack->smallest;
  }
  free(sorted);
  if (!(stack->smallest > POSITION_TOLERANCE)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the planes are not on a regular grid: two of them are %g mm apart (Image Position (Patient) "
                     "(0020,0032))",
                     stack->smallest);
  }
  return DSEG_OK;
}

static dseg_status measure(struct stack *stack, dseg_error *error) {
  const dseg_geometry *geometry = stack->geometry;
  const size_t count = geometry->plane_count;
  if (dseg_dot(stack->normal, geometry->planes[count - 1].position) <
      dseg_dot(stack->normal, geometry->planes[0].position)) {
    for (int i = 0; i < 3; i++) {
      stack->normal[i] = -stack->normal[i];
    }
  }
  for (size_t i = 0; i < count; i++) {
    if (!dseg_all_finite(geometry->planes[i].position, 3)) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "plane %zu has no position (0020,0032) in space", i);
    }
    stack->along[i] = dseg_dot(stack->normal, geometry->planes[i].position);
    stack->first = stack->along[i] < stack->along[stack->first] ? i : stack->first;
    stack->last = stack->along[i] > stack->along[stack->last] ? i : stack->last;
  }
  const double start = stack->along[stack->first];
  for (size_t i = 0; i < count; i++) {
    stack->along[i] -= start;
  }
  stack->extent = stack->along[stack->last];
  return smallest_distance(stack, error);
}

/* The step from plane to plane when they are spacing apart: it leads exactly from the first to the last one, and need
 * not be parallel to the normal. False when a plane is off the grid, when two of them would have one place in it, or
 * when it would have too many planes. */
static bool fits(const struct stack *stack, double spacing, double step[3], size_t *slot_count) {
  const dseg_geometry *geometry = stack->geometry;
  const size_t most = geometry->plane_count > MOST_PLANES / MOST_SLOTS_PER_PLANE
                          ? geometry->plane_count * MOST_SLOTS_PER_PLANE
                          : MOST_PLANES;
  const double steps = floor(stack->extent / spacing + 0.5);
  if (!(steps >= 1 && steps < (double)most) || stack->smallest < 0.5 * stack->extent / steps) {
    return false;
  }
  const double *start = geometry->planes[stack->first].position;
  const double *end = geometry->planes[stack->last].position;
  for (int i = 0; i < 3; i++) {
    step[i] = (end[i] - start[i]) / steps;
  }
  const double share = SPACING_TOLERANCE * stack->extent / steps;
  const double tolerance = share > POSITION_TOLERANCE ? share : POSITION_TOLERANCE;
  for (size_t plane = 0; plane < geometry->plane_count; plane++) {
    const double slot = floor(stack->along[plane] / stack->extent * steps + 0.5);
    double off[3];
    for (int i = 0; i < 3; i++) {
      off[i] = geometry->planes[plane].position[i] - start[i] - slot * step[i];
    }
    if (!(dseg_length(off) <= tolerance)) {
      return false;
    }
  }
  *slot_count = (size_t)steps + 1;
  return true;
}

static bool is_multiple(double extent, double spacing) {
  if (!(spacing > POSITION_TOLERANCE)) {
    return false;
  }
  const double steps = extent / spacing;
  return fabs(steps - floor(steps + 0.5)) <= MULTIPLE_TOLERANCE;
}

static dseg_status stack_to_grid(struct stack *stack, dseg_grid *grid, size_t *slots, dseg_error *error) {
  const dseg_geometry *geometry = stack->geometry;
  DSEG_TRY(measure(stack, error));
  const double declared = positive_or(geometry->spacing_between_slices, 0);
  size_t slot_count = 0;
  if (!(is_multiple(stack->extent, declared) && fits(stack, declared, grid->step[2], &slot_count)) &&
      !fits(stack, stack->smallest, grid->step[2], &slot_count)) {
    return dseg_fail(
        error, DSEG_ERROR_UNSUPPORTED,
        "the planes are not on a regular grid: %zu planes over %g mm, at least %g mm apart, Spacing Between "
        "Slices (0018,0088) %g mm",
        geometry->plane_count, stack->extent, stack->smallest, declared);
  }
  memcpy(grid->origin, geometry->planes[stack->first].position, sizeof grid->origin);
  grid->size[2] = slot_count;
  for (size_t i = 0; slots != NULL && i < geometry->plane_count; i++) {
    slots[i] = (size_t)floor(stack->along[i] / stack->extent * (double)(slot_count - 1) + 0.5);
  }
  return DSEG_OK;
}

/* A single plane, or planes that lie nowhere: one after the other. */
static void pile_to_grid(const dseg_geometry *geometry, const double normal[3], dseg_grid *grid, size_t *slots) {
  const double thickness = positive_or(geometry->slice_thickness, 1);
  set_axis(grid, 2, normal, positive_or(geometry->spacing_between_slices, thickness));
  memcpy(grid->origin, geometry->planes[0].position, sizeof grid->origin);
  grid->size[2] = geometry->plane_count;
  for (size_t i = 0; slots != NULL && i < geometry->plane_count; i++) {
    slots[i] = i;
  }
}

static dseg_status slide_to_grid(const dseg_geometry *geometry, const double normal[3], dseg_grid *grid, size_t *slots,
                                 dseg_error *error) {
  if (geometry->matrix_columns == 0 || geometry->matrix_rows == 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the size of the total pixel matrix (0048,0006), (0048,0007) is not known (PS3.3 C.8.12.14)");
  }
  set_axis(grid, 2, normal, positive_or(geometry->slice_thickness, 1));
  memcpy(grid->origin, geometry->matrix_origin, sizeof grid->origin);
  grid->size[0] = geometry->matrix_columns;
  grid->size[1] = geometry->matrix_rows;
  grid->size[2] = 1;
  if (slots != NULL) {
    memset(slots, 0, geometry->plane_count * sizeof *slots);
  }
  return DSEG_OK;
}

dseg_status dseg_geometry_to_grid(const dseg_geometry *geometry, dseg_grid *grid, size_t *slots, dseg_error *error) {
  dseg_error_clear(error);
  const size_t count = geometry->plane_count;
  if (count == 0 || geometry->rows == 0 || geometry->columns == 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "there is no plane to make a grid of");
  }
  struct stack stack = {.geometry = geometry};
  double row[3];
  double column[3];
  DSEG_TRY(plane_axes(geometry, row, column, stack.normal, error));
  *grid = (dseg_grid){.size = {geometry->columns, geometry->rows, 0}};
  set_axis(grid, 0, row, positive_or(geometry->pixel_spacing[1], 1));
  set_axis(grid, 1, column, positive_or(geometry->pixel_spacing[0], 1));
  if (geometry->space == DSEG_SPACE_SLIDE) {
    return slide_to_grid(geometry, stack.normal, grid, slots, error);
  }
  if (count == 1 || geometry->space == DSEG_SPACE_NONE) {
    pile_to_grid(geometry, stack.normal, grid, slots);
    return DSEG_OK;
  }
  stack.along = malloc(count * sizeof *stack.along);
  if (stack.along == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
  }
  const dseg_status status = stack_to_grid(&stack, grid, slots, error);
  free(stack.along);
  return status;
}

static dseg_status check_grid(const dseg_grid *grid, dseg_error *error) {
  if (grid->size[0] == 0 || grid->size[1] == 0 || grid->size[2] == 0 || grid->size[0] > LARGEST_SIDE ||
      grid->size[1] > LARGEST_SIDE || grid->size[2] > MOST_FRAMES) {
    return dseg_fail(
        error, DSEG_ERROR_UNSUPPORTED,
        "a grid of %zu x %zu x %zu voxels does not fit Columns (0028,0011), Rows (0028,0010) and Number of "
        "Frames (0028,0008) (PS3.3 C.7.6.3, C.7.6.6)",
        grid->size[0], grid->size[1], grid->size[2]);
  }
  const double columns = dseg_length(grid->step[0]);
  const double rows = dseg_length(grid->step[1]);
  if (!dseg_all_finite(grid->origin, 3) || !dseg_all_finite(&grid->step[0][0], 9) || columns == 0 || rows == 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "the grid's axes are not finite, or are without direction");
  }
  const double cosine = dseg_dot(grid->step[0], grid->step[1]) / (columns * rows);
  if (fabs(cosine) > DSEG_GRID_MOST_SHEAR) {
    return dseg_fail(
        error, DSEG_ERROR_UNSUPPORTED,
        "rows and columns are not perpendicular (cosine %g), which Image Orientation (Patient) (0020,0037) "
        "cannot say (PS3.3 C.7.6.2.1.1): resample the volume",
        cosine);
  }
  return DSEG_OK;
}

static dseg_status set_geometry(dseg_description *description, const dseg_grid *grid, dseg_error *error) {
  dseg_geometry geometry = {.space = DSEG_SPACE_PATIENT,
                            .rows = (uint32_t)grid->size[1],
                            .columns = (uint32_t)grid->size[0],
                            .plane_count = grid->size[2],
                            .frame_of_reference_uid = description->geometry.frame_of_reference_uid};
  geometry.pixel_spacing[0] = dseg_length(grid->step[1]);
  geometry.pixel_spacing[1] = dseg_length(grid->step[0]);
  for (int i = 0; i < 3; i++) {
    geometry.orientation[i] = grid->step[0][i] / geometry.pixel_spacing[1];
    geometry.orientation[3 + i] = grid->step[1][i] / geometry.pixel_spacing[0];
  }
  double normal[3];
  dseg_cross(geometry.orientation, geometry.orientation + 3, normal);
  const double spacing = fabs(dseg_dot(grid->step[2], normal));
  if (grid->size[2] > 1 && !(spacing > POSITION_TOLERANCE)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "the grid's planes are %g mm apart", spacing);
  }
  geometry.slice_thickness = spacing;
  geometry.spacing_between_slices = spacing;
  size_t bytes;
  if (dseg_mul_size(grid->size[2], sizeof *geometry.planes, &bytes)) {
    geometry.planes = dseg_description_alloc(description, bytes);
  }
  if (geometry.planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", grid->size[2]);
  }
  for (size_t plane = 0; plane < grid->size[2]; plane++) {
    for (int i = 0; i < 3; i++) {
      geometry.planes[plane].position[i] = grid->origin[i] + (double)plane * grid->step[2][i];
    }
    geometry.planes[plane].source = -1;
  }
  description->geometry = geometry;
  return DSEG_OK;
}

dseg_status dseg_geometry_from_grid(dseg_description *description, const dseg_grid *grid, dseg_error *error) {
  dseg_error_clear(error);
  DSEG_TRY(check_grid(grid, error));
  return set_geometry(description, grid, error);
}
