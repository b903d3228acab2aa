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

/* Sorts the list, and leaves each instance once. */
static void sort_list(dseg_reference_list *list) {
  uint64_t *hashes = (void *)list->hashes.data;
  const size_t count = list->hashes.size / sizeof *hashes;
  list->count = 0;
  if (count > 0) {
    qsort(hashes, count, sizeof *hashes, compare_hashes);
  }
  for (size_t i = 0; i < count; i++) {
    if (list->count == 0 || hashes[list->count - 1] != hashes[i]) {
      hashes[list->count++] = hashes[i];
    }
  }
}

dseg_status dseg_read_reference_list(dseg_check *check, dseg_reference_list *list, dseg_error *error) {
  const dseg_place studies = dseg_at(REFERENCED_STUDIES);
  DSEG_TRY(read_series(check, check->top, NULL, 0, list, error));
  for (dseg_items items = dseg_items_of(check->top, REFERENCED_STUDIES); dseg_items_next(&items);) {
    DSEG_TRY(read_series(check, &items.item, &studies, items.number, list, error));
  }
  sort_list(list);
  DSEG_TRY(dseg_buffer_resize(&list->uses, list->count, error));
  if (list->count > 0) {
    memset(list->uses.data, 0, list->count);
  }
  return DSEG_OK;
}

/* The use of a listed instance; NULL when it is not listed. */
static uint8_t *find_use(const dseg_reference_list *list, uint64_t hash) {
  const uint64_t *hashes = (const void *)list->hashes.data;
  const uint64_t *found = list->count > 0 ? bsearch(&hash, hashes, list->count, sizeof hash, compare_hashes) : NULL;
  return found != NULL ? list->uses.data + (found - hashes) : NULL;
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
  const dseg_element preserved = dseg_get(&source->item, DSEG_TAG(0x0028, 0x135A));
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
  if (dseg_has_value(&preserved) && !dseg_element_is(&preserved, "YES") && !dseg_element_is(&preserved, "NO") &&
      !dseg_element_is(&preserved, "REORIENTED_ONLY")) {
    dseg_found(check, DSEG_RULE_SPATIAL_LOCATIONS, dseg_in(place, source->number, DSEG_TAG(0x0028, 0x135A)), "is %s",
               dseg_show(&preserved).text);
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
    return;
  }
  uint8_t *use = find_use(list, hash);
  if (use != NULL) {
    *use = 1;
  } else {
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

/* Marks what elements of the object itself refer to, at any depth: Source Image Sequence of General Reference (C.12.4)
 * and others. Frames have been looked at, and the list does not count. */
static void mark_named(const dseg_elements *in, const dseg_reference_list *list) {  // NOLINT(misc-no-recursion): as
  size_t offset = 0;                                                                // deep as the file
  dseg_element element;
  while (dseg_elements_next(in, &offset, &element, NULL) == DSEG_OK && element.tag != 0) {
    uint64_t hash;
    if (element.tag == DSEG_TAG(0x0008, 0x1155) && uid_hash(&element, &hash)) {
      uint8_t *use = find_use(list, hash);
      if (use != NULL) {
        *use = 1;
      }
    } else if ((memcmp(element.vr, "SQ", 2) == 0 || element.tag == DSEG_TAG(0x0008, 0x2112)) &&
               element.tag != REFERENCED_SERIES && element.tag != REFERENCED_STUDIES &&
               element.tag != DSEG_TAG(0x5200, 0x9230)) {
      for (dseg_items items = dseg_items_of(in, element.tag); dseg_items_next(&items);) {
        mark_named(&items.item, list);
      }
    }
  }
}

/* The first listed instance, in the order of the list, that nothing refers to. */
static bool find_unused(const dseg_elements *in, const dseg_reference_list *list, dseg_shown *shown) {
  static const uint32_t tags[] = {0x0008114A, 0x00081199};
  for (dseg_items series = dseg_items_of(in, REFERENCED_SERIES); dseg_items_next(&series);) {
    for (size_t i = 0; i < 2; i++) {
      for (dseg_items items = dseg_items_of(&series.item, tags[i]); dseg_items_next(&items);) {
        const dseg_element uid = dseg_get(&items.item, DSEG_TAG(0x0008, 0x1155));
        uint64_t hash;
        if (uid_hash(&uid, &hash) && *find_use(list, hash) == 0) {
          *shown = dseg_show(&uid);
          return true;
        }
      }
    }
  }
  return false;
}

void dseg_check_reference_use(dseg_check *check, dseg_reference_list *list) {
  /* Who places frames without groups refers to images without them. */
  if (!list->present || ((check->facts.replaces & DSEG_REPLACES_FRAME_GROUPS) != 0 && !check->file.per_frame.present)) {
    return;
  }
  if (!list->used) {
    dseg_found(check, DSEG_RULE_REFERENCE_UNUSED, dseg_at(REFERENCED_SERIES), "is there, no frame refers to an image");
    return;
  }
  size_t unused = 0;
  mark_named(check->top, list);
  for (size_t i = 0; i < list->count; i++) {
    unused += list->uses.data[i] == 0 ? 1 : 0;
  }
  if (unused == 0) {
    return;
  }
  dseg_shown first = {""};
  bool found = find_unused(check->top, list, &first);
  for (dseg_items studies = dseg_items_of(check->top, REFERENCED_STUDIES); !found && dseg_items_next(&studies);) {
    found = find_unused(&studies.item, list, &first);
  }
  dseg_found(check, DSEG_RULE_REFERENCE_UNUSED, dseg_at(REFERENCED_SERIES),
             "lists %zu of %zu instances that no frame refers to, %s first", unused, list->count, first.text);
}
