/* SPDX-License-Identifier: Apache-2.0 */
/* trial.h - a frame codec of the registry being tried with one frame, for all that test_frame_codecs does. */
#ifndef TESTS_TRIAL_H
#define TESTS_TRIAL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dseg/plugin.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define GUARD_BYTE 0xA5

enum content { EMPTY, FULL, NOISE, BLOBS, COUNTED, CONTENTS };
extern const char *const content_names[CONTENTS];

/* One codec with its contexts and a frame. */
struct trial {
  const dseg_frame_codec *codec;
  const dseg_option_value *option; /* for encoding, or NULL */
  dseg_codec_context *encoder;     /* these two serve all frames, unless the codec depends on the instance */
  dseg_codec_context *decoder;
  dseg_frame_info info;
  enum content content;
  uint8_t *frame; /* canonical */
  size_t size;
};

#define REQUIRE(trial, condition, error)                                                                       \
  do {                                                                                                         \
    if (!(condition)) {                                                                                        \
      fail_msg("%s, %u bits, %u x %u, %s: %s: %s", (trial)->codec->name, (trial)->info.bits_allocated,         \
               (unsigned)(trial)->info.rows, (unsigned)(trial)->info.columns, content_names[(trial)->content], \
               #condition, (error)->message);                                                                  \
    }                                                                                                          \
  } while (0)

/* The only codec to try; NULL: all. */
extern const char *only_codec;

/* Calls a function for each codec that can encode and decode, with each of its bits; contexts are there. */
void for_each_codec(void (*function)(struct trial *trial));

/* Calls a function for each codec that can encode, with each of the bits that are not for it. */
void for_each_refused(void (*function)(struct trial *trial));

/* xorshift64: the same numbers everywhere. */
uint64_t next_random(uint64_t *state);

/* Makes the frame that info and content tell of; the caller frees it. */
void fill_frame(struct trial *trial);

/* Encode and decode, with a context made for this frame where the codec needs it. */
dseg_status encode_alone(const struct trial *trial, dseg_view frame, dseg_buffer *out, dseg_error *error);
dseg_status decode_alone(const struct trial *trial, const dseg_frame_info *info, dseg_view in, dseg_span out,
                         dseg_error *error);

/* Encodes the trial's frame behind bytes that are already there, which must stay. False when this pair is refused with
 * a reason. */
bool encode_frame(const struct trial *trial, dseg_buffer *stream);

/* A frame of these rows, columns and contents, encoded; false, and no frame, when the pair is refused. */
bool prepare_frame(struct trial *trial, uint32_t rows, uint32_t columns, enum content content, dseg_buffer *stream);

/* Decodes a copy that ends where the input ends into a buffer with guards around it, which are checked. The caller
 * frees *decoded; it is NULL unless the result is DSEG_OK. */
dseg_status decode_guarded(const struct trial *trial, const dseg_frame_info *info, dseg_view in, uint8_t **decoded,
                           dseg_error *error);

/* Whether these are the frame's pixels, or near them where the codec is lossy. */
bool same_pixels(const struct trial *trial, const uint8_t *decoded);

/* The stream decodes to the frame, with a byte of padding behind it, too. */
void check_round_trip(const struct trial *trial, dseg_buffer *stream);

/* The tests, by file. */
void test_round_trips(void **state);
void test_longest_sides(void **state);
void test_options(void **state);
void test_refused_pairs(void **state);
void test_repeats(void **state);
void test_truncated(void **state);
void test_flipped_bits(void **state);
void test_other_frames(void **state);
void test_bombs(void **state);
void test_wrong_buffers(void **state);

#endif
