/* SPDX-License-Identifier: Apache-2.0 */
/* Planes become a grid and a grid becomes planes; gaps, tilted stacks, slides, and what is not a grid. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/description.h"

#define MOST_PLANES 2000

static dseg_plane_position planes[MOST_PLANES];
static size_t slots[MOST_PLANES];

/* Axial planes 2.5 mm apart at the given multiples, each coordinate rounded to decimals. */
static dseg_geometry axial(const int *multiples, size_t count, double rounding) {
  dseg_geometry geometry = {.space = DSEG_SPACE_PATIENT,
                            .rows = 20,
                            .columns = 30,
                            .pixel_spacing = {0.7, 0.8},
                            .orientation = {1, 0, 0, 0, 1, 0},
                            .plane_count = count,
                            .planes = planes};
  for (size_t i = 0; i < count; i++) {
    const double z = 10.123456 + 2.5 * multiples[i];
    planes[i] = (dseg_plane_position){.position = {-100, 50, rounding > 0 ? floor(z / rounding + 0.5) * rounding : z}};
  }
  return geometry;
}

static void expect_near(double value, double expected, double tolerance) {
  if (!(fabs(value - expected) <= tolerance)) {
    fail_msg("%.17g is not %.17g", value, expected);
  }
}

static void regular_planes_are_a_grid(void **state) {
  (void)state;
  const int multiples[4] = {0, 1, 2, 3};
  const dseg_geometry geometry = axial(multiples, 4, 0);
  dseg_grid grid;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, slots, NULL), DSEG_OK);
  assert_int_equal(grid.size[0], 30);
  assert_int_equal(grid.size[1], 20);
  assert_int_equal(grid.size[2], 4);
  expect_near(grid.step[0][0], 0.8, 0);
  expect_near(grid.step[1][1], 0.7, 0);
  expect_near(grid.step[2][2], 2.5, 1e-12);
  expect_near(grid.origin[2], 10.123456, 0);
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(slots[i], i);
  }
}

static void descending_planes_step_backwards(void **state) {
  (void)state;
  const int multiples[3] = {7, 6, 5};
  const dseg_geometry geometry = axial(multiples, 3, 0);
  dseg_grid grid;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, slots, NULL), DSEG_OK);
  expect_near(grid.step[2][2], -2.5, 1e-12);
  expect_near(grid.origin[2], 10.123456 + 17.5, 1e-12);
  assert_int_equal(slots[0], 0);
  assert_int_equal(slots[2], 2);
}

static void gaps_are_slots_without_a_plane(void **state) {
  (void)state;
  const int multiples[4] = {0, 3, 4, 9};
  dseg_geometry geometry = axial(multiples, 4, 0.001);
  dseg_grid grid;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, slots, NULL), DSEG_OK);
  assert_int_equal(grid.size[2], 10);
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(slots[i], (size_t)multiples[i]);
  }
}

static void declared_spacing_may_be_finer_than_any_distance(void **state) {
  (void)state;
  const int multiples[3] = {0, 3, 5};
  dseg_geometry geometry = axial(multiples, 3, 0);
  dseg_grid grid;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, slots, NULL), DSEG_ERROR_UNSUPPORTED);
  geometry.spacing_between_slices = 2.5;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, slots, NULL), DSEG_OK);
  assert_int_equal(grid.size[2], 6);
  assert_int_equal(slots[1], 3);
  assert_int_equal(slots[2], 5);
}

static void wrong_declared_spacing_is_not_believed(void **state) {
  (void)state;
  const int multiples[3] = {0, 1, 2};
  dseg_geometry geometry = axial(multiples, 3, 0);
  dseg_grid grid;
  const double wrong[] = {3, 0.9, 1e-7, -2.5, 1e9, NAN};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    geometry.spacing_between_slices = wrong[i];
    assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, slots, NULL), DSEG_OK);
    assert_int_equal(grid.size[2], 3);
    expect_near(grid.step[2][2], 2.5, 1e-12);
  }
}

