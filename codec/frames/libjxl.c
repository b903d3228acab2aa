/* SPDX-License-Identifier: Apache-2.0 */
/* libjxl.c - the coder of JPEG XL through libjxl (ISO/IEC 18181-1; PS3.5 8.2.15, A.4.12).
 *
 * A frame is a bare codestream of one grey channel. libjxl's objects are used again for each frame of a context. */
#include <stdlib.h>

#include <jxl/decode.h>
#include <jxl/encode.h>

#include "frames/coder.h"
#include "frames/frame_codec.h"

struct dseg_codec_context {
  dseg_buffer bytes; /* of 1-bit frames */
  int64_t effort;
  JxlEncoder *encoder; /* made by the first encode */
  JxlDecoder *decoder; /* made by the first decode */
};

static dseg_status create(const dseg_frame_codec *codec, const dseg_codec_setup *setup, dseg_codec_context **context,
                          dseg_error *error) {
  *context = calloc(1, sizeof **context);
  if (*context == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a frame codec");
  }
  (*context)->effort = dseg_frame_option(codec->options, setup, "effort");
  return DSEG_OK;
}

static void destroy(dseg_codec_context *context) {
  if (context != NULL) {
    if (context->encoder != NULL) {
      JxlEncoderDestroy(context->encoder);
    }
    if (context->decoder != NULL) {
      JxlDecoderDestroy(context->decoder);
    }
    dseg_buffer_free(&context->bytes);
    free(context);
  }
}

static JxlPixelFormat pixel_format(const dseg_frame_info *info) {
  return (JxlPixelFormat){.num_channels = 1,
                          .data_type = info->bits_allocated == 16 ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8,
                          .endianness = JXL_NATIVE_ENDIAN};
}

/* ---- encoding ---- */

/* What the image is; its colours have no meaning, but a codestream names some. */
static bool describe(JxlEncoder *encoder, const dseg_frame_info *info) {
  JxlBasicInfo basic;
  JxlEncoderInitBasicInfo(&basic);
  basic.xsize = info->columns;
  basic.ysize = info->rows;
  basic.bits_per_sample = info->bits_allocated;
  basic.num_color_channels = 1;
  basic.uses_original_profile = JXL_TRUE;
  JxlColorEncoding color;
  JxlColorEncodingSetToSRGB(&color, JXL_TRUE);
  return JxlEncoderSetBasicInfo(encoder, &basic) == JXL_ENC_SUCCESS &&
         JxlEncoderSetColorEncoding(encoder, &color) == JXL_ENC_SUCCESS;
}

/* libjxl 0.7.0 stops the process where it meets up to four pixels of 16 bits with an effort of 8 or 9 (an assertion of
 * enc_ans.cc): so small a frame gets 7 at most. The pixels are the same. */
static int32_t effort_for(const dseg_frame_info *info, int64_t effort) {
  enum { FEW_PIXELS = 16, MOST_FOR_FEW = 7 };
  const bool few = (uint64_t)info->rows * info->columns < FEW_PIXELS;
  return few && effort > MOST_FOR_FEW ? MOST_FOR_FEW : (int32_t)effort;
}

/* Patches and splines are searched for in photographs; labels have no such thing, and a decoder needs more for them. */
static bool add_frame(JxlEncoder *encoder, const dseg_frame_info *info, dseg_view pixels, int64_t effort) {
  JxlEncoderFrameSettings *settings = JxlEncoderFrameSettingsCreate(encoder, NULL);
  const JxlPixelFormat format = pixel_format(info);
  return settings != NULL && JxlEncoderSetFrameLossless(settings, JXL_TRUE) == JXL_ENC_SUCCESS &&
         JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, effort_for(info, effort)) ==
             JXL_ENC_SUCCESS &&
         JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_PATCHES, 0) == JXL_ENC_SUCCESS &&
         JxlEncoderAddImageFrame(settings, &format, pixels.data, pixels.size) == JXL_ENC_SUCCESS;
}

/* Appends what the encoder gives out. */
static dseg_status take_output(JxlEncoder *encoder, const dseg_frame_info *info, dseg_buffer *out, dseg_error *error) {
  JxlEncoderStatus status = JXL_ENC_NEED_MORE_OUTPUT;
  for (size_t room = 4096; status == JXL_ENC_NEED_MORE_OUTPUT; room *= 2) {
    DSEG_TRY(dseg_buffer_reserve(out, room, error));
    uint8_t *next = out->data + out->size;
    size_t left = out->capacity - out->size;
    status = JxlEncoderProcessOutput(encoder, &next, &left);
    out->size = (size_t)(next - out->data);
  }
  return status == JXL_ENC_SUCCESS ? DSEG_OK
                                   : dseg_fail(error, DSEG_ERROR_MEMORY, "frame %zu: libjxl cannot encode it, error %d",
                                               info->frame, (int)JxlEncoderGetError(encoder));
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  if (context->encoder == NULL) {
    context->encoder = JxlEncoderCreate(NULL);
  } else {
    JxlEncoderReset(context->encoder);
  }
  if (context->encoder == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for libjxl");
  }
  if (!describe(context->encoder, info) || !add_frame(context->encoder, info, frame, context->effort)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "frame %zu: libjxl cannot encode it, error %d", info->frame,
                     (int)JxlEncoderGetError(context->encoder));
  }
  JxlEncoderCloseInput(context->encoder);
  const size_t before = out->size;
  const dseg_status status = take_output(context->encoder, info, out, error);
  if (status != DSEG_OK) {
    out->size = before;
  }
  return status;
}

