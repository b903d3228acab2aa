/* SPDX-License-Identifier: Apache-2.0 */
/* label_sets_lists.c - Overlapping Segment Sequence of an object, read and checked. Nothing of it is trusted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label_sets.h"
#include "private_sequence.h"

#define SEGMENTS 0x00620002u
#define NUMBER 0x00620004u
#define PADDING 0x00280120u

static dseg_status fail(uint32_t *tag, uint32_t element, size_t item, const char *what, dseg_error *error) {
  *tag = element;
  return dseg_fail(error, DSEG_ERROR_FORMAT,
                   "item %zu of Overlapping Segment Sequence, (%04X,%04X): %s (label sets, 4)", item + 1,
                   (unsigned)(element >> 16), (unsigned)(element & 0xFFFFu), what);
}

/* Which pixel values are described; *background: the one of them that stands for no segment, or NO_VALUE. */
static void read_described(dseg_data_set *set, uint8_t *described, uint32_t *background) {
  uint16_t number;
  for (size_t i = 0; dseg_data_set_enter_item(set, SEGMENTS, i); i++) {
    if (dseg_data_set_get_u16(set, NUMBER, 0, &number)) {
      described[number] = 1;
    }
    dseg_data_set_end_item(set);
  }
  *background = LABEL_SETS_NO_VALUE;
  if (dseg_data_set_get_u16(set, PADDING, 0, &number)) {
    described[number] = 1;
    *background = number;
  }
}

/* The values of one item, behind those that are there. */
static dseg_status take_values(label_sets_lists *lists, size_t item, uint32_t element, dseg_view bytes,
                               uint32_t background, uint32_t *tag, dseg_error *error) {
  for (size_t i = 0; i < bytes.size; i += 2) {
    const uint16_t value = (uint16_t)(bytes.data[i] | bytes.data[i + 1] << 8);
    if (i > 0 && value <= lists->values[lists->value_count - 1]) {
      return fail(tag, element, item, "values do not ascend", error);
    }
    if (lists->described[value] == 0) {
      return fail(tag, element, item, "a value that no item of Segment Sequence (0062,0002) describes", error);
    }
    if (value == background) {
      return fail(tag, element, item, "the value of the background, Pixel Padding Value (0028,0120)", error);
    }
    lists->values[lists->value_count++] = value;
  }
  return DSEG_OK;
}

/* The current item of the sequence. */
static dseg_status read_item(dseg_data_set *set, size_t item, uint32_t background, label_sets_lists *lists,
                             uint32_t *tag, dseg_error *error) {
  const uint32_t block = dseg_data_set_find_creator(set, LABEL_SETS_GROUP, LABEL_SETS_CREATOR);
  label_sets_list *list = &lists->lists[item];
  uint16_t second;
  dseg_view bytes = {0};
  *list = (label_sets_list){.first = lists->value_count};
  if (!dseg_data_set_get_u16(set, NUMBER, 0, &list->number) || dseg_data_set_get_u16(set, NUMBER, 1, &second)) {
    return fail(tag, NUMBER, item, "Segment Number is missing, or not one number", error);
  }
  if (lists->described[list->number] == 0 || list->number == background) {
    return fail(tag, NUMBER, item, "no segment of Segment Sequence (0062,0002) has this number", error);
  }
  if (item > 0 && list->number <= lists->lists[item - 1].number) {
    return fail(tag, NUMBER, item, "Segment Numbers of items do not ascend", error);
  }
  if (block == 0) {
    return fail(tag, LABEL_SETS_GROUP << 16 | 0x10, item,
                "the private block \"" LABEL_SETS_CREATOR "\" is missing in it", error);
  }
  if (!dseg_data_set_get_bytes(set, block | LABEL_SETS_VALUES, &bytes) || bytes.size == 0) {
    return fail(tag, block | LABEL_SETS_VALUES, item, "Constituent Segment Numbers are missing or have no value",
                error);
  }
  if (bytes.size % 2 != 0) {
    return fail(tag, block | LABEL_SETS_VALUES, item, "Constituent Segment Numbers have an odd length", error);
  }
  list->count = bytes.size / 2;
  return take_values(lists, item, block | LABEL_SETS_VALUES, bytes, background, tag, error);
}

/* What lists say of each other: a value of one segment alone is that one's own number, else the other's list is
 * missing; and a segment has its own number if anyone has. item_of: by value, the item of that number, from 1; the last
 * one that has the value in its list; and in how many it is. */
struct uses {
  uint32_t item_of[LABEL_SETS_PIXEL_VALUES], last[LABEL_SETS_PIXEL_VALUES], count[LABEL_SETS_PIXEL_VALUES];
};

static void count_uses(const label_sets_lists *lists, struct uses *uses) {
  for (size_t i = 0; i < lists->count; i++) {
    const label_sets_list *list = &lists->lists[i];
    uses->item_of[list->number] = (uint32_t)i + 1;
    for (size_t k = list->first; k < list->first + list->count; k++) {
      uses->last[lists->values[k]] = (uint32_t)i + 1;
      uses->count[lists->values[k]]++;
    }
  }
}

static bool has_value(const label_sets_lists *lists, size_t item, uint32_t value) {
  const label_sets_list *list = &lists->lists[item];
  size_t at = list->first;
  while (at < list->first + list->count && lists->values[at] < value) {
    at++;
  }
  return at < list->first + list->count && lists->values[at] == value;
}

