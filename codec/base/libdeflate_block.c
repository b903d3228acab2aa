/* SPDX-License-Identifier: Apache-2.0 */
/* libdeflate_block.c - deflates and inflates a block of memory in one call, through libdeflate. */
#include "base/deflate_block.h"

#include <libdeflate.h>

bool dseg_can_deflate(void) {
  return true;
}

const char *dseg_deflate_library(void) {
  return "libdeflate " LIBDEFLATE_VERSION_STRING;
}

/* Both structs are libdeflate's own under the names of this library. */
static struct libdeflate_compressor *compressor_of(dseg_compressor *compressor) {
  return (struct libdeflate_compressor *)compressor;
}

static struct libdeflate_decompressor *decompressor_of(dseg_decompressor *decompressor) {
  return (struct libdeflate_decompressor *)decompressor;
}

dseg_status dseg_compressor_create(int level, dseg_compressor **compressor, dseg_error *error) {
  *compressor = (dseg_compressor *)libdeflate_alloc_compressor(level);
  return *compressor != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for libdeflate");
}

size_t dseg_compressor_bound(dseg_compressor *compressor, size_t size) {
  return libdeflate_deflate_compress_bound(compressor_of(compressor), size);
}

size_t dseg_compress(dseg_compressor *compressor, dseg_view bytes, dseg_span out) {
  return libdeflate_deflate_compress(compressor_of(compressor), bytes.data, bytes.size, out.data, out.size);
}

void dseg_compressor_destroy(dseg_compressor *compressor) {
  libdeflate_free_compressor(compressor_of(compressor));
}

dseg_status dseg_decompressor_create(dseg_decompressor **decompressor, dseg_error *error) {
  *decompressor = (dseg_decompressor *)libdeflate_alloc_decompressor();
  return *decompressor != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for libdeflate");
}

dseg_inflate_result dseg_decompress(dseg_decompressor *decompressor, dseg_deflate_container container, dseg_view in,
                                    dseg_span out, size_t *used, size_t *produced) {
  struct libdeflate_decompressor *inner = decompressor_of(decompressor);
  enum libdeflate_result result = LIBDEFLATE_BAD_DATA;
  switch (container) {
    case DSEG_GZIP:
      result = libdeflate_gzip_decompress_ex(inner, in.data, in.size, out.data, out.size, used, produced);
      break;
    case DSEG_ZLIB:
      result = libdeflate_zlib_decompress_ex(inner, in.data, in.size, out.data, out.size, used, produced);
      break;
    case DSEG_RAW_DEFLATE:
      result = libdeflate_deflate_decompress_ex(inner, in.data, in.size, out.data, out.size, used, produced);
      break;
  }
  switch (result) {
    case LIBDEFLATE_SUCCESS: return DSEG_INFLATE_COMPLETE;
    case LIBDEFLATE_INSUFFICIENT_SPACE: return DSEG_INFLATE_ROOM_TOO_SMALL;
    default: return DSEG_INFLATE_DAMAGED;
  }
}

void dseg_decompressor_destroy(dseg_decompressor *decompressor) {
  libdeflate_free_decompressor(decompressor_of(decompressor));
}

uint32_t dseg_deflate_checksum(dseg_deflate_container container, uint32_t sum, dseg_view data) {
  return container == DSEG_GZIP ? libdeflate_crc32(sum, data.data, data.size)
                                : libdeflate_adler32(sum, data.data, data.size);
}
