/* SPDX-License-Identifier: Apache-2.0 */
/* round_trips.c - what is encoded is decoded, for all sizes, contents and options; what is not to be encoded is
 * refused. */
#include <stdlib.h>
#include <string.h>

#include "trial.h"

static const struct {
  uint32_t rows, columns;
} shapes[] = {{1, 1}, {1, 7}, {7, 1}, {1, 300}, {300, 1}, {2, 3}, {23, 38}, {64, 64}, {510, 510}, {512, 512}};

static void round_trips(struct trial *trial) {
  dseg_buffer stream = {0};
  for (size_t s = 0; s < COUNT(shapes); s++) {
    trial->info.rows = shapes[s].rows;
    trial->info.columns = shapes[s].columns;
    for (trial->content = EMPTY; trial->content < CONTENTS; trial->content++) {
      fill_frame(trial);
      if (encode_frame(trial, &stream)) {
        check_round_trip(trial, &stream);
      }
      free(trial->frame);
    }
  }
  dseg_buffer_free(&stream);
}

void test_round_trips(void **state) {
  (void)state;
  for_each_codec(round_trips);
}

/* As many rows or columns as a frame may have: coded, or beyond a limit of the library that is told. */
static void longest_sides(struct trial *trial) {
  dseg_buffer stream = {0};
  trial->content = BLOBS;
  for (int side = 0; side < 2; side++) {
    trial->info.rows = side == 0 ? 1 : UINT16_MAX;
    trial->info.columns = side == 0 ? UINT16_MAX : 1;
    fill_frame(trial);
    dseg_error error = {0};
    stream.size = 0;
    const dseg_status status = encode_alone(trial, (dseg_view){trial->frame, trial->size}, &stream, &error);
    if (status == DSEG_OK) {
      check_round_trip(trial, &stream);
    } else {
      REQUIRE(trial, status == DSEG_ERROR_LIMIT || status == DSEG_ERROR_UNSUPPORTED, &error);
    }
    free(trial->frame);
  }
  dseg_buffer_free(&stream);
}

void test_longest_sides(void **state) {
  (void)state;
  for_each_codec(longest_sides);
}

static void with_options_of_size(struct trial *trial, uint32_t rows, uint32_t columns, enum content content) {
  trial->info.rows = rows;
  trial->info.columns = columns;
  trial->content = content;
  fill_frame(trial);
  for (const dseg_option *option = trial->codec->options; option != NULL && option->name != NULL; option++) {
    const int64_t values[] = {option->minimum, option->maximum};
    for (size_t v = 0; v < COUNT(values); v++) {
      const dseg_option_value value = {option->name, values[v]};
      dseg_buffer stream = {0};
      trial->option = &value;
      const bool encoded = encode_frame(trial, &stream);
      trial->option = NULL;
      uint8_t *decoded = NULL;
      dseg_error error = {0};
      if (encoded) {
        const dseg_status status =
            decode_guarded(trial, &trial->info, (dseg_view){stream.data, stream.size}, &decoded, &error);
        REQUIRE(trial, status == DSEG_OK, &error);
        REQUIRE(trial, (trial->codec->flags & DSEG_PLUGIN_LOSSY) != 0 || same_pixels(trial, decoded), &error);
        free(decoded);
      }
      dseg_buffer_free(&stream);
    }
  }
  free(trial->frame);
}

/* Each option at either end of its range makes a stream that any context decodes; of a few pixels, too. */
static void with_options(struct trial *trial) {
  with_options_of_size(trial, 61, 47, BLOBS);
  for (uint32_t side = 1; side <= 4; side++) {
    with_options_of_size(trial, side, side, NOISE);
    with_options_of_size(trial, 1, side, NOISE);
  }
}

void test_options(void **state) {
  (void)state;
  for_each_codec(with_options);
}

/* What the flags do not promise is refused, with the section of the standard. */
static void refused(struct trial *trial) {
  dseg_error error = {0};
  dseg_buffer stream = {0};
  trial->info.rows = trial->info.columns = 8;
  fill_frame(trial);
  const dseg_status status = encode_alone(trial, (dseg_view){trial->frame, trial->size}, &stream, &error);
  REQUIRE(trial, status == DSEG_ERROR_UNSUPPORTED && strstr(error.message, "PS3.5") != NULL, &error);
  assert_int_equal(stream.size, 0);
  free(trial->frame);
  dseg_buffer_free(&stream);
}

void test_refused_pairs(void **state) {
  (void)state;
  for_each_refused(refused);
}
