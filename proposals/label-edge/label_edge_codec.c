/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_codec.c - Label Edge coding (bitstream.md, beside this file) as a frame codec, and with prediction
 * (prediction.md) as another one: the core behind dseg's interface. What the survey of all frames learns is the plan of
 * the core, for the encoder only. */
#include <stdlib.h>

#include "dseg/frame_codec.h"
#include "label_edge.h"
#include "proposals.h"

/* A predicted frame refers to two others, one of which may do so again, and keys among these may repeat one each. */
#define FETCHED_AT_MOST 5

/* One of the four is not NULL. */
struct dseg_codec_context {
  label_edge_encoder *encoder;
  label_edge_decoder *decoder;
  label_edge_predicted_encoder *predicted_encoder;
  label_edge_predicted_decoder *predicted_decoder;
  dseg_frame_access frames;
  dseg_buffer fetched[FETCHED_AT_MOST];
  size_t fetched_count;
  dseg_status fetch_status; /* of the last fetch that failed */
  dseg_error *error;        /* of the call that fetches */
};

static const dseg_option options_table[] = {
    {"same", 0, 1, 0, "1: frames that repeat another one refer to it: smaller, such a frame does not stand alone"},
    {.name = NULL},
};

static const char *library_version(void) {
  return "label-edge 3";
}

static uint32_t needed_frame(const dseg_codec_context *context) {
  if (context != NULL && context->predicted_decoder != NULL) {
    return label_edge_predicted_needed_frame(context->predicted_decoder);
  }
  return context != NULL && context->decoder != NULL ? label_edge_needed_frame(context->decoder) : 0;
}

static dseg_status report(const dseg_codec_context *context, const dseg_frame_info *info, label_edge_status status,
                          dseg_error *error) {
  switch (status) {
    case LABEL_EDGE_OK: return DSEG_OK;
    case LABEL_EDGE_NO_MEMORY: return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for label-edge");
    case LABEL_EDGE_BAD_CHECKSUM:
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "frame %zu: damaged: its checksum is wrong (label-edge/bitstream.md, 4.1)", info->frame);
    case LABEL_EDGE_OLD_VERSION:
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "frame %zu: this is Label Edge version 2 or older, which had a header; this build has version 3",
                       info->frame);
    case LABEL_EDGE_BAD_TYPE:
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "frame %zu: the type of a frame, or what it refers to, is not allowed (label-edge/bitstream.md, "
                       "section 4; label-edge/prediction.md, P.2)",
                       info->frame);
    case LABEL_EDGE_BAD_DATA:
      return dseg_fail(
          error, DSEG_ERROR_FORMAT,
          "frame %zu: damaged: its code does not make a frame (label-edge/bitstream.md, sections 4.2 to 9; "
          "label-edge/prediction.md, P.3)",
          info->frame);
    case LABEL_EDGE_NO_ACCESS:
      if (context != NULL && context->fetch_status != DSEG_OK) {
        return context->fetch_status;
      }
      return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu refers to frame %u, which cannot be read", info->frame,
                       needed_frame(context));
    default: return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame %zu: not of the form that was announced", info->frame);
  }
}

static label_edge_format format_of(const dseg_codec_setup *setup) {
  return (label_edge_format){.rows = setup->format.rows,
                             .columns = setup->format.columns,
                             .bits = setup->format.bits_allocated,
                             .frames = (uint32_t)setup->frame_count};
}

static dseg_status check_setup(const dseg_codec_setup *setup, dseg_error *error) {
  if (setup->frame_count < 1 || setup->frame_count > UINT32_MAX || (setup->encoding && setup->frames.read == NULL)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "label-edge needs the number of frames of the instance and, to code them, access to all");
  }
  return DSEG_OK;
}

/* Without the byte of padding that there may be behind a fragment: those of this coding have an even size themselves.
 */
