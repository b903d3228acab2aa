/* SPDX-License-Identifier: Apache-2.0 */
/* fractional.c - FRACTIONAL: a frame of 8 bits a pixel for each segment and plane, fractions of Maximum Fractional
 * Value (0062,000E) (PS3.3 C.8.20.2.3.2). */
#include <string.h>

#include "model/fractions.h"
#include "representations/builtin.h"
#include "representations/segment_frames.h"

static size_t frame_pixels(uint32_t rows, uint32_t columns) {
  return (size_t)rows * columns;
}

static dseg_status add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane, dseg_error *error) {
  DSEG_TRY(dseg_check_segment_frame(frame, 8, "FRACTIONAL", error));
  return dseg_paint_fractions(plane, (uint32_t)frame->segment, frame->pixels, frame_pixels(frame->rows, frame->columns),
                              error);
}

/* Should two frames describe one segment in one plane, the greater fraction counts. */
static dseg_status add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask, dseg_error *error) {
  (void)number;
  DSEG_TRY(dseg_check_segment_frame(frame, 8, "FRACTIONAL", error));
  const size_t count = frame_pixels(frame->rows, frame->columns);
  for (size_t i = 0; i < count; i++) {
    mask[i] = frame->pixels[i] > mask[i] ? frame->pixels[i] : mask[i];
  }
  return DSEG_OK;
}

static dseg_status choose_format(const dseg_description *description, const dseg_option_value *options,
                                 size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  (void)options;
  (void)option_count;
  if (description->kind != DSEG_VOXELS_PROBABILITY && description->kind != DSEG_VOXELS_OCCUPANCY) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "FRACTIONAL holds probabilities or occupancies (PS3.3 C.8.20.2.3.2), not labels or masks: write "
                     "BINARY or LABELMAP, or say what the fractions mean");
  }
  if (description->maximum_fraction == 0 || description->maximum_fraction > UINT8_MAX) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "Maximum Fractional Value (0062,000E) %u is not in 1..255: fractions have 8 bits (PS3.3 Table "
                     "C.8.20-2)",
                     (unsigned)description->maximum_fraction);
  }
  DSEG_TRY(dseg_check_segment_numbers(description, "FRACTIONAL", error));
  *format = (dseg_pixel_format){.bits_allocated = 8};
  return DSEG_OK;
}

static void mark_bytes(uint8_t *frame, size_t first, size_t count, const dseg_write_context *context) {
  memset(frame + first, (int)context->description->maximum_fraction, count);
}

/* A label fills its voxel: store the maximum fraction. */
static dseg_status put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                              const dseg_frame_sink *sink, dseg_error *error) {
  return dseg_put_segment_frames(context, labels, bits, frame_pixels(context->rows, context->columns), mark_bytes, sink,
                                 error);
}

static dseg_status put_mask(const dseg_write_context *context, size_t segment, const uint8_t *mask,
                            const dseg_frame_sink *sink, dseg_error *error) {
  const size_t count = frame_pixels(context->rows, context->columns);
  uint8_t greatest = 0;
  for (size_t i = 0; i < count; i++) {
    greatest = mask[i] > greatest ? mask[i] : greatest;
  }
  if (greatest > context->description->maximum_fraction) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "fraction %u exceeds Maximum Fractional Value (0062,000E) %u",
                     (unsigned)greatest, (unsigned)context->description->maximum_fraction);
  }
  return sink->put(sink->user, (int32_t)segment, (dseg_view){mask, count}, error);
}

const dseg_representation dseg_representation_fractional = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_representation),
    .name = "fractional",
    .title = "FRACTIONAL: 8 bits a pixel, a frame for each segment",
    .sop_class_uid = "1.2.840.10008.5.1.4.1.1.66.4",
    .segmentation_type = "FRACTIONAL",
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_BITS_8 | DSEG_PLUGIN_SEGMENT_FRAMES |
             DSEG_PLUGIN_FRACTIONS,
    .add_to_labels = add_to_labels,
    .add_to_mask = add_to_mask,
    .choose_format = choose_format,
    .put_labels = put_labels,
    .put_mask = put_mask,
};
