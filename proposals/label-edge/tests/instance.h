/* SPDX-License-Identifier: Apache-2.0 */
/* instance.h - the frames of one image in memory, as pixels and as fragments, for the tests of the core. */
#ifndef LABEL_EDGE_TESTS_INSTANCE_H
#define LABEL_EDGE_TESTS_INSTANCE_H

#include "label_edge.h"

typedef struct instance {
  label_edge_format format;
  size_t frame_bytes;
  uint8_t *pixels; /* all frames */
  uint8_t **fragments;
  size_t *sizes;
  size_t total;           /* bytes of all fragments */
  bool predicted;         /* the fragments are those of prediction.md */
  unsigned fetched;       /* frames, by the decoder, so far */
  uint64_t (*counts)[16]; /* NULL, or where encoding counts symbols (label_edge_encoder_count) */
} instance;

/* What the pixels look like. */
typedef enum content { EMPTY, FULL, NOISE, BLOBS, ENLARGED, COPIES, CONTENTS } content;

/* Memory for an image; exits when there is none. */
void instance_create(instance *image, uint32_t rows, uint32_t columns, unsigned bits, uint32_t frames);
/* The same, read from a label volume (read_volume.c); false, with a message, when it cannot be read. */
bool instance_read(instance *image, const char *path);
void instance_destroy(instance *image);
/* Draws it with up to labels different values, spread over what the bits can hold. */
void instance_draw(instance *image, content kind, uint32_t labels, uint64_t seed);
/* What the encoder knows of all frames: nothing, what a survey says, and repeated frames, too; or all of them, which
 * are predicted then. */
typedef enum knowledge { KNOWS_NOTHING, KNOWS_GRID, KNOWS_SAME, KNOWS_FRAMES, KNOWLEDGES } knowledge;
/* Makes the fragments, and sets predicted. */
label_edge_status instance_encode(instance *image, knowledge known);
/* A decoder of either transfer syntax. */
typedef struct instance_decoder {
  label_edge_decoder *alone;
  label_edge_predicted_decoder *predicted;
} instance_decoder;
/* Makes a decoder; what it is made of is released by instance_close, also when this fails. */
label_edge_status instance_open(const instance *image, instance_decoder *decoder);
void instance_close(instance_decoder *decoder);
/* Decodes one frame by a decoder of this image. */
label_edge_status instance_decode(instance *image, const instance_decoder *decoder, uint32_t frame, void *out);

/* Decodes one fragment by a decoder of its own, from memory of its exact size, so that reading on is seen. */
label_edge_status instance_decode_alone(const label_edge_format *format, uint32_t frame, const uint8_t *bytes,
                                        size_t size);
/* Puts the checksum behind a coded frame of size bytes; 0: does nothing. */
void instance_set_checksum(uint8_t *fragment, size_t size);

uint64_t next_random(uint64_t *state);

/* The form of a fuzzer's image: rows and columns by a byte each, mostly 1 to 16, at times up to 64; as many columns,
 * then frames, as are asked for of those that have so many pixels in all, so that each input is fast. */
static inline label_edge_format instance_form(const uint8_t sides[2], unsigned bits, uint32_t frames, uint32_t pixels) {
  const uint32_t rows = 1 + (sides[0] < 224 ? sides[0] % 16u : sides[0] % 64u);
  const uint32_t wanted = 1 + (sides[1] < 224 ? sides[1] % 16u : sides[1] % 64u);
  const uint32_t columns = wanted * rows <= pixels ? wanted : 1 + pixels / rows;
  const uint32_t most = 1 + pixels / (rows * columns);
  return (label_edge_format){rows, columns, bits, frames < most ? frames : most};
}

#endif
