/* SPDX-License-Identifier: Apache-2.0 */
/* segment_frames.h - what BINARY and FRACTIONAL have in common: each frame belongs to one segment. */
#ifndef DSEG_REPRESENTATIONS_SEGMENT_FRAMES_H
#define DSEG_REPRESENTATIONS_SEGMENT_FRAMES_H

#include "dseg/plugin.h"
#include "model/bit_planes.h"

/* There is at least one segment, and they are numbered 1..N (PS3.3 C.8.20.2.4). type: for messages, "BINARY". */
dseg_status dseg_check_segment_numbers(const dseg_description *description, const char *type, dseg_error *error);

/* The frame has bits_allocated bits and belongs to one of segment_count segments. */
dseg_status dseg_check_segment_frame(const dseg_decoded_frame *frame, unsigned bits_allocated, const char *type,
                                     dseg_error *error);

/* Marks count pixels from first on as inside in a frame of zeros. */
typedef void (*dseg_mark_range)(uint8_t *frame, size_t first, size_t count, const dseg_write_context *context);

/* Puts a frame of frame_bytes for each segment that has voxels in the plane, in ascending order. */
dseg_status dseg_put_segment_frames(const dseg_write_context *context, const void *labels, unsigned bits,
                                    size_t frame_bytes, dseg_mark_range mark, const dseg_frame_sink *sink,
                                    dseg_error *error);

#endif
