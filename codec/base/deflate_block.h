/* SPDX-License-Identifier: Apache-2.0 */
/* deflate_block.h - deflates and inflates a block of memory in one call: through libdeflate, the only way into it, or
 * through zlib in builds without libdeflate.
 *
 * libdeflate_block.c or zlib_block.c is compiled, whichever the build has; without either the create functions fail
 * with DSEG_ERROR_UNSUPPORTED. A compressor or decompressor serves one thread at a time. */
#ifndef DSEG_BASE_DEFLATE_BLOCK_H
#define DSEG_BASE_DEFLATE_BLOCK_H

#include <stdbool.h>

#include "base/deflate_container.h"
#include "dseg/buffer.h"

/* The highest level of the library in this build; for files of libdseg only, which know the build's options. */
#if DSEG_HAVE_LIBDEFLATE
#define DSEG_DEFLATE_MAX_LEVEL 12
#else
#define DSEG_DEFLATE_MAX_LEVEL 9
#endif

/* Whether this build can compress and inflate at all. */
bool dseg_can_deflate(void);

/* The library and its version, "libdeflate 1.14" for instance. */
const char *dseg_deflate_library(void);

typedef struct dseg_compressor dseg_compressor;

/* level: 1 to DSEG_DEFLATE_MAX_LEVEL. *compressor is to be given back to dseg_compressor_destroy. */
dseg_status dseg_compressor_create(int level, dseg_compressor **compressor, dseg_error *error);

/* The most bytes that size bytes become. */
size_t dseg_compressor_bound(dseg_compressor *compressor, size_t size);

/* Writes bytes to out as one raw deflate stream and returns its size; 0 when out is smaller than it. */
size_t dseg_compress(dseg_compressor *compressor, dseg_view bytes, dseg_span out);

void dseg_compressor_destroy(dseg_compressor *compressor); /* may be NULL */

typedef struct dseg_decompressor dseg_decompressor;

typedef enum dseg_inflate_result {
  DSEG_INFLATE_COMPLETE = 0,
  DSEG_INFLATE_ROOM_TOO_SMALL, /* the stream holds more than out has room for; or it is cut off */
  DSEG_INFLATE_DAMAGED,        /* or cut off */
  DSEG_INFLATE_NO_MEMORY
} dseg_inflate_result;

/* *decompressor is to be given back to dseg_decompressor_destroy. */
dseg_status dseg_decompressor_create(dseg_decompressor **decompressor, dseg_error *error);

/* Inflates the stream, or the gzip member, that in begins with. When it is complete, *used is the size of what it takes
 * of in and *produced that of what it puts to out; both are undefined otherwise. */
dseg_inflate_result dseg_decompress(dseg_decompressor *decompressor, dseg_deflate_container container, dseg_view in,
                                    dseg_span out, size_t *used, size_t *produced);

void dseg_decompressor_destroy(dseg_decompressor *decompressor); /* may be NULL */

/* The check sum of gzip (CRC-32) or zlib (Adler-32), continued over data, from 0 or 1 on. */
uint32_t dseg_deflate_checksum(dseg_deflate_container container, uint32_t sum, dseg_view data);

#endif
