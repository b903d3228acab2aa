/* SPDX-License-Identifier: Apache-2.0 */
/* check_text.c - the texts have the frequencies of the code: annex A of bitstream.md, annex PA of prediction.md.
 *
 * usage: check_text BITSTREAM.MD PREDICTION.MD */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label_edge_model.h"

static char text[1 << 20];

static const char *name;

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", name, what);
  exit(1);
}

/* A frequency of two digits; spaces and line ends are passed over, and names of kinds, which end with a colon. */
static uint32_t next_frequency(const char **p) {
  while (!isxdigit((unsigned char)(*p)[0]) || !isxdigit((unsigned char)(*p)[1])) {
    if (!**p) {
      fail("the annex ends too early");
    }
    *p = isupper((unsigned char)**p) ? strchr(*p, ':') + 1 : *p + 1;
  }
  const char digits[3] = {(*p)[0], (*p)[1], 0};
  *p += 2;
  return (uint32_t)strtoul(digits, NULL, 16);
}

static void check_annex(const char *path, const char *start, unsigned first, unsigned end) {
  name = path;
  FILE *file = fopen(path, "rb");
  if (!file) {
    fail("cannot be read");
  }
  text[fread(text, 1, sizeof text - 1, file)] = 0;
  fclose(file);
  const char *p = strstr(text, start);
  if (!p) {
    fail("there is no annex of frequencies");
  }
  p += strlen(start);
  for (unsigned c = first; c < end; c++) {
    uint32_t sum = 0;
    for (unsigned s = 0; s < label_edge_symbol_count(c); s++) {
      const uint32_t frequency = next_frequency(&p);
      if (frequency != label_edge_frequencies[c][s]) {
        fprintf(stderr, "context %u, symbol %u: %u, in the code %u\n", c, s, frequency, label_edge_frequencies[c][s]);
        fail("the annex differs");
      }
      sum += frequency;
    }
    if (sum != LE_STATES) {
      fail("frequencies do not add up to 256");
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: check_text BITSTREAM.MD PREDICTION.MD\n");
    return 2;
  }
  check_annex(argv[1], "\nEDGE:\n", 0, LE_CORE_CONTEXTS);
  check_annex(argv[2], "\nSEGMENT:\n", LE_CORE_CONTEXTS, LE_CONTEXTS);
  return 0;
}
