/* SPDX-License-Identifier: Apache-2.0 */
/* label_lookup.h - what the pixel values of label frames become: a table of the small ones, and a search among the
 * large ones, which only pixels of 32 bits have. */
#ifndef DSEG_MODEL_LABEL_LOOKUP_H
#define DSEG_MODEL_LABEL_LOOKUP_H

#include "dseg/plugin.h"

#define DSEG_PIXEL_VALUES ((size_t)65536)

typedef struct dseg_label_lookup {
  const uint32_t
      *table; /* by pixel value: what to write, for all that pixels of 8 or 16 bits have, or the first 65536 */
  size_t table_size;
  uint32_t identity; /* pixel values below this stand for themselves */
  /* Of pixels of 32 bits, what to write for values from table_size on, which ascend; the background for others. */
  const uint32_t *large_pixels, *large_labels;
  size_t large_count;
  uint32_t background;
} dseg_label_lookup;

/* A table of table_size values that starts with the identity up to the number returned. */
static inline uint32_t dseg_label_identity(const uint32_t *table, size_t table_size) {
  uint32_t limit = 0;
  while (limit < table_size && table[limit] == limit) {
    limit++;
  }
  return limit;
}

/* The place of value among count ascending numbers; SIZE_MAX: not there. */
static inline size_t dseg_find_number(const uint32_t *numbers, size_t count, uint32_t value) {
  size_t low = 0;
  size_t high = count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (numbers[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < count && numbers[low] == value ? low : SIZE_MAX;
}

static inline uint32_t dseg_look_up(const dseg_label_lookup *lookup, uint32_t pixel) {
  if (pixel < lookup->table_size) {
    return lookup->table[pixel];
  }
  const size_t place = dseg_find_number(lookup->large_pixels, lookup->large_count, pixel);
  return place != SIZE_MAX ? lookup->large_labels[place] : lookup->background;
}

#endif
