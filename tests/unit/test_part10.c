/* SPDX-License-Identifier: Apache-2.0 */
/* test_part10.c - files opened without their long parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above. */
#include <cmocka.h>
#include <string.h>

#include "base/endian.h"
#include "dicom/part10.h"

/* A file being built. */
static dseg_buffer file;

static void put(const void *bytes, size_t size) {
  assert_int_equal(dseg_buffer_append(&file, bytes, size, NULL), DSEG_OK);
}

static void put_tag(uint32_t tag) {
  uint8_t bytes[4];
  dseg_store_le16(bytes, (uint16_t)(tag >> 16));
  dseg_store_le16(bytes + 2, (uint16_t)tag);
  put(bytes, 4);
}

static void put_u32(uint32_t value) {
  uint8_t bytes[4];
  dseg_store_le32(bytes, value);
  put(bytes, 4);
}

static void put_short(uint32_t tag, const char *vr, const char *value) {
  uint8_t length[2];
  dseg_store_le16(length, (uint16_t)strlen(value));
  put_tag(tag);
  put(vr, 2);
  put(length, 2);
  put(value, strlen(value));
}

static void put_long(uint32_t tag, const char *vr, uint32_t length) {
  put_tag(tag);
  put(vr, 2);
  put("\0\0", 2);
  put_u32(length);
}

static void put_item(uint32_t tag, uint32_t length) {
  put_tag(tag);
  put_u32(length);
}

#define ITEM 0xFFFEE000u
#define ITEM_END 0xFFFEE00Du
#define SEQUENCE_END 0xFFFEE0DDu
#define UNDEFINED 0xFFFFFFFFu

static void start_file(const char *transfer_syntax) {
  const uint8_t preamble[128] = {0};
  file.size = 0;
  put(preamble, sizeof preamble);
  put("DICM", 4);
  put_short(0x00020010, "UI", transfer_syntax);
}

static int free_file(void **state) {
  (void)state;
  dseg_buffer_free(&file);
  return 0;
}

static dseg_status open_bytes(size_t size, bool stop, dseg_part10 *part10, bool *is_dicom, dseg_error *error) {
  dseg_input *input;
  assert_int_equal(dseg_input_from_memory((dseg_view){file.data, size}, &input, NULL), DSEG_OK);
  const dseg_status status =
      dseg_part10_open(input, &(dseg_part10_options){.stop_before_pixels = stop}, part10, is_dicom, error);
  if (status != DSEG_OK || !*is_dicom) {
    dseg_input_close(input);
  }
  return status;
}

/* An object with every construct that the walk has to get over. */
static void build_full(void) {
  start_file("1.2.840.10008.1.2.1 ");
  put_short(0x00080005, "CS", "ISO_IR 100");
  put_short(0x00100010, "PN", "M\xFCller^A ");
  put_long(0x00111010, "UN", UNDEFINED); /* implicit inside (PS3.5 6.2.2) */
  put_item(ITEM, UNDEFINED);
  put_item(0x00100020, 4);
  put("1234", 4);
  put_item(0x00111011, UNDEFINED);
  put_item(ITEM, 0);
  put_item(SEQUENCE_END, 0);
  put_item(ITEM_END, 0);
  put_item(SEQUENCE_END, 0);
  put_long(0x00620002, "SQ", UNDEFINED);
  put_item(ITEM, 12);
  put_short(0x00620004, "US", "\x07\x01z"); /* odd length */
  put("\0", 1);
  put_item(SEQUENCE_END, 0);
  put_long(0x52009230, "SQ", UNDEFINED);
  put_item(ITEM, UNDEFINED);
  put_short(0x00280106, "US", "ab");
  put_item(ITEM_END, 0);
  put_item(SEQUENCE_END, 0);
  put_long(0x7FE00010, "OB", UNDEFINED);
  put_item(ITEM, 0);
  put_item(ITEM, 6);
  put("abcdef", 6);
  put_item(SEQUENCE_END, 0);
  put_long(0xFFFCFFFC, "OB", 2);
  put("\0\0", 2);
}

