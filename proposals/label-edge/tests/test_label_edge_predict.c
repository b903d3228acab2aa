/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_edge_predict.c - predicted images: what is refused, with a right checksum, and what frames need
 * (prediction.md). Round trips are in test_label_edge.c, memory in test_label_edge_memory.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "instance.h"
#include "label_edge_predict_encode.h"

static unsigned type_of(const instance *image, uint32_t frame) {
  return image->fragments[frame][0] & 3;
}

/* Replaces a fragment by bytes and their checksum. */
static void put_fragment(instance *image, uint32_t frame, const uint8_t *bytes, size_t size) {
  free(image->fragments[frame]);
  image->fragments[frame] = malloc(size + LE_CHECKSUM);
  assert_non_null(image->fragments[frame]);
  memcpy(image->fragments[frame], bytes, size);
  instance_set_checksum(image->fragments[frame], size);
  image->sizes[frame] = size + LE_CHECKSUM;
}

static label_edge_status decode_first(instance *image, uint32_t frame) {
  instance_decoder decoder;
  uint8_t *out = malloc(image->frame_bytes);
  assert_non_null(out);
  assert_int_equal(instance_open(image, &decoder), LABEL_EDGE_OK);
  const label_edge_status status = instance_decode(image, &decoder, frame, out);
  instance_close(&decoder);
  free(out);
  return status;
}

static void draw(instance *image, content kind, knowledge known) {
  instance_create(image, 24, 30, 8, 9);
  instance_draw(image, kind, 7, 4);
  assert_int_equal(instance_encode(image, known), LABEL_EDGE_OK);
}

/* ---- P.2 */

static void test_types(void **state) {
  (void)state;
  static const struct {
    const char *what;
    uint32_t frame;
    uint8_t bytes[4];
    size_t size;
    label_edge_status status;
  } faults[] = {
      {"a key that is predicted", 4, {LE_PREDICTED, 0}, 2, LABEL_EDGE_BAD_TYPE},
      {"the last frame is a key, too", 8, {LE_PREDICTED, 0}, 2, LABEL_EDGE_BAD_TYPE},
      {"a key that is the same as none", 4, {LE_SAME, 0}, 2, LABEL_EDGE_BAD_TYPE},
      {"a key that is the same as one in front of the first", 4, {LE_SAME | 5 << 2, 0}, 2, LABEL_EDGE_BAD_TYPE},
      {"a key that is the same as a predicted frame", 4, {LE_SAME | 1 << 2, 0}, 2, LABEL_EDGE_BAD_TYPE},
      {"a frame that is the same as none", 2, {LE_SAME, 0}, 2, LABEL_EDGE_BAD_TYPE},
      {"a frame that is the same as the third of two", 2, {LE_SAME | 3 << 2, 0}, 2, LABEL_EDGE_BAD_TYPE},
      {"a frame that is the same, and more bytes", 2, {LE_SAME | 1 << 2, 0, 0, 0}, 4, LABEL_EDGE_BAD_TYPE},
      {"labels of more bits than are allocated", 2, {LE_PREDICTED | 8 << 2, 0}, 2, LABEL_EDGE_BAD_DATA},
      {"no symbols", 2, {LE_PREDICTED, 0}, 2, LABEL_EDGE_BAD_DATA},
  };
  instance image;
  draw(&image, BLOBS, KNOWS_FRAMES);
  assert_int_equal(type_of(&image, 3), LE_PREDICTED);
  for (size_t k = 0; k < sizeof faults / sizeof *faults; k++) {
    assert_int_equal(instance_encode(&image, KNOWS_FRAMES), LABEL_EDGE_OK);
    put_fragment(&image, faults[k].frame, faults[k].bytes, faults[k].size);
    if (decode_first(&image, faults[k].frame) != faults[k].status) {
      fail_msg("not seen: %s", faults[k].what);
    }
  }
  instance_destroy(&image);
}

/* Frames between keys that have the pixels of one of their references, of whatever type, say so. */
static void test_same(void **state) {
  (void)state;
  instance image;
  draw(&image, COPIES, KNOWS_FRAMES); /* 0 = 1 = 2, 3 = 4 = 5, 6 = 7 = 8 */
  for (uint32_t f = 0; f < image.format.frames; f++) {
    assert_int_equal(type_of(&image, f) == LE_SAME, f == 1 || f == 2 || f == 3 || f == 5 || f == 6 || f == 7);
    assert_int_equal(decode_first(&image, f), LABEL_EDGE_OK);
  }
  instance_destroy(&image);
  draw(&image, EMPTY, KNOWS_FRAMES);
  for (uint32_t f = 1; f < image.format.frames; f++) {
    assert_int_equal(type_of(&image, f), LE_SAME); /* keys, too */
    assert_int_equal(decode_first(&image, f), LABEL_EDGE_OK);
  }
  instance_destroy(&image);
}

