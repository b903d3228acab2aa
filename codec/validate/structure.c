/* SPDX-License-Identifier: Apache-2.0 */
/* structure.c - the file as such: rules structure, meta-sop-class, meta-sop-instance, uid-form. Per-frame functional
 * groups are walked with the frames (frames.c). */
#include "validate/structure.h"

#include "dicom/scanner.h"

static bool is_sequence(const dseg_element *element) {
  return (element->vr[0] == 'S' && element->vr[1] == 'Q') ||
         (element->undefined_length && element->vr[0] == 'U' && element->vr[1] == 'N');
}

/* True when all that elements hold can be read; else *broken is the innermost place that cannot. */
static bool walk(const dseg_elements *elements, dseg_place place, size_t item, unsigned depth, dseg_place *broken) {
  size_t offset = 0;
  dseg_element element;
  if (depth > DSEG_MAX_DEPTH) {
    *broken = place;
    return false;
  }
  for (;;) {
    if (dseg_elements_next(elements, &offset, &element, NULL) != DSEG_OK) {
      *broken = place;
      return false;
    }
    if (element.tag == 0) {
      return true;
    }
    if (!is_sequence(&element)) {
      continue;
    }
    const dseg_place inside = place.depth == 0 ? dseg_at(element.tag) : dseg_in(place, item, element.tag);
    size_t inner = 0;
    size_t number = 0;
    bool more = true;
    while (more) {
      dseg_elements content;
      if (dseg_sequence_next(elements, &element, &inner, &content, &more, NULL) != DSEG_OK) {
        *broken = inside;
        return false;
      }
      if (more && !walk(&content, inside, ++number, depth + 1, broken)) {
        return false;
      }
    }
  }
}

void dseg_check_readable(dseg_check *check, const dseg_elements *elements, dseg_place place, size_t item) {
  dseg_place broken = place;
  if (!walk(elements, place, item, place.depth, &broken)) {
    dseg_found(check, DSEG_RULE_STRUCTURE, broken, "cannot be read to its end");
  }
}

static void check_meta(dseg_check *check, uint32_t meta_tag, uint32_t tag, dseg_rule_name rule) {
  const dseg_element meta = dseg_get(&check->file.meta, meta_tag);
  const dseg_element element = dseg_get(check->top, tag);
  if (!dseg_same_text(&meta, &element)) {
    dseg_found(check, rule, dseg_at(meta_tag), "is %s, (%04X,%04X) is %s", dseg_show(&meta).text, (unsigned)(tag >> 16),
               (unsigned)(tag & 0xFFFFu), dseg_show(&element).text);
  }
}

/* Digits and points, no component empty or with a leading zero, at most 64 characters (PS3.5 9.1). */
static bool is_uid(dseg_view text) {
  size_t component = 0; /* digits so far */
  bool zero = false;    /* the component began with 0 */
  if (text.size == 0 || text.size > 64) {
    return false;
  }
  for (size_t i = 0; i < text.size; i++) {
    const uint8_t character = text.data[i];
    if (character == '.') {
      if (component == 0) {
        return false;
      }
      component = 0;
      continue;
    }
    zero = component == 0 ? character == '0' : zero;
    component++;
    if (character < '0' || character > '9' || (zero && component > 1)) {
      return false;
    }
  }
  return component > 0;
}

static void check_uids(dseg_check *check) {
  static const struct {
    uint32_t tag;
    bool required;
  } uids[] = {{0x00080018, true}, {0x0020000D, true}, {0x0020000E, true}, {0x00200052, false}};
  for (size_t i = 0; i < sizeof uids / sizeof uids[0]; i++) {
    const dseg_element element = dseg_get(check->top, uids[i].tag);
    dseg_view text = {0};
    (void)dseg_element_text(&element, SIZE_MAX, &text);
    if (!is_uid(text) && (uids[i].required || element.tag != 0)) {
      dseg_found(check, DSEG_RULE_UID_FORM, dseg_at(uids[i].tag), "is %s, which is no UID", dseg_show(&element).text);
    }
  }
}

void dseg_check_structure(dseg_check *check) {
  dseg_check_readable(check, check->top, (dseg_place){0}, 0);
  check_meta(check, DSEG_TAG(0x0002, 0x0002), DSEG_TAG(0x0008, 0x0016), DSEG_RULE_META_SOP_CLASS);
  check_meta(check, DSEG_TAG(0x0002, 0x0003), DSEG_TAG(0x0008, 0x0018), DSEG_RULE_META_SOP_INSTANCE);
  check_uids(check);
}
