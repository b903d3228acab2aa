/* SPDX-License-Identifier: Apache-2.0 */
/* label_sets_number.c - the pixel value of each combination of segments, when all that occur are known.
 *
 * A segment's number stands for the smallest set that the segment is in, where every other set that it is in contains
 * that one: for a part of an organ that is drawn, too, the two together. So a hierarchy leaves the pixels of a label
 * map as they are. What no segment lends its number to gets one above all of them, in the order of its members. */
#include <stdlib.h>

#include "label_sets.h"

/* Members of all combinations together. */
#define MOST_MEMBERS ((size_t)1 << 24)
#define NONE SIZE_MAX

static size_t size_of(const label_sets_writing *writing, size_t combination) {
  return writing->table.sets[writing->combinations[combination].set].size;
}

static const uint32_t *members_of(const label_sets_writing *writing, size_t combination) {
  return writing->members + writing->combinations[combination].first;
}

static dseg_status list_members(label_sets_writing *writing, dseg_error *error) {
  size_t count = 0;
  for (size_t i = 0; i < writing->combination_count; i++) {
    writing->combinations[i].first = count;
    count += size_of(writing, i);
    if (count > MOST_MEMBERS) {
      return dseg_fail(error, DSEG_ERROR_LIMIT,
                       "segments overlap in combinations of %zu members and more altogether (label sets, 5): write "
                       "binary",
                       MOST_MEMBERS);
    }
  }
  writing->members = malloc((count + 1) * sizeof *writing->members);
  if (writing->members == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu members of combinations", count);
  }
  for (size_t i = 0; i < writing->combination_count; i++) {
    label_sets_table_list(&writing->table, writing->combinations[i].set,
                          writing->members + writing->combinations[i].first);
  }
  return DSEG_OK;
}

/* Whether combination whole has all members of combination part. */
static bool contains(const label_sets_writing *writing, size_t whole, size_t part) {
  const uint32_t *in = members_of(writing, whole);
  const uint32_t *of = members_of(writing, part);
  const size_t room = size_of(writing, whole);
  const size_t count = size_of(writing, part);
  size_t at = 0;
  for (size_t i = 0; i < count; i++) {
    while (at < room && in[at] < of[i]) {
      at++;
    }
    if (at == room || in[at] != of[i]) {
      return false;
    }
  }
  return true;
}

/* smallest[i]: the combination that all others with segment i contain; NONE: there is none such, or the segment has its
 * number for itself. */
static void find_smallest(const label_sets_writing *writing, size_t segment_count, size_t *smallest) {
  for (size_t i = 0; i < segment_count; i++) {
    smallest[i] = NONE;
  }
  for (size_t i = 0; i < writing->combination_count; i++) {
    const uint32_t *members = members_of(writing, i);
    for (size_t k = 0; k < size_of(writing, i); k++) {
      const size_t before = smallest[members[k]];
      if (writing->occurs_alone[members[k]] == 0 &&
          (before == NONE || size_of(writing, i) < size_of(writing, before))) {
        smallest[members[k]] = i;
      }
    }
  }
  for (size_t i = 0; i < writing->combination_count; i++) {
    const uint32_t *members = members_of(writing, i);
    for (size_t k = 0; k < size_of(writing, i); k++) {
      const size_t least = smallest[members[k]];
      if (least != NONE && least != i && !contains(writing, i, least)) {
        smallest[members[k]] = NONE; /* nor is another one: this is neither in it nor around it */
      }
    }
  }
}

/* Of two segments with the same pixels the first lends its number. */
static void lend_numbers(label_sets_writing *writing, const dseg_description *description, const size_t *smallest) {
  for (size_t i = 0; i < description->segment_count; i++) {
    if (smallest[i] != NONE && writing->combinations[smallest[i]].value == LABEL_SETS_NO_VALUE) {
      writing->combinations[smallest[i]].value = description->segments[i].number;
    }
  }
}

/* A combination to be sorted. */
struct sorted {
  const uint32_t *members;
  size_t count, combination;
};

static int compare(const void *a, const void *b) {
  const struct sorted *x = a;
  const struct sorted *y = b;
  for (size_t i = 0; i < x->count && i < y->count; i++) {
    if (x->members[i] != y->members[i]) {
      return x->members[i] < y->members[i] ? -1 : 1;
    }
  }
  return (x->count > y->count) - (x->count < y->count);
}

static dseg_status number_others(label_sets_writing *writing, dseg_error *error) {
  size_t count = 0;
  struct sorted *sorted = malloc((writing->combination_count + 1) * sizeof *sorted);
  if (sorted == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu combinations of segments",
                     writing->combination_count);
  }
  for (size_t i = 0; i < writing->combination_count; i++) {
    if (writing->combinations[i].value == LABEL_SETS_NO_VALUE) {
      sorted[count++] = (struct sorted){members_of(writing, i), size_of(writing, i), i};
    }
  }
  qsort(sorted, count, sizeof *sorted, compare);
  for (size_t i = 0; i < count; i++) {
    writing->combinations[sorted[i].combination].value = writing->first_value + (uint32_t)i;
  }
  free(sorted);
  return DSEG_OK;
}

/* By value for the time being the final one, and by that the combination. */
static dseg_status make_tables(label_sets_writing *writing, dseg_error *error) {
  writing->values = malloc(LABEL_SETS_PIXEL_VALUES * sizeof *writing->values);
  writing->combination = calloc(LABEL_SETS_PIXEL_VALUES, sizeof *writing->combination);
  if (writing->values == NULL || writing->combination == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for pixel values");
  }
  for (uint32_t i = 0; i < LABEL_SETS_PIXEL_VALUES; i++) {
    writing->values[i] = i;
  }
  for (size_t i = 0; i < writing->combination_count; i++) {
    const uint32_t value = writing->combinations[i].value;
    writing->values[writing->first_value + i] = value;
    writing->combination[value] = (uint32_t)i + 1;
  }
  return DSEG_OK;
}

dseg_status label_sets_number(label_sets_writing *writing, const dseg_description *description, dseg_error *error) {
  size_t *smallest = malloc((description->segment_count + 1) * sizeof *smallest);
  if (smallest == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", description->segment_count);
  }
  dseg_status status = list_members(writing, error);
  if (status == DSEG_OK) {
    for (size_t i = 0; i < writing->combination_count; i++) {
      writing->combinations[i].value = LABEL_SETS_NO_VALUE;
    }
    find_smallest(writing, description->segment_count, smallest);
    lend_numbers(writing, description, smallest);
    status = number_others(writing, error);
  }
  free(smallest);
  return status == DSEG_OK ? make_tables(writing, error) : status;
}
