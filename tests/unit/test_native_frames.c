/* SPDX-License-Identifier: Apache-2.0 */
/* Frames that are not compressed: sizes are checked, bytes ordered, bits behind the last pixel cleared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "frames/builtin.h"

static dseg_frame_info form(uint32_t rows, uint32_t columns, unsigned bits) {
  return (dseg_frame_info){.rows = rows, .columns = columns, .bits_allocated = bits};
}

static void frames_have_a_size(void **state) {
  (void)state;
  const dseg_frame_info infos[] = {form(3, 3, 1), form(4, 4, 1), form(3, 3, 8), form(3, 3, 16), form(65535, 65535, 16)};
  const size_t sizes[] = {2, 2, 9, 18, (size_t)65535 * 65535 * 2};
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(dseg_frame_bytes(&infos[i]), sizes[i]);
  }
}

static void words_have_the_order_of_the_transfer_syntax(void **state) {
  (void)state;
  const dseg_frame_info info = form(1, 2, 16);
  const uint8_t little[4] = {1, 2, 3, 4};
  const uint8_t big[4] = {2, 1, 4, 3};
  uint16_t pixels[2];
  const dseg_span out = {(uint8_t *)pixels, 4};
  assert_int_equal(dseg_frame_explicit_le.decode(NULL, &info, (dseg_view){little, 4}, out, NULL), DSEG_OK);
  assert_int_equal(pixels[0], 0x0201);
  assert_int_equal(pixels[1], 0x0403);
  memset(pixels, 0, sizeof pixels);
  assert_int_equal(dseg_frame_explicit_be.decode(NULL, &info, (dseg_view){big, 4}, out, NULL), DSEG_OK);
  assert_int_equal(pixels[0], 0x0201);
  assert_int_equal(pixels[1], 0x0403);
  dseg_buffer bytes = {0};
  assert_int_equal(dseg_buffer_append(&bytes, "x", 1, NULL), DSEG_OK);
  assert_int_equal(dseg_frame_implicit_le.encode(NULL, &info, (dseg_view){(const uint8_t *)pixels, 4}, &bytes, NULL),
                   DSEG_OK);
  assert_int_equal(bytes.size, 5);
  assert_memory_equal(bytes.data + 1, little, 4);
  dseg_buffer_free(&bytes);
}

static void bits_behind_the_last_pixel_are_cleared(void **state) {
  (void)state;
  const dseg_frame_info info = form(1, 11, 1);
  const uint8_t in[2] = {0xa5, 0xff};
  uint8_t out[2];
  assert_int_equal(dseg_frame_deflated.decode(NULL, &info, (dseg_view){in, 2}, (dseg_span){out, 2}, NULL), DSEG_OK);
  assert_int_equal(out[0], 0xa5);
  assert_int_equal(out[1], 0x07);
}

static void other_sizes_are_refused(void **state) {
  (void)state;
  const dseg_frame_info info = form(3, 3, 8);
  const uint8_t in[12] = {0};
  uint8_t out[12];
  for (size_t size = 0; size <= 12; size++) {
    const dseg_status status =
        dseg_frame_explicit_le.decode(NULL, &info, (dseg_view){in, size}, (dseg_span){out, 9}, NULL);
    assert_int_equal(status, size == 9 || size == 10 ? DSEG_OK : DSEG_ERROR_FORMAT);
    const dseg_status with_room =
        dseg_frame_explicit_be.decode(NULL, &info, (dseg_view){in, 9}, (dseg_span){out, size}, NULL);
    assert_int_equal(with_room, size == 9 ? DSEG_OK : DSEG_ERROR_ARGUMENT);
  }
  dseg_buffer bytes = {0};
  assert_int_equal(dseg_frame_explicit_le.encode(NULL, &info, (dseg_view){in, 10}, &bytes, NULL), DSEG_ERROR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(frames_have_a_size),
      cmocka_unit_test(words_have_the_order_of_the_transfer_syntax),
      cmocka_unit_test(bits_behind_the_last_pixel_are_cleared),
      cmocka_unit_test(other_sizes_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
