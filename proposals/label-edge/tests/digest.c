/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - prints sizes and a hash of the fragments of some made images, and checks that they decode: the same from
 * every compiler and machine. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"

static bool decodes(instance *image) {
  instance_decoder decoder = {0};
  uint8_t *out = malloc(image->frame_bytes);
  bool well = out && !instance_open(image, &decoder);
  for (uint32_t f = 0; f < image->format.frames && well; f++) {
    well = !instance_decode(image, &decoder, f, out) &&
           !memcmp(out, image->pixels + image->frame_bytes * f, image->frame_bytes);
  }
  if (out && well) {
    instance_close(&decoder);
  }
  free(out);
  return well;
}

int main(void) {
  static const unsigned bits[] = {1, 8, 16};
  for (int known = 0; known < KNOWLEDGES; known++) {
    for (int kind = 0; kind < CONTENTS; kind++) {
      for (size_t b = 0; b < 3; b++) {
        instance image;
        instance_create(&image, 75, 101, bits[b], 7);
        instance_draw(&image, (content)kind, 700, 11);
        if (instance_encode(&image, (knowledge)known) || !decodes(&image)) {
          fprintf(stderr, "content %d, %u bits: failed\n", kind, bits[b]);
          return 1;
        }
        uint64_t hash = UINT64_C(0xcbf29ce484222325);
        for (uint32_t f = 0; f < image.format.frames; f++) {
          for (size_t k = 0; k < image.sizes[f]; k++) {
            hash = (hash ^ image.fragments[f][k]) * UINT64_C(0x100000001b3);
          }
        }
        printf("knowledge %d, content %d, %u bits: %zu bytes, %016" PRIx64 "\n", known, kind, bits[b], image.total,
               hash);
        instance_destroy(&image);
      }
    }
  }
  return 0;
}
