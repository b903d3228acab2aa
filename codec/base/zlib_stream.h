/* SPDX-License-Identifier: Apache-2.0 */
/* zlib_stream.h - deflate (RFC 1951) piece by piece, through zlib: the only way into zlib.
 *
 * What is in memory as a whole goes through deflate_block.h, which is faster with libdeflate. A build without zlib
 * has zlib_unavailable.c in place of zlib_stream.c: dseg_has_zlib is false and the create functions fail with
 * DSEG_ERROR_UNSUPPORTED. A stream serves one thread at a time; different streams are independent. */
#ifndef DSEG_BASE_ZLIB_STREAM_H
#define DSEG_BASE_ZLIB_STREAM_H

#include <stdbool.h>

#include "base/deflate_container.h"
#include "dseg/buffer.h"

#define DSEG_ZLIB_MAX_LEVEL 9      /* zlib compresses at levels 1 to 9 */
#define DSEG_ZLIB_MAX_MEMORY 9     /* zlib's memLevel, 1 to 9 */
#define DSEG_ZLIB_DEFAULT_MEMORY 8 /* what zlib itself takes */

/* Whether this build has zlib. */
bool dseg_has_zlib(void);

/* "zlib 1.2.13": the version that the build was made with. Without zlib: "". */
const char *dseg_zlib_version(void);

typedef enum dseg_zlib_result {
  DSEG_ZLIB_GOES_ON = 0, /* the input is used up, or the room for output */
  DSEG_ZLIB_ENDED,       /* the stream is complete */
  DSEG_ZLIB_DAMAGED,     /* the input breaks the format; a deflater never says so */
  DSEG_ZLIB_NO_MEMORY
} dseg_zlib_result;

typedef struct dseg_inflater dseg_inflater;

/* *inflater reads one stream in container; to be given back to dseg_inflater_destroy. */
dseg_status dseg_inflater_create(dseg_deflate_container container, dseg_inflater **inflater, dseg_error *error);

/* Starts a new stream, in any container. */
void dseg_inflater_restart(dseg_inflater *inflater, dseg_deflate_container container);

/* Inflates until the stream ends, *in is empty or *out is full, and takes from the front of both what it used. A full
 * *out may leave output inside the inflater even when *in is empty: only an *out with room left says that there is
 * no more. Checks the check sum of the container when the stream ends. */
dseg_zlib_result dseg_inflater_run(dseg_inflater *inflater, dseg_view *in, dseg_span *out);

void dseg_inflater_destroy(dseg_inflater *inflater); /* may be NULL */

typedef struct dseg_deflater dseg_deflater;

typedef enum dseg_deflate_flush {
  DSEG_DEFLATE_GO_ON = 0, /* output appears when zlib sees fit */
  DSEG_DEFLATE_SYNC,      /* all input so far appears in the output, which ends at a byte, with an empty stored block */
  DSEG_DEFLATE_FINISH     /* the stream ends */
} dseg_deflate_flush;

/* *deflater writes raw streams; to be given back to dseg_deflater_destroy. level: 1 to DSEG_ZLIB_MAX_LEVEL. memory:
 * 1 to DSEG_ZLIB_MAX_MEMORY. Equal levels, memory and calls give equal bytes. */
dseg_status dseg_deflater_create(int level, int memory, dseg_deflater **deflater, dseg_error *error);

/* Starts a new stream behind dictionary, bytes that the reader has before it: its last 32768 count. It may be empty. */
void dseg_deflater_restart(dseg_deflater *deflater, dseg_view dictionary);

/* The most bytes that size bytes become in a stream of one call with DSEG_DEFLATE_FINISH. */
size_t dseg_deflater_bound(dseg_deflater *deflater, size_t size);

/* Deflates *in to *out and takes from the front of both what it used. DSEG_ZLIB_ENDED after DSEG_DEFLATE_FINISH
 * only. DSEG_ZLIB_GOES_ON with a full *out: call again, with the same flush, for the rest. */
dseg_zlib_result dseg_deflater_run(dseg_deflater *deflater, dseg_view *in, dseg_span *out, dseg_deflate_flush flush);

void dseg_deflater_destroy(dseg_deflater *deflater); /* may be NULL */

/* The check sum of gzip (CRC-32) or zlib (Adler-32), continued over data. */
uint32_t dseg_zlib_checksum(dseg_deflate_container container, uint32_t sum, dseg_view data);

/* The check sum of two stretches together, from their own ones and the size of the second. */
uint32_t dseg_zlib_combine(dseg_deflate_container container, uint32_t first, uint32_t second, size_t second_size);

#endif
