/* SPDX-License-Identifier: Apache-2.0 */
/* inflate.h - gzip files (RFC 1952) and zlib streams (RFC 1950), through libdeflate or zlib.
 *
 * Without either library every function fails with DSEG_ERROR_UNSUPPORTED. */
#ifndef DSEG_BASE_INFLATE_H
#define DSEG_BASE_INFLATE_H

#include <stdbool.h>

#include "dseg/buffer.h"

/* Whether bytes begin as a gzip member does. */
bool dseg_is_gzip(dseg_view bytes);

/* The most bytes that compressed bytes can inflate to: deflate codes at best 258 bytes in two bits. */
uint64_t dseg_inflate_bound(uint64_t compressed);

/* Inflates gzip (all its members) or one zlib stream to exactly size bytes. DSEG_ERROR_FORMAT when it is damaged or
 * holds more or fewer bytes. */
dseg_status dseg_inflate_exactly(dseg_view compressed, uint8_t *out, size_t size, dseg_error *error);

/* The first bytes of a gzip file, size of them or as many as there are: a header, which tells how much is to come.
 * limit: as below, for builds without zlib, which have to inflate all. */
dseg_status dseg_gunzip_start(dseg_view compressed, uint64_t limit, uint8_t *out, size_t size, size_t *got,
                              dseg_error *error);

/* Inflates all members of a gzip file of unknown size into a malloc'd block. DSEG_ERROR_LIMIT when it would be larger
 * than limit. */
dseg_status dseg_gunzip(dseg_view compressed, uint64_t limit, uint8_t **block, size_t *size, dseg_error *error);

#endif
