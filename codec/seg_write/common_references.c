/* SPDX-License-Identifier: Apache-2.0 */
/* common_references.c - Common Instance Reference (PS3.3 C.12.2): the images that something else of the object refers
 * to, each once, by study and series.
 *
 * Those of the segmentation's own study go into Referenced Series Sequence, those of other studies into Studies
 * Containing Other Referenced Instances Sequence. Studies, series and images stand in the order in which the
 * description names them first. */
#include <stdlib.h>
#include <string.h>

#include "dicom/keep.h"
#include "seg_write/object.h"

/* A reference of the description. */
struct entry {
  const dseg_instance_reference *reference;
  const char *study;  /* "": the segmentation's own */
  size_t place;       /* among the references */
  size_t series;      /* place of the first of its series */
  size_t study_place; /* and of its study */
  bool used;
};

struct list {
  struct entry *entries;
  size_t count;
};

static int compare_numbers(size_t a, size_t b) {
  return (a > b) - (a < b);
}

static int by_instance(const void *a, const void *b) {
  const struct entry *x = a;
  const struct entry *y = b;
  const char *uid = x->reference->sop_instance_uid;
  const int order = uid == y->reference->sop_instance_uid ? 0 : strcmp(uid, y->reference->sop_instance_uid);
  return order != 0 ? order : compare_numbers(x->place, y->place);
}

static int by_study_and_series(const void *a, const void *b) {
  const struct entry *x = a;
  const struct entry *y = b;
  int order = strcmp(x->study, y->study);
  if (order == 0) {
    order = strcmp(x->reference->series_uid, y->reference->series_uid);
  }
  return order != 0 ? order : compare_numbers(x->place, y->place);
}

static int by_order(const void *a, const void *b) {
  const struct entry *x = a;
  const struct entry *y = b;
  int order = compare_numbers(x->study_place, y->study_place);
  if (order == 0) {
    order = compare_numbers(x->series, y->series);
  }
  return order != 0 ? order : compare_numbers(x->place, y->place);
}

static int compare_to_uid(const void *key, const void *entry) {
  const dseg_view *uid = key;
  const char *text = ((const struct entry *)entry)->reference->sop_instance_uid;
  const size_t length = strlen(text);
  const int order = memcmp(uid->data, text, uid->size < length ? uid->size : length);
  return order != 0 ? order : compare_numbers(uid->size, length);
}

/* Marks what kept elements refer to, at any depth. */
static dseg_status mark_named(const struct list *list, const dseg_elements *elements,  // NOLINT(misc-no-recursion): as
                              dseg_error *error) {                                     // deep as what was read
  size_t offset = 0;
  dseg_element element;
  DSEG_TRY(dseg_elements_next(elements, &offset, &element, error));
  while (element.tag != 0) {
    dseg_view uid;
    if (element.tag == DSEG_TAG(0x0008, 0x1155) && dseg_element_text(&element, 0, &uid)) {
      struct entry *found = bsearch(&uid, list->entries, list->count, sizeof *found, compare_to_uid);
      if (found != NULL) {
        found->used = true;
      }
    } else if (memcmp(element.vr, "SQ", 2) == 0) {
      dseg_elements item;
      size_t inner = 0;
      bool more;
      DSEG_TRY(dseg_sequence_next(elements, &element, &inner, &item, &more, error));
      while (more) {
        DSEG_TRY(mark_named(list, &item, error));
        DSEG_TRY(dseg_sequence_next(elements, &element, &inner, &item, &more, error));
      }
    }
    DSEG_TRY(dseg_elements_next(elements, &offset, &element, error));
  }
  return DSEG_OK;
}

static dseg_status mark_kept(const struct list *list, dseg_view kept, dseg_error *error) {
  const dseg_elements elements = dseg_kept_elements(kept);
  return kept.size > 0 ? mark_named(list, &elements, error) : DSEG_OK;
}

