/* SPDX-License-Identifier: Apache-2.0 */
/* pixel_data.c - Pixel Data from the spool, copied in pieces as large as the order of frames allows. */
#include "seg_write/pixel_data.h"

#include "base/endian.h"
#include "dicom/element_writer.h"
#include "model/bit_planes.h"

#define TAG_PIXEL_DATA 0x7FE00010u
#define ITEM_HEADER 8u
#define PIECE_BYTES ((uint64_t)1 << 19)
#define LARGE_PART_BYTES ((uint64_t)1 << 16) /* parts of this size are copied one by one */

uint64_t dseg_native_bytes(uint64_t frame_bits, size_t count) {
  const uint64_t bytes = (frame_bits * count + 7) / 8;
  return bytes + bytes % 2;
}

/* Encapsulated frames: runs of items that lie in the spool as they will in the file are copied as one. */
static dseg_status copy_fragments(dseg_output_stream *stream, const dseg_pixel_data *pixels, dseg_error *error) {
  size_t i = 0;
  while (i < pixels->count) {
    const uint64_t start = pixels->frames[i].offset;
    uint64_t end = start;
    for (; i < pixels->count && pixels->frames[i].offset == end; i++) {
      const uint64_t length = pixels->frames[i].length;
      end += ITEM_HEADER + length + length % 2;
    }
    DSEG_TRY(dseg_stream_copy(stream, pixels->spool, start, end - start, error));
  }
  return DSEG_OK;
}

/* A piece of the spool in memory: small parts of frames are read together. */
struct piece {
  dseg_buffer bytes;
  uint64_t offset;
};

/* Reads from frame first's part on, as far as parts follow each other in the spool and fit. */
static dseg_status read_piece(const dseg_pixel_data *pixels, size_t first, struct piece *piece, dseg_error *error) {
  piece->offset = pixels->frames[first].offset;
  uint64_t end = piece->offset;
  for (size_t i = first; i < pixels->count; i++) {
    const dseg_frame_record *frame = &pixels->frames[i];
    if (frame->length > 0 && (frame->offset != end || end + frame->length - piece->offset > PIECE_BYTES)) {
      break;
    }
    end += frame->length;
  }
  piece->bytes.size = 0;
  DSEG_TRY(dseg_buffer_resize(&piece->bytes, (size_t)(end - piece->offset), error));
  return dseg_frame_spool_read(pixels->spool, piece->offset, piece->bytes.data, piece->bytes.size, error);
}

static dseg_status write_part(dseg_output_stream *stream, const dseg_pixel_data *pixels, size_t index,
                              struct piece *piece, dseg_error *error) {
  const dseg_frame_record *frame = &pixels->frames[index];
  if (frame->length > LARGE_PART_BYTES) {
    return dseg_stream_copy(stream, pixels->spool, frame->offset, frame->length, error);
  }
  if (frame->offset < piece->offset || frame->offset + frame->length > piece->offset + piece->bytes.size) {
    DSEG_TRY(read_piece(pixels, index, piece, error));
  }
  return dseg_stream_write(stream, piece->bytes.data + (frame->offset - piece->offset), frame->length, error);
}

/* Native frames of whole bytes: what is not zero comes from the spool, zeros around it are made. */
static dseg_status write_bytes(dseg_output_stream *stream, const dseg_pixel_data *pixels, dseg_error *error) {
  const uint64_t size = pixels->frame_bits / 8;
  struct piece piece = {.offset = 0};
  uint64_t zeros = 0;
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < pixels->count; i++) {
    const dseg_frame_record *frame = &pixels->frames[i];
    zeros += frame->start;
    if (frame->length > 0) {
      status = dseg_stream_zeros(stream, zeros, error);
      status = status == DSEG_OK ? write_part(stream, pixels, i, &piece, error) : status;
      zeros = 0;
    }
    zeros += size - frame->start - frame->length;
  }
  dseg_buffer_free(&piece.bytes);
  return status == DSEG_OK ? dseg_stream_zeros(stream, zeros, error) : status;
}

