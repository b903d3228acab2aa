/* SPDX-License-Identifier: Apache-2.0 */
/* rle.c - RLE Lossless, 1.2.840.10008.1.2.5 (PS3.5 8.2.2, A.4.2, Annex G).
 *
 * A frame is a header of 64 bytes (the number of segments and where each begins) and, for each byte of a pixel, the
 * most significant first, one segment: a control byte of 0..127 is followed by that many bytes plus one, one of
 * 129..255 by a byte that is repeated 257 minus that many times, 128 does nothing. Pixels of 1 bit have a byte each,
 * filled up with zeros (G.2). Some writers packed 8 of them into a byte; such a segment is an eighth as long, which
 * cannot be mistaken, and is read. */
#include <string.h>

#include "base/endian.h"
#include "frames/builtin.h"
#include "frames/frame_codec.h"

#define HEADER_SIZE 64
#define MAX_SEGMENTS 15
#define MAX_COUNT 128 /* bytes that one control byte can stand for */

/* How many of at most count bytes equal the first one. */
static size_t run_length(const uint8_t *bytes, size_t count) {
  const uint64_t all = bytes[0] * UINT64_C(0x0101010101010101);
  size_t length = 0;
  while (count - length >= 8) {
    const uint64_t difference = dseg_load_le64(bytes + length) ^ all;
    if (difference != 0) {
      return length + (size_t)__builtin_ctzll(difference) / 8;
    }
    length += 8;
  }
  while (length < count && bytes[length] == bytes[0]) {
    length++;
  }
  return length;
}

static uint8_t *put_literal(const uint8_t *bytes, size_t count, uint8_t *out) {
  while (count > 0) {
    const size_t part = count < MAX_COUNT ? count : MAX_COUNT;
    *out++ = (uint8_t)(part - 1);
    memcpy(out, bytes, part);
    out += part;
    bytes += part;
    count -= part;
  }
  return out;
}

/* Runs of three and more are worth a control byte of their own; of two only where no literal is open (G.3.1). */
static uint8_t *put_row(const uint8_t *row, size_t count, uint8_t *out) {
  size_t literal = 0;
  size_t at = 0;
  while (at < count) {
    const size_t left = count - at;
    const size_t run = run_length(row + at, left < MAX_COUNT ? left : MAX_COUNT);
    if (run >= 3 || (run == 2 && literal == at)) {
      out = put_literal(row + literal, at - literal, out);
      *out++ = (uint8_t)(257 - run);
      *out++ = row[at];
      literal = at + run;
    }
    at += run;
  }
  return put_literal(row + literal, count - literal, out);
}

/* At least what put_row writes for a row, of which each control byte may stand for one literal of any length. */
static size_t row_bound(size_t columns) {
  return columns + (columns + MAX_COUNT - 1) / MAX_COUNT;
}

/* Appends one segment, each row on its own (G.3.1), padded to even length (G.3). */
static dseg_status put_segment(const dseg_frame_info *info, const uint8_t *bytes, dseg_buffer *out, dseg_error *error) {
  DSEG_TRY(dseg_buffer_reserve(out, row_bound(info->columns) * info->rows + 1, error));
  uint8_t *const start = out->data + out->size;
  uint8_t *end = start;
  for (uint32_t row = 0; row < info->rows; row++) {
    end = put_row(bytes + (size_t)row * info->columns, info->columns, end);
  }
  if ((end - start) % 2 != 0) {
    *end++ = 0;
  }
  out->size += (size_t)(end - start);
  return DSEG_OK;
}

/* The pixels' bytes, the most significant of all first (PS3.5 G.2). */
static void split_long_words(const uint8_t *words, size_t count, uint8_t *out) {
  for (size_t i = 0; i < count; i++) {
    uint32_t value;
    memcpy(&value, words + 4 * i, sizeof value);
    out[i] = (uint8_t)(value >> 24);
    out[count + i] = (uint8_t)(value >> 16);
    out[2 * count + i] = (uint8_t)(value >> 8);
    out[3 * count + i] = (uint8_t)value;
  }
}

