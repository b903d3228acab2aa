/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_edge_damage.c - damaged fragments are refused, and those whose checksum is right but whose content is not
 * never do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "instance.h"
#include "label_edge_model.h"

/* Calls it for every frame of small images of all kinds. */
static void for_frames(void (*use)(const label_edge_format *format, uint32_t frame, uint8_t *bytes, size_t size)) {
  static const unsigned bits[] = {1, 8, 16};
  for (int c = 0; c < CONTENTS; c++) {
    for (size_t b = 0; b < 3; b++) {
      instance image;
      instance_create(&image, 24, 37, bits[b], 4);
      instance_draw(&image, (content)c, 7, 4);
      assert_int_equal(instance_encode(&image, KNOWS_SAME), LABEL_EDGE_OK);
      for (uint32_t f = 0; f < image.format.frames; f++) {
        use(&image.format, f, image.fragments[f], image.sizes[f]);
      }
      instance_destroy(&image);
    }
  }
}

static void cut(const label_edge_format *format, uint32_t frame, uint8_t *bytes, size_t size) {
  for (size_t k = 0; k < size; k++) {
    assert_int_equal(instance_decode_alone(format, frame, bytes, k), LABEL_EDGE_BAD_CHECKSUM);
  }
}

static void test_truncated(void **state) {
  (void)state;
  for_frames(cut);
}

static void flip_each(const label_edge_format *format, uint32_t frame, uint8_t *bytes, size_t size) {
  for (size_t bit = 0; bit < size * 8; bit++) {
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    assert_int_equal(instance_decode_alone(format, frame, bytes, size), LABEL_EDGE_BAD_CHECKSUM);
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
}

/* None is silent. */
static void test_flipped(void **state) {
  (void)state;
  for_frames(flip_each);
}

static unsigned flips;
static unsigned unseen;

static void flip_and_sum(const label_edge_format *format, uint32_t frame, uint8_t *bytes, size_t size) {
  const bool raw = (bytes[0] & 3) == LE_RAW; /* any bits are labels there */
  for (size_t bit = 0; bit < (size - LE_CHECKSUM) * 8; bit++) {
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    instance_set_checksum(bytes, size - LE_CHECKSUM);
    const bool well = instance_decode_alone(format, frame, bytes, size) == LABEL_EDGE_OK;
    flips += !raw;
    unseen += well && !raw;
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  instance_set_checksum(bytes, size - LE_CHECKSUM);
  assert_true((bytes[0] & 3) == LE_SAME || instance_decode_alone(format, frame, bytes, size) == LABEL_EDGE_OK);
}

/* With a checksum that says nothing: an error or any pixels; how much is found all the same is counted. */
static void test_flipped_with_checksum(void **state) {
  (void)state;
  flips = unseen = 0;
  for_frames(flip_and_sum);
  print_message("%u bits, %u not seen without the checksum\n", flips, unseen);
  assert_true(unseen * 5 < flips);
}

/* Where columns are few, a move to the left may lead in front of the frame. */
static void test_narrow(void **state) {
  (void)state;
  for (uint32_t columns = 1; columns <= 4; columns++) {
    instance image;
    instance_create(&image, 400, columns, 8, 1);
    for (uint32_t k = 0; k < 400 * columns; k++) {
      image.pixels[k] = (uint8_t)(k / 37 % 3 * 85); /* so that it is not raw */
    }
    assert_int_equal(instance_encode(&image, KNOWS_NOTHING), LABEL_EDGE_OK);
    assert_int_equal(image.fragments[0][0] & 3, LE_INDEPENDENT);
    flip_and_sum(&image.format, 0, image.fragments[0], image.sizes[0]);
    instance_destroy(&image);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_truncated), cmocka_unit_test(test_flipped),
                                     cmocka_unit_test(test_flipped_with_checksum), cmocka_unit_test(test_narrow)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
