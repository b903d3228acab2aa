/* SPDX-License-Identifier: Apache-2.0 */
/* test_digest.c - the digest is the hash of the bytes that dseg/digest.h says, and the same for another encoding. */
#include "random_sources.h"

#include "dseg/digest.h"
#include "dseg/sha256.h"

static void add_number(dseg_sha256 *hash, size_t number) {
  const uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16), (uint8_t)(number >> 24)};
  dseg_sha256_add(hash, bytes, sizeof bytes);
}

/* Planes of the grid in turn, of slides those of the source. */
static void add_labels(dseg_sha256 *hash, const random_source *made, random_place place) {
  const size_t slices = place == RANDOM_SLIDE ? made->planes : made->grid.size[2];
  for (size_t k = 0; k < slices; k++) {
    for (size_t pixel = 0; pixel < made->columns * made->rows; pixel++) {
      uint8_t label = 0;
      for (size_t segment = 0; segment < RANDOM_SEGMENTS; segment++) {
        const bool inside = place == RANDOM_SLIDE
                                ? made->stored[random_at(made, segment, k, pixel)] != 0
                                : random_voxel(made, segment, pixel % made->columns, pixel / made->columns, k) != 0;
        label = inside ? (uint8_t)(segment + 1) : label;
      }
      dseg_sha256_add(hash, &label, 1);
    }
  }
}

static void add_masks(dseg_sha256 *hash, const random_source *made, random_place place) {
  const size_t pixels = made->columns * made->rows;
  for (size_t plane = 0; plane < made->planes; plane++) {
    for (size_t segment = 0; segment < RANDOM_SEGMENTS; segment++) {
      const uint8_t *mask = &made->stored[random_at(made, segment, plane, 0)];
      size_t inside = 0;
      for (size_t i = 0; i < pixels; i++) {
        inside += mask[i] != 0;
      }
      if (inside > 0) {
        add_number(hash, place == RANDOM_SLIDE ? plane : made->slots[plane]);
        add_number(hash, segment + 1);
        dseg_sha256_add(hash, mask, pixels);
      }
    }
  }
}

static void bytes_are_those_of_the_header(void **state) {
  (void)state;
  for (int round = 0; round < 60; round++) {
    const random_wish wish = {.kind = (random_kind)(round % RANDOM_KINDS),
                              .place = (random_place)(round / RANDOM_KINDS % RANDOM_PLACES),
                              .bits = 8U << random_number(3),
                              .first = 1 + random_number(50),
                              .maximum = 1 + random_number(255)};
    random_source made = make_random(&wish);
    dseg_sha256 hash;
    uint8_t expected[DSEG_SHA256_SIZE];
    dseg_sha256_start(&hash);
    if (wish.kind == RANDOM_LABELS) {
      add_labels(&hash, &made, wish.place);
    } else {
      add_masks(&hash, &made, wish.place);
    }
    dseg_sha256_finish(&hash, expected);
    dseg_digest digest;
    const dseg_digest_options options = {.struct_size = sizeof options, .threads = 1 + random_number(3)};
    assert_int_equal(dseg_source_digest(made.source, &options, &digest, NULL), DSEG_OK);
    assert_memory_equal(digest.sha256, expected, sizeof expected);
    assert_int_equal(digest.overlap, wish.kind == RANDOM_OVERLAP);
    assert_int_equal(digest.fractions, wish.kind == RANDOM_FRACTIONS);
    free_random(&made);
  }
}

/* Fractions that are all or nothing are masks. */
static void fractions_count_as_masks_by_request(void **state) {
  (void)state;
  for (int round = 0; round < 10; round++) {
    const random_wish wish = {.kind = RANDOM_FRACTIONS, .place = (random_place)(round % 3), .bits = 8, .maximum = 1};
    random_source fractions = make_random(&wish);
    const dseg_digest_options options = {.struct_size = sizeof options, .as_masks = true};
    dseg_digest a;
    dseg_digest b;
    assert_int_equal(dseg_source_digest(fractions.source, &options, &a, NULL), DSEG_OK);
    assert_int_equal(dseg_source_digest(fractions.source, NULL, &b, NULL), DSEG_OK);
    assert_true(a.overlap && !a.fractions && !b.overlap && b.fractions);
    assert_memory_equal(a.sha256, b.sha256, sizeof a.sha256); /* of 0 and 1 alike */
    free_random(&fractions);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_are_those_of_the_header),
      cmocka_unit_test(fractions_count_as_masks_by_request),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
