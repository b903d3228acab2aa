/* SPDX-License-Identifier: Apache-2.0 */
/* values.c - values, wherever they stand but in the items of frames: rules value-form, value-length, value-count,
 * value-term, code-item. */
#include <string.h>

#include "dicom/context_tags.h"
#include "dicom/scanner.h"
#include "dicom/value_form.h"
#include "dicom/vr.h"
#include "validate/check.h"

#define SEGMENTS DSEG_TAG(0x0062, 0x0002)

struct walk {
  dseg_check *check;
  dseg_buffer utf8;
  dseg_error *error;
};

/* One data set or item. */
struct level {
  const dseg_elements *elements;
  const dseg_element *character_set;
  dseg_place place; /* of the sequence; depth 0: the data set itself */
  size_t item;
};

static dseg_place place_in(const struct level *level, uint32_t tag) {
  return level->place.depth == 0 ? dseg_at(tag) : dseg_in(level->place, level->item, tag);
}

/* Attributes whose form other rules are about. */
static bool has_own_rule(const struct level *level, uint32_t tag) {
  static const uint32_t tags[] = {0x00080008, 0x00080016, 0x00080018, 0x00080060, 0x0020000D, 0x0020000E, 0x00200052,
                                  0x00209311, 0x00280004, 0x00280008, 0x00282110, 0x00620001, 0x00620010, 0x00620013};
  for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
    if (level->place.depth == 0 && tags[i] == tag) {
      return true;
    }
  }
  const bool segment = level->place.depth == 1 && level->place.tag[0] == SEGMENTS;
  return segment && tag == DSEG_TAG(0x0062, 0x0008);
}

/* The value without padding, which for UI is NUL (PS3.5 6.2). */
static dseg_view without_padding(const dseg_element *element) {
  dseg_view text = element->value;
  const char padding = memcmp(element->vr, "UI", 2) == 0 ? '\0' : ' ';
  while (text.size > 0 && (text.data[text.size - 1] == (uint8_t)padding || text.data[text.size - 1] == ' ')) {
    text.size--;
  }
  return text;
}

static bool is_plain(dseg_view text) {
  for (size_t i = 0; i < text.size; i++) {
    if (text.data[i] >= 0x80 || text.data[i] == 0x1B) {
      return false;
    }
  }
  return true;
}

/* Text in UTF-8: valid until the next call. */
static dseg_status read_text(struct walk *walk, const struct level *level, const dseg_element *element,
                             dseg_view *text) {
  static const char converted[] = "LOLTPNSHSTUCUT";
  *text = without_padding(element);
  for (const char *vr = converted; *vr != '\0'; vr += 2) {
    if (memcmp(vr, element->vr, 2) == 0 && !is_plain(*text)) {
      walk->utf8.size = 0;
      DSEG_TRY(dseg_text_to_utf8(*text, level->character_set, &walk->utf8, walk->error));
      *text = (dseg_view){walk->utf8.data, walk->utf8.size};
      return DSEG_OK;
    }
  }
  return DSEG_OK;
}

static bool is_term(dseg_view value, const char *terms) {
  while (value.size > 0 && value.data[0] == ' ') {
    value.data++;
    value.size--;
  }
  while (value.size > 0 && value.data[value.size - 1] == ' ') {
    value.size--;
  }
  while (*terms != '\0' && value.size > 0) {
    const size_t length = strcspn(terms, "\\");
    if (length == value.size && memcmp(terms, value.data, length) == 0) {
      return true;
    }
    terms += length + (terms[length] == '\\' ? 1 : 0);
  }
  return value.size == 0;
}

static void check_one(dseg_check *check, const dseg_element *element, const dseg_context_tag *known, dseg_place place,
                      dseg_view value) {
  const char *fault = dseg_value_fault(element->vr, value);
  if (fault != NULL) {
    const bool is_long = strncmp(fault, "has more", 8) == 0 && strstr(fault, "characters") != NULL;
    const dseg_rule_name rule = is_long ? DSEG_RULE_VALUE_LENGTH : DSEG_RULE_VALUE_FORM;
    dseg_found(check, rule, place, "is %s (%.2s), which %s", dseg_show(element).text, element->vr, fault);
  } else if (known != NULL && known->terms != NULL && !is_term(value, known->terms)) {
    dseg_found(check, DSEG_RULE_VALUE_TERM, place, "is %s, must be one of %s", dseg_show(element).text, known->terms);
  }
}

