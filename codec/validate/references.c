/* SPDX-License-Identifier: Apache-2.0 */
/* references.c - Derivation Image (PS3.3 C.7.6.16.2.6, A.51.5.1) against Common Instance Reference (C.12.2). */
#include <stdlib.h>
#include <string.h>

#include "validate/groups.h"

#define REFERENCED_SERIES DSEG_TAG(0x0008, 0x1115)
#define REFERENCED_STUDIES DSEG_TAG(0x0008, 0x1200)

static int compare_hashes(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a;
  const uint64_t y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static bool uid_hash(const dseg_element *uid, uint64_t *hash) {
  dseg_view text;
  const bool found = dseg_element_text(uid, 0, &text);
  *hash = found ? dseg_hash(text) : 0;
  return found;
}

/* Instances of a series: Referenced Instance Sequence, or Referenced SOP Sequence within another study. */
static dseg_status read_instances(const dseg_elements *series, dseg_reference_list *list, size_t *count,
                                  dseg_error *error) {
  static const uint32_t tags[] = {0x0008114A, 0x00081199};
  *count = 0;
  for (size_t i = 0; i < 2; i++) {
    for (dseg_items items = dseg_items_of(series, tags[i]); dseg_items_next(&items);) {
      const dseg_element uid = dseg_get(&items.item, DSEG_TAG(0x0008, 0x1155));
      uint64_t hash;
      if (uid_hash(&uid, &hash)) {
        DSEG_TRY(dseg_buffer_append(&list->hashes, &hash, sizeof hash, error));
        ++*count;
      }
    }
  }
  return DSEG_OK;
}

static dseg_status read_series(dseg_check *check, const dseg_elements *in, const dseg_place *study, size_t study_number,
                               dseg_reference_list *list, dseg_error *error) {
  const dseg_place place =
      study != NULL ? dseg_in(*study, study_number, REFERENCED_SERIES) : dseg_at(REFERENCED_SERIES);
  for (dseg_items items = dseg_items_of(in, REFERENCED_SERIES); dseg_items_next(&items);) {
    const dseg_element uid = dseg_get(&items.item, DSEG_TAG(0x0020, 0x000E));
    size_t count;
    DSEG_TRY(read_instances(&items.item, list, &count, error));
    list->present = true;
    if (!dseg_has_value(&uid)) {
      dseg_found(check, DSEG_RULE_REFERENCED_SERIES, dseg_in(place, items.number, DSEG_TAG(0x0020, 0x000E)),
                 "is missing");
    }
    if (count == 0) {
      dseg_found(check, DSEG_RULE_REFERENCED_SERIES, dseg_in(place, items.number, DSEG_TAG(0x0008, 0x114A)),
                 "names no instance");
    }
  }
  return DSEG_OK;
}

dseg_status dseg_read_reference_list(dseg_check *check, dseg_reference_list *list, dseg_error *error) {
  const dseg_place studies = dseg_at(REFERENCED_STUDIES);
  DSEG_TRY(read_series(check, check->top, NULL, 0, list, error));
  for (dseg_items items = dseg_items_of(check->top, REFERENCED_STUDIES); dseg_items_next(&items);) {
    DSEG_TRY(read_series(check, &items.item, &studies, items.number, list, error));
  }
  list->count = list->hashes.size / sizeof(uint64_t);
  if (list->count > 0) {
    qsort(list->hashes.data, list->count, sizeof(uint64_t), compare_hashes);
  }
  return DSEG_OK;
}

/* True when the only item of a code sequence has this value of scheme DCM. */
static bool has_code(const dseg_elements *in, uint32_t sequence, const char *value) {
  dseg_items items = dseg_items_of(in, sequence);
  if (!dseg_items_next(&items)) {
    return false;
  }
  const dseg_element code = dseg_get(&items.item, DSEG_TAG(0x0008, 0x0100));
  const dseg_element scheme = dseg_get(&items.item, DSEG_TAG(0x0008, 0x0102));
  return dseg_element_is(&code, value) && dseg_element_is(&scheme, "DCM");
}

static void check_source(dseg_check *check, const dseg_items *source, dseg_place place, dseg_reference_list *list) {
  const dseg_element sop_class = dseg_get(&source->item, DSEG_TAG(0x0008, 0x1150));
  const dseg_element instance = dseg_get(&source->item, DSEG_TAG(0x0008, 0x1155));
  uint64_t hash;
  list->used = true;
  if (!dseg_has_value(&sop_class)) {
    dseg_found(check, DSEG_RULE_SOURCE_REFERENCE, dseg_in(place, source->number, DSEG_TAG(0x0008, 0x1150)),
               "is missing");
  }
  if (!has_code(&source->item, DSEG_TAG(0x0040, 0xA170), "121322")) {
    dseg_found(check, DSEG_RULE_SOURCE_PURPOSE, dseg_in(place, source->number, DSEG_TAG(0x0040, 0xA170)),
               "is not (121322, DCM)");
  }
  if (!uid_hash(&instance, &hash)) {
    dseg_found(check, DSEG_RULE_SOURCE_REFERENCE, dseg_in(place, source->number, DSEG_TAG(0x0008, 0x1155)),
               "is missing");
    return;
  }
  if (!list->present) {
    if (check->findings[DSEG_RULE_COMMON_REFERENCE] == 0) {
      dseg_found(check, DSEG_RULE_COMMON_REFERENCE, dseg_at(REFERENCED_SERIES), "is missing, frames refer to %s",
                 dseg_show(&instance).text);
    }
  } else if (list->count == 0 || bsearch(&hash, list->hashes.data, list->count, sizeof hash, compare_hashes) == NULL) {
    dseg_found(check, DSEG_RULE_REFERENCE_LISTED, dseg_in(place, source->number, DSEG_TAG(0x0008, 0x1155)),
               "is %s, which Common Instance Reference does not list", dseg_show(&instance).text);
  }
}

void dseg_check_derivation(dseg_check *check, const dseg_group_set *set, dseg_reference_list *list) {
  const dseg_place group = dseg_group_place(set, DSEG_GROUP_DERIVATION);
  if (!set->groups[DSEG_GROUP_DERIVATION].present) {
    return;
  }
  for (dseg_items items = dseg_items_of(&set->elements, DSEG_TAG(0x0008, 0x9124)); dseg_items_next(&items);) {
    const dseg_place sources = dseg_in(group, items.number, DSEG_TAG(0x0008, 0x2112));
    if (!has_code(&items.item, DSEG_TAG(0x0008, 0x9215), "113076")) {
      dseg_found(check, DSEG_RULE_DERIVATION_CODE, dseg_in(group, items.number, DSEG_TAG(0x0008, 0x9215)),
                 "is not (113076, DCM)");
    }
    for (dseg_items source = dseg_items_of(&items.item, DSEG_TAG(0x0008, 0x2112)); dseg_items_next(&source);) {
      check_source(check, &source, sources, list);
    }
  }
}

void dseg_check_reference_use(dseg_check *check, const dseg_reference_list *list) {
  if (list->present && !list->used) {
    dseg_found(check, DSEG_RULE_REFERENCE_UNUSED, dseg_at(REFERENCED_SERIES), "is there, no frame refers to an image");
  }
}
