/* SPDX-License-Identifier: Apache-2.0 */
/* near.c - names that are like one that is not in the table: suggestions for a person. */
#include "terms/rows.h"
#include "terms/words.h"

#define FAR UINT_FAST16_MAX

struct suggestion {
  const dseg_term *term;
  uint_fast16_t distance;
};

static uint_fast16_t least(uint_fast16_t a, uint_fast16_t b) {
  return a < b ? a : b;
}

/* How many letters must be changed, added or taken away to make b of a (Levenshtein); both are shorter than
 * DSEG_NAME_ROOM. */
static uint_fast16_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length) {
  uint_fast16_t row[DSEG_NAME_ROOM];
  for (size_t j = 0; j <= b_length; j++) {
    row[j] = (uint_fast16_t)j;
  }
  for (size_t i = 0; i < a_length; i++) {
    uint_fast16_t diagonal = row[0];
    row[0] = (uint_fast16_t)(i + 1);
    for (size_t j = 0; j < b_length; j++) {
      const uint_fast16_t changed = (uint_fast16_t)(diagonal + (a[i] != b[j]));
      diagonal = row[j + 1];
      row[j + 1] = least(changed, (uint_fast16_t)(least(row[j], row[j + 1]) + 1));
    }
  }
  return row[b_length];
}

static bool has_word(const char *text, size_t length, const char *word, size_t size) {
  for (size_t at = 0; at + size <= length; at++) {
    const bool begins = at == 0 || text[at - 1] == ' ';
    const bool ends = at + size == length || text[at + size] == ' ';
    if (begins && ends && memcmp(text + at, word, size) == 0) {
      return true;
    }
  }
  return false;
}

/* Whether text has all words of part, of which one at least is no side; *words receives how many part has. */
static bool has_words(const char *text, size_t length, const char *part, size_t part_length, size_t *words) {
  bool names = false;
  *words = 0;
  for (size_t at = 0; at < part_length;) {
    size_t size = 0;
    while (at + size < part_length && part[at + size] != ' ') {
      size++;
    }
    if (!has_word(text, length, part + at, size)) {
      return false;
    }
    const dseg_view word = {(const uint8_t *)part + at, size};
    names = names || (size > 2 && !dseg_is_word(word, "left") && !dseg_is_word(word, "right"));
    *words += 1;
    at += size + 1;
  }
  return names;
}

static size_t count_words(const char *text, size_t length) {
  size_t count = 1;
  for (size_t i = 0; i < length; i++) {
    count += text[i] == ' ';
  }
  return count;
}

/* How far a key is from a name; FAR: too far. */
static uint_fast16_t distance_of(const char *name, size_t length, const char *key, size_t key_length) {
  size_t words;
  if (key_length >= DSEG_NAME_ROOM) {
    return FAR;
  }
  if (has_words(name, length, key, key_length, &words)) {
    return (uint_fast16_t)(1 + count_words(name, length) - words);
  }
  if (has_words(key, key_length, name, length, &words)) {
    return (uint_fast16_t)(1 + count_words(key, key_length) - words);
  }
  const uint_fast16_t distance = edit_distance(name, length, key, key_length);
  return distance <= 1 + length / 5 ? distance : FAR;
}

static uint_fast16_t distance_of_row(const dseg_term_row *row, const char *name, size_t length) {
  uint_fast16_t nearest = FAR;
  for (const char *key = row->keys; *key != '\0';) {
    const size_t size = strcspn(key, "|");
    nearest = least(nearest, distance_of(name, length, key, size));
    key += size + (key[size] == '|');
  }
  return nearest;
}

size_t dseg_term_near(const char *name, const dseg_term **out, size_t most) {
  enum { MOST = 32 };
  struct suggestion best[MOST];
  char normal[DSEG_NAME_ROOM];
  const dseg_term_row *row;
  size_t count = 0;
  const size_t room = most < MOST ? most : MOST;
  if (room == 0 || !dseg_name_normalise(name, normal)) {
    return 0;
  }
  const size_t length = strlen(normal);
  for (size_t i = 0; (row = dseg_term_row_at(i)) != NULL; i++) {
    struct suggestion found = {&row->term, distance_of_row(row, normal, length)};
    if (found.distance == FAR) {
      continue;
    }
    size_t place = count;
    while (place > 0 && found.distance < best[place - 1].distance) {
      place--;
    }
    if (place == room) {
      continue;
    }
    count += count < room;
    memmove(best + place + 1, best + place, (count - 1 - place) * sizeof best[0]);
    best[place] = found;
  }
  for (size_t i = 0; i < count; i++) {
    out[i] = best[i].term;
  }
  return count;
}
