/* SPDX-License-Identifier: Apache-2.0 */
/* Colours survive the way to CIELab and back, and agree with values computed by hand from the standard's formulas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dseg/description.h"

static void every_colour_survives(void **state) {
  (void)state;
  for (unsigned color = 0; color < 1u << 24; color += 37) {
    const uint8_t rgb[3] = {(uint8_t)color, (uint8_t)(color >> 8), (uint8_t)(color >> 16)};
    uint16_t cielab[3];
    uint8_t back[3];
    dseg_rgb_to_cielab(rgb, cielab);
    dseg_cielab_to_rgb(cielab, back);
    assert_memory_equal(back, rgb, sizeof back);
  }
}

static void expect_lab(uint8_t r, uint8_t g, uint8_t b, double lightness, double a_star, double b_star) {
  const uint8_t rgb[3] = {r, g, b};
  uint16_t cielab[3];
  dseg_rgb_to_cielab(rgb, cielab);
  assert_true(abs((int)(cielab[0] - lightness / 100 * 65535)) <= 30);
  assert_true(abs((int)(cielab[1] - (a_star + 128) / 255 * 65535)) <= 30);
  assert_true(abs((int)(cielab[2] - (b_star + 128) / 255 * 65535)) <= 30);
}

static void known_colours_have_known_values(void **state) {
  (void)state;
  expect_lab(0, 0, 0, 0, 0, 0);
  expect_lab(255, 255, 255, 100, 0, 0);
  expect_lab(255, 0, 0, 54.29, 80.81, 69.89);
  expect_lab(0, 255, 0, 87.82, -79.29, 80.99);
  expect_lab(0, 0, 255, 29.57, 68.30, -112.03);
  expect_lab(128, 128, 128, 53.59, 0, 0);
}

static void values_outside_srgb_are_moved_to_its_edge(void **state) {
  (void)state;
  const uint16_t extremes[][3] = {{65535, 0, 0}, {0, 65535, 65535}, {65535, 65535, 0}, {30000, 0, 65535}};
  for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++) {
    uint8_t rgb[3];
    dseg_cielab_to_rgb(extremes[i], rgb);
    assert_true(rgb[0] == 0 || rgb[1] == 0 || rgb[2] == 0 || rgb[0] == 255 || rgb[1] == 255 || rgb[2] == 255);
  }
}

static void default_colours_differ_from_those_nearby(void **state) {
  (void)state;
  for (size_t i = 0; i < 3000; i++) {
    uint8_t a[3];
    dseg_default_color(i, a);
    for (size_t j = i + 1; j < i + 12; j++) {
      uint8_t b[3];
      dseg_default_color(j, b);
      assert_true(abs(a[0] - b[0]) + abs(a[1] - b[1]) + abs(a[2] - b[2]) > 30);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_colour_survives),
      cmocka_unit_test(known_colours_have_known_values),
      cmocka_unit_test(values_outside_srgb_are_moved_to_its_edge),
      cmocka_unit_test(default_colours_differ_from_those_nearby),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
