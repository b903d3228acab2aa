/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_sets_hostile.c - lists of pixel values that contradict the object: each is refused with what is wrong, and
 * validation finds it. */
#include "volume.h"

#define SEGMENTS 0x00620002u
#define NUMBER 0x00620004u

static const written_as plain = {"label-sets", "explicit-le", NULL, 0};

/* Segments 1 and 2 and their combination, 5; 4 is described, and has no voxel. */
static void make_object(dseg_buffer *bytes) {
  volume made;
  volume_make(&made, 2, 10, 1, 3);
  made.description->segments[2].number = 4;
  volume_add_columns(&made, 0, 1, 6);
  volume_add_columns(&made, 1, 4, 9);
  volume_write(&made, &plain, bytes);
  volume_free(&made);
}

static uint32_t block_of(const dseg_data_set *set) {
  return dseg_data_set_find_creator(set, 0x0021, "DSEG LABEL SETS");
}

/* Enters an item of Overlapping Segment Sequence. */
static void enter_list(dseg_data_set *set, size_t item) {
  assert_true(dseg_data_set_enter_item(set, block_of(set) | 1, item));
}

static void put_values(dseg_data_set *set, const uint16_t *values, size_t count) {
  enter_list(set, 0);
  dseg_data_set_put_u16(set, block_of(set) | 2, "OW", values, count);
  dseg_data_set_end_item(set);
}

static void put_number(dseg_data_set *set, size_t item, uint16_t number) {
  enter_list(set, item);
  dseg_data_set_put_u16(set, NUMBER, "US", &number, 1);
  dseg_data_set_end_item(set);
}

static void unknown_value(dseg_data_set *set) {
  put_values(set, (const uint16_t[]){1, 9}, 2);
}

static void values_descend(dseg_data_set *set) {
  put_values(set, (const uint16_t[]){5, 1}, 2);
}

static void value_twice(dseg_data_set *set) {
  put_values(set, (const uint16_t[]){1, 5, 1}, 3);
}

static void value_of_background(dseg_data_set *set) {
  put_values(set, (const uint16_t[]){0, 1}, 2);
}

static void no_values(dseg_data_set *set) {
  put_values(set, NULL, 0);
}

static void values_are_missing(dseg_data_set *set) {
  enter_list(set, 0);
  dseg_data_set_remove(set, block_of(set) | 2);
  dseg_data_set_end_item(set);
}

static void block_is_missing(dseg_data_set *set) {
  enter_list(set, 0);
  dseg_data_set_remove(set, 0x00210010);
  dseg_data_set_end_item(set);
}

static void unknown_segment(dseg_data_set *set) {
  put_number(set, 0, 77);
}

static void segment_twice(dseg_data_set *set) {
  put_number(set, 0, 2);
}

static void segments_descend(dseg_data_set *set) {
  put_number(set, 0, 4);
}

/* 5 is in one list, and the number of another segment's: whose else it is nobody says. */
static void list_is_missing(dseg_data_set *set) {
  dseg_data_set_remove_item(set, block_of(set) | 1, 1);
}

static void add_list(dseg_data_set *set, uint16_t number, const uint16_t *values, size_t count) {
  dseg_data_set_begin_item(set, block_of(set) | 1);
  const uint32_t block = dseg_data_set_put_creator(set, 0x0021, "DSEG LABEL SETS");
  dseg_data_set_put_u16(set, block | 2, "OW", values, count);
  dseg_data_set_put_u16(set, NUMBER, "US", &number, 1);
  dseg_data_set_end_item(set);
}

/* Pixels of 1 are said to be of segments 2 and 4, and not of segment 1. */
static void own_number_is_missing(dseg_data_set *set) {
  put_values(set, (const uint16_t[]){5}, 1);
  enter_list(set, 1);
  dseg_data_set_put_u16(set, block_of(set) | 2, "OW", (const uint16_t[]){1, 2, 5}, 3);
  dseg_data_set_end_item(set);
  add_list(set, 4, (const uint16_t[]){1, 5}, 2);
}

