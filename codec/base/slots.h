/* SPDX-License-Identifier: Apache-2.0 */
/* slots.h - a hash table over the items of an array, which stay where they are: open addressing, at most half full as
 * long as it is resized with the array. */
#ifndef DSEG_BASE_SLOTS_H
#define DSEG_BASE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Start with {0}. */
typedef struct dseg_slots {
  uint32_t *items; /* an item's index + 1; 0: free */
  size_t count;    /* a power of 2 */
} dseg_slots;

/* Makes room for capacity items, a power of 2, and puts in those of the array, count of them, by their hashes. False,
 * without a change: there is no memory, or more items than 31 bits count. */
bool dseg_slots_resize(dseg_slots *slots, size_t capacity, size_t count,
                       uint64_t (*hash_of)(const void *array, size_t item), const void *array);
void dseg_slots_free(dseg_slots *slots);

/* The slot of the item that is_wanted accepts, among those of its hash, or a free one: a new item's index + 1 is put
 * there. There is room. */
static inline uint32_t *dseg_slots_find(const dseg_slots *slots, uint64_t hash,
                                        bool (*is_wanted)(const void *user, size_t item), const void *user) {
  size_t slot = (size_t)hash & (slots->count - 1);
  while (slots->items[slot] != 0 && !is_wanted(user, slots->items[slot] - 1)) {
    slot = (slot + 1) & (slots->count - 1);
  }
  return &slots->items[slot];
}

#endif
