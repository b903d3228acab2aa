/* SPDX-License-Identifier: Apache-2.0 */
/* geometry.c - spacing, orientation and position of frames (PS3.3 C.7.6.16.2.1, .3, .4, 10.7.1.3, C.7.6.2.1.1), and the
 * total pixel matrix of slides (C.8.12.6.1, C.8.12.14, C.7.6.17.3). */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "model/vector.h"
#include "validate/groups.h"

/* How far the cosine of the vectors may be from 0, and their squared lengths from 1: as dciodvfy has it. */
#define ORIENTATION_TOLERANCE 1e-4
/* What is off by no more, written with few decimals, still has a direction. */
#define DIRECTION_TOLERANCE 1e-3
/* Positions are compared to within this part of the spacing, and a thousandth of a millimetre. */
#define SPACING_TOLERANCE 1e-2
#define POSITION_TOLERANCE 1e-3

static bool is_orientation(const double *axes, double tolerance) {
  return fabs(dseg_dot(axes, axes) - 1) <= tolerance && fabs(dseg_dot(axes + 3, axes + 3) - 1) <= tolerance &&
         fabs(dseg_dot(axes, axes + 3)) <= tolerance;
}

/* Slice Thickness is asked for by SOP class: that of BINARY and FRACTIONAL. Without any, nothing tells how thick the
 * plane of a LABELMAP is. */
static void check_thickness(dseg_check *check, const dseg_group_set *set, bool has_distance) {
  const dseg_facts *facts = &check->facts;
  const dseg_element thickness = dseg_get(&set->groups[DSEG_GROUP_MEASURES].item, DSEG_TAG(0x0018, 0x0050));
  const dseg_place place = dseg_group_element_place(set, DSEG_GROUP_MEASURES, DSEG_TAG(0x0018, 0x0050));
  if (!facts->has_frame_of_reference) {
    return;
  }
  if (facts->type == DSEG_TYPE_BINARY || facts->type == DSEG_TYPE_FRACTIONAL) {
    if (!dseg_has_value(&thickness)) {
      dseg_found(check, DSEG_RULE_SLICE_THICKNESS, place, "is missing, there is a Frame of Reference UID (0020,0052)");
    }
  } else if (!has_distance && !facts->slide) {
    dseg_found(check, DSEG_RULE_SLICE_EXTENT, place, "is missing, and Spacing Between Slices (0018,0088) too");
  }
}

static void check_measures(dseg_check *check, const dseg_group_set *set) {
  static const uint32_t distances[] = {0x00180050, 0x00180088};
  const dseg_elements *item = &set->groups[DSEG_GROUP_MEASURES].item;
  double spacing[2];
  bool has_distance = false;
  if (!dseg_get_decimals(item, DSEG_TAG(0x0028, 0x0030), spacing, 2)) {
    const dseg_element element = dseg_get(item, DSEG_TAG(0x0028, 0x0030));
    dseg_found(check, DSEG_RULE_PIXEL_SPACING,
               dseg_group_element_place(set, DSEG_GROUP_MEASURES, DSEG_TAG(0x0028, 0x0030)),
               "is %s, must be two numbers", dseg_show(&element).text);
  } else if ((!(spacing[0] > 0) && check->facts.rows > 1) || (!(spacing[1] > 0) && check->facts.columns > 1) ||
             spacing[0] < 0 || spacing[1] < 0) {
    dseg_found(check, DSEG_RULE_PIXEL_SPACING,
               dseg_group_element_place(set, DSEG_GROUP_MEASURES, DSEG_TAG(0x0028, 0x0030)), "is %g by %g", spacing[0],
               spacing[1]);
  }
  for (size_t i = 0; i < 2; i++) {
    const dseg_element element = dseg_get(item, distances[i]);
    double distance;
    if (!dseg_has_value(&element)) {
      continue;
    }
    has_distance = true;
    if (!dseg_element_decimal(&element, 0, &distance) || !(distance > 0)) {
      dseg_found(check, DSEG_RULE_SLICE_MEASURES, dseg_group_element_place(set, DSEG_GROUP_MEASURES, distances[i]),
                 "is %s, must be a positive number", dseg_show(&element).text);
    }
  }
  check_thickness(check, set, has_distance);
}

static void check_position(dseg_check *check, const dseg_group_set *set) {
  const dseg_elements *item = &set->groups[DSEG_GROUP_POSITION].item;
  const dseg_element element = dseg_get(item, DSEG_TAG(0x0020, 0x0032));
  double position[3];
  if (!dseg_get_decimals(item, DSEG_TAG(0x0020, 0x0032), position, 3)) {
    dseg_found(check, DSEG_RULE_IMAGE_POSITION,
               dseg_group_element_place(set, DSEG_GROUP_POSITION, DSEG_TAG(0x0020, 0x0032)),
               "is %s, must be three numbers", dseg_show(&element).text);
  }
}

