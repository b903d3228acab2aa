/* SPDX-License-Identifier: Apache-2.0 */
/* references.c - images that the object refers to: Derivation Image for all frames (PS3.3 C.7.6.16.2.6), and Source
 * Image Sequence of General Reference (C.12.4). */
#include <string.h>

#include "dicom/keep.h"
#include "seg_write/object.h"

static bool same(const char *a, const char *b) {
  return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool dseg_reference_is_complete(const dseg_instance_reference *reference) {
  return reference->sop_class_uid != NULL && reference->sop_instance_uid != NULL && reference->series_uid != NULL;
}

dseg_image_run dseg_plane_images(const dseg_description *description, size_t plane) {
  const dseg_references *references = &description->references;
  const dseg_plane_position *place = &description->geometry.planes[plane];
  const size_t count = place->source_count > 1 ? place->source_count : 1;
  if (place->source < 0 || (size_t)place->source >= references->count ||
      count > references->count - (size_t)place->source) {
    return (dseg_image_run){NULL, 0};
  }
  const dseg_instance_reference *images = references->instances + place->source;
  for (size_t i = 0; i < count; i++) {
    if (!dseg_reference_is_complete(&images[i])) {
      return (dseg_image_run){NULL, 0};
    }
  }
  return (dseg_image_run){images, count};
}

/* Whether a frame has Derivation Image. */
static bool any_derivation(const dseg_seg_object *object) {
  const dseg_description *description = object->description;
  if (description->references.shared) {
    return true;
  }
  for (size_t i = 0; i < description->geometry.plane_count; i++) {
    if (object->dimensions->plane_index[i] != 0 && dseg_plane_images(description, i).count > 0) {
      return true;
    }
  }
  return false;
}

/* Source Image Sequence (0008,2112) of the current item: each image once, or those that are former ones. purpose: NULL
 * for none. */
static void put_source_images(dseg_data_set *set, const dseg_references *references, bool only_former,
                              const dseg_code *purpose) {
  const char *last = NULL;
  for (size_t i = 0; i < references->count; i++) {
    const dseg_instance_reference *reference = &references->instances[i];
    if (!dseg_reference_is_complete(reference) || same(reference->sop_instance_uid, last) ||
        (only_former && !reference->former)) {
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
  put_source_images(set, references, false, &purpose);
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
  const bool in_frames = any_derivation(object);
  const bool kept = has_kept_sources(object->description);
  if (!kept) { /* General Reference (C.12.4) names what no frame does */
    put_source_images(set, references, in_frames, NULL);
  }
  dseg_put_common_references(set, object, references->shared || (!in_frames && !kept));
}
