/* SPDX-License-Identifier: Apache-2.0 */
/* test_writer.c - frames, their order and bytes, for every representation and policy of empty frames. */
#include "writer_fixture.h"

/* Every pixel of every frame of a BINARY file against label_at; z is 2 mm times the plane. */
static void check_binary(const char *path, const dseg_description *description, size_t expected_frames) {
  const size_t pixels = (size_t)description->geometry.rows * description->geometry.columns;
  const size_t planes = description->geometry.plane_count;
  frame_item items[200] = {{0}};
  written_file file;
  open_written(path, &file);
  const size_t count = frame_items(&file, items, 200);
  assert_int_equal(count, expected_frames);
  assert_int_equal(integer(&file, 0x00280008), (int64_t)count);
  const size_t bytes = (pixels * count + 7) / 8;
  assert_int_equal(file.pixels.size, bytes + bytes % 2);
  for (size_t f = 0; f < count; f++) {
    const size_t plane = (size_t)(items[f].z / 2.0);
    for (size_t i = 0; i < pixels; i++) {
      const unsigned expected = label_at(planes, description->segment_count, plane, i) == items[f].segment ? 1u : 0u;
      assert_int_equal(bit_of(&file, pixels, f, i), expected);
    }
  }
  for (size_t bit = pixels * count; bit < 8 * file.pixels.size; bit++) {
    assert_int_equal(file.pixels.data[bit / 8] >> (bit % 8) & 1, 0);
  }
  close_written(&file);
}

static void binary_frames_of_any_size(void **state) {
  (void)state;
  static const uint32_t sizes[][2] = {{1, 1}, {3, 5}, {23, 38}, {7, 7}, {8, 8}, {16, 33}};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    dseg_description *description = make_description(sizes[i][0], sizes[i][1], 5, 3);
    const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                        .representation = "binary",
                                        .replace = true,
                                        .empty_frames = DSEG_EMPTY_KEEP};
    write_volume("a.dcm", description, &options, false);
    check_binary("a.dcm", description, 15);
    write_volume("b.dcm", description, &options, true);
    check_binary("b.dcm", description, 15);
    dseg_description_destroy(description);
  }
}

static void empty_frames_by_policy(void **state) {
  (void)state;
  dseg_description *description = make_description(7, 9, 6, 2);
  dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .representation = "binary", .replace = true};
  write_volume("a.dcm", description, &options, false);
  check_binary("a.dcm", description, 10); /* both ends keep one */
  options.empty_frames = DSEG_EMPTY_OMIT;
  write_volume("a.dcm", description, &options, false);
  check_binary("a.dcm", description, 8);
  options.empty_frames = DSEG_EMPTY_KEEP;
  write_volume("a.dcm", description, &options, false);
  check_binary("a.dcm", description, 12);
  dseg_description_destroy(description);
}

static void planes_may_come_in_any_order(void **state) {
  (void)state;
  for (uint32_t columns = 8; columns < 10; columns++) {
    dseg_description *description = make_description(7, columns, 6, 3);
    const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                        .representation = "binary",
                                        .replace = true,
                                        .uid_seed = "order",
                                        .date_time = "20231114221320"};
    write_volume("a.dcm", description, &options, false);
    write_volume("b.dcm", description, &options, true);
    assert_true(same_files("a.dcm", "b.dcm"));
    dseg_description_destroy(description);
  }
}

/* Whether frames are in the order asked for: rising plane and within it segment, or the other way round. */
static void check_order(const char *path, dseg_frame_order order) {
  frame_item items[15] = {{0}};
  written_file file;
  open_written(path, &file);
  const size_t count = frame_items(&file, items, 15);
  assert_true(count > 1);
  for (size_t f = 1; f < count; f++) {
    const frame_item *a = &items[f - 1], *b = &items[f];
    const bool by_plane = a->z < b->z || (a->z == b->z && a->segment < b->segment);
    const bool by_segment = a->segment < b->segment || (a->segment == b->segment && a->z < b->z);
    assert_true(order == DSEG_FRAME_ORDER_PLANE ? by_plane : by_segment);
  }
  close_written(&file);
}

static void frames_by_plane_or_by_segment(void **state) {
  (void)state;
  static const dseg_empty_frames policies[] = {DSEG_EMPTY_BOUNDS, DSEG_EMPTY_KEEP};
  static const dseg_frame_order orders[] = {DSEG_FRAME_ORDER_PLANE, DSEG_FRAME_ORDER_SEGMENT};
  for (unsigned i = 0; i < 8; i++) {
    dseg_description *description = make_description(7, 8 + i % 2, 5, 3); /* frames of whole bytes, and not */
    const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                        .representation = "binary",
                                        .replace = true,
                                        .empty_frames = policies[i / 2 % 2],
                                        .frame_order = orders[i / 4]};
    write_volume("a.dcm", description, &options, false);
    check_binary("a.dcm", description, options.empty_frames == DSEG_EMPTY_KEEP ? 15 : 11);
    check_order("a.dcm", options.frame_order);
    dseg_description_destroy(description);
  }
}

