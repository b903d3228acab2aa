/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_reader.c - the end of a frame's bits, and the decoder's tables, which take longer to make than many a
 * frame to decode, so that all decoders share them. */
#include "label_edge_reader.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

size_t label_edge_reach_tail(le_source *s, size_t at) {
  size_t skip = at / 8;
  if (!s->in_tail) {
    s->in_tail = true;
    memcpy(s->tail, s->bytes + skip, s->size - skip);
    s->bytes = s->tail;
    s->limit = (sizeof s->tail - 8) * 8;
  } else {
    skip -= 8; /* nothing but zeros from there on */
  }
  s->skipped += skip;
  return at - skip * 8;
}

bool label_edge_all_read(const le_reader *reader) {
  le_reader r = *reader;
  look(&r);
  const uint64_t left = (uint64_t)r.source->size * 8 - ((uint64_t)r.source->skipped * 8 + r.at);
  return r.state == 0 && left < 16 && (r.bits & 0xffff) == 0;
}

static uint32_t edge_bits(unsigned history, unsigned s) {
  switch (s) {
    case LE_PASS: return LE_STEP_PASS;
    case LE_INSERT:
    case LE_RELABEL: return LE_STEP_OTHER;
    default: return (uint32_t)label_edge_next_history[history][s] << 24;
  }
}

void label_edge_make_steps(unsigned context, le_step steps[LE_STATES]) {
  uint8_t symbols[LE_STATES];
  uint32_t numbers[LE_SYMBOLS];
  label_edge_spread(context, symbols);
  for (unsigned s = 0; s < LE_SYMBOLS; s++) {
    numbers[s] = label_edge_frequencies[context][s];
  }
  for (unsigned x = 0; x < LE_STATES; x++) {
    const unsigned s = symbols[x];
    const uint32_t number = numbers[s]++;
    const unsigned bits = LE_STATE_BITS - le_log2(number);
    steps[x] = ((1u << bits) - 1) | ((number << bits) - LE_STATES) << 8 | bits << 16 | s << 20;
    if (context < LE_END) {
      steps[x] |= edge_bits(context % LE_HISTORIES, s);
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
  for (unsigned c = 0; c < LE_CORE_CONTEXTS; c++) {
    label_edge_make_steps(c, made->steps[c]);
  }
  label_edge_make_crc_tables(&made->crc);
  if (!atomic_compare_exchange_strong(&shared, &tables, made)) {
    free(made); /* another thread was faster */
    return tables;
  }
  return made;
}
