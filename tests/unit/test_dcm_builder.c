/* test_dcm_builder.c - data sets built and encoded, read back by the library's own reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dicom/dcm_builder.h"
#include "dicom/part10.h"

static const dseg_file_encoding explicit_le = {.transfer_syntax_uid = "1.2.840.10008.1.2.1",
                                               .implementation_class_uid = "1.2.3",
                                               .implementation_version_name = "TEST"};

/* Serialises, destroys the builder, and opens what came out. */
static void open_built(dseg_builder *builder, const dseg_file_encoding *encoding, dseg_buffer *bytes,
                       dseg_part10 *part10) {
  dseg_error error = {0};
  size_t data_set = 0;
  assert_int_equal(dseg_builder_serialise(builder, encoding, bytes, &data_set, &error), DSEG_OK);
  dseg_builder_destroy(builder);
  dseg_input *input = NULL;
  bool is_dicom = false;
  assert_int_equal(dseg_input_from_memory((dseg_view){bytes->data, bytes->size}, &input, &error), DSEG_OK);
  assert_int_equal(dseg_part10_open(input, false, 1 << 20, part10, &is_dicom, &error), DSEG_OK);
  assert_true(is_dicom);
  assert_true(data_set > 132 && data_set < bytes->size);
}

static void assert_text(const dseg_elements *elements, uint32_t tag, const char *expected) {
  dseg_element element;
  assert_int_equal(dseg_elements_find(elements, tag, &element, NULL), DSEG_OK);
  assert_int_equal(element.tag, tag);
  assert_true(dseg_element_is(&element, expected));
}

