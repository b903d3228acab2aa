/* SPDX-License-Identifier: Apache-2.0 */
/* face_codecs.c - the frame codecs of this module, and those whose decoders JavaScript hands in. */
#define _POSIX_C_SOURCE 200809L /* strdup is hidden in strict C17 */
#include <stdlib.h>
#include <string.h>

#include "dseg/frame_codec.h"
#include "face.h"

FACE_EXPORT(codecs) int face_codecs(void) {
  (void)face_begin();
  json_out *json = face_begin_text();
  if (json == NULL) {
    return (int)DSEG_ERROR_MEMORY;
  }
  json_begin_array(json, NULL);
  const dseg_frame_codec *codec = NULL;
  for (size_t i = 0; (codec = dseg_frame_codec_at(i)) != NULL; i++) {
    json_begin_object(json, NULL);
    json_put_string(json, "name", codec->name);
    json_put_string(json, "transferSyntax", codec->transfer_syntax_uid);
    json_put_string(json, "title", codec->title);
    json_put_bool(json, "reads", (codec->flags & DSEG_PLUGIN_CAN_READ) != 0);
    json_put_bool(json, "writes", (codec->flags & DSEG_PLUGIN_CAN_WRITE) != 0);
    json_put_bool(json, "experimental", (codec->flags & DSEG_PLUGIN_EXPERIMENTAL) != 0);
    json_end(json);
  }
  json_end(json);
  return face_end_text();
}

/* A decoder of JavaScript as a frame codec. Lives as long as the module. */
typedef struct handed {
  dseg_frame_codec codec; /* the first member: a context finds the rest */
  int decoder;
} handed;

struct dseg_codec_context {
  const handed *from;
  dseg_buffer scratch; /* a byte for each pixel of 1 bit */
};

/* create is not told which codec it is for, so that each decoder needs a function of its own. */
enum { DECODERS = 16 };
static handed *all[DECODERS];
static int decoder_count;

static dseg_status create(int decoder, dseg_codec_context **context, dseg_error *error) {
  *context = calloc(1, sizeof **context);
  if (*context == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a decoder");
  }
  (*context)->from = all[decoder];
  return DSEG_OK;
}

static void destroy(dseg_codec_context *context) {
  if (context != NULL) {
    dseg_buffer_free(&context->scratch);
    free(context);
  }
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  char message[400] = "";
  dseg_span pixels;
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  DSEG_TRY(dseg_frame_pixel_span(info, out, &context->scratch, &pixels, error));
  if (face_host_decode(context->from->decoder, in.data, in.size, info->rows, info->columns, info->bits_allocated,
                       pixels.data, pixels.size, message, sizeof message) != 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "the decoder of transfer syntax %s: %s",
                     context->from->codec.transfer_syntax_uid, message);
  }
  return dseg_frame_from_pixels(info, pixels, out, error);
}

#define CREATE(number)                                                                                                 \
  static dseg_status create_##number(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) { \
    (void)setup;                                                                                                       \
    return create(number, context, error);                                                                             \
  }
CREATE(0)
CREATE(1)
CREATE(2)
CREATE(3)
CREATE(4)
CREATE(5)
CREATE(6)
CREATE(7)
CREATE(8)
CREATE(9)
CREATE(10)
CREATE(11)
CREATE(12)
CREATE(13)
CREATE(14)
CREATE(15)

static dseg_status (*const creates[DECODERS])(const dseg_codec_setup *setup, dseg_codec_context **context,
                                              dseg_error *error) = {
    create_0, create_1, create_2,  create_3,  create_4,  create_5,  create_6,  create_7,
    create_8, create_9, create_10, create_11, create_12, create_13, create_14, create_15};

/* Of a decoder: its syntax loses, or is in no standard. */
enum { DECODER_LOSSY = 1, DECODER_EXPERIMENTAL = 2 };

static unsigned plugin_flags(unsigned flags) {
  return DSEG_PLUGIN_CAN_READ | DSEG_FRAME_ALL_BITS | ((flags & DECODER_LOSSY) != 0 ? DSEG_PLUGIN_LOSSY : 0) |
         ((flags & DECODER_EXPERIMENTAL) != 0 ? DSEG_PLUGIN_EXPERIMENTAL : 0);
}

/* Registers JavaScript's decoder number decoder for a transfer syntax. The texts are copied. */
FACE_EXPORT(add_decoder)
int face_add_decoder(int decoder, const char *transfer_syntax, const char *name, const char *title, unsigned flags) {
  dseg_error *error = face_begin();
  if (decoder_count == DECODERS) {
    return (int)dseg_fail(error, DSEG_ERROR_LIMIT, "there are more than %d decoders", DECODERS);
  }
  handed *made = calloc(1, sizeof *made);
  char *texts[3] = {strdup(transfer_syntax), strdup(name), strdup(title)};
  if (made == NULL || texts[0] == NULL || texts[1] == NULL || texts[2] == NULL) {
    free(made);
    for (size_t i = 0; i < 3; i++) {
      free(texts[i]);
    }
    return (int)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a decoder");
  }
  *made = (handed){.codec = {.abi = DSEG_PLUGIN_ABI,
                             .struct_size = sizeof(dseg_frame_codec),
                             .name = texts[1],
                             .title = texts[2],
                             .transfer_syntax_uid = texts[0],
                             .flags = plugin_flags(flags),
                             .create = creates[decoder_count],
                             .decode = decode,
                             .destroy = destroy,
                             .lossy_method = (flags & DECODER_LOSSY) != 0 ? "ISO_10918_1" : NULL},
                   .decoder = decoder};
  all[decoder_count] = made;
  const dseg_status status = dseg_register(NULL, &made->codec, error);
  decoder_count += status == DSEG_OK ? 1 : 0;
  return (int)status; /* what the registry refused stays: its struct must live as long as the process */
}
