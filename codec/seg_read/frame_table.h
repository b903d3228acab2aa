/* SPDX-License-Identifier: Apache-2.0 */
/* frame_table.h - where each frame of an object is and what it belongs to: 32 bytes a frame at most. */
#ifndef DSEG_SEG_READ_FRAME_TABLE_H
#define DSEG_SEG_READ_FRAME_TABLE_H

#include "dicom/part10.h"

typedef struct dseg_frame {
  uint64_t offset; /* native: of the byte with its first bit; encapsulated: of its first fragment's item */
  uint32_t length; /* native: bytes that hold one of its bits; encapsulated: all its items with their headers */
  uint32_t plane;
  int32_t segment; /* index in the description's segments, or -1 */
  uint16_t part;   /* of a concatenation */
  uint8_t bit;     /* native 1-bit frames: of its first pixel */
} dseg_frame;

typedef struct dseg_frame_table {
  dseg_frame *frames; /* in the order of the object */
  size_t count;
  uint32_t *by_plane;    /* frames by plane, then segment, then order */
  uint32_t *plane_first; /* plane_count + 1 places in by_plane */
  size_t plane_count;
} dseg_frame_table;

/* Room for count frames, all zero. */
dseg_status dseg_frame_table_create(size_t count, dseg_frame_table *table, dseg_error *error);
void dseg_frame_table_free(dseg_frame_table *table);

/* What native frames of one part look like. */
typedef struct dseg_native_layout {
  uint64_t frame_bits;  /* rows * columns * Bits Allocated */
  uint64_t stride_bits; /* from one frame to the next: the same, unless frames are padded */
} dseg_native_layout;

/* Fills in where the frames first..first + count of a part are in its Pixel Data, which is one value. DSEG_ERROR_FORMAT
 * when it is too short. extra receives the bytes behind the last frame. */
dseg_status dseg_locate_native(dseg_frame_table *table, size_t first, size_t count, uint16_t part,
                               const dseg_located *pixel_data, const dseg_native_layout *layout, uint64_t *extra,
                               dseg_error *error);

/* Builds by_plane from the frames' planes and segments. */
dseg_status dseg_frame_table_sort(dseg_frame_table *table, size_t plane_count, size_t segment_count, dseg_error *error);

/* Places in by_plane of a plane's frames. segment -1: all, else those of that segment. */
void dseg_frames_of_plane(const dseg_frame_table *table, size_t plane, int32_t segment, size_t *first, size_t *end);

#endif
