/* SPDX-License-Identifier: Apache-2.0 */
/* frame_reader.c - stored bytes to canonical frames (PS3.5 8.1, 8.2).
 *
 * Native little-endian frames are used where they were read, at any bit offset. Big-endian words are put into
 * little-endian order first (PS3.5 Annex D); encapsulated frames go through the transfer syntax's codec. */
#include "seg_read/frame_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "model/codec_memory.h"
#include "model/plugin_call.h"
#include "seg_read/fragments.h"
#include "seg_read/no_codec.h"

/* Frames next to each other are read together up to this size. */
#define RUN_BYTES ((uint64_t)1 << 20)

static bool host_is_little(void) {
  const uint16_t one = 1;
  uint8_t first;
  memcpy(&first, &one, 1);
  return first == 1;
}

bool dseg_frames_can_be_read_into(const dseg_dicom_source *source) {
  return source->encapsulated || (!source->swap_pairs && source->info.bits_allocated >= 8 &&
                                  (source->info.bits_allocated == 8 || host_is_little()));
}

dseg_frame_info dseg_dicom_frame_form(const dseg_dicom_source *source) {
  const dseg_geometry *geometry = &source->base.description->geometry;
  const char *photometric = source->info.photometric_interpretation;
  return (dseg_frame_info){.rows = geometry->rows,
                           .columns = geometry->columns,
                           .bits_allocated = source->info.bits_allocated,
                           .palette_color = photometric != NULL && strcmp(photometric, "PALETTE COLOR") == 0};
}

static dseg_decoded_frame describe(const dseg_dicom_source *source, const dseg_frame *frame, const uint8_t *pixels) {
  const dseg_geometry *geometry = &source->base.description->geometry;
  return (dseg_decoded_frame){.pixels = pixels,
                              .bit = source->encapsulated ? 0u : frame->bit,
                              .rows = geometry->rows,
                              .columns = geometry->columns,
                              .bits_allocated = source->info.bits_allocated,
                              .segment = frame->segment,
                              .frame = (size_t)(frame - source->table.frames),
                              .state = source->plugin_state};
}

static void swap_pairs(uint8_t *bytes, size_t size) {
  for (size_t i = 0; i + 1 < size; i += 2) {
    const uint8_t first = bytes[i];
    bytes[i] = bytes[i + 1];
    bytes[i + 1] = first;
  }
}

/* Pixels of 16 and 32 bits as the host has them, aligned; others as they are. */
static dseg_status to_host(dseg_frame_reader *reader, const dseg_frame *frame, const uint8_t **pixels,
                           dseg_error *error) {
  const size_t bytes = reader->source->info.bits_allocated / 8;
  if (bytes < 2 || (host_is_little() && (uintptr_t)*pixels % bytes == 0)) {
    return DSEG_OK;
  }
  DSEG_TRY(dseg_buffer_resize(&reader->decoded, frame->length, error));
  for (size_t i = 0; bytes == 4 && i + 3 < frame->length; i += 4) {
    const uint32_t value = dseg_load_le32(*pixels + i);
    memcpy(reader->decoded.data + i, &value, sizeof value);
  }
  for (size_t i = 0; bytes == 2 && i + 1 < frame->length; i += 2) {
    const uint16_t value = dseg_load_le16(*pixels + i);
    memcpy(reader->decoded.data + i, &value, sizeof value);
  }
  *pixels = reader->decoded.data;
  return DSEG_OK;
}

/* Frames first..*end of the list lie next to each other, in ascending order, with at most a shared byte. */
static size_t run_end(const dseg_dicom_source *source, const uint32_t *numbers, size_t first, size_t count) {
  const dseg_frame *frames = source->table.frames;
  const dseg_frame *start = &frames[numbers[first]];
  uint64_t reached = start->offset + start->length;
  size_t end = first + 1;
  while (end < count) {
    const dseg_frame *next = &frames[numbers[end]];
    const uint64_t next_end = next->offset + next->length;
    if (next->part != start->part || next->offset < start->offset || next->offset > reached ||
        next_end - start->offset > RUN_BYTES) {
      break;
    }
    reached = next_end > reached ? next_end : reached;
    end++;
  }
  return end;
}

