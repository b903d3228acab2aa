/* SPDX-License-Identifier: Apache-2.0 */
/* image_set.c - the images a segmentation refers to (PS3.3 C.12.2 Common Instance Reference, C.7.6.16.2.6
 * Derivation Image). */
#include "seg_read/image_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define FIRST_CAPACITY ((size_t)64)
#define UID_MAX ((size_t)64)

static bool same_uid(const char *text, dseg_view uid) {
  return strlen(text) == uid.size && memcmp(text, uid.data, uid.size) == 0;
}

/* An image that is looked for. */
struct wanted {
  const dseg_image_set *set;
  dseg_view uid;
  uint32_t frame;
};

static uint64_t hash(dseg_view uid, uint32_t frame) {
  const uint64_t value = dseg_hash_step(dseg_hash_bytes(uid), frame);
  return value ^ value >> 29;
}

static uint64_t hash_item(const void *set, size_t item) {
  const dseg_instance_reference *image = &((const dseg_image_set *)set)->items[item];
  const char *uid = image->sop_instance_uid;
  return hash((dseg_view){(const uint8_t *)uid, strlen(uid)}, image->frame);
}

static bool is_wanted(const void *user, size_t item) {
  const struct wanted *wanted = user;
  const dseg_instance_reference *image = &wanted->set->items[item];
  return image->frame == wanted->frame && same_uid(image->sop_instance_uid, wanted->uid);
}

static uint32_t *find_slot(const dseg_image_set *set, dseg_view uid, uint32_t frame) {
  const struct wanted wanted = {set, uid, frame};
  return dseg_slots_find(&set->slots, hash(uid, frame), is_wanted, &wanted);
}

static dseg_status grow(dseg_image_set *set, dseg_error *error) {
  const size_t capacity = set->capacity != 0 ? set->capacity * 2 : FIRST_CAPACITY;
  dseg_instance_reference *items = realloc(set->items, capacity * sizeof *items);
  set->items = items != NULL ? items : set->items;
  uint32_t *instance = realloc(set->instance, capacity * sizeof *instance);
  set->instance = instance != NULL ? instance : set->instance;
  uint64_t *derivations = realloc(set->derivations, capacity * sizeof *derivations);
  set->derivations = derivations != NULL ? derivations : set->derivations;
  if (items == NULL || derivations == NULL || instance == NULL ||
      !dseg_slots_resize(&set->slots, capacity, set->count, hash_item, set)) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", capacity);
    return DSEG_ERROR_MEMORY;
  }
  set->capacity = capacity;
  return DSEG_OK;
}

static const char *copy_text(dseg_description *description, dseg_view text) {
  char *copy = dseg_description_alloc(description, text.size + 1);
  if (copy != NULL) {
    memcpy(copy, text.data, text.size);
  }
  return copy;
}

/* The text of an earlier item where it is the same, as it is for the frames of one image. */
static const char *share_text(dseg_image_set *set, const char *earlier, dseg_view text) {
  return earlier != NULL && same_uid(earlier, text) ? earlier : copy_text(set->description, text);
}

dseg_status dseg_image_set_add(dseg_image_set *set, dseg_view sop_class_uid, dseg_view sop_instance_uid, uint32_t frame,
                               uint32_t *index, dseg_error *error) {
  static const uint8_t nothing;
  if (sop_instance_uid.size > UID_MAX || sop_class_uid.size > UID_MAX) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "a Referenced SOP Instance or Class UID (0008,1155), (0008,1150) exceeds 64 bytes (PS3.5 9.1)");
  }
  if (sop_class_uid.data == NULL) {
    sop_class_uid.data = &nothing;
  }
  if (set->items == NULL || set->count == set->capacity) {
    DSEG_TRY(grow(set, error));
  }
  uint32_t *slot = find_slot(set, sop_instance_uid, frame);
  if (*slot != 0) {
    *index = *slot - 1;
    return DSEG_OK;
  }
  const uint32_t place = (uint32_t)set->count;
  const uint32_t whole = frame != 0 ? *find_slot(set, sop_instance_uid, 0) : 0;
  const uint32_t instance = whole != 0 ? whole : place; /* counted from 1: the whole image, else the last one */
  const bool same = instance != 0 && same_uid(set->items[instance - 1].sop_instance_uid, sop_instance_uid);
  dseg_instance_reference *item = &set->items[place];
  *item = (dseg_instance_reference){.frame = frame};
  item->sop_instance_uid =
      same ? set->items[instance - 1].sop_instance_uid : copy_text(set->description, sop_instance_uid);
  item->sop_class_uid = share_text(set, place != 0 ? item[-1].sop_class_uid : NULL, sop_class_uid);
  if (item->sop_instance_uid == NULL || item->sop_class_uid == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a reference");
  }
  if (same) {
    item->series_uid = set->items[instance - 1].series_uid;
    item->study_uid = set->items[instance - 1].study_uid;
  }
  set->derivations[place] = 0;
  set->instance[place] = same ? set->instance[instance - 1] : place;
  *slot = place + 1;
  set->count++;
  *index = place;
  return DSEG_OK;
}

static dseg_status find_text(const dseg_elements *elements, uint32_t tag, dseg_view *text, dseg_error *error) {
  dseg_element element;
  DSEG_TRY(dseg_elements_find(elements, tag, &element, error));
  (void)dseg_element_text(&element, 0, text);
  return DSEG_OK;
}

