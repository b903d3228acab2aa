/* SPDX-License-Identifier: Apache-2.0 */
/* object.c - the object that is transcoded: its frames, and whether and how the target can have them. */
#include "transcode/object.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory_limit.h"
#include "seg_read/dicom_source.h"
#include "seg_read/fragments.h"
#include "seg_read/frame_reader.h"
#include "seg_read/no_codec.h"
#include "seg_read/object.h"

#define PREFIX_END 132u /* preamble and "DICM" (PS3.10 7.1) */

static dseg_status find_target(dseg_transcoder *transcoder, dseg_error *error) {
  const dseg_transcode_options *options = &transcoder->options;
  if (options->transfer_syntax == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "transcoding needs a transfer syntax");
  }
  const dseg_frame_codec *codec = dseg_find_frame_codec(options->transfer_syntax);
  if (codec == NULL || (codec->flags & DSEG_PLUGIN_CAN_WRITE) == 0 || (codec->flags & DSEG_PLUGIN_BIG_ENDIAN) != 0) {
    const char *option = dseg_missing_codec_option(options->transfer_syntax);
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "transfer syntax '%s' cannot be written by this build%s%s",
                     options->transfer_syntax, option != NULL ? "; it was built without " : "",
                     option != NULL ? option : "");
  }
  if ((codec->flags & DSEG_PLUGIN_LOSSY) != 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "%s is lossy: its frames make another instance with a UID of its own, not this one in another "
                     "transfer syntax (PS3.3 C.7.6.1.1.5); dseg convert writes it",
                     codec->name);
  }
  for (size_t i = 0; i < options->codec_option_count; i++) {
    const dseg_option *found = NULL;
    DSEG_TRY(dseg_check_option(codec->name, codec->options, &options->codec_options[i], &found, error));
  }
  transcoder->codec = codec;
  return DSEG_OK;
}

static dseg_status check_source_codec(const dseg_transcoder *transcoder, dseg_error *error) {
  const dseg_frame_codec *codec = transcoder->source.codec;
  if (codec == NULL || (transcoder->way == DSEG_WAY_ENCODE && codec->decode == NULL)) {
    return dseg_fail_no_codec(&transcoder->part10, error);
  }
  return DSEG_OK;
}

static dseg_frame_way choose_way(const dseg_transcoder *transcoder) {
  const dseg_frame_codec *from = transcoder->source.codec;
  const dseg_frame_codec *to = transcoder->codec;
  if (from != NULL && dseg_codec_is_native(from) && dseg_codec_is_native(to)) {
    return DSEG_WAY_VALUE;
  }
  return from == to && transcoder->options.codec_option_count == 0 ? DSEG_WAY_FRAGMENTS : DSEG_WAY_ENCODE;
}

/* Where native frames end there may be bits and bytes that are none of a frame. They go along with the value, and have
 * no place among compressed frames. */
static dseg_status check_rest(const dseg_transcoder *transcoder, uint64_t frame_bits, uint64_t extra,
                              dseg_error *error) {
  const dseg_located *pixels = &transcoder->part10.pixel_data;
  const uint64_t bits = frame_bits * transcoder->frame_count;
  uint8_t last[2] = {0};
  if (transcoder->way != DSEG_WAY_ENCODE) {
    return DSEG_OK;
  }
  if (extra > 1 && transcoder->source.info.bits_allocated == 1) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "Pixel Data (7FE0,0010) has %" PRIu64
                     " bytes more than its 1-bit frames take, so where each begins is not sure (PS3.5 8.1.1): dseg "
                     "convert with --padded-bit-frames makes an object of which it is",
                     extra);
  }
  if (extra > 1) {
    dseg_warn(&transcoder->options.warnings,
              "Pixel Data (7FE0,0010) has %" PRIu64
              " bytes more than its frames take (PS3.5 8.1.1); they have no place among compressed frames and are left "
              "out",
              extra);
    return DSEG_OK;
  }
  for (uint64_t i = 0; i < 2; i++) { /* in the order of the bits, whatever that of bytes in a word */
    const uint64_t at = (bits / 8 + i) ^ (transcoder->source.swap_pairs ? 1u : 0u);
    if (bits / 8 + i < pixels->value_length && at < pixels->value_length) {
      DSEG_TRY(dseg_input_read(transcoder->part10.input, pixels->value_offset + at, &last[i], 1, error));
    }
  }
  last[0] &= (uint8_t)(0xFFu << bits % 8);
  if (last[0] != 0 || last[1] != 0) {
    dseg_warn(
        &transcoder->options.warnings,
        "Pixel Data (7FE0,0010) has padding behind its last frame that is not zero (PS3.5 8.1.1); it has no place "
        "among compressed frames and is left out");
  }
  return DSEG_OK;
}

static dseg_status locate_frames(dseg_transcoder *transcoder, dseg_error *error) {
  dseg_dicom_source *source = &transcoder->source;
  const dseg_part10 *part10 = &transcoder->part10;
  const dseg_geometry *geometry = &source->base.description->geometry;
  DSEG_TRY(dseg_frame_table_create(transcoder->frame_count, &source->table, error));
  if (source->encapsulated) {
    uint64_t bytes = 0;
    return dseg_locate_encapsulated(&source->table, 0, transcoder->frame_count, 0, part10,
                                    &transcoder->options.warnings, &bytes, error);
  }
  const uint64_t bits = (uint64_t)geometry->rows * geometry->columns * source->info.bits_allocated;
  const dseg_native_layout layout = {bits, bits};
  uint64_t extra = 0;
  DSEG_TRY(
      dseg_locate_native(&source->table, 0, transcoder->frame_count, 0, &part10->pixel_data, &layout, &extra, error));
  return check_rest(transcoder, bits, extra, error);
}