/* Reads the bytes of a run; stored.data + *skipped is where its first frame's bytes begin. */
static dseg_status read_run(dseg_frame_reader *reader, const dseg_frame *first, const dseg_frame *last, size_t *skipped,
                            dseg_error *error) {
  const dseg_part10 *part = &reader->source->parts[first->part];
  const dseg_located *pixels = &part->pixel_data;
  uint64_t begin = first->offset;
  uint64_t end = last->offset + last->length;
  *skipped = 0;
  if (reader->source->swap_pairs) {
    /* Whole words, counted from the start of the value. */
    *skipped = (size_t)((begin - pixels->value_offset) % 2);
    begin -= *skipped;
    end += (end - pixels->value_offset) % 2;
    const uint64_t value_end = pixels->value_offset + pixels->value_length;
    end = end < value_end ? end : value_end;
  }
  DSEG_TRY(dseg_buffer_resize(&reader->stored, (size_t)(end - begin), error));
  DSEG_TRY(dseg_input_read(part->input, begin, reader->stored.data, (size_t)(end - begin), error));
  if (reader->source->swap_pairs) {
    swap_pairs(reader->stored.data, (size_t)(end - begin));
  }
  return DSEG_OK;
}

static dseg_status run_native(dseg_frame_reader *reader, const uint32_t *numbers, size_t count, dseg_frame_use use,
                              void *user, dseg_error *error) {
  const dseg_frame *frames = reader->source->table.frames;
  for (size_t i = 0; i < count;) {
    const size_t end = run_end(reader->source, numbers, i, count);
    const dseg_frame *first = &frames[numbers[i]];
    size_t skipped;
    DSEG_TRY(read_run(reader, first, &frames[numbers[end - 1]], &skipped, error));
    for (; i < end; i++) {
      const dseg_frame *frame = &frames[numbers[i]];
      const uint8_t *pixels = reader->stored.data + skipped + (frame->offset - first->offset);
      DSEG_TRY(to_host(reader, frame, &pixels, error));
      const dseg_decoded_frame decoded = describe(reader->source, frame, pixels);
      DSEG_TRY(use(user, &decoded, numbers[i], error));
    }
  }
  return DSEG_OK;
}

/* The number in the object of a part's first frame. */
static size_t first_of_part(const dseg_dicom_source *source, size_t part) {
  size_t first = 0;
  for (size_t i = 0; i < part; i++) {
    first += source->part_frames[i];
  }
  return first;
}

/* The frames of the part that the context was made for, as a codec gets at them. */
static dseg_status read_for_codec(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  const dseg_frame_reader *reader = user;
  const dseg_dicom_source *source = reader->source;
  const size_t count = source->part_frames[reader->context_part];
  if (frame >= count) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu, which another one refers to, is not among the %zu there are",
                     frame, count);
  }
  return dseg_read_fragments(source->parts[reader->context_part].input,
                             &source->table.frames[reader->context_first + frame], out, error);
}

static void close_codec(dseg_frame_reader *reader) {
  if (reader->context != NULL) {
    reader->source->codec->destroy(reader->context);
    reader->context = NULL;
  }
}

/* A context belongs to one instance: in a Concatenation each part is one. */
static dseg_status open_codec(dseg_frame_reader *reader, size_t part, dseg_error *error) {
  const dseg_frame_codec *codec = reader->source->codec;
  if (codec == NULL || codec->decode == NULL) {
    return dseg_fail_no_codec(&reader->source->parts[part], error);
  }
  if (reader->context != NULL && part == reader->context_part) {
    return DSEG_OK;
  }
  close_codec(reader);
  reader->context_part = part;
  reader->context_first = first_of_part(reader->source, part);
  const dseg_codec_setup setup = {.format = dseg_dicom_frame_form(reader->source),
                                  .frame_count = reader->source->part_frames[part],
                                  .frames = {read_for_codec, reader}};
  dseg_codec_context *context = NULL;
  DSEG_TRY(dseg_of_plugin(codec->create(&setup, &context, error), codec->name, "create", error));
  reader->context = context;
  return DSEG_OK;
}

/* A few bytes of a frame, first and last included, get values that say whether somebody has written over them. */
enum { MARKS = 16 };

static uint8_t *mark_at(dseg_span out, size_t i) {
  return out.data + (out.size - 1) * i / (MARKS - 1);
}

static void put_marks(dseg_span out, uint8_t first) {
  for (size_t i = 0; i < MARKS; i++) {
    *mark_at(out, i) = (uint8_t)(first ^ i * 37);
  }
}

/* Several marks of a small frame lie on one byte: the last one holds. */
static bool are_untouched(dseg_span out, uint8_t first) {
  for (size_t i = 0; i < MARKS; i++) {
    const bool is_last = i + 1 == MARKS || mark_at(out, i + 1) != mark_at(out, i);
    if (is_last && *mark_at(out, i) != (uint8_t)(first ^ i * 37)) {
      return false;
    }
  }
  return true;
}