static void join_long_words(const uint8_t *bytes, size_t count, uint8_t *words) {
  for (size_t i = 0; i < count; i++) {
    const uint32_t value = (uint32_t)bytes[i] << 24 | (uint32_t)bytes[count + i] << 16 |
                           (uint32_t)bytes[2 * count + i] << 8 | bytes[3 * count + i];
    memcpy(words + 4 * i, &value, sizeof value);
  }
}

/* The same of 16 bits. */
static void split_words(const uint8_t *words, size_t count, uint8_t *out) {
  for (size_t i = 0; i < count; i++) {
    uint16_t value;
    memcpy(&value, words + 2 * i, sizeof value);
    out[i] = (uint8_t)(value >> 8);
    out[count + i] = (uint8_t)value;
  }
}

static void join_words(const uint8_t *bytes, size_t count, uint8_t *words) {
  for (size_t i = 0; i < count; i++) {
    const uint16_t value = (uint16_t)((unsigned)bytes[i] << 8 | bytes[count + i]);
    memcpy(words + 2 * i, &value, sizeof value);
  }
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_encode(&dseg_frame_rle, info, frame, error));
  const size_t pixels = (size_t)info->rows * info->columns;
  dseg_buffer *const scratch = dseg_frame_scratch(context); /* a byte a pixel, or the bytes of words by segment */
  dseg_view bytes;
  DSEG_TRY(dseg_frame_to_pixels(info, frame, scratch, &bytes, error));
  uint32_t segments = 1;
  if (info->bits_allocated > 8) {
    DSEG_TRY(dseg_buffer_resize(scratch, frame.size, error));
    segments = info->bits_allocated / 8;
    if (segments == 2) {
      split_words(frame.data, pixels, scratch->data);
    } else {
      split_long_words(frame.data, pixels, scratch->data);
    }
    bytes.data = scratch->data;
  }
  const size_t start = out->size;
  uint8_t header[HEADER_SIZE] = {0};
  dseg_store_le32(header, segments);
  DSEG_TRY(dseg_buffer_append(out, header, sizeof header, error));
  for (uint32_t segment = 0; segment < segments; segment++) {
    const size_t offset = out->size - start;
    if (offset > UINT32_MAX) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "frame %zu takes more than 2^32 bytes (PS3.5 G.5)", info->frame);
    }
    dseg_store_le32(out->data + start + 4 + 4 * (size_t)segment, (uint32_t)offset);
    DSEG_TRY(put_segment(info, bytes.data + segment * pixels, out, error));
  }
  return DSEG_OK;
}

/* Whether nothing is left of a segment but padding. One zero is to be expected (G.3), some writers add more. */
static bool is_padding(const uint8_t *bytes, const uint8_t *end) {
  while (bytes < end && *bytes == 0) {
    bytes++;
  }
  return bytes == end;
}

/* Expands a segment; false unless it fills out exactly. A hot loop: where there is room, more bytes are copied than
 * counted, which the next ones replace, so that the compiler knows how many. */
static bool expand(dseg_view in, dseg_span out) {
  const uint8_t *from = in.data;
  const uint8_t *const end = in.data + in.size;
  uint8_t *to = out.data;
  uint8_t *const limit = out.data + out.size;
  while (to < limit && from < end) {
    const unsigned control = *from++;
    if (control == 128) {
      continue;
    }
    const size_t count = control < 128 ? control + 1 : 257 - control;
    const size_t room = (size_t)(limit - to);
    const size_t left = (size_t)(end - from);
    if (count > room || left < (control < 128 ? count : 1)) {
      return false;
    }
    if (control > 128) {
      if (room >= MAX_COUNT) {
        memset(to, *from, 16);
        if (count > 16) {
          memset(to + 16, *from, MAX_COUNT - 16);
        }
      } else {
        memset(to, *from, count);
      }
      from++;
    } else {
      if (room >= MAX_COUNT && left >= MAX_COUNT) {
        memcpy(to, from, 16);
        if (count > 16) {
          memcpy(to + 16, from + 16, MAX_COUNT - 16);
        }
      } else {
        memcpy(to, from, count);
      }
      from += count;
    }
    to += count;
  }
  return to == limit && is_padding(from, end);
}

