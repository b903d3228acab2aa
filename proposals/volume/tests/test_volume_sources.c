/* SPDX-License-Identifier: Apache-2.0 */
/* Source images of planes: written as places among the instances that the object lists, and read again, whole images
 * and frames of one; slides; and a copy in the standard's form has with every frame what was said once. */
#include "images.h"

static void expect_same_images(const dseg_description *a, const dseg_description *b, bool reversed) {
  assert_int_equal(b->geometry.plane_count, a->geometry.plane_count);
  for (size_t i = 0; i < PLANES; i++) {
    const dseg_instance_reference *x = image_of(a, i), *y = image_of(b, reversed ? PLANES - 1 - i : i);
    assert_true((x == NULL) == (y == NULL));
    if (x != NULL && y != NULL) {
      assert_string_equal(x->sop_instance_uid, y->sop_instance_uid);
      assert_string_equal(x->sop_class_uid, y->sop_class_uid);
      assert_string_equal(x->series_uid, y->series_uid);
      assert_int_equal(x->frame, y->frame);
    }
  }
}

static void images_come_back(void **state) {
  static const char *const names[] = {"labelmap-volume", "binary-volume"};
  (void)state;
  for (int i = 0; i < 8; i++) {
    const bool dual = i % 2 == 1, descends = i % 4 >= 2;
    dseg_description *description = make_volume(descends);
    dseg_error error = {0};
    if (write_with(description, names[i / 4], dual, NULL, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    dseg_source *source = open_kept();
    expect_same_images(description, dseg_source_description(source), descends);
    dseg_source_close(source);
    dseg_description_destroy(description);
  }
}

/* Frames of one image, some planes on the image as a whole. */
static void frames_of_an_image_come_back(void **state) {
  (void)state;
  dseg_description *description = make_volume(false);
  dseg_instance_reference *instances = dseg_description_alloc(description, PLANES * sizeof *instances);
  for (size_t i = 0; i < PLANES; i++) {
    instances[i] = description->references.instances[1];
    instances[i].frame = i == 4 ? 0 : (uint32_t)(PLANES - i);
    description->geometry.planes[i].source = (int32_t)i;
  }
  description->references = (dseg_references){.instances = instances, .count = PLANES};
  dseg_error error = {0};
  if (write_with(description, "labelmap-volume", false, NULL, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_source *source = open_kept();
  expect_same_images(description, dseg_source_description(source), false);
  dseg_source_close(source);
  dseg_description_destroy(description);
}

/* What was said once is with every frame of a copy in the standard's form, and the block is not. */
static void a_copy_has_it_with_every_frame(void **state) {
  frame_item items[PLANES] = {0};
  written_file file;
  dseg_error error = {0};
  (void)state;
  dseg_description *description = make_volume(false);
  assert_int_equal(write_with(description, "labelmap-volume", false, NULL, &error), DSEG_OK);
  dseg_source *source = open_kept();
  if (write_with(dseg_source_description(source), "labelmap", false, NULL, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_source_close(source);
  open_written("s.dcm", &file);
  assert_int_equal(frame_items(&file, items, PLANES), PLANES);
  for (size_t i = 0; i < PLANES; i++) {
    assert_true(items[i].has_derivation == (image_of(description, i) != NULL));
  }
  assert_false(has(&file, 0x00210010));
  assert_text(&file, 0x00209311, "3D");
  close_written(&file);
  dseg_description_destroy(description);
}

/* Several images at a plane's place, or one that is not listed, cannot be said; functional groups can. */
static void what_cannot_be_said_is_refused(void **state) {
  dseg_error error = {0};
  (void)state;
  dseg_description *description = make_volume(false);
  description->geometry.planes[1].source = 0;
  description->geometry.planes[1].source_count = 2;
  assert_int_equal(write_with(description, "labelmap-volume", false, NULL, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "plane 2 has several source images"));
  assert_int_equal(write_with(description, "labelmap-volume", true, NULL, &error), DSEG_OK);
  dseg_source *source = open_kept();
  assert_int_equal(dseg_source_description(source)->geometry.planes[1].source_count, 2);
  dseg_source_close(source);
  description->geometry.planes[1].source_count = 0;
  dseg_instance_reference *instances = dseg_description_alloc(description, IMAGES * sizeof *instances);
  memcpy(instances, description->references.instances, IMAGES * sizeof *instances);
  instances[0].study_uid = "1.2.3.999"; /* another study's are listed elsewhere */
  description->references.instances = instances;
  assert_int_equal(write_with(description, "labelmap-volume", false, NULL, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "Referenced Series Sequence (0008,1115) does not list"));
  dseg_description_destroy(description);
}

/* Tiles of a slide of 3 x 2 tiles, of which the description has four. */
static dseg_description *make_slide(void) {
  static const uint32_t places[4][2] = {{0, 0}, {0, 8}, {4, 0}, {4, 4}};
  dseg_description *description = make_description(ROWS, COLUMNS, 4, 2);
  dseg_geometry *geometry = &description->geometry;
  description->has_background = true;
  geometry->space = DSEG_SPACE_SLIDE;
  geometry->matrix_rows = 7;
  geometry->matrix_columns = 11;
  geometry->spacing_between_slices = 0;
  for (size_t i = 0; i < 4; i++) {
    geometry->planes[i] = (dseg_plane_position){.matrix_row = places[i][0],
                                                .matrix_column = places[i][1],
                                                .position = {places[i][1] * 0.25, places[i][0] * 0.5, 0},
                                                .source = -1};
  }
  return description;
}

static void tiles_come_back(void **state) {
  static const char *const names[] = {"labelmap-volume", "binary-volume"};
  static const size_t tiles[4] = {0, 2, 3, 4};
  (void)state;
  for (int i = 0; i < 4; i++) {
    dseg_description *description = make_slide();
    dseg_error error = {0};
    if (write_with(description, names[i / 2], i % 2 == 1, NULL, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    dseg_source *source = open_kept();
    const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
    assert_string_equal(dseg_source_encoding(source)->representation, names[i / 2]);
    assert_int_equal(geometry->space, DSEG_SPACE_SLIDE);
    assert_int_equal(geometry->plane_count, 6);
    for (size_t tile = 0; tile < 4; tile++) {
      uint8_t wanted[PIXELS], got[PIXELS];
      const dseg_label_request request = {
          .struct_size = sizeof(dseg_label_request), .first_plane = tiles[tile], .plane_count = 1, .bits = 8};
      fill_plane(description, tile, wanted);
      assert_int_equal(dseg_source_read_labels(source, &request, got, sizeof got, NULL, NULL), DSEG_OK);
      assert_memory_equal(got, wanted, PIXELS);
      assert_memory_equal(geometry->planes[tiles[tile]].position, description->geometry.planes[tile].position,
                          3 * sizeof(double));
    }
    dseg_validation result;
    dseg_source_close(source);
    assert_int_equal(dseg_validate("s.dcm", NULL, &result, NULL), DSEG_OK);
    assert_int_equal(result.errors, 0);
    dseg_description_destroy(description);
  }
}

static void tiles_between_tiles_are_refused(void **state) {
  dseg_description *description = make_slide();
  dseg_error error = {0};
  (void)state;
  description->geometry.planes[3].matrix_column = 5;
  assert_int_equal(write_with(description, "labelmap-volume", false, NULL, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "plane 4 is no tile of the total pixel matrix"));
  dseg_description_destroy(description);
}

/* Opens what may be broken, and reads a plane as far as that goes. */
static void try_bytes(const dseg_buffer *bytes) {
  const dseg_open_options options = {
      .struct_size = sizeof(dseg_open_options), .memory_limit = 1 << 26, .keep_context = true};
  dseg_input *input = NULL;
  dseg_source *source = NULL;
  dseg_error error;
  uint8_t mask[PIXELS];
  assert_int_equal(dseg_input_from_memory((dseg_view){bytes->data, bytes->size}, &input, NULL), DSEG_OK);
  if (dseg_open_input(input, "changed", &options, &source, &error) != DSEG_OK) {
    assert_true(error.message[0] != '\0');
    dseg_input_close(input);
    return;
  }
  const dseg_description *description = dseg_source_description(source);
  if (description->geometry.rows == ROWS && description->geometry.columns == COLUMNS &&
      description->segment_count > 0) {
    (void)dseg_source_read_mask(source, 0, 0, 1, mask, sizeof mask, 1, NULL);
  }
  dseg_source_close(source);
}

/* Bytes behind the preamble changed in two ways, and the file cut. */
static void changed_objects_do_no_harm(void **state) {
  (void)state;
  for (int i = 0; i < 4; i++) {
    dseg_description *description = make_volume(i % 2 == 1);
    assert_int_equal(write_with(description, i < 2 ? "labelmap-volume" : "binary-volume", i == 3, NULL, NULL), DSEG_OK);
    dseg_buffer bytes = read_file("s.dcm");
    for (size_t at = 132; at < bytes.size; at += 1 + at % 4) {
      const uint8_t was = bytes.data[at];
      bytes.data[at] ^= 1;
      try_bytes(&bytes);
      bytes.data[at] = (uint8_t)~was;
      try_bytes(&bytes);
      bytes.data[at] = was;
    }
    while (bytes.size > 132) {
      bytes.size -= 1 + bytes.size / 100;
      try_bytes(&bytes);
    }
    dseg_buffer_free(&bytes);
    dseg_description_destroy(description);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(images_come_back),
      cmocka_unit_test(frames_of_an_image_come_back),
      cmocka_unit_test(a_copy_has_it_with_every_frame),
      cmocka_unit_test(what_cannot_be_said_is_refused),
      cmocka_unit_test(tiles_come_back),
      cmocka_unit_test(tiles_between_tiles_are_refused),
      cmocka_unit_test(changed_objects_do_no_harm),
  };
  return cmocka_run_group_tests(tests, start_in_directory, leave_directory);
}
