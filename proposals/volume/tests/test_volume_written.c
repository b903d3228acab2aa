/* SPDX-License-Identifier: Apache-2.0 */
/* Volumes that the library writes, of random shapes: every voxel and every place comes back, nothing is said of frames
 * one by one, and the map is what a plain reading of bitstream.md makes of the voxels. */
#include "trial.h"

static dseg_data_set *read_header(const char *path) {
  dseg_data_set *set = NULL;
  dseg_buffer bytes = read_file(path);
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  assert_int_equal(dseg_data_set_read(set, (dseg_view){bytes.data + 132, bytes.size - 132}, DSEG_EXPLICIT_VR, NULL),
                   DSEG_OK);
  dseg_buffer_free(&bytes);
  return set;
}

/* Whether a frame is there: by its voxels, or since empty ones are kept. */
static bool has_frame(const struct trial *trial, uint32_t slot, uint32_t segment) {
  const bool labels = strncmp(trial->representation, "label", 5) == 0;
  bool any = false;
  for (uint32_t s = labels ? 0 : segment; s < (labels ? trial->segments : segment + 1); s++) {
    const uint8_t *mask = mask_at(trial, slot, s);
    any = any || (mask != NULL && trial->keep_empty);
    for (size_t pixel = 0; mask != NULL && pixel < PIXELS; pixel++) {
      any = any || mask[pixel] != 0;
    }
  }
  return any;
}

/* The map by bitstream.md 5, one place after the other. */
static void check_map(const struct trial *trial) {
  static uint8_t wanted[MOST_PLANES * 5 * MOST_SEGMENTS / 8 + 2];
  const bool labels = strncmp(trial->representation, "label", 5) == 0;
  const uint32_t segments = labels ? 1 : trial->segments;
  dseg_data_set *set = read_header("v.dcm");
  size_t place = 0, frames = 0;
  dseg_view map = {0};
  memset(wanted, 0, sizeof wanted);
  assert_true(dseg_data_set_enter_item(set, 0x00209222, 0));
  dseg_view pointer;
  assert_true(dseg_data_set_get_bytes(set, 0x00209165, &pointer));
  const bool segments_first = memcmp(pointer.data, "\x62\x00\x0B\x00", 4) == 0;
  dseg_data_set_end_item(set);
  const bool by_segment = segments_first || labels;
  const uint32_t slow = by_segment ? segments : trial->grid_planes, fast = by_segment ? trial->grid_planes : segments;
  for (uint32_t i = 0; i < slow; i++) {
    for (uint32_t k = 0; k < fast; k++, place++) {
      const bool there = has_frame(trial, by_segment ? k : i, labels ? 0 : by_segment ? i : k);
      wanted[place / 8] |= (uint8_t)(there << place % 8);
      frames += there ? 1 : 0;
    }
  }
  const uint32_t block = dseg_data_set_find_creator(set, 0x0021, "DSEG VOLUME");
  assert_int_not_equal(block, 0);
  const bool has_map = dseg_data_set_get_bytes(set, block | 3, &map);
  assert_true(has_map == (frames != place));
  if (has_map && frames > 0) { /* an object without a voxel gets one frame */
    assert_int_equal(map.size, ((place + 7) / 8 + 1) / 2 * 2);
    assert_memory_equal(map.data, wanted, map.size);
  }
  assert_true(dseg_data_set_text_is(set, 0x00209311, "VOLUME") == !trial->dual);
  dseg_data_set_destroy(set);
}

static void every_voxel_comes_back(void **state) {
  static struct trial trial;
  (void)state;
  for (uint32_t number = 0; number < 300; number++) {
    dseg_source *source = NULL;
    dseg_error error = {0};
    choose_trial(&trial, number);
    write_trial(&trial, 0);
    if (dseg_open("v.dcm", NULL, &source, &error) != DSEG_OK) {
      fail_msg("trial %u: %s", (unsigned)number, error.message);
    }
    check_source(&trial, source);
    dseg_source_close(source);
    assert_int_equal(count_errors("v.dcm"), 0);
    if (strcmp(trial.codec, "explicit-le") == 0) {
      check_map(&trial);
    }
  }
}

