/* SPDX-License-Identifier: Apache-2.0 */
/* kept_segment.c - merges what is kept of a segment with its members, which count where the two differ: names and codes
 * may have been given anew since the segment was read. */
#include "seg_write/kept_segment.h"

#include <string.h>

#include "dicom/keep.h"

static bool has_text(const dseg_elements *item, uint32_t tag, dseg_view *text) {
  dseg_element element;
  return dseg_elements_find(item, tag, &element, NULL) == DSEG_OK && dseg_element_text(&element, SIZE_MAX, text);
}

static bool is_text(const dseg_elements *item, uint32_t tag, const char *expected) {
  dseg_view text = {0};
  (void)has_text(item, tag, &text);
  const size_t size = expected != NULL ? strlen(expected) : 0;
  return text.size == size && (size == 0 || memcmp(text.data, expected, size) == 0);
}

/* A code's value stands in one of three attributes (PS3.3 Table 8.8-1). */
static bool is_code(const dseg_elements *item, const dseg_code *code) {
  dseg_view text;
  uint32_t value = DSEG_TAG(0x0008, 0x0100);
  if (!has_text(item, value, &text)) {
    value = has_text(item, DSEG_TAG(0x0008, 0x0119), &text) ? DSEG_TAG(0x0008, 0x0119) : DSEG_TAG(0x0008, 0x0120);
  }
  return is_text(item, value, code->value) && is_text(item, DSEG_TAG(0x0008, 0x0102), code->scheme) &&
         is_text(item, DSEG_TAG(0x0008, 0x0104), code->meaning);
}

/* Whether the items of a sequence are these codes, at least the first: some sequences have one member only. modifiers:
 * those of the first item, in the sequence with this tag (0: none). */
static bool are_codes(const dseg_elements *in, uint32_t tag, dseg_code_list codes, bool all, uint32_t modifiers,
                      dseg_code_list modifier_codes) {
  dseg_element sequence;
  dseg_elements item;
  size_t offset = 0;
  size_t count = 0;
  bool more = false;
  bool same = dseg_elements_find(in, tag, &sequence, NULL) == DSEG_OK &&
              dseg_sequence_next(in, &sequence, &offset, &item, &more, NULL) == DSEG_OK;
  while (same && more && (all || count == 0)) {
    same = count < codes.count && is_code(&item, &codes.items[count]);
    if (same && count == 0 && modifiers != 0) {
      const dseg_code_list none = {NULL, 0};
      same = are_codes(&item, modifiers, modifier_codes, true, 0, none);
    }
    count++;
    same = same && dseg_sequence_next(in, &sequence, &offset, &item, &more, NULL) == DSEG_OK;
  }
  return same && count == codes.count;
}

/* Whether the kept element with this tag is to be put. */
static bool is_wanted(const dseg_elements *kept, const dseg_segment *segment, uint32_t tag, dseg_kept_codes *codes) {
  const dseg_code_list none = {NULL, 0};
  const dseg_code_list category = {&segment->category, 1};
  const dseg_code_list type = {&segment->type, 1};
  switch (tag) {
    case DSEG_TAG(0x0062, 0x0003): return codes->category = are_codes(kept, tag, category, false, 0, none);
    case DSEG_TAG(0x0062, 0x000F):
      return codes->type = are_codes(kept, tag, type, false, DSEG_TAG(0x0062, 0x0011), segment->type_modifiers);
    case DSEG_TAG(0x0008, 0x2218):
      return codes->regions = are_codes(kept, tag, segment->anatomic_regions, true, DSEG_TAG(0x0008, 0x2220),
                                        segment->anatomic_region_modifiers);
    default: return true;
  }
}

static dseg_status choose_elements(const dseg_segment *segment, dseg_kept_codes *codes, dseg_buffer *out,
                                   dseg_error *error) {
  const dseg_elements kept = dseg_kept_elements(segment->attributes);
  size_t begin = 0;
  size_t end = 0;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(&kept, &end, &element, error));
  while (element.tag != 0) {
    if (is_wanted(&kept, segment, element.tag, codes)) {
      DSEG_TRY(dseg_buffer_append(out, segment->attributes.data + begin, end - begin, error));
    }
    begin = end;
    DSEG_TRY(dseg_elements_next(&kept, &end, &element, error));
  }
  return DSEG_OK;
}

void dseg_put_kept_segment(dseg_data_set *set, const dseg_segment *segment, dseg_kept_codes *kept) {
  dseg_error error = {.status = DSEG_OK};
  dseg_buffer chosen = {0};
  *kept = (dseg_kept_codes){false};
  const dseg_status status = choose_elements(segment, kept, &chosen, &error);
  if (status != DSEG_OK) {
    dseg_data_set_fail(set, status, error.message);
  } else {
    (void)dseg_data_set_read(set, (dseg_view){chosen.data, chosen.size}, DSEG_EXPLICIT_VR, NULL);
  }
  dseg_buffer_free(&chosen);
}