static void rounding_does_not_add_up(void **state) {
  (void)state;
  int multiples[MOST_PLANES];
  for (int i = 0; i < MOST_PLANES; i++) {
    multiples[i] = i;
  }
  dseg_geometry geometry = axial(multiples, MOST_PLANES, 0.01);
  dseg_grid grid;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, slots, NULL), DSEG_OK);
  assert_int_equal(grid.size[2], MOST_PLANES);
  assert_int_equal(slots[MOST_PLANES - 1], MOST_PLANES - 1);
}

static void irregular_planes_are_refused(void **state) {
  (void)state;
  const int multiples[4] = {0, 1, 2, 3};
  dseg_grid grid;
  dseg_error error = {0};
  dseg_geometry geometry = axial(multiples, 4, 0);
  planes[2].position[2] += 0.4;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, NULL, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "regular grid"));
  geometry = axial(multiples, 4, 0);
  planes[2].position[0] += 0.4;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, NULL, NULL), DSEG_ERROR_UNSUPPORTED);
  geometry = axial(multiples, 4, 0);
  planes[2].position[2] = planes[1].position[2];
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, NULL, NULL), DSEG_ERROR_UNSUPPORTED);
  geometry = axial(multiples, 4, 0);
  planes[2].position[1] = NAN;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, NULL, NULL), DSEG_ERROR_UNSUPPORTED);
  geometry = axial(multiples, 4, 0);
  planes[3].position[2] = 1e12;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, NULL, NULL), DSEG_ERROR_UNSUPPORTED);
}

/* A hundredth of a spacing is forgiven, but not when two planes would have one place, and one be lost. */
static void two_planes_never_share_a_slot(void **state) {
  (void)state;
  const int multiples[5] = {0, 1, 1, 2, 3};
  dseg_geometry geometry = axial(multiples, 5, 0);
  dseg_grid grid;
  geometry.spacing_between_slices = 2.5;
  geometry.planes[2].position[2] += 0.02;
  const dseg_status status = dseg_geometry_to_grid(&geometry, &grid, slots, NULL);
  for (size_t i = 1; status == DSEG_OK && i < geometry.plane_count; i++) {
    assert_true(slots[i] > slots[i - 1]);
  }
}

static void bad_directions_are_refused(void **state) {
  (void)state;
  const int multiples[2] = {0, 1};
  const double bad[][6] = {{0}, {1, 0, 0, 1, 0, 0}, {2, 0, 0, 0, 1, 0}, {NAN, 0, 0, 0, 1, 0}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    dseg_geometry geometry = axial(multiples, 2, 0);
    memcpy(geometry.orientation, bad[i], sizeof bad[i]);
    dseg_grid grid;
    assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, NULL, NULL), DSEG_ERROR_UNSUPPORTED);
  }
}

static void single_plane_takes_its_thickness(void **state) {
  (void)state;
  const int multiples[1] = {0};
  dseg_geometry geometry = axial(multiples, 1, 0);
  dseg_grid grid;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, slots, NULL), DSEG_OK);
  expect_near(grid.step[2][2], 1, 0);
  geometry.slice_thickness = 4;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, slots, NULL), DSEG_OK);
  expect_near(grid.step[2][2], 4, 0);
  assert_int_equal(grid.size[2], 1);
  assert_int_equal(slots[0], 0);
}

static void slide_is_one_plane(void **state) {
  (void)state;
  const int multiples[4] = {0, 0, 0, 0};
  dseg_geometry geometry = axial(multiples, 4, 0);
  geometry.space = DSEG_SPACE_SLIDE;
  geometry.matrix_columns = 60;
  geometry.matrix_rows = 40;
  geometry.matrix_origin[0] = 12;
  slots[3] = 9;
  dseg_grid grid;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, slots, NULL), DSEG_OK);
  assert_int_equal(grid.size[0], 60);
  assert_int_equal(grid.size[1], 40);
  assert_int_equal(grid.size[2], 1);
  assert_int_equal(slots[3], 0);
  expect_near(grid.origin[0], 12, 0);
}

