/* SPDX-License-Identifier: Apache-2.0 */
/* bit_planes.c - kernels between packed bits and bytes (PS3.5 8.1.1), see bit_planes.h.
 *
 * Bits are read 64 at a time from the byte that holds the first one, whatever bit that is: what lies before the
 * first bit is masked out of the first word, and voxels are counted from there. So no bits are shifted, and words
 * of zeros, most of a segment's frame, cost one test. */
#include "model/bit_planes.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

#include "base/endian.h"
#include "model/label_planes.h"

#define ALL_ONES (~UINT64_C(0))
#define ONE_IN_EACH_BYTE UINT64_C(0x0101010101010101)
#define HIGH_BIT_OF_EACH_BYTE UINT64_C(0x8080808080808080)
#define LOW_7_OF_EACH_BYTE UINT64_C(0x7f7f7f7f7f7f7f7f)

/* At most 8 bytes as a little-endian word. */
static uint64_t load_part(const uint8_t *bytes, size_t count) {
  uint64_t word = 0;
  for (size_t i = 0; i < count; i++) {
    word |= (uint64_t)bytes[i] << (8 * i);
  }
  return word;
}

static uint64_t low_mask(size_t bits) {
  return bits >= 64 ? ALL_ONES : (UINT64_C(1) << bits) - 1;
}

/* The words of a string of bits: end bits from the first byte's bit 0 on, of which those before first are not
 * part of it. */
struct bit_words {
  const uint8_t *bytes;
  size_t first, end;
};

/* Word number index, with bits outside masked out. */
static inline uint64_t word_at(const struct bit_words *words, size_t index) {
  const size_t bits_left = words->end - 64 * index;
  const uint8_t *at = words->bytes + 8 * index;
  uint64_t word = bits_left >= 64 ? dseg_load_le64(at) : load_part(at, (bits_left + 7) / 8) & low_mask(bits_left);
  if (index == 0) {
    word &= ALL_ONES << words->first;
  }
  return word;
}

/* The first word from index on that may hold a bit, four at a time. */
static inline size_t skip_zeros(const struct bit_words *words, size_t index) {
  const size_t whole = words->end / 64;
  for (; index + 4 <= whole; index += 4) {
    const uint8_t *at = words->bytes + 8 * index;
    if ((dseg_load_le64(at) | dseg_load_le64(at + 8) | dseg_load_le64(at + 16) | dseg_load_le64(at + 24)) != 0) {
      break;
    }
  }
  while (index < whole && dseg_load_le64(words->bytes + 8 * index) == 0) {
    index++;
  }
  return index;
}

/* Eight bits as eight bytes of 0 or 1, the least significant bit in the least significant byte. */
static inline uint64_t spread(uint8_t bits) {
  const uint64_t own_bit_of_each_byte = bits * ONE_IN_EACH_BYTE & UINT64_C(0x8040201008040201);
  return (own_bit_of_each_byte + LOW_7_OF_EACH_BYTE) >> 7 & ONE_IN_EACH_BYTE;
}

/* out[i] |= bit i for 64 bytes. */
static void or_word(uint64_t word, uint8_t *out) {
  for (size_t i = 0; i < 8; i++) {
    const uint64_t bytes = dseg_load_le64(out + 8 * i) | spread((uint8_t)(word >> (8 * i)));
    dseg_store_le64(out + 8 * i, bytes);
  }
}

void dseg_bits_or_to_bytes(const uint8_t *bits, unsigned bit, size_t count, uint8_t *out) {
  const struct bit_words words = {bits, bit, bit + count};
  for (size_t index = 0; 64 * index < words.end; index++) {
    uint64_t word = word_at(&words, index);
    if (word == 0) {
      continue;
    }
    if (64 * index >= bit && words.end - 64 * index >= 64) {
      or_word(word, out + (64 * index - bit));
      continue;
    }
    for (; word != 0; word &= word - 1) {
      out[64 * index + (size_t)__builtin_ctzll(word) - bit] |= 1;
    }
  }
}

/* Paints the runs of set bits in one word, whose bit 0 is voxel number first (modulo 2^n in the first word). */
static void paint_runs(uint64_t word, size_t first, void *out, unsigned label_bits, const dseg_label_paint *paint) {
  size_t at = first;
  while (word != 0) {
    const unsigned zeros = (unsigned)__builtin_ctzll(word);
    word >>= zeros;
    at += zeros;
    const unsigned ones = word == ALL_ONES ? 64 : (unsigned)__builtin_ctzll(~word);
    dseg_paint_range(out, label_bits, at, ones, paint);
    word = ones == 64 ? 0 : word >> ones;
    at += ones;
  }
}