static void dimension_indices_are_global(void **state) {
  (void)state;
  dseg_description *description = make_description(4, 4, 4, 2);
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = "binary", .empty_frames = DSEG_EMPTY_OMIT};
  dseg_writer *writer = NULL;
  uint8_t first[16] = {1}, second[16] = {0, 2};
  assert_int_equal(dseg_writer_create("a.dcm", description, &options, &writer, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_write_labels(writer, 1, first, 8, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_write_labels(writer, 3, second, 8, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  dseg_writer_destroy(writer);
  frame_item items[4] = {{0}};
  written_file file;
  open_written("a.dcm", &file);
  assert_int_equal(frame_items(&file, items, 4), 2);
  /* Positions 2 and 6 mm are the first and second in use; segment 2 has no frame at the first. */
  assert_true(items[0].z == 2.0 && items[0].segment == 1 && items[0].index[0] == 1 && items[0].index[1] == 1);
  assert_true(items[1].z == 6.0 && items[1].segment == 2 && items[1].index[0] == 2 && items[1].index[1] == 2);
  assert_int_equal(items[0].index_count, 2);
  close_written(&file);
  dseg_description_destroy(description);
}

static void label_maps_hold_segment_numbers(void **state) {
  (void)state;
  dseg_description *description = make_description(5, 7, 4, 3);
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .representation = "labelmap"};
  write_volume("a.dcm", description, &options, false);
  frame_item items[8] = {{0}};
  written_file file;
  open_written("a.dcm", &file);
  assert_text(&file, 0x00080016, "1.2.840.10008.5.1.4.1.1.66.7");
  assert_text(&file, 0x00620001, "LABELMAP");
  assert_text(&file, 0x00620013, "NO");
  assert_text(&file, 0x00209311, "3D");
  assert_int_equal(frame_items(&file, items, 8), 4);
  assert_int_equal(u16_in(&file.part10.elements, 0x00280100), 8);
  assert_int_equal(u16_in(&file.part10.elements, 0x00280120), 0);
  assert_int_equal(file.pixels.size, 4 * 35);
  for (size_t f = 0; f < 4; f++) {
    assert_int_equal(items[f].segment, 0);
    assert_int_equal(items[f].index_count, 1);
    for (size_t i = 0; i < 35; i++) {
      assert_int_equal(file.pixels.data[f * 35 + i], label_at(4, 3, f, i));
    }
  }
  const dseg_elements background = item_of(&file.part10.elements, 0x00620002);
  const dseg_elements type = item_of(&background, 0x0062000F);
  const dseg_element value = element_of(&type, 0x00080100);
  assert_int_equal(u16_in(&background, 0x00620004), 0);
  assert_true(dseg_element_is(&value, "125040"));
  close_written(&file);
  dseg_description_destroy(description);
}

static void large_numbers_take_16_bits_and_background_may_be_any_value(void **state) {
  (void)state;
  dseg_description *description = make_description(3, 3, 3, 2);
  description->segments[0].number = 300;
  description->segments[1].number = 4100;
  description->background = 7;
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = "labelmap", .empty_frames = DSEG_EMPTY_KEEP};
  dseg_writer *writer = NULL;
  const uint32_t labels[9] = {7, 7, 300, 4100, 7, 7, 7, 7, 300};
  assert_int_equal(dseg_writer_create("a.dcm", description, &options, &writer, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_write_labels(writer, 1, labels, 32, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  dseg_writer_destroy(writer);
  written_file file;
  open_written("a.dcm", &file);
  assert_int_equal(u16_in(&file.part10.elements, 0x00280100), 16);
  assert_int_equal(u16_in(&file.part10.elements, 0x00280120), 7);
  assert_int_equal(file.pixels.size, 3 * 18);
  for (size_t i = 0; i < 27; i++) {
    const unsigned value = (unsigned)file.pixels.data[2 * i] | (unsigned)file.pixels.data[2 * i + 1] << 8;
    assert_int_equal(value, i >= 9 && i < 18 ? labels[i - 9] : 7);
  }
  close_written(&file);
  dseg_description_destroy(description);
}

static void fractions_are_stored_as_given(void **state) {
  (void)state;
  dseg_description *description = make_description(3, 3, 1, 1);
  description->kind = DSEG_VOXELS_PROBABILITY;
  description->maximum_fraction = 200;
  const uint8_t mask[9] = {0, 1, 100, 200, 0, 0, 50, 3, 9};
  dseg_writer *writer = NULL;
  assert_int_equal(dseg_writer_create("a.dcm", description, NULL, &writer, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_write_mask(writer, 0, 0, mask, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  dseg_writer_destroy(writer);
  written_file file;
  open_written("a.dcm", &file);
  assert_text(&file, 0x00620001, "FRACTIONAL");
  assert_text(&file, 0x00620010, "PROBABILITY");
  assert_int_equal(u16_in(&file.part10.elements, 0x0062000E), 200);
  assert_memory_equal(file.pixels.data, mask, 9);
  assert_int_equal(file.pixels.size, 10);
  close_written(&file);
  dseg_description_destroy(description);
}

/* Writes masks of segments 0 and 1; returns what Segments Overlap says of them. */
static void write_masks(const uint8_t *first, const uint8_t *second, bool by_segment, const char *expected) {
  dseg_description *description = make_description(2, 2, 2, 2);
  description->kind = DSEG_VOXELS_MASKS;
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .replace = true};
  dseg_writer *writer = NULL;
  assert_int_equal(dseg_writer_create("a.dcm", description, &options, &writer, NULL), DSEG_OK);
  for (size_t i = 0; i < 4; i++) {
    const size_t plane = by_segment ? i % 2 : i / 2, segment = by_segment ? i / 2 : i % 2;
    assert_int_equal(dseg_writer_write_mask(writer, plane, segment, segment == 0 ? first : second, NULL), DSEG_OK);
  }
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  dseg_writer_destroy(writer);
  written_file file;
  open_written("a.dcm", &file);
  assert_text(&file, 0x00620013, expected);
  assert_int_equal(integer(&file, 0x00280008), 4);
  close_written(&file);
  dseg_description_destroy(description);
}

static void overlap_is_declared(void **state) {
  (void)state;
  const uint8_t left[4] = {1, 0, 1, 0}, right[4] = {0, 1, 0, 9}, low[4] = {0, 0, 255, 1};
  write_masks(left, right, false, "NO");
  write_masks(left, low, false, "YES");
  write_masks(left, right, true, "UNDEFINED"); /* planes revisited: it would take all of them to know */
}

/* Frames whose voxels fill all, little or nothing of them, at either end or in the middle: what is left out in the
 * spool and in the file is zero again. */
static void zeros_of_any_extent_come_back(void **state) {
  (void)state;
  const size_t rows = 512, columns = 256, planes = 12, pixels = rows * columns;
  static const size_t rows_in_use[12][2] = {{0, 512}, {5, 6},     {0, 1},   {511, 512}, {100, 400}, {0, 0},
                                            {0, 0},   {256, 300}, {0, 512}, {1, 2},     {300, 301}, {0, 0}};
  dseg_description *description = make_description((uint32_t)rows, (uint32_t)columns, planes, 1);
  description->kind = DSEG_VOXELS_OCCUPANCY;
  description->maximum_fraction = 255;
  uint8_t *volume = calloc(planes, pixels);
  for (size_t p = 0; p < planes; p++) {
    for (size_t i = rows_in_use[p][0] * columns; i < rows_in_use[p][1] * columns; i++) {
      volume[p * pixels + i] = (uint8_t)(1 + (i * 31 + p) % 255);
    }
  }
  for (int backwards = 0; backwards < 2; backwards++) {
    const dseg_write_options options = {
        .struct_size = sizeof(dseg_write_options), .empty_frames = DSEG_EMPTY_KEEP, .replace = true};
    dseg_writer *writer = NULL;
    assert_int_equal(dseg_writer_create("a.dcm", description, &options, &writer, NULL), DSEG_OK);
    for (size_t i = 0; i < planes; i++) {
      const size_t p = backwards ? planes - 1 - i : i;
      assert_int_equal(dseg_writer_write_mask(writer, p, 0, volume + p * pixels, NULL), DSEG_OK);
    }
    assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
    dseg_writer_destroy(writer);
    written_file file;
    open_written("a.dcm", &file);
    assert_int_equal(file.pixels.size, planes * pixels);
    assert_memory_equal(file.pixels.data, volume, planes * pixels);
    close_written(&file);
  }
  free(volume);
  dseg_description_destroy(description);
}

static void an_object_has_at_least_one_frame(void **state) {
  (void)state;
  dseg_description *description = make_description(3, 3, 4, 2);
  warning_log log = {0};
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = "binary",
                                      .empty_frames = DSEG_EMPTY_OMIT,
                                      .warnings = {log_warning, &log}};
  dseg_writer *writer = NULL;
  assert_int_equal(dseg_writer_create("a.dcm", description, &options, &writer, NULL), DSEG_OK);
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  dseg_writer_destroy(writer);
  assert_int_equal(log.count, 1);
  written_file file;
  open_written("a.dcm", &file);
  assert_int_equal(integer(&file, 0x00280008), 1);
  close_written(&file);
  dseg_description_destroy(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(binary_frames_of_any_size, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(empty_frames_by_policy, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(planes_may_come_in_any_order, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(frames_by_plane_or_by_segment, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(dimension_indices_are_global, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(label_maps_hold_segment_numbers, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(large_numbers_take_16_bits_and_background_may_be_any_value, enter_directory,
                                      leave_directory),
      cmocka_unit_test_setup_teardown(fractions_are_stored_as_given, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(overlap_is_declared, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(zeros_of_any_extent_come_back, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(an_object_has_at_least_one_frame, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
