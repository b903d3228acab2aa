/* SPDX-License-Identifier: Apache-2.0 */
/* code_sides.c - whether the side that the words of a segment name is that of its codes: rules side-contradicted and
 * side-uncoded. Codes may name a side themselves, or modifiers may (PS3.3 10.5, PS3.16 CID 244). */
#include "terms/words.h"
#include "validate/code_words.h"
#include "validate/codes.h"

#define SEGMENTS DSEG_TAG(0x0062, 0x0002)
#define LABEL DSEG_TAG(0x0062, 0x0005)
#define TYPE_MODIFIERS DSEG_TAG(0x0062, 0x0011)

/* What is said of the sides of a segment. */
struct sides {
  unsigned words;     /* of label and meanings */
  unsigned codes;     /* of codes that name a side themselves, as far as it is known */
  unsigned modifiers; /* of modifiers */
};

static unsigned side_of_modifier(const dseg_segment_code *code) {
  static const struct {
    const char *scheme, *value;
    unsigned side;
  } known[] = {{"SCT", "7771000", DSEG_SIDE_LEFT},   {"SRT", "G-A101", DSEG_SIDE_LEFT},
               {"SCT", "24028007", DSEG_SIDE_RIGHT}, {"SRT", "G-A100", DSEG_SIDE_RIGHT},
               {"SCT", "51440002", DSEG_SIDE_BOTH},  {"SRT", "G-A102", DSEG_SIDE_BOTH}};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (dseg_is_word(code->scheme, known[i].scheme) && dseg_is_word(code->value, known[i].value)) {
      return known[i].side;
    }
  }
  return 0;
}

/* A code that no table here has may name the side that its recorded meaning names. */
static unsigned side_of_code(const dseg_segment_code *code) {
  size_t count;
  const dseg_known_code *known = dseg_find_known_code(code->scheme, code->value, &count);
  if (known == NULL) {
    return dseg_sides_in_words(dseg_text_of(&code->meaning));
  }
  unsigned sides = 0;
  for (size_t i = 0; i < count; i++) {
    sides |= dseg_sides_in_words(dseg_view_of_text(known[i].meaning));
  }
  return sides;
}

static void read_modifiers(const dseg_elements *in, uint32_t tag, struct sides *sides) {
  for (dseg_items at = dseg_items_of(in, tag); dseg_items_next(&at);) {
    const dseg_segment_code modifier = dseg_read_code(&at.item);
    sides->modifiers |= side_of_modifier(&modifier);
  }
}

static void read_sequence(const dseg_items *segment, uint32_t sequence, uint32_t modifiers, struct sides *sides) {
  for (dseg_items at = dseg_items_of(&segment->item, sequence); dseg_items_next(&at);) {
    const dseg_segment_code code = dseg_read_code(&at.item);
    sides->words |= dseg_sides_in_words(dseg_text_of(&code.meaning));
    sides->codes |= side_of_code(&code);
    read_modifiers(&at.item, modifiers, sides);
  }
}

static const char *name_of(unsigned sides) {
  return sides == DSEG_SIDE_LEFT ? "left" : sides == DSEG_SIDE_RIGHT ? "right" : "both sides";
}

/* Whether one names a single side and the other names the other side alone. */
static bool contradict(unsigned a, unsigned b) {
  return a != 0 && b != 0 && (a & b) == 0;
}

void dseg_review_sides(dseg_check *check, const dseg_items *segment) {
  const dseg_element label = dseg_get(&segment->item, LABEL);
  struct sides sides = {.words = dseg_sides_in_words(dseg_text_of(&label))};
  read_sequence(segment, DSEG_TAG(0x0062, 0x000F), TYPE_MODIFIERS, &sides);
  read_modifiers(&segment->item, TYPE_MODIFIERS, &sides); /* some writers put them beside the type */
  read_sequence(segment, DSEG_TAG(0x0008, 0x2218), DSEG_TAG(0x0008, 0x2220), &sides);
  const dseg_place place = dseg_in(dseg_at(SEGMENTS), segment->number, LABEL);
  if (contradict(sides.words, sides.codes | sides.modifiers)) {
    dseg_found(check, DSEG_RULE_SIDE_CONTRADICTED, place, "is %s: words say %s, the codes %s", dseg_show(&label).text,
               name_of(sides.words), name_of(sides.codes | sides.modifiers));
  } else if (contradict(sides.codes, sides.modifiers)) {
    dseg_found(check, DSEG_RULE_SIDE_CONTRADICTED, place, "is %s: a code says %s itself, its modifier %s",
               dseg_show(&label).text, name_of(sides.codes), name_of(sides.modifiers));
  } else if ((sides.words == DSEG_SIDE_LEFT || sides.words == DSEG_SIDE_RIGHT) &&
             (sides.codes | sides.modifiers) == 0) {
    dseg_found(check, DSEG_RULE_SIDE_UNCODED, place, "is %s: no code and no modifier says %s", dseg_show(&label).text,
               name_of(sides.words));
  }
}
