/* SPDX-License-Identifier: Apache-2.0 */
/* instance_labels_read.c - from frames of local numbers to classes, masks and instances. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance_labels.h"
#include "volume/volume.h"

/* What is remembered of an opened object. Nothing of it changes while frames are read, by several threads. */
struct reading {
  size_t count; /* of instances */
  size_t frames;
  uint32_t *first;          /* by frame, and one more: entries */
  uint32_t *list;           /* by entry: the instance; NULL: the entry and one */
  const uint16_t *segments; /* by instance: index of its segment; NULL: all are of the first. In the description */
  size_t segment_count;
  const dseg_segment *of_description;
};

void instance_labels_end_read(void *state) {
  struct reading *reading = state;
  free(reading->first);
  free(reading->list);
  free(reading);
}

static dseg_status out_of_memory(size_t count, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu instances", count);
}

/* A copy of a column; NULL where it is not there, or memory is short. */
static uint32_t *copy_column(dseg_view column) {
  const size_t count = column.size / 4;
  uint32_t *values = count > 0 ? malloc(count * sizeof *values) : NULL;
  for (size_t i = 0; values != NULL && i < count; i++) {
    values[i] = instance_load32(column, i);
  }
  return values;
}

static void index_segments(const dseg_description *description, uint32_t *index_of) {
  memset(index_of, 0xFF, INSTANCE_PIXEL_VALUES * sizeof *index_of);
  for (size_t i = 0; i < description->segment_count; i++) {
    if (description->segments[i].number < INSTANCE_PIXEL_VALUES) {
      index_of[description->segments[i].number] = (uint32_t)i;
    }
  }
}

/* What readers, and writers of what was read, may take for an instance, be there bytes of it in the object or not. */
#define INSTANCE_BYTES 40u

/* Columns take no more than so many times their bytes; without them the number of instances bounds nothing. */
static dseg_status check_memory(const dseg_read_context *context, const instance_columns *columns, dseg_error *error) {
  const uint64_t all = (uint64_t)columns->count * INSTANCE_BYTES;
  const uint64_t size = columns->first.size + columns->list.size + columns->segments.size + columns->confidence.size +
                        columns->boxes.size + columns->original.size + INSTANCE_PIXEL_VALUES * sizeof(uint32_t);
  const uint64_t bytes = size > all ? size : all;
  return bytes <= context->memory_limit
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_LIMIT, "%lu instances take up to %llu bytes, past the memory limit",
                         (unsigned long)columns->count, (unsigned long long)bytes);
}

static dseg_status fill(struct reading *reading, const dseg_read_context *context, const instance_columns *columns,
                        dseg_error *error) {
  dseg_description *description = context->description;
  dseg_instances *instances = NULL;
  uint32_t *index_of = malloc(INSTANCE_PIXEL_VALUES * sizeof *index_of);
  reading->first = copy_column(columns->first);
  reading->list = copy_column(columns->list);
  if (index_of == NULL || reading->first == NULL || (reading->list == NULL && columns->list.size > 0)) {
    free(index_of);
    return out_of_memory(columns->count, error);
  }
  index_segments(description, index_of);
  const dseg_status status = instance_describe(columns, index_of, description, &instances, error);
  free(index_of);
  if (status == DSEG_OK) {
    *reading = (struct reading){.count = columns->count,
                                .frames = columns->frames,
                                .first = reading->first,
                                .list = reading->list,
                                .segments = instances->segments,
                                .segment_count = description->segment_count,
                                .of_description = description->segments};
    description->instances = instances;
  }
  return status;
}

/* 0 is the background, whether Pixel Padding Value says so or is absent, and an item of that number no class. */
static void settle_background(dseg_description *description) {
  description->has_background = true;
  description->background = 0;
  if (description->segment_count > 0 && description->segments[0].number == 0) { /* by ascending number */
    description->segments++;
    description->segment_count--;
  }
}

static dseg_status summarize(const dseg_read_context *context, const instance_columns *columns,
                             dseg_interpretation *interpretation, dseg_error *error) {
  char text[160];
  (void)snprintf(text, sizeof text, "%lu instances of %zu classes, %zu entries in %zu frames",
                 (unsigned long)columns->count, columns->segment_count, columns->entries, columns->frames);
  interpretation->summary = dseg_description_strdup(context->description, text);
  return interpretation->summary != NULL ? DSEG_OK : out_of_memory(columns->count, error);
}

dseg_status instance_labels_interpret(const dseg_read_context *context, dseg_interpretation *interpretation,
                                      dseg_error *error) {
  const instance_form form = {.is_labels = true, .frames = context->frame_count, .bits = context->bits_allocated};
  instance_columns columns;
  instance_fault fault = {0, ""};
  dseg_error why = {DSEG_OK, ""};
  DSEG_TRY(dseg_volume_interpret(context, interpretation, error));
  const dseg_status status = instance_read_columns(context->set, &form, &columns, &fault, &why);
  if (status != DSEG_OK) {
    return dseg_fail(error, status, "%s%s%s", fault.section, fault.section[0] != '\0' ? ": " : "", why.message);
  }
  DSEG_TRY(check_memory(context, &columns, error));
  settle_background(context->description);
  struct reading *reading = calloc(1, sizeof *reading);
  if (reading == NULL) {
    return out_of_memory(columns.count, error);
  }
  interpretation->state = reading;
  DSEG_TRY(fill(reading, context, &columns, error));
  return summarize(context, &columns, interpretation, error);
}

