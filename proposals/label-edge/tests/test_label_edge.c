/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_edge.c - the core alone: round trips of all shapes and numbers of labels, each frame from its own bytes;
 * frames that repeat others; memory; the checksum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "instance.h"
#include "label_edge_crc.h"
#include "label_edge_model.h"

static bool is_same(const instance *image, uint32_t frame) {
  return (image->fragments[frame][0] & 3) == LE_SAME;
}

/* Decodes all frames, forwards, in a mixed order, and each by a decoder of its own; into memory of its exact size. */
static void check_decodes(instance *image) {
  instance_decoder decoder = {0};
  bool opened = false;
  for (int pass = 0; pass < 3; pass++) {
    for (uint32_t k = 0; k < image->format.frames; k++) {
      const uint32_t f = pass ? (uint32_t)((uint64_t)k * 7919 % image->format.frames) : k;
      if (!opened) {
        opened = true;
        assert_int_equal(instance_open(image, &decoder), LABEL_EDGE_OK);
      }
      uint8_t *out = malloc(image->frame_bytes);
      assert_non_null(out);
      memset(out, 0xa5, image->frame_bytes);
      assert_int_equal(image->sizes[f] % 2, 0);
      image->fetched = 0;
      assert_int_equal(instance_decode(image, &decoder, f, out), LABEL_EDGE_OK);
      assert_true(image->fetched <= (image->predicted ? 5 : is_same(image, f) ? 1 : 0));
      assert_memory_equal(out, image->pixels + image->frame_bytes * f, image->frame_bytes);
      free(out);
      if (pass == 2) {
        instance_close(&decoder);
        opened = false;
      }
    }
  }
  instance_close(&decoder);
}

/* Nothing grows by more than 1 percent, but for heads and checksums, and what rounding to two bytes takes. */
static void check_size(const instance *image) {
  const size_t pixels = image->frame_bytes * image->format.frames;
  assert_true(image->total <= pixels + pixels / 100 + (size_t)image->format.frames * 10);
}

static void check_round_trip(uint32_t rows, uint32_t columns, unsigned bits, uint32_t frames, content kind,
                             uint32_t labels, uint64_t seed) {
  instance image;
  instance_create(&image, rows, columns, bits, frames);
  instance_draw(&image, kind, labels, seed);
  for (int known = 0; known < KNOWLEDGES; known++) {
    assert_int_equal(instance_encode(&image, (knowledge)known), LABEL_EDGE_OK);
    check_size(&image);
    check_decodes(&image);
  }
  instance_destroy(&image);
}

static void test_shapes(void **state) {
  (void)state;
  static const uint32_t shapes[][2] = {{1, 1}, {1, 2},   {1, 7},   {1, 1000}, {1000, 1}, {2, 2},  {3, 5},
                                       {5, 3}, {23, 38}, {64, 64}, {65, 63},  {7, 129},  {33, 2}, {100, 101}};
  static const unsigned bits[] = {1, 8, 16};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    for (size_t b = 0; b < 3; b++) {
      for (int c = 0; c < CONTENTS; c++) {
        check_round_trip(shapes[s][0], shapes[s][1], bits[b], 1 + (uint32_t)(s * 3 + b + (size_t)c) % 11, (content)c,
                         b ? 9 : 2, s + 1);
      }
    }
  }
}

static void test_random_shapes(void **state) {
  (void)state;
  uint64_t random = 0x1234567;
  for (int round = 0; round < 400; round++) {
    const uint32_t rows = 1 + (uint32_t)(next_random(&random) % 60);
    const uint32_t columns = 1 + (uint32_t)(next_random(&random) % 90);
    const unsigned bits = (unsigned[]){1, 8, 16}[next_random(&random) % 3];
    const uint32_t frames = 1 + (uint32_t)(next_random(&random) % 14);
    const content kind = (content)(next_random(&random) % CONTENTS);
    const uint32_t labels = 1 + (uint32_t)(next_random(&random) % (bits == 16 ? 3000 : 200));
    check_round_trip(rows, columns, bits, frames, kind, labels, next_random(&random));
  }
}

static void test_label_counts(void **state) {
  (void)state;
  static const uint32_t counts[] = {1, 2, 3, 4, 16, 17, 255, 256, 257, 1000, 32768, 65535, 65536};
  for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
    check_round_trip(300, 301, 16, 3, NOISE, counts[k], 5);
    check_round_trip(90, 91, 16, 6, BLOBS, counts[k], 6);
    check_round_trip(90, 91, 8, 6, BLOBS, counts[k], 7);
  }
}

