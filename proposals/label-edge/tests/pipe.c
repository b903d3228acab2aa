/* SPDX-License-Identifier: Apache-2.0 */
/* pipe.c - the codec for another program (second/check_damaged.py), by binary requests on standard input. Numbers are
 * u32, little endian; an image is rows, columns, bits, frames. A request and its answer:
 *
 *   'E' image content labels seed knowledge         of a made image, for each frame size and fragment
 *   'D' image, for each frame size and fragment   for each frame a byte, 0 when it is refused, else 1 and its pixels
 *   'P' the same, of prediction.md */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"

static void get(void *to, size_t size) {
  if (fread(to, 1, size, stdin) != size) {
    exit(1);
  }
}

static uint32_t get_number(void) {
  uint8_t b[4];
  get(b, sizeof b);
  return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void put_number(uint32_t v) {
  const uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
  fwrite(b, 1, sizeof b, stdout);
}

static void create(instance *image) {
  const uint32_t rows = get_number();
  const uint32_t columns = get_number();
  const uint32_t bits = get_number();
  instance_create(image, rows, columns, bits, get_number());
}

static void encode(void) {
  instance image;
  create(&image);
  const uint32_t kind = get_number();
  const uint32_t labels = get_number();
  instance_draw(&image, (content)kind, labels, get_number());
  if (instance_encode(&image, (knowledge)(get_number() % KNOWLEDGES))) {
    exit(1);
  }
  for (uint32_t f = 0; f < image.format.frames; f++) {
    put_number((uint32_t)image.sizes[f]);
    fwrite(image.fragments[f], 1, image.sizes[f], stdout);
  }
  instance_destroy(&image);
}

/* Pixels of 16 bits are words of this machine in memory. */
static void put_pixels(const instance *image, const uint8_t *pixels) {
  for (size_t i = 0; i < image->frame_bytes; i++) {
    const uint16_t word = image->format.bits == 16 ? ((const uint16_t *)(const void *)pixels)[i / 2] : pixels[i];
    putchar(word >> (image->format.bits == 16 && i % 2 == 1 ? 8 : 0) & 0xFF);
  }
}

static void decode(bool predicted) {
  instance image;
  create(&image);
  image.predicted = predicted;
  for (uint32_t f = 0; f < image.format.frames; f++) {
    image.sizes[f] = get_number();
    image.fragments[f] = malloc(image.sizes[f] ? image.sizes[f] : 1); /* exact, so that reading on is seen */
    if (!image.fragments[f]) {
      exit(1);
    }
    get(image.fragments[f], image.sizes[f]);
  }
  instance_decoder decoder = {0};
  const bool opened = !instance_open(&image, &decoder);
  for (uint32_t f = 0; f < image.format.frames; f++) {
    uint8_t *out = image.pixels + image.frame_bytes * f;
    const bool well = opened && !instance_decode(&image, &decoder, f, out);
    putchar(well);
    if (well) {
      put_pixels(&image, out);
    }
  }
  instance_close(&decoder);
  instance_destroy(&image);
}

int main(void) {
  for (int c; (c = getchar()) != EOF;) {
    if (c != 'E' && c != 'D' && c != 'P') {
      return 1;
    }
    if (c == 'E') {
      encode();
    } else {
      decode(c == 'P');
    }
    if (fflush(stdout)) {
      return 1;
    }
  }
  return 0;
}
