/* output_stream.c - buffered output with copies inside the kernel; zlib's raw deflate in builds that have it. */
#include "seg_write/output_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/sendfile.h>
#endif
#if DSEG_HAVE_ZLIB
#include <zlib.h>
#endif

#include "base/endian.h"

#define PIECE_BYTES ((size_t)1 << 19)
#define KERNEL_COPY_BYTES ((size_t)1 << 16) /* less is copied faster through a buffer */
#define HOLE_BYTES ((size_t)1 << 14)        /* fewer zeros are written: each hole costs calls and an extent */

#if DSEG_HAVE_ZLIB
struct dseg_deflater {
  z_stream zlib;
  uint64_t produced;
};
#endif

void dseg_stream_start(dseg_output_stream *stream, dseg_output_file *file) {
  *stream = (dseg_output_stream){.file = file};
}

static dseg_status flush(dseg_output_stream *stream, dseg_error *error) {
  const size_t size = stream->buffer.size;
  stream->buffer.size = 0;
  return size == 0 ? DSEG_OK : dseg_output_write(stream->file, stream->buffer.data, size, error);
}

#if DSEG_HAVE_ZLIB
dseg_status dseg_stream_deflate(dseg_output_stream *stream, dseg_error *error) {
  struct dseg_deflater *deflater = calloc(1, sizeof *deflater);
  if (deflater == NULL ||
      deflateInit2(&deflater->zlib, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    free(deflater);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for zlib");
  }
  stream->deflater = deflater;
  return DSEG_OK;
}

/* Feeds data to zlib; its output goes to the buffer. */
static dseg_status deflate_bytes(dseg_output_stream *stream, const uint8_t *data, size_t size, int mode,
                                 dseg_error *error) {
  z_stream *zlib = &stream->deflater->zlib;
  bool more = true;
  while (more) {
    const size_t take = size > PIECE_BYTES ? PIECE_BYTES : size;
    DSEG_TRY(dseg_buffer_reserve(&stream->buffer, PIECE_BYTES, error));
    zlib->next_in = (z_const Bytef *)data;
    zlib->avail_in = (uInt)take;
    zlib->next_out = stream->buffer.data + stream->buffer.size;
    zlib->avail_out = (uInt)PIECE_BYTES;
    const int result = deflate(zlib, mode);
    const size_t used = take - zlib->avail_in, produced = PIECE_BYTES - zlib->avail_out;
    stream->buffer.size += produced;
    stream->deflater->produced += produced;
    data += used;
    size -= used;
    more = mode == Z_FINISH ? result != Z_STREAM_END : size > 0 || zlib->avail_out == 0;
    if (result == Z_STREAM_ERROR) {
      return dseg_fail(error, DSEG_ERROR_OUTPUT, "zlib failed");
    }
    if (stream->buffer.size >= PIECE_BYTES) {
      DSEG_TRY(flush(stream, error));
    }
  }
  return DSEG_OK;
}

static dseg_status finish_deflate(dseg_output_stream *stream, dseg_error *error) {
  DSEG_TRY(deflate_bytes(stream, (const uint8_t *)"", 0, Z_FINISH, error));
  return stream->deflater->produced % 2 == 0 ? DSEG_OK : dseg_buffer_append(&stream->buffer, "", 1, error);
}

static void free_deflater(dseg_output_stream *stream) {
  if (stream->deflater != NULL) {
    deflateEnd(&stream->deflater->zlib);
    free(stream->deflater);
  }
}
#else
dseg_status dseg_stream_deflate(dseg_output_stream *stream, dseg_error *error) {
  (void)stream;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "a deflated data set (PS3.5 A.5) needs zlib: build with DSEG_WITH_ZLIB=ON");
}

static dseg_status deflate_bytes(dseg_output_stream *stream, const uint8_t *data, size_t size, int mode,
                                 dseg_error *error) {
  (void)stream, (void)data, (void)size, (void)mode;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "no zlib in this build");
}
#define Z_NO_FLUSH 0

static dseg_status finish_deflate(dseg_output_stream *stream, dseg_error *error) {
  return deflate_bytes(stream, NULL, 0, Z_NO_FLUSH, error);
}

static void free_deflater(dseg_output_stream *stream) {
  (void)stream;
}
#endif

dseg_status dseg_stream_write(dseg_output_stream *stream, const void *data, size_t size, dseg_error *error) {
  stream->position += size;
  if (stream->deflater != NULL) {
    return deflate_bytes(stream, data, size, Z_NO_FLUSH, error);
  }
  if (size >= PIECE_BYTES) {
    DSEG_TRY(flush(stream, error));
    return dseg_output_write(stream->file, data, size, error);
  }
  DSEG_TRY(dseg_buffer_append(&stream->buffer, data, size, error));
  return stream->buffer.size >= PIECE_BYTES ? flush(stream, error) : DSEG_OK;
}

dseg_status dseg_stream_zeros(dseg_output_stream *stream, uint64_t count, dseg_error *error) {
  static const uint8_t zeros[4096];
  if (stream->deflater == NULL && count >= HOLE_BYTES) {
    DSEG_TRY(flush(stream, error));
    stream->position += count;
    return dseg_output_skip(stream->file, count, error);
  }
  while (count > 0) {
    const size_t piece = count < sizeof zeros ? (size_t)count : sizeof zeros;
    DSEG_TRY(dseg_stream_write(stream, zeros, piece, error));
    count -= piece;
  }
  return DSEG_OK;
}

/* What the kernel copies; *done bytes, fewer than size where it cannot. */
static dseg_status copy_in_kernel(dseg_output_stream *stream, const dseg_frame_spool *spool, uint64_t offset,
                                  uint64_t size, uint64_t *done, dseg_error *error) {
  *done = 0;
#if defined(__linux__)
  DSEG_TRY(flush(stream, error));
  off_t from = (off_t)offset;
  while (*done < size) {
    const uint64_t left = size - *done;
    const ssize_t count = sendfile(dseg_output_descriptor(stream->file), spool->descriptor, &from,
                                   left > ((uint64_t)1 << 30) ? (size_t)1 << 30 : (size_t)left);
    if (count <= 0 && !(count < 0 && errno == EINTR)) {
      break; /* the caller reads and writes, and meets a lasting error there */
    }
    *done += count > 0 ? (uint64_t)count : 0;
  }
  stream->position += *done;
#else
  (void)stream, (void)spool, (void)offset, (void)size, (void)error;
#endif
  return DSEG_OK;
}

dseg_status dseg_stream_copy(dseg_output_stream *stream, const dseg_frame_spool *spool, uint64_t offset, uint64_t size,
                             dseg_error *error) {
  uint64_t done = 0;
  if (stream->deflater == NULL && size >= KERNEL_COPY_BYTES) {
    DSEG_TRY(copy_in_kernel(stream, spool, offset, size, &done, error));
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
  if (pwrite(dseg_output_descriptor(stream->file), bytes, sizeof bytes, (off_t)position) != (ssize_t)sizeof bytes) {
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "cannot write: %s", strerror(errno));
  }
  return DSEG_OK;
}

dseg_status dseg_stream_finish(dseg_output_stream *stream, dseg_error *error) {
  if (stream->deflater != NULL) {
    DSEG_TRY(finish_deflate(stream, error));
  }
  return flush(stream, error);
}

void dseg_stream_end(dseg_output_stream *stream) {
  free_deflater(stream);
  dseg_buffer_free(&stream->buffer);
  *stream = (dseg_output_stream){.file = NULL};
}
