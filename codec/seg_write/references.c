/* SPDX-License-Identifier: Apache-2.0 */
/* references.c - Common Instance Reference (PS3.3 C.12.2): the images the segmentation was made from.
 *
 * Those of the segmentation's own study go into Referenced Series Sequence, those of other studies into Studies
 * Containing Other Referenced Instances Sequence. References come grouped by series as a rule, so a group ends
 * where the series changes; that it might come again costs an item, no more. */
#include <string.h>

#include "dicom/keep.h"
#include "seg_write/object.h"

static bool same(const char *a, const char *b) {
  return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool dseg_reference_is_complete(const dseg_instance_reference *reference) {
  return reference->sop_class_uid != NULL && reference->sop_instance_uid != NULL && reference->series_uid != NULL;
}

const dseg_instance_reference *dseg_plane_source(const dseg_description *description, size_t plane) {
  const int32_t source = description->geometry.planes[plane].source;
  if (source < 0 || (size_t)source >= description->references.count) {
    return NULL;
  }
  const dseg_instance_reference *reference = &description->references.instances[source];
  return dseg_reference_is_complete(reference) ? reference : NULL;
}

/* Referenced Series Sequence of the current item: series from first on, up to the end of their run. Frames of one
 * instance follow each other and count once. */
static void put_series_of(dseg_data_set *set, const dseg_references *references, size_t first, size_t end) {
  size_t i = first;
  while (i < end) {
    const dseg_instance_reference *head = &references->instances[i];
    dseg_data_set_begin_item(set, 0x00081115);
    dseg_data_set_put_text(set, 0x0020000E, "UI", head->series_uid);
    const char *last = NULL;
    for (; i < end && same(references->instances[i].series_uid, head->series_uid); i++) {
      const dseg_instance_reference *reference = &references->instances[i];
      if (same(reference->sop_instance_uid, last)) {
        continue;
      }
      last = reference->sop_instance_uid;
      dseg_data_set_begin_item(set, 0x0008114A);
      dseg_data_set_put_text(set, 0x00081150, "UI", reference->sop_class_uid);
      dseg_data_set_put_text(set, 0x00081155, "UI", reference->sop_instance_uid);
      dseg_data_set_end_item(set);
    }
    dseg_data_set_end_item(set);
  }
}

/* Whether a frame has Derivation Image. */
static bool any_derivation(const dseg_seg_object *object) {
  const dseg_description *description = object->description;
  if (description->references.shared) {
    return true;
  }
  for (size_t i = 0; i < description->geometry.plane_count; i++) {
    if (object->dimensions->plane_index[i] != 0 && dseg_plane_source(description, i) != NULL) {
      return true;
    }
  }
  return false;
}

/* Source Image Sequence (0008,2112) of the current item: each image once. purpose: NULL for none. */
static void put_source_images(dseg_data_set *set, const dseg_references *references, const dseg_code *purpose) {
  const char *last = NULL;
  for (size_t i = 0; i < references->count; i++) {
    const dseg_instance_reference *reference = &references->instances[i];
    if (!dseg_reference_is_complete(reference) || same(reference->sop_instance_uid, last)) {
      continue;
    }
    last = reference->sop_instance_uid;
    dseg_data_set_begin_item(set, 0x00082112);
    dseg_data_set_put_text(set, 0x00081150, "UI", reference->sop_class_uid);
    dseg_data_set_put_text(set, 0x00081155, "UI", reference->sop_instance_uid);
    if (purpose != NULL) {
      dseg_put_code(set, 0x0040A170, *purpose, false);
    }
    dseg_data_set_end_item(set);
  }
}

void dseg_put_shared_derivation(dseg_data_set *set, const dseg_references *references) {
  static const dseg_code derivation = {"113076", "DCM", "Segmentation"};
  static const dseg_code purpose = {"121322", "DCM", "Source image for image processing operation"};
  bool any = false;
  for (size_t i = 0; i < references->count; i++) {
    any = any || dseg_reference_is_complete(&references->instances[i]);
  }
  if (!references->shared || !any) {
    return;
  }
  if (references->derivation.size > 0) {
    (void)dseg_data_set_read(set, references->derivation, DSEG_EXPLICIT_VR, NULL);
    return;
  }
  dseg_data_set_begin_item(set, 0x00089124);
  put_source_images(set, references, &purpose);
  dseg_put_code(set, 0x00089215, derivation, false);
  dseg_data_set_end_item(set);
}

/* Whether Source Image Sequence is among the attributes that are kept. */
static bool has_kept_sources(const dseg_description *description) {
  const dseg_elements kept = dseg_kept_elements(description->attributes);
  dseg_element sequence;
  return dseg_elements_find(&kept, DSEG_TAG(0x0008, 0x2112), &sequence, NULL) == DSEG_OK && sequence.tag != 0;
}

void dseg_put_references(dseg_data_set *set, const dseg_seg_object *object) {
  const dseg_references *references = &object->description->references;
  if (!any_derivation(object) && !has_kept_sources(object->description)) {
    /* General Reference (C.12.4): nothing else of the instance would refer to what Common Instance Reference lists. */
    put_source_images(set, references, NULL);
  }
  size_t i = 0;
  while (i < references->count) {
    const dseg_instance_reference *head = &references->instances[i];
    if (!dseg_reference_is_complete(head)) {
      i++;
      continue;
    }
    size_t end = i + 1;
    while (end < references->count && dseg_reference_is_complete(&references->instances[end]) &&
           same(references->instances[end].study_uid, head->study_uid)) {
      end++;
    }
    if (head->study_uid == NULL || dseg_data_set_text_is(set, 0x0020000D, head->study_uid)) {
      put_series_of(set, references, i, end);
    } else {
      dseg_data_set_begin_item(set, 0x00081200);
      dseg_data_set_put_text(set, 0x0020000D, "UI", head->study_uid);
      put_series_of(set, references, i, end); /* Table 10-4 has the same form */
      dseg_data_set_end_item(set);
    }
    i = end;
  }
}
