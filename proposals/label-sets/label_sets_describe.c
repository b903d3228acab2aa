/* SPDX-License-Identifier: Apache-2.0 */
/* label_sets_describe.c - what the pixel values are: an item of Segment Sequence for each combination with a number of
 * its own, so that the object is a LABELMAP for everyone, and Overlapping Segment Sequence with the pixel values of
 * each segment that overlaps another one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label_sets.h"
#include "volume/volume.h"

#define SEGMENTS 0x00620002u
#define NUMBER 0x00620004u
#define LABEL 0x00620005u
#define COLOR 0x0062000Du
#define LABEL_CHARACTERS ((size_t)64) /* LO (PS3.5 6.2) */

/* Of the first member, a combination has these; its description, tracking and private elements are that segment's. */
static bool is_shared(uint32_t tag) {
  switch (tag) {
    case 0x00620003: /* Segmented Property Category, Algorithm Type and Name, Property Type */
    case 0x00620008:
    case 0x00620009:
    case 0x0062000F: return true;
    default: return false;
  }
}

/* Characters of UTF-8. */
static size_t count_characters(const char *text) {
  size_t count = 0;
  for (; *text != '\0'; text++) {
    count += ((unsigned char)*text & 0xC0u) != 0x80u;
  }
  return count;
}

/* Fills items, by segment, with the indices of their items in Segment Sequence. */
static dseg_status find_items(const label_sets_writing *writing, dseg_data_set *set, size_t segment_count,
                              size_t *items, dseg_error *error) {
  const size_t count = dseg_data_set_count_items(set, SEGMENTS);
  size_t found = 0;
  for (size_t i = 0; i < count && dseg_data_set_enter_item(set, SEGMENTS, i); i++) {
    uint16_t number = 0;
    if (dseg_data_set_get_u16(set, NUMBER, 0, &number) && writing->index_of[number] != LABEL_SETS_NO_VALUE) {
      items[writing->index_of[number]] = i;
      found++;
    }
    dseg_data_set_end_item(set);
  }
  return found == segment_count
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_ARGUMENT, "label sets: Segment Sequence (0062,0002) has %zu of %zu segments",
                         found, segment_count);
}

/* Segment Label and Recommended Display CIELab Value of a member, from its item. */
struct member {
  char label[4 * 64 + 1]; /* LABEL_CHARACTERS of UTF-8, as the library has put them */
  uint16_t color[3];
  bool has_color;
};

static void read_member(dseg_data_set *set, size_t item, struct member *member) {
  dseg_view label = {0};
  *member = (struct member){.has_color = true};
  if (!dseg_data_set_enter_item(set, SEGMENTS, item)) {
    return;
  }
  (void)dseg_data_set_get_text(set, LABEL, SIZE_MAX, &label);
  snprintf(member->label, sizeof member->label, "%.*s", (int)label.size,
           label.size > 0 ? (const char *)label.data : "");
  for (size_t i = 0; i < 3; i++) {
    member->has_color = member->has_color && dseg_data_set_get_u16(set, COLOR, i, &member->color[i]);
  }
  dseg_data_set_end_item(set);
}

/* What a combination is called, and its colour, from its members. */
struct naming {
  char label[4 * 64 + 1];
  size_t characters;
  size_t left_out; /* members whose labels there is no room for */
  uint64_t color[3];
  bool has_color;
};

/* " + " and a label, as long as " + 65535 more" still fits behind it. */
static void add_name(struct naming *naming, const char *label, bool is_first, bool is_last) {
  const size_t characters = count_characters(label) + (is_first ? 0 : 3);
  const size_t rest = is_last ? 0 : sizeof " + 65535 more" - 1;
  if (naming->left_out > 0 || naming->characters + characters + rest > LABEL_CHARACTERS) {
    naming->left_out++;
    return;
  }
  const size_t length = strlen(naming->label);
  snprintf(naming->label + length, sizeof naming->label - length, "%s%s", is_first ? "" : " + ", label);
  naming->characters += characters;
}

static void finish_name(struct naming *naming, size_t members) {
  const size_t length = strlen(naming->label);
  if (naming->left_out == members) {
    snprintf(naming->label, sizeof naming->label, "%zu segments", members);
  } else if (naming->left_out > 0) {
    snprintf(naming->label + length, sizeof naming->label - length, " + %zu more", naming->left_out);
  }
}

static void name_combination(dseg_data_set *set, const size_t *items, const uint32_t *members, size_t count,
                             struct naming *naming) {
  *naming = (struct naming){.has_color = true};
  for (size_t i = 0; i < count; i++) {
    struct member member;
    read_member(set, items[members[i]], &member);
    add_name(naming, member.label, i == 0, i + 1 == count);
    naming->has_color = naming->has_color && member.has_color;
    for (size_t k = 0; k < 3; k++) {
      naming->color[k] += member.color[k];
    }
  }
  finish_name(naming, count);
}

/* Appends the item of a combination to Segment Sequence. */
static void put_item(dseg_data_set *set, const size_t *items, const uint32_t *members, size_t count, uint32_t value) {
  const uint16_t number = (uint16_t)value;
  struct naming naming;
  uint32_t tag = 0;
  name_combination(set, items, members, count, &naming);
  dseg_data_set_copy_item(set, SEGMENTS, items[members[0]]);
  if (!dseg_data_set_enter_item(set, SEGMENTS, dseg_data_set_count_items(set, SEGMENTS) - 1)) {
    return; /* what failed is kept in the data set */
  }
  while (dseg_data_set_next(set, &tag, NULL)) {
    if (!is_shared(tag)) {
      dseg_data_set_remove(set, tag);
    }
  }
  dseg_data_set_put_u16(set, NUMBER, "US", &number, 1);
  dseg_data_set_put_text(set, LABEL, "LO", naming.label);
  if (naming.has_color) {
    const uint16_t color[3] = {(uint16_t)(naming.color[0] / count), (uint16_t)(naming.color[1] / count),
                               (uint16_t)(naming.color[2] / count)};
    dseg_data_set_put_u16(set, COLOR, "US", color, 3);
  }
  dseg_data_set_end_item(set);
}

