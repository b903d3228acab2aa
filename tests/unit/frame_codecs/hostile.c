/* SPDX-License-Identifier: Apache-2.0 */
/* hostile.c - input that is cut, damaged, of another frame, or far larger than it says; buffers of a wrong size. */
#include <stdlib.h>
#include <string.h>

#include "trial.h"

/* A damaged stream may be anything but a crash; the context goes on working. */
static void truncations(struct trial *trial) {
  static const struct {
    uint32_t rows, columns;
    enum content content;
  } cases[] = {{24, 38, BLOBS}, {8, 1, NOISE}, {16, 16, EMPTY}, {16, 24, NOISE}};
  dseg_buffer stream = {0};
  for (size_t c = 0; c < COUNT(cases); c++) {
    if (!prepare_frame(trial, cases[c].rows, cases[c].columns, cases[c].content, &stream)) {
      continue;
    }
    for (size_t length = 0; length < stream.size; length++) {
      dseg_error error;
      uint8_t *decoded;
      const dseg_status status =
          decode_guarded(trial, &trial->info, (dseg_view){stream.data, length}, &decoded, &error);
      REQUIRE(trial, length > 0 || status == DSEG_ERROR_FORMAT, &error);
      free(decoded);
    }
    check_round_trip(trial, &stream);
    free(trial->frame);
  }
  dseg_buffer_free(&stream);
}

void test_truncated(void **state) {
  (void)state;
  for_each_codec(truncations);
}

static void flips(struct trial *trial) {
  enum { ROUNDS = 1500 };
  dseg_buffer stream = {0};
  uint64_t random = 0x2545F4914F6CDD1Du + trial->info.bits_allocated;
  for (trial->content = EMPTY; trial->content < CONTENTS;) {
    const enum content content = trial->content;
    if (prepare_frame(trial, 24, 40, content, &stream)) {
      for (int round = 0; round < ROUNDS; round++) {
        uint8_t *damaged = malloc(stream.size);
        assert_non_null(damaged);
        memcpy(damaged, stream.data, stream.size);
        const unsigned count = 1 + (unsigned)(next_random(&random) % 4);
        for (unsigned flip = 0; flip < count; flip++) {
          /* Half of them among the first bytes, where headers are. */
          const size_t range = next_random(&random) % 2 != 0 && stream.size > 64 ? 64 : stream.size;
          damaged[next_random(&random) % range] ^= (uint8_t)(1u << next_random(&random) % 8);
        }
        dseg_error error;
        uint8_t *decoded;
        (void)decode_guarded(trial, &trial->info, (dseg_view){damaged, stream.size}, &decoded, &error);
        free(decoded);
        free(damaged);
      }
      check_round_trip(trial, &stream);
      free(trial->frame);
    }
    trial->content = content + 1;
  }
  dseg_buffer_free(&stream);
}

void test_flipped_bits(void **state) {
  (void)state;
  for_each_codec(flips);
}

/* A stream of another frame is an error: other dimensions, other bits. */
static void other_frames(struct trial *trial) {
  dseg_buffer stream = {0};
  if (!prepare_frame(trial, 24, 40, BLOBS, &stream)) {
    return;
  }
  const dseg_frame_info others[] = {
      {.rows = 25, .columns = 40, .bits_allocated = trial->info.bits_allocated},
      {.rows = 24, .columns = 48, .bits_allocated = trial->info.bits_allocated},
      {.rows = 16, .columns = 8, .bits_allocated = trial->info.bits_allocated},
      {.rows = 24, .columns = 40, .bits_allocated = trial->info.bits_allocated == 8 ? 16 : 8},
      {.rows = 65535, .columns = 100, .bits_allocated = trial->info.bits_allocated},
  };
  for (size_t i = 0; i < COUNT(others); i++) {
    dseg_error error;
    uint8_t *decoded;
    /* A byte a pixel is what codecs of bytes make of 1-bit frames: reading those as 8 bits is no error. Nor is reading
     * Label Edge's frames as frames of more bits: they say how many bits a label has, and no more. */
    const bool is_labels = strncmp(trial->codec->name, "label-edge", strlen("label-edge")) == 0;
    const bool may_pass =
        others[i].bits_allocated > trial->info.bits_allocated && (trial->info.bits_allocated == 1 || is_labels);
    const dseg_status status =
        decode_guarded(trial, &others[i], (dseg_view){stream.data, stream.size}, &decoded, &error);
    REQUIRE(trial, status != DSEG_OK || may_pass, &error);
    free(decoded);
  }
  check_round_trip(trial, &stream);
  free(trial->frame);
  dseg_buffer_free(&stream);
}

void test_other_frames(void **state) {
  (void)state;
  for_each_codec(other_frames);
}

/* 16 million pixels where 256 are expected. */
static void bombs(struct trial *trial) {
  dseg_buffer stream = {0};
  if (!prepare_frame(trial, 4096, 4096, EMPTY, &stream)) {
    return;
  }
  const dseg_frame_info small = {.rows = 16, .columns = 16, .bits_allocated = trial->info.bits_allocated};
  dseg_error error;
  uint8_t *decoded;
  const dseg_status status = decode_guarded(trial, &small, (dseg_view){stream.data, stream.size}, &decoded, &error);
  REQUIRE(trial, status == DSEG_ERROR_FORMAT, &error);
  free(decoded);
  free(trial->frame);
  dseg_buffer_free(&stream);
}

void test_bombs(void **state) {
  (void)state;
  for_each_codec(bombs);
}

/* A buffer that is not the frame's size is the caller's mistake and left alone. */
static void wrong_buffers(struct trial *trial) {
  dseg_buffer stream = {0};
  if (!prepare_frame(trial, 16, 16, NOISE, &stream)) {
    return;
  }
  dseg_error error = {0};
  uint8_t *out = malloc(trial->size + 1);
  assert_non_null(out);
  memset(out, GUARD_BYTE, trial->size + 1);
  const dseg_view in = {stream.data, stream.size};
  REQUIRE(trial,
          decode_alone(trial, &trial->info, in, (dseg_span){out, trial->size + 1}, &error) == DSEG_ERROR_ARGUMENT,
          &error);
  REQUIRE(trial,
          decode_alone(trial, &trial->info, in, (dseg_span){out, trial->size - 1}, &error) == DSEG_ERROR_ARGUMENT,
          &error);
  REQUIRE(trial,
          encode_alone(trial, (dseg_view){trial->frame, trial->size - 1}, &stream, &error) == DSEG_ERROR_ARGUMENT,
          &error);
  for (size_t i = 0; i <= trial->size; i++) {
    REQUIRE(trial, out[i] == GUARD_BYTE, &error);
  }
  free(out);
  free(trial->frame);
  dseg_buffer_free(&stream);
}

void test_wrong_buffers(void **state) {
  (void)state;
  for_each_codec(wrong_buffers);
}
