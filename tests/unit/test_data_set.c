/* SPDX-License-Identifier: Apache-2.0 */
/* test_data_set.c - data sets built, encoded and read back; what they refuse to hold. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dicom/part10.h"
#include "dseg/data_set.h"

static const dseg_file_encoding explicit_le = {.transfer_syntax_uid = "1.2.840.10008.1.2.1",
                                               .implementation_class_uid = "1.2.3",
                                               .implementation_version_name = "TEST"};

/* Serialises, destroys the set, and opens what came out. */
static void open_built(dseg_data_set *set, const dseg_file_encoding *encoding, dseg_buffer *bytes,
                       dseg_part10 *part10) {
  dseg_error error = {0};
  size_t data_set = 0;
  assert_int_equal(dseg_data_set_write_file(set, encoding, bytes, &data_set, &error), DSEG_OK);
  dseg_data_set_destroy(set);
  dseg_input *input = NULL;
  bool is_dicom = false;
  assert_int_equal(dseg_input_from_memory((dseg_view){bytes->data, bytes->size}, &input, &error), DSEG_OK);
  assert_int_equal(dseg_part10_open(input, &(dseg_part10_options){.memory_limit = 1 << 20}, part10, &is_dicom, &error),
                   DSEG_OK);
  assert_true(is_dicom);
  assert_true(data_set > 132 && data_set < bytes->size);
}

static void assert_text(const dseg_elements *elements, uint32_t tag, const char *expected) {
  dseg_element element;
  assert_int_equal(dseg_elements_find(elements, tag, &element, NULL), DSEG_OK);
  assert_int_equal(element.tag, tag);
  assert_true(dseg_element_is(&element, expected));
}

