/* SPDX-License-Identifier: Apache-2.0 */
/* check_frames.c - what an opened object tells of its encoding, and the bytes of its stored frames. */
#include "check.h"

/* The pixel of a stored native frame, or of a decoded one (bit 0, native order). */
static uint32_t pixel_at(const uint8_t *bytes, unsigned bit, const dseg_frame_info *info, bool swapped, size_t i) {
  if (info->bits_allocated == 1) {
    return (uint32_t)bytes[(bit + i) / 8] >> ((bit + i) % 8) & 1u;
  }
  if (info->bits_allocated == 8) {
    return bytes[i];
  }
  const unsigned low = bytes[2 * i + (swapped ? 1 : 0)];
  const unsigned high = bytes[2 * i + (swapped ? 0 : 1)];
  return low | high << 8;
}

static dseg_status read_stored_frame(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  return dseg_source_read_frame(user, frame, out, error);
}

static void check_frame(const opened_object *reading, size_t frame, size_t frame_count, const dseg_frame_info *info) {
  const truth_volume *truth = reading->written->truth;
  const dseg_frame_codec *codec = reading->written->codec;
  dseg_frame_location location;
  dseg_buffer stored = {0}, decoded = {0};
  dseg_error error = {0};
  CHECK_OK(dseg_source_frame(reading->source, frame, &location, &error), error);
  CHECK_OK(dseg_source_read_frame(reading->source, frame, &stored, &error), error);
  if (error.status != DSEG_OK || !CHECK(stored.size > 0 && location.plane < reading->description->geometry.plane_count,
                                        "frame %zu has no bytes or no plane", frame)) {
    dseg_buffer_free(&stored);
    return;
  }
  const uint8_t *bytes = stored.data;
  const bool native = (codec->flags & DSEG_PLUGIN_NATIVE) != 0;
  if (!native) {
    const dseg_codec_setup setup = {
        .format = *info, .frame_count = frame_count, .frames = {read_stored_frame, reading->source}};
    dseg_codec_context *context = NULL;
    CHECK_OK(dseg_buffer_resize(&decoded, dseg_frame_bytes(info), &error), error);
    CHECK_OK(codec->create(&setup, &context, &error), error);
    CHECK_OK(codec->decode(context, info, (dseg_view){stored.data, stored.size},
                           (dseg_span){decoded.data, decoded.size}, &error),
             error);
    codec->destroy(context);
    bytes = decoded.data;
  } else {
    CHECK(stored.size == location.length, "frame %zu: %zu bytes, not %u", frame, stored.size, location.length);
  }
  const bool little_host = *(const uint8_t *)&(const uint16_t){1} == 1;
  const bool swapped = native ? (codec->flags & DSEG_PLUGIN_BIG_ENDIAN) != 0 : !little_host;
  /* Pixels of label frames that stand for several segments, or that count within a frame, are the representation's own;
   * check_read.c reads masks. */
  const uint32_t flags = reading->written->representation->flags;
  const bool own =
      (flags & DSEG_PLUGIN_INSTANCES) != 0 || (truth->masks != NULL && (flags & DSEG_PLUGIN_OWN_VALUES) != 0);
  size_t wrong = 0;
  for (size_t i = 0; error.status == DSEG_OK && !own && i < truth->plane_voxels; i++) {
    const size_t voxel = reading->plane_of[location.plane] * truth->plane_voxels + i;
    const uint32_t pixel = pixel_at(bytes, native ? location.bit : 0, info, swapped, i);
    const uint32_t index = truth->indices != NULL ? truth->indices[voxel] : 0;
    const uint32_t wanted = location.segment >= 0 ? truth_mask_at(truth, (size_t)location.segment, voxel)
                            : index > 0           ? truth->description->segments[index - 1].number
                                                  : 0;
    wrong += pixel != wanted;
  }
  CHECK(wrong == 0, "frame %zu: %zu pixels differ", frame, wrong);
  dseg_buffer_free(&stored);
  dseg_buffer_free(&decoded);
}

void check_frames(const opened_object *reading) {
  const dseg_encoding_info *encoding = dseg_source_encoding(reading->source);
  const written_object *written = reading->written;
  CHECK(check_same_text(encoding->representation, written->representation->name), "representation %s",
        encoding->representation);
  CHECK(check_same_text(encoding->frame_codec, written->codec->name), "frame codec %s", encoding->frame_codec);
  CHECK(check_same_text(encoding->transfer_syntax_uid, written->codec->transfer_syntax_uid), "transfer syntax differs");
  CHECK(encoding->pixel_data_bytes < encoding->file_bytes || (written->codec->flags & DSEG_PLUGIN_DEFLATED) != 0,
        "more pixel data than file");
  const dseg_geometry *geometry = &reading->description->geometry;
  dseg_frame_info info = {
      .rows = geometry->rows, .columns = geometry->columns, .bits_allocated = encoding->bits_allocated};
  const size_t step = encoding->frame_count > 200 ? encoding->frame_count / 200 : 1;
  for (size_t frame = 0; frame < encoding->frame_count; frame += step) {
    info.frame = frame;
    check_frame(reading, frame, encoding->frame_count, &info);
  }
  CHECK(
      dseg_source_frame(reading->source, encoding->frame_count, &(dseg_frame_location){0}, NULL) == DSEG_ERROR_ARGUMENT,
      "a frame that is not there is not refused");
}
