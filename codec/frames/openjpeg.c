/* SPDX-License-Identifier: Apache-2.0 */
/* openjpeg.c - the coder of JPEG 2000 through OpenJPEG, whose decoder reads High-Throughput JPEG 2000, too (ISO/IEC
 * 15444-1; PS3.5 8.2.4, A.4.4).
 *
 * OpenJPEG's objects serve one codestream. A frame is one tile, one layer, the reversible 5-3 transform; the precision
 * of 1-bit frames is 1. */
#include <openjpeg.h>
#include <string.h>

#include "frames/coder.h"
#include "frames/frame_codec.h"
#include "frames/j2k_codestream.h"

static dseg_status create(const dseg_frame_codec *codec, const dseg_codec_setup *setup, dseg_codec_context **context,
                          dseg_error *error) {
  return dseg_frame_create_with_option(codec->options, "levels", setup, context, error);
}

/* ---- OpenJPEG's streams ---- */

/* A codestream being read from in, or appended to out. */
struct memory_stream {
  dseg_view in;
  size_t at;
  dseg_buffer *out;
};

static OPJ_SIZE_T read_bytes(void *buffer, OPJ_SIZE_T count, void *user) {
  struct memory_stream *stream = user;
  const size_t left = stream->in.size - stream->at;
  if (left == 0) {
    return (OPJ_SIZE_T)-1;
  }
  if (count > left) {
    count = left;
  }
  memcpy(buffer, stream->in.data + stream->at, count);
  stream->at += count;
  return count;
}

static OPJ_OFF_T skip_read(OPJ_OFF_T count, void *user) {
  struct memory_stream *stream = user;
  if (count < 0 || (uint64_t)count > stream->in.size - stream->at) {
    return -1;
  }
  stream->at += (size_t)count;
  return count;
}

static OPJ_BOOL seek_read(OPJ_OFF_T position, void *user) {
  struct memory_stream *stream = user;
  if (position < 0 || (uint64_t)position > stream->in.size) {
    return OPJ_FALSE;
  }
  stream->at = (size_t)position;
  return OPJ_TRUE;
}

static OPJ_SIZE_T write_bytes(void *buffer, OPJ_SIZE_T count, void *user) {
  struct memory_stream *stream = user;
  return dseg_buffer_append(stream->out, buffer, count, NULL) == DSEG_OK ? count : (OPJ_SIZE_T)-1;
}

/* Both directions need little: OpenJPEG's own default is a megabyte for each frame. */
static opj_stream_t *open_stream(struct memory_stream *memory, bool reading) {
  opj_stream_t *stream = opj_stream_create(16384, reading);
  if (stream == NULL) {
    return NULL;
  }
  opj_stream_set_user_data(stream, memory, NULL);
  opj_stream_set_user_data_length(stream, memory->in.size);
  if (reading) {
    opj_stream_set_read_function(stream, read_bytes);
    opj_stream_set_skip_function(stream, skip_read);
    opj_stream_set_seek_function(stream, seek_read);
  } else {
    opj_stream_set_write_function(stream, write_bytes);
  }
  return stream;
}

/* OpenJPEG's first error is the one that tells what is wrong. */
struct message {
  char text[200];
};

static void keep_message(const char *text, void *user) {
  struct message *message = user;
  if (message->text[0] == '\0') {
    strncpy(message->text, text, sizeof message->text - 1);
    message->text[strcspn(message->text, "\n")] = '\0';
  }
}

static dseg_status fail(const dseg_frame_info *info, const struct message *message, dseg_error *error) {
  if (message->text[0] == '\0' || strstr(message->text, "memory") != NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "frame %zu: out of memory for OpenJPEG", info->frame);
  }
  return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: OpenJPEG: %s (PS3.5 8.2.4)", info->frame, message->text);
}

/* ---- encoding ---- */

static opj_image_t *make_image(const dseg_frame_info *info, dseg_view pixels) {
  opj_image_cmptparm_t component = {
      .dx = 1, .dy = 1, .w = info->columns, .h = info->rows, .prec = info->bits_allocated};
  opj_image_t *image = opj_image_create(1, &component, OPJ_CLRSPC_GRAY);
  if (image == NULL) {
    return NULL;
  }
  image->x1 = info->columns;
  image->y1 = info->rows;
  OPJ_INT32 *data = image->comps[0].data;
  const size_t count = (size_t)info->rows * info->columns;
  if (info->bits_allocated == 16) {
    for (size_t i = 0; i < count; i++) {
      uint16_t value;
      memcpy(&value, pixels.data + 2 * i, sizeof value);
      data[i] = value;
    }
  } else {
    for (size_t i = 0; i < count; i++) {
      data[i] = pixels.data[i];
    }
  }
  return image;
}

