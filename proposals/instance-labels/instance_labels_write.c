/* SPDX-License-Identifier: Apache-2.0 */
/* instance_labels_write.c - from planes of instances' numbers to frames of local ones, 1, 2, 3, ... in the order of
 * their first pixel, and the table of what these stand for. A description without instances has one for each segment.
 */
#include <stdlib.h>
#include <string.h>

#include "instance_labels.h"
#include "proposals.h"
#include "volume/volume.h"

const dseg_option instance_labels_options[] = {
    {"bits", 8, 16, 8, "16: pixels of 16 bits even where 8 are enough"},
    {"boxes", 0, 1, 0, "1: a box around each instance, found while planes are written"},
    {NULL, 0, 0, 0, NULL}};

/* What is remembered of a plane: its entries, which are instances' numbers in the order of local ones. */
struct plane_entries {
  size_t first;
  uint32_t count;
};

/* What is remembered while an object is written. */
struct writing {
  size_t count; /* of instances */
  struct plane_entries *planes;
  dseg_buffer entries; /* uint32_t, plane after plane as they come */
  uint32_t greatest;   /* most entries of a plane */
  /* By number: the local one in the plane that had it last, and that plane from 1. */
  uint16_t *local;
  uint32_t *seen;
  uint32_t *number_of; /* by Segment Number: the instance that stands for it, 0 for the background; NULL: instances */
  uint32_t *boxes;     /* by instance; NULL: none */
  unsigned box_values;
};

dseg_status instance_labels_choose_format(const dseg_description *description, const dseg_option_value *options,
                                          size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  const int64_t bits = dseg_get_option(instance_labels_options, options, option_count, "bits");
  DSEG_TRY(dseg_find_representation("labelmap")->choose_format(description, NULL, 0, format, error));
  if (bits != 8 && bits != 16) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "option bits: a LABELMAP's pixels have 8 or 16 bits (PS3.3 Table C.8.20-2), not %d", (int)bits);
  }
  if ((description->has_background && description->background != 0) ||
      (description->instances != NULL && !description->has_background)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the background of instance labels is 0 (instance labels I14), and that of this %s",
                     description->has_background ? "is another value" : "is none");
  }
  if (dseg_description_find_segment(description, 0) >= 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "Segment Number 0 is no class of instance labels: number segments from 1");
  }
  dseg_description labels = *description;
  labels.kind = DSEG_VOXELS_LABELS;
  *format = (dseg_pixel_format){.bits_allocated = 16}; /* settle knows better */
  return dseg_volume_choose(&labels, false, DSEG_UID_INSTANCE_LABELS, DSEG_UID_INSTANCE_LABELS, format, error);
}

static dseg_status out_of_memory(size_t count, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu instances", count);
}

/* Every segment is an instance. */
static dseg_status number_segments(struct writing *writing, const dseg_description *description, dseg_error *error) {
  writing->number_of = malloc(INSTANCE_PIXEL_VALUES * sizeof *writing->number_of);
  if (writing->number_of == NULL) {
    return out_of_memory(writing->count, error);
  }
  memset(writing->number_of, 0xFF, INSTANCE_PIXEL_VALUES * sizeof *writing->number_of);
  if (description->has_background) {
    writing->number_of[0] = 0;
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    writing->number_of[description->segments[i].number] = (uint32_t)i + 1; /* at most 65535, see choose_format */
  }
  return DSEG_OK;
}

/* No box has a pixel yet. */
static dseg_status make_boxes(struct writing *writing, const dseg_description *description, dseg_error *error) {
  const unsigned axes = description->geometry.space == DSEG_SPACE_SLIDE ? 2 : 3;
  writing->box_values = 2 * axes;
  writing->boxes = calloc(writing->count + 1, writing->box_values * sizeof *writing->boxes);
  if (writing->boxes == NULL) {
    return out_of_memory(writing->count, error);
  }
  for (size_t i = 0; i < writing->count; i++) {
    for (unsigned axis = 0; axis < axes; axis++) {
      writing->boxes[i * writing->box_values + axis] = UINT32_MAX;
    }
  }
  return DSEG_OK;
}

static dseg_status begin(struct writing *writing, const dseg_write_context *context, dseg_error *error) {
  const dseg_description *description = context->description;
  const dseg_instances *instances = description->instances;
  writing->count = instances != NULL ? instances->count : description->segment_count;
  writing->planes = calloc(description->geometry.plane_count, sizeof *writing->planes);
  writing->local = calloc(writing->count + 1, sizeof *writing->local);
  writing->seen = calloc(writing->count + 1, sizeof *writing->seen);
  if (writing->planes == NULL || writing->local == NULL || writing->seen == NULL) {
    return out_of_memory(writing->count, error);
  }
  if (instances == NULL) {
    DSEG_TRY(number_segments(writing, description, error));
  }
  const bool boxes = dseg_get_option(instance_labels_options, context->options, context->option_count, "boxes") != 0;
  return boxes && (instances == NULL || instances->boxes == NULL) ? make_boxes(writing, description, error) : DSEG_OK;
}

