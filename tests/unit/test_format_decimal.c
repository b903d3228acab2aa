/* SPDX-License-Identifier: Apache-2.0 */
/* test_format_decimal.c - numbers as Decimal Strings: short, exact where possible, the same in every locale. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/format_decimal.h"

static void known_values(void **state) {
  (void)state;
  const struct {
    double value;
    const char *text;
  } cases[] = {{0.0, "0"},
               {-0.0, "0"},
               {1.0, "1"},
               {-1.0, "-1"},
               {0.1, "0.1"},
               {2.5, "2.5"},
               {-249.51171875, "-249.51171875"},
               {1.0 / 3.0, "0.33333333333333"},
               {-1.0 / 3.0, "-0.3333333333333"},
               {-127.69000244140625, "-127.69000244141"},
               {1e-5, "0.00001"},
               {100.0, "100"},
               {65535.0, "65535"},
               {123456789012345.0, "123456789012345"},
               {1e15, "1000000000000000"},
               {1e22, "1e22"},
               {-1.5e300, "-1.5e300"},
               {5e-324, "4.940656458e-324"},
               {999999999999999.9, "1000000000000000"},
               {-0.000123456789012345, "-1.2345678901e-4"},
               {HUGE_VAL, "0"},
               {-HUGE_VAL, "0"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[DSEG_DECIMAL_SIZE];
    const size_t length = dseg_format_decimal(cases[i].value, text);
    assert_string_equal(text, cases[i].text);
    assert_int_equal(length, strlen(text));
    assert_true(length <= 16);
  }
  char text[DSEG_DECIMAL_SIZE];
  dseg_format_decimal(nan(""), text);
  assert_string_equal(text, "0");
}

static uint64_t next_random(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

static void only_characters_of_ds(const char *text) {
  assert_int_equal(strspn(text, "0123456789+-.e"), strlen(text));
}

static void any_double_fits_and_stays_close(void **state) {
  (void)state;
  uint64_t seed = 88172645463325252u;
  for (int i = 0; i < 200000; i++) {
    const uint64_t bits = next_random(&seed);
    double value;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value) || value == 0.0) {
      continue;
    }
    char text[DSEG_DECIMAL_SIZE];
    const size_t length = dseg_format_decimal(value, text);
    assert_int_equal(length, strlen(text));
    only_characters_of_ds(text);
    const double again = strtod(text, NULL);
    /* The sign, "e-300" and the point leave nine digits in the worst case. */
    assert_true(fabs(again - value) <= 1e-8 * fabs(value) || fabs(value) < 1e-300);
  }
}

static void coordinates_keep_ten_digits(void **state) {
  (void)state;
  uint64_t seed = 362436069u;
  for (int i = 0; i < 200000; i++) {
    const double unit = (double)(int64_t)next_random(&seed) / 9.3e18;
    const double value = unit * pow(10.0, (double)(int)(next_random(&seed) % 23) - 8.0);
    char text[DSEG_DECIMAL_SIZE];
    dseg_format_decimal(value, text);
    if (fabs(value) > 1e-9) {
      assert_true(fabs(strtod(text, NULL) - value) <= 1e-10 * fabs(value));
    }
  }
}

static void what_was_a_decimal_string_comes_back(void **state) {
  (void)state;
  uint64_t seed = 521288629u;
  for (int i = 0; i < 100000; i++) {
    const int64_t whole = (int64_t)(next_random(&seed) % 20000000001u) - 10000000000;
    const unsigned decimals = (unsigned)(next_random(&seed) % 6);
    const double value = (double)whole / pow(10.0, decimals);
    char text[DSEG_DECIMAL_SIZE];
    dseg_format_decimal(value, text);
    assert_true(strtod(text, NULL) == value);
    if (strchr(text, '.') != NULL) {
      assert_int_not_equal(text[strlen(text) - 1], '0');
    }
  }
}

static void the_locale_does_not_matter(void **state) {
  (void)state;
  static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ps_AF.UTF-8", "pt_BR.UTF-8"};
  char text[DSEG_DECIMAL_SIZE];
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (setlocale(LC_ALL, names[i]) != NULL) {
      dseg_format_decimal(-0.75, text);
      setlocale(LC_ALL, "C");
      assert_string_equal(text, "-0.75");
      return;
    }
  }
  skip();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_values),
      cmocka_unit_test(any_double_fits_and_stays_close),
      cmocka_unit_test(coordinates_keep_ten_digits),
      cmocka_unit_test(what_was_a_decimal_string_comes_back),
      cmocka_unit_test(the_locale_does_not_matter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