/* The pixels of an image, and how many frames were asked for. */
typedef struct source {
  const instance *image;
  unsigned fetched;
} source;

static label_edge_status fetch_pixels(void *user, uint32_t frame, const uint8_t **bytes, size_t *size) {
  source *from = user;
  from->fetched++;
  *bytes = from->image->pixels + from->image->frame_bytes * frame;
  *size = from->image->frame_bytes;
  return LABEL_EDGE_OK;
}

/* What a survey says of other pixels costs bytes at most: its frames repeat others, these do not. */
static void test_other_survey(void **state) {
  (void)state;
  instance known;
  instance image;
  draw(&known, COPIES, KNOWS_FRAMES);
  draw(&image, BLOBS, KNOWS_FRAMES);
  label_edge_survey *survey;
  label_edge_predicted_encoder *encoder;
  const uint8_t *plan;
  size_t size;
  assert_int_equal(label_edge_survey_create(&known.format, true, &survey), LABEL_EDGE_OK);
  for (uint32_t f = 0; f < known.format.frames; f++) {
    assert_int_equal(label_edge_survey_add(survey, known.pixels + known.frame_bytes * f), LABEL_EDGE_OK);
  }
  assert_int_equal(label_edge_survey_finish(survey, &plan, &size), LABEL_EDGE_OK);
  assert_int_equal(label_edge_predicted_encoder_create(&image.format, plan, size, &encoder), LABEL_EDGE_OK);
  label_edge_survey_destroy(survey);
  for (uint32_t f = 0; f < image.format.frames; f++) {
    source from = {.image = &image};
    const uint8_t *bytes;
    assert_int_equal(label_edge_predicted_encode(encoder, f, image.pixels + image.frame_bytes * f, fetch_pixels, &from,
                                                 &bytes, &size),
                     LABEL_EDGE_OK);
    assert_true(from.fetched <= 4);
    put_fragment(&image, f, bytes, size - LE_CHECKSUM);
  }
  label_edge_predicted_encoder_destroy(encoder);
  instance_decoder decoder;
  uint8_t out[24 * 30];
  assert_int_equal(instance_open(&image, &decoder), LABEL_EDGE_OK);
  for (uint32_t f = 0; f < image.format.frames; f++) {
    assert_int_equal(instance_decode(&image, &decoder, f, out), LABEL_EDGE_OK);
    assert_memory_equal(out, image.pixels + image.frame_bytes * f, sizeof out);
  }
  instance_close(&decoder);
  instance_destroy(&known);
  instance_destroy(&image);
}

/* Keys that name two frames in turn decode each of them once. */
static void test_same_in_turns(void **state) {
  (void)state;
  instance image;
  instance_create(&image, 24, 30, 8, 41);
  instance_draw(&image, BLOBS, 7, 4);
  assert_int_equal(instance_encode(&image, KNOWS_FRAMES), LABEL_EDGE_OK);
  for (uint32_t f = 8; f < image.format.frames; f += 4) {
    const uint32_t back = f - f % 8;
    const uint8_t bytes[2] = {(uint8_t)(LE_SAME | back << 2), (uint8_t)(back >> 6)};
    put_fragment(&image, f, bytes, sizeof bytes);
  }
  instance_decoder decoder;
  uint8_t out[24 * 30];
  assert_int_equal(instance_open(&image, &decoder), LABEL_EDGE_OK);
  for (uint32_t f = 0; f < image.format.frames; f += 4) {
    image.fetched = 0;
    assert_int_equal(instance_decode(&image, &decoder, f, out), LABEL_EDGE_OK);
    assert_int_equal(image.fetched, 0);
    assert_memory_equal(out, image.pixels + image.frame_bytes * (f % 8), sizeof out);
  }
  instance_close(&decoder);
  instance_destroy(&image);
}

/* References of different grids are an error, also when both are of the whole frame's size. */
static void test_grids(void **state) {
  (void)state;
  instance small;
  instance image;
  draw(&small, ENLARGED, KNOWS_GRID);
  draw(&image, ENLARGED, KNOWS_FRAMES);
  assert_int_equal(type_of(&image, 2), LE_PREDICTED);
  assert_int_equal(decode_first(&image, 2), LABEL_EDGE_OK);
  assert_int_equal(instance_encode(&small, KNOWS_NOTHING), LABEL_EDGE_OK);
  put_fragment(&image, 4, small.fragments[4], small.sizes[4] - LE_CHECKSUM);
  assert_int_equal(decode_first(&image, 4), LABEL_EDGE_OK);
  assert_int_equal(decode_first(&image, 2), LABEL_EDGE_BAD_DATA);
  instance_destroy(&small);
  instance_destroy(&image);
}