static void check_orientation(dseg_check *check, const dseg_elements *in, uint32_t tag, dseg_place place) {
  const dseg_element element = dseg_get(in, tag);
  double axes[6];
  if (!dseg_get_decimals(in, tag, axes, 6)) {
    dseg_found(check, DSEG_RULE_IMAGE_ORIENTATION, place, "is %s, must be two unit vectors at right angles",
               dseg_show(&element).text);
  } else if (!is_orientation(axes, ORIENTATION_TOLERANCE)) {
    dseg_found(check, DSEG_RULE_IMAGE_ORIENTATION, place,
               "is %s, must be two unit vectors at right angles: lengths %.6g and %.6g, cosine %.6g",
               dseg_show(&element).text, sqrt(dseg_dot(axes, axes)), sqrt(dseg_dot(axes + 3, axes + 3)),
               dseg_dot(axes, axes + 3));
  }
}

static void check_tile(dseg_check *check, const dseg_group_set *set, uint32_t tag, uint32_t matrix, const char *name) {
  const dseg_elements *item = &set->groups[DSEG_GROUP_SLIDE_POSITION].item;
  const dseg_place place = dseg_group_element_place(set, DSEG_GROUP_SLIDE_POSITION, tag);
  uint32_t position;
  if (!dseg_get_u32(item, tag, &position)) {
    dseg_found(check, DSEG_RULE_TILE_POSITION, place, "is missing");
  } else if (position == 0 || position > INT32_MAX || (matrix != 0 && position > matrix)) {
    const int64_t told = position > INT32_MAX ? (int64_t)position - ((int64_t)1 << 32) : (int64_t)position;
    dseg_found(check, DSEG_RULE_TILE_POSITION, place, "is %" PRId64 ", the total pixel matrix has %u %s", told,
               (unsigned)matrix, name);
  }
}

void dseg_check_group_geometry(dseg_check *check, const dseg_group_set *set) {
  if (set->groups[DSEG_GROUP_MEASURES].items > 0) {
    check_measures(check, set);
  }
  if (set->groups[DSEG_GROUP_POSITION].items > 0) {
    check_position(check, set);
  }
  if (set->groups[DSEG_GROUP_ORIENTATION].items > 0) {
    check_orientation(check, &set->groups[DSEG_GROUP_ORIENTATION].item, DSEG_TAG(0x0020, 0x0037),
                      dseg_group_element_place(set, DSEG_GROUP_ORIENTATION, DSEG_TAG(0x0020, 0x0037)));
  }
  if (set->groups[DSEG_GROUP_SLIDE_POSITION].items > 0) {
    check_tile(check, set, DSEG_TAG(0x0048, 0x021E), check->facts.matrix_columns, "columns");
    check_tile(check, set, DSEG_TAG(0x0048, 0x021F), check->facts.matrix_rows, "rows");
  }
}

/* With TILED_FULL the frames follow from the matrix, unless something else says which there are. */
static void check_tile_count(dseg_check *check) {
  const dseg_facts *facts = &check->facts;
  uint32_t focal_planes = 1;
  (void)dseg_get_u32(check->top, DSEG_TAG(0x0048, 0x0303), &focal_planes);
  if (facts->rows == 0 || facts->columns == 0 || facts->matrix_rows == 0 || facts->matrix_columns == 0 || facts->part ||
      facts->frames == 0 || (facts->replaces & DSEG_REPLACES_FRAME_GROUPS) != 0) {
    return;
  }
  const uint64_t across = ((uint64_t)facts->matrix_columns + facts->columns - 1) / facts->columns;
  const uint64_t down = ((uint64_t)facts->matrix_rows + facts->rows - 1) / facts->rows;
  const uint64_t layers = facts->type == DSEG_TYPE_LABELMAP ? 1 : facts->segment_count;
  const double wanted = (double)across * (double)down * (double)layers * (double)focal_planes;
  if ((double)facts->frames != wanted) {
    dseg_found(check, DSEG_RULE_TILED_FULL_COUNT, dseg_at(DSEG_TAG(0x0028, 0x0008)),
               "is %llu, TILED_FULL has %llu by %llu tiles in %u focal planes for %llu segments",
               (unsigned long long)facts->frames, (unsigned long long)across, (unsigned long long)down,
               (unsigned)focal_planes, (unsigned long long)layers);
  }
}

void dseg_check_slide(dseg_check *check) {
  const dseg_facts *facts = &check->facts;
  const dseg_element orientation = dseg_get(check->top, DSEG_TAG(0x0048, 0x0102));
  if (orientation.tag != 0) {
    check_orientation(check, check->top, orientation.tag, dseg_at(orientation.tag));
  }
  if (!facts->tiled_full) {
    return;
  }
  static const uint32_t needed[] = {0x00480006, 0x00480007, 0x00480102};
  for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
    const dseg_element element = dseg_get(check->top, needed[i]);
    if (!dseg_has_value(&element)) {
      dseg_found(check, DSEG_RULE_TOTAL_MATRIX, dseg_at(needed[i]), "is missing with TILED_FULL");
    }
  }
  if (dseg_count_items(check->top, DSEG_TAG(0x0048, 0x0008)) == 0) {
    dseg_found(check, DSEG_RULE_TOTAL_MATRIX, dseg_at(DSEG_TAG(0x0048, 0x0008)), "is missing with TILED_FULL");
  }
  check_tile_count(check);
}

