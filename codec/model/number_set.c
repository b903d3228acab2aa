/* SPDX-License-Identifier: Apache-2.0 */
/* number_set.c - see number_set.h. */
#include "model/number_set.h"

#include <stdlib.h>

dseg_status dseg_number_set_create(const dseg_description *description, dseg_number_set *set, dseg_error *error) {
  const size_t count = description->segment_count;
  size_t large = 0;
  for (size_t i = 0; i < count; i++) {
    large += description->segments[i].number >= DSEG_PIXEL_VALUES;
  }
  set->small = calloc(DSEG_PIXEL_VALUES, 1);
  set->large = large > 0 ? malloc(large * sizeof *set->large) : NULL;
  if (set->small == NULL || (large > 0 && set->large == NULL)) {
    dseg_number_set_free(set);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the numbers of %zu segments", count);
  }
  for (size_t i = 0; i < count; i++) {
    const uint32_t number = description->segments[i].number;
    if (number < DSEG_PIXEL_VALUES) {
      set->small[number] = 1;
    } else {
      set->large[set->large_count++] = number;
    }
  }
  if (description->has_background && description->background < DSEG_PIXEL_VALUES) {
    set->small[description->background] = 1;
  }
  return DSEG_OK;
}

void dseg_number_set_free(dseg_number_set *set) {
  free(set->small);
  free(set->large);
  *set = (dseg_number_set){0};
}

uint32_t dseg_free_number(const dseg_description *description) {
  uint32_t number = 0;
  for (size_t i = 0; i < description->segment_count && description->segments[i].number == number; i++) {
    number++;
  }
  return number;
}
