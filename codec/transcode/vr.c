/* SPDX-License-Identifier: Apache-2.0 */
/* vr.c - what the VR of an element means for its encoding. */
#include "transcode/vr.h"

#include <string.h>

#include "dicom/vr.h"

void dseg_vr_copy(char vr[2], const char *letters) {
  vr[0] = letters[0];
  vr[1] = letters[1];
}

bool dseg_vr_is_long(const char vr[2]) {
  return dseg_vr_form(vr) == DSEG_VR_LONG;
}

void dseg_vr_of_implicit(uint32_t tag, const dseg_header *header, char vr[2]) {
  if (header->undefined_length) {
    dseg_vr_copy(vr, tag == DSEG_TAG_PIXEL_DATA ? "OB" : "SQ");
    return;
  }
  dseg_vr_of_tag(tag, vr);
  if (!dseg_vr_is_long(vr) && header->length > UINT16_MAX) {
    dseg_vr_copy(vr, "UN");
  }
}

bool dseg_tag_is_sequence(uint32_t tag) {
  char vr[2];
  dseg_vr_of_tag(tag, vr);
  return memcmp(vr, "SQ", 2) == 0;
}

size_t dseg_vr_unit(const char vr[2]) {
  static const struct {
    char vrs[13];
    size_t size;
  } units[] = {{"ATOWSSUS", 2}, {"FLOFOLSLUL", 4}, {"FDODOVSVUV", 8}};
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
    for (const char *p = units[i].vrs; *p != '\0'; p += 2) {
      if (p[0] == vr[0] && p[1] == vr[1]) {
        return units[i].size;
      }
    }
  }
  return 1;
}

void dseg_turn_around(uint8_t *bytes, size_t size, size_t unit) {
  for (size_t i = 0; i + unit <= size; i += unit) {
    for (size_t k = 0; k < unit / 2; k++) {
      const uint8_t first = bytes[i + k];
      bytes[i + k] = bytes[i + unit - 1 - k];
      bytes[i + unit - 1 - k] = first;
    }
  }
}