static bool run_encoder(opj_codec_t *codec, opj_stream_t *stream, opj_image_t *image, unsigned levels,
                        struct message *message) {
  static char no_comment[] = "";
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.tcp_numlayers = 1;
  parameters.tcp_rates[0] = 0;
  parameters.cp_disto_alloc = 1;
  parameters.numresolution = (int)levels + 1;
  parameters.cp_comment = no_comment;
  return opj_set_error_handler(codec, keep_message, message) && opj_setup_encoder(codec, &parameters, image) &&
         opj_start_compress(codec, image, stream) && opj_encode(codec, stream) && opj_end_compress(codec, stream);
}

/* Appends a codestream; false, with out as before, when OpenJPEG fails. */
static bool encode_pixels(const dseg_frame_info *info, dseg_view pixels, unsigned levels, dseg_buffer *out,
                          struct message *message) {
  const size_t start = out->size;
  struct memory_stream memory = {.out = out};
  opj_image_t *image = make_image(info, pixels);
  opj_codec_t *codec = opj_create_compress(OPJ_CODEC_J2K);
  opj_stream_t *stream = open_stream(&memory, false);
  const bool done =
      image != NULL && codec != NULL && stream != NULL && run_encoder(codec, stream, image, levels, message);
  opj_stream_destroy(stream);
  opj_destroy_codec(codec);
  opj_image_destroy(image);
  if (!done) {
    out->size = start;
  }
  return done;
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  dseg_view pixels;
  DSEG_TRY(dseg_frame_to_pixels(info, frame, dseg_frame_scratch(context), &pixels, error));
  struct message message = {{0}};
  /* OpenJPEG allows a tile 1.3 times the bits it had, which the transform of 1-bit noise exceeds; untransformed, it
   * fits. */
  if (encode_pixels(info, pixels, dseg_j2k_levels(info, dseg_frame_option_value(context)), out, &message) ||
      encode_pixels(info, pixels, 0, out, &message)) {
    return DSEG_OK;
  }
  return dseg_fail(error, DSEG_ERROR_MEMORY, "frame %zu: OpenJPEG: %s", info->frame,
                   message.text[0] != '\0' ? message.text : "out of memory");
}

/* ---- decoding ---- */

/* The decoded component, which OpenJPEG limits to its precision. */
static dseg_status take_pixels(const dseg_frame_info *info, const opj_image_t *image, dseg_span pixels,
                               dseg_error *error) {
  const opj_image_comp_t *component = &image->comps[0];
  if (image->numcomps != 1 || component->data == NULL || component->w != info->columns || component->h != info->rows) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: OpenJPEG decoded another image", info->frame);
  }
  const size_t count = (size_t)info->rows * info->columns;
  if (info->bits_allocated == 16) {
    for (size_t i = 0; i < count; i++) {
      const uint16_t value = (uint16_t)component->data[i];
      memcpy(pixels.data + 2 * i, &value, sizeof value);
    }
  } else {
    for (size_t i = 0; i < count; i++) {
      pixels.data[i] = (uint8_t)component->data[i];
    }
  }
  return DSEG_OK;
}

static bool run_decoder(opj_codec_t *codec, opj_stream_t *stream, opj_image_t **image, struct message *message) {
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  return opj_set_error_handler(codec, keep_message, message) && opj_setup_decoder(codec, &parameters) &&
         opj_read_header(stream, codec, image) && opj_decode(codec, stream, *image) &&
         opj_end_decompress(codec, stream);
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  dseg_j2k_codestream codestream;
  DSEG_TRY(dseg_j2k_check(info, in, &codestream, error));
  dseg_span pixels;
  DSEG_TRY(dseg_frame_pixel_span(info, out, dseg_frame_scratch(context), &pixels, error));
  struct memory_stream memory = {.in = codestream.bytes};
  struct message message = {{0}};
  opj_image_t *image = NULL;
  opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_J2K);
  opj_stream_t *stream = open_stream(&memory, true);
  dseg_status status;
  if (codec != NULL && stream != NULL && run_decoder(codec, stream, &image, &message)) {
    status = take_pixels(info, image, pixels, error);
  } else {
    status = fail(info, &message, error);
  }
  opj_stream_destroy(stream);
  opj_destroy_codec(codec);
  opj_image_destroy(image);
  return status == DSEG_OK ? dseg_frame_from_pixels(info, pixels, out, error) : status;
}

DSEG_DECLARE_CODER(openjpeg);
const dseg_coder *dseg_coder_openjpeg(void) {
  static const dseg_coder coder = {DSEG_VERSION_STRING, create, encode, decode, dseg_frame_destroy_scratch};
  return &coder;
}
