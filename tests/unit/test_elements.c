/* SPDX-License-Identifier: Apache-2.0 */
/* test_elements.c - elements in memory, their values, and text in all character sets. */
#include "dicom_files.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "dicom/decimal.h"
#include "dicom/elements.h"

static dicom_file file;

static int free_file(void **state) {
  (void)state;
  dseg_buffer_free(&file.bytes);
  return 0;
}

static dseg_elements elements_of(const dicom_file *from) {
  return (dseg_elements){{from->bytes.data, from->bytes.size}, from->implicit_vr, from->big_endian};
}

static void start(bool implicit_vr, bool big_endian, bool undefined_lengths) {
  file.bytes.size = 0;
  file.depth = 0;
  file.implicit_vr = implicit_vr;
  file.big_endian = big_endian;
  file.undefined_lengths = undefined_lengths;
}

static void test_nested_items(void **state) {
  (void)state;
  for (int i = 0; i < 6; i++) {
    start(i % 3 == 1, i % 3 == 2, i >= 3);
    put_us(&file, 0x00280010, 513);
    put_sequence(&file, 0x00620002);
    for (uint16_t number = 1; number <= 3; number++) {
      put_item(&file);
      put_us(&file, 0x00620004, number);
      put_sequence(&file, 0x0062000F);
      put_item(&file);
      put_text(&file, 0x00080100, "SH", "code");
      put_item_end(&file);
      put_sequence_end(&file);
      put_item_end(&file);
    }
    put_sequence_end(&file);
    put_ul(&file, 0x00209228, "UL", 70000);

    const dseg_elements elements = elements_of(&file);
    dseg_elements item;
    dseg_element element;
    uint16_t small;
    uint32_t large;
    size_t offset = 0;
    bool more;
    bool found;
    assert_int_equal(dseg_elements_find(&elements, 0x00280010, &element, NULL), DSEG_OK);
    assert_true(dseg_element_u16(&elements, &element, 0, &small) && small == 513);
    assert_false(dseg_element_u16(&elements, &element, 1, &small));
    assert_int_equal(dseg_elements_find(&elements, 0x00209228, &element, NULL), DSEG_OK);
    assert_true(dseg_element_u32(&elements, &element, 0, &large) && large == 70000);
    assert_int_equal(dseg_elements_find(&elements, 0x00620002, &element, NULL), DSEG_OK);
    for (uint16_t number = 1; number <= 3; number++) {
      dseg_element value;
      assert_int_equal(dseg_sequence_next(&elements, &element, &offset, &item, &more, NULL), DSEG_OK);
      assert_true(more);
      assert_int_equal(dseg_elements_find(&item, 0x00620004, &value, NULL), DSEG_OK);
      assert_true(dseg_element_u16(&item, &value, 0, &small) && small == number);
      assert_int_equal(dseg_elements_find_item(&item, 0x0062000F, &item, &found, NULL), DSEG_OK);
      assert_true(found);
      assert_int_equal(dseg_elements_find(&item, 0x00080100, &value, NULL), DSEG_OK);
      assert_true(dseg_element_is(&value, "code"));
    }
    assert_int_equal(dseg_sequence_next(&elements, &element, &offset, &item, &more, NULL), DSEG_OK);
    assert_false(more);
    assert_int_equal(dseg_elements_find(&elements, 0x00100010, &element, NULL), DSEG_OK);
    assert_int_equal(element.tag, 0);
    assert_false(dseg_element_u16(&elements, &element, 0, &small));
  }
}

static void test_lengths_are_checked(void **state) {
  (void)state;
  dseg_element element;
  size_t offset = 0;
  start(false, false, false);
  put_header(&file, 0x00080005, "CS", 100);
  put_bytes(&file, "ISO_IR 6", 8);
  dseg_elements elements = elements_of(&file);
  dseg_error error = {0};
  assert_int_equal(dseg_elements_next(&elements, &offset, &element, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "(0008,0005)"));
  /* An item that is longer than its sequence. */
  start(false, false, false);
  put_header(&file, 0x00081140, "SQ", 16);
  put_header(&file, 0xFFFEE000, "", 20);
  put_us(&file, 0x00280010, 1);
  put_us(&file, 0x00280011, 1);
  elements = elements_of(&file);
  dseg_elements item;
  bool found;
  assert_int_equal(dseg_elements_find_item(&elements, 0x00081140, &item, &found, NULL), DSEG_ERROR_FORMAT);
}

