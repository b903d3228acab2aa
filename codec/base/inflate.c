/* inflate.c - gzip files (RFC 1952) and zlib streams (RFC 1950) as a whole, or their first bytes.
 *
 * Both libraries are used in the same way: one call inflates one member from its start into the room there is. That
 * suits libdeflate, which does not stream; where the size had to be guessed and the guess was too small, the member is
 * inflated again into a larger block. */
#include "base/inflate.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/large_block.h"

#if DSEG_HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#if DSEG_HAVE_ZLIB
#include <limits.h>
#include <zlib.h>
#endif

#define GZIP_SMALLEST ((size_t)18) /* header and trailer of a member without a name */

bool dseg_is_gzip(dseg_view bytes) {
  return bytes.size >= 2 && bytes.data[0] == 0x1f && bytes.data[1] == 0x8b;
}

uint64_t dseg_inflate_bound(uint64_t compressed) {
  const uint64_t most_per_byte = 1032;
  return compressed > UINT64_MAX / most_per_byte ? UINT64_MAX : compressed * most_per_byte;
}

enum outcome { INFLATED, ROOM_TOO_SMALL, DAMAGED, OUT_OF_MEMORY };

/* What one member took and gave. */
struct member {
  size_t used, produced;
};

#if DSEG_HAVE_LIBDEFLATE

typedef struct libdeflate_decompressor engine;

static engine *engine_create(void) {
  return libdeflate_alloc_decompressor();
}
static void engine_destroy(engine *inflater) {
  libdeflate_free_decompressor(inflater);
}

static enum outcome inflate_member(engine *inflater, dseg_view in, uint8_t *out, size_t room, struct member *member) {
  const enum libdeflate_result result =
      dseg_is_gzip(in)
          ? libdeflate_gzip_decompress_ex(inflater, in.data, in.size, out, room, &member->used, &member->produced)
          : libdeflate_zlib_decompress_ex(inflater, in.data, in.size, out, room, &member->used, &member->produced);
  switch (result) {
    case LIBDEFLATE_SUCCESS: return INFLATED;
    case LIBDEFLATE_INSUFFICIENT_SPACE: return ROOM_TOO_SMALL;
    default: return DAMAGED;
  }
}

#elif DSEG_HAVE_ZLIB

typedef z_stream engine;

static engine *engine_create(void) {
  engine *inflater = calloc(1, sizeof *inflater);
  const int zlib_or_gzip = 15 + 32;
  if (inflater != NULL && inflateInit2(inflater, zlib_or_gzip) != Z_OK) {
    free(inflater);
    return NULL;
  }
  return inflater;
}

static void engine_destroy(engine *inflater) {
  if (inflater != NULL) {
    inflateEnd(inflater);
    free(inflater);
  }
}

static uInt at_most(size_t size) {
  return size > UINT_MAX ? UINT_MAX : (uInt)size;
}

static enum outcome inflate_member(engine *inflater, dseg_view in, uint8_t *out, size_t room, struct member *member) {
  *member = (struct member){0, 0};
  if (inflateReset(inflater) != Z_OK) {
    return OUT_OF_MEMORY;
  }
  uint8_t none = 0; /* zlib wants an address even where there is no room */
  for (;;) {
    const uInt input = at_most(in.size - member->used);
    const uInt output = at_most(room - member->produced);
    inflater->next_in = (z_const Bytef *)(in.data + member->used);
    inflater->avail_in = input;
    inflater->next_out = output != 0 ? out + member->produced : &none;
    inflater->avail_out = output;
    const int result = inflate(inflater, Z_NO_FLUSH);
    member->used += input - inflater->avail_in;
    member->produced += output - inflater->avail_out;
    if (result == Z_STREAM_END) {
      return INFLATED;
    }
    if (result == Z_MEM_ERROR) {
      return OUT_OF_MEMORY;
    }
    if (result != Z_OK && result != Z_BUF_ERROR) {
      return DAMAGED;
    }
    if (member->produced == room && inflater->avail_out == 0 && member->used < in.size) {
      /* With the last byte written there may still be the trailer to read: only no progress means no room. */
      if (result == Z_BUF_ERROR) {
        return ROOM_TOO_SMALL;
      }
      continue;
    }
    if (member->used == in.size) {
      return DAMAGED; /* cut off */
    }
  }
}

#else

typedef struct engine {
  char unused;
} engine;

static engine *engine_create(void) {
  return NULL;
}
static void engine_destroy(engine *inflater) {
  (void)inflater;
}

static enum outcome inflate_member(engine *inflater, dseg_view in, uint8_t *out, size_t room, struct member *member) {
  (void)inflater, (void)in, (void)out, (void)room, (void)member;
  return DAMAGED;
}

#endif

