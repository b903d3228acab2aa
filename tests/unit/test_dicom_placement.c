/* SPDX-License-Identifier: Apache-2.0 */
/* test_dicom_placement.c - which segment and plane a frame belongs to, and what is refused. */
#include "dicom_source_fixture.h"

static void test_planes_keep_the_writers_direction(void **state) {
  (void)state;
  seg_frame frames[] = {FRAME(1, 5, 1), FRAME(1, 0, 0, 1), FRAME(1, -5, 0, 0, 1)};
  seg_form form = binary_form();
  form.frames = frames;
  form.frame_count = 3;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  assert_true(dseg_source_description(source)->geometry.planes[0].position[2] == 5);
  dseg_source_close(source);
  /* Positions that differ by rounding only are one plane. */
  frames[0].segment = 2;
  frames[0].z = 0.0004;
  build_seg(&file, &form);
  source = open_file();
  assert_int_equal(dseg_source_description(source)->geometry.plane_count, 2);
  dseg_source_close(source);
}

static void test_segment_that_is_not_described(void **state) {
  (void)state;
  seg_form form = binary_form();
  form.segment_count = 1; /* number 2 */
  build_seg(&file, &form);
  fails_with(DSEG_ERROR_FORMAT, "frame 1 belongs to segment 1");
}

static void test_two_frames_at_one_place(void **state) {
  (void)state;
  static const seg_frame frames[] = {FRAME(1, 0, 1), FRAME(2, 0, 1), FRAME(1, 0, 1)};
  seg_form form = binary_form();
  form.frames = frames;
  form.frame_count = 3;
  build_seg(&file, &form);
  fails_with(DSEG_ERROR_UNSUPPORTED, "frames 1 and 3 lie at the same position");
}

static void test_one_frame_without_groups(void **state) {
  (void)state;
  static const uint16_t one[] = {1};
  seg_form form = binary_form();
  uint8_t labels[SEG_PIXELS];
  form.frame_count = 1;
  form.segments = one;
  form.segment_count = 1;
  form.without_positions = true;
  put_seg_head(&file, &form);
  put_pixels(&file, &form);
  dseg_source *source = open_file();
  assert_int_equal(dseg_source_description(source)->geometry.space, DSEG_SPACE_NONE);
  assert_int_equal(dseg_source_description(source)->geometry.plane_count, 1);
  assert_int_equal(read_labels(source, DSEG_OVERLAP_ERROR, labels), DSEG_OK);
  assert_memory_equal(labels, "\1\1\0\0\0\1\0", 7);
  dseg_source_close(source);
}

static void test_no_positions(void **state) {
  (void)state;
  seg_form form = binary_form();
  form.without_positions = true;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  dseg_frame_location location;
  const dseg_encoding_info *info = dseg_source_encoding(source);
  assert_int_equal(info->frames_without_position, BINARY_FRAMES);
  assert_int_equal(dseg_source_description(source)->geometry.plane_count, 3);
  assert_int_equal(dseg_source_frame(source, 4, &location, &error), DSEG_OK);
  assert_int_equal(location.plane, 1); /* the second of its segment */
  dseg_source_close(source);
}

static void test_planes_without_positions_are_source_images(void **state) {
  (void)state;
  static const seg_frame frames[] = {
      {1, 0, {1}, 0, "1.2.77", "5"}, {1, 0, {1}, 0, "1.2.77", "9"}, {2, 0, {0, 1}, 0, "1.2.77", "2"}};
  seg_form form = binary_form();
  dseg_frame_location location;
  form.without_positions = true;
  form.frames = frames;
  form.frame_count = 3;
  build_seg(&file, &form);
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .keep_context = true};
  dseg_source *source = open_with(&options);
  assert_non_null(source);
  const dseg_description *description = dseg_source_description(source);
  assert_int_equal(description->geometry.plane_count, 3);
  assert_int_equal(dseg_source_frame(source, 2, &location, &error), DSEG_OK);
  assert_int_equal(location.plane, 0); /* frame 2 of the source comes before frame 5 */
  assert_int_equal(description->references.instances[description->geometry.planes[2].source].frame, 9);
  assert_string_equal(description->references.instances[0].sop_instance_uid, "1.2.77");
  dseg_source_close(source);
}

static void test_frames_shifted_within_a_plane(void **state) {
  (void)state;
  static const seg_frame frames[] = {{1, 0, {1}, 0, NULL, NULL}, {2, 0, {0, 1}, 3.25, NULL, NULL}};
  seg_form form = binary_form();
  form.frames = frames;
  form.frame_count = 2;
  build_seg(&file, &form);
  fails_with(DSEG_ERROR_UNSUPPORTED, "shifted by 3.25 mm");
}

