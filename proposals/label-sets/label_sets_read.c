/* SPDX-License-Identifier: Apache-2.0 */
/* label_sets_read.c - reads the segments of an object: each is the union of its pixel values. Items of Segment Sequence
 * that describe combinations are none of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label_sets.h"
#include "proposals.h"
#include "volume/volume.h"

/* What is remembered of an opened object. Nothing of it changes while frames are read, by several threads. */
struct reading {
  size_t segment_count;
  uint32_t *numbers; /* by segment, ascending */
  size_t *first;     /* by pixel value, and one more for the end: its segments are members[first..] */
  uint32_t *members; /* ascending for each value */
  uint8_t *known;    /* by pixel value: it stands for segments, or for the background */
};

void label_sets_end_read(void *state) {
  struct reading *reading = state;
  free(reading->numbers);
  free(reading->first);
  free(reading->members);
  free(reading->known);
  free(reading);
}

/* Takes the segments out that are none: their numbers are in a list, and no list is theirs. listed: zeros, becomes by
 * value whether it is in a list. */
static void hide_combinations(dseg_description *description, const label_sets_lists *lists, uint8_t *listed) {
  size_t kept = 0;
  for (size_t i = 0; i < lists->value_count; i++) {
    listed[lists->values[i]] = 1;
  }
  size_t at = 0; /* lists and segments ascend */
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t number = description->segments[i].number;
    while (at < lists->count && lists->lists[at].number < number) {
      at++;
    }
    const bool has_list = at < lists->count && lists->lists[at].number == number;
    if (has_list || number >= LABEL_SETS_PIXEL_VALUES || listed[number] == 0) {
      description->segments[kept++] = description->segments[i];
    }
  }
  description->segment_count = kept;
}

/* The list of a segment, NULL where it has none; *at moves on with the segments. */
static const label_sets_list *list_of(const label_sets_lists *lists, uint32_t number, size_t *at) {
  while (*at < lists->count && lists->lists[*at].number < number) {
    ++*at;
  }
  return *at < lists->count && lists->lists[*at].number == number ? &lists->lists[*at] : NULL;
}

/* Passes over the segments and the values of each, ascending in both: once to count, and once to fill members. */
static void add_members(const dseg_description *description, const label_sets_lists *lists, struct reading *reading,
                        bool counting) {
  size_t at = 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t number = description->segments[i].number;
    const label_sets_list *list = list_of(lists, number, &at);
    const uint16_t own = (uint16_t)number;
    const uint16_t *values = list != NULL ? lists->values + list->first : &own;
    const size_t count = list != NULL ? list->count : 1;
    for (size_t k = 0; k < count; k++) {
      if (counting) {
        reading->first[values[k] + 2]++;
        reading->known[values[k]] = 1;
      } else {
        reading->members[reading->first[values[k] + 1]++] = (uint32_t)i;
      }
    }
  }
}

/* Beside the lists, which stay until all is filled. */
static dseg_status allocate(const dseg_description *description, const label_sets_lists *lists, uint64_t memory_limit,
                            struct reading *reading, dseg_error *error) {
  const size_t count = description->segment_count;
  const uint64_t values = lists->value_count; /* as many as the file has: no overflow */
  const uint64_t bytes = values * sizeof *lists->values + (values + count) * sizeof *reading->members;
  if (bytes > memory_limit) {
    (void)dseg_fail(error, DSEG_ERROR_LIMIT,
                    "%zu values of overlapping segments exceed the memory limit of %llu bytes (label sets, 6)",
                    lists->value_count, (unsigned long long)memory_limit);
    return DSEG_ERROR_LIMIT;
  }
  reading->segment_count = count;
  reading->numbers = malloc((count + 1) * sizeof *reading->numbers);
  reading->first = calloc(LABEL_SETS_PIXEL_VALUES + 2, sizeof *reading->first);
  reading->known = calloc(LABEL_SETS_PIXEL_VALUES, 1);
  reading->members = malloc((lists->value_count + count + 1) * sizeof *reading->members);
  if (reading->numbers == NULL || reading->first == NULL || reading->known == NULL || reading->members == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments of label sets", count);
  }
  for (size_t i = 0; i < count; i++) {
    reading->numbers[i] = description->segments[i].number;
  }
  return DSEG_OK;
}

/* By pixel value its segments. Numbers are at most 65535: Segment Number has 16 bits. */
static void fill(const dseg_description *description, const label_sets_lists *lists, struct reading *reading) {
  add_members(description, lists, reading, true);
  for (size_t i = 1; i < LABEL_SETS_PIXEL_VALUES + 2; i++) {
    reading->first[i] += reading->first[i - 1];
  }
  add_members(description, lists, reading, false); /* moves first[value + 1] to where the value's members end */
  if (description->has_background && description->background < LABEL_SETS_PIXEL_VALUES) {
    reading->known[description->background] = 1;
  }
}

