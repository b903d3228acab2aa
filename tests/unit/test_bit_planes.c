/* SPDX-License-Identifier: Apache-2.0 */
/* The bit kernels do what a loop over single bits does, at every start and length, and touch no byte beyond. Buffers
 * are allocated at their exact size, so that the address sanitizer sees a read or write that is one too far. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/bit_planes.h"
#include "model/label_runs.h"
#include "sources/source.h"

static const size_t large_lengths[] = {511, 512, 4096, 8191, 33333};
#define SMALL_LENGTHS ((size_t)201)
#define LENGTHS (SMALL_LENGTHS + sizeof large_lengths / sizeof *large_lengths)

static size_t length_at(size_t i) {
  return i < SMALL_LENGTHS ? i : large_lengths[i - SMALL_LENGTHS];
}

static uint32_t state_of_random = 12345;

static uint32_t next_random(void) {
  state_of_random ^= state_of_random << 13;
  state_of_random ^= state_of_random >> 17;
  state_of_random ^= state_of_random << 5;
  return state_of_random;
}

static size_t bytes_of(size_t bits) {
  return (bits + 7) / 8;
}

/* A block of exactly size bytes; one of size 1 for 0, since malloc(0) may be NULL. */
static void *exact(size_t size) {
  void *block = malloc(size != 0 ? size : 1);
  assert_non_null(block);
  return block;
}

static bool get_bit(const uint8_t *bits, size_t i) {
  return (bits[i / 8] >> i % 8 & 1) != 0;
}

/* Noise, or runs of zeros and ones of some hundred bits with which frames of segments are filled. */
static void fill_bits(uint8_t *bits, size_t size, unsigned pattern) {
  uint8_t value = 0;
  for (size_t i = 0; i < size; i++) {
    if (pattern == 0) {
      value = (uint8_t)next_random();
    } else if (next_random() % (pattern * 8) == 0) {
      const uint32_t pick = next_random() % 3;
      value = pick == 0 ? 0 : (pick == 1 ? 0xff : (uint8_t)next_random());
    }
    bits[i] = value;
  }
}

static void or_to_bytes_sets_ones(void **state) {
  (void)state;
  for (size_t n = 0; n < LENGTHS; n++) {
    const size_t count = length_at(n);
    for (unsigned bit = 0; bit < 8; bit++) {
      uint8_t *bits = exact(bytes_of(bit + count));
      uint8_t *out = exact(count);
      fill_bits(bits, bytes_of(bit + count), (unsigned)n % 3);
      for (size_t i = 0; i < count; i++) {
        out[i] = (uint8_t)(i % 3 == 0 ? 6 : 0);
      }
      dseg_bits_or_to_bytes(bits, bit, count, out);
      for (size_t i = 0; i < count; i++) {
        assert_int_equal(out[i], (i % 3 == 0 ? 6 : 0) | (get_bit(bits, bit + i) ? 1 : 0));
      }
      free(bits);
      free(out);
    }
  }
}

static void store_label(void *labels, unsigned bits, size_t i, uint32_t value) {
  switch (bits) {
    case 8: ((uint8_t *)labels)[i] = (uint8_t)value; break;
    case 16: ((uint16_t *)labels)[i] = (uint16_t)value; break;
    default: ((uint32_t *)labels)[i] = value; break;
  }
}

/* What is painted on: mostly background, or other segments in stretches. */
static void fill_labels(void *labels, unsigned bits, size_t count, const uint32_t *values, uint32_t background,
                        bool occupied) {
  uint32_t value = background;
  for (size_t i = 0; i < count; i++) {
    if (occupied && next_random() % 7 == 0) {
      const uint32_t pick = next_random() % 4;
      value = pick == 3 ? background : values[pick];
    }
    store_label(labels, bits, i, value);
  }
}

static void check_paint(size_t count, unsigned bit, unsigned label_bits, unsigned variant) {
  const uint32_t values[4] = {7, 200, 9, 33};
  const uint32_t background = variant % 2 == 0 ? 0 : 5;
  dseg_overlap overlap = {0};
  const dseg_label_paint paint = {.value = values[1],
                                  .background = background,
                                  .last_wins = variant / 2 % 2 != 0,
                                  .segment = 1,
                                  .values = values,
                                  .segment_count = 4,
                                  .overlap = &overlap};
  uint8_t *bits = exact(bytes_of(bit + count));
  void *out = exact(count * label_bits / 8);
  uint32_t *expected = exact(count * sizeof *expected);
  uint64_t overlapping[4] = {0};
  fill_bits(bits, bytes_of(bit + count), variant % 3);
  fill_labels(out, label_bits, count, values, background, variant / 4 % 2 != 0);
  for (size_t i = 0; i < count; i++) {
    const uint32_t old = dseg_label_at(out, label_bits, i);
    expected[i] = old;
    if (get_bit(bits, bit + i)) {
      expected[i] = old == background || paint.last_wins ? paint.value : old;
      for (size_t k = 0; k < 4; k++) {
        overlapping[k] += k != 1 && old == values[k];
      }
    }
  }
  dseg_bits_paint(bits, bit, count, out, label_bits, &paint);
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(dseg_label_at(out, label_bits, i), expected[i]);
  }
  assert_int_equal(overlap.voxels, overlapping[0] + overlapping[2] + overlapping[3]);
  for (size_t i = 0; i < overlap.pair_count; i++) {
    assert_true(overlap.pairs[i].first < overlap.pairs[i].second);
    const uint32_t other = overlap.pairs[i].first == 1 ? overlap.pairs[i].second : overlap.pairs[i].first;
    assert_int_equal(overlap.pairs[i].voxels, overlapping[other]);
  }
  free(bits);
  free(out);
  free(expected);
}

