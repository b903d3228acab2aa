/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_writer.c - the heart of the encoder: a frame's edges become symbols (bitstream.md, section 8), and these,
 * from the last to the first, bytes (section 6). */
#include "label_edge_writer.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static void make_states(unsigned context, uint8_t states[LE_STATES], struct le_coding coding[LE_SYMBOLS],
                        uint16_t lengths[LE_SYMBOLS]) {
  uint8_t symbols[LE_STATES];
  uint32_t next[LE_SYMBOLS];
  uint32_t first = 0;
  label_edge_spread(context, symbols);
  for (unsigned s = 0; s < LE_SYMBOLS; s++) {
    const uint32_t frequency = label_edge_frequencies[context][s];
    next[s] = first;
    if (frequency) {
      /* Large states lose one bit more than small ones. */
      const unsigned most = LE_STATE_BITS - (frequency > 1 ? le_log2(frequency - 1) : 0);
      coding[s].bits = (most << 16) - (frequency << most);
      coding[s].first = (int32_t)first - (int32_t)frequency;
      /* Of the states from LE_STATES on those from frequency << most on lose `most` bits. */
      lengths[s] = (uint16_t)(LE_STATES * (most + 1) - (frequency << most));
    }
    first += frequency;
  }
  for (uint32_t x = 0; x < LE_STATES; x++) {
    states[next[symbols[x]]++] = (uint8_t)x;
  }
}

const le_encoding_tables *label_edge_encoding_tables(void) {
  static _Atomic(le_encoding_tables *) shared;
  le_encoding_tables *tables = atomic_load_explicit(&shared, memory_order_acquire);
  if (tables) {
    return tables;
  }
  le_encoding_tables *made = calloc(1, sizeof *made);
  if (!made) {
    return NULL;
  }
  for (unsigned c = 0; c < LE_CONTEXTS; c++) {
    make_states(c, made->states[c], made->symbols[c], made->lengths[c]);
  }
  label_edge_make_crc_tables(&made->crc);
  if (!atomic_compare_exchange_strong(&shared, &tables, made)) {
    free(made); /* another thread was faster */
    return tables;
  }
  return made;
}

/* ---- 6.3, 6.4 Numbers and labels */

static void put_bits(le_writer *w, unsigned count, uint32_t value) {
  if (count > 16) {
    put_bits(w, 16, value & 0xffff);
    value >>= 16;
    count -= 16;
  }
  if (count) {
    w->symbols[w->count++] = LE_RAW_BITS | (uint32_t)count << 16 | value;
  }
}

void label_edge_put_number(le_writer *w, unsigned context, uint32_t number) {
  const unsigned n = le_log2(number + 1);
  le_put(w, context, n < LE_LONG_NUMBER ? n : LE_LONG_NUMBER);
  if (n >= LE_LONG_NUMBER) {
    put_bits(w, 5, n);
  }
  put_bits(w, n, number + 1 - (UINT32_C(1) << n));
}

/* N. */
static void put_new(le_writer *w, uint32_t label) {
  const bool more = label > w->last;
  const uint32_t distance = more ? label - w->last - 1 : w->last + 1 - label;
  const unsigned n = distance ? le_log2(distance) : 0;
  const unsigned context = LE_NEW + w->how;
  if (!distance) {
    le_put(w, context, LE_NEW_NEXT);
    w->how = LE_HOW_NEXT;
  } else if (n < LE_NEW_CLASSES) {
    le_put(w, context, (more ? LE_NEW_UP : LE_NEW_DOWN) + n);
    put_bits(w, n, distance - (UINT32_C(1) << n));
    w->how = LE_HOW_OTHER;
  } else {
    le_put(w, context, LE_NEW_ANY);
    put_bits(w, w->label_bits, label);
    w->how = LE_HOW_ANY;
  }
  w->last = label;
}

void label_edge_put_listed(le_writer *w, unsigned context, unsigned listed, unsigned fresh, uint32_t label) {
  unsigned k = 0;
  while (k < w->listed && w->list[k] != label) {
    k++;
  }
  if (k < w->listed) {
    const unsigned n = le_log2(k + 1);
    le_put(w, context, listed + n);
    put_bits(w, n, k + 1 - (1u << n));
  } else {
    le_put(w, context, fresh);
    put_new(w, label);
    w->listed += w->listed < LE_LIST_SIZE;
    k = w->listed - 1;
  }
  memmove(w->list + 1, w->list, k * sizeof *w->list);
  w->list[0] = (uint16_t)label;
}

