/* SPDX-License-Identifier: Apache-2.0 */
/* reference_codecs.c - memcpy, and a whole volume through gzip, see reference_codecs.h. */
#include "reference_codecs.h"

#include <string.h>

#include <libdeflate.h>
#include <zlib.h>

#define ANY \
  (DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_BITS_1 | DSEG_PLUGIN_BITS_8 | DSEG_PLUGIN_BITS_16)

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  (void)setup;
  (void)error;
  *context = NULL;
  return DSEG_OK;
}

static void destroy(dseg_codec_context *context) {
  (void)context;
}

static dseg_status encode_copy(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame,
                               dseg_buffer *out, dseg_error *error) {
  (void)context;
  (void)info;
  return dseg_buffer_append(out, frame.data, frame.size, error);
}

static dseg_status decode_copy(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                               dseg_error *error) {
  (void)context;
  (void)info;
  (void)error;
  memcpy(out.data, in.data, out.size);
  return DSEG_OK;
}

const dseg_frame_codec reference_memcpy = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "memcpy",
    .title = "memcpy, the limit",
    .flags = ANY,
    .create = create,
    .encode = encode_copy,
    .decode = decode_copy,
    .destroy = destroy,
};

enum { GZIP_WINDOW = 15 + 16, LEVEL = 6, MEMORY = 8 };

static dseg_status encode_gzip(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame,
                               dseg_buffer *out, dseg_error *error) {
  (void)context;
  (void)info;
  z_stream stream = {0};
  if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "zlib cannot start");
  }
  const size_t bound = deflateBound(&stream, (uLong)frame.size), start = out->size;
  dseg_status status = dseg_buffer_resize(out, start + bound, error);
  if (status == DSEG_OK) {
    stream.next_in = (Bytef *)(uintptr_t)frame.data; /* not written to */
    stream.avail_in = (uInt)frame.size;
    stream.next_out = out->data + start;
    stream.avail_out = (uInt)bound;
    status = deflate(&stream, Z_FINISH) == Z_STREAM_END ? DSEG_OK : dseg_fail(error, DSEG_ERROR_LIMIT, "zlib failed");
    out->size = start + (size_t)stream.total_out;
  }
  (void)deflateEnd(&stream);
  return status;
}

static dseg_status decode_zlib(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                               dseg_error *error) {
  (void)context;
  (void)info;
  z_stream stream = {.next_in = (Bytef *)(uintptr_t)in.data,
                     .avail_in = (uInt)in.size,
                     .next_out = out.data,
                     .avail_out = (uInt)out.size};
  if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "zlib cannot start");
  }
  const int result = inflate(&stream, Z_FINISH);
  (void)inflateEnd(&stream);
  return result == Z_STREAM_END ? DSEG_OK : dseg_fail(error, DSEG_ERROR_FORMAT, "zlib: %d", result);
}

const dseg_frame_codec reference_gzip_zlib = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "gzip-6 volume, zlib",
    .title = "the whole volume as .nii.gz has it, through zlib",
    .flags = ANY,
    .create = create,
    .encode = encode_gzip,
    .decode = decode_zlib,
    .destroy = destroy,
};

static dseg_status decode_libdeflate(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in,
                                     dseg_span out, dseg_error *error) {
  (void)context;
  (void)info;
  struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
  if (decompressor == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "libdeflate cannot start");
  }
  const enum libdeflate_result result =
      libdeflate_gzip_decompress(decompressor, in.data, in.size, out.data, out.size, NULL);
  libdeflate_free_decompressor(decompressor);
  return result == LIBDEFLATE_SUCCESS ? DSEG_OK : dseg_fail(error, DSEG_ERROR_FORMAT, "libdeflate: %d", (int)result);
}

/* The same bytes as through zlib, so that one thing differs. */
const dseg_frame_codec reference_gzip_libdeflate = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "gzip-6 volume, libdeflate",
    .title = "the same bytes, decompressed by libdeflate",
    .flags = ANY,
    .create = create,
    .encode = encode_gzip,
    .decode = decode_libdeflate,
    .destroy = destroy,
};
