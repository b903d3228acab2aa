/* described.c - "every pixel value in Pixel Data is described" (PS3.3 C.8.20.2.3.3).
 *
 * Label maps are made of long runs: a word of 8 bytes that equals the one before needs no look at its pixels, which
 * makes the check cost a fraction of reading them. */
#include "dicom/described.h"

#include <string.h>

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

bool dseg_pixels_are_described(const void *pixels, unsigned bits, size_t count,
                               const uint8_t described[DSEG_PIXEL_VALUES], size_t *place) {
  const uint8_t *bytes = pixels;
  const size_t in_word = 64 / bits;
  const size_t words = count / in_word;
  uint64_t last = 0;
  bool any = false;
  for (size_t i = 0; i < words; i++) {
    uint64_t word;
    memcpy(&word, bytes + i * sizeof word, sizeof word);
    if (any && word == last) {
      continue;
    }
    if (find_bad(bytes, bits, i * in_word, (i + 1) * in_word, described, place)) {
      return false;
    }
    last = word;
    any = true;
  }
  return !find_bad(bytes, bits, words * in_word, count, described, place);
}
