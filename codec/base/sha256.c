/* SPDX-License-Identifier: Apache-2.0 */
/* sha256.c - the SHA-256 hash as FIPS 180-4, sections 5 and 6.2, has it. */
#include "dseg/sha256.h"

#include <string.h>

#include "base/endian.h"

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate_right(uint32_t x, unsigned count) {
  return x >> count | x << (32 - count);
}

/* One round: d and h are those of the next rounds' a to h that change; scheduled is the round's constant and word. */
static inline void hash_round(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g,
                              uint32_t *h, uint32_t scheduled) {
  const uint32_t s1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
  const uint32_t s0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
  const uint32_t t1 = *h + s1 + ((e & f) ^ (~e & g)) + scheduled;
  *d += t1;
  *h = t1 + s0 + ((a & b) ^ (a & c) ^ (b & c));
}

static void hash_block(uint32_t state[8], const uint8_t block[64]) {
  uint32_t w[64];
  for (size_t i = 0; i < 16; i++) {
    w[i] = dseg_load_be32(block + 4 * i);
  }
  for (size_t i = 16; i < 64; i++) {
    const uint32_t s0 = rotate_right(w[i - 15], 7) ^ rotate_right(w[i - 15], 18) ^ w[i - 15] >> 3;
    const uint32_t s1 = rotate_right(w[i - 2], 17) ^ rotate_right(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t v[8];
  memcpy(v, state, sizeof v);
  for (size_t i = 0; i < 64; i += 8) { /* eight rounds, after which the names are where they were */
    const uint32_t *k = round_constants + i;
    const uint32_t *u = w + i;
    hash_round(v[0], v[1], v[2], &v[3], v[4], v[5], v[6], &v[7], k[0] + u[0]);
    hash_round(v[7], v[0], v[1], &v[2], v[3], v[4], v[5], &v[6], k[1] + u[1]);
    hash_round(v[6], v[7], v[0], &v[1], v[2], v[3], v[4], &v[5], k[2] + u[2]);
    hash_round(v[5], v[6], v[7], &v[0], v[1], v[2], v[3], &v[4], k[3] + u[3]);
    hash_round(v[4], v[5], v[6], &v[7], v[0], v[1], v[2], &v[3], k[4] + u[4]);
    hash_round(v[3], v[4], v[5], &v[6], v[7], v[0], v[1], &v[2], k[5] + u[5]);
    hash_round(v[2], v[3], v[4], &v[5], v[6], v[7], v[0], &v[1], k[6] + u[6]);
    hash_round(v[1], v[2], v[3], &v[4], v[5], v[6], v[7], &v[0], k[7] + u[7]);
  }
  for (size_t i = 0; i < 8; i++) {
    state[i] += v[i];
  }
}

void dseg_sha256_start(dseg_sha256 *hash) {
  static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memcpy(hash->state, initial, sizeof initial);
  hash->bytes = 0;
  memset(hash->block, 0, sizeof hash->block);
}

void dseg_sha256_add(dseg_sha256 *hash, const void *data, size_t size) {
  const uint8_t *bytes = data;
  while (size > 0) {
    const size_t waiting = (size_t)(hash->bytes % 64);
    const size_t count = size < 64 - waiting ? size : 64 - waiting;
    if (count == 64) { /* where they are */
      hash_block(hash->state, bytes);
    } else {
      memcpy(hash->block + waiting, bytes, count);
      if (waiting + count == 64) {
        hash_block(hash->state, hash->block);
      }
    }
    hash->bytes += count;
    bytes += count;
    size -= count;
  }
}

void dseg_sha256_finish(dseg_sha256 *hash, uint8_t digest[32]) {
  const uint64_t bits = hash->bytes * 8;
  const uint8_t one = 0x80, zero = 0;
  dseg_sha256_add(hash, &one, 1);
  while (hash->bytes % 64 != 56) {
    dseg_sha256_add(hash, &zero, 1);
  }
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    const uint8_t byte = (uint8_t)(bits >> (shift - 8));
    dseg_sha256_add(hash, &byte, 1);
  }
  for (size_t i = 0; i < 32; i++) {
    digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
  }
}
