/* SPDX-License-Identifier: Apache-2.0 */
/* data_set_values.c - values put into a data set, and got from it (PS3.5 6.2, 6.4). */
#include <math.h>
#include <string.h>

#include "base/endian.h"
#include "base/format_decimal.h"
#include "dicom/data_set.h"
#include "dicom/elements.h"
#include "dicom/vr.h"

/* Whether list, of VRs one after the other, has vr. */
static bool is_one_of(const char *vr, const char *list) {
  for (const char *p = list; *p != '\0'; p += 2) {
    if (memcmp(vr, p, 2) == 0) {
      return true;
    }
  }
  return false;
}

/* Whether a tag that PS3.6 gives a VR may have another: "US or SS", "OB or OW", "US or OW" are choices that it leaves.
 */
static bool may_replace(const char *vr, const char *known) {
  return memcmp(vr, known, 2) == 0 || memcmp(known, "UN", 2) == 0 ||
         (is_one_of(vr, "USSSOW") && is_one_of(known, "USSSOW")) || (is_one_of(vr, "OBOW") && is_one_of(known, "OBOW"));
}

bool dseg_may_put(dseg_data_set *set, uint32_t tag, const char *vr) {
  if (set->failure.status != DSEG_OK) {
    return false;
  }
  const uint32_t group = tag >> 16, element = tag & 0xFFFFu;
  if (group == 0 || group >= 0xFFFE || (element == 0 && group != 2)) {
    dseg_data_set_refuse(set, DSEG_ERROR_ARGUMENT, "(%04X,%04X) cannot be an element of a data set (PS3.5 7.1, 7.2)",
                         group, element);
    return false;
  }
  if (!dseg_vr_is_known(vr)) {
    dseg_data_set_refuse(set, DSEG_ERROR_ARGUMENT, "(%04X,%04X): \"%.2s\" is no value representation (PS3.5 6.2)",
                         group, element, vr);
    return false;
  }
  char known[2];
  dseg_vr_of_tag(tag, known);
  if (!may_replace(vr, known)) {
    dseg_data_set_refuse(set, DSEG_ERROR_ARGUMENT, "(%04X,%04X) has VR %.2s (PS3.6), and cannot hold a value of %.2s",
                         group, element, known, vr);
    return false;
  }
  return true;
}

/* The same for a function whose VRs are vrs. */
static bool may_put_one_of(dseg_data_set *set, uint32_t tag, const char *vr, bool fits, const void *values,
                           size_t count) {
  if (!dseg_may_put(set, tag, vr)) {
    return false;
  }
  if (!fits || (values == NULL && count > 0)) {
    dseg_data_set_refuse(set, DSEG_ERROR_ARGUMENT, "(%04X,%04X): %s", tag >> 16, tag & 0xFFFFu,
                         fits ? "the values are NULL" : "its VR has values of another form (PS3.5 6.2)");
    return false;
  }
  return true;
}

