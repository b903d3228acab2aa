/* SPDX-License-Identifier: Apache-2.0 */
/* palette.c - PALETTE COLOR: the segments' colours as a palette (Palette Color Lookup Table, PS3.3 C.7.9), with
 * the ICC Profile module that it requires (C.11.15, Table A.51-1).
 *
 * The table begins at pixel value 0 (C.7.6.3.1.5, C.7.6.3.1.6). Its entries have as many bits as the pixels:
 * pydicom 3.0 finds no entry above 255 where entries have 8, and highdicom 0.28 applies no profile where they have 16.
 * The background is black. Values that no segment has are white, one behind the last segment's included where there is
 * room: dciodvfy takes a table without bright entries for one of fewer bits. */
#include <stdlib.h>
#include <string.h>

#include "seg_write/icc_profile.h"
#include "seg_write/object.h"

#define ENTRIES_MAX ((size_t)65536)

/* Entries of the table, an even number: more than the largest value that a pixel may have. */
static size_t entry_count(const dseg_description *description) {
  uint32_t largest = description->has_background ? description->background : 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t number = description->segments[i].number;
    largest = number > largest ? number : largest;
  }
  const size_t count = ((size_t)largest + 3) / 2 * 2;
  return count < ENTRIES_MAX ? count : ENTRIES_MAX;
}

/* bits 16: an entry is a word; 8: two are, the first in the less significant byte. */
static void set_entry(uint16_t *words, unsigned bits, uint32_t value, uint8_t entry) {
  if (bits == 16) {
    words[value] = (uint16_t)(entry * 257);
    return;
  }
  const unsigned shift = value % 2 * 8;
  words[value / 2] = (uint16_t)((words[value / 2] & ~(0xFFu << shift)) | (unsigned)entry << shift);
}

/* Puts the table of one of red, green and blue, whose index is channel. words: room for count entries. */
static void put_channel(dseg_data_set *set, const dseg_seg_object *object, unsigned channel, uint16_t *words,
                        size_t count) {
  const dseg_description *description = object->description;
  const unsigned bits = object->format.bits_allocated;
  const uint16_t descriptor[3] = {(uint16_t)count, 0, (uint16_t)bits}; /* 65536 entries are written as 0 */
  const size_t word_count = count * bits / 16;
  memset(words, 0xFF, word_count * sizeof *words);
  if (description->has_background) {
    set_entry(words, bits, description->background, 0);
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_segment *segment = &description->segments[i];
    uint8_t rgb[3] = {segment->rgb[0], segment->rgb[1], segment->rgb[2]};
    if (!segment->has_color) {
      dseg_default_color(i, rgb);
    }
    set_entry(words, bits, segment->number, rgb[channel]);
  }
  dseg_data_set_put_u16(set, 0x00281101 + channel, "US", descriptor, 3);
  dseg_data_set_put_u16(set, 0x00281201 + channel, "OW", words, word_count);
}

void dseg_put_palette(dseg_data_set *set, const dseg_seg_object *object) {
  const size_t count = entry_count(object->description);
  uint16_t *words = malloc(count * sizeof *words);
  if (words == NULL) {
    dseg_data_set_fail(set, DSEG_ERROR_MEMORY, "out of memory for a palette");
    return;
  }
  for (unsigned channel = 0; channel < 3; channel++) {
    put_channel(set, object, channel, words, count);
  }
  free(words);
  uint8_t profile[DSEG_ICC_PROFILE_BYTES];
  dseg_icc_srgb(profile);
  dseg_data_set_put_bytes(set, 0x00282000, "OB", (dseg_view){profile, sizeof profile});
  dseg_data_set_put_text(set, 0x00282002, "CS", "SRGB");
}
