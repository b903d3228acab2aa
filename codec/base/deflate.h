/* SPDX-License-Identifier: Apache-2.0 */
/* deflate.h - writes gzip files (RFC 1952) and zlib streams (RFC 1950) with several threads.
 *
 * With zlib the data is cut into pieces that are compressed side by side, each with the end of the one before as its
 * dictionary, and joined to a single stream that every reader takes; the bytes do not depend on the number of
 * threads. Without zlib, and for levels past 9, libdeflate compresses the whole on one thread. */
#ifndef DSEG_BASE_DEFLATE_H
#define DSEG_BASE_DEFLATE_H

#include <stdbool.h>

#include "base/byte_sink.h"
#include "base/deflate_block.h"

typedef struct dseg_deflate_options {
  int level;        /* 1..12 */
  unsigned threads; /* 0: one for each processor */
  dseg_progress progress;
} dseg_deflate_options;

/* Writes prefix, which may be empty and is kept uncompressed inside the stream, and data, which may not, to sink.
 * container: DSEG_GZIP or DSEG_ZLIB. DSEG_ERROR_UNSUPPORTED without a library. */
dseg_status dseg_deflate_write(dseg_deflate_container container, dseg_view prefix, dseg_view data,
                               const dseg_deflate_options *options, const dseg_byte_sink *sink, dseg_error *error);

#endif
