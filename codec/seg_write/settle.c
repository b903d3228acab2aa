/* SPDX-License-Identifier: Apache-2.0 */
/* settle.c - pixel values that a representation knows only when all planes are there: the spooled frames get them, and
 * fewer bits where these are enough, in one pass from the old spool into a new one. */
#include <string.h>

#include "base/endian.h"
#include "model/plugin_call.h"
#include "seg_write/writer.h"

/* From one width of pixels to another, in bytes. */
struct change {
  const dseg_settled_pixels *pixels;
  size_t from, to;
  bool little_endian; /* native frames, whatever the machine */
};

static uint32_t load(const struct change *change, const uint8_t *bytes) {
  uint16_t half;
  uint32_t word;
  if (change->from == 1) {
    return *bytes;
  }
  if (change->from == 2) {
    memcpy(&half, bytes, sizeof half);
    return change->little_endian ? dseg_load_le16(bytes) : half;
  }
  memcpy(&word, bytes, sizeof word);
  return change->little_endian ? dseg_load_le32(bytes) : word;
}

static void store(const struct change *change, uint32_t value, uint8_t *bytes) {
  const uint16_t half = (uint16_t)value;
  if (change->to == 1) {
    *bytes = (uint8_t)value;
  } else if (change->little_endian && change->to == 2) {
    dseg_store_le16(bytes, half);
  } else if (change->little_endian) {
    dseg_store_le32(bytes, value);
  } else {
    memcpy(bytes, change->to == 2 ? (const void *)&half : &value, change->to);
  }
}

/* In place: pixels do not get wider. False when a value does not fit. */
static bool change_pixels(const struct change *change, uint8_t *bytes, size_t count) {
  const dseg_settled_pixels *pixels = change->pixels;
  const uint32_t most = change->to == 4 ? UINT32_MAX : ((uint32_t)1 << 8 * change->to) - 1;
  bool fits = true;
  for (size_t i = 0; i < count; i++) {
    uint32_t value = load(change, bytes + i * change->from);
    value = pixels->values != NULL && value < pixels->count ? pixels->values[value] : value;
    fits = fits && value <= most;
    store(change, value, bytes + i * change->to);
  }
  return fits;
}

/* What lies outside a frame's spooled part is zero, and stays so. */
static dseg_status change_frame(dseg_writer *writer, const struct change *change, dseg_frame_record *record,
                                dseg_frame_spool *to, dseg_error *error) {
  DSEG_TRY(dseg_buffer_resize(&writer->encoded, record->length, error));
  uint8_t *bytes = writer->encoded.data;
  DSEG_TRY(dseg_frame_spool_read(&writer->spool, record->offset, bytes, record->length, error));
  const size_t count = record->length / change->from;
  if (!change_pixels(change, bytes, count)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "representation %s: settle gives pixels of plane %u a value that %u bits do not hold",
                     writer->representation->name, (unsigned)record->plane, 8 * (unsigned)change->to);
  }
  record->start = (uint32_t)(record->start / change->from * change->to);
  record->length = (uint32_t)(count * change->to);
  return dseg_frame_spool_bytes(to, bytes, record->length, &record->offset, error);
}

static dseg_status change_frames(dseg_writer *writer, const struct change *change, dseg_frame_spool *to,
                                 dseg_error *error) {
  DSEG_TRY(dseg_frame_spool_complete(&writer->spool, error));
  DSEG_TRY(dseg_frame_spool_create(to, &writer->to, writer->options.temporary_directory, error));
  for (size_t i = 0; i < writer->frame_count; i++) {
    DSEG_TRY(change_frame(writer, change, &writer->frames[i], to, error));
  }
  return DSEG_OK;
}

static dseg_status check(const dseg_writer *writer, const dseg_settled_pixels *pixels, dseg_error *error) {
  const unsigned before = writer->format.bits_allocated;
  const bool known = (writer->representation->flags & dseg_bits_flag(pixels->bits_allocated)) != 0;
  const bool zero_stays = pixels->values == NULL || pixels->count == 0 || pixels->values[0] == 0;
  if (!known || pixels->bits_allocated < 8 || pixels->bits_allocated > before || !zero_stays) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "representation %s: settle wants %u bits a pixel instead of %u, or changes the value 0",
                     writer->representation->name, pixels->bits_allocated, before);
  }
  return DSEG_OK;
}

dseg_status dseg_writer_settle(dseg_writer *writer, dseg_error *error) {
  const dseg_representation *representation = writer->representation;
  dseg_settled_pixels pixels = {.bits_allocated = writer->format.bits_allocated};
  if (representation->settle == NULL) {
    return DSEG_OK;
  }
  const dseg_write_context context = dseg_writer_context(writer, &writer->options.warnings);
  DSEG_TRY(dseg_of_plugin(representation->settle(&context, &pixels, error), representation->name, "settle", error));
  DSEG_TRY(check(writer, &pixels, error));
  const struct change change = {&pixels, writer->format.bits_allocated / 8, pixels.bits_allocated / 8,
                                dseg_writer_is_native(writer)};
  if (pixels.values == NULL && change.from == change.to) {
    return DSEG_OK;
  }
  dseg_frame_spool settled = {.descriptor = -1};
  const dseg_status status = change_frames(writer, &change, &settled, error);
  if (status != DSEG_OK) {
    dseg_frame_spool_destroy(&settled);
    return status;
  }
  dseg_frame_spool_destroy(&writer->spool);
  writer->spool = settled;
  writer->format.bits_allocated = pixels.bits_allocated;
  const dseg_frame_info form = dseg_writer_frame_format(writer);
  return dseg_check_encoding(representation, writer->codec, &form, error);
}