static dseg_data_set *create(void) {
  dseg_data_set *set = NULL;
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  dseg_data_set_put_text(set, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.66.4");
  dseg_data_set_put_text(set, 0x00080018, "UI", "2.25.1");
  return set;
}

static void elements_of_every_kind(void **state) {
  (void)state;
  const uint16_t three[3] = {1, 2, 65535};
  dseg_data_set *set = create();
  dseg_data_set_put_text(set, 0x00100010, "PN", "M\xC3\xBCller^Zo\xC3\xAB");
  dseg_data_set_put_text(set, 0x00100020, "LO", NULL);
  dseg_data_set_put_default_text(set, 0x00100020, "LO", "not put");
  dseg_data_set_put_default_text(set, 0x00100030, "DA", "20260101");
  dseg_data_set_put_u16(set, 0x0062000D, "US", three, 3);
  const uint32_t columns = 4000000000u;
  dseg_data_set_put_u32(set, 0x00480006, "UL", &columns, 1);
  dseg_data_set_put_tag(set, 0x00209165, 0x0062000B);
  dseg_data_set_put_bytes(set, 0x00282000, "OB", (dseg_view){(const uint8_t *)"abc", 3});
  dseg_data_set_append_text(set, 0x00280030, "DS", "0.5");
  dseg_data_set_append_text(set, 0x00280030, "DS", "0.25");
  dseg_data_set_put_text(set, 0x00100040, "CS", "O");
  dseg_data_set_remove(set, 0x00100040);
  dseg_buffer bytes = {0};
  dseg_part10 part10;
  open_built(set, &explicit_le, &bytes, &part10);
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

static void build_nested(dseg_data_set *set) {
  for (int i = 0; i < 3; i++) {
    dseg_data_set_begin_item(set, 0x00081115);
    dseg_data_set_put_text(set, 0x0020000E, "UI", i == 2 ? "1.2.2" : "1.2.0");
    dseg_data_set_begin_item(set, 0x0008114A);
    dseg_data_set_put_text(set, 0x00081155, "UI", "1.2.3");
    dseg_data_set_end_item(set);
    dseg_data_set_end_item(set);
  }
  dseg_data_set_put_sequence(set, 0x00082112);
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
    dseg_data_set *set = create();
    build_nested(set);
    dseg_buffer bytes = {0};
    dseg_part10 part10;
    open_built(set, &encoding, &bytes, &part10);
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
  dseg_data_set *set = create();
  assert_int_equal(dseg_data_set_write_file(set, &encoding, &bytes, &data_set, NULL), DSEG_OK);
  dseg_data_set_destroy(set);
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
  dseg_data_set *set = create();
  assert_int_equal(dseg_data_set_read(set, (dseg_view){context, sizeof context}, DSEG_EXPLICIT_VR, NULL), DSEG_OK);
  assert_int_equal(dseg_data_set_read(set, (dseg_view){NULL, 0}, DSEG_EXPLICIT_VR, NULL), DSEG_OK);
  dseg_data_set_put_default_text(set, 0x00100010, "PN", "nobody");
  dseg_data_set_put_text(set, 0x00100020, "LO", "43");
  dseg_view text;
  assert_true(dseg_data_set_text_is(set, 0x00100010, "A^B"));
  assert_false(dseg_data_set_get_text(set, 0x00100030, SIZE_MAX, &text));
  dseg_buffer bytes = {0};
  dseg_part10 part10;
  open_built(set, &explicit_le, &bytes, &part10);
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
  dseg_data_set *set = create();
  assert_int_equal(dseg_data_set_read(set, (dseg_view){cut, sizeof cut}, DSEG_EXPLICIT_VR, NULL), DSEG_ERROR_FORMAT);
  dseg_data_set_put_text(set, 0x00100020, "LO", "43");
  dseg_view text;
  assert_false(dseg_data_set_get_text(set, 0x00100020, 0, &text));
  assert_int_not_equal(dseg_data_set_write_file(set, &explicit_le, &bytes, NULL, &error), DSEG_OK);
  assert_true(strlen(error.message) > 0);
  dseg_data_set_destroy(set);

  set = create();
  dseg_data_set_end_item(set);
  assert_int_equal(dseg_data_set_write_file(set, &explicit_le, &bytes, NULL, NULL), DSEG_ERROR_ARGUMENT);
  dseg_data_set_destroy(set);
  dseg_data_set_destroy(NULL);
  dseg_buffer_free(&bytes);
}

/* Bytes of an encoded data set; a string literal with NULs. */
#define ENCODED(literal) ((dseg_view){(const uint8_t *)(literal), sizeof(literal) - 1})

static dseg_data_set *create_empty(void) {
  dseg_data_set *set = NULL;
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  return set;
}

/* The data set writes these bytes; it is destroyed. */
static void assert_writes(dseg_data_set *set, dseg_vr_encoding encoding, dseg_view expected) {
  dseg_error error = {0};
  dseg_buffer bytes = {0};
  if (dseg_data_set_write(set, encoding, &bytes, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_int_equal(bytes.size, expected.size);
  assert_memory_equal(bytes.data, expected.data, expected.size);
  dseg_buffer_free(&bytes);
  dseg_data_set_destroy(set);
}

static void assert_reads_as(dseg_vr_encoding encoding, dseg_view read, dseg_view written) {
  dseg_error error = {0};
  dseg_data_set *set = create_empty();
  if (dseg_data_set_read(set, read, encoding, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_writes(set, DSEG_EXPLICIT_VR, written);
}

/* The data set has this failure, whose message has text in it, and writes nothing; it is destroyed. */
static void assert_refused(dseg_data_set *set, dseg_status status, const char *text) {
  dseg_error error = {0}, again = {0};
  dseg_buffer bytes = {0};
  assert_int_equal(dseg_data_set_status(set, &error), status);
  if (strstr(error.message, text) == NULL) {
    fail_msg("\"%s\" has no \"%s\"", error.message, text);
  }
  dseg_data_set_put_text(set, 0x00100020, "LO", "ignored");
  assert_int_equal(dseg_data_set_write(set, DSEG_EXPLICIT_VR, &bytes, &again), status);
  assert_string_equal(again.message, error.message);
  assert_int_equal(bytes.size, 0);
  dseg_data_set_destroy(set);
}

static void assert_unreadable(dseg_view bytes, const char *text) {
  dseg_data_set *set = create_empty();
  dseg_data_set_put_text(set, 0x00080060, "CS", "SEG");
  assert_int_equal(dseg_data_set_read(set, bytes, DSEG_EXPLICIT_VR, NULL), DSEG_ERROR_FORMAT);
  uint32_t tag = 0;
  assert_true(dseg_data_set_next(set, &tag, NULL) && tag == 0x00080060);
  assert_false(dseg_data_set_next(set, &tag, NULL));
  assert_refused(set, DSEG_ERROR_FORMAT, text);
}

static void elements_come_in_ascending_order(void **state) {
  (void)state;
  dseg_data_set *set = create_empty();
  for (uint32_t i = 0; i < 40; i++) {
    dseg_data_set_put_text(set, 0x00110000 + (i * 7 % 40 + 0x1001), "LO", "");
  }
  uint32_t tag = 0, count = 0;
  char vr[3];
  while (dseg_data_set_next(set, &tag, vr)) {
    assert_int_equal(tag, 0x00111001 + count++);
    assert_string_equal(vr, "LO");
  }
  assert_int_equal(count, 40);
  dseg_data_set_destroy(set);
}

/* As DCMTK writes them: PS3.5 6.2. */
static void padding_is_made_anew(void **state) {
  (void)state;
  dseg_data_set *set = create_empty();
  dseg_data_set_put_text(set, 0x00080060, "CS", "AB  ");
  dseg_data_set_put_text(set, 0x00081030, "LO", " A ");
  dseg_data_set_put_text(set, 0x00104000, "LT", "   ");
  dseg_data_set_put_text(set, 0x0020000D, "UI", " 1.2 \\ 3 ");
  dseg_data_set_put_bytes(set, 0x00282000, "OB", (dseg_view){(const uint8_t *)"a ", 2});
  assert_writes(set, DSEG_EXPLICIT_VR,
                ENCODED("\x08\0\x60\0CS\2\0AB\x08\0\x30\x10LO\2\0 A\x10\0\0\x40LT\0\0\x20\0\x0D\0UI\6\0"
                        "1.2\\3\0\x28\0\0\x20OB\0\0\2\0\0\0a "));
  assert_reads_as(DSEG_EXPLICIT_VR,
                  ENCODED("\x08\0\x60\0CS\4\0AB  \x20\0\x0D\0UI\6\0"
                          "1.2 \0\0\x20\0\x0E\0UI\4\0"
                          "1.2 "),
                  ENCODED("\x08\0\x60\0CS\2\0AB\x20\0\x0D\0UI\4\0"
                          "1.2\0\x20\0\x0E\0UI\4\0"
                          "1.2\0"));
}

static void values_too_long_for_their_vr_become_un(void **state) {
  (void)state;
  enum { LONGEST = 65534 };
  char *text = malloc(LONGEST + 2);
  memset(text, 'A', LONGEST + 1);
  text[LONGEST + 1] = '\0';
  for (size_t size = LONGEST; size <= LONGEST + 1; size++) {
    dseg_data_set *set = create_empty();
    dseg_buffer bytes = {0};
    text[size] = '\0';
    dseg_data_set_put_text(set, 0x00104000, "LT", text);
    text[size] = 'A';
    assert_int_equal(dseg_data_set_write(set, DSEG_EXPLICIT_VR, &bytes, NULL), DSEG_OK);
    assert_memory_equal(bytes.data + 4, size == LONGEST ? "LT\xFE\xFF" : "UN\0\0\0\0\1\0", size == LONGEST ? 4 : 8);
    assert_int_equal(bytes.size, size == LONGEST ? LONGEST + 8 : LONGEST + 2 + 12);
    dseg_buffer_free(&bytes);
    dseg_data_set_destroy(set);
  }
  free(text);
}

static void sequences_of_any_length_are_read(void **state) {
  (void)state;
  const dseg_view defined =
      ENCODED("\x08\0\x15\x11SQ\0\0\x12\0\0\0\xFE\xFF\0\xE0\x0A\0\0\0\x10\0\x20\0LO\2\0AB\x10\0\x30\0LO\0\0");
  assert_reads_as(DSEG_EXPLICIT_VR, defined, defined);
  assert_reads_as(
      DSEG_EXPLICIT_VR,
      ENCODED("\x08\0\x15\x11SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF\x10\0\x20\0LO\2\0AB\xFE\xFF\x0D\xE0"
              "\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0\x10\0\x30\0LO\0\0"),
      defined);
  /* A sequence that another writer did not know: in implicit VR (PS3.5 6.2.2). */
  assert_reads_as(
      DSEG_EXPLICIT_VR,
      ENCODED("\x08\0\x15\x11UN\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\x0A\0\0\0\x10\0\x20\0\2\0\0\0AB\xFE\xFF\xDD\xE0"
              "\0\0\0\0\x10\0\x30\0LO\0\0"),
      defined);
  assert_reads_as(DSEG_IMPLICIT_VR, ENCODED("\x08\0\x15\x11\x12\0\0\0\xFE\xFF\0\xE0\x0A\0\0\0\x10\0\x20\0\2\0\0\0AB"),
                  ENCODED("\x08\0\x15\x11SQ\0\0\x12\0\0\0\xFE\xFF\0\xE0\x0A\0\0\0\x10\0\x20\0LO\2\0AB"));
}

static void private_and_unknown_elements_are_kept(void **state) {
  (void)state;
  const dseg_view bytes = ENCODED(
      "\x71\0\x10\0LO\4\0MINE\x71\0\1\x10UN\0\0\2\0\0\0\1\2\x71\0\2\x10"
      "FD\x08\0"
      "12345678");
  assert_reads_as(DSEG_EXPLICIT_VR, bytes, bytes);
  assert_reads_as(DSEG_EXPLICIT_VR, ENCODED("\x10\0\x10\0ZZ\0\0\2\0\0\0AB"), ENCODED("\x10\0\x10\0UN\0\0\2\0\0\0AB"));
  assert_reads_as(DSEG_IMPLICIT_VR, ENCODED("\x71\0\1\x10\2\0\0\0\1\2"), ENCODED("\x71\0\1\x10UN\0\0\2\0\0\0\1\2"));
  assert_reads_as(DSEG_EXPLICIT_VR, ENCODED("\x08\0\0\0UL\4\0ABCD\x10\0\x20\0LO\0\0"), ENCODED("\x10\0\x20\0LO\0\0"));
  assert_reads_as(DSEG_EXPLICIT_VR, ENCODED("\x10\0\x20\0LO\0\0\x10\0\x10\0PN\0\0"),
                  ENCODED("\x10\0\x10\0PN\0\0\x10\0\x20\0LO\0\0"));
}

static void fragments_are_kept_in_explicit_vr(void **state) {
  (void)state;
  const dseg_view bytes = ENCODED(
      "\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\0\0\0\0\xFE\xFF\0\xE0\2\0\0\0AB\xFE\xFF\xDD\xE0\0\0\0\0");
  assert_reads_as(DSEG_EXPLICIT_VR, bytes, bytes);
  dseg_data_set *set = create_empty();
  dseg_buffer out = {0};
  dseg_error error = {0};
  assert_int_equal(dseg_data_set_read(set, bytes, DSEG_EXPLICIT_VR, NULL), DSEG_OK);
  assert_int_equal(dseg_data_set_write(set, DSEG_IMPLICIT_VR, &out, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "(7FE0,0010)"));
  assert_int_equal(out.size, 0);
  dseg_buffer_free(&out);
  dseg_data_set_destroy(set);
}

static void malformed_bytes_are_refused(void **state) {
  (void)state;
  assert_unreadable(ENCODED("\x10\0\x10\0PN\4\0ABC"), "(0010,0010)");
  assert_unreadable(ENCODED("\x10\0\x10\0PN\4\0ABCD\x10\0"), "cut off");
  assert_unreadable(ENCODED("\x10\0\x10\0PN\4\0ABCD\x10\0\x20\0OB\0\0\0\0"), "cut off");
  assert_unreadable(ENCODED("\x10\0\x10\0zz\4\0ABCD"), "no value representation");
  assert_unreadable(ENCODED("\xFE\xFF\0\xE0\0\0\0\0"), "(FFFE,E000)");
  assert_unreadable(ENCODED("\x10\0\x10\0LO\2\0CD\xFE\xFF\xDD\xE0\0\0\0\0"), "(FFFE,E0DD)");
  assert_unreadable(ENCODED("\x10\0\x10\0LO\2\0CD\x10\0\x10\0LO\2\0"
                            "EF"),
                    "(0010,0010) occurs twice");
  /* An item without its delimiter; a sequence of elements; an element longer than its item; half an item header. */
  assert_unreadable(ENCODED("\x08\0\x15\x11SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF\x10\0\x20\0LO\2\0AB"),
                    "cut off");
  assert_unreadable(ENCODED("\x08\0\x15\x11SQ\0\0\x0A\0\0\0\x10\0\x20\0LO\2\0AB"), "(0008,1115)");
  assert_unreadable(
      ENCODED("\x08\0\x15\x11SQ\0\0\x12\0\0\0\xFE\xFF\0\xE0\x0A\0\0\0\x10\0\x20\0LO\4\0AB\x10\0\x30\0LO\2\0AB"),
      "(0010,0020)");
  assert_unreadable(ENCODED("\x08\0\x15\x11SQ\0\0\4\0\0\0\xFE\xFF\0\xE0"), "cut off");
  /* Undefined length where neither a sequence nor Pixel Data is. */
  assert_unreadable(ENCODED("\x28\0\0\x20OB\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0"),
                    "(0028,2000)");
  assert_unreadable(ENCODED("\x62\0\x20\0UT\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0"),
                    "(0062,0020)");
}

static void what_no_data_set_holds_is_refused(void **state) {
  (void)state;
  static const uint32_t tags[] = {0x00000000, 0x00000001, 0x00080000, 0xFFFEE000, 0xFFFFFFFF};
  for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
    char name[16];
    snprintf(name, sizeof name, "(%04X,%04X)", tags[i] >> 16, tags[i] & 0xFFFFu);
    dseg_data_set *set = create_empty();
    dseg_data_set_put_text(set, tags[i], "LO", "x");
    assert_refused(set, DSEG_ERROR_ARGUMENT, name);
    set = create_empty();
    dseg_data_set_begin_item(set, tags[i]);
    assert_refused(set, DSEG_ERROR_ARGUMENT, name);
  }
}

static void values_that_do_not_fit_are_refused(void **state) {
  (void)state;
  const uint16_t number = 1;
  const uint32_t wide = 1;
  const double infinite = INFINITY;
  struct {
    const char *text;
    dseg_data_set *set;
  } cases[20];
  size_t count = 0;
#define REFUSED(message, call)           \
  do {                                   \
    dseg_data_set *set = create_empty(); \
    call;                                \
    cases[count].text = (message);       \
    cases[count++].set = set;            \
  } while (0)
  REFUSED("\"ZZ\"", dseg_data_set_put_text(set, 0x00711001, "ZZ", "x"));
  REFUSED("\"lo\"", dseg_data_set_put_text(set, 0x00711001, "lo", "x"));
  REFUSED("has VR LO", dseg_data_set_put_text(set, 0x00100020, "SH", "x"));
  REFUSED("has VR SQ", dseg_data_set_put_text(set, 0x00081115, "LO", "x"));
  REFUSED("has VR US", dseg_data_set_put_text(set, 0x00280010, "LO", "x"));
  REFUSED("has VR UL", dseg_data_set_put_u16(set, 0x00480006, "US", &number, 1));
  REFUSED("has VR US", dseg_data_set_put_u32(set, 0x00280010, "UL", &wide, 1));
  REFUSED("has VR SL", dseg_data_set_put_u32(set, 0x0048021E, "UL", &wide, 1));
  REFUSED("has VR US", dseg_data_set_put_tag(set, 0x00280010, 0x00280010));
  REFUSED("has VR LO", dseg_data_set_put_bytes(set, 0x00100020, "OB", (dseg_view){(const uint8_t *)"ab", 2}));
  REFUSED("has VR LO", dseg_data_set_put_sequence(set, 0x00100020));
  REFUSED("has VR LO", dseg_data_set_begin_item(set, 0x00100020));
  REFUSED("another form", dseg_data_set_put_text(set, 0x00280010, "US", "5"));
  REFUSED("another form", dseg_data_set_put_u32(set, 0x00711001, "US", &wide, 1));
  REFUSED("another form", dseg_data_set_put_bytes(set, 0x00711001, "SQ", (dseg_view){NULL, 0}));
  REFUSED("NULL", dseg_data_set_put_u16(set, 0x0062000D, "US", NULL, 3));
  REFUSED("NULL", dseg_data_set_put_bytes(set, 0x00282000, "OB", (dseg_view){NULL, 3}));
  REFUSED("NULL", dseg_data_set_append_text(set, 0x00282112, "DS", NULL));
  REFUSED("finite", dseg_data_set_put_decimals(set, 0x00280030, &infinite, 1));
  REFUSED("no item with index 0", dseg_data_set_copy_item(set, 0x00081115, 0));
#undef REFUSED
  for (size_t i = 0; i < count; i++) {
    assert_refused(cases[i].set, DSEG_ERROR_ARGUMENT, cases[i].text);
  }
  dseg_data_set *set = create_empty();
  dseg_data_set_put_text(set, 0x00711001, "LO", "x");
  dseg_data_set_begin_item(set, 0x00711001);
  assert_refused(set, DSEG_ERROR_ARGUMENT, "(0071,1001) has a value");
  set = create_empty();
  dseg_data_set_put_u16(set, 0x0062000D, "US", NULL, 0);
  assert_writes(set, DSEG_EXPLICIT_VR, ENCODED("\x62\0\x0D\0US\0\0"));
}

static void a_file_needs_its_identity(void **state) {
  (void)state;
  dseg_error error = {0};
  dseg_buffer bytes = {0};
  dseg_data_set *set = create_empty();
  dseg_data_set_put_text(set, 0x00080016, "UI", "1.2");
  assert_int_equal(dseg_data_set_write_file(set, &explicit_le, &bytes, NULL, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "(0008,0018)"));
  assert_int_equal(bytes.size, 0);
  dseg_buffer_free(&bytes);
  dseg_data_set_destroy(set);
}

static void nesting_is_limited(void **state) {
  (void)state;
  dseg_data_set *set = create_empty();
  for (unsigned i = 0; i < DSEG_DATA_SET_DEPTH; i++) {
    dseg_data_set_begin_item(set, 0x00081115);
  }
  dseg_buffer bytes = {0};
  assert_int_equal(dseg_data_set_write(set, DSEG_EXPLICIT_VR, &bytes, NULL), DSEG_OK);
  dseg_data_set *again = create_empty();
  assert_int_equal(dseg_data_set_read(again, (dseg_view){bytes.data, bytes.size}, DSEG_EXPLICIT_VR, NULL), DSEG_OK);
  dseg_data_set_destroy(again);
  /* One level more, in an item that is there. */
  again = create_empty();
  dseg_data_set_begin_item(again, 0x00081115);
  assert_int_equal(dseg_data_set_read(again, (dseg_view){bytes.data, bytes.size}, DSEG_EXPLICIT_VR, NULL),
                   DSEG_ERROR_LIMIT);
  assert_refused(again, DSEG_ERROR_LIMIT, "nested deeper than 64");
  dseg_buffer_free(&bytes);
  dseg_data_set_begin_item(set, 0x00081115);
  assert_refused(set, DSEG_ERROR_LIMIT, "(0008,1115)");
}

static void items_are_entered_copied_and_removed(void **state) {
  (void)state;
  dseg_data_set *set = create_empty();
  for (uint16_t i = 1; i <= 3; i++) {
    dseg_data_set_begin_item(set, 0x00620002);
    dseg_data_set_put_u16(set, 0x00620004, "US", &i, 1);
    dseg_data_set_begin_item(set, 0x0062000F);
    dseg_data_set_put_text(set, 0x00080100, "SH", "1");
    dseg_data_set_end_item(set);
    dseg_data_set_end_item(set);
  }
  assert_int_equal(dseg_data_set_count_items(set, 0x00620002), 3);
  assert_int_equal(dseg_data_set_count_items(set, 0x00620003), 0);
  assert_false(dseg_data_set_enter_item(set, 0x00620002, 3));
  assert_false(dseg_data_set_enter_item(set, 0x00620003, 0));
  dseg_data_set_copy_item(set, 0x00620002, 2);
  dseg_data_set_remove_item(set, 0x00620002, 0);
  dseg_data_set_remove_item(set, 0x00620002, 7);
  assert_int_equal(dseg_data_set_count_items(set, 0x00620002), 3);
  /* What is put into the copy, and into what it holds, is not in the original. */
  assert_true(dseg_data_set_enter_item(set, 0x00620002, 2));
  assert_true(dseg_data_set_enter_item(set, 0x0062000F, 0));
  dseg_data_set_put_text(set, 0x00080100, "SH", "2");
  dseg_data_set_end_item(set);
  dseg_data_set_end_item(set);
  for (size_t i = 0; i < 3; i++) {
    uint16_t number = 0;
    assert_true(dseg_data_set_enter_item(set, 0x00620002, i));
    assert_true(dseg_data_set_get_u16(set, 0x00620004, 0, &number));
    assert_int_equal(number, i == 0 ? 2 : 3);
    assert_true(dseg_data_set_enter_item(set, 0x0062000F, 0));
    assert_true(dseg_data_set_text_is(set, 0x00080100, i == 2 ? "2" : "1"));
    dseg_data_set_end_item(set);
    dseg_data_set_end_item(set);
  }
  assert_int_equal(dseg_data_set_status(set, NULL), DSEG_OK);
  dseg_data_set_destroy(set);
}

static void values_are_got_as_they_were_put(void **state) {
  (void)state;
  const uint32_t wide[2] = {7, 4000000000u};
  const double decimals[2] = {0.5, -1.25};
  dseg_data_set *set = create_empty();
  dseg_data_set_put_decimals(set, 0x00280030, decimals, 2);
  dseg_data_set_put_u32(set, 0x00480006, "UL", wide, 2);
  dseg_data_set_put_text(set, 0x00080008, "CS", "DERIVED\\PRIMARY");
  dseg_data_set_put_sequence(set, 0x00081115);
  uint32_t value = 0;
  uint16_t narrow = 0;
  double read[3];
  dseg_view text;
  assert_true(dseg_data_set_get_decimals(set, 0x00280030, read, 2));
  assert_true(read[0] == 0.5 && read[1] == -1.25);
  assert_false(dseg_data_set_get_decimals(set, 0x00280030, read, 3));
  assert_false(dseg_data_set_get_decimals(set, 0x00080008, read, 1));
  assert_true(dseg_data_set_get_u32(set, 0x00480006, 1, &value) && value == 4000000000u);
  assert_false(dseg_data_set_get_u32(set, 0x00480006, 2, &value));
  assert_false(dseg_data_set_get_u16(set, 0x00480006, 0, &narrow));
  assert_true(dseg_data_set_get_text(set, 0x00080008, 1, &text));
  assert_int_equal(text.size, 7);
  assert_memory_equal(text.data, "PRIMARY", 7);
  assert_false(dseg_data_set_get_text(set, 0x00080008, 2, &text));
  assert_false(dseg_data_set_get_text(set, 0x00480006, 0, &text));
  assert_false(dseg_data_set_get_bytes(set, 0x00081115, &text));
  assert_true(dseg_data_set_get_bytes(set, 0x00480006, &text));
  assert_int_equal(text.size, 8);
  dseg_data_set_destroy(set);
}

/* Far more than one block of memory, in any order. */
static void many_elements_are_found_again(void **state) {
  (void)state;
  enum { COUNT = 20011 };
  dseg_data_set *set = create_empty();
  for (uint32_t i = 0; i < COUNT; i++) {
    const uint32_t value = i * 7919 % COUNT;
    dseg_data_set_put_u32(set, 0x00111000 + value, "UL", &value, 1);
  }
  assert_int_equal(dseg_data_set_status(set, NULL), DSEG_OK);
  for (uint32_t i = 0; i < COUNT; i++) {
    uint32_t value = 0;
    assert_true(dseg_data_set_get_u32(set, 0x00111000 + i, 0, &value) && value == i);
  }
  dseg_data_set_destroy(set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(elements_of_every_kind),
      cmocka_unit_test(nested_items_in_both_encodings),
      cmocka_unit_test(unknown_transfer_syntaxes_are_explicit_little_endian),
      cmocka_unit_test(encoded_elements_are_taken_and_replaced),
      cmocka_unit_test(the_first_failure_is_reported_at_the_end),
      cmocka_unit_test(elements_come_in_ascending_order),
      cmocka_unit_test(padding_is_made_anew),
      cmocka_unit_test(values_too_long_for_their_vr_become_un),
      cmocka_unit_test(sequences_of_any_length_are_read),
      cmocka_unit_test(private_and_unknown_elements_are_kept),
      cmocka_unit_test(fragments_are_kept_in_explicit_vr),
      cmocka_unit_test(malformed_bytes_are_refused),
      cmocka_unit_test(what_no_data_set_holds_is_refused),
      cmocka_unit_test(values_that_do_not_fit_are_refused),
      cmocka_unit_test(a_file_needs_its_identity),
      cmocka_unit_test(nesting_is_limited),
      cmocka_unit_test(items_are_entered_copied_and_removed),
      cmocka_unit_test(values_are_got_as_they_were_put),
      cmocka_unit_test(many_elements_are_found_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
