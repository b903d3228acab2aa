/* SPDX-License-Identifier: Apache-2.0 */
/* slots.c - see slots.h. */
#include "base/slots.h"

#include <stdlib.h>

/* Those of the array are all different. */
static bool is_none(const void *user, size_t item) {
  (void)user, (void)item;
  return false;
}

bool dseg_slots_resize(dseg_slots *slots, size_t capacity, size_t count,
                       uint64_t (*hash_of)(const void *array, size_t item), const void *array) {
  dseg_slots larger = {.count = capacity * 2};
  if (capacity > UINT32_MAX / 2) {
    return false;
  }
  larger.items = calloc(larger.count, sizeof *larger.items);
  if (larger.items == NULL) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    *dseg_slots_find(&larger, hash_of(array, i), is_none, NULL) = (uint32_t)i + 1;
  }
  free(slots->items);
  *slots = larger;
  return true;
}

void dseg_slots_free(dseg_slots *slots) {
  free(slots->items);
  *slots = (dseg_slots){NULL, 0};
}