/* A word of noise, whose runs are many, is painted as a whole; a word at an organ's border by its one or two runs. */
static void paint_word(uint64_t word, const struct bit_words *words, size_t index, void *out, unsigned label_bits,
                       const dseg_label_paint *paint) {
  const size_t first = 64 * index - words->first;
  const bool whole = 64 * index >= words->first && words->end - 64 * index >= 64;
  const uint64_t runs = word & ~(word << 1); /* a bit for each */
  const uint64_t runs_but_one = runs & (runs - 1);
  const bool noise = (runs_but_one & (runs_but_one - 1)) != 0;
  if (whole && noise) {
    uint8_t inside[64];
    for (size_t i = 0; i < 8; i++) {
      dseg_store_le64(inside + 8 * i, spread((uint8_t)(word >> (8 * i))));
    }
    if (dseg_paint_inside(out, label_bits, first, inside, paint)) {
      return;
    }
  }
  paint_runs(word, first, out, label_bits, paint);
}

void dseg_bits_paint(const uint8_t *bits, unsigned bit, size_t count, void *out, unsigned label_bits,
                     const dseg_label_paint *paint) {
  const struct bit_words words = {bits, bit, bit + count};
  const size_t word_count = words.end / 64 + (words.end % 64 != 0);
  size_t index = 0;
  while (index < word_count) {
    index = skip_zeros(&words, index);
    const uint64_t word = index < word_count ? word_at(&words, index) : 0;
    size_t next = index + 1;
    if (word == ALL_ONES) {
      while (next < word_count && word_at(&words, next) == ALL_ONES) {
        next++;
      }
      dseg_paint_range(out, label_bits, 64 * index - bit, 64 * (next - index), paint);
    } else if (word != 0) {
      paint_word(word, &words, index, out, label_bits, paint);
    }
    index = next;
  }
}

/* A bit for each of eight bytes, set where the byte is at least that of thresholds. */
static inline uint8_t gather_at_least(uint64_t bytes, uint64_t thresholds) {
  /* The low seven bits are compared by a subtraction that borrows from the byte's own eighth bit only. */
  const uint64_t low_at_least = (bytes | HIGH_BIT_OF_EACH_BYTE) - (thresholds & ~HIGH_BIT_OF_EACH_BYTE);
  const uint64_t at_least = (bytes & ~thresholds) | (~(bytes ^ thresholds) & low_at_least);
  const uint64_t flags = at_least >> 7 & ONE_IN_EACH_BYTE;
  /* The multiplication moves byte i's flag to bit 56 + i; no two products meet in one place. */
  return (uint8_t)((flags * UINT64_C(0x0102040810204080)) >> 56);
}

#if defined(__x86_64__) && defined(__GNUC__)
/* 32 values at a time; returns how many were packed. Measured by bench_kernels: three times the speed of the portable
 * loop. */
__attribute__((target("avx2"))) static size_t pack_avx2(const uint8_t *values, uint8_t threshold, size_t count,
                                                        uint8_t *bits, unsigned *any) {
  const __m256i thresholds = _mm256_set1_epi8((char)threshold);
  uint32_t all = 0;
  size_t done = 0;
  for (; count - done >= 32; done += 32) {
    const __m256i block = _mm256_loadu_si256((const __m256i *)(const void *)(values + done));
    /* The greater of value and threshold is the value. */
    const __m256i at_least = _mm256_cmpeq_epi8(_mm256_max_epu8(block, thresholds), block);
    const uint32_t flags = (uint32_t)_mm256_movemask_epi8(at_least);
    memcpy(bits + done / 8, &flags, sizeof flags);
    all |= flags;
  }
  *any |= all;
  return done;
}

static size_t pack_fast(const uint8_t *values, uint8_t threshold, size_t count, uint8_t *bits, unsigned *any) {
  return __builtin_cpu_supports("avx2") ? pack_avx2(values, threshold, count, bits, any) : 0;
}
#else
static size_t pack_fast(const uint8_t *values, uint8_t threshold, size_t count, uint8_t *bits, unsigned *any) {
  (void)values, (void)threshold, (void)count, (void)bits, (void)any;
  return 0;
}
#endif

