/* SPDX-License-Identifier: Apache-2.0 */
/* test_deflate.c - blocks and streams of deflate, and the gzip files and zlib streams made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above. */
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/deflate.h"
#include "base/inflate.h"
#include "base/zlib_stream.h"

#define SMALL ((size_t)1000)
#define LARGE (((size_t)5 << 20) + 77) /* several pieces, the last of them short */

/* Bytes that compress to about a third and repeat at long distances; a stretch of zeros that is whole pieces long. */
static void fill(uint8_t *bytes, size_t size) {
  uint32_t state = 1;
  for (size_t i = 0; i < size; i++) {
    state = state * 1664525u + 1013904223u;
    bytes[i] = i > (size_t)1 << 20 && i < (size_t)4 << 20 ? 0 : (uint8_t)(state >> 29);
  }
}

static dseg_compressor *make_compressor(void) {
  dseg_compressor *compressor = NULL;
  assert_int_equal(dseg_compressor_create(6, &compressor, NULL), DSEG_OK);
  return compressor;
}

static dseg_decompressor *make_decompressor(void) {
  dseg_decompressor *decompressor = NULL;
  assert_int_equal(dseg_decompressor_create(&decompressor, NULL), DSEG_OK);
  return decompressor;
}

static void blocks_need_a_library(void **state) {
  (void)state;
  dseg_compressor *compressor = NULL;
  dseg_decompressor *decompressor = NULL;
  const dseg_status expected = dseg_can_deflate() ? DSEG_OK : DSEG_ERROR_UNSUPPORTED;
  assert_int_equal(dseg_compressor_create(6, &compressor, NULL), expected);
  assert_int_equal(dseg_decompressor_create(&decompressor, NULL), expected);
  assert_int_equal(dseg_deflate_library()[0] != '\0', dseg_can_deflate());
  dseg_compressor_destroy(compressor);
  dseg_decompressor_destroy(decompressor);
}

static void streams_need_zlib(void **state) {
  (void)state;
  dseg_deflater *deflater = NULL;
  dseg_inflater *inflater = NULL;
  const dseg_status expected = dseg_has_zlib() ? DSEG_OK : DSEG_ERROR_UNSUPPORTED;
  assert_int_equal(dseg_deflater_create(6, DSEG_ZLIB_DEFAULT_MEMORY, &deflater, NULL), expected);
  assert_int_equal(dseg_inflater_create(DSEG_GZIP, &inflater, NULL), expected);
  assert_int_equal(dseg_zlib_version()[0] != '\0', dseg_has_zlib());
  dseg_deflater_destroy(deflater);
  dseg_inflater_destroy(inflater);
}

static void blocks_come_back(void **state) {
  (void)state;
  if (!dseg_can_deflate()) {
    return; /* blocks_need_a_library */
  }
  uint8_t bytes[SMALL], packed[2 * SMALL], back[SMALL];
  size_t used = 0, produced = 0;
  dseg_compressor *compressor = make_compressor();
  dseg_decompressor *decompressor = make_decompressor();
  fill(bytes, SMALL);
  assert_in_range(dseg_compressor_bound(compressor, SMALL), SMALL, sizeof packed);
  const size_t size = dseg_compress(compressor, (dseg_view){bytes, SMALL}, (dseg_span){packed, sizeof packed});
  assert_in_range(size, 1, SMALL / 2);
  assert_int_equal(dseg_compress(compressor, (dseg_view){bytes, SMALL}, (dseg_span){back, size - 1}), 0);
  /* Twice: a decompressor, and one that was used. Bytes behind the stream stay. */
  for (int i = 0; i < 2; i++) {
    memset(back, 0, SMALL);
    assert_int_equal(dseg_decompress(decompressor, DSEG_RAW_DEFLATE, (dseg_view){packed, size + 9},
                                     (dseg_span){back, SMALL}, &used, &produced),
                     DSEG_INFLATE_COMPLETE);
    assert_int_equal(used, size);
    assert_int_equal(produced, SMALL);
    assert_memory_equal(back, bytes, SMALL);
  }
  for (size_t room = 0; room < SMALL; room += 111) {
    assert_int_equal(dseg_decompress(decompressor, DSEG_RAW_DEFLATE, (dseg_view){packed, size}, (dseg_span){back, room},
                                     &used, &produced),
                     DSEG_INFLATE_ROOM_TOO_SMALL);
  }
  for (size_t there = 0; there < size; there++) {
    assert_int_not_equal(dseg_decompress(decompressor, DSEG_RAW_DEFLATE, (dseg_view){packed, there},
                                         (dseg_span){back, SMALL}, &used, &produced),
                         DSEG_INFLATE_COMPLETE);
  }
  dseg_compressor_destroy(compressor);
  dseg_decompressor_destroy(decompressor);
}

