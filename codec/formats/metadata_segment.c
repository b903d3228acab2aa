/* SPDX-License-Identifier: Apache-2.0 */
/* metadata_segment.c - typed values of dcmqi's JSON, and one object of its segmentAttributes.
 *
 * A code is one object with CodeValue, CodingSchemeDesignator and CodeMeaning (codeSequence in dcmqi's
 * common-schema.json; Basic Code Sequence Macro, PS3.3 Table 8.8-1a). */
#include <string.h>

#include "formats/metadata.h"

const char *dseg_json_type_text(json_type type) {
  switch (type) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "a list";
    case JSON_STRING: return "a text";
    case JSON_INTEGER: return "an integer";
    case JSON_REAL: return "a number with a fraction";
    case JSON_TRUE:
    case JSON_FALSE: return "a truth value";
    case JSON_NULL: return "null";
  }
  return "a value";
}

dseg_status dseg_json_expect(const dseg_json_reader *reader, const dseg_json_place *place, const json_t *value,
                             json_type type) {
  if (json_typeof(value) != type) {
    return dseg_json_fail(reader, place, "%s is expected here, not %s (dcmqi seg-schema.json)",
                          dseg_json_type_text(type), dseg_json_type_text(json_typeof(value)));
  }
  return DSEG_OK;
}

static dseg_status read_text(const dseg_json_reader *reader, const dseg_json_place *place, const json_t *value,
                             dseg_json_vr vr, const char **result) {
  DSEG_TRY(dseg_json_expect(reader, place, value, JSON_STRING));
  const char *text = json_string_value(value);
  const char *fault = dseg_json_check_text(vr, text);
  if (fault != NULL && dseg_json_is_fatal(vr, text)) {
    return dseg_json_fail(reader, place, "%s", fault);
  }
  if (fault != NULL) {
    dseg_json_warn(reader, place, "%s", fault);
  }
  if (*text == '\0') {
    *result = NULL;
    return DSEG_OK;
  }
  *result = dseg_description_strdup(reader->description, text);
  return *result != NULL ? DSEG_OK : dseg_fail(reader->error, DSEG_ERROR_MEMORY, "out of memory for metadata");
}

dseg_status dseg_json_read_texts(const dseg_json_reader *reader, const dseg_json_place *place, const json_t *object,
                                 const dseg_json_text_field *fields, size_t count, void *base) {
  for (size_t i = 0; i < count; i++) {
    const json_t *value = json_object_get(object, fields[i].key);
    if (value != NULL) {
      const dseg_json_place here = {place, fields[i].key, 0};
      DSEG_TRY(read_text(reader, &here, value, fields[i].vr, dseg_json_member(&fields[i], base)));
    }
  }
  return DSEG_OK;
}

dseg_status dseg_json_read_integer(const dseg_json_reader *reader, const dseg_json_place *place, const json_t *value,
                                   json_int_t minimum, json_int_t maximum, json_int_t *result) {
  DSEG_TRY(dseg_json_expect(reader, place, value, JSON_INTEGER));
  *result = json_integer_value(value);
  if (*result < minimum || *result > maximum) {
    return dseg_json_fail(reader, place,
                          "%" JSON_INTEGER_FORMAT " is not in %" JSON_INTEGER_FORMAT "..%" JSON_INTEGER_FORMAT, *result,
                          minimum, maximum);
  }
  return DSEG_OK;
}

static bool is_code_key(const char *key) {
  for (size_t i = 0; i < DSEG_JSON_CODE_FIELDS; i++) {
    if (strcmp(key, dseg_json_code_fields[i].key) == 0) {
      return true;
    }
  }
  return false;
}

static dseg_status read_code(const dseg_json_reader *reader, const dseg_json_place *place, json_t *value,
                             dseg_code *code) {
  *code = (dseg_code){NULL, NULL, NULL};
  DSEG_TRY(dseg_json_expect(reader, place, value, JSON_OBJECT));
  DSEG_TRY(dseg_json_read_texts(reader, place, value, dseg_json_code_fields, DSEG_JSON_CODE_FIELDS, code));
  for (size_t i = 0; i < DSEG_JSON_CODE_FIELDS; i++) {
    if (*dseg_json_member(&dseg_json_code_fields[i], code) == NULL) {
      return dseg_json_fail(reader, place, "%s is missing or empty (PS3.3 8.8)", dseg_json_code_fields[i].key);
    }
  }
  dseg_json_warn_unknown(reader, place, value, is_code_key);
  return DSEG_OK;
}

