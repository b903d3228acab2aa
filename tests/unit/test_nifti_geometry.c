/* SPDX-License-Identifier: Apache-2.0 */
/* Where NIfTI files put their voxels: sform, qform, voxel sizes, units, pairs of files. */
#include "nifti_files.h"

#define COUNT ((size_t)24)

static const uint8_t voxels[COUNT] = {1};

static void sform_of_an_oblique_left_handed_grid(void **state) {
  (void)state;
  /* Steps (0.6, 0.8, 0), (0.8, -0.6, 0) times 3, (0, 0, -1) times 5 in NIfTI's axes. */
  struct nifti nifti = nifti_create(2, false, 2, 8);
  const double rows[12] = {0.6, 2.4, 0, 1, 0.8, -1.8, 0, 2, 0, 0, 5, 3};
  for (size_t i = 0; i < 12; i++) {
    put_real(&nifti, 280, 400, i, rows[i]);
  }
  write_nifti("a.nii", &nifti, voxels, COUNT);
  dseg_source *source = open_volume("a.nii");
  expect_corners(source, (const double[]){-1, -2, 3},
                 (const double[]){-(1 + 3 * 0.6 + 2 * 2.4), -(2 + 3 * 0.8 - 2 * 1.8), 8}, 1e-9);
  close_volume(source);
}

/* A quarter turn about z with pixdim[0] as given: i to +y, j to -x, k to +z or, turned round, -z. */
static void check_quarter_turn(double handedness, double last_z) {
  struct nifti nifti = nifti_create(1, false, 2, 8);
  put_code(&nifti, 254, 348, 0); /* no sform */
  put_code(&nifti, 252, 344, 1);
  put_real(&nifti, 76, 104, 0, handedness);
  put_real(&nifti, 264, 368, 0, sqrt(0.5)); /* d */
  const double offset[3] = {-7, 8, 9};
  for (size_t i = 0; i < 3; i++) {
    put_real(&nifti, 268, 376, i, offset[i]);
  }
  write_nifti("a.nii", &nifti, voxels, COUNT);
  struct warnings warnings = {0};
  dseg_source *source = open_volume_warned("a.nii", &warnings);
  assert_int_equal(warnings.count, 0);
  /* NIfTI's last voxel: x = -7 - 2 * 3, y = 8 + 3 * 2. */
  expect_corners(source, (const double[]){7, -8, 9}, (const double[]){13, -14, last_z}, 1e-5);
  close_volume(source);
}

static void qform_where_there_is_no_sform(void **state) {
  (void)state;
  check_quarter_turn(1, 14);
  check_quarter_turn(0, 14);
  check_quarter_turn(-1, 4);
}

static void half_a_turn_whose_quaternion_is_rounded(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(1, false, 2, 8);
  put_code(&nifti, 254, 348, 0);
  put_code(&nifti, 252, 344, 1);
  put_real(&nifti, 256, 352, 0, 1.00000001); /* b: about x */
  write_nifti("a.nii", &nifti, voxels, COUNT);
  dseg_source *source = open_volume("a.nii");
  expect_corners(source, (const double[]){0, 0, 0}, (const double[]){-6, 6, -5}, 1e-5);
  close_volume(source);
}

static void a_broken_sform_falls_back(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(1, false, 2, 8);
  for (size_t i = 0; i < 12; i++) {
    put_real(&nifti, 280, 400, i, 0);
  }
  put_code(&nifti, 252, 344, 1);
  write_nifti("a.nii", &nifti, voxels, COUNT);
  struct warnings warnings = {0};
  dseg_source *source = open_volume_warned("a.nii", &warnings);
  assert_int_equal(warnings.count, 1);
  assert_non_null(strstr(warnings.last, "sform"));
  expect_corners(source, (const double[]){0, 0, 0}, (const double[]){-6, -6, 5}, 1e-5);
  close_volume(source);
}

static void contradicting_forms_are_told(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(1, false, 2, 8);
  put_code(&nifti, 252, 344, 1);
  put_real(&nifti, 268, 376, 0, -10);
  put_real(&nifti, 268, 376, 1, 20);
  put_real(&nifti, 268, 376, 2, 30.01);
  write_nifti("a.nii", &nifti, voxels, COUNT);
  struct warnings warnings = {0};
  close_volume(open_volume_warned("a.nii", &warnings));
  assert_int_equal(warnings.count, 0);
  put_real(&nifti, 268, 376, 2, 27);
  write_nifti("a.nii", &nifti, voxels, COUNT);
  dseg_source *source = open_volume_warned("a.nii", &warnings);
  assert_int_equal(warnings.count, 1);
  assert_non_null(strstr(warnings.last, "differ by up to 3;"));
  expect_corners(source, (const double[]){10, -20, 30}, (const double[]){4, -26, 35}, 1e-5);
  close_volume(source);
}

