/* SPDX-License-Identifier: Apache-2.0 */
/* match.c - source frames in order, as references and geometry, and which of them a plane lies on.
 *
 * A plane of a volume lies on an image when both are in one plane of space: their rasters may differ (PS3.3
 * A.51.5.1), as they do when a research format has turned the image. A slide's tile lies on the tile at its place, if
 * tiles are of one size. Without positions, planes and images correspond one to one, pixel by pixel. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/reference.h"

/* Relative tolerance of positions; the absolute one is in mm. */
static const double tolerance_of_spacing = 0.01;
static const double tolerance_mm = 1e-3;

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void normal_of(const double orientation[6], double normal[3]) {
  const double *r = orientation, *c = orientation + 3;
  normal[0] = r[1] * c[2] - r[2] * c[1];
  normal[1] = r[2] * c[0] - r[0] * c[2];
  normal[2] = r[0] * c[1] - r[1] * c[0];
}

static bool same_orientation(const double a[6], const double b[6]) {
  for (size_t i = 0; i < 6; i++) {
    if (!(fabs(a[i] - b[i]) < 1e-4)) {
      return false;
    }
  }
  return true;
}

/* What frames are sorted by. */
struct place {
  size_t frame;
  bool placed;     /* with the same orientation as the first frame that has one */
  double distance; /* along the normal, mm */
  uint32_t row, column;
};

static int compare_places(const void *a, const void *b) {
  const struct place *x = a, *y = b;
  if (x->placed != y->placed) {
    return x->placed ? -1 : 1;
  }
  if (x->distance < y->distance || x->distance > y->distance) {
    return x->distance < y->distance ? -1 : 1;
  }
  if (x->row != y->row) {
    return x->row < y->row ? -1 : 1;
  }
  if (x->column != y->column) {
    return x->column < y->column ? -1 : 1;
  }
  return (x->frame > y->frame) - (x->frame < y->frame);
}

/* The set in the order of places. */
struct sorted {
  const dseg_reference_set *set;
  struct place *places;
  size_t placed_count; /* the first ones */
  bool slide;
  double normal[3];
  const dseg_reference_frame *first; /* in that order */
};

/* The frame whose orientation, and with slides whose pixel matrix, counts: a slide's series has several
 * resolutions, of which the description's own is meant, or else the largest. NULL when no frame has a position. */
static const dseg_reference_frame *choose_model(const dseg_reference_set *set, const dseg_geometry *geometry) {
  const dseg_reference_frame *model = NULL;
  uint64_t largest = 0;
  for (size_t i = 0; i < set->frame_count; i++) {
    const dseg_reference_frame *frame = &set->frames[i];
    const dseg_reference_file *file = &set->files[frame->file];
    if (!frame->has_position) {
      continue;
    }
    const bool fits =
        file->slide && file->matrix_rows == geometry->matrix_rows && file->matrix_columns == geometry->matrix_columns;
    const uint64_t size = fits ? UINT64_MAX : 1 + (uint64_t)file->matrix_rows * file->matrix_columns;
    if (size > largest) {
      largest = size;
      model = frame;
    }
  }
  return model;
}

static bool belongs_to(const dseg_reference_set *set, const dseg_reference_frame *frame,
                       const dseg_reference_frame *model) {
  const dseg_reference_file *a = &set->files[frame->file], *b = &set->files[model->file];
  return frame->has_position && same_orientation(frame->orientation, model->orientation) && a->slide == b->slide &&
         a->matrix_rows == b->matrix_rows && a->matrix_columns == b->matrix_columns;
}

static dseg_status sort_frames(const dseg_reference_set *set, const dseg_geometry *geometry, struct sorted *sorted,
                               dseg_error *error) {
  const dseg_reference_frame *model = choose_model(set, geometry);
  *sorted = (struct sorted){.set = set, .slide = model != NULL && set->files[model->file].slide};
  sorted->places = calloc(set->frame_count, sizeof *sorted->places);
  if (sorted->places == NULL) {
    dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", set->frame_count);
    return DSEG_ERROR_MEMORY;
  }
  if (model != NULL) {
    normal_of(model->orientation, sorted->normal);
  }
  for (size_t i = 0; i < set->frame_count; i++) {
    const dseg_reference_frame *frame = &set->frames[i];
    struct place *place = &sorted->places[i];
    *place = (struct place){.frame = i, .row = frame->matrix_row, .column = frame->matrix_column};
    place->placed = model != NULL && belongs_to(set, frame, model);
    place->distance = place->placed && !sorted->slide ? dot(frame->position, sorted->normal) : 0.0;
    sorted->placed_count += place->placed ? 1 : 0;
  }
  qsort(sorted->places, set->frame_count, sizeof *sorted->places, compare_places);
  sorted->first = &set->frames[sorted->places[0].frame];
  return DSEG_OK;
}

