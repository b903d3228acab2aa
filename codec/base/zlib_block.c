/* SPDX-License-Identifier: Apache-2.0 */
/* zlib_block.c - deflates and inflates a block of memory in one call, through zlib's streams: for builds without
 * libdeflate. */
#include "base/deflate_block.h"
#include "base/zlib_stream.h"

bool dseg_can_deflate(void) {
  return dseg_has_zlib();
}

const char *dseg_deflate_library(void) {
  return dseg_zlib_version();
}

/* A compressor is a deflater, a decompressor an inflater, under another name. */
static dseg_deflater *deflater_of(dseg_compressor *compressor) {
  return (dseg_deflater *)compressor;
}

static dseg_inflater *inflater_of(dseg_decompressor *decompressor) {
  return (dseg_inflater *)decompressor;
}

dseg_status dseg_compressor_create(int level, dseg_compressor **compressor, dseg_error *error) {
  dseg_deflater *deflater = NULL;
  DSEG_TRY(dseg_deflater_create(level, DSEG_ZLIB_MAX_MEMORY, &deflater, error));
  *compressor = (dseg_compressor *)deflater;
  return DSEG_OK;
}

size_t dseg_compressor_bound(dseg_compressor *compressor, size_t size) {
  return dseg_deflater_bound(deflater_of(compressor), size);
}

size_t dseg_compress(dseg_compressor *compressor, dseg_view bytes, dseg_span out) {
  const size_t room = out.size;
  dseg_deflater_restart(deflater_of(compressor), (dseg_view){NULL, 0});
  return dseg_deflater_run(deflater_of(compressor), &bytes, &out, DSEG_DEFLATE_FINISH) == DSEG_ZLIB_ENDED
             ? room - out.size
             : 0;
}

void dseg_compressor_destroy(dseg_compressor *compressor) {
  dseg_deflater_destroy(deflater_of(compressor));
}

dseg_status dseg_decompressor_create(dseg_decompressor **decompressor, dseg_error *error) {
  dseg_inflater *inflater = NULL;
  DSEG_TRY(dseg_inflater_create(DSEG_RAW_DEFLATE, &inflater, error)); /* each call says what it is given */
  *decompressor = (dseg_decompressor *)inflater;
  return DSEG_OK;
}

/* Whether a stream that did not end holds more bytes than there was room for: zlib may have taken all input, so that
 * only one byte more of room tells that from a stream that is cut off. */
static bool has_more(dseg_inflater *inflater, dseg_view rest) {
  uint8_t byte = 0;
  dseg_span out = {&byte, 1};
  (void)dseg_inflater_run(inflater, &rest, &out);
  return out.size == 0;
}

dseg_inflate_result dseg_decompress(dseg_decompressor *decompressor, dseg_deflate_container container, dseg_view in,
                                    dseg_span out, size_t *used, size_t *produced) {
  const size_t size = in.size, room = out.size;
  dseg_inflater_restart(inflater_of(decompressor), container);
  switch (dseg_inflater_run(inflater_of(decompressor), &in, &out)) {
    case DSEG_ZLIB_ENDED: break;
    case DSEG_ZLIB_GOES_ON:
      return has_more(inflater_of(decompressor), in) ? DSEG_INFLATE_ROOM_TOO_SMALL : DSEG_INFLATE_DAMAGED;
    case DSEG_ZLIB_NO_MEMORY: return DSEG_INFLATE_NO_MEMORY;
    default: return DSEG_INFLATE_DAMAGED;
  }
  *used = size - in.size;
  *produced = room - out.size;
  return DSEG_INFLATE_COMPLETE;
}

void dseg_decompressor_destroy(dseg_decompressor *decompressor) {
  dseg_inflater_destroy(inflater_of(decompressor));
}

uint32_t dseg_deflate_checksum(dseg_deflate_container container, uint32_t sum, dseg_view data) {
  return dseg_zlib_checksum(container, sum, data);
}
