/* SPDX-License-Identifier: Apache-2.0 */
/* find_segments.c - segments of a description by number, range of numbers or label. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dseg/view.h"

static bool parse_number(const char **text, uint64_t *number) {
  if (**text < '0' || **text > '9') {
    return false;
  }
  char *end = NULL;
  errno = 0;
  *number = strtoull(*text, &end, 10);
  *text = end;
  return errno == 0;
}

/* "A-B" or "A". */
static bool parse_range(const char *text, uint64_t *first, uint64_t *last) {
  if (!parse_number(&text, first)) {
    return false;
  }
  *last = *first;
  if (*text == '-') {
    text++;
    if (!parse_number(&text, last)) {
      return false;
    }
  }
  return *text == '\0' && *last >= *first;
}

static char lower(char c) {
  if (c >= 'A' && c <= 'Z') {
    return (char)(c + 'a' - 'A');
  }
  return c;
}

/* Whether label is text of this length, letter case of ASCII ignored. */
static bool is_label(const char *label, const char *text, size_t length) {
  size_t i = 0;
  while (i < length && label[i] != '\0' && lower(label[i]) == lower(text[i])) {
    i++;
  }
  return i == length && label[i] == '\0';
}

/* Marks the segments with this label; whether there are any. */
static bool mark_label(const dseg_description *description, const char *text, size_t length, uint8_t *chosen) {
  bool any = false;
  for (size_t i = 0; i < description->segment_count; i++) {
    if (description->segments[i].label != NULL && is_label(description->segments[i].label, text, length)) {
      chosen[i] = 1;
      any = true;
    }
  }
  return any;
}

/* Likewise those with numbers in a range. */
static bool mark_range(const dseg_description *description, const char *text, size_t length, uint8_t *chosen) {
  char range[48]; /* two numbers of 64 bits, and zeros in front */
  uint64_t first = 0;
  uint64_t last = 0;
  if (length >= sizeof range) {
    return false;
  }
  memcpy(range, text, length);
  range[length] = '\0';
  if (!parse_range(range, &first, &last)) {
    return false;
  }
  bool any = false;
  for (size_t i = 0; i < description->segment_count; i++) {
    const uint32_t number = description->segments[i].number;
    if (number >= first && number <= last) {
      chosen[i] = 1;
      any = true;
    }
  }
  return any;
}

/* A label that may hold commas, or a list. */
static dseg_status mark(const dseg_description *description, const char *text, uint8_t *chosen, dseg_error *error) {
  if (mark_label(description, text, strlen(text), chosen)) {
    return DSEG_OK;
  }
  while (*text != '\0') {
    const size_t length = strcspn(text, ",");
    if (length > 0 && !mark_label(description, text, length, chosen) &&
        !mark_range(description, text, length, chosen)) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "no segment has the number or label \"%.*s\"",
                       length < 200 ? (int)length : 200, text);
    }
    text += length + (text[length] == ',' ? 1 : 0);
  }
  return DSEG_OK;
}

dseg_status dseg_find_segments(const dseg_description *description, const char *const *texts, size_t count,
                               uint32_t *indices, size_t *found, dseg_error *error) {
  dseg_error_clear(error);
  if (description == NULL || (texts == NULL && count != 0) || indices == NULL || found == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "dseg_find_segments: description, texts, indices and found must not be NULL");
  }
  *found = 0;
  for (size_t i = 0; i < count; i++) {
    if (texts[i] == NULL) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_find_segments: text %zu is NULL", i);
    }
  }
  uint8_t *chosen = calloc(description->segment_count + 1, 1);
  if (chosen == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", description->segment_count);
  }
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    status = mark(description, texts[i], chosen, error);
  }
  for (size_t i = 0; status == DSEG_OK && i < description->segment_count; i++) {
    if (chosen[i] != 0) {
      indices[(*found)++] = (uint32_t)i;
    }
  }
  free(chosen);
  return status;
}
