/* SPDX-License-Identifier: Apache-2.0 */
/* match.c - source frames in order, as references and geometry, and which of them lie at a plane.
 *
 * An image lies at a plane of a volume when both are in one plane of space: their rasters may differ (PS3.3 A.51.5.1),
 * as they do when a research format has turned the image. A slide's tile lies at the tile of its place, if tiles are of
 * one size. Without positions, planes and images correspond one to one, pixel by pixel. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/raster.h"
#include "model/vector.h"
#include "reference/reference.h"

/* Where planes or frames are: along the normal, or the row and column of a tile. */
struct spot {
  double distance; /* mm */
  uint32_t row, column;
};

static int compare_spots(const struct spot *a, const struct spot *b) {
  if (a->distance < b->distance || a->distance > b->distance) {
    return a->distance < b->distance ? -1 : 1;
  }
  if (a->row != b->row) {
    return a->row < b->row ? -1 : 1;
  }
  return (a->column > b->column) - (a->column < b->column);
}

static int order_spots(const void *a, const void *b) {
  return compare_spots(a, b);
}

/* What frames are sorted by: those at one plane follow each other. */
struct place {
  const dseg_reference_frame *frame;
  const dseg_reference_file *file;
  bool placed;      /* it counts, and has a spot */
  bool matched;     /* at the spot of a plane */
  struct spot spot; /* of that plane, or its own */
};

static int compare_integers(int64_t a, int64_t b) {
  return (a > b) - (a < b);
}

static int compare_places(const void *a, const void *b) {
  const struct place *x = a;
  const struct place *y = b;
  if (x->placed != y->placed) {
    return x->placed ? -1 : 1;
  }
  int order = compare_spots(&x->spot, &y->spot);
  order = order != 0 ? order : compare_integers((int64_t)x->file->series, (int64_t)y->file->series);
  if (order == 0 && x->placed) {
    order = compare_integers(x->file->acquisition, y->file->acquisition);
    order = order != 0 ? order : compare_integers(x->file->number, y->file->number);
  }
  return order != 0 ? order : (x->frame > y->frame) - (x->frame < y->frame);
}

/* The set while it is matched. */
struct matching {
  const dseg_reference_set *set;
  dseg_frame_choice choice;
  struct place *places; /* frame_count of them; placed ones come first once sorted */
  size_t placed_count;
  struct spot *spots; /* of planes, ascending */
  size_t spot_count;
};

static struct spot spot_of_frame(const struct matching *matching, const dseg_reference_frame *frame) {
  return matching->choice.is_slide
             ? (struct spot){0, frame->matrix_row, frame->matrix_column}
             : (struct spot){dseg_reference_middle(matching->set, frame, matching->choice.normal), 0, 0};
}

static struct spot spot_of_plane(const struct matching *matching, const dseg_plane_position *plane) {
  return matching->choice.is_slide ? (struct spot){0, plane->matrix_row, plane->matrix_column}
                                   : (struct spot){dseg_dot(plane->position, matching->choice.normal), 0, 0};
}

/* Places of all frames, at spots of their own. */
static dseg_status make_places(struct matching *matching, dseg_error *error) {
  const dseg_reference_set *set = matching->set;
  matching->places = calloc(set->frame_count, sizeof *matching->places);
  if (matching->places == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", set->frame_count);
  }
  for (size_t i = 0; i < set->frame_count; i++) {
    const dseg_reference_frame *frame = &set->frames[i];
    struct place *place = &matching->places[i];
    *place = (struct place){.frame = frame, .file = &set->files[frame->file]};
    place->placed = matching->choice.uses[i] != DSEG_FRAME_UNPLACED;
    place->spot = place->placed ? spot_of_frame(matching, frame) : (struct spot){0};
    matching->placed_count += place->placed ? 1 : 0;
  }
  return DSEG_OK;
}

static dseg_status make_spots(struct matching *matching, size_t count, dseg_error *error) {
  matching->spots = calloc(count + 1, sizeof *matching->spots);
  return matching->spots != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
}

