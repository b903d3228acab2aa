/* SPDX-License-Identifier: Apache-2.0 */
/* add_segments.c - segments that a list describes and no voxel has become segments of the description. PS3.3 C.8.20.2
 * asks for no frame of a described segment. */
#include "formats/add_segments.h"

#include <stdlib.h>

static int compare_numbers(const void *a, const void *b) {
  const dseg_changed_segment *first = a;
  const dseg_changed_segment *second = b;
  return (first->segment.number > second->segment.number) - (first->segment.number < second->segment.number);
}

static int compare_origins(const void *a, const void *b) {
  const dseg_segment_origin *first = &((const dseg_changed_segment *)a)->change.origin;
  const dseg_segment_origin *second = &((const dseg_changed_segment *)b)->change.origin;
  if (first->number != second->number) {
    return first->number < second->number ? -1 : 1;
  }
  return (first->file > second->file) - (first->file < second->file);
}

/* A segment has its label as its number, unless another has it, it is the background's, or no Segment Number
 * (0062,0004), US, can be it; then it gets the next number after the greatest, as in files opened together. */
static void number_added(const dseg_description *description, dseg_changed_segment *segments, size_t known,
                         size_t count) {
  uint32_t greatest = known > 0 ? segments[known - 1].segment.number : 0;
  qsort(segments + known, count - known, sizeof *segments, compare_origins);
  for (size_t i = known; i < count; i++) {
    dseg_segment *segment = &segments[i].segment;
    const uint32_t label = segments[i].change.origin.number;
    const bool is_taken = dseg_description_find_segment(description, label) >= 0 ||
                          (i > known && segments[i - 1].segment.number == label);
    const bool is_background = description->has_background && label == description->background;
    segment->number = is_taken || is_background || label > UINT16_MAX ? UINT32_MAX : label;
    greatest = segment->number != UINT32_MAX && label > greatest ? label : greatest;
  }
  for (size_t i = known; i < count; i++) {
    if (segments[i].segment.number == UINT32_MAX) {
      segments[i].segment.number = ++greatest;
    }
  }
}

dseg_status dseg_add_segments(dseg_description *description, dseg_changed_segment *segments, size_t known, size_t count,
                              dseg_error *error) {
  if (count > UINT16_MAX) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "%zu segments with those of the metadata, more than can be numbered", count);
  }
  number_added(description, segments, known, count);
  for (size_t i = known; i < count; i++) {
    dseg_segment *segment = &segments[i].segment;
    if (!segment->has_color) {
      segment->has_color = true;
      segment->assumed |= DSEG_ASSUMED_COLOR;
      dseg_default_color(i, segment->rgb);
      dseg_rgb_to_cielab(segment->rgb, segment->cielab);
    }
  }
  qsort(segments, count, sizeof *segments, compare_numbers);
  dseg_segment *all = dseg_description_alloc(description, (count + 1) * sizeof *all);
  if (all == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for metadata");
  }
  for (size_t i = 0; i < count; i++) {
    all[i] = segments[i].segment;
  }
  description->segments = all;
  description->segment_count = count;
  return DSEG_OK;
}
