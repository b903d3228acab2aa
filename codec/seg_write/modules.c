/* SPDX-License-Identifier: Apache-2.0 */
/* modules.c - the modules of the Segmentation IOD (PS3.3 Table A.51-1) in front of the functional groups.
 *
 * What the context brings (patient, study, ...) comes first; attributes of type 1 and 2 that it lacks are added,
 * and what describes this instance replaces whatever the context says. */
#include <stdio.h>
#include <string.h>

#include "base/format_decimal.h"
#include "dicom/mend.h"
#include "dicom/value_form.h"
#include "dseg/version.h"
#include "model/maker.h"
#include "seg_write/object.h"

#define MARKED_BYTES 1024

/* Patient (C.7.1.1), General Study (C.7.2.1): the attributes of type 1 and 2. */
static void put_patient_and_study(dseg_data_set *set, const dseg_seg_object *object) {
  dseg_view study;
  const bool new_study = !dseg_data_set_get_text(set, 0x0020000D, SIZE_MAX, &study);
  dseg_data_set_put_default_text(set, 0x00100010, "PN", NULL);
  dseg_data_set_put_default_text(set, 0x00100020, "LO", NULL);
  dseg_data_set_put_default_text(set, 0x00100030, "DA", NULL);
  dseg_data_set_put_default_text(set, 0x00100040, "CS", NULL);
  if (new_study) {
    dseg_data_set_put_text(set, 0x0020000D, "UI", object->study_uid);
  }
  dseg_data_set_put_default_text(set, 0x00080020, "DA", new_study ? object->date : NULL);
  dseg_data_set_put_default_text(set, 0x00080030, "TM", new_study ? object->time : NULL);
  dseg_data_set_put_default_text(set, 0x00080050, "SH", NULL);
  dseg_data_set_put_default_text(set, 0x00080090, "PN", NULL);
  dseg_data_set_put_default_text(set, 0x00200010, "SH", NULL);
}

/* A code string: upper case, digits, space and underscore, at most 16 characters (PS3.5 6.2, CS). */
static void put_code_string(dseg_data_set *set, uint32_t tag, const char *text) {
  static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  char code[17];
  size_t length = 0;
  for (; *text != '\0' && length < 16; text++) {
    const char c = *text;
    if (c >= 'a' && c <= 'z') {
      code[length++] = upper[c - 'a'];
    } else {
      const bool fits = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ';
      code[length] = '_';
      if (fits) {
        code[length] = c;
      }
      length++;
    }
  }
  code[length] = '\0';
  dseg_data_set_put_text(set, tag, "CS", code);
}

/* A number of the caller's or of the source; the fallback where there is none, or where that is no number. */
static void put_number(dseg_data_set *set, const dseg_seg_object *object, uint32_t tag, const char *text,
                       const char *fallback) {
  const dseg_view value = {(const uint8_t *)text, text != NULL ? strlen(text) : 0};
  const char *fault = text != NULL ? dseg_value_fault("IS", value) : NULL;
  if (fault != NULL) {
    dseg_warn(object->warnings, "(%04X,%04X) \"%.40s\" %s (PS3.5 6.2): written as %s", (unsigned)(tag >> 16),
              (unsigned)(tag & 0xFFFFu), text, fault, fallback);
  }
  dseg_data_set_put_text(set, tag, "IS", value.size > 0 && fault == NULL ? text : fallback);
}

static void put_if_given(dseg_data_set *set, const dseg_seg_object *object, uint32_t tag, const char *vr,
                         const char *text, size_t limit, const char *what) {
  if (text != NULL) {
    dseg_put_clean_text(set, tag, vr, text, limit, what, object->warnings);
  }
}

/* General Series (C.7.3.1), Segmentation Series (C.8.20.1), Clinical Trial modules (C.7.2.3, C.7.3.2). */
static void put_series(dseg_data_set *set, const dseg_seg_object *object) {
  const dseg_content *content = &object->description->content;
  dseg_data_set_put_text(set, 0x00080060, "CS", "SEG");
  dseg_data_set_put_text(set, 0x0020000E, "UI", object->series_uid);
  put_number(set, object, 0x00200011, content->series_number, "300");
  dseg_data_set_put_text(set, 0x00080021, "DA", object->date);
  dseg_data_set_put_text(set, 0x00080031, "TM", object->time);
  char text[MARKED_BYTES];
  put_if_given(set, object, 0x0008103E, "LO", dseg_marked_text(object, content->series_description, text, sizeof text),
               64, "the series description");
  if (content->body_part_examined != NULL) {
    put_code_string(set, 0x00180015, content->body_part_examined);
  }
  put_if_given(set, object, 0x00120071, "LO", content->clinical_trial_series_id, 64, "the trial's series ID");
  put_if_given(set, object, 0x00120050, "LO", content->clinical_trial_time_point_id, 64, "the time point ID");
  put_if_given(set, object, 0x00120060, "LO", content->clinical_trial_coordinating_center, 64,
               "the trial's coordinating centre");
  if (content->clinical_trial_series_id != NULL) { /* Type 2 in Clinical Trial Series */
    dseg_data_set_put_default_text(set, 0x00120060, "LO", NULL);
  }
}

