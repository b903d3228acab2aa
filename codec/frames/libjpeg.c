/* SPDX-License-Identifier: Apache-2.0 */
/* libjpeg.c - the coder of JPEG Baseline through libjpeg (ISO/IEC 10918-1; PS3.5 8.2.1, A.4.1).
 *
 * libjpeg reports an error by a function that must not return;
 * here it jumps back to the call that caused it. */
#include <setjmp.h>
#include <stdio.h> /* jpeglib.h needs it */
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "frames/coder.h"
#include "frames/frame_codec.h"
#include "frames/jpeg_stream.h"

static dseg_status create(const dseg_frame_codec *codec, const dseg_codec_setup *setup, dseg_codec_context **context,
                          dseg_error *error) {
  return dseg_frame_create_with_option(codec->options, "quality", setup, context, error);
}

/* ---- libjpeg's errors ---- */

struct errors {
  struct jpeg_error_mgr manager; /* first, so that libjpeg's pointer to it is one to this */
  jmp_buf back;
  char message[JMSG_LENGTH_MAX];
};

static void jump_back(j_common_ptr object) {
  struct errors *errors = (struct errors *)object->err;
  errors->manager.format_message(object, errors->message);
  longjmp(errors->back, 1);
}

/* Warnings are counted: a damaged stream is none that may be used. */
static void count_warning(j_common_ptr object, int level) {
  if (level < 0) {
    jump_back(object);
  }
}

static void set_up(struct errors *errors) {
  (void)jpeg_std_error(&errors->manager);
  errors->manager.error_exit = jump_back;
  errors->manager.emit_message = count_warning;
}

static dseg_status fail(const dseg_frame_info *info, const struct errors *errors, dseg_error *error) {
  if (errors->manager.msg_code == JERR_OUT_OF_MEMORY) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "frame %zu: out of memory for libjpeg", info->frame);
  }
  return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: libjpeg: %s (PS3.5 8.2.1)", info->frame, errors->message);
}

/* ---- encoding ---- */

/* libjpeg allocates *stream, which the caller frees. False: errors says why. */
static bool compress(const dseg_frame_info *info, dseg_view pixels, int quality, struct errors *errors,
                     unsigned char **stream, unsigned long *size) {
  struct jpeg_compress_struct encoder = {.err = &errors->manager};
  if (setjmp(errors->back) != 0) {
    if (*stream != NULL) { /* where it grew, *stream is what has been freed */
      encoder.dest->term_destination(&encoder);
    }
    jpeg_destroy_compress(&encoder);
    return false;
  }
  jpeg_create_compress(&encoder);
  jpeg_mem_dest(&encoder, stream, size);
  encoder.image_width = info->columns;
  encoder.image_height = info->rows;
  encoder.input_components = 1;
  encoder.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, quality, TRUE);
  encoder.optimize_coding = TRUE;
  encoder.write_JFIF_header = FALSE; /* better absent (PS3.5 8.2.1, Note 3) */
  jpeg_start_compress(&encoder, TRUE);
  while (encoder.next_scanline < encoder.image_height) {
    /* libjpeg only reads the row, but asks for a pointer to what could be changed. */
    const uint8_t *const pixel = pixels.data + (size_t)encoder.next_scanline * info->columns;
    JSAMPROW row;
    memcpy(&row, &pixel, sizeof row);
    (void)jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  return true;
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  if (info->rows > JPEG_MAX_DIMENSION || info->columns > JPEG_MAX_DIMENSION) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "frame %zu: libjpeg has at most %ld rows and columns", info->frame,
                     (long)JPEG_MAX_DIMENSION);
  }
  struct errors errors;
  unsigned char *stream = NULL;
  unsigned long size = 0;
  set_up(&errors);
  dseg_status status;
  if (compress(info, frame, (int)dseg_frame_option_value(context), &errors, &stream, &size)) {
    status = dseg_buffer_append(out, stream, size, error);
  } else {
    status = fail(info, &errors, error);
  }
  free(stream);
  return status;
}

/* ---- decoding ---- */

static bool decompress(const dseg_frame_info *info, dseg_view stream, struct errors *errors, dseg_span pixels) {
  struct jpeg_decompress_struct decoder = {.err = &errors->manager};
  if (setjmp(errors->back) != 0) {
    jpeg_destroy_decompress(&decoder);
    return false;
  }
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, stream.data, (unsigned long)stream.size);
  (void)jpeg_read_header(&decoder, TRUE);
  decoder.out_color_space = JCS_GRAYSCALE;
  decoder.dct_method = JDCT_ISLOW;
  (void)jpeg_start_decompress(&decoder);
  while (decoder.output_scanline < info->rows) {
    JSAMPROW row = pixels.data + (size_t)decoder.output_scanline * info->columns;
    (void)jpeg_read_scanlines(&decoder, &row, 1);
  }
  (void)jpeg_finish_decompress(&decoder);
  jpeg_destroy_decompress(&decoder);
  return true;
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  dseg_jpeg_stream stream;
  DSEG_TRY(dseg_jpeg_check(info, in, DSEG_JPEG_BASELINE, &stream, error));
  if (info->bits_allocated == 16 || stream.precision != 8) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: JPEG Baseline of %u bits a pixel (PS3.5 Table 8.2.1-1)",
                     info->frame, stream.precision);
  }
  dseg_span pixels;
  DSEG_TRY(dseg_frame_pixel_span(info, out, dseg_frame_scratch(context), &pixels, error));
  struct errors errors;
  set_up(&errors);
  if (!decompress(info, stream.bytes, &errors, pixels)) {
    return fail(info, &errors, error);
  }
  return dseg_frame_from_pixels(info, pixels, out, error);
}

DSEG_DECLARE_CODER(libjpeg);
const dseg_coder *dseg_coder_libjpeg(void) {
  static const dseg_coder coder = {DSEG_VERSION_STRING, create, encode, decode, dseg_frame_destroy_scratch};
  return &coder;
}
