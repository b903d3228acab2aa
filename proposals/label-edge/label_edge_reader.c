/* label_edge_reader.c - the decoder's tables. They take longer to make than many a frame to decode, so that all
 * decoders share them. */
#include "label_edge_reader.h"

#include <stdatomic.h>
#include <stdlib.h>

static void make_tables(le_table tables[LE_CONTEXTS]) {
  for (unsigned c = 0; c < LE_CONTEXTS; c++) {
    uint32_t start = 0;
    for (unsigned s = 0; s < LE_SYMBOLS; s++) {
      const uint32_t length = label_edge_frequencies[c][s];
      for (uint32_t k = (start + 31) / 32; k < (start + length + 31) / 32; k++) {
        tables[c].first[k] = start | length << 12 | (uint32_t)s << 24;
      }
      start += length;
    }
  }
}

const le_decoding_tables *label_edge_decoding_tables(void) {
  static _Atomic(le_decoding_tables *) shared;
  le_decoding_tables *tables = atomic_load_explicit(&shared, memory_order_acquire);
  if (tables) {
    return tables;
  }
  le_decoding_tables *made = calloc(1, sizeof *made);
  if (!made) {
    return NULL;
  }
  make_tables(made->symbols);
  label_edge_segment_contexts(&made->segments);
  if (!atomic_compare_exchange_strong(&shared, &tables, made)) {
    free(made); /* another thread was faster */
    return tables;
  }
  return made;
}