static void planes_without_space_are_piled(void **state) {
  (void)state;
  const int multiples[3] = {0, 0, 0};
  dseg_geometry geometry = axial(multiples, 3, 0);
  geometry.space = DSEG_SPACE_NONE;
  memset(geometry.orientation, 0, sizeof geometry.orientation);
  dseg_grid grid;
  assert_int_equal(dseg_geometry_to_grid(&geometry, &grid, slots, NULL), DSEG_OK);
  assert_int_equal(grid.size[2], 3);
  assert_int_equal(slots[2], 2);
  expect_near(grid.step[0][0], 0.8, 0);
}

static void expect_same_grid(const dseg_grid *a, const dseg_grid *b) {
  for (unsigned corner = 0; corner < 8; corner++) {
    double distance = 0;
    for (int i = 0; i < 3; i++) {
      double of_a = a->origin[i];
      double of_b = b->origin[i];
      for (unsigned axis = 0; axis < 3; axis++) {
        const double index = (corner >> axis & 1) != 0 ? (double)a->size[axis] - 1 : 0;
        of_a += index * a->step[axis][i];
        of_b += index * b->step[axis][i];
      }
      distance += (of_a - of_b) * (of_a - of_b);
    }
    expect_near(sqrt(distance), 0, 1e-9);
  }
}

/* Oblique, left-handed, sheared between planes: all that DICOM can hold comes back as it was. */
static void grid_survives_as_planes(void **state) {
  (void)state;
  const double c = cos(0.3);
  const double s = sin(0.3);
  const dseg_grid grids[] = {
      {{512, 400, 300}, {-200, 30, 5}, {{0.7, 0, 0}, {0, 0.7, 0}, {0, 0, 1.25}}},
      {{50, 40, 30}, {-200, 30, 5}, {{-0.7 * c, -0.7 * s, 0}, {0.9 * s, -0.9 * c, 0}, {0, 0, 3}}},
      {{50, 40, 30}, {0, 0, 0}, {{0, 0.7, 0}, {0, 0, -0.8}, {-2, 0, 0}}},
      {{50, 40, 30}, {1, 2, 3}, {{1, 0, 0}, {0, 1, 0}, {0.1, 0.4, -2}}},
      {{50, 40, 1}, {1, 2, 3}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 7}}},
  };
  for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
    dseg_description *description = dseg_description_create();
    assert_int_equal(dseg_geometry_from_grid(description, &grids[i], NULL), DSEG_OK);
    assert_int_equal(description->geometry.plane_count, grids[i].size[2]);
    assert_int_equal(description->geometry.planes[0].source, -1);
    dseg_grid back;
    assert_int_equal(dseg_geometry_to_grid(&description->geometry, &back, NULL, NULL), DSEG_OK);
    assert_memory_equal(back.size, grids[i].size, sizeof back.size);
    expect_same_grid(&back, &grids[i]);
    dseg_description_destroy(description);
  }
}

