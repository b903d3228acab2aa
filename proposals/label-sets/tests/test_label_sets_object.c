/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_sets_object.c - what stands in an object of label sets for everyone else: pixel values, items of Segment
 * Sequence, lists; and what cannot be written. */
#include "volume.h"

static const written_as plain = {"label-sets", "explicit-le", NULL, 0};
static const dseg_warning_sink no_warnings = {refuse_warnings, NULL};

/* The items of a sequence of private lists, as text: "1:1,2,3 2:2,3". */
static void list_text(dseg_data_set *set, char *text, size_t size) {
  const uint32_t block = dseg_data_set_find_creator(set, 0x0021, "DSEG LABEL SETS");
  size_t length = 0;
  assert_true(block != 0);
  text[0] = '\0';
  for (size_t i = 0; dseg_data_set_enter_item(set, block | 1, i); i++) {
    const uint32_t own = dseg_data_set_find_creator(set, 0x0021, "DSEG LABEL SETS");
    uint16_t number = 0;
    uint16_t value;
    assert_true(dseg_data_set_get_u16(set, 0x00620004, 0, &number));
    length += (size_t)snprintf(text + length, size - length, "%s%u:", i > 0 ? " " : "", (unsigned)number);
    for (size_t k = 0; dseg_data_set_get_u16(set, own | 2, k, &value); k++) {
      length += (size_t)snprintf(text + length, size - length, "%s%u", k > 0 ? "," : "", (unsigned)value);
    }
    assert_true(length < size);
    dseg_data_set_end_item(set);
  }
}

static void assert_lists(const dseg_buffer *bytes, const char *expected, size_t described) {
  char text[400];
  dseg_data_set *set = volume_data_set(bytes);
  list_text(set, text, sizeof text);
  assert_string_equal(text, expected);
  assert_int_equal(dseg_data_set_count_items(set, 0x00620002), described);
  dseg_data_set_destroy(set);
}

/* A tumour, its core, and what enhances in it, are 1, 2 and 3, as everyone stores them. */
static void nested_regions_keep_their_numbers(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 2, 10, 2, 3);
  volume_add_columns(&made, 0, 1, 9);
  volume_add_columns(&made, 1, 3, 8);
  volume_add_columns(&made, 2, 5, 6);
  dseg_buffer bytes = {0};
  volume_write(&made, &plain, &bytes);
  assert_lists(&bytes, "1:1,2,3 2:2,3 3:3", 4);
  dseg_data_set *set = volume_data_set(&bytes);
  dseg_view pixels;
  assert_true(dseg_data_set_get_bytes(set, 0x7FE00010, &pixels));
  assert_int_equal(pixels.size, 40);
  assert_memory_equal(pixels.data, "\0\1\1\2\2\3\2\2\1\0", 10);
  dseg_data_set_destroy(set);
  dseg_source *source = volume_open(&bytes, no_warnings);
  volume_compare(&made, source);
  assert_int_equal(dseg_source_description(source)->kind, DSEG_VOXELS_MASKS);
  assert_non_null(strstr(dseg_source_encoding(source)->summary, "2 pixel values stand"));
  dseg_source_close(source);
  assert_int_equal(count_errors(&bytes), 0);
  dseg_buffer_free(&bytes);
  volume_free(&made);
}

static void pixels_of(const dseg_buffer *bytes, dseg_buffer *pixels) {
  dseg_data_set *set = volume_data_set(bytes);
  dseg_view value;
  assert_true(dseg_data_set_get_bytes(set, 0x7FE00010, &value));
  assert_int_equal(dseg_buffer_append(pixels, value.data, value.size, NULL), DSEG_OK);
  dseg_data_set_destroy(set);
}