static void test_text_values(void **state) {
  (void)state;
  const dseg_element element = {
      .tag = 0x00280030, .vr = {'D', 'S'}, .value = {(const uint8_t *)"0.5\\ 7 \\\\-1e2 ", 14}};
  double number;
  dseg_view text;
  assert_true(dseg_element_decimal(&element, 0, &number) && number == 0.5);
  assert_true(dseg_element_decimal(&element, 1, &number) && number == 7);
  assert_false(dseg_element_decimal(&element, 2, &number));
  assert_true(dseg_element_decimal(&element, 3, &number) && number == -100);
  assert_false(dseg_element_decimal(&element, 4, &number));
  assert_true(dseg_element_text(&element, SIZE_MAX, &text));
  assert_int_equal(text.size, 13);
  int64_t integer;
  assert_true(dseg_parse_integer(" -12 ", 5, &integer) && integer == -12);
  assert_true(dseg_parse_integer("-9223372036854775808", 20, &integer) && integer == INT64_MIN);
  assert_false(dseg_parse_integer("9223372036854775808", 19, &integer));
  assert_false(dseg_parse_integer("1.0", 3, &integer));
  assert_false(dseg_parse_integer("", 0, &integer));
}

/* Decimal numbers are converted to the nearest double, as strtod does in the C locale. */
static void test_decimals_are_exact(void **state) {
  (void)state;
  static const char *const texts[] = {"0",
                                      "-0.0",
                                      "1",
                                      "+1.5",
                                      ".5",
                                      "5.",
                                      "1e22",
                                      "1e23",
                                      "1E-22",
                                      "123456789012345678",
                                      "9007199254740993",
                                      "9007199254740992.5",
                                      "0.1",
                                      "2.2250738585072014e-308",
                                      "4.9e-324",
                                      "1.7976931348623157e308",
                                      "179769313486231580793728971405301e276",
                                      "0.000000000000000000000001",
                                      "100000000000000000000000000000000000000001e-30",
                                      "186.495999999999",
                                      "-31.62830000001",
                                      "00012.340",
                                      "7450580596923828125e-27",
                                      "3.14159265358979323846264338327950288419716939937510582097494459"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    double value;
    assert_true(dseg_parse_decimal(texts[i], strlen(texts[i]), &value));
    assert_true(value == strtod(texts[i], NULL));
  }
  uint64_t random = 1;
  for (int i = 0; i < 200000; i++) {
    char text[40];
    double value;
    random = random * 6364136223846793005u + 1442695040888963407u;
    const double about = (double)(int64_t)random / (double)(1u << (random >> 5 & 30));
    (void)snprintf(text, sizeof text, "%.*g", (int)(random >> 40 & 15) + 3, about);
    assert_true(dseg_parse_decimal(text, strlen(text), &value));
    assert_true(value == strtod(text, NULL));
  }
  static const char *const wrong[] = {"",    " ",    ".",   "-",   "e5",    "1e", "1..2",
                                      "1,5", "0x10", "nan", "inf", "1e400", "1 2"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    double value;
    assert_false(dseg_parse_decimal(wrong[i], strlen(wrong[i]), &value));
  }
}

/* No locale changes what a decimal point is. */
static void test_decimals_in_any_locale(void **state) {
  (void)state;
  static const char *const locales[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "C.UTF-8"};
  for (size_t i = 0; i < sizeof locales / sizeof locales[0]; i++) {
    double value;
    (void)setlocale(LC_NUMERIC, locales[i]);
    assert_true(dseg_parse_decimal("0.1234567890123456789012", 24, &value));
    assert_true(value > 0.12345678901234 && value < 0.12345678901235);
  }
  (void)setlocale(LC_NUMERIC, "C");
}

#define R "\xEF\xBF\xBD" /* U+FFFD */

static void check_text(const char *terms, const char *text, const char *expected) {
  const dseg_element character_set = {
      .tag = 0x00080005, .vr = {'C', 'S'}, .value = {(const uint8_t *)terms, strlen(terms)}};
  dseg_buffer out = {0};
  assert_int_equal(dseg_text_to_utf8((dseg_view){(const uint8_t *)text, strlen(text)},
                                     terms[0] != '\0' ? &character_set : &(dseg_element){0}, &out, NULL),
                   DSEG_OK);
  assert_int_equal(dseg_buffer_append(&out, "", 1, NULL), DSEG_OK);
  assert_string_equal((const char *)out.data, expected);
  dseg_buffer_free(&out);
}

/* The names of PS3.5 Annexes H, I, J and K among them. */
static void test_character_sets(void **state) {
  (void)state;
  check_text("", "Liver", "Liver");
  check_text("", "M\xFCller", "M\xEF\xBF\xBDller");
  check_text("", "M\xC3\xBCller", "Müller");
  check_text("", "M\xC3\xBCller\xFF", "M" R R "ller" R);
  check_text("ISO_IR 100", "M\xFCller", "Müller");
  check_text("ISO_IR 192", "\xF0\x9F\x98\x80\xED\xA0\x80\xC0\xAF\xE2\x82", "😀" R R R R R R R);
  check_text("ISO_IR 192", "M\xC3\xBCller\xFF", "Müller\xEF\xBF\xBD");
  /* Japanese and Thai without iconv. Bytes that are no character begin none of two bytes, as they do in Shift JIS. */
  check_text("ISO_IR 13", "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3~ A", "ﾔﾏﾀﾞ^ﾀﾛｳ‾ A");
  check_text("ISO_IR 13", "\xA1\xDF\xA0\x81\x41\xE0\xE1\xB1", "｡ﾟ" R R "A" R R "ｱ");
  check_text("ISO_IR 166", "\xCA\xC1\xAA\xD2\xC2", "สมชาย");
  check_text("ISO_IR 166", "\xA1\xDA\xDF\xFB\xA0\xDB\xDE\xFC\xFF\x80\x85", "กฺ฿๛" R R R R R R R);
  /* Damaged text is never refused. */
  check_text("nonsense", "\xE4", R);
}