/* The entries of a frame: *count of them from the one that is returned on. */
static size_t entries_of(const struct reading *reading, const dseg_decoded_frame *frame, uint32_t *count) {
  *count = reading->first[frame->frame + 1] - reading->first[frame->frame];
  return reading->first[frame->frame];
}

static uint32_t number_of(const struct reading *reading, size_t entry) {
  return reading->list != NULL ? reading->list[entry] : (uint32_t)entry + 1;
}

static size_t segment_of(const struct reading *reading, size_t entry) {
  return reading->segments != NULL ? reading->segments[number_of(reading, entry) - 1] : 0;
}

static dseg_status check_frame(const struct reading *reading, const dseg_decoded_frame *frame, dseg_error *error) {
  return frame->frame < reading->frames && (frame->bits_allocated == 8 || frame->bits_allocated == 16)
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_FORMAT,
                         "Bits Allocated (0028,0100) is %u, LABELMAP has 8 or 16 (PS3.3 Table C.8.20-2)",
                         frame->bits_allocated);
}

static dseg_status fail_value(const dseg_decoded_frame *frame, uint32_t value, uint32_t count, size_t at,
                              dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT,
                   "frame %zu has the pixel value %lu at row %zu, column %zu, and Frame First Entries gives it %lu "
                   "(instance labels I13)",
                   frame->frame + 1, (unsigned long)value, at / frame->columns, at % frame->columns,
                   (unsigned long)count);
}

dseg_status instance_labels_add_to_instances(const dseg_decoded_frame *frame, uint32_t *numbers, dseg_error *error) {
  const struct reading *reading = frame->state;
  const size_t count = (size_t)frame->rows * frame->columns;
  uint32_t entries;
  DSEG_TRY(check_frame(reading, frame, error));
  const size_t first = entries_of(reading, frame, &entries);
  for (size_t i = 0; i < count; i++) {
    const uint32_t value = instance_pixel(frame->pixels, frame->bits_allocated, i);
    if (value > entries) {
      return fail_value(frame, value, entries, i, error);
    }
    if (value != 0) {
      numbers[i] = number_of(reading, first + value - 1);
    }
  }
  return DSEG_OK;
}

dseg_status instance_labels_add_to_labels(const dseg_decoded_frame *frame, const dseg_label_plane *plane,
                                          dseg_error *error) {
  const struct reading *reading = frame->state;
  const size_t count = (size_t)frame->rows * frame->columns;
  uint32_t entries;
  DSEG_TRY(check_frame(reading, frame, error));
  const size_t first = entries_of(reading, frame, &entries);
  for (size_t i = 0; i < count;) {
    const uint32_t value = instance_pixel(frame->pixels, frame->bits_allocated, i);
    const size_t end = instance_run_end(frame->pixels, frame->bits_allocated, i, count);
    if (value > entries) {
      return fail_value(frame, value, entries, i, error);
    }
    if (value != 0) {
      DSEG_TRY(instance_paint(plane, (uint32_t)segment_of(reading, first + value - 1), i, end, error));
    }
    i = end;
  }
  return DSEG_OK;
}

dseg_status instance_labels_add_to_mask(const dseg_decoded_frame *frame, uint32_t number, uint8_t *mask,
                                        dseg_error *error) {
  const struct reading *reading = frame->state;
  const size_t count = (size_t)frame->rows * frame->columns;
  uint32_t entries;
  DSEG_TRY(check_frame(reading, frame, error));
  const size_t first = entries_of(reading, frame, &entries);
  for (size_t i = 0; i < count;) {
    const uint32_t value = instance_pixel(frame->pixels, frame->bits_allocated, i);
    const size_t end = instance_run_end(frame->pixels, frame->bits_allocated, i, count);
    if (value > entries) {
      return fail_value(frame, value, entries, i, error);
    }
    if (value != 0 && reading->of_description[segment_of(reading, first + value - 1)].number == number) {
      memset(mask + i, 1, end - i);
    }
    i = end;
  }
  return DSEG_OK;
}

/* The frame that an entry belongs to: the last that begins no later. */
static size_t frame_of(const struct reading *reading, size_t entry) {
  size_t low = 0;
  size_t high = reading->frames;
  while (low + 1 < high) {
    const size_t middle = low + (high - low) / 2;
    if (reading->first[middle] <= entry) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

dseg_status instance_labels_find_instance(void *state, uint32_t number, size_t *frames, size_t room, size_t *count,
                                          dseg_error *error) {
  const struct reading *reading = state;
  const size_t entries = reading->first[reading->frames];
  (void)error;
  *count = 0;
  size_t entry = reading->list == NULL ? number - 1 : 0;
  const size_t end = reading->list == NULL ? (size_t)number : entries;
  for (; entry < end && entry < entries; entry++) {
    if (number_of(reading, entry) != number) {
      continue;
    }
    if (*count < room) {
      frames[*count] = frame_of(reading, entry);
    }
    ++*count;
  }
  return DSEG_OK;
}
