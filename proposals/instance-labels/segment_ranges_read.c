/* SPDX-License-Identifier: Apache-2.0 */
/* segment_ranges_read.c - what each pixel value is: an instance of a segment, a segment without telling instances
 * apart, or the background. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proposals.h"
#include "segment_ranges.h"
#include "volume/volume.h"

#define SEGMENTS 0x00620002u
#define SEGMENT_NUMBER 0x00620004u
#define PADDING 0x00280120u
#define NOTHING UINT32_MAX
#define BACKGROUND (UINT32_MAX - 1)

/* What is remembered of an opened object. Nothing of it changes while frames are read, by several threads. */
struct reading {
  uint32_t segment[INSTANCE_PIXEL_VALUES];  /* by value: index of its segment, BACKGROUND, or NOTHING */
  uint32_t instance[INSTANCE_PIXEL_VALUES]; /* by value: the instance; 0: none. There may be 65536 */
  const dseg_segment *of_description;
};

void segment_ranges_end_read(void *state) {
  free(state);
}

static dseg_status fail_range(const instance_columns *columns, instance_fault *fault, const char *section,
                              const char *what, dseg_error *error) {
  return instance_fail(fault, section, columns->block | INSTANCE_RANGE, "Segment Number Range", what, error);
}

/* The range of the current item. */
static dseg_status read_range(dseg_data_set *set, const instance_columns *columns, segment_range *range,
                              instance_fault *fault, dseg_error *error) {
  const uint32_t block = dseg_data_set_find_creator(set, (uint16_t)INSTANCE_GROUP, INSTANCE_CREATOR);
  dseg_view bytes;
  uint16_t third;
  char what[80];
  range->first = 1;
  range->last = 0;
  if (block == 0 || !dseg_data_set_get_bytes(set, block | INSTANCE_RANGE, &bytes)) {
    return DSEG_OK;
  }
  if (!dseg_data_set_get_u16(set, block | INSTANCE_RANGE, 0, &range->first) ||
      !dseg_data_set_get_u16(set, block | INSTANCE_RANGE, 1, &range->last) ||
      dseg_data_set_get_u16(set, block | INSTANCE_RANGE, 2, &third) || range->first > range->last) {
    (void)snprintf(what, sizeof what, "of segment %u is not two ascending numbers", (unsigned)range->number);
    return fail_range(columns, fault, "segment ranges R2", what, error);
  }
  return DSEG_OK;
}

static int compare_ranges(const void *a, const void *b) {
  const segment_range *x = a;
  const segment_range *y = b;
  const bool x_has = x->first <= x->last;
  const bool y_has = y->first <= y->last;
  if (x_has != y_has) {
    return x_has ? 1 : -1;
  }
  return (x->first > y->first) - (x->first < y->first);
}

/* Ranges are apart from each other, from the numbers of other items and from the background; they have all instances.
 * numbers: a bit for each of these. */
static dseg_status check_ranges(const instance_columns *columns, const segment_range *ranges, size_t count,
                                const uint8_t *numbers, instance_fault *fault, dseg_error *error) {
  uint64_t total = 0;
  uint32_t next = 0; /* behind the ranges so far */
  char what[120];
  for (size_t i = 0; i < count; i++) {
    const segment_range *range = &ranges[i];
    if (range->first > range->last) {
      continue;
    }
    uint32_t value = range->first == range->number ? (uint32_t)range->first + 1 : range->first;
    while (value <= range->last && (numbers[value / 8] >> value % 8 & 1) == 0) {
      value++;
    }
    if (range->first < next || value <= range->last) {
      (void)snprintf(what, sizeof what, "of segment %u, %u to %u, holds %s", (unsigned)range->number,
                     (unsigned)range->first, (unsigned)range->last,
                     range->first < next ? "values of another range" : "the number of an item, or the background");
      return fail_range(columns, fault, "segment ranges R3", what, error);
    }
    next = (uint32_t)range->last + 1;
    total += (uint64_t)range->last - range->first + 1;
  }
  if (total != columns->count) {
    (void)snprintf(what, sizeof what, "is %lu, and ranges have %llu values", (unsigned long)columns->count,
                   (unsigned long long)total);
    return instance_fail(fault, "segment ranges R4", columns->block | INSTANCE_COUNT, "Number of Instances", what,
                         error);
  }
  return DSEG_OK;
}

