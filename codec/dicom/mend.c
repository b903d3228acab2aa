/* SPDX-License-Identifier: Apache-2.0 */
/* mend.c - values of elements (PS3.5 6.2, 6.4) and items of sequences (PS3.3 8.8, 10.1). */
#include "dicom/mend.h"

#include <stdio.h>
#include <string.h>

#include "dicom/context_tags.h"
#include "dicom/mend_items.h"
#include "dicom/value_form.h"
#include "dicom/vr.h"

/* One run over a data set. */
struct mender {
  dseg_data_set *set;
  const dseg_warning_sink *warnings;
  bool links_stay;
};

/* An element of the current item. */
struct element {
  uint32_t tag;
  char vr[3];
  dseg_view value;
};

/* Where an element is, for warnings. */
typedef struct place {
  char text[160];
} place;

/* list: VRs one after the other, ended by a zero. */
static bool is_vr(const char vr[2], const char *list) {
  for (const char *p = list; *p != '\0'; p += 2) {
    if (vr[0] == p[0] && vr[1] == p[1]) {
      return true;
    }
  }
  return false;
}

/* "Patient's Age (0010,1010)"; in items "Procedure Code Sequence (0008,1032)[1]/(0008,0100)". */
static place place_of(const place *outer, size_t item, uint32_t tag) {
  place made;
  const dseg_context_tag *known = outer == NULL ? dseg_find_context_tag(tag) : NULL;
  const unsigned group = tag >> 16, element = tag & 0xFFFFu;
  if (outer == NULL) {
    (void)snprintf(made.text, sizeof made.text, "%s%s(%04X,%04X)", known != NULL ? known->name : "",
                   known != NULL ? " " : "", group, element);
  } else {
    (void)snprintf(made.text, sizeof made.text, "%.120s[%zu]/(%04X,%04X)", outer->text, item, group, element);
  }
  return made;
}

/* A value for a warning: what can be printed of its first characters. */
typedef struct shown {
  char text[56];
} shown;

static shown show(dseg_view value) {
  shown made;
  size_t used = 0;
  while (used < value.size && used < 48) {
    const uint8_t byte = value.data[used];
    made.text[used] = (char)(byte < 0x20 || byte == 0x7F ? '?' : byte);
    used++;
  }
  while (used < value.size && used > 0 && (value.data[used] & 0xC0) == 0x80) {
    used--; /* no part of a character */
  }
  (void)snprintf(made.text + used, sizeof made.text - used, "%s", used < value.size ? "..." : "");
  return made;
}

static void tell(const struct mender *mender, const place *where, dseg_view value, const char *fault,
                 const char *done) {
  dseg_warn(mender->warnings, "%s \"%s\" %s (PS3.5 6.2): %s", where->text, show(value).text, fault, done);
}

/* What is one of a list separated by '\'. */
static bool is_term(dseg_view value, const char *terms) {
  while (*terms != '\0') {
    const size_t length = strcspn(terms, "\\");
    if (length == value.size && memcmp(terms, value.data, length) == 0) {
      return true;
    }
    terms += length + (terms[length] == '\\' ? 1 : 0);
  }
  return false;
}

static const char *fault_of(const char vr[2], dseg_view value, const dseg_context_tag *known) {
  const char *fault = dseg_value_fault(vr, value);
  while (value.size > 0 && value.data[value.size - 1] == ' ') {
    value.size--;
  }
  if (fault == NULL && known != NULL && known->terms != NULL && value.size > 0 && !is_term(value, known->terms)) {
    fault = "is none of the values that it may have";
  }
  return fault;
}

static bool is_like_uid(dseg_view value) {
  for (size_t i = 0; i < value.size; i++) {
    if ((value.data[i] < '0' || value.data[i] > '9') && value.data[i] != '.') {
      return false;
    }
  }
  return value.size <= 64;
}

/* Appends the value, or what becomes of it; *kept false: nothing. */
static dseg_status mend_one(const struct mender *mender, const struct element *element, const dseg_context_tag *known,
                            const place *where, dseg_view value, dseg_buffer *out, bool *kept, dseg_error *error) {
  const char *fault = fault_of(element->vr, value, known);
  *kept = true;
  if (fault == NULL) {
    return dseg_buffer_append(out, value.data, value.size, error);
  }
  if (is_vr(element->vr, "UI") && (mender->links_stay || is_like_uid(value))) {
    if (mender->links_stay) {
      tell(mender, where, value, fault, "kept, since it names another object");
    }
    return dseg_buffer_append(out, value.data, value.size, error);
  }
  const size_t before = out->size;
  DSEG_TRY(dseg_mend_value(element->vr, value, out, kept, error));
  const dseg_view made = {out->data + before, out->size - before};
  if (*kept && fault_of(element->vr, made, known) != NULL) {
    out->size = before;
    *kept = false;
  }
  if (*kept) {
    char done[80];
    (void)snprintf(done, sizeof done, "written as \"%s\"", show(made).text);
    tell(mender, where, value, fault, done);
  } else {
    tell(mender, where, value, fault, known != NULL && known->type == 2 ? "left empty" : "left out");
  }
  return DSEG_OK;
}

