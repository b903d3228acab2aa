/* SPDX-License-Identifier: Apache-2.0 */
/* volume_describe.c - writes the elements of a volume: the grid, which places have frames, and the images of planes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "volume.h"

#define MAP_LIMIT ((uint64_t)0xFFFFFFFEu) /* bytes of an element of defined length (PS3.5 7.1.1) */

dseg_status dseg_volume_choose(const dseg_description *description, bool dual, const char *strict, const char *standard,
                               dseg_pixel_format *format, dseg_error *error) {
  dseg_volume_grid grid;
  const bool label_frames = description->kind == DSEG_VOXELS_LABELS && format->bits_allocated > 1;
  const uint64_t segments = label_frames || description->segment_count == 0 ? 1 : description->segment_count;
  DSEG_TRY(dseg_volume_find_grid(description, dseg_volume_spacing(&description->geometry), &grid, error));
  if (grid.planes * segments / 8 + 2 > MAP_LIMIT) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "%lu planes of %llu segments have more places than a Frame Presence Map holds (volume, 8)",
                     (unsigned long)grid.planes, (unsigned long long)segments);
  }
  /* Dimension Index Sequence of the dual form is the standard's: segments first; that of slides is TILED_FULL's. */
  format->order =
      (grid.descends ? DSEG_ORDER_PLANES_DESCEND : 0u) | (dual || grid.is_slide ? DSEG_ORDER_BY_SEGMENT : 0u);
  format->replaces |= dual ? 0 : DSEG_VOLUME_REPLACES;
  format->sop_class_uid = dual ? standard : strict;
  return DSEG_OK;
}

/* Whether frames are in the order of segments; else they are in that of planes. */
static bool is_by_segment(const dseg_written_frames *frames) {
  int32_t last = -1;
  for (size_t i = 0; i < frames->total; i++) {
    uint32_t plane;
    int32_t segment;
    frames->place(frames->user, i, &plane, &segment);
    if (segment < last) {
      return false;
    }
    last = segment;
  }
  return true;
}

/* Sets the bit of each frame; *full: all are set. */
static dseg_status fill_map(const dseg_write_context *context, const dseg_volume_grid *grid,
                            const dseg_written_frames *frames, bool by_segment, uint64_t segments, bool *full,
                            dseg_error *error) {
  const uint64_t places = grid->planes * segments, size = places / 8 + (places % 8 != 0);
  const dseg_plane_position *planes = context->description->geometry.planes;
  uint64_t next = 0;
  DSEG_TRY(dseg_buffer_resize(context->scratch, (size_t)(size + size % 2), error));
  memset(context->scratch->data, 0, context->scratch->size);
  for (size_t i = 0; i < frames->total; i++) {
    uint32_t index;
    int32_t segment;
    frames->place(frames->user, i, &index, &segment);
    const uint64_t plane = dseg_volume_plane(grid, &planes[index]), column = segment > 0 ? (uint64_t)segment : 0;
    const uint64_t place = by_segment ? column * grid->planes + plane : plane * segments + column;
    if (place < next) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame %zu does not stand in the order of places (volume, 4.2)",
                       i + 1);
    }
    next = place + 1;
    context->scratch->data[place / 8] |= (uint8_t)(1u << place % 8);
  }
  *full = frames->total == places;
  return DSEG_OK;
}

static void put_dimension(dseg_data_set *set, const char *organization, uint32_t pointer, uint32_t group,
                          const char *label) {
  dseg_data_set_begin_item(set, 0x00209222);
  dseg_data_set_put_text(set, 0x00209164, "UI", organization);
  dseg_data_set_put_tag(set, 0x00209165, pointer);
  dseg_data_set_put_tag(set, 0x00209167, group);
  dseg_data_set_put_text(set, 0x00209421, "LO", label);
  dseg_data_set_end_item(set);
}

