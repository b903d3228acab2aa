/* SPDX-License-Identifier: Apache-2.0 */
/* flip.c - one wrong bit in a stored frame, see flip.h. */
#include "flip.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t *frame_at(const struct frame_set *set, size_t frame) {
  return set->frames + frame * set->frame_bytes;
}

static size_t start_of(const struct flip_object *object, size_t frame) {
  return frame == 0 ? 0 : object->ends[frame - 1];
}

static dseg_status read_canonical(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  const struct frame_set *set = ((const struct flip_object *)user)->set;
  if (frame >= set->count) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame %zu of %zu does not exist", frame, set->count);
  }
  return dseg_buffer_append(out, frame_at(set, frame), set->frame_bytes, error);
}

static dseg_status read_stored(void *user, size_t frame, dseg_buffer *out, dseg_error *error) {
  const struct flip_object *object = user;
  if (frame >= object->set->count) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame %zu of %zu does not exist", frame, object->set->count);
  }
  const size_t start = start_of(object, frame);
  return dseg_buffer_append(out, object->stored.data + start, object->ends[frame] - start, error);
}

void flip_thin(struct frame_set *set, size_t frames) {
  if (frames == 0 || frames >= set->count) {
    return;
  }
  for (size_t i = 0; i < frames; i++) { /* i * count / frames is never before i */
    memmove(set->frames + i * set->frame_bytes, frame_at(set, i * set->count / frames), set->frame_bytes);
  }
  set->count = frames;
}

static dseg_status encode_all(struct flip_object *object, dseg_codec_context *context, dseg_error *error) {
  const struct frame_set *set = object->set;
  for (size_t frame = 0; frame < set->count; frame++) {
    dseg_frame_info info = set->format;
    info.frame = frame;
    DSEG_TRY(object->codec->encode(context, &info, (dseg_view){frame_at(set, frame), set->frame_bytes}, &object->stored,
                                   error));
    if (object->stored.size % 2 != 0) {
      DSEG_TRY(dseg_buffer_append(&object->stored, "", 1, error));
    }
    object->ends[frame] = object->stored.size;
  }
  return DSEG_OK;
}

static dseg_status encode(struct flip_object *object, dseg_error *error) {
  dseg_buffer learned = {0};
  dseg_codec_setup setup = {.encoding = true,
                            .format = object->set->format,
                            .frame_count = object->set->count,
                            .frames = {read_canonical, object}};
  dseg_codec_context *context = NULL;
  dseg_status status = object->codec->learn == NULL ? DSEG_OK : object->codec->learn(&setup, &learned, error);
  if (status == DSEG_OK) {
    setup.learned = (dseg_view){learned.data, learned.size};
    status = object->codec->create(&setup, &context, error);
  }
  if (status == DSEG_OK) {
    status = encode_all(object, context, error);
    object->codec->destroy(context);
  }
  dseg_buffer_free(&learned);
  return status;
}

dseg_status flip_object_make(const struct frame_set *set, const dseg_frame_codec *codec, struct flip_object *object,
                             dseg_error *error) {
  *object = (struct flip_object){.set = set, .codec = codec};
  object->ends = calloc(set->count, sizeof *object->ends);
  object->out = malloc(set->frame_bytes);
  const dseg_status status = object->ends != NULL && object->out != NULL
                                 ? encode(object, error)
                                 : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  if (status != DSEG_OK) {
    flip_object_free(object);
  }
  return status;
}

static size_t frame_of(const struct flip_object *object, size_t byte) {
  size_t first = 0, last = object->set->count - 1;
  while (first < last) {
    const size_t middle = first + (last - first) / 2;
    if (byte < object->ends[middle]) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  return first;
}

static enum flip_outcome decode(struct flip_object *object, size_t frame) {
  const struct frame_set *set = object->set;
  const dseg_codec_setup setup = {.format = set->format, .frame_count = set->count, .frames = {read_stored, object}};
  dseg_codec_context *context = NULL;
  dseg_error ignored = {0};
  if (object->codec->create(&setup, &context, &ignored) != DSEG_OK) {
    return FLIP_ERROR;
  }
  dseg_frame_info info = set->format;
  info.frame = frame;
  const size_t start = start_of(object, frame);
  const dseg_view in = {object->stored.data + start, object->ends[frame] - start};
  memset(object->out, 0xA5, set->frame_bytes);
  const dseg_status status =
      object->codec->decode(context, &info, in, (dseg_span){object->out, set->frame_bytes}, &ignored);
  object->codec->destroy(context);
  if (status != DSEG_OK) {
    return FLIP_ERROR;
  }
  return memcmp(object->out, frame_at(set, frame), set->frame_bytes) == 0 ? FLIP_SAME : FLIP_SILENT;
}

enum flip_outcome flip_once(struct flip_object *object, uint64_t number) {
  const uint64_t bit = number % ((uint64_t)object->stored.size * 8);
  uint8_t *byte = object->stored.data + bit / 8;
  const uint8_t mask = (uint8_t)(1U << bit % 8);
  *byte ^= mask;
  const enum flip_outcome outcome = decode(object, frame_of(object, (size_t)(bit / 8)));
  *byte ^= mask;
  return outcome;
}

uint64_t flip_number(uint64_t seed, uint64_t index) {
  uint64_t x = seed * UINT64_C(0xD1342543DE82EF95) + (index + 1) * UINT64_C(0x9E3779B97F4A7C15);
  x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
  x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
  return x ^ x >> 31;
}

void flip_object_free(struct flip_object *object) {
  dseg_buffer_free(&object->stored);
  free(object->ends);
  free(object->out);
  *object = (struct flip_object){0};
}
