/* SPDX-License-Identifier: Apache-2.0 */
/* overlap_table.h - how many voxels each instance of one side shares with each of the other: a hash table of pairs, as
 * few of all pairs that could be are. */
#ifndef DSEG_COMPARE_OVERLAP_TABLE_H
#define DSEG_COMPARE_OVERLAP_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct dseg_overlap_entry {
  uint32_t a, b;   /* numbers of instances, from 1 */
  uint64_t voxels; /* that are in both; 0: the entry is free */
} dseg_overlap_entry;

/* Starts with zeros. */
typedef struct dseg_overlap_table {
  dseg_overlap_entry *entries;
  size_t room; /* a power of two, or 0 */
  size_t used;
  bool out_of_memory; /* pairs are missing */
} dseg_overlap_table;

void dseg_overlap_table_add(dseg_overlap_table *table, uint32_t a, uint32_t b, uint64_t voxels);
void dseg_overlap_table_free(dseg_overlap_table *table);

#endif
