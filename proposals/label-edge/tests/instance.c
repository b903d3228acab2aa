/* SPDX-License-Identifier: Apache-2.0 */
/* instance.c - see instance.h. */
#include "instance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label_edge_crc.h"

uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static void *need(size_t bytes) {
  void *p = calloc(1, bytes ? bytes : 1);
  if (!p) {
    fprintf(stderr, "out of memory\n");
    exit(1);
  }
  return p;
}

void instance_create(instance *image, uint32_t rows, uint32_t columns, unsigned bits, uint32_t frames) {
  *image = (instance){.format = {.rows = rows, .columns = columns, .bits = bits, .frames = frames}};
  image->frame_bytes = label_edge_frame_bytes(&image->format);
  image->pixels = need(image->frame_bytes * frames);
  image->fragments = need(frames * sizeof *image->fragments);
  image->sizes = need(frames * sizeof *image->sizes);
}

static void drop_fragments(instance *image) {
  for (uint32_t f = 0; f < image->format.frames; f++) {
    free(image->fragments[f]);
    image->fragments[f] = NULL;
  }
}

void instance_destroy(instance *image) {
  drop_fragments(image);
  free(image->fragments);
  free(image->sizes);
  free(image->pixels);
}

static void set_pixel(instance *image, uint32_t frame, uint32_t y, uint32_t x, uint32_t value) {
  uint8_t *pixels = image->pixels + image->frame_bytes * frame;
  const size_t at = (size_t)y * image->format.columns + x;
  if (image->format.bits == 1) {
    pixels[at / 8] = (uint8_t)((pixels[at / 8] & ~(1u << at % 8)) | (value & 1) << at % 8);
  } else if (image->format.bits == 8) {
    pixels[at] = (uint8_t)value;
  } else {
    const uint16_t word = (uint16_t)value;
    memcpy(pixels + at * 2, &word, 2);
  }
}

/* Balls that overlap: label of the last one that holds the point, 0 outside of all. */
static uint32_t ball_label(uint32_t labels, uint64_t seed, uint32_t z, uint32_t y, uint32_t x, uint32_t size) {
  uint32_t label = 0;
  uint64_t random = seed | 1;
  for (uint32_t k = 1; k < 24; k++) {
    const int64_t cx = (int64_t)(next_random(&random) % size);
    const int64_t cy = (int64_t)(next_random(&random) % size);
    const int64_t cz = (int64_t)(next_random(&random) % 16);
    const int64_t radius = 2 + (int64_t)(next_random(&random) % (size / 4 + 1));
    const uint32_t number = (uint32_t)(next_random(&random) % labels);
    const int64_t dx = x - cx;
    const int64_t dy = y - cy;
    const int64_t dz = (z - cz) * 2;
    if (dx * dx + dy * dy + dz * dz < radius * radius) {
      label = number;
    }
  }
  return label;
}

void instance_draw(instance *image, content kind, uint32_t labels, uint64_t seed) {
  const uint32_t limit = UINT32_C(1) << image->format.bits;
  labels = labels < limit ? labels : limit;
  const uint32_t step = limit / labels;
  const uint32_t rows = image->format.rows;
  const uint32_t columns = image->format.columns;
  uint64_t random = seed * 2 + 1;
  for (uint32_t f = 0; f < image->format.frames; f++) {
    for (uint32_t y = 0; y < rows; y++) {
      for (uint32_t x = 0; x < columns; x++) {
        const uint32_t size = rows > columns ? rows : columns;
        uint32_t label = 0;
        switch (kind) {
          case FULL: label = labels - 1; break;
          case NOISE: label = (uint32_t)(next_random(&random) >> 20) % labels; break;
          case BLOBS: label = ball_label(labels, seed, f, y, x, size); break;
          case ENLARGED: label = ball_label(labels, seed, f, y / 3 * 3, x / 5 * 5, size); break;
          case COPIES: label = ball_label(labels, seed, f / 3, y, x, size); break;
          default: break;
        }
        set_pixel(image, f, y, x, label * step);
      }
    }
  }
}

static label_edge_status fetch_pixels(void *user, uint32_t frame, const uint8_t **bytes, size_t *size) {
  const instance *image = user;
  *bytes = image->pixels + image->frame_bytes * frame;
  *size = image->frame_bytes;
  return frame < image->format.frames ? LABEL_EDGE_OK : LABEL_EDGE_NO_ACCESS;
}

static label_edge_status fetch_fragment(void *user, uint32_t frame, const uint8_t **bytes, size_t *size) {
  instance *image = user;
  if (frame >= image->format.frames) {
    return LABEL_EDGE_NO_ACCESS;
  }
  image->fetched++;
  *bytes = image->fragments[frame];
  *size = image->sizes[frame];
  return LABEL_EDGE_OK;
}