static bool is_space(uint8_t byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

uint8_t *dseg_copy_value(dseg_data_set *set, const char vr[2], dseg_view bytes, size_t *size) {
  const bool text = dseg_vr_is_text(vr), uid = memcmp(vr, "UI", 2) == 0;
  size_t end = bytes.size;
  while (text && end > 0 && (bytes.data[end - 1] == ' ' || (uid && bytes.data[end - 1] == '\0'))) {
    end--;
  }
  uint8_t *value = dseg_data_set_alloc(set, end, 1);
  *size = 0;
  for (size_t i = 0; value != NULL && uid && i < end; i++) {
    if (!is_space(bytes.data[i])) {
      value[(*size)++] = bytes.data[i];
    }
  }
  if (value != NULL && !uid && end > 0) {
    memcpy(value, bytes.data, end);
    *size = end;
  }
  return value;
}

/* Puts an element that may be put. */
static void put_value(dseg_data_set *set, uint32_t tag, const char *vr, dseg_view bytes) {
  size_t size;
  const uint8_t *value = dseg_copy_value(set, vr, bytes, &size);
  dseg_kept_element *element = value != NULL ? dseg_keep_element(set, set->current, tag, vr) : NULL;
  if (element != NULL) {
    element->value = value;
    element->size = size;
  }
}

void dseg_data_set_put_text(dseg_data_set *set, uint32_t tag, const char *vr, const char *text) {
  if (may_put_one_of(set, tag, vr, dseg_vr_is_text(vr), "", 0)) {
    put_value(set, tag, vr, (dseg_view){(const uint8_t *)text, text != NULL ? strlen(text) : 0});
  }
}

void dseg_data_set_put_default_text(dseg_data_set *set, uint32_t tag, const char *vr, const char *text) {
  if (dseg_find_kept(set->current, tag) == NULL) {
    dseg_data_set_put_text(set, tag, vr, text);
  }
}

void dseg_data_set_append_text(dseg_data_set *set, uint32_t tag, const char *vr, const char *text) {
  const dseg_kept_element *before = dseg_find_kept(set->current, tag);
  if (!may_put_one_of(set, tag, vr, dseg_vr_is_text(vr) && (before == NULL || dseg_vr_is_text(before->vr)), text, 1)) {
    return;
  }
  if (before == NULL || before->size == 0) {
    dseg_data_set_put_text(set, tag, vr, text);
    return;
  }
  const size_t kept = before->size, added = strlen(text);
  uint8_t *values = dseg_data_set_alloc(set, kept + added + 2, 1);
  if (values != NULL) {
    memcpy(values, before->value, kept);
    values[kept] = '\\';
    memcpy(values + kept + 1, text, added + 1);
    put_value(set, tag, vr, (dseg_view){values, kept + 1 + added});
  }
}

/* Room for a value in place of the element's, which is put; NULL when something failed. */
static uint8_t *put_room(dseg_data_set *set, uint32_t tag, const char *vr, size_t count, size_t size) {
  uint8_t *value = dseg_data_set_alloc(set, count, size);
  dseg_kept_element *element = value != NULL ? dseg_keep_element(set, set->current, tag, vr) : NULL;
  if (element == NULL) {
    return NULL;
  }
  element->value = value;
  element->size = count * size;
  return value;
}

void dseg_data_set_put_u16(dseg_data_set *set, uint32_t tag, const char *vr, const uint16_t *values, size_t count) {
  if (may_put_one_of(set, tag, vr, is_one_of(vr, "USSSOW"), values, count)) {
    uint8_t *value = put_room(set, tag, vr, count, sizeof *values);
    for (size_t i = 0; value != NULL && i < count; i++) {
      dseg_store_le16(value + 2 * i, values[i]);
    }
  }
}

void dseg_data_set_put_u32(dseg_data_set *set, uint32_t tag, const char *vr, const uint32_t *values, size_t count) {
  if (may_put_one_of(set, tag, vr, is_one_of(vr, "ULSLOL"), values, count)) {
    uint8_t *value = put_room(set, tag, vr, count, sizeof *values);
    for (size_t i = 0; value != NULL && i < count; i++) {
      dseg_store_le32(value + 4 * i, values[i]);
    }
  }
}

void dseg_data_set_put_tag(dseg_data_set *set, uint32_t tag, uint32_t value) {
  if (dseg_may_put(set, tag, "AT")) {
    uint8_t *bytes = put_room(set, tag, "AT", 1, 4);
    if (bytes != NULL) {
      dseg_store_le16(bytes, (uint16_t)(value >> 16));
      dseg_store_le16(bytes + 2, (uint16_t)value);
    }
  }
}

void dseg_data_set_put_decimals(dseg_data_set *set, uint32_t tag, const double *values, size_t count) {
  if (!may_put_one_of(set, tag, "DS", true, values, count)) {
    return;
  }
  char *text = dseg_data_set_alloc(set, count, DSEG_DECIMAL_SIZE); /* the NUL's place is the separator's */
  size_t length = 0;
  for (size_t i = 0; text != NULL && i < count; i++) {
    if (!isfinite(values[i])) {
      dseg_data_set_refuse(set, DSEG_ERROR_ARGUMENT, "(%04X,%04X): DS holds finite numbers only (PS3.5 6.2)", tag >> 16,
                           tag & 0xFFFFu);
      return;
    }
    if (i > 0) {
      text[length++] = '\\';
    }
    length += dseg_format_decimal(values[i], text + length);
  }
  dseg_kept_element *element = text != NULL ? dseg_keep_element(set, set->current, tag, "DS") : NULL;
  if (element != NULL) {
    element->value = (const uint8_t *)text;
    element->size = length;
  }
}

void dseg_data_set_put_bytes(dseg_data_set *set, uint32_t tag, const char *vr, dseg_view bytes) {
  if (may_put_one_of(set, tag, vr, memcmp(vr, "SQ", 2) != 0, bytes.data, bytes.size)) {
    put_value(set, tag, vr, bytes);
  }
}

/* What the getters of elements.h read; tag 0 when there is no such value. */
static dseg_element value_of(const dseg_data_set *set, uint32_t tag) {
  const dseg_kept_element *kept = dseg_find_kept(set->current, tag);
  if (kept == NULL || dseg_is_sequence(kept)) {
    return (dseg_element){0};
  }
  return (dseg_element){.tag = tag, .vr = {kept->vr[0], kept->vr[1]}, .value = {kept->value, kept->size}};
}

bool dseg_data_set_get_bytes(const dseg_data_set *set, uint32_t tag, dseg_view *bytes) {
  const dseg_element element = value_of(set, tag);
  *bytes = element.value;
  return element.tag != 0;
}

bool dseg_data_set_get_text(const dseg_data_set *set, uint32_t tag, size_t index, dseg_view *text) {
  const dseg_element element = value_of(set, tag);
  *text = (dseg_view){NULL, 0};
  return dseg_vr_is_text(element.vr) && dseg_element_text(&element, index, text);
}

bool dseg_data_set_text_is(const dseg_data_set *set, uint32_t tag, const char *text) {
  dseg_view value;
  return dseg_data_set_get_text(set, tag, SIZE_MAX, &value) && value.size == strlen(text) &&
         memcmp(value.data, text, value.size) == 0;
}

bool dseg_data_set_get_u16(const dseg_data_set *set, uint32_t tag, size_t index, uint16_t *value) {
  const dseg_element element = value_of(set, tag);
  return dseg_element_u16(&(dseg_elements){0}, &element, index, value);
}

bool dseg_data_set_get_u32(const dseg_data_set *set, uint32_t tag, size_t index, uint32_t *value) {
  const dseg_element element = value_of(set, tag);
  return dseg_element_u32(&(dseg_elements){0}, &element, index, value);
}

bool dseg_data_set_get_decimals(const dseg_data_set *set, uint32_t tag, double *values, size_t count) {
  const dseg_element element = value_of(set, tag);
  for (size_t i = 0; i < count; i++) {
    if (memcmp(element.vr, "DS", 2) != 0 || !dseg_element_decimal(&element, i, &values[i])) {
      return false;
    }
  }
  return element.tag != 0;
}
