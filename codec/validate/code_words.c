/* SPDX-License-Identifier: Apache-2.0 */
/* code_words.c - the words of labels and meanings. */
#include "validate/code_words.h"

#include "terms/words.h"

/* Words without meaning, and words that many structures have in their names; each list ends with NULL. */
static const char *const fillers[] = {"a",  "an",   "and", "body",   "entire", "in",        "of",
                                      "on", "part", "the", "proper", "region", "structure", NULL};
static const char *const common[] = {
    "anterior",  "area",   "artery",    "bone",     "canal",     "cavity",   "central",  "deep",    "disc",
    "distal",    "duct",   "external",  "first",    "gland",     "inferior", "internal", "joint",   "large",
    "lateral",   "left",   "lobe",      "lower",    "lymph",     "medial",   "middle",   "muscle",  "nerve",
    "node",      "organ",  "posterior", "proximal", "rib",       "right",    "second",   "segment", "sinus",
    "small",     "space",  "superior",  "system",   "third",     "tissue",   "upper",    "valve",   "vein",
    "ventricle", "vessel", "wall",      "vertebra", "bilateral", NULL};

static bool is_one_of(dseg_view word, const char *const *list) {
  for (; *list != NULL; list++) {
    if (dseg_is_word(word, *list)) {
      return true;
    }
  }
  return false;
}

/* Singular and plural are one word. */
static dseg_view without_plural(dseg_view word) {
  if (word.size > 3 && dseg_lower_letter(word.data[word.size - 1]) == 's' &&
      dseg_lower_letter(word.data[word.size - 2]) != 's') {
    word.size--;
  }
  return word;
}

static bool same_word(dseg_view a, dseg_view b) {
  return dseg_same_letters(without_plural(a), without_plural(b));
}

/* The next word that is no filler. */
static bool next_telling(dseg_view *text, dseg_view *word) {
  while (dseg_next_word(text, word)) {
    if (!is_one_of(*word, fillers)) {
      return true;
    }
  }
  return false;
}

unsigned dseg_sides_in_words(dseg_view text) {
  unsigned sides = 0;
  for (dseg_view word; dseg_next_word(&text, &word);) {
    sides |= dseg_is_word(word, "left")        ? DSEG_SIDE_LEFT
             : dseg_is_word(word, "right")     ? DSEG_SIDE_RIGHT
             : dseg_is_word(word, "bilateral") ? DSEG_SIDE_BOTH
                                               : 0;
  }
  return sides;
}

bool dseg_is_ascii(dseg_view text) {
  for (size_t i = 0; i < text.size; i++) {
    if (text.data[i] >= 0x80 || text.data[i] == 0x1B) {
      return false;
    }
  }
  return true;
}

bool dseg_begins_with_word(dseg_view text, const char *word) {
  dseg_view first;
  return dseg_next_word(&text, &first) && dseg_is_word(first, word);
}

bool dseg_same_words(dseg_view a, dseg_view b) {
  const dseg_view whole[2] = {a, b};
  for (bool any = false;; any = true) {
    dseg_view of_a;
    dseg_view of_b;
    const bool has_a = next_telling(&a, &of_a);
    const bool has_b = next_telling(&b, &of_b);
    if (!has_a || !has_b) { /* "Body" has no word that counts */
      return has_a == has_b && (any || dseg_same_letters(whole[0], whole[1]));
    }
    if (!same_word(of_a, of_b)) {
      return false;
    }
  }
}

bool dseg_same_meaning(const char *a, const char *b) {
  return dseg_same_words(dseg_view_of_text(a), dseg_view_of_text(b));
}

bool dseg_share_word(dseg_view a, dseg_view b) {
  for (dseg_view of_a; next_telling(&a, &of_a);) {
    if (is_one_of(without_plural(of_a), common)) {
      continue;
    }
    dseg_view rest = b;
    for (dseg_view of_b; next_telling(&rest, &of_b);) {
      if (same_word(of_a, of_b)) {
        return true;
      }
    }
  }
  return false;
}