static void check_sums_are_those_of_the_standards(void **state) {
  (void)state;
  if (!dseg_can_deflate()) {
    return; /* blocks_need_a_library */
  }
  const uint8_t digits[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  const uint32_t crc = dseg_deflate_checksum(DSEG_GZIP, 0, (dseg_view){digits, 4});
  const uint32_t adler = dseg_deflate_checksum(DSEG_ZLIB, 1, (dseg_view){digits, 4});
  const dseg_view rest = {digits + 4, 5};
  assert_int_equal(dseg_deflate_checksum(DSEG_GZIP, crc, rest), 0xCBF43926u);
  assert_int_equal(dseg_deflate_checksum(DSEG_ZLIB, adler, rest), 0x091E01DEu);
  assert_int_equal(dseg_deflate_checksum(DSEG_GZIP, 0, (dseg_view){NULL, 0}), 0);
  assert_int_equal(dseg_deflate_checksum(DSEG_ZLIB, 1, (dseg_view){NULL, 0}), 1);
  if (dseg_has_zlib()) {
    assert_int_equal(dseg_zlib_checksum(DSEG_GZIP, crc, rest), 0xCBF43926u);
    assert_int_equal(dseg_zlib_checksum(DSEG_ZLIB, adler, rest), 0x091E01DEu);
    assert_int_equal(dseg_zlib_combine(DSEG_GZIP, crc, dseg_zlib_checksum(DSEG_GZIP, 0, rest), 5), 0xCBF43926u);
    assert_int_equal(dseg_zlib_combine(DSEG_ZLIB, adler, dseg_zlib_checksum(DSEG_ZLIB, 1, rest), 5), 0x091E01DEu);
  }
}

/* Gives the deflater at most step bytes of input and of room at a time; returns the size of what came out. */
static size_t deflate_in_steps(dseg_deflater *deflater, dseg_view in, dseg_span out, size_t step,
                               dseg_deflate_flush flush) {
  const size_t room = out.size;
  bool is_done = false;
  while (!is_done) {
    const bool is_last = in.size <= step;
    dseg_view piece = {in.data, is_last ? in.size : step};
    dseg_span space = {out.data, out.size < step ? out.size : step};
    const size_t given = piece.size, asked = space.size;
    const dseg_zlib_result result = dseg_deflater_run(deflater, &piece, &space, is_last ? flush : DSEG_DEFLATE_GO_ON);
    in = (dseg_view){in.data + (given - piece.size), in.size - (given - piece.size)};
    out = (dseg_span){out.data + (asked - space.size), out.size - (asked - space.size)};
    assert_true(result == DSEG_ZLIB_ENDED || result == DSEG_ZLIB_GOES_ON);
    assert_true(out.size != 0);
    is_done = flush == DSEG_DEFLATE_FINISH ? result == DSEG_ZLIB_ENDED : in.size == 0 && space.size != 0;
  }
  return room - out.size;
}

/* Whether a stream ends as it should and holds bytes, read step bytes at a time. */
static void assert_inflates_in_steps(dseg_view packed, dseg_view bytes, size_t step) {
  dseg_inflater *inflater = NULL;
  uint8_t back[2 * SMALL];
  size_t got = 0;
  assert_int_equal(dseg_inflater_create(DSEG_RAW_DEFLATE, &inflater, NULL), DSEG_OK);
  dseg_zlib_result result = DSEG_ZLIB_GOES_ON;
  while (result == DSEG_ZLIB_GOES_ON) {
    dseg_view in = {packed.data, packed.size < step ? packed.size : step};
    dseg_span out = {back + got, sizeof back - got < step ? sizeof back - got : step};
    const size_t given = in.size, asked = out.size;
    result = dseg_inflater_run(inflater, &in, &out);
    assert_true(given != in.size || asked != out.size); /* or it would go on for ever */
    packed = (dseg_view){packed.data + (given - in.size), packed.size - (given - in.size)};
    got += asked - out.size;
  }
  assert_int_equal(result, DSEG_ZLIB_ENDED);
  assert_int_equal(packed.size, 0);
  assert_int_equal(got, bytes.size);
  assert_memory_equal(back, bytes.data, got);
  dseg_inflater_destroy(inflater);
}

static void streams_go_on_at_any_byte(void **state) {
  (void)state;
  if (!dseg_has_zlib()) {
    return; /* streams_need_zlib */
  }
  static const size_t steps[] = {1, 7, SMALL};
  uint8_t bytes[SMALL], whole[2 * SMALL], packed[2 * SMALL];
  dseg_deflater *deflater = NULL;
  fill(bytes, SMALL);
  assert_int_equal(dseg_deflater_create(6, DSEG_ZLIB_DEFAULT_MEMORY, &deflater, NULL), DSEG_OK);
  const dseg_span room = {packed, sizeof packed};
  const size_t size = deflate_in_steps(deflater, (dseg_view){bytes, SMALL}, (dseg_span){whole, sizeof whole},
                                       sizeof whole, DSEG_DEFLATE_FINISH);
  assert_in_range(dseg_deflater_bound(deflater, SMALL), size, sizeof whole);
  for (size_t i = 0; i < 3; i++) {
    dseg_deflater_restart(deflater, (dseg_view){NULL, 0});
    assert_int_equal(deflate_in_steps(deflater, (dseg_view){bytes, SMALL}, room, steps[i], DSEG_DEFLATE_FINISH), size);
    assert_memory_equal(packed, whole, size);
    assert_inflates_in_steps((dseg_view){packed, size}, (dseg_view){bytes, SMALL}, steps[i]);
  }
  dseg_deflater_destroy(deflater);
}

static void pieces_join_behind_their_dictionaries(void **state) {
  (void)state;
  if (!dseg_has_zlib()) {
    return; /* streams_need_zlib */
  }
  uint8_t bytes[2 * SMALL], packed[2 * SMALL];
  dseg_deflater *deflater = NULL;
  fill(bytes, SMALL);
  memcpy(bytes + SMALL, bytes, SMALL);
  assert_int_equal(dseg_deflater_create(6, DSEG_ZLIB_DEFAULT_MEMORY, &deflater, NULL), DSEG_OK);
  const dseg_view first = {bytes, SMALL}, second = {bytes + SMALL, SMALL};
  const size_t size =
      deflate_in_steps(deflater, first, (dseg_span){packed, sizeof packed}, sizeof packed, DSEG_DEFLATE_SYNC);
  assert_memory_equal(packed + size - 4, "\0\0\xFF\xFF", 4); /* the empty stored block */
  dseg_deflater_restart(deflater, first);
  const size_t more = deflate_in_steps(deflater, second, (dseg_span){packed + size, sizeof packed - size},
                                       sizeof packed, DSEG_DEFLATE_FINISH);
  assert_in_range(more, 1, 40); /* all of it is in the dictionary */
  assert_inflates_in_steps((dseg_view){packed, size + more}, (dseg_view){bytes, sizeof bytes}, sizeof bytes);
  dseg_deflater_destroy(deflater);
}

static void write_all(dseg_deflate_container container, dseg_view data, int level, unsigned threads, dseg_buffer *out) {
  const dseg_deflate_options options = {.level = level, .threads = threads};
  const dseg_byte_sink sink = dseg_buffer_sink(out);
  assert_int_equal(dseg_deflate_write(container, (dseg_view){data.data, 352}, data, &options, &sink, NULL), DSEG_OK);
}

/* A prefix of 352 bytes and all of data, in packed. */
static void assert_holds(const dseg_buffer *packed, dseg_view data, uint8_t *back) {
  const dseg_view in = {packed->data, packed->size};
  memset(back, 1, data.size + 352);
  assert_int_equal(dseg_inflate_exactly(in, back, data.size + 352, NULL), DSEG_OK);
  assert_memory_equal(back, data.data, 352);
  assert_memory_equal(back + 352, data.data, data.size);
  assert_int_equal(dseg_inflate_exactly(in, back, data.size + 351, NULL), DSEG_ERROR_FORMAT);
  assert_int_equal(dseg_inflate_exactly((dseg_view){in.data, in.size - 1}, back, data.size + 352, NULL),
                   DSEG_ERROR_FORMAT);
  packed->data[in.size - 6] ^= 1; /* in the check sum of gzip, in the last code or in that of zlib */
  assert_int_equal(dseg_inflate_exactly(in, back, data.size + 352, NULL), DSEG_ERROR_FORMAT);
  packed->data[in.size - 6] ^= 1;
}

static void files_hold_what_was_written(void **state) {
  (void)state;
  uint8_t *bytes = malloc(LARGE), *back = malloc(LARGE + 352);
  if (bytes == NULL || back == NULL) {
    free(bytes);
    free(back);
    fail_msg("out of memory");
    return;
  }
  fill(bytes, LARGE);
  const dseg_view data = {bytes, LARGE};
  static const int levels[] = {1, 6, 9, 12};
  for (size_t i = 0; dseg_can_deflate() && i < 4; i++) {
    dseg_buffer one = {0}, two = {0}, zlib = {0};
    write_all(DSEG_GZIP, data, levels[i], 1, &one);
    write_all(DSEG_GZIP, data, levels[i], 2, &two);
    write_all(DSEG_ZLIB, data, levels[i], 0, &zlib);
    assert_int_equal(one.size, two.size); /* whatever the number of threads */
    assert_memory_equal(one.data, two.data, one.size);
    assert_in_range(one.size, LARGE / 20, LARGE / 4);
    assert_holds(&one, data, back);
    assert_holds(&zlib, data, back);
    dseg_buffer_free(&one);
    dseg_buffer_free(&two);
    dseg_buffer_free(&zlib);
  }
  const dseg_deflate_options options = {.level = 6};
  dseg_buffer out = {0};
  const dseg_byte_sink sink = dseg_buffer_sink(&out);
  if (!dseg_can_deflate()) {
    assert_int_equal(dseg_deflate_write(DSEG_GZIP, (dseg_view){NULL, 0}, data, &options, &sink, NULL),
                     DSEG_ERROR_UNSUPPORTED);
    assert_int_equal(out.size, 0);
    assert_int_equal(dseg_inflate_exactly((dseg_view){bytes, 30}, back, 1, NULL), DSEG_ERROR_UNSUPPORTED);
  }
  free(bytes);
  free(back);
}

/* A prefix that no single stored block holds, as of a volume with many names. */
static void prefixes_may_be_long(void **state) {
  (void)state;
  static const size_t sizes[] = {65535, 65536, 82560, 131071, LARGE};
  uint8_t *bytes = malloc(LARGE), *back = malloc(LARGE + SMALL);
  assert_non_null(bytes);
  assert_non_null(back);
  fill(bytes, LARGE);
  const dseg_deflate_options options = {.level = 6};
  for (size_t i = 0; dseg_can_deflate() && i < sizeof sizes / sizeof *sizes; i++) {
    dseg_buffer out = {0};
    const dseg_byte_sink sink = dseg_buffer_sink(&out);
    assert_int_equal(
        dseg_deflate_write(DSEG_GZIP, (dseg_view){bytes, sizes[i]}, (dseg_view){bytes, SMALL}, &options, &sink, NULL),
        DSEG_OK);
    assert_int_equal(dseg_inflate_exactly((dseg_view){out.data, out.size}, back, sizes[i] + SMALL, NULL), DSEG_OK);
    assert_memory_equal(back, bytes, sizes[i]);
    assert_memory_equal(back + sizes[i], bytes, SMALL);
    dseg_buffer_free(&out);
  }
  free(bytes);
  free(back);
}

/* Two members, one behind the other, and zeros behind both (RFC 1952, 2.2). */
static void gzip_files_may_have_members(void **state) {
  (void)state;
  if (!dseg_can_deflate()) {
    return; /* files_hold_what_was_written */
  }
  uint8_t bytes[SMALL], start[2 * SMALL + 9];
  const size_t member = 352 + SMALL;
  fill(bytes, SMALL);
  dseg_buffer file = {0};
  write_all(DSEG_GZIP, (dseg_view){bytes, SMALL}, 6, 1, &file);
  const size_t first = file.size;
  write_all(DSEG_GZIP, (dseg_view){bytes, SMALL}, 9, 1, &file);
  const size_t both = file.size;
  assert_int_equal(dseg_buffer_append(&file, "\0\0\0\0", 4, NULL), DSEG_OK);
  uint8_t *block = NULL;
  size_t size = 0, got = 0;
  assert_int_equal(dseg_gunzip((dseg_view){file.data, file.size}, 1 << 20, &block, &size, NULL), DSEG_OK);
  assert_int_equal(size, 2 * member);
  assert_memory_equal(block + member + 352, bytes, SMALL);
  free(block);
  assert_int_equal(dseg_gunzip((dseg_view){file.data, file.size}, 2 * member - 1, &block, &size, NULL),
                   DSEG_ERROR_LIMIT);
  assert_int_equal(dseg_gunzip((dseg_view){file.data, both - 1}, 1 << 20, &block, &size, NULL), DSEG_ERROR_FORMAT);
  static const size_t wanted[] = {1, 352, 352 + SMALL, 353 + SMALL, 2 * SMALL + 9};
  for (size_t i = 0; i < 5; i++) {
    const dseg_view in = {file.data, file.size};
    assert_int_equal(dseg_gunzip_start(in, 1 << 20, start, wanted[i], &got, NULL), DSEG_OK);
    assert_int_equal(got, wanted[i]);
    assert_memory_equal(start, bytes, got < 352 ? got : 352);
  }
  assert_int_equal(dseg_gunzip_start((dseg_view){file.data, first}, 1 << 20, start, sizeof start, &got, NULL), DSEG_OK);
  assert_int_equal(got, member);
  assert_int_equal(dseg_gunzip_start((dseg_view){file.data, first - 1}, 1 << 20, start, sizeof start, &got, NULL),
                   DSEG_ERROR_FORMAT);
  dseg_buffer_free(&file);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_need_a_library),
      cmocka_unit_test(streams_need_zlib),
      cmocka_unit_test(blocks_come_back),
      cmocka_unit_test(check_sums_are_those_of_the_standards),
      cmocka_unit_test(streams_go_on_at_any_byte),
      cmocka_unit_test(pieces_join_behind_their_dictionaries),
      cmocka_unit_test(files_hold_what_was_written),
      cmocka_unit_test(prefixes_may_be_long),
      cmocka_unit_test(gzip_files_may_have_members),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
