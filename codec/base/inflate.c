/* SPDX-License-Identifier: Apache-2.0 */
/* inflate.c - gzip files (RFC 1952) and zlib streams (RFC 1950) as a whole, or their first bytes.
 *
 * One call inflates one member from its start into the room there is. That suits libdeflate, which does not stream;
 * where the size had to be guessed and the guess was too small, the member is inflated again into a larger block. */
#include "base/inflate.h"

#include <stdlib.h>
#include <string.h>

#include "base/deflate_block.h"
#include "base/endian.h"
#include "base/large_block.h"
#include "base/zlib_stream.h"

#define GZIP_SMALLEST ((size_t)18) /* header and trailer of a member without a name */

bool dseg_is_gzip(dseg_view bytes) {
  return bytes.size >= 2 && bytes.data[0] == 0x1f && bytes.data[1] == 0x8b;
}

uint64_t dseg_inflate_bound(uint64_t compressed) {
  const uint64_t most_per_byte = 1032;
  return compressed > UINT64_MAX / most_per_byte ? UINT64_MAX : compressed * most_per_byte;
}

static dseg_status create(dseg_decompressor **decompressor, dseg_error *error) {
  return dseg_can_deflate() ? dseg_decompressor_create(decompressor, error)
                            : dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                                        "compressed data needs a build with DSEG_WITH_LIBDEFLATE or DSEG_WITH_ZLIB");
}

static dseg_status damaged(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "the compressed data is damaged or cut off (RFC 1951)");
}

static dseg_status out_of_memory(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
}

static dseg_view rest_of(dseg_view all, size_t used) {
  return (dseg_view){all.data + used, all.size - used};
}

/* What one member took and gave. */
struct member {
  size_t used, produced;
};

static dseg_inflate_result inflate_member(dseg_decompressor *decompressor, dseg_view in, dseg_span out,
                                          struct member *member) {
  return dseg_decompress(decompressor, dseg_is_gzip(in) ? DSEG_GZIP : DSEG_ZLIB, in, out, &member->used,
                         &member->produced);
}

dseg_status dseg_inflate_exactly(dseg_view compressed, uint8_t *out, size_t size, dseg_error *error) {
  dseg_decompressor *decompressor = NULL;
  DSEG_TRY(create(&decompressor, error));
  dseg_status status = DSEG_OK;
  size_t produced = 0;
  dseg_view in = compressed;
  do {
    struct member member = {0, 0};
    switch (inflate_member(decompressor, in, (dseg_span){out + produced, size - produced}, &member)) {
      case DSEG_INFLATE_COMPLETE:
        produced += member.produced;
        in = rest_of(in, member.used);
        break;
      case DSEG_INFLATE_ROOM_TOO_SMALL:
        status =
            dseg_fail(error, DSEG_ERROR_FORMAT, "the compressed data holds more than the %zu bytes expected", size);
        break;
      case DSEG_INFLATE_NO_MEMORY: status = out_of_memory(error); break;
      case DSEG_INFLATE_DAMAGED: status = damaged(error); break;
    }
  } while (status == DSEG_OK && dseg_is_gzip(in));
  dseg_decompressor_destroy(decompressor);
  if (status == DSEG_OK && produced != size) {
    status = dseg_fail(error, DSEG_ERROR_FORMAT, "the compressed data holds %zu bytes where %zu are expected", produced,
                       size);
  }
  return status;
}

/* A block that is filled member by member. */
struct sink {
  uint8_t *block;
  size_t size, capacity;
  size_t most;   /* capacity never exceeds it */
  bool is_limit; /* most is the caller's limit, not what the input can hold at best */
};

static dseg_status set_capacity(struct sink *sink, size_t capacity, dseg_error *error) {
  uint8_t *block = dseg_large_realloc(sink->block, capacity);
  if (block == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu bytes", capacity);
  }
  sink->block = block;
  sink->capacity = capacity;
  return DSEG_OK;
}

static dseg_status grow(struct sink *sink, dseg_error *error) {
  if (sink->capacity >= sink->most) {
    return sink->is_limit ? dseg_fail(error, DSEG_ERROR_LIMIT,
                                      "the file inflates to more than the memory limit of %zu bytes", sink->most)
                          : damaged(error);
  }
  const size_t wanted = sink->capacity < 32768 ? 65536 : sink->capacity * 2;
  return set_capacity(sink, sink->capacity > sink->most / 2 || wanted > sink->most ? sink->most : wanted, error);
}

