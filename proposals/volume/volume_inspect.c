/* SPDX-License-Identifier: Apache-2.0 */
/* volume_inspect.c - what `dseg validate` finds in a volume: what readers refuse (bitstream.md, 8), and where the dual
 * form contradicts itself. */
#include <math.h>
#include <stdio.h>

#include "volume.h"

/* Passes a fault on, and clears why for the next; what is no fault of the object stays an error. */
static dseg_status tell(const dseg_inspect_context *context, dseg_status status, const dseg_volume_fault *fault,
                        dseg_error *why, bool *good, dseg_error *error) {
  *good = status == DSEG_OK;
  if (status != DSEG_OK && status != DSEG_ERROR_FORMAT) {
    return dseg_fail(error, status, "%s", why->message);
  }
  if (status == DSEG_ERROR_FORMAT) {
    context->report(context->user, DSEG_SEVERITY_ERROR, fault->tag, fault->section, why->message);
    dseg_error_clear(why);
  }
  return DSEG_OK;
}

/* A frame of the dual form stands where the map says, by its functional groups. */
static bool agrees(const dseg_volume_elements *elements, uint64_t place, const dseg_inspected_frame *frame,
                   bool label_frames, char *text, size_t size) {
  const uint32_t plane = dseg_volume_plane_of(elements, place);
  const uint32_t segment = label_frames ? 0 : dseg_volume_segment_of(elements, place) + 1;
  double square = 0;
  for (size_t axis = 0; axis < 3 && !elements->is_slide; axis++) {
    const double away = elements->origin[axis] + plane * elements->step[axis] - frame->position[axis];
    square += away * away;
  }
  if (!elements->is_slide && (!frame->has_position || !(sqrt(square) <= DSEG_VOLUME_TOLERANCE))) {
    (void)snprintf(text, size, "plane %lu, %g mm from its position there", (unsigned long)plane + 1,
                   frame->has_position ? sqrt(square) : 0.0);
    return false;
  }
  if (frame->segment != segment && !label_frames) {
    (void)snprintf(text, size, "segment %lu, not segment %lu", (unsigned long)segment, (unsigned long)frame->segment);
    return false;
  }
  return true;
}

/* Reports the first frame that the map and the functional groups place differently. */
static void compare_groups(const dseg_inspect_context *context, const dseg_volume_elements *elements,
                           bool label_frames) {
  const uint64_t end = elements->first + elements->frames;
  uint64_t frame = 0;
  for (uint64_t place = 0; place < elements->places && frame < end; place++) {
    char text[100];
    if (!dseg_volume_has_frame(elements, place)) {
      continue;
    }
    const uint64_t own = frame - elements->first;
    if (frame >= elements->first && own < context->inspected_count &&
        !agrees(elements, place, &context->inspected[own], label_frames, text, sizeof text)) {
      char message[200];
      (void)snprintf(message, sizeof message, "frame %llu is in the functional groups elsewhere than in the map: %s",
                     (unsigned long long)own + 1, text);
      context->report(context->user, DSEG_SEVERITY_ERROR, elements->block | DSEG_VOLUME_MAP, "volume 3.3", message);
      return;
    }
    frame++;
  }
}

static void check_dimensions(const dseg_inspect_context *context, const dseg_volume_elements *elements,
                             bool label_frames) {
  const size_t wanted = label_frames ? 1 : 2;
  if (elements->is_strict && !elements->is_slide && dseg_data_set_count_items(context->set, 0x00209222) != wanted) {
    context->report(context->user, DSEG_SEVERITY_ERROR, 0x00209222, "volume 4.2",
                    label_frames ? "has not exactly the item of Image Position (Patient)"
                                 : "has not exactly the items of segment and position");
  }
}

dseg_status dseg_volume_inspect(const dseg_inspect_context *context, bool label_frames, dseg_error *error) {
  const uint64_t segments = label_frames ? 1 : context->segment_count;
  dseg_volume_elements elements;
  dseg_volume_fault fault = {0, ""};
  dseg_error why = {0};
  bool form, order, map, good;
  dseg_status status = dseg_volume_read_form(context->set, context->inspected_count > 0, &elements, &fault, &why);
  DSEG_TRY(tell(context, status, &fault, &why, &form, error));
  if (elements.block == 0) {
    return DSEG_OK;
  }
  status = dseg_volume_read_grid(context->set, segments, &elements, &fault, &why);
  DSEG_TRY(tell(context, status, &fault, &why, &good, error));
  if (!good) {
    return DSEG_OK; /* the rest is counted in its planes */
  }
  status = dseg_volume_read_order(context->set, &elements, &fault, &why);
  DSEG_TRY(tell(context, status, &fault, &why, &order, error));
  check_dimensions(context, &elements, label_frames);
  status = dseg_volume_read_map(context->set, context->frame_count, &elements, &fault, &why);
  DSEG_TRY(tell(context, status, &fault, &why, &map, error));
  status = dseg_volume_check_sources(context->set, &elements, &fault, &why);
  DSEG_TRY(tell(context, status, &fault, &why, &good, error));
  if (form && order && map && !elements.is_strict) {
    compare_groups(context, &elements, label_frames);
  }
  return DSEG_OK;
}
