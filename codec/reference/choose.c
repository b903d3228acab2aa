/* SPDX-License-Identifier: Apache-2.0 */
/* choose.c - which of the images count: those parallel to the segmentation's planes, or the largest set of parallel
 * ones of one raster. Localizers and other orientations share a series with them (PS3.3 C.7.6.2.1.1 says of a series
 * nothing).
 *
 * Directions are compared by how far they move the farthest pixel, as model/raster.h has it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/raster.h"
#include "model/vector.h"
#include "reference/reference.h"

/* So many sets of parallel images are told apart: a radial acquisition has one for each. */
#define SETS_MAX ((size_t)256)

/* Parallel images of one raster. */
struct parallel_set {
  const dseg_reference_frame *model; /* the first of them */
  size_t count;
  int rank; /* 2: parallel to planes of like, of its spacing; 1: parallel; 0: neither, or nothing is known */
};

static double size_along(const dseg_reference_set *set, const dseg_reference_frame *frame, int axis) {
  const dseg_reference_file *file = &set->files[frame->file];
  const double spacing = frame->spacing[axis == 0 ? 1 : 0];
  return ((axis == 0 ? file->columns : file->rows) - 1.0) * (spacing > 0 ? spacing : 1);
}

double dseg_reference_middle(const dseg_reference_set *set, const dseg_reference_frame *frame, const double normal[3]) {
  return dseg_dot(frame->position, normal) + 0.5 * size_along(set, frame, 0) * dseg_dot(frame->orientation, normal) +
         0.5 * size_along(set, frame, 1) * dseg_dot(frame->orientation + 3, normal);
}

double dseg_reference_lean(const dseg_reference_set *set, const dseg_reference_frame *frame, const double normal[3]) {
  return 0.5 * size_along(set, frame, 0) * fabs(dseg_dot(frame->orientation, normal)) +
         0.5 * size_along(set, frame, 1) * fabs(dseg_dot(frame->orientation + 3, normal));
}

double dseg_reference_tolerance(const dseg_reference_frame *frame, double distance) {
  const double own = frame->spacing_between_slices > 0 ? frame->spacing_between_slices : frame->thickness;
  const double smaller = own > 0 && own < distance ? own : distance;
  return fmax(DSEG_RASTER_ROUNDING, DSEG_RASTER_TOLERANCE * smaller);
}

static bool is_parallel(const dseg_reference_set *set, const dseg_reference_frame *frame, const double normal[3],
                        double distance) {
  return dseg_reference_lean(set, frame, normal) <=
         fmax(DSEG_RASTER_ROUNDING, DSEG_RASTER_TOLERANCE * distance); /* false for NaN */
}

/* Distance between planes of a geometry, mm; where it says none, that of the images, or 1. */
static double plane_distance(const dseg_geometry *geometry, const double normal[3]) {
  double smallest = 0;
  for (size_t i = 1; i < geometry->plane_count; i++) {
    const double *a = geometry->planes[i - 1].position;
    const double distance = fabs(dseg_dot(geometry->planes[i].position, normal) - dseg_dot(a, normal));
    if (distance > DSEG_RASTER_ROUNDING && (smallest == 0 || distance < smallest)) {
      smallest = distance;
    }
  }
  return smallest > 0                           ? smallest
         : geometry->spacing_between_slices > 0 ? geometry->spacing_between_slices
         : geometry->slice_thickness > 0        ? geometry->slice_thickness
                                                : 1;
}

static double frame_distance(const dseg_reference_frame *frame) {
  return frame->spacing_between_slices > 0 ? frame->spacing_between_slices
         : frame->thickness > 0            ? frame->thickness
                                           : 1;
}

/* Whether two images have one raster, but for its place. */
static bool same_raster(const dseg_reference_set *set, const dseg_reference_frame *a, const dseg_reference_frame *b) {
  const dseg_reference_file *x = &set->files[a->file];
  const dseg_reference_file *y = &set->files[b->file];
  if (x->rows != y->rows || x->columns != y->columns) {
    return false;
  }
  double reach = 0;
  for (int corner = 0; corner < 3; corner++) { /* the end of the first row, of the first column, and the opposite one */
    double moved[3] = {0};
    for (int i = 0; i < 3; i++) {
      const double right = a->orientation[i] * size_along(set, a, 0) - b->orientation[i] * size_along(set, b, 0);
      const double down = a->orientation[3 + i] * size_along(set, a, 1) - b->orientation[3 + i] * size_along(set, b, 1);
      moved[i] = (corner != 1 ? right : 0) + (corner != 0 ? down : 0);
    }
    reach = fmax(reach, dseg_length(moved));
  }
  const double pixel = fmin(a->spacing[0], a->spacing[1]);
  return reach <= fmax(DSEG_RASTER_ROUNDING, DSEG_RASTER_TOLERANCE * (pixel > 0 ? pixel : 1));
}