/* The last four bytes of a gzip file are the size, modulo 2^32, of what its last member, usually its only one, holds
 * (RFC 1952, ISIZE). It may be wrong or a lie: it is never trusted beyond what so few bytes can hold. */
static dseg_status start(struct sink *sink, dseg_view compressed, uint64_t limit, dseg_error *error) {
  const uint64_t possible = dseg_inflate_bound(compressed.size);
  sink->is_limit = limit < possible;
  const uint64_t most = sink->is_limit ? limit : possible;
  sink->most = most > SIZE_MAX ? SIZE_MAX : (size_t)most;
  const size_t stated = dseg_load_le32(compressed.data + compressed.size - 4);
  const size_t guess = stated > sink->most ? sink->most : stated;
  return set_capacity(sink, guess != 0 ? guess : 1, error);
}

static dseg_status inflate_members(dseg_decompressor *decompressor, dseg_view compressed, struct sink *sink,
                                   dseg_error *error) {
  dseg_view in = compressed;
  do {
    struct member member = {0, 0};
    const dseg_span room = {sink->block + sink->size, sink->capacity - sink->size};
    switch (inflate_member(decompressor, in, room, &member)) {
      case DSEG_INFLATE_COMPLETE:
        sink->size += member.produced;
        in = rest_of(in, member.used);
        break;
      case DSEG_INFLATE_ROOM_TOO_SMALL: DSEG_TRY(grow(sink, error)); break;
      case DSEG_INFLATE_NO_MEMORY: return out_of_memory(error);
      case DSEG_INFLATE_DAMAGED: return damaged(error);
    }
  } while (dseg_is_gzip(in)); /* zeros or other bytes after the last member are padding */
  return DSEG_OK;
}

/* With zlib nothing is allocated for the rest. */
static dseg_status stream_start(dseg_view compressed, dseg_span out, size_t *got, dseg_error *error) {
  dseg_inflater *inflater = NULL;
  DSEG_TRY(dseg_inflater_create(DSEG_GZIP, &inflater, error));
  const size_t size = out.size;
  dseg_zlib_result result = dseg_inflater_run(inflater, &compressed, &out);
  while (result == DSEG_ZLIB_ENDED && out.size != 0 && dseg_is_gzip(compressed)) {
    dseg_inflater_restart(inflater, DSEG_GZIP);
    result = dseg_inflater_run(inflater, &compressed, &out);
  }
  dseg_inflater_destroy(inflater);
  *got = size - out.size;
  if (result == DSEG_ZLIB_NO_MEMORY) {
    return out_of_memory(error);
  }
  return out.size == 0 || result == DSEG_ZLIB_ENDED ? DSEG_OK : damaged(error);
}

/* libdeflate does not stream: all is inflated, and forgotten. */
static dseg_status inflate_and_cut(dseg_view compressed, uint64_t limit, dseg_span out, size_t *got,
                                   dseg_error *error) {
  uint8_t *block = NULL;
  size_t total = 0;
  DSEG_TRY(dseg_gunzip(compressed, limit, &block, &total, error));
  if (block != NULL) {
    *got = total < out.size ? total : out.size;
    memcpy(out.data, block, *got);
  }
  free(block);
  return DSEG_OK;
}

dseg_status dseg_gunzip_start(dseg_view compressed, uint64_t limit, uint8_t *out, size_t size, size_t *got,
                              dseg_error *error) {
  *got = 0;
  return dseg_has_zlib() ? stream_start(compressed, (dseg_span){out, size}, got, error)
                         : inflate_and_cut(compressed, limit, (dseg_span){out, size}, got, error);
}

dseg_status dseg_gunzip(dseg_view compressed, uint64_t limit, uint8_t **block, size_t *size, dseg_error *error) {
  if (compressed.size < GZIP_SMALLEST || !dseg_is_gzip(compressed)) {
    return damaged(error);
  }
  dseg_decompressor *decompressor = NULL;
  DSEG_TRY(create(&decompressor, error));
  struct sink sink = {0};
  dseg_status status = start(&sink, compressed, limit, error);
  if (status == DSEG_OK) {
    status = inflate_members(decompressor, compressed, &sink, error);
  }
  dseg_decompressor_destroy(decompressor);
  if (status != DSEG_OK) {
    free(sink.block);
    return status;
  }
  *block = sink.block;
  *size = sink.size;
  return DSEG_OK;
}
