/* SPDX-License-Identifier: Apache-2.0 */
/* zlib_stream.c - deflate (RFC 1951) piece by piece, through zlib. */
#include "base/zlib_stream.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#define WINDOW ((size_t)32768) /* how far deflate looks back */

struct dseg_inflater {
  z_stream zlib;
};

struct dseg_deflater {
  z_stream zlib;
};

/* One call of zlib, which counts in unsigned int: the front of both sides. */
struct part {
  uInt in, out;
};

bool dseg_has_zlib(void) {
  return true;
}

const char *dseg_zlib_version(void) {
  return "zlib " ZLIB_VERSION;
}

static uInt at_most(size_t size) {
  return size > UINT_MAX ? UINT_MAX : (uInt)size;
}

static struct part begin_part(z_stream *zlib, const dseg_view *in, const dseg_span *out, uint8_t *none) {
  const struct part part = {at_most(in->size), at_most(out->size)};
  zlib->next_in = (z_const Bytef *)in->data;
  zlib->avail_in = part.in;
  zlib->next_out = part.out != 0 ? out->data : none; /* zlib wants an address even where there is no room */
  zlib->avail_out = part.out;
  return part;
}

static void end_part(const z_stream *zlib, struct part part, dseg_view *in, dseg_span *out) {
  const size_t used = part.in - zlib->avail_in, produced = part.out - zlib->avail_out;
  if (used != 0) {
    *in = (dseg_view){in->data + used, in->size - used};
  }
  if (produced != 0) {
    *out = (dseg_span){out->data + produced, out->size - produced};
  }
}

static dseg_zlib_result result_of(int result) {
  switch (result) {
    case Z_OK:
    case Z_BUF_ERROR: return DSEG_ZLIB_GOES_ON; /* the latter: nothing could be done */
    case Z_STREAM_END: return DSEG_ZLIB_ENDED;
    case Z_MEM_ERROR: return DSEG_ZLIB_NO_MEMORY;
    default: return DSEG_ZLIB_DAMAGED;
  }
}

static int window_bits(dseg_deflate_container container) {
  switch (container) {
    case DSEG_GZIP: return MAX_WBITS + 16;
    case DSEG_ZLIB: return MAX_WBITS;
    default: return -MAX_WBITS;
  }
}

dseg_status dseg_inflater_create(dseg_deflate_container container, dseg_inflater **inflater, dseg_error *error) {
  dseg_inflater *created = calloc(1, sizeof *created);
  if (created == NULL || inflateInit2(&created->zlib, window_bits(container)) != Z_OK) {
    free(created);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for inflating");
  }
  *inflater = created;
  return DSEG_OK;
}

void dseg_inflater_restart(dseg_inflater *inflater, dseg_deflate_container container) {
  (void)inflateReset2(&inflater->zlib, window_bits(container)); /* fails for other windows only */
}

dseg_zlib_result dseg_inflater_run(dseg_inflater *inflater, dseg_view *in, dseg_span *out) {
  z_stream *zlib = &inflater->zlib;
  uint8_t none = 0;
  int result = Z_OK;
  /* With all room filled there may still be the end of the stream to read: only no progress means that it is not. */
  while (result == Z_OK) {
    const struct part part = begin_part(zlib, in, out, &none);
    result = inflate(zlib, Z_NO_FLUSH);
    end_part(zlib, part, in, out);
  }
  return result_of(result);
}

void dseg_inflater_destroy(dseg_inflater *inflater) {
  if (inflater != NULL) {
    (void)inflateEnd(&inflater->zlib);
    free(inflater);
  }
}

dseg_status dseg_deflater_create(int level, int memory, dseg_deflater **deflater, dseg_error *error) {
  dseg_deflater *created = calloc(1, sizeof *created);
  if (created == NULL ||
      deflateInit2(&created->zlib, level, Z_DEFLATED, -MAX_WBITS, memory, Z_DEFAULT_STRATEGY) != Z_OK) {
    free(created);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for compressing");
  }
  *deflater = created;
  return DSEG_OK;
}

void dseg_deflater_restart(dseg_deflater *deflater, dseg_view dictionary) {
  (void)deflateReset(&deflater->zlib); /* this and the next fail for streams that are not set up only */
  if (dictionary.size != 0) {
    const size_t size = dictionary.size < WINDOW ? dictionary.size : WINDOW;
    (void)deflateSetDictionary(&deflater->zlib, dictionary.data + dictionary.size - size, (uInt)size);
  }
}

size_t dseg_deflater_bound(dseg_deflater *deflater, size_t size) {
  return (size_t)deflateBound(&deflater->zlib, (uLong)size);
}

dseg_zlib_result dseg_deflater_run(dseg_deflater *deflater, dseg_view *in, dseg_span *out, dseg_deflate_flush flush) {
  static const int modes[] = {
      [DSEG_DEFLATE_GO_ON] = Z_NO_FLUSH, [DSEG_DEFLATE_SYNC] = Z_SYNC_FLUSH, [DSEG_DEFLATE_FINISH] = Z_FINISH};
  z_stream *zlib = &deflater->zlib;
  uint8_t none = 0;
  int result = Z_OK;
  do {
    const struct part part = begin_part(zlib, in, out, &none);
    result = deflate(zlib, part.in == in->size ? modes[flush] : Z_NO_FLUSH);
    end_part(zlib, part, in, out);
    /* Room that is left over after a call says that the call did all it was asked for. */
  } while (result == Z_OK && out->size != 0 && (in->size != 0 || zlib->avail_out == 0));
  return result_of(result);
}

void dseg_deflater_destroy(dseg_deflater *deflater) {
  if (deflater != NULL) {
    (void)deflateEnd(&deflater->zlib);
    free(deflater);
  }
}

uint32_t dseg_zlib_checksum(dseg_deflate_container container, uint32_t sum, dseg_view data) {
  if (data.size == 0) {
    return sum; /* zlib takes an address of NULL for the start of a sum */
  }
  return (uint32_t)(container == DSEG_GZIP ? crc32_z(sum, data.data, data.size) : adler32_z(sum, data.data, data.size));
}

uint32_t dseg_zlib_combine(dseg_deflate_container container, uint32_t first, uint32_t second, size_t second_size) {
  return (uint32_t)(container == DSEG_GZIP ? crc32_combine(first, second, (z_off_t)second_size)
                                           : adler32_combine(first, second, (z_off_t)second_size));
}
