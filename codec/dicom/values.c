/* SPDX-License-Identifier: Apache-2.0 */
/* values.c - values of data elements: numbers and text (PS3.5 6.2, 6.4). */
#include <string.h>

#include "base/endian.h"
#include "dicom/decimal.h"
#include "dicom/elements.h"

/* Bytes of value index of a binary element, NULL when it has none. vrs: those it may have, but UN. */
static const uint8_t *binary_value(const dseg_element *element, size_t index, size_t size, const char *vrs) {
  bool fits = memcmp(element->vr, "UN", 2) == 0;
  for (const char *p = vrs; *p != '\0'; p += 2) {
    fits = fits || memcmp(element->vr, p, 2) == 0;
  }
  if (element->tag == 0 || !fits || index >= element->value.size / size) {
    return NULL;
  }
  return element->value.data + index * size;
}

/* A value of VR UN is little endian, whatever the data set (PS3.5 6.2.2). */
static bool is_big(const dseg_elements *in, const dseg_element *element) {
  return in->big_endian && memcmp(element->vr, "UN", 2) != 0;
}

bool dseg_element_u16(const dseg_elements *in, const dseg_element *element, size_t index, uint16_t *value) {
  const uint8_t *p = binary_value(element, index, 2, "USSSOW");
  if (p == NULL) {
    return false;
  }
  *value = is_big(in, element) ? dseg_load_be16(p) : dseg_load_le16(p);
  return true;
}

bool dseg_element_u32(const dseg_elements *in, const dseg_element *element, size_t index, uint32_t *value) {
  const uint8_t *p = binary_value(element, index, 4, "ULSLOL");
  if (p == NULL) {
    return false;
  }
  *value = is_big(in, element) ? dseg_load_be32(p) : dseg_load_le32(p);
  return true;
}

bool dseg_element_double(const dseg_elements *in, const dseg_element *element, size_t index, double *value) {
  if (memcmp(element->vr, "FL", 2) == 0) {
    const uint8_t *p = binary_value(element, index, 4, "FL");
    if (p == NULL) {
      return false;
    }
    const uint32_t bits = is_big(in, element) ? dseg_load_be32(p) : dseg_load_le32(p);
    float number;
    memcpy(&number, &bits, sizeof number);
    *value = (double)number;
    return true;
  }
  const uint8_t *p = binary_value(element, index, 8, "FD");
  if (p == NULL) {
    return false;
  }
  const uint64_t bits = is_big(in, element) ? dseg_load_be64(p) : dseg_load_le64(p);
  memcpy(value, &bits, sizeof bits);
  return true;
}

/* Trailing padding is a space, or NUL for UI; leading spaces mean nothing except in ST, LT and UT. */
static dseg_view without_padding(const dseg_element *element, dseg_view text) {
  while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\0')) {
    text.size--;
  }
  const bool keeps_leading =
      element->vr[1] == 'T' && (element->vr[0] == 'S' || element->vr[0] == 'L' || element->vr[0] == 'U');
  while (!keeps_leading && text.size > 0 && text.data[0] == ' ') {
    text.data++;
    text.size--;
  }
  return text;
}

bool dseg_element_text(const dseg_element *element, size_t index, dseg_view *text) {
  dseg_view left = element->value;
  *text = (dseg_view){0};
  if (element->tag == 0 || left.size == 0) {
    return false;
  }
  while (index != SIZE_MAX) {
    const uint8_t *separator = memchr(left.data, '\\', left.size);
    if (index == 0) {
      left.size = separator != NULL ? (size_t)(separator - left.data) : left.size;
      break;
    }
    if (separator == NULL || separator + 1 == left.data + left.size) {
      return false;
    }
    left.size -= (size_t)(separator + 1 - left.data);
    left.data = separator + 1;
    index--;
  }
  *text = without_padding(element, left);
  return text->size > 0;
}

bool dseg_element_decimal(const dseg_element *element, size_t index, double *value) {
  dseg_view text;
  return dseg_element_text(element, index, &text) && dseg_parse_decimal((const char *)text.data, text.size, value);
}

bool dseg_element_integer(const dseg_element *element, size_t index, int64_t *value) {
  dseg_view text;
  return dseg_element_text(element, index, &text) && dseg_parse_integer((const char *)text.data, text.size, value);
}

bool dseg_element_is(const dseg_element *element, const char *literal) {
  dseg_view text;
  return dseg_element_text(element, SIZE_MAX, &text) && text.size == strlen(literal) &&
         memcmp(text.data, literal, text.size) == 0;
}
