/* SPDX-License-Identifier: Apache-2.0 */
/* native_pixels.c - Pixel Data (7FE0,0010) as an element, and the frames in it when they are not encapsulated (PS3.5
 * 8.1.1, A.1, A.2, A.4). */
#include <inttypes.h>

#include "base/checked.h"
#include "dicom/scanner.h"
#include "validate/check.h"

static void check_vr(dseg_check *check) {
  const char *vr = check->file.pixel_data.vr;
  const bool bytes = vr[0] == 'O' && vr[1] == 'B';
  const bool words = vr[0] == 'O' && vr[1] == 'W';
  if (check->top->implicit_vr) {
    return;
  }
  const bool good = check->facts.encapsulated ? bytes : words || (bytes && check->facts.bits <= 8);
  if (!good) {
    dseg_found(check, DSEG_RULE_PIXEL_DATA_VR, dseg_at(DSEG_TAG_PIXEL_DATA), "is of VR %c%c with %u bits, %s",
               vr[0] >= 'A' && vr[0] <= 'Z' ? vr[0] : '?', vr[1] >= 'A' && vr[1] <= 'Z' ? vr[1] : '?',
               (unsigned)check->facts.bits, check->facts.encapsulated ? "encapsulated" : "native");
  }
}

static uint64_t even_bytes(uint64_t bits) {
  const uint64_t bytes = bits / 8 + (bits % 8 != 0);
  return bytes + bytes % 2;
}

static void check_length(dseg_check *check) {
  const dseg_facts *facts = &check->facts;
  const uint64_t length = check->file.pixel_data.value_length;
  const uint64_t frame_bits = (uint64_t)facts->rows * facts->columns * facts->bits;
  uint64_t bits;
  if (frame_bits == 0 || facts->frames == 0 || !dseg_mul_u64(frame_bits, facts->frames, &bits) ||
      length == even_bytes(bits)) {
    return;
  }
  /* frames and frame_bits / 8 are below 2^31 and 2^33. */
  const uint64_t by_bytes = facts->frames * (frame_bits / 8 + 1);
  const uint64_t by_words = facts->frames * (frame_bits / 16 + 1) * 2;
  if (facts->bits == 1 && frame_bits % 8 != 0 && facts->frames > 1 &&
      (length == by_bytes + by_bytes % 2 || length == by_words)) {
    dseg_found(check, DSEG_RULE_FRAME_BOUNDARIES, dseg_at(DSEG_TAG_PIXEL_DATA),
               "frames of %" PRIu64 " bits begin at whole %s: %" PRIu64 " bytes instead of %" PRIu64, frame_bits,
               length == by_words ? "words" : "bytes", length, even_bytes(bits));
    return;
  }
  dseg_found(check, DSEG_RULE_PIXEL_DATA_LENGTH, dseg_at(DSEG_TAG_PIXEL_DATA),
             "has %" PRIu64 " bytes, %" PRIu64 " frames of %u by %u pixels of %u bits take %" PRIu64, length,
             facts->frames, (unsigned)facts->columns, (unsigned)facts->rows, (unsigned)facts->bits, even_bytes(bits));
}

void dseg_check_native_pixels(dseg_check *check) {
  const dseg_facts *facts = &check->facts;
  const dseg_located *pixels = &check->file.pixel_data;
  const dseg_place place = dseg_at(DSEG_TAG_PIXEL_DATA);
  const dseg_element extended = dseg_get(check->top, DSEG_TAG(0x7FE0, 0x0001));
  if (extended.tag != 0 && !facts->encapsulated) {
    dseg_found(check, DSEG_RULE_OFFSET_TABLES, dseg_at(extended.tag), "is there, frames are not encapsulated");
  }
  if (!pixels->present) {
    dseg_found(check, DSEG_RULE_PIXEL_DATA, place, "is missing");
    return;
  }
  check_vr(check);
  if (pixels->undefined_length != facts->encapsulated) {
    dseg_found(check, DSEG_RULE_ENCAPSULATION, place, "%s, transfer syntax %s says the opposite",
               pixels->undefined_length ? "is encapsulated" : "is one value", check->file.transfer_syntax_uid);
  } else if (!facts->encapsulated) {
    check_length(check);
  }
}
