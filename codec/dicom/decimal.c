/* SPDX-License-Identifier: Apache-2.0 */
/* decimal.c - exact conversion of decimal text: fast where one rounding suffices, else through strtod. */
#include "dicom/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* More digits than any double needs to be told apart from its neighbours (767), sign and exponent. */
#define DIGITS_MAX 800
#define EXPONENT_MAX 100000

struct decimal {
  const char *text;
  const char *end;
  bool negative;
  uint64_t mantissa; /* the first 19 significant digits */
  int digits;        /* significant digits met */
  int exponent;      /* of ten, of the last digit met */
};

static void trim(const char **text, const char **end) {
  while (*text < *end && (**text == ' ' || **text == '\t')) {
    ++*text;
  }
  while (*end > *text && ((*end)[-1] == ' ' || (*end)[-1] == '\0' || (*end)[-1] == '\t')) {
    --*end;
  }
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* The digits at p; *behind_point counts those after the point. Returns where they end, NULL without a digit. */
static const char *scan_digits(const char *p, struct decimal *decimal, int *behind_point) {
  bool point = false;
  bool any = false;
  *behind_point = 0;
  for (; p < decimal->end && (is_digit(*p) || (*p == '.' && !point)); p++) {
    if (*p == '.') {
      point = true;
      continue;
    }
    any = true;
    *behind_point += point ? 1 : 0;
    if (decimal->digits > 0 || *p != '0') {
      decimal->digits++;
      if (decimal->digits <= 19) {
        decimal->mantissa = decimal->mantissa * 10 + (uint64_t)(*p - '0');
      }
    }
  }
  return any ? p : NULL;
}

static const char *scan_exponent(const char *p, const char *end, int *exponent) {
  bool negative = false;
  *exponent = 0;
  if (p < end && (*p == '+' || *p == '-')) {
    negative = *p++ == '-';
  }
  const char *first = p;
  for (; p < end && is_digit(*p); p++) {
    if (*exponent < EXPONENT_MAX) {
      *exponent = *exponent * 10 + (*p - '0');
    }
  }
  if (negative) {
    *exponent = -*exponent;
  }
  return p > first ? p : NULL;
}

static bool scan(const char *text, size_t size, struct decimal *decimal) {
  *decimal = (struct decimal){.text = text, .end = text + size};
  trim(&decimal->text, &decimal->end);
  const char *p = decimal->text;
  /* Longer than any sensible number: a hostile value would cost time and overflow the counts. */
  if (decimal->end - p > 4096) {
    return false;
  }
  if (p < decimal->end && (*p == '+' || *p == '-')) {
    decimal->negative = *p++ == '-';
  }
  int behind_point;
  p = scan_digits(p, decimal, &behind_point);
  if (p != NULL && p < decimal->end && (*p == 'e' || *p == 'E')) {
    p = scan_exponent(p + 1, decimal->end, &decimal->exponent);
  }
  decimal->exponent -= p != NULL ? behind_point : 0;
  return p == decimal->end;
}

/* The general case. strtod reads no decimal point here, whose form depends on the locale: the digits are given
 * as an integer with an exponent. */
static double convert(const struct decimal *decimal) {
  char buffer[DIGITS_MAX + 32];
  int used = 0;
  int left_out = 0;
  int met = 0;
  for (const char *p = decimal->text; p < decimal->end && met < decimal->digits; p++) {
    if (!is_digit(*p) || (met == 0 && *p == '0')) {
      continue;
    }
    met++;
    if (used < DIGITS_MAX) {
      buffer[used++] = *p;
    } else {
      left_out++;
    }
  }
  (void)snprintf(buffer + used, sizeof buffer - (size_t)used, "e%d", decimal->exponent + left_out);
  return strtod(buffer, NULL);
}

bool dseg_parse_decimal(const char *text, size_t size, double *value) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  struct decimal decimal;
  if (!scan(text, size, &decimal)) {
    return false;
  }
  double result;
  if (decimal.digits == 0) {
    result = 0.0;
  } else if (decimal.mantissa <= (uint64_t)1 << 53 && decimal.digits <= 19 && decimal.exponent >= -22 &&
             decimal.exponent <= 22) {
    /* Both are exact doubles, so that the only rounding is the nearest one (IEEE 754). */
    result = decimal.exponent < 0 ? (double)decimal.mantissa / powers[-decimal.exponent]
                                  : (double)decimal.mantissa * powers[decimal.exponent];
  } else {
    result = convert(&decimal);
  }
  *value = decimal.negative ? -result : result;
  return isfinite(result);
}

bool dseg_parse_integer(const char *text, size_t size, int64_t *value) {
  const char *end = text + size;
  bool negative = false;
  trim(&text, &end);
  if (text < end && (*text == '+' || *text == '-')) {
    negative = *text++ == '-';
  }
  if (text == end) {
    return false;
  }
  int64_t result = 0;
  for (; text < end; text++) {
    if (!is_digit(*text) || __builtin_mul_overflow(result, (int64_t)10, &result) ||
        __builtin_sub_overflow(result, (int64_t)(*text - '0'), &result)) {
      return false;
    }
  }
  /* Counted downwards, since the range reaches one further there. */
  if (!negative && result == INT64_MIN) {
    return false;
  }
  *value = negative ? result : -result;
  return true;
}
