/* SPDX-License-Identifier: Apache-2.0 */
/* test_box.c - boxes of random sources have the voxels that a loop over the grid finds there; boxes outside the grid,
 * and requests that cannot be, are refused. */
#include "random_sources.h"

#include "model/label_runs.h"

static const uint32_t values[RANDOM_SEGMENTS] = {11, 12, 13, 14, 15};

/* Of those that overlap the last one counts. */
static uint32_t expected_label(const random_source *made, const random_wish *wish, size_t i, size_t j, size_t k) {
  uint32_t label = 9;
  for (size_t segment = 0; segment < RANDOM_SEGMENTS; segment++) {
    const uint32_t threshold = wish->kind == RANDOM_FRACTIONS ? (wish->maximum + 1) / 2 : 1;
    label = random_voxel(made, segment, i, j, k) >= threshold ? values[segment] : label;
  }
  return label;
}

static dseg_box_request random_box(const random_source *made, bool whole_planes) {
  dseg_box_request request = {.struct_size = sizeof request, .threads = 1 + random_number(3)};
  for (int axis = 0; axis < 3; axis++) {
    const uint32_t size = (uint32_t)made->grid.size[axis];
    const bool all = whole_planes && axis < 2;
    request.low[axis] = all ? 0 : random_number(size);
    request.high[axis] = all ? size : request.low[axis] + 1 + random_number(size - (uint32_t)request.low[axis]);
  }
  return request;
}

static void check_box(const random_source *made, const random_wish *wish, dseg_box_request *request, size_t segment) {
  const size_t bytes = request->bits == 0 ? 1 : request->bits / 8;
  size_t size = bytes;
  for (int axis = 0; axis < 3; axis++) {
    size *= request->high[axis] - request->low[axis];
  }
  void *out = malloc(size);
  request->segment = segment;
  request->values = values;
  request->background = 9;
  request->overlap = DSEG_OVERLAP_LAST;
  assert_non_null(out);
  assert_int_equal(dseg_source_read_box(made->source, request, out, size, NULL, NULL), DSEG_OK);
  size_t at = 0;
  for (size_t k = request->low[2]; k < request->high[2]; k++) {
    for (size_t j = request->low[1]; j < request->high[1]; j++) {
      for (size_t i = request->low[0]; i < request->high[0]; i++, at++) {
        const uint32_t expected =
            request->bits == 0 ? random_voxel(made, segment, i, j, k) : expected_label(made, wish, i, j, k);
        assert_int_equal(dseg_label_at(out, (unsigned)(8 * bytes), at), expected);
      }
    }
  }
  free(out);
}

static void random_boxes(void **state) {
  (void)state;
  for (int round = 0; round < 90; round++) {
    const random_wish wish = {.kind = (random_kind)(round % RANDOM_KINDS),
                              .place = (random_place)(round / RANDOM_KINDS % RANDOM_PLACES),
                              .bits = 8U << random_number(3),
                              .first = 1 + random_number(50),
                              .maximum = 1 + random_number(255)};
    random_source made = make_random(&wish);
    for (int box = 0; box < 12; box++) {
      dseg_box_request request = random_box(&made, box % 4 == 0);
      request.bits = box % 4 == 3 ? 0 : 8U << (box % 3);
      check_box(&made, &wish, &request, random_number(RANDOM_SEGMENTS));
    }
    free_random(&made);
  }
}

static void overlap_is_told(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_OVERLAP, .bits = 8, .first = 1};
  random_source made = make_random(&wish);
  dseg_box_request request = {.struct_size = sizeof request, .high = {made.columns, made.rows, made.planes}, .bits = 8};
  const size_t size = made.columns * made.rows * made.planes;
  uint8_t *out = malloc(size);
  dseg_overlap overlap;
  dseg_error error;
  assert_int_equal(dseg_source_read_box(made.source, &request, out, size, &overlap, &error), DSEG_ERROR_OVERLAP);
  assert_true(overlap.voxels > 0);
  request.overlap = DSEG_OVERLAP_FIRST;
  assert_int_equal(dseg_source_read_box(made.source, &request, out, size, &overlap, NULL), DSEG_OK);
  const uint64_t all = overlap.voxels;
  uint64_t sum = 0;
  for (size_t k = 0; k < made.planes; k++) {
    request.low[2] = k;
    request.high[2] = k + 1;
    assert_int_equal(dseg_source_read_box(made.source, &request, out, size / made.planes, &overlap, NULL), DSEG_OK);
    sum += overlap.voxels;
  }
  assert_int_equal(sum, all);
  free(out);
  free_random(&made);
}

