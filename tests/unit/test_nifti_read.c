/* SPDX-License-Identifier: Apache-2.0 */
/* NIfTI files of every type, version and byte order are read with the right labels, and damaged ones refused. */
#include "base/zlib_stream.h"
#include "nifti_files.h"

#define COUNT ((size_t)24)

static const struct {
  int datatype, bits;
} types[] = {{2, 8}, {4, 16}, {8, 32}, {16, 32}, {64, 64}, {256, 8}, {512, 16}, {768, 32}, {1024, 64}, {1280, 64}};
#define TYPE_COUNT (sizeof types / sizeof *types)

/* Labels 0, 1, 7 and 100. */
static const double some_values[COUNT] = {0, 0, 1, 1, 7, 7, 7, 0, 0, 100, 100, 100,
                                          1, 0, 0, 0, 0, 0, 7, 7, 1, 0,   0,   100};

static void to_labels(const double *values, uint32_t *labels) {
  for (size_t i = 0; i < COUNT; i++) {
    labels[i] = (uint32_t)values[i];
  }
}

static void check_some_labels(const char *path, const char *format) {
  uint32_t labels[COUNT];
  to_labels(some_values, labels);
  dseg_source *source = open_volume(path);
  assert_string_equal(source->format, format);
  assert_int_equal(source->description->kind, DSEG_VOXELS_LABELS);
  expect_numbers(source, (const uint32_t[]){1, 7, 100}, 3);
  assert_string_equal(source->description->segments[1].label, "Segment 7");
  assert_true(source->description->segments[1].has_color);
  expect_labels(source, labels, COUNT);
  expect_corners(source, (const double[]){10, -20, 30}, (const double[]){4, -26, 35}, 1e-5);
  close_volume(source);
}

static void every_type_order_and_version(void **state) {
  (void)state;
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    for (int version = 1; version <= 2; version++) {
      for (int big = 0; big <= 1; big++) {
        const struct nifti nifti = nifti_create(version, big != 0, types[i].datatype, types[i].bits);
        write_values("a.nii", &nifti, types[i].datatype, some_values, COUNT);
        check_some_labels("a.nii", version == 2 ? "NIfTI-2" : "NIfTI-1");
      }
    }
  }
}

static void compressed_by_content(void **state) {
  (void)state;
  const struct nifti nifti = nifti_create(1, true, 4, 16);
  dseg_buffer voxels = {0};
  dseg_buffer compressed = {0};
  put_voxels(4, true, some_values, COUNT, &voxels);
  dseg_buffer file = nifti_file(&nifti, voxels.data, voxels.size);
  if (!deflate_bytes(DSEG_GZIP, file.data, file.size, &compressed)) {
    dseg_buffer_free(&voxels);
    dseg_buffer_free(&file);
    skip();
  }
  write_buffer("a.misnamed", &compressed);
  check_some_labels("a.misnamed", "NIfTI-1");
  expect_no_prefix_opens("b", &compressed, 2);

  /* Two members, of which the last says least about the size, and padding behind them. */
  dseg_buffer members = {0};
  assert_true(deflate_bytes(DSEG_GZIP, file.data, 390, &members));
  assert_true(deflate_bytes(DSEG_GZIP, file.data + 390, file.size - 390, &members));
  append(&members, "\0\0\0\0\0\0\0\0", 8);
  write_buffer("c.nii.gz", &members);
  check_some_labels("c.nii.gz", "NIfTI-1");
  dseg_buffer_free(&voxels);
  dseg_buffer_free(&file);
  dseg_buffer_free(&compressed);
  dseg_buffer_free(&members);
}

