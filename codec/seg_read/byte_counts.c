/* SPDX-License-Identifier: Apache-2.0 */
/* byte_counts.c - where the bytes of an object go, see byte_counts.h. */
#include "seg_read/byte_counts.h"

#define ITEM_HEADER 8u

static dseg_status count_elements(const dseg_elements *elements, dseg_encoding_info *info, dseg_error *error) {
  size_t begin = 0;
  size_t end = 0;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(elements, &end, &element, error));
  while (element.tag != 0) {
    const uint64_t bytes = end - begin;
    switch (element.tag) {
      case DSEG_TAG(0x0008, 0x1115):
      case DSEG_TAG(0x0008, 0x1200):
      case DSEG_TAG(0x0008, 0x2112): info->reference_bytes += bytes; break;
      case DSEG_TAG(0x0062, 0x0002): info->segment_bytes += bytes; break;
      case DSEG_TAG(0x7FE0, 0x0001):
      case DSEG_TAG(0x7FE0, 0x0002): info->offset_table_bytes += bytes; break;
      default: break;
    }
    begin = end;
    DSEG_TRY(dseg_elements_next(elements, &end, &element, error));
  }
  return DSEG_OK;
}

/* The table's item in front of the first frame, the frames' own, and the delimiter. */
static void count_items(const dseg_part10 *part10, const dseg_frame *frames, size_t count, dseg_encoding_info *info) {
  const uint64_t table = part10->pixel_data.value_offset + ITEM_HEADER;
  uint64_t first = frames[0].offset;
  for (size_t i = 1; i < count; i++) {
    first = frames[i].offset < first ? frames[i].offset : first;
  }
  info->offset_table_bytes += first > table ? first - table : 0;
  info->item_bytes += (uint64_t)ITEM_HEADER * (count + 2);
}

dseg_status dseg_count_bytes(dseg_dicom_source *source, dseg_error *error) {
  dseg_encoding_info *info = &source->info;
  size_t first = 0;
  for (size_t i = 0; i < source->part_count; i++) {
    const dseg_part10 *part10 = &source->parts[i];
    const dseg_located *per_frame = &part10->per_frame;
    info->file_bytes += part10->file_bytes;
    info->per_frame_bytes +=
        per_frame->present ? per_frame->value_offset - per_frame->header_offset + per_frame->value_length : 0;
    DSEG_TRY(count_elements(&part10->elements, info, error));
    if (source->encapsulated) {
      count_items(part10, source->table.frames + first, source->part_frames[i], info);
    }
    first += source->part_frames[i];
  }
  return DSEG_OK;
}