static dseg_status set_references(const struct sorted *sorted, dseg_description *description, dseg_error *error) {
  const dseg_reference_set *set = sorted->set;
  dseg_instance_reference *instances =
      dseg_description_alloc(description, set->frame_count * sizeof *description->references.instances);
  if (instances == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", set->frame_count);
  }
  const dseg_reference_file *head = &set->files[sorted->first->file];
  for (size_t i = 0; i < set->frame_count; i++) {
    const dseg_reference_frame *frame = &set->frames[sorted->places[i].frame];
    const dseg_reference_file *file = &set->files[frame->file];
    instances[i] = (dseg_instance_reference){.sop_class_uid = file->sop_class_uid,
                                             .sop_instance_uid = file->sop_instance_uid,
                                             /* One series: one text. */
                                             .series_uid = *head->series_uid != '\0' ? head->series_uid : NULL,
                                             .study_uid = head->study_uid,
                                             .frame = frame->number,
                                             .has_position = frame->has_position};
    memcpy(instances[i].position, frame->position, sizeof frame->position);
  }
  description->references = (dseg_references){.instances = instances, .count = set->frame_count};
  return DSEG_OK;
}

/* The smallest distance between neighbouring places, mm; 0 when there is none. */
static double smallest_distance(const struct sorted *sorted) {
  double smallest = 0.0;
  for (size_t i = 1; i < sorted->placed_count; i++) {
    const double distance = sorted->places[i].distance - sorted->places[i - 1].distance;
    if (distance > tolerance_mm && (smallest == 0.0 || distance < smallest)) {
      smallest = distance;
    }
  }
  return smallest;
}

/* Copies the images' geometry into the description. */
static dseg_status take_geometry(const struct sorted *sorted, dseg_description *description, dseg_error *error) {
  const dseg_reference_set *set = sorted->set;
  const dseg_reference_frame *first = sorted->first;
  const dseg_reference_file *file = &set->files[first->file];
  const bool placed = sorted->placed_count > 0;
  const size_t count = placed ? sorted->placed_count : set->frame_count;
  dseg_plane_position *planes = dseg_description_alloc(description, count * sizeof *planes);
  if (planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
  }
  size_t used = 0;
  for (size_t i = 0; i < count; i++) {
    const dseg_reference_frame *frame = &set->frames[sorted->places[i].frame];
    if (placed && !sorted->slide && used > 0 &&
        sorted->places[i].distance - sorted->places[i - 1].distance < tolerance_mm) {
      continue; /* several images at one place, phases of a heart for instance: one plane */
    }
    planes[used] = (dseg_plane_position){
        .matrix_row = frame->matrix_row, .matrix_column = frame->matrix_column, .source = (int32_t)i};
    memcpy(planes[used++].position, frame->position, sizeof frame->position);
  }
  dseg_geometry *geometry = &description->geometry;
  geometry->space = !placed ? DSEG_SPACE_NONE : sorted->slide ? DSEG_SPACE_SLIDE : DSEG_SPACE_PATIENT;
  geometry->rows = file->rows;
  geometry->columns = file->columns;
  memcpy(geometry->pixel_spacing, first->spacing, sizeof first->spacing);
  memcpy(geometry->orientation, first->orientation, sizeof first->orientation);
  geometry->slice_thickness = first->thickness;
  geometry->spacing_between_slices = placed && !sorted->slide ? smallest_distance(sorted) : 0.0;
  geometry->matrix_rows = file->matrix_rows;
  geometry->matrix_columns = file->matrix_columns;
  memcpy(geometry->matrix_origin, file->matrix_origin, sizeof file->matrix_origin);
  geometry->planes = planes;
  geometry->plane_count = used;
  return DSEG_OK;
}

/* The placed frame nearest to a distance along the normal, or -1 when none is within the tolerance. */
static int32_t find_distance(const struct sorted *sorted, double distance, double tolerance) {
  size_t low = 0, high = sorted->placed_count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (sorted->places[middle].distance < distance - tolerance) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  double best = tolerance;
  int32_t found = -1;
  for (size_t i = low; i < sorted->placed_count && sorted->places[i].distance <= distance + tolerance; i++) {
    const double off = fabs(sorted->places[i].distance - distance);
    if (off < best || (found < 0 && off <= best)) {
      best = off;
      found = (int32_t)i;
    }
  }
  return found;
}