static dseg_status check_text(struct walk *walk, const struct level *level, const dseg_element *element,
                              const dseg_context_tag *known, dseg_place place) {
  dseg_view text;
  DSEG_TRY(read_text(walk, level, element, &text));
  const bool several = dseg_vr_has_values(element->vr);
  size_t count = 0;
  while (text.size > 0) {
    const uint8_t *end = several ? memchr(text.data, '\\', text.size) : NULL;
    const dseg_view value = {text.data, end != NULL ? (size_t)(end - text.data) : text.size};
    check_one(walk->check, element, known, place, value);
    count++;
    const size_t used = value.size + (end != NULL ? 1 : 0);
    text = (dseg_view){text.data + used, text.size - used};
  }
  if (count > 1 && known != NULL && known->values == 1) {
    dseg_found(walk->check, DSEG_RULE_VALUE_COUNT, place, "has %zu values, must have one", count);
  }
  return DSEG_OK;
}

/* Code Sequence Macro (PS3.3 8.8), known by its attributes; the codes of segments have a rule of their own. */
static void check_code(dseg_check *check, const struct level *level, bool of_segment) {
  const dseg_elements *in = level->elements;
  const dseg_element value = dseg_get(in, DSEG_TAG(0x0008, 0x0100));
  const dseg_element long_value = dseg_get(in, DSEG_TAG(0x0008, 0x0119));
  const dseg_element urn = dseg_get(in, DSEG_TAG(0x0008, 0x0120));
  const dseg_element scheme = dseg_get(in, DSEG_TAG(0x0008, 0x0102));
  const dseg_element meaning = dseg_get(in, DSEG_TAG(0x0008, 0x0104));
  if (of_segment || (value.tag == 0 && long_value.tag == 0 && urn.tag == 0 && meaning.tag == 0)) {
    return;
  }
  const bool plain = dseg_has_value(&value) || dseg_has_value(&long_value);
  if (!plain && !dseg_has_value(&urn)) {
    dseg_found(check, DSEG_RULE_CODE_ITEM, place_in(level, DSEG_TAG(0x0008, 0x0100)), "is missing");
  } else if (plain && !dseg_has_value(&scheme)) {
    dseg_found(check, DSEG_RULE_CODE_ITEM, place_in(level, DSEG_TAG(0x0008, 0x0102)), "is missing");
  }
  if (!dseg_has_value(&meaning)) {
    dseg_found(check, DSEG_RULE_CODE_ITEM, place_in(level, DSEG_TAG(0x0008, 0x0104)), "is missing");
  }
}

static bool is_code_of_segment(const dseg_place *place) {
  return place->depth == 2 && place->tag[0] == SEGMENTS &&
         (place->tag[1] == 0x00620003 || place->tag[1] == 0x0062000F || place->tag[1] == 0x00082218);
}

static dseg_status check_level(struct walk *walk, const struct level *level);

static dseg_status check_items(struct walk *walk, const struct level *level,  // NOLINT(misc-no-recursion)
                               const dseg_element *sequence) {
  const dseg_place place = place_in(level, sequence->tag);
  size_t offset = 0;
  dseg_elements item;
  bool more = true;
  /* What cannot be read is reported by rule structure, and places hold so many levels. */
  for (size_t number = 1; place.depth < DSEG_PLACE_DEPTH && more; number++) {
    if (dseg_sequence_next(level->elements, sequence, &offset, &item, &more, NULL) != DSEG_OK || !more) {
      return DSEG_OK;
    }
    const dseg_element own = dseg_get(&item, DSEG_TAG(0x0008, 0x0005));
    const struct level inner = {&item, own.tag != 0 ? &own : level->character_set, place, number};
    check_code(walk->check, &inner, is_code_of_segment(&place));
    DSEG_TRY(check_level(walk, &inner));
  }
  return DSEG_OK;
}

static dseg_status check_level(struct walk *walk, const struct level *level) {  // NOLINT(misc-no-recursion)
  size_t offset = 0;
  for (;;) {
    dseg_element element;
    if (dseg_elements_next(level->elements, &offset, &element, NULL) != DSEG_OK || element.tag == 0) {
      return DSEG_OK;
    }
    const bool is_private = (element.tag >> 16 & 1u) != 0;
    const bool frames = element.tag >> 16 == 0x5200; /* of functional groups the rules below are about the numbers */
    if (is_private || frames || has_own_rule(level, element.tag)) {
      continue;
    }
    if (memcmp(element.vr, "SQ", 2) == 0) {
      DSEG_TRY(check_items(walk, level, &element));
    } else if (dseg_vr_is_text(element.vr)) {
      const dseg_context_tag *known = level->place.depth == 0 ? dseg_find_context_tag(element.tag) : NULL;
      DSEG_TRY(check_text(walk, level, &element, known, place_in(level, element.tag)));
    }
  }
}

dseg_status dseg_check_values(dseg_check *check, dseg_error *error) {
  struct walk walk = {.check = check, .error = error};
  const struct level level = {check->top, &check->file.character_set, {0}, 0};
  const dseg_status status = check_level(&walk, &level);
  dseg_buffer_free(&walk.utf8);
  return status;
}