static void grids_that_dicom_cannot_hold_are_refused(void **state) {
  (void)state;
  const dseg_grid grids[] = {
      {{65536, 1, 1}, {0}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
      {{1, 65536, 1}, {0}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
      {{4, 4, 0}, {0}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
      {{4, 4, 4}, {0}, {{1, 0, 0}, {0.01, 1, 0}, {0, 0, 1}}},
      {{4, 4, 4}, {0}, {{1, 0, 0}, {0, 0, 0}, {0, 0, 1}}},
      {{4, 4, 4}, {0}, {{1, 0, 0}, {0, 1, 0}, {1, 1, 0}}},
      {{4, 4, 4}, {NAN, 0, 0}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
  };
  for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
    dseg_description *description = dseg_description_create();
    assert_int_equal(dseg_geometry_from_grid(description, &grids[i], NULL), DSEG_ERROR_UNSUPPORTED);
    assert_int_equal(description->geometry.plane_count, 0);
    dseg_description_destroy(description);
  }
}

static void nearly_perpendicular_axes_become_so(void **state) {
  (void)state;
  const double shears[4] = {2e-5, 1e-4, -5e-4, 1e-3};
  for (size_t i = 0; i < 4; i++) {
    const dseg_grid sheared = {{32, 24, 8}, {1, 2, 3}, {{1.5, 0, 0}, {1.5 * shears[i], 1.5, 0}, {0, 0, 3}}};
    dseg_grid grid = sheared;
    const double moved = dseg_grid_make_perpendicular(&grid);
    expect_near(grid.step[0][0] * grid.step[1][0] + grid.step[0][1] * grid.step[1][1], 0, 1e-12);
    expect_near(hypot(grid.step[0][0], grid.step[0][1]), 1.5, 1e-12);
    expect_near(hypot(grid.step[1][0], grid.step[1][1]), hypot(1.5, 1.5 * shears[i]), 1e-12);
    double farthest = 0;
    for (int corner = 0; corner < 4; corner++) {
      const double column = (corner & 1) != 0 ? 31 : 0;
      const double row = (corner & 2) != 0 ? 23 : 0;
      double off[2];
      for (int c = 0; c < 2; c++) {
        off[c] = column * (grid.step[0][c] - sheared.step[0][c]) + row * (grid.step[1][c] - sheared.step[1][c]);
      }
      farthest = fmax(farthest, hypot(off[0], off[1]));
    }
    expect_near(moved, farthest, 1e-12);
    expect_near(moved, 31 * 1.5 * fabs(shears[i]) / 2, 31 * 1.5 * fabs(shears[i]) / 2);
    dseg_description *description = dseg_description_create();
    assert_int_equal(dseg_geometry_from_grid(description, &sheared, NULL), DSEG_OK);
    dseg_grid back;
    assert_int_equal(dseg_geometry_to_grid(&description->geometry, &back, NULL, NULL), DSEG_OK);
    expect_near(back.step[1][0], sheared.step[1][0], 1e-12); /* a volume that becomes one again is what it was */
    dseg_description_destroy(description);
  }
  dseg_grid untouched = {{32, 24, 8}, {0}, {{1.5, 0, 0}, {1.5e-7, 1.5, 0}, {0, 0, 3}}};
  expect_near(dseg_grid_make_perpendicular(&untouched), 0, 0);
  expect_near(untouched.step[1][0], 1.5e-7, 0);
  untouched.step[1][0] = 0.1;
  expect_near(dseg_grid_make_perpendicular(&untouched), 0, 0);
  memset(untouched.step[0], 0, sizeof untouched.step[0]);
  expect_near(dseg_grid_make_perpendicular(&untouched), 0, 0);
  untouched.step[0][0] = NAN;
  expect_near(dseg_grid_make_perpendicular(&untouched), 0, 0);
}

static void shifted_planes_are_told(void **state) {
  (void)state;
  dseg_grid grid = {{32, 24, 8}, {0}, {{1.5, 0, 0}, {0, 1.5, 0}, {0, 0.8, 3}}};
  expect_near(dseg_grid_shift(&grid), 0.8, 1e-12);
  grid.step[2][1] = 0.01; /* 0.07 mm at the last plane */
  expect_near(dseg_grid_shift(&grid), 0, 0);
  grid.step[2][1] = 0.011;
  expect_near(dseg_grid_shift(&grid), 0.011, 1e-12);
  grid.size[2] = 1;
  expect_near(dseg_grid_shift(&grid), 0, 0);
  grid.size[2] = 8;
  memset(grid.step[1], 0, sizeof grid.step[1]);
  expect_near(dseg_grid_shift(&grid), 0, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(regular_planes_are_a_grid),
      cmocka_unit_test(descending_planes_step_backwards),
      cmocka_unit_test(gaps_are_slots_without_a_plane),
      cmocka_unit_test(declared_spacing_may_be_finer_than_any_distance),
      cmocka_unit_test(wrong_declared_spacing_is_not_believed),
      cmocka_unit_test(rounding_does_not_add_up),
      cmocka_unit_test(irregular_planes_are_refused),
      cmocka_unit_test(two_planes_never_share_a_slot),
      cmocka_unit_test(bad_directions_are_refused),
      cmocka_unit_test(single_plane_takes_its_thickness),
      cmocka_unit_test(slide_is_one_plane),
      cmocka_unit_test(planes_without_space_are_piled),
      cmocka_unit_test(grid_survives_as_planes),
      cmocka_unit_test(grids_that_dicom_cannot_hold_are_refused),
      cmocka_unit_test(nearly_perpendicular_axes_become_so),
      cmocka_unit_test(shifted_planes_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
