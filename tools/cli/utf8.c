/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.c - the characters of a text, and those that control a terminal: see utf8.h. */
#include "cli/utf8.h"

size_t cli_utf8_length(const unsigned char *text) {
  const unsigned char first = text[0];
  if (first < 0x80) {
    return 1;
  }
  const size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                        : first >= 0xE0 && first <= 0xEF ? 3
                        : first >= 0xF0 && first <= 0xF4 ? 4
                                                         : 0;
  for (size_t i = 1; i < length; i++) {
    if ((text[i] & 0xC0) != 0x80) {
      return 0;
    }
  }
  const bool bad_second = (first == 0xE0 && text[1] < 0xA0) || (first == 0xED && text[1] > 0x9F) ||
                          (first == 0xF0 && text[1] < 0x90) || (first == 0xF4 && text[1] > 0x8F);
  return bad_second ? 0 : length;
}

bool cli_is_control(const unsigned char *text, size_t length) {
  switch (length) {
    case 0: return text[0] < 0xA0; /* a byte that begins no character: C1 on terminals of 8 bits */
    case 1: return text[0] < 0x20 || text[0] == 0x7F;
    case 2: return text[0] == 0xC2 && text[1] < 0xA0;
    default: return false;
  }
}
