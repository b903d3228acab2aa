/* SPDX-License-Identifier: Apache-2.0 */
/* label_sets_write.c - from masks and planes of labels to frames of pixel values, one for each set of segments.
 *
 * The masks of a plane come in the order of segments, so that a pixel's set grows by one segment at a time, and runs of
 * pixels with one set take one look-up. A set of one segment is that segment's number; others are numbered as they
 * come, in 16 bits, until all are known. */
#include <stdlib.h>
#include <string.h>

#include "label_sets.h"
#include "proposals.h"
#include "volume/volume.h"

const dseg_option label_sets_options[] = {
    {"bits", 8, 16, 8, "16: pixels of 16 bits even where 8 are enough"},
    {"volume", 0, 2, 0, "1: an implicit volume without per-frame groups; 2: the same with them, for all readers"},
    {NULL, 0, 0, 0, NULL}};

static size_t pixels_of(const dseg_write_context *context) {
  return (size_t)context->rows * context->columns;
}

/* The frames are those of labels, whatever a pixel stands for. */
static dseg_status choose_volume(const dseg_description *description, bool dual, dseg_pixel_format *format,
                                 dseg_error *error) {
  dseg_description labels = *description;
  labels.kind = DSEG_VOXELS_LABELS;
  return dseg_volume_choose(&labels, dual, DSEG_UID_LABELMAP_VOLUME, LABEL_SETS_SOP_CLASS, format, error);
}

/* What a LABELMAP can hold, this can: the numbers are those of its segments. */
dseg_status label_sets_choose_format(const dseg_description *description, const dseg_option_value *options,
                                     size_t option_count, dseg_pixel_format *format, dseg_error *error) {
  const int64_t bits = dseg_get_option(label_sets_options, options, option_count, "bits");
  DSEG_TRY(dseg_find_representation("labelmap")->choose_format(description, NULL, 0, format, error));
  if (bits != 8 && bits != 16) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "option bits: a LABELMAP's pixels have 8 or 16 bits (PS3.3 Table C.8.20-2), not %d", (int)bits);
  }
  *format = (dseg_pixel_format){.bits_allocated = 16}; /* label_sets_settle knows better */
  const int64_t volume = dseg_get_option(label_sets_options, options, option_count, "volume");
  return volume != 0 ? choose_volume(description, volume == 2, format, error) : DSEG_OK;
}

/* Numbers of segments and of the background; sets of one segment have the first numbers of the table. */
static dseg_status begin(label_sets_writing *writing, const dseg_write_context *context, dseg_error *error) {
  const dseg_description *description = context->description;
  const size_t count = description->segment_count;
  writing->plane = calloc(pixels_of(context), sizeof *writing->plane);
  writing->index_of = malloc(LABEL_SETS_PIXEL_VALUES * sizeof *writing->index_of);
  writing->occurs_alone = calloc(count + 1, 1);
  if (writing->plane == NULL || writing->index_of == NULL || writing->occurs_alone == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for sets of segments");
  }
  DSEG_TRY(label_sets_table_create(&writing->table, error));
  memset(writing->index_of, 0xFF, LABEL_SETS_PIXEL_VALUES * sizeof *writing->index_of);
  writing->first_value = description->has_background ? description->background + 1 : 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t number = description->segments[i].number; /* at most 65535, see choose_format */
    writing->index_of[number] = (uint32_t)i;
    writing->first_value = number >= writing->first_value ? number + 1 : writing->first_value;
  }
  return DSEG_OK;
}

dseg_status label_sets_begin_write(const dseg_write_context *context, void **state, dseg_error *error) {
  label_sets_writing *writing = calloc(1, sizeof *writing);
  *state = writing;
  return writing != NULL ? begin(writing, context, error)
                         : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for sets of segments");
}

void label_sets_end_write(void *state) {
  label_sets_writing *writing = state;
  label_sets_table_free(&writing->table);
  free(writing->plane);
  free(writing->index_of);
  free(writing->occurs_alone);
  free(writing->combinations);
  free(writing->members);
  free(writing->values);
  free(writing->combination);
  free(writing);
}

/* Where the mask's next pixel inside is, in steps of eight. */
static size_t skip_outside(const uint8_t *mask, size_t at, size_t count) {
  uint64_t word = 0;
  while (at + sizeof word <= count) {
    memcpy(&word, mask + at, sizeof word);
    if (word != 0) {
      break;
    }
    at += sizeof word;
  }
  while (at < count && mask[at] == 0) {
    at++;
  }
  return at;
}

dseg_status label_sets_put_mask(const dseg_write_context *context, size_t segment, const uint8_t *mask,
                                const dseg_frame_sink *sink, dseg_error *error) {
  label_sets_writing *writing = context->state;
  const size_t count = pixels_of(context);
  uint32_t *plane = writing->plane;
  uint32_t known = LABEL_SETS_NO_VALUE, with = LABEL_SETS_EMPTY; /* the look-up before */
  (void)sink;
  writing->plane_used = true;
  for (size_t i = skip_outside(mask, 0, count); i < count; i = skip_outside(mask, i, count)) {
    const uint32_t set = plane[i];
    if (set != known) {
      DSEG_TRY(label_sets_table_add(&writing->table, set, (uint32_t)segment, &with, error));
      known = set;
    }
    for (; i < count && mask[i] != 0 && plane[i] == set; i++) {
      plane[i] = with;
    }
  }
  return DSEG_OK;
}