/* A code that must be there. */
static dseg_status read_required_code(const dseg_json_reader *reader, const dseg_json_place *place,
                                      const json_t *object, const char *key, dseg_code *code) {
  json_t *value = json_object_get(object, key);
  if (value == NULL) {
    return dseg_json_fail(reader, place, "%s is missing (PS3.3 Table C.8.20-4)", key);
  }
  return read_code(reader, &(dseg_json_place){place, key, 0}, value, code);
}

/* A code that may be absent, as a list of at most one. */
static dseg_status read_optional_code(const dseg_json_reader *reader, const dseg_json_place *place,
                                      const json_t *object, const char *key, dseg_code_list *list) {
  *list = (dseg_code_list){NULL, 0};
  json_t *value = json_object_get(object, key);
  if (value == NULL) {
    return DSEG_OK;
  }
  dseg_code *code = dseg_description_alloc(reader->description, sizeof *code);
  if (code == NULL) {
    return dseg_fail(reader->error, DSEG_ERROR_MEMORY, "out of memory for metadata");
  }
  DSEG_TRY(read_code(reader, &(dseg_json_place){place, key, 0}, value, code));
  *list = (dseg_code_list){code, 1};
  return DSEG_OK;
}

/* Three integers up to maximum; *found tells whether key is there. */
static dseg_status read_triple(const dseg_json_reader *reader, const dseg_json_place *place, const json_t *object,
                               const char *key, json_int_t maximum, json_int_t triple[3], bool *found) {
  const json_t *value = json_object_get(object, key);
  *found = value != NULL;
  if (value == NULL) {
    return DSEG_OK;
  }
  const dseg_json_place here = {place, key, 0};
  DSEG_TRY(dseg_json_expect(reader, &here, value, JSON_ARRAY));
  if (json_array_size(value) != 3) {
    return dseg_json_fail(reader, &here, "3 numbers are expected, not %zu", json_array_size(value));
  }
  for (size_t i = 0; i < 3; i++) {
    const dseg_json_place item = {&here, NULL, i};
    DSEG_TRY(dseg_json_read_integer(reader, &item, json_array_get(value, i), 0, maximum, &triple[i]));
  }
  return DSEG_OK;
}

/* Each of the two colours is derived from the other where it is absent; when both are given, both are kept:
 * other software computes CIELab with another white point. */
static dseg_status read_color(const dseg_json_reader *reader, const dseg_json_place *place, const json_t *object,
                              dseg_segment *segment) {
  json_int_t rgb[3] = {0, 0, 0};
  json_int_t lab[3] = {0, 0, 0};
  bool has_rgb;
  bool has_lab;
  DSEG_TRY(read_triple(reader, place, object, "recommendedDisplayRGBValue", 255, rgb, &has_rgb));
  DSEG_TRY(read_triple(reader, place, object, "RecommendedDisplayCIELabValue", 65535, lab, &has_lab));
  if (!has_rgb && !has_lab) {
    return DSEG_OK;
  }
  segment->has_color = true;
  segment->assumed &= ~(unsigned)DSEG_ASSUMED_COLOR;
  for (size_t i = 0; i < 3; i++) {
    segment->rgb[i] = (uint8_t)rgb[i];
    segment->cielab[i] = (uint16_t)lab[i];
  }
  if (!has_lab) {
    dseg_rgb_to_cielab(segment->rgb, segment->cielab);
  } else if (!has_rgb) {
    dseg_cielab_to_rgb(segment->cielab, segment->rgb);
  }
  return DSEG_OK;
}

static dseg_status read_algorithm_type(const dseg_json_reader *reader, const dseg_json_place *place,
                                       const json_t *object, dseg_algorithm_type *type) {
  const json_t *value = json_object_get(object, "SegmentAlgorithmType");
  if (value == NULL) {
    return dseg_json_fail(reader, place, "SegmentAlgorithmType is missing (PS3.3 Table C.8.20-4)");
  }
  const dseg_json_place here = {place, "SegmentAlgorithmType", 0};
  DSEG_TRY(dseg_json_expect(reader, &here, value, JSON_STRING));
  for (int i = 0; i < DSEG_JSON_ALGORITHM_TYPES; i++) {
    if (strcmp(json_string_value(value), dseg_json_algorithm_types[i]) == 0) {
      *type = (dseg_algorithm_type)i;
      return DSEG_OK;
    }
  }
  return dseg_json_fail(reader, &here, "one of AUTOMATIC, SEMIAUTOMATIC, MANUAL is expected (PS3.3 Table C.8.20-4)");
}

