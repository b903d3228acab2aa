/* SPDX-License-Identifier: Apache-2.0 */
/* codes.c - the review of the codes of segments, where it is asked for: gathers them, and rules type-repeats-category
 * and tracking-uid. */
#include "validate/codes.h"

#include <stdlib.h>
#include <string.h>

#define SEGMENTS DSEG_TAG(0x0062, 0x0002)
#define CATEGORY DSEG_TAG(0x0062, 0x0003)
#define TYPE DSEG_TAG(0x0062, 0x000F)
#define TRACKING_UID DSEG_TAG(0x0062, 0x0021)

/* Sequences of codes in a segment's item, and those within their items (PS3.3 Table C.8.20-4, 10.5). */
static const uint32_t sequences[][2] = {
    {CATEGORY, 0},
    {TYPE, DSEG_TAG(0x0062, 0x0011)},                      /* Segmented Property Type Modifier Code Sequence */
    {DSEG_TAG(0x0008, 0x2218), DSEG_TAG(0x0008, 0x2220)}}; /* Anatomic Region Sequence, its modifiers */

dseg_view dseg_text_of(const dseg_element *element) {
  dseg_view text;
  return dseg_element_text(element, SIZE_MAX, &text) ? text : (dseg_view){NULL, 0};
}

dseg_segment_code dseg_read_code(const dseg_elements *item) {
  static const uint32_t forms[] = {DSEG_TAG(0x0008, 0x0100), DSEG_TAG(0x0008, 0x0119), DSEG_TAG(0x0008, 0x0120)};
  const dseg_element scheme = dseg_get(item, DSEG_TAG(0x0008, 0x0102));
  dseg_segment_code code = {.scheme = dseg_text_of(&scheme), .meaning = dseg_get(item, DSEG_TAG(0x0008, 0x0104))};
  for (size_t i = 0; i < sizeof forms / sizeof forms[0] && code.value.size == 0; i++) {
    const dseg_element value = dseg_get(item, forms[i]);
    code.value = dseg_text_of(&value);
  }
  return code;
}

static bool same_bytes(dseg_view a, dseg_view b) {
  return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool dseg_same_code(const dseg_segment_code *a, const dseg_segment_code *b) {
  return same_bytes(a->scheme, b->scheme) && same_bytes(a->value, b->value);
}

dseg_place dseg_code_place(const dseg_segment_code *code) {
  dseg_place place = dseg_in(dseg_at(SEGMENTS), code->segment, code->sequence);
  uint32_t item = code->item;
  if (code->modifier != 0) {
    place = dseg_in(place, code->item, code->modifier);
    item = code->of;
  }
  return dseg_in(place, item, DSEG_TAG(0x0008, 0x0104));
}

static dseg_status add(dseg_check *check, dseg_segment_codes *codes, const dseg_segment_code *code, dseg_error *error) {
  if (code->value.size == 0) {
    return DSEG_OK; /* rule code reports it */
  }
  if (codes->count == codes->room) {
    const size_t room = codes->room != 0 ? codes->room * 2 : 64;
    if (room > check->memory_limit / sizeof *codes->items) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "a review of %zu codes needs more memory than the limit allows", room);
    }
    dseg_segment_code *grown = realloc(codes->items, room * sizeof *grown);
    if (grown == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review of %zu codes", room);
    }
    codes->items = grown;
    codes->room = room;
  }
  codes->items[codes->count++] = *code;
  return DSEG_OK;
}

static dseg_status gather(dseg_check *check, const dseg_items *segment, dseg_segment_codes *codes, dseg_error *error) {
  for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
    for (dseg_items at = dseg_items_of(&segment->item, sequences[i][0]); dseg_items_next(&at);) {
      dseg_segment_code code = dseg_read_code(&at.item);
      code.segment = (uint32_t)segment->number;
      code.sequence = sequences[i][0];
      code.item = (uint32_t)at.number;
      DSEG_TRY(add(check, codes, &code, error));
      if (sequences[i][1] == 0) {
        continue;
      }
      for (dseg_items inner = dseg_items_of(&at.item, sequences[i][1]); dseg_items_next(&inner);) {
        dseg_segment_code modifier = dseg_read_code(&inner.item);
        modifier.segment = code.segment;
        modifier.sequence = code.sequence;
        modifier.item = code.item;
        modifier.modifier = sequences[i][1];
        modifier.of = (uint32_t)inner.number;
        DSEG_TRY(add(check, codes, &modifier, error));
      }
    }
  }
  return DSEG_OK;
}