/* Tiles vary along a row first, then down; segments come last (PS3.3 C.7.6.17.3). */
static void test_tiled_full(void **state) {
  (void)state;
  static const seg_frame frames[] = {
      FRAME(0, 0, 1), FRAME(0, 0, 0, 1), FRAME(0, 0, 0, 0, 1), FRAME(0, 0, 0, 0, 0, 1), FRAME(0, 0, 0, 0, 0, 0, 1),
      FRAME(0, 0, 0), FRAME(0, 0, 0),    FRAME(0, 0, 0)};
  seg_form form = binary_form();
  uint8_t labels[4 * SEG_PIXELS];
  dseg_frame_location location;
  form.without_positions = true;
  form.matrix_columns = SEG_COLUMNS + 1;
  form.matrix_rows = SEG_ROWS + 1;
  form.frames = frames;
  form.frame_count = 8;
  put_seg_head(&file, &form);
  put_pixels(&file, &form);
  dseg_source *source = open_file();
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  assert_int_equal(geometry->space, DSEG_SPACE_SLIDE);
  assert_int_equal(geometry->plane_count, 4);
  assert_true(geometry->planes[1].matrix_column == SEG_COLUMNS && geometry->planes[1].matrix_row == 0);
  assert_true(geometry->planes[2].matrix_column == 0 && geometry->planes[2].matrix_row == SEG_ROWS);
  assert_int_equal(dseg_source_frame(source, 4, &location, &error), DSEG_OK);
  assert_true(location.segment == 1 && location.plane == 0);
  assert_int_equal(read_labels(source, DSEG_OVERLAP_ERROR, labels), DSEG_OK);
  assert_true(labels[0] == 1 && labels[4] == 2 && labels[15 + 1] == 1 && labels[30 + 2] == 1 && labels[45 + 3] == 1);
  dseg_source_close(source);
  form.frame_count = 7;
  put_seg_head(&file, &form);
  put_pixels(&file, &form);
  fails_with(DSEG_ERROR_UNSUPPORTED, "2 x 2 tiles and 2 segments");
}

/* Tiles of two segments, side by side; then one of them out of focus. */
static void test_focal_planes(void **state) {
  (void)state;
  seg_frame frames[] = {{1, 0.25, {1}, 0, NULL, NULL}, {2, 0.25, {0, 1}, SEG_COLUMNS, NULL, NULL}};
  seg_form form = binary_form();
  form.without_positions = true;
  form.sparse_tiles = true;
  form.matrix_columns = 2 * SEG_COLUMNS;
  form.matrix_rows = SEG_ROWS;
  form.frames = frames;
  form.frame_count = 2;
  build_seg(&file, &form);
  dseg_source *source = open_file();
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  assert_int_equal(geometry->space, DSEG_SPACE_SLIDE);
  assert_int_equal(geometry->plane_count, 2);
  assert_true(geometry->planes[1].matrix_column == SEG_COLUMNS);
  dseg_source_close(source);
  frames[1].z = 0.5;
  build_seg(&file, &form);
  fails_with(DSEG_ERROR_UNSUPPORTED, "frames 1 and 2 lie in different focal planes");
}

static void test_orientation_without_positions(void **state) {
  (void)state;
  seg_form form = binary_form();
  form.without_frame_positions = true;
  build_seg(&file, &form);
  fails_with(DSEG_ERROR_FORMAT, "no Image Position (Patient) (0020,0032)");
}

static void test_spacing_must_be_positive(void **state) {
  (void)state;
  static const char *const spacings[] = {"0\\0", "0.5\\0", "-0.5\\0.5"};
  for (size_t i = 0; i < sizeof spacings / sizeof spacings[0]; i++) {
    seg_form form = binary_form();
    form.pixel_spacing = spacings[i];
    build_seg(&file, &form);
    fails_with(DSEG_ERROR_FORMAT, "Pixel Spacing (0028,0030)");
  }
}

/* PS3.3 10.7.1.3: with a single row there is no distance between rows. */
static void test_spacing_of_a_single_row(void **state) {
  (void)state;
  static const uint8_t rows[] = {0x28, 0, 0x10, 0, 'U', 'S', 2, 0, SEG_ROWS};
  seg_form form = binary_form();
  form.pixel_spacing = "0\\0.5";
  build_seg(&file, &form);
  size_t at = 0;
  while (memcmp(file.bytes.data + at, rows, sizeof rows) != 0) {
    at++;
    assert_true(at + sizeof rows <= file.bytes.size);
  }
  file.bytes.data[at + sizeof rows - 1] = 1;
  dseg_source *source = open_file();
  assert_true(dseg_source_description(source)->geometry.pixel_spacing[0] == 0);
  dseg_source_close(source);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_planes_keep_the_writers_direction),
      cmocka_unit_test(test_segment_that_is_not_described),
      cmocka_unit_test(test_two_frames_at_one_place),
      cmocka_unit_test(test_one_frame_without_groups),
      cmocka_unit_test(test_no_positions),
      cmocka_unit_test(test_planes_without_positions_are_source_images),
      cmocka_unit_test(test_frames_shifted_within_a_plane),
      cmocka_unit_test(test_tiled_full),
      cmocka_unit_test(test_focal_planes),
      cmocka_unit_test(test_orientation_without_positions),
      cmocka_unit_test(test_spacing_must_be_positive),
      cmocka_unit_test(test_spacing_of_a_single_row),
  };
  return cmocka_run_group_tests(tests, NULL, free_file);
}