static bool is_segment_key(const char *key) {
  static const char *const keys[] = {"labelID",
                                     "SegmentedPropertyCategoryCodeSequence",
                                     "SegmentedPropertyTypeCodeSequence",
                                     "SegmentedPropertyTypeModifierCodeSequence",
                                     "AnatomicRegionSequence",
                                     "AnatomicRegionModifierSequence",
                                     "SegmentAlgorithmType",
                                     "recommendedDisplayRGBValue",
                                     "RecommendedDisplayCIELabValue"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    if (strcmp(key, keys[i]) == 0) {
      return true;
    }
  }
  for (size_t i = 0; i < DSEG_JSON_SEGMENT_FIELDS; i++) {
    if (strcmp(key, dseg_json_segment_fields[i].key) == 0) {
      return true;
    }
  }
  return false;
}

/* What the schema lets pass and the standard does not. */
static void mend(const dseg_json_reader *reader, const dseg_json_place *place, dseg_segment *segment) {
  if (segment->label == NULL) { /* as dcmqi does, whose older files have descriptions only */
    const char *description = segment->description;
    const bool fits =
        description != NULL && *description != '\0' && dseg_json_check_text(DSEG_JSON_LO, description) == NULL;
    segment->label = fits ? description : segment->type.meaning;
  }
  if ((segment->tracking_id == NULL) != (segment->tracking_uid == NULL)) {
    dseg_json_warn(reader, place,
                   "TrackingIdentifier and TrackingUniqueIdentifier need each other; the one that is "
                   "there is ignored (PS3.3 Table C.8.20-4)");
    segment->tracking_id = NULL;
    segment->tracking_uid = NULL;
  }
  if (segment->anatomic_region_modifiers.count > 0 && segment->anatomic_regions.count == 0) {
    dseg_json_warn(reader, place,
                   "AnatomicRegionModifierSequence without AnatomicRegionSequence is ignored (PS3.3 "
                   "10.5)");
    segment->anatomic_region_modifiers = (dseg_code_list){NULL, 0};
  }
}

dseg_status dseg_json_read_segment(const dseg_json_reader *reader, const dseg_json_place *place, json_t *object,
                                   dseg_segment *segment) {
  dseg_segment fresh = {.number = segment->number,
                        .has_color = segment->has_color,
                        .has_original_number = segment->has_original_number,
                        .original_number = segment->original_number,
                        .assumed = segment->assumed & DSEG_ASSUMED_COLOR,
                        .attributes = segment->attributes}; /* what the JSON has no keys for stays */
  memcpy(fresh.rgb, segment->rgb, sizeof fresh.rgb);
  memcpy(fresh.cielab, segment->cielab, sizeof fresh.cielab);
  DSEG_TRY(read_required_code(reader, place, object, "SegmentedPropertyCategoryCodeSequence", &fresh.category));
  DSEG_TRY(read_required_code(reader, place, object, "SegmentedPropertyTypeCodeSequence", &fresh.type));
  DSEG_TRY(
      read_optional_code(reader, place, object, "SegmentedPropertyTypeModifierCodeSequence", &fresh.type_modifiers));
  DSEG_TRY(read_optional_code(reader, place, object, "AnatomicRegionSequence", &fresh.anatomic_regions));
  DSEG_TRY(
      read_optional_code(reader, place, object, "AnatomicRegionModifierSequence", &fresh.anatomic_region_modifiers));
  DSEG_TRY(read_algorithm_type(reader, place, object, &fresh.algorithm_type));
  DSEG_TRY(read_color(reader, place, object, &fresh));
  DSEG_TRY(dseg_json_read_texts(reader, place, object, dseg_json_segment_fields, DSEG_JSON_SEGMENT_FIELDS, &fresh));
  dseg_json_warn_unknown(reader, place, object, is_segment_key);
  mend(reader, place, &fresh);
  *segment = fresh;
  return DSEG_OK;
}
