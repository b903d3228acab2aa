/* SPDX-License-Identifier: Apache-2.0 */
/* inflate_guard.c - follows the elements of a data set while it is inflated: see inflate_guard.h. */
#include "dicom/inflate_guard.h"

#include <inttypes.h>
#include <string.h>

#include "base/checked.h"
#include "base/endian.h"
#include "dicom/tags.h"

#define PIXEL_DATA DSEG_TAG(0x7FE0, 0x0010)
#define ITEM_GROUP 0xFFFEu
#define UNDEFINED UINT32_MAX
#define SLACK \
  ((uint64_t)1 << 20) /* bytes of Pixel Data beyond its frames, or behind all elements, which some writers leave */

static bool has_long_length(const uint8_t *vr) {
  static const char names[] = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
  for (size_t i = 0; i + 1 < sizeof names; i += 3) {
    if (memcmp(names + i, vr, 2) == 0) {
      return true;
    }
  }
  return false;
}

/* Bytes of the header of which 8 are there. */
static size_t header_length(const uint8_t *header) {
  return dseg_load_le16(header) != ITEM_GROUP && has_long_length(header + 4) ? 12 : 8;
}

/* What Pixel Data takes at most: frames that each begin at a whole word. False where it is not known. */
static bool pixel_bytes(const dseg_inflate_guard *guard, uint64_t *bytes) {
  const uint64_t samples = guard->samples != 0 ? guard->samples : 1;
  const uint64_t frames = guard->frames != 0 ? guard->frames : 1;
  return guard->rows != 0 && guard->columns != 0 && guard->bits != 0 &&
         dseg_mul_u64(guard->rows * guard->columns, guard->bits * samples, bytes) &&
         dseg_mul_u64(*bytes / 16 * 2 + 2, frames, bytes) && dseg_add_u64(*bytes, SLACK, bytes);
}

static dseg_status check_pixels(const dseg_inflate_guard *guard, uint32_t length, dseg_error *error) {
  uint64_t most = 0;
  if (pixel_bytes(guard, &most) && length > most) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "the deflated data set has %" PRIu32
                     " bytes of Pixel Data (7FE0,0010), and its frames take no more "
                     "than %" PRIu64 " (PS3.5 8.1.1)",
                     length, most - SLACK);
  }
  return DSEG_OK;
}

static void begin_item(dseg_inflate_guard *guard, uint32_t tag, uint32_t length) {
  if (tag == DSEG_TAG(0xFFFE, 0xE000)) {
    guard->depth += length == UNDEFINED;
    guard->value = length == UNDEFINED ? 0 : length;
  } else {
    guard->off = guard->depth == 0;
    guard->depth -= guard->depth != 0;
  }
}

/* The header is complete. */
static dseg_status begin_value(dseg_inflate_guard *guard, dseg_error *error) {
  const uint8_t *header = guard->header;
  const uint32_t tag = DSEG_TAG((uint32_t)dseg_load_le16(header), (uint32_t)dseg_load_le16(header + 2));
  const bool is_item = tag >> 16 == ITEM_GROUP;
  const uint32_t length = guard->header_size == 12 ? dseg_load_le32(header + 8)
                          : is_item                ? dseg_load_le32(header + 4)
                                                   : dseg_load_le16(header + 6);
  guard->header_size = 0;
  guard->number_size = 0;
  guard->tag = tag;
  if (is_item) {
    begin_item(guard, tag, length);
    return DSEG_OK;
  }
  if (guard->depth == 0 && guard->after_pixels && tag == 0 && length == 0 && guard->padding < SLACK) {
    guard->padding += 8;
    return DSEG_OK;
  }
  if (guard->depth == 0 && guard->after_pixels && tag <= PIXEL_DATA) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "the deflated data set goes on behind Pixel Data (7FE0,0010) with what is no element (PS3.5 7.1)");
  }
  if (guard->depth == 0 && tag == PIXEL_DATA) {
    guard->after_pixels = true;
    guard->off = length == UNDEFINED;
    guard->value = guard->off ? 0 : length;
    return check_pixels(guard, (uint32_t)guard->value, error);
  }
  if (length == UNDEFINED) {
    guard->off = memcmp(header + 4, "SQ", 2) != 0; /* in a UN items are of implicit VR (PS3.5 6.2.2) */
    guard->depth++;
    return DSEG_OK;
  }
  guard->value = length;
  return DSEG_OK;
}

/* A value of the image's form is complete. */
static void take_number(dseg_inflate_guard *guard) {
  const uint64_t number = guard->number_size >= 2 ? dseg_load_le16(guard->number) : 0;
  switch (guard->tag) {
    case DSEG_TAG(0x0028, 0x0002): guard->samples = number; break;
    case DSEG_TAG(0x0028, 0x0010): guard->rows = number; break;
    case DSEG_TAG(0x0028, 0x0011): guard->columns = number; break;
    case DSEG_TAG(0x0028, 0x0100): guard->bits = number; break;
    case DSEG_TAG(0x0028, 0x0008):
      guard->frames = 0;
      for (size_t i = 0; i < guard->number_size; i++) {
        const uint8_t digit = guard->number[i];
        guard->frames = digit >= '0' && digit <= '9' ? guard->frames * 10 + (digit - '0') : guard->frames;
      }
      break;
    default: break;
  }
}

static size_t pass_value(dseg_inflate_guard *guard, dseg_view bytes) {
  const size_t count = bytes.size < guard->value ? bytes.size : (size_t)guard->value;
  const size_t room = sizeof guard->number - guard->number_size;
  const size_t kept = count < room ? count : room;
  memcpy(guard->number + guard->number_size, bytes.data, kept);
  guard->number_size += kept;
  guard->value -= count;
  if (guard->value == 0 && guard->depth == 0) {
    take_number(guard);
  }
  return count;
}

dseg_status dseg_inflate_guard_take(dseg_inflate_guard *guard, dseg_view bytes, dseg_error *error) {
  while (bytes.size != 0 && !guard->off) {
    size_t used = 1;
    if (guard->value != 0) {
      used = pass_value(guard, bytes);
    } else {
      guard->header[guard->header_size++] = bytes.data[0];
      if (guard->header_size >= 8 && guard->header_size == header_length(guard->header)) {
        DSEG_TRY(begin_value(guard, error));
      }
    }
    bytes = (dseg_view){bytes.data + used, bytes.size - used};
  }
  return DSEG_OK;
}