/* The first spot of a sorted table that is not below one. */
static size_t find_spot(const struct matching *matching, const struct spot *spot) {
  size_t low = 0;
  size_t high = matching->spot_count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (compare_spots(&matching->spots[middle], spot) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/* Moves frames to the spots of the planes that they lie at, and sorts them. */
static void match_frames(struct matching *matching) {
  for (size_t i = 0; i < matching->set->frame_count; i++) {
    struct place *place = &matching->places[i];
    const size_t at = find_spot(matching, &place->spot);
    const struct spot *nearest = at < matching->spot_count ? &matching->spots[at] : NULL;
    const struct spot *below = at > 0 ? &matching->spots[at - 1] : NULL;
    if (below != NULL && !matching->choice.is_slide &&
        (nearest == NULL || place->spot.distance - below->distance < nearest->distance - place->spot.distance)) {
      nearest = below;
    }
    if (!place->placed || nearest == NULL) {
      continue;
    }
    place->matched = matching->choice.is_slide ? compare_spots(nearest, &place->spot) == 0
                                               : fabs(nearest->distance - place->spot.distance) <=
                                                     dseg_reference_tolerance(place->frame, matching->choice.distance);
    place->spot = place->matched ? *nearest : place->spot;
  }
  qsort(matching->places, matching->set->frame_count, sizeof *matching->places, compare_places);
}

static void fill_references(const struct matching *matching, dseg_instance_reference *instances) {
  const dseg_reference_set *set = matching->set;
  for (size_t i = 0; i < set->frame_count; i++) {
    const dseg_reference_frame *frame = matching->places[i].frame;
    const dseg_reference_file *file = matching->places[i].file;
    const dseg_reference_file *head = &set->files[file->series]; /* one series: one text */
    const bool same_study =
        file->study_uid != NULL && head->study_uid != NULL && strcmp(file->study_uid, head->study_uid) == 0;
    instances[i] = (dseg_instance_reference){.sop_class_uid = file->sop_class_uid,
                                             .sop_instance_uid = file->sop_instance_uid,
                                             .series_uid = *head->series_uid != '\0' ? head->series_uid : NULL,
                                             .study_uid = same_study ? head->study_uid : file->study_uid,
                                             .frame = frame->number,
                                             .has_position = frame->has_position};
    memcpy(instances[i].position, frame->position, sizeof frame->position);
  }
}

/* Gives a plane the frames at a spot. */
static bool set_sources(const struct matching *matching, const struct spot *spot, dseg_plane_position *plane) {
  const struct place *places = matching->places;
  size_t low = 0;
  size_t high = matching->placed_count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (compare_spots(&places[middle].spot, spot) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  size_t end = low;
  while (end < matching->placed_count && places[end].matched && compare_spots(&places[end].spot, spot) == 0) {
    end++;
  }
  plane->source = end > low ? (int32_t)low : -1;
  plane->source_count = end > low + 1 ? (uint32_t)(end - low) : 0;
  return end > low;
}

/* The smallest distance between neighbouring spots, mm; 0 when there is none. */
static double smallest_distance(const struct matching *matching) {
  double smallest = 0.0;
  for (size_t i = 1; i < matching->spot_count; i++) {
    const double distance = matching->spots[i].distance - matching->spots[i - 1].distance;
    if (smallest == 0.0 || distance < smallest) {
      smallest = distance;
    }
  }
  return smallest;
}

static dseg_status no_planes(size_t count, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
}

/* Makes planes where the frames are that give the segmentation its grid: several at one place, phases of a heart for
 * instance, make one. */
static dseg_status make_planes(struct matching *matching, dseg_description *description, dseg_error *error) {
  const dseg_reference_set *set = matching->set;
  dseg_geometry *geometry = &description->geometry;
  dseg_plane_position *planes = dseg_description_alloc(description, matching->placed_count * sizeof *planes);
  if (planes == NULL) {
    return no_planes(matching->placed_count, error);
  }
  qsort(matching->places, set->frame_count, sizeof *matching->places, compare_places);
  size_t used = 0;
  for (size_t i = 0; i < matching->placed_count; i++) {
    const struct place *place = &matching->places[i];
    const struct spot *last = used > 0 ? &matching->spots[used - 1] : NULL;
    const bool again =
        last != NULL && !matching->choice.is_slide && place->spot.distance - last->distance < DSEG_RASTER_ROUNDING;
    if (matching->choice.uses[place->frame - set->frames] != DSEG_FRAME_OF_GRID || again ||
        (last != NULL && compare_spots(last, &place->spot) == 0)) {
      continue;
    }
    matching->spots[used] = place->spot;
    planes[used] =
        (dseg_plane_position){.matrix_row = place->frame->matrix_row, .matrix_column = place->frame->matrix_column};
    memcpy(planes[used++].position, place->frame->position, sizeof place->frame->position);
  }
  matching->spot_count = used;
  geometry->planes = planes;
  geometry->plane_count = used;
  if (!matching->choice.is_slide) {
    geometry->spacing_between_slices = smallest_distance(matching);
    matching->choice.distance =
        geometry->spacing_between_slices > 0 ? geometry->spacing_between_slices : matching->choice.distance;
  }
  return DSEG_OK;
}

/* Copies the raster of a frame into the description. */
static void take_raster(const struct matching *matching, const dseg_reference_frame *first, dseg_geometry *geometry) {
  const dseg_reference_file *file = &matching->set->files[first->file];
  geometry->space = matching->placed_count == 0 ? DSEG_SPACE_NONE
                    : matching->choice.is_slide ? DSEG_SPACE_SLIDE
                                                : DSEG_SPACE_PATIENT;
  geometry->rows = file->rows;
  geometry->columns = file->columns;
  memcpy(geometry->pixel_spacing, first->spacing, sizeof first->spacing);
  memcpy(geometry->orientation, first->orientation, sizeof first->orientation);
  geometry->slice_thickness = first->thickness;
  geometry->spacing_between_slices = 0.0;
  geometry->matrix_rows = file->matrix_rows;
  geometry->matrix_columns = file->matrix_columns;
  memcpy(geometry->matrix_origin, file->matrix_origin, sizeof file->matrix_origin);
}

static size_t count_leading(const struct matching *matching) {
  const dseg_reference_set *set = matching->set;
  size_t count = 0;
  for (size_t i = 0; i < set->frame_count; i++) {
    count += set->files[set->frames[i].file].series == set->files[0].series ? 1 : 0;
  }
  return count;
}

/* Frames of the leading series without a position: a plane for each. */
static dseg_status take_unplaced(struct matching *matching, dseg_description *description, dseg_error *error) {
  dseg_geometry *geometry = &description->geometry;
  const size_t count = count_leading(matching);
  dseg_plane_position *planes = dseg_description_alloc(description, count * sizeof *planes);
  if (planes == NULL) {
    return no_planes(count, error);
  }
  match_frames(matching);
  take_raster(matching, matching->places[0].frame, geometry);
  for (size_t i = 0; i < count; i++) {
    planes[i].source = (int32_t)i;
    memcpy(planes[i].position, matching->places[i].frame->position, sizeof planes[i].position);
  }
  geometry->planes = planes;
  geometry->plane_count = count;
  return DSEG_OK;
}

/* Gives the description the images' geometry. */
static dseg_status take_geometry(struct matching *matching, dseg_description *description, dseg_error *error) {
  if (matching->placed_count == 0) {
    return take_unplaced(matching, description, error);
  }
  DSEG_TRY(make_spots(matching, matching->placed_count, error));
  dseg_geometry *geometry = &description->geometry;
  take_raster(matching, matching->choice.model, geometry);
  DSEG_TRY(make_planes(matching, description, error));
  match_frames(matching);
  for (size_t i = 0; i < geometry->plane_count; i++) {
    (void)set_sources(matching, &matching->spots[i], &geometry->planes[i]);
  }
  return DSEG_OK;
}

static bool are_tiles_of(const struct matching *matching, const dseg_geometry *geometry) {
  const dseg_reference_file *file = &matching->set->files[matching->choice.model->file];
  return geometry->rows == file->rows && geometry->columns == file->columns &&
         geometry->matrix_rows == file->matrix_rows && geometry->matrix_columns == file->matrix_columns;
}

/* Images without a position: as many planes of the same raster, which then have no position either. */
static size_t match_pixels(const struct matching *matching, dseg_geometry *geometry) {
  const dseg_reference_set *set = matching->set;
  const size_t count = count_leading(matching);
  bool same = geometry->plane_count == count;
  for (size_t i = 0; same && i < set->frame_count; i++) {
    const dseg_reference_file *file = &set->files[set->frames[i].file];
    same = !set->frames[i].has_position && (file->series != set->files[0].series ||
                                            (file->rows == geometry->rows && file->columns == geometry->columns));
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

static dseg_status match_planes(struct matching *matching, dseg_geometry *geometry, const dseg_warning_sink *warnings,
                                dseg_error *error) {
  const bool has_spots = matching->placed_count > 0 && (!matching->choice.is_slide || are_tiles_of(matching, geometry));
  DSEG_TRY(make_spots(matching, geometry->plane_count, error));
  for (size_t i = 0; i < geometry->plane_count; i++) {
    matching->spots[i] = spot_of_plane(matching, &geometry->planes[i]);
    geometry->planes[i].source = -1;
    geometry->planes[i].source_count = 0;
  }
  matching->spot_count = has_spots ? geometry->plane_count : 0;
  qsort(matching->spots, geometry->plane_count, sizeof *matching->spots, order_spots);
  match_frames(matching);
  size_t matched = matching->placed_count == 0 ? match_pixels(matching, geometry) : 0;
  for (size_t i = 0; has_spots && i < geometry->plane_count; i++) {
    const struct spot spot = spot_of_plane(matching, &geometry->planes[i]);
    matched += set_sources(matching, &spot, &geometry->planes[i]) ? 1 : 0;
  }
  if (matched < geometry->plane_count) {
    dseg_warn(warnings, "%zu of %zu planes lie on no image of the reference%s", geometry->plane_count - matched,
              geometry->plane_count, matching->placed_count == 0 ? ": none is parallel to them" : "");
  }
  return DSEG_OK;
}

/* Whether a plane has the pixels of a frame: as many, and each at the same place. */
static bool has_pixels_of(const struct matching *matching, const dseg_geometry *geometry,
                          const dseg_plane_position *plane, const struct place *place) {
  const dseg_reference_frame *frame = place->frame;
  if (geometry->rows != place->file->rows || geometry->columns != place->file->columns) {
    return false;
  }
  if (geometry->space == DSEG_SPACE_NONE) {
    return matching->placed_count == 0;
  }
  if (!frame->has_position || frame->spacing[0] <= 0.0 || frame->spacing[1] <= 0.0) {
    return false;
  }
  dseg_geometry of_frame = {.rows = geometry->rows, .columns = geometry->columns};
  memcpy(of_frame.pixel_spacing, frame->spacing, sizeof of_frame.pixel_spacing);
  memcpy(of_frame.orientation, frame->orientation, sizeof of_frame.orientation);
  const double pixel = fmin(frame->spacing[0], frame->spacing[1]);
  return dseg_raster_distance(geometry, plane->position, &of_frame, frame->position) <=
         fmax(DSEG_RASTER_ROUNDING, DSEG_RASTER_TOLERANCE * pixel);
}

static void compare_pixels(const struct matching *matching, const dseg_geometry *geometry,
                           dseg_instance_reference *instances) {
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const dseg_plane_position *plane = &geometry->planes[i];
    const size_t count = plane->source < 0 ? 0 : plane->source_count > 1 ? plane->source_count : 1;
    for (size_t j = 0; j < count; j++) {
      const size_t place = (size_t)plane->source + j;
      instances[place].same_pixels = has_pixels_of(matching, geometry, plane, &matching->places[place]);
    }
  }
}

static dseg_status apply(struct matching *matching, dseg_description *description, const dseg_warning_sink *warnings,
                         dseg_error *error) {
  dseg_geometry *geometry = &description->geometry;
  const size_t count = matching->set->frame_count;
  dseg_instance_reference *instances = dseg_description_alloc(description, count * sizeof *instances);
  if (instances == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", count);
  }
  DSEG_TRY(make_places(matching, error));
  if (geometry->plane_count == 0) {
    DSEG_TRY(take_geometry(matching, description, error));
  } else {
    DSEG_TRY(match_planes(matching, geometry, warnings, error));
  }
  fill_references(matching, instances);
  compare_pixels(matching, geometry, instances);
  description->references = (dseg_references){.instances = instances, .count = count};
  if (geometry->space != DSEG_SPACE_NONE && geometry->frame_of_reference_uid == NULL) {
    geometry->frame_of_reference_uid = matching->places[0].file->frame_of_reference_uid;
  }
  return DSEG_OK;
}

dseg_status dseg_reference_apply(dseg_reference_set *set, dseg_description *description,
                                 const dseg_reference_options *options, dseg_error *error) {
  struct matching matching = {.set = set};
  const dseg_geometry *like =
      options->like != NULL && options->like->space == DSEG_SPACE_PATIENT ? options->like : NULL;
  dseg_status status =
      dseg_reference_choose(set, &description->geometry, like, &options->warnings, &matching.choice, error);
  if (status == DSEG_OK) {
    status = apply(&matching, description, &options->warnings, error);
  }
  free(matching.choice.uses);
  free(matching.places);
  free(matching.spots);
  return status;
}