static void test_finds_the_long_parts(void **state) {
  (void)state;
  dseg_part10 part10;
  dseg_element element;
  bool is_dicom;
  build_full();
  file.data[file.size - 2] = 1;
  assert_int_equal(open_bytes(file.size, false, &part10, &is_dicom, NULL), DSEG_OK);
  assert_true(is_dicom);
  assert_string_equal(part10.transfer_syntax_uid, "1.2.840.10008.1.2.1");
  assert_true(part10.per_frame.present && part10.per_frame.undefined_length);
  assert_int_equal(part10.per_frame.value_length, 8 + 10 + 8);
  assert_int_equal(part10.per_frame.value_offset, part10.per_frame.header_offset + 12);
  assert_int_equal(part10.pixel_data.value_length, 8 + 14);
  assert_memory_equal(part10.pixel_data.vr, "OB", 2);
  assert_int_equal(dseg_elements_find(&part10.elements, 0x52009230, &element, NULL), DSEG_OK);
  assert_int_equal(element.tag, 0);
  assert_int_equal(dseg_elements_find(&part10.elements, 0xFFFCFFFC, &element, NULL), DSEG_OK);
  assert_int_equal(element.value.size, 2);
  assert_true(dseg_element_is(&part10.character_set, "ISO_IR 100"));
  dseg_part10_close(&part10);
}

static void test_stops_before_pixels(void **state) {
  (void)state;
  dseg_part10 part10;
  dseg_element element;
  bool is_dicom;
  build_full();
  assert_int_equal(open_bytes(file.size, true, &part10, &is_dicom, NULL), DSEG_OK);
  assert_true(part10.pixel_data.present && part10.pixel_data.undefined_length);
  assert_int_equal(dseg_elements_find(&part10.elements, 0xFFFCFFFC, &element, NULL), DSEG_OK);
  assert_int_equal(element.tag, 0);
  dseg_part10_close(&part10);
}

static void test_unknown_sequences_are_implicit_inside(void **state) {
  (void)state;
  dseg_part10 part10;
  dseg_elements item;
  dseg_element element;
  bool is_dicom;
  bool found;
  build_full();
  assert_int_equal(open_bytes(file.size, true, &part10, &is_dicom, NULL), DSEG_OK);
  assert_int_equal(dseg_elements_find_item(&part10.elements, 0x00111010, &item, &found, NULL), DSEG_OK);
  assert_true(found && item.implicit_vr);
  assert_int_equal(dseg_elements_find(&item, 0x00100020, &element, NULL), DSEG_OK);
  assert_true(dseg_element_is(&element, "1234"));
  assert_memory_equal(element.vr, "LO", 2);
  assert_int_equal(dseg_elements_find_item(&item, 0x00111011, &item, &found, NULL), DSEG_OK);
  assert_true(found);
  assert_int_equal(item.bytes.size, 0);
  dseg_part10_close(&part10);
}

/* Cut anywhere, a file is refused, unless what is left is whole. */
static void test_truncation_is_an_error(void **state) {
  (void)state;
  build_full();
  dseg_part10 part10;
  bool is_dicom;
  size_t whole = 0;
  for (size_t size = 0; size < file.size; size++) {
    dseg_error error = {0};
    const dseg_status status = open_bytes(size, false, &part10, &is_dicom, &error);
    if (status == DSEG_OK && is_dicom) {
      whole++;
      dseg_part10_close(&part10);
    } else if (status != DSEG_OK) {
      assert_int_equal(status, DSEG_ERROR_FORMAT);
      assert_true(error.message[0] != '\0');
    } else {
      assert_true(size < 132);
    }
  }
  /* Behind the meta information, and behind each of the six elements before the last. */
  assert_int_equal(whole, 1 + 6);
}

static void test_big_endian_data_set(void **state) {
  (void)state;
  static const uint8_t elements[] = {0x00, 0x28, 0x00, 0x10, 'U', 'S',  0,    2,    0x01, 0x02, 0x00, 0x18, 0x98,
                                     0x03, 'F',  'D',  0,    8,   0x40, 0x09, 0x21, 0xFB, 0x54, 0x44, 0x2D, 0x18};
  dseg_part10 part10;
  dseg_element element;
  bool is_dicom;
  uint16_t rows;
  double pi;
  start_file("1.2.840.10008.1.2.2 ");
  put(elements, sizeof elements);
  assert_int_equal(open_bytes(file.size, false, &part10, &is_dicom, NULL), DSEG_OK);
  assert_int_equal(dseg_elements_find(&part10.elements, 0x00280010, &element, NULL), DSEG_OK);
  assert_true(dseg_element_u16(&part10.elements, &element, 0, &rows));
  assert_int_equal(rows, 0x0102);
  assert_int_equal(dseg_elements_find(&part10.elements, 0x00189803, &element, NULL), DSEG_OK);
  assert_true(dseg_element_double(&part10.elements, &element, 0, &pi));
  assert_true(pi > 3.14159265358979 && pi < 3.14159265358980);
  dseg_part10_close(&part10);
}