static size_t unpadded(const uint8_t *bytes, size_t size) {
  return size % 2 == 1 && bytes[size - 1] == 0 ? size - 1 : size;
}

static label_edge_status fetch(void *user, uint32_t frame, const uint8_t **bytes, size_t *size) {
  dseg_codec_context *context = user;
  if (context->frames.read == NULL || context->fetched_count == FETCHED_AT_MOST) {
    return LABEL_EDGE_NO_ACCESS;
  }
  dseg_buffer *buffer = &context->fetched[context->fetched_count++];
  buffer->size = 0;
  context->fetch_status = context->frames.read(context->frames.user, frame, buffer, context->error);
  *bytes = buffer->data;
  *size = context->decoder != NULL || context->predicted_decoder != NULL ? unpadded(buffer->data, buffer->size)
                                                                         : buffer->size;
  return context->fetch_status == DSEG_OK ? LABEL_EDGE_OK : LABEL_EDGE_NO_ACCESS;
}

static void destroy(dseg_codec_context *context) {
  if (context != NULL) {
    label_edge_encoder_destroy(context->encoder);
    label_edge_decoder_destroy(context->decoder);
    label_edge_predicted_encoder_destroy(context->predicted_encoder);
    label_edge_predicted_decoder_destroy(context->predicted_decoder);
    for (size_t k = 0; k < FETCHED_AT_MOST; k++) {
      dseg_buffer_free(&context->fetched[k]);
    }
    free(context);
  }
}

static label_edge_status prepare(dseg_codec_context *context, const dseg_codec_setup *setup, bool predicted) {
  const label_edge_format format = format_of(setup);
  const dseg_view plan = setup->learned;
  if (predicted) {
    return setup->encoding
               ? label_edge_predicted_encoder_create(&format, plan.data, plan.size, &context->predicted_encoder)
               : label_edge_predicted_decoder_create(&format, &context->predicted_decoder);
  }
  return setup->encoding ? label_edge_encoder_create(&format, plan.data, plan.size, &context->encoder)
                         : label_edge_decoder_create(&format, &context->decoder);
}

static dseg_status create_either(const dseg_codec_setup *setup, bool predicted, dseg_codec_context **context,
                                 dseg_error *error) {
  DSEG_TRY(check_setup(setup, error));
  dseg_codec_context *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a frame codec");
  }
  made->frames = setup->frames;
  const dseg_status status = report(NULL, &setup->format, prepare(made, setup, predicted), error);
  if (status != DSEG_OK) {
    destroy(made);
    return status;
  }
  *context = made;
  return DSEG_OK;
}

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  return create_either(setup, false, context, error);
}

static dseg_status create_predicted(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  return create_either(setup, true, context, error);
}

static dseg_status survey_frames(label_edge_survey *survey, const dseg_codec_setup *setup, dseg_buffer *frame,
                                 dseg_buffer *learned, dseg_error *error) {
  for (size_t i = 0; i < setup->frame_count; i++) {
    dseg_frame_info info = setup->format;
    info.frame = i;
    frame->size = 0;
    DSEG_TRY(setup->frames.read(setup->frames.user, i, frame, error));
    DSEG_TRY(dseg_frame_check_size(&info, frame->size, error));
    DSEG_TRY(report(NULL, &info, label_edge_survey_add(survey, frame->data), error));
  }
  const uint8_t *plan;
  size_t size;
  DSEG_TRY(report(NULL, &setup->format, label_edge_survey_finish(survey, &plan, &size), error));
  return dseg_buffer_append(learned, plan, size, error);
}

static dseg_status learn_either(const dseg_codec_setup *setup, bool same, dseg_buffer *learned, dseg_error *error) {
  DSEG_TRY(check_setup(setup, error));
  const label_edge_format format = format_of(setup);
  label_edge_survey *survey;
  DSEG_TRY(report(NULL, &setup->format, label_edge_survey_create(&format, same, &survey), error));
  dseg_buffer frame = {0};
  const dseg_status status = survey_frames(survey, setup, &frame, learned, error);
  dseg_buffer_free(&frame);
  label_edge_survey_destroy(survey);
  return status;
}

