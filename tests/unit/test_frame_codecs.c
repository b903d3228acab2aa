/* Every frame codec of the registry: round trips of all sizes and contents, and what they make of input that is cut,
 * damaged, of other dimensions, or far larger than it says. Nothing here names a codec, so that a new one is tested by
 * being registered.
 *
 * usage: test_frame_codecs [CODEC]    only that one */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/plugin.h"
#include "proposals.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define GUARD 64
#define GUARD_BYTE 0xA5

enum content { EMPTY, FULL, NOISE, BLOBS, COUNTED, CONTENTS };
static const char *const content_names[CONTENTS] = {"empty", "full", "noise", "blobs", "counted"};

static const unsigned all_bits[] = {1, 8, 16};
static const struct {
  uint32_t rows, columns;
} shapes[] = {{1, 1}, {1, 7}, {7, 1}, {1, 300}, {300, 1}, {2, 3}, {23, 38}, {64, 64}, {510, 510}, {512, 512}};

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

/* xorshift64: the same numbers everywhere. */
static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static uint32_t bits_flag(unsigned bits) {
  return bits == 1 ? DSEG_PLUGIN_BITS_1 : bits == 8 ? DSEG_PLUGIN_BITS_8 : DSEG_PLUGIN_BITS_16;
}

/* The value of a pixel: for blobs, a label that depends on which of a few discs it is in. */
static uint16_t pixel(const struct trial *trial, uint32_t row, uint32_t column, uint64_t *random) {
  switch (trial->content) {
    case FULL: return UINT16_MAX;
    case NOISE: return (uint16_t)(next_random(random) >> 16);
    case COUNTED: return (uint16_t)(row * trial->info.columns + column);
    case BLOBS:
      for (uint32_t disc = 1; disc <= 9; disc++) {
        const int64_t y = (int64_t)row - (int64_t)(disc * 7919u % (trial->info.rows + 1));
        const int64_t x = (int64_t)column - (int64_t)(disc * 104729u % (trial->info.columns + 1));
        const int64_t radius = 1 + (int64_t)(trial->info.rows + trial->info.columns) / (6 + disc);
        if (y * y + x * x <= radius * radius) {
          return (uint16_t)(disc * 257u);
        }
      }
      return 0;
    default: return 0;
  }
}

static void fill(struct trial *trial) {
  trial->size = dseg_frame_bytes(&trial->info);
  trial->frame = calloc(1, trial->size);
  assert_non_null(trial->frame);
  uint64_t random = 0x9E3779B97F4A7C15u;
  size_t i = 0;
  for (uint32_t row = 0; row < trial->info.rows; row++) {
    for (uint32_t column = 0; column < trial->info.columns; column++, i++) {
      const uint16_t value = pixel(trial, row, column, &random);
      switch (trial->info.bits_allocated) {
        case 1: trial->frame[i / 8] |= (uint8_t)((value & 1u) << i % 8); break;
        case 8: trial->frame[i] = (uint8_t)value; break;
        default: memcpy(trial->frame + 2 * i, &value, 2); break;
      }
    }
  }
}

/* Contexts of such codecs are made for the frames of one instance: here there is one frame. */
static bool depends_on_instance(const dseg_frame_codec *codec) {
  return (codec->flags & DSEG_PLUGIN_OTHER_FRAMES) != 0 || codec->learn != NULL;
}

static dseg_status read_only_frame(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  const dseg_view *bytes = user;
  if (frame != 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu is asked for, there is one", frame);
  }
  return dseg_buffer_append(out, bytes->data, bytes->size, error);
}

static dseg_status encode_alone(const struct trial *trial, dseg_view frame, dseg_buffer *out, dseg_error *error) {
  if (!depends_on_instance(trial->codec) && trial->option == NULL) {
    return trial->codec->encode(trial->encoder, &trial->info, frame, out, error);
  }
  dseg_buffer learned = {0};
  dseg_codec_context *context = NULL;
  dseg_codec_setup setup = {.encoding = true,
                            .options = trial->option,
                            .option_count = trial->option != NULL ? 1 : 0,
                            .format = trial->info,
                            .frame_count = 1,
                            .frames = {read_only_frame, &frame}};
  dseg_status status = DSEG_OK;
  if (trial->codec->learn != NULL) {
    status = trial->codec->learn(&setup, &learned, error);
    setup.learned = (dseg_view){learned.data, learned.size};
  }
  if (status == DSEG_OK) {
    status = trial->codec->create(&setup, &context, error);
  }
  if (status == DSEG_OK) {
    status = trial->codec->encode(context, &trial->info, frame, out, error);
  }
  trial->codec->destroy(context);
  dseg_buffer_free(&learned);
  return status;
}

