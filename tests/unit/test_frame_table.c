/* SPDX-License-Identifier: Apache-2.0 */
/* test_frame_table.c - where frames are: native layouts, offset tables, fragments, and the index by plane. */
#include "dicom_files.h"

#include "seg_read/fragments.h"
#include "seg_read/frame_table.h"

static dicom_file file;
static char warning[200];

static int free_file(void **state) {
  (void)state;
  dseg_buffer_free(&file.bytes);
  return 0;
}

static void keep_warning(void *user, const char *message) {
  (void)user;
  (void)strncpy(warning, message, sizeof warning - 1);
}

static void test_native_frames_begin_at_any_bit(void **state) {
  (void)state;
  const dseg_located pixels = {.present = true, .value_offset = 100, .value_length = 10};
  const dseg_native_layout packed = {15, 15};
  dseg_frame_table table;
  uint64_t extra;
  assert_int_equal(dseg_frame_table_create(5, &table, NULL), DSEG_OK);
  assert_int_equal(dseg_locate_native(&table, 0, 5, 3, &pixels, &packed, &extra, NULL), DSEG_OK);
  assert_int_equal(extra, 0);
  assert_true(table.frames[1].offset == 101 && table.frames[1].bit == 7 && table.frames[1].length == 3);
  assert_true(table.frames[4].offset == 107 && table.frames[4].bit == 4 && table.frames[4].part == 3);
  const dseg_located cut = {.present = true, .value_offset = 100, .value_length = 9};
  assert_int_equal(dseg_locate_native(&table, 0, 5, 0, &cut, &packed, &extra, NULL), DSEG_ERROR_FORMAT);
  const dseg_native_layout huge = {15, (uint64_t)1 << 62};
  assert_int_equal(dseg_locate_native(&table, 0, 5, 0, &pixels, &huge, &extra, NULL), DSEG_ERROR_FORMAT);
  dseg_frame_table_free(&table);
}

static void test_index_by_plane(void **state) {
  (void)state;
  static const struct {
    uint32_t plane;
    int32_t segment;
  } frames[] = {{1, 2}, {0, 1}, {1, 0}, {3, 1}, {1, 1}, {0, 0}};
  dseg_frame_table table;
  size_t first;
  size_t end;
  assert_int_equal(dseg_frame_table_create(6, &table, NULL), DSEG_OK);
  for (size_t i = 0; i < 6; i++) {
    table.frames[i].plane = frames[i].plane;
    table.frames[i].segment = frames[i].segment;
  }
  assert_int_equal(dseg_frame_table_sort(&table, 4, 3, NULL), DSEG_OK);
  dseg_frames_of_plane(&table, 1, -1, &first, &end);
  assert_int_equal(end - first, 3);
  assert_true(table.by_plane[first] == 2 && table.by_plane[first + 1] == 4 && table.by_plane[first + 2] == 0);
  dseg_frames_of_plane(&table, 1, 1, &first, &end);
  assert_true(end - first == 1 && table.by_plane[first] == 4);
  dseg_frames_of_plane(&table, 2, -1, &first, &end);
  assert_int_equal(first, end);
  dseg_frames_of_plane(&table, 3, 0, &first, &end);
  assert_int_equal(first, end);
  dseg_frame_table_free(&table);
}

/* Fragments of the lengths given, each filled with its number, behind a Basic Offset Table. */
static void put_fragments(const uint32_t *offsets, size_t offset_count, const uint32_t *lengths, size_t count) {
  put_header(&file, 0x7FE00010, "OB", 0xFFFFFFFFu);
  put_header(&file, 0xFFFEE000u, "", (uint32_t)(offset_count * 4));
  for (size_t i = 0; i < offset_count; i++) {
    put_u32(&file, offsets[i]);
  }
  for (size_t i = 0; i < count; i++) {
    put_header(&file, 0xFFFEE000u, "", lengths[i]);
    for (uint32_t j = 0; j < lengths[i]; j++) {
      const uint8_t byte = (uint8_t)i;
      put_bytes(&file, &byte, 1);
    }
  }
  put_header(&file, 0xFFFEE0DDu, "", 0);
}

static dseg_status locate(size_t frames, dseg_part10 *part10, dseg_frame_table *table, uint64_t *bytes,
                          dseg_error *error) {
  const dseg_warning_sink sink = {keep_warning, NULL};
  dseg_input *input;
  bool is_dicom;
  warning[0] = '\0';
  assert_int_equal(dseg_input_from_memory((dseg_view){file.bytes.data, file.bytes.size}, &input, NULL), DSEG_OK);
  assert_int_equal(dseg_part10_open(input, &(dseg_part10_options){.stop_before_pixels = true}, part10, &is_dicom, NULL),
                   DSEG_OK);
  assert_int_equal(dseg_frame_table_create(frames, table, NULL), DSEG_OK);
  return dseg_locate_encapsulated(table, 0, frames, 0, part10, &sink, bytes, error);
}

