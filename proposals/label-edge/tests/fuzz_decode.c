/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_decode.c - libFuzzer target: any bytes as fragments. Byte 0: bits, number of frames, and, in its highest bit,
 * whether they are predicted, as all are with FUZZ_PREDICTED; 1, 2: rows, columns; then for each frame a length of two
 * bytes and that many bytes. The checksum is put behind them, so that it does not stop everything else, unless the
 * highest bit of the length is set. */
#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "label_edge_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3) {
    return 0;
  }
  static const unsigned bits[] = {1, 8, 16, 8};
  instance image;
  const label_edge_format form = instance_form(data + 1, bits[data[0] & 3], (data[0] >> 2 & 31) % 12u + 1, 512);
  instance_create(&image, form.rows, form.columns, form.bits, form.frames);
  image.predicted = FUZZ_PREDICTED || data[0] >> 7;
  const uint8_t *p = data + 3;
  size_t left = size - 3;
  for (uint32_t f = 0; f < image.format.frames; f++) {
    size_t length = left < 2 ? 0 : (size_t)(p[0] | (p[1] & 0x7f) << 8);
    const bool sum = left < 2 || p[1] < 0x80;
    p += left < 2 ? 0 : 2;
    left -= left < 2 ? 0 : 2;
    length = length < left ? length : left;
    uint8_t *fragment = malloc(length + LE_CHECKSUM); /* its own memory, so that reading on is seen */
    if (!fragment) {
      abort();
    }
    memcpy(fragment, p, length);
    image.fragments[f] = fragment;
    image.sizes[f] = length + (sum ? LE_CHECKSUM : 0);
    instance_set_checksum(fragment, sum ? length : 0);
    p += length;
    left -= length;
  }
  instance_decoder decoder = {0};
  if (!instance_open(&image, &decoder)) {
    uint8_t *out = malloc(image.frame_bytes);
    if (!out) {
      abort();
    }
    for (uint32_t k = 0; k < image.format.frames * 2; k++) {
      (void)instance_decode(&image, &decoder, k * 5 % image.format.frames, out);
    }
    free(out);
    instance_close(&decoder);
  }
  instance_destroy(&image);
  return 0;
}
