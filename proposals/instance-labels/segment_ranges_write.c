/* SPDX-License-Identifier: Apache-2.0 */
/* segment_ranges_write.c - every instance gets a pixel value of its own, those of a segment one after the other, above
 * all Segment Numbers. */
#include <stdlib.h>
#include <string.h>

#include "proposals.h"
#include "segment_ranges.h"
#include "volume/volume.h"

#define SEGMENTS 0x00620002u
#define SEGMENT_NUMBER 0x00620004u

const dseg_option segment_ranges_options[] = {{"bits", 8, 16, 8, "16: pixels of 16 bits even where 8 are enough"},
                                              {"volume", 0, 1, 0, "1: an implicit volume without per-frame groups"},
                                              {NULL, 0, 0, 0, NULL}};

/* What is remembered while an object is written. */
struct writing {
  size_t count;       /* of instances */
  uint16_t *value_of; /* by number: the pixel value; 0: the background */
  uint32_t *order;    /* by pixel value, less the first: the index of the instance */
  uint32_t *first;    /* by segment, and one more: place of its first instance in order */
  uint32_t first_value;
};

/* The first value that is neither a Segment Number nor the background. */
static uint32_t first_value(const dseg_description *description) {
  uint32_t greatest = description->has_background ? description->background : 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t number = description->segments[i].number;
    greatest = number > greatest ? number : greatest;
  }
  return greatest + 1;
}

dseg_status segment_ranges_choose_format(const dseg_description *description, const dseg_option_value *options,
                                         size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  const int64_t bits = dseg_get_option(segment_ranges_options, options, option_count, "bits");
  const size_t count = description->instances != NULL ? description->instances->count : 0;
  DSEG_TRY(dseg_find_representation("labelmap")->choose_format(description, NULL, 0, format, error));
  if (bits != 8 && bits != 16) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "option bits: a LABELMAP's pixels have 8 or 16 bits (PS3.3 Table C.8.20-2), not %d", (int)bits);
  }
  if (description->instances != NULL && !description->has_background) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "instances need a background for the pixels of none");
  }
  const uint64_t greatest = (uint64_t)first_value(description) + count - 1;
  if (greatest > UINT16_MAX) {
    return dseg_fail(
        error, DSEG_ERROR_LIMIT,
        "%zu instances above Segment Number %lu do not fit the 16 bits of a LABELMAP's pixels (PS3.3 Table "
        "C.8.20-2): write instance-labels",
        count, (unsigned long)first_value(description) - 1);
  }
  *format = (dseg_pixel_format){.bits_allocated = bits == 16 || greatest > UINT8_MAX ? 16 : 8};
  if (dseg_get_option(segment_ranges_options, options, option_count, "volume") == 0) {
    return DSEG_OK;
  }
  dseg_description labels = *description;
  labels.kind = DSEG_VOXELS_LABELS;
  return dseg_volume_choose(&labels, false, DSEG_UID_SEGMENT_RANGES, DSEG_UID_SEGMENT_RANGES, format, error);
}

static dseg_status out_of_memory(size_t count, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu instances", count);
}

static size_t class_of(const dseg_instances *instances, size_t index) {
  return instances->segments != NULL ? instances->segments[index] : 0;
}

/* Sorts instances by their classes, each in the order of numbers. */
static void sort_instances(struct writing *writing, const dseg_description *description) {
  const dseg_instances *instances = description->instances;
  const size_t classes = description->segment_count;
  for (size_t i = 0; i < writing->count; i++) {
    writing->first[class_of(instances, i) + 1]++;
  }
  for (size_t i = 0; i < classes; i++) {
    writing->first[i + 1] += writing->first[i];
  }
  for (size_t i = 0; i < writing->count; i++) {
    const uint32_t place = writing->first[class_of(instances, i)]++;
    writing->order[place] = (uint32_t)i;
    writing->value_of[i + 1] = (uint16_t)(writing->first_value + place);
  }
  for (size_t i = classes; i > 0; i--) { /* each is where the next began */
    writing->first[i] = writing->first[i - 1];
  }
  writing->first[0] = 0;
}

