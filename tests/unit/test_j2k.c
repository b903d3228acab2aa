/* SPDX-License-Identifier: Apache-2.0 */
/* test_j2k.c - JPEG 2000 codestreams that the library's own encoder does not write (ISO/IEC 15444-1 A.4.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/buffer.h"
#include "dseg/plugin.h"

enum { ROWS = 19, COLUMNS = 23, PIXELS = ROWS * COLUMNS };

static const dseg_frame_info info = {.rows = ROWS, .columns = COLUMNS, .bits_allocated = 8};

static dseg_status decode(const dseg_frame_codec *codec, dseg_view in, uint8_t out[PIXELS]) {
  dseg_codec_context *context = NULL;
  assert_int_equal(codec->create(&(const dseg_codec_setup){.format = info, .frame_count = 1}, &context, NULL), DSEG_OK);
  const dseg_status status = codec->decode(context, &info, in, (dseg_span){out, PIXELS}, NULL);
  codec->destroy(context);
  return status;
}

/* The last tile-part's length may be 0: it goes on up to EOC. */
static void last_tile_part_without_length(void **state) {
  (void)state;
  static const char *const names[] = {"jpeg2000", "htj2k"};
  for (size_t n = 0; n < 2; n++) {
    const dseg_frame_codec *codec = dseg_find_frame_codec(names[n]);
    if (codec == NULL || codec->encode == NULL || codec->decode == NULL) {
      continue;
    }
    uint8_t pixels[PIXELS];
    uint8_t decoded[PIXELS] = {0};
    for (size_t i = 0; i < PIXELS; i++) {
      pixels[i] = (uint8_t)(i / 7 * i % 11);
    }
    dseg_codec_context *context = NULL;
    dseg_buffer stream = {0};
    const dseg_codec_setup setup = {.encoding = true, .format = info, .frame_count = 1};
    assert_int_equal(codec->create(&setup, &context, NULL), DSEG_OK);
    assert_int_equal(codec->encode(context, &info, (dseg_view){pixels, PIXELS}, &stream, NULL), DSEG_OK);
    codec->destroy(context);
    size_t sot = 0;
    while (memcmp(stream.data + sot, "\xFF\x90\0\x0A", 4) != 0) {
      sot++;
      assert_true(sot + 12 <= stream.size);
    }
    memset(stream.data + sot + 6, 0, 4);
    assert_int_equal(decode(codec, (dseg_view){stream.data, stream.size}, decoded), DSEG_OK);
    assert_memory_equal(decoded, pixels, PIXELS);
    assert_int_equal(decode(codec, (dseg_view){stream.data, stream.size - 2}, decoded), DSEG_ERROR_FORMAT);
    assert_int_equal(dseg_buffer_append(&stream, "", 1, NULL), DSEG_OK); /* padding */
    memset(decoded, 0, sizeof decoded);
    assert_int_equal(decode(codec, (dseg_view){stream.data, stream.size}, decoded), DSEG_OK);
    assert_memory_equal(decoded, pixels, PIXELS);
    dseg_buffer_free(&stream);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(last_tile_part_without_length)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