dseg_status instance_labels_begin_write(const dseg_write_context *context, void **state, dseg_error *error) {
  struct writing *writing = calloc(1, sizeof *writing);
  *state = writing;
  return writing != NULL ? begin(writing, context, error) : out_of_memory(0, error);
}

void instance_labels_end_write(void *state) {
  struct writing *writing = state;
  free(writing->planes);
  dseg_buffer_free(&writing->entries);
  free(writing->local);
  free(writing->seen);
  free(writing->number_of);
  free(writing->boxes);
  free(writing);
}

static uint32_t label_at(const void *labels, unsigned bits, size_t at) {
  return bits == 32 ? ((const uint32_t *)labels)[at] : instance_pixel(labels, bits, at);
}

/* The run of pixels from start to end of a row, of a slide as far as it lies in the total pixel matrix (I10). */
static void extend_box(const struct writing *writing, const dseg_write_context *context, uint32_t number, uint32_t row,
                       uint32_t start, uint32_t end) {
  const dseg_geometry *geometry = &context->description->geometry;
  const dseg_plane_position *tile = &geometry->planes[context->plane]; /* which begins in the matrix */
  const bool is_slide = writing->box_values == 4;
  if (is_slide) {
    const uint32_t room = geometry->matrix_columns - tile->matrix_column;
    end = end < room ? end : room;
    if (start >= end || row >= geometry->matrix_rows - tile->matrix_row) {
      return;
    }
  }
  const uint32_t place[] = {start + (is_slide ? tile->matrix_column : 0), row + (is_slide ? tile->matrix_row : 0),
                            (uint32_t)context->plane};
  const uint32_t last[] = {place[0] + (end - 1 - start), place[1], place[2]};
  const unsigned axes = is_slide ? 2 : 3;
  uint32_t *box = writing->boxes + (size_t)(number - 1) * writing->box_values;
  for (unsigned axis = 0; axis < axes; axis++) {
    box[axis] = place[axis] < box[axis] ? place[axis] : box[axis];
    box[axes + axis] = last[axis] > box[axes + axis] ? last[axis] : box[axes + axis];
  }
}

/* The local number of an instance, which gets one where this is its first pixel in the plane. */
static dseg_status localize(struct writing *writing, const dseg_write_context *context, uint32_t number,
                            uint16_t *local, dseg_error *error) {
  struct plane_entries *plane = &writing->planes[context->plane];
  if (writing->seen[number] != context->plane + 1) {
    if (plane->count == UINT16_MAX) {
      return dseg_fail(error, DSEG_ERROR_LIMIT,
                       "plane %zu has more than 65535 instances, which pixels of 16 bits do not tell apart (instance "
                       "labels I4): give smaller tiles",
                       context->plane + 1);
    }
    writing->seen[number] = (uint32_t)context->plane + 1;
    writing->local[number] = (uint16_t)++plane->count;
    DSEG_TRY(dseg_buffer_append(&writing->entries, &number, sizeof number, error));
  }
  *local = writing->local[number];
  return DSEG_OK;
}

/* One row of a plane. */
static dseg_status localize_row(struct writing *writing, const dseg_write_context *context, const void *labels,
                                unsigned bits, uint32_t row, uint16_t *frame, dseg_error *error) {
  const size_t first = (size_t)row * context->columns;
  for (uint32_t i = 0; i < context->columns;) {
    const uint32_t start = i;
    const uint32_t label = label_at(labels, bits, first + i);
    const uint32_t number = writing->number_of != NULL ? writing->number_of[label] : label;
    uint16_t local = 0;
    if (number != 0) {
      DSEG_TRY(localize(writing, context, number, &local, error));
    }
    for (; i < context->columns && label_at(labels, bits, first + i) == label; i++) {
      frame[first + i] = local;
    }
    if (number != 0 && writing->boxes != NULL) {
      extend_box(writing, context, number, row, start, i);
    }
  }
  return DSEG_OK;
}

/* Numbers are those of instances or segments, or 0: the library has looked. */
dseg_status instance_labels_put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                                       const dseg_frame_sink *sink, dseg_error *error) {
  struct writing *writing = context->state;
  const size_t count = (size_t)context->rows * context->columns;
  struct plane_entries *plane = &writing->planes[context->plane];
  DSEG_TRY(dseg_buffer_resize(context->scratch, count * sizeof(uint16_t), error));
  uint16_t *frame = (uint16_t *)(void *)context->scratch->data;
  plane->first = writing->entries.size / sizeof(uint32_t);
  for (uint32_t row = 0; row < context->rows; row++) {
    DSEG_TRY(localize_row(writing, context, labels, bits, row, frame, error));
  }
  writing->greatest = plane->count > writing->greatest ? plane->count : writing->greatest;
  return plane->count > 0
             ? sink->put(sink->user, -1, (dseg_view){context->scratch->data, count * sizeof(uint16_t)}, error)
             : DSEG_OK;
}

