/* SPDX-License-Identifier: Apache-2.0 */
/* check_text.c - bitstream.md says what the code does: the frequencies of annex A, and the worked example.
 *
 * usage: check_text BITSTREAM.MD */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance.h"
#include "label_edge_model.h"

static char text[1 << 20];

static void fail(const char *what) {
  fprintf(stderr, "bitstream.md: %s\n", what);
  exit(1);
}

static const char *find(const char *from, const char *what) {
  const char *found = strstr(from, what);
  if (!found) {
    fail(what);
  }
  return found + strlen(what);
}

/* A frequency of two digits; spaces and line ends are passed over, and names of kinds, which end with a colon. */
static uint32_t next_frequency(const char **p) {
  while (!isxdigit((unsigned char)(*p)[0]) || !isxdigit((unsigned char)(*p)[1])) {
    if (!**p) {
      fail("annex A ends too early");
    }
    *p = isupper((unsigned char)**p) ? strchr(*p, ':') + 1 : *p + 1;
  }
  const char digits[3] = {(*p)[0], (*p)[1], 0};
  *p += 2;
  return (uint32_t)strtoul(digits, NULL, 16);
}

static void check_annex(void) {
  const char *p = find(text, "\nEDGE:\n");
  for (unsigned c = 0; c < LE_CORE_CONTEXTS; c++) {
    uint32_t sum = 0;
    for (unsigned s = 0; s < label_edge_symbol_count(c); s++) {
      const uint32_t frequency = next_frequency(&p);
      if (frequency != label_edge_frequencies[c][s]) {
        fprintf(stderr, "context %u, symbol %u: %u, in the code %u\n", c, s, frequency, label_edge_frequencies[c][s]);
        fail("annex A differs");
      }
      sum += frequency;
    }
    if (sum != LE_STATES) {
      fail("frequencies of annex A do not add up to 256");
    }
  }
}

/* The pictures stand side by side. */
static void read_pictures(instance *image) {
  const char *p = find(text, "    frame 0        frame 1        frame 2\n");
  for (uint32_t y = 0; y < image->format.rows; y++) {
    for (uint32_t f = 0; f < image->format.frames; f++) {
      p += strspn(p, " \n");
      for (uint32_t x = 0; x < image->format.columns; x++, p++) {
        image->pixels[(f * image->format.rows + y) * image->format.columns + x] = (uint8_t)(*p == '.' ? 0 : *p - '0');
      }
    }
  }
}

static void check_example(void) {
  instance image;
  instance_create(&image, 6, 12, 8, 3);
  read_pictures(&image);
  if (instance_encode(&image, true)) {
    fail("the example cannot be coded");
  }
  const char *p = find(text, "The three fragments:\n");
  for (uint32_t f = 0; f < 3; f++) {
    p = find(p, ":");
    for (size_t k = 0; k < image.sizes[f]; k++) {
      char *end;
      const unsigned long byte = strtoul(p, &end, 16);
      if (end == p || byte != image.fragments[f][k]) {
        fail("the bytes of the example differ");
      }
      p = end;
    }
    if (*p != '\n') {
      fail("the bytes of the example go on");
    }
  }
  label_edge_decoder *decoder;
  if (instance_open(&image, &decoder)) {
    fail("the example's header");
  }
  for (uint32_t f = 0; f < 3; f++) {
    uint8_t out[72];
    if (instance_decode(&image, decoder, f, out) || memcmp(out, image.pixels + sizeof out * f, sizeof out) != 0) {
      fail("the example is decoded to something else");
    }
  }
  label_edge_decoder_destroy(decoder);
  instance_destroy(&image);
}

int main(int argc, char **argv) {
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (!file) {
    fprintf(stderr, "usage: check_text BITSTREAM.MD\n");
    return 2;
  }
  text[fread(text, 1, sizeof text - 1, file)] = 0;
  fclose(file);
  check_annex();
  check_example();
  return 0;
}
