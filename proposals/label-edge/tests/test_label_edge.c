/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_edge.c - the core alone: round trips of all shapes and numbers of labels, damage, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "instance.h"
#include "label_edge_writer.h"

enum { GUARD = 64 };

/* Decodes all frames, forwards and then in a mixed order, each into memory of its exact size. */
static void check_decodes(instance *image) {
  label_edge_decoder *decoder;
  assert_int_equal(instance_open(image, &decoder), LABEL_EDGE_OK);
  for (int pass = 0; pass < 2; pass++) {
    for (uint32_t k = 0; k < image->format.frames; k++) {
      const uint32_t f = pass ? (uint32_t)((uint64_t)k * 7919 % image->format.frames) : k;
      uint8_t *out = malloc(image->frame_bytes);
      assert_non_null(out);
      memset(out, 0xa5, image->frame_bytes);
      assert_int_equal(image->sizes[f] % 2, 0);
      image->fetched = 0;
      assert_int_equal(instance_decode(image, decoder, f, out), LABEL_EDGE_OK);
      assert_true(image->fetched <= 6);
      assert_memory_equal(out, image->pixels + image->frame_bytes * f, image->frame_bytes);
      free(out);
    }
  }
  label_edge_decoder_destroy(decoder);
}

/* Nothing grows by more than 1 percent, but for the header, and what rounding to two bytes takes of each frame. */
static void check_size(const instance *image) {
  const size_t pixels = image->frame_bytes * image->format.frames;
  const size_t grid = ((size_t)image->format.rows + image->format.columns) / 8 + 2;
  assert_true(image->total <= pixels + pixels / 100 + 128 + grid + (size_t)image->format.frames * 4);
}

static void check_round_trip(uint32_t rows, uint32_t columns, unsigned bits, uint32_t frames, content kind,
                             uint32_t labels, uint64_t seed) {
  instance image;
  instance_create(&image, rows, columns, bits, frames);
  instance_draw(&image, kind, labels, seed);
  for (int predict = 0; predict < 2; predict++) {
    assert_int_equal(instance_encode(&image, predict), LABEL_EDGE_OK);
    check_size(&image);
    check_decodes(&image);
  }
  instance_destroy(&image);
}

static void test_shapes(void **state) {
  (void)state;
  static const uint32_t shapes[][2] = {{1, 1}, {1, 2},   {1, 7},   {1, 1000}, {1000, 1}, {2, 2},  {3, 5},
                                       {5, 3}, {23, 38}, {64, 64}, {65, 63},  {7, 129},  {33, 2}, {100, 101}};
  static const unsigned bits[] = {1, 8, 16};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    for (size_t b = 0; b < 3; b++) {
      for (int c = 0; c < CONTENTS; c++) {
        check_round_trip(shapes[s][0], shapes[s][1], bits[b], 1 + (uint32_t)(s * 3 + b + (size_t)c) % 11, (content)c,
                         b ? 9 : 2, s + 1);
      }
    }
  }
}

static void test_random_shapes(void **state) {
  (void)state;
  uint64_t random = 0x1234567;
  for (int round = 0; round < 400; round++) {
    const uint32_t rows = 1 + (uint32_t)(next_random(&random) % 60);
    const uint32_t columns = 1 + (uint32_t)(next_random(&random) % 90);
    const unsigned bits = (unsigned[]){1, 8, 16}[next_random(&random) % 3];
    const uint32_t frames = 1 + (uint32_t)(next_random(&random) % 14);
    const content kind = (content)(next_random(&random) % CONTENTS);
    const uint32_t labels = 1 + (uint32_t)(next_random(&random) % (bits == 16 ? 3000 : 200));
    check_round_trip(rows, columns, bits, frames, kind, labels, next_random(&random));
  }
}

static void test_label_counts(void **state) {
  (void)state;
  static const uint32_t counts[] = {1, 2, 3, 4, 16, 17, 255, 256, 257, 1000, 32768, 65535, 65536};
  for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
    check_round_trip(300, 301, 16, 3, NOISE, counts[k], 5);
    check_round_trip(90, 91, 16, 6, BLOBS, counts[k], 6);
    check_round_trip(90, 91, 8, 6, BLOBS, counts[k], 7);
  }
}

