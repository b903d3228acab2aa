/* SPDX-License-Identifier: Apache-2.0 */
/* metadata_fields.c - the keys of dcmqi's segmentation JSON, the values they may have, and messages about them.
 *
 * Lengths follow dcmqi's common-schema.json, characters PS3.5 Table 6.2-1, since every text ends in a DICOM
 * attribute. */
#include "formats/metadata.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define KEYS_IN_WARNING ((size_t)3)

const dseg_json_text_field dseg_json_content_fields[DSEG_JSON_CONTENT_FIELDS] = {
    {"ContentCreatorName", DSEG_JSON_PN, offsetof(dseg_content, content_creator_name)},
    {"ClinicalTrialSeriesID", DSEG_JSON_LO, offsetof(dseg_content, clinical_trial_series_id)},
    {"ClinicalTrialTimePointID", DSEG_JSON_LO, offsetof(dseg_content, clinical_trial_time_point_id)},
    {"ClinicalTrialCoordinatingCenterName", DSEG_JSON_LO, offsetof(dseg_content, clinical_trial_coordinating_center)},
    {"ContentLabel", DSEG_JSON_CS, offsetof(dseg_content, content_label)},
    {"ContentDescription", DSEG_JSON_LO, offsetof(dseg_content, content_description)},
    {"SeriesDescription", DSEG_JSON_LO, offsetof(dseg_content, series_description)},
    {"SeriesNumber", DSEG_JSON_IS, offsetof(dseg_content, series_number)},
    {"InstanceNumber", DSEG_JSON_IS, offsetof(dseg_content, instance_number)},
    {"BodyPartExamined", DSEG_JSON_CS, offsetof(dseg_content, body_part_examined)},
};

const dseg_json_text_field dseg_json_segment_fields[DSEG_JSON_SEGMENT_FIELDS] = {
    {"SegmentLabel", DSEG_JSON_LO, offsetof(dseg_segment, label)},
    {"SegmentDescription", DSEG_JSON_ST, offsetof(dseg_segment, description)},
    {"SegmentAlgorithmName", DSEG_JSON_LO, offsetof(dseg_segment, algorithm_name)},
    {"TrackingIdentifier", DSEG_JSON_UT, offsetof(dseg_segment, tracking_id)},
    {"TrackingUniqueIdentifier", DSEG_JSON_UI, offsetof(dseg_segment, tracking_uid)},
};

const dseg_json_text_field dseg_json_code_fields[DSEG_JSON_CODE_FIELDS] = {
    {"CodeValue", DSEG_JSON_SH, offsetof(dseg_code, value)},
    {"CodingSchemeDesignator", DSEG_JSON_SH, offsetof(dseg_code, scheme)},
    {"CodeMeaning", DSEG_JSON_LO, offsetof(dseg_code, meaning)},
};

const char *const dseg_json_algorithm_types[DSEG_JSON_ALGORITHM_TYPES] = {"AUTOMATIC", "SEMIAUTOMATIC", "MANUAL"};

const char **dseg_json_member(const dseg_json_text_field *field, void *base) {
  return (const char **)(void *)((char *)base + field->offset);
}

size_t dseg_json_max_length(dseg_json_vr vr) {
  switch (vr) {
    case DSEG_JSON_CS: return 16;
    case DSEG_JSON_IS: return 12;
    case DSEG_JSON_LO:
    case DSEG_JSON_PN:
    case DSEG_JSON_SH:
    case DSEG_JSON_UI: return 64;
    case DSEG_JSON_ST: return 1024;
    case DSEG_JSON_UT: return 0;
  }
  return 0;
}

size_t dseg_json_prefix(const char *text, size_t characters) {
  size_t bytes = 0;
  for (; text[bytes] != '\0'; bytes++) {
    const bool starts = ((unsigned char)text[bytes] & 0xC0U) != 0x80U;
    if (starts && characters-- == 0) {
      break;
    }
  }
  return bytes;
}

static bool is_integer_string(const char *text) {
  text += strspn(text, " ");
  text += *text == '-' || *text == '+';
  const size_t digits = strspn(text, "0123456789");
  text += digits;
  text += strspn(text, " ");
  return digits > 0 && *text == '\0';
}

/* Control characters, and the backslash that separates values, are not for texts of one line (PS3.5 6.2). */
static bool is_one_line(const char *text) {
  for (; *text != '\0'; text++) {
    if ((unsigned char)*text < 0x20 || *text == 0x7F || *text == '\\') {
      return false;
    }
  }
  return true;
}

