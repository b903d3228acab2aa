/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_codec.c - Label Edge coding (bitstream.md, beside this file) as a frame codec: the core behind dseg's
 * interface. What the survey of all frames learns is the plan of the core; its header goes in front of frame 0. */
#include <stdlib.h>

#include "dseg/frame_codec.h"
#include "label_edge.h"
#include "proposals.h"

/* A frame refers to two others, and each of them and of these to one more at most, which may repeat another. */
#define FETCHED_AT_MOST 6

struct dseg_codec_context {
  label_edge_encoder *encoder; /* NULL: decoding */
  label_edge_decoder *decoder; /* NULL: encoding */
  dseg_view header;            /* encoding: what goes in front of frame 0 */
  dseg_frame_access frames;
  dseg_buffer fetched[FETCHED_AT_MOST];
  size_t fetched_count;
  dseg_status fetch_status; /* of the last fetch that failed */
  dseg_error *error;        /* of the call that fetches */
};

static const dseg_option options_table[] = {
    {"predict", 0, 1, 0, "1: frames are predicted from those around them: smaller, up to four decoded for one"},
    {.name = NULL},
};

static const char *library_version(void) {
  return "label-edge 2";
}

static dseg_status report(const dseg_codec_context *context, const dseg_frame_info *info, label_edge_status status,
                          dseg_error *error) {
  switch (status) {
    case LABEL_EDGE_OK: return DSEG_OK;
    case LABEL_EDGE_NO_MEMORY: return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for label-edge");
    case LABEL_EDGE_BAD_HEADER:
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "frame %zu: the header of Label Edge is damaged, of another version, or of another image "
                       "(label-edge/bitstream.md, section 5)",
                       info->frame);
    case LABEL_EDGE_BAD_TYPE:
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "frame %zu: the type of a frame, or what it refers to, is not allowed (label-edge/bitstream.md, "
                       "section 4)",
                       info->frame);
    case LABEL_EDGE_BAD_DATA:
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "frame %zu: damaged: its code does not make a frame (label-edge/bitstream.md, sections 6 to 10)",
                       info->frame);
    case LABEL_EDGE_NO_ACCESS:
      if (context != NULL && context->fetch_status != DSEG_OK) {
        return context->fetch_status;
      }
      return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu refers to a frame that cannot be read", info->frame);
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
  if (setup->frame_count < 1 || setup->frame_count > UINT32_MAX || setup->frames.read == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "label-edge needs access to all frames of the instance");
  }
  return DSEG_OK;
}

static label_edge_status fetch(void *user, uint32_t frame, const uint8_t **bytes, size_t *size) {
  dseg_codec_context *context = user;
  dseg_buffer *buffer = &context->fetched[context->fetched_count++ % FETCHED_AT_MOST];
  buffer->size = 0;
  context->fetch_status = context->frames.read(context->frames.user, frame, buffer, context->error);
  *bytes = buffer->data;
  *size = buffer->size;
  return context->fetch_status == DSEG_OK ? LABEL_EDGE_OK : LABEL_EDGE_NO_ACCESS;
}

static void destroy(dseg_codec_context *context) {
  if (context != NULL) {
    label_edge_encoder_destroy(context->encoder);
    label_edge_decoder_destroy(context->decoder);
    for (size_t i = 0; i < FETCHED_AT_MOST; i++) {
      dseg_buffer_free(&context->fetched[i]);
    }
    free(context);
  }
}

static dseg_status prepare(dseg_codec_context *context, const dseg_codec_setup *setup, dseg_error *error) {
  DSEG_TRY(check_setup(setup, error));
  const label_edge_format format = format_of(setup);
  if (setup->encoding) {
    context->header =
        (dseg_view){setup->learned.data, label_edge_header_size(setup->learned.data, setup->learned.size)};
    return report(NULL, &setup->format,
                  label_edge_encoder_create(&format, setup->learned.data, setup->learned.size, &context->encoder),
                  error);
  }
  dseg_buffer *first = &context->fetched[0];
  DSEG_TRY(setup->frames.read(setup->frames.user, 0, first, error));
  return report(NULL, &setup->format, label_edge_decoder_create(&format, first->data, first->size, &context->decoder),
                error);
}

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  dseg_codec_context *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a frame codec");
  }
  made->frames = setup->frames;
  const dseg_status status = prepare(made, setup, error);
  if (status != DSEG_OK) {
    destroy(made);
    return status;
  }
  *context = made;
  return DSEG_OK;
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

static dseg_status learn(const dseg_codec_setup *setup, dseg_buffer *learned, dseg_error *error) {
  DSEG_TRY(check_setup(setup, error));
  const label_edge_format format = format_of(setup);
  label_edge_survey *survey;
  DSEG_TRY(report(NULL, &setup->format,
                  label_edge_survey_create(&format, dseg_frame_option(options_table, setup, "predict") != 0, &survey),
                  error));
  dseg_buffer frame = {0};
  const dseg_status status = survey_frames(survey, setup, &frame, learned, error);
  dseg_buffer_free(&frame);
  label_edge_survey_destroy(survey);
  return status;
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, frame.size, error));
  context->error = error;
  context->fetched_count = 0;
  context->fetch_status = DSEG_OK;
  const uint8_t *bytes;
  size_t size;
  DSEG_TRY(report(context, info,
                  label_edge_encode(context->encoder, (uint32_t)info->frame, frame.data, fetch, context, &bytes, &size),
                  error));
  if (info->frame == 0) {
    DSEG_TRY(dseg_buffer_append(out, context->header.data, context->header.size, error));
  }
  return dseg_buffer_append(out, bytes, size, error);
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  context->error = error;
  context->fetched_count = 0;
  context->fetch_status = DSEG_OK;
  return report(context, info,
                label_edge_decode(context->decoder, (uint32_t)info->frame, in.data, in.size, out.data, fetch, context),
                error);
}

/* Measured: 57 bytes a pixel when encoding, 43 when decoding; and, with prediction, the frames that others refer to. */
static uint64_t memory(const dseg_codec_setup *setup) {
  const uint64_t frames = (FETCHED_AT_MOST + 2) * (uint64_t)dseg_frame_bytes(&setup->format);
  return dseg_frame_memory(setup, setup->encoding ? 64 : 48, frames + ((uint64_t)1 << 19));
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
    .proposal_version = "2",
    .learn = learn,
    .memory = memory,
};
