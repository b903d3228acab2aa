/* SPDX-License-Identifier: Apache-2.0 */
/* count_symbols.c - how often each symbol of each context occurs in a label volume, for train.py: lines of
 * "predicted context symbol count", for frames that stand alone and then for an image with predicted ones.
 *
 * usage: count_symbols VOLUME */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "instance.h"
#include "label_edge_model.h"

int main(int argc, char **argv) {
  instance image;
  if (argc != 2 || !instance_read(&image, argv[1])) {
    fprintf(stderr, "usage: count_symbols VOLUME\n");
    return 2;
  }
  static uint64_t counts[LE_CONTEXTS][LE_SYMBOLS];
  image.counts = counts;
  static const knowledge known[] = {KNOWS_SAME, KNOWS_FRAMES};
  for (unsigned predicted = 0; predicted < 2; predicted++) {
    memset(counts, 0, sizeof counts);
    if (instance_encode(&image, known[predicted])) {
      fprintf(stderr, "%s: cannot be coded\n", argv[1]);
      return 1;
    }
    for (unsigned c = 0; c < LE_CONTEXTS; c++) {
      for (unsigned s = 0; s < label_edge_symbol_count(c); s++) {
        printf("%u %u %u %" PRIu64 "\n", predicted, c, s, counts[c][s]);
      }
    }
  }
  instance_destroy(&image);
  return 0;
}
