/* SPDX-License-Identifier: Apache-2.0 */
/* words.h - the words of a name: letters and digits that follow each other. Bytes of UTF-8 beyond ASCII are letters. */
#ifndef DSEG_TERMS_WORDS_H
#define DSEG_TERMS_WORDS_H

#include <stdbool.h>
#include <string.h>

#include "dseg/buffer.h"

static inline uint8_t dseg_lower_letter(uint8_t letter) {
  return letter >= 'A' && letter <= 'Z' ? (uint8_t)(letter - 'A' + 'a') : letter;
}

static inline bool dseg_is_letter(uint8_t byte) {
  const uint8_t letter = dseg_lower_letter(byte);
  return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || byte >= 0x80;
}

static inline dseg_view dseg_view_of_text(const char *text) {
  return (dseg_view){(const uint8_t *)text, strlen(text)};
}

/* Takes the next word from the text; false at its end. */
static inline bool dseg_next_word(dseg_view *text, dseg_view *word) {
  size_t begin = 0;
  while (begin < text->size && !dseg_is_letter(text->data[begin])) {
    begin++;
  }
  size_t end = begin;
  while (end < text->size && dseg_is_letter(text->data[end])) {
    end++;
  }
  if (end == begin) {
    return false;
  }
  *word = (dseg_view){text->data + begin, end - begin};
  *text = (dseg_view){text->data + end, text->size - end};
  return true;
}

/* Whether two texts are the same but for the case of ASCII letters. */
static inline bool dseg_same_letters(dseg_view a, dseg_view b) {
  if (a.size != b.size) {
    return false;
  }
  for (size_t i = 0; i < a.size; i++) {
    if (dseg_lower_letter(a.data[i]) != dseg_lower_letter(b.data[i])) {
      return false;
    }
  }
  return true;
}

static inline bool dseg_is_word(dseg_view word, const char *other) {
  return dseg_same_letters(word, dseg_view_of_text(other));
}

#endif
