/* SPDX-License-Identifier: Apache-2.0 */
/* raster_turn.c - the voxels of a raster in planes along another of its axes. */
#include "model/raster_turn.h"

#include <stdlib.h>
#include <string.h>

#include "model/vector.h"

/* Rows (0028,0010) and Columns (0028,0011) have 16 bits. */
#define LARGEST_SIDE 65535

static const double to_left[3] = {1, 0, 0};
static const double to_posterior[3] = {0, 1, 0};
static const double to_feet[3] = {0, 0, -1};

/* Directions of columns, rows and planes, not of length 1 where the geometry's are not. */
static void take_axes(const dseg_geometry *geometry, double axes[3][3]) {
  memcpy(axes[0], geometry->orientation, 3 * sizeof(double));
  memcpy(axes[1], geometry->orientation + 3, 3 * sizeof(double));
  dseg_cross(axes[0], axes[1], axes[2]);
}

/* For each of three directions the axis that runs along it, so that all together agree best. */
static void pair_axes(double axes[3][3], double directions[3][3], int axis_of[3]) {
  static const int permutations[6][3] = {{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}};
  double best = -1;
  for (int i = 0; i < 6; i++) {
    double agreement = 0;
    for (int direction = 0; direction < 3; direction++) {
      agreement += fabs(dseg_dot(axes[permutations[i][direction]], directions[direction]));
    }
    if (agreement > best) {
      best = agreement;
      memcpy(axis_of, permutations[i], 3 * sizeof *axis_of);
    }
  }
}

int dseg_raster_axis_along(const dseg_geometry *geometry, dseg_patient_axis direction) {
  double patient[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  double axes[3][3];
  int axis_of[3] = {0, 1, 2};
  take_axes(geometry, axes);
  pair_axes(axes, patient, axis_of);
  return axis_of[direction];
}

int dseg_raster_axis_across(const dseg_geometry *geometry, const double orientation[6]) {
  const dseg_geometry other = {
      .orientation = {orientation[0], orientation[1], orientation[2], orientation[3], orientation[4], orientation[5]}};
  double axes[3][3];
  double wanted[3][3];
  int axis_of[3] = {0, 1, 2};
  take_axes(geometry, axes);
  take_axes(&other, wanted);
  pair_axes(axes, wanted, axis_of);
  return axis_of[2];
}

int dseg_raster_coarse_axis(const dseg_geometry *geometry, double *ratio) {
  const double spacing[3] = {geometry->pixel_spacing[1], geometry->pixel_spacing[0], geometry->spacing_between_slices};
  int coarse = 2;
  *ratio = 1;
  for (int axis = 0; axis < 3; axis++) {
    const double second = fmax(spacing[(axis + 1) % 3], spacing[(axis + 2) % 3]);
    if (second > 0 && spacing[axis] >= DSEG_CLEARLY_LARGER * second) {
      coarse = axis;
      *ratio = spacing[axis] / second;
    }
  }
  return coarse;
}

/* The rows and columns that are usual where planes are stacked along an axis. */
static void usual_directions(const dseg_geometry *from, int axis, double wanted[2][3]) {
  const bool sagittal = axis == dseg_raster_axis_along(from, DSEG_AXIS_SAGITTAL);
  const bool axial = axis == dseg_raster_axis_along(from, DSEG_AXIS_AXIAL);
  memcpy(wanted[0], sagittal ? to_posterior : to_left, sizeof to_left);
  memcpy(wanted[1], axial ? to_posterior : to_feet, sizeof to_feet);
}

/* The grid's axes in the order of columns, rows, planes of the turned raster, and which of them change direction. */
struct turn {
  dseg_grid grid;
  int axis[3];
  bool mirrored[3];
};

static void choose_axes(struct turn *turn, const dseg_geometry *from, int axis, const double orientation[6]) {
  double wanted[2][3];
  if (orientation != NULL) {
    memcpy(wanted, orientation, sizeof wanted);
  } else {
    usual_directions(from, axis, wanted);
  }
  double unit[3][3];
  for (int i = 0; i < 3; i++) {
    const double length = dseg_length(turn->grid.step[i]);
    for (int c = 0; c < 3; c++) {
      unit[i][c] = turn->grid.step[i][c] / length;
    }
  }
  const int a = axis == 0 ? 1 : 0;
  const int b = axis == 2 ? 1 : 2;
  const double straight = fabs(dseg_dot(unit[a], wanted[0])) + fabs(dseg_dot(unit[b], wanted[1]));
  const double crossed = fabs(dseg_dot(unit[b], wanted[0])) + fabs(dseg_dot(unit[a], wanted[1]));
  turn->axis[0] = straight >= crossed ? a : b;
  turn->axis[1] = straight >= crossed ? b : a;
  turn->axis[2] = axis;
  double normal[3];
  dseg_cross(wanted[0], wanted[1], normal);
  turn->mirrored[0] = dseg_dot(unit[turn->axis[0]], wanted[0]) < 0;
  turn->mirrored[1] = dseg_dot(unit[turn->axis[1]], wanted[1]) < 0;
  turn->mirrored[2] = dseg_dot(unit[axis], normal) < 0;
}

static dseg_status describe(const struct turn *turn, dseg_geometry *turned, dseg_error *error) {
  const size_t columns = turn->grid.size[turn->axis[0]];
  const size_t rows = turn->grid.size[turn->axis[1]];
  const size_t count = turn->grid.size[turn->axis[2]];
  if (columns > LARGEST_SIDE || rows > LARGEST_SIDE) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "its planes along the other axis have %zu columns and %zu rows, more than Columns (0028,0011) and "
                     "Rows (0028,0010) can say",
                     columns, rows);
  }
  turned->planes = calloc(count, sizeof *turned->planes);
  if (turned->planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
  }
  double origin[3];
  double step[3][3];
  memcpy(origin, turn->grid.origin, sizeof origin);
  for (int i = 0; i < 3; i++) {
    const double *own = turn->grid.step[turn->axis[i]];
    const double sign = turn->mirrored[i] ? -1 : 1;
    for (int c = 0; c < 3; c++) {
      step[i][c] = sign * own[c];
    }
    if (turn->mirrored[i]) {
      dseg_add_scaled(origin, (double)turn->grid.size[turn->axis[i]] - 1, own);
    }
  }
  turned->columns = (uint32_t)columns;
  turned->rows = (uint32_t)rows;
  turned->plane_count = count;
  turned->pixel_spacing[1] = dseg_length(step[0]);
  turned->pixel_spacing[0] = dseg_length(step[1]);
  for (int c = 0; c < 3; c++) {
    turned->orientation[c] = step[0][c] / turned->pixel_spacing[1];
    turned->orientation[3 + c] = step[1][c] / turned->pixel_spacing[0];
  }
  turned->spacing_between_slices = dseg_length(step[2]);
  turned->slice_thickness = turned->spacing_between_slices;
  for (size_t plane = 0; plane < count; plane++) {
    memcpy(turned->planes[plane].position, origin, sizeof origin);
    dseg_add_scaled(turned->planes[plane].position, (double)plane, step[2]);
    turned->planes[plane].source = -1;
  }
  return DSEG_OK;
}

