/* SPDX-License-Identifier: Apache-2.0 */
/* mend_description.c - codes and UIDs of segments made fit for DICOM before anything is written.
 *
 * A code has a value, a scheme and a meaning (PS3.3 8.8). Modifiers and regions that lack one are left out; category
 * and type, which a segment must have (C.8.20.4), are completed. */
#include <string.h>

#include "dicom/value_form.h"
#include "seg_write/writer.h"

/* What is looked at, for warnings: the first code of a kind that is mended is named. */
struct mending {
  dseg_description *description;
  const dseg_warning_sink *warnings;
  const dseg_segment *segment;
  dseg_error *error;
};

static dseg_view view_of(const char *text) {
  return (dseg_view){(const uint8_t *)text, text != NULL ? strlen(text) : 0};
}

static bool is_empty(const char *text) {
  return text == NULL || text[strspn(text, " ")] == '\0';
}

static bool is_urn(const char *value) {
  return strncmp(value, "urn:", 4) == 0 || strstr(value, "://") != NULL;
}

/* What a code lacks; NULL: nothing. */
static const char *code_fault(const dseg_code *code) {
  if (is_empty(code->value)) {
    return "Code Value (0008,0100)";
  }
  if (is_empty(code->scheme) && !is_urn(code->value)) {
    return "Coding Scheme Designator (0008,0102)";
  }
  return is_empty(code->meaning) ? "Code Meaning (0008,0104)" : NULL;
}

/* Text of a code, as its VR may have it. */
static dseg_status mend_text(const struct mending *mending, const char *vr, const char *what, const char **text) {
  const char *fault = *text != NULL ? dseg_value_fault(vr, view_of(*text)) : NULL;
  if (fault == NULL) {
    return DSEG_OK;
  }
  dseg_buffer out = {0};
  bool mended = false;
  dseg_status status = dseg_mend_value(vr, view_of(*text), &out, &mended, mending->error);
  if (status == DSEG_OK) {
    status = dseg_buffer_append(&out, "", 1, mending->error);
  }
  const char *copy = status == DSEG_OK ? dseg_description_strdup(mending->description, (const char *)out.data) : NULL;
  dseg_buffer_free(&out);
  if (status == DSEG_OK && copy == NULL) {
    status = dseg_fail(mending->error, DSEG_ERROR_MEMORY, "out of memory for a code");
  }
  DSEG_TRY(status);
  dseg_warn(mending->warnings, "segment %lu: %s \"%.60s\" %s (PS3.5 6.2): written as \"%.60s\"",
            (unsigned long)mending->segment->number, what, *text, fault, copy);
  *text = copy;
  return DSEG_OK;
}

static dseg_status mend_code(const struct mending *mending, dseg_code *code) {
  DSEG_TRY(mend_text(mending, "UC", "a code's value", &code->value));
  DSEG_TRY(mend_text(mending, "SH", "a coding scheme designator", &code->scheme));
  return mend_text(mending, "LO", "a code's meaning", &code->meaning);
}

static dseg_status mend_list(const struct mending *mending, const char *what, dseg_code_list *list) {
  if (list->count == 0) {
    return DSEG_OK;
  }
  dseg_code *kept = dseg_description_alloc(mending->description, (list->count + 1) * sizeof *kept);
  size_t count = 0;
  if (kept == NULL) {
    return dseg_fail(mending->error, DSEG_ERROR_MEMORY, "out of memory for %zu codes", list->count);
  }
  for (size_t i = 0; i < list->count; i++) {
    kept[count] = list->items[i];
    const char *fault = code_fault(&kept[count]);
    if (fault != NULL) {
      dseg_warn(mending->warnings, "segment %lu: a code without %s is left out of %s (PS3.3 8.8)",
                (unsigned long)mending->segment->number, fault, what);
      continue;
    }
    DSEG_TRY(mend_code(mending, &kept[count]));
    count++;
  }
  *list = (dseg_code_list){kept, count};
  return DSEG_OK;
}

/* A code that has to be there. Without any part of it the writer has one of its own. */
static dseg_status mend_required(const struct mending *mending, const char *what, dseg_code *code) {
  const char *fault = code_fault(code);
  const bool none = is_empty(code->value) && is_empty(code->scheme) && is_empty(code->meaning);
  if (is_empty(code->value)) {
    code->value = NULL;
  }
  code->scheme = is_empty(code->scheme) ? NULL : code->scheme;
  code->meaning = is_empty(code->meaning) ? NULL : code->meaning;
  if (fault != NULL && !none) {
    dseg_warn(mending->warnings, "segment %lu: the code of %s has no %s (PS3.3 8.8): %s",
              (unsigned long)mending->segment->number, what, fault,
              code->value == NULL    ? "the most general one is written"
              : code->scheme == NULL ? "written as one of scheme 99DSEG"
                                     : "its value is written as its meaning");
  }
  return mend_code(mending, code);
}

static dseg_status mend_regions(const struct mending *mending, dseg_segment *segment) {
  const bool head = segment->anatomic_regions.count > 0 && code_fault(&segment->anatomic_regions.items[0]) == NULL;
  if (!head && segment->anatomic_region_modifiers.count > 0) {
    dseg_warn(mending->warnings, "segment %lu: modifiers (0008,2220) of a region that is not written are left out",
              (unsigned long)segment->number);
    segment->anatomic_region_modifiers = (dseg_code_list){NULL, 0};
  }
  DSEG_TRY(mend_list(mending, "Anatomic Region Sequence (0008,2218)", &segment->anatomic_regions));
  return mend_list(mending, "Anatomic Region Modifier Sequence (0008,2220)", &segment->anatomic_region_modifiers);
}

static void mend_tracking(const struct mending *mending, dseg_segment *segment) {
  const char *fault = segment->tracking_uid != NULL ? dseg_value_fault("UI", view_of(segment->tracking_uid)) : NULL;
  if (fault != NULL) {
    dseg_warn(mending->warnings, "segment %lu: Tracking UID (0062,0021) \"%.64s\" %s (PS3.5 9.1): a new one is written",
              (unsigned long)segment->number, segment->tracking_uid, fault);
    segment->tracking_uid = NULL;
    segment->tracking_id = is_empty(segment->tracking_id) ? segment->label : segment->tracking_id;
  }
}

dseg_status dseg_mend_description(dseg_description *description, const dseg_warning_sink *warnings, dseg_error *error) {
  for (size_t i = 0; i < description->segment_count; i++) {
    dseg_segment *segment = &description->segments[i];
    const struct mending mending = {description, warnings, segment, error};
    DSEG_TRY(mend_required(&mending, "Segmented Property Category (0062,0003)", &segment->category));
    DSEG_TRY(mend_required(&mending, "Segmented Property Type (0062,000F)", &segment->type));
    DSEG_TRY(
        mend_list(&mending, "Segmented Property Type Modifier Code Sequence (0062,0011)", &segment->type_modifiers));
    DSEG_TRY(mend_regions(&mending, segment));
    mend_tracking(&mending, segment);
  }
  return DSEG_OK;
}
