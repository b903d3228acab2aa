/* SPDX-License-Identifier: Apache-2.0 */
/* set_table.c - a hash table with open addressing over pairs of a set and the segment behind it. */
#include "set_table.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM ((size_t)256)
/* Sets and the steps to them: 64 times as many as pixels of 16 bits can tell apart. */
#define MOST_SETS ((size_t)1 << 22)

/* Multiplication by odd numbers spreads both over the upper bits. */
static size_t slot_of(const label_sets_table *table, uint32_t set, uint32_t segment) {
  const uint64_t key = (uint64_t)set * UINT64_C(0x9E3779B97F4A7C15) + (uint64_t)segment * UINT64_C(0xC2B2AE3D27D4EB4F);
  return (size_t)((key ^ key >> 29) * UINT64_C(0xBF58476D1CE4E5B9) >> 32) & (table->slot_count - 1);
}

static void put_into_slot(label_sets_table *table, uint32_t number) {
  const label_sets_set *set = &table->sets[number];
  size_t slot = slot_of(table, set->before, set->segment);
  while (table->slots[slot] != 0) {
    slot = (slot + 1) & (table->slot_count - 1);
  }
  table->slots[slot] = number;
}

/* Doubles what there is room for. */
static dseg_status grow(label_sets_table *table, dseg_error *error) {
  const size_t room = table->room == 0 ? FIRST_ROOM : table->room * 2;
  label_sets_set *sets = realloc(table->sets, room * sizeof *sets);
  if (sets == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu sets of segments", room);
  }
  table->sets = sets;
  uint32_t *slots = calloc(room * 2, sizeof *slots);
  if (slots == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu sets of segments", room);
  }
  free(table->slots);
  table->slots = slots;
  table->slot_count = room * 2;
  table->room = room;
  for (size_t i = 1; i < table->count; i++) {
    put_into_slot(table, (uint32_t)i);
  }
  return DSEG_OK;
}

dseg_status label_sets_table_create(label_sets_table *table, dseg_error *error) {
  *table = (label_sets_table){0};
  DSEG_TRY(grow(table, error));
  table->sets[LABEL_SETS_EMPTY] = (label_sets_set){.value = LABEL_SETS_NO_VALUE};
  table->count = 1;
  return DSEG_OK;
}

void label_sets_table_free(label_sets_table *table) {
  free(table->sets);
  free(table->slots);
  *table = (label_sets_table){0};
}

dseg_status label_sets_table_add(label_sets_table *table, uint32_t set, uint32_t segment, uint32_t *with,
                                 dseg_error *error) {
  size_t slot = slot_of(table, set, segment);
  while (table->slots[slot] != 0) {
    const label_sets_set *known = &table->sets[table->slots[slot]];
    if (known->before == set && known->segment == segment) {
      *with = table->slots[slot];
      return DSEG_OK;
    }
    slot = (slot + 1) & (table->slot_count - 1);
  }
  if (table->count == MOST_SETS) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "segments overlap in more than %zu ways, and pixels of 16 bits tell 65535 apart: write binary",
                     MOST_SETS);
  }
  if (table->count == table->room) {
    DSEG_TRY(grow(table, error));
  }
  *with = (uint32_t)table->count++;
  table->sets[*with] = (label_sets_set){set, segment, table->sets[set].size + 1, LABEL_SETS_NO_VALUE};
  put_into_slot(table, *with);
  return DSEG_OK;
}

void label_sets_table_list(const label_sets_table *table, uint32_t set, uint32_t *segments) {
  for (size_t i = table->sets[set].size; i > 0; i--) {
    segments[i - 1] = table->sets[set].segment;
    set = table->sets[set].before;
  }
}
