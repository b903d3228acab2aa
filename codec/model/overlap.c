/* SPDX-License-Identifier: Apache-2.0 */
/* overlap.c - which segments overlap, added up while label maps are filled. */
#include <stdio.h>
#include <string.h>

#include "model/overlap.h"

/* The voxels count elsewhere: a pair beyond those that can be named is left out. */
static void add_pair(dseg_overlap *overlap, uint32_t a, uint32_t b, uint64_t count) {
  const uint32_t first = a < b ? a : b;
  const uint32_t second = a < b ? b : a;
  for (size_t i = 0; i < overlap->pair_count; i++) {
    if (overlap->pairs[i].first == first && overlap->pairs[i].second == second) {
      overlap->pairs[i].voxels += count;
      return;
    }
  }
  if (overlap->pair_count < DSEG_OVERLAP_PAIRS) {
    const size_t i = overlap->pair_count++;
    overlap->pairs[i].first = first;
    overlap->pairs[i].second = second;
    overlap->pairs[i].voxels = count;
  }
}

void dseg_overlap_add(dseg_overlap *overlap, uint32_t a, uint32_t b, uint64_t count) {
  overlap->voxels += count;
  add_pair(overlap, a, b, count);
}

void dseg_overlap_merge(dseg_overlap *into, const dseg_overlap *from) {
  into->voxels += from->voxels;
  for (size_t i = 0; i < from->pair_count; i++) {
    add_pair(into, from->pairs[i].first, from->pairs[i].second, from->pairs[i].voxels);
  }
}

/* Appends "12 (Liver)". */
static dseg_status name_segment(dseg_buffer *text, const dseg_description *description, uint32_t index) {
  if (index >= description->segment_count) {
    return dseg_buffer_printf(text, NULL, "another segment");
  }
  const dseg_segment *segment = &description->segments[index];
  return dseg_buffer_printf(text, NULL, "%u (%.64s)", (unsigned)segment->number,
                            segment->label != NULL ? segment->label : "");
}

static dseg_status name_pairs(dseg_buffer *text, const dseg_overlap *overlap, const dseg_description *description) {
  for (size_t i = 0; i < overlap->pair_count; i++) {
    DSEG_TRY(dseg_buffer_printf(text, NULL, "%s", i == 0 ? ": segments " : "; "));
    DSEG_TRY(name_segment(text, description, overlap->pairs[i].first));
    DSEG_TRY(dseg_buffer_printf(text, NULL, " and "));
    DSEG_TRY(name_segment(text, description, overlap->pairs[i].second));
    DSEG_TRY(dseg_buffer_printf(text, NULL, " in %llu", (unsigned long long)overlap->pairs[i].voxels));
  }
  return DSEG_OK;
}

dseg_status dseg_overlap_fail(const dseg_overlap *overlap, const dseg_description *description, dseg_error *error) {
  dseg_buffer pairs = {0};
  /* Out of memory, the pairs that are named so far must do. */
  (void)name_pairs(&pairs, overlap, description);
  const dseg_status status =
      dseg_fail(error, DSEG_ERROR_OVERLAP, "segments overlap in %llu voxels, which one label map cannot hold%.*s",
                (unsigned long long)overlap->voxels, (int)pairs.size, pairs.size != 0 ? (const char *)pairs.data : "");
  dseg_buffer_free(&pairs);
  return status;
}
