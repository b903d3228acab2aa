/* SPDX-License-Identifier: Apache-2.0 */
/* placement.c - segment and plane of each frame.
 *
 * Patient space: by Image Position (Patient). Slides: by position in the total pixel matrix, or by the implicit
 * order of TILED_FULL (PS3.3 C.7.6.17.3). Without positions: by source image where every frame names one, else the
 * frames of a segment are its planes in turn. */
#include "seg_read/placement.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/checked.h"

#define SEGMENT_NUMBERS ((size_t)65536)
/* Frames further apart than this in a direction cosine are not parallel. */
#define ORIENTATION_TOLERANCE 1e-4
#define FOCUS_TOLERANCE 1e-3 /* micrometres: focal planes of a slide are some tenths apart */

dseg_status dseg_placement_begin(dseg_placement *placement, dseg_error *error) {
  const dseg_description *description = placement->description;
  const size_t segments = description->segment_count + 1;
  placement->segment_of_number = malloc(SEGMENT_NUMBERS * sizeof *placement->segment_of_number);
  placement->last_along = calloc(segments, sizeof *placement->last_along);
  placement->frames_of_segment = calloc(segments, sizeof *placement->frames_of_segment);
  if (placement->segment_of_number == NULL || placement->last_along == NULL || placement->frames_of_segment == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", segments);
  }
  for (size_t i = 0; i < SEGMENT_NUMBERS; i++) {
    placement->segment_of_number[i] = -1;
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    if (description->segments[i].number < SEGMENT_NUMBERS) { /* Referenced Segment Number has 16 bits */
      placement->segment_of_number[description->segments[i].number] = (int32_t)i;
    }
  }
  return DSEG_OK;
}

void dseg_placement_free(dseg_placement *placement) {
  free(placement->segment_of_number);
  free(placement->last_along);
  free(placement->frames_of_segment);
  dseg_places_free(&placement->places);
}

static size_t tiles_along(uint32_t matrix, uint32_t tile) {
  return ((size_t)matrix + tile - 1) / tile;
}

static size_t tile_count(const dseg_geometry *geometry) {
  return tiles_along(geometry->matrix_columns, geometry->columns) * tiles_along(geometry->matrix_rows, geometry->rows);
}

static dseg_status find_segment(const dseg_placement *placement, size_t frame, const dseg_groups *groups,
                                int32_t *segment, dseg_error *error) {
  const size_t count = placement->description->segment_count;
  *segment = -1;
  if (placement->label_frames) {
    return DSEG_OK;
  }
  if (groups->has_segment) {
    *segment = placement->segment_of_number[groups->segment];
    if (*segment < 0) {
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "frame %zu belongs to segment %u, which Segment Sequence (0062,0002) does not describe (PS3.3 "
                       "C.8.20.3.1)",
                       frame + 1, (unsigned)groups->segment);
    }
  } else if (placement->tiled_full) {
    /* Segments vary slowest, in the order of their numbers. */
    *segment = (int32_t)(frame / tile_count(&placement->description->geometry));
  } else if (count == 1) {
    *segment = 0;
  } else {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "frame %zu has no Referenced Segment Number (0062,000B), and there are %zu segments (PS3.3 "
                     "C.8.20.3.1)",
                     frame + 1, count);
  }
  return DSEG_OK;
}

static bool same_direction(const double *a, const double *b) {
  for (size_t i = 0; i < 6; i++) {
    if (!(fabs(a[i] - b[i]) <= ORIENTATION_TOLERANCE)) {
      return false;
    }
  }
  return true;
}

static bool same_spacing(const dseg_groups *a, const dseg_groups *b) {
  for (size_t i = 0; i < 2; i++) {
    if (!(fabs(a->pixel_spacing[i] - b->pixel_spacing[i]) <= 1e-3 * fabs(a->pixel_spacing[i]))) {
      return false;
    }
  }
  return true;
}