/* Multi-frame Dimension of the strict form, the slowest first. */
static void put_dimensions(dseg_data_set *set, const dseg_write_context *context, bool is_slide, bool label_frames,
                           bool by_segment) {
  const char *organization = context->dimension_organization_uid;
  dseg_data_set_put_text(set, 0x00209311, "CS", is_slide ? "TILED_FULL" : "VOLUME");
  if (is_slide) {
    return;
  }
  dseg_data_set_begin_item(set, 0x00209221);
  dseg_data_set_put_text(set, 0x00209164, "UI", organization);
  dseg_data_set_end_item(set);
  for (int i = 0; i < 2; i++) {
    if ((i == 0) == by_segment && !label_frames) {
      put_dimension(set, organization, 0x0062000B, 0x0062000A, "Referenced Segment Number");
    } else if ((i == 0) != by_segment) {
      put_dimension(set, organization, 0x00200032, 0x00209113, "Image Position (Patient)");
    }
  }
}

static void put_origin(dseg_data_set *set, uint32_t block, const dseg_volume_grid *grid) {
  dseg_data_set_begin_item(set, block | DSEG_VOLUME_ORIGIN);
  dseg_data_set_put_decimals(set, 0x00200032, grid->origin, 3);
  dseg_data_set_end_item(set);
  dseg_data_set_put_u32(set, block | DSEG_VOLUME_PLANES, "UL", &grid->planes, 1);
}

/* Computes the planes from the decimal strings that are written, as readers do. */
static dseg_status check_written(dseg_data_set *set, const dseg_description *description, const dseg_volume_grid *grid,
                                 dseg_error *error) {
  const dseg_geometry *geometry = &description->geometry;
  dseg_volume_elements elements;
  dseg_volume_fault fault;
  DSEG_TRY(dseg_volume_read_form(set, false, &elements, &fault, error));
  DSEG_TRY(dseg_volume_read_grid(set, 1, &elements, &fault, error));
  for (size_t i = 0; !grid->is_slide && i < geometry->plane_count; i++) {
    const double steps = dseg_volume_plane(grid, &geometry->planes[i]);
    double square = 0;
    for (size_t axis = 0; axis < 3; axis++) {
      const double away = elements.origin[axis] + steps * elements.step[axis] - geometry->planes[i].position[axis];
      square += away * away;
    }
    if (!(sqrt(square) <= DSEG_VOLUME_TOLERANCE)) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "not an implicit volume (volume, 4.3): plane %zu lies %g mm from where the decimal strings of "
                       "origin, orientation and spacing put it",
                       i + 1, sqrt(square));
    }
  }
  return DSEG_OK;
}

dseg_status dseg_volume_describe(const dseg_write_context *context, const dseg_written_frames *frames,
                                 dseg_data_set *set, dseg_error *error) {
  const dseg_description *description = context->description;
  const bool strict = (context->format.replaces & DSEG_REPLACES_FRAME_GROUPS) != 0;
  const bool by_segment = is_by_segment(frames);
  dseg_volume_grid grid;
  uint32_t plane;
  int32_t segment = -1;
  bool full = false;
  DSEG_TRY(dseg_volume_find_grid(description, dseg_volume_spacing(&description->geometry), &grid, error));
  if (frames->total > 0) {
    frames->place(frames->user, 0, &plane, &segment);
  }
  const bool label_frames = segment < 0;
  const uint64_t segments = label_frames ? 1 : description->segment_count;
  DSEG_TRY(fill_map(context, &grid, frames, by_segment, segments, &full, error));
  const uint32_t block = dseg_data_set_put_creator(set, DSEG_VOLUME_GROUP, DSEG_VOLUME_CREATOR);
  if (strict) {
    put_dimensions(set, context, grid.is_slide, label_frames, by_segment);
  }
  if (!grid.is_slide) {
    put_origin(set, block, &grid);
  }
  if (!full || grid.is_slide) {
    dseg_data_set_put_bytes(set, block | DSEG_VOLUME_MAP, "OB",
                            (dseg_view){context->scratch->data, context->scratch->size});
  }
  DSEG_TRY(dseg_data_set_status(set, error));
  DSEG_TRY(check_written(set, description, &grid, error));
  return dseg_volume_put_sources(context, &grid, block, set, error);
}