/* Marks the images of which what is kept of the object, its segments and frames speaks. */
static dseg_status mark_of_object(const struct list *list, const dseg_description *description, dseg_error *error) {
  const uint8_t *last = NULL;
  DSEG_TRY(mark_kept(list, description->attributes, error));
  DSEG_TRY(mark_kept(list, description->shared_attributes, error));
  DSEG_TRY(mark_kept(list, description->background_attributes, error));
  for (size_t i = 0; i < description->segment_count; i++) {
    DSEG_TRY(mark_kept(list, description->segments[i].attributes, error));
  }
  for (size_t i = 0; i < description->frame_count; i++) {
    const dseg_view kept = description->frames[i].attributes;
    if (kept.data != last) { /* neighbours often share them */
      DSEG_TRY(mark_kept(list, kept, error));
    }
    last = kept.data;
  }
  return DSEG_OK;
}

/* Marks the images of a plane; whether it has any. */
static bool mark_images(const dseg_description *description, size_t plane, bool *used) {
  const dseg_image_run run = dseg_plane_images(description, plane);
  for (size_t i = 0; i < run.count; i++) {
    used[run.images - description->references.instances + (ptrdiff_t)i] = true;
  }
  return run.count > 0;
}

/* Marks the images of planes that have frames; NULL when out of memory. */
static bool *find_used(const dseg_seg_object *object) {
  const dseg_description *description = object->description;
  const dseg_references *references = &description->references;
  bool *used = calloc(references->count + 1, sizeof *used);
  for (size_t i = 0; used != NULL && i < description->geometry.plane_count; i++) {
    if (object->dimensions->plane_index[i] != 0) {
      (void)mark_images(description, i, used);
    }
  }
  return used;
}

/* Adds a reference; set NULL: its study does not matter. Frames of one image follow each other as a rule: it is added
 * once. */
static void add_entry(struct list *list, const dseg_data_set *set, const dseg_instance_reference *reference,
                      size_t place, bool used) {
  struct entry *last = list->count > 0 ? &list->entries[list->count - 1] : NULL;
  if (last != NULL && strcmp(last->reference->sop_instance_uid, reference->sop_instance_uid) == 0) {
    last->used = last->used || used;
    return;
  }
  const bool own =
      set == NULL || reference->study_uid == NULL || dseg_data_set_text_is(set, 0x0020000D, reference->study_uid);
  list->entries[list->count++] =
      (struct entry){.reference = reference, .study = own ? "" : reference->study_uid, .place = place, .used = used};
}

/* Sorts the list by instance, and leaves each once. */
static void join_entries(struct list *list) {
  size_t count = 0;
  qsort(list->entries, list->count, sizeof *list->entries, by_instance);
  for (size_t i = 0; i < list->count; i++) {
    const struct entry *entry = &list->entries[i];
    struct entry *last = count > 0 ? &list->entries[count - 1] : NULL;
    if (last != NULL && strcmp(last->reference->sop_instance_uid, entry->reference->sop_instance_uid) == 0) {
      last->used = last->used || entry->used;
    } else {
      list->entries[count++] = *entry;
    }
  }
  list->count = count;
}

static dseg_status fill_list(struct list *list, const dseg_data_set *set, const dseg_seg_object *object, bool all,
                             dseg_error *error) {
  const dseg_references *references = &object->description->references;
  bool *used = find_used(object);
  list->entries = calloc(references->count + 1, sizeof *list->entries);
  if (used == NULL || list->entries == NULL) {
    free(used);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", references->count);
  }
  for (size_t i = 0; i < references->count; i++) {
    const dseg_instance_reference *reference = &references->instances[i];
    if (dseg_reference_is_complete(reference)) {
      add_entry(list, set, reference, i, all || used[i] || reference->former);
    }
  }
  free(used);
  join_entries(list);
  return all ? DSEG_OK : mark_of_object(list, object->description, error);
}

static bool same_study(const struct entry *a, const struct entry *b) {
  return strcmp(a->study, b->study) == 0;
}

static bool same_series(const struct entry *a, const struct entry *b) {
  return same_study(a, b) && strcmp(a->reference->series_uid, b->reference->series_uid) == 0;
}

