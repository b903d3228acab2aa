/* SPDX-License-Identifier: Apache-2.0 */
/* count_symbols.c - how often each symbol of each context occurs in a label volume, for train.py: lines of
 * "predict context symbol count", for independent frames and then for predicted ones. Which symbols a frame has does
 * not depend on the tables.
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
  for (int predict = 0; predict < 2; predict++) {
    memset(counts, 0, sizeof counts);
    if (instance_encode(&image, predict)) {
      fprintf(stderr, "%s: cannot be coded\n", argv[1]);
      return 1;
    }
    for (unsigned c = 0; c < LE_CONTEXTS; c++) {
      for (unsigned s = 0; s < label_edge_symbol_count(c); s++) {
        printf("%d %u %u %" PRIu64 "\n", predict, c, s, counts[c][s]);
      }
    }
  }
  instance_destroy(&image);
  return 0;
}
