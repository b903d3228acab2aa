/* SPDX-License-Identifier: Apache-2.0 */
/* A representation that makes one frame of several masks, whose pixels are values of its own (sets.c): when a plane
 * ends, and what the library does not take for Segment Numbers. */
#include "../unit/writer_fixture.h"
#include "linked.h"

enum { ROWS = 5, COLUMNS = 11, PLANES = 6, SEGMENTS = 4, PIXELS = ROWS * COLUMNS, FIRST_NUMBER = 299 };

static int register_all(void **state) {
  assert_int_equal(register_sets(dseg_register, NULL), DSEG_OK);
  return enter_directory(state);
}

/* Segments that overlap in many ways; nothing is in the first and the last plane. */
static uint8_t mask_at(size_t plane, size_t segment, size_t pixel) {
  return plane > 0 && plane + 1 < PLANES && (pixel / (segment + 1) + plane) % 3 == 0;
}

static void fill_mask(size_t plane, size_t segment, uint8_t mask[PIXELS]) {
  for (size_t i = 0; i < PIXELS; i++) {
    mask[i] = mask_at(plane, segment, i);
  }
}

/* Segment Numbers that 8 bits do not hold. */
static dseg_description *describe_sets(void) {
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  for (uint32_t i = 0; i < SEGMENTS; i++) {
    description->segments[i].number = FIRST_NUMBER + i;
  }
  description->has_background = true;
  return description;
}