/* The frame's bytes, all of one value, as many as expected. */
static void check_frame(const dseg_part10 *part10, const dseg_frame *frame, const char *expected) {
  dseg_buffer bytes = {0};
  uint64_t offset;
  uint32_t length;
  assert_int_equal(dseg_read_fragments(part10->input, frame, &bytes, NULL), DSEG_OK);
  assert_int_equal(bytes.size, strlen(expected));
  for (size_t i = 0; i < bytes.size; i++) {
    assert_int_equal(bytes.data[i], expected[i] - '0');
  }
  assert_int_equal(dseg_measure_fragments(part10->input, frame, &offset, &length, NULL), DSEG_OK);
  assert_int_equal(length, bytes.size);
  assert_int_equal(file.bytes.data[offset], expected[0] - '0');
  dseg_buffer_free(&bytes);
}

static void close_all(dseg_part10 *part10, dseg_frame_table *table) {
  dseg_frame_table_free(table);
  dseg_part10_close(part10);
}

static const uint32_t lengths[] = {4, 2, 6, 2};

static void test_a_fragment_for_each_frame(void **state) {
  (void)state;
  dseg_part10 part10;
  dseg_frame_table table;
  uint64_t bytes;
  put_start(&file, "1.2.840.10008.1.2.5");
  put_fragments(NULL, 0, lengths, 4);
  assert_int_equal(locate(4, &part10, &table, &bytes, NULL), DSEG_OK);
  assert_string_equal(warning, "");
  check_frame(&part10, &table.frames[0], "0000");
  check_frame(&part10, &table.frames[3], "33");
  assert_int_equal(bytes, 8 + 4 * 8 + 14);
  close_all(&part10, &table);
}

static void test_fragments_grouped_by_the_basic_table(void **state) {
  (void)state;
  static const uint32_t offsets[] = {0, 12 + 10};
  dseg_part10 part10;
  dseg_frame_table table;
  uint64_t bytes;
  put_start(&file, "1.2.840.10008.1.2.4.90");
  put_fragments(offsets, 2, lengths, 4);
  assert_int_equal(locate(2, &part10, &table, &bytes, NULL), DSEG_OK);
  assert_string_equal(warning, "");
  check_frame(&part10, &table.frames[0], "000011");
  check_frame(&part10, &table.frames[1], "22222233");
  close_all(&part10, &table);
}

static void put_table_element(uint32_t tag, const uint32_t *values, size_t count) {
  put_header(&file, tag, "OV", (uint32_t)(count * 8));
  for (size_t i = 0; i < count; i++) {
    put_u32(&file, values[i]);
    put_u32(&file, 0);
  }
}

static void test_extended_table(void **state) {
  (void)state;
  static const uint32_t offsets[] = {0, 12, 22, 36};
  static const uint32_t frame_lengths[] = {4, 2, 5, 2}; /* without padding */
  dseg_part10 part10;
  dseg_frame_table table;
  uint64_t bytes;
  put_start(&file, "1.2.840.10008.1.2.5");
  put_table_element(0x7FE00001, offsets, 4);
  put_table_element(0x7FE00002, frame_lengths, 4);
  put_fragments(NULL, 0, lengths, 4);
  assert_int_equal(locate(4, &part10, &table, &bytes, NULL), DSEG_OK);
  assert_string_equal(warning, "");
  check_frame(&part10, &table.frames[2], "222222");
  close_all(&part10, &table);
}

static void test_wrong_tables_are_replaced(void **state) {
  (void)state;
  static const uint32_t wrong[][4] = {{0, 12, 22, 37}, {8, 20, 30, 44}, {0, 12, 12, 36}, {0, 0xFFFFFFFF, 22, 36}};
  dseg_part10 part10;
  dseg_frame_table table;
  uint64_t bytes;
  for (size_t i = 0; i < 8; i++) {
    put_start(&file, "1.2.840.10008.1.2.5");
    if (i < 4) {
      put_fragments(wrong[i], 4, lengths, 4);
    } else {
      put_table_element(0x7FE00001, wrong[i - 4], 4);
      put_table_element(0x7FE00002, lengths, 4);
      put_fragments(NULL, 0, lengths, 4);
    }
    assert_int_equal(locate(4, &part10, &table, &bytes, NULL), DSEG_OK);
    assert_non_null(strstr(warning, "offset table"));
    check_frame(&part10, &table.frames[1], "11");
    check_frame(&part10, &table.frames[2], "222222");
    close_all(&part10, &table);
  }
}

