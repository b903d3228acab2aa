/* deflated_frame.c - Deflated Image Frame Compression, 1.2.840.10008.1.2.8.1 (PS3.5 8.2.16, A.4.13; Supplement 244).
 *
 * Each frame is one deflate stream without the wrapping of zlib or gzip (RFC 1951), in one fragment. What is deflated
 * are the frame's bytes as in native Pixel Data; 1-bit frames are packed and each begins with a byte of its own.
 * libdeflate does it, or zlib where that is all there is. */
#include <stdlib.h>

#include "frames/builtin.h"
#include "frames/frame_codec.h"

#if DSEG_HAVE_LIBDEFLATE
#include <libdeflate.h>
#else
#include <limits.h>
#include <zlib.h>
#endif

#if DSEG_HAVE_LIBDEFLATE
#define MAX_LEVEL 12
#else
#define MAX_LEVEL 9
#endif

static const dseg_option options_table[] = {
    {"level", 1, MAX_LEVEL, 6, "effort of the compression: higher is smaller and slower"},
    {.name = NULL},
};

#if DSEG_HAVE_LIBDEFLATE

struct dseg_codec_context {
  dseg_buffer scratch;
  int level;
  struct libdeflate_compressor *compressor;     /* made by the first encode */
  struct libdeflate_decompressor *decompressor; /* made by the first decode */
};

static void free_streams(dseg_codec_context *context) {
  if (context->compressor != NULL) {
    libdeflate_free_compressor(context->compressor);
  }
  if (context->decompressor != NULL) {
    libdeflate_free_decompressor(context->decompressor);
  }
}

static dseg_status deflate_bytes(dseg_codec_context *context, dseg_view bytes, dseg_buffer *out, dseg_error *error) {
  if (context->compressor == NULL) {
    context->compressor = libdeflate_alloc_compressor(context->level);
  }
  if (context->compressor == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for libdeflate");
  }
  DSEG_TRY(dseg_buffer_reserve(out, libdeflate_deflate_compress_bound(context->compressor, bytes.size), error));
  const size_t size = libdeflate_deflate_compress(context->compressor, bytes.data, bytes.size, out->data + out->size,
                                                  out->capacity - out->size);
  if (size == 0) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "libdeflate exceeds its own bound");
  }
  out->size += size;
  return DSEG_OK;
}

/* used: bytes of in up to the stream's end. */
static dseg_status inflate_bytes(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                                 size_t *used, dseg_error *error) {
  if (context->decompressor == NULL) {
    context->decompressor = libdeflate_alloc_decompressor();
  }
  if (context->decompressor == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for libdeflate");
  }
  const enum libdeflate_result result =
      libdeflate_deflate_decompress_ex(context->decompressor, in.data, in.size, out.data, out.size, used, NULL);
  if (result == LIBDEFLATE_SUCCESS) {
    return DSEG_OK;
  }
  return dseg_fail(
      error, DSEG_ERROR_FORMAT, "frame %zu: %s (RFC 1951, PS3.5 8.2.16)", info->frame,
      result == LIBDEFLATE_BAD_DATA ? "not a complete deflate stream" : "the deflated data has another size");
}

static const char *library_version(void) {
  return "libdeflate " LIBDEFLATE_VERSION_STRING;
}

#else /* zlib */

struct dseg_codec_context {
  dseg_buffer scratch;
  int level;
  bool deflating, inflating; /* the streams are set up */
  z_stream deflate_stream, inflate_stream;
};

static void free_streams(dseg_codec_context *context) {
  if (context->deflating) {
    deflateEnd(&context->deflate_stream);
  }
  if (context->inflating) {
    inflateEnd(&context->inflate_stream);
  }
}

/* Frames have at most 2^33 bytes, zlib counts in unsigned int: hands over the next part of both sides. */
static void feed(z_stream *stream, size_t *in_left, size_t *out_left) {
  if (stream->avail_in == 0) {
    stream->avail_in = *in_left < UINT_MAX ? (uInt)*in_left : UINT_MAX;
    *in_left -= stream->avail_in;
  }
  if (stream->avail_out == 0) {
    stream->avail_out = *out_left < UINT_MAX ? (uInt)*out_left : UINT_MAX;
    *out_left -= stream->avail_out;
  }
}

