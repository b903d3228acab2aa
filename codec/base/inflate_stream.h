/* SPDX-License-Identifier: Apache-2.0 */
/* inflate_stream.h - gzip files (RFC 1952, all members) and zlib streams (RFC 1950) piece by piece, from an input that
 * is read as it is needed.
 *
 * Needs zlib: see dseg_has_zlib. A stream serves one thread at a time; its input must outlive it. */
#ifndef DSEG_BASE_INFLATE_STREAM_H
#define DSEG_BASE_INFLATE_STREAM_H

#include "dseg/io.h"

typedef struct dseg_inflate_stream dseg_inflate_stream;

/* Reads the compressed bytes from offset on, length of them or, 0, to the end of the input. */
dseg_status dseg_inflate_stream_create(const dseg_input *input, uint64_t offset, uint64_t length,
                                       dseg_inflate_stream **stream, dseg_error *error);

/* The next size bytes; *got is less where the data ends before. DSEG_ERROR_FORMAT when it is damaged or cut off. */
dseg_status dseg_inflate_stream_read(dseg_inflate_stream *stream, uint8_t *out, size_t size, size_t *got,
                                     dseg_error *error);

void dseg_inflate_stream_destroy(dseg_inflate_stream *stream); /* may be NULL */

#endif
