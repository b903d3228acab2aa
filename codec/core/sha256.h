/* sha256.h - the SHA-256 hash (FIPS 180-4), for UIDs that follow from a seed. */
#ifndef DSEG_CORE_SHA256_H
#define DSEG_CORE_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct dseg_sha256 {
  uint32_t state[8];
  uint64_t bytes;    /* hashed so far */
  uint8_t block[64]; /* the first bytes % 64 of it wait to be hashed */
} dseg_sha256;

void dseg_sha256_start(dseg_sha256 *hash);
void dseg_sha256_add(dseg_sha256 *hash, const void *data, size_t size);
/* Writes the 32 bytes of the digest; the hash is used up. */
void dseg_sha256_finish(dseg_sha256 *hash, uint8_t digest[32]);

#endif
