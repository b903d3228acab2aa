/* SPDX-License-Identifier: Apache-2.0 */
/* output_stream.c - buffered output with copies inside the kernel; zlib's raw deflate where wanted. */
#include "seg_write/output_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/os/files.h"
#include "base/os/system.h"

#define PIECE_BYTES ((size_t)1 << 19)
#define LEVEL 6                             /* of the deflate: what zlib itself takes */
#define SYSTEM_COPY_BYTES ((size_t)1 << 16) /* less is copied faster through a buffer */
#define HOLE_BYTES ((size_t)1 << 14)        /* fewer zeros are written: each hole costs calls and an extent */

void dseg_stream_start(dseg_output_stream *stream, dseg_outlet *outlet) {
  *stream = (dseg_output_stream){.outlet = outlet};
}

static dseg_status flush(dseg_output_stream *stream, dseg_error *error) {
  const size_t size = stream->buffer.size;
  stream->buffer.size = 0;
  return size == 0 ? DSEG_OK : dseg_outlet_write(stream->outlet, stream->buffer.data, size, error);
}

dseg_status dseg_stream_deflate(dseg_output_stream *stream, dseg_error *error) {
  if (!dseg_has_zlib()) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "a deflated data set (PS3.5 A.5) needs zlib: build with DSEG_WITH_ZLIB=ON");
  }
  stream->plain = stream->position;
  return dseg_deflater_create(LEVEL, DSEG_ZLIB_DEFAULT_MEMORY, &stream->deflater, error);
}

/* Feeds data to zlib; its output goes to the buffer. */
static dseg_status deflate_bytes(dseg_output_stream *stream, dseg_view data, dseg_deflate_flush mode,
                                 dseg_error *error) {
  bool more = true;
  while (more) {
    DSEG_TRY(dseg_buffer_reserve(&stream->buffer, PIECE_BYTES, error));
    dseg_span out = {stream->buffer.data + stream->buffer.size, PIECE_BYTES};
    const dseg_zlib_result result = dseg_deflater_run(stream->deflater, &data, &out, mode);
    stream->buffer.size += PIECE_BYTES - out.size;
    stream->deflated += PIECE_BYTES - out.size;
    more = mode == DSEG_DEFLATE_FINISH ? result != DSEG_ZLIB_ENDED : data.size > 0 || out.size == 0;
    if (result == DSEG_ZLIB_DAMAGED || result == DSEG_ZLIB_NO_MEMORY) {
      return dseg_fail(error, DSEG_ERROR_OUTPUT, "zlib failed");
    }
    if (stream->buffer.size >= PIECE_BYTES) {
      DSEG_TRY(flush(stream, error));
    }
  }
  return DSEG_OK;
}

static dseg_status finish_deflate(dseg_output_stream *stream, dseg_error *error) {
  DSEG_TRY(deflate_bytes(stream, (dseg_view){NULL, 0}, DSEG_DEFLATE_FINISH, error));
  return stream->deflated % 2 == 0 ? DSEG_OK : dseg_buffer_append(&stream->buffer, "", 1, error);
}

dseg_status dseg_stream_write(dseg_output_stream *stream, const void *data, size_t size, dseg_error *error) {
  stream->position += size;
  if (stream->deflater != NULL) {
    return deflate_bytes(stream, (dseg_view){data, size}, DSEG_DEFLATE_GO_ON, error);
  }
  if (size >= PIECE_BYTES) {
    DSEG_TRY(flush(stream, error));
    return dseg_outlet_write(stream->outlet, data, size, error);
  }
  DSEG_TRY(dseg_buffer_append(&stream->buffer, data, size, error));
  return stream->buffer.size >= PIECE_BYTES ? flush(stream, error) : DSEG_OK;
}

dseg_status dseg_stream_zeros(dseg_output_stream *stream, uint64_t count, dseg_error *error) {
  static const uint8_t zeros[4096];
  if (stream->deflater == NULL && count >= HOLE_BYTES) {
    DSEG_TRY(flush(stream, error));
    stream->position += count;
    return dseg_outlet_skip(stream->outlet, count, error);
  }
  while (count > 0) {
    const size_t piece = count < sizeof zeros ? (size_t)count : sizeof zeros;
    DSEG_TRY(dseg_stream_write(stream, zeros, piece, error));
    count -= piece;
  }
  return DSEG_OK;
}

dseg_status dseg_stream_copy(dseg_output_stream *stream, const dseg_frame_spool *spool, uint64_t offset, uint64_t size,
                             dseg_error *error) {
  uint64_t done = 0;
  if (spool->is_memory) {
    return dseg_stream_write(stream, spool->memory.data + offset, (size_t)size, error);
  }
  const int descriptor = dseg_outlet_descriptor(stream->outlet);
  if (stream->deflater == NULL && size >= SYSTEM_COPY_BYTES && descriptor >= 0) {
    DSEG_TRY(flush(stream, error));
    /* The rest is read and written, which meets a lasting error. */
    done = dseg_os_copy(descriptor, spool->descriptor, offset, size);
    stream->position += done;
  }
  if (done == size) {
    return DSEG_OK;
  }
  dseg_buffer piece = {0};
  dseg_status status = dseg_buffer_resize(&piece, PIECE_BYTES, error);
  while (status == DSEG_OK && done < size) {
    const size_t count = size - done > PIECE_BYTES ? PIECE_BYTES : (size_t)(size - done);
    status = dseg_frame_spool_read(spool, offset + done, piece.data, count, error);
    if (status == DSEG_OK) {
      status = dseg_stream_write(stream, piece.data, count, error);
    }
    done += count;
  }
  dseg_buffer_free(&piece);
  return status;
}

dseg_status dseg_stream_patch_u32(dseg_output_stream *stream, uint64_t position, uint32_t value, dseg_error *error) {
  uint8_t bytes[4];
  dseg_store_le32(bytes, value);
  DSEG_TRY(flush(stream, error));
  return dseg_outlet_patch(stream->outlet, position, bytes, sizeof bytes, error);
}

dseg_status dseg_stream_finish(dseg_output_stream *stream, dseg_error *error) {
  if (stream->deflater != NULL) {
    DSEG_TRY(finish_deflate(stream, error));
  }
  return flush(stream, error);
}

uint64_t dseg_stream_bytes(const dseg_output_stream *stream) {
  return stream->deflater != NULL ? stream->plain + stream->deflated + stream->deflated % 2 : stream->position;
}

void dseg_stream_end(dseg_output_stream *stream) {
  dseg_deflater_destroy(stream->deflater);
  dseg_buffer_free(&stream->buffer);
  *stream = (dseg_output_stream){.outlet = NULL};
}
