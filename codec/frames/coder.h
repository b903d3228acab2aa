/* SPDX-License-Identifier: Apache-2.0 */
/* coder.h - the part of a frame codec that needs a library of its own.
 *
 * Such a codec is two files. One has its dseg_frame_codec, is part of libdseg and includes nothing of the other. The
 * other, the coder, includes the library's headers. With DSEG_CODEC_MODULES a coder is a shared object, which is loaded
 * when the codec's first context is made; without, it is linked in (docs/decisions/0014-codecs-in-modules.md). */
#ifndef DSEG_FRAMES_CODER_H
#define DSEG_FRAMES_CODER_H

#include "dseg/plugin.h"
#include "dseg/version.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Functions as in dseg_frame_codec. create gets the codec, whose options it may need; encode gets frames that
 * dseg_frame_check_encode has accepted. */
typedef struct dseg_coder {
  const char *version; /* DSEG_VERSION_STRING: a module of another version is refused */
  dseg_status (*create)(const dseg_frame_codec *codec, const dseg_codec_setup *setup, dseg_codec_context **context,
                        dseg_error *error);
  dseg_status (*encode)(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                        dseg_error *error);
  dseg_status (*decode)(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                        dseg_error *error);
  void (*destroy)(dseg_codec_context *context);
} dseg_coder;

typedef const dseg_coder *(*dseg_coder_function)(void);

/* Declares the function that gives the coder, which the coder's file defines: the one symbol of a module. */
#if DSEG_CODEC_MODULES
#define DSEG_DECLARE_CODER(library) DSEG_API const dseg_coder *dseg_coder_##library(void)
#else
#define DSEG_DECLARE_CODER(library) const dseg_coder *dseg_coder_##library(void)
#endif

/* Where a coder is: linked in, or, where that is NULL, in the module of that name. */
typedef struct dseg_coder_place {
  const char *module;
  const char *needs; /* the library with its version, for messages */
  dseg_coder_function linked;
} dseg_coder_place;

/* The place of a coder that has been declared. */
#if DSEG_CODEC_MODULES
#define DSEG_CODER(library, needs) ((dseg_coder_place){#library, needs, NULL})
#else
#define DSEG_CODER(library, needs) ((dseg_coder_place){#library, needs, dseg_coder_##library})
#endif

/* What a codec's create does, and its other functions. A module that cannot be loaded is DSEG_ERROR_UNSUPPORTED, which
 * says what to install. */
dseg_status dseg_coder_create(const dseg_frame_codec *codec, dseg_coder_place place, const dseg_codec_setup *setup,
                              dseg_codec_context **context, dseg_error *error);
dseg_status dseg_coder_encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame,
                              dseg_buffer *out, dseg_error *error);
dseg_status dseg_coder_decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                              dseg_error *error);
void dseg_coder_destroy(dseg_codec_context *context);

/* The coder of a module; any thread may ask. It stays loaded as long as the process lives. codec is named in messages.
 * In builds with DSEG_CODEC_MODULES. */
dseg_status dseg_coder_load(const dseg_frame_codec *codec, const dseg_coder_place *place, const dseg_coder **coder,
                            dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
