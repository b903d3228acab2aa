/* SPDX-License-Identifier: Apache-2.0 */
/* invert.c - a frame codec as a shared object: every byte is inverted. Variants of it, made by definitions, are what
 * the loader has to refuse. */
#include <stdlib.h>
#include <time.h>

#include "dseg/plugin.h"

#ifndef INVERT_ABI
#define INVERT_ABI DSEG_PLUGIN_ABI
#endif
#ifndef INVERT_NAME
#define INVERT_NAME "test-invert"
#endif
#ifndef INVERT_UID
#define INVERT_UID "1.2.3.4.5"
#endif
#ifdef INVERT_VARIES /* the time is behind each frame */
#define INVERT_FLAGS DSEG_PLUGIN_VARYING
#else
#define INVERT_FLAGS 0u
#endif

DSEG_API dseg_status dseg_plugin_register(dseg_registrar registrar, dseg_error *error);

struct dseg_codec_context {
  unsigned char mask;
};

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  *context = malloc(sizeof **context);
  if (*context == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  (*context)->mask = setup->option_count != 0 ? (unsigned char)setup->options[0].value : 0xff;
  return DSEG_OK;
}

static void destroy(dseg_codec_context *context) {
  free(context);
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  (void)info;
  const size_t start = out->size;
  DSEG_TRY(dseg_buffer_append(out, frame.data, frame.size, error));
  for (size_t i = start; i < out->size; i++) {
    out->data[i] ^= context->mask;
  }
#ifdef INVERT_VARIES
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  DSEG_TRY(dseg_buffer_append(out, &now, sizeof now, error));
#endif
  return DSEG_OK;
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  if (in.size < out.size) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu is too short", info->frame);
  }
  for (size_t i = 0; i < out.size; i++) {
    out.data[i] = in.data[i] ^ context->mask;
  }
  return DSEG_OK;
}

static const dseg_option options[] = {
    {"mask", 0, 255, 255, "bits to invert"},
    {NULL, 0, 0, 0, NULL},
};

static const dseg_frame_codec codec = {
    .abi = INVERT_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = INVERT_NAME,
    .title = "inverted bytes",
    .transfer_syntax_uid = INVERT_UID,
    .flags =
        DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_8 | INVERT_FLAGS,
    .options = options,
    .create = create,
    .encode = encode,
    .decode = decode,
    .destroy = destroy,
};

dseg_status dseg_plugin_register(dseg_registrar registrar, dseg_error *error) {
  return registrar(NULL, &codec, error);
}