static const char *check_characters(dseg_json_vr vr, const char *text) {
  switch (vr) {
    case DSEG_JSON_CS:
      return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _")] == '\0'
                 ? NULL
                 : "a Code String holds capital letters, digits, spaces and underscores only (PS3.5 6.2)";
    case DSEG_JSON_IS: return is_integer_string(text) ? NULL : "the text is no integer number (IS, PS3.5 6.2)";
    case DSEG_JSON_UI:
      return text[strspn(text, "0123456789.")] == '\0' ? NULL : "a UID holds digits and dots only (PS3.5 9.1)";
    case DSEG_JSON_LO:
    case DSEG_JSON_PN:
    case DSEG_JSON_SH:
      return is_one_line(text) ? NULL : "the text holds a backslash or a control character (PS3.5 6.2)";
    case DSEG_JSON_ST:
    case DSEG_JSON_UT: return NULL;
  }
  return NULL;
}

static bool is_too_long(dseg_json_vr vr, const char *text) {
  const size_t limit = dseg_json_max_length(vr);
  return limit != 0 && text[dseg_json_prefix(text, limit)] != '\0';
}

const char *dseg_json_check_text(dseg_json_vr vr, const char *text) {
  if (is_too_long(vr, text)) {
    switch (dseg_json_max_length(vr)) {
      case 12: return "the text is longer than 12 characters (PS3.5 6.2)";
      case 16: return "the text is longer than 16 characters (PS3.5 6.2)";
      case 64: return "the text is longer than 64 characters (PS3.5 6.2)";
      default: return "the text is longer than 1024 characters (PS3.5 6.2)";
    }
  }
  return *text == '\0' ? NULL : check_characters(vr, text);
}

bool dseg_json_is_fatal(dseg_json_vr vr, const char *text) {
  return vr == DSEG_JSON_IS || vr == DSEG_JSON_UI || is_too_long(vr, text);
}

/* Control characters of a hostile file stay out of messages. */
static void sanitize(char *text) {
  for (; *text != '\0'; text++) {
    if ((unsigned char)*text < 0x20 || *text == 0x7F) {
      *text = '?';
    }
  }
}

/* Writes place as "segmentAttributes[0][2].labelID"; returns the length, less than size. */
static size_t format_place(const dseg_json_place *place, char *text, size_t size) {
  if (place == NULL || size < 2) {
    return 0;
  }
  const size_t used = format_place(place->parent, text, size);
  int more;
  if (place->key == NULL) {
    more = snprintf(text + used, size - used, "[%zu]", place->index);
  } else {
    more = snprintf(text + used, size - used, "%s%.*s", used > 0 ? "." : "", (int)dseg_json_prefix(place->key, 40),
                    place->key);
  }
  const size_t length = used + (more > 0 ? (size_t)more : 0);
  return length < size ? length : size - 1;
}

static void format_message(char *message, size_t size, const dseg_json_reader *reader, const dseg_json_place *place,
                           const char *format, va_list arguments) {
  char where[300] = "";
  char text[400];
  format_place(place, where, sizeof where);
  vsnprintf(text, sizeof text, format, arguments);
  snprintf(message, size, "%s: %s%s%s", reader->path, where, where[0] != '\0' ? ": " : "", text);
  sanitize(message);
}

dseg_status dseg_json_fail(const dseg_json_reader *reader, const dseg_json_place *place, const char *format, ...) {
  char message[sizeof reader->error->message];
  va_list arguments;
  va_start(arguments, format);
  format_message(message, sizeof message, reader, place, format, arguments);
  va_end(arguments);
  return dseg_fail(reader->error, DSEG_ERROR_FORMAT, "%s", message);
}

void dseg_json_warn(const dseg_json_reader *reader, const dseg_json_place *place, const char *format, ...) {
  char message[sizeof reader->error->message];
  va_list arguments;
  va_start(arguments, format);
  format_message(message, sizeof message, reader, place, format, arguments);
  va_end(arguments);
  dseg_warn(&reader->warnings, "%s", message);
}

void dseg_json_warn_unknown(const dseg_json_reader *reader, const dseg_json_place *place, json_t *object,
                            bool (*known)(const char *key)) {
  char list[KEYS_IN_WARNING * 164] = "";
  size_t used = 0;
  size_t count = 0;
  const char *key;
  json_t *value;
  json_object_foreach(object, key, value) {
    if (!known(key) && count++ < KEYS_IN_WARNING) {
      used += (size_t)snprintf(list + used, sizeof list - used, "%s%.*s", count > 1 ? ", " : "",
                               (int)dseg_json_prefix(key, 40), key);
    }
  }
  if (count > KEYS_IN_WARNING) {
    dseg_json_warn(reader, place, "unknown keys, ignored (dcmqi seg-schema.json): %s and %zu more", list,
                   count - KEYS_IN_WARNING);
  } else if (count > 0) {
    dseg_json_warn(reader, place, "unknown %s, ignored (dcmqi seg-schema.json): %s", count > 1 ? "keys" : "key", list);
  }
}
