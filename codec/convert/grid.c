/* SPDX-License-Identifier: Apache-2.0 */
/* grid.c - the planes of the output: those of the reference images, or without empty ones at both ends.
 *
 * On the reference's grid the segmentation's raster must fall on pixels of the reference: shifted by whole pixels,
 * mirrored or turned by right angles, and each plane on one of the reference's. Nothing is resampled. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"

/* How far, in pixels or plane distances, a voxel may lie from the reference's. */
static const double tolerance = 0.05;

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double result[3]) {
  result[0] = a[1] * b[2] - a[2] * b[1];
  result[1] = a[2] * b[0] - a[0] * b[2];
  result[2] = a[0] * b[1] - a[1] * b[0];
}

/* Whether a segment of the target has a voxel in the plane. */
static dseg_status plane_has_voxels(dseg_convert_job *job, size_t plane, uint8_t *present, uint8_t *mask, bool *result,
                                    dseg_error *error) {
  const dseg_description *target = job->target;
  const size_t pixels = (size_t)target->geometry.rows * target->geometry.columns;
  *result = false;
  DSEG_TRY(dseg_convert_segments_in_plane(job, plane, present, present + target->segment_count, error));
  for (size_t i = 0; i < target->segment_count && !*result; i++) {
    if (present[i] != 0) {
      DSEG_TRY(dseg_source_read_mask(job->source, job->source_segment[i], (size_t)job->map.index[2][plane], 1, mask,
                                     pixels, job->options->threads, error));
      *result = mask[0] != 0 || memcmp(mask, mask + 1, pixels - 1) != 0;
    }
  }
  return DSEG_OK;
}

dseg_status dseg_convert_tighten(dseg_convert_job *job, dseg_error *error) {
  dseg_geometry *geometry = &job->target->geometry;
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  uint8_t *mask = malloc(pixels + 1);
  uint8_t *present = malloc(job->target->segment_count + dseg_source_description(job->source)->segment_count + 1);
  dseg_status status = mask != NULL && present != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  size_t first = 0;
  size_t end = geometry->plane_count;
  bool found = false;
  while (status == DSEG_OK && first < end && !found) {
    status = plane_has_voxels(job, first, present, mask, &found, error);
    first += found ? 0 : 1;
  }
  for (found = false; status == DSEG_OK && first < end && !found; end -= found ? 0 : 1) {
    status = plane_has_voxels(job, end - 1, present, mask, &found, error);
  }
  free(mask);
  free(present);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  if (first == end) {
    dseg_fail(error, DSEG_ERROR_FORMAT, "%s tight: no plane holds a voxel of the segments asked for",
              dseg_convert_name(job, DSEG_OPTION_GRID));
    return dseg_convert_fail_input(job, DSEG_ERROR_FORMAT, error);
  }
  memmove(job->map.index[2], job->map.index[2] + first, (end - first) * sizeof *job->map.index[2]);
  geometry->planes += first;
  geometry->plane_count = end - first;
  return DSEG_OK;
}

void dseg_convert_ascend(dseg_convert_job *job) {
  dseg_geometry *geometry = &job->target->geometry;
  const size_t count = geometry->plane_count;
  if (geometry->space != DSEG_SPACE_PATIENT || count < 2) {
    return;
  }
  double normal[3];
  cross(geometry->orientation, geometry->orientation + 3, normal);
  if (dot(geometry->planes[count - 1].position, normal) >= dot(geometry->planes[0].position, normal)) {
    return;
  }
  for (size_t i = 0; i < count / 2; i++) {
    const dseg_plane_position plane = geometry->planes[i];
    geometry->planes[i] = geometry->planes[count - 1 - i];
    geometry->planes[count - 1 - i] = plane;
    const int32_t source = job->map.index[2][i];
    job->map.index[2][i] = job->map.index[2][count - 1 - i];
    job->map.index[2][count - 1 - i] = source;
  }
}

/* The reference's raster as a basis: pixels along a row, along a column, and the normal. */
typedef struct raster {
  const dseg_geometry *geometry;
  double normal[3];
} raster;

static raster raster_of(const dseg_geometry *geometry) {
  raster result = {.geometry = geometry};
  cross(geometry->orientation, geometry->orientation + 3, result.normal);
  return result;
}

/* Position in columns, rows and millimetres along the normal, from the origin of one of its planes. */
static void to_pixels(const raster *basis, const double vector[3], double pixels[3]) {
  pixels[0] = dot(vector, basis->geometry->orientation) / basis->geometry->pixel_spacing[1];
  pixels[1] = dot(vector, basis->geometry->orientation + 3) / basis->geometry->pixel_spacing[0];
  pixels[2] = dot(vector, basis->normal);
}

