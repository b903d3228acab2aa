/* SPDX-License-Identifier: Apache-2.0 */
/* test_tool_png.c - PNG images are valid, and decode to the pixels that were written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "preview/png.h"

#define FILE_NAME "picture.png"

static dseg_status write_file(const char *path, uint32_t width, uint32_t height, const uint8_t *rgb, bool replace,
                              dseg_error *error) {
  const dseg_output output = dseg_output_to_file(path, replace ? DSEG_OUTPUT_REPLACE : 0, NULL);
  return preview_write_png(&output, width, height, rgb, error);
}

#if DSEG_TEST_PNG
#include <png.h>

/* Color type and bit depth as in the header chunk, which always starts at byte 8. */
static void get_header(uint8_t header[26]) {
  FILE *file = fopen(FILE_NAME, "rb");
  assert_non_null(file);
  assert_int_equal(fread(header, 1, 26, file), 26);
  fclose(file);
}

static void check_image(uint32_t width, uint32_t height, const uint8_t *rgb) {
  png_image image = {.version = PNG_IMAGE_VERSION};
  assert_int_equal(png_image_begin_read_from_file(&image, FILE_NAME), 1);
  assert_int_equal(image.width, width);
  assert_int_equal(image.height, height);
  image.format = PNG_FORMAT_RGB;
  uint8_t *decoded = malloc(PNG_IMAGE_SIZE(image));
  assert_non_null(decoded);
  assert_int_equal(png_image_finish_read(&image, NULL, decoded, 0, NULL), 1);
  assert_memory_equal(decoded, rgb, (size_t)width * height * 3);
  free(decoded);
}

/* Writes an image with so many colours and expects this colour type and depth. */
static void check_colors(uint32_t width, uint32_t height, uint32_t colors, uint8_t depth, uint8_t type) {
  const size_t pixels = (size_t)width * height;
  uint8_t *rgb = malloc(pixels * 3);
  assert_non_null(rgb);
  for (size_t i = 0; i < pixels; i++) {
    const uint32_t color = (uint32_t)(i * 7919 % pixels % colors);
    rgb[3 * i] = (uint8_t)color;
    rgb[3 * i + 1] = (uint8_t)(color >> 8);
    rgb[3 * i + 2] = (uint8_t)(255 - color);
  }
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(write_file(FILE_NAME, width, height, rgb, true, &error), DSEG_OK);
  static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  uint8_t header[26];
  get_header(header);
  assert_memory_equal(header, signature, 8);
  assert_int_equal(header[24], depth);
  assert_int_equal(header[25], type);
  check_image(width, height, rgb);
  free(rgb);
}

static void test_sizes_and_colors(void **state) {
  (void)state;
  check_colors(1, 1, 1, 1, PNG_COLOR_TYPE_PALETTE);
  check_colors(13, 7, 2, 1, PNG_COLOR_TYPE_PALETTE);
  check_colors(13, 7, 4, 2, PNG_COLOR_TYPE_PALETTE);
  check_colors(13, 7, 5, 4, PNG_COLOR_TYPE_PALETTE);
  check_colors(101, 33, 256, 8, PNG_COLOR_TYPE_PALETTE);
  check_colors(101, 33, 257, 8, PNG_COLOR_TYPE_RGB);
  check_colors(640, 480, 3000, 8, PNG_COLOR_TYPE_RGB);
}

static void test_existing_file_is_kept(void **state) {
  (void)state;
  static const uint8_t black[3] = {0, 0, 0};
  static const uint8_t white[3] = {255, 255, 255};
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(write_file(FILE_NAME, 1, 1, black, true, &error), DSEG_OK);
  assert_int_equal(write_file(FILE_NAME, 1, 1, white, false, &error), DSEG_ERROR_OUTPUT);
  check_image(1, 1, black);
}

static void test_faults(void **state) {
  (void)state;
  static const uint8_t black[3] = {0, 0, 0};
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(write_file(FILE_NAME, 0, 1, black, true, &error), DSEG_ERROR_ARGUMENT);
  assert_int_equal(write_file("no/such/directory/x.png", 1, 1, black, true, &error), DSEG_ERROR_OUTPUT);
}

#else

static void test_unsupported(void **state) {
  (void)state;
  static const uint8_t black[3] = {0, 0, 0};
  dseg_error error = {DSEG_OK, ""};
  assert_int_equal(write_file(FILE_NAME, 1, 1, black, true, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "DSEG_WITH_PNG"));
}

#endif

int main(void) {
  const struct CMUnitTest tests[] = {
#if DSEG_TEST_PNG
    cmocka_unit_test(test_sizes_and_colors),
    cmocka_unit_test(test_existing_file_is_kept),
    cmocka_unit_test(test_faults),
#else
    cmocka_unit_test(test_unsupported),
#endif
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
