/* SPDX-License-Identifier: Apache-2.0 */
/* code_meanings.c - the meanings of the codes of segments (PS3.3 8.3): rules code-meaning, code-two-meanings and
 * code-entire, and how many codes stand in no table that they could be compared with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terms/words.h"
#include "validate/code_words.h"
#include "validate/codes.h"

static int compare_bytes(dseg_view a, dseg_view b) {
  const size_t common = a.size < b.size ? a.size : b.size;
  const int order = common > 0 ? memcmp(a.data, b.data, common) : 0;
  return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* By code, then by meaning, then by place. */
static int compare_codes(const void *a, const void *b) {
  const dseg_segment_code *first = a;
  const dseg_segment_code *second = b;
  const int scheme = compare_bytes(first->scheme, second->scheme);
  const int value = scheme != 0 ? scheme : compare_bytes(first->value, second->value);
  const int meaning = value != 0 ? value : compare_bytes(dseg_text_of(&first->meaning), dseg_text_of(&second->meaning));
  if (meaning != 0) {
    return meaning;
  }
  const uint32_t of_first[] = {first->segment, first->sequence, first->item, first->modifier, first->of};
  const uint32_t of_second[] = {second->segment, second->sequence, second->item, second->modifier, second->of};
  for (size_t i = 0; i < sizeof of_first / sizeof of_first[0]; i++) {
    if (of_first[i] != of_second[i]) {
      return of_first[i] < of_second[i] ? -1 : 1;
    }
  }
  return 0;
}

/* "SCT 10200004", printable. */
struct code_text {
  char text[80];
};

static struct code_text show_code(const dseg_segment_code *code) {
  struct code_text shown;
  size_t used = 0;
  const dseg_view parts[] = {code->scheme, code->value};
  for (size_t i = 0; i < 2; i++) {
    for (size_t j = 0; j < parts[i].size && j < 36; j++) {
      const bool printable = parts[i].data[j] >= 0x20 && parts[i].data[j] < 0x7F;
      shown.text[used++] = (char)(printable ? parts[i].data[j] : (uint8_t)'?');
    }
    shown.text[used++] = ' ';
  }
  shown.text[used - 1] = '\0';
  return shown;
}

/* Another code than that with this value whose meaning this is, in words; NULL: none. */
static const dseg_known_code *find_other(dseg_view value, dseg_view meaning) {
  const dseg_known_code *known;
  for (size_t i = 0; (known = dseg_known_code_at(i)) != NULL; i++) {
    if (compare_bytes(dseg_view_of_text(known->value), value) != 0 &&
        dseg_same_words(dseg_view_of_text(known->meaning), meaning)) {
      return known;
    }
  }
  return NULL;
}

static bool is_known_meaning(const dseg_known_code *known, size_t count, dseg_view meaning,
                             bool (*compare)(dseg_view a, dseg_view b)) {
  for (size_t i = 0; i < count; i++) {
    if (compare(dseg_view_of_text(known[i].meaning), meaning)) {
      return true;
    }
  }
  return false;
}

/* Whether a meaning is one of those known of a code, or shares a word with one and is none of another code, which
 * *other receives. */
static bool accepts(const dseg_known_code *known, size_t count, dseg_view meaning, const dseg_known_code **other) {
  *other = NULL;
  if (is_known_meaning(known, count, meaning, dseg_same_words)) {
    return true;
  }
  *other = find_other(dseg_view_of_text(known->value), meaning);
  return *other == NULL && is_known_meaning(known, count, meaning, dseg_share_word);
}

bool dseg_code_means(const char *scheme, const char *value, const char *meaning) {
  size_t count = 0;
  const dseg_known_code *other;
  const dseg_known_code *known = dseg_find_known_code(dseg_view_of_text(scheme), dseg_view_of_text(value), &count);
  return known != NULL && accepts(known, count, dseg_view_of_text(meaning), &other);
}