static void put_combinations(const label_sets_writing *writing, dseg_data_set *set, const size_t *items) {
  for (uint32_t value = writing->first_value; value < LABEL_SETS_PIXEL_VALUES; value++) {
    const uint32_t combination = writing->combination[value];
    if (combination != 0) {
      const label_sets_combination *known = &writing->combinations[combination - 1];
      put_item(set, items, writing->members + known->first, writing->table.sets[known->set].size, value);
    }
  }
}

/* Where the pixel values of each segment are in one array; of those that overlap no other there are none. */
struct unions {
  size_t *first; /* by segment, and one more for the end */
  uint16_t *values;
};

/* How many values each segment has, in the place behind its own. */
static void count_values(const label_sets_writing *writing, size_t segment_count, size_t *counts) {
  for (size_t i = 0; i < writing->combination_count; i++) {
    const label_sets_combination *known = &writing->combinations[i];
    for (size_t k = 0; k < writing->table.sets[known->set].size; k++) {
      counts[writing->members[known->first + k] + 1]++;
    }
  }
  for (size_t i = 0; i < segment_count; i++) {
    counts[i + 1] += counts[i + 1] > 0 && writing->occurs_alone[i] != 0 ? 1 : 0;
  }
}

static dseg_status make_unions(const label_sets_writing *writing, size_t segment_count, struct unions *unions,
                               size_t *next, dseg_error *error) {
  count_values(writing, segment_count, unions->first);
  for (size_t i = 0; i < segment_count; i++) {
    unions->first[i + 1] += unions->first[i];
    next[i] = unions->first[i];
  }
  unions->values = malloc((unions->first[segment_count] + 1) * sizeof *unions->values);
  if (unions->values == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the pixel values of %zu segments", segment_count);
  }
  for (uint32_t value = 0; value < LABEL_SETS_PIXEL_VALUES; value++) {
    const uint32_t combination = writing->combination[value];
    const uint32_t segment = writing->index_of[value];
    if (combination != 0) {
      const label_sets_combination *known = &writing->combinations[combination - 1];
      for (size_t k = 0; k < writing->table.sets[known->set].size; k++) {
        unions->values[next[writing->members[known->first + k]]++] = (uint16_t)value;
      }
    } else if (segment != LABEL_SETS_NO_VALUE && writing->occurs_alone[segment] != 0 &&
               unions->first[segment] < unions->first[segment + 1]) {
      unions->values[next[segment]++] = (uint16_t)value;
    }
  }
  return DSEG_OK;
}

static void put_unions(const dseg_description *description, const struct unions *unions, dseg_data_set *set,
                       uint32_t block) {
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint16_t number = (uint16_t)description->segments[i].number;
    const size_t count = unions->first[i + 1] - unions->first[i];
    if (count == 0) {
      continue;
    }
    dseg_data_set_begin_item(set, block | LABEL_SETS_SEQUENCE);
    const uint32_t own = dseg_data_set_put_creator(set, LABEL_SETS_GROUP, LABEL_SETS_CREATOR);
    dseg_data_set_put_u16(set, own | LABEL_SETS_VALUES, "OW", unions->values + unions->first[i], count);
    dseg_data_set_put_u16(set, NUMBER, "US", &number, 1);
    dseg_data_set_end_item(set);
  }
}

/* items: room for a number for each segment, used for two things in turn. */
static dseg_status describe_values(const dseg_write_context *context, dseg_data_set *set, uint32_t block, size_t *items,
                                   struct unions *unions, dseg_error *error) {
  const label_sets_writing *writing = context->state;
  const size_t count = context->description->segment_count;
  DSEG_TRY(find_items(writing, set, count, items, error));
  put_combinations(writing, set, items);
  DSEG_TRY(make_unions(writing, count, unions, items, error));
  put_unions(context->description, unions, set, block);
  return DSEG_OK;
}

static dseg_status describe_overlap(const dseg_write_context *context, dseg_data_set *set, uint32_t block,
                                    dseg_error *error) {
  const size_t count = context->description->segment_count;
  struct unions unions = {.first = calloc(count + 2, sizeof *unions.first)};
  size_t *items = calloc(count + 1, sizeof *items);
  if (unions.first == NULL || items == NULL) {
    free(unions.first);
    free(items);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  const dseg_status status = describe_values(context, set, block, items, &unions, error);
  free(unions.first);
  free(unions.values);
  free(items);
  return status;
}

dseg_status label_sets_describe(const dseg_write_context *context, const dseg_written_frames *frames,
                                dseg_data_set *set, dseg_error *error) {
  const label_sets_writing *writing = context->state;
  const uint32_t block = dseg_data_set_put_creator(set, LABEL_SETS_GROUP, LABEL_SETS_CREATOR);
  if (dseg_get_option(label_sets_options, context->options, context->option_count, "volume") != 0) {
    DSEG_TRY(dseg_volume_describe(context, frames, set, error));
  }
  dseg_data_set_put_sequence(set, block | LABEL_SETS_SEQUENCE); /* there although nothing may overlap */
  return writing->combination_count > 0 ? describe_overlap(context, set, block, error) : DSEG_OK;
}
