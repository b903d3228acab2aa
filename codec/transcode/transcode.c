/* SPDX-License-Identifier: Apache-2.0 */
/* transcode.c - dseg_transcode: opens, prepares frames, lays the elements out, and writes. */
#include "dseg/transcode.h"

#include <stdlib.h>

#include "base/endian.h"
#include "base/options.h"
#include "dicom/element_writer.h"
#include "transcode/layout.h"
#include "transcode/meta.h"
#include "transcode/object.h"
#include "transcode/pixels.h"

#define PIECE_BYTES ((size_t)1 << 18)
#define WINDOW ((size_t)1 << 16)

/* What writing needs beside the layout. */
struct target {
  dseg_transcoder *transcoder;
  dseg_layout *layout;
  dseg_scanner scanner; /* at the element to come, where elements are recoded */
  dseg_buffer bytes;
  dseg_output_stream stream;
};

static dseg_status copy_bytes(struct target *target, uint64_t begin, uint64_t end, dseg_error *error) {
  while (begin < end) {
    const size_t piece = end - begin < PIECE_BYTES ? (size_t)(end - begin) : PIECE_BYTES;
    DSEG_TRY(dseg_buffer_resize(&target->bytes, piece, error));
    DSEG_TRY(dseg_input_read(target->transcoder->part10.input, begin, target->bytes.data, piece, error));
    DSEG_TRY(dseg_stream_write(&target->stream, target->bytes.data, piece, error));
    begin += piece;
  }
  return DSEG_OK;
}

static dseg_status recode(struct target *target, const dseg_top_element *element, dseg_error *error) {
  dseg_scanner *scanner = &target->scanner;
  dseg_header header;
  uint64_t size = 0;
  dseg_scanner_skip(scanner, element->begin - dseg_scanner_position(scanner));
  DSEG_TRY(dseg_scanner_header(scanner, &header, error));
  return dseg_recode_element(&target->layout->recoder, &header, &size, error);
}

