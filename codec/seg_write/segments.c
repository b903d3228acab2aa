/* SPDX-License-Identifier: Apache-2.0 */
/* segments.c - Segment Sequence (PS3.3 Table C.8.20-2 and Segment Description Macro, Table C.8.20-4). */
#include <stdio.h>

#include "model/default_codes.h"
#include "model/private_elements.h"
#include "seg_write/kept_segment.h"
#include "seg_write/object.h"

static const dseg_code default_category = DSEG_DEFAULT_CATEGORY;
static const dseg_code default_type = DSEG_DEFAULT_TYPE;
static const dseg_code background_category = {"309825002", "SCT", "Spatial and Relational Concept"};
static const dseg_code background_type = {"125040", "DCM", "Background"};

static const char *algorithm_type_text(dseg_algorithm_type type) {
  switch (type) {
    case DSEG_ALGORITHM_SEMIAUTOMATIC: return "SEMIAUTOMATIC";
    case DSEG_ALGORITHM_MANUAL: return "MANUAL";
    case DSEG_ALGORITHM_AUTOMATIC: break;
  }
  return "AUTOMATIC";
}

static void put_codes(dseg_data_set *set, uint32_t tag, dseg_code_list codes) {
  for (size_t i = 0; i < codes.count; i++) {
    dseg_put_code(set, tag, codes.items[i], false);
  }
}

/* Anatomic Region Sequence with its modifiers (General Anatomy Optional Macro, Table 10-7). */
static void put_anatomy(dseg_data_set *set, const dseg_segment *segment) {
  for (size_t i = 0; i < segment->anatomic_regions.count; i++) {
    dseg_put_code(set, 0x00082218, segment->anatomic_regions.items[i], true);
    if (i == 0) {
      put_codes(set, 0x00082220, segment->anatomic_region_modifiers);
    }
    dseg_data_set_end_item(set);
  }
}

/* Tracking ID and Tracking UID: 1C, each required if the other is there. */
static void put_tracking(dseg_data_set *set, const dseg_seg_object *object, const dseg_segment *segment) {
  if (segment->tracking_id == NULL && segment->tracking_uid == NULL) {
    return;
  }
  char uid[DSEG_UID_SIZE];
  dseg_error error = {.status = DSEG_OK};
  if (segment->tracking_uid == NULL && dseg_uid_make(object->uids, uid, &error) != DSEG_OK) {
    dseg_data_set_fail(set, error.status, error.message);
    return;
  }
  dseg_data_set_put_text(set, 0x00620020, "UT", segment->tracking_id != NULL ? segment->tracking_id : segment->label);
  dseg_data_set_put_text(set, 0x00620021, "UI", segment->tracking_uid != NULL ? segment->tracking_uid : uid);
}

/* The number that the segment has where there are no rules for it: a Type 3 attribute of this software's own, which
 * makes the object one of a Standard Extended SOP Class (PS3.2 3.11.3). */
static void put_original_number(dseg_data_set *set, const dseg_segment *segment) {
  if (segment->has_original_number && segment->original_number != segment->number) {
    const uint32_t tag = dseg_put_creator(set, DSEG_SEGMENTS_CREATOR) | DSEG_SEGMENTS_ORIGINAL;
    dseg_data_set_put_u32(set, tag, "UL", &segment->original_number, 1);
  }
}

static void put_segment(dseg_data_set *set, const dseg_seg_object *object, const dseg_segment *segment) {
  const dseg_code category = segment->category.value != NULL ? segment->category : default_category;
  const dseg_code type = segment->type.value != NULL ? segment->type : default_type;
  char fallback[32];
  snprintf(fallback, sizeof fallback, "Segment %u", (unsigned)segment->number);
  const char *label = segment->label != NULL && *segment->label != '\0' ? segment->label : fallback;
  const uint16_t number = (uint16_t)segment->number;

  dseg_kept_codes kept;
  dseg_data_set_begin_item(set, 0x00620002);
  dseg_put_kept_segment(set, segment, &kept);
  dseg_data_set_put_u16(set, 0x00620004, "US", &number, 1);
  dseg_put_clean_text(set, 0x00620005, "LO", label, 64, "a segment's label", object->warnings);
  if (segment->description != NULL) {
    dseg_data_set_put_text(set, 0x00620006, "ST", segment->description);
  }
  dseg_data_set_put_text(set, 0x00620008, "CS", algorithm_type_text(segment->algorithm_type));
  if (segment->algorithm_name != NULL || segment->algorithm_type != DSEG_ALGORITHM_MANUAL) {
    dseg_put_clean_text(set, 0x00620009, "LO",
                        segment->algorithm_name != NULL ? segment->algorithm_name : "Unspecified", 64,
                        "an algorithm's name", object->warnings);
  }
  if (!kept.regions) {
    put_anatomy(set, segment);
  }
  if (!kept.category) {
    dseg_put_code(set, 0x00620003, category, false);
  }
  if (!kept.type) {
    dseg_put_code(set, 0x0062000F, type, true);
    put_codes(set, 0x00620011, segment->type_modifiers);
    dseg_data_set_end_item(set);
  }
  if (segment->has_color && !object->format.palette_color) {
    dseg_data_set_put_u16(set, 0x0062000D, "US", segment->cielab, 3);
  }
  put_tracking(set, object, segment);
  put_original_number(set, segment);
  dseg_data_set_end_item(set);
}

/* The background as the object that is copied described it. */
static void put_kept_background(dseg_data_set *set, const dseg_seg_object *object) {
  const uint16_t number = (uint16_t)object->description->background;
  dseg_data_set_begin_item(set, 0x00620002);
  (void)dseg_data_set_read(set, object->description->background_attributes, DSEG_EXPLICIT_VR, NULL);
  dseg_data_set_put_u16(set, 0x00620004, "US", &number, 1);
  if (object->format.palette_color) {
    dseg_data_set_remove(set, 0x0062000D);
  }
  dseg_data_set_end_item(set);
}

/* Label maps describe every value that occurs, the background too (C.8.20.2.3.3). */
static void put_background(dseg_data_set *set, const dseg_seg_object *object) {
  const dseg_description *description = object->description;
  dseg_segment background = {.number = description->background,
                             .label = "Background",
                             .algorithm_type = DSEG_ALGORITHM_MANUAL,
                             .category = background_category,
                             .type = background_type,
                             .cielab = {0, 0x8080, 0x8080}};
  for (size_t i = 0; i < description->segment_count; i++) {
    background.has_color = background.has_color || description->segments[i].has_color;
  }
  put_segment(set, object, &background);
}

/* Pixel Padding Value: label maps only (A.51.4). */
void dseg_put_padding_value(dseg_data_set *set, const dseg_seg_object *object) {
  const bool label_map = (object->representation->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0;
  if (label_map && object->description->has_background) {
    const uint16_t padding = (uint16_t)object->description->background;
    dseg_data_set_put_u16(set, 0x00280120, "US", &padding, 1);
  }
}

void dseg_put_segments(dseg_data_set *set, const dseg_seg_object *object) {
  const dseg_description *description = object->description;
  const bool label_map = (object->representation->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0;
  if (label_map && description->has_background) {
    if (dseg_description_find_segment(description, description->background) < 0) {
      if (description->background_attributes.size > 0) {
        put_kept_background(set, object);
      } else {
        put_background(set, object);
      }
    }
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    put_segment(set, object, &description->segments[i]);
  }
}
