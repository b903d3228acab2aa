/* SPDX-License-Identifier: Apache-2.0 */
/* check_volumes.c - real label volumes, as 8 or 16-bit frames and all labels as 1-bit frames: what is decoded is what
 * was coded. Prints the sizes: without a survey, with one, with frames of type "same", and predicted.
 *
 * usage: check_volumes FILE...; files that are not there are skipped, and when none is, the exit code is 77 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "instance.h"

static bool decodes(instance *image, uint32_t step) {
  instance_decoder decoder = {0};
  if (instance_open(image, &decoder)) {
    return false;
  }
  uint8_t *out = malloc(image->frame_bytes);
  bool well = out;
  for (uint32_t k = 0; k < image->format.frames && well; k++) {
    const uint32_t f = (uint32_t)((uint64_t)k * step % image->format.frames);
    well = !instance_decode(image, &decoder, f, out) &&
           !memcmp(out, image->pixels + image->frame_bytes * f, image->frame_bytes);
  }
  free(out);
  instance_close(&decoder);
  return well;
}

static bool check(instance *image, const char *name) {
  static const char *const names[] = {"no survey", "alone", "same", "predicted"};
  for (int known = 0; known < KNOWLEDGES; known++) {
    if (instance_encode(image, (knowledge)known) || !decodes(image, 1) || !decodes(image, 13)) {
      fprintf(stderr, "%s, %u bits, %s: failed\n", name, image->format.bits, names[known]);
      return false;
    }
    printf("%s, %u bits, %s: %zu bytes\n", name, image->format.bits, names[known], image->total);
  }
  return true;
}

/* Every voxel that has a label, as bits. */
static bool check_mask(const instance *labels, const char *name) {
  instance mask;
  instance_create(&mask, labels->format.rows, labels->format.columns, 1, labels->format.frames);
  const size_t pixels = (size_t)labels->format.rows * labels->format.columns;
  const size_t bytes = labels->format.bits / 8;
  for (uint32_t f = 0; f < labels->format.frames; f++) {
    const uint8_t *in = labels->pixels + labels->frame_bytes * f;
    uint8_t *out = mask.pixels + mask.frame_bytes * f;
    for (size_t k = 0; k < pixels; k++) {
      out[k / 8] |= (uint8_t)((in[k * bytes] || in[k * bytes + bytes - 1]) << k % 8);
    }
  }
  const bool well = check(&mask, name);
  instance_destroy(&mask);
  return well;
}

static bool check_file(const char *path) {
  instance image;
  if (!instance_read(&image, path)) {
    return false;
  }
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  const bool well = check(&image, name) && check_mask(&image, name);
  instance_destroy(&image);
  return well;
}

int main(int argc, char **argv) {
  bool well = true;
  int found = 0;
  for (int i = 1; i < argc; i++) {
    if (access(argv[i], R_OK) == 0) {
      found++;
      well = check_file(argv[i]) && well;
    }
  }
  if (!found) {
    printf("skipped: none of the volumes is there\n");
    return 77;
  }
  return well ? 0 : 1;
}
