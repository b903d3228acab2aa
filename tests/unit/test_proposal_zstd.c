/* SPDX-License-Identifier: Apache-2.0 */
/* Zstandard frames (proposals/zstd/bitstream.md): the worked example, and what section 5 has a decoder reject. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/proposals.h"

static const dseg_frame_codec *codec;
static const dseg_frame_info form = {.rows = 8, .columns = 8, .bits_allocated = 8};
/* Section 8, with a checksum. */
static const uint8_t example[] = {0x28, 0xB5, 0x2F, 0xFD, 0x24, 0x40, 0x7D, 0x00, 0x00, 0x28, 0x00, 0x01, 0x01, 0x01,
                                  0x01, 0x03, 0x00, 0x60, 0x06, 0xEF, 0x42, 0x33, 0xB8, 0x02, 0xDF, 0x01, 0x3A, 0x32};
enum { SIZE = sizeof example, HEADER = 6 };

static dseg_status decode(const uint8_t *bytes, size_t size, uint8_t pixels[64], dseg_error *error) {
  dseg_codec_context *context = NULL;
  const dseg_codec_setup setup = {.format = form, .frame_count = 1};
  assert_int_equal(codec->create(&setup, &context, NULL), DSEG_OK);
  const dseg_status status = codec->decode(context, &form, (dseg_view){bytes, size}, (dseg_span){pixels, 64}, error);
  codec->destroy(context);
  return status;
}

static void expect_example(const uint8_t *bytes, size_t size) {
  uint8_t pixels[64];
  dseg_error error = {0};
  if (decode(bytes, size, pixels, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  for (size_t i = 0; i < 64; i++) {
    const size_t row = i / 8, column = i % 8;
    assert_int_equal(pixels[i], row >= 2 && row <= 5 && column >= 2 && column <= 5);
  }
}

static void the_worked_example_decodes(void **state) {
  (void)state;
  uint8_t bytes[SIZE + 1] = {0};
  memcpy(bytes, example, SIZE);
  expect_example(bytes, SIZE);
  expect_example(bytes, SIZE + 1); /* with padding */
  bytes[4] = 0x20;                 /* without a checksum */
  expect_example(bytes, SIZE - 4);
}

/* The example with another header, of size bytes, in front of its block. */
static void expect_refused(const uint8_t *header, size_t size, const char *part) {
  uint8_t bytes[64], pixels[64];
  dseg_error error = {0};
  memcpy(bytes, header, size);
  memcpy(bytes + size, example + HEADER, SIZE - HEADER);
  assert_int_equal(decode(bytes, size + SIZE - HEADER, pixels, &error), DSEG_ERROR_FORMAT);
  if (strstr(error.message, part) == NULL) {
    fail_msg("\"%s\" does not contain \"%s\"", error.message, part);
  }
}

static void headers_are_checked(void **state) {
  (void)state;
#define REFUSED(part, ...) expect_refused((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), part)
  REFUSED("no Zstandard frame", 0x27, 0xB5, 0x2F, 0xFD, 0x24, 0x40);
  REFUSED("no Zstandard frame", 0x50, 0x2A, 0x4D, 0x18, 0x04, 0, 0, 0, 1, 2, 3, 4, 0x28, 0xB5, 0x2F, 0xFD, 0x24, 0x40);
  REFUSED("needs a dictionary", 0x28, 0xB5, 0x2F, 0xFD, 0x25, 0x07, 0x40);
  REFUSED("content size is missing", 0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x00);
  REFUSED("content size is 65", 0x28, 0xB5, 0x2F, 0xFD, 0x24, 0x41);
  REFUSED("content size is 63", 0x28, 0xB5, 0x2F, 0xFD, 0x24, 0x3F);
  REFUSED("content size is 320", 0x28, 0xB5, 0x2F, 0xFD, 0x64, 0x40, 0x00); /* 2 bytes count from 256 */
  /* Terabytes that a few bytes claim. */
  REFUSED("content size is 1099511627776", 0x28, 0xB5, 0x2F, 0xFD, 0xE4, 0, 0, 0, 0, 0, 1, 0, 0);
  REFUSED("window", 0x28, 0xB5, 0x2F, 0xFD, 0x84, 17 << 3, 0x40, 0, 0, 0);     /* 128 MiB */
  REFUSED("window", 0x28, 0xB5, 0x2F, 0xFD, 0x84, 13 << 3 | 1, 0x40, 0, 0, 0); /* one step past 8 MiB */
  REFUSED("Zstandard", 0x28, 0xB5, 0x2F, 0xFD, 0x2C, 0x40);                    /* a reserved bit */
#undef REFUSED
}

static void a_window_of_8_mib_passes(void **state) {
  (void)state;
  uint8_t bytes[64] = {0x28, 0xB5, 0x2F, 0xFD, 0x84, 13 << 3, 0x40, 0, 0, 0};
  memcpy(bytes + 10, example + HEADER, SIZE - HEADER);
  expect_example(bytes, 10 + SIZE - HEADER);
}

static void what_follows_is_checked(void **state) {
  (void)state;
  uint8_t bytes[2 * SIZE] = {0}, pixels[64];
  memcpy(bytes, example, SIZE);
  assert_int_equal(decode(bytes, SIZE + 2, pixels, NULL), DSEG_ERROR_FORMAT); /* two bytes */
  bytes[SIZE] = 1;
  assert_int_equal(decode(bytes, SIZE + 1, pixels, NULL), DSEG_ERROR_FORMAT); /* not a zero */
  memcpy(bytes + SIZE, example, SIZE);
  assert_int_equal(decode(bytes, 2 * SIZE, pixels, NULL), DSEG_ERROR_FORMAT); /* a second frame */
  bytes[SIZE - 1] ^= 1;
  assert_int_equal(decode(bytes, SIZE, pixels, NULL), DSEG_ERROR_FORMAT); /* the checksum */
  for (size_t size = 0; size < SIZE; size++) {
    assert_int_equal(decode(example, size, pixels, NULL), DSEG_ERROR_FORMAT);
  }
}

int main(void) {
  if (dseg_register_proposals(NULL) != DSEG_OK) {
    return 1;
  }
  codec = dseg_find_frame_codec("zstd");
  if (codec == NULL) {
    puts("skipped: this build has no Zstandard (DSEG_WITH_ZSTD)");
    return 77;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_worked_example_decodes),
      cmocka_unit_test(headers_are_checked),
      cmocka_unit_test(a_window_of_8_mib_passes),
      cmocka_unit_test(what_follows_is_checked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