/* An element that is made here. */
static dseg_status put_element(struct target *target, const dseg_top_element *element, dseg_error *error) {
  const dseg_mark *mark = &target->layout->mark;
  const bool implicit_vr = (target->transcoder->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0;
  dseg_element_writer writer = {&target->bytes, implicit_vr, DSEG_OK, error};
  target->bytes.size = 0;
  if (element->fate == DSEG_FATE_GROUP_LENGTH) {
    uint8_t value[4];
    dseg_store_le32(value, element->value);
    dseg_write_element(&writer, element->tag, "UL", value, sizeof value);
  } else if (element->fate == DSEG_FATE_CREATOR) {
    dseg_write_text(&writer, element->tag, "LO", DSEG_MARK_CREATOR);
  } else {
    dseg_write_element(&writer, element->tag, mark->vr, mark->value.data, mark->value.size);
  }
  return writer.status == DSEG_OK ? dseg_stream_write(&target->stream, target->bytes.data, target->bytes.size, error)
                                  : writer.status;
}

/* Elements from *index on that are copied as they are, with what follows each of them in the source. */
static dseg_status copy_run(struct target *target, size_t *index, dseg_error *error) {
  const dseg_layout *layout = target->layout;
  const uint64_t begin = layout->elements[*index].begin;
  uint64_t end = begin;
  while (*index < layout->count && layout->elements[*index].fate == DSEG_FATE_KEEP &&
         layout->elements[*index].begin == end) {
    end = layout->elements[(*index)++].end;
  }
  return copy_bytes(target, begin, end, error);
}

static dseg_status put_data_set(struct target *target, dseg_error *error) {
  const dseg_layout *layout = target->layout;
  for (size_t i = 0; i < layout->count;) {
    const dseg_top_element *element = &layout->elements[i];
    if (element->fate == DSEG_FATE_KEEP && !target->transcoder->recodes) {
      DSEG_TRY(copy_run(target, &i, error));
      continue;
    }
    if (element->fate == DSEG_FATE_KEEP) {
      DSEG_TRY(recode(target, element, error));
    } else {
      DSEG_TRY(dseg_recoder_flush(&target->layout->recoder, error));
    }
    if (element->fate == DSEG_FATE_PIXELS) {
      DSEG_TRY(dseg_pixels_write(target->transcoder, &target->stream, error));
    } else if (element->fate != DSEG_FATE_KEEP && element->fate != DSEG_FATE_LEAVE_OUT) {
      DSEG_TRY(put_element(target, element, error));
    }
    i++;
  }
  DSEG_TRY(dseg_recoder_flush(&target->layout->recoder, error));
  return copy_bytes(target, layout->end, dseg_input_size(target->transcoder->part10.input), error);
}

static dseg_status put_file(struct target *target, dseg_error *error) {
  const dseg_transcoder *transcoder = target->transcoder;
  const dseg_part10 *part10 = &transcoder->part10;
  DSEG_TRY(dseg_put_meta(transcoder, &target->bytes, error));
  DSEG_TRY(dseg_stream_write(&target->stream, target->bytes.data, target->bytes.size, error));
  if ((transcoder->codec->flags & DSEG_PLUGIN_DEFLATED) != 0) {
    DSEG_TRY(dseg_stream_deflate(&target->stream, error));
  }
  if (transcoder->recodes) {
    DSEG_TRY(dseg_scanner_open(&target->scanner, part10->input, transcoder->data_set, dseg_input_size(part10->input),
                               WINDOW, error));
    target->scanner.implicit_vr = part10->elements.implicit_vr;
    target->scanner.big_endian = part10->elements.big_endian;
  }
  target->layout->recoder.own_number = 0; /* the pass that measured may have left one */
  target->layout->recoder.scanner = &target->scanner;
  target->layout->recoder.stream = &target->stream;
  DSEG_TRY(put_data_set(target, error));
  return dseg_stream_finish(&target->stream, error);
}

static dseg_status write_output(dseg_transcoder *transcoder, dseg_layout *layout, dseg_outlet *outlet,
                                dseg_error *error) {
  struct target target = {.transcoder = transcoder, .layout = layout};
  dseg_stream_start(&target.stream, outlet);
  dseg_status status = put_file(&target, error);
  dseg_stream_end(&target.stream);
  dseg_scanner_close(&target.scanner);
  dseg_buffer_free(&target.bytes);
  if (status == DSEG_OK) {
    status = dseg_outlet_complete(outlet, 1, error);
  }
  return status;
}

static dseg_status transcode(dseg_transcoder *transcoder, const dseg_input *input, const dseg_output *output,
                             dseg_layout *layout, dseg_error *error) {
  dseg_outlet outlet = {.is_open = false};
  uint64_t pixel_bytes = 0;
  DSEG_TRY(dseg_transcoder_open(transcoder, input, error));
  dseg_status status = dseg_outlet_open(&outlet, output, error);
  if (status == DSEG_OK) {
    status = dseg_pixels_prepare(transcoder, output, &pixel_bytes, error);
  }
  if (status == DSEG_OK) {
    status = dseg_layout_make(transcoder, pixel_bytes, layout, error);
  }
  if (status == DSEG_OK) {
    status = write_output(transcoder, layout, &outlet, error);
  }
  dseg_outlet_abandon(&outlet);
  return status;
}

dseg_status dseg_transcode(const dseg_input *input, const char *name, const dseg_output *output,
                           const dseg_transcode_options *options, dseg_error *error) {
  dseg_error_clear(error);
  if (input == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "an input must not be NULL");
  }
  dseg_output to;
  DSEG_TRY(dseg_output_copy(&to, output, error));
  dseg_transcoder *transcoder = calloc(1, sizeof *transcoder);
  if (transcoder == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for transcoding");
  }
  dseg_layout layout = {.count = 0};
  dseg_status status = DSEG_COPY_OPTIONS(dseg_transcode_options, &transcoder->options, options, error);
  if (status == DSEG_OK) {
    status = transcode(transcoder, input, &to, &layout, error);
  }
  dseg_transcoding *result = transcoder->options.result;
  if (status == DSEG_OK && result != NULL) {
    *result = (dseg_transcoding){.from = transcoder->source.codec->name,
                                 .to = transcoder->codec->name,
                                 .frames = transcoder->frame_count,
                                 .decoded_frames = transcoder->way == DSEG_WAY_ENCODE ? transcoder->frame_count : 0};
  }
  dseg_layout_free(&layout);
  dseg_pixels_free(transcoder);
  dseg_transcoder_close(transcoder);
  free(transcoder);
  const bool is_of_input = status == DSEG_ERROR_INPUT || status == DSEG_ERROR_FORMAT ||
                           status == DSEG_ERROR_UNSUPPORTED || status == DSEG_ERROR_LIMIT;
  if (is_of_input && name != NULL) {
    dseg_error_prefix(error, name);
  }
  return status;
}
