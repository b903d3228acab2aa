/* SPDX-License-Identifier: Apache-2.0 */
/* format_decimal.c - a double in the 16 characters of a Decimal String (PS3.5 Table 6.2-1, DS).
 *
 * The C library gives the digits; the layout is made here, so that no locale's decimal point gets in. */
#include "base/format_decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAXIMUM_LENGTH 16

/* 0.d1 d2 d3 ... times ten to the power point. */
struct digits {
  char text[18];
  int count;
  int point;
  bool negative;
};

/* The value rounded to count significant digits, without zeros at the end. */
static struct digits round_to(double value, int count) {
  char printed[40];
  snprintf(printed, sizeof printed, "%.*e", count - 1, fabs(value));
  struct digits digits = {.negative = signbit(value) != 0};
  const char *p = printed;
  for (; *p != 'e'; p++) {
    if (*p >= '0' && *p <= '9' && digits.count < count) { /* everything else is the locale's decimal point */
      digits.text[digits.count++] = *p;
    }
  }
  digits.point = (int)strtol(p + 1, NULL, 10) + 1;
  while (digits.count > 1 && digits.text[digits.count - 1] == '0') {
    digits.count--;
  }
  return digits;
}

/* Whether the digits give the value again; an integer with an exponent reads alike in every locale. */
static bool gives_back(const struct digits *digits, double value) {
  char text[40];
  snprintf(text, sizeof text, "%.*se%d", digits->count, digits->text, digits->point - digits->count);
  return strtod(text, NULL) == fabs(value);
}

static struct digits shortest(double value) {
  struct digits digits = round_to(value, 15); /* fewer than 16 digits survive a double, so this is the shortest */
  for (int count = 16; count <= 17 && !gives_back(&digits, value); count++) {
    digits = round_to(value, count);
  }
  return digits;
}

static size_t lay_out_fixed(const struct digits *digits, char *out) {
  size_t length = 0;
  if (digits->negative) {
    out[length++] = '-';
  }
  for (int i = digits->point < 1 ? digits->point - 1 : 0; i < digits->count || i < digits->point; i++) {
    if (i == digits->point) {
      out[length++] = '.';
    }
    out[length++] = '0';
    if (i >= 0 && i < digits->count) {
      out[length - 1] = digits->text[i];
    }
  }
  out[length] = '\0';
  return length;
}

static size_t lay_out_exponential(const struct digits *digits, char *out, size_t size) {
  return (size_t)snprintf(out, size, "%s%c%s%.*se%d", digits->negative ? "-" : "", digits->text[0],
                          digits->count > 1 ? "." : "", digits->count - 1, digits->text + 1, digits->point - 1);
}

size_t dseg_format_decimal(double value, char text[DSEG_DECIMAL_SIZE]) {
  if (!isfinite(value) || value == 0.0) {
    memcpy(text, "0", 2);
    return 1;
  }
  struct digits digits = shortest(value);
  for (int count = digits.count;; count--) {
    if (count < digits.count) {
      digits = round_to(value, count);
    }
    char buffer[48];
    const bool fixed_is_short = digits.point > -8 && digits.point <= MAXIMUM_LENGTH;
    size_t length = fixed_is_short ? lay_out_fixed(&digits, buffer) : MAXIMUM_LENGTH + 1;
    if (length > MAXIMUM_LENGTH) {
      length = lay_out_exponential(&digits, buffer, sizeof buffer);
    }
    if (length <= MAXIMUM_LENGTH) {
      memcpy(text, buffer, length + 1);
      return length;
    }
  }
}