/* All values of an element, one after the other. *count: how many are left. */
static dseg_status mend_each(const struct mender *mender, const struct element *element, const dseg_context_tag *known,
                             const place *where, dseg_buffer *out, size_t *count, dseg_error *error) {
  const bool several = dseg_vr_has_values(element->vr);
  const bool only_one = known != NULL && known->values == 1;
  size_t at = 0;
  *count = 0;
  for (;;) {
    const uint8_t *from = element->value.data + at;
    const uint8_t *end = several ? memchr(from, '\\', element->value.size - at) : NULL;
    const dseg_view value = {from, end != NULL ? (size_t)(end - from) : element->value.size - at};
    bool kept = true;
    const size_t before = out->size;
    if (*count > 0) {
      DSEG_TRY(dseg_buffer_append(out, "\\", 1, error));
    }
    DSEG_TRY(mend_one(mender, element, known, where, value, out, &kept, error));
    out->size = kept ? out->size : before;
    *count += kept ? 1 : 0;
    if (end == NULL) {
      return DSEG_OK;
    }
    if (only_one) {
      tell(mender, where, element->value, "has several values, of which it may have one", "only the first counts");
      return DSEG_OK;
    }
    at = (size_t)(end - element->value.data) + 1;
  }
}

/* A '\' in text that has one value is a slash that separates nothing. */
static dseg_status join_text(const struct mender *mender, const struct element *element, const place *where,
                             dseg_buffer *out, dseg_error *error) {
  const size_t before = out->size;
  DSEG_TRY(dseg_buffer_append(out, element->value.data, element->value.size, error));
  for (size_t i = before; i < out->size; i++) {
    if (out->data[i] == '\\') {
      out->data[i] = '/';
    }
  }
  tell(mender, where, element->value, "has several values, of which it may have one", "one, with / for \\");
  return DSEG_OK;
}

static bool is_joined(const struct element *element, const dseg_context_tag *known) {
  return known != NULL && known->values == 1 && is_vr(element->vr, "LOPNSH") && element->value.size > 0 &&
         memchr(element->value.data, '\\', element->value.size) != NULL;
}

/* *count: how many values are left in out. */
static dseg_status mend_text(const struct mender *mender, struct element *element, const dseg_context_tag *known,
                             const place *where, dseg_buffer *joined, dseg_buffer *out, size_t *count,
                             dseg_error *error) {
  while (element->value.size > 0 && element->value.data[element->value.size - 1] == '\0') {
    element->value.size--; /* padding of some writers */
  }
  *count = 1;
  if (element->value.size == 0) {
    return DSEG_OK;
  }
  if (is_joined(element, known)) {
    DSEG_TRY(join_text(mender, element, where, joined, error));
    element->value = (dseg_view){joined->data, joined->size};
  }
  return mend_each(mender, element, known, where, out, count, error);
}

/* Bytes of a number; 1 for what has none. */
static size_t number_size(const char vr[2]) {
  if (is_vr(vr, "USSSOW")) {
    return 2;
  }
  if (is_vr(vr, "ULSLATFLOLOF")) {
    return 4;
  }
  return is_vr(vr, "FDODSVUVOV") ? 8 : 1;
}

/* Gives an element the VR that its tag has (PS3.6) where the value can be of it. False: it cannot. */
static bool settle_vr(struct element *element, const dseg_context_tag *known) {
  char expected[3] = ""; /* is_vr reads it as a list */
  dseg_vr_of_tag(element->tag, expected);
  if (known != NULL) {
    memcpy(expected, known->vr, 2);
  }
  if (is_vr(expected, "UN") || is_vr(element->vr, expected) ||
      (is_vr(expected, "USSSOW") && is_vr(element->vr, "USSSOW")) ||
      (is_vr(expected, "OBOW") && is_vr(element->vr, "OBOW"))) {
    return true;
  }
  const bool is_text = dseg_vr_is_text(expected) && (dseg_vr_is_text(element->vr) || is_vr(element->vr, "UN"));
  /* UN holds little-endian bytes (PS3.5 6.2.2), of archives that did not know the element. */
  const bool is_number =
      is_vr(element->vr, "UN") && number_size(expected) > 1 && element->value.size % number_size(expected) == 0;
  if (!is_text && !is_number) {
    return false;
  }
  memcpy(element->vr, expected, 2);
  return true;
}

/* Removes the element, or empties it where it must be there. */
static void drop(const struct mender *mender, const struct element *element, const dseg_context_tag *known) {
  if (known != NULL && known->type == 2) {
    dseg_data_set_put_bytes(mender->set, element->tag, known->vr, (dseg_view){(const uint8_t *)"", 0});
  } else {
    dseg_data_set_remove(mender->set, element->tag);
  }
}