/* A decoder that has nothing but the fragment says which other one it needs. */
static void test_alone(void **state) {
  (void)state;
  instance image;
  label_edge_predicted_decoder *decoder;
  uint8_t out[24 * 30];
  draw(&image, BLOBS, KNOWS_FRAMES);
  assert_int_equal(label_edge_predicted_decoder_create(&image.format, &decoder), LABEL_EDGE_OK);
  assert_int_equal(label_edge_predicted_decode(decoder, 6, image.fragments[6], image.sizes[6], out, NULL, NULL),
                   LABEL_EDGE_NO_ACCESS);
  assert_int_equal(label_edge_predicted_needed_frame(decoder), 4);
  assert_int_equal(label_edge_predicted_decode(decoder, 4, image.fragments[4], image.sizes[4], out, NULL, NULL),
                   LABEL_EDGE_OK);
  assert_int_equal(label_edge_predicted_decode(decoder, 6, image.fragments[6], image.sizes[6], out, NULL, NULL),
                   LABEL_EDGE_NO_ACCESS);
  assert_int_equal(label_edge_predicted_needed_frame(decoder), 8);
  assert_int_equal(label_edge_predicted_decode(decoder, 9, image.fragments[8], image.sizes[8], out, NULL, NULL),
                   LABEL_EDGE_BAD_FORMAT);
  label_edge_predicted_decoder_destroy(decoder);
  instance_destroy(&image);
}

/* ---- P.3: frame 1 of three, of 4 rows and 8 columns; the others are of one label. */

/* What frame 1 is, of these symbols and labels of these bits. */
static label_edge_status decode_symbols(uint32_t label, unsigned label_bits, const uint32_t *symbols, size_t count) {
  instance image;
  instance_create(&image, 4, 8, 8, 3);
  memset(image.pixels, (int)label, image.frame_bytes * 3);
  assert_int_equal(instance_encode(&image, KNOWS_NOTHING), LABEL_EDGE_OK); /* on the whole frame */
  image.predicted = true;
  le_writer w = {0};
  le_bytes out = {0};
  uint8_t front = (uint8_t)(LE_PREDICTED | (label_bits - 1) << LE_TYPE_BITS);
  const le_head head = {.bytes = &front, .bits = LE_TYPE_BITS + LE_DEPTH_BITS};
  assert_int_equal(label_edge_begin_frame(&w, label_bits, count), LABEL_EDGE_OK);
  memcpy(w.symbols, symbols, count * sizeof *symbols);
  w.count = count;
  assert_int_equal(label_edge_write(&w, label_edge_encoding_tables(), &head, &out), LABEL_EDGE_OK);
  put_fragment(&image, 1, out.p, out.size - LE_CHECKSUM);
  const label_edge_status status = decode_first(&image, 1);
  free(w.symbols);
  free(out.p);
  instance_destroy(&image);
  return status;
}

static uint32_t symbol_of(unsigned context, unsigned symbol) {
  return (uint32_t)context << 16 | symbol;
}

/* Contexts of a whole row: all labels agree; only N; and, of what is left of it, all but N. */
enum {
  LE_AGREE = LE_SEGMENT + 240 + 3 * 2 + 1,
  LE_ONLY_N = LE_SEGMENT + 12 + 3,
  LE_BUT_N = LE_SEGMENT + 216 + 5 * 4 + 3
};

static void test_symbols(void **state) {
  (void)state;
  const uint32_t nothing[] = {symbol_of(LE_AGREE, 0), symbol_of(LE_AGREE, 0), symbol_of(LE_AGREE, 0),
                              symbol_of(LE_AGREE, 0)};
  assert_int_equal(decode_symbols(0, 1, nothing, 4), LABEL_EDGE_OK);
  assert_int_equal(decode_symbols(0, 1, nothing, 3), LABEL_EDGE_BAD_DATA); /* a row is missed */
  /* References of 200: at once in the first row, where N is 0; then all agree. */
  const uint32_t at_once[] = {symbol_of(LE_ONLY_N, 1), symbol_of(LE_BUT_N, 0), symbol_of(LE_AGREE, 0),
                              symbol_of(LE_AGREE, 0), symbol_of(LE_AGREE, 0)};
  assert_int_equal(decode_symbols(200, 8, at_once, 5), LABEL_EDGE_OK);
  assert_int_equal(decode_symbols(200, 7, at_once, 5), LABEL_EDGE_BAD_DATA); /* 200 has 8 bits */
  const uint32_t listed[] = {symbol_of(LE_AGREE, LE_OTHER), symbol_of(LE_OFFSET + 1, 0),
                             symbol_of(LE_WHICH, LE_WHICH_LISTED)};
  assert_int_equal(decode_symbols(0, 8, listed, 3), LABEL_EDGE_BAD_DATA); /* the list is empty */
  const uint32_t second[] = {symbol_of(LE_AGREE, LE_OTHER), symbol_of(LE_OFFSET + 1, 0),
                             symbol_of(LE_WHICH, LE_WHICH_SECOND)};
  assert_int_equal(decode_symbols(0, 8, second, 3), LABEL_EDGE_BAD_DATA); /* there is no other label */
  const uint32_t behind[] = {symbol_of(LE_AGREE, LE_OTHER), symbol_of(LE_OFFSET + 1, 3), LE_RAW_BITS | 3u << 16 | 1};
  assert_int_equal(decode_symbols(0, 1, behind, 3), LABEL_EDGE_BAD_DATA); /* in the row below */
}

