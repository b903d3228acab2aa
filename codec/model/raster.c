/* SPDX-License-Identifier: Apache-2.0 */
/* raster.c - the raster of a geometry measured. */
#include "model/raster.h"

#include <stdlib.h>
#include <string.h>

#include "model/vector.h"

/* Directions: how far from length 1, and from a right angle, as geometry.c has it. */
#define DIRECTION_TOLERANCE 1e-2

static dseg_status set_axes(dseg_raster *raster, dseg_error *error) {
  const dseg_geometry *geometry = raster->geometry;
  raster->spacing[0] = geometry->pixel_spacing[1];
  raster->spacing[1] = geometry->pixel_spacing[0];
  for (int axis = 0; axis < 2; axis++) {
    if (!(isfinite(raster->spacing[axis]) && raster->spacing[axis] > 0)) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "its Pixel Spacing (0028,0030) is %g x %g mm, which places no pixel", geometry->pixel_spacing[0],
                       geometry->pixel_spacing[1]);
    }
    const double *direction = geometry->orientation + (ptrdiff_t)3 * axis;
    const double length = dseg_all_finite(direction, 3) ? dseg_length(direction) : 0;
    for (int i = 0; i < 3; i++) {
      raster->unit[axis][i] = length > 0 ? direction[i] / length : 0;
      raster->step[axis][i] = direction[i] * raster->spacing[axis];
    }
    if (!(fabs(length - 1) <= DIRECTION_TOLERANCE)) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "a direction in Image Orientation (Patient) (0020,0037) has length %g, not 1 (PS3.3 "
                       "C.7.6.2.1.1)",
                       length);
    }
  }
  const double cosine = dseg_dot(raster->unit[0], raster->unit[1]);
  if (!(fabs(cosine) <= DIRECTION_TOLERANCE)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the directions in Image Orientation (Patient) (0020,0037) are not at a right angle (cosine %g; "
                     "PS3.3 C.7.6.2.1.1)",
                     cosine);
  }
  double *normal = raster->unit[2];
  dseg_cross(raster->unit[0], raster->unit[1], normal);
  const double length = dseg_length(normal);
  for (int i = 0; i < 3; i++) {
    normal[i] /= length;
  }
  dseg_cross(raster->step[1], normal, raster->dual[0]);
  dseg_cross(normal, raster->step[0], raster->dual[1]);
  const double volume = dseg_dot(raster->step[0], raster->dual[0]);
  for (int i = 0; i < 3; i++) {
    raster->dual[0][i] /= volume;
    raster->dual[1][i] /= volume;
  }
  return DSEG_OK;
}

/* For qsort, which passes on nothing else. */
struct place {
  double along;
  size_t plane;
};

static int compare_places(const void *a, const void *b) {
  const struct place *x = a;
  const struct place *y = b;
  const int order = (x->along > y->along) - (x->along < y->along);
  return order != 0 ? order : (x->plane > y->plane) - (x->plane < y->plane);
}

static dseg_status sort_planes(dseg_raster *raster, dseg_error *error) {
  const dseg_geometry *geometry = raster->geometry;
  const size_t count = geometry->plane_count;
  struct place *places = NULL;
  if (count <= SIZE_MAX / sizeof *places) {
    raster->along = calloc(count, sizeof *raster->along);
    raster->order = calloc(count, sizeof *raster->order);
    places = malloc(count * sizeof *places);
  }
  if (raster->along == NULL || raster->order == NULL || places == NULL) {
    free(places);
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
    return DSEG_ERROR_MEMORY;
  }
  const double *origin = geometry->planes[0].position;
  for (size_t i = 0; i < count; i++) {
    const double *position = geometry->planes[i].position;
    if (!dseg_all_finite(position, 3)) {
      free(places);
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "plane %zu has no position (0020,0032) in space", i + 1);
    }
    const double vector[3] = {position[0] - origin[0], position[1] - origin[1], position[2] - origin[2]};
    raster->along[i] = dseg_dot(vector, raster->unit[2]);
    places[i] = (struct place){raster->along[i], i};
  }
  qsort(places, count, sizeof *places, compare_places);
  for (size_t i = 0; i < count; i++) {
    raster->order[i] = places[i].plane;
  }
  free(places);
  return DSEG_OK;
}