/* A frame that is not one of those that were surveyed is refused, not coded as something else. */
static void test_other_frame(void **state) {
  (void)state;
  instance image;
  instance_create(&image, 12, 12, 8, 1);
  label_edge_survey *survey;
  label_edge_encoder *encoder;
  const uint8_t *plan;
  size_t size;
  assert_int_equal(label_edge_survey_create(&image.format, false, &survey), LABEL_EDGE_OK);
  assert_int_equal(label_edge_survey_add(survey, image.pixels), LABEL_EDGE_OK);
  assert_int_equal(label_edge_survey_add(survey, image.pixels), LABEL_EDGE_BAD_FORMAT);
  assert_int_equal(label_edge_survey_finish(survey, &plan, &size), LABEL_EDGE_OK);
  assert_int_equal(label_edge_encoder_create(&image.format, plan, size, &encoder), LABEL_EDGE_OK);
  instance_draw(&image, BLOBS, 5, 3);
  image.pixels[77] = 200;
  const uint8_t *bytes;
  assert_int_equal(label_edge_encode(encoder, 0, image.pixels, NULL, NULL, &bytes, &size), LABEL_EDGE_BAD_FORMAT);
  label_edge_encoder_destroy(encoder);
  label_edge_survey_destroy(survey);
  instance_destroy(&image);
}

/* ---- Damage: an error or any pixels, but no crash; how much is found is counted. */

/* Decodes all frames with one fragment replaced; returns whether all went well. */
static bool decode_damaged(instance *image, uint32_t frame, const uint8_t *bytes, size_t size) {
  uint8_t *const kept = image->fragments[frame];
  const size_t kept_size = image->sizes[frame];
  uint8_t *exact = malloc(size ? size : 1); /* so that reading on is seen */
  uint8_t *out = malloc(image->frame_bytes);
  assert_non_null(exact);
  assert_non_null(out);
  memcpy(exact, bytes, size);
  image->fragments[frame] = exact;
  image->sizes[frame] = size;
  label_edge_decoder *decoder;
  bool well = !instance_open(image, &decoder);
  for (uint32_t f = 0; f < image->format.frames && decoder; f++) {
    well = !instance_decode(image, decoder, f, out) && well;
  }
  label_edge_decoder_destroy(decoder);
  image->fragments[frame] = kept;
  image->sizes[frame] = kept_size;
  free(exact);
  free(out);
  return well;
}

static void test_truncated(void **state) {
  (void)state;
  unsigned cuts = 0;
  unsigned unseen = 0;
  for (int c = 0; c < CONTENTS; c++) {
    instance image;
    instance_create(&image, 24, 37, 8, 6);
    instance_draw(&image, (content)c, 7, 4);
    assert_int_equal(instance_encode(&image, true), LABEL_EDGE_OK);
    for (uint32_t f = 0; f < image.format.frames; f++) {
      for (size_t size = 0; size < image.sizes[f]; size++) {
        cuts++;
        unseen += decode_damaged(&image, f, image.fragments[f], size);
      }
    }
    instance_destroy(&image);
  }
  print_message("%u cuts, %u not seen\n", cuts, unseen);
  assert_true(unseen * 50 < cuts);
}