/* What a target cannot have, and what frames lose on the way. */
static dseg_status check_frames(const dseg_transcoder *transcoder, dseg_error *error) {
  const dseg_dicom_source *source = &transcoder->source;
  const dseg_frame_info form = dseg_dicom_frame_form(source);
  DSEG_TRY(dseg_check_encoding(source->representation, transcoder->codec, &form, error));
  if (dseg_frame_bytes(&form) > UINT32_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "frames of %u x %u pixels with %u bits are past 4 GiB",
                     (unsigned)form.columns, (unsigned)form.rows, form.bits_allocated);
  }
  const uint64_t bits = (uint64_t)form.rows * form.columns * form.bits_allocated;
  if (dseg_codec_is_native(transcoder->codec) && bits * transcoder->frame_count / 8 > DSEG_NATIVE_LIMIT) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "native Pixel Data (7FE0,0010) cannot hold %zu frames of %u x %u: 4,294,967,294 bytes at most "
                     "(PS3.5 7.1.2); dseg convert --concatenation divides the object",
                     transcoder->frame_count, (unsigned)form.columns, (unsigned)form.rows);
  }
  if (transcoder->way == DSEG_WAY_ENCODE && (source->codec->flags & DSEG_PLUGIN_LOSSY) != 0) {
    dseg_warn(&transcoder->options.warnings,
              "frames are decoded from %s, which is lossy: another decoder's values may differ a little; Lossy Image "
              "Compression (0028,2110) stays as it is (PS3.3 C.7.6.1.1.5)",
              source->codec->name);
  }
  return DSEG_OK;
}

/* The VR of native Pixel Data that does not come back from a side that has none, or OB. */
static void warn_of_vr(const dseg_transcoder *transcoder) {
  const dseg_part10 *part10 = &transcoder->part10;
  const char *vr = part10->pixel_data.vr;
  const bool was_told = !part10->elements.implicit_vr && !transcoder->source.encapsulated;
  const bool is_told = transcoder->way == DSEG_WAY_VALUE && (transcoder->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) == 0;
  const bool is_word = memcmp(vr, "OW", 2) == 0;
  const bool is_byte = memcmp(vr, "OB", 2) == 0 && transcoder->source.info.bits_allocated <= 8;
  if (was_told && !is_told && !is_word && !is_byte) {
    dseg_warn(&transcoder->options.warnings,
              "Pixel Data (7FE0,0010) has VR %.2s, which the target has no place for; on the way back it has OB or OW "
              "(PS3.5 A.2)",
              vr);
  }
}

static dseg_status read_object(dseg_transcoder *transcoder, uint64_t limit, dseg_error *error) {
  dseg_dicom_source *source = &transcoder->source;
  dseg_part10 *part10 = &transcoder->part10;
  source->base.description = dseg_description_create();
  if (source->base.description == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for an object");
  }
  source->parts = part10;
  source->part_count = 1;
  source->part_frames = &transcoder->frame_count;
  DSEG_TRY(dseg_read_object(part10, source, error));
  transcoder->way = choose_way(transcoder);
  DSEG_TRY(check_source_codec(transcoder, error));
  size_t total = 0;
  DSEG_TRY(dseg_dicom_count_frames(source, limit, &transcoder->frame_count, &total, error));
  DSEG_TRY(dseg_dicom_read_encoding(source, error));
  DSEG_TRY(check_frames(transcoder, error));
  warn_of_vr(transcoder);
  return locate_frames(transcoder, error);
}

dseg_status dseg_transcoder_open(dseg_transcoder *transcoder, const dseg_input *input, dseg_error *error) {
  dseg_part10 *part10 = &transcoder->part10;
  bool is_dicom = false;
  DSEG_TRY(find_target(transcoder, error));
  transcoder->options.memory_limit = dseg_memory_limit(transcoder->options.memory_limit);
  transcoder->source.memory_limit = transcoder->options.memory_limit;
  const dseg_part10_options how = {.memory_limit = transcoder->options.memory_limit,
                                   .temporary_directory = transcoder->options.temporary_directory};
  DSEG_TRY(dseg_input_borrow(input, &transcoder->input, error));
  DSEG_TRY(dseg_part10_open(transcoder->input, &how, part10, &is_dicom, error));
  if (!is_dicom) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "no DICOM file: it has no DICM behind a preamble (PS3.10 7.1)");
  }
  transcoder->data_set = part10->input != part10->stored ? 0 : PREFIX_END + part10->meta_bytes.size;
  transcoder->recodes = part10->elements.big_endian ||
                        part10->elements.implicit_vr != ((transcoder->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0);
  return read_object(transcoder, transcoder->options.memory_limit, error);
}

void dseg_transcoder_close(dseg_transcoder *transcoder) {
  dseg_frame_table_free(&transcoder->source.table);
  dseg_description_destroy(transcoder->source.base.description);
  if (transcoder->part10.stored != NULL) {
    dseg_part10_release(&transcoder->part10);
  }
  dseg_input_close(transcoder->input);
}