static void a_bomb_does_not_go_off(void **state) {
  (void)state;
  const size_t size = (size_t)64 << 20;
  uint8_t *zeros = calloc(size, 1);
  assert_non_null(zeros);
  struct nifti nifti = nifti_create(1, false, 2, 8);
  memcpy(zeros, nifti.bytes, nifti_size(&nifti));
  dseg_buffer compressed = {0};
  if (!deflate_bytes(DSEG_GZIP, zeros, size, &compressed)) {
    free(zeros);
    skip();
  }
  write_buffer("bomb.nii.gz", &compressed);
  dseg_source *source = NULL;
  dseg_error error = {DSEG_OK, ""};
  /* It ends where the voxels that the header announces do, whatever the limit; but without zlib the header is known
   * only when all is inflated, and that ends at the limit. */
  assert_int_equal(open_limited("bomb.nii.gz", 1 << 20, NULL, &source, &error),
                   dseg_has_zlib() ? DSEG_ERROR_FORMAT : DSEG_ERROR_LIMIT);
  assert_null(source);
  char expected[64];
  snprintf(expected, sizeof expected, "more than the %zu bytes", nifti_size(&nifti) + COUNT);
  expect_failure("bomb.nii.gz", DSEG_ERROR_FORMAT, expected);
  /* A stated size, at the end of the file, that these bytes cannot hold is not believed. Without zlib the end is met
   * before the header. */
  memset(compressed.data + compressed.size - 4, 0xff, 4);
  write_buffer("lie.nii.gz", &compressed);
  expect_failure("lie.nii.gz", DSEG_ERROR_FORMAT, dseg_has_zlib() ? expected : "damaged or cut off");
  dseg_buffer_free(&compressed);

  /* A header that announces what so few bytes cannot hold: nothing is allocated for it. */
  for (size_t i = 1; i <= 3; i++) {
    put_dim(&nifti, i, 768);
  }
  memcpy(zeros, nifti.bytes, nifti_size(&nifti));
  assert_true(deflate_bytes(DSEG_GZIP, zeros, 4096, &compressed));
  write_buffer("lie.nii.gz", &compressed);
  expect_failure("lie.nii.gz", DSEG_ERROR_FORMAT, "compressed bytes hold");
  dseg_buffer_free(&compressed);
  free(zeros);
}

static void smallest_bits_that_hold_the_labels(void **state) {
  (void)state;
  double values[COUNT] = {0, 4294967295.0, 65536, 65535, 256, 255, 1};
  uint32_t labels[COUNT];
  to_labels(values, labels);
  const int wide[] = {768, 1024, 1280, 64};
  for (size_t i = 0; i < 4; i++) {
    const struct nifti nifti = nifti_create(1, i % 2 == 0, wide[i], 0);
    write_values("a.nii", &nifti, wide[i], values, COUNT);
    dseg_source *source = open_volume("a.nii");
    expect_numbers(source, (const uint32_t[]){1, 255, 256, 65535, 65536, 4294967295u}, 6);
    expect_labels(source, labels, COUNT);
    close_volume(source);
  }
}