/* A step of one pixel as whole pixels of the reference; how far it goes astray over a raster of count pixels. */
static double whole_step(const raster *reference, const double direction[3], double spacing, uint32_t count,
                         int step[2], double plane_distance) {
  const double vector[3] = {direction[0] * spacing, direction[1] * spacing, direction[2] * spacing};
  double pixels[3];
  to_pixels(reference, vector, pixels);
  step[0] = (int)fmax(-9, fmin(9, round(pixels[0])));
  step[1] = (int)fmax(-9, fmin(9, round(pixels[1])));
  const double reach = count > 1 ? count - 1 : 1;
  return reach * fmax(fmax(fabs(pixels[0] - step[0]), fabs(pixels[1] - step[1])), fabs(pixels[2]) / plane_distance);
}

static double plane_distance(const dseg_geometry *geometry) {
  if (geometry->plane_count < 2) {
    return geometry->spacing_between_slices > 0 ? geometry->spacing_between_slices
           : geometry->slice_thickness > 0      ? geometry->slice_thickness
                                                : 1;
  }
  const double *a = geometry->planes[0].position;
  const double *b = geometry->planes[1].position;
  const double step[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]};
  const raster plane = raster_of(geometry);
  const double distance = fabs(dot(step, plane.normal));
  return distance > 0 ? distance : 1;
}

/* The plane of the reference nearest to a position, and the offset from it in pixels and millimetres. */
static size_t nearest_plane(const raster *reference, const double position[3], double offset[3]) {
  size_t best = 0;
  for (size_t i = 0; i < reference->geometry->plane_count; i++) {
    const double *origin = reference->geometry->planes[i].position;
    const double vector[3] = {position[0] - origin[0], position[1] - origin[1], position[2] - origin[2]};
    double pixels[3];
    to_pixels(reference, vector, pixels);
    if (i == 0 || fabs(pixels[2]) < fabs(offset[2])) {
      best = i;
      memcpy(offset, pixels, sizeof pixels);
    }
  }
  return best;
}

/* Finds the steps of a pixel of from in pixels of the reference. */
static dseg_status match_axes(const dseg_convert_job *job, const dseg_geometry *from, const raster *reference,
                              int steps[2][2], dseg_error *error) {
  const dseg_geometry *to = reference->geometry;
  const double distance = plane_distance(to);
  const double column_error =
      whole_step(reference, from->orientation, from->pixel_spacing[1], from->columns, steps[0], distance);
  const double row_error =
      whole_step(reference, from->orientation + 3, from->pixel_spacing[0], from->rows, steps[1], distance);
  const bool unit = abs(steps[0][0]) + abs(steps[0][1]) == 1 && abs(steps[1][0]) + abs(steps[1][1]) == 1 &&
                    steps[0][0] * steps[1][0] + steps[0][1] * steps[1][1] == 0;
  if (unit && column_error <= tolerance && row_error <= tolerance) {
    return DSEG_OK;
  }
  const double *a = from->orientation;
  const double *b = to->orientation;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "its raster is not that of the reference images: pixel spacing %g x %g mm, theirs %g x %g; "
                   "orientation %.4g %.4g %.4g %.4g %.4g %.4g, theirs %.4g %.4g %.4g %.4g %.4g %.4g (PS3.3 "
                   "C.7.6.2.1.1); %s reference does not resample",
                   from->pixel_spacing[0], from->pixel_spacing[1], to->pixel_spacing[0], to->pixel_spacing[1], a[0],
                   a[1], a[2], a[3], a[4], a[5], b[0], b[1], b[2], b[3], b[4], b[5],
                   dseg_convert_name(job, DSEG_OPTION_GRID));
}

/* Whether the whole raster lies within the reference's, its first pixel being at (column, row). */
static dseg_status check_extent(const dseg_geometry *from, const dseg_geometry *to, const ptrdiff_t origin[2],
                                int steps[2][2], dseg_error *error) {
  for (int axis = 0; axis < 2; axis++) {
    const double start = (double)origin[axis];
    const double end = start + (double)steps[0][axis] * (from->columns - 1) + (double)steps[1][axis] * (from->rows - 1);
    const double low = fmin(start, end);
    const double high = fmax(start, end);
    const double size = axis == 0 ? to->columns : to->rows;
    if (low < 0 || high > size - 1) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "it reaches %g %s beyond the reference images",
                       fmax(-low, high - (size - 1)), axis == 0 ? "columns" : "rows");
    }
  }
  return DSEG_OK;
}

/* Finds the place of one plane and of its first pixel, origin, on which all planes must agree. */
static dseg_status match_plane(const dseg_geometry *from, size_t plane, const raster *reference, int steps[2][2],
                               ptrdiff_t origin[2], size_t *slot, dseg_error *error) {
  const dseg_geometry *to = reference->geometry;
  double offset[3] = {0};
  *slot = nearest_plane(reference, from->planes[plane].position, offset);
  const double distance = plane_distance(to);
  const ptrdiff_t place[2] = {(ptrdiff_t)round(offset[0]), (ptrdiff_t)round(offset[1])};
  const double astray = fmax(fabs(offset[0] - (double)place[0]), fabs(offset[1] - (double)place[1]));
  if (fabs(offset[2]) > tolerance * distance) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "plane %zu lies %.4g mm from the nearest plane of the reference images", plane + 1,
                     fabs(offset[2]));
  }
  if (astray > tolerance) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "plane %zu is shifted by %.3f columns and %.3f rows against the reference images", plane + 1,
                     offset[0], offset[1]);
  }
  DSEG_TRY(check_extent(from, to, place, steps, error));
  if (plane > 0 && (place[0] != origin[0] || place[1] != origin[1])) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "plane %zu is shifted against plane 1 and the reference images",
                     plane + 1);
  }
  memcpy(origin, place, sizeof place);
  return DSEG_OK;
}

