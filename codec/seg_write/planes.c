/* SPDX-License-Identifier: Apache-2.0 */
/* planes.c - takes planes of labels and masks, has them made into frames, and spools these.
 *
 * A frame's record is all that stays in memory; finish.c makes the file(s) when all frames are known. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "dseg/frame_codec.h"
#include "dseg/instances.h"
#include "model/plugin_call.h"
#include "seg_write/writer.h"

static dseg_status add_record(dseg_writer *writer, const dseg_frame_record *record, dseg_error *error) {
  if (writer->frame_count == writer->frame_capacity) {
    const size_t capacity = writer->frame_capacity == 0 ? 1024 : writer->frame_capacity * 2;
    dseg_frame_record *frames = realloc(writer->frames, capacity * sizeof *frames);
    if (frames == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", capacity);
    }
    writer->frames = frames;
    writer->frame_capacity = capacity;
  }
  writer->frames[writer->frame_count++] = *record;
  return DSEG_OK;
}

static bool is_zero_block(const uint8_t block[64]) {
  uint64_t any = 0;
  for (size_t i = 0; i < 64; i += 8) {
    uint64_t word;
    memcpy(&word, block + i, sizeof word);
    any |= word;
  }
  return any == 0;
}

/* The frame without zeros at both ends, in steps of 64 bytes: of a segment's bits most are outside it. */
static dseg_view without_zeros(dseg_view frame) {
  size_t first = 0, end = frame.size;
  while (first + 64 <= end && is_zero_block(frame.data + first)) {
    first += 64;
  }
  while (end >= first + 64 && is_zero_block(frame.data + end - 64)) {
    end -= 64;
  }
  return (dseg_view){frame.data + first, end - first};
}

static dseg_status spool_bytes(dseg_writer *writer, dseg_view frame, dseg_frame_record *record, dseg_error *error) {
  const dseg_view part = without_zeros(frame);
  record->start = (uint32_t)(part.data - frame.data);
  record->length = (uint32_t)part.size;
  return dseg_frame_spool_bytes(&writer->spool, part.data, part.size, &record->offset, error);
}

/* Native frames: little endian, whatever the machine. Rows and columns have 16 bits, so a frame has at most 8 GiB;
 * one past 4 GiB has been refused before. */
static dseg_status spool_native(dseg_writer *writer, dseg_view frame, dseg_frame_record *record, dseg_error *error) {
  if (writer->bit_packed) {
    return dseg_frame_spool_bits(&writer->spool, frame.data, (size_t)dseg_writer_frame_bits(writer), &record->offset,
                                 error);
  }
  dseg_view bytes;
  const dseg_frame_info form = dseg_writer_frame_format(writer);
  DSEG_TRY(dseg_frame_to_bytes(&form, frame, &writer->encoded, &bytes, error));
  return spool_bytes(writer, bytes, record, error);
}

/* Fails as soon as native Pixel Data cannot hold the frames, not after hours. */
static dseg_status check_native_size(const dseg_writer *writer, dseg_error *error) {
  if (!dseg_writer_is_native(writer)) {
    return DSEG_OK;
  }
  uint64_t bits;
  const uint64_t together = writer->options.concatenation ? 1 : (uint64_t)writer->frame_count + 1; /* in one file */
  if (dseg_mul_u64(dseg_writer_frame_bits(writer), together, &bits) && bits / 8 <= DSEG_NATIVE_LIMIT) {
    return DSEG_OK;
  }
  return dseg_fail(error, DSEG_ERROR_LIMIT,
                   "native Pixel Data (7FE0,0010) cannot hold %zu frames of %u x %u: 4,294,967,294 bytes at most "
                   "(PS3.5 7.1.2); write a label map, a compressed transfer syntax, or a concatenation",
                   writer->frame_count + 1, (unsigned)writer->description->geometry.rows,
                   (unsigned)writer->description->geometry.columns);
}

static dseg_status check_frame_count(const dseg_writer *writer, dseg_error *error) {
  if (writer->frame_count >= INT32_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "more frames than Number of Frames (0028,0008) holds: 2147483647");
  }
  return check_native_size(writer, error);
}

dseg_status dseg_writer_repeat_frame(dseg_writer *writer, const dseg_frame_record *earlier, size_t plane,
                                     int32_t segment, dseg_error *error) {
  dseg_frame_record record = *earlier;
  record.plane = (uint32_t)plane;
  record.segment = segment;
  DSEG_TRY(check_frame_count(writer, error));
  return add_record(writer, &record, error);
}