static double declared_distance(const dseg_geometry *geometry) {
  const double spacing = geometry->spacing_between_slices;
  if (isfinite(spacing) && spacing > 0) {
    return spacing;
  }
  return isfinite(geometry->slice_thickness) && geometry->slice_thickness > 0 ? geometry->slice_thickness : 0;
}

/* Whether planes lie at multiples of a distance, which becomes what divides the extent best. */
static bool has_steps(const dseg_raster *raster, double *distance) {
  const size_t count = raster->geometry->plane_count;
  const double first = raster->along[raster->order[0]];
  const double extent = raster->along[raster->order[count - 1]] - first;
  const double steps = round(extent / *distance);
  if (!(steps >= 1)) {
    return false;
  }
  const double even = extent / steps;
  for (size_t i = 0; i < count; i++) {
    const double along = raster->along[raster->order[i]] - first;
    if (!(fabs(along - round(along / even) * even) <= fmax(DSEG_RASTER_ROUNDING, DSEG_RASTER_TOLERANCE * even))) {
      return false;
    }
  }
  *distance = even;
  return true;
}

/* Planes that were left out make the smallest distance larger than the grid's, which Spacing Between Slices says. */
static void find_steps(dseg_raster *raster) {
  double declared = raster->geometry->spacing_between_slices;
  if (isfinite(declared) && declared > DSEG_RASTER_ROUNDING && declared < raster->spacing[2] &&
      has_steps(raster, &declared)) {
    raster->spacing[2] = declared;
    raster->is_even = true;
    return;
  }
  raster->is_even = has_steps(raster, &raster->spacing[2]);
}

/* A shift counts when the last plane is off by more than the tolerance because of it. */
static void find_shift(dseg_raster *raster) {
  const dseg_geometry *geometry = raster->geometry;
  const size_t first = raster->order[0];
  const size_t last = raster->order[geometry->plane_count - 1];
  double place[3];
  dseg_raster_locate(raster, first, geometry->planes[last].position, place);
  for (int axis = 0; axis < 2; axis++) {
    const bool counts = fabs(place[axis]) > DSEG_RASTER_TOLERANCE && place[2] > 0;
    raster->shift[axis] = counts ? place[axis] / place[2] : 0;
  }
}

static dseg_status measure(dseg_raster *raster, dseg_error *error) {
  const size_t count = raster->geometry->plane_count;
  DSEG_TRY(set_axes(raster, error));
  DSEG_TRY(sort_planes(raster, error));
  raster->is_even = true;
  raster->spacing[2] = declared_distance(raster->geometry);
  for (size_t i = 1; i < count; i++) {
    const size_t a = raster->order[i - 1];
    const size_t b = raster->order[i];
    const double distance = raster->along[b] - raster->along[a];
    if (!(distance > DSEG_RASTER_ROUNDING)) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "its planes %zu and %zu lie at one place, %.4g mm apart (Image Position (Patient) (0020,0032))",
                       (a < b ? a : b) + 1, (a < b ? b : a) + 1, distance);
    }
    raster->spacing[2] = i == 1 ? distance : fmin(distance, raster->spacing[2]);
  }
  if (count > 1) {
    find_steps(raster);
    find_shift(raster);
  }
  return DSEG_OK;
}