static void paint_writes_labels_and_counts_overlap(void **state) {
  (void)state;
  for (size_t n = 0; n < LENGTHS; n++) {
    for (unsigned bit = 0; bit < 8; bit++) {
      for (unsigned variant = 0; variant < 8; variant++) {
        const unsigned widths[3] = {8, 16, 32};
        check_paint(length_at(n), bit, widths[(n + bit + variant) % 3], variant);
      }
    }
  }
}

static void pack_sets_bits_of_values_at_least_threshold(void **state) {
  (void)state;
  for (size_t n = 0; n < LENGTHS; n++) {
    const size_t count = length_at(n);
    uint8_t *values = exact(count);
    uint8_t *bits = exact(bytes_of(count));
    for (unsigned round = 0; round < 8; round++) {
      const uint8_t thresholds[8] = {1, 2, 127, 128, 129, 255, 200, 64};
      bool any = false;
      for (size_t i = 0; i < count; i++) {
        const uint32_t random = next_random();
        values[i] = (uint8_t)(random % 5 == 0 ? thresholds[round] - (random / 5 % 2) : random / 16);
        any = any || values[i] >= thresholds[round];
      }
      assert_int_equal(dseg_bits_pack_at_least(values, thresholds[round], count, bits), any);
      for (size_t i = 0; i < bytes_of(count) * 8; i++) {
        assert_int_equal(get_bit(bits, i), i < count && values[i] >= thresholds[round]);
      }
    }
    memset(values, 0, count);
    assert_false(dseg_bits_pack(values, count, bits));
    if (count != 0) {
      values[count - 1] = 1;
      assert_true(dseg_bits_pack(values, count, bits));
    }
    free(values);
    free(bits);
  }
}

static void set_range_sets_exactly_its_bits(void **state) {
  (void)state;
  for (size_t first = 0; first < 20; first++) {
    for (size_t n = 0; n < LENGTHS; n++) {
      const size_t count = length_at(n);
      const size_t size = bytes_of(first + count);
      uint8_t *bits = exact(size);
      memset(bits, 0x10, size);
      dseg_bits_set_range(bits, first, count);
      for (size_t i = 0; i < size * 8; i++) {
        assert_int_equal(get_bit(bits, i), i % 8 == 4 || (i >= first && i < first + count));
      }
      free(bits);
    }
  }
}

static void append_moves_bits_and_leaves_others(void **state) {
  (void)state;
  for (size_t n = 0; n < LENGTHS; n++) {
    const size_t count = length_at(n);
    for (size_t to = 0; to < 17; to++) {
      const size_t size = bytes_of(to + count + (to == 0 && count == 0));
      uint8_t *bits = exact(bytes_of(count));
      uint8_t *out = exact(size);
      uint8_t *before = exact(size);
      fill_bits(bits, bytes_of(count), 0);
      fill_bits(out, size, 0);
      memcpy(before, out, size);
      dseg_bits_append(bits, count, out, to);
      for (size_t i = 0; i < size * 8; i++) {
        const bool inside = i >= to && i < to + count;
        assert_int_equal(get_bit(out, i), inside ? get_bit(bits, i - to) : get_bit(before, i));
      }
      free(bits);
      free(out);
      free(before);
    }
  }
}

static void align_moves_bits_to_a_byte(void **state) {
  (void)state;
  for (size_t n = 0; n < LENGTHS; n++) {
    const size_t count = length_at(n);
    for (unsigned bit = 0; bit < 8; bit++) {
      uint8_t *bits = exact(bytes_of(bit + count));
      uint8_t *out = exact(bytes_of(count));
      fill_bits(bits, bytes_of(bit + count), 0);
      dseg_bits_align(bits, bit, count, out);
      for (size_t i = 0; i < bytes_of(count) * 8; i++) {
        assert_int_equal(get_bit(out, i), i < count && get_bit(bits, bit + i));
      }
      free(bits);
      free(out);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(or_to_bytes_sets_ones),
      cmocka_unit_test(paint_writes_labels_and_counts_overlap),
      cmocka_unit_test(pack_sets_bits_of_values_at_least_threshold),
      cmocka_unit_test(set_range_sets_exactly_its_bits),
      cmocka_unit_test(append_moves_bits_and_leaves_others),
      cmocka_unit_test(align_moves_bits_to_a_byte),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