/* All frames must have the first one's orientation and spacing. */
static dseg_status check_like_first(const dseg_placement *placement, size_t frame, const dseg_groups *groups,
                                    dseg_error *error) {
  const dseg_groups *first = &placement->first;
  if (groups->has_position != first->has_position || groups->has_slide_position != first->has_slide_position) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "frame %zu %s, unlike frame 1: Image Position (Patient) (0020,0032) or Plane Position (Slide) "
                     "(0048,021A) is for all frames or none (PS3.3 C.7.6.16.2.3)",
                     frame + 1,
                     first->has_position || first->has_slide_position ? "has no position" : "has a position");
  }
  if (first->has_position && (!groups->has_orientation || !same_direction(first->orientation, groups->orientation))) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "frames 1 and %zu are not parallel by Image Orientation (Patient) (0020,0037)", frame + 1);
  }
  if (first->has_slide_position && !(fabs(groups->position[2] - first->position[2]) <= FOCUS_TOLERANCE)) {
    return dseg_fail(
        error, DSEG_ERROR_UNSUPPORTED,
        "frames 1 and %zu lie in different focal planes by Z Offset in Slide Coordinate System (0040,074A): "
        "several of them in one object cannot be read (PS3.3 C.8.12.6.1)",
        frame + 1);
  }
  if (!same_spacing(first, groups)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "frames 1 and %zu differ in Pixel Spacing (0028,0030)", frame + 1);
  }
  return DSEG_OK;
}

/* A distance between count rows or columns: positive, but a single one may have none. */
static bool is_distance(double value, uint32_t count) {
  return (value > 0 || (value == 0 && count == 1)) && value < HUGE_VAL;
}

static dseg_status take_first(dseg_placement *placement, const dseg_groups *groups, dseg_error *error) {
  dseg_geometry *geometry = &placement->description->geometry;
  placement->first = *groups;
  placement->any = true;
  if (groups->has_pixel_spacing && !(is_distance(groups->pixel_spacing[0], geometry->rows) &&
                                     is_distance(groups->pixel_spacing[1], geometry->columns))) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "Pixel Spacing (0028,0030) is %g\\%g: distances between pixels are positive (PS3.3 10.7.1.3)",
                     groups->pixel_spacing[0], groups->pixel_spacing[1]);
  }
  if (placement->tiled_full || groups->has_slide_position) {
    geometry->space = DSEG_SPACE_SLIDE;
    placement->places.tiles = true;
  } else if (groups->has_position) {
    geometry->space = DSEG_SPACE_PATIENT;
    if (!groups->has_orientation) {
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "Image Orientation (Patient) (0020,0037) is missing (PS3.3 C.7.6.16.2.4)");
    }
    for (size_t i = 0; i < 6; i++) {
      geometry->orientation[i] = groups->orientation[i];
    }
    if (!(fabs(dseg_along_normal(groups->orientation, groups->position)) < HUGE_VAL)) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "Image Position (Patient) (0020,0032) is not finite");
    }
  } else if (groups->has_orientation) {
    return dseg_fail(
        error, DSEG_ERROR_FORMAT,
        "frame 1 has no Image Position (Patient) (0020,0032), although Image Orientation (Patient) (0020,0037) "
        "says that frames lie in the patient (PS3.3 C.7.6.16.2.3)");
  } else {
    placement->by_source = groups->source >= 0;
  }
  return DSEG_OK;
}

/* The place of a segment's counts; frames without a segment have one, too. */
static size_t slot_of(int32_t segment) {
  return segment < 0 ? 0 : (size_t)segment + 1;
}

/* In which direction the writer went from slice to slice. */
static void count_step(dseg_placement *placement, int32_t segment, const dseg_groups *groups) {
  const size_t at = slot_of(segment);
  const double along = dseg_along_normal(placement->description->geometry.orientation, groups->position);
  if (placement->frames_of_segment[at] > 0) {
    placement->steps_up += along > placement->last_along[at];
    placement->steps_down += along < placement->last_along[at];
  }
  placement->last_along[at] = along;
}

