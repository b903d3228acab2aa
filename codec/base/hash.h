/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - the hash FNV-1a, in 64 bits. */
#ifndef DSEG_BASE_HASH_H
#define DSEG_BASE_HASH_H

#include "dseg/buffer.h"

#define DSEG_HASH_START 14695981039346656037u

static inline uint64_t dseg_hash_step(uint64_t hash, uint32_t value) {
  return (hash ^ value) * 1099511628211u;
}

static inline uint64_t dseg_hash_bytes(dseg_view bytes) {
  uint64_t hash = DSEG_HASH_START;
  for (size_t i = 0; i < bytes.size; i++) {
    hash = dseg_hash_step(hash, bytes.data[i]);
  }
  return hash;
}

#endif