static dseg_status decode_alone(const struct trial *trial, const dseg_frame_info *info, dseg_view in, dseg_span out,
                                dseg_error *error) {
  if (!depends_on_instance(trial->codec)) {
    return trial->codec->decode(trial->decoder, info, in, out, error);
  }
  dseg_codec_context *context = NULL;
  const dseg_codec_setup setup = {.format = *info, .frame_count = 1, .frames = {read_only_frame, &in}};
  dseg_status status = trial->codec->create(&setup, &context, error);
  if (status == DSEG_OK) {
    status = trial->codec->decode(context, info, in, out, error);
  }
  trial->codec->destroy(context);
  return status;
}

/* Decodes a copy that ends where the input ends into a buffer with guards around it, which are checked. The caller
 * frees *decoded; it is NULL unless the result is DSEG_OK. */
static dseg_status decode_guarded(const struct trial *trial, const dseg_frame_info *info, dseg_view in,
                                  uint8_t **decoded, dseg_error *error) {
  *error = (dseg_error){0};
  const size_t size = dseg_frame_bytes(info);
  uint8_t *copy = malloc(in.size != 0 ? in.size : 1);
  uint8_t *out = malloc(size + 2 * GUARD);
  assert_non_null(copy);
  assert_non_null(out);
  memcpy(copy, in.data, in.size);
  memset(out, GUARD_BYTE, size + 2 * GUARD);
  const dseg_status status =
      decode_alone(trial, info, (dseg_view){copy, in.size}, (dseg_span){out + GUARD, size}, error);
  for (size_t i = 0; i < GUARD; i++) {
    REQUIRE(trial, out[i] == GUARD_BYTE && out[GUARD + size + i] == GUARD_BYTE, error);
  }
  REQUIRE(trial, status == DSEG_OK || (error->status == status && error->message[0] != '\0'), error);
  *decoded = NULL;
  if (status == DSEG_OK) {
    memmove(out, out + GUARD, size);
    *decoded = out;
  } else {
    free(out);
  }
  free(copy);
  return status;
}

static bool same_pixels(const struct trial *trial, const uint8_t *decoded) {
  if ((trial->codec->flags & DSEG_PLUGIN_LOSSY) == 0) {
    return memcmp(trial->frame, decoded, trial->size) == 0;
  }
  if (trial->content == NOISE) {
    return true;
  }
  uint64_t difference = 0;
  for (size_t i = 0; i < trial->size; i++) {
    difference += (uint64_t)abs((int)trial->frame[i] - (int)decoded[i]);
  }
  return difference <= 8 * trial->size;
}

/* Encodes behind bytes that are already there, which must stay. False when this pair is refused with a reason. */
static bool encode(const struct trial *trial, dseg_buffer *stream) {
  dseg_error error = {0};
  static const uint8_t before[] = {1, 2, 3};
  stream->size = 0;
  assert_int_equal(dseg_buffer_append(stream, before, sizeof before, NULL), DSEG_OK);
  const dseg_status status = encode_alone(trial, (dseg_view){trial->frame, trial->size}, stream, &error);
  if (status == DSEG_ERROR_UNSUPPORTED) {
    REQUIRE(trial, strstr(error.message, "PS3.5") != NULL, &error);
    return false;
  }
  REQUIRE(trial, status == DSEG_OK, &error);
  REQUIRE(trial, stream->size > sizeof before && memcmp(stream->data, before, sizeof before) == 0, &error);
  memmove(stream->data, stream->data + sizeof before, stream->size - sizeof before);
  stream->size -= sizeof before;
  return true;
}