/* Referenced Instance Sequence (0008,114A) of one series. */
static dseg_status add_instances(dseg_image_set *set, const dseg_elements *series, const char *series_uid,
                                 const char *study_uid, dseg_error *error) {
  dseg_element sequence;
  dseg_elements item;
  size_t offset = 0;
  bool more;
  DSEG_TRY(dseg_elements_find(series, DSEG_TAG(0x0008, 0x114A), &sequence, error));
  DSEG_TRY(dseg_sequence_next(series, &sequence, &offset, &item, &more, error));
  while (more) {
    dseg_view sop_class = {0};
    dseg_view instance = {0};
    uint32_t index = 0;
    DSEG_TRY(find_text(&item, DSEG_TAG(0x0008, 0x1150), &sop_class, error));
    DSEG_TRY(find_text(&item, DSEG_TAG(0x0008, 0x1155), &instance, error));
    if (instance.size != 0) {
      DSEG_TRY(dseg_image_set_add(set, sop_class, instance, 0, &index, error));
      set->items[index].series_uid = series_uid;
      set->items[index].study_uid = study_uid;
    }
    DSEG_TRY(dseg_sequence_next(series, &sequence, &offset, &item, &more, error));
  }
  return DSEG_OK;
}

/* Referenced Series Sequence (0008,1115) of one study. */
static dseg_status add_series_of(dseg_image_set *set, const dseg_elements *study, dseg_error *error) {
  dseg_element sequence;
  dseg_elements item;
  size_t offset = 0;
  bool more;
  dseg_view uid = {0};
  DSEG_TRY(find_text(study, DSEG_TAG(0x0020, 0x000D), &uid, error));
  const char *study_uid = uid.size != 0 ? copy_text(set->description, uid) : NULL;
  DSEG_TRY(dseg_elements_find(study, DSEG_TAG(0x0008, 0x1115), &sequence, error));
  DSEG_TRY(dseg_sequence_next(study, &sequence, &offset, &item, &more, error));
  while (more) {
    uid = (dseg_view){0};
    DSEG_TRY(find_text(&item, DSEG_TAG(0x0020, 0x000E), &uid, error));
    const char *series_uid = uid.size != 0 ? copy_text(set->description, uid) : NULL;
    DSEG_TRY(add_instances(set, &item, series_uid, study_uid, error));
    DSEG_TRY(dseg_sequence_next(study, &sequence, &offset, &item, &more, error));
  }
  return DSEG_OK;
}

dseg_status dseg_image_set_add_series(dseg_image_set *set, const dseg_elements *elements, dseg_error *error) {
  dseg_element sequence;
  dseg_elements item;
  size_t offset = 0;
  bool more;
  DSEG_TRY(add_series_of(set, elements, error));
  DSEG_TRY(dseg_elements_find(elements, DSEG_TAG(0x0008, 0x1200), &sequence, error));
  DSEG_TRY(dseg_sequence_next(elements, &sequence, &offset, &item, &more, error));
  while (more) {
    DSEG_TRY(add_series_of(set, &item, error));
    DSEG_TRY(dseg_sequence_next(elements, &sequence, &offset, &item, &more, error));
  }
  return DSEG_OK;
}

/* The image that an item names when it says no more than that, and it is listed in another study. */
static dseg_status find_former(const dseg_image_set *set, const dseg_elements *item, dseg_view own_study,
                               dseg_instance_reference **found, dseg_error *error) {
  size_t offset = 0;
  size_t count = 0;
  dseg_view uid = {0};
  dseg_element element;
  *found = NULL;
  DSEG_TRY(dseg_elements_next(item, &offset, &element, error));
  for (; element.tag != 0; count++) {
    if (element.tag == DSEG_TAG(0x0008, 0x1155)) {
      (void)dseg_element_text(&element, 0, &uid);
    }
    DSEG_TRY(dseg_elements_next(item, &offset, &element, error));
  }
  const uint32_t place = count == 2 && uid.size > 0 ? *find_slot(set, uid, 0) : 0;
  if (place != 0) {
    dseg_instance_reference *image = &set->items[place - 1];
    *found = image->study_uid != NULL && !same_uid(image->study_uid, own_study) ? image : NULL;
  }
  return DSEG_OK;
}

dseg_status dseg_image_set_mark_former(dseg_image_set *set, const dseg_elements *elements, bool *all,
                                       dseg_error *error) {
  dseg_element sequence;
  dseg_elements item;
  dseg_view own_study = {0};
  *all = false;
  if (set->count == 0) {
    return DSEG_OK;
  }
  DSEG_TRY(find_text(elements, DSEG_TAG(0x0020, 0x000D), &own_study, error));
  DSEG_TRY(dseg_elements_find(elements, DSEG_TAG(0x0008, 0x2112), &sequence, error));
  for (int marking = 0; marking < 2; marking++) { /* all of them are looked at first */
    size_t offset = 0;
    bool more;
    DSEG_TRY(dseg_sequence_next(elements, &sequence, &offset, &item, &more, error));
    while (more) {
      dseg_instance_reference *image;
      DSEG_TRY(find_former(set, &item, own_study, &image, error));
      if (image == NULL) {
        return DSEG_OK;
      }
      image->former = marking == 1;
      *all = marking == 1;
      DSEG_TRY(dseg_sequence_next(elements, &sequence, &offset, &item, &more, error));
    }
  }
  return DSEG_OK;
}

void dseg_image_set_free(dseg_image_set *set) {
  free(set->items);
  free(set->instance);
  free(set->derivations);
  free(set->frames);
  dseg_slots_free(&set->slots);
  free(set->lists);
  dseg_slots_free(&set->list_slots);
  dseg_buffer_free(&set->members);
  *set = (dseg_image_set){0};
}
