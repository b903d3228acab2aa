/* SPDX-License-Identifier: Apache-2.0 */
/* test_metadata_write.c - dcmqi's segmentation JSON: what is written is read again. */
#include <stdlib.h>

#include "metadata_files.h"

#define FILE_NAME "written.json"

static const char *const two_names[] = {"dir/first.nrrd", "second.nrrd"};

/* Random texts, codes and colours from a fixed sequence. */
static uint32_t sequence;

static uint32_t next(uint32_t limit) {
  sequence = sequence * 1664525U + 1013904223U;
  return (sequence >> 8) % limit;
}

static const char *random_text(dseg_description *description, bool may_be_absent, uint32_t longest) {
  static const char *const letters[] = {"a", "Z", "0", " x", "\"", "/", "\xC3\xA9", "\xE8\x82\x9D", "\xF0\x9F\xAB\x80"};
  char text[400] = "";
  size_t used = 0;
  if (may_be_absent && next(3) == 0) {
    return NULL;
  }
  for (uint32_t i = 0, count = 1 + next(longest / 2); i < count; i++) {
    used += (size_t)snprintf(text + used, sizeof text - used, "%s", letters[next(9)]);
  }
  return dseg_description_strdup(description, text);
}

static dseg_code random_code(dseg_description *description) {
  return (dseg_code){random_text(description, false, 16), random_text(description, false, 16),
                     random_text(description, false, 64)};
}

static dseg_code_list random_codes(dseg_description *description) {
  if (next(2) == 0) {
    return (dseg_code_list){NULL, 0};
  }
  dseg_code *code = dseg_description_alloc(description, sizeof *code);
  *code = random_code(description);
  return (dseg_code_list){code, 1};
}

static void fill_segment(dseg_description *description, dseg_segment *segment) {
  segment->label = random_text(description, false, 64);
  segment->description = random_text(description, true, 100);
  segment->algorithm_type = (dseg_algorithm_type)next(3);
  segment->algorithm_name = random_text(description, true, 64);
  segment->category = random_code(description);
  segment->type = random_code(description);
  segment->type_modifiers = random_codes(description);
  segment->anatomic_regions = random_codes(description);
  if (segment->anatomic_regions.count > 0) {
    segment->anatomic_region_modifiers = random_codes(description);
  }
  segment->has_color = next(4) != 0;
  for (int i = 0; i < 3 && segment->has_color; i++) {
    segment->rgb[i] = (uint8_t)next(256);
  }
  if (segment->has_color && next(2) == 0) {
    dseg_rgb_to_cielab(segment->rgb, segment->cielab);
  } else {
    for (int i = 0; i < 3 && segment->has_color; i++) {
      segment->cielab[i] = (uint16_t)next(65536);
    }
  }
  if (next(2) == 0) {
    segment->tracking_id = random_text(description, false, 64);
    segment->tracking_uid = "2.25.123456789";
  }
}

static void assert_same_text(const char *a, const char *b) {
  assert_int_equal(a == NULL, b == NULL);
  if (a != NULL && b != NULL) {
    assert_string_equal(a, b);
  }
}

static void assert_same_code(const dseg_code *a, const dseg_code *b) {
  assert_same_text(a->value, b->value);
  assert_same_text(a->scheme, b->scheme);
  assert_same_text(a->meaning, b->meaning);
}

static void assert_same_codes(const dseg_code_list *a, const dseg_code_list *b) {
  assert_int_equal(a->count, b->count);
  for (size_t i = 0; i < a->count; i++) {
    assert_same_code(&a->items[i], &b->items[i]);
  }
}

static void assert_same_segment(const dseg_segment *a, const dseg_segment *b) {
  assert_int_equal(a->number, b->number);
  assert_same_text(a->label, b->label);
  assert_same_text(a->description, b->description);
  assert_int_equal(a->algorithm_type, b->algorithm_type);
  assert_same_text(a->algorithm_name, b->algorithm_name);
  assert_same_code(&a->category, &b->category);
  assert_same_code(&a->type, &b->type);
  assert_same_codes(&a->type_modifiers, &b->type_modifiers);
  assert_same_codes(&a->anatomic_regions, &b->anatomic_regions);
  assert_same_codes(&a->anatomic_region_modifiers, &b->anatomic_region_modifiers);
  assert_int_equal(a->has_color, b->has_color);
  assert_memory_equal(a->rgb, b->rgb, sizeof a->rgb);
  assert_memory_equal(a->cielab, b->cielab, sizeof a->cielab);
  assert_same_text(a->tracking_id, b->tracking_id);
  assert_same_text(a->tracking_uid, b->tracking_uid);
}

static char *get_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  char *text = calloc(1, 1 << 20);
  assert_non_null(text);
  *size = fread(text, 1, (1 << 20) - 1, file);
  fclose(file);
  return text;
}

static void assert_same_files(const char *a, const char *b) {
  size_t size_a;
  size_t size_b;
  char *text_a = get_file(a, &size_a);
  char *text_b = get_file(b, &size_b);
  assert_int_equal(size_a, size_b);
  assert_memory_equal(text_a, text_b, size_a);
  free(text_a);
  free(text_b);
}

