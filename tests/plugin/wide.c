/* SPDX-License-Identifier: Apache-2.0 */
/* wide.c - a representation as a plug-in: label maps of 32 bits a pixel, whose segments are described in two columns
 * instead of Segment Sequence. The standard's functional groups place the frames.
 *
 * In a private block of group 0073: 01 OL the numbers, ascending; 02 UC a label for each. */
#include <stdlib.h>
#include <string.h>

#include "dseg/plugin.h"

#ifndef PLUGIN_REGISTER /* the test links it, too */
#define PLUGIN_REGISTER dseg_plugin_register
#endif

enum { GROUP = 0x0073, NUMBERS = 1, LABELS = 2 };
#define CREATOR "DSEG TEST WIDE"

DSEG_API dseg_status PLUGIN_REGISTER(dseg_registrar registrar, dseg_error *error);

static dseg_status add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane, dseg_error *error) {
  (void)error;
  plane->add_pixels(plane, frame->pixels, frame->bits_allocated, (size_t)frame->rows * frame->columns);
  return DSEG_OK;
}

static dseg_status add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask, dseg_error *error) {
  const uint32_t *pixels = (const void *)frame->pixels;
  (void)error;
  for (size_t i = 0; i < (size_t)frame->rows * frame->columns; i++) {
    mask[i] |= pixels[i] == number;
  }
  return DSEG_OK;
}

static dseg_status choose_format(const dseg_description *description, const dseg_option_value *options,
                                 size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  (void)options;
  (void)option_count;
  if (description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "fractions are not Segment Numbers");
  }
  *format = (dseg_pixel_format){.bits_allocated = 32, .replaces = DSEG_REPLACES_SEGMENTS};
  return DSEG_OK;
}

static dseg_status put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                              const dseg_frame_sink *sink, dseg_error *error) {
  const dseg_description *description = context->description;
  const size_t count = (size_t)context->rows * context->columns;
  bool any = !description->has_background;
  DSEG_TRY(dseg_buffer_resize(context->scratch, count * 4, error));
  uint32_t *pixels = (void *)context->scratch->data;
  for (size_t i = 0; i < count; i++) {
    switch (bits) {
      case 8: pixels[i] = ((const uint8_t *)labels)[i]; break;
      case 16: pixels[i] = ((const uint16_t *)labels)[i]; break;
      default: pixels[i] = ((const uint32_t *)labels)[i]; break;
    }
    any = any || pixels[i] != description->background;
  }
  return any ? sink->put(sink->user, -1, (dseg_view){context->scratch->data, count * 4}, error) : DSEG_OK;
}

/* Labels in one text, their separators made harmless. */
static dseg_status join_labels(const dseg_description *description, dseg_buffer *text, dseg_error *error) {
  text->size = 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    const char *label = description->segments[i].label;
    DSEG_TRY(dseg_buffer_append(text, "\\", i > 0 ? 1 : 0, error));
    for (; label != NULL && *label != '\0'; label++) {
      DSEG_TRY(dseg_buffer_append(text, *label == '\\' ? "/" : label, 1, error));
    }
  }
  return dseg_buffer_append(text, "", 1, error);
}

static dseg_status describe(const dseg_write_context *context, const dseg_written_frames *frames, dseg_data_set *set,
                            dseg_error *error) {
  const dseg_description *description = context->description;
  const size_t count = description->segment_count;
  const uint32_t block = dseg_data_set_put_creator(set, GROUP, CREATOR);
  (void)frames;
  DSEG_TRY(dseg_buffer_resize(context->scratch, (count + 1) * sizeof(uint32_t), error));
  uint32_t *numbers = (void *)context->scratch->data;
  for (size_t i = 0; i < count; i++) {
    numbers[i] = description->segments[i].number;
  }
  dseg_data_set_put_u32(set, block | NUMBERS, "OL", numbers, count);
  DSEG_TRY(join_labels(description, context->scratch, error));
  dseg_data_set_put_text(set, block | LABELS, "UC", (const char *)context->scratch->data);
  return DSEG_OK;
}

static uint32_t number_at(dseg_view numbers, size_t i) {
  const uint8_t *bytes = numbers.data + 4 * i;
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static dseg_status interpret(const dseg_read_context *context, dseg_interpretation *interpretation, dseg_error *error) {
  dseg_description *description = context->description;
  const uint32_t block = dseg_data_set_find_creator(context->set, GROUP, CREATOR);
  dseg_view numbers = {NULL, 0}, labels = {NULL, 0};
  if (block == 0 || !dseg_data_set_get_bytes(context->set, block | NUMBERS, &numbers)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the column of Segment Numbers is missing");
  }
  const size_t count = numbers.size / 4;
  (void)dseg_data_set_get_bytes(context->set, block | LABELS, &labels);
  dseg_segment *segments = dseg_description_alloc(description, (count + 1) * sizeof *segments);
  char *text = dseg_description_alloc(description, labels.size + count + 1);
  if (segments == NULL || text == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  size_t at = 0;
  for (size_t i = 0; i < count; i++) {
    segments[i].number = number_at(numbers, i);
    segments[i].label = text;
    for (; at < labels.size && labels.data[at] != '\\'; at++) {
      *text++ = (char)labels.data[at];
    }
    *text++ = '\0';
    at++;
  }
  description->segments = segments;
  description->segment_count = count;
  interpretation->by_frame_groups = true;
  return DSEG_OK;
}

static const dseg_representation representation = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_representation),
    .name = "test-wide",
    .title = "label maps of 32 bits",
    .sop_class_uid = "1.2.3.4.11",
    .segmentation_type = "TEST WIDE",
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_32 |
             DSEG_PLUGIN_LABEL_FRAMES,
    .add_to_labels = add_to_labels,
    .add_to_mask = add_to_mask,
    .choose_format = choose_format,
    .put_labels = put_labels,
    .replaces = DSEG_REPLACES_SEGMENTS,
    .private_creator = CREATOR,
    .describe = describe,
    .interpret = interpret,
};

dseg_status PLUGIN_REGISTER(dseg_registrar registrar, dseg_error *error) {
  return registrar(&representation, NULL, error);
}
