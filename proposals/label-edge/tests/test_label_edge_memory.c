/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_edge_memory.c - decoders and encoders allocate no more than they say, and free all of it. The linker puts
 * the functions below in place of those of the C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "instance.h"
#include "label_edge_predict_decode.h"
#include "label_edge_reader.h"
#include "label_edge_writer.h"

enum { IN_FRONT = 16 };
static size_t live;
static size_t most;

void *__real_malloc(size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

static size_t size_of(const void *memory) {
  size_t size;
  memcpy(&size, (const uint8_t *)memory - IN_FRONT, sizeof size);
  return size;
}

void *__wrap_malloc(size_t size) {
  uint8_t *memory = __real_malloc(size + IN_FRONT);
  if (!memory) {
    return NULL;
  }
  memcpy(memory, &size, sizeof size);
  live += size;
  most = live > most ? live : most;
  return memory + IN_FRONT;
}

void *__wrap_calloc(size_t count, size_t size) {
  void *memory = __wrap_malloc(count * size);
  return memory ? memset(memory, 0, count * size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size) {
  void *moved = __wrap_malloc(size);
  if (moved && memory) {
    memcpy(moved, memory, size_of(memory) < size ? size_of(memory) : size);
    __wrap_free(memory);
  }
  return moved;
}

void __wrap_free(void *memory) {
  if (memory) {
    live -= size_of(memory);
    __real_free((uint8_t *)memory - IN_FRONT);
  }
}

static label_edge_status fetch_pixels(void *user, uint32_t frame, const uint8_t **bytes, size_t *size) {
  const instance *image = user;
  *bytes = image->pixels + image->frame_bytes * frame;
  *size = image->frame_bytes;
  return LABEL_EDGE_OK;
}

/* Decodes the fragments within what was told. */
static void check_decoder(instance *image, uint64_t told, size_t tables) {
  uint8_t *out = malloc(image->frame_bytes);
  assert_non_null(out);
  const size_t before = live;
  most = live;
  instance_decoder decoder;
  assert_int_equal(instance_open(image, &decoder), LABEL_EDGE_OK);
  for (uint32_t k = 0; k < image->format.frames * 2; k++) {
    assert_int_equal(instance_decode(image, &decoder, k * 5 % image->format.frames, out), LABEL_EDGE_OK);
  }
  instance_close(&decoder);
  assert_true(most - before <= told);
  assert_true(live - before <= tables);
  free(out);
}

static void check_predicted(instance *image) {
  const uint8_t *bytes;
  size_t size;
  const size_t before = live;
  most = live;
  label_edge_predicted_encoder *encoder;
  assert_int_equal(label_edge_predicted_encoder_create(&image->format, NULL, 0, &encoder), LABEL_EDGE_OK);
  for (uint32_t f = 0; f < image->format.frames; f++) {
    assert_int_equal(label_edge_predicted_encode(encoder, f, image->pixels + image->frame_bytes * f, fetch_pixels,
                                                 image, &bytes, &size),
                     LABEL_EDGE_OK);
  }
  label_edge_predicted_encoder_destroy(encoder);
  assert_true(most - before <= label_edge_predicted_encoder_memory(&image->format));
  assert_true(live == before); /* the tables are those of the core's encoder */
  assert_int_equal(instance_encode(image, KNOWS_FRAMES), LABEL_EDGE_OK);
  check_decoder(image, label_edge_predicted_decoder_memory(&image->format), label_edge_predicted_tables_bytes());
}

/* Codes frames and decodes them, each within what was told. */
static void check(uint32_t rows, uint32_t columns, unsigned bits, content kind) {
  instance image;
  instance_create(&image, rows, columns, bits, 6);
  instance_draw(&image, kind, bits == 16 ? 60000 : 200, 3);
  const uint8_t *bytes;
  size_t size;
  const size_t before = live;
  most = live;
  label_edge_encoder *encoder;
  assert_int_equal(label_edge_encoder_create(&image.format, NULL, 0, &encoder), LABEL_EDGE_OK);
  for (uint32_t f = 0; f < image.format.frames; f++) {
    assert_int_equal(label_edge_encode(encoder, f, image.pixels + image.frame_bytes * f, NULL, NULL, &bytes, &size),
                     LABEL_EDGE_OK);
  }
  label_edge_encoder_destroy(encoder);
  assert_true(most - before <= label_edge_encoder_memory(&image.format));

  assert_int_equal(instance_encode(&image, KNOWS_SAME), LABEL_EDGE_OK);
  check_decoder(&image, label_edge_decoder_memory(&image.format), sizeof(le_decoding_tables));
  check_predicted(&image);
  instance_destroy(&image);
}

static void test_memory(void **state) {
  (void)state;
  static const unsigned bits[] = {1, 8, 16};
  for (int kind = 0; kind < CONTENTS; kind++) {
    for (size_t b = 0; b < 3; b++) {
      check(1, 1, bits[b], (content)kind);
      check(3, 1000, bits[b], (content)kind);
      check(200, 201, bits[b], (content)kind);
    }
  }
  /* Nothing else stays. */
  assert_int_equal(live, sizeof(le_decoding_tables) + sizeof(le_encoding_tables) + label_edge_predicted_tables_bytes());
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