static dseg_builder *create(void) {
  dseg_builder *builder = NULL;
  assert_int_equal(dseg_builder_create(&builder, NULL), DSEG_OK);
  dseg_builder_text(builder, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.66.4");
  dseg_builder_text(builder, 0x00080018, "UI", "2.25.1");
  return builder;
}

static void elements_of_every_kind(void **state) {
  (void)state;
  const uint16_t three[3] = {1, 2, 65535};
  dseg_builder *builder = create();
  dseg_builder_text(builder, 0x00100010, "PN", "M\xC3\xBCller^Zo\xC3\xAB");
  dseg_builder_text(builder, 0x00100020, "LO", NULL);
  dseg_builder_default_text(builder, 0x00100020, "LO", "not put");
  dseg_builder_default_text(builder, 0x00100030, "DA", "20260101");
  dseg_builder_u16(builder, 0x0062000D, three, 3);
  dseg_builder_u32(builder, 0x00480006, 4000000000u);
  dseg_builder_tag(builder, 0x00209165, 0x0062000B);
  dseg_builder_bytes(builder, 0x00282000, (dseg_view){(const uint8_t *)"abc", 3});
  dseg_builder_further_text(builder, 0x00280030, "DS", "0.5");
  dseg_builder_further_text(builder, 0x00280030, "DS", "0.25");
  dseg_builder_text(builder, 0x00100040, "CS", "O");
  dseg_builder_remove(builder, 0x00100040);
  dseg_buffer bytes = {0};
  dseg_part10 part10;
  open_built(builder, &explicit_le, &bytes, &part10);
  assert_string_equal(part10.transfer_syntax_uid, "1.2.840.10008.1.2.1");
  assert_text(&part10.meta, 0x00020002, "1.2.840.10008.5.1.4.1.1.66.4");
  assert_text(&part10.meta, 0x00020003, "2.25.1");
  assert_text(&part10.meta, 0x00020012, "1.2.3");
  assert_text(&part10.elements, 0x00100010, "M\xC3\xBCller^Zo\xC3\xAB");
  assert_text(&part10.elements, 0x00100030, "20260101");
  dseg_element element;
  uint16_t value = 0;
  uint32_t wide = 0;
  double decimal = 0.0;
  dseg_elements_find(&part10.elements, 0x00100020, &element, NULL);
  assert_int_equal(element.tag, 0x00100020);
  assert_int_equal(element.value.size, 0);
  dseg_elements_find(&part10.elements, 0x00100040, &element, NULL);
  assert_int_equal(element.tag, 0);
  dseg_elements_find(&part10.elements, 0x0062000D, &element, NULL);
  assert_true(dseg_element_u16(&part10.elements, &element, 2, &value) && value == 65535);
  dseg_elements_find(&part10.elements, 0x00480006, &element, NULL);
  assert_true(dseg_element_u32(&part10.elements, &element, 0, &wide) && wide == 4000000000u);
  dseg_elements_find(&part10.elements, 0x00282000, &element, NULL);
  assert_int_equal(element.value.size, 4);
  assert_memory_equal(element.value.data, "abc", 4);
  dseg_elements_find(&part10.elements, 0x00280030, &element, NULL);
  assert_true(dseg_element_decimal(&element, 1, &decimal) && decimal == 0.25);
  dseg_part10_close(&part10);
  dseg_buffer_free(&bytes);
}

static void build_nested(dseg_builder *builder) {
  for (int i = 0; i < 3; i++) {
    dseg_builder_begin_item(builder, 0x00081115);
    dseg_builder_text(builder, 0x0020000E, "UI", i == 2 ? "1.2.2" : "1.2.0");
    dseg_builder_begin_item(builder, 0x0008114A);
    dseg_builder_text(builder, 0x00081155, "UI", "1.2.3");
    dseg_builder_end_item(builder);
    dseg_builder_end_item(builder);
  }
  dseg_builder_empty_sequence(builder, 0x00082112);
}

static void check_nested(const dseg_part10 *part10) {
  dseg_element sequence;
  dseg_elements item, inner;
  size_t offset = 0, count = 0;
  bool more = true, found = false;
  dseg_elements_find(&part10->elements, 0x00081115, &sequence, NULL);
  assert_int_equal(sequence.tag, 0x00081115);
  assert_false(sequence.undefined_length);
  for (;;) {
    assert_int_equal(dseg_sequence_next(&part10->elements, &sequence, &offset, &item, &more, NULL), DSEG_OK);
    if (!more) {
      break;
    }
    assert_text(&item, 0x0020000E, count == 2 ? "1.2.2" : "1.2.0");
    assert_int_equal(dseg_elements_find_item(&item, 0x0008114A, &inner, &found, NULL), DSEG_OK);
    assert_true(found);
    assert_text(&inner, 0x00081155, "1.2.3");
    count++;
  }
  assert_int_equal(count, 3);
  dseg_elements_find(&part10->elements, 0x00082112, &sequence, NULL);
  assert_int_equal(sequence.tag, 0x00082112);
  assert_int_equal(sequence.value.size, 0);
}

static void nested_items_in_both_encodings(void **state) {
  (void)state;
  for (int implicit = 0; implicit < 2; implicit++) {
    dseg_file_encoding encoding = explicit_le;
    encoding.implicit_vr = implicit != 0;
    encoding.transfer_syntax_uid = implicit ? "1.2.840.10008.1.2" : "1.2.840.10008.1.2.1";
    dseg_builder *builder = create();
    build_nested(builder);
    dseg_buffer bytes = {0};
    dseg_part10 part10;
    open_built(builder, &encoding, &bytes, &part10);
    check_nested(&part10);
    dseg_part10_close(&part10);
    dseg_buffer_free(&bytes);
  }
}

static void unknown_transfer_syntaxes_are_explicit_little_endian(void **state) {
  (void)state;
  dseg_file_encoding encoding = explicit_le;
  encoding.transfer_syntax_uid = "2.25.99.1";
  dseg_buffer bytes = {0};
  size_t data_set = 0;
  dseg_builder *builder = create();
  assert_int_equal(dseg_builder_serialise(builder, &encoding, &bytes, &data_set, NULL), DSEG_OK);
  dseg_builder_destroy(builder);
  static const uint8_t first[] = {0x08, 0x00, 0x16, 0x00, 'U', 'I', 28, 0};
  assert_memory_equal(bytes.data + data_set, first, sizeof first);
  assert_memory_equal(bytes.data + 128, "DICM", 4);
  bool found = false;
  for (size_t i = 0; i + 9 < data_set; i++) {
    found = found || memcmp(bytes.data + i, "2.25.99.1", 9) == 0;
  }
  assert_true(found);
  dseg_buffer_free(&bytes);
}

static void encoded_elements_are_taken_and_replaced(void **state) {
  (void)state;
  static const uint8_t context[] = {0x10, 0x00, 0x10, 0x00, 'P',  'N', 4,   0, 'A', '^', 'B',
                                    ' ',  0x10, 0x00, 0x20, 0x00, 'L', 'O', 2, 0,   '4', '2'};
  dseg_builder *builder = create();
  dseg_builder_elements(builder, (dseg_view){context, sizeof context});
  dseg_builder_elements(builder, (dseg_view){NULL, 0});
  dseg_builder_default_text(builder, 0x00100010, "PN", "nobody");
  dseg_builder_text(builder, 0x00100020, "LO", "43");
  assert_string_equal(dseg_builder_get_text(builder, 0x00100010), "A^B");
  assert_null(dseg_builder_get_text(builder, 0x00100030));
  dseg_buffer bytes = {0};
  dseg_part10 part10;
  open_built(builder, &explicit_le, &bytes, &part10);
  assert_text(&part10.elements, 0x00100010, "A^B");
  assert_text(&part10.elements, 0x00100020, "43");
  dseg_part10_close(&part10);
  dseg_buffer_free(&bytes);
}

static void the_first_failure_is_reported_at_the_end(void **state) {
  (void)state;
  static const uint8_t cut[] = {0x10, 0x00, 0x10, 0x00, 'P', 'N', 200, 0, 'A'};
  dseg_error error = {0};
  dseg_buffer bytes = {0};
  dseg_builder *builder = create();
  dseg_builder_elements(builder, (dseg_view){cut, sizeof cut});
  dseg_builder_text(builder, 0x00100020, "LO", "43");
  assert_int_not_equal(dseg_builder_serialise(builder, &explicit_le, &bytes, NULL, &error), DSEG_OK);
  assert_true(strlen(error.message) > 0);
  dseg_builder_destroy(builder);

  builder = create();
  dseg_builder_end_item(builder);
  assert_int_equal(dseg_builder_serialise(builder, &explicit_le, &bytes, NULL, NULL), DSEG_ERROR_ARGUMENT);
  dseg_builder_destroy(builder);
  dseg_builder_destroy(NULL);
  dseg_buffer_free(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(elements_of_every_kind),
      cmocka_unit_test(nested_items_in_both_encodings),
      cmocka_unit_test(unknown_transfer_syntaxes_are_explicit_little_endian),
      cmocka_unit_test(encoded_elements_are_taken_and_replaced),
      cmocka_unit_test(the_first_failure_is_reported_at_the_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
