/* SPDX-License-Identifier: Apache-2.0 */
/* zlib_unavailable.c - zlib_stream.h in builds without zlib: no stream can be made, so that none runs. */
#include "base/zlib_stream.h"

bool dseg_has_zlib(void) {
  return false;
}

const char *dseg_zlib_version(void) {
  return "";
}

static dseg_status unavailable(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "this needs zlib: build with DSEG_WITH_ZLIB=ON");
}

dseg_status dseg_inflater_create(dseg_deflate_container container, dseg_inflater **inflater, dseg_error *error) {
  (void)container, (void)inflater;
  return unavailable(error);
}

void dseg_inflater_restart(dseg_inflater *inflater, dseg_deflate_container container) {
  (void)inflater, (void)container;
}

dseg_zlib_result dseg_inflater_run(dseg_inflater *inflater, dseg_view *in, dseg_span *out) {
  (void)inflater, (void)in, (void)out;
  return DSEG_ZLIB_DAMAGED;
}

void dseg_inflater_destroy(dseg_inflater *inflater) {
  (void)inflater;
}

dseg_status dseg_deflater_create(int level, int memory, dseg_deflater **deflater, dseg_error *error) {
  (void)level, (void)memory, (void)deflater;
  return unavailable(error);
}

void dseg_deflater_restart(dseg_deflater *deflater, dseg_view dictionary) {
  (void)deflater, (void)dictionary;
}

size_t dseg_deflater_bound(dseg_deflater *deflater, size_t size) {
  (void)deflater, (void)size;
  return 0;
}

dseg_zlib_result dseg_deflater_run(dseg_deflater *deflater, dseg_view *in, dseg_span *out, dseg_deflate_flush flush) {
  (void)deflater, (void)in, (void)out, (void)flush;
  return DSEG_ZLIB_DAMAGED;
}

void dseg_deflater_destroy(dseg_deflater *deflater) {
  (void)deflater;
}

uint32_t dseg_zlib_checksum(dseg_deflate_container container, uint32_t sum, dseg_view data) {
  (void)container, (void)data;
  return sum;
}

uint32_t dseg_zlib_combine(dseg_deflate_container container, uint32_t first, uint32_t second, size_t second_size) {
  (void)container, (void)second, (void)second_size;
  return first;
}