/* The place that stands for the frame's plane. */
static dseg_status find_place(dseg_placement *placement, size_t frame, int32_t segment, const dseg_groups *groups,
                              dseg_plane_position *place, dseg_error *error) {
  *place = (dseg_plane_position){.source = groups->source, .source_count = groups->source_list};
  for (size_t i = 0; i < 3; i++) {
    place->position[i] = groups->position[i];
  }
  if (placement->description->geometry.space == DSEG_SPACE_SLIDE) {
    if (groups->matrix_column <= 0 || groups->matrix_row <= 0) {
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "frame %zu lacks its column or row in the total pixel matrix (0048,021E), (0048,021F) (PS3.3 "
                       "C.8.12.6.1)",
                       frame + 1);
    }
    place->matrix_column = (uint32_t)(groups->matrix_column - 1);
    place->matrix_row = (uint32_t)(groups->matrix_row - 1);
  } else if (placement->description->geometry.space == DSEG_SPACE_NONE) {
    /* Sorted by row, then column, like tiles: here image and frame, or the place in the segment's sequence. */
    if (placement->by_source && groups->source < 0) {
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "frame %zu has neither a position nor a source image, unlike frame 1 (PS3.3 C.7.6.16.2.6)",
                       frame + 1);
    }
    place->matrix_row = placement->by_source ? placement->references->instance[groups->source]
                                             : placement->frames_of_segment[slot_of(segment)];
    place->matrix_column = placement->by_source ? placement->references->items[groups->source].frame : 0;
  }
  return DSEG_OK;
}

/* Frames of one plane are drawn on the same images as a rule: those of the first count, others are told. */
static dseg_status tell_other_sources(const dseg_placement *placement, const dseg_plane_position *place, uint32_t index,
                                      dseg_error *error) {
  const dseg_plane_position *kept = &placement->places.items[index];
  const bool same = kept->source == place->source && kept->source_count == place->source_count;
  if (same || place->source < 0 || placement->references == NULL || placement->references->dropped == NULL) {
    return DSEG_OK;
  }
  return dseg_tag_list_add(placement->references->dropped, DSEG_TAG(0x0008, 0x9124), error);
}

dseg_status dseg_placement_visit(void *user, size_t frame, const dseg_groups *groups, dseg_error *error) {
  dseg_placement *placement = user;
  const size_t place_in_object = placement->first_frame + frame;
  int32_t segment;
  if (frame >= placement->part_frames) {
    return DSEG_OK;
  }
  if (!placement->any) {
    DSEG_TRY(take_first(placement, groups, error));
  } else if (!placement->tiled_full) {
    DSEG_TRY(check_like_first(placement, place_in_object, groups, error));
  }
  DSEG_TRY(find_segment(placement, place_in_object, groups, &segment, error));
  dseg_frame *entry = &placement->table->frames[place_in_object];
  entry->segment = segment;
  placement->without_position += !groups->placed_per_frame;
  if (placement->tiled_full) {
    entry->plane = (uint32_t)(place_in_object % tile_count(&placement->description->geometry));
    return DSEG_OK;
  }
  dseg_plane_position place;
  DSEG_TRY(find_place(placement, place_in_object, segment, groups, &place, error));
  if (placement->description->geometry.space == DSEG_SPACE_PATIENT) {
    count_step(placement, segment, groups);
  }
  placement->frames_of_segment[slot_of(segment)]++;
  DSEG_TRY(dseg_places_add(&placement->places, &place, &entry->plane, error));
  return tell_other_sources(placement, &place, entry->plane, error);
}

/* Planes of TILED_FULL: columns vary fastest, then rows; segments come last (PS3.3 C.7.6.17.3). */
static dseg_status make_full_tiles(dseg_placement *placement, dseg_error *error) {
  dseg_geometry *geometry = &placement->description->geometry;
  const size_t across = tiles_along(geometry->matrix_columns, geometry->columns);
  const size_t count = tile_count(geometry);
  geometry->planes = dseg_description_alloc(placement->description, count * sizeof *geometry->planes);
  if (geometry->planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu tiles", count);
  }
  geometry->plane_count = count;
  for (size_t i = 0; i < count; i++) {
    dseg_plane_position *plane = &geometry->planes[i];
    plane->matrix_column = (uint32_t)(i % across * geometry->columns);
    plane->matrix_row = (uint32_t)(i / across * geometry->rows);
    plane->source = -1;
    for (size_t axis = 0; axis < 3; axis++) {
      plane->position[axis] = geometry->matrix_origin[axis] +
                              plane->matrix_column * geometry->pixel_spacing[1] * geometry->orientation[axis] +
                              plane->matrix_row * geometry->pixel_spacing[0] * geometry->orientation[3 + axis];
    }
  }
  return DSEG_OK;
}