dseg_status instance_labels_settle(const dseg_write_context *context, dseg_settled_pixels *pixels, dseg_error *error) {
  const struct writing *writing = context->state;
  const int64_t bits = dseg_get_option(instance_labels_options, context->options, context->option_count, "bits");
  (void)error;
  pixels->bits_allocated = bits == 16 || writing->greatest > UINT8_MAX ? 16 : 8;
  return DSEG_OK;
}

/* Frame First Entries, and the entries of frames in their order. first: room for all frames and one more. */
static dseg_status order_entries(const struct writing *writing, const dseg_written_frames *frames, uint32_t *first,
                                 uint32_t *list, bool *is_identity, dseg_error *error) {
  const uint32_t *entries = (const uint32_t *)(const void *)writing->entries.data;
  size_t total = 0;
  *is_identity = true;
  for (size_t i = 0; i < frames->total; i++) {
    uint32_t plane;
    int32_t segment;
    frames->place(frames->user, i, &plane, &segment);
    const struct plane_entries *of = &writing->planes[plane];
    first[i] = (uint32_t)total;
    for (size_t k = 0; k < of->count; k++) {
      *is_identity = *is_identity && entries[of->first + k] == total + 1;
      list[total++] = entries[of->first + k];
    }
  }
  if (total > UINT32_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "%zu entries are more than Frame First Entries count", total);
  }
  first[frames->total] = (uint32_t)total;
  return DSEG_OK;
}

static dseg_status put_table(const struct writing *writing, const dseg_written_frames *frames, dseg_data_set *set,
                             uint32_t block, dseg_error *error) {
  const size_t entries = writing->entries.size / sizeof(uint32_t);
  uint32_t *first = malloc((frames->total + 1) * sizeof *first);
  uint32_t *list = malloc((entries + 1) * sizeof *list);
  bool is_identity = true;
  dseg_status status = first != NULL && list != NULL ? order_entries(writing, frames, first, list, &is_identity, error)
                                                     : out_of_memory(writing->count, error);
  if (status == DSEG_OK) {
    dseg_data_set_put_u32(set, block | INSTANCE_FIRST, "OL", first, frames->total + 1);
  }
  if (status == DSEG_OK && !is_identity) {
    dseg_data_set_put_u32(set, block | INSTANCE_LIST, "OL", list, first[frames->total]);
  }
  free(first);
  free(list);
  return status;
}

/* Segments by their numbers; with one there is nothing to say. */
static dseg_status put_classes(const struct writing *writing, const dseg_description *description, dseg_data_set *set,
                               uint32_t block, dseg_error *error) {
  const dseg_instances *instances = description->instances;
  if (description->segment_count < 2 || writing->count == 0) {
    return DSEG_OK;
  }
  uint16_t *numbers = malloc(writing->count * sizeof *numbers);
  if (numbers == NULL) {
    return out_of_memory(writing->count, error);
  }
  for (size_t i = 0; i < writing->count; i++) {
    const size_t segment = instances == NULL ? i : instances->segments != NULL ? instances->segments[i] : 0;
    numbers[i] = (uint16_t)description->segments[segment].number;
  }
  dseg_data_set_put_u16(set, block | INSTANCE_SEGMENT, "OW", numbers, writing->count);
  free(numbers);
  return DSEG_OK;
}

/* A box without a pixel, as dseg_instances has it. */
static void close_boxes(const struct writing *writing) {
  const unsigned axes = writing->box_values / 2;
  for (size_t i = 0; writing->boxes != NULL && i < writing->count; i++) {
    uint32_t *box = writing->boxes + i * writing->box_values;
    for (unsigned axis = 0; box[0] == UINT32_MAX && axis < axes; axis++) {
      box[axes + axis] = 0;
    }
  }
}

dseg_status instance_labels_describe(const dseg_write_context *context, const dseg_written_frames *frames,
                                     dseg_data_set *set, dseg_error *error) {
  const struct writing *writing = context->state;
  const dseg_instances *instances = context->description->instances;
  const uint32_t block = dseg_data_set_put_creator(set, (uint16_t)INSTANCE_GROUP, INSTANCE_CREATOR);
  const uint32_t *boxes = writing->boxes;
  unsigned box_values = writing->box_values;
  if (boxes == NULL && instances != NULL && instances->boxes != NULL) {
    boxes = instances->boxes;
    box_values = instances->box_values;
  }
  close_boxes(writing);
  DSEG_TRY(dseg_volume_describe(context, frames, set, error));
  DSEG_TRY(put_table(writing, frames, set, block, error));
  DSEG_TRY(put_classes(writing, context->description, set, block, error));
  return instance_put_columns(context, set, block, writing->count, NULL, boxes, box_values, error);
}