static void segment_is_background(dseg_data_set *set) {
  put_number(set, 0, 0);
}

static void number_is_missing(dseg_data_set *set) {
  enter_list(set, 1);
  dseg_data_set_remove(set, NUMBER);
  dseg_data_set_end_item(set);
}

static void two_numbers(dseg_data_set *set) {
  enter_list(set, 1);
  dseg_data_set_put_u16(set, NUMBER, "US", (const uint16_t[]){2, 4}, 2);
  dseg_data_set_end_item(set);
}

static void no_sequence_but_bytes(dseg_data_set *set) {
  const uint32_t tag = block_of(set) | 1;
  dseg_data_set_remove(set, tag);
  dseg_data_set_put_bytes(set, tag, "OB", (dseg_view){(const uint8_t *)"abcd", 4});
}

/* UN is taken for a sequence in implicit VR, which these bytes are not. */
static void unknown_bytes(dseg_data_set *set) {
  const uint32_t tag = block_of(set) | 1;
  dseg_data_set_remove(set, tag);
  dseg_data_set_put_bytes(set, tag, "UN", (dseg_view){(const uint8_t *)"abcdefgh", 8});
}

/* The sequence within an item of Segment Sequence is not where it belongs. */
static void move_sequence(dseg_data_set *set) {
  dseg_data_set_remove(set, block_of(set) | 1);
  assert_true(dseg_data_set_enter_item(set, SEGMENTS, 1));
  const uint32_t block = dseg_data_set_put_creator(set, 0x0021, "DSEG LABEL SETS");
  dseg_data_set_begin_item(set, block | 1);
  dseg_data_set_end_item(set);
  dseg_data_set_end_item(set);
}

static void remove_sequence(dseg_data_set *set) {
  dseg_data_set_remove(set, block_of(set) | 1);
}