static void check_meaning(dseg_check *check, const dseg_segment_code *code, const dseg_known_code *known,
                          size_t count) {
  const dseg_view meaning = dseg_text_of(&code->meaning);
  const dseg_known_code *other;
  if (meaning.size == 0 || !dseg_is_ascii(meaning) || accepts(known, count, meaning, &other)) {
    return;
  }
  if (other != NULL) {
    dseg_found(check, DSEG_RULE_CODE_MEANING, dseg_code_place(code), "is %s, the meaning of %s %s; %s is \"%s\" (%s)",
               dseg_show(&code->meaning).text, other->scheme, other->value, show_code(code).text, known->meaning,
               known->source);
  } else {
    dseg_found(check, DSEG_RULE_CODE_MEANING, dseg_code_place(code), "is %s; %s is \"%s\" (%s)",
               dseg_show(&code->meaning).text, show_code(code).text, known->meaning, known->source);
  }
}

/* The codes that no table has, for a note. */
struct unverified {
  size_t codes, places, private_codes;
  char examples[240];
};

static void note_unverified(struct unverified *unverified, const dseg_segment_code *code, size_t places) {
  const size_t used = strlen(unverified->examples);
  unverified->codes++;
  unverified->places += places;
  unverified->private_codes += code->scheme.size >= 2 && memcmp(code->scheme.data, "99", 2) == 0;
  if (used + 90 < sizeof unverified->examples) {
    (void)snprintf(unverified->examples + used, sizeof unverified->examples - used, "%s%s", used > 0 ? ", " : ": ",
                   show_code(code).text);
  }
}

/* One meaning of a code, where it stands first; other: a use of the code with another meaning, or NULL. */
static void review_meaning(dseg_check *check, const dseg_segment_code *code, const dseg_segment_code *other,
                           const dseg_known_code *known, size_t count) {
  if (known != NULL) {
    check_meaning(check, code, known, count);
  }
  const bool known_so = known != NULL && dseg_begins_with_word(dseg_view_of_text(known->meaning), "entire");
  if (dseg_begins_with_word(dseg_text_of(&code->meaning), "entire") && !known_so) {
    dseg_found(check, DSEG_RULE_CODE_ENTIRE, dseg_code_place(code),
               "is %s: in DICOM a structure may be a part of it; take the code of the structure",
               dseg_show(&code->meaning).text);
  }
  if (other != NULL && !dseg_same_words(dseg_text_of(&other->meaning), dseg_text_of(&code->meaning))) {
    char place[DSEG_PLACE_TEXT];
    const dseg_place before = dseg_code_place(other);
    dseg_place_text(&before, place);
    dseg_found(check, DSEG_RULE_CODE_TWO_MEANINGS, dseg_code_place(code), "is %s, but for %s in %s it is %s",
               dseg_show(&code->meaning).text, show_code(code).text, place, dseg_show(&other->meaning).text);
  }
}

/* All uses of one code, sorted by meaning: each meaning is reported once. */
static void review_code(dseg_check *check, const dseg_segment_code *codes, size_t uses, struct unverified *unverified) {
  size_t count;
  const dseg_known_code *known = dseg_find_known_code(codes[0].scheme, codes[0].value, &count);
  const dseg_segment_code *first = NULL; /* with a meaning */
  dseg_view before = {NULL, 0};
  if (known == NULL) {
    note_unverified(unverified, &codes[0], uses);
  }
  for (size_t i = 0; i < uses; i++) {
    const dseg_view meaning = dseg_text_of(&codes[i].meaning);
    if (compare_bytes(meaning, before) != 0) { /* one that is missing is reported by rule code */
      review_meaning(check, &codes[i], first, known, count);
      first = first != NULL ? first : &codes[i];
      before = meaning;
    }
  }
}

void dseg_review_meanings(dseg_check *check, dseg_segment_codes *codes) {
  struct unverified unverified = {0};
  size_t different = 0;
  if (codes->count > 0) {
    qsort(codes->items, codes->count, sizeof *codes->items, compare_codes);
  }
  for (size_t begin = 0; begin < codes->count; different++) {
    size_t end = begin + 1;
    while (end < codes->count && dseg_same_code(&codes->items[begin], &codes->items[end])) {
      end++;
    }
    review_code(check, codes->items + begin, end - begin, &unverified);
    begin = end;
  }
  dseg_note(check, "%zu of %zu codes could not be verified, in %zu of %zu places (%zu of private schemes)%s; table: %s",
            unverified.codes, different, unverified.places, codes->count, unverified.private_codes, unverified.examples,
            dseg_code_edition());
}