static void mend_text_element(const struct mender *mender, struct element *element, const dseg_context_tag *known,
                              const place *where) {
  const struct element before = *element;
  dseg_buffer joined = {0};
  dseg_buffer out = {0};
  dseg_error error = {.status = DSEG_OK};
  size_t count = 0;
  const dseg_status status = mend_text(mender, element, known, where, &joined, &out, &count, &error);
  if (status != DSEG_OK) {
    dseg_data_set_fail(mender->set, status, error.message);
  } else if (count == 0) {
    drop(mender, element, known);
  } else if (out.size != before.value.size || (out.size > 0 && memcmp(out.data, before.value.data, out.size) != 0)) {
    const dseg_view made = {out.size > 0 ? out.data : (const uint8_t *)"", out.size};
    dseg_data_set_put_bytes(mender->set, element->tag, element->vr, made);
  }
  dseg_buffer_free(&joined);
  dseg_buffer_free(&out);
}

static void mend_element(const struct mender *mender, struct element *element, const dseg_context_tag *known,
                         const place *where) {
  const struct element before = *element;
  if (!settle_vr(element, known)) {
    dseg_warn(mender->warnings, "%s has VR %.2s, which it cannot have (PS3.6): left out", where->text, element->vr);
    drop(mender, element, known);
    return;
  }
  if (!is_vr(before.vr, element->vr)) {
    dseg_warn(mender->warnings, "%s has VR %.2s (PS3.6): written as %.2s", where->text, before.vr, element->vr);
    dseg_data_set_put_bytes(mender->set, element->tag, element->vr, element->value);
    (void)dseg_data_set_get_bytes(mender->set, element->tag, &element->value);
  }
  if (dseg_vr_is_text(element->vr)) {
    mend_text_element(mender, element, known, where);
  } else if (element->value.size % number_size(element->vr) != 0) {
    dseg_warn(mender->warnings, "%s has %zu bytes, which are no numbers of VR %.2s (PS3.5 6.2): left out", where->text,
              element->value.size, element->vr);
    drop(mender, element, known);
  } else if (known != NULL && known->values == 1 && element->value.size > number_size(element->vr) &&
             number_size(element->vr) > 1) {
    dseg_warn(mender->warnings, "%s has several values, of which it may have one (PS3.5 6.4): left out", where->text);
    drop(mender, element, known);
  }
}

static void mend_item(const struct mender *mender, const place *outer, size_t number);

/* A Code Value holds 16 characters; longer ones are Long Code Values (PS3.3 8.8). */
static void move_long_code(const struct mender *mender) {
  dseg_view code;
  if (!dseg_data_set_get_bytes(mender->set, DSEG_CODE_VALUE, &code) ||
      dseg_set_has_element(mender->set, DSEG_LONG_CODE_VALUE) || dseg_value_fault("SH", code) == NULL ||
      dseg_value_fault("LO", code) != NULL) {
    return;
  }
  dseg_warn(mender->warnings,
            "Code Value (0008,0100) \"%s\" has more than 16 characters: written as Long Code Value (0008,0119) (PS3.3 "
            "8.8)",
            show(code).text);
  dseg_data_set_put_bytes(mender->set, DSEG_LONG_CODE_VALUE, "UC", code);
  dseg_data_set_remove(mender->set, DSEG_CODE_VALUE);
}

static void mend_sequence(const struct mender *mender, uint32_t tag,  // NOLINT(misc-no-recursion)
                          const dseg_context_tag *known, const place *where) {
  dseg_data_set *set = mender->set;
  const size_t count = dseg_data_set_count_items(set, tag);
  size_t left = 0;
  for (size_t i = 0; i < count && dseg_data_set_enter_item(set, tag, left); i++) {
    move_long_code(mender);
    mend_item(mender, where, i + 1);
    const char *fault = dseg_item_fault(tag, set);
    dseg_data_set_end_item(set);
    if (fault == NULL) {
      left++;
      continue;
    }
    dseg_warn(mender->warnings, "%s, item %zu: %s is left out (PS3.3 %s)", where->text, i + 1, fault,
              strncmp(fault, "a code", 6) == 0 ? "8.8" : "10");
    dseg_data_set_remove_item(set, tag, left);
  }
  if (left == 0 && count > 0 && (known == NULL || known->type != 2)) {
    dseg_data_set_remove(set, tag);
  }
}

/* The current item. outer: the sequence whose item it is, NULL for the data set itself. */
static void mend_item(const struct mender *mender, const place *outer, size_t number) {  // NOLINT(misc-no-recursion)
  struct element element = {.tag = 0};
  while (dseg_data_set_next(mender->set, &element.tag, element.vr)) {
    if ((element.tag >> 16 & 1u) != 0) {
      continue; /* private */
    }
    const dseg_context_tag *known = outer == NULL ? dseg_find_context_tag(element.tag) : NULL;
    const place where = place_of(outer, number, element.tag);
    if (is_vr(element.vr, "SQ")) {
      mend_sequence(mender, element.tag, known, &where);
    } else if (dseg_data_set_get_bytes(mender->set, element.tag, &element.value)) {
      mend_element(mender, &element, known, &where);
    }
  }
}

void dseg_mend_values(dseg_data_set *set, bool links_stay, const dseg_warning_sink *warnings) {
  const struct mender mender = {.set = set, .warnings = warnings, .links_stay = links_stay};
  mend_item(&mender, NULL, 0);
}