void dseg_read_frame_place(const dseg_group_set *own, const dseg_group_set *shared, dseg_frame_place *place) {
  const dseg_elements *position = dseg_group_item(own, shared, DSEG_GROUP_POSITION);
  const dseg_elements *orientation = dseg_group_item(own, shared, DSEG_GROUP_ORIENTATION);
  const dseg_elements *measures = dseg_group_item(own, shared, DSEG_GROUP_MEASURES);
  *place = (dseg_frame_place){0};
  place->has_position = position != NULL && dseg_get_decimals(position, DSEG_TAG(0x0020, 0x0032), place->position, 3);
  place->has_orientation = orientation != NULL &&
                           dseg_get_decimals(orientation, DSEG_TAG(0x0020, 0x0037), place->orientation, 6) &&
                           is_orientation(place->orientation, DIRECTION_TOLERANCE);
  if (measures != NULL && !dseg_get_decimals(measures, DSEG_TAG(0x0018, 0x0088), &place->spacing, 1)) {
    place->spacing = 0;
  }
}

static int compare_doubles(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Distances of the planes, sorted, each once; returns how many. */
static size_t sort_distances(double *distances, size_t count) {
  size_t distinct = 0;
  qsort(distances, count, sizeof *distances, compare_doubles);
  for (size_t i = 0; i < count; i++) {
    if (distinct == 0 || distances[i] - distances[distinct - 1] > POSITION_TOLERANCE) {
      distances[distinct++] = distances[i];
    }
  }
  return distinct;
}

static void check_spacing(dseg_check *check, const double *distances, size_t count, double spacing) {
  for (size_t i = 1; i < count && spacing > 0; i++) {
    const double gap = distances[i] - distances[i - 1];
    const double steps = floor(gap / spacing + 0.5);
    if (fabs(gap - steps * spacing) > SPACING_TOLERANCE * spacing + POSITION_TOLERANCE || steps < 1) {
      dseg_found(check, DSEG_RULE_SPACING_MATCH, dseg_at(DSEG_TAG(0x0018, 0x0088)),
                 "is %g, neighbouring planes are %g apart", spacing, gap);
      return;
    }
  }
}

static void check_3d(dseg_check *check, const double *distances, size_t count) {
  for (size_t i = 2; i < count; i++) {
    const double first = distances[1] - distances[0];
    const double gap = distances[i] - distances[i - 1];
    if (fabs(gap - first) > SPACING_TOLERANCE * first + POSITION_TOLERANCE) {
      dseg_found(check, DSEG_RULE_ORGANIZATION_3D, dseg_at(DSEG_TAG(0x0020, 0x9311)),
                 "is 3D, neighbouring planes are %g and %g apart", first, gap);
      return;
    }
  }
}

dseg_status dseg_check_planes(dseg_check *check, const dseg_frame_place *places, size_t count, dseg_error *error) {
  if (count == 0 || !places[0].has_orientation) {
    return DSEG_OK;
  }
  double *distances = malloc(count * sizeof *distances);
  if (distances == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the places of %zu frames", count);
  }
  const double *axes = places[0].orientation;
  double normal[3];
  dseg_cross(axes, axes + 3, normal);
  bool parallel = true;
  bool same_spacing = true;
  size_t placed = 0;
  for (size_t i = 0; i < count; i++) {
    if (!places[i].has_orientation || !places[i].has_position) {
      continue;
    }
    parallel = parallel && fabs(dseg_dot(places[i].orientation, normal)) <= DIRECTION_TOLERANCE &&
               fabs(dseg_dot(places[i].orientation + 3, normal)) <= DIRECTION_TOLERANCE;
    same_spacing = same_spacing && fabs(places[i].spacing - places[0].spacing) <= POSITION_TOLERANCE;
    distances[placed++] = dseg_dot(places[i].position, normal);
  }
  if (!parallel && check->facts.is_3d) {
    dseg_found(check, DSEG_RULE_ORGANIZATION_3D, dseg_at(DSEG_TAG(0x0020, 0x9311)), "is 3D, planes are not parallel");
  } else if (parallel && placed > 1) {
    const size_t distinct = sort_distances(distances, placed);
    if (same_spacing) {
      check_spacing(check, distances, distinct, places[0].spacing);
    }
    if (check->facts.is_3d) {
      check_3d(check, distances, distinct);
    }
  }
  free(distances);
  return DSEG_OK;
}