/* The axes of a volume: directions along a row, a column and the normal, and the distances of voxels along them. */
struct axes {
  double unit[3][3];
  double spacing[3];
};

static void measure_axes(const dseg_geometry *geometry, struct axes *axes) {
  memcpy(axes->unit[0], geometry->orientation, sizeof axes->unit[0]);
  memcpy(axes->unit[1], geometry->orientation + 3, sizeof axes->unit[1]);
  dseg_cross(axes->unit[0], axes->unit[1], axes->unit[2]);
  axes->spacing[0] = geometry->pixel_spacing[1];
  axes->spacing[1] = geometry->pixel_spacing[0];
  axes->spacing[2] = plane_distance(geometry, axes->unit[2]);
}

/* Whether a distance between pixels is another by what it adds up to at the last one. */
static bool same_spacing(double a, double b, uint32_t count) {
  return fabs(a - b) * count <= DSEG_RASTER_TOLERANCE * b + DSEG_RASTER_ROUNDING;
}

/* How well parallel images suit a volume. */
static int rank_of(const dseg_reference_set *set, const dseg_reference_frame *frame, const struct axes *axes) {
  const dseg_reference_file *file = &set->files[frame->file];
  for (int axis = 0; axis < 3; axis++) {
    if (!is_parallel(set, frame, axes->unit[axis], axes->spacing[axis])) {
      continue;
    }
    const int one = (axis + 1) % 3;
    const int other = (axis + 2) % 3;
    const bool along = fabs(dseg_dot(frame->orientation, axes->unit[one])) > 0.5;
    const bool same = same_spacing(frame->spacing[1], axes->spacing[along ? one : other], file->columns) &&
                      same_spacing(frame->spacing[0], axes->spacing[along ? other : one], file->rows);
    return same ? 2 : 1;
  }
  return 0;
}

/* The set that a frame belongs to; NULL when it has none and there are too many. */
static struct parallel_set *find_set(const dseg_reference_set *set, const dseg_reference_frame *frame,
                                     struct parallel_set *sets, size_t *count) {
  for (size_t i = 0; i < *count; i++) {
    if (same_raster(set, sets[i].model, frame)) {
      return &sets[i];
    }
  }
  if (*count == SETS_MAX) {
    return NULL;
  }
  sets[*count] = (struct parallel_set){.model = frame};
  return &sets[(*count)++];
}

static bool is_leading(const dseg_reference_set *set, const dseg_reference_frame *frame) {
  return set->files[frame->file].series == set->files[0].series;
}

/* The best set of images of the leading series; model NULL when none has a position. */
static dseg_status find_best_set(const dseg_reference_set *set, const dseg_geometry *like, struct parallel_set *best,
                                 dseg_error *error) {
  struct parallel_set *sets = calloc(SETS_MAX, sizeof *sets);
  size_t count = 0;
  struct axes axes;
  *best = (struct parallel_set){.model = NULL};
  if (sets == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for sets of images");
  }
  for (size_t i = 0; i < set->frame_count; i++) {
    const dseg_reference_frame *frame = &set->frames[i];
    if (frame->has_position && is_leading(set, frame) && !set->files[frame->file].slide) {
      struct parallel_set *found = find_set(set, frame, sets, &count);
      if (found != NULL) {
        found->count++;
      }
    }
  }
  if (like != NULL) {
    measure_axes(like, &axes);
  }
  for (size_t i = 0; i < count; i++) {
    sets[i].rank = like != NULL ? rank_of(set, sets[i].model, &axes) : 0;
    if (best->model == NULL || sets[i].rank > best->rank ||
        (sets[i].rank == best->rank && sets[i].count > best->count)) {
      *best = sets[i];
    }
  }
  free(sets);
  return DSEG_OK;
}