dseg_status dseg_writer_put_frame(dseg_writer *writer, size_t plane, int32_t segment, dseg_view frame,
                                  dseg_error *error) {
  dseg_frame_record record = {.plane = (uint32_t)plane, .segment = segment};
  DSEG_TRY(check_frame_count(writer, error));
  if (dseg_writer_is_native(writer)) {
    DSEG_TRY(spool_native(writer, frame, &record, error));
  } else { /* as it is, until frame_encoder.c compresses it */
    DSEG_TRY(spool_bytes(writer, frame, &record, error));
  }
  return add_record(writer, &record, error);
}

dseg_write_context dseg_writer_context(const dseg_writer *writer, const dseg_warning_sink *warnings) {
  return (dseg_write_context){.description = writer->description,
                              .format = {.bits_allocated = writer->format.bits_allocated,
                                         .palette_color = writer->format.palette_color,
                                         .replaces = writer->format.replaces},
                              .rows = writer->description->geometry.rows,
                              .columns = writer->description->geometry.columns,
                              .options = writer->options.representation_options,
                              .option_count = writer->options.representation_option_count,
                              .scratch = (dseg_buffer *)&writer->scratch,
                              .state = writer->plugin_state,
                              .warnings = warnings,
                              .sop_class_uid = writer->format.sop_class_uid,
                              .plane = writer->put_plane};
}

static dseg_status put_from_representation(void *user, int32_t segment, dseg_view frame, dseg_error *error) {
  dseg_writer *writer = user;
  return dseg_writer_put_frame(writer, writer->put_plane, segment, frame, error);
}

dseg_status dseg_writer_end_plane(dseg_writer *writer, dseg_error *error) {
  if (!writer->plane_open) {
    return DSEG_OK;
  }
  writer->plane_open = false;
  writer->last_segment[writer->put_plane] = INT32_MAX;
  const dseg_write_context context = dseg_writer_context(writer, &writer->options.warnings);
  const dseg_frame_sink sink = {put_from_representation, writer};
  return dseg_of_plugin(writer->representation->end_plane(&context, &sink, error), writer->representation->name,
                        "end_plane", error);
}

static dseg_status fail_value(size_t plane, uint32_t value, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plane %zu holds the value %lu, which no segment has", plane,
                   (unsigned long)value);
}

/* The checks step over equal neighbours eight bytes at a time: label planes are mostly runs. */
static dseg_status check_labels_8(const dseg_writer *writer, size_t plane, const uint8_t *labels, size_t count,
                                  dseg_error *error) {
  uint64_t last = 0;
  bool any = false;
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t word;
    memcpy(&word, labels + i, sizeof word);
    if (any && word == last) {
      continue;
    }
    for (size_t k = i; k < i + 8; k++) {
      if (!writer->known_values.small[labels[k]]) {
        return fail_value(plane, labels[k], error);
      }
    }
    last = word;
    any = true;
  }
  for (; i < count; i++) {
    if (!writer->known_values.small[labels[i]]) {
      return fail_value(plane, labels[i], error);
    }
  }
  return DSEG_OK;
}

static dseg_status check_labels_16(const dseg_writer *writer, size_t plane, const uint16_t *labels, size_t count,
                                   dseg_error *error) {
  for (size_t i = 0; i < count; i++) {
    if ((i == 0 || labels[i] != labels[i - 1]) && !writer->known_values.small[labels[i]]) {
      return fail_value(plane, labels[i], error);
    }
  }
  return DSEG_OK;
}

static dseg_status check_labels_32(const dseg_writer *writer, size_t plane, const uint32_t *labels, size_t count,
                                   dseg_error *error) {
  for (size_t i = 0; i < count; i++) {
    if ((i == 0 || labels[i] != labels[i - 1]) && !dseg_number_set_has(&writer->known_values, labels[i])) {
      return fail_value(plane, labels[i], error);
    }
  }
  return DSEG_OK;
}

static dseg_status check_instances(const dseg_writer *writer, size_t plane, const void *labels, unsigned bits,
                                   size_t count, dseg_error *error) {
  const size_t most = writer->description->instances->count;
  const uint32_t *numbers = labels;
  if (bits != 32) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "instances come in 32 bits, and these labels have %u", bits);
  }
  for (size_t i = 0; i < count; i++) {
    if (numbers[i] > most) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plane %zu holds the number %lu, and there are %zu instances", plane,
                       (unsigned long)numbers[i], most);
    }
  }
  return DSEG_OK;
}

static dseg_status check_labels(const dseg_writer *writer, size_t plane, const void *labels, unsigned bits,
                                size_t count, dseg_error *error) {
  if (DSEG_HAVE_INSTANCES && writer->description->instances != NULL) {
    return check_instances(writer, plane, labels, bits, count, error);
  }
  switch (bits) {
    case 8: return check_labels_8(writer, plane, labels, count, error);
    case 16: return check_labels_16(writer, plane, labels, count, error);
    default: return check_labels_32(writer, plane, labels, count, error);
  }
}