/* Frame of Reference (C.7.4.1): where there is one, or nothing is derived from an image. */
static void put_frame_of_reference(dseg_data_set *set, const dseg_seg_object *object) {
  const dseg_geometry *geometry = &object->description->geometry;
  if (geometry->space == DSEG_SPACE_NONE) {
    dseg_data_set_remove(set, 0x00200052);
    dseg_data_set_remove(set, 0x00201040);
    return;
  }
  dseg_data_set_put_text(
      set, 0x00200052, "UI",
      geometry->frame_of_reference_uid != NULL ? geometry->frame_of_reference_uid : object->frame_of_reference_uid);
  dseg_data_set_put_default_text(set, 0x00201040, "LO", geometry->space == DSEG_SPACE_SLIDE ? "SLIDE_CORNER" : NULL);
}

/* General and Enhanced General Equipment (C.7.5.1, C.7.5.2): this software. */
static void put_equipment(dseg_data_set *set) {
  dseg_data_set_remove(set, 0x00081010); /* Station Name: of the source's equipment */
  dseg_data_set_put_text(set, 0x00080070, "LO", DSEG_MANUFACTURER);
  dseg_data_set_put_text(set, 0x00081090, "LO", DSEG_MODEL_NAME);
  dseg_data_set_put_text(set, 0x00181000, "LO", "0");
  dseg_data_set_put_text(set, 0x00181020, "LO", dseg_version());
}

/* Lossy Image Compression: once 01 always 01 (C.8.20.2.2); ratio and method of each step come along from the source
 * (C.7.6.1.1.5). */
static void put_lossy(dseg_data_set *set, const dseg_seg_object *object) {
  if (object->compression_ratio > 0.0) {
    char ratio[DSEG_DECIMAL_SIZE];
    dseg_format_decimal(object->compression_ratio, ratio);
    dseg_data_set_put_text(set, 0x00282110, "CS", "01");
    dseg_data_set_append_text(set, 0x00282112, "DS", ratio);
    dseg_data_set_append_text(set, 0x00282114, "CS", object->codec->lossy_method);
    return;
  }
  if (!dseg_data_set_text_is(set, 0x00282110, "01")) {
    dseg_data_set_put_text(set, 0x00282110, "CS", "00");
    dseg_data_set_remove(set, 0x00282112);
    dseg_data_set_remove(set, 0x00282114);
  }
}

/* General Image (C.7.6.1), Image Pixel (C.7.6.3). */
static void put_image(dseg_data_set *set, const dseg_seg_object *object) {
  const dseg_geometry *geometry = &object->description->geometry;
  const uint16_t one = 1, zero = 0;
  const uint16_t bits = (uint16_t)object->format.bits_allocated, high_bit = (uint16_t)(bits - 1);
  const uint16_t rows = (uint16_t)geometry->rows, columns = (uint16_t)geometry->columns;
  dseg_data_set_put_text(set, 0x00080008, "CS", "DERIVED\\PRIMARY");
  dseg_data_set_put_text(set, 0x00080023, "DA", object->date);
  dseg_data_set_put_text(set, 0x00080033, "TM", object->time);
  dseg_data_set_put_default_text(set, 0x00200020, "CS", NULL); /* 2C: what the source said, or empty */
  dseg_data_set_put_u16(set, 0x00280002, "US", &one, 1);
  dseg_data_set_put_text(set, 0x00280004, "CS", object->format.palette_color ? "PALETTE COLOR" : "MONOCHROME2");
  dseg_data_set_put_u16(set, 0x00280010, "US", &rows, 1);
  dseg_data_set_put_u16(set, 0x00280011, "US", &columns, 1);
  dseg_data_set_put_u16(set, 0x00280100, "US", &bits, 1);
  dseg_data_set_put_u16(set, 0x00280101, "US", &bits, 1);
  dseg_data_set_put_u16(set, 0x00280102, "US", &high_bit, 1);
  dseg_data_set_put_u16(set, 0x00280103, "US", &zero, 1);
  put_lossy(set, object);
  if (object->format.palette_color) {
    dseg_put_palette(set, object);
  }
}

