/* SPDX-License-Identifier: Apache-2.0 */
/* note.c - a representation as a plug-in that adds an element and reads it back: label maps of 8 bits like LABELMAP,
 * with a text in a private element, (0073,bb01). Reading passes it on as a warning and leaves the rest to the
 * standard's functional groups. */
#include <string.h>

#include "dseg/plugin.h"

#ifndef PLUGIN_REGISTER /* the test links it, too */
#define PLUGIN_REGISTER dseg_plugin_register
#endif

enum { GROUP = 0x0073, NOTE = 1 };
#define CREATOR "DSEG TEST NOTE"

DSEG_API dseg_status PLUGIN_REGISTER(dseg_registrar registrar, dseg_error *error);

static dseg_status add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane, dseg_error *error) {
  (void)error;
  plane->add_pixels(plane, frame->pixels, frame->bits_allocated, (size_t)frame->rows * frame->columns);
  return DSEG_OK;
}

static dseg_status add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask, dseg_error *error) {
  (void)error;
  for (size_t i = 0; i < (size_t)frame->rows * frame->columns; i++) {
    mask[i] |= frame->pixels[i] == number;
  }
  return DSEG_OK;
}

static dseg_status choose_format(const dseg_description *description, const dseg_option_value *options,
                                 size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  (void)options;
  (void)option_count;
  const size_t count = description->segment_count;
  if (description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY ||
      (count > 0 && description->segments[count - 1].number > 255) ||
      (description->has_background && description->background > 255)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "8 bits are not enough, or hold no fractions");
  }
  *format = (dseg_pixel_format){.bits_allocated = 8};
  return DSEG_OK;
}

static dseg_status put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                              const dseg_frame_sink *sink, dseg_error *error) {
  const size_t count = (size_t)context->rows * context->columns;
  bool any = !context->description->has_background;
  DSEG_TRY(dseg_buffer_resize(context->scratch, count, error));
  uint8_t *pixels = context->scratch->data;
  for (size_t i = 0; i < count; i++) {
    pixels[i] = bits == 8    ? ((const uint8_t *)labels)[i]
                : bits == 16 ? (uint8_t)((const uint16_t *)labels)[i]
                             : (uint8_t)((const uint32_t *)labels)[i];
    any = any || pixels[i] != context->description->background;
  }
  return any ? sink->put(sink->user, -1, (dseg_view){pixels, count}, error) : DSEG_OK;
}

static dseg_status describe(const dseg_write_context *context, const dseg_written_frames *frames, dseg_data_set *set,
                            dseg_error *error) {
  (void)context;
  (void)frames;
  (void)error;
  dseg_data_set_put_text(set, dseg_data_set_put_creator(set, GROUP, CREATOR) | NOTE, "LO", "noted");
  return DSEG_OK;
}

static dseg_status interpret(const dseg_read_context *context, dseg_interpretation *interpretation, dseg_error *error) {
  const uint32_t block = dseg_data_set_find_creator(context->set, GROUP, CREATOR);
  dseg_view note;
  (void)error;
  interpretation->by_frame_groups = true;
  if (block != 0 && dseg_data_set_get_bytes(context->set, block | NOTE, &note)) {
    while (note.size > 0 && note.data[note.size - 1] == ' ') { /* an implicit data set does not tell that it is text */
      note.size--;
    }
    dseg_warn(context->warnings, "the note is '%.*s'", note.size < 64 ? (int)note.size : 64, (const char *)note.data);
  }
  return DSEG_OK;
}

static const dseg_representation representation = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_representation),
    .name = "test-note",
    .title = "label maps with a note",
    .sop_class_uid = "1.2.3.4.12",
    .segmentation_type = "TEST NOTE",
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_8 |
             DSEG_PLUGIN_LABEL_FRAMES,
    .add_to_labels = add_to_labels,
    .add_to_mask = add_to_mask,
    .choose_format = choose_format,
    .put_labels = put_labels,
    .private_creator = CREATOR,
    .describe = describe,
    .interpret = interpret,
};

dseg_status PLUGIN_REGISTER(dseg_registrar registrar, dseg_error *error) {
  return registrar(&representation, NULL, error);
}