/* Of a slide's several resolutions the description's own is meant, or else the largest. */
static const dseg_reference_frame *find_slide(const dseg_reference_set *set, const dseg_geometry *geometry) {
  const dseg_reference_frame *model = NULL;
  uint64_t largest = 0;
  for (size_t i = 0; i < set->frame_count; i++) {
    const dseg_reference_frame *frame = &set->frames[i];
    const dseg_reference_file *file = &set->files[frame->file];
    if (!frame->has_position || !file->slide || (!is_leading(set, frame) && geometry->plane_count == 0)) {
      continue;
    }
    const bool fits = file->matrix_rows == geometry->matrix_rows && file->matrix_columns == geometry->matrix_columns;
    const uint64_t size = fits ? UINT64_MAX : 1 + (uint64_t)file->matrix_rows * file->matrix_columns;
    if (size > largest) {
      largest = size;
      model = frame;
    }
  }
  return model;
}

static bool is_tile_of(const dseg_reference_set *set, const dseg_reference_frame *frame,
                       const dseg_reference_frame *model) {
  const dseg_reference_file *a = &set->files[frame->file];
  const dseg_reference_file *b = &set->files[model->file];
  return frame->has_position && a->slide && a->matrix_rows == b->matrix_rows &&
         a->matrix_columns == b->matrix_columns && same_raster(set, frame, model);
}

static void choose_tiles(const dseg_reference_set *set, const dseg_geometry *geometry, dseg_frame_choice *choice) {
  for (size_t i = 0; i < set->frame_count; i++) {
    const dseg_reference_frame *frame = &set->frames[i];
    if (is_tile_of(set, frame, choice->model)) {
      const bool gives = geometry->plane_count == 0 && is_leading(set, frame);
      choice->uses[i] = gives ? DSEG_FRAME_OF_GRID : DSEG_FRAME_PARALLEL;
    }
  }
}

/* Marks the frames parallel to the normal; with a grid, of the leading series only those of its raster. */
static void choose_parallel(const dseg_reference_set *set, const dseg_reference_frame *grid,
                            const dseg_warning_sink *warnings, dseg_frame_choice *choice) {
  size_t left_out = 0;
  const dseg_reference_frame *first = NULL;
  for (size_t i = 0; i < set->frame_count; i++) {
    const dseg_reference_frame *frame = &set->frames[i];
    const bool leads = grid != NULL && is_leading(set, frame);
    const bool counts =
        frame->has_position && !set->files[frame->file].slide &&
        (leads ? same_raster(set, grid, frame) : is_parallel(set, frame, choice->normal, choice->distance));
    if (counts) {
      choice->uses[i] = leads ? DSEG_FRAME_OF_GRID : DSEG_FRAME_PARALLEL;
      choice->model = choice->model != NULL ? choice->model : frame;
    } else {
      first = first != NULL ? first : frame;
      left_out++;
    }
  }
  if (left_out > 0 && left_out < set->frame_count) {
    dseg_warn(warnings,
              "%zu of %zu images of the reference are left out, %s for instance: they are not parallel to %s%s",
              left_out, set->frame_count, set->files[first->file].path,
              grid != NULL ? "the others" : "the segmentation's planes",
              grid != NULL ? ", or of another raster (PS3.3 C.7.6.2.1.1)" : " (PS3.3 C.7.6.2.1.1)");
  }
}

dseg_status dseg_reference_choose(const dseg_reference_set *set, const dseg_geometry *geometry,
                                  const dseg_geometry *like, const dseg_warning_sink *warnings,
                                  dseg_frame_choice *choice, dseg_error *error) {
  *choice = (dseg_frame_choice){.distance = 1};
  choice->uses = calloc(set->frame_count, 1);
  if (choice->uses == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", set->frame_count);
  }
  const bool is_given = geometry->plane_count > 0;
  if (!is_given || geometry->space == DSEG_SPACE_SLIDE) {
    choice->model = find_slide(set, geometry);
    choice->is_slide = choice->model != NULL;
  }
  if (choice->is_slide) {
    choose_tiles(set, geometry, choice);
    return DSEG_OK;
  }
  struct parallel_set best = {.model = NULL};
  if (is_given && geometry->space == DSEG_SPACE_PATIENT) {
    dseg_cross(geometry->orientation, geometry->orientation + 3, choice->normal);
    choice->distance = plane_distance(geometry, choice->normal);
  } else if (!is_given) {
    DSEG_TRY(find_best_set(set, like, &best, error));
    if (best.model != NULL) {
      dseg_cross(best.model->orientation, best.model->orientation + 3, choice->normal);
      choice->distance = frame_distance(best.model);
    }
  }
  if (best.model != NULL || (is_given && geometry->space == DSEG_SPACE_PATIENT)) {
    choose_parallel(set, best.model, warnings, choice);
  }
  return DSEG_OK;
}
