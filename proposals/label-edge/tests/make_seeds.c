/* SPDX-License-Identifier: Apache-2.0 */
/* make_seeds.c - seeds for fuzz_decode and fuzz_encode: small images of all kinds, as those targets read them.
 *
 * usage: make_seeds DIRECTORY */
#include <stdio.h>

#include "instance.h"
#include "label_edge_model.h"

static void put_16(FILE *file, size_t value) {
  fputc((int)(value & 0xff), file);
  fputc((int)(value >> 8), file);
}

int main(int argc, char **argv) {
  static const unsigned bits[] = {1, 8, 16};
  for (int known = 0; argc == 2 && known < KNOWLEDGES; known++) {
    for (int kind = 0; kind < CONTENTS; kind++) {
      for (unsigned b = 0; b < 3; b++) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%d-%d-%u", argv[1], known, kind, bits[b]);
        FILE *file = fopen(path, "wb");
        instance image;
        instance_create(&image, 8, 10, bits[b], 6); /* as many pixels as those read */
        instance_draw(&image, (content)kind, 9, 3);
        if (!file || instance_encode(&image, (knowledge)known)) {
          fprintf(stderr, "%s: cannot be made\n", path);
          return 1;
        }
        fputc((int)(b | (image.format.frames - 1) << 2 | (image.predicted ? 0x80u : 0u)), file);
        fputc((int)image.format.rows - 1, file);
        fputc((int)image.format.columns - 1, file);
        for (uint32_t f = 0; f < image.format.frames; f++) {
          put_16(file, image.sizes[f] - LE_CHECKSUM);
          fwrite(image.fragments[f], 1, image.sizes[f] - LE_CHECKSUM, file);
        }
        fclose(file);
        instance_destroy(&image);
      }
    }
  }
  return argc == 2 ? 0 : 2;
}