static void test_character_sets_of_iconv(void **state) {
  (void)state;
#if DSEG_HAVE_ICONV
  check_text("ISO_IR 101", "\xA3", "Ł");
  check_text("ISO_IR 126", "\xC4\xE9\xEF\xED\xF5\xF3\xE9\xEF\xF2", "Διονυσιος");
  check_text("ISO_IR 144", "\xBB\xEE\xDA\x63\x65\xDC\xD1\xE3\xE0\xD3", "Люкceмбург");
  check_text("GB18030", "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB=", "Wang^XiaoDong=王^小东=");
  check_text("GBK", "\xCD\xF5", "王");
  check_text("\\ISO 2022 IR 87", "Yamada^Tarou=\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B=\x1B$B$d$^$@\x1B(B^\x1B$B$?$m$&\x1B(B",
             "Yamada^Tarou=山田^太郎=やまだ^たろう");
  check_text("ISO 2022 IR 13\\ISO 2022 IR 87", "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\x1B$B;3ED\x1B(J^\x1B$BB@O:\x1B(J",
             "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎");
  check_text("\\ISO 2022 IR 149", "Hong^Gildong=\x1B$)C\xFB\xF3^\x1B$)C\xD1\xCE\xD4\xD7=", "Hong^Gildong=洪^吉洞=");
  check_text("\\ISO 2022 IR 58", "Zhang^XiaoDong=\x1B$)A\xD5\xC5^\x1B$)A\xD0\xA1\xB6\xAB=", "Zhang^XiaoDong=张^小东=");
  check_text("ISO 2022 IR 100\\ISO 2022 IR 144", "\xC4neas \x1B-L\xBB\xEE", "Äneas Лю");
  check_text("\\ISO 2022 IR 87", "a\x1B$B;", "a\xEF\xBF\xBD");
  check_text("\\ISO 2022 IR 87", "M\xC3\xBCller", "M" R R "ller"); /* what is declared holds */
  check_text("\\ISO 2022 IR 87", "a\x1B*z", "a\xEF\xBF\xBD*z");
#else
  check_text("ISO_IR 101", "a\xA3", "a" R);
  check_text("GBK", "\xCD\xF5", R R);
  check_text("\\ISO 2022 IR 149", "Gildong=\x1B$)C\xD1\xCE=", "Gildong=" R R "=");
#endif
}

static void check_known(const char *terms, const char *unknown) {
  const dseg_element element = {.tag = 0x00080005, .vr = {'C', 'S'}, .value = {(const uint8_t *)terms, strlen(terms)}};
  dseg_view found = {0};
  assert_int_equal(dseg_charset_is_known(&element, &found), unknown == NULL);
  assert_int_equal(found.size, unknown != NULL ? strlen(unknown) : 0);
  if (unknown != NULL) {
    assert_memory_equal(found.data, unknown, found.size);
  }
}

static void test_known_character_sets(void **state) {
  (void)state;
  dseg_view unknown;
  assert_true(dseg_charset_is_known(&(dseg_element){0}, &unknown));
  check_known("ISO_IR 6", NULL);
  check_known("ISO_IR 100 ", NULL);
  check_known("ISO_IR 192", NULL);
  check_known("\\ISO 2022 IR 6\\ISO 2022 IR 100", NULL);
  check_known("ISO_IR 999", "ISO_IR 999");
  check_known("ISO 2022 IR 100\\UTF-8", "UTF-8");
#if DSEG_HAVE_ICONV
  check_known("\\ISO 2022 IR 87\\ISO 2022 IR 149", NULL);
  check_known("GB18030", NULL);
#else
  check_known("\\ISO 2022 IR 87\\ISO 2022 IR 149", "ISO 2022 IR 87");
  check_known("GB18030", "GB18030");
#endif
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_nested_items),
      cmocka_unit_test(test_lengths_are_checked),
      cmocka_unit_test(test_text_values),
      cmocka_unit_test(test_decimals_are_exact),
      cmocka_unit_test(test_decimals_in_any_locale),
      cmocka_unit_test(test_character_sets),
      cmocka_unit_test(test_character_sets_of_iconv),
      cmocka_unit_test(test_known_character_sets),
  };
  return cmocka_run_group_tests(tests, NULL, free_file);
}
