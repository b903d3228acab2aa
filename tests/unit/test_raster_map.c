/* SPDX-License-Identifier: Apache-2.0 */
/* Maps from the voxels of one raster to those of another: what a new one says, and which planes need no work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/raster_map.h"

static const dseg_geometry raster = {.rows = 3, .columns = 4, .plane_count = 5};

static void new_map_lies_nowhere(void **state) {
  (void)state;
  dseg_raster_map map;
  assert_int_equal(dseg_raster_map_create(&raster, &map, NULL), DSEG_OK);
  for (int axis = 0; axis < 3; axis++) {
    assert_int_equal(map.source_axis[axis], axis);
    for (size_t i = 0; i < dseg_raster_size(&raster, axis); i++) {
      assert_int_equal(map.index[axis][i], -1);
    }
  }
  assert_false(dseg_raster_map_is_plain(&map, &raster, &raster));
  dseg_raster_map_free(&map);
  assert_null(map.index[0]);
  dseg_raster_map_free(&map); /* once more does no harm */
}

static void identity_is_plain(void **state) {
  (void)state;
  dseg_raster_map map;
  assert_int_equal(dseg_raster_map_identity(&raster, &map, NULL), DSEG_OK);
  assert_int_equal(dseg_raster_size(&raster, 0), 4);
  assert_int_equal(dseg_raster_size(&raster, 1), 3);
  assert_int_equal(dseg_raster_size(&raster, 2), 5);
  assert_int_equal(map.index[0][3], 3);
  assert_int_equal(map.index[1][2], 2);
  assert_int_equal(map.index[2][4], 4);
  assert_true(dseg_raster_map_keeps_planes(&map));
  assert_true(dseg_raster_map_is_plain(&map, &raster, &raster));
  map.index[2][0] = -1; /* which planes there are is another matter */
  assert_true(dseg_raster_map_is_plain(&map, &raster, &raster));
  dseg_raster_map_free(&map);
}

static void other_planes_are_not_plain(void **state) {
  (void)state;
  dseg_raster_map map;
  assert_int_equal(dseg_raster_map_identity(&raster, &map, NULL), DSEG_OK);
  const dseg_geometry larger = {.rows = 3, .columns = 9, .plane_count = 5};
  assert_false(dseg_raster_map_is_plain(&map, &larger, &raster));
  map.index[0][0] = 1; /* mirrored along rows */
  map.index[0][1] = 0;
  assert_true(dseg_raster_map_keeps_planes(&map));
  assert_false(dseg_raster_map_is_plain(&map, &raster, &raster));
  dseg_raster_map_free(&map);
  const dseg_geometry cube = {.rows = 2, .columns = 2, .plane_count = 2};
  assert_int_equal(dseg_raster_map_identity(&cube, &map, NULL), DSEG_OK);
  map.source_axis[0] = 1; /* turned within the plane */
  map.source_axis[1] = 0;
  assert_true(dseg_raster_map_keeps_planes(&map));
  assert_false(dseg_raster_map_is_plain(&map, &cube, &cube));
  map.source_axis[0] = 0; /* rows and planes exchanged */
  map.source_axis[1] = 2;
  map.source_axis[2] = 1;
  assert_false(dseg_raster_map_keeps_planes(&map));
  assert_false(dseg_raster_map_is_plain(&map, &cube, &cube));
  dseg_raster_map_free(&map);
}

static void too_many_planes_are_refused(void **state) {
  (void)state;
  const dseg_geometry endless = {.rows = 1, .columns = 1, .plane_count = (size_t)INT32_MAX + 1};
  dseg_raster_map map;
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(dseg_raster_map_identity(&endless, &map, &error), DSEG_ERROR_LIMIT);
  assert_int_equal(error.status, DSEG_ERROR_LIMIT);
  assert_null(map.index[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(new_map_lies_nowhere),
      cmocka_unit_test(identity_is_plain),
      cmocka_unit_test(other_planes_are_not_plain),
      cmocka_unit_test(too_many_planes_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