/* ---- decoding ---- */

static dseg_status damaged(const dseg_frame_info *info, const char *what, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: JPEG XL: %s (ISO/IEC 18181-1, PS3.5 8.2.15)", info->frame,
                   what);
}

/* libjxl gives values of fewer bits than a byte or word as fractions of what these hold; of 1 bit that is all or
 * nothing. */
static dseg_status check_image(const JxlDecoder *decoder, const dseg_frame_info *info, dseg_error *error) {
  JxlBasicInfo basic;
  if (JxlDecoderGetBasicInfo(decoder, &basic) != JXL_DEC_SUCCESS) {
    return damaged(info, "no header", error);
  }
  DSEG_TRY(dseg_frame_check_stream(info, basic.ysize, basic.xsize, basic.num_color_channels + basic.num_extra_channels,
                                   basic.bits_per_sample, error));
  if (basic.exponent_bits_per_sample != 0 || basic.have_animation || basic.have_preview) {
    return damaged(info, "real numbers, an animation or a preview", error);
  }
  if (!basic.uses_original_profile) {
    return damaged(info, "coded for the eye, its transfer syntax is lossless", error);
  }
  const unsigned full = info->bits_allocated == 16 ? 16 : 8;
  const bool is_bit = info->bits_allocated == 1 && basic.bits_per_sample == 1;
  return basic.bits_per_sample == full || is_bit ? DSEG_OK : damaged(info, "not all bits of a byte or word", error);
}

/* The only frame, which has the image's size: others would be decoded, too, whatever theirs is. */
static dseg_status check_frame(const JxlDecoder *decoder, const dseg_frame_info *info, dseg_error *error) {
  JxlFrameHeader header;
  if (JxlDecoderGetFrameHeader(decoder, &header) != JXL_DEC_SUCCESS || !header.is_last ||
      header.layer_info.xsize != info->columns || header.layer_info.ysize != info->rows) {
    return damaged(info, "more than one frame, or one of another size", error);
  }
  return DSEG_OK;
}

static dseg_status run_decoder(JxlDecoder *decoder, const dseg_frame_info *info, dseg_span pixels, dseg_error *error) {
  const JxlPixelFormat format = pixel_format(info);
  bool done = false;
  for (;;) {
    switch (JxlDecoderProcessInput(decoder)) {
      case JXL_DEC_BASIC_INFO: DSEG_TRY(check_image(decoder, info, error)); break;
      case JXL_DEC_FRAME: DSEG_TRY(check_frame(decoder, info, error)); break;
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
        if (JxlDecoderSetImageOutBuffer(decoder, &format, pixels.data, pixels.size) != JXL_DEC_SUCCESS) {
          return damaged(info, "libjxl does not decode it", error);
        }
        break;
      case JXL_DEC_FULL_IMAGE: done = true; break;
      case JXL_DEC_SUCCESS: return done ? DSEG_OK : damaged(info, "without a frame", error);
      case JXL_DEC_NEED_MORE_INPUT: return damaged(info, "cut short", error);
      default: return damaged(info, "damaged", error);
    }
  }
}

static bool set_up(JxlDecoder *decoder, dseg_view in) {
  const int events = JXL_DEC_BASIC_INFO | JXL_DEC_FRAME | JXL_DEC_FULL_IMAGE;
  return JxlDecoderSubscribeEvents(decoder, events) == JXL_DEC_SUCCESS &&
         JxlDecoderSetKeepOrientation(decoder, JXL_TRUE) == JXL_DEC_SUCCESS &&
         JxlDecoderSetCoalescing(decoder, JXL_FALSE) == JXL_DEC_SUCCESS &&
         JxlDecoderSetInput(decoder, in.data, in.size) == JXL_DEC_SUCCESS;
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  dseg_span pixels;
  DSEG_TRY(dseg_frame_pixel_span(info, out, &context->bytes, &pixels, error));
  if (context->decoder == NULL) {
    context->decoder = JxlDecoderCreate(NULL);
  } else {
    JxlDecoderReset(context->decoder);
  }
  if (context->decoder == NULL || !set_up(context->decoder, in)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for libjxl");
  }
  DSEG_TRY(run_decoder(context->decoder, info, pixels, error));
  DSEG_TRY(dseg_frame_check_rest(info, JxlDecoderReleaseInput(context->decoder), error));
  if (info->bits_allocated == 1) {
    for (size_t i = 0; i < pixels.size; i++) {
      pixels.data[i] = pixels.data[i] == UINT8_MAX ? 1 : pixels.data[i];
    }
  }
  return dseg_frame_from_pixels(info, pixels, out, error);
}

DSEG_DECLARE_CODER(libjxl);
const dseg_coder *dseg_coder_libjxl(void) {
  static const dseg_coder coder = {DSEG_VERSION_STRING, create, encode, decode, destroy};
  return &coder;
}