static dseg_status begin(struct writing *writing, const dseg_write_context *context, dseg_error *error) {
  const dseg_description *description = context->description;
  if (description->instances == NULL) {
    return DSEG_OK;
  }
  writing->count = description->instances->count;
  writing->first_value = first_value(description);
  writing->value_of = calloc(writing->count + 1, sizeof *writing->value_of);
  writing->order = calloc(writing->count + 1, sizeof *writing->order);
  writing->first = calloc(description->segment_count + 2, sizeof *writing->first);
  if (writing->value_of == NULL || writing->order == NULL || writing->first == NULL) {
    return out_of_memory(writing->count, error);
  }
  writing->value_of[0] = (uint16_t)description->background;
  sort_instances(writing, description);
  return DSEG_OK;
}

dseg_status segment_ranges_begin_write(const dseg_write_context *context, void **state, dseg_error *error) {
  struct writing *writing = calloc(1, sizeof *writing);
  *state = writing;
  return writing != NULL ? begin(writing, context, error) : out_of_memory(0, error);
}

void segment_ranges_end_write(void *state) {
  struct writing *writing = state;
  free(writing->value_of);
  free(writing->order);
  free(writing->first);
  free(writing);
}

static uint32_t label_at(const void *labels, unsigned bits, size_t at) {
  return bits == 32 ? ((const uint32_t *)labels)[at] : instance_pixel(labels, bits, at);
}

/* Numbers are those of instances or 0; or of segments or the background: the library has looked. */
dseg_status segment_ranges_put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                                      const dseg_frame_sink *sink, dseg_error *error) {
  const struct writing *writing = context->state;
  const dseg_description *description = context->description;
  const size_t count = (size_t)context->rows * context->columns;
  const size_t bytes = context->format.bits_allocated / 8;
  bool any = !description->has_background;
  DSEG_TRY(dseg_buffer_resize(context->scratch, count * bytes, error));
  uint8_t *frame = context->scratch->data;
  for (size_t i = 0; i < count;) {
    const uint32_t label = label_at(labels, bits, i);
    const uint32_t value = writing->value_of != NULL ? writing->value_of[label] : label;
    any = any || value != description->background;
    for (; i < count && label_at(labels, bits, i) == label; i++) {
      if (bytes == 1) {
        frame[i] = (uint8_t)value;
      } else {
        ((uint16_t *)(void *)frame)[i] = (uint16_t)value;
      }
    }
  }
  return any ? sink->put(sink->user, -1, (dseg_view){frame, count * bytes}, error) : DSEG_OK;
}

/* Into the item of each segment that has instances. */
static void put_ranges(const struct writing *writing, const dseg_description *description, dseg_data_set *set) {
  const size_t items = dseg_data_set_count_items(set, SEGMENTS);
  for (size_t i = 0; writing->count > 0 && i < items && dseg_data_set_enter_item(set, SEGMENTS, i); i++) {
    uint16_t number = 0;
    ptrdiff_t segment = -1;
    if (dseg_data_set_get_u16(set, SEGMENT_NUMBER, 0, &number)) {
      segment = dseg_description_find_segment(description, number);
    }
    if (segment >= 0 && writing->first[segment] < writing->first[segment + 1]) {
      const uint16_t range[2] = {(uint16_t)(writing->first_value + writing->first[segment]),
                                 (uint16_t)(writing->first_value + writing->first[segment + 1] - 1)};
      const uint32_t block = dseg_data_set_put_creator(set, (uint16_t)INSTANCE_GROUP, INSTANCE_CREATOR);
      dseg_data_set_put_u16(set, block | INSTANCE_RANGE, "US", range, 2);
    }
    dseg_data_set_end_item(set);
  }
}

dseg_status segment_ranges_describe(const dseg_write_context *context, const dseg_written_frames *frames,
                                    dseg_data_set *set, dseg_error *error) {
  const struct writing *writing = context->state;
  const dseg_instances *instances = context->description->instances;
  const uint32_t block = dseg_data_set_put_creator(set, (uint16_t)INSTANCE_GROUP, INSTANCE_CREATOR);
  const bool has_boxes = instances != NULL && instances->boxes != NULL;
  const bool is_volume = (context->format.replaces & DSEG_REPLACES_FRAME_GROUPS) != 0;
  const bool boxes = has_boxes && (is_volume || instances->box_values == 4);
  if (has_boxes && !boxes) {
    dseg_warn(context->warnings,
              "boxes of %zu instances are not written: without option volume=1 planes have no number", writing->count);
  }
  if (is_volume) {
    DSEG_TRY(dseg_volume_describe(context, frames, set, error));
  }
  put_ranges(writing, context->description, set);
  return instance_put_columns(context, set, block, writing->count, writing->order, boxes ? instances->boxes : NULL,
                              boxes ? instances->box_values : 0, error);
}