/* Leaves the used ones, in the order in which they are put. */
static void sort_list(struct list *list) {
  struct entry *const entries = list->entries;
  size_t count = 0;
  for (size_t i = 0; i < list->count; i++) {
    if (entries[i].used) {
      entries[count++] = entries[i];
    }
  }
  list->count = count;
  qsort(entries, count, sizeof *entries, by_study_and_series);
  for (size_t i = 0; i < count; i++) {
    entries[i].series = i > 0 && same_series(&entries[i - 1], &entries[i]) ? entries[i - 1].series : entries[i].place;
  }
  for (size_t i = 0, end = 0; i < count;) {
    size_t first = SIZE_MAX;
    for (; end < count && same_study(&entries[i], &entries[end]); end++) {
      first = entries[end].place < first ? entries[end].place : first;
    }
    for (; i < end; i++) {
      entries[i].study_place = first;
    }
  }
  qsort(entries, count, sizeof *entries, by_order);
}

/* Referenced Series Sequence (0008,1115) of the current item: the entries of a study. */
static void put_study(dseg_data_set *set, const struct entry *entries, size_t count) {
  for (size_t i = 0; i < count;) {
    const struct entry *head = &entries[i];
    dseg_data_set_begin_item(set, 0x00081115);
    dseg_data_set_put_text(set, 0x0020000E, "UI", head->reference->series_uid);
    for (; i < count && entries[i].series == head->series; i++) {
      dseg_data_set_begin_item(set, 0x0008114A);
      dseg_data_set_put_text(set, 0x00081150, "UI", entries[i].reference->sop_class_uid);
      dseg_data_set_put_text(set, 0x00081155, "UI", entries[i].reference->sop_instance_uid);
      dseg_data_set_end_item(set);
    }
    dseg_data_set_end_item(set);
  }
}

static void put_list(dseg_data_set *set, const struct list *list) {
  for (size_t i = 0; i < list->count;) {
    const struct entry *head = &list->entries[i];
    size_t end = i;
    while (end < list->count && list->entries[end].study_place == head->study_place) {
      end++;
    }
    if (*head->study == '\0') {
      put_study(set, head, end - i);
    } else {
      dseg_data_set_begin_item(set, 0x00081200);
      dseg_data_set_put_text(set, 0x0020000D, "UI", head->study);
      put_study(set, head, end - i); /* Table 10-4 has the same form */
      dseg_data_set_end_item(set);
    }
    i = end;
  }
}

void dseg_put_common_references(dseg_data_set *set, const dseg_seg_object *object, bool all) {
  struct list list = {.count = 0};
  dseg_error error = {.status = DSEG_OK};
  if (object->description->references.count == 0) {
    return;
  }
  const dseg_status status = fill_list(&list, set, object, all, &error);
  if (status == DSEG_OK) {
    sort_list(&list);
    put_list(set, &list);
  } else {
    dseg_data_set_fail(set, status, error.message);
  }
  free(list.entries);
}

dseg_status dseg_count_unused_images(const dseg_description *description, size_t *count, dseg_error *error) {
  const dseg_references *references = &description->references;
  struct list list = {.entries = calloc(references->count + 1, sizeof *list.entries)};
  bool *used = calloc(references->count + 1, sizeof *used);
  *count = 0;
  if (used == NULL || list.entries == NULL) {
    free(used);
    free(list.entries);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu references", references->count);
  }
  bool any = false;
  for (size_t i = 0; i < description->geometry.plane_count; i++) {
    any = mark_images(description, i, used) || any;
  }
  for (size_t i = 0; i < references->count; i++) {
    const dseg_instance_reference *reference = &references->instances[i];
    if (dseg_reference_is_complete(reference)) {
      add_entry(&list, NULL, reference, i, used[i] || reference->former);
    }
  }
  free(used);
  join_entries(&list);
  const dseg_status status = mark_of_object(&list, description, error);
  for (size_t i = 0; any && !references->shared && i < list.count; i++) {
    *count += list.entries[i].used ? 0 : 1;
  }
  free(list.entries);
  return status;
}