dseg_status dseg_raster_create(const dseg_geometry *geometry, dseg_raster *raster, dseg_error *error) {
  *raster = (dseg_raster){.geometry = geometry};
  if (geometry->space != DSEG_SPACE_PATIENT) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "it does not lie in patient space (PS3.3 C.7.6.2)");
  }
  if (geometry->plane_count == 0 || geometry->rows == 0 || geometry->columns == 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "it has %u columns, %u rows and %zu planes: no voxel",
                     (unsigned)geometry->columns, (unsigned)geometry->rows, geometry->plane_count);
  }
  const dseg_status status = measure(raster, error);
  if (status != DSEG_OK) {
    dseg_raster_free(raster);
  }
  return status;
}

void dseg_raster_free(dseg_raster *raster) {
  free(raster->along);
  free(raster->order);
  raster->along = NULL;
  raster->order = NULL;
}

size_t dseg_raster_nearest_plane(const dseg_raster *raster, double distance, double *off) {
  size_t low = 0;
  size_t high = raster->geometry->plane_count - 1;
  while (low < high) { /* the first plane at the distance or behind it, or the last one */
    const size_t middle = low + (high - low) / 2;
    if (raster->along[raster->order[middle]] < distance) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  size_t best = raster->order[low];
  if (low > 0) {
    const size_t before = raster->order[low - 1];
    best = distance - raster->along[before] < fabs(distance - raster->along[best]) ? before : best;
  }
  *off = distance - raster->along[best];
  return best;
}

void dseg_raster_locate(const dseg_raster *raster, size_t plane, const double position[3], double place[3]) {
  const double *origin = raster->geometry->planes[plane].position;
  const double vector[3] = {position[0] - origin[0], position[1] - origin[1], position[2] - origin[2]};
  place[0] = dseg_dot(vector, raster->dual[0]);
  place[1] = dseg_dot(vector, raster->dual[1]);
  place[2] = dseg_dot(vector, raster->unit[2]);
}

double dseg_raster_distance(const dseg_geometry *a_like, const double a[3], const dseg_geometry *b_like,
                            const double b[3]) {
  double greatest = 0;
  for (unsigned corner = 0; corner < 4; corner++) {
    const double column = (corner & 1) != 0 ? (double)a_like->columns - 1 : 0;
    const double row = (corner & 2) != 0 ? (double)a_like->rows - 1 : 0;
    double apart[3] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
    dseg_add_scaled(apart, a_like->pixel_spacing[1] * column, a_like->orientation);
    dseg_add_scaled(apart, -b_like->pixel_spacing[1] * column, b_like->orientation);
    dseg_add_scaled(apart, a_like->pixel_spacing[0] * row, a_like->orientation + 3);
    dseg_add_scaled(apart, -b_like->pixel_spacing[0] * row, b_like->orientation + 3);
    const double distance = dseg_length(apart);
    greatest = distance <= greatest ? greatest : distance; /* not a number stays */
  }
  return greatest;
}

/* The three axes of an orientation, of length 1. */
static void take_axes(const double orientation[6], double axes[3][3]) {
  memcpy(axes[0], orientation, 3 * sizeof(double));
  memcpy(axes[1], orientation + 3, 3 * sizeof(double));
  dseg_cross(axes[0], axes[1], axes[2]);
  for (int axis = 0; axis < 3; axis++) {
    const double length = dseg_length(axes[axis]);
    for (int i = 0; i < 3; i++) {
      axes[axis][i] /= length;
    }
  }
}

double dseg_raster_angle(const double a[6], const double b[6]) {
  static const double degrees = 57.295779513082320877; /* of a radian */
  double of_a[3][3];
  double of_b[3][3];
  take_axes(a, of_a);
  take_axes(b, of_b);
  double largest = 0;
  for (int axis = 0; axis < 3; axis++) {
    double smallest = INFINITY;
    for (int other = 0; other < 3; other++) {
      double across[3];
      dseg_cross(of_a[axis], of_b[other], across); /* its length is exact for small angles, unlike the cosine */
      smallest = fmin(smallest, atan2(dseg_length(across), fabs(dseg_dot(of_a[axis], of_b[other]))));
    }
    largest = fmax(largest, smallest * degrees);
  }
  return largest;
}
