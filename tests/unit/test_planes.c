/* SPDX-License-Identifier: Apache-2.0 */
/* Places that frames name are found again quickly, also where coordinates are whole millimetres. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "seg_read/planes.h"

static void places_spread_over_the_table(void **state) {
  (void)state;
  enum { PLACES = 20000, LONGEST = 100 };
  dseg_places places = {0};
  for (size_t i = 0; i < PLACES; i++) {
    const dseg_plane_position place = {.position = {0, 0, (double)i}, .source = -1};
    uint32_t index = 0;
    assert_int_equal(dseg_places_add(&places, &place, &index, NULL), DSEG_OK);
    assert_int_equal(index, i);
    assert_int_equal(dseg_places_add(&places, &place, &index, NULL), DSEG_OK);
    assert_int_equal(index, i);
  }
  assert_int_equal(places.count, PLACES);
  /* A search ends at a free slot, so the longest run without one is the longest search. */
  size_t run = 0;
  size_t longest = 0;
  for (size_t i = 0; i < places.slots.count; i++) {
    run = places.slots.items[i] != 0 ? run + 1 : 0;
    longest = run > longest ? run : longest;
  }
  assert_true(longest < LONGEST);
  dseg_places_free(&places);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(places_spread_over_the_table)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
