/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - the normal form of names, in which they are compared. */
#include "dseg/terms.h"
#include "terms/words.h"

/* A name without the ending of a file. */
static dseg_view without_ending(const char *name) {
  static const char *const endings[] = {".nii.gz", ".nii", ".seg.nrrd", ".nrrd", ".nhdr", ".mha", ".mhd", ".mgz"};
  dseg_view text = dseg_view_of_text(name);
  for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
    const size_t size = strlen(endings[i]);
    if (text.size > size && dseg_is_word((dseg_view){text.data + text.size - size, size}, endings[i])) {
      text.size -= size;
      return text;
    }
  }
  return text;
}

static const char *side_of(dseg_view word) {
  if (dseg_is_word(word, "left") || dseg_is_word(word, "l") || dseg_is_word(word, "lh")) {
    return "left";
  }
  if (dseg_is_word(word, "right") || dseg_is_word(word, "r") || dseg_is_word(word, "rh")) {
    return "right";
  }
  return NULL;
}

/* The one side that the words name; NULL where they name none or several, or nothing else. */
static const char *find_side(dseg_view text) {
  const char *side = NULL;
  size_t sides = 0;
  size_t words = 0;
  for (dseg_view word; dseg_next_word(&text, &word); words++) {
    const char *found = side_of(word);
    sides += found != NULL;
    side = found != NULL ? found : side;
  }
  return sides == 1 && words > 1 ? side : NULL;
}

/* Appends a word, with a space before it; false where there is no room. */
static bool append(char normal[DSEG_NAME_ROOM], size_t *used, dseg_view word) {
  const size_t gap = *used > 0;
  if (word.size + gap >= DSEG_NAME_ROOM - *used) {
    return false;
  }
  if (gap != 0) {
    normal[(*used)++] = ' ';
  }
  for (size_t i = 0; i < word.size; i++) {
    normal[(*used)++] = (char)dseg_lower_letter(word.data[i]);
  }
  normal[*used] = '\0';
  return true;
}

bool dseg_name_normalise(const char *name, char normal[DSEG_NAME_ROOM]) {
  size_t used = 0;
  bool fits = true;
  normal[0] = '\0';
  if (name == NULL) {
    return false;
  }
  dseg_view text = without_ending(name);
  const char *side = find_side(text);
  for (dseg_view word; fits && dseg_next_word(&text, &word);) {
    fits = (side != NULL && side_of(word) != NULL) || append(normal, &used, word);
  }
  if (fits && side != NULL) {
    fits = append(normal, &used, dseg_view_of_text(side));
  }
  if (!fits) {
    normal[0] = '\0';
  }
  return normal[0] != '\0';
}