static dseg_status check_plane(const dseg_writer *writer, size_t plane, dseg_error *error) {
  const size_t count = writer->description->geometry.plane_count;
  return plane < count ? DSEG_OK
                       : dseg_fail(error, DSEG_ERROR_ARGUMENT, "plane %zu of %zu does not exist", plane, count);
}

dseg_status dseg_writer_write_labels(dseg_writer *writer, size_t plane, const void *labels, unsigned bits,
                                     dseg_error *error) {
  dseg_error_clear(error);
  DSEG_TRY(check_plane(writer, plane, error));
  if (labels == NULL || (bits != 8 && bits != 16 && bits != 32)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "labels of %u bits; 8, 16 or 32 are possible", bits);
  }
  if (writer->last_segment[plane] != -1) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plane %zu is written twice", plane);
  }
  const size_t count = (size_t)writer->description->geometry.rows * writer->description->geometry.columns;
  DSEG_TRY(check_labels(writer, plane, labels, bits, count, error));
  DSEG_TRY(dseg_writer_end_plane(writer, error));
  writer->last_segment[plane] = INT32_MAX;
  writer->put_plane = plane;
  const dseg_write_context context = dseg_writer_context(writer, &writer->options.warnings);
  const dseg_frame_sink sink = {put_from_representation, writer};
  return dseg_of_plugin(writer->representation->put_labels(&context, labels, bits, &sink, error),
                        writer->representation->name, "put_labels", error);
}

/* Marks the mask's voxels; notes whether one was marked before. Returns whether there is any. */
static bool mark_occupied(dseg_writer *writer, size_t plane, const uint8_t *mask, size_t count) {
  if (writer->occupied_plane != plane) {
    memset(writer->occupied, 0, count);
    writer->occupied_plane = plane;
    /* Earlier masks of this plane are forgotten by now. */
    writer->overlap_unsure = writer->overlap_unsure || writer->last_segment[plane] != -1;
  }
  uint8_t any = 0, both = 0;
  for (size_t i = 0; i < count; i++) {
    const uint8_t set = mask[i] != 0;
    any |= set;
    both |= set & writer->occupied[i];
    writer->occupied[i] |= set;
  }
  writer->overlap_found = writer->overlap_found || both != 0;
  return any != 0;
}

dseg_status dseg_writer_write_mask(dseg_writer *writer, size_t plane, size_t segment, const uint8_t *mask,
                                   dseg_error *error) {
  dseg_error_clear(error);
  const dseg_description *description = writer->description;
  DSEG_TRY(check_plane(writer, plane, error));
  if (DSEG_HAVE_INSTANCES && description->instances != NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "instances come as planes of their numbers, not as masks");
  }
  if (writer->representation->put_mask == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%s has no frame for each segment: give planes of labels",
                     writer->representation->title);
  }
  if (mask == NULL || segment >= description->segment_count) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "segment %zu of %zu does not exist", segment,
                     description->segment_count);
  }
  if ((int64_t)segment <= (int64_t)writer->last_segment[plane]) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "plane %zu: segments come in ascending order, each once", plane);
  }
  const size_t count = (size_t)description->geometry.rows * description->geometry.columns;
  if (writer->occupied == NULL) {
    writer->occupied = calloc(count, 1);
    if (writer->occupied == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
    }
  }
  writer->masks_written = true;
  const bool any = mark_occupied(writer, plane, mask, count);
  writer->last_segment[plane] = (int32_t)segment;
  if (!any) {
    return DSEG_OK; /* empty frames are added at the end, where the policy wants them */
  }
  if (writer->put_plane != plane) {
    DSEG_TRY(dseg_writer_end_plane(writer, error));
  }
  writer->put_plane = plane;
  writer->plane_open = writer->representation->end_plane != NULL;
  const dseg_write_context context = dseg_writer_context(writer, &writer->options.warnings);
  const dseg_frame_sink sink = {put_from_representation, writer};
  return dseg_of_plugin(writer->representation->put_mask(&context, segment, mask, &sink, error),
                        writer->representation->name, "put_mask", error);
}

void dseg_writer_destroy(dseg_writer *writer) {
  if (writer == NULL) {
    return;
  }
  if (writer->plugin_state != NULL) {
    writer->representation->end_write(writer->plugin_state);
  }
  dseg_outlet_abandon(&writer->outlet);
  dseg_frame_spool_destroy(&writer->spool);
  dseg_buffer_free(&writer->scratch);
  dseg_buffer_free(&writer->encoded);
  dseg_description_destroy(writer->description);
  free(writer->frames);
  dseg_number_set_free(&writer->known_values);
  free(writer->last_segment);
  free(writer->occupied);
  free(writer->path);
  free(writer);
}