/* An encoder of either transfer syntax. */
typedef struct instance_encoder {
  label_edge_encoder *alone;
  label_edge_predicted_encoder *predicted;
} instance_encoder;

static label_edge_status encode_frame(instance *image, const instance_encoder *encoder, uint32_t frame,
                                      const uint8_t **bytes, size_t *size) {
  const uint8_t *pixels = image->pixels + image->frame_bytes * frame;
  return image->predicted
             ? label_edge_predicted_encode(encoder->predicted, frame, pixels, fetch_pixels, image, bytes, size)
             : label_edge_encode(encoder->alone, frame, pixels, fetch_pixels, image, bytes, size);
}

static label_edge_status encode_frames(instance *image, const instance_encoder *encoder) {
  drop_fragments(image);
  image->total = 0;
  for (uint32_t f = 0; f < image->format.frames; f++) {
    const uint8_t *bytes;
    size_t count;
    const label_edge_status status = encode_frame(image, encoder, f, &bytes, &count);
    if (status) {
      return status;
    }
    image->fragments[f] = need(count);
    memcpy(image->fragments[f], bytes, count);
    image->sizes[f] = count;
    image->total += count;
  }
  return LABEL_EDGE_OK;
}

label_edge_status instance_encode(instance *image, knowledge known) {
  label_edge_survey *survey = NULL;
  instance_encoder encoder = {0};
  const uint8_t *plan = NULL;
  size_t size = 0;
  label_edge_status status = LABEL_EDGE_OK;
  if (known != KNOWS_NOTHING) {
    status = label_edge_survey_create(&image->format, known >= KNOWS_SAME, &survey);
    for (uint32_t f = 0; f < image->format.frames && !status; f++) {
      status = label_edge_survey_add(survey, image->pixels + image->frame_bytes * f);
    }
    status = status ? status : label_edge_survey_finish(survey, &plan, &size);
  }
  image->predicted = known == KNOWS_FRAMES;
  if (!status) {
    status = image->predicted ? label_edge_predicted_encoder_create(&image->format, plan, size, &encoder.predicted)
                              : label_edge_encoder_create(&image->format, plan, size, &encoder.alone);
  }
  if (!status && image->predicted) {
    label_edge_predicted_encoder_count(encoder.predicted, image->counts);
  } else if (!status) {
    label_edge_encoder_count(encoder.alone, image->counts);
  }
  status = status ? status : encode_frames(image, &encoder);
  label_edge_encoder_destroy(encoder.alone);
  label_edge_predicted_encoder_destroy(encoder.predicted);
  label_edge_survey_destroy(survey);
  return status;
}

label_edge_status instance_open(const instance *image, instance_decoder *decoder) {
  *decoder = (instance_decoder){0};
  return image->predicted ? label_edge_predicted_decoder_create(&image->format, &decoder->predicted)
                          : label_edge_decoder_create(&image->format, &decoder->alone);
}

void instance_close(instance_decoder *decoder) {
  label_edge_decoder_destroy(decoder->alone);
  label_edge_predicted_decoder_destroy(decoder->predicted);
  *decoder = (instance_decoder){0};
}

label_edge_status instance_decode(instance *image, const instance_decoder *decoder, uint32_t frame, void *out) {
  const uint8_t *bytes = image->fragments[frame];
  const size_t size = image->sizes[frame];
  return image->predicted
             ? label_edge_predicted_decode(decoder->predicted, frame, bytes, size, out, fetch_fragment, image)
             : label_edge_decode(decoder->alone, frame, bytes, size, out, fetch_fragment, image);
}

label_edge_status instance_decode_alone(const label_edge_format *format, uint32_t frame, const uint8_t *bytes,
                                        size_t size) {
  uint8_t *exact = need(size); /* so that reading on is seen */
  uint8_t *out = need(label_edge_frame_bytes(format));
  label_edge_decoder *decoder;
  memcpy(exact, bytes, size);
  label_edge_status status = label_edge_decoder_create(format, &decoder);
  if (!status) {
    status = label_edge_decode(decoder, frame, exact, size, out, NULL, NULL);
  }
  label_edge_decoder_destroy(decoder);
  free(exact);
  free(out);
  return status;
}

void instance_set_checksum(uint8_t *fragment, size_t size) {
  static le_crc_tables tables;
  if (!tables.of[0][1]) {
    label_edge_make_crc_tables(&tables);
  }
  const uint32_t crc = label_edge_crc(&tables, fragment, size);
  for (unsigned k = 0; k < 4 && size; k++) {
    fragment[size + k] = (uint8_t)(crc >> 8 * k);
  }
}