/* Parents that are unions of organs change no pixel and add no item but their own. */
static void a_hierarchy_changes_no_pixel(void **unused) {
  enum { ORGANS = 20, PARENTS = 3 };
  (void)unused;
  volume organs, made;
  volume_make(&organs, 4, 5 * ORGANS, 2, ORGANS);
  volume_make(&made, 4, 5 * ORGANS, 2, ORGANS + PARENTS);
  for (size_t i = 0; i < ORGANS; i++) {
    volume_add_columns(&organs, i, 5 * i, 5 * i + 3);
    volume_add_columns(&made, i, 5 * i, 5 * i + 3);
    volume_add_columns(&made, ORGANS + i % 2, 5 * i, 5 * i + 3); /* every second one, and ... */
    volume_add_columns(&made, ORGANS + 2, 5 * i, 5 * i + 3);     /* ... all */
  }
  const written_as labelmap = {"labelmap", "explicit-le", NULL, 0};
  dseg_buffer bytes = {0}, other = {0}, pixels = {0}, other_pixels = {0};
  volume_write(&made, &plain, &bytes);
  assert_int_equal(dseg_description_find_segment(organs.description, 1), 0);
  const dseg_output output = dseg_output_to_buffer(&other);
  const dseg_write_options options = {
      .struct_size = sizeof options, .representation = labelmap.representation, .frame_codec = labelmap.codec};
  dseg_writer *writer = NULL;
  assert_int_equal(dseg_writer_create_to(&output, organs.description, &options, &writer, NULL), DSEG_OK);
  uint8_t labels[4 * 5 * ORGANS];
  for (size_t plane = 0; plane < organs.planes; plane++) {
    for (size_t i = 0; i < organs.pixels; i++) {
      labels[i] = (uint8_t)expected_label(&organs, plane * organs.pixels + i, false);
    }
    assert_int_equal(dseg_writer_write_labels(writer, plane, labels, 8, NULL), DSEG_OK);
  }
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  dseg_writer_destroy(writer);
  pixels_of(&bytes, &pixels);
  pixels_of(&other, &other_pixels);
  assert_int_equal(pixels.size, other_pixels.size);
  assert_memory_equal(pixels.data, other_pixels.data, pixels.size);
  dseg_data_set *set = volume_data_set(&bytes);
  assert_int_equal(dseg_data_set_count_items(set, 0x00620002), 1 + ORGANS + PARENTS);
  dseg_data_set_destroy(set);
  dseg_source *source = volume_open(&bytes, no_warnings);
  volume_compare(&made, source);
  dseg_source_close(source);
  assert_int_equal(count_errors(&bytes), 0);
  dseg_buffer_free(&bytes);
  dseg_buffer_free(&other);
  dseg_buffer_free(&pixels);
  dseg_buffer_free(&other_pixels);
  volume_free(&organs);
  volume_free(&made);
}

static void assert_text_in(dseg_data_set *set, uint32_t tag, const char *expected) {
  dseg_view text = {0};
  assert_true(dseg_data_set_get_text(set, tag, SIZE_MAX, &text));
  assert_int_equal(text.size, strlen(expected));
  assert_memory_equal(text.data, expected, text.size);
}

