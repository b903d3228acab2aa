/* SPDX-License-Identifier: Apache-2.0 */
/* pixels.c - frames on their way: copied with the value or as fragments, or decoded and encoded by the writer's own
 * parts (seg_write/frame_spool.h, frame_encoder.h, pixel_data.h). */
#include "transcode/pixels.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/threads.h"
#include "dicom/element_writer.h"
#include "model/bit_planes.h"
#include "seg_read/fragments.h"
#include "seg_read/frame_reader.h"
#include "seg_write/frame_encoder.h"
#include "seg_write/pixel_data.h"

#define PIECE_BYTES ((size_t)1 << 18)
#define ITEM_HEADER 8u
#define DELIMITER_BYTES 8u
#define BATCH_FRAMES ((size_t)256)
#define BATCH_BYTES ((uint64_t)1 << 26) /* of canonical frames */

/* Frames that are being decoded, side by side. */
struct decoding {
  dseg_transcoder *transcoder;
  dseg_frame_reader **readers; /* by worker */
  unsigned worker_count;
  size_t first; /* frame of the batch */
  size_t frame_bytes;
  uint8_t *frames; /* of the batch, canonical */
};

struct destination {
  uint8_t *frame;
  size_t size;
};

static dseg_status take_frame(void *user, const dseg_decoded_frame *frame, size_t number, dseg_error *error) {
  const struct destination *destination = user;
  (void)number;
  (void)error;
  if (frame->bits_allocated == 1) {
    dseg_bits_align(frame->pixels, frame->bit, (size_t)frame->rows * frame->columns, destination->frame);
  } else {
    memcpy(destination->frame, frame->pixels, destination->size);
  }
  return DSEG_OK;
}

static dseg_status decode_frame(void *user, size_t index, unsigned worker, dseg_error *error) {
  struct decoding *decoding = user;
  const uint32_t number = (uint32_t)(decoding->first + index);
  struct destination destination = {decoding->frames + index * decoding->frame_bytes, decoding->frame_bytes};
  if (decoding->readers[worker] == NULL) {
    decoding->readers[worker] = dseg_frame_reader_create(&decoding->transcoder->source);
    if (decoding->readers[worker] == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a frame reader");
    }
  }
  return dseg_frame_reader_run(decoding->readers[worker], &number, 1, take_frame, &destination, error);
}

static void report(const dseg_transcoder *transcoder, size_t done) {
  const dseg_progress *progress = &transcoder->options.progress;
  /* What is compressed reports the encoder. */
  if (progress->report != NULL && dseg_codec_is_native(transcoder->codec)) {
    progress->report(progress->user, done, transcoder->frame_count);
  }
}

static dseg_status decode_batches(struct decoding *decoding, size_t batch, dseg_error *error) {
  dseg_transcoder *transcoder = decoding->transcoder;
  for (decoding->first = 0; decoding->first < transcoder->frame_count; decoding->first += batch) {
    const size_t left = transcoder->frame_count - decoding->first;
    const size_t count = left < batch ? left : batch;
    DSEG_TRY(dseg_parallel_for(count, decoding->worker_count, decode_frame, decoding, error));
    for (size_t i = 0; i < count; i++) {
      const dseg_view frame = {decoding->frames + i * decoding->frame_bytes, decoding->frame_bytes};
      DSEG_TRY(dseg_writer_put_frame(&transcoder->writer, 0, -1, frame, error));
    }
    report(transcoder, decoding->first + count);
  }
  return dseg_frame_spool_complete(&transcoder->writer.spool, error);
}

/* All frames into the writer's spool. */
static dseg_status decode_frames(dseg_transcoder *transcoder, dseg_error *error) {
  const dseg_frame_info form = dseg_dicom_frame_form(&transcoder->source);
  struct decoding decoding = {.transcoder = transcoder, .frame_bytes = dseg_frame_bytes(&form)};
  const uint64_t fit = BATCH_BYTES / decoding.frame_bytes;
  size_t batch = fit < BATCH_FRAMES ? (size_t)fit : BATCH_FRAMES;
  decoding.worker_count = dseg_worker_count(transcoder->options.threads, transcoder->frame_count);
  DSEG_TRY(dseg_frame_reader_limit(&transcoder->source, &decoding.worker_count, error));
  batch = batch < decoding.worker_count ? decoding.worker_count : batch;
  batch = batch < transcoder->frame_count ? batch : transcoder->frame_count;
  decoding.frames = calloc(batch, decoding.frame_bytes);
  decoding.readers = calloc(decoding.worker_count, sizeof(dseg_frame_reader *));
  const dseg_status status = decoding.frames != NULL && decoding.readers != NULL
                                 ? decode_batches(&decoding, batch, error)
                                 : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", batch);
  for (unsigned i = 0; decoding.readers != NULL && i < decoding.worker_count; i++) {
    dseg_frame_reader_destroy(decoding.readers[i]);
  }
  free(decoding.readers);
  free(decoding.frames);
  return status;
}