bool dseg_bits_pack(const uint8_t *mask, size_t count, uint8_t *bits) {
  return dseg_bits_pack_at_least(mask, 1, count, bits);
}

bool dseg_bits_pack_at_least(const uint8_t *values, uint8_t threshold, size_t count, uint8_t *bits) {
  const uint64_t thresholds = threshold * ONE_IN_EACH_BYTE;
  unsigned any = 0;
  size_t done = pack_fast(values, threshold, count, bits, &any);
  for (; count - done >= 8; done += 8) {
    const uint8_t byte = gather_at_least(dseg_load_le64(values + done), thresholds);
    bits[done / 8] = byte;
    any |= byte;
  }
  if (done < count) {
    const uint8_t byte = gather_at_least(load_part(values + done, count - done), thresholds);
    bits[done / 8] = byte & (uint8_t)low_mask(count - done);
    any |= bits[done / 8];
  }
  return any != 0;
}

void dseg_bits_set_range(uint8_t *bits, size_t first, size_t count) {
  if (count == 0) {
    return;
  }
  const size_t last = first + count - 1;
  const unsigned from_first = 0xffu << (first % 8) & 0xffu;
  const unsigned to_last = 0xffu >> (7 - last % 8);
  if (first / 8 == last / 8) {
    bits[first / 8] |= (uint8_t)(from_first & to_last);
    return;
  }
  bits[first / 8] |= (uint8_t)from_first;
  memset(bits + first / 8 + 1, 0xff, last / 8 - first / 8 - 1);
  bits[last / 8] |= (uint8_t)to_last;
}

/* Stores the low count bits of value, which are the only ones set, at a byte's start; bits behind them stay. */
static void merge_bits(uint8_t *out, uint64_t value, size_t count) {
  for (; count >= 8; count -= 8) {
    *out++ = (uint8_t)value;
    value >>= 8;
  }
  if (count != 0) {
    const unsigned behind = 0xffu << count & 0xffu;
    *out = (uint8_t)((*out & behind) | value);
  }
}

void dseg_bits_append(const uint8_t *bits, size_t count, uint8_t *out, size_t to) {
  out += to / 8;
  const unsigned shift = (unsigned)(to % 8);
  const size_t words = count / 64;
  const size_t rest = count % 64;
  /* Bits already in the current output byte. */
  uint64_t carry = shift != 0 ? *out & low_mask(shift) : 0;
  for (size_t i = 0; i < words; i++) {
    const uint64_t word = dseg_load_le64(bits + 8 * i);
    dseg_store_le64(out + 8 * i, carry | word << shift);
    carry = shift != 0 ? word >> (64 - shift) : 0;
  }
  bits += 8 * words;
  out += 8 * words;
  const uint64_t last = load_part(bits, (rest + 7) / 8) & low_mask(rest);
  if (shift + rest <= 64) {
    merge_bits(out, carry | last << shift, shift + rest);
  } else {
    dseg_store_le64(out, carry | last << shift);
    merge_bits(out + 8, last >> (64 - shift), shift + rest - 64);
  }
}

void dseg_bits_align(const uint8_t *bits, unsigned bit, size_t count, uint8_t *out) {
  const size_t words = count / 64;
  for (size_t i = 0; i < words; i++) {
    uint64_t word = dseg_load_le64(bits + 8 * i) >> bit;
    if (bit != 0) {
      word |= (uint64_t)bits[8 * i + 8] << (64 - bit);
    }
    dseg_store_le64(out + 8 * i, word);
  }
  const size_t rest = count % 64;
  if (rest == 0) {
    return;
  }
  bits += 8 * words;
  const size_t bytes = (bit + rest + 7) / 8;
  uint64_t word = load_part(bits, bytes < 8 ? bytes : 8) >> bit;
  if (bytes > 8) {
    word |= (uint64_t)bits[8] << (64 - bit);
  }
  word &= low_mask(rest);
  for (size_t i = 0; i < (rest + 7) / 8; i++) {
    out[8 * words + i] = (uint8_t)(word >> (8 * i));
  }
}

void dseg_paint_segment(const dseg_label_plane *plane, uint32_t segment, const uint8_t *pixels, unsigned bit,
                        size_t count) {
  const dseg_label_paint paint = dseg_segment_paint(segment, plane);
  dseg_bits_paint(pixels, bit, count, plane->out, plane->bits, &paint);
}