static dseg_status learn(const dseg_codec_setup *setup, dseg_buffer *learned, dseg_error *error) {
  return learn_either(setup, dseg_frame_option(options_table, setup, "same") != 0, learned, error);
}

/* Predicted frames do not stand alone anyway. */
static dseg_status learn_predicted(const dseg_codec_setup *setup, dseg_buffer *learned, dseg_error *error) {
  return learn_either(setup, true, learned, error);
}

static void begin(dseg_codec_context *context, dseg_error *error) {
  context->error = error;
  context->fetched_count = 0;
  context->fetch_status = DSEG_OK;
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, frame.size, error));
  begin(context, error);
  const uint32_t f = (uint32_t)info->frame;
  const uint8_t *bytes;
  size_t size;
  const label_edge_status status =
      context->predicted_encoder != NULL
          ? label_edge_predicted_encode(context->predicted_encoder, f, frame.data, fetch, context, &bytes, &size)
          : label_edge_encode(context->encoder, f, frame.data, fetch, context, &bytes, &size);
  DSEG_TRY(report(context, info, status, error));
  return dseg_buffer_append(out, bytes, size, error);
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  begin(context, error);
  const uint32_t f = (uint32_t)info->frame;
  const size_t size = unpadded(in.data, in.size);
  const label_edge_status status =
      context->predicted_decoder != NULL
          ? label_edge_predicted_decode(context->predicted_decoder, f, in.data, size, out.data, fetch, context)
          : label_edge_decode(context->decoder, f, in.data, size, out.data, fetch, context);
  return report(context, info, status, error);
}

/* What the core says, and other frames, canonical or, in a decoder, compressed to hardly more than that. */
static uint64_t with_fetched(const dseg_codec_setup *setup, uint64_t core, unsigned frames) {
  const uint64_t fetched = (uint64_t)2 * frames * dseg_frame_bytes(&setup->format) + ((uint64_t)1 << 16);
  return core > UINT64_MAX - fetched ? UINT64_MAX : core + fetched;
}

static uint64_t memory(const dseg_codec_setup *setup) {
  const label_edge_format format = format_of(setup);
  return with_fetched(setup, setup->encoding ? label_edge_encoder_memory(&format) : label_edge_decoder_memory(&format),
                      1);
}

static uint64_t memory_predicted(const dseg_codec_setup *setup) {
  const label_edge_format format = format_of(setup);
  return with_fetched(
      setup,
      setup->encoding ? label_edge_predicted_encoder_memory(&format) : label_edge_predicted_decoder_memory(&format),
      FETCHED_AT_MOST);
}

const dseg_frame_codec dseg_proposal_label_edge = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "label-edge",
    .title = "Label Edge Image Frame Compression",
    .transfer_syntax_uid = DSEG_UID_LABEL_EDGE_FRAMES,
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_ALL_BITS | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_OTHER_FRAMES,
    .options = options_table,
    .library_version = library_version,
    .create = create,
    .encode = encode,
    .decode = decode,
    .destroy = destroy,
    .proposal_version = "3",
    .learn = learn,
    .memory = memory,
};

const dseg_frame_codec dseg_proposal_label_edge_predicted = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "label-edge-predicted",
    .title = "Label Edge Image Frame Compression with Prediction",
    .transfer_syntax_uid = DSEG_UID_LABEL_EDGE_PREDICTED_FRAMES,
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_ALL_BITS | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_OTHER_FRAMES,
    .library_version = library_version,
    .create = create_predicted,
    .encode = encode,
    .decode = decode,
    .destroy = destroy,
    .proposal_version = "3",
    .learn = learn_predicted,
    .memory = memory_predicted,
};
