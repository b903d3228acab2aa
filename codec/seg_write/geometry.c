/* SPDX-License-Identifier: Apache-2.0 */
/* geometry.c - where the frames lie, once for all of them: Multi-frame Dimension (PS3.3 C.7.6.17), Shared
 * Functional Groups (C.7.6.16.1.1), and the total pixel matrix of a slide (Table C.8.20-2). */
#include <math.h>

#include "seg_write/object.h"

double dseg_plane_distance(const dseg_geometry *geometry) {
  if (geometry->spacing_between_slices > 0.0 || geometry->space != DSEG_SPACE_PATIENT) {
    return geometry->spacing_between_slices;
  }
  double smallest = 0.0;
  for (size_t i = 1; i < geometry->plane_count; i++) {
    const double *a = geometry->planes[i - 1].position, *b = geometry->planes[i].position;
    const double distance =
        sqrt((b[0] - a[0]) * (b[0] - a[0]) + (b[1] - a[1]) * (b[1] - a[1]) + (b[2] - a[2]) * (b[2] - a[2]));
    if (distance > 1e-6 && (smallest == 0.0 || distance < smallest)) {
      smallest = distance;
    }
  }
  return smallest;
}

/* An item of Dimension Index Sequence: the attribute counted, and the functional group it is in. */
static void put_dimension(dseg_data_set *set, const dseg_seg_object *object, dseg_dimension dimension) {
  static const struct {
    uint32_t pointer, group;
    const char *label;
  } known[] = {
      [DSEG_DIMENSION_SEGMENT] = {0x0062000B, 0x0062000A, "Referenced Segment Number"},
      [DSEG_DIMENSION_POSITION] = {0x00200032, 0x00209113, "Image Position (Patient)"},
      [DSEG_DIMENSION_ROW] = {0x0048021F, 0x0048021A, "Row Position In Total Image Pixel Matrix"},
      [DSEG_DIMENSION_COLUMN] = {0x0048021E, 0x0048021A, "Column Position In Total Image Pixel Matrix"},
      [DSEG_DIMENSION_LABEL] = {0x00209453, 0x00209111, "Frame Label"},
  };
  dseg_data_set_begin_item(set, 0x00209222);
  dseg_data_set_put_text(set, 0x00209164, "UI", object->dimension_organization_uid);
  dseg_data_set_put_tag(set, 0x00209165, known[dimension].pointer);
  dseg_data_set_put_tag(set, 0x00209167, known[dimension].group);
  dseg_data_set_put_text(set, 0x00209421, "LO", known[dimension].label);
  dseg_data_set_end_item(set);
}

void dseg_put_dimensions(dseg_data_set *set, const dseg_seg_object *object) {
  const dseg_dimension_table *table = object->dimensions;
  dseg_data_set_begin_item(set, 0x00209221);
  dseg_data_set_put_text(set, 0x00209164, "UI", object->dimension_organization_uid);
  dseg_data_set_end_item(set);
  for (size_t i = 0; i < table->count; i++) {
    put_dimension(set, object, table->dimensions[i]);
  }
  if (object->description->geometry.space == DSEG_SPACE_SLIDE) {
    dseg_data_set_put_text(set, 0x00209311, "CS", "TILED_SPARSE");
  } else if (table->equally_spaced) {
    dseg_data_set_put_text(set, 0x00209311, "CS", "3D"); /* equally spaced parallel planes (Table C.7.6.17-1) */
  }
}

/* Pixel Measures (C.7.6.16.2.1): volume readers take the distance of planes from Spacing Between Slices, viewers
 * of a single plane need a thickness. */
static void put_pixel_measures(dseg_data_set *set, const dseg_geometry *geometry) {
  const double distance = dseg_plane_distance(geometry);
  const double thickness = geometry->slice_thickness > 0.0 ? geometry->slice_thickness : distance;
  dseg_data_set_begin_item(set, 0x00289110);
  if (thickness > 0.0) {
    dseg_data_set_put_decimals(set, 0x00180050, &thickness, 1);
  }
  if (distance > 0.0) {
    dseg_data_set_put_decimals(set, 0x00180088, &distance, 1);
  }
  dseg_data_set_put_decimals(set, 0x00280030, geometry->pixel_spacing, 2);
  dseg_data_set_end_item(set);
}

/* Total Pixel Matrix and Image Orientation (Slide): in a slide's main data set. */
static void put_total_pixel_matrix(dseg_data_set *set, const dseg_geometry *geometry) {
  dseg_data_set_put_u32(set, 0x00480006, "UL", &geometry->matrix_columns, 1);
  dseg_data_set_put_u32(set, 0x00480007, "UL", &geometry->matrix_rows, 1);
  dseg_data_set_begin_item(set, 0x00480008);
  dseg_data_set_put_decimals(set, 0x0040072A, &geometry->matrix_origin[0], 1);
  dseg_data_set_put_decimals(set, 0x0040073A, &geometry->matrix_origin[1], 1);
  dseg_data_set_put_decimals(set, 0x0040074A, &geometry->matrix_origin[2], 1);
  dseg_data_set_end_item(set);
  dseg_data_set_put_decimals(set, 0x00480102, geometry->orientation, 6);
}

void dseg_put_shared_groups(dseg_data_set *set, const dseg_seg_object *object) {
  const dseg_geometry *geometry = &object->description->geometry;
  if (geometry->space == DSEG_SPACE_SLIDE) {
    put_total_pixel_matrix(set, geometry);
  }
  dseg_data_set_begin_item(set, 0x52009229);
  (void)dseg_data_set_read(set, object->description->shared_attributes, DSEG_EXPLICIT_VR, NULL); /* a failure is kept */
  dseg_put_shared_derivation(set, &object->description->references);
  if (geometry->space == DSEG_SPACE_PATIENT) {
    dseg_data_set_begin_item(set, 0x00209116); /* Plane Orientation (C.7.6.16.2.4) */
    dseg_data_set_put_decimals(set, 0x00200037, geometry->orientation, 6);
    dseg_data_set_end_item(set);
  }
  if (geometry->space != DSEG_SPACE_NONE && geometry->pixel_spacing[0] > 0.0 && geometry->pixel_spacing[1] > 0.0) {
    put_pixel_measures(set, geometry);
  }
  dseg_data_set_end_item(set);
}