/* Two that share some voxels: "A + B" for everyone else, with the codes of A and a colour between them. */
static void a_combination_is_described(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 2, 10, 1, 2);
  volume_add_columns(&made, 0, 1, 6);
  volume_add_columns(&made, 1, 4, 9);
  made.description->segments[0] = (dseg_segment){.number = 1,
                                                 .label = "Left Kidney",
                                                 .algorithm_type = DSEG_ALGORITHM_MANUAL,
                                                 .category = {"123037004", "SCT", "Anatomical Structure"},
                                                 .type = {"64033007", "SCT", "Kidney"},
                                                 .has_color = true,
                                                 .cielab = {1000, 2000, 3000},
                                                 .tracking_id = "left kidney",
                                                 .tracking_uid = "1.2.3.4.5"};
  made.description->segments[1] = (dseg_segment){.number = 7,
                                                 .label = "Zyste \xC3\xA4",
                                                 .has_color = true,
                                                 .cielab = {3000, 4000, 5000},
                                                 .description = "of the second"};
  dseg_buffer bytes = {0};
  volume_write(&made, &plain, &bytes);
  assert_lists(&bytes, "1:1,8 7:7,8", 4);
  dseg_data_set *set = volume_data_set(&bytes);
  uint16_t value = 0;
  assert_true(dseg_data_set_enter_item(set, 0x00620002, 3));
  assert_true(dseg_data_set_get_u16(set, 0x00620004, 0, &value) && value == 8);
  assert_text_in(set, 0x00620005, "Left Kidney + Zyste \xC3\xA4");
  assert_text_in(set, 0x00620008, "MANUAL");
  assert_true(dseg_data_set_get_u16(set, 0x0062000D, 0, &value) && value == 2000);
  assert_true(dseg_data_set_get_u16(set, 0x0062000D, 2, &value) && value == 4000);
  assert_false(dseg_data_set_text_is(set, 0x00620021, "1.2.3.4.5"));
  assert_true(dseg_data_set_enter_item(set, 0x0062000F, 0));
  assert_text_in(set, 0x00080100, "64033007");
  dseg_data_set_end_item(set);
  dseg_data_set_end_item(set);
  assert_text_in(set, 0x00620013, "NO");
  dseg_data_set_destroy(set);
  dseg_source *source = volume_open(&bytes, no_warnings);
  volume_compare(&made, source);
  dseg_source_close(source);
  assert_int_equal(count_errors(&bytes), 0);
  dseg_buffer_free(&bytes);
  volume_free(&made);
}

/* Labels that are too many for 64 characters are counted. */
static void long_names_are_cut(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 1, 4 * 12, 1, 12);
  for (size_t i = 0; i < made.segments; i++) {
    volume_add_columns(&made, i, 0, 1);
    volume_add_columns(&made, i, 4 * i + 1, 4 * i + 3);
    made.description->segments[i].label = i == 0 ? "A label of some length" : "Another label";
  }
  dseg_buffer bytes = {0};
  volume_write(&made, &plain, &bytes);
  dseg_data_set *set = volume_data_set(&bytes);
  assert_true(dseg_data_set_enter_item(set, 0x00620002, 13));
  assert_text_in(set, 0x00620005, "A label of some length + Another label + 10 more");
  dseg_data_set_destroy(set);
  assert_int_equal(count_errors(&bytes), 0);
  dseg_buffer_free(&bytes);
  volume_free(&made);
}

static unsigned bits_of(const dseg_buffer *bytes) {
  dseg_source *source = volume_open(bytes, no_warnings);
  const unsigned bits = dseg_source_encoding(source)->bits_allocated;
  dseg_source_close(source);
  return bits;
}

/* 8 bits as long as all numbers fit, those of combinations, too; 16 by option. */
static void bits_are_as_few_as_possible(void **unused) {
  static const dseg_option_value wide[] = {{"bits", 16}};
  (void)unused;
  volume made;
  volume_make(&made, 2, 10, 2, 2);
  volume_add_columns(&made, 0, 1, 6);
  volume_add_columns(&made, 1, 4, 9);
  const struct {
    const dseg_option_value *options;
    uint32_t number;
    unsigned bits;
  } cases[] = {{NULL, 2, 8}, {NULL, 254, 8}, {NULL, 255, 16}, {NULL, 300, 16}, {wide, 2, 16}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    for (size_t k = 0; k < 2; k++) {
      const written_as as = {"label-sets", k == 0 ? "explicit-le" : "rle", cases[i].options,
                             cases[i].options != NULL ? 1 : 0};
      dseg_buffer bytes = {0};
      made.description->segments[1].number = cases[i].number;
      volume_write(&made, &as, &bytes);
      assert_int_equal(bits_of(&bytes), cases[i].bits);
      dseg_source *source = volume_open(&bytes, no_warnings);
      volume_compare(&made, source);
      dseg_source_close(source);
      assert_int_equal(count_errors(&bytes), 0);
      dseg_buffer_free(&bytes);
    }
  }
  volume_free(&made);
}

