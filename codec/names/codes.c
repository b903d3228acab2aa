/* SPDX-License-Identifier: Apache-2.0 */
/* codes.c - codes of segments by their names, from the library's table of terms: exact names alone. */
#include <stdio.h>
#include <string.h>

#include "model/default_codes.h"
#include "names/table.h"

enum { NEAR = 3, NEAR_NOTES = 5 };

static bool is_same(const dseg_code *code, const dseg_code *other) {
  return code->value != NULL && code->scheme != NULL && strcmp(code->value, other->value) == 0 &&
         strcmp(code->scheme, other->scheme) == 0;
}

bool dseg_segment_is_coded(const dseg_segment *segment) {
  static const dseg_code category = DSEG_DEFAULT_CATEGORY;
  static const dseg_code type = DSEG_DEFAULT_TYPE;
  const bool is_default = is_same(&segment->category, &category) && is_same(&segment->type, &type);
  return segment->category.value != NULL && segment->type.value != NULL && !is_default;
}

/* For a person, who may have meant one of them. */
static void note_near(const char *label, const dseg_warning_sink *notes) {
  const dseg_term *near[NEAR];
  const size_t count = dseg_term_near(label, near, NEAR);
  char text[NEAR * 80] = "";
  size_t used = 0;
  for (size_t i = 0; i < count && i < NEAR; i++) {
    const int more = snprintf(text + used, sizeof text - used, "%s\"%.64s\"", i > 0 ? ", " : "", near[i]->name);
    used += more > 0 ? (size_t)more : 0;
  }
  if (count > 0) {
    dseg_warn(notes, "no code is known for \"%.64s\"; similar names that have one: %s", label, text);
  }
}

size_t dseg_names_add_codes(dseg_description *description, dseg_named_segment *named, bool color,
                            const dseg_warning_sink *notes) {
  size_t coded = 0;
  size_t coarse = 0;
  size_t told = 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    dseg_segment *segment = &description->segments[i];
    if (dseg_segment_is_coded(segment) || (segment->assumed & DSEG_ASSUMED_LABEL) != 0) {
      continue;
    }
    const dseg_term *term = dseg_term_find(segment->label);
    if (term == NULL) {
      if (told++ < NEAR_NOTES) {
        note_near(segment->label, notes);
      }
      continue;
    }
    const bool takes_color = color || (segment->assumed & DSEG_ASSUMED_COLOR) != 0;
    dseg_term_apply(term, segment, takes_color);
    segment->assumed &= takes_color ? ~(unsigned)DSEG_ASSUMED_COLOR : ~0U;
    named[i].codes = DSEG_NAME_FROM_TERMS;
    named[i].color = takes_color ? DSEG_NAME_FROM_TERMS : named[i].color;
    coded++;
    coarse += term->is_coarse ? 1 : 0;
  }
  if (coarse > 0) {
    dseg_warn(
        notes,
        "%zu of the segments have codes that say less than their names, which no code says: cortical areas are coded "
        "as cerebral cortex with the side",
        coarse);
  }
  return coded;
}