/* Parts have the map of the whole: together, and each alone. */
static void parts_are_read_together_and_alone(void **state) {
  static struct trial trial;
  size_t read = 0;
  (void)state;
  for (uint32_t number = 0; number < 60; number++) {
    const char *const paths[] = {"v-2.dcm", "v-1.dcm"};
    dseg_source *source = NULL;
    dseg_error error = {0};
    choose_trial(&trial, number * 9 + 1); /* BINARY, explicit */
    trial.keep_empty = true;
    const size_t bytes = ((size_t)trial.planes * trial.segments * PIXELS + 7) / 8;
    write_trial(&trial, bytes * 2 / 3);
    if (dseg_open_many(paths, 2, NULL, &source, &error) != DSEG_OK) {
      continue; /* so small that there are more parts, or one */
    }
    check_source(&trial, source);
    const size_t all = dseg_source_encoding(source)->frame_count;
    dseg_frame_location whole, alone;
    assert_int_equal(dseg_source_frame(source, all - 1, &whole, NULL), DSEG_OK);
    dseg_source_close(source);
    if (dseg_open("v-2.dcm", NULL, &source, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    assert_int_equal(dseg_source_frame(source, dseg_source_encoding(source)->frame_count - 1, &alone, NULL), DSEG_OK);
    assert_int_equal(alone.plane, whole.plane);
    assert_int_equal(alone.segment, whole.segment);
    dseg_source_close(source);
    assert_int_equal(count_errors("v-1.dcm") + count_errors("v-2.dcm"), 0);
    read++;
  }
  assert_true(read > 20);
}

/* Changes Number of Volume Planes of a file. */
static void change_planes(const char *path) {
  static const uint8_t header[] = {0x21, 0x00, 0x02, 0x10, 'U', 'L', 4, 0};
  dseg_buffer bytes = read_file(path);
  size_t at = 0;
  while (memcmp(bytes.data + at, header, sizeof header) != 0) {
    at++;
    assert_true(at + sizeof header < bytes.size);
  }
  bytes.data[at + sizeof header]++;
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
  assert_int_equal(fclose(file), 0);
  dseg_buffer_free(&bytes);
}

/* What is of the whole is the same in all parts: the first is not taken at its word. */
static void parts_that_differ_are_refused(void **state) {
  static const char *const paths[] = {"v-1.dcm", "v-2.dcm"};
  static struct trial trial;
  dseg_source *source = NULL;
  dseg_error error = {0};
  (void)state;
  for (uint32_t number = 0; source == NULL; number++) {
    choose_trial(&trial, number * 9 + 1); /* BINARY, explicit */
    trial.keep_empty = true;
    write_trial(&trial, ((size_t)trial.planes * trial.segments * PIXELS + 7) / 8 * 2 / 3);
    (void)dseg_open_many(paths, 2, NULL, &source, &error);
  }
  dseg_source_close(source);
  change_planes("v-2.dcm");
  assert_int_equal(dseg_open_many(paths, 2, NULL, &source, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "differ in the elements of Private Creator \"DSEG VOLUME\""));
}

static dseg_status create(const dseg_description *description, const char *representation, dseg_error *error) {
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = representation, .replace = true};
  dseg_writer *writer = NULL;
  const dseg_status status = dseg_writer_create("r.dcm", description, &options, &writer, error);
  dseg_writer_destroy(writer);
  return status;
}

/* What is no implicit volume is refused, with the plane. */
static void other_stacks_are_refused(void **state) {
  static const struct {
    size_t plane, axis;
    double by;
    const char *part;
  } cases[] = {
      {2, 2, 0.0011, "plane 3 is not within 0.001 mm"}, /* at unequal distances */
      {3, 0, 0.0011, "plane 4 is not within 0.001 mm"}, /* shifted, as with a tilted gantry */
      {2, 2, -2.0, "plane 3 does not lie behind the one before"},
      {4, 2, 2.0 * 65535, "plane 5 is further away than the 65535 planes"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    dseg_description *description = make_description(ROWS, COLUMNS, 5, 2);
    dseg_error error = {0};
    description->kind = DSEG_VOXELS_MASKS;
    assert_int_equal(create(description, "binary-volume", &error), DSEG_OK);
    description->geometry.planes[cases[i].plane].position[cases[i].axis] += cases[i].by;
    assert_int_equal(create(description, "binary-volume", &error), DSEG_ERROR_UNSUPPORTED);
    if (strstr(error.message, cases[i].part) == NULL) {
      fail_msg("%s", error.message);
    }
    dseg_description_destroy(description);
  }
  dseg_description *description = make_description(ROWS, COLUMNS, 1, 2);
  dseg_error error = {0};
  description->geometry.space = DSEG_SPACE_NONE;
  assert_int_not_equal(create(description, "labelmap-volume", &error), DSEG_OK);
  dseg_description_destroy(description);
}

static int start(void **state) {
  return dseg_register_proposals(NULL) == DSEG_OK ? enter_directory(state) : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_voxel_comes_back),
      cmocka_unit_test(parts_are_read_together_and_alone),
      cmocka_unit_test(parts_that_differ_are_refused),
      cmocka_unit_test(other_stacks_are_refused),
  };
  return cmocka_run_group_tests(tests, start, leave_directory);
}
