/* SPDX-License-Identifier: Apache-2.0 */
/* charls.c - the coder of JPEG-LS through CharLS (ISO/IEC 14495-1; PS3.5 8.2.3, A.4.3).
 *
 * CharLS takes one source or destination for each of its objects, so a frame has its own; making one costs no more
 * than what CharLS allocates for any frame. */
#include <charls/charls.h>

#include "frames/coder.h"
#include "frames/frame_codec.h"
#include "frames/jpeg_stream.h"

static dseg_status create(const dseg_frame_codec *codec, const dseg_codec_setup *setup, dseg_codec_context **context,
                          dseg_error *error) {
  (void)codec;
  return dseg_frame_create_scratch(setup, context, error);
}

static charls_jpegls_errc encode_into(const dseg_frame_info *info, dseg_view frame, dseg_span out, size_t *size) {
  charls_jpegls_encoder *encoder = charls_jpegls_encoder_create();
  if (encoder == NULL) {
    return CHARLS_JPEGLS_ERRC_NOT_ENOUGH_MEMORY;
  }
  /* Bits Stored of 8- and 16-bit segmentations is Bits Allocated (PS3.3 Table C.8.20-2). */
  const charls_frame_info outline = {info->columns, info->rows, (int32_t)info->bits_allocated, 1};
  charls_jpegls_errc result = charls_jpegls_encoder_set_frame_info(encoder, &outline);
  if (result == CHARLS_JPEGLS_ERRC_SUCCESS) {
    result = charls_jpegls_encoder_set_destination_buffer(encoder, out.data, out.size);
  }
  if (result == CHARLS_JPEGLS_ERRC_SUCCESS) {
    result = charls_jpegls_encoder_encode_from_buffer(encoder, frame.data, frame.size, 0);
  }
  if (result == CHARLS_JPEGLS_ERRC_SUCCESS) {
    result = charls_jpegls_encoder_get_bytes_written(encoder, size);
  }
  charls_jpegls_encoder_destroy(encoder);
  return result;
}

/* A sample's code has at most four times its bits (14495-1 A.5.3); noise takes little more than it had. */
static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  (void)context;
  charls_jpegls_errc result = CHARLS_JPEGLS_ERRC_DESTINATION_BUFFER_TOO_SMALL;
  for (size_t factor = 1; factor <= 8 && result == CHARLS_JPEGLS_ERRC_DESTINATION_BUFFER_TOO_SMALL; factor *= 2) {
    DSEG_TRY(dseg_buffer_reserve(out, frame.size * factor + frame.size / 8 + 1024, error));
    size_t size = 0;
    result = encode_into(info, frame, (dseg_span){out->data + out->size, out->capacity - out->size}, &size);
    if (result == CHARLS_JPEGLS_ERRC_SUCCESS) {
      out->size += size;
    }
  }
  if (result != CHARLS_JPEGLS_ERRC_SUCCESS) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "frame %zu: CharLS: %s", info->frame, charls_get_error_message(result));
  }
  return DSEG_OK;
}

static dseg_status fail(const dseg_frame_info *info, charls_jpegls_errc result, dseg_error *error) {
  const dseg_status status = result == CHARLS_JPEGLS_ERRC_NOT_ENOUGH_MEMORY ? DSEG_ERROR_MEMORY : DSEG_ERROR_FORMAT;
  return dseg_fail(error, status, "frame %zu: CharLS: %s (PS3.5 8.2.3)", info->frame, charls_get_error_message(result));
}

/* Reads the header and compares it with what is expected of the frame. */
static dseg_status check_header(charls_jpegls_decoder *decoder, const dseg_frame_info *info, dseg_view in,
                                dseg_error *error) {
  charls_frame_info outline = {0};
  int32_t near_lossless = 0;
  charls_jpegls_errc result = charls_jpegls_decoder_set_source_buffer(decoder, in.data, in.size);
  if (result == CHARLS_JPEGLS_ERRC_SUCCESS) {
    result = charls_jpegls_decoder_read_header(decoder);
  }
  if (result == CHARLS_JPEGLS_ERRC_SUCCESS) {
    result = charls_jpegls_decoder_get_frame_info(decoder, &outline);
  }
  if (result == CHARLS_JPEGLS_ERRC_SUCCESS) {
    result = charls_jpegls_decoder_get_near_lossless(decoder, 0, &near_lossless);
  }
  if (result != CHARLS_JPEGLS_ERRC_SUCCESS) {
    return fail(info, result, error);
  }
  if (near_lossless != 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "frame %zu is coded near-lossless, its transfer syntax is lossless (PS3.5 A.4.3)", info->frame);
  }
  return dseg_frame_check_stream(info, outline.height, outline.width, (uint32_t)outline.component_count,
                                 (uint32_t)outline.bits_per_sample, error);
}

static dseg_status decode_pixels(charls_jpegls_decoder *decoder, const dseg_frame_info *info, dseg_view in,
                                 dseg_span pixels, dseg_error *error) {
  DSEG_TRY(check_header(decoder, info, in, error));
  const charls_jpegls_errc result = charls_jpegls_decoder_decode_to_buffer(decoder, pixels.data, pixels.size, 0);
  return result == CHARLS_JPEGLS_ERRC_SUCCESS ? DSEG_OK : fail(info, result, error);
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  dseg_span pixels;
  DSEG_TRY(dseg_frame_pixel_span(info, out, dseg_frame_scratch(context), &pixels, error));
  /* CharLS 2.4 needs EOI for more than form: where coded data runs out without a marker behind it, it looks for the
   * next bit for ever. */
  if (!dseg_jpeg_trim(in, &in)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu does not end with a JPEG marker EOI (PS3.5 8.2.3)",
                     info->frame);
  }
  charls_jpegls_decoder *decoder = charls_jpegls_decoder_create();
  if (decoder == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for CharLS");
  }
  const dseg_status status = decode_pixels(decoder, info, in, pixels, error);
  charls_jpegls_decoder_destroy(decoder);
  return status == DSEG_OK ? dseg_frame_from_pixels(info, pixels, out, error) : status;
}

DSEG_DECLARE_CODER(charls);
const dseg_coder *dseg_coder_charls(void) {
  static const dseg_coder coder = {DSEG_VERSION_STRING, create, encode, decode, dseg_frame_destroy_scratch};
  return &coder;
}