static dseg_view changed(const dseg_buffer *from, void (*change)(dseg_data_set *set), dseg_buffer *to) {
  dseg_data_set *set = volume_data_set(from);
  dseg_error error = {0};
  change(set);
  const dseg_file_encoding encoding = {.transfer_syntax_uid = "1.2.840.10008.1.2.1",
                                       .implementation_class_uid = "1.2.3.4",
                                       .implementation_version_name = "TEST"};
  if (dseg_data_set_write_file(set, &encoding, to, NULL, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_data_set_destroy(set);
  return (dseg_view){to->data, to->size};
}

/* Findings of the rules for experimental representations. */
static void count_proposal(void *user, const dseg_finding *finding) {
  *(size_t *)user += strcmp(finding->rule->id, "proposal") == 0;
}

static void assert_found(dseg_view bytes, size_t expected) {
  size_t found = 0;
  const dseg_validate_options options = {.struct_size = sizeof options, .found = count_proposal, .user = &found};
  dseg_validation result;
  assert_int_equal(dseg_validate_memory(bytes, &options, &result, NULL), DSEG_OK);
  assert_int_equal(found, expected);
}

static void assert_refused(dseg_view bytes, const char *what) {
  dseg_source *source = NULL;
  dseg_error error = {0};
  assert_int_equal(dseg_open_memory(bytes, "hostile", NULL, &source, &error), DSEG_ERROR_FORMAT);
  if (strstr(error.message, what) == NULL) {
    fail_msg("'%s' is not in: %s", what, error.message);
  }
}

static void lists_that_contradict_the_object(void **state) {
  static const struct {
    void (*change)(dseg_data_set *set);
    const char *what;
  } cases[] = {
      {unknown_value, "no item of Segment Sequence"},
      {values_descend, "values do not ascend"},
      {value_twice, "values do not ascend"},
      {value_of_background, "the background"},
      {no_values, "have no value"},
      {values_are_missing, "are missing"},
      {block_is_missing, "is missing in it"},
      {unknown_segment, "no segment of Segment Sequence"},
      {segment_twice, "of items do not ascend"},
      {segments_descend, "of items do not ascend"},
      {list_is_missing, "value 5 is in its list only"},
      {own_number_is_missing, "its own number, 1, is in another list"},
      {remove_sequence, "Overlapping Segment Sequence is not"},
      {move_sequence, "Overlapping Segment Sequence is not"},
      {segment_is_background, "no segment of Segment Sequence"},
      {number_is_missing, "Segment Number is missing"},
      {two_numbers, "not one number"},
      {no_sequence_but_bytes, "is of VR OB"},
      {unknown_bytes, ""},
  };
  dseg_buffer bytes = {0};
  (void)state;
  make_object(&bytes);
  assert_found((dseg_view){bytes.data, bytes.size}, 0);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    dseg_buffer other = {0};
    const dseg_view view = changed(&bytes, cases[i].change, &other);
    assert_refused(view, cases[i].what);
    assert_found(view, 1);
    dseg_buffer_free(&other);
  }
  dseg_buffer_free(&bytes);
}

/* Takes one byte of a length, at the given place of its 32-bit field. */
static void shorten(dseg_buffer *bytes, size_t at) {
  assert_true(bytes->data[at] > 0);
  bytes->data[at]--;
}

static size_t find(const dseg_buffer *bytes, size_t from, const char *pattern, size_t size) {
  for (size_t i = from; i + size <= bytes->size; i++) {
    if (memcmp(bytes->data + i, pattern, size) == 0) {
      return i;
    }
  }
  fail_msg("a pattern is not there");
  return 0;
}

/* Three bytes for two values, which no data set of ours can be made to say: the first one is lost. */
static void an_odd_length(void **state) {
  dseg_buffer bytes = {0};
  (void)state;
  make_object(&bytes);
  const size_t sequence = find(&bytes, 0, "\x21\0\1\x10SQ", 6);
  const size_t item = find(&bytes, sequence, "\xFE\xFF\0\xE0", 4);
  const size_t values = find(&bytes, item, "\x21\0\2\x10OW", 6);
  shorten(&bytes, sequence + 8);
  shorten(&bytes, item + 4);
  shorten(&bytes, values + 8);
  memmove(bytes.data + values + 12, bytes.data + values + 13, bytes.size - values - 13);
  bytes.size--;
  assert_refused((dseg_view){bytes.data, bytes.size}, "no item of Segment Sequence");
  dseg_buffer_free(&bytes);
}

static void remove_block(dseg_data_set *set) {
  remove_sequence(set);
  dseg_data_set_remove(set, 0x00210010);
}

/* Without the private block it is the LABELMAP that it is for everyone else. */
static void without_the_block(void **state) {
  dseg_buffer bytes = {0}, other = {0};
  (void)state;
  make_object(&bytes);
  (void)changed(&bytes, remove_block, &other);
  dseg_source *source = volume_open(&other, (dseg_warning_sink){refuse_warnings, NULL});
  assert_string_equal(dseg_source_encoding(source)->representation, "labelmap");
  assert_int_equal(dseg_source_description(source)->segment_count, 4);
  assert_string_equal(dseg_source_description(source)->segments[3].label, "S1 + S2");
  dseg_source_close(source);
  assert_int_equal(count_errors(&other), 0);
  dseg_buffer_free(&bytes);
  dseg_buffer_free(&other);
}

/* A pixel has the number of a segment whose list lacks it. */
static void take_own_value(dseg_data_set *set) {
  put_values(set, (const uint16_t[]){5}, 1);
}

/* A pixel has a number that nothing describes. */
static void change_pixel(dseg_data_set *set) {
  uint8_t pixels[20];
  dseg_view value = {0};
  assert_true(dseg_data_set_get_bytes(set, 0x7FE00010, &value) && value.size == sizeof pixels);
  memcpy(pixels, value.data, sizeof pixels);
  pixels[1] = 77;
  dseg_data_set_put_bytes(set, 0x7FE00010, "OB", (dseg_view){pixels, sizeof pixels});
}

static void pixels_of_no_segment(void **state) {
  void (*const changes[])(dseg_data_set *) = {take_own_value, change_pixel};
  dseg_buffer bytes = {0};
  (void)state;
  make_object(&bytes);
  for (size_t i = 0; i < 2; i++) {
    dseg_buffer other = {0};
    dseg_error error = {0};
    uint8_t mask[20];
    uint16_t labels[20];
    (void)changed(&bytes, changes[i], &other);
    dseg_source *source = volume_open(&other, (dseg_warning_sink){NULL, NULL});
    const dseg_label_request request = {
        .struct_size = sizeof request, .plane_count = 1, .bits = 16, .overlap = DSEG_OVERLAP_LAST};
    assert_int_equal(dseg_source_read_mask(source, 0, 0, 1, mask, sizeof mask, 1, &error), DSEG_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "row 0, column 1"));
    assert_int_equal(dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, &error), DSEG_ERROR_FORMAT);
    assert_non_null(strstr(error.message, "stands for no segment"));
    dseg_source_close(source);
    dseg_buffer_free(&other);
  }
  dseg_buffer_free(&bytes);
}