/* A frame that is not one of those that were surveyed is coded all the same. */
static void test_other_frame(void **state) {
  (void)state;
  instance image;
  instance_create(&image, 60, 60, 8, 2);
  instance_draw(&image, ENLARGED, 5, 3);
  label_edge_survey *survey;
  label_edge_encoder *encoder;
  label_edge_decoder *decoder;
  const uint8_t *bytes;
  size_t size;
  assert_int_equal(label_edge_survey_create(&image.format, true, &survey), LABEL_EDGE_OK);
  assert_int_equal(label_edge_survey_add(survey, image.pixels), LABEL_EDGE_OK);
  assert_int_equal(label_edge_survey_finish(survey, &bytes, &size), LABEL_EDGE_BAD_FORMAT);
  assert_int_equal(label_edge_survey_add(survey, image.pixels), LABEL_EDGE_OK);
  assert_int_equal(label_edge_survey_add(survey, image.pixels), LABEL_EDGE_BAD_FORMAT);
  assert_int_equal(label_edge_survey_finish(survey, &bytes, &size), LABEL_EDGE_OK);
  assert_int_equal(label_edge_encoder_create(&image.format, bytes, size, &encoder), LABEL_EDGE_OK);
  assert_int_equal(label_edge_decoder_create(&image.format, &decoder), LABEL_EDGE_OK);
  for (int kind = 0; kind < CONTENTS; kind++) {
    uint8_t out[3600];
    instance_draw(&image, (content)kind, 5, 4);
    assert_int_equal(label_edge_encode(encoder, 0, image.pixels, NULL, NULL, &bytes, &size), LABEL_EDGE_OK);
    assert_int_equal(label_edge_decode(decoder, 0, bytes, size, out, NULL, NULL), LABEL_EDGE_OK);
    assert_memory_equal(out, image.pixels, sizeof out);
  }
  label_edge_decoder_destroy(decoder);
  label_edge_encoder_destroy(encoder);
  label_edge_survey_destroy(survey);
  instance_destroy(&image);
}

/* An enlarged image takes hardly more bytes than the small one. */
static void test_grids(void **state) {
  (void)state;
  size_t totals[KNOWLEDGES];
  instance image;
  instance_create(&image, 300, 500, 8, 9);
  instance_draw(&image, ENLARGED, 9, 2);
  for (int known = 0; known < KNOWLEDGES; known++) {
    assert_int_equal(instance_encode(&image, (knowledge)known), LABEL_EDGE_OK);
    totals[known] = image.total;
  }
  assert_true(totals[KNOWS_GRID] * 10 < totals[KNOWS_NOTHING] * 9);
  instance_destroy(&image);
}

/* ---- Frames of type "same" */

static void put_same(instance *image, uint32_t frame, uint32_t back) {
  uint8_t bytes[6] = {(uint8_t)(LE_SAME | back << 2), (uint8_t)(back >> 6)};
  instance_set_checksum(bytes, 2);
  free(image->fragments[frame]);
  image->fragments[frame] = malloc(sizeof bytes);
  assert_non_null(image->fragments[frame]);
  memcpy(image->fragments[frame], bytes, sizeof bytes);
  image->sizes[frame] = sizeof bytes;
}

/* Repeated frames are said so when that is asked for, and only then. */
static void test_same(void **state) {
  (void)state;
  instance image;
  instance_create(&image, 40, 50, 8, 12);
  instance_draw(&image, COPIES, 7, 4);
  for (int known = 0; known <= KNOWS_SAME; known++) {
    assert_int_equal(instance_encode(&image, (knowledge)known), LABEL_EDGE_OK);
    for (uint32_t f = 0; f < image.format.frames; f++) {
      assert_int_equal(is_same(&image, f), known == KNOWS_SAME && f % 3 != 0);
    }
  }
  instance_destroy(&image);
}