/* One entry of many, which points into an item, does not go unnoticed. */
static void test_one_wrong_entry_of_many(void **state) {
  (void)state;
  enum { FRAMES = 300 };
  uint32_t offsets[FRAMES], many[FRAMES];
  for (uint32_t i = 0, next = 0; i < FRAMES; i++) {
    offsets[i] = next;
    many[i] = 2 + i % 7 * 200;
    next += 8 + many[i];
  }
  for (int extended = 0; extended <= 1; extended++) {
    for (size_t wrong = 1; wrong < FRAMES; wrong += 101) {
      dseg_part10 part10;
      dseg_frame_table table;
      uint64_t bytes;
      for (uint32_t shift = 0; shift <= 10; shift += 10) {
        offsets[wrong] += shift;
        put_start(&file, "1.2.840.10008.1.2.5");
        if (extended != 0) {
          put_table_element(0x7FE00001, offsets, FRAMES);
          put_table_element(0x7FE00002, many, FRAMES);
        }
        put_fragments(offsets, extended != 0 ? 0 : FRAMES, many, FRAMES);
        offsets[wrong] -= shift;
        assert_int_equal(locate(FRAMES, &part10, &table, &bytes, NULL), DSEG_OK);
        assert_int_equal(warning[0] != '\0', shift != 0);
        for (size_t i = 0; i < FRAMES; i++) {
          dseg_buffer frame = {0};
          assert_int_equal(dseg_read_fragments(part10.input, &table.frames[i], &frame, NULL), DSEG_OK);
          assert_int_equal(frame.size, many[i]);
          assert_int_equal(frame.data[0], (uint8_t)i);
          dseg_buffer_free(&frame);
        }
        close_all(&part10, &table);
      }
    }
  }
}

static void test_one_frame_takes_all_fragments(void **state) {
  (void)state;
  dseg_part10 part10;
  dseg_frame_table table;
  uint64_t bytes;
  put_start(&file, "1.2.840.10008.1.2.4.90");
  put_fragments(NULL, 0, lengths, 4);
  assert_int_equal(locate(1, &part10, &table, &bytes, NULL), DSEG_OK);
  check_frame(&part10, &table.frames[0], "00001122222233");
  close_all(&part10, &table);
}

static void test_fragments_that_no_table_tells_apart(void **state) {
  (void)state;
  dseg_part10 part10;
  dseg_frame_table table;
  uint64_t bytes;
  dseg_error error = {0};
  put_start(&file, "1.2.840.10008.1.2.4.90");
  put_fragments(NULL, 0, lengths, 4);
  assert_int_equal(locate(3, &part10, &table, &bytes, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "4 fragments for 3 frames"));
  close_all(&part10, &table);
  file.bytes.size -= 10; /* the last fragment and the delimiter are cut */
  assert_int_equal(locate(4, &part10, &table, &bytes, NULL), DSEG_ERROR_FORMAT);
  close_all(&part10, &table);
}

/* The longest fragment that is written is the longest that is read (PS3.5 A.4). */
static void test_fragment_length(void **state) {
  (void)state;
  uint32_t length = 0;
  dseg_error refusal = {0};
  assert_int_equal(dseg_fragment_length(3, &length, NULL), DSEG_OK);
  assert_int_equal(length, 4);
  for (uint64_t bytes = 0xFFFFFFF5u; bytes <= 0xFFFFFFF6u; bytes++) {
    assert_int_equal(dseg_fragment_length(bytes, &length, NULL), DSEG_OK);
    assert_int_equal(length, 0xFFFFFFF6u);
  }
  for (uint64_t bytes = 0xFFFFFFF7u; bytes <= 0x100000004u; bytes++) {
    assert_int_equal(dseg_fragment_length(bytes, &length, &refusal), DSEG_ERROR_LIMIT);
    assert_non_null(strstr(refusal.message, "PS3.5 A.4"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_native_frames_begin_at_any_bit),
      cmocka_unit_test(test_index_by_plane),
      cmocka_unit_test(test_a_fragment_for_each_frame),
      cmocka_unit_test(test_fragments_grouped_by_the_basic_table),
      cmocka_unit_test(test_extended_table),
      cmocka_unit_test(test_fragment_length),
      cmocka_unit_test(test_wrong_tables_are_replaced),
      cmocka_unit_test(test_one_wrong_entry_of_many),
      cmocka_unit_test(test_one_frame_takes_all_fragments),
      cmocka_unit_test(test_fragments_that_no_table_tells_apart),
  };
  return cmocka_run_group_tests(tests, NULL, free_file);
}
