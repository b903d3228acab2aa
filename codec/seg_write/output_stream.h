/* SPDX-License-Identifier: Apache-2.0 */
/* output_stream.h - a buffer in front of an output, and the deflate of a whole data set (PS3.5 A.5). */
#ifndef DSEG_SEG_WRITE_OUTPUT_STREAM_H
#define DSEG_SEG_WRITE_OUTPUT_STREAM_H

#include "base/outlet.h"
#include "base/zlib_stream.h"
#include "seg_write/frame_spool.h"

typedef struct dseg_output_stream {
  dseg_outlet *outlet;     /* borrowed */
  dseg_buffer buffer;      /* not written yet */
  uint64_t position;       /* bytes given to the stream, before any compression */
  dseg_deflater *deflater; /* NULL: bytes go out as they are */
  uint64_t deflated;       /* bytes that came out of it */
  uint64_t plain;          /* bytes before it */
} dseg_output_stream;

void dseg_stream_start(dseg_output_stream *stream, dseg_outlet *outlet);
/* Whatever is written from now on is deflated. DSEG_ERROR_UNSUPPORTED without zlib. */
dseg_status dseg_stream_deflate(dseg_output_stream *stream, dseg_error *error);
dseg_status dseg_stream_write(dseg_output_stream *stream, const void *data, size_t size, dseg_error *error);
/* Zeros, left out of the file where they are many. */
dseg_status dseg_stream_zeros(dseg_output_stream *stream, uint64_t count, dseg_error *error);
/* Copies bytes of the spool, in the kernel where that is possible. */
dseg_status dseg_stream_copy(dseg_output_stream *stream, const dseg_frame_spool *spool, uint64_t offset, uint64_t size,
                             dseg_error *error);
/* Overwrites 4 bytes at a position of the past; not when deflating, and where dseg_outlet_can_patch. */
dseg_status dseg_stream_patch_u32(dseg_output_stream *stream, uint64_t position, uint32_t value, dseg_error *error);
/* Bytes that went out, once the stream is finished. */
uint64_t dseg_stream_bytes(const dseg_output_stream *stream);
/* Ends the deflate, padded to even length (PS3.5 A.5), and writes what is buffered. */
dseg_status dseg_stream_finish(dseg_output_stream *stream, dseg_error *error);
void dseg_stream_end(dseg_output_stream *stream); /* frees; any time after start */

#endif
