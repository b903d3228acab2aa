/* SPDX-License-Identifier: Apache-2.0 */
/* reference_zstd.c - zstd with the frame before as prefix, see reference_codecs.h.
 *
 * Each frame but the first of a chain is compressed against the pixels of the one before it (ZSTD_CCtx_refPrefix), as a
 * reader could that goes through a volume. The benchmark leaves decoded frames where it had them put, so the frame that
 * was decoded last is used from there; any other is reached from the start of its chain. */
#include <stdlib.h>

#include <zstd.h>

#include "reference_codecs.h"

enum { LEVEL = 19, CHAIN = 16 /* frames */ };

struct dseg_codec_context {
  ZSTD_CCtx *compressor;   /* NULL: decoding */
  ZSTD_DCtx *decompressor; /* NULL: encoding */
  dseg_frame_access frames;
  dseg_buffer before;    /* encoding: the frame before */
  dseg_buffer bytes;     /* decoding: a frame of the chain, compressed */
  dseg_buffer pixels[2]; /* decoding: frames of the chain, by turns */
  const uint8_t *last;   /* decoding: the pixels of the frame that was decoded last; NULL: none was */
  size_t last_frame;
};

static const char *library_version(void) {
  return "zstd " ZSTD_VERSION_STRING;
}

static void destroy(dseg_codec_context *context) {
  if (context != NULL) {
    (void)ZSTD_freeCCtx(context->compressor);
    (void)ZSTD_freeDCtx(context->decompressor);
    dseg_buffer_free(&context->before);
    dseg_buffer_free(&context->bytes);
    dseg_buffer_free(&context->pixels[0]);
    dseg_buffer_free(&context->pixels[1]);
    free(context);
  }
}

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  dseg_codec_context *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  made->frames = setup->frames;
  if (setup->encoding) {
    made->compressor = ZSTD_createCCtx();
  } else {
    made->decompressor = ZSTD_createDCtx();
  }
  const bool there = made->compressor != NULL || made->decompressor != NULL;
  if (!there ||
      (setup->encoding && ZSTD_isError(ZSTD_CCtx_setParameter(made->compressor, ZSTD_c_compressionLevel, LEVEL)))) {
    destroy(made);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "zstd cannot start");
  }
  *context = made;
  return DSEG_OK;
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  if (info->frame % CHAIN != 0) {
    context->before.size = 0;
    DSEG_TRY(context->frames.read(context->frames.user, info->frame - 1, &context->before, error));
    if (ZSTD_isError(ZSTD_CCtx_refPrefix(context->compressor, context->before.data, context->before.size))) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "zstd takes no prefix");
    }
  }
  DSEG_TRY(dseg_buffer_reserve(out, ZSTD_compressBound(frame.size), error));
  const size_t size =
      ZSTD_compress2(context->compressor, out->data + out->size, out->capacity - out->size, frame.data, frame.size);
  if (ZSTD_isError(size)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "zstd: %s", ZSTD_getErrorName(size));
  }
  out->size += size;
  return DSEG_OK;
}

/* One frame of a chain; last is the one before it. */
static dseg_status decode_next(dseg_codec_context *context, size_t frame, dseg_view in, dseg_span out,
                               dseg_error *error) {
  if (frame % CHAIN != 0) {
    (void)ZSTD_DCtx_refPrefix(context->decompressor, context->last, out.size);
  }
  const size_t size = ZSTD_decompressDCtx(context->decompressor, out.data, out.size, in.data, in.size);
  if (ZSTD_isError(size) || size != out.size) {
    context->last = NULL;
    return dseg_fail(error, DSEG_ERROR_FORMAT, "zstd: %s",
                     ZSTD_isError(size) ? ZSTD_getErrorName(size) : "another size");
  }
  context->last = out.data;
  context->last_frame = frame;
  return DSEG_OK;
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  const bool follows = context->last != NULL && context->last_frame + 1 == info->frame;
  for (size_t frame = info->frame / CHAIN * CHAIN; !follows && frame < info->frame; frame++) {
    dseg_buffer *pixels = &context->pixels[frame % 2];
    context->bytes.size = 0;
    DSEG_TRY(context->frames.read(context->frames.user, frame, &context->bytes, error));
    DSEG_TRY(dseg_buffer_resize(pixels, out.size, error));
    DSEG_TRY(decode_next(context, frame, (dseg_view){context->bytes.data, context->bytes.size},
                         (dseg_span){pixels->data, pixels->size}, error));
  }
  return decode_next(context, info->frame, in, out, error);
}

const dseg_frame_codec reference_zstd_prefix = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "zstd, frame before",
    .title = "zstd -19 with the frame before as prefix, in chains of 16",
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_BITS_8 | DSEG_PLUGIN_BITS_16 |
             DSEG_PLUGIN_OTHER_FRAMES,
    .library_version = library_version,
    .create = create,
    .encode = encode,
    .decode = decode,
    .destroy = destroy,
};