static void check_round_trip(const struct trial *trial, dseg_buffer *stream) {
  dseg_error error = {0};
  uint8_t *decoded;
  dseg_status status = decode_guarded(trial, &trial->info, (dseg_view){stream->data, stream->size}, &decoded, &error);
  REQUIRE(trial, status == DSEG_OK && same_pixels(trial, decoded), &error);
  free(decoded);
  const uint8_t padding = 0;
  assert_int_equal(dseg_buffer_append(stream, &padding, 1, NULL), DSEG_OK);
  status = decode_guarded(trial, &trial->info, (dseg_view){stream->data, stream->size}, &decoded, &error);
  REQUIRE(trial, status == DSEG_OK && same_pixels(trial, decoded), &error);
  free(decoded);
  stream->size--;
}

static const char *only_codec; /* NULL: all */

static bool is_asked_for(const dseg_frame_codec *codec) {
  return only_codec == NULL || strcmp(only_codec, codec->name) == 0;
}

/* Calls a function for each codec that can encode and decode, with each of its bits. */
static void for_each_codec(void (*function)(struct trial *trial)) {
  const dseg_frame_codec *codec;
  for (size_t i = 0; (codec = dseg_frame_codec_at(i)) != NULL; i++) {
    if (codec->encode == NULL || codec->decode == NULL || !is_asked_for(codec)) {
      continue;
    }
    struct trial trial = {.codec = codec};
    dseg_error error = {0};
    if (!depends_on_instance(codec)) {
      assert_int_equal(codec->create(&(const dseg_codec_setup){.encoding = true}, &trial.encoder, &error), DSEG_OK);
      assert_int_equal(codec->create(&(const dseg_codec_setup){.frame_count = 1}, &trial.decoder, &error), DSEG_OK);
    }
    for (size_t b = 0; b < COUNT(all_bits); b++) {
      trial.info.bits_allocated = all_bits[b];
      if ((codec->flags & bits_flag(all_bits[b])) != 0) {
        function(&trial);
      }
    }
    codec->destroy(trial.encoder);
    codec->destroy(trial.decoder);
    codec->destroy(NULL);
  }
}

/* ---- round trips ---- */

static void round_trips(struct trial *trial) {
  dseg_buffer stream = {0};
  for (size_t s = 0; s < COUNT(shapes); s++) {
    trial->info.rows = shapes[s].rows;
    trial->info.columns = shapes[s].columns;
    for (trial->content = EMPTY; trial->content < CONTENTS; trial->content++) {
      fill(trial);
      if (encode(trial, &stream)) {
        check_round_trip(trial, &stream);
      }
      free(trial->frame);
    }
  }
  dseg_buffer_free(&stream);
}