/* Columns and rows of the map: along each axis of the reference runs one of from's. */
static void map_pixels(const dseg_geometry *from, int steps[2][2], const ptrdiff_t origin[2], dseg_raster_map *map) {
  for (int axis = 0; axis < 2; axis++) {
    const int source_axis = steps[0][axis] != 0 ? 0 : 1;
    const size_t count = source_axis == 0 ? from->columns : from->rows;
    map->source_axis[axis] = source_axis;
    for (size_t i = 0; i < count; i++) {
      map->index[axis][origin[axis] + steps[source_axis][axis] * (ptrdiff_t)i] = (int32_t)i;
    }
  }
}

/* Gives each plane of the reference the one of from that lies there, by its place in the present map. */
static dseg_status match_raster(const dseg_convert_job *job, const dseg_geometry *from, const dseg_geometry *to,
                                dseg_raster_map *map, dseg_error *error) {
  const raster reference = raster_of(to);
  int steps[2][2];
  ptrdiff_t origin[2] = {0, 0};
  DSEG_TRY(match_axes(job, from, &reference, steps, error));
  for (size_t i = 0; i < from->plane_count; i++) {
    size_t slot = 0;
    DSEG_TRY(match_plane(from, i, &reference, steps, origin, &slot, error));
    if (map->index[2][slot] >= 0) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "two planes lie on one of the reference images");
    }
    map->index[2][slot] = job->map.index[2][i];
  }
  map_pixels(from, steps, origin, map);
  return DSEG_OK;
}

static dseg_status map_to_reference(dseg_convert_job *job, const dseg_geometry *from, const dseg_geometry *to,
                                    dseg_error *error) {
  dseg_raster_map map;
  dseg_status status = dseg_raster_map_create(to, &map, error);
  if (status == DSEG_OK) {
    status = match_raster(job, from, to, &map, error);
  }
  if (status != DSEG_OK) {
    dseg_raster_map_free(&map);
    return dseg_convert_fail_input(job, status, error);
  }
  dseg_raster_map_free(&job->map);
  job->map = map;
  job->same_raster = dseg_raster_map_is_plain(&map, from, to);
  return DSEG_OK;
}

static void share_references(dseg_description *target) {
  target->references.shared = true;
  for (size_t i = 0; i < target->geometry.plane_count; i++) {
    target->geometry.planes[i].source = -1;
  }
}

/* The images' patient, study, references, and their geometry where the target's is empty. */
static dseg_status add_references(dseg_convert_job *job, const char *name, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  dseg_convert_warnings warnings = {job, name};
  const dseg_reference_options reference_options = {
      .struct_size = sizeof(dseg_reference_options),
      .warnings = options->shared_references ? (dseg_warning_sink){0} : dseg_convert_warning_sink(&warnings),
      .temporary_directory = options->temporary_directory,
      .name = job->names[0],
      .other_patient = options->other_patient};
  const dseg_status status = dseg_description_add_reference(job->target, options->references, options->reference_count,
                                                            &reference_options, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_file(job, name, status, error);
  }
  if (options->shared_references) {
    share_references(job->target);
  }
  return DSEG_OK;
}

dseg_status dseg_convert_apply_reference(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const dseg_geometry from = job->target->geometry;
  const char *grid = dseg_convert_name(job, DSEG_OPTION_GRID);
  const char *name =
      options->reference_count == 1 ? options->references[0] : dseg_convert_name(job, DSEG_OPTION_REFERENCES);
  if (options->grid != DSEG_GRID_REFERENCE) {
    return add_references(job, name, error);
  }
  if (from.space != DSEG_SPACE_PATIENT) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "%s reference: only for segmentations in patient space", grid);
    return dseg_convert_fail_input(job, DSEG_ERROR_UNSUPPORTED, error);
  }
  job->target->geometry.plane_count = 0;
  DSEG_TRY(add_references(job, name, error));
  const dseg_geometry *to = &job->target->geometry;
  if (to->space != DSEG_SPACE_PATIENT || to->plane_count == 0 || !(to->pixel_spacing[0] > 0) ||
      !(to->pixel_spacing[1] > 0)) {
    dseg_fail(error, DSEG_ERROR_FORMAT, "%s reference: the images have no position, orientation or pixel spacing",
              grid);
    return dseg_convert_fail_file(job, name, DSEG_ERROR_FORMAT, error);
  }
  return map_to_reference(job, &from, to, error);
}