/* A pixel value for a combination that occurs for the first time. */
static dseg_status add_combination(label_sets_writing *writing, uint32_t set, dseg_error *error) {
  if (writing->first_value + writing->combination_count >= LABEL_SETS_PIXEL_VALUES) {
    return dseg_fail(
        error, DSEG_ERROR_LIMIT,
        "segments overlap in more than %zu combinations, which end at pixel value 65535 (label sets, 5): write "
        "binary",
        writing->combination_count);
  }
  if (writing->combination_count == writing->combination_room) {
    const size_t room = writing->combination_room == 0 ? 64 : writing->combination_room * 2;
    label_sets_combination *combinations = realloc(writing->combinations, room * sizeof *combinations);
    if (combinations == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu combinations of segments", room);
    }
    writing->combinations = combinations;
    writing->combination_room = room;
  }
  writing->table.sets[set].value = writing->first_value + (uint32_t)writing->combination_count;
  writing->combinations[writing->combination_count++] = (label_sets_combination){.set = set};
  return DSEG_OK;
}

/* The pixel value of a set for the time being. */
static dseg_status value_of(label_sets_writing *writing, const dseg_description *description, uint32_t set,
                            uint16_t *value, dseg_error *error) {
  const label_sets_set *known = &writing->table.sets[set];
  if (set == LABEL_SETS_EMPTY && !description->has_background) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "a pixel belongs to no segment, and there is no background (0028,0120) for it (PS3.3 "
                     "C.8.20.2.3.3)");
  }
  if (set == LABEL_SETS_EMPTY) {
    *value = (uint16_t)description->background;
    return DSEG_OK;
  }
  if (known->size == 1) {
    writing->occurs_alone[known->segment] = 1;
    *value = (uint16_t)description->segments[known->segment].number;
    return DSEG_OK;
  }
  if (known->value == LABEL_SETS_NO_VALUE) {
    DSEG_TRY(add_combination(writing, set, error));
  }
  *value = (uint16_t)known->value;
  return DSEG_OK;
}

dseg_status label_sets_end_plane(const dseg_write_context *context, const dseg_frame_sink *sink, dseg_error *error) {
  label_sets_writing *writing = context->state;
  const size_t count = pixels_of(context);
  uint16_t value = 0;
  if (!writing->plane_used) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_buffer_resize(context->scratch, count * sizeof value, error));
  uint16_t *frame = (uint16_t *)(void *)context->scratch->data;
  for (size_t i = 0; i < count;) {
    const uint32_t set = writing->plane[i];
    DSEG_TRY(value_of(writing, context->description, set, &value, error));
    for (; i < count && writing->plane[i] == set; i++) {
      frame[i] = value;
    }
  }
  memset(writing->plane, 0, count * sizeof *writing->plane);
  writing->plane_used = false;
  return sink->put(sink->user, -1, (dseg_view){context->scratch->data, count * sizeof value}, error);
}

static uint32_t label_at(const void *labels, unsigned bits, size_t at) {
  return bits == 32 ? ((const uint32_t *)labels)[at] : label_sets_pixel(labels, bits, at);
}

/* Labels are numbers of segments or the background: the library has looked. */
dseg_status label_sets_put_labels(const dseg_write_context *context, const void *labels, unsigned bits,
                                  const dseg_frame_sink *sink, dseg_error *error) {
  label_sets_writing *writing = context->state;
  const dseg_description *description = context->description;
  const size_t count = pixels_of(context);
  bool any = !description->has_background;
  DSEG_TRY(dseg_buffer_resize(context->scratch, count * sizeof(uint16_t), error));
  uint16_t *frame = (uint16_t *)(void *)context->scratch->data;
  for (size_t i = 0; i < count;) {
    const uint32_t label = label_at(labels, bits, i);
    const uint32_t index = label < LABEL_SETS_PIXEL_VALUES ? writing->index_of[label] : LABEL_SETS_NO_VALUE;
    if (index != LABEL_SETS_NO_VALUE) {
      writing->occurs_alone[index] = 1;
      any = true;
    }
    for (; i < count && label_at(labels, bits, i) == label; i++) {
      frame[i] = (uint16_t)label;
    }
  }
  return any ? sink->put(sink->user, -1, (dseg_view){context->scratch->data, count * sizeof(uint16_t)}, error)
             : DSEG_OK;
}

/* The largest number that is described: of a segment, a combination or the background. */
static uint32_t greatest_number(const label_sets_writing *writing) {
  uint32_t greatest = writing->first_value > 0 ? writing->first_value - 1 : 0;
  for (size_t i = 0; i < writing->combination_count; i++) {
    const uint32_t value = writing->combinations[i].value;
    greatest = value > greatest ? value : greatest;
  }
  return greatest;
}

dseg_status label_sets_settle(const dseg_write_context *context, dseg_settled_pixels *pixels, dseg_error *error) {
  label_sets_writing *writing = context->state;
  const int64_t bits = dseg_get_option(label_sets_options, context->options, context->option_count, "bits");
  DSEG_TRY(label_sets_number(writing, context->description, error));
  pixels->bits_allocated = bits == 16 || greatest_number(writing) > UINT8_MAX ? 16 : 8;
  if (writing->combination_count > 0) {
    pixels->values = writing->values;
    pixels->count = LABEL_SETS_PIXEL_VALUES;
  }
  return DSEG_OK;
}
