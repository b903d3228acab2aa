/* SPDX-License-Identifier: Apache-2.0 */
/* trial.c - see trial.h. */
#include "trial.h"

#include <stdlib.h>
#include <string.h>

#define GUARD ((size_t)64)

const char *const content_names[CONTENTS] = {"empty", "full", "noise", "blobs", "counted"};
const char *only_codec;

uint64_t next_random(uint64_t *state) {
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

void fill_frame(struct trial *trial) {
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

dseg_status encode_alone(const struct trial *trial, dseg_view frame, dseg_buffer *out, dseg_error *error) {
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

dseg_status decode_alone(const struct trial *trial, const dseg_frame_info *info, dseg_view in, dseg_span out,
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

dseg_status decode_guarded(const struct trial *trial, const dseg_frame_info *info, dseg_view in, uint8_t **decoded,
                           dseg_error *error) {
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

bool same_pixels(const struct trial *trial, const uint8_t *decoded) {
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

bool encode_frame(const struct trial *trial, dseg_buffer *stream) {
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

void check_round_trip(const struct trial *trial, dseg_buffer *stream) {
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

bool prepare_frame(struct trial *trial, uint32_t rows, uint32_t columns, enum content content, dseg_buffer *stream) {
  trial->info.rows = rows;
  trial->info.columns = columns;
  trial->content = content;
  fill_frame(trial);
  const bool encoded = encode_frame(trial, stream);
  if (!encoded) {
    free(trial->frame);
  }
  return encoded;
}

static bool is_asked_for(const dseg_frame_codec *codec) {
  return only_codec == NULL || strcmp(only_codec, codec->name) == 0;
}

/* Calls a function for each codec that can encode, and decode where that is needed, with each of the bits that are, or
 * are not, for it. */
static void for_each(void (*function)(struct trial *trial), bool refused) {
  static const unsigned all_bits[] = {1, 8, 16};
  const dseg_frame_codec *codec;
  for (size_t i = 0; (codec = dseg_frame_codec_at(i)) != NULL; i++) {
    if (codec->encode == NULL || (codec->decode == NULL && !refused) || !is_asked_for(codec)) {
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
      if (((codec->flags & bits_flag(all_bits[b])) == 0) == refused) {
        function(&trial);
      }
    }
    codec->destroy(trial.encoder);
    codec->destroy(trial.decoder);
    codec->destroy(NULL);
  }
}

void for_each_codec(void (*function)(struct trial *trial)) {
  for_each(function, false);
}

void for_each_refused(void (*function)(struct trial *trial)) {
  for_each(function, true);
}