static dseg_status create(engine **inflater, dseg_error *error) {
#if DSEG_HAVE_LIBDEFLATE || DSEG_HAVE_ZLIB
  *inflater = engine_create();
  return *inflater != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
#else
  *inflater = engine_create();
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "compressed data needs a build with DSEG_WITH_LIBDEFLATE or DSEG_WITH_ZLIB");
#endif
}

static dseg_status damaged(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "the compressed data is damaged or cut off (RFC 1951)");
}

static dseg_view rest_of(dseg_view all, size_t used) {
  return (dseg_view){all.data + used, all.size - used};
}

dseg_status dseg_inflate_exactly(dseg_view compressed, uint8_t *out, size_t size, dseg_error *error) {
  engine *inflater;
  DSEG_TRY(create(&inflater, error));
  dseg_status status = DSEG_OK;
  size_t produced = 0;
  dseg_view in = compressed;
  do {
    struct member member = {0, 0};
    const enum outcome outcome = inflate_member(inflater, in, out + produced, size - produced, &member);
    if (outcome == ROOM_TOO_SMALL) {
      status = dseg_fail(error, DSEG_ERROR_FORMAT, "the compressed data holds more than the %zu bytes expected", size);
    } else if (outcome == OUT_OF_MEMORY) {
      status = dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
    } else if (outcome == DAMAGED) {
      status = damaged(error);
    } else {
      produced += member.produced;
      in = rest_of(in, member.used);
    }
  } while (status == DSEG_OK && dseg_is_gzip(in));
  engine_destroy(inflater);
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
    return sink->is_limit
               ? dseg_fail(error, DSEG_ERROR_LIMIT, "the file inflates to more than the limit of %zu bytes", sink->most)
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

static dseg_status inflate_members(engine *inflater, dseg_view compressed, struct sink *sink, dseg_error *error) {
  dseg_view in = compressed;
  do {
    struct member member = {0, 0};
    switch (inflate_member(inflater, in, sink->block + sink->size, sink->capacity - sink->size, &member)) {
      case INFLATED:
        sink->size += member.produced;
        in = rest_of(in, member.used);
        break;
      case ROOM_TOO_SMALL: DSEG_TRY(grow(sink, error)); break;
      case OUT_OF_MEMORY: return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
      case DAMAGED: return damaged(error);
    }
  } while (dseg_is_gzip(in)); /* zeros or other bytes after the last member are padding */
  return DSEG_OK;
}

#if DSEG_HAVE_ZLIB

dseg_status dseg_gunzip_start(dseg_view compressed, uint64_t limit, uint8_t *out, size_t size, size_t *got,
                              dseg_error *error) {
  (void)limit; /* nothing is allocated for the rest */
  const int only_gzip = 15 + 16;
  z_stream stream = {.next_in = (z_const Bytef *)compressed.data, .avail_out = (uInt)size};
  stream.next_out = out;
  *got = 0;
  if (inflateInit2(&stream, only_gzip) != Z_OK) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
  }
  int result = Z_OK;
  while (result == Z_OK && stream.avail_out != 0) {
    const size_t left = compressed.size - (size_t)(stream.next_in - compressed.data);
    stream.avail_in = left > UINT_MAX ? UINT_MAX : (uInt)left;
    result = inflate(&stream, Z_NO_FLUSH);
    if (result == Z_STREAM_END && dseg_is_gzip((dseg_view){stream.next_in, stream.avail_in})) {
      result = inflateReset(&stream);
    }
  }
  *got = size - stream.avail_out;
  (void)inflateEnd(&stream);
  return result == Z_OK || result == Z_STREAM_END ? DSEG_OK : damaged(error);
}

#else

/* libdeflate does not stream: all is inflated, and forgotten. */
dseg_status dseg_gunzip_start(dseg_view compressed, uint64_t limit, uint8_t *out, size_t size, size_t *got,
                              dseg_error *error) {
  uint8_t *block = NULL;
  size_t total = 0;
  *got = 0;
  DSEG_TRY(dseg_gunzip(compressed, limit, &block, &total, error));
  *got = total < size ? total : size;
  memcpy(out, block, *got);
  free(block);
  return DSEG_OK;
}

#endif

dseg_status dseg_gunzip(dseg_view compressed, uint64_t limit, uint8_t **block, size_t *size, dseg_error *error) {
  if (compressed.size < GZIP_SMALLEST || !dseg_is_gzip(compressed)) {
    return damaged(error);
  }
  engine *inflater;
  DSEG_TRY(create(&inflater, error));
  struct sink sink = {0};
  dseg_status status = start(&sink, compressed, limit, error);
  if (status == DSEG_OK) {
    status = inflate_members(inflater, compressed, &sink, error);
  }
  engine_destroy(inflater);
  if (status != DSEG_OK) {
    free(sink.block);
    return status;
  }
  *block = sink.block;
  *size = sink.size;
  return DSEG_OK;
}