/* "3 combinations of segments, of which 4 of 117 overlap others". */
static const char *summarize(dseg_description *description, const label_sets_lists *lists,
                             const struct reading *reading) {
  size_t combinations = 0;
  char text[160];
  for (size_t i = 0; i < LABEL_SETS_PIXEL_VALUES; i++) {
    combinations += reading->first[i + 1] - reading->first[i] > 1 ? 1 : 0;
  }
  snprintf(text, sizeof text, "%zu pixel value%s for several segments each; %zu of %zu segments overlap others",
           combinations, combinations == 1 ? " stands" : "s stand", lists->count, description->segment_count);
  return dseg_description_strdup(description, text);
}

static dseg_status prepare(const dseg_read_context *context, const label_sets_lists *lists,
                           dseg_interpretation *interpretation, dseg_error *error) {
  dseg_description *description = context->description;
  struct reading *reading = calloc(1, sizeof *reading);
  uint8_t *listed = calloc(LABEL_SETS_PIXEL_VALUES, 1);
  interpretation->state = reading;
  if (reading == NULL || listed == NULL) {
    free(listed);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for label sets");
  }
  hide_combinations(description, lists, listed);
  free(listed);
  DSEG_TRY(allocate(description, lists, context->memory_limit, reading, error));
  fill(description, lists, reading);
  description->kind = lists->count > 0 ? DSEG_VOXELS_MASKS : DSEG_VOXELS_LABELS;
  interpretation->summary = summarize(description, lists, reading);
  return interpretation->summary != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a text");
}

/* By the standard's functional groups, or as a volume, whose frames are a label map's. */
static dseg_status place_frames(const dseg_read_context *context, dseg_interpretation *interpretation,
                                dseg_error *error) {
  if (dseg_data_set_find_creator(context->set, DSEG_VOLUME_GROUP, DSEG_VOLUME_CREATOR) != 0 ||
      dseg_data_set_text_is(context->set, 0x00080016, DSEG_UID_LABELMAP_VOLUME)) {
    return dseg_volume_interpret(context, interpretation, error);
  }
  interpretation->by_frame_groups = true;
  return DSEG_OK;
}

dseg_status label_sets_interpret(const dseg_read_context *context, dseg_interpretation *interpretation,
                                 dseg_error *error) {
  label_sets_lists lists;
  uint32_t tag;
  DSEG_TRY(place_frames(context, interpretation, error));
  dseg_status status = label_sets_read_lists(context->set, context->memory_limit, &lists, &tag, error);
  if (status == DSEG_OK) {
    status = prepare(context, &lists, interpretation, error);
  }
  label_sets_lists_free(&lists);
  return status;
}

static dseg_status check_frame(const dseg_decoded_frame *frame, dseg_error *error) {
  return frame->bits_allocated == 8 || frame->bits_allocated == 16
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_FORMAT,
                         "Bits Allocated (0028,0100) is %u, LABELMAP has 8 or 16 (PS3.3 Table C.8.20-2)",
                         frame->bits_allocated);
}

static dseg_status fail_value(const dseg_decoded_frame *frame, uint32_t value, size_t at, dseg_error *error) {
  return dseg_fail(
      error, DSEG_ERROR_FORMAT,
      "frame %zu has the pixel value %u at row %zu, column %zu, which stands for no segment: neither Segment "
      "Sequence (0062,0002) nor Overlapping Segment Sequence says so (PS3.3 C.8.20.2.3.3; label sets, 4)",
      frame->frame + 1, (unsigned)value, at / frame->columns, at % frame->columns);
}

/* The place of the first of ascending numbers that is not below number. */
static size_t place_of(const uint32_t *numbers, size_t count, uint32_t number) {
  size_t low = 0;
  size_t high = count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (numbers[middle] < number) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static bool has_member(const struct reading *reading, uint32_t value, uint32_t segment) {
  const uint32_t *members = reading->members + reading->first[value];
  const size_t count = reading->first[value + 1] - reading->first[value];
  const size_t place = place_of(members, count, segment);
  return place < count && members[place] == segment;
}

dseg_status label_sets_add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask, dseg_error *error) {
  const struct reading *reading = frame->state;
  /* the library asks for segments that are there */
  const uint32_t segment = (uint32_t)place_of(reading->numbers, reading->segment_count, number);
  const size_t count = (size_t)frame->rows * frame->columns;
  DSEG_TRY(check_frame(frame, error));
  for (size_t i = 0; i < count;) {
    const uint32_t value = label_sets_pixel(frame->pixels, frame->bits_allocated, i);
    const size_t end = label_sets_run_end(frame->pixels, frame->bits_allocated, i, count);
    if (reading->known[value] == 0) {
      return fail_value(frame, value, i, error);
    }
    if (has_member(reading, value, segment)) {
      memset(mask + i, 1, end - i);
    }
    i = end;
  }
  return DSEG_OK;
}

/* Pixels of one value that cannot just be written: several of the segments asked for are in it, or a frame before has
 * been there. */
struct run {
  size_t start, end;
  uint32_t value;
};