static dseg_status bad_segment(const dseg_frame_info *info, uint32_t segment, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT,
                   "frame %zu: RLE segment %u does not hold %u rows of %u columns (PS3.5 G.3)", info->frame,
                   (unsigned)segment + 1, (unsigned)info->rows, (unsigned)info->columns);
}

/* The bytes of one segment, by the header's offsets (G.5). */
static dseg_status find_segment(const dseg_frame_info *info, dseg_view in, uint32_t segment, uint32_t segments,
                                dseg_view *found, dseg_error *error) {
  const size_t start = dseg_load_le32(in.data + 4 + 4 * (size_t)segment);
  const size_t end = segment + 1 < segments ? dseg_load_le32(in.data + 8 + 4 * (size_t)segment) : in.size;
  if (start < HEADER_SIZE || start > end || end > in.size) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: RLE segment %u lies at %zu to %zu of %zu bytes (PS3.5 G.5)",
                     info->frame, (unsigned)segment + 1, start, end, in.size);
  }
  *found = (dseg_view){in.data + start, end - start};
  return DSEG_OK;
}

/* 1-bit frames: a byte a pixel, or, beyond the standard, packed. */
static dseg_status decode_bits(dseg_codec_context *context, const dseg_frame_info *info, dseg_view segment,
                               dseg_span out, dseg_error *error) {
  dseg_span pixels;
  DSEG_TRY(dseg_frame_pixel_span(info, out, dseg_frame_scratch(context), &pixels, error));
  if (expand(segment, pixels)) {
    return dseg_frame_from_pixels(info, pixels, out, error);
  }
  if (!expand(segment, out)) {
    return bad_segment(info, 0, error);
  }
  dseg_frame_from_bytes(info, out);
  return DSEG_OK;
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  const size_t pixels = (size_t)info->rows * info->columns;
  const uint32_t segments = info->bits_allocated > 8 ? info->bits_allocated / 8 : 1;
  if (in.size < HEADER_SIZE || dseg_load_le32(in.data) != segments) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "frame %zu: an RLE header of %u segments for Bits Allocated of %u (PS3.5 G.5)", info->frame,
                     in.size < HEADER_SIZE ? 0 : (unsigned)dseg_load_le32(in.data), info->bits_allocated);
  }
  dseg_buffer *const scratch = dseg_frame_scratch(context);
  dseg_span bytes = out;
  if (segments > 1) {
    DSEG_TRY(dseg_buffer_resize(scratch, out.size, error));
    bytes = (dseg_span){scratch->data, out.size};
  }
  for (uint32_t segment = 0; segment < segments; segment++) {
    dseg_view found = {0};
    DSEG_TRY(find_segment(info, in, segment, segments, &found, error));
    if (info->bits_allocated == 1) {
      return decode_bits(context, info, found, out, error);
    }
    if (!expand(found, (dseg_span){bytes.data + segment * pixels, pixels})) {
      return bad_segment(info, segment, error);
    }
  }
  if (segments == 2) {
    join_words(bytes.data, pixels, out.data);
  } else if (segments == 4) {
    join_long_words(bytes.data, pixels, out.data);
  }
  return DSEG_OK;
}

/* PS3.5 Table 8.2.2-1: Bits Allocated of 1, 8 and 16 for MONOCHROME2; PALETTE COLOR with 8 and 16. 32 bits are not in
 * the table; G.2 says how they would be coded, in four segments. */
const dseg_frame_codec dseg_frame_rle = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "rle",
    .title = "RLE Lossless",
    .transfer_syntax_uid = "1.2.840.10008.1.2.5",
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_ANY_BITS,
    .pixel_rules = "PS3.5 Table 8.2.2-1",
    .create = dseg_frame_create_scratch,
    .encode = encode,
    .decode = decode,
    .destroy = dseg_frame_destroy_scratch,
};