/* A list that nothing needs can be read. */
static void put_needless(dseg_data_set *set) {
  add_list(set, 4, (const uint16_t[]){4}, 1);
}

static void count_doubt(void *user, const dseg_finding *finding) {
  *(size_t *)user += strcmp(finding->rule->id, "proposal-doubt") == 0;
}

static void a_list_that_is_not_needed(void **state) {
  dseg_buffer bytes = {0}, other = {0};
  uint8_t mask[20];
  size_t doubts = 0;
  (void)state;
  make_object(&bytes);
  const dseg_view view = changed(&bytes, put_needless, &other);
  dseg_source *source = volume_open(&other, (dseg_warning_sink){refuse_warnings, NULL});
  assert_int_equal(dseg_source_description(source)->segment_count, 3);
  assert_int_equal(dseg_source_read_mask(source, 0, 0, 1, mask, sizeof mask, 1, NULL), DSEG_OK);
  for (size_t i = 0; i < sizeof mask; i++) {
    assert_int_equal(mask[i], i % 10 >= 1 && i % 10 < 6);
  }
  dseg_source_close(source);
  const dseg_validate_options options = {.struct_size = sizeof options, .found = count_doubt, .user = &doubts};
  dseg_validation result;
  assert_int_equal(dseg_validate_memory(view, &options, &result, NULL), DSEG_OK);
  assert_int_equal(doubts, 1);
  assert_found(view, 0);
  dseg_buffer_free(&bytes);
  dseg_buffer_free(&other);
}

/* A file cut anywhere is refused or read, and nothing else. */
static void cut_files(void **state) {
  dseg_buffer bytes = {0};
  (void)state;
  make_object(&bytes);
  for (size_t size = 0; size < bytes.size; size++) {
    uint8_t *copy = malloc(size + 1); /* so that a sanitizer sees what is read behind the end */
    assert_non_null(copy);
    memcpy(copy, bytes.data, size);
    dseg_source *source = NULL;
    dseg_error error = {0};
    if (dseg_open_memory((dseg_view){copy, size}, "cut", NULL, &source, &error) != DSEG_OK) {
      assert_true(error.message[0] != '\0');
    }
    dseg_source_close(source);
    free(copy);
  }
  dseg_buffer_free(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lists_that_contradict_the_object),
      cmocka_unit_test(an_odd_length),
      cmocka_unit_test(without_the_block),
      cmocka_unit_test(pixels_of_no_segment),
      cmocka_unit_test(a_list_that_is_not_needed),
      cmocka_unit_test(cut_files),
  };
  return cmocka_run_group_tests(tests, register_all, NULL);
}