static void values_that_are_no_labels_are_named(void **state) {
  (void)state;
  const struct {
    int datatype;
    double value;
    const char *text;
  } cases[] = {{4, -3, "value -3:"},    {256, -128, "value -128:"}, {8, -70000, "value -70000:"},
               {1024, -5, "value -5:"}, {16, 1.5, "value 1.5:"},    {64, -0.25, "value -0.25:"},
               {1280, 1e10, "1e+10"},   {16, NAN, "nan"},           {64, INFINITY, "inf"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double values[COUNT] = {0};
    values[17] = cases[i].value;
    const struct nifti nifti = nifti_create(1, false, cases[i].datatype, 0);
    write_values("a.nii", &nifti, cases[i].datatype, values, COUNT);
    expect_failure("a.nii", DSEG_ERROR_UNSUPPORTED, cases[i].text);
  }
}

/* Volumes may have more labels than an object has segments; how many follows from the memory limit. */
static void images_with_too_many_values_are_refused(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(1, false, 8, 32);
  put_dim(&nifti, 1, 300);
  put_dim(&nifti, 2, 300);
  put_dim(&nifti, 3, 1);
  double *values = calloc(90000, sizeof *values);
  assert_non_null(values);
  for (size_t i = 0; i < 90000; i++) {
    values[i] = (double)i * 7;
  }
  write_values("a.nii", &nifti, 8, values, 90000);
  dseg_source *source = open_volume("a.nii");
  assert_int_equal(source->description->segment_count, 89999);
  close_volume(source);
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(open_limited("a.nii", (uint64_t)64 << 20, NULL, &source, &error), DSEG_ERROR_LIMIT);
  assert_non_null(strstr(error.message, "more than 65536 values, an image rather than a segmentation"));
  free(values);
}

static void scaled_values_are_labels_or_fractions(void **state) {
  (void)state;
  double stored[COUNT];
  for (size_t i = 0; i < COUNT; i++) {
    stored[i] = some_values[i] / 0.5 - 4;
  }
  struct nifti nifti = nifti_create(1, true, 4, 16);
  set_slope(&nifti, 0.5, 2);
  write_values("a.nii", &nifti, 4, stored, COUNT);
  check_some_labels("a.nii", "NIfTI-1");

  /* A slope may also make them larger than the stored type. */
  const double bytes[COUNT] = {0, 1, 2, 255};
  uint32_t labels[COUNT] = {0, 1000, 2000, 255000};
  nifti = nifti_create(1, false, 2, 8);
  set_slope(&nifti, 1000, 0);
  write_values("a.nii", &nifti, 2, bytes, COUNT);
  dseg_source *source = open_volume("a.nii");
  expect_labels(source, labels, COUNT);
  close_volume(source);

  uint8_t fractions[COUNT] = {0, 1, 2, 255};
  nifti = nifti_create(1, false, 2, 8);
  set_slope(&nifti, 1.0 / 255, 0);
  write_values("a.nii", &nifti, 2, bytes, COUNT);
  source = open_volume("a.nii");
  assert_int_equal(source->description->kind, DSEG_VOXELS_PROBABILITY);
  expect_mask(source, 0, fractions, COUNT);
  close_volume(source);
}

static void floats_between_0_and_1_are_fractions(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(1, false, 16, 32);
  put_dim(&nifti, 0, 4);
  put_dim(&nifti, 4, 2);
  double values[2 * COUNT] = {0, 0.25, 0.5, 1, 1.0000001};
  values[COUNT] = 0.1;
  write_values("a.nii", &nifti, 16, values, 2 * COUNT);
  dseg_source *source = open_volume("a.nii");
  assert_int_equal(source->description->kind, DSEG_VOXELS_PROBABILITY);
  assert_int_equal(source->description->maximum_fraction, 255);
  expect_numbers(source, (const uint32_t[]){1, 2}, 2);
  expect_mask(source, 0, (const uint8_t[COUNT]){0, 64, 128, 255, 255}, COUNT);
  expect_mask(source, 1, (const uint8_t[COUNT]){26}, COUNT);
  close_volume(source);

  values[5] = 2;
  write_values("a.nii", &nifti, 16, values, 2 * COUNT);
  expect_failure("a.nii", DSEG_ERROR_UNSUPPORTED, "fractions as well as labels up to 2");
}

static void volumes_of_a_fourth_dimension_are_layers(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(2, true, 512, 16);
  put_dim(&nifti, 0, 5);
  put_dim(&nifti, 4, 3);
  double values[3 * COUNT] = {1, 1, 9};
  values[COUNT] = 1;
  values[COUNT + 1] = 5;
  values[2 * COUNT + 2] = 9;
  write_values("a.nii", &nifti, 512, values, 3 * COUNT);
  dseg_source *source = open_volume("a.nii");
  assert_int_equal(source->description->kind, DSEG_VOXELS_MASKS);
  /* 1, 9, 5 are free when they come; then 1 of the second and 9 of the third layer are not. */
  expect_numbers(source, (const uint32_t[]){1, 5, 9, 10, 11}, 5);
  expect_mask(source, 0, (const uint8_t[COUNT]){1, 1, 0}, COUNT);
  expect_mask(source, 1, (const uint8_t[COUNT]){0, 1, 0}, COUNT);
  expect_mask(source, 2, (const uint8_t[COUNT]){0, 0, 1}, COUNT);
  expect_mask(source, 3, (const uint8_t[COUNT]){1, 0, 0}, COUNT);
  expect_mask(source, 4, (const uint8_t[COUNT]){0, 0, 1}, COUNT);
  close_volume(source);
}

static void empty_volumes_have_no_segments(void **state) {
  (void)state;
  const double values[COUNT] = {0};
  const struct nifti nifti = nifti_create(1, false, 8, 32);
  write_values("a.nii", &nifti, 8, values, COUNT);
  dseg_source *source = open_volume("a.nii");
  assert_int_equal(source->description->segment_count, 0);
  expect_labels(source, (const uint32_t[COUNT]){0}, COUNT);
  close_volume(source);
}

static void cut_at_every_byte(void **state) {
  (void)state;
  for (int version = 1; version <= 2; version++) {
    const struct nifti nifti = nifti_create(version, version == 2, 4, 16);
    dseg_buffer voxels = {0};
    put_voxels(4, nifti.is_big, some_values, COUNT, &voxels);
    dseg_buffer file = nifti_file(&nifti, voxels.data, voxels.size);
    expect_no_prefix_opens("cut.nii", &file, 0);
    dseg_buffer_free(&voxels);
    dseg_buffer_free(&file);
  }
}

static void contradictory_headers(void **state) {
  (void)state;
  const uint8_t voxels[COUNT] = {0};
  struct nifti nifti = nifti_create(1, false, 2, 8);
  put_dim(&nifti, 2, -3);
  write_nifti("a.nii", &nifti, voxels, COUNT);
  expect_failure("a.nii", DSEG_ERROR_FORMAT, "dim[2] is -3");

  nifti = nifti_create(1, false, 2, 8);
  put_dim(&nifti, 0, 8);
  write_nifti("a.nii", &nifti, voxels, COUNT);
  expect_failure("a.nii", DSEG_ERROR_FORMAT, "dim[0] is 8");

  nifti = nifti_create(2, false, 2, 8);
  put_dim(&nifti, 1, INT64_MAX);
  put_dim(&nifti, 2, INT64_MAX);
  write_nifti("a.nii", &nifti, voxels, COUNT);
  expect_failure("a.nii", DSEG_ERROR_LIMIT, "larger than the memory limit");

  nifti = nifti_create(1, false, 2, 8);
  put_dim(&nifti, 1, 32767);
  write_nifti("a.nii", &nifti, voxels, COUNT);
  expect_failure("a.nii", DSEG_ERROR_FORMAT, "there are 24 bytes");

  nifti = nifti_create(1, false, 128, 24); /* RGB */
  write_nifti("a.nii", &nifti, voxels, COUNT);
  expect_failure("a.nii", DSEG_ERROR_UNSUPPORTED, "datatype 128");

  nifti = nifti_create(1, false, 2, 16);
  write_nifti("a.nii", &nifti, voxels, COUNT);
  expect_failure("a.nii", DSEG_ERROR_FORMAT, "bitpix 16");

  const double offsets[] = {-1, NAN, 1e30, 1e10};
  for (size_t i = 0; i < 4; i++) {
    nifti = nifti_create(1, false, 2, 8);
    put_real(&nifti, 108, 0, 0, offsets[i]);
    write_nifti("a.nii", &nifti, voxels, COUNT);
    expect_failure("a.nii", DSEG_ERROR_FORMAT, "");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_type_order_and_version, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(compressed_by_content, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(a_bomb_does_not_go_off, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(smallest_bits_that_hold_the_labels, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(values_that_are_no_labels_are_named, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(images_with_too_many_values_are_refused, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(scaled_values_are_labels_or_fractions, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(floats_between_0_and_1_are_fractions, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(volumes_of_a_fourth_dimension_are_layers, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(empty_volumes_have_no_segments, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(cut_at_every_byte, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(contradictory_headers, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