static dseg_status check_uses(const label_sets_lists *lists, const struct uses *uses, uint32_t sequence, uint32_t *tag,
                              dseg_error *error) {
  for (uint32_t value = 0; value < LABEL_SETS_PIXEL_VALUES; value++) {
    const uint32_t own = uses->item_of[value];
    if (uses->count[value] == 1 && uses->last[value] != own) {
      char text[120];
      snprintf(text, sizeof text, "value %u is in its list only, and is another number: a list is missing",
               (unsigned)value);
      return fail(tag, sequence, uses->last[value] - 1, text, error);
    }
    if (uses->count[value] > 0 && own != 0 && !has_value(lists, own - 1, value)) {
      char text[120];
      snprintf(text, sizeof text, "its own number, %u, is in another list and not in its", (unsigned)value);
      return fail(tag, sequence, own - 1, text, error);
    }
  }
  return DSEG_OK;
}

static dseg_status check_lists(const label_sets_lists *lists, uint32_t sequence, uint32_t *tag, dseg_error *error) {
  struct uses *uses = calloc(1, sizeof *uses);
  if (uses == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for pixel values");
  }
  count_uses(lists, uses);
  const dseg_status status = check_uses(lists, uses, sequence, tag, error);
  free(uses);
  return status;
}

/* Room for all values: no more than the lists have bytes. */
static dseg_status allocate(dseg_data_set *set, uint32_t sequence, uint64_t memory_limit, label_sets_lists *lists,
                            dseg_error *error) {
  size_t bytes = 0;
  for (size_t i = 0; dseg_data_set_enter_item(set, sequence, i); i++) {
    const uint32_t block = dseg_data_set_find_creator(set, LABEL_SETS_GROUP, LABEL_SETS_CREATOR);
    dseg_view values = {0};
    (void)dseg_data_set_get_bytes(set, block | LABEL_SETS_VALUES, &values);
    bytes += values.size; /* which are in memory: no overflow */
    dseg_data_set_end_item(set);
  }
  const size_t count = dseg_data_set_count_items(set, sequence);
  const size_t tables = LABEL_SETS_PIXEL_VALUES * sizeof(uint32_t) * 4;
  if (bytes > memory_limit || count * sizeof *lists->lists > memory_limit - bytes ||
      tables > memory_limit - bytes - count * sizeof *lists->lists) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "Overlapping Segment Sequence of %zu items with %zu values exceeds the "
                     "memory limit",
                     count, bytes / 2);
  }
  lists->count = count;
  lists->lists = calloc(count + 1, sizeof *lists->lists);
  lists->values = malloc(bytes + 2);
  return lists->lists != NULL && lists->values != NULL
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for lists of %zu values", bytes / 2);
}

static dseg_status read_items(dseg_data_set *set, uint32_t sequence, uint32_t background, uint64_t memory_limit,
                              label_sets_lists *lists, uint32_t *tag, dseg_error *error) {
  DSEG_TRY(allocate(set, sequence, memory_limit, lists, error));
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && dseg_data_set_enter_item(set, sequence, i); i++) {
    status = read_item(set, i, background, lists, tag, error);
    dseg_data_set_end_item(set);
  }
  return status;
}

static dseg_status read_sequence(const dseg_private_sequence *sequence, uint32_t element, uint64_t memory_limit,
                                 label_sets_lists *lists, uint32_t background, uint32_t *tag, dseg_error *error) {
  DSEG_TRY(read_items(sequence->set, sequence->tag, background, memory_limit, lists, tag, error));
  return check_lists(lists, element, tag, error);
}

dseg_status label_sets_read_lists(dseg_data_set *set, uint64_t memory_limit, label_sets_lists *lists, uint32_t *tag,
                                  dseg_error *error) {
  const uint32_t block = dseg_data_set_find_creator(set, LABEL_SETS_GROUP, LABEL_SETS_CREATOR);
  const uint32_t element = block | LABEL_SETS_SEQUENCE;
  uint32_t background;
  char vr[3] = "";
  uint32_t before = element - 1;
  *lists = (label_sets_lists){.described = calloc(LABEL_SETS_PIXEL_VALUES, 1)};
  *tag = element;
  if (lists->described == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for pixel values");
  }
  read_described(set, lists->described, &background);
  if (block == 0 || !dseg_data_set_next(set, &before, vr) || before != element) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "the private block \"" LABEL_SETS_CREATOR
                     "\" is there, and Overlapping Segment Sequence is not: "
                     "nothing tells items of Segment Sequence (0062,0002) that describe combinations from segments "
                     "(label sets, 6)");
  }
  dseg_private_sequence sequence;
  dseg_status status = dseg_open_private_sequence(set, element, &sequence);
  if (status == DSEG_OK) {
    status = read_sequence(&sequence, element, memory_limit, lists, background, tag, error);
  } else {
    (void)dseg_fail(error, status, "Overlapping Segment Sequence (%04X,%04X) is of VR %s, and %s (label sets, 3)",
                    (unsigned)(element >> 16), (unsigned)(element & 0xFFFFu), vr,
                    status == DSEG_ERROR_FORMAT ? "its value is no items" : "there is no memory for its items");
  }
  dseg_close_private_sequence(&sequence);
  return status;
}

void label_sets_lists_free(label_sets_lists *lists) {
  free(lists->lists);
  free(lists->values);
  free(lists->described);
  *lists = (label_sets_lists){0};
}
