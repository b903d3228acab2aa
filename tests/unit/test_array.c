/* SPDX-License-Identifier: Apache-2.0 */
/* test_array.c - sources from the caller's arrays: types of voxels, layers, planes that are given, and refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/dseg.h"

enum { COLUMNS = 3, ROWS = 2, PLANES = 2, VOXELS = COLUMNS * ROWS * PLANES };

static const dseg_grid grid = {{COLUMNS, ROWS, PLANES}, {-10, 20, 5}, {{2, 0, 0}, {0, 2, 0}, {0, 0, 3}}};

static dseg_array array_of(dseg_voxel_type type, const void *voxels, size_t layers) {
  return (dseg_array){
      .struct_size = sizeof(dseg_array), .type = type, .layer_count = layers, .voxels = voxels, .grid = grid};
}

static dseg_source *open_good(const dseg_array *array) {
  dseg_source *source = NULL;
  dseg_error error;
  const dseg_status status = dseg_open_array(array, "array", NULL, &source, &error);
  assert_string_equal(error.message, "");
  assert_int_equal(status, DSEG_OK);
  return source;
}

static void check_labels(dseg_source *source, const uint8_t *wanted) {
  uint8_t labels[VOXELS];
  const dseg_label_request request = {.struct_size = sizeof request, .plane_count = PLANES, .bits = 8};
  dseg_error error;
  assert_int_equal(dseg_source_read_labels(source, &request, labels, sizeof labels, NULL, &error), DSEG_OK);
  assert_memory_equal(labels, wanted, sizeof labels);
}

static void test_types(void **state) {
  (void)state;
  const uint8_t wanted[VOXELS] = {0, 1, 1, 0, 0, 0, 200, 200, 0, 0, 7, 0};
  int64_t wide[VOXELS];
  double real[VOXELS];
  uint16_t narrow[VOXELS];
  for (size_t i = 0; i < VOXELS; i++) {
    wide[i] = wanted[i];
    real[i] = wanted[i];
    narrow[i] = wanted[i];
  }
  const dseg_array arrays[] = {array_of(DSEG_VOXEL_UINT8, wanted, 1), array_of(DSEG_VOXEL_UINT16, narrow, 1),
                               array_of(DSEG_VOXEL_INT64, wide, 1), array_of(DSEG_VOXEL_FLOAT64, real, 1)};
  for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
    dseg_source *source = open_good(&arrays[i]);
    const dseg_description *description = dseg_source_description(source);
    assert_string_equal(dseg_source_format(source), "array");
    assert_int_equal(description->segment_count, 3);
    assert_int_equal(description->segments[2].number, 200);
    assert_true(description->geometry.space == DSEG_SPACE_PATIENT);
    assert_true(description->geometry.planes[1].position[2] == 8);
    check_labels(source, wanted);
    dseg_source_close(source);
  }
}

static void test_segments_and_layers(void **state) {
  (void)state;
  const uint8_t masks[2 * VOXELS] = {[1] = 1, [2] = 1, [VOXELS + 2] = 1, [VOXELS + 11] = 1};
  dseg_segment segments[2] = {{.number = 4, .label = "Spleen"}, {.number = 9, .label = "Liver"}};
  dseg_description description = {.segments = segments, .segment_count = 2};
  const uint32_t layers[2] = {0, 1};
  const uint32_t values[2] = {1, 1};
  dseg_array array = array_of(DSEG_VOXEL_UINT8, masks, 2);
  array.description = &description;
  array.layer_of_segment = layers;
  array.value_of_segment = values;
  dseg_source *source = open_good(&array);
  const dseg_description *made = dseg_source_description(source);
  assert_int_equal(made->kind, DSEG_VOXELS_MASKS);
  assert_int_equal(made->segment_count, 2);
  assert_string_equal(made->segments[0].label, "Spleen");
  assert_int_equal(made->segments[1].number, 2);
  uint8_t mask[VOXELS];
  dseg_error error;
  assert_int_equal(dseg_source_read_mask(source, 1, 0, PLANES, mask, sizeof mask, 1, &error), DSEG_OK);
  assert_memory_equal(mask, masks + VOXELS, sizeof mask);
  dseg_source_close(source);
}

static void test_given_planes(void **state) {
  (void)state;
  const uint8_t labels[VOXELS] = {[0] = 1};
  dseg_description *description = dseg_description_create();
  dseg_error error;
  assert_non_null(description);
  assert_int_equal(dseg_geometry_from_grid(description, &grid, &error), DSEG_OK);
  description->geometry.planes[1].position[2] = 50; /* on no grid with the first */
  description->geometry.planes[1].source = 7;
  dseg_array array = array_of(DSEG_VOXEL_UINT8, labels, 1);
  array.description = description;
  dseg_source *source = open_good(&array);
  dseg_description_destroy(description); /* was borrowed during the call alone */
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  assert_true(geometry->planes[1].position[2] == 50);
  assert_int_equal(geometry->planes[1].source, 7);
  check_labels(source, labels);
  dseg_source_close(source);
}

static void check_refused(const dseg_array *array, dseg_status wanted, const char *text) {
  dseg_source *source = NULL;
  dseg_error error;
  assert_int_equal(dseg_open_array(array, "array", NULL, &source, &error), wanted);
  assert_null(source);
  assert_non_null(strstr(error.message, text));
}

static void test_refusals(void **state) {
  (void)state;
  const uint8_t labels[VOXELS] = {0};
  const float values[VOXELS] = {[3] = 1.5F};
  dseg_array array = array_of(DSEG_VOXEL_UINT8, NULL, 1);
  check_refused(&array, DSEG_ERROR_ARGUMENT, "has voxels");
  array = array_of(DSEG_VOXEL_UINT8, labels, 0);
  check_refused(&array, DSEG_ERROR_ARGUMENT, "one layer");
  array = array_of((dseg_voxel_type)10, labels, 1);
  check_refused(&array, DSEG_ERROR_ARGUMENT, "10 is no type");
  array = array_of(DSEG_VOXEL_FLOAT32, values, 1);
  check_refused(&array, DSEG_ERROR_UNSUPPORTED, "1.5");
  array = array_of(DSEG_VOXEL_UINT8, labels, 1);
  array.grid.size[0] = SIZE_MAX;
  check_refused(&array, DSEG_ERROR_LIMIT, "memory limit");
  dseg_description *description = dseg_description_create();
  dseg_error error;
  assert_non_null(description);
  assert_int_equal(dseg_geometry_from_grid(description, &grid, &error), DSEG_OK);
  array = array_of(DSEG_VOXEL_UINT8, labels, 1);
  array.description = description;
  array.grid.size[1] = 1;
  check_refused(&array, DSEG_ERROR_ARGUMENT, "is to lie on 2 planes of 2 x 3");
  array.struct_size = 3;
  check_refused(&array, DSEG_ERROR_ARGUMENT, "dseg_array");
  dseg_description_destroy(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_types),
      cmocka_unit_test(test_segments_and_layers),
      cmocka_unit_test(test_given_planes),
      cmocka_unit_test(test_refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