/* 1e-3 mm, or 1 % of the smallest distance that the object names. */
static double position_tolerance(const dseg_geometry *geometry) {
  const double distances[] = {geometry->spacing_between_slices, geometry->slice_thickness, geometry->pixel_spacing[0],
                              geometry->pixel_spacing[1]};
  double smallest = HUGE_VAL;
  for (size_t i = 0; i < sizeof distances / sizeof distances[0]; i++) {
    smallest = distances[i] > 0 && distances[i] < smallest ? distances[i] : smallest;
  }
  return smallest < HUGE_VAL && smallest * 0.01 > 1e-3 ? smallest * 0.01 : 1e-3;
}

static dseg_status order_places(dseg_placement *placement, dseg_error *error) {
  dseg_geometry *geometry = &placement->description->geometry;
  const size_t count = placement->places.count;
  uint32_t *plane_of_place = malloc((count != 0 ? count : 1) * sizeof *plane_of_place);
  if (plane_of_place == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", count);
  }
  dseg_status status;
  if (geometry->space == DSEG_SPACE_PATIENT) {
    status =
        dseg_order_stack(&placement->places, position_tolerance(geometry), placement->steps_down > placement->steps_up,
                         placement->description, plane_of_place, error);
  } else {
    status = dseg_order_tiles(&placement->places, placement->description, plane_of_place, error);
  }
  for (size_t i = 0; status == DSEG_OK && i < placement->table->count; i++) {
    placement->table->frames[i].plane = plane_of_place[placement->table->frames[i].plane];
  }
  for (size_t i = 0; status == DSEG_OK && geometry->space == DSEG_SPACE_NONE && i < geometry->plane_count; i++) {
    geometry->planes[i].matrix_row = 0;
    geometry->planes[i].matrix_column = 0;
  }
  free(plane_of_place);
  return status;
}

/* Two frames that hold the same thing at the same place, of a label map or of one segment, can only be told apart
 * by something else than position, time for instance. */
static dseg_status check_unique(const dseg_frame_table *table, dseg_error *error) {
  for (size_t i = 1; i < table->count; i++) {
    const dseg_frame *a = &table->frames[table->by_plane[i - 1]];
    const dseg_frame *b = &table->frames[table->by_plane[i]];
    if (a->plane == b->plane && a->segment == b->segment) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "frames %" PRIu32 " and %" PRIu32
                       " lie at the same position%s: neither several points in time nor overlapping label maps can be "
                       "read (PS3.3 C.8.20.2.3.3)",
                       table->by_plane[i - 1] + 1, table->by_plane[i] + 1, a->segment >= 0 ? " for one segment" : "");
    }
  }
  return DSEG_OK;
}

dseg_status dseg_placement_sort(const dseg_description *description, dseg_frame_table *table, dseg_error *error) {
  DSEG_TRY(dseg_frame_table_sort(table, description->geometry.plane_count, description->segment_count, error));
  return check_unique(table, error);
}

dseg_status dseg_placement_finish(dseg_placement *placement, dseg_error *error) {
  dseg_geometry *geometry = &placement->description->geometry;
  const dseg_groups *first = &placement->first;
  for (size_t i = 0; i < 2; i++) {
    geometry->pixel_spacing[i] = first->has_pixel_spacing ? first->pixel_spacing[i] : 0;
  }
  geometry->slice_thickness = first->slice_thickness;
  geometry->spacing_between_slices = first->spacing_between_slices;
  if (placement->tiled_full) {
    DSEG_TRY(make_full_tiles(placement, error));
  } else {
    DSEG_TRY(order_places(placement, error));
  }
  return dseg_placement_sort(placement->description, placement->table, error);
}