static void assert_refused(const volume *of, dseg_status expected, const char *what) {
  dseg_buffer bytes = {0};
  dseg_error error = {0};
  assert_int_equal(volume_try(of, &plain, &bytes, &error), expected);
  if (strstr(error.message, what) == NULL) {
    fail_msg("'%s' is not in: %s", what, error.message);
  }
  dseg_buffer_free(&bytes);
}

/* What pixels of 16 bits cannot tell apart is refused with how many there are and what to do. */
static void too_many_combinations_are_refused(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 1, 10, 1, 2);
  volume_add_columns(&made, 0, 1, 6);
  volume_add_columns(&made, 1, 4, 9);
  made.description->segments[1].number = 65535;
  assert_refused(&made, DSEG_ERROR_LIMIT, "more than 0 combinations");
  made.description->segments[1].number = 65534;
  dseg_buffer bytes = {0};
  volume_write(&made, &plain, &bytes);
  assert_lists(&bytes, "1:1,65535 65534:65534,65535", 4);
  dseg_buffer_free(&bytes);
  volume_free(&made);
  /* 2^17 sets, each in one pixel. */
  volume_make(&made, 256, 512, 1, 17);
  for (size_t segment = 0; segment < made.segments; segment++) {
    for (size_t i = 0; i < made.pixels; i++) {
      volume_mask(&made, segment, 0)[i] = (uint8_t)(i >> segment & 1);
    }
  }
  assert_refused(&made, DSEG_ERROR_LIMIT, "more than 65518 combinations");
  assert_refused(&made, DSEG_ERROR_LIMIT, "write binary");
  volume_free(&made);
}

/* A pixel of no segment needs a value. */
static void no_background_is_refused(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 1, 10, 1, 2);
  made.description->has_background = false;
  volume_add_columns(&made, 0, 0, 6);
  volume_add_columns(&made, 1, 4, 9);
  assert_refused(&made, DSEG_ERROR_ARGUMENT, "belongs to no segment");
  volume_add_columns(&made, 1, 9, 10);
  dseg_buffer bytes = {0};
  volume_write(&made, &plain, &bytes);
  dseg_source *source = volume_open(&bytes, no_warnings);
  assert_false(dseg_source_description(source)->has_background);
  volume_compare(&made, source);
  dseg_source_close(source);
  dseg_buffer_free(&bytes);
  volume_free(&made);
}

/* Without overlap it is a label map with an empty sequence, from masks or from labels. */
static void nothing_overlaps(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 2, 10, 2, 2);
  volume_add_columns(&made, 0, 1, 4);
  volume_add_columns(&made, 1, 4, 9);
  static const char *const codecs[] = {"explicit-le", "implicit-le"};
  for (size_t i = 0; i < 2; i++) {
    const written_as as = {"label-sets", codecs[i], NULL, 0};
    dseg_buffer bytes = {0};
    volume_write(&made, &as, &bytes);
    if (i == 0) {
      assert_lists(&bytes, "", 3);
    }
    dseg_source *source = volume_open(&bytes, no_warnings);
    assert_int_equal(dseg_source_description(source)->kind, DSEG_VOXELS_LABELS);
    volume_compare(&made, source);
    dseg_source_close(source);
    assert_int_equal(count_errors(&bytes), 0);
    dseg_buffer_free(&bytes);
  }
  volume_free(&made);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nested_regions_keep_their_numbers), cmocka_unit_test(a_hierarchy_changes_no_pixel),
      cmocka_unit_test(a_combination_is_described),        cmocka_unit_test(long_names_are_cut),
      cmocka_unit_test(bits_are_as_few_as_possible),       cmocka_unit_test(too_many_combinations_are_refused),
      cmocka_unit_test(no_background_is_refused),          cmocka_unit_test(nothing_overlaps),
  };
  return cmocka_run_group_tests(tests, register_all, NULL);
}