/* Whether the frames are one run of bits in the spool, from a byte's start to a byte's or the spool's end. */
static bool is_one_run_of_bits(const dseg_pixel_data *pixels) {
  for (size_t i = 1; i < pixels->count; i++) {
    if (pixels->frames[i].offset != pixels->frames[i - 1].offset + pixels->frame_bits) {
      return false;
    }
  }
  const uint64_t end = pixels->frames[pixels->count - 1].offset + pixels->frame_bits;
  return pixels->frames[0].offset % 8 == 0 && (end % 8 == 0 || (end + 7) / 8 == pixels->spool->written);
}

/* Writes the queue's full bytes. */
static dseg_status drain(dseg_output_stream *stream, dseg_bit_queue *queue, dseg_error *error) {
  const size_t full = queue->bytes.size - (queue->open_bits == 0 ? 0 : 1);
  DSEG_TRY(dseg_stream_write(stream, queue->bytes.data, full, error));
  dseg_bit_queue_drop(queue, full);
  return DSEG_OK;
}

static dseg_status repack(dseg_output_stream *stream, const dseg_pixel_data *pixels, dseg_bit_queue *queue,
                          dseg_buffer *raw, dseg_buffer *aligned, dseg_error *error) {
  const size_t bits = (size_t)pixels->frame_bits;
  DSEG_TRY(dseg_buffer_resize(raw, (bits + 7) / 8 + 1, error));
  DSEG_TRY(dseg_buffer_resize(aligned, (bits + 7) / 8, error));
  for (size_t i = 0; i < pixels->count; i++) {
    const unsigned bit = (unsigned)(pixels->frames[i].offset % 8);
    DSEG_TRY(
        dseg_frame_spool_read(pixels->spool, pixels->frames[i].offset / 8, raw->data, (bit + bits + 7) / 8, error));
    dseg_bits_align(raw->data, bit, bits, aligned->data);
    DSEG_TRY(dseg_bit_queue_append(queue, aligned->data, bits, error));
    DSEG_TRY(drain(stream, queue, error));
  }
  queue->open_bits = 0;
  return drain(stream, queue, error);
}

/* Frames that do not follow each other in the spool, or start within a byte, are put together anew. */
static dseg_status write_bits(dseg_output_stream *stream, const dseg_pixel_data *pixels, dseg_error *error) {
  const uint64_t bytes = (pixels->frame_bits * pixels->count + 7) / 8;
  if (is_one_run_of_bits(pixels)) {
    return dseg_stream_copy(stream, pixels->spool, pixels->frames[0].offset / 8, bytes, error);
  }
  dseg_bit_queue queue = {0};
  dseg_buffer raw = {0}, aligned = {0};
  const dseg_status status = repack(stream, pixels, &queue, &raw, &aligned, error);
  dseg_buffer_free(&queue.bytes);
  dseg_buffer_free(&raw);
  dseg_buffer_free(&aligned);
  return status;
}

dseg_status dseg_write_native(dseg_output_stream *stream, const dseg_pixel_data *pixels, dseg_error *error) {
  const uint64_t bytes = dseg_native_bytes(pixels->frame_bits, pixels->count);
  const bool words = pixels->implicit_vr || pixels->bits_allocated > 8; /* PS3.5 A.1, A.2 */
  dseg_buffer header = {0};
  dseg_element_writer writer = {&header, pixels->implicit_vr, DSEG_OK, error};
  dseg_write_header(&writer, TAG_PIXEL_DATA, words ? "OW" : "OB", (uint32_t)bytes);
  dseg_status status = writer.status;
  if (status == DSEG_OK) {
    status = dseg_stream_write(stream, header.data, header.size, error);
  }
  dseg_buffer_free(&header);
  DSEG_TRY(status);
  const uint64_t start = stream->position;
  if (pixels->bit_packed) {
    DSEG_TRY(write_bits(stream, pixels, error));
  } else {
    DSEG_TRY(write_bytes(stream, pixels, error));
  }
  return stream->position - start == bytes ? DSEG_OK : dseg_stream_write(stream, "", 1, error);
}

