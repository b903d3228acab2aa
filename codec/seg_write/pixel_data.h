/* SPDX-License-Identifier: Apache-2.0 */
/* pixel_data.h - writes Pixel Data (7FE0,0010) from spooled frames, native or encapsulated (PS3.5 A.1, A.4). */
#ifndef DSEG_SEG_WRITE_PIXEL_DATA_H
#define DSEG_SEG_WRITE_PIXEL_DATA_H

#include "seg_write/object.h"
#include "seg_write/output_stream.h"

typedef struct dseg_pixel_data {
  const dseg_frame_spool *spool;
  const dseg_frame_record *frames; /* in the order they are written */
  size_t count;
  uint64_t frame_bits; /* native frames: bits of one */
  unsigned bits_allocated;
  bool bit_packed; /* offsets in the spool count bits */
  bool implicit_vr;
  bool extended_table; /* encapsulated: an Extended Offset Table even where a basic one would do */
} dseg_pixel_data;

/* Bytes of the value of native Pixel Data, even. */
uint64_t dseg_native_bytes(uint64_t frame_bits, size_t count);

/* Bytes of the value of encapsulated Pixel Data, without the delimiter behind it. */
uint64_t dseg_encapsulated_bytes(const dseg_pixel_data *pixels);

/* One value; at most 0xFFFFFFFE bytes, which the caller has checked. */
dseg_status dseg_write_native(dseg_output_stream *stream, const dseg_pixel_data *pixels, dseg_error *error);

/* One fragment for each frame, behind a Basic or an Extended Offset Table. */
dseg_status dseg_write_encapsulated(dseg_output_stream *stream, const dseg_pixel_data *pixels, dseg_error *error);

/* Appends the elements and items in front of the first fragment, for frames of these lengths: Pixel Data with a Basic
 * Offset Table, or an empty one behind an Extended Offset Table (PS3.3 C.7.6.3.1.8): when extended is set, and where
 * offsets need more than 32 bits. */
dseg_status dseg_offset_tables(const dseg_frame_record *frames, size_t count, bool extended, dseg_buffer *out,
                               dseg_error *error);

#endif
