/* SPDX-License-Identifier: Apache-2.0 */
/* segments.c - Segment Sequence (PS3.3 C.8.20.2, C.8.20.2.4) and the Segment Description Macro (C.8.20.4). */
#include "validate/check.h"

#define SEGMENTS DSEG_TAG(0x0062, 0x0002)

static dseg_place in_segment(size_t item, uint32_t tag) {
  return dseg_in(dseg_at(SEGMENTS), item, tag);
}

static void check_number(dseg_check *check, const dseg_items *segment, uint8_t *seen) {
  const dseg_facts *facts = &check->facts;
  const dseg_element element = dseg_get(&segment->item, DSEG_TAG(0x0062, 0x0004));
  const dseg_place place = in_segment(segment->number, DSEG_TAG(0x0062, 0x0004));
  uint16_t number;
  uint16_t second;
  if (!dseg_element_u16(&segment->item, &element, 0, &number) ||
      dseg_element_u16(&segment->item, &element, 1, &second)) {
    dseg_found(check, DSEG_RULE_SEGMENT_NUMBER, place, "is missing, or not one number");
    return;
  }
  if (dseg_bit_at(seen, number)) {
    dseg_found(check, DSEG_RULE_SEGMENT_NUMBER_UNIQUE, place, "is %u, as in an item before", (unsigned)number);
  }
  dseg_set_bit_at(seen, number);
  if (number == 0 && (facts->type == DSEG_TYPE_BINARY || facts->type == DSEG_TYPE_FRACTIONAL)) {
    dseg_found(check, DSEG_RULE_SEGMENT_NUMBER, place, "is 0");
  }
  if (number > 255 && facts->bits == 8 && facts->type == DSEG_TYPE_LABELMAP) {
    dseg_found(check, DSEG_RULE_SEGMENT_NUMBER_BITS, place, "is %u, pixels have 8 bits", (unsigned)number);
  }
}

/* BINARY and FRACTIONAL: 1, 2, 3 ... in any order. */
static void check_gaps(dseg_check *check) {
  const dseg_facts *facts = &check->facts;
  if (facts->type == DSEG_TYPE_LABELMAP || facts->type == DSEG_TYPE_UNKNOWN) {
    return;
  }
  uint32_t highest = 65535;
  while (highest > 0 && !dseg_bit_at(facts->segments, highest)) {
    highest--;
  }
  for (uint32_t number = 1; number < highest; number++) {
    if (!dseg_bit_at(facts->segments, number)) {
      dseg_found(check, DSEG_RULE_SEGMENT_NUMBER_GAP, dseg_at(SEGMENTS), "no segment has number %u, but one has %u",
                 (unsigned)number, (unsigned)highest);
      return;
    }
  }
}

static void check_algorithm(dseg_check *check, const dseg_items *segment) {
  const dseg_element type = dseg_get(&segment->item, DSEG_TAG(0x0062, 0x0008));
  const dseg_element name = dseg_get(&segment->item, DSEG_TAG(0x0062, 0x0009));
  const bool manual = dseg_element_is(&type, "MANUAL");
  if (!manual && !dseg_element_is(&type, "AUTOMATIC") && !dseg_element_is(&type, "SEMIAUTOMATIC")) {
    dseg_found(check, DSEG_RULE_ALGORITHM_TYPE, in_segment(segment->number, DSEG_TAG(0x0062, 0x0008)),
               "is %s, must be AUTOMATIC, SEMIAUTOMATIC or MANUAL", dseg_show(&type).text);
  } else if (!manual && !dseg_has_value(&name)) {
    dseg_found(check, DSEG_RULE_ALGORITHM_NAME, in_segment(segment->number, DSEG_TAG(0x0062, 0x0009)),
               "is %s, Segment Algorithm Type is %s", dseg_show(&name).text, dseg_show(&type).text);
  }
}

/* Code Sequence Macro (PS3.3 8.8): one form of the value, a scheme unless it is a URN, a meaning. */
static void check_code(dseg_check *check, const dseg_elements *code, dseg_place sequence, size_t item) {
  const dseg_element value = dseg_get(code, DSEG_TAG(0x0008, 0x0100));
  const dseg_element long_value = dseg_get(code, DSEG_TAG(0x0008, 0x0119));
  const dseg_element urn = dseg_get(code, DSEG_TAG(0x0008, 0x0120));
  const dseg_element scheme = dseg_get(code, DSEG_TAG(0x0008, 0x0102));
  const dseg_element meaning = dseg_get(code, DSEG_TAG(0x0008, 0x0104));
  const bool plain = dseg_has_value(&value) || dseg_has_value(&long_value);
  if (!plain && !dseg_has_value(&urn)) {
    dseg_found(check, DSEG_RULE_CODE, dseg_in(sequence, item, DSEG_TAG(0x0008, 0x0100)), "is missing");
  } else if (plain && !dseg_has_value(&scheme)) {
    dseg_found(check, DSEG_RULE_CODE, dseg_in(sequence, item, DSEG_TAG(0x0008, 0x0102)), "is missing");
  }
  if (!dseg_has_value(&meaning)) {
    dseg_found(check, DSEG_RULE_CODE, dseg_in(sequence, item, DSEG_TAG(0x0008, 0x0104)), "is missing");
  }
}