static size_t match_volume(const struct sorted *sorted, dseg_geometry *geometry) {
  double normal[3];
  normal_of(geometry->orientation, normal);
  if (!(fabs(dot(normal, sorted->normal)) > 1.0 - 1e-6)) { /* within 0.08 degrees */
    return 0;
  }
  const double spacing = smallest_distance(sorted);
  const double tolerance = fmax(tolerance_mm, tolerance_of_spacing * spacing);
  size_t matched = 0;
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const int32_t source = find_distance(sorted, dot(geometry->planes[i].position, sorted->normal), tolerance);
    geometry->planes[i].source = source;
    matched += source >= 0 ? 1 : 0;
  }
  return matched;
}

static size_t match_tiles(const struct sorted *sorted, dseg_geometry *geometry) {
  const dseg_reference_file *file = &sorted->set->files[sorted->first->file];
  if (geometry->rows != file->rows || geometry->columns != file->columns ||
      geometry->matrix_rows != file->matrix_rows || geometry->matrix_columns != file->matrix_columns) {
    return 0;
  }
  size_t matched = 0;
  for (size_t i = 0; i < geometry->plane_count; i++) {
    dseg_plane_position *plane = &geometry->planes[i];
    struct place key = {.placed = true, .row = plane->matrix_row, .column = plane->matrix_column};
    size_t low = 0, high = sorted->placed_count;
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      key.frame = 0;
      if (compare_places(&sorted->places[middle], &key) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const bool found = low < sorted->placed_count && sorted->places[low].row == plane->matrix_row &&
                       sorted->places[low].column == plane->matrix_column;
    plane->source = found ? (int32_t)low : -1;
    matched += found ? 1 : 0;
  }
  return matched;
}

/* Images without a position: as many planes of the same raster, which then have no position either. */
static size_t match_pixels(const struct sorted *sorted, dseg_geometry *geometry) {
  const dseg_reference_set *set = sorted->set;
  bool same = geometry->plane_count == set->frame_count;
  for (size_t i = 0; same && i < set->frame_count; i++) {
    const dseg_reference_file *file = &set->files[set->frames[i].file];
    same = file->rows == geometry->rows && file->columns == geometry->columns;
  }
  if (!same) {
    return 0;
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    geometry->planes[i].source = (int32_t)i;
  }
  geometry->space = DSEG_SPACE_NONE;
  geometry->frame_of_reference_uid = NULL;
  return geometry->plane_count;
}

static void match_planes(const struct sorted *sorted, dseg_description *description,
                         const dseg_warning_sink *warnings) {
  dseg_geometry *geometry = &description->geometry;
  for (size_t i = 0; i < geometry->plane_count; i++) {
    geometry->planes[i].source = -1;
  }
  size_t matched = 0;
  if (sorted->placed_count == 0) {
    matched = match_pixels(sorted, geometry);
  } else if (sorted->slide && geometry->space == DSEG_SPACE_SLIDE) {
    matched = match_tiles(sorted, geometry);
  } else if (!sorted->slide && geometry->space == DSEG_SPACE_PATIENT) {
    matched = match_volume(sorted, geometry);
  }
  if (matched < geometry->plane_count) {
    dseg_warn(warnings, "%zu of %zu planes lie on no image of the reference", geometry->plane_count - matched,
              geometry->plane_count);
  }
}

dseg_status dseg_reference_apply(dseg_reference_set *set, dseg_description *description,
                                 const dseg_warning_sink *warnings, dseg_error *error) {
  struct sorted sorted;
  DSEG_TRY(sort_frames(set, &description->geometry, &sorted, error));
  dseg_status status = set_references(&sorted, description, error);
  if (status == DSEG_OK && description->geometry.plane_count == 0) {
    status = take_geometry(&sorted, description, error);
  } else if (status == DSEG_OK) {
    match_planes(&sorted, description, warnings);
  }
  if (status == DSEG_OK && description->geometry.space != DSEG_SPACE_NONE &&
      description->geometry.frame_of_reference_uid == NULL) {
    description->geometry.frame_of_reference_uid = set->files[sorted.first->file].frame_of_reference_uid;
  }
  free(sorted.places);
  return status;
}