static dseg_status deflate_bytes(dseg_codec_context *context, dseg_view bytes, dseg_buffer *out, dseg_error *error) {
  z_stream *stream = &context->deflate_stream;
  const int ready = context->deflating ? deflateReset(stream)
                                       : deflateInit2(stream, context->level, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL,
                                                      Z_DEFAULT_STRATEGY);
  if (ready != Z_OK) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for zlib");
  }
  context->deflating = true;
  DSEG_TRY(dseg_buffer_reserve(out, bytes.size + bytes.size / 1000 + 64, error));
  size_t in_left = bytes.size;
  size_t out_left = out->capacity - out->size;
  const size_t room = out_left;
  stream->next_in = (z_const Bytef *)(uintptr_t)bytes.data;
  stream->next_out = out->data + out->size;
  stream->avail_in = 0;
  stream->avail_out = 0;
  int result = Z_OK;
  while (result == Z_OK) {
    feed(stream, &in_left, &out_left);
    result = deflate(stream, in_left == 0 ? Z_FINISH : Z_NO_FLUSH);
  }
  if (result != Z_STREAM_END) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "zlib exceeds the expected size");
  }
  out->size += room - out_left - stream->avail_out;
  return DSEG_OK;
}

static dseg_status inflate_bytes(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                                 size_t *used, dseg_error *error) {
  z_stream *stream = &context->inflate_stream;
  stream->next_in = (z_const Bytef *)(uintptr_t)in.data;
  stream->avail_in = 0;
  const int ready = context->inflating ? inflateReset(stream) : inflateInit2(stream, -MAX_WBITS);
  if (ready != Z_OK) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for zlib");
  }
  context->inflating = true;
  size_t in_left = in.size;
  size_t out_left = out.size;
  stream->next_out = out.data;
  stream->avail_out = 0;
  int result = Z_OK;
  while (result == Z_OK) {
    feed(stream, &in_left, &out_left);
    result = inflate(stream, Z_NO_FLUSH);
  }
  if (result != Z_STREAM_END || out_left != 0 || stream->avail_out != 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: %s (RFC 1951, PS3.5 8.2.16)", info->frame,
                     result == Z_DATA_ERROR ? "not a complete deflate stream" : "the deflated data has another size");
  }
  *used = in.size - in_left - stream->avail_in;
  return DSEG_OK;
}

static const char *library_version(void) {
  return "zlib " ZLIB_VERSION;
}

#endif

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  *context = calloc(1, sizeof **context);
  if (*context == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a frame codec");
  }
  (*context)->level = (int)dseg_frame_option(options_table, setup, "level");
  return DSEG_OK;
}

static void destroy(dseg_codec_context *context) {
  if (context != NULL) {
    free_streams(context);
    dseg_buffer_free(&context->scratch);
    free(context);
  }
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, frame.size, error));
  dseg_view bytes;
  DSEG_TRY(dseg_frame_to_bytes(info, frame, &context->scratch, &bytes, error));
  return deflate_bytes(context, bytes, out, error);
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  size_t used = 0;
  DSEG_TRY(inflate_bytes(context, info, in, out, &used, error));
  DSEG_TRY(dseg_frame_check_rest(info, in.size - used, error));
  dseg_frame_from_bytes(info, out);
  return DSEG_OK;
}

/* PS3.5 8.2.16: no restrictions on the Attributes that describe Pixel Data. */
const dseg_frame_codec dseg_frame_deflated_frame = {
    .abi = DSEG_PLUGIN_ABI,
    .name = "deflated-frame",
    .title = "Deflated Image Frame Compression",
    .transfer_syntax_uid = "1.2.840.10008.1.2.8.1",
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_ALL_BITS,
    .options = options_table,
    .library_version = library_version,
    .create = create,
    .encode = encode,
    .decode = decode,
    .destroy = destroy,
};
