/* SPDX-License-Identifier: Apache-2.0 */
/* sets.c - a representation as a plug-in: segments may overlap, and there is one frame for each plane, of 8 bits, whose
 * pixels are numbers of sets of segments. Masks of a plane are collected until it ends. The standard's functional
 * groups place the frames.
 *
 * In a private block of group 0073: 01 OL a set for each number, from 0, which is the empty one; bit i stands for the
 * segment in item i of Segment Sequence. */
#include <stdlib.h>
#include <string.h>

#include "dseg/plugin.h"

#ifndef PLUGIN_REGISTER /* tests link it, too */
#define PLUGIN_REGISTER dseg_plugin_register
#endif

enum { GROUP = 0x0073, TABLE = 1, MOST_SEGMENTS = 32, MOST_SETS = 256 };
#define CREATOR "DSEG TEST SETS"

DSEG_API dseg_status PLUGIN_REGISTER(dseg_registrar registrar, dseg_error *error);

/* What is remembered of an object while it is written, or read. */
struct sets {
  size_t count;
  uint32_t items[MOST_SETS];
  size_t segment_count;
  uint32_t numbers[MOST_SEGMENTS]; /* reading: of segments */
  uint32_t *plane;                 /* writing: a set for each pixel */
};

static dseg_status choose_format(const dseg_description *description, const dseg_option_value *options,
                                 size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  (void)options;
  (void)option_count;
  if (description->kind == DSEG_VOXELS_PROBABILITY || description->kind == DSEG_VOXELS_OCCUPANCY ||
      description->segment_count > MOST_SEGMENTS || (description->has_background && description->background != 0)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "sets are of up to 32 segments, and 0 is the empty one");
  }
  *format = (dseg_pixel_format){.bits_allocated = 8};
  return DSEG_OK;
}

static dseg_status begin_write(const dseg_write_context *context, void **state, dseg_error *error) {
  struct sets *sets = calloc(1, sizeof *sets);
  *state = sets;
  if (sets != NULL) {
    sets->count = 1;
    sets->plane = calloc((size_t)context->rows * context->columns, sizeof *sets->plane);
  }
  return sets != NULL && sets->plane != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for sets");
}

/* Both of what is written and of what is read. */
static void free_sets(void *state) {
  struct sets *sets = state;
  free(sets->plane);
  free(sets);
}

static dseg_status number_of(struct sets *sets, uint32_t set, uint8_t *number, dseg_error *error) {
  size_t i = 0;
  while (i < sets->count && sets->items[i] != set) {
    i++;
  }
  if (i == MOST_SETS) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "8 bits number 256 sets, and there are more");
  }
  if (i == sets->count) {
    sets->items[sets->count++] = set;
  }
  *number = (uint8_t)i;
  return DSEG_OK;
}

static dseg_status put_mask(const dseg_write_context *context, size_t segment, const uint8_t *mask,
                            const dseg_frame_sink *sink, dseg_error *error) {
  struct sets *sets = context->state;
  (void)sink;
  (void)error;
  for (size_t i = 0; i < (size_t)context->rows * context->columns; i++) {
    sets->plane[i] |= (uint32_t)(mask[i] != 0) << segment;
  }
  return DSEG_OK;
}

/* The frame of the sets collected; the next plane begins with none. */
static dseg_status end_plane(const dseg_write_context *context, const dseg_frame_sink *sink, dseg_error *error) {
  const size_t count = (size_t)context->rows * context->columns;
  struct sets *sets = context->state;
  DSEG_TRY(dseg_buffer_resize(context->scratch, count, error));
  for (size_t i = 0; i < count; i++) {
    DSEG_TRY(number_of(sets, sets->plane[i], &context->scratch->data[i], error));
  }
  memset(sets->plane, 0, count * sizeof *sets->plane);
  return sink->put(sink->user, -1, (dseg_view){context->scratch->data, count}, error);
}

static dseg_status put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                              const dseg_frame_sink *sink, dseg_error *error) {
  const dseg_description *description = context->description;
  struct sets *sets = context->state;
  for (size_t i = 0; i < (size_t)context->rows * context->columns; i++) {
    const uint32_t label = bits == 8    ? ((const uint8_t *)labels)[i]
                           : bits == 16 ? ((const uint16_t *)labels)[i]
                                        : ((const uint32_t *)labels)[i];
    const ptrdiff_t segment = dseg_description_find_segment(description, label);
    sets->plane[i] = segment >= 0 ? 1u << segment : 0;
  }
  return end_plane(context, sink, error);
}

