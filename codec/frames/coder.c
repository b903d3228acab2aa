/* SPDX-License-Identifier: Apache-2.0 */
/* coder.c - the functions of a frame codec whose coder is elsewhere, see coder.h. */
#include "frames/coder.h"

#include <stdlib.h>

#include "dseg/frame_codec.h"

struct dseg_codec_context {
  const dseg_frame_codec *codec;
  const dseg_coder *coder;
  dseg_codec_context *inner; /* the coder's own */
};

static dseg_status find_coder(const dseg_frame_codec *codec, dseg_coder_place place, const dseg_coder **coder,
                              dseg_error *error) {
#if DSEG_CODEC_MODULES
  return dseg_coder_load(codec, &place, coder, error);
#else
  (void)codec;
  (void)error;
  *coder = place.linked();
  return DSEG_OK;
#endif
}

dseg_status dseg_coder_create(const dseg_frame_codec *codec, dseg_coder_place place, const dseg_codec_setup *setup,
                              dseg_codec_context **context, dseg_error *error) {
  const dseg_coder *coder = NULL;
  DSEG_TRY(find_coder(codec, place, &coder, error));
  dseg_codec_context *inner = NULL;
  DSEG_TRY(coder->create(codec, setup, &inner, error));
  *context = malloc(sizeof **context);
  if (*context == NULL) {
    coder->destroy(inner);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a frame codec");
  }
  **context = (dseg_codec_context){codec, coder, inner};
  return DSEG_OK;
}

dseg_status dseg_coder_encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame,
                              dseg_buffer *out, dseg_error *error) {
  DSEG_TRY(dseg_frame_check_encode(context->codec, info, frame, error));
  return context->coder->encode(context->inner, info, frame, out, error);
}

dseg_status dseg_coder_decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                              dseg_error *error) {
  return context->coder->decode(context->inner, info, in, out, error);
}

void dseg_coder_destroy(dseg_codec_context *context) {
  if (context != NULL) {
    context->coder->destroy(context->inner);
    free(context);
  }
}
