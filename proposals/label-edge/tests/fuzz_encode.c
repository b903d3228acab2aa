/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_encode.c - libFuzzer target: any bytes as pixels, which must come back. Byte 0: bits, what the
 * encoder knows, number of frames; 1, 2: rows, columns; 3: bits of the values that are kept, so that there are regions.
 */
#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "label_edge_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 5) {
    return 0;
  }
  static const unsigned bits[] = {1, 8, 16, 8};
  instance image;
  /* Short inputs are small images: a byte is about two runs of pixels, so that some repeat. */
  const label_edge_format form =
      instance_form(data + 1, bits[data[0] & 3], (data[0] >> 4) % 10u + 1, size < 128 ? (uint32_t)size * 6 : 768);
  instance_create(&image, form.rows, form.columns, form.bits, form.frames);
  const size_t run = image.format.bits == 1 ? 1 : 3; /* a byte of the input stands for a run of pixels */
  const uint8_t keep = image.format.bits == 1 ? 0xff : data[3];
  const size_t bytes = image.frame_bytes * image.format.frames;
  for (size_t k = 0, from = 4; k < bytes; from = from + 1 < size ? from + 1 : 4) {
    for (const size_t end = run < bytes - k ? k + run : bytes; k < end; k++) {
      image.pixels[k] = data[from] & keep;
    }
  }
  const uint64_t used = (uint64_t)image.format.rows * image.format.columns;
  for (uint32_t f = 0; f < image.format.frames && image.format.bits == 1 && used % 8; f++) {
    image.pixels[image.frame_bytes * (f + 1) - 1] &= (uint8_t)((1u << used % 8) - 1);
  }
  /* No frame takes more than a raw one with the head of a grid by rule, padding, and checksum. */
  enum { HEAD = LE_TYPE_BITS + LE_DEPTH_BITS + 1 + 2 * (LE_RULE_FIELD + 16) };
  const size_t most = (HEAD + 7) / 8 + (size_t)le_raw_bytes(used, image.format.bits) + 1 + LE_CHECKSUM;
  instance_decoder decoder = {0};
  uint8_t *out = malloc(image.frame_bytes);
  if (!out || instance_encode(&image, (knowledge)(data[0] >> 2 & (KNOWLEDGES - 1))) ||
      instance_open(&image, &decoder)) {
    abort();
  }
  for (uint32_t k = 0; k < image.format.frames; k++) {
    const uint32_t f = k * 7 % image.format.frames;
    if (image.sizes[f] > most || instance_decode(&image, &decoder, f, out) ||
        memcmp(out, image.pixels + image.frame_bytes * f, image.frame_bytes) != 0) {
      abort();
    }
  }
  instance_close(&decoder);
  free(out);
  instance_destroy(&image);
  return 0;
}