static dseg_status describe(const dseg_write_context *context, const dseg_written_frames *frames, dseg_data_set *set,
                            dseg_error *error) {
  const struct sets *sets = context->state;
  (void)frames;
  (void)error;
  dseg_data_set_put_u32(set, dseg_data_set_put_creator(set, GROUP, CREATOR) | TABLE, "OL", sets->items, sets->count);
  return DSEG_OK; /* what failed is kept in the data set */
}

static uint32_t set_at(dseg_view table, size_t i) {
  const uint8_t *bytes = table.data + 4 * i;
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static dseg_status interpret(const dseg_read_context *context, dseg_interpretation *interpretation, dseg_error *error) {
  const uint32_t block = dseg_data_set_find_creator(context->set, GROUP, CREATOR);
  const size_t segments = context->description->segment_count;
  dseg_view table = {NULL, 0};
  if (block == 0 || !dseg_data_set_get_bytes(context->set, block | TABLE, &table) || table.size > 4 * MOST_SETS ||
      segments > MOST_SEGMENTS) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the table of sets is missing, or there are too many");
  }
  struct sets *sets = calloc(1, sizeof *sets);
  if (sets == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for sets");
  }
  interpretation->state = sets;
  interpretation->by_frame_groups = true;
  sets->segment_count = segments;
  for (size_t i = 0; i < segments; i++) {
    sets->numbers[i] = context->description->segments[i].number;
  }
  for (; sets->count < table.size / 4; sets->count++) {
    const uint32_t set = set_at(table, sets->count);
    if (segments < MOST_SEGMENTS && set >> segments != 0) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "set %zu has more than %zu segments", sets->count, segments);
    }
    sets->items[sets->count] = set;
  }
  return DSEG_OK;
}

/* What Segment Sequence describes are no pixels of this representation. */
static dseg_status check_frame(const dseg_decoded_frame *frame, dseg_error *error) {
  const struct sets *sets = frame->state;
  for (size_t i = 0; i < (size_t)frame->rows * frame->columns; i++) {
    if (frame->pixels[i] >= sets->count) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "pixel %zu has the number of a set that is not there", i);
    }
  }
  return DSEG_OK;
}

static dseg_status add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane, dseg_error *error) {
  const struct sets *sets = frame->state;
  const size_t count = (size_t)frame->rows * frame->columns;
  if (plane->add_pixels != NULL || plane->label_of_pixel != NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "pixels are taken for Segment Numbers");
  }
  DSEG_TRY(check_frame(frame, error));
  uint8_t *bits = malloc(count / 8 + 1);
  if (bits == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
  }
  for (uint32_t segment = 0; segment < sets->segment_count; segment++) {
    memset(bits, 0, count / 8 + 1);
    for (size_t i = 0; i < count; i++) {
      bits[i / 8] |= (uint8_t)((sets->items[frame->pixels[i]] >> segment & 1u) << i % 8);
    }
    if (plane->wanted[segment] != 0) {
      plane->add_bits(plane, segment, bits, 0, count);
    }
  }
  free(bits);
  return DSEG_OK;
}

static dseg_status add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask, dseg_error *error) {
  const struct sets *sets = frame->state;
  size_t segment = 0;
  while (segment + 1 < sets->segment_count && sets->numbers[segment] != number) {
    segment++;
  }
  DSEG_TRY(check_frame(frame, error));
  for (size_t i = 0; i < (size_t)frame->rows * frame->columns; i++) {
    mask[i] = (uint8_t)(mask[i] | (sets->items[frame->pixels[i]] >> segment & 1u));
  }
  return DSEG_OK;
}

static const dseg_representation representation = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_representation),
    .name = "test-sets",
    .title = "numbers of sets of segments",
    .sop_class_uid = "1.2.3.4.13",
    .segmentation_type = "TEST SETS",
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_8 |
             DSEG_PLUGIN_LABEL_FRAMES | DSEG_PLUGIN_OWN_VALUES,
    .add_to_labels = add_to_labels,
    .add_to_mask = add_to_mask,
    .choose_format = choose_format,
    .put_labels = put_labels,
    .put_mask = put_mask,
    .private_creator = CREATOR,
    .describe = describe,
    .interpret = interpret,
    .end_read = free_sets,
    .begin_write = begin_write,
    .end_write = free_sets,
    .end_plane = end_plane,
};

dseg_status PLUGIN_REGISTER(dseg_registrar registrar, dseg_error *error) {
  return registrar(&representation, NULL, error);
}