static dseg_writer *begin(const dseg_description *description, const char *codec) {
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = "test-sets",
                                      .frame_codec = codec,
                                      .empty_frames = DSEG_EMPTY_OMIT,
                                      .replace = true};
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  if (dseg_writer_create("s.dcm", description, &options, &writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return writer;
}

static dseg_status write_mask(dseg_writer *writer, size_t plane, size_t segment, dseg_error *error) {
  uint8_t mask[PIXELS];
  fill_mask(plane, segment, mask);
  return dseg_writer_write_mask(writer, plane, segment, mask, error);
}

static void write_masks(dseg_writer *writer, size_t plane) {
  dseg_error error = {0};
  for (size_t segment = 0; segment < SEGMENTS; segment++) {
    if (write_mask(writer, plane, segment, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
  }
}

static void finish(dseg_writer *writer) {
  dseg_error error = {0};
  if (dseg_writer_finish(writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_writer_destroy(writer);
}

static dseg_source *open_sets(warning_log *log) {
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .warnings = {log_warning, log}};
  dseg_source *source = NULL;
  dseg_error error = {0};
  if (dseg_open("s.dcm", &options, &source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return source;
}

/* The label of a pixel where the first segment wins, or the last. */
static uint32_t label_of(size_t plane, size_t pixel, bool last) {
  uint32_t label = 0;
  for (uint32_t segment = 0; segment < SEGMENTS; segment++) {
    if (mask_at(plane, segment, pixel) && (last || label == 0)) {
      label = FIRST_NUMBER + segment;
    }
  }
  return label;
}

/* Planes first..last of the object are those of mask_at, and it has a frame for each. */
static void check_planes(size_t first, size_t last) {
  const size_t count = last - first + 1;
  warning_log log = {0};
  dseg_source *source = open_sets(&log);
  assert_string_equal(log.last, "");
  assert_int_equal(dseg_source_description(source)->geometry.plane_count, count);
  assert_int_equal(dseg_source_encoding(source)->frame_count, count);
  assert_int_equal(dseg_source_encoding(source)->bits_allocated, 8);
  static uint8_t mask[PLANES * PIXELS];
  static uint16_t labels[PLANES * PIXELS];
  dseg_error error = {0};
  for (size_t segment = 0; segment < SEGMENTS; segment++) {
    assert_int_equal(dseg_source_read_mask(source, segment, 0, count, mask, count * PIXELS, 2, &error), DSEG_OK);
    for (size_t i = 0; i < count * PIXELS; i++) {
      assert_int_equal(mask[i], mask_at(first + i / PIXELS, segment, i % PIXELS));
    }
  }
  for (int wins = 0; wins < 2; wins++) {
    dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                  .plane_count = count,
                                  .bits = 16,
                                  .overlap = wins == 0 ? DSEG_OVERLAP_FIRST : DSEG_OVERLAP_LAST,
                                  .threads = 2};
    dseg_overlap found = {0};
    if (dseg_source_read_labels(source, &request, labels, count * sizeof labels[0] * PIXELS, &found, &error) !=
        DSEG_OK) {
      fail_msg("%s", error.message);
    }
    assert_true(found.voxels > 0);
    for (size_t i = 0; i < count * PIXELS; i++) {
      assert_int_equal(labels[i], label_of(first + i / PIXELS, i % PIXELS, wins == 1));
    }
  }
  dseg_source_close(source);
}

static void count_error(void *user, const dseg_finding *finding) {
  if (finding->rule->severity == DSEG_SEVERITY_ERROR) {
    print_message("%s: %s\n", finding->rule->id, finding->message);
    ++*(size_t *)user;
  }
}

static void masks_of_a_plane_become_a_frame(void **state) {
  static const char *const codecs[] = {"explicit-le", "rle"};
  (void)state;
  dseg_description *description = describe_sets();
  for (size_t i = 0; i < 4; i++) {
    dseg_writer *writer = begin(description, codecs[i / 2]);
    for (size_t k = 0; k < PLANES; k++) {
      write_masks(writer, i % 2 == 0 ? k : PLANES - 1 - k);
    }
    finish(writer);
    check_planes(1, PLANES - 2);
    size_t errors = 0; /* no rule asks whether the numbers of sets are described */
    const dseg_validate_options options = {
        .struct_size = sizeof(dseg_validate_options), .found = count_error, .user = &errors};
    dseg_validation result;
    assert_int_equal(dseg_validate("s.dcm", &options, &result, NULL), DSEG_OK);
    assert_int_equal(errors, 0);
  }
  dseg_description_destroy(description);
}

/* Masks of another plane end one, empty ones do not; labels and the end of the object do, too. */
static void a_plane_ends_once(void **state) {
  (void)state;
  dseg_description *description = describe_sets();
  dseg_writer *writer = begin(description, "explicit-le");
  dseg_error error = {0};
  uint8_t labels[PIXELS] = {0};
  assert_int_equal(write_mask(writer, 3, 0, &error), DSEG_OK);
  assert_int_equal(write_mask(writer, 0, 0, &error), DSEG_OK); /* empty */
  assert_int_equal(write_mask(writer, 3, 1, &error), DSEG_OK);
  assert_int_equal(dseg_writer_write_labels(writer, 3, labels, 8, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "written twice"));
  assert_int_equal(write_mask(writer, 3, 2, &error), DSEG_OK);
  assert_int_equal(write_mask(writer, 3, 3, &error), DSEG_OK);
  assert_int_equal(write_mask(writer, 1, 0, &error), DSEG_OK);
  assert_int_equal(write_mask(writer, 3, 3, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "plane 3"));
  for (size_t segment = 1; segment < SEGMENTS; segment++) {
    assert_int_equal(write_mask(writer, 1, segment, &error), DSEG_OK);
  }
  write_masks(writer, 2);
  finish(writer);
  check_planes(1, 3);
  dseg_description_destroy(description);
}

/* The frame of a plane that labels end is that plane's, and gets no further mask. */
static void labels_end_a_plane(void **state) {
  (void)state;
  dseg_description *description = describe_sets();
  dseg_writer *writer = begin(description, "explicit-le");
  dseg_error error = {0};
  uint16_t labels[PIXELS], read[2 * PIXELS];
  uint8_t mask[2 * PIXELS];
  for (size_t i = 0; i < PIXELS; i++) {
    labels[i] = (uint16_t)(i % 3 == 0 ? 0 : FIRST_NUMBER + i % SEGMENTS);
  }
  for (size_t segment = 0; segment + 1 < SEGMENTS; segment++) {
    assert_int_equal(write_mask(writer, 2, segment, &error), DSEG_OK);
  }
  assert_int_equal(dseg_writer_write_labels(writer, 1, labels, 16, &error), DSEG_OK);
  assert_int_equal(write_mask(writer, 2, SEGMENTS - 1, &error), DSEG_ERROR_ARGUMENT);
  finish(writer);
  warning_log log = {0};
  dseg_source *source = open_sets(&log);
  const dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request), .plane_count = 2, .bits = 16, .overlap = DSEG_OVERLAP_LAST};
  assert_int_equal(dseg_source_read_labels(source, &request, read, sizeof read, NULL, &error), DSEG_OK);
  assert_memory_equal(read, labels, sizeof labels);
  for (size_t segment = 0; segment < SEGMENTS; segment++) {
    assert_int_equal(dseg_source_read_mask(source, segment, 0, 2, mask, sizeof mask, 1, &error), DSEG_OK);
    for (size_t i = 0; i < PIXELS; i++) {
      assert_int_equal(mask[i], labels[i] == FIRST_NUMBER + segment);
      assert_int_equal(mask[PIXELS + i], segment + 1 < SEGMENTS && mask_at(2, segment, i));
    }
  }
  dseg_source_close(source);
  dseg_description_destroy(description);
}

/* Without Pixel Padding Value, pixels of 0 become the background of label maps, with a warning; here they are a set. */
static void pixels_of_zero_are_not_guessed_at(void **state) {
  (void)state;
  dseg_description *description = describe_sets();
  description->has_background = false;
  dseg_writer *writer = begin(description, "explicit-le");
  for (size_t plane = 1; plane + 1 < PLANES; plane++) {
    write_masks(writer, plane);
  }
  finish(writer);
  check_planes(1, PLANES - 2);
  warning_log log = {0};
  dseg_source *source = open_sets(&log);
  assert_false(dseg_source_description(source)->has_background);
  dseg_source_close(source);
  dseg_description_destroy(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(masks_of_a_plane_become_a_frame),
      cmocka_unit_test(a_plane_ends_once),
      cmocka_unit_test(labels_end_a_plane),
      cmocka_unit_test(pixels_of_zero_are_not_guessed_at),
  };
  return cmocka_run_group_tests(tests, register_all, leave_directory);
}