/* The frame whose bytes are in reader->stored. A codec that says OK and leaves out as it was is no codec. Pixels may
 * happen to be the marks: then other ones decide. */
static dseg_status call_decode(dseg_frame_reader *reader, const dseg_frame_info *info, dseg_span out,
                               dseg_error *error) {
  static const uint8_t marks[2] = {0xA5, 0x5B};
  const dseg_frame_codec *codec = reader->source->codec;
  const dseg_view in = {reader->stored.data, reader->stored.size};
  for (size_t i = 0; i < 2; i++) {
    put_marks(out, marks[i]);
    const dseg_status status = codec->decode(reader->context, info, in, out, error);
    if (status != DSEG_OK || !are_untouched(out, marks[i])) {
      return dseg_of_plugin(status, codec->name, "decode", error);
    }
  }
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "plug-in %s: frame %zu: decode reports success and has written nothing", codec->name,
                   info->frame + 1);
}

/* An encapsulated frame into out, of the frame's size. */
static dseg_status decode_frame(dseg_frame_reader *reader, uint32_t number, dseg_span out, dseg_error *error) {
  const dseg_dicom_source *source = reader->source;
  const dseg_frame *frame = &source->table.frames[number];
  DSEG_TRY(open_codec(reader, frame->part, error));
  dseg_frame_info info = dseg_dicom_frame_form(source);
  info.frame = number - reader->context_first;
  reader->stored.size = 0;
  DSEG_TRY(dseg_read_fragments(source->parts[frame->part].input, frame, &reader->stored, error));
  return call_decode(reader, &info, out, error);
}

static dseg_status run_encapsulated(dseg_frame_reader *reader, const uint32_t *numbers, size_t count,
                                    dseg_frame_use use, void *user, dseg_error *error) {
  const dseg_frame_info info = dseg_dicom_frame_form(reader->source);
  DSEG_TRY(dseg_buffer_resize(&reader->decoded, dseg_frame_bytes(&info), error));
  for (size_t i = 0; i < count; i++) {
    const size_t wanted = (size_t)numbers[i] + 1;
    if (!reader->reuses_frame || reader->decoded_frame != wanted) {
      reader->decoded_frame = 0;
      DSEG_TRY(decode_frame(reader, numbers[i], (dseg_span){reader->decoded.data, reader->decoded.size}, error));
      reader->decoded_frame = wanted;
    }
    const dseg_frame *frame = &reader->source->table.frames[numbers[i]];
    const dseg_decoded_frame decoded = describe(reader->source, frame, reader->decoded.data);
    DSEG_TRY(use(user, &decoded, numbers[i], error));
  }
  return DSEG_OK;
}

dseg_status dseg_frame_reader_run(dseg_frame_reader *reader, const uint32_t *numbers, size_t count, dseg_frame_use use,
                                  void *user, dseg_error *error) {
  if (count == 0) {
    return DSEG_OK;
  }
  return reader->source->encapsulated ? run_encapsulated(reader, numbers, count, use, user, error)
                                      : run_native(reader, numbers, count, use, user, error);
}

dseg_status dseg_frame_reader_into(dseg_frame_reader *reader, uint32_t number, void *out, size_t size,
                                   dseg_error *error) {
  const dseg_dicom_source *source = reader->source;
  if (source->encapsulated) {
    return decode_frame(reader, number, (dseg_span){out, size}, error);
  }
  const dseg_frame *frame = &source->table.frames[number];
  return dseg_input_read(source->parts[frame->part].input, frame->offset, out, size, error);
}

dseg_status dseg_frame_reader_limit(const dseg_dicom_source *source, unsigned *workers, dseg_error *error) {
  const dseg_codec_setup setup = {.format = dseg_dicom_frame_form(source), .frame_count = source->table.count};
  const bool decodes = source->encapsulated && source->codec != NULL && source->codec->decode != NULL;
  return dseg_limit_workers(decodes ? source->codec : NULL, &setup, source->memory_limit, workers, error);
}

dseg_frame_reader *dseg_frame_reader_create(const dseg_dicom_source *source) {
  dseg_frame_reader *reader = calloc(1, sizeof *reader);
  if (reader != NULL) {
    reader->source = source;
  }
  return reader;
}

void dseg_frame_reader_destroy(dseg_frame_reader *reader) {
  if (reader != NULL) {
    close_codec(reader);
    dseg_buffer_free(&reader->stored);
    dseg_buffer_free(&reader->decoded);
    free(reader);
  }
}
