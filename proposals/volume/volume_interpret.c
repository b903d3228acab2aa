/* SPDX-License-Identifier: Apache-2.0 */
/* volume_interpret.c - makes planes of a volume's grid, and places frames by its map. */
#include "volume.h"

/* All that is said of the volume, before anything is made of it. */
static dseg_status read_elements(const dseg_read_context *context, dseg_volume_elements *elements, dseg_error *error) {
  const bool label_frames = context->description->kind == DSEG_VOXELS_LABELS;
  const uint64_t segments = label_frames ? 1 : context->description->segment_count;
  dseg_volume_fault fault = {0, ""};
  dseg_status status = dseg_volume_read_form(context->set, context->has_frame_groups, elements, &fault, error);
  if (status == DSEG_OK) {
    status = dseg_volume_read_grid(context->set, segments, elements, &fault, error);
  }
  if (status == DSEG_OK) {
    status = dseg_volume_read_order(context->set, elements, &fault, error);
  }
  if (status == DSEG_OK) {
    status = dseg_volume_read_map(context->set, context->frame_count, elements, &fault, error);
  }
  if (status == DSEG_OK) {
    status = dseg_volume_check_sources(context->set, elements, &fault, error);
  }
  if (status == DSEG_ERROR_FORMAT) {
    dseg_error_prefix(error, fault.section);
  }
  return status;
}

static void place_tile(const dseg_geometry *geometry, const dseg_volume_elements *elements, uint32_t tile,
                       dseg_plane_position *plane) {
  plane->matrix_column = tile % elements->across * geometry->columns;
  plane->matrix_row = tile / elements->across * geometry->rows;
  for (size_t axis = 0; axis < 3; axis++) {
    plane->position[axis] = geometry->matrix_origin[axis] +
                            plane->matrix_column * geometry->pixel_spacing[1] * geometry->orientation[axis] +
                            plane->matrix_row * geometry->pixel_spacing[0] * geometry->orientation[3 + axis];
  }
}

static dseg_status make_planes(const dseg_read_context *context, const dseg_volume_elements *elements,
                               dseg_error *error) {
  dseg_description *description = context->description;
  dseg_geometry *geometry = &description->geometry;
  if (!elements->is_slide && elements->planes > DSEG_VOLUME_MOST_PLANES) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "a volume of %lu planes has more than %lu (volume, 8)",
                     (unsigned long)elements->planes, (unsigned long)DSEG_VOLUME_MOST_PLANES);
  }
  if (elements->planes > context->memory_limit / sizeof *geometry->planes) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "%lu planes or tiles exceed the memory limit (volume, 8)",
                     (unsigned long)elements->planes);
  }
  geometry->planes = dseg_description_alloc(description, elements->planes * sizeof *geometry->planes);
  if (geometry->planes == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %lu planes", (unsigned long)elements->planes);
  }
  geometry->space = elements->is_slide ? DSEG_SPACE_SLIDE : DSEG_SPACE_PATIENT;
  geometry->plane_count = elements->planes;
  for (uint32_t i = 0; i < elements->planes; i++) {
    dseg_plane_position *plane = &geometry->planes[i];
    plane->source = -1;
    if (elements->is_slide) {
      place_tile(geometry, elements, i, plane);
      continue;
    }
    for (size_t axis = 0; axis < 3; axis++) {
      plane->position[axis] = elements->origin[axis] + i * elements->step[axis];
    }
  }
  return DSEG_OK;
}

/* Places that follow each other on the planes of one segment are placed at once. */
static dseg_status place_frames(const dseg_read_context *context, const dseg_volume_elements *elements,
                                dseg_error *error) {
  const bool label_frames = context->description->kind == DSEG_VOXELS_LABELS;
  const uint64_t end = elements->first + elements->frames;
  uint64_t frame = 0; /* of the whole object */
  for (uint64_t place = 0; place < elements->places && frame < end;) {
    if (elements->map.size > 0 && place % 8 == 0 && elements->map.data[place / 8] == 0) {
      place += 8;
      continue;
    }
    if (!dseg_volume_has_frame(elements, place) || frame < elements->first) {
      frame += dseg_volume_has_frame(elements, place) ? 1 : 0;
      place++;
      continue;
    }
    const uint32_t plane = dseg_volume_plane_of(elements, place);
    const int32_t segment = label_frames ? -1 : (int32_t)dseg_volume_segment_of(elements, place);
    uint64_t count = 1;
    while (!elements->planes_are_slow && plane + count < elements->planes && frame + count < end &&
           dseg_volume_has_frame(elements, place + count)) {
      count++;
    }
    DSEG_TRY(context->place(context->user, (size_t)(frame - elements->first), (size_t)count, plane, 1, segment, error));
    frame += count;
    place += count;
  }
  return DSEG_OK;
}

/* What may be left to functional groups: no frame has a place by now. */
static dseg_status prepare(const dseg_read_context *context, dseg_volume_elements *elements, dseg_error *error) {
  DSEG_TRY(read_elements(context, elements, error));
  return make_planes(context, elements, error);
}

dseg_status dseg_volume_interpret(const dseg_read_context *context, dseg_interpretation *interpretation,
                                  dseg_error *error) {
  dseg_volume_elements elements;
  dseg_error why = {0};
  const dseg_status status = prepare(context, &elements, &why);
  if ((status == DSEG_ERROR_FORMAT || status == DSEG_ERROR_LIMIT) && !elements.is_strict && context->has_frame_groups) {
    interpretation->by_frame_groups = true;
    dseg_warn(context->warnings, "%s: read by its functional groups", why.message);
    return DSEG_OK;
  }
  if (status != DSEG_OK) {
    return dseg_fail(error, status, "%s", why.message);
  }
  DSEG_TRY(dseg_volume_take_sources(context, &elements, error));
  return place_frames(context, &elements, error);
}