dseg_status segment_ranges_read_items(dseg_data_set *set, const instance_columns *columns, segment_range **ranges,
                                      size_t *count, instance_fault *fault, dseg_error *error) {
  uint8_t numbers[INSTANCE_PIXEL_VALUES / 8] = {0};
  const size_t items = dseg_data_set_count_items(set, SEGMENTS);
  uint16_t padding = 0;
  const bool has_padding = dseg_data_set_get_u16(set, PADDING, 0, &padding);
  dseg_status status = DSEG_OK;
  *count = 0;
  *ranges = calloc(items + 1, sizeof **ranges);
  if (*ranges == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", items);
  }
  if (has_padding) {
    numbers[padding / 8] |= (uint8_t)(1u << padding % 8);
  }
  for (size_t i = 0; status == DSEG_OK && i < items && dseg_data_set_enter_item(set, SEGMENTS, i); i++) {
    segment_range *range = &(*ranges)[*count];
    if (dseg_data_set_get_u16(set, SEGMENT_NUMBER, 0, &range->number)) {
      numbers[range->number / 8] |= (uint8_t)(1u << range->number % 8);
      status = read_range(set, columns, range, fault, error);
      *count += has_padding && range->number == padding ? 0 : 1;
    }
    dseg_data_set_end_item(set);
  }
  if (status == DSEG_OK) {
    qsort(*ranges, *count, sizeof **ranges, compare_ranges);
    status = check_ranges(columns, *ranges, *count, numbers, fault, error);
  }
  return status;
}

/* What each value is. */
static void fill_values(struct reading *reading, const dseg_description *description, const segment_range *ranges,
                        size_t count, uint16_t *segments) {
  uint32_t instance = 0;
  memset(reading->segment, 0xFF, sizeof reading->segment);
  for (size_t i = 0; i < description->segment_count; i++) {
    reading->segment[description->segments[i].number & 0xFFFFu] = (uint32_t)i;
  }
  if (description->has_background) {
    reading->segment[description->background & 0xFFFFu] = BACKGROUND;
  }
  for (size_t i = 0; i < count; i++) {
    const uint32_t segment = reading->segment[ranges[i].number];
    for (uint32_t value = ranges[i].first; value <= ranges[i].last && ranges[i].first <= ranges[i].last; value++) {
      reading->segment[value] = segment;
      segments[instance] = (uint16_t)segment;
      reading->instance[value] = ++instance;
    }
  }
}

static dseg_status fill(struct reading *reading, const dseg_read_context *context, const instance_columns *columns,
                        const segment_range *ranges, size_t count, dseg_interpretation *interpretation,
                        dseg_error *error) {
  dseg_description *description = context->description;
  dseg_instances *instances = NULL;
  char text[120];
  uint16_t *segments = dseg_description_alloc(description, ((size_t)columns->count + 1) * sizeof *segments);
  (void)snprintf(text, sizeof text, "%lu instances of %zu segments", (unsigned long)columns->count, count);
  interpretation->summary = dseg_description_strdup(description, text);
  if (segments == NULL || interpretation->summary == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %lu instances", (unsigned long)columns->count);
  }
  instance_columns kept = *columns;
  if (interpretation->by_frame_groups && columns->box_values == 6 && columns->boxes.size > 0) {
    dseg_warn(context->warnings,
              "boxes of %lu instances are left out: their planes are counted along the normal, with those that have no "
              "frame",
              (unsigned long)columns->count);
    kept.boxes = (dseg_view){0};
  }
  DSEG_TRY(instance_describe(&kept, NULL, description, &instances, error));
  fill_values(reading, description, ranges, count, segments);
  reading->of_description = description->segments;
  if (columns->count > 0) {
    instances->segments = segments;
    description->instances = instances;
  }
  return DSEG_OK;
}

/* By the standard's functional groups, which count where they are, or as a volume. */
static dseg_status place_frames(const dseg_read_context *context, dseg_interpretation *interpretation,
                                dseg_error *error) {
  if (!context->has_frame_groups &&
      dseg_data_set_find_creator(context->set, DSEG_VOLUME_GROUP, DSEG_VOLUME_CREATOR) != 0) {
    return dseg_volume_interpret(context, interpretation, error);
  }
  interpretation->by_frame_groups = true;
  return DSEG_OK;
}