label_edge_status label_edge_begin_frame(le_writer *w, unsigned label_bits, size_t room) {
  if (room > SIZE_MAX / sizeof *w->symbols) {
    return LABEL_EDGE_NO_MEMORY;
  }
  if (room > w->room) {
    free(w->symbols);
    w->symbols = malloc(room * sizeof *w->symbols);
    w->room = w->symbols ? room : 0;
    if (!w->symbols) {
      return LABEL_EDGE_NO_MEMORY;
    }
  }
  *w = (le_writer){.symbols = w->symbols, .room = w->room, .label_bits = label_bits};
  return LABEL_EDGE_OK;
}

/* ---- 8 Independent frames */

/* Y: the label of a new edge, or of one that is relabelled. edges[i], with count of them so far: E[i]. */
static void put_label(le_writer *w, unsigned context, const le_edge *edges, uint32_t i, uint32_t count, uint32_t above,
                      uint32_t label) {
  const uint16_t *frequencies = label_edge_frequencies[context];
  if (w->label_bits == 1) {
    return;
  }
  if (label == above && frequencies[LE_BIRTH_ABOVE]) {
    le_put(w, context, LE_BIRTH_ABOVE);
  } else if (i < count && label == le_label(edges[i]) && frequencies[LE_BIRTH_NEXT]) {
    le_put(w, context, LE_BIRTH_NEXT);
  } else if (i + 1 < count && label == le_label(edges[i + 1])) {
    le_put(w, context, LE_BIRTH_SECOND);
  } else if (i >= 2 && label == le_label(edges[i - 2])) {
    le_put(w, context, LE_BIRTH_BEFORE);
  } else {
    label_edge_put_listed(w, context, LE_LISTED, LE_LIST_NEW, label);
  }
}

uint64_t label_edge_length(const le_writer *w, const le_encoding_tables *tables) {
  uint64_t length = 0;
  for (size_t k = 0; k < w->count; k++) {
    const uint32_t symbol = w->symbols[k];
    length +=
        symbol & LE_RAW_BITS ? (symbol >> 16 & 0x7fff) * LE_STATES : tables->lengths[symbol >> 16][symbol & 0xffff];
  }
  return length;
}

/* Of a frame whose symbols are not kept. */
typedef struct le_measure {
  const le_encoding_tables *tables;
  uint64_t most, length;
} le_measure;

/* Adds the symbols to the length, and forgets them; false: it is too long. */
static bool add_length(le_writer *w, le_measure *measure) {
  measure->length += label_edge_length(w, measure->tables);
  w->count = 0;
  return measure->length <= measure->most;
}

/* All symbols of a frame that was begun, up to where it is too long. measure: NULL where they are kept. */
static inline void put_edges(le_writer *w, const le_slot *own, le_measure *measure) {
  le_edge *edges = own->edges;
  const uint32_t count = own->count;
  const uint32_t pixels = own->grid.pixels;
  const uint32_t width = own->grid.width;
  uint32_t label = 0; /* of the pixel before `from` */
  uint32_t above = 0; /* the label above it, as far as the row above has been followed */
  uint32_t from = 0;
  uint32_t i = 0; /* the next edge of the row above */
  for (uint32_t j = 0;;) {
    if (measure && w->count >= LE_MEASURED_ROOM - LE_NEW_EDGE_SYMBOLS - 1 && !add_length(w, measure)) {
      return;
    }
    const uint32_t at = le_position(edges[j]);
    const uint32_t to = le_label(edges[j]);
    uint32_t expected = i < j ? le_position(edges[i]) + width : pixels;
    const bool exists = expected < pixels;
    const unsigned differs = label != above;
    if (exists) {
      const unsigned history = le_history(edges[i]);
      const unsigned context = LE_EDGE + differs * LE_HISTORIES + history;
      const uint32_t expected_label = le_label(edges[i]);
      const int64_t moved = (int64_t)at - expected;
      if (j < count && to == expected_label && moved >= -4 && moved <= 4) {
        const unsigned move = (unsigned)(moved > 0 ? 2 * moved : moved < 0 ? -2 * moved - 1 : 0);
        le_put(w, context, move);
        edges[j] = le_make_edge(at, to, label_edge_next_history[history][move]);
        label = above = to;
        from = at + 1;
        i++;
        j++;
        continue;
      }
      if (j < count && moved == 0) {
        le_put(w, context, LE_RELABEL);
        put_label(w, LE_BIRTH + LE_RELABELLED + differs, edges, i, j, above, to);
        edges[j] = le_make_edge(at, to, label_edge_next_history[history][0]);
        above = expected_label;
        label = to;
        from = at + 1;
        i++;
        j++;
        continue;
      }
      if (j == count || at >= expected) {
        le_put(w, context, LE_PASS);
        above = le_label(edges[i++]);
        continue;
      }
      le_put(w, context, LE_INSERT);
    } else {
      le_put(w, LE_END + differs, j < count);
      if (j == count) {
        return;
      }
      expected = pixels;
    }
    label_edge_put_number(w, le_gap_context(expected >= from ? expected - from + 1 : 1), at - from);
    put_label(w, LE_BIRTH + 2 * differs + exists, edges, i, j, above, to);
    edges[j] = le_make_edge(at, to, LE_NEW_EDGE);
    label = to;
    from = at + 1;
    j++;
  }
}