/* Frames that name two others in turn decode each of them once. */
static void test_same_in_turns(void **state) {
  (void)state;
  instance image;
  instance_create(&image, 40, 50, 8, 40);
  instance_draw(&image, BLOBS, 7, 4);
  assert_int_equal(instance_encode(&image, KNOWS_GRID), LABEL_EDGE_OK);
  for (uint32_t f = 2; f < image.format.frames; f++) {
    put_same(&image, f, f - f % 2);
    memcpy(image.pixels + image.frame_bytes * f, image.pixels + image.frame_bytes * (f % 2), image.frame_bytes);
  }
  instance_decoder decoder;
  uint8_t out[2000];
  assert_int_equal(instance_open(&image, &decoder), LABEL_EDGE_OK);
  for (uint32_t f = 2; f < image.format.frames; f++) {
    assert_int_equal(instance_decode(&image, &decoder, f, out), LABEL_EDGE_OK);
    assert_memory_equal(out, image.pixels + image.frame_bytes * f, image.frame_bytes);
    assert_int_equal(image.fetched, f < 3 ? 1 : 2);
  }
  instance_close(&decoder);
  check_decodes(&image);
  instance_destroy(&image);
}

/* A decoder that has nothing but the fragment says which other one it needs. */
static void test_same_alone(void **state) {
  (void)state;
  instance image;
  instance_create(&image, 40, 50, 8, 9);
  instance_draw(&image, BLOBS, 7, 4);
  assert_int_equal(instance_encode(&image, KNOWS_GRID), LABEL_EDGE_OK);
  put_same(&image, 8, 5);
  instance_decoder decoder;
  uint8_t out[2000];
  assert_int_equal(instance_open(&image, &decoder), LABEL_EDGE_OK);
  assert_int_equal(label_edge_decode(decoder.alone, 8, image.fragments[8], image.sizes[8], out, NULL, NULL),
                   LABEL_EDGE_NO_ACCESS);
  assert_int_equal(label_edge_needed_frame(decoder.alone), 3);
  instance_close(&decoder);
  instance_destroy(&image);
}

/* ---- The checksum */

static void test_crc(void **state) {
  (void)state;
  static le_crc_tables tables;
  static uint8_t bytes[300];
  uint64_t random = 77;
  label_edge_make_crc_tables(&tables);
  assert_int_equal(label_edge_crc(&tables, (const uint8_t *)"123456789", 9), UINT32_C(0xe3069283));
  for (size_t k = 0; k < sizeof bytes; k++) {
    bytes[k] = (uint8_t)next_random(&random);
  }
  for (size_t from = 0; from < 8; from++) {
    for (size_t size = 0; from + size <= sizeof bytes; size++) {
      assert_int_equal(label_edge_crc(&tables, bytes + from, size),
                       label_edge_crc_by_tables(&tables, bytes + from, size));
    }
  }
}

static void test_formats(void **state) {
  (void)state;
  static const label_edge_format bad[] = {{0, 5, 8, 1},     {5, 0, 8, 1}, {65536, 5, 8, 1},
                                          {5, 65536, 8, 1}, {5, 5, 4, 1}, {5, 5, 8, 0}};
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    label_edge_survey *survey;
    label_edge_encoder *encoder;
    label_edge_decoder *decoder;
    label_edge_predicted_encoder *predicted_encoder;
    label_edge_predicted_decoder *predicted_decoder;
    assert_int_equal(label_edge_frame_bytes(&bad[k]), 0);
    assert_true(label_edge_decoder_memory(&bad[k]) == UINT64_MAX);
    assert_true(label_edge_encoder_memory(&bad[k]) == UINT64_MAX);
    assert_int_equal(label_edge_survey_create(&bad[k], false, &survey), LABEL_EDGE_BAD_FORMAT);
    assert_int_equal(label_edge_encoder_create(&bad[k], NULL, 0, &encoder), LABEL_EDGE_BAD_FORMAT);
    assert_int_equal(label_edge_decoder_create(&bad[k], &decoder), LABEL_EDGE_BAD_FORMAT);
    assert_true(label_edge_predicted_decoder_memory(&bad[k]) == UINT64_MAX);
    assert_true(label_edge_predicted_encoder_memory(&bad[k]) == UINT64_MAX);
    assert_int_equal(label_edge_predicted_encoder_create(&bad[k], NULL, 0, &predicted_encoder), LABEL_EDGE_BAD_FORMAT);
    assert_int_equal(label_edge_predicted_decoder_create(&bad[k], &predicted_decoder), LABEL_EDGE_BAD_FORMAT);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_shapes),        cmocka_unit_test(test_random_shapes), cmocka_unit_test(test_label_counts),
      cmocka_unit_test(test_other_frame),   cmocka_unit_test(test_grids),         cmocka_unit_test(test_same),
      cmocka_unit_test(test_same_in_turns), cmocka_unit_test(test_same_alone),    cmocka_unit_test(test_crc),
      cmocka_unit_test(test_formats),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
