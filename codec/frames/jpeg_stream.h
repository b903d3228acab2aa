/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg_stream.h - what a JPEG stream says of itself, checked before a library allocates for it. */
#ifndef DSEG_FRAMES_JPEG_STREAM_H
#define DSEG_FRAMES_JPEG_STREAM_H

#include "dseg/buffer.h"
#include "dseg/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Markers of a frame's header (ISO/IEC 10918-1 Table B.1). */
enum { DSEG_JPEG_BASELINE = 0xC0, DSEG_JPEG_LOSSLESS = 0xC3 };

typedef struct dseg_jpeg_stream {
  unsigned precision; /* bits a pixel */
  dseg_view bytes;    /* from SOI to EOI, without padding */
} dseg_jpeg_stream;

/* Reads the headers up to the first scan (ISO/IEC 10918-1 Annex B) and looks for the end. DSEG_ERROR_FORMAT when the
 * stream is damaged, has no end, is coded by another process than frame_marker says, or is of another frame. */
dseg_status dseg_jpeg_check(const dseg_frame_info *info, dseg_view in, unsigned frame_marker, dseg_jpeg_stream *stream,
                            dseg_error *error);

/* The stream without what may follow EOI, one byte of padding; false when it does not end with EOI. */
bool dseg_jpeg_trim(dseg_view in, dseg_view *stream);

#ifdef __cplusplus
}
#endif
#endif