static void check_type(dseg_check *check, const dseg_items *segment) {
  dseg_items categories = dseg_items_of(&segment->item, CATEGORY);
  dseg_items types = dseg_items_of(&segment->item, TYPE);
  if (!dseg_items_next(&categories) || !dseg_items_next(&types)) {
    return;
  }
  const dseg_segment_code category = dseg_read_code(&categories.item);
  const dseg_segment_code type = dseg_read_code(&types.item);
  if (type.value.size != 0 && dseg_same_code(&category, &type)) {
    dseg_found(check, DSEG_RULE_TYPE_REPEATS_CATEGORY, dseg_in(dseg_at(SEGMENTS), segment->number, TYPE),
               "has the code of the category, %s: it says nothing more", dseg_show(&category.meaning).text);
  }
}

/* A Tracking UID, and the segment that has it. */
struct tracked {
  dseg_element uid;
  uint32_t segment;
};

static int compare_tracked(const void *a, const void *b) {
  const struct tracked *first = a;
  const struct tracked *second = b;
  const dseg_view one = dseg_text_of(&first->uid);
  const dseg_view other = dseg_text_of(&second->uid);
  const size_t common = one.size < other.size ? one.size : other.size;
  const int order = common > 0 ? memcmp(one.data, other.data, common) : 0;
  return order != 0                         ? order
         : one.size != other.size           ? (one.size < other.size ? -1 : 1)
         : first->segment < second->segment ? -1
                                            : first->segment > second->segment;
}

/* UIDs of the object itself are no UIDs of what is tracked in it. */
static void check_foreign(dseg_check *check, const struct tracked *tracked) {
  static const struct {
    uint32_t tag;
    const char *name;
  } others[] = {{DSEG_TAG(0x0008, 0x0016), "SOP Class UID"},
                {DSEG_TAG(0x0008, 0x0018), "SOP Instance UID"},
                {DSEG_TAG(0x0020, 0x000D), "Study Instance UID"},
                {DSEG_TAG(0x0020, 0x000E), "Series Instance UID"},
                {DSEG_TAG(0x0020, 0x0052), "Frame of Reference UID"}};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    const dseg_element other = dseg_get(check->top, others[i].tag);
    if (dseg_same_text(&tracked->uid, &other)) {
      dseg_found(check, DSEG_RULE_TRACKING_UID, dseg_in(dseg_at(SEGMENTS), tracked->segment, TRACKING_UID),
                 "is the object's %s", others[i].name);
    }
  }
}

static dseg_status check_tracking(dseg_check *check, dseg_error *error) {
  const size_t room = dseg_count_items(check->top, SEGMENTS);
  size_t count = 0;
  if (room == 0) {
    return DSEG_OK;
  }
  if (room > check->memory_limit / sizeof(struct tracked)) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "a review of %zu segments needs more memory than the limit allows", room);
  }
  struct tracked *tracked = malloc(room * sizeof *tracked);
  if (tracked == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a review of %zu segments", room);
  }
  for (dseg_items at = dseg_items_of(check->top, SEGMENTS); count < room && dseg_items_next(&at);) {
    tracked[count] = (struct tracked){dseg_get(&at.item, TRACKING_UID), (uint32_t)at.number};
    count += dseg_has_value(&tracked[count].uid);
  }
  qsort(tracked, count, sizeof *tracked, compare_tracked);
  for (size_t i = 0; i < count; i++) {
    check_foreign(check, &tracked[i]);
    if (i > 0 && dseg_same_text(&tracked[i - 1].uid, &tracked[i].uid)) {
      dseg_found(check, DSEG_RULE_TRACKING_UID, dseg_in(dseg_at(SEGMENTS), tracked[i].segment, TRACKING_UID),
                 "is that of item %u, too: one finding is in an object once", (unsigned)tracked[i - 1].segment);
    }
  }
  free(tracked);
  return DSEG_OK;
}

dseg_status dseg_check_codes(dseg_check *check, dseg_error *error) {
  dseg_segment_codes codes = {0};
  dseg_status status = DSEG_OK;
  if (!check->options->codes) {
    return DSEG_OK;
  }
  for (dseg_items at = dseg_items_of(check->top, SEGMENTS); status == DSEG_OK && dseg_items_next(&at);) {
    if (dseg_is_background_item(check, &at)) {
      continue;
    }
    check_type(check, &at);
    dseg_review_sides(check, &at);
    status = gather(check, &at, &codes, error);
  }
  if (status == DSEG_OK) {
    dseg_review_meanings(check, &codes);
    status = check_tracking(check, error);
  }
  free(codes.items);
  return status;
}
