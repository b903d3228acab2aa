/* SPDX-License-Identifier: Apache-2.0 */
/* undescribed_pixels.c - "every pixel value in Pixel Data is described" (PS3.3 C.8.20.2.3.3).
 *
 * Label maps are made of long runs: words of 8 bytes that equal the one before need no look at their pixels, which
 * makes the check cost a fraction of reading them. */
#include "seg_read/undescribed_pixels.h"

#include <string.h>

#include "model/label_runs.h"

static bool find_bad(const uint8_t *pixels, unsigned bits, size_t first, size_t end, const uint8_t *described,
                     size_t *place) {
  for (size_t i = first; i < end; i++) {
    uint16_t value = pixels[bits == 8 ? i : 0];
    if (bits == 16) {
      memcpy(&value, pixels + i * 2, sizeof value);
    }
    if (described[value] == 0) {
      *place = i;
      return true;
    }
  }
  return false;
}

/* Whether all pixels of a word are described; without a branch, since what differs from pixel to pixel cannot be
 * predicted. The order of bytes does not matter. */
static bool word_is_described(uint64_t word, unsigned bits, const uint8_t *described) {
  if (bits == 8) {
    return (described[word & 0xFF] & described[word >> 8 & 0xFF] & described[word >> 16 & 0xFF] &
            described[word >> 24 & 0xFF] & described[word >> 32 & 0xFF] & described[word >> 40 & 0xFF] &
            described[word >> 48 & 0xFF] & described[word >> 56]) != 0;
  }
  return (described[word & 0xFFFF] & described[word >> 16 & 0xFFFF] & described[word >> 32 & 0xFFFF] &
          described[word >> 48]) != 0;
}

/* A look for each run: values of 32 bits may have to be searched for. */
static bool find_undescribed_word(const void *pixels, size_t count, const dseg_number_set *described, size_t *place) {
  for (size_t i = 0; i < count; i = dseg_label_run_end(pixels, 32, i, count)) {
    if (!dseg_number_set_has(described, dseg_label_at(pixels, 32, i))) {
      *place = i;
      return true;
    }
  }
  return false;
}

static bool are_described(const void *pixels, unsigned bits, size_t count, const uint8_t described[DSEG_PIXEL_VALUES],
                          size_t *place) {
  enum { GROUP = 4 }; /* words that are compared with the one before at once */
  const uint8_t *bytes = pixels;
  const size_t in_word = 64 / bits;
  const size_t groups = count / in_word / GROUP;
  uint64_t last = 0;
  bool any = false;
  for (size_t i = 0; i < groups; i++) {
    uint64_t words[GROUP];
    memcpy(words, bytes + i * sizeof words, sizeof words);
    if (any && ((words[0] ^ last) | (words[1] ^ last) | (words[2] ^ last) | (words[3] ^ last)) == 0) {
      continue;
    }
    bool good = true;
    for (size_t j = 0; j < GROUP; j++) {
      good = word_is_described(words[j], bits, described) && good;
    }
    if (!good) {
      return !find_bad(bytes, bits, i * GROUP * in_word, (i + 1) * GROUP * in_word, described, place);
    }
    last = words[GROUP - 1];
    any = true;
  }
  return !find_bad(bytes, bits, groups * GROUP * in_word, count, described, place);
}

bool dseg_pixels_are_described(const void *pixels, unsigned bits, size_t count, const dseg_number_set *described,
                               size_t *place) {
  return bits == 32 ? !find_undescribed_word(pixels, count, described, place)
                    : are_described(pixels, bits, count, described->small, place);
}