/* The parts of a writer that take frames, and nothing else of it. */
static dseg_status start_writer(dseg_transcoder *transcoder, const dseg_output *output, dseg_error *error) {
  const dseg_transcode_options *options = &transcoder->options;
  const dseg_frame_info form = dseg_dicom_frame_form(&transcoder->source);
  dseg_writer *writer = &transcoder->writer;
  *writer = (dseg_writer){.to = *output,
                          .description = transcoder->source.base.description,
                          .representation = transcoder->source.representation,
                          .codec = transcoder->codec,
                          .format = {.bits_allocated = form.bits_allocated, .palette_color = form.palette_color},
                          .options = {.codec_options = options->codec_options,
                                      .codec_option_count = options->codec_option_count,
                                      .offset_table = options->offset_table,
                                      .threads = options->threads,
                                      .memory_limit = options->memory_limit,
                                      .progress = options->progress,
                                      .temporary_directory = options->temporary_directory}};
  writer->bit_packed = dseg_writer_is_native(writer) && dseg_writer_frame_bits(writer) % 8 != 0;
  return dseg_frame_spool_create(&writer->spool, output, options->temporary_directory, error);
}

void dseg_pixels_free(dseg_transcoder *transcoder) {
  dseg_writer *writer = &transcoder->writer;
  if (writer->codec != NULL) {
    dseg_frame_spool_destroy(&writer->spool);
  }
  dseg_buffer_free(&writer->encoded);
  free(writer->frames);
}

/* Records of fragments as they are in the source: what offset tables are made of. */
static dseg_status measure_fragments(dseg_transcoder *transcoder, dseg_error *error) {
  dseg_frame_record *records = calloc(transcoder->frame_count, sizeof *records);
  if (records == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu frames", transcoder->frame_count);
  }
  transcoder->writer.frames = records;
  for (size_t i = 0; i < transcoder->frame_count; i++) {
    uint32_t padded = 0;
    DSEG_TRY(dseg_measure_fragments(transcoder->part10.input, &transcoder->source.table.frames[i], &records[i].offset,
                                    &records[i].length, error));
    DSEG_TRY(dseg_fragment_length(records[i].length, &padded, error));
  }
  return DSEG_OK;
}

static bool has_extended_table(const dseg_transcoder *transcoder) {
  return transcoder->options.offset_table == DSEG_OFFSET_TABLE_EXTENDED;
}

/* Bytes of encapsulated Pixel Data with its tables. */
static dseg_status measure_encapsulated(const dseg_transcoder *transcoder, uint64_t *bytes, dseg_error *error) {
  const dseg_frame_record *records = transcoder->writer.frames;
  dseg_buffer tables = {0};
  const dseg_status status =
      dseg_offset_tables(records, transcoder->frame_count, has_extended_table(transcoder), &tables, error);
  *bytes = tables.size + DELIMITER_BYTES;
  dseg_buffer_free(&tables);
  for (size_t i = 0; i < transcoder->frame_count; i++) {
    *bytes += ITEM_HEADER + (uint64_t)records[i].length + records[i].length % 2;
  }
  return status;
}

static const char *vr_of_native(const dseg_transcoder *transcoder) {
  const dseg_part10 *part10 = &transcoder->part10;
  if (transcoder->way == DSEG_WAY_VALUE && !part10->elements.implicit_vr) {
    return part10->pixel_data.vr;
  }
  return transcoder->source.info.bits_allocated > 8 ? "OW" : "OB"; /* PS3.5 A.2 */
}

