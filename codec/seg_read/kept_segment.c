/* SPDX-License-Identifier: Apache-2.0 */
/* kept_segment.c - what an item of Segment Sequence (0062,0002) says that no member of dseg_segment has (PS3.3 Table
 * C.8.20-4), copied for whoever writes the segment again. */
#include "seg_read/kept_segment.h"

/* A coded concept is plain when dseg_code holds all of it: Code Value, Coding Scheme Designator, Code Meaning, and for
 * some the sequence of modifiers in it (0: none). */
static dseg_status is_plain_code(const dseg_elements *item, uint32_t modifiers, bool *plain, dseg_error *error);

static dseg_status are_plain_codes(const dseg_elements *in, const dseg_element *sequence, uint32_t modifiers,
                                   bool only_one, bool *plain, dseg_error *error) {
  dseg_elements item;
  size_t offset = 0;
  size_t count = 0;
  bool more;
  *plain = true;
  DSEG_TRY(dseg_sequence_next(in, sequence, &offset, &item, &more, error));
  while (more && *plain) {
    /* The modifiers of the first region alone have a member. */
    DSEG_TRY(is_plain_code(&item, count == 0 ? modifiers : 0, plain, error));
    count++;
    *plain = *plain && (!only_one || count == 1);
    DSEG_TRY(dseg_sequence_next(in, sequence, &offset, &item, &more, error));
  }
  return DSEG_OK;
}

static dseg_status is_plain_code(const dseg_elements *item,  // NOLINT(misc-no-recursion): modifiers have none
                                 uint32_t modifiers, bool *plain, dseg_error *error) {
  size_t offset = 0;
  dseg_element element;
  *plain = true;
  DSEG_TRY(dseg_elements_next(item, &offset, &element, error));
  while (element.tag != 0 && *plain) {
    if (element.tag == modifiers) {
      DSEG_TRY(are_plain_codes(item, &element, 0, false, plain, error));
    } else {
      *plain = element.tag == DSEG_TAG(0x0008, 0x0100) || element.tag == DSEG_TAG(0x0008, 0x0102) ||
               element.tag == DSEG_TAG(0x0008, 0x0104);
    }
    DSEG_TRY(dseg_elements_next(item, &offset, &element, error));
  }
  return DSEG_OK;
}

/* What of an item is left to the members of dseg_segment. */
struct item {
  bool plain_category, plain_type, plain_regions;
  bool moved_modifiers; /* those beside the type were taken for its own */
  bool only_number;     /* of the background: nothing but its number is left out */
};

static dseg_keep_choice choose(const void *user, uint32_t tag) {
  const struct item *item = user;
  switch (tag) {
    case DSEG_TAG(0x0008, 0x0005):
    case DSEG_TAG(0x0062, 0x0004): return DSEG_KEEP_NOT;
    case DSEG_TAG(0x0062, 0x0005):
    case DSEG_TAG(0x0062, 0x0006):
    case DSEG_TAG(0x0062, 0x0008):
    case DSEG_TAG(0x0062, 0x0009):
    case DSEG_TAG(0x0062, 0x000D):
    case DSEG_TAG(0x0062, 0x0020):
    case DSEG_TAG(0x0062, 0x0021): return item->only_number ? DSEG_KEEP_COPY : DSEG_KEEP_NOT;
    case DSEG_TAG(0x0062, 0x0003): return item->plain_category ? DSEG_KEEP_NOT : DSEG_KEEP_COPY;
    case DSEG_TAG(0x0062, 0x000F): return item->plain_type ? DSEG_KEEP_NOT : DSEG_KEEP_COPY;
    case DSEG_TAG(0x0062, 0x0011): return item->moved_modifiers ? DSEG_KEEP_NOT : DSEG_KEEP_COPY;
    case DSEG_TAG(0x0008, 0x2218): return item->plain_regions ? DSEG_KEEP_NOT : DSEG_KEEP_COPY;
    default: return DSEG_KEEP_COPY;
  }
}

static dseg_status keep(const dseg_elements *in, const dseg_element *character_set, const struct item *item,
                        dseg_tag_list *dropped, dseg_description *description, dseg_view *kept, dseg_error *error) {
  const dseg_keep_rule rule = {.choose = choose, .user = item, .own_creators = {DSEG_SEGMENTS_CREATOR}};
  dseg_buffer bytes = {0};
  dseg_element own;
  DSEG_TRY(dseg_elements_find(in, DSEG_TAG(0x0008, 0x0005), &own, error));
  dseg_status status = dseg_keep_elements(in, own.tag != 0 ? &own : character_set, &rule, dropped, &bytes, error);
  if (status == DSEG_OK) {
    status = dseg_keep_bytes(description, &bytes, kept, error);
  }
  dseg_buffer_free(&bytes);
  return status;
}

dseg_status dseg_keep_segment(const dseg_elements *in, const dseg_element *character_set, dseg_tag_list *dropped,
                              dseg_description *description, dseg_segment *segment, dseg_error *error) {
  struct item item = {0};
  dseg_element element;
  dseg_elements type;
  dseg_element modifiers = {0};
  bool found;
  DSEG_TRY(dseg_elements_find(in, DSEG_TAG(0x0062, 0x0003), &element, error));
  DSEG_TRY(are_plain_codes(in, &element, 0, true, &item.plain_category, error));
  DSEG_TRY(dseg_elements_find(in, DSEG_TAG(0x0062, 0x000F), &element, error));
  DSEG_TRY(are_plain_codes(in, &element, DSEG_TAG(0x0062, 0x0011), true, &item.plain_type, error));
  DSEG_TRY(dseg_elements_find(in, DSEG_TAG(0x0008, 0x2218), &element, error));
  DSEG_TRY(are_plain_codes(in, &element, DSEG_TAG(0x0008, 0x2220), false, &item.plain_regions, error));
  DSEG_TRY(dseg_elements_find_item(in, DSEG_TAG(0x0062, 0x000F), &type, &found, error));
  if (found) {
    DSEG_TRY(dseg_elements_find(&type, DSEG_TAG(0x0062, 0x0011), &modifiers, error));
  }
  item.moved_modifiers = modifiers.value.size == 0;
  return keep(in, character_set, &item, dropped, description, &segment->attributes, error);
}

dseg_status dseg_keep_background(const dseg_elements *in, const dseg_element *character_set, dseg_tag_list *dropped,
                                 dseg_description *description, dseg_error *error) {
  const struct item item = {.only_number = true};
  return keep(in, character_set, &item, dropped, description, &description->background_attributes, error);
}
