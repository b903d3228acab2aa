/* SPDX-License-Identifier: Apache-2.0 */
/* frame_table.c - where frames are, and the index of frames by plane. */
#include "seg_read/frame_table.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/checked.h"

dseg_status dseg_frame_table_create(size_t count, dseg_frame_table *table, dseg_error *error) {
  *table = (dseg_frame_table){.count = count};
  table->frames = calloc(count != 0 ? count : 1, sizeof *table->frames);
  if (table->frames == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", count);
  }
  return DSEG_OK;
}

void dseg_frame_table_free(dseg_frame_table *table) {
  free(table->frames);
  free(table->by_plane);
  free(table->plane_first);
  *table = (dseg_frame_table){0};
}

dseg_status dseg_locate_native(dseg_frame_table *table, size_t first, size_t count, uint16_t part,
                               const dseg_located *pixel_data, const dseg_native_layout *layout, uint64_t *extra,
                               dseg_error *error) {
  uint64_t bits = 0;
  if (count > 0 && (!dseg_mul_u64(layout->stride_bits, count - 1, &bits) ||
                    !dseg_add_u64(bits, layout->frame_bits, &bits) || !dseg_add_u64(bits, 7, &bits))) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the size of %zu frames exceeds 64 bits (PS3.5 7.1.2)", count);
  }
  if (bits / 8 > pixel_data->value_length) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "Pixel Data (7FE0,0010) has %" PRIu64 " bytes, %zu frames take %" PRIu64 " (PS3.5 8.1.1)",
                     pixel_data->value_length, count, bits / 8);
  }
  *extra = pixel_data->value_length - bits / 8;
  uint64_t at = 0;
  for (size_t i = 0; i < count; i++, at += layout->stride_bits) {
    dseg_frame *frame = &table->frames[first + i];
    frame->offset = pixel_data->value_offset + at / 8;
    frame->bit = (uint8_t)(at % 8);
    frame->length = (uint32_t)((at % 8 + layout->frame_bits + 7) / 8);
    frame->part = part;
  }
  return DSEG_OK;
}

static size_t key_of(const dseg_frame *frame, bool by_plane) {
  return by_plane ? frame->plane : (frame->segment < 0 ? 0 : (size_t)frame->segment + 1);
}

/* One stable counting sort: from (NULL: in order) to to. starts has keys + 1 places and is left as where each key's
 * frames begin. */
static void sort_by_key(const dseg_frame_table *table, bool by_plane, const uint32_t *from, uint32_t *to,
                        uint32_t *starts, size_t keys) {
  for (size_t i = 0; i < table->count; i++) {
    starts[key_of(&table->frames[i], by_plane) + 1]++;
  }
  for (size_t key = 1; key <= keys; key++) {
    starts[key] += starts[key - 1];
  }
  for (size_t i = 0; i < table->count; i++) {
    const uint32_t frame = from != NULL ? from[i] : (uint32_t)i;
    to[starts[key_of(&table->frames[frame], by_plane)]++] = frame;
  }
  for (size_t key = keys; key > 0; key--) {
    starts[key] = starts[key - 1];
  }
  starts[0] = 0;
}

dseg_status dseg_frame_table_sort(dseg_frame_table *table, size_t plane_count, size_t segment_count,
                                  dseg_error *error) {
  const size_t room = table->count != 0 ? table->count : 1;
  uint32_t *by_segment = malloc(room * sizeof *by_segment);
  uint32_t *segment_first = calloc(segment_count + 2, sizeof *segment_first);
  table->by_plane = malloc(room * sizeof *table->by_plane);
  table->plane_first = calloc(plane_count + 1, sizeof *table->plane_first);
  dseg_status status = DSEG_OK;
  if (by_segment == NULL || segment_first == NULL || table->by_plane == NULL || table->plane_first == NULL) {
    status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for an index of %zu frames", table->count);
  } else {
    table->plane_count = plane_count;
    sort_by_key(table, false, NULL, by_segment, segment_first, segment_count + 1);
    sort_by_key(table, true, by_segment, table->by_plane, table->plane_first, plane_count);
  }
  free(by_segment);
  free(segment_first);
  return status;
}

/* The first place from first on whose segment is not less than segment. */
static size_t lower_bound(const dseg_frame_table *table, size_t first, size_t end, int32_t segment) {
  while (first < end) {
    const size_t middle = first + (end - first) / 2;
    if (table->frames[table->by_plane[middle]].segment < segment) {
      first = middle + 1;
    } else {
      end = middle;
    }
  }
  return first;
}

void dseg_frames_of_plane(const dseg_frame_table *table, size_t plane, int32_t segment, size_t *first, size_t *end) {
  *first = table->plane_first[plane];
  *end = table->plane_first[plane + 1];
  if (segment >= 0) {
    *first = lower_bound(table, *first, *end, segment);
    *end = lower_bound(table, *first, *end, segment + 1);
  }
}