/* A plane being filled. */
struct filling {
  const struct reading *reading;
  const dseg_label_plane *plane;
  size_t pixels;
  dseg_buffer runs;   /* struct run */
  dseg_buffer needed; /* by segment: a run has it */
  dseg_buffer bits;   /* of one segment */
};

static uint32_t label_in(const dseg_label_plane *plane, size_t at) {
  switch (plane->bits) {
    case 8: return ((const uint8_t *)plane->out)[at];
    case 16: return ((const uint16_t *)plane->out)[at];
    default: return ((const uint32_t *)plane->out)[at];
  }
}

/* Writes a label where all is background; false, and nothing is done, where something is. */
static bool write_run(const dseg_label_plane *plane, size_t start, size_t end, uint32_t label) {
  for (size_t i = start; i < end; i++) {
    if (label_in(plane, i) != plane->background) {
      return false;
    }
  }
  for (size_t i = start; i < end; i++) {
    switch (plane->bits) {
      case 8: ((uint8_t *)plane->out)[i] = (uint8_t)label; break;
      case 16: ((uint16_t *)plane->out)[i] = (uint16_t)label; break;
      default: ((uint32_t *)plane->out)[i] = label; break;
    }
  }
  return true;
}

static dseg_status add_run(struct filling *filling, size_t start, size_t end, uint32_t value, dseg_error *error) {
  const struct reading *reading = filling->reading;
  const dseg_label_plane *plane = filling->plane;
  size_t wanted = 0;
  uint32_t segment = 0;
  for (size_t i = reading->first[value]; i < reading->first[value + 1] && wanted < 2; i++) {
    if (plane->wanted[reading->members[i]] != 0) {
      segment = reading->members[i];
      wanted++;
    }
  }
  if (wanted == 0 || (wanted == 1 && write_run(plane, start, end, plane->values[segment]))) {
    return DSEG_OK;
  }
  const struct run run = {start, end, value};
  return dseg_buffer_append(&filling->runs, &run, sizeof run, error);
}

static void set_bits(uint8_t *bits, size_t start, size_t end) {
  for (; start < end && start % 8 != 0; start++) {
    bits[start / 8] |= (uint8_t)(1u << start % 8);
  }
  if (end / 8 > start / 8) {
    memset(bits + start / 8, 0xFF, end / 8 - start / 8);
    start = end / 8 * 8;
  }
  for (; start < end; start++) {
    bits[start / 8] |= (uint8_t)(1u << start % 8);
  }
}

/* Segment by segment, as for frames of single segments: the library counts overlap. */
static dseg_status add_segments(struct filling *filling, dseg_error *error) {
  const struct reading *reading = filling->reading;
  const struct run *runs = (const struct run *)(const void *)filling->runs.data;
  const size_t count = filling->runs.size / sizeof *runs;
  if (count == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_buffer_resize(&filling->needed, reading->segment_count, error));
  DSEG_TRY(dseg_buffer_resize(&filling->bits, filling->pixels / 8 + 1, error));
  memset(filling->needed.data, 0, filling->needed.size);
  for (size_t i = 0; i < count; i++) {
    for (size_t k = reading->first[runs[i].value]; k < reading->first[runs[i].value + 1]; k++) {
      filling->needed.data[reading->members[k]] = filling->plane->wanted[reading->members[k]];
    }
  }
  for (uint32_t segment = 0; segment < reading->segment_count; segment++) {
    if (filling->needed.data[segment] == 0) {
      continue;
    }
    memset(filling->bits.data, 0, filling->bits.size);
    for (size_t i = 0; i < count; i++) {
      if (has_member(reading, runs[i].value, segment)) {
        set_bits(filling->bits.data, runs[i].start, runs[i].end);
      }
    }
    filling->plane->add_bits(filling->plane, segment, filling->bits.data, 0, filling->pixels);
  }
  return DSEG_OK;
}

static dseg_status fill_plane(const dseg_decoded_frame *frame, struct filling *filling, dseg_error *error) {
  for (size_t i = 0; i < filling->pixels;) {
    const uint32_t value = label_sets_pixel(frame->pixels, frame->bits_allocated, i);
    const size_t end = label_sets_run_end(frame->pixels, frame->bits_allocated, i, filling->pixels);
    if (filling->reading->known[value] == 0) {
      return fail_value(frame, value, i, error);
    }
    DSEG_TRY(add_run(filling, i, end, value, error));
    i = end;
  }
  return add_segments(filling, error);
}

dseg_status label_sets_add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane,
                                     dseg_error *error) {
  struct filling filling = {.reading = frame->state, .plane = plane, .pixels = (size_t)frame->rows * frame->columns};
  DSEG_TRY(check_frame(frame, error));
  const dseg_status status = fill_plane(frame, &filling, error);
  dseg_buffer_free(&filling.runs);
  dseg_buffer_free(&filling.needed);
  dseg_buffer_free(&filling.bits);
  return status;
}