static void test_flipped(void **state) {
  (void)state;
  unsigned flips = 0;
  unsigned unseen = 0;
  for (int c = 0; c < CONTENTS; c++) {
    for (unsigned bits = 1; bits <= 16; bits += bits == 1 ? 7 : 8) {
      instance image;
      instance_create(&image, 24, 37, bits, 6);
      instance_draw(&image, (content)c, 7, 4);
      assert_int_equal(instance_encode(&image, true), LABEL_EDGE_OK);
      for (uint32_t f = 0; f < image.format.frames; f++) {
        const size_t header = f ? 0 : label_edge_header_size(image.fragments[f], image.sizes[f]);
        const bool raw = (image.fragments[f][header] & 3) == 3; /* any bits are labels there */
        for (size_t bit = 0; bit < image.sizes[f] * 8; bit++) {
          image.fragments[f][bit / 8] ^= (uint8_t)(1u << bit % 8);
          const bool well = decode_damaged(&image, f, image.fragments[f], image.sizes[f]);
          flips += !raw;
          unseen += well && !raw;
          image.fragments[f][bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
      }
      check_decodes(&image);
      instance_destroy(&image);
    }
  }
  print_message("%u bits, %u not seen\n", flips, unseen);
  assert_true(unseen * 10 < flips);
}

/* Where columns are few, a move to the left may lead in front of the frame. */
static void test_narrow(void **state) {
  (void)state;
  for (uint32_t columns = 1; columns <= 4; columns++) {
    instance image;
    instance_create(&image, 400, columns, 8, 3);
    instance_draw(&image, NOISE, 3, columns);
    for (uint32_t k = 0; k < 400 * columns; k++) {
      image.pixels[k] = (uint8_t)(k / 37 % 3 * 85); /* so that frame 0 is not raw */
    }
    assert_int_equal(instance_encode(&image, false), LABEL_EDGE_OK);
    const size_t header = label_edge_header_size(image.fragments[0], image.sizes[0]);
    assert_int_equal(image.fragments[0][header] & 3, 0);
    size_t unseen = 0;
    for (size_t bit = header * 8; bit < image.sizes[0] * 8; bit++) {
      image.fragments[0][bit / 8] ^= (uint8_t)(1u << bit % 8);
      unseen += decode_damaged(&image, 0, image.fragments[0], image.sizes[0]);
      image.fragments[0][bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(unseen * 2 < (image.sizes[0] - header) * 8); /* bits of gaps, which are long here, are not seen */
    check_decodes(&image);
    instance_destroy(&image);
  }
}

/* New edges next to each other, from `from` on; label: before them. Returns that of the last. */
static uint32_t put_new_edges(le_writer *w, uint32_t from, uint32_t count, uint32_t label, uint32_t above,
                              uint32_t expected) {
  for (uint32_t k = 0; k < count; k++, from++, label ^= 1) {
    const uint32_t context = LE_EDGE + (label != above ? LE_HISTORIES : 0) + LE_NEW_EDGE;
    w->symbols[w->count++] = context << 16 | LE_INSERT;
    w->symbols[w->count++] = le_gap_context(expected >= from ? expected - from + 1 : 1) << 16;
  }
  return label;
}

/* A column of eight pixels, all of them edges; then the edge at 0 moves by -2, to -1, and the column begins anew: there
 * would be more edges than pixels. */
static void test_move_in_front_of_the_frame(void **state) {
  (void)state;
  instance image;
  instance_create(&image, 8, 1, 8, 1);
  for (uint32_t k = 0; k < 8; k += 2) {
    image.pixels[k] = 1;
  }
  assert_int_equal(instance_encode(&image, false), LABEL_EDGE_OK);
  uint32_t symbols[64];
  le_writer w = {.symbols = symbols, .type = LE_INTRA};
  symbols[w.count++] = LE_END << 16 | 1;
  symbols[w.count++] = le_gap_context(9) << 16;
  assert_int_equal(put_new_edges(&w, 1, 7, 1, 0, 1), 0);
  symbols[w.count++] = (LE_EDGE + LE_NEW_EDGE) << 16 | 3;
  put_new_edges(&w, 0, 8, 1, 1, 2);
  le_bytes bytes = {0};
  assert_int_equal(label_edge_write(&w, label_edge_encoding_tables(), &bytes), LABEL_EDGE_OK);
  const size_t header = label_edge_header_size(image.fragments[0], image.sizes[0]);
  uint8_t fragment[128];
  assert_true(header + bytes.size <= sizeof fragment);
  memcpy(fragment, image.fragments[0], header);
  memcpy(fragment + header, bytes.p, bytes.size);
  assert_false(decode_damaged(&image, 0, fragment, header + bytes.size));
  free(bytes.p);
  instance_destroy(&image);
}

/* ---- Faults: each breaks one rule of the text, and is an error. */

static void test_faults(void **state) {
  (void)state;
  instance image;
  instance_create(&image, 16, 16, 8, 9);
  instance_draw(&image, BLOBS, 5, 9);
  assert_int_equal(instance_encode(&image, true), LABEL_EDGE_OK);
  static const struct {
    const char *what; /* and the section */
    uint32_t frame;
    uint8_t bytes[4];
    size_t size;
  } frames[] = {
      {"no bytes (4.1)", 1, {0}, 0},
      {"an odd byte that is not 0 (4.1)", 1, {0, 0, 1}, 3},
      {"a key that is predicted (4.2)", 4, {1, 0}, 2},
      {"the last frame is a key, too (4.2)", 8, {1, 0}, 2},
      {"distance 0 (4.3)", 3, {2, 0}, 2},
      {"same as a later frame, for a key (4.3)", 4, {2 | 4 | 8, 0}, 2},
      {"same as a frame in front of the first (4.3)", 4, {2 | 5 << 3, 0}, 2},
      {"same as a frame that is none of the references (4.3)", 3, {2 | 2 << 3, 0}, 2},
      {"same as a frame behind the last (4.3)", 7, {2 | 4 | 2 << 3, 0}, 2},
      {"more bytes behind a frame of type 2 (4.3)", 3, {2 | 1 << 3, 0, 0, 0}, 4},
      {"raw, of another size (10)", 3, {3, 0, 0, 0}, 4},
  };
  for (size_t k = 0; k < sizeof frames / sizeof *frames; k++) {
    if (decode_damaged(&image, frames[k].frame, frames[k].bytes, frames[k].size)) {
      fail_msg("not seen: %s", frames[k].what);
    }
  }
  uint8_t longer[4096] = {0};
  assert_true(image.sizes[3] + 2 <= sizeof longer);
  memcpy(longer, image.fragments[3], image.sizes[3]);
  assert_false(decode_damaged(&image, 3, longer, image.sizes[3] + 2)); /* bits left (6.1) */
  static const struct {
    const char *what;
    size_t at;
    uint8_t value;
  } headers[] = {{"magic", 0, 'M'},
                 {"version", 2, 1},
                 {"a flag that is not defined", 3, 8},
                 {"an odd size", 4, 19},
                 {"a size below 18", 4, 16},
                 {"rows", 8, 17},
                 {"columns", 10, 15},
                 {"bits", 12, 16},
                 {"frames", 14, 8},
                 {"no runs", 18, 0},
                 {"a gap beyond the values", 19, 0xff}};
  uint8_t *first = malloc(image.sizes[0]);
  assert_non_null(first);
  for (size_t k = 0; k < sizeof headers / sizeof *headers; k++) {
    memcpy(first, image.fragments[0], image.sizes[0]);
    first[headers[k].at] = headers[k].value;
    if (decode_damaged(&image, 0, first, image.sizes[0])) {
      fail_msg("not seen: %s", headers[k].what);
    }
  }
  free(first);
  check_decodes(&image);
  instance_destroy(&image);
}

static void test_formats(void **state) {
  (void)state;
  static const label_edge_format bad[] = {{0, 5, 8, 1},     {5, 0, 8, 1}, {65536, 5, 8, 1},
                                          {5, 65536, 8, 1}, {5, 5, 4, 1}, {5, 5, 8, 0}};
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    label_edge_survey *survey;
    label_edge_decoder *decoder;
    assert_int_equal(label_edge_frame_bytes(&bad[k]), 0);
    assert_int_equal(label_edge_survey_create(&bad[k], false, &survey), LABEL_EDGE_BAD_FORMAT);
    assert_int_equal(label_edge_decoder_create(&bad[k], (const uint8_t *)"LE", 2, &decoder), LABEL_EDGE_BAD_FORMAT);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_shapes),       cmocka_unit_test(test_random_shapes),
      cmocka_unit_test(test_label_counts), cmocka_unit_test(test_other_frame),
      cmocka_unit_test(test_truncated),    cmocka_unit_test(test_flipped),
      cmocka_unit_test(test_narrow),       cmocka_unit_test(test_move_in_front_of_the_frame),
      cmocka_unit_test(test_faults),       cmocka_unit_test(test_formats),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
