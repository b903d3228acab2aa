/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - words and numbers of text headers, whatever the caller's locale. */
#include "formats/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

char *dseg_text_trim(char *text) {
  while (is_space(*text)) {
    text++;
  }
  size_t length = strlen(text);
  while (length > 0 && is_space(text[length - 1])) {
    length--;
  }
  text[length] = '\0';
  return text;
}

static char lower(char c) {
  if (c >= 'A' && c <= 'Z') {
    return (char)(c + 'a' - 'A');
  }
  return c;
}

bool dseg_text_equal(const char *a, const char *b) {
  while (*a != '\0' && lower(*a) == lower(*b)) {
    a++;
    b++;
  }
  return lower(*a) == lower(*b);
}

bool dseg_text_has_suffix(const char *text, const char *suffix) {
  const size_t length = strlen(text);
  const size_t end = strlen(suffix);
  return length > end && dseg_text_equal(text + length - end, suffix);
}

char *dseg_text_join(const char *start, size_t length, const char *end) {
  const size_t rest = strlen(end) + 1;
  char *text = malloc(length + rest);
  if (text != NULL) {
    memcpy(text, start, length);
    memcpy(text + length, end, rest);
  }
  return text;
}

static const char *skip_separators(const char *text) {
  while (is_space(*text) || *text == ',') {
    text++;
  }
  return text;
}

bool dseg_text_next_number(const char **text, double *number) {
  const char *start = skip_separators(*text);
  char *end = NULL;
  *number = strtod(start, &end);
  if (end == start) {
    return false;
  }
  *text = end;
  return true;
}

bool dseg_text_next_integer(const char **text, long long lowest, long long highest, long long *number) {
  const char *start = skip_separators(*text);
  char *end = NULL;
  errno = 0;
  *number = strtoll(start, &end, 10);
  if (end == start || errno == ERANGE || *number < lowest || *number > highest) {
    return false;
  }
  *text = end;
  return true;
}

bool dseg_text_next_word(const char **text, char *word, size_t size) {
  const char *start = *text;
  while (is_space(*start)) {
    start++;
  }
  size_t length = 0;
  while (start[length] != '\0' && !is_space(start[length])) {
    length++;
  }
  *text = start + length;
  const size_t kept = length < size ? length : size - 1;
  memcpy(word, start, kept);
  word[kept] = '\0';
  return length > 0;
}

bool dseg_text_numbers(const char *text, double *numbers, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!dseg_text_next_number(&text, &numbers[i])) {
      return false;
    }
  }
  return *skip_separators(text) == '\0';
}

/* The data has no terminating NUL, and a long run of it must not be copied: each number is, since it is short. */
dseg_status dseg_text_read_numbers(dseg_view data, double *numbers, size_t count, dseg_error *error) {
  const char *text = (const char *)data.data;
  size_t at = 0;
  for (size_t i = 0; i < count; i++) {
    while (at < data.size && (is_space(text[at]) || text[at] == ',')) {
      at++;
    }
    char word[64];
    size_t length = 0;
    while (at + length < data.size && !is_space(text[at + length]) && text[at + length] != ',') {
      if (length < sizeof word - 1) {
        word[length] = text[at + length];
      }
      length++;
    }
    word[length < sizeof word ? length : sizeof word - 1] = '\0';
    if (length == 0) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "the text data holds %zu numbers where %zu are expected", i, count);
    }
    if (length >= sizeof word || !dseg_text_numbers(word, &numbers[i], 1)) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "the text data has '%s' where a number is expected", word);
    }
    at += length;
  }
  return DSEG_OK;
}

dseg_status dseg_text_append_number(dseg_buffer *out, double number, dseg_error *error) {
  char text[40];
  for (int digits = 6; digits <= 17; digits++) {
    (void)snprintf(text, sizeof text, "%.*g", digits, number);
    if (strtod(text, NULL) == number) {
      break;
    }
  }
  return dseg_buffer_append(out, text, strlen(text), error);
}