static void test_round_trip(void **state) {
  (void)state;
  for (uint32_t round = 0; round < 50; round++) {
    static const uint32_t numbers[] = {1, 2, 7, 2035, 65535};
    const dseg_segment_origin origins[] = {{0, 1}, {1, 9}, {0, 7}, {1, 2035}, {1, 1}};
    const bool split = round % 2 == 1;
    const dseg_metadata_files files = {.struct_size = sizeof(dseg_metadata_files),
                                       .count = split ? 2 : 1,
                                       .origins = split ? origins : NULL,
                                       .names = split ? two_names : NULL};
    sequence = round;
    dseg_description *from = make_description(numbers, 5);
    for (size_t i = 0; i < 5; i++) {
      fill_segment(from, &from->segments[i]);
    }
    from->content.series_description = random_text(from, true, 64);
    from->content.content_creator_name = random_text(from, true, 64);
    from->content.instance_number = next(2) == 0 ? "12" : NULL;
    from->content.clinical_trial_time_point_id = random_text(from, true, 64);
    dseg_error error = {DSEG_OK, ""};
    assert_int_equal(dseg_metadata_write(FILE_NAME, from, &files, true, &error), DSEG_OK);

    struct warnings warnings = {0, ""};
    const dseg_warning_sink sink = {on_warning, &warnings};
    dseg_description *to = make_description(numbers, 5);
    assert_int_equal(dseg_metadata_read(FILE_NAME, to, &files, &sink, &error), DSEG_OK);
    assert_string_equal(warnings.last, "");
    for (size_t i = 0; i < 5; i++) {
      assert_same_segment(&from->segments[i], &to->segments[i]);
    }
    assert_same_text(from->content.series_description, to->content.series_description);
    assert_same_text(from->content.content_creator_name, to->content.content_creator_name);
    assert_same_text(from->content.instance_number, to->content.instance_number);
    assert_same_text(from->content.clinical_trial_time_point_id, to->content.clinical_trial_time_point_id);
    assert_int_equal(dseg_metadata_write("again.json", to, &files, true, &error), DSEG_OK);
    assert_same_files(FILE_NAME, "again.json");
    dseg_description_destroy(from);
    dseg_description_destroy(to);
  }
}

/* With all_texts what dcmqi always writes is there, empty, and is read as nothing. */
static void test_all_texts(void **state) {
  (void)state;
  static const uint32_t numbers[] = {1};
  const dseg_metadata_files files = {.struct_size = sizeof(dseg_metadata_files), .count = 1, .all_texts = true};
  dseg_error error = {DSEG_OK, ""};
  dseg_description *from = make_description(numbers, 1);
  assert_int_equal(dseg_metadata_write(FILE_NAME, from, &files, true, &error), DSEG_OK);
  size_t size;
  char *text = get_file(FILE_NAME, &size);
  assert_non_null(strstr(text, "\"SeriesNumber\": \"\""));
  assert_non_null(strstr(text, "\"BodyPartExamined\": \"\""));
  assert_non_null(strstr(text, "\"SegmentDescription\": \"\""));
  assert_null(strstr(text, "ContentLabel"));
  free(text);

  struct warnings warnings = {0, ""};
  const dseg_warning_sink sink = {on_warning, &warnings};
  dseg_description *to = make_description(numbers, 1);
  assert_int_equal(dseg_metadata_read(FILE_NAME, to, NULL, &sink, &error), DSEG_OK);
  assert_string_equal(warnings.last, "");
  assert_null(to->content.series_number);
  assert_null(to->segments[0].description);
  dseg_description_destroy(from);
  dseg_description_destroy(to);
}

static void test_existing_file_is_kept(void **state) {
  (void)state;
  static const uint32_t numbers[] = {1};
  dseg_description *description = make_description(numbers, 1);
  put_file(FILE_NAME, "{}");
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(dseg_metadata_write(FILE_NAME, description, NULL, false, &error), DSEG_ERROR_OUTPUT);
  size_t size;
  char *text = get_file(FILE_NAME, &size);
  assert_string_equal(text, "{}");
  free(text);
  dseg_description_destroy(description);
}

/* What a DICOM object out there may lack, and the schema wants. */
static void test_incomplete_codes(void **state) {
  (void)state;
  static const uint32_t numbers[] = {1};
  dseg_description *from = make_description(numbers, 1);
  const dseg_code without_value = {NULL, "SCT", "Right"};
  from->segments[0].type = (dseg_code){"10200004", "SCT", NULL};
  from->segments[0].type_modifiers = (dseg_code_list){&without_value, 1};
  from->segments[0].algorithm_type = DSEG_ALGORITHM_MANUAL;
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(dseg_metadata_write(FILE_NAME, from, NULL, true, &error), DSEG_OK);
  dseg_description *to = make_description(numbers, 1);
  assert_int_equal(dseg_metadata_read(FILE_NAME, to, NULL, NULL, &error), DSEG_OK);
  assert_string_equal(to->segments[0].type.value, "10200004");
  assert_string_equal(to->segments[0].type.meaning, "10200004");
  assert_string_equal(to->segments[0].category.meaning, "Anatomical Structure");
  assert_int_equal(to->segments[0].type_modifiers.count, 0);
  dseg_description_destroy(from);
  dseg_description_destroy(to);
}

static void test_text_must_be_utf8(void **state) {
  (void)state;
  static const uint32_t numbers[] = {1};
  dseg_description *description = make_description(numbers, 1);
  description->segments[0].label = "caf\xE9";
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(dseg_metadata_write(FILE_NAME, description, NULL, true, &error), DSEG_ERROR_ARGUMENT);
  dseg_description_destroy(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_all_texts),
      cmocka_unit_test(test_existing_file_is_kept),
      cmocka_unit_test(test_incomplete_codes),
      cmocka_unit_test(test_text_must_be_utf8),
  };
  if (strstr(dseg_build_libraries(), "jansson") == NULL) {
    return 0; /* test_metadata checks the refusal */
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
