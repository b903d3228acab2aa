/* SPDX-License-Identifier: Apache-2.0 */
/* test_flip.c - one wrong bit in a stored frame: which frame it is in, and what came of it, for codecs whose answers
 * are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/proposals.h"
#include "flip.h"

enum { SIDE = 15, PIXELS = SIDE * SIDE, FRAMES = 5 };

/* Frames that stand one after the other; each has its own values. */
static void make_set(struct frame_set *set) {
  *set = (struct frame_set){.format = {.rows = SIDE, .columns = SIDE, .bits_allocated = 8},
                            .count = FRAMES,
                            .frame_bytes = PIXELS,
                            .frames = malloc((size_t)FRAMES * PIXELS)};
  assert_non_null(set->frames);
  for (size_t i = 0; i < (size_t)FRAMES * PIXELS; i++) {
    set->frames[i] = (uint8_t)(i / PIXELS + i % SIDE / 5 * 20);
  }
}

static void count(const char *name, size_t flips, size_t counts[3]) {
  struct frame_set set;
  make_set(&set);
  const dseg_frame_codec *codec = dseg_find_frame_codec(name);
  assert_non_null(codec);
  struct flip_object object;
  dseg_error error = {0};
  assert_int_equal(flip_object_make(&set, codec, &object, &error), DSEG_OK);
  dseg_buffer before = {0};
  assert_int_equal(dseg_buffer_append(&before, object.stored.data, object.stored.size, &error), DSEG_OK);
  for (size_t i = 0; i < flips; i++) {
    counts[flip_once(&object, flip_number(1, i))]++;
  }
  assert_memory_equal(object.stored.data, before.data, before.size); /* each bit was flipped back */
  dseg_buffer_free(&before);
  flip_object_free(&object);
  frame_set_free(&set);
}

/* Frames as they are, of 225 bytes, have a byte of padding: 8 of 1,808 bits change nothing, all others a pixel. */
static void test_uncompressed(void **state) {
  (void)state;
  struct frame_set set;
  make_set(&set);
  struct flip_object object;
  dseg_error error = {0};
  assert_int_equal(flip_object_make(&set, dseg_find_frame_codec("encapsulated"), &object, &error), DSEG_OK);
  assert_int_equal(object.stored.size, FRAMES * (PIXELS + 1));
  for (uint64_t bit = 0; bit < object.stored.size * 8; bit++) {
    const bool padding = bit / 8 % (PIXELS + 1) == PIXELS;
    assert_int_equal(flip_once(&object, bit), padding ? FLIP_SAME : FLIP_SILENT);
  }
  flip_object_free(&object);
  frame_set_free(&set);
}

static void test_checksum(void **state) {
  (void)state;
  size_t counts[3] = {0};
  count("label-edge", 2000, counts);
  assert_int_equal(counts[FLIP_SILENT], 0);
  assert_true(counts[FLIP_ERROR] > 1900); /* the rest is padding */
  assert_int_equal(counts[FLIP_ERROR] + counts[FLIP_SAME], 2000);
}

static void test_run_lengths(void **state) {
  (void)state;
  size_t counts[3] = {0};
  count("rle", 2000, counts);
  assert_true(counts[FLIP_ERROR] > 0 && counts[FLIP_SAME] > 0 && counts[FLIP_SILENT] > 0);
  assert_int_equal(counts[FLIP_ERROR] + counts[FLIP_SAME] + counts[FLIP_SILENT], 2000);
}

static void test_thin(void **state) {
  (void)state;
  struct frame_set set;
  make_set(&set);
  flip_thin(&set, 9); /* more than there are */
  assert_int_equal(set.count, FRAMES);
  flip_thin(&set, 2);
  assert_int_equal(set.count, 2);
  assert_int_equal(set.frames[0], 0);
  assert_int_equal(set.frames[PIXELS], 2); /* of 5 frames the first and the third */
  frame_set_free(&set);
}

static void test_numbers(void **state) {
  (void)state;
  assert_int_equal(flip_number(1, 5), flip_number(1, 5));
  size_t ones = 0;
  for (uint64_t i = 0; i < 10000; i++) {
    assert_int_not_equal(flip_number(1, i), flip_number(2, i));
    ones += flip_number(1, i) % 1000 < 500;
  }
  assert_in_range(ones, 4700, 5300);
}

static int set_up(void **state) {
  (void)state;
  dseg_error error = {0};
  return dseg_register_proposals(&error) == DSEG_OK ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_uncompressed), cmocka_unit_test(test_checksum), cmocka_unit_test(test_run_lengths),
      cmocka_unit_test(test_thin),         cmocka_unit_test(test_numbers),
  };
  return cmocka_run_group_tests(tests, set_up, NULL);
}