static void test_depth_is_bounded(void **state) {
  (void)state;
  dseg_part10 part10;
  bool is_dicom;
  dseg_error error = {0};
  start_file("1.2.840.10008.1.2.1 ");
  for (int i = 0; i < 100000; i++) {
    put_long(0x00081140, "SQ", UNDEFINED);
    put_item(ITEM, UNDEFINED);
  }
  assert_int_equal(open_bytes(file.size, false, &part10, &is_dicom, &error), DSEG_ERROR_LIMIT);
}

static void test_memory_limit(void **state) {
  (void)state;
  dseg_part10 part10;
  bool is_dicom;
  dseg_input *input;
  build_full();
  assert_int_equal(dseg_input_from_memory((dseg_view){file.data, file.size}, &input, NULL), DSEG_OK);
  assert_int_equal(dseg_part10_open(input, &(dseg_part10_options){.memory_limit = 64}, &part10, &is_dicom, NULL),
                   DSEG_ERROR_LIMIT);
  dseg_input_close(input);
}

static void test_deflated_data_set(void **state) {
  (void)state;
  /* Raw deflate, one stored block, of (0028,0010) US 2. */
  static const uint8_t deflated[] = {1, 10, 0, 0xF5, 0xFF, 0x28, 0, 0x10, 0, 'U', 'S', 2, 0, 2, 0};
  dseg_part10 part10;
  dseg_element element;
  bool is_dicom;
  dseg_error error = {0};
  start_file("1.2.840.10008.1.2.1.99");
  put(deflated, sizeof deflated);
  const dseg_status status = open_bytes(file.size, false, &part10, &is_dicom, &error);
  if (status == DSEG_ERROR_UNSUPPORTED) {
    assert_non_null(strstr(error.message, "DSEG_WITH_ZLIB"));
    return;
  }
  assert_int_equal(status, DSEG_OK);
  assert_int_equal(dseg_input_size(part10.input), 10);
  assert_int_equal(part10.file_bytes, file.size);
  assert_int_equal(dseg_elements_find(&part10.elements, 0x00280010, &element, NULL), DSEG_OK);
  assert_int_equal(element.value.size, 2);
  dseg_part10_close(&part10);
  for (size_t size = file.size - sizeof deflated; size < file.size; size++) {
    assert_int_equal(open_bytes(size, false, &part10, &is_dicom, NULL), DSEG_ERROR_FORMAT);
  }
}

/* The last bytes of a deflate stream may stand for more than one buffer of what they inflate to. */
static void test_deflated_data_set_that_ends_in_a_second_buffer(void **state) {
  (void)state;
  /* Raw deflate of (0009,1010) OB, 262144 zeros: 282 bytes, most of them zeros. */
  static const uint8_t first[27] = {0xED, 0xC1, 0x31, 0x01, 0x00, 0x20, 0x0C, 0x03, 0xB0, 0x1E, 0x7B, 0xF8, 0xA6, 0x09,
                                    0x03, 0xF3, 0xEF, 0x86, 0xDD, 0x68, 0x48, 0x72, 0xD2, 0x3D, 0x37, 0xAB, 0x02};
  static const uint8_t zeros[253] = {0};
  static const uint8_t last[2] = {0xF0, 0x7B};
  dseg_part10 part10;
  dseg_element element;
  bool is_dicom;
  start_file("1.2.840.10008.1.2.1.99");
  put(first, sizeof first);
  put(zeros, sizeof zeros);
  put(last, sizeof last);
  const dseg_status status = open_bytes(file.size, false, &part10, &is_dicom, NULL);
  if (status == DSEG_ERROR_UNSUPPORTED) {
    return; /* without zlib: see above */
  }
  assert_int_equal(status, DSEG_OK);
  assert_int_equal(dseg_elements_find(&part10.elements, 0x00091010, &element, NULL), DSEG_OK);
  assert_int_equal(element.value.size, 262144);
  dseg_part10_close(&part10);
  assert_int_equal(open_bytes(file.size - 1, false, &part10, &is_dicom, NULL), DSEG_ERROR_FORMAT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_finds_the_long_parts),
      cmocka_unit_test(test_stops_before_pixels),
      cmocka_unit_test(test_unknown_sequences_are_implicit_inside),
      cmocka_unit_test(test_truncation_is_an_error),
      cmocka_unit_test(test_big_endian_data_set),
      cmocka_unit_test(test_depth_is_bounded),
      cmocka_unit_test(test_memory_limit),
      cmocka_unit_test(test_deflated_data_set),
      cmocka_unit_test(test_deflated_data_set_that_ends_in_a_second_buffer),
  };
  return cmocka_run_group_tests(tests, NULL, free_file);
}