/* Header and value of native Pixel Data. */
static dseg_status put_native_header(const dseg_transcoder *transcoder, dseg_buffer *header, dseg_error *error) {
  const bool implicit_vr = (transcoder->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0;
  dseg_element_writer writer = {header, implicit_vr, DSEG_OK, error};
  dseg_write_header(&writer, DSEG_TAG_PIXEL_DATA, vr_of_native(transcoder),
                    (uint32_t)transcoder->part10.pixel_data.value_length);
  return writer.status;
}

dseg_status dseg_pixels_prepare(dseg_transcoder *transcoder, const dseg_output *output, uint64_t *bytes,
                                dseg_error *error) {
  const bool is_native = dseg_codec_is_native(transcoder->codec);
  const uint64_t header = (transcoder->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0 ? 8 : 12;
  if (transcoder->way == DSEG_WAY_VALUE) {
    dseg_buffer bytes_of_header = {0};
    const dseg_status status = put_native_header(transcoder, &bytes_of_header, error);
    *bytes = bytes_of_header.size + transcoder->part10.pixel_data.value_length;
    dseg_buffer_free(&bytes_of_header);
    return status;
  }
  if (transcoder->way == DSEG_WAY_FRAGMENTS) {
    DSEG_TRY(measure_fragments(transcoder, error));
    return measure_encapsulated(transcoder, bytes, error);
  }
  DSEG_TRY(start_writer(transcoder, output, error));
  DSEG_TRY(decode_frames(transcoder, error));
  if (!is_native) {
    DSEG_TRY(dseg_writer_encode_frames(&transcoder->writer, error));
    return measure_encapsulated(transcoder, bytes, error);
  }
  *bytes = header + dseg_native_bytes(dseg_writer_frame_bits(&transcoder->writer), transcoder->frame_count);
  return DSEG_OK;
}

static void swap_pairs(uint8_t *bytes, size_t size) {
  for (size_t i = 0; i + 1 < size; i += 2) {
    const uint8_t first = bytes[i];
    bytes[i] = bytes[i + 1];
    bytes[i + 1] = first;
  }
}

/* The value as it is, but for the order of bytes in words. */
static dseg_status copy_value(const dseg_transcoder *transcoder, dseg_output_stream *stream, dseg_buffer *piece,
                              dseg_error *error) {
  const dseg_located *pixels = &transcoder->part10.pixel_data;
  DSEG_TRY(put_native_header(transcoder, piece, error));
  DSEG_TRY(dseg_stream_write(stream, piece->data, piece->size, error));
  for (uint64_t done = 0; done < pixels->value_length; done += piece->size) {
    const uint64_t left = pixels->value_length - done;
    DSEG_TRY(dseg_buffer_resize(piece, left < PIECE_BYTES ? (size_t)left : PIECE_BYTES, error));
    DSEG_TRY(dseg_input_read(transcoder->part10.input, pixels->value_offset + done, piece->data, piece->size, error));
    if (transcoder->source.swap_pairs) {
      swap_pairs(piece->data, piece->size);
    }
    DSEG_TRY(dseg_stream_write(stream, piece->data, piece->size, error));
  }
  return DSEG_OK;
}

/* Frames as they are, each as one fragment: the Extended Offset Table needs that (PS3.3 C.7.6.3.1.8). */
static dseg_status copy_fragments(const dseg_transcoder *transcoder, dseg_output_stream *stream, dseg_buffer *frame,
                                  dseg_error *error) {
  static const uint8_t delimiter[DELIMITER_BYTES] = {0xFE, 0xFF, 0xDD, 0xE0};
  DSEG_TRY(dseg_offset_tables(transcoder->writer.frames, transcoder->frame_count, has_extended_table(transcoder), frame,
                              error));
  DSEG_TRY(dseg_stream_write(stream, frame->data, frame->size, error));
  for (size_t i = 0; i < transcoder->frame_count; i++) {
    uint8_t item[ITEM_HEADER] = {0xFE, 0xFF, 0x00, 0xE0};
    frame->size = 0;
    DSEG_TRY(dseg_read_fragments(transcoder->part10.input, &transcoder->source.table.frames[i], frame, error));
    if (frame->size % 2 != 0) {
      DSEG_TRY(dseg_buffer_append(frame, "", 1, error));
    }
    dseg_store_le32(item + 4, (uint32_t)frame->size);
    DSEG_TRY(dseg_stream_write(stream, item, sizeof item, error));
    DSEG_TRY(dseg_stream_write(stream, frame->data, frame->size, error));
  }
  return dseg_stream_write(stream, delimiter, sizeof delimiter, error);
}

static dseg_status write_frames(const dseg_transcoder *transcoder, dseg_output_stream *stream, dseg_error *error) {
  const dseg_writer *writer = &transcoder->writer;
  const dseg_pixel_data pixels = {.spool = &writer->spool,
                                  .frames = writer->frames,
                                  .count = writer->frame_count,
                                  .frame_bits = dseg_writer_frame_bits(writer),
                                  .bits_allocated = writer->format.bits_allocated,
                                  .bit_packed = writer->bit_packed,
                                  .implicit_vr = (writer->codec->flags & DSEG_PLUGIN_IMPLICIT_VR) != 0,
                                  .extended_table = has_extended_table(transcoder)};
  return dseg_writer_is_native(writer) ? dseg_write_native(stream, &pixels, error)
                                       : dseg_write_encapsulated(stream, &pixels, error);
}

dseg_status dseg_pixels_write(dseg_transcoder *transcoder, dseg_output_stream *stream, dseg_error *error) {
  if (transcoder->way == DSEG_WAY_ENCODE) {
    return write_frames(transcoder, stream, error);
  }
  dseg_buffer bytes = {0};
  const dseg_status status = transcoder->way == DSEG_WAY_VALUE ? copy_value(transcoder, stream, &bytes, error)
                                                               : copy_fragments(transcoder, stream, &bytes, error);
  dseg_buffer_free(&bytes);
  return status;
}