static dseg_status read_all(const dseg_read_context *context, instance_columns *columns, segment_range **ranges,
                            size_t *count, instance_fault *fault, dseg_error *error) {
  const instance_form form = {.frames = context->frame_count, .bits = context->bits_allocated};
  DSEG_TRY(instance_read_columns(context->set, &form, columns, fault, error));
  return segment_ranges_read_items(context->set, columns, ranges, count, fault, error);
}

dseg_status segment_ranges_interpret(const dseg_read_context *context, dseg_interpretation *interpretation,
                                     dseg_error *error) {
  instance_columns columns;
  segment_range *ranges = NULL;
  size_t count = 0;
  instance_fault fault = {0, ""};
  dseg_error why = {DSEG_OK, ""};
  DSEG_TRY(place_frames(context, interpretation, error));
  dseg_status status = read_all(context, &columns, &ranges, &count, &fault, &why);
  if (status != DSEG_OK) {
    (void)dseg_fail(error, status, "%s%s%s", fault.section, fault.section[0] != '\0' ? ": " : "", why.message);
  } else {
    struct reading *reading = calloc(1, sizeof *reading);
    interpretation->state = reading;
    status = reading != NULL ? fill(reading, context, &columns, ranges, count, interpretation, error)
                             : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for pixel values");
  }
  free(ranges);
  return status;
}

static dseg_status check_frame(const dseg_decoded_frame *frame, dseg_error *error) {
  return frame->bits_allocated == 8 || frame->bits_allocated == 16
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_FORMAT,
                         "Bits Allocated (0028,0100) is %u, LABELMAP has 8 or 16 (PS3.3 Table C.8.20-2)",
                         frame->bits_allocated);
}

/* The run of equal pixels from at on: where it ends, and what its value is. */
static dseg_status next_run(const dseg_decoded_frame *frame, size_t at, size_t *end, uint32_t *value,
                            dseg_error *error) {
  const struct reading *reading = frame->state;
  const size_t count = (size_t)frame->rows * frame->columns;
  *value = instance_pixel(frame->pixels, frame->bits_allocated, at);
  *end = instance_run_end(frame->pixels, frame->bits_allocated, at, count);
  return reading->segment[*value] != NOTHING
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_FORMAT,
                         "frame %zu has the pixel value %lu at row %zu, column %zu, which neither a Segment Number "
                         "(0062,0004) nor a Segment Number Range describes (segment ranges R5)",
                         frame->frame + 1, (unsigned long)*value, at / frame->columns, at % frame->columns);
}

dseg_status segment_ranges_add_to_instances(const dseg_decoded_frame *frame, uint32_t *numbers, dseg_error *error) {
  const struct reading *reading = frame->state;
  const size_t count = (size_t)frame->rows * frame->columns;
  uint32_t value;
  size_t end;
  DSEG_TRY(check_frame(frame, error));
  for (size_t i = 0; i < count;) {
    DSEG_TRY(next_run(frame, i, &end, &value, error));
    for (; i < end; i++) {
      numbers[i] = reading->instance[value] != 0 ? reading->instance[value] : numbers[i];
    }
  }
  return DSEG_OK;
}

dseg_status segment_ranges_add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane,
                                         dseg_error *error) {
  const struct reading *reading = frame->state;
  const size_t count = (size_t)frame->rows * frame->columns;
  uint32_t value;
  size_t end;
  DSEG_TRY(check_frame(frame, error));
  for (size_t i = 0; i < count; i = end) {
    DSEG_TRY(next_run(frame, i, &end, &value, error));
    if (reading->segment[value] != BACKGROUND) {
      DSEG_TRY(instance_paint(plane, reading->segment[value], i, end, error));
    }
  }
  return DSEG_OK;
}

dseg_status segment_ranges_add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask,
                                       dseg_error *error) {
  const struct reading *reading = frame->state;
  const size_t count = (size_t)frame->rows * frame->columns;
  uint32_t value;
  size_t end;
  DSEG_TRY(check_frame(frame, error));
  for (size_t i = 0; i < count; i = end) {
    DSEG_TRY(next_run(frame, i, &end, &value, error));
    if (reading->segment[value] != BACKGROUND && reading->of_description[reading->segment[value]].number == number) {
      memset(mask + i, 1, end - i);
    }
  }
  return DSEG_OK;
}
