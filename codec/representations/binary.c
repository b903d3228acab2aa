/* SPDX-License-Identifier: Apache-2.0 */
/* binary.c - BINARY: a frame of 1 bit a pixel for each segment and plane (PS3.3 C.8.20.2.3.1, PS3.5 8.1.1). */
#include "model/bit_planes.h"
#include "representations/builtin.h"
#include "representations/segment_frames.h"

static size_t frame_pixels(uint32_t rows, uint32_t columns) {
  return (size_t)rows * columns;
}

static dseg_status add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane, dseg_error *error) {
  DSEG_TRY(dseg_check_segment_frame(frame, 1, "BINARY", error));
  dseg_paint_segment(plane, (uint32_t)frame->segment, frame->pixels, frame->bit,
                     frame_pixels(frame->rows, frame->columns));
  return DSEG_OK;
}

static dseg_status add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask, dseg_error *error) {
  (void)number;
  DSEG_TRY(dseg_check_segment_frame(frame, 1, "BINARY", error));
  dseg_bits_or_to_bytes(frame->pixels, frame->bit, frame_pixels(frame->rows, frame->columns), mask);
  return DSEG_OK;
}

static dseg_status choose_format(const dseg_description *description, const dseg_option_value *options,
                                 size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  (void)options;
  (void)option_count;
  if (description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "fractions do not fit into the single bit of BINARY (PS3.3 C.8.20.2.3.1): write FRACTIONAL, or "
                     "decide by a threshold which voxels are inside");
  }
  DSEG_TRY(dseg_check_segment_numbers(description, "BINARY", error));
  *format = (dseg_pixel_format){.bits_allocated = 1};
  return DSEG_OK;
}

static size_t frame_bytes(const dseg_write_context *context) {
  return dseg_frame_bytes(&(dseg_frame_info){.rows = context->rows, .columns = context->columns, .bits_allocated = 1});
}

static void mark_bits(uint8_t *frame, size_t first, size_t count, const dseg_write_context *context) {
  (void)context;
  dseg_bits_set_range(frame, first, count);
}

static dseg_status put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                              const dseg_frame_sink *sink, dseg_error *error) {
  return dseg_put_segment_frames(context, labels, bits, frame_bytes(context), mark_bits, sink, error);
}

static dseg_status put_mask(const dseg_write_context *context, size_t segment, const uint8_t *mask,
                            const dseg_frame_sink *sink, dseg_error *error) {
  const size_t size = frame_bytes(context);
  DSEG_TRY(dseg_buffer_resize(context->scratch, size, error));
  (void)dseg_bits_pack(mask, frame_pixels(context->rows, context->columns), context->scratch->data);
  return sink->put(sink->user, (int32_t)segment, (dseg_view){context->scratch->data, size}, error);
}

const dseg_representation dseg_representation_binary = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_representation),
    .name = "binary",
    .title = "BINARY: one bit a pixel, a frame for each segment",
    .sop_class_uid = "1.2.840.10008.5.1.4.1.1.66.4",
    .segmentation_type = "BINARY",
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_BITS_1 | DSEG_PLUGIN_SEGMENT_FRAMES,
    .add_to_labels = add_to_labels,
    .add_to_mask = add_to_mask,
    .choose_format = choose_format,
    .put_labels = put_labels,
    .put_mask = put_mask,
};