/* Decodes a frame of the image with one byte changed and a right checksum; true: it is refused. */
static bool refuses_damage(instance *image, const instance_decoder *decoder, uint32_t frame, uint64_t *random) {
  uint8_t *const good = image->fragments[frame];
  const size_t size = image->sizes[frame] - LE_CHECKSUM;
  uint8_t *const bad = malloc(image->sizes[frame]);
  uint8_t *const out = malloc(image->frame_bytes);
  assert_true(bad && out);
  memcpy(bad, good, size);
  bad[1 + next_random(random) % (size - 1)] ^= (uint8_t)(1 + next_random(random) % 255);
  instance_set_checksum(bad, size);
  image->fragments[frame] = bad;
  const bool refused = instance_decode(image, decoder, frame, out) != LABEL_EDGE_OK;
  image->fragments[frame] = good;
  free(bad);
  free(out);
  return refused;
}

/* A frame that ends in an error leaves nothing behind for those that the decoder reads later, not in rows either that
 * have one label before and after it. */
static void test_after_damage(void **state) {
  (void)state;
  uint64_t random = 3;
  unsigned refused = 0;
  for (uint64_t round = 0; round < 300; round++) {
    instance image;
    instance_decoder decoder;
    uint8_t out[40 * 12];
    instance_create(&image, 40, 12, 8, 9);
    for (uint32_t f = 0; f < image.format.frames; f++) { /* a few marks in rows, most of which are empty */
      for (unsigned k = 0; k < 6; k++) {
        const uint64_t drawn = next_random(&random) >> 8;
        memset(image.pixels + image.frame_bytes * f + drawn % 37 * 12 + (drawn >> 8) % 8, (int)(drawn >> 16) % 3 + 1,
               3);
      }
    }
    assert_int_equal(instance_encode(&image, KNOWS_FRAMES), LABEL_EDGE_OK);
    assert_int_equal(instance_open(&image, &decoder), LABEL_EDGE_OK);
    for (uint32_t f = 0; f < image.format.frames; f++) {
      for (unsigned k = 0; k < 4 && type_of(&image, f) == LE_PREDICTED; k++) {
        if (refuses_damage(&image, &decoder, f, &random)) {
          refused++;
        } else { /* it has become another frame, to which others refer */
          instance_close(&decoder);
          assert_int_equal(instance_open(&image, &decoder), LABEL_EDGE_OK);
        }
      }
      assert_int_equal(instance_decode(&image, &decoder, f, out), LABEL_EDGE_OK);
      assert_memory_equal(out, image.pixels + image.frame_bytes * f, sizeof out);
    }
    instance_close(&decoder);
    instance_destroy(&image);
  }
  assert_true(refused > 300);
}

/* The last bytes of a fragment are read from a copy: wherever rows of one label are in front of them, which may or may
 * not stay so. */
static void test_end(void **state) {
  (void)state;
  uint64_t random = 5;
  for (int round = 0; round < 300; round++) {
    instance image;
    instance_create(&image, 64, 2, 8, 5);
    for (size_t k = 0; k < image.frame_bytes * image.format.frames; k++) {
      const uint64_t drawn = next_random(&random) >> 20;
      image.pixels[k] = (uint8_t)(drawn % 4 || !k ? (k ? image.pixels[k - 1] : 0) : drawn >> 8 & 0x30);
    }
    assert_int_equal(instance_encode(&image, KNOWS_FRAMES), LABEL_EDGE_OK);
    for (uint32_t f = 0; f < image.format.frames; f++) {
      assert_int_equal(decode_first(&image, f), LABEL_EDGE_OK);
    }
    instance_destroy(&image);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_types),         cmocka_unit_test(test_same),         cmocka_unit_test(test_other_survey),
      cmocka_unit_test(test_same_in_turns), cmocka_unit_test(test_grids),        cmocka_unit_test(test_alone),
      cmocka_unit_test(test_symbols),       cmocka_unit_test(test_after_damage), cmocka_unit_test(test_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
