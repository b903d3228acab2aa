/* SPDX-License-Identifier: Apache-2.0 */
/* overlap_table.c - open addressing, at most half full, so that a pair is found after a look or two. */
#include "compare/overlap_table.h"

#include <stdlib.h>

enum { FIRST_ROOM = 1024 };

/* Where a pair is, or would be. The multiplication spreads numbers that follow each other. */
static dseg_overlap_entry *find(dseg_overlap_entry *entries, size_t room, uint32_t a, uint32_t b) {
  const uint64_t key = ((uint64_t)a << 32 | b) * UINT64_C(0x9E3779B97F4A7C15);
  size_t at = (size_t)(key ^ key >> 32) & (room - 1);
  while (entries[at].voxels != 0 && (entries[at].a != a || entries[at].b != b)) {
    at = (at + 1) & (room - 1);
  }
  return &entries[at];
}

static bool grow(dseg_overlap_table *table) {
  const size_t room = table->room > 0 ? 2 * table->room : FIRST_ROOM;
  dseg_overlap_entry *entries = calloc(room, sizeof *entries);
  if (entries == NULL) {
    return false;
  }
  for (size_t i = 0; i < table->room; i++) {
    const dseg_overlap_entry *from = &table->entries[i];
    if (from->voxels != 0) {
      *find(entries, room, from->a, from->b) = *from;
    }
  }
  free(table->entries);
  table->entries = entries;
  table->room = room;
  return true;
}

void dseg_overlap_table_add(dseg_overlap_table *table, uint32_t a, uint32_t b, uint64_t voxels) {
  if (table->out_of_memory || (2 * (table->used + 1) > table->room && !grow(table))) {
    table->out_of_memory = true;
    return;
  }
  dseg_overlap_entry *entry = find(table->entries, table->room, a, b);
  if (entry->voxels == 0) {
    *entry = (dseg_overlap_entry){.a = a, .b = b};
    table->used++;
  }
  entry->voxels += voxels;
}

void dseg_overlap_table_free(dseg_overlap_table *table) {
  free(table->entries);
  *table = (dseg_overlap_table){.entries = NULL};
}