label_edge_status label_edge_put_independent(le_writer *w, unsigned label_bits, const le_slot *own) {
  const size_t room = ((size_t)LE_NEW_EDGE_SYMBOLS + 1) * own->count + 2;
  if (label_edge_begin_frame(w, label_bits, room)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  put_edges(w, own, NULL);
  return LABEL_EDGE_OK;
}

label_edge_status label_edge_measure_independent(le_writer *w, const le_encoding_tables *tables, unsigned label_bits,
                                                 const le_slot *own, uint64_t most, uint64_t *length) {
  le_measure measure = {.tables = tables, .most = most};
  if (label_edge_begin_frame(w, label_bits, LE_MEASURED_ROOM)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  put_edges(w, own, &measure);
  (void)add_length(w, &measure);
  *length = measure.length;
  return LABEL_EDGE_OK;
}

/* ---- 6.2 From symbols to bytes */

label_edge_status label_edge_reserve(le_bytes *bytes, size_t room) {
  if (room > bytes->room) {
    free(bytes->p);
    bytes->p = malloc(room);
    bytes->room = bytes->p ? room : 0;
    bytes->size = 0;
  }
  return bytes->p ? LABEL_EDGE_OK : LABEL_EDGE_NO_MEMORY;
}

void label_edge_finish(const le_encoding_tables *tables, le_bytes *out) {
  if (out->size % 2) {
    out->p[out->size++] = 0;
  }
  const uint32_t crc = label_edge_crc(&tables->crc, out->p, out->size);
  for (unsigned k = 0; k < LE_CHECKSUM; k++) {
    out->p[out->size++] = (uint8_t)(crc >> 8 * k);
  }
}

/* From the last symbol to the first, since each state follows from the next; then the bits of each in order. */
label_edge_status label_edge_write(le_writer *w, const le_encoding_tables *tables, const le_head *head, le_bytes *out) {
  uint32_t state = 0;
  uint64_t total = head->bits + LE_STATE_BITS;
  for (size_t k = w->count; k-- > 0;) {
    const uint32_t symbol = w->symbols[k];
    if (!(symbol & LE_RAW_BITS)) {
      const unsigned context = symbol >> 16;
      const struct le_coding coding = tables->symbols[context][symbol & 0xffff];
      const unsigned bits = (state + LE_STATES + coding.bits) >> 16;
      w->symbols[k] = (uint32_t)bits << 16 | (state & ((1u << bits) - 1));
      state = tables->states[context][(int32_t)((state + LE_STATES) >> bits) + coding.first];
    }
    total += w->symbols[k] >> 16 & 0x7fff;
  }
  if (total / 8 > SIZE_MAX - 16 || label_edge_reserve(out, (size_t)(total / 8) + 16)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  const size_t whole = head->bits / 8;
  unsigned count = head->bits % 8 + LE_STATE_BITS;
  uint64_t waiting = (head->bits % 8 ? head->bytes[whole] : 0) | state << head->bits % 8;
  memcpy(out->p, head->bytes, whole);
  uint8_t *p = out->p + whole;
  for (size_t k = 0; k < w->count; k++) {
    const uint32_t symbol = w->symbols[k];
    waiting |= (uint64_t)(symbol & 0xffff) << count;
    count += symbol >> 16 & 0x7fff;
    p[0] = (uint8_t)waiting;
    p[1] = (uint8_t)(waiting >> 8);
    p[2] = (uint8_t)(waiting >> 16);
    p[3] = (uint8_t)(waiting >> 24);
    p += count / 8;
    waiting >>= count & ~7u;
    count %= 8;
  }
  for (; count > 0; count -= count < 8 ? count : 8) { /* two bytes where there is no symbol */
    *p++ = (uint8_t)waiting;
    waiting >>= 8;
  }
  out->size = (size_t)(p - out->p);
  label_edge_finish(tables, out);
  return LABEL_EDGE_OK;
}
