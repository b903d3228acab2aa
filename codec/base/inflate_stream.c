/* SPDX-License-Identifier: Apache-2.0 */
/* inflate_stream.c - gzip files and zlib streams piece by piece: see inflate_stream.h. */
#include "base/inflate_stream.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/inflate.h"
#include "base/input.h"
#include "base/zlib_stream.h"

#define IN_BYTES ((size_t)1 << 16)

struct dseg_inflate_stream {
  const dseg_input *input;
  uint64_t position, end; /* of what was not read yet */
  dseg_inflater *inflater;
  bool ended;     /* all members */
  dseg_view rest; /* of in: read, not inflated yet */
  uint8_t in[IN_BYTES];
};

static dseg_status damaged(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "the compressed data is damaged or cut off (RFC 1951)");
}

/* Puts more of the input behind the rest. */
static dseg_status refill(dseg_inflate_stream *stream, dseg_error *error) {
  const uint64_t left = stream->end - stream->position;
  const size_t room = IN_BYTES - stream->rest.size;
  const size_t size = left < room ? (size_t)left : room;
  memmove(stream->in, stream->rest.data, stream->rest.size);
  stream->rest.data = stream->in;
  if (size != 0) {
    DSEG_TRY(dseg_input_read(stream->input, stream->position, stream->in + stream->rest.size, size, error));
  }
  stream->position += size;
  stream->rest.size += size;
  return DSEG_OK;
}

dseg_status dseg_inflate_stream_create(const dseg_input *input, uint64_t offset, uint64_t length,
                                       dseg_inflate_stream **stream, dseg_error *error) {
  const uint64_t size = dseg_input_size(input);
  const uint64_t there = offset < size ? size - offset : 0;
  if (length > there || there == 0) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "there are %llu bytes of data where the header asks for %llu",
                     (unsigned long long)there, (unsigned long long)(length != 0 ? length : 1));
  }
  dseg_inflate_stream *made = calloc(1, sizeof *made);
  if (made == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
  }
  made->input = input;
  made->position = offset;
  made->end = offset + (length != 0 ? length : there);
  made->rest.data = made->in;
  dseg_status status = refill(made, error);
  if (status == DSEG_OK) {
    status = dseg_inflater_create(dseg_is_gzip(made->rest) ? DSEG_GZIP : DSEG_ZLIB, &made->inflater, error);
  }
  if (status != DSEG_OK) {
    free(made);
    return status;
  }
  *stream = made;
  return DSEG_OK;
}

/* Goes on with the next member of a gzip file; what else follows is padding. */
static dseg_status end_member(dseg_inflate_stream *stream, dseg_error *error) {
  if (stream->rest.size < 2) {
    DSEG_TRY(refill(stream, error));
  }
  stream->ended = !dseg_is_gzip(stream->rest);
  if (!stream->ended) {
    dseg_inflater_restart(stream->inflater, DSEG_GZIP);
  }
  return DSEG_OK;
}

// NOLINTNEXTLINE(readability-non-const-parameter): written to through room
dseg_status dseg_inflate_stream_read(dseg_inflate_stream *stream, uint8_t *out, size_t size, size_t *got,
                                     dseg_error *error) {
  dseg_span room = {out, size};
  *got = 0;
  while (room.size != 0 && !stream->ended) {
    if (stream->rest.size == 0) {
      DSEG_TRY(refill(stream, error));
    }
    const size_t before = room.size + stream->rest.size;
    switch (dseg_inflater_run(stream->inflater, &stream->rest, &room)) {
      case DSEG_ZLIB_GOES_ON:
        if (room.size + stream->rest.size == before) { /* no input is left */
          return damaged(error);
        }
        break;
      case DSEG_ZLIB_ENDED: DSEG_TRY(end_member(stream, error)); break;
      case DSEG_ZLIB_DAMAGED: return damaged(error);
      case DSEG_ZLIB_NO_MEMORY: return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
    }
  }
  *got = size - room.size;
  return DSEG_OK;
}

void dseg_inflate_stream_destroy(dseg_inflate_stream *stream) {
  if (stream != NULL) {
    dseg_inflater_destroy(stream->inflater);
    free(stream);
  }
}