static void sizes_alone_with_a_warning(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(1, true, 2, 8);
  put_code(&nifti, 254, 348, 0);
  put_real(&nifti, 76, 104, 3, 0); /* no size along k: 1 mm */
  write_nifti("a.nii", &nifti, voxels, COUNT);
  struct warnings warnings = {0};
  dseg_source *source = open_volume_warned("a.nii", &warnings);
  assert_int_equal(warnings.count, 1);
  assert_non_null(strstr(warnings.last, "no orientation"));
  expect_corners(source, (const double[]){0, 0, 0}, (const double[]){-6, -6, 1}, 1e-5);
  close_volume(source);
}

static void other_units_become_millimetres(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(1, false, 2, 8);
  nifti.bytes[123] = 3 | 8; /* microns, seconds */
  write_nifti("a.nii", &nifti, voxels, COUNT);
  dseg_source *source = open_volume("a.nii");
  expect_corners(source, (const double[]){0.010, -0.020, 0.030}, (const double[]){0.004, -0.026, 0.035}, 1e-9);
  close_volume(source);
  nifti = nifti_create(2, true, 2, 8);
  put_int32(&nifti, 500, 1); /* metres */
  write_nifti("a.nii", &nifti, voxels, COUNT);
  source = open_volume("a.nii");
  expect_corners(source, (const double[]){10000, -20000, 30000}, (const double[]){4000, -26000, 35000}, 1e-9);
  close_volume(source);
}

static void two_dimensions(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(1, false, 2, 8);
  put_dim(&nifti, 0, 2);
  put_dim(&nifti, 3, 77); /* beyond dim[0]: means nothing */
  write_nifti("a.nii", &nifti, voxels, 12);
  dseg_source *source = open_volume("a.nii");
  assert_int_equal(source->description->geometry.plane_count, 1);
  expect_corners(source, (const double[]){10, -20, 30}, (const double[]){4, -26, 30}, 1e-5);
  close_volume(source);
}

static void voxels_behind_an_extension(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(1, false, 4, 16);
  put_real(&nifti, 108, 0, 0, 352 + 33); /* odd: the shorts are not aligned */
  uint8_t behind[33 + 2 * COUNT] = {0};
  memset(behind, 0xee, 33);
  behind[33] = 200;
  write_nifti("a.nii", &nifti, behind, sizeof behind);
  dseg_source *source = open_volume("a.nii");
  expect_labels(source, (const uint32_t[COUNT]){200}, COUNT);
  close_volume(source);
}

static void pairs_of_header_and_image(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(1, false, 2, 8);
  memcpy(nifti.bytes + 344, "ni1", 4);
  put_real(&nifti, 108, 0, 0, 0);
  write_bytes("a.hdr", nifti.bytes, 348);
  expect_failure("a.hdr", DSEG_ERROR_INPUT, "without an .img file");
  write_bytes("a.img", voxels, COUNT);
  const char *names[] = {"a.hdr", "a.img"};
  for (size_t i = 0; i < 2; i++) {
    dseg_source *source = open_volume(names[i]);
    expect_labels(source, (const uint32_t[COUNT]){1}, COUNT);
    close_volume(source);
  }
  write_bytes("a.img", voxels, COUNT - 1);
  expect_failure("a.hdr", DSEG_ERROR_FORMAT, "there are 23 bytes");
  dseg_buffer compressed = {0};
  if (deflate_bytes(DSEG_GZIP, voxels, COUNT, &compressed)) {
    assert_int_equal(unlink("a.img"), 0);
    write_buffer("a.img.gz", &compressed);
    dseg_source *source = open_volume("a.hdr");
    expect_labels(source, (const uint32_t[COUNT]){1}, COUNT);
    close_volume(source);
  }
  dseg_buffer_free(&compressed);
}

static void sheared_rows_and_columns_are_refused(void **state) {
  (void)state;
  struct nifti nifti = nifti_create(1, false, 2, 8);
  put_real(&nifti, 280, 400, 1, 1); /* j leans to the right */
  write_nifti("a.nii", &nifti, voxels, COUNT);
  expect_failure("a.nii", DSEG_ERROR_UNSUPPORTED, "perpendicular");
}

static void other_files_are_not_recognised(void **state) {
  (void)state;
  uint8_t zeros[1000] = {0};
  write_bytes("zeros", zeros, sizeof zeros);
  write_bytes("empty", zeros, 0);
  const char *names[] = {"zeros", "empty"};
  for (size_t i = 0; i < 2; i++) {
    dseg_source *source = NULL;
    assert_int_equal(open_limited(names[i], 1 << 20, NULL, &source, NULL), DSEG_OK);
    assert_null(source);
  }
  expect_failure("missing", DSEG_ERROR_INPUT, "cannot be opened");
  expect_failure(".", DSEG_ERROR_INPUT, "not a regular file");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(sform_of_an_oblique_left_handed_grid, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(qform_where_there_is_no_sform, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(half_a_turn_whose_quaternion_is_rounded, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(a_broken_sform_falls_back, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(contradicting_forms_are_told, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(sizes_alone_with_a_warning, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(other_units_become_millimetres, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(two_dimensions, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(voxels_behind_an_extension, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(pairs_of_header_and_image, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(sheared_rows_and_columns_are_refused, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(other_files_are_not_recognised, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
