/* SPDX-License-Identifier: Apache-2.0 */
/* turn.c - whether images have their planes along another axis of a volume than the volume does: research formats list
 * axes in an order of their own, whatever was acquired. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/raster.h"
#include "model/raster_turn.h"
#include "model/vector.h"
#include "reference/reference.h"

static int compare_doubles(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Where the frames that are parallel to the geometry's planes lie along its normal, ascending; they count. NULL: out of
 * memory. */
static double *place_frames(const dseg_reference_set *set, const double normal[3], double tolerance, size_t *count) {
  double *places = malloc((set->frame_count + 1) * sizeof *places);
  *count = 0;
  for (size_t i = 0; places != NULL && i < set->frame_count; i++) {
    const dseg_reference_frame *frame = &set->frames[i];
    if (frame->has_position && !set->files[frame->file].slide && dseg_reference_lean(set, frame, normal) <= tolerance) {
      places[(*count)++] = dseg_reference_middle(set, frame, normal);
    }
  }
  if (places != NULL) {
    qsort(places, *count, sizeof *places, compare_doubles);
  }
  return places;
}

/* How many planes of the geometry lie on an image. */
static dseg_status count_planes(const dseg_reference_set *set, const dseg_geometry *geometry, size_t *found,
                                dseg_error *error) {
  double normal[3];
  dseg_cross(geometry->orientation, geometry->orientation + 3, normal);
  const double distance = geometry->spacing_between_slices > 0 ? geometry->spacing_between_slices : 1;
  const double tolerance = fmax(DSEG_RASTER_ROUNDING, DSEG_RASTER_TOLERANCE * distance);
  size_t count = 0;
  double *places = place_frames(set, normal, tolerance, &count);
  if (places == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", set->frame_count);
  }
  *found = 0;
  for (size_t plane = 0; plane < geometry->plane_count; plane++) {
    const double wanted = dseg_dot(geometry->planes[plane].position, normal) - tolerance;
    size_t low = 0;
    size_t high = count;
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      if (places[middle] < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    *found += low < count && places[low] <= wanted + 2 * tolerance ? 1 : 0;
  }
  free(places);
  return DSEG_OK;
}

/* The orientation of the images that suit the volume best. */
static dseg_status find_orientation(const dseg_reference_set *set, const dseg_geometry *volume, double orientation[6],
                                    bool *found, dseg_error *error) {
  const dseg_geometry none = {.space = DSEG_SPACE_NONE};
  dseg_frame_choice choice;
  const dseg_status status = dseg_reference_choose(set, &none, volume, NULL, &choice, error);
  *found = status == DSEG_OK && !choice.is_slide && choice.model != NULL;
  if (*found) {
    memcpy(orientation, choice.model->orientation, 6 * sizeof *orientation);
  }
  free(choice.uses);
  return status;
}

dseg_status dseg_reference_turn(const dseg_reference_set *set, const dseg_geometry *volume,
                                dseg_description *description, dseg_error *error) {
  dseg_geometry *geometry = &description->geometry;
  double orientation[6];
  bool found = false;
  if (volume->space != DSEG_SPACE_PATIENT || geometry->space != DSEG_SPACE_PATIENT || geometry->plane_count == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(find_orientation(set, volume, orientation, &found, error));
  const int axis = found ? dseg_raster_axis_across(volume, orientation) : 2;
  dseg_geometry turned;
  dseg_error why = {.status = DSEG_OK}; /* what cannot be turned stays as it is */
  if (axis == 2) {
    return DSEG_OK;
  }
  if (dseg_raster_turn(volume, axis, orientation, &turned, &why) != DSEG_OK) {
    return why.status == DSEG_ERROR_MEMORY ? dseg_fail(error, DSEG_ERROR_MEMORY, "%s", why.message) : DSEG_OK;
  }
  size_t before = 0;
  size_t after = 0;
  dseg_status status = count_planes(set, geometry, &before, error);
  if (status == DSEG_OK) {
    status = count_planes(set, &turned, &after, error);
  }
  if (status == DSEG_OK && after > before) {
    dseg_plane_position *planes = dseg_description_alloc(description, turned.plane_count * sizeof *planes);
    if (planes == NULL) {
      status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", turned.plane_count);
    } else {
      memcpy(planes, turned.planes, turned.plane_count * sizeof *planes);
      const char *space = geometry->frame_of_reference_uid;
      *geometry = turned;
      geometry->planes = planes;
      geometry->frame_of_reference_uid = space;
    }
  }
  free(turned.planes);
  return status;
}
