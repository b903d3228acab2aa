/* SPDX-License-Identifier: Apache-2.0 */
/* test_compare_align.c - grids that list the same voxels along other axes or in other directions are aligned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "compare/job.h"

/* An oblique grid with three different spacings. */
static dseg_grid make_grid(void) {
  const double c = cos(0.3);
  const double s = sin(0.3);
  const dseg_grid grid = {
      {40, 30, 20}, {-101.5, 33.25, 712.125}, {{0.7 * c, 0.7 * s, 0}, {-0.9 * s, 0.9 * c, 0}, {0, 0, 2.5}}};
  return grid;
}

/* The same voxels with axes in another order, those in the mask flip turned round. */
static dseg_grid rearrange(const dseg_grid *grid, const int order[3], unsigned flip) {
  dseg_grid result;
  memcpy(result.origin, grid->origin, sizeof result.origin);
  for (int axis = 0; axis < 3; axis++) {
    const int from = order[axis];
    result.size[axis] = grid->size[from];
    for (int c = 0; c < 3; c++) {
      const double step = grid->step[from][c];
      result.step[axis][c] = (flip >> axis & 1U) != 0 ? -step : step;
      if ((flip >> axis & 1U) != 0) {
        result.origin[c] += step * (double)(grid->size[from] - 1);
      }
    }
  }
  return result;
}

/* Moves the first voxel, so that the grid gets smaller at both ends of an axis. */
static dseg_grid shrink(dseg_grid grid, int axis, size_t low, size_t high) {
  grid.size[axis] -= low + high;
  for (int c = 0; c < 3; c++) {
    grid.origin[c] += (double)low * grid.step[axis][c];
  }
  return grid;
}

static void assert_same_place(const dseg_grid *a, const dseg_grid *b, const dseg_grid_map *map,
                              const int64_t index[3]) {
  int64_t other[3];
  double here[3];
  double there[3];
  for (int axis = 0; axis < 3; axis++) {
    other[map->axis[axis]] = map->sign[axis] * index[axis] + map->offset[axis];
  }
  dseg_grid_position(a, index, here);
  dseg_grid_position(b, other, there);
  for (int c = 0; c < 3; c++) {
    assert_true(fabs(here[c] - there[c]) < 1e-6);
  }
}

static void test_all_arrangements(void **state) {
  (void)state;
  static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  const dseg_grid a = make_grid();
  for (int order = 0; order < 6; order++) {
    for (unsigned flip = 0; flip < 8; flip++) {
      const dseg_grid b = rearrange(&a, orders[order], flip);
      dseg_grid_map map;
      dseg_compare_align(&a, &b, 1e-3, &map);
      assert_true(map.aligned);
      for (int axis = 0; axis < 3; axis++) {
        assert_int_equal(map.low[axis], 0);
        assert_int_equal(map.high[axis], a.size[axis]);
        assert_int_equal(orders[order][map.axis[axis]], axis);
      }
      assert_same_place(&a, &b, &map, (const int64_t[3]){0, 0, 0});
      assert_same_place(&a, &b, &map, (const int64_t[3]){39, 11, 3});
    }
  }
}

static void test_extents_differ(void **state) {
  (void)state;
  static const int order[3] = {0, 1, 2};
  const dseg_grid a = make_grid();
  dseg_grid b = rearrange(&a, order, 4);
  b = shrink(b, 2, 3, 1);
  dseg_grid_map map;
  dseg_compare_align(&a, &b, 1e-3, &map);
  assert_true(map.aligned);
  assert_int_equal(map.low[2], 0);
  assert_int_equal(map.high[2], 20);
  assert_same_place(&a, &b, &map, (const int64_t[3]){1, 2, 16});
  dseg_compare_align(&b, &a, 1e-3, &map);
  assert_true(map.aligned);
  assert_int_equal(map.low[2], -3);
  assert_int_equal(map.high[2], 17);
}

static void test_tolerance_holds_at_the_far_corner(void **state) {
  (void)state;
  const dseg_grid a = make_grid();
  dseg_grid b = a;
  b.step[2][2] += 0.5e-3 / 19;
  dseg_grid_map map;
  dseg_compare_align(&a, &b, 1e-3, &map);
  assert_true(map.aligned);
  b.step[2][2] += 1e-3 / 19;
  dseg_compare_align(&a, &b, 1e-3, &map);
  assert_false(map.aligned);
  assert_true(map.by_index);
  assert_true(fabs(map.distance_mm - 1.5e-3) < 1e-6);
}

static void test_what_does_not_fit(void **state) {
  (void)state;
  const dseg_grid a = make_grid();
  dseg_grid_map map;
  dseg_grid b = a;
  b.origin[0] += 0.3;
  dseg_compare_align(&a, &b, 1e-3, &map);
  assert_false(map.aligned);
  b = a;
  b.origin[2] += 2.5 * 20; /* side by side */
  dseg_compare_align(&a, &b, 1e-3, &map);
  assert_false(map.aligned);
  b = a;
  b.size[0] = 41;
  memcpy(b.step[1], b.step[0], sizeof b.step[1]); /* no volume */
  dseg_compare_align(&a, &b, 1e-3, &map);
  assert_false(map.aligned);
  assert_false(map.by_index);
  b = a;
  b.origin[1] = NAN;
  dseg_compare_align(&a, &b, 1e-3, &map);
  assert_false(map.aligned);
}

static void test_single_planes_have_no_spacing(void **state) {
  (void)state;
  dseg_grid a = make_grid();
  a.size[2] = 1;
  dseg_grid b = a;
  dseg_grid_map map;
  b.step[2][2] = 5; /* slice thicknesses may differ */
  dseg_compare_align(&a, &b, 1e-3, &map);
  assert_true(map.aligned);
  memset(b.step[2], 0, sizeof b.step[2]); /* or be unknown */
  dseg_compare_align(&a, &b, 1e-3, &map);
  assert_true(map.aligned);
  dseg_compare_align(&b, &a, 1e-3, &map);
  assert_true(map.aligned);
  const dseg_grid many = make_grid();
  dseg_compare_align(&b, &many, 1e-3, &map);
  assert_true(map.aligned);
  assert_int_equal(map.high[2] - map.low[2], 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_all_arrangements),
      cmocka_unit_test(test_extents_differ),
      cmocka_unit_test(test_tolerance_holds_at_the_far_corner),
      cmocka_unit_test(test_what_does_not_fit),
      cmocka_unit_test(test_single_planes_have_no_spacing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