static void append_u64s(dseg_element_writer *writer, uint32_t tag, const dseg_frame_record *frames, size_t count,
                        bool lengths) {
  dseg_write_header(writer, tag, "OV", (uint32_t)(8 * count));
  uint64_t offset = 0;
  for (size_t i = 0; writer->status == DSEG_OK && i < count; i++) {
    const uint64_t padded = frames[i].length + (uint64_t)frames[i].length % 2;
    uint8_t bytes[8];
    dseg_store_le64(bytes, lengths ? padded : offset);
    writer->status = dseg_buffer_append(writer->out, bytes, sizeof bytes, writer->error);
    offset += ITEM_HEADER + padded;
  }
}

static void append_basic_table(dseg_element_writer *writer, const dseg_frame_record *frames, size_t count) {
  uint8_t bytes[ITEM_HEADER] = {0xFE, 0xFF, 0x00, 0xE0};
  uint64_t offset = 0;
  dseg_store_le32(bytes + 4, (uint32_t)(4 * count));
  writer->status = dseg_buffer_append(writer->out, bytes, sizeof bytes, writer->error);
  for (size_t i = 0; writer->status == DSEG_OK && i < count; i++) {
    dseg_store_le32(bytes, (uint32_t)offset);
    writer->status = dseg_buffer_append(writer->out, bytes, 4, writer->error);
    offset += ITEM_HEADER + frames[i].length + (uint64_t)frames[i].length % 2;
  }
}

/* Where the last frame begins, from the first. */
static uint64_t last_offset_of(const dseg_frame_record *frames, size_t count) {
  uint64_t offset = 0;
  for (size_t i = 0; i + 1 < count; i++) {
    offset += ITEM_HEADER + frames[i].length + (uint64_t)frames[i].length % 2;
  }
  return offset;
}

uint64_t dseg_encapsulated_bytes(const dseg_pixel_data *pixels) {
  const uint64_t last = last_offset_of(pixels->frames, pixels->count);
  const uint64_t length = pixels->count > 0 ? pixels->frames[pixels->count - 1].length : 0;
  const bool extended = pixels->extended_table || last > UINT32_MAX;
  const uint64_t table = ITEM_HEADER + (extended ? 0 : 4 * (uint64_t)pixels->count);
  return table + (pixels->count > 0 ? last + ITEM_HEADER + length + length % 2 : 0);
}

dseg_status dseg_offset_tables(const dseg_frame_record *frames, size_t count, bool extended, dseg_buffer *out,
                               dseg_error *error) {
  dseg_element_writer writer = {out, false, DSEG_OK, error};
  if (count > UINT32_MAX / 8) { /* as many items have offsets that only the extended table holds */
    return dseg_fail(error, DSEG_ERROR_LIMIT, "an offset table cannot hold %zu frames (PS3.3 C.7.6.3.1.8)", count);
  }
  extended = extended || last_offset_of(frames, count) > UINT32_MAX;
  if (extended) { /* with an empty Basic Offset Table */
    append_u64s(&writer, 0x7FE00001, frames, count, false);
    append_u64s(&writer, 0x7FE00002, frames, count, true);
  }
  dseg_write_header(&writer, TAG_PIXEL_DATA, "OB", UINT32_MAX);
  if (writer.status == DSEG_OK) {
    append_basic_table(&writer, frames, extended ? 0 : count);
  }
  return writer.status;
}

dseg_status dseg_write_encapsulated(dseg_output_stream *stream, const dseg_pixel_data *pixels, dseg_error *error) {
  static const uint8_t delimiter[8] = {0xFE, 0xFF, 0xDD, 0xE0};
  dseg_buffer tables = {0};
  dseg_status status = dseg_offset_tables(pixels->frames, pixels->count, pixels->extended_table, &tables, error);
  if (status == DSEG_OK) {
    status = dseg_stream_write(stream, tables.data, tables.size, error);
  }
  dseg_buffer_free(&tables);
  DSEG_TRY(status);
  DSEG_TRY(copy_fragments(stream, pixels, error));
  return dseg_stream_write(stream, delimiter, sizeof delimiter, error);
}
