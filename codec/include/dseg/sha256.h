/* SPDX-License-Identifier: Apache-2.0 */
/* sha256.h - the SHA-256 hash (FIPS 180-4): for UIDs that follow from a seed, and for whoever wants to say which bytes
 * or voxels they mean. Start, add as often as there are bytes, finish:
 *
 *     dseg_sha256 hash;
 *     dseg_sha256_start(&hash);
 *     dseg_sha256_add(&hash, bytes, size);
 *     dseg_sha256_finish(&hash, digest);                        // 32 bytes */
#ifndef DSEG_SHA256_H
#define DSEG_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "dseg/export.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DSEG_SHA256_SIZE 32

typedef struct dseg_sha256 {
  uint32_t state[8];
  uint64_t bytes;    /* hashed so far */
  uint8_t block[64]; /* the first bytes % 64 of it wait to be hashed */
} dseg_sha256;

DSEG_API void dseg_sha256_start(dseg_sha256 *hash);
DSEG_API void dseg_sha256_add(dseg_sha256 *hash, const void *data, size_t size);
/* Writes the digest; the hash is used up. */
DSEG_API void dseg_sha256_finish(dseg_sha256 *hash, uint8_t digest[DSEG_SHA256_SIZE]);

#ifdef __cplusplus
}
#endif
#endif