dseg_status dseg_raster_turn(const dseg_geometry *from, int axis, const double orientation[6], dseg_geometry *turned,
                             dseg_error *error) {
  struct turn turn;
  *turned = *from;
  turned->planes = NULL;
  turned->plane_count = 0;
  if (from->space != DSEG_SPACE_PATIENT) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "it does not lie in patient space (PS3.3 C.7.6.2)");
  }
  DSEG_TRY(dseg_geometry_to_grid(from, &turn.grid, NULL, error));
  if (axis != 2 && dseg_grid_shift(&turn.grid) > 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "its planes are shifted against each other by %.2f mm each, as with a tilted gantry: they cannot "
                     "become rows or columns without being resampled",
                     dseg_grid_shift(&turn.grid));
  }
  choose_axes(&turn, from, axis, orientation);
  return describe(&turn, turned, error);
}

dseg_status dseg_raster_complete(const dseg_geometry *from, dseg_geometry *whole, dseg_error *error) {
  dseg_grid grid;
  dseg_error why = {.status = DSEG_OK};
  *whole = *from;
  const bool even = from->space == DSEG_SPACE_PATIENT && dseg_geometry_to_grid(from, &grid, NULL, &why) == DSEG_OK;
  if (why.status == DSEG_ERROR_MEMORY) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "%s", why.message);
  }
  const size_t count = even ? grid.size[2] : from->plane_count;
  whole->planes = calloc(count + 1, sizeof *whole->planes);
  if (whole->planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
  }
  whole->plane_count = count;
  for (size_t plane = 0; plane < count; plane++) {
    if (even) {
      memcpy(whole->planes[plane].position, grid.origin, sizeof grid.origin);
      dseg_add_scaled(whole->planes[plane].position, (double)plane, grid.step[2]);
    } else {
      whole->planes[plane] = from->planes[plane];
    }
    whole->planes[plane].source = -1;
    whole->planes[plane].source_count = 0;
  }
  return DSEG_OK;
}
