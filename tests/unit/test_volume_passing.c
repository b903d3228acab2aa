/* SPDX-License-Identifier: Apache-2.0 */
/* A volume whose planes are read again when they are asked for yields what one that is kept in memory yields: in any
 * order of planes, from several threads, of raw and of compressed data. */
#include "base/threads.h"
#include "volume_files.h"

enum { COLUMNS = 23, ROWS = 17, PLANES = 11, PIXELS = COLUMNS * ROWS, COUNT = PIXELS * PLANES };

static const char *const names[] = {"a.nii", "a.nii.gz", "a.nrrd", "a.mhd", "a.nhdr"};

static void write_labels(const char *name, uint32_t largest) {
  dseg_description *description = dseg_description_create();
  uint32_t *voxels = calloc(COUNT, sizeof *voxels);
  assert_non_null(description);
  assert_non_null(voxels);
  for (uint32_t i = 0; i < COUNT; i++) {
    const uint32_t values[] = {0, 0, 1, 5, 200, largest};
    voxels[i] = values[(i / 7 * 2654435761u >> 20) % 6];
  }
  const dseg_volume volume = {.struct_size = sizeof volume,
                              .description = description,
                              .grid = {{COLUMNS, ROWS, PLANES}, {1, 2, 3}, {{2, 0, 0}, {0, 2, 0}, {0, 0, 3}}},
                              .bits = 32,
                              .layer_count = 1,
                              .voxels = voxels};
  const dseg_volume_write_options options = {
      .struct_size = sizeof options, .compression = dseg_can_deflate() ? 1 : -1, .replace = true};
  dseg_error error;
  if (dseg_volume_write(name, &volume, &options, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  free(voxels);
  dseg_description_destroy(description);
}

static dseg_source *open_described(const char *name, unsigned describe_only) {
  const dseg_open_options options = {.struct_size = sizeof options, .describe_only = describe_only};
  dseg_source *source = NULL;
  dseg_error error;
  if (dseg_open(name, &options, &source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return source;
}

/* The labels of some planes, of all segments or of the second and the last. */
static dseg_status read_planes(dseg_source *source, size_t first, size_t count, bool some, uint16_t *labels,
                               dseg_error *error) {
  static const uint32_t segments[] = {1, 3};
  static const uint32_t values[] = {7, 8, 9, 10};
  const dseg_label_request request = {.struct_size = sizeof request,
                                      .first_plane = first,
                                      .plane_count = count,
                                      .bits = 16,
                                      .values = values,
                                      .segments = some ? segments : NULL,
                                      .segment_count = some ? 2 : 0,
                                      .background = 3,
                                      .overlap = DSEG_OVERLAP_ERROR};
  return dseg_source_read_labels(source, &request, labels, count * PIXELS * sizeof *labels, NULL, error);
}

static void check_planes(dseg_source *passing, dseg_source *kept, size_t first, size_t count, bool some) {
  static uint16_t found[COUNT];
  static uint16_t expected[COUNT];
  assert_int_equal(read_planes(passing, first, count, some, found, NULL), DSEG_OK);
  assert_int_equal(read_planes(kept, first, count, some, expected, NULL), DSEG_OK);
  assert_memory_equal(found, expected, count * PIXELS * sizeof *found);
}

static void planes_in_any_order(void **state) {
  (void)state;
  static const size_t orders[][2] = {{0, 11}, {0, 3}, {3, 2}, {9, 2}, {4, 1}, {4, 1}, {5, 1}, {0, 1}, {10, 1}};
  for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
    if (!dseg_can_deflate() && strstr(names[n], ".gz") != NULL) {
      continue;
    }
    write_labels(names[n], 70000);
    dseg_source *passing = open_described(names[n], DSEG_DESCRIBE_AND_PASS);
    dseg_source *kept = open_described(names[n], 0);
    assert_int_equal(dseg_source_description(passing)->segment_count, 4);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
      check_planes(passing, kept, orders[i][0], orders[i][1], i % 2 == 1);
    }
    for (size_t plane = 0; plane < PLANES; plane++) {
      uint8_t masks[2][PIXELS];
      uint8_t present[2][4];
      assert_int_equal(dseg_source_read_mask(passing, plane % 4, plane, 1, masks[0], PIXELS, 1, NULL), DSEG_OK);
      assert_int_equal(dseg_source_read_mask(kept, plane % 4, plane, 1, masks[1], PIXELS, 1, NULL), DSEG_OK);
      assert_memory_equal(masks[0], masks[1], PIXELS);
      assert_int_equal(dseg_source_segments_in_plane(passing, plane, present[0], NULL), DSEG_OK);
      assert_int_equal(dseg_source_segments_in_plane(kept, plane, present[1], NULL), DSEG_OK);
      assert_memory_equal(present[0], present[1], 4);
    }
    dseg_source_close(passing);
    dseg_source_close(kept);
  }
}

struct job {
  dseg_source *source;
  uint16_t *labels;
};

static dseg_status read_one(void *user, size_t index, unsigned worker, dseg_error *error) {
  (void)worker;
  const struct job *job = user;
  const size_t plane = index * 7 % PLANES;
  return read_planes(job->source, plane, 1, false, job->labels + plane * PIXELS, error);
}

static void several_threads(void **state) {
  (void)state;
  static uint16_t found[COUNT];
  static uint16_t expected[COUNT];
  const char *name = dseg_can_deflate() ? "a.nii.gz" : "a.nii";
  write_labels(name, 201);
  dseg_source *passing = open_described(name, DSEG_DESCRIBE_AND_PASS);
  dseg_source *kept = open_described(name, 0);
  struct job job = {passing, found};
  dseg_error error;
  for (int round = 0; round < 5; round++) {
    memset(found, 0, sizeof found);
    assert_int_equal(dseg_parallel_for(PLANES, 4, read_one, &job, &error), DSEG_OK);
    assert_int_equal(read_planes(kept, 0, PLANES, false, expected, NULL), DSEG_OK);
    assert_memory_equal(found, expected, sizeof found);
  }
  dseg_source_close(passing);
  dseg_source_close(kept);
}

/* Fractions are kept. */
static void fractions(void **state) {
  (void)state;
  dseg_description *description = dseg_description_create();
  float *voxels = calloc(COUNT, sizeof *voxels);
  assert_non_null(description);
  assert_non_null(voxels);
  for (size_t i = 0; i < COUNT; i++) {
    voxels[i] = (float)(i % 8) / 7;
  }
  const dseg_volume volume = {.struct_size = sizeof volume,
                              .description = description,
                              .grid = {{COLUMNS, ROWS, PLANES}, {1, 2, 3}, {{2, 0, 0}, {0, 2, 0}, {0, 0, 3}}},
                              .layer_count = 1,
                              .voxels = voxels};
  assert_int_equal(dseg_volume_write("f.nii", &volume, NULL, NULL), DSEG_OK);
  dseg_source *source = open_described("f.nii", DSEG_DESCRIBE_AND_PASS);
  uint8_t mask[PIXELS];
  assert_int_equal(dseg_source_read_mask(source, 0, 2, 1, mask, PIXELS, 1, NULL), DSEG_OK);
  for (size_t i = 0; i < PIXELS; i++) {
    assert_int_equal(mask[i], (int)lround((double)voxels[2 * PIXELS + i] * 255));
  }
  dseg_source_close(source);
  free(voxels);
  dseg_description_destroy(description);
}

/* Values that were not there when it was opened are no background. */
static void a_file_that_changes(void **state) {
  (void)state;
  static uint16_t labels[COUNT];
  write_labels("a.nii", 300);
  dseg_source *source = open_described("a.nii", DSEG_DESCRIBE_AND_PASS);
  FILE *file = fopen("a.nii", "r+b");
  assert_non_null(file);
  assert_int_equal(fseek(file, 352 + 4 * PIXELS + 8, SEEK_SET), 0);
  assert_int_equal(fwrite("\x63\0\0\0", 1, 4, file), 4);
  assert_int_equal(fclose(file), 0);
  dseg_error error;
  assert_int_equal(read_planes(source, 0, 1, false, labels, &error), DSEG_OK);
  assert_int_equal(read_planes(source, 1, 1, false, labels, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, "the file was changed while it was read: a voxel has the label 99"));
  dseg_source_close(source);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter_directory, leave_directory)

int main(void) {
  const struct CMUnitTest tests[] = {TEST(planes_in_any_order), TEST(several_threads), TEST(fractions),
                                     TEST(a_file_that_changes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