static void check_codes(dseg_check *check, const dseg_items *segment) {
  static const struct {
    uint32_t tag;
    dseg_rule_name rule; /* DSEG_RULE_COUNT: any number of items */
  } sequences[] = {
      {0x00620003, DSEG_RULE_PROPERTY_CATEGORY}, {0x0062000F, DSEG_RULE_PROPERTY_TYPE}, {0x00082218, DSEG_RULE_COUNT}};
  for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
    const dseg_place place = in_segment(segment->number, sequences[i].tag);
    dseg_items codes = dseg_items_of(&segment->item, sequences[i].tag);
    while (dseg_items_next(&codes)) {
      check_code(check, &codes.item, place, codes.number);
    }
    if (sequences[i].rule != DSEG_RULE_COUNT && codes.number != 1) {
      dseg_found(check, sequences[i].rule, place, "has %zu items, must have one", codes.number);
    }
  }
}

bool dseg_is_background_item(const dseg_check *check, const dseg_items *segment) {
  uint16_t number;
  return check->facts.type == DSEG_TYPE_LABELMAP && dseg_get_u16(&segment->item, DSEG_TAG(0x0062, 0x0004), &number) &&
         number == 0;
}

static bool is_code(const dseg_elements *code, const char *value) {
  const dseg_element scheme = dseg_get(code, DSEG_TAG(0x0008, 0x0102));
  const dseg_element element = dseg_get(code, DSEG_TAG(0x0008, 0x0100));
  return dseg_element_is(&scheme, "SCT") && dseg_element_is(&element, value);
}

/* Anatomical Structure, in either of its codes, and Tissue: what writers give where they are told nothing. */
static bool has_default_codes(const dseg_items *segment) {
  dseg_items category = dseg_items_of(&segment->item, DSEG_TAG(0x0062, 0x0003));
  dseg_items type = dseg_items_of(&segment->item, DSEG_TAG(0x0062, 0x000F));
  return dseg_items_next(&category) && dseg_items_next(&type) && is_code(&type.item, "85756007") &&
         (is_code(&category.item, "91723000") || is_code(&category.item, "123037004"));
}

/* One finding for the object: it may be said of all of its segments. */
static void check_default_codes(dseg_check *check) {
  size_t first = 0;
  size_t count = 0;
  size_t all = 0;
  dseg_items segments = dseg_items_of(check->top, SEGMENTS);
  while (dseg_items_next(&segments)) {
    const bool found = has_default_codes(&segments);
    first = found && count == 0 ? segments.number : first;
    count += found;
    all += !dseg_is_background_item(check, &segments);
  }
  if (count > 0) {
    dseg_found(check, DSEG_RULE_DEFAULT_CODES, in_segment(first, DSEG_TAG(0x0062, 0x000F)),
               "is tissue of a body, and no more is said, of %zu of %zu segments", count, all);
  }
}

static void check_color(dseg_check *check, const dseg_items *segment) {
  const dseg_element color = dseg_get(&segment->item, DSEG_TAG(0x0062, 0x000D));
  const dseg_place place = in_segment(segment->number, DSEG_TAG(0x0062, 0x000D));
  if (color.tag == 0) {
    return;
  }
  if (check->facts.palette) {
    dseg_found(check, DSEG_RULE_CIELAB_PALETTE, place, "is there with PALETTE COLOR");
  } else if (color.value.size != 6) {
    dseg_found(check, DSEG_RULE_CIELAB, place, "has %zu bytes, must be three values of 2 bytes", color.value.size);
  }
}

static void check_tracking(dseg_check *check, const dseg_items *segment) {
  const dseg_element id = dseg_get(&segment->item, DSEG_TAG(0x0062, 0x0020));
  const dseg_element uid = dseg_get(&segment->item, DSEG_TAG(0x0062, 0x0021));
  if (dseg_has_value(&id) != dseg_has_value(&uid)) {
    const uint32_t missing = dseg_has_value(&id) ? DSEG_TAG(0x0062, 0x0021) : DSEG_TAG(0x0062, 0x0020);
    dseg_found(check, DSEG_RULE_TRACKING, in_segment(segment->number, missing), "is missing, the other is there");
  }
}

static void check_order(dseg_check *check) {
  int32_t before = -1;
  if (check->facts.type == DSEG_TYPE_LABELMAP || check->facts.type == DSEG_TYPE_UNKNOWN) {
    return;
  }
  for (dseg_items items = dseg_items_of(check->top, SEGMENTS); dseg_items_next(&items);) {
    uint16_t number;
    if (!dseg_get_u16(&items.item, DSEG_TAG(0x0062, 0x0004), &number)) {
      continue;
    }
    if (number < before) {
      dseg_found(check, DSEG_RULE_SEGMENT_NUMBER_ORDER, in_segment(items.number, DSEG_TAG(0x0062, 0x0004)),
                 "is %u, behind %d", (unsigned)number, (int)before);
      return;
    }
    before = number;
  }
}

void dseg_check_segments(dseg_check *check) {
  uint8_t seen[65536 / 8] = {0};
  dseg_items segments = dseg_items_of(check->top, SEGMENTS);
  while (dseg_items_next(&segments)) {
    const dseg_element label = dseg_get(&segments.item, DSEG_TAG(0x0062, 0x0005));
    check_number(check, &segments, seen);
    if (!dseg_has_value(&label)) {
      dseg_found(check, DSEG_RULE_SEGMENT_LABEL, in_segment(segments.number, DSEG_TAG(0x0062, 0x0005)), "is %s",
                 dseg_show(&label).text);
    }
    check_algorithm(check, &segments);
    check_codes(check, &segments);
    check_color(check, &segments);
    check_tracking(check, &segments);
  }
  if (segments.number == 0 && (check->facts.replaces & DSEG_REPLACES_SEGMENTS) == 0) {
    dseg_found(check, DSEG_RULE_SEGMENT_SEQUENCE, dseg_at(SEGMENTS), "has no item");
  }
  check_gaps(check);
  check_order(check);
  check_default_codes(check);
}