static void test_round_trips(void **state) {
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
    fill(trial);
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

static void test_longest_sides(void **state) {
  (void)state;
  for_each_codec(longest_sides);
}

/* Each option at either end of its range makes a stream that any context decodes. */
static void with_options(struct trial *trial) {
  trial->info.rows = 61;
  trial->info.columns = 47;
  trial->content = BLOBS;
  fill(trial);
  for (const dseg_option *option = trial->codec->options; option != NULL && option->name != NULL; option++) {
    const int64_t values[] = {option->minimum, option->maximum};
    for (size_t v = 0; v < COUNT(values); v++) {
      const dseg_option_value value = {option->name, values[v]};
      dseg_buffer stream = {0};
      trial->option = &value;
      const bool encoded = encode(trial, &stream);
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

static void test_options(void **state) {
  (void)state;
  for_each_codec(with_options);
}

/* What the flags do not promise is refused, with the section of the standard. */
static void test_refused_pairs(void **state) {
  (void)state;
  const dseg_frame_codec *codec;
  for (size_t i = 0; (codec = dseg_frame_codec_at(i)) != NULL; i++) {
    for (size_t b = 0; b < COUNT(all_bits); b++) {
      if (codec->encode == NULL || (codec->flags & bits_flag(all_bits[b])) != 0 || !is_asked_for(codec)) {
        continue;
      }
      struct trial trial = {.codec = codec, .info = {.rows = 8, .columns = 8, .bits_allocated = all_bits[b]}};
      dseg_error error = {0};
      dseg_buffer stream = {0};
      if (!depends_on_instance(codec)) {
        assert_int_equal(codec->create(&(const dseg_codec_setup){.encoding = true}, &trial.encoder, NULL), DSEG_OK);
      }
      fill(&trial);
      const dseg_status status = encode_alone(&trial, (dseg_view){trial.frame, trial.size}, &stream, &error);
      REQUIRE(&trial, status == DSEG_ERROR_UNSUPPORTED && strstr(error.message, "PS3.5") != NULL, &error);
      assert_int_equal(stream.size, 0);
      free(trial.frame);
      dseg_buffer_free(&stream);
      codec->destroy(trial.encoder);
    }
  }
}

/* ---- hostile input ---- */

/* A frame of the trial's bits, encoded; false when the pair is refused. */
static bool prepare(struct trial *trial, uint32_t rows, uint32_t columns, enum content content, dseg_buffer *stream) {
  trial->info.rows = rows;
  trial->info.columns = columns;
  trial->content = content;
  fill(trial);
  const bool encoded = encode(trial, stream);
  if (!encoded) {
    free(trial->frame);
  }
  return encoded;
}

/* A damaged stream may be anything but a crash; the context goes on working. */
static void truncations(struct trial *trial) {
  static const struct {
    uint32_t rows, columns;
    enum content content;
  } cases[] = {{24, 38, BLOBS}, {8, 1, NOISE}, {16, 16, EMPTY}, {16, 24, NOISE}};
  dseg_buffer stream = {0};
  for (size_t c = 0; c < COUNT(cases); c++) {
    if (!prepare(trial, cases[c].rows, cases[c].columns, cases[c].content, &stream)) {
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

static void test_truncated(void **state) {
  (void)state;
  for_each_codec(truncations);
}

static void flips(struct trial *trial) {
  enum { ROUNDS = 1500 };
  dseg_buffer stream = {0};
  uint64_t random = 0x2545F4914F6CDD1Du + trial->info.bits_allocated;
  for (trial->content = EMPTY; trial->content < CONTENTS;) {
    const enum content content = trial->content;
    if (prepare(trial, 24, 40, content, &stream)) {
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

static void test_flipped_bits(void **state) {
  (void)state;
  for_each_codec(flips);
}

/* A stream of another frame is an error: other dimensions, other bits. */
static void other_frames(struct trial *trial) {
  dseg_buffer stream = {0};
  if (!prepare(trial, 24, 40, BLOBS, &stream)) {
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
    /* A byte a pixel is what codecs of bytes make of 1-bit frames: reading those as 8 bits is no error. */
    const bool may_pass = trial->info.bits_allocated == 1 && others[i].bits_allocated == 8;
    const dseg_status status =
        decode_guarded(trial, &others[i], (dseg_view){stream.data, stream.size}, &decoded, &error);
    REQUIRE(trial, status != DSEG_OK || may_pass, &error);
    free(decoded);
  }
  check_round_trip(trial, &stream);
  free(trial->frame);
  dseg_buffer_free(&stream);
}

static void test_other_frames(void **state) {
  (void)state;
  for_each_codec(other_frames);
}

/* 16 million pixels where 256 are expected. */
static void bombs(struct trial *trial) {
  dseg_buffer stream = {0};
  if (!prepare(trial, 4096, 4096, EMPTY, &stream)) {
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

static void test_bombs(void **state) {
  (void)state;
  for_each_codec(bombs);
}

/* A buffer that is not the frame's size is the caller's mistake and left alone. */
static void wrong_buffers(struct trial *trial) {
  dseg_buffer stream = {0};
  if (!prepare(trial, 16, 16, NOISE, &stream)) {
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

static void test_wrong_buffers(void **state) {
  (void)state;
  for_each_codec(wrong_buffers);
}

int main(int argc, char **argv) {
  dseg_error error = {0};
  if (dseg_register_proposals(&error) != DSEG_OK || dseg_load_plugins(&error) != DSEG_OK) {
    printf("%s\n", error.message);
    return 1;
  }
  only_codec = argc > 1 ? argv[1] : NULL;
  if (only_codec != NULL && dseg_find_frame_codec(only_codec) == NULL) {
    printf("there is no codec %s\n", only_codec);
    return 1;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trips),   cmocka_unit_test(test_longest_sides), cmocka_unit_test(test_options),
      cmocka_unit_test(test_refused_pairs), cmocka_unit_test(test_truncated),     cmocka_unit_test(test_flipped_bits),
      cmocka_unit_test(test_other_frames),  cmocka_unit_test(test_bombs),         cmocka_unit_test(test_wrong_buffers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