static void expect_failure(const random_source *made, const dseg_box_request *request, size_t size, dseg_status status,
                           const char *message) {
  static uint32_t out[1 << 16];
  dseg_error error;
  assert_int_equal(dseg_source_read_box(made->source, request, out, size, NULL, &error), status);
  if (strstr(error.message, message) == NULL) {
    fail_msg("'%s' does not say '%s'", error.message, message);
  }
}

static void mistakes(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_LABELS, .bits = 8, .first = 1};
  random_source made = make_random(&wish);
  const dseg_box_request good = {.struct_size = sizeof good, .high = {2, 2, 2}, .bits = 8};
  dseg_box_request request = good;
  request.high[0] = made.grid.size[0] + 1;
  expect_failure(&made, &request, 8, DSEG_ERROR_ARGUMENT, "outside the grid: columns 0 to");
  request = good;
  request.low[1] = SIZE_MAX - 1;
  request.high[1] = SIZE_MAX;
  expect_failure(&made, &request, 8, DSEG_ERROR_ARGUMENT, "outside the grid: rows");
  request = good;
  request.low[2] = 2;
  expect_failure(&made, &request, 8, DSEG_ERROR_ARGUMENT, "the box is empty: planes 2 to 2");
  expect_failure(&made, &good, 7, DSEG_ERROR_ARGUMENT, "the buffer has 7 bytes, the box takes 8");
  request = good;
  request.bits = 12;
  expect_failure(&made, &request, 8, DSEG_ERROR_ARGUMENT, "voxels of 12 bits");
  request.bits = 0;
  request.segment = RANDOM_SEGMENTS;
  expect_failure(&made, &request, 8, DSEG_ERROR_ARGUMENT, "segment 5 was asked for, there are 5");
  request = good;
  request.background = 256;
  expect_failure(&made, &request, 8, DSEG_ERROR_ARGUMENT, "background 256 does not fit");
  dseg_geometry *geometry = (dseg_geometry *)(uintptr_t)&dseg_source_description(made.source)->geometry;
  geometry->orientation[0] = NAN;
  expect_failure(&made, &good, 8, DSEG_ERROR_UNSUPPORTED, "(0020,0037)");
  geometry->plane_count = 0;
  expect_failure(&made, &good, 8, DSEG_ERROR_UNSUPPORTED, "there is no plane");
  free_random(&made);
}

/* A request of labels is checked although no plane of the source lies in the box. */
static void gaps_are_checked_too(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_LABELS, .bits = 8, .first = 1};
  random_source made = make_random(&wish);
  dseg_geometry *geometry = (dseg_geometry *)(uintptr_t)&dseg_source_description(made.source)->geometry;
  geometry->planes[1] = geometry->planes[2];
  geometry->plane_count = 2;
  dseg_box_request request = {.struct_size = sizeof request, .low = {0, 0, 1}, .high = {1, 1, 2}, .bits = 8};
  request.background = 300;
  expect_failure(&made, &request, 1, DSEG_ERROR_ARGUMENT, "background 300 does not fit");
  request.background = 200;
  uint8_t voxel = 0;
  assert_int_equal(dseg_source_read_box(made.source, &request, &voxel, 1, NULL, NULL), DSEG_OK);
  assert_int_equal(voxel, 200);
  free_random(&made);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_boxes),
      cmocka_unit_test(overlap_is_told),
      cmocka_unit_test(mistakes),
      cmocka_unit_test(gaps_are_checked_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
