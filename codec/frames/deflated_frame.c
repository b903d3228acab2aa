/* SPDX-License-Identifier: Apache-2.0 */
/* deflated_frame.c - Deflated Image Frame Compression, 1.2.840.10008.1.2.8.1 (PS3.5 8.2.16, A.4.13; Supplement 244).
 *
 * Each frame is one deflate stream without the wrapping of zlib or gzip (RFC 1951), in one fragment. What is deflated
 * are the frame's bytes as in native Pixel Data; 1-bit frames are packed and each begins with a byte of its own.
 * libdeflate does it, or zlib where that is all there is (base/deflate_block.h). */
#include <stdlib.h>

#include "base/deflate_block.h"
#include "frames/builtin.h"
#include "frames/frame_codec.h"

static const dseg_option options_table[] = {
    {"level", 1, DSEG_DEFLATE_MAX_LEVEL, 6, "effort of the compression: higher is smaller and slower"},
    {.name = NULL},
};

struct dseg_codec_context {
  dseg_buffer scratch;
  int level;
  dseg_compressor *compressor;     /* made by the first encode */
  dseg_decompressor *decompressor; /* made by the first decode */
};

static dseg_status deflate_bytes(dseg_codec_context *context, dseg_view bytes, dseg_buffer *out, dseg_error *error) {
  if (context->compressor == NULL) {
    DSEG_TRY(dseg_compressor_create(context->level, &context->compressor, error));
  }
  DSEG_TRY(dseg_buffer_reserve(out, dseg_compressor_bound(context->compressor, bytes.size), error));
  const size_t size =
      dseg_compress(context->compressor, bytes, (dseg_span){out->data + out->size, out->capacity - out->size});
  if (size == 0) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "%s exceeds its own bound", dseg_deflate_library());
  }
  out->size += size;
  return DSEG_OK;
}

/* used: bytes of in up to the stream's end. */
static dseg_status inflate_bytes(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                                 size_t *used, dseg_error *error) {
  if (context->decompressor == NULL) {
    DSEG_TRY(dseg_decompressor_create(&context->decompressor, error));
  }
  size_t produced = 0;
  const dseg_inflate_result result = dseg_decompress(context->decompressor, DSEG_RAW_DEFLATE, in, out, used, &produced);
  if (result == DSEG_INFLATE_COMPLETE && produced == out.size) {
    return DSEG_OK;
  }
  if (result == DSEG_INFLATE_NO_MEMORY) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %s", dseg_deflate_library());
  }
  return dseg_fail(
      error, DSEG_ERROR_FORMAT, "frame %zu: %s (RFC 1951, PS3.5 8.2.16)", info->frame,
      result == DSEG_INFLATE_DAMAGED ? "not a complete deflate stream" : "the deflated data has another size");
}

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
    dseg_compressor_destroy(context->compressor);
    dseg_decompressor_destroy(context->decompressor);
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

/* Measured with libdeflate: 670 kB for levels up to 9, 9.0 MB above, 12 kB when decoding; zlib needs less. Words of 16
 * and 32 bits are copied on machines that are big endian. */
static uint64_t memory(const dseg_codec_setup *setup) {
  const bool is_strong = setup->encoding && dseg_frame_option(options_table, setup, "level") > 9;
  return dseg_frame_memory(setup, 4, is_strong ? (uint64_t)10 << 20 : (uint64_t)1 << 20);
}

/* PS3.5 8.2.16: no restrictions on the Attributes that describe Pixel Data. */
const dseg_frame_codec dseg_frame_deflated_frame = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "deflated-frame",
    .title = "Deflated Image Frame Compression",
    .transfer_syntax_uid = "1.2.840.10008.1.2.8.1",
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_ANY_BITS,
    .options = options_table,
    .library_version = dseg_deflate_library,
    .create = create,
    .encode = encode,
    .decode = decode,
    .destroy = destroy,
    .memory = memory,
};
