/* SPDX-License-Identifier: Apache-2.0 */
/* labelmap.c - LABELMAP: one frame for each plane, whose pixels are Segment Numbers (PS3.3 C.8.20.2.3.3). */
#include <string.h>

#include "model/label_planes.h"
#include "model/label_runs.h"
#include "representations/builtin.h"

/* A bit for each value that a pixel can have. */
#define VALUE_SET_BYTES ((size_t)65536 / 8)

static size_t frame_pixels(uint32_t rows, uint32_t columns) {
  return (size_t)rows * columns;
}

static dseg_status check_frame(const dseg_decoded_frame *frame, dseg_error *error) {
  if (frame->bits_allocated != 8 && frame->bits_allocated != 16) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "Bits Allocated (0028,0100) is %u, LABELMAP has 8 or 16 (PS3.3 Table C.8.20-2)",
                     frame->bits_allocated);
  }
  return DSEG_OK;
}

static dseg_status add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane, dseg_error *error) {
  DSEG_TRY(check_frame(frame, error));
  plane->add_pixels(plane, frame->pixels, frame->bits_allocated, frame_pixels(frame->rows, frame->columns));
  return DSEG_OK;
}

static dseg_status add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask, dseg_error *error) {
  DSEG_TRY(check_frame(frame, error));
  dseg_labels_to_mask(frame->pixels, frame->bits_allocated, frame_pixels(frame->rows, frame->columns), number, mask);
  return DSEG_OK;
}

static dseg_status check_kind(const dseg_description *description, dseg_error *error) {
  if (description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY) {
    return dseg_fail(
        error, DSEG_ERROR_UNSUPPORTED,
        "a LABELMAP's pixels are Segment Numbers, not fractions (PS3.3 C.8.20.2.3.3): write FRACTIONAL, or "
        "decide by a threshold which voxels are inside");
  }
  if (description->segment_count == 0 && !description->has_background) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "neither a segment nor a background: every pixel value of a LABELMAP is described in Segment "
                     "Sequence (0062,0002) (PS3.3 C.8.20.2.3.3)");
  }
  return DSEG_OK;
}

static const dseg_option options_table[] = {
    {"palette", 0, 1, 0, "1: PALETTE COLOR, the segments' colours as a palette with an ICC profile"},
    {"bits", 8, 16, 8, "16: pixels of 16 bits even where 8 are enough"},
    {NULL, 0, 0, 0, NULL}};

static dseg_status choose_format(const dseg_description *description, const dseg_option_value *options,
                                 size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  const int64_t bits = dseg_get_option(options_table, options, option_count, "bits");
  DSEG_TRY(check_kind(description, error));
  uint32_t greatest = description->has_background ? description->background : 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t number = description->segments[i].number;
    if (i > 0 && number <= description->segments[i - 1].number) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                       "segment %u does not follow %u in ascending order: Segment Number (0062,0004) is unique (PS3.3 "
                       "C.8.20.2.4)",
                       (unsigned)number, (unsigned)description->segments[i - 1].number);
    }
    if (description->has_background && number == description->background) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                       "%u is the number of a segment and the background, Pixel Padding Value (0028,0120), at once "
                       "(PS3.3 C.8.20.2.3.3)",
                       (unsigned)number);
    }
    greatest = number > greatest ? number : greatest;
  }
  if (greatest > UINT16_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "number %u does not fit the 16 bits of a LABELMAP's pixels (PS3.3 Table C.8.20-2): renumber the "
                     "segments",
                     (unsigned)greatest);
  }
  if (bits != 8 && bits != 16) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "option bits: a LABELMAP's pixels have 8 or 16 bits (PS3.3 Table C.8.20-2), not %d", (int)bits);
  }
  *format = (dseg_pixel_format){.bits_allocated = bits == 16 || greatest > UINT8_MAX ? 16 : 8,
                                .palette_color = dseg_get_option(options_table, options, option_count, "palette") == 1};
  return DSEG_OK;
}

/* The set of values that are described. */
static void fill_value_set(const dseg_description *description, uint8_t *set) {
  memset(set, 0, VALUE_SET_BYTES);
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t number = description->segments[i].number;
    set[number / 8] |= (uint8_t)(1u << number % 8);
  }
}

/* Whether a pixel is of a segment; DSEG_ERROR_ARGUMENT when one is neither that nor background. */
static inline dseg_status check_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                                       const uint8_t *set, bool *any, dseg_error *error) {
  const dseg_description *description = context->description;
  const size_t count = frame_pixels(context->rows, context->columns);
  *any = !description->has_background;
  for (size_t i = 0; i < count; i = dseg_label_run_end(labels, bits, i, count)) {
    const uint32_t label = dseg_label_at(labels, bits, i);
    if (description->has_background && label == description->background) {
      continue;
    }
    if (label > UINT16_MAX || (set[label / 8] >> label % 8 & 1) == 0) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "label %u at row %zu, column %zu belongs to no segment",
                       (unsigned)label, i / context->columns, i % context->columns);
    }
    *any = true;
  }
  return DSEG_OK;
}

static dseg_status check_labels_of(const dseg_write_context *context, const void *labels, unsigned bits,
                                   const uint8_t *set, bool *any, dseg_error *error) {
  switch (bits) {
    case 8: return check_labels(context, labels, 8, set, any, error);
    case 16: return check_labels(context, labels, 16, set, any, error);
    default: return check_labels(context, labels, 32, set, any, error);
  }
}

static dseg_status put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                              const dseg_frame_sink *sink, dseg_error *error) {
  const unsigned frame_bits = context->format.bits_allocated;
  const size_t count = frame_pixels(context->rows, context->columns);
  const size_t size = count * (frame_bits / 8);
  const size_t converted = bits != frame_bits ? size : 0;
  DSEG_TRY(dseg_buffer_resize(context->scratch, converted + VALUE_SET_BYTES, error));
  uint8_t *frame = context->scratch->data;
  uint8_t *set = frame + converted;
  bool any;
  fill_value_set(context->description, set);
  DSEG_TRY(check_labels_of(context, labels, bits, set, &any, error));
  if (!any) {
    return DSEG_OK;
  }
  if (bits == frame_bits) {
    return sink->put(sink->user, -1, (dseg_view){labels, size}, error);
  }
  dseg_labels_convert(labels, bits, count, frame, frame_bits);
  return sink->put(sink->user, -1, (dseg_view){frame, size}, error);
}

const dseg_representation dseg_representation_labelmap = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_representation),
    .name = "labelmap",
    .title = "LABELMAP: 8 or 16 bits a pixel, a frame for each plane",
    .sop_class_uid = "1.2.840.10008.5.1.4.1.1.66.7",
    .segmentation_type = "LABELMAP",
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_BITS_8 | DSEG_PLUGIN_BITS_16 |
             DSEG_PLUGIN_LABEL_FRAMES,
    .options = options_table,
    .add_to_labels = add_to_labels,
    .add_to_mask = add_to_mask,
    .choose_format = choose_format,
    .put_labels = put_labels,
};
