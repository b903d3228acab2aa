/* SPDX-License-Identifier: Apache-2.0 */
/* number_set.h - the numbers of a description's segments and its background, to ask whether a value is one of them. */
#ifndef DSEG_MODEL_NUMBER_SET_H
#define DSEG_MODEL_NUMBER_SET_H

#include "model/label_lookup.h"

/* Start with {0}. */
typedef struct dseg_number_set {
  uint8_t *small;  /* 1 for those of 16 bits: DSEG_PIXEL_VALUES flags */
  uint32_t *large; /* the others, ascending */
  size_t large_count;
} dseg_number_set;

/* Segments are in ascending order of their numbers. DSEG_ERROR_MEMORY. */
dseg_status dseg_number_set_create(const dseg_description *description, dseg_number_set *set, dseg_error *error);
void dseg_number_set_free(dseg_number_set *set);

/* The least number that no segment has, likewise. */
uint32_t dseg_free_number(const dseg_description *description);

static inline bool dseg_number_set_has(const dseg_number_set *set, uint32_t value) {
  return value < DSEG_PIXEL_VALUES ? set->small[value] != 0
                                   : dseg_find_number(set->large, set->large_count, value) != SIZE_MAX;
}

#endif