/* Segmentation Image (C.8.20.2) with the Content Identification Macro (Table 10-12). */
static void put_segmentation(dseg_data_set *set, const dseg_seg_object *object) {
  const dseg_description *description = object->description;
  const dseg_content *content = &description->content;
  put_number(set, object, 0x00200013, content->instance_number, "1");
  const bool labelled = content->content_label != NULL && *content->content_label != '\0';
  put_code_string(set, 0x00700080, labelled ? content->content_label : "SEGMENTATION");
  char text[MARKED_BYTES];
  dseg_put_clean_text(set, 0x00700081, "LO", dseg_marked_text(object, content->content_description, text, sizeof text),
                      64, "the content description", object->warnings);
  dseg_data_set_put_text(set, 0x00700084, "PN", content->content_creator_name);
  dseg_data_set_put_text(set, 0x00620001, "CS", object->representation->segmentation_type);
  dseg_data_set_put_text(set, 0x00620013, "CS", object->segments_overlap);
  if ((object->representation->flags & DSEG_PLUGIN_FRACTIONS) != 0) {
    const uint16_t maximum = (uint16_t)description->maximum_fraction;
    const bool probability = description->kind == DSEG_VOXELS_PROBABILITY;
    dseg_data_set_put_text(set, 0x00620010, "CS", probability ? "PROBABILITY" : "OCCUPANCY");
    dseg_data_set_put_u16(set, 0x0062000E, "US", &maximum, 1);
  }
  dseg_put_padding_value(set, object);
  if ((object->format.replaces & DSEG_REPLACES_SEGMENTS) == 0) {
    dseg_put_segments(set, object);
  }
}

/* Multi-frame Functional Groups (C.7.6.16): the count, and a Concatenation's attributes (C.7.6.16.2.2.4). */
static void put_frame_counts(dseg_data_set *set, const dseg_seg_object *object) {
  char text[24];
  snprintf(text, sizeof text, "%zu", object->frame_count);
  dseg_data_set_put_text(set, 0x00280008, "IS", text);
  const dseg_concatenation *part = &object->concatenation;
  const uint32_t offset = (uint32_t)object->first_frame;
  if (part->total > 0) {
    dseg_data_set_put_text(set, 0x00200242, "UI", part->source_instance_uid);
    dseg_data_set_put_text(set, 0x00209161, "UI", part->uid);
    dseg_data_set_put_u16(set, 0x00209162, "US", &part->number, 1);
    dseg_data_set_put_u16(set, 0x00209163, "US", &part->total, 1);
    dseg_data_set_put_u32(set, 0x00209228, "UL", &offset, 1);
  }
}

void dseg_put_seg_modules(dseg_data_set *set, const dseg_seg_object *object) {
  (void)dseg_data_set_read(set, object->description->context, DSEG_EXPLICIT_VR, NULL); /* a failure is kept */
  dseg_mend_values(set, false, object->warnings);
  dseg_mend_modules(set, object->warnings);
  (void)dseg_data_set_read(set, object->description->attributes, DSEG_EXPLICIT_VR, NULL);
  dseg_data_set_put_text(set, 0x00080005, "CS", "ISO_IR 192"); /* UTF-8 throughout (C.12.1.1.2) */
  dseg_data_set_put_text(set, 0x00080016, "UI", object->format.sop_class_uid);
  dseg_data_set_put_text(set, 0x00080018, "UI", object->sop_instance_uid);
  put_patient_and_study(set, object);
  put_series(set, object);
  put_frame_of_reference(set, object);
  put_equipment(set);
  put_image(set, object);
  put_segmentation(set, object);
  put_frame_counts(set, object);
  dseg_put_experimental(set, object);
  dseg_put_references(set, object);
  if ((object->format.replaces & DSEG_REPLACES_DIMENSIONS) == 0) {
    dseg_put_dimensions(set, object);
  }
  if ((object->format.replaces & DSEG_REPLACES_SHARED_GROUPS) == 0) {
    dseg_put_shared_groups(set, object);
  }
  dseg_mend_values(set, true, object->warnings); /* what the object said, and the description */
}
