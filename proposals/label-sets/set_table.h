/* SPDX-License-Identifier: Apache-2.0 */
/* set_table.h - sets of segments, each with a number, found in constant time when one segment more is added to a set.
 *
 * A set is what another one and a segment behind all of its own make: a tree whose root, number 0, is the empty set.
 * Sets that were steps on the way to others are in the table, too. */
#ifndef DSEG_LABEL_SETS_SET_TABLE_H
#define DSEG_LABEL_SETS_SET_TABLE_H

#include "dseg/plugin.h"

#define LABEL_SETS_EMPTY ((uint32_t)0)

typedef struct label_sets_set {
  uint32_t before;  /* the set without its last segment */
  uint32_t segment; /* its last one, an index */
  uint32_t size;
  uint32_t value; /* the pixel value that it has got; LABEL_SETS_NO_VALUE: it has not occurred */
} label_sets_set;
#define LABEL_SETS_NO_VALUE UINT32_MAX

typedef struct label_sets_table {
  label_sets_set *sets;
  size_t count, room;
  uint32_t *slots; /* a set's number, 0 where the slot is free; a power of two of them, at least half of them free */
  size_t slot_count;
} label_sets_table;

/* A table with the empty set. DSEG_ERROR_MEMORY. label_sets_table_free in any case. */
dseg_status label_sets_table_create(label_sets_table *table, dseg_error *error);
void label_sets_table_free(label_sets_table *table);

/* The set that set and segment make; segment is greater than all of set's. DSEG_ERROR_MEMORY, DSEG_ERROR_LIMIT. */
dseg_status label_sets_table_add(label_sets_table *table, uint32_t set, uint32_t segment, uint32_t *with,
                                 dseg_error *error);

/* Fills segments, room for the set's size, with its segments in ascending order. */
void label_sets_table_list(const label_sets_table *table, uint32_t set, uint32_t *segments);

#endif
