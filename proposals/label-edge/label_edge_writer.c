/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_writer.c - the heart of the encoder: a frame's edges become symbols (bitstream.md, sections 8 and 9), and
 * these, from the last to the first, bytes (section 6). */
#include "label_edge_writer.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static void make_states(unsigned context, uint8_t states[LE_STATES], struct le_coding coding[LE_SYMBOLS]) {
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
    make_states(c, made->states[c], made->symbols[c]);
  }
  label_edge_segment_contexts(&made->segments);
  if (!atomic_compare_exchange_strong(&shared, &tables, made)) {
    free(made); /* another thread was faster */
    return tables;
  }
  return made;
}

/* ---- 6.3, 6.4 Numbers and labels */

static inline void put(le_writer *w, uint32_t symbol) {
  w->symbols[w->count++] = symbol;
}

static inline void put_symbol(le_writer *w, unsigned context, unsigned symbol) {
  put(w, (uint32_t)context << 16 | symbol);
}

static void put_bits(le_writer *w, unsigned count, uint32_t value) {
  if (count > 16) {
    put_bits(w, 16, value & 0xffff);
    value >>= 16;
    count -= 16;
  }
  if (count) {
    put(w, LE_RAW_BITS | (uint32_t)count << 16 | value);
  }
}

/* Section 6.3. */
static void put_number(le_writer *w, unsigned context, uint32_t number) {
  const unsigned n = le_log2(number + 1);
  put_symbol(w, context, n < LE_LONG_NUMBER ? n : LE_LONG_NUMBER);
  if (n >= LE_LONG_NUMBER) {
    put_bits(w, 5, n);
  }
  put_bits(w, n, number + 1 - (UINT32_C(1) << n));
}

/* Section 6.4. */
static void put_listed(le_writer *w, const le_model *model, unsigned context, uint32_t label) {
  unsigned k = 0;
  while (k < w->listed && w->list[k] != label) {
    k++;
  }
  if (k < w->listed) {
    const unsigned n = le_log2(k + 1);
    put_symbol(w, context, LE_LISTED + n);
    put_bits(w, n, k + 1 - (1u << n));
  } else {
    put_symbol(w, context, LE_LIST_NEW);
    put_bits(w, model->label_bits, label);
    if (w->listed < LE_LIST_SIZE) {
      w->listed++;
    }
    k = w->listed - 1;
  }
  memmove(w->list + 1, w->list, k * sizeof *w->list);
  w->list[0] = (uint16_t)label;
}

/* Symbols of a new edge at most: what becomes of the edge above or of the segment, where (class, its 5 bits, twice
 * bits), which label, place in the list, bits. One more edge, of the row above, or segment, takes one symbol. */
enum { NEW_EDGE_SYMBOLS = 8 };

/* room: for how many symbols. */
static label_edge_status begin_frame(le_writer *w, unsigned type, size_t room) {
  if (room > SIZE_MAX / sizeof *w->symbols) {
    return LABEL_EDGE_NO_MEMORY;
  }
  if (room > w->room) {
    uint32_t *p = realloc(w->symbols, room * sizeof *p);
    if (!p) {
      return LABEL_EDGE_NO_MEMORY;
    }
    w->symbols = p;
    w->room = room;
  }
  w->count = 0;
  w->listed = 0;
  w->type = type;
  return LABEL_EDGE_OK;
}

/* ---- 8 Independent frames */

label_edge_status label_edge_put_independent(le_writer *w, const le_model *model, const le_slot *own) {
  le_edge *edges = own->edges;
  const uint32_t count = own->count;
  const uint32_t pixels = model->pixels;
  const uint32_t width = model->width;
  uint32_t label = 0; /* of the pixel before `from` */
  uint32_t above = 0; /* the label above it, as far as the row above has been followed */
  uint32_t from = 0;
  uint32_t i = 0; /* the next edge of the row above */
  const size_t room = ((size_t)NEW_EDGE_SYMBOLS + 1) * count + 2;
  if (begin_frame(w, LE_INTRA, room)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  for (uint32_t j = 0;;) {
    const uint32_t at = le_position(edges[j]);
    const uint32_t to = le_label(edges[j]);
    uint32_t expected = i < j ? le_position(edges[i]) + width : pixels;
    const bool exists = expected < pixels;
    const unsigned differs = label != above;
    if (exists) {
      const unsigned context = LE_EDGE + differs * LE_HISTORIES + le_history(edges[i]);
      const int64_t moved = (int64_t)at - expected;
      if (j < count && to == le_label(edges[i]) && moved >= -4 && moved <= 4) {
        const unsigned move = (unsigned)(moved > 0 ? 2 * moved : moved < 0 ? -2 * moved - 1 : 0);
        put_symbol(w, context, move);
        edges[j] = le_make_edge(at, to, label_edge_next_history[le_history(edges[i])][move]);
        label = above = to;
        from = at + 1;
        i++;
        j++;
        continue;
      }
      if (j == count || at >= expected) {
        put_symbol(w, context, LE_PASS);
        above = le_label(edges[i++]);
        continue;
      }
      put_symbol(w, context, LE_INSERT);
    } else {
      put_symbol(w, LE_END + differs, j < count);
      if (j == count) {
        return LABEL_EDGE_OK;
      }
      expected = pixels;
    }
    put_number(w, le_gap_context(expected >= from ? expected - from + 1 : 1), at - from);
    if (model->labels > 2) {
      const unsigned birth = LE_BIRTH + 2 * differs + exists;
      if (differs && to == above) {
        put_symbol(w, birth, LE_BIRTH_ABOVE);
      } else if (exists && to == le_label(edges[i])) {
        put_symbol(w, birth, LE_BIRTH_NEXT);
      } else {
        put_listed(w, model, birth, to);
      }
    }
    edges[j] = le_make_edge(at, to, LE_NEW_EDGE);
    label = to;
    from = at + 1;
    j++;
  }
}

/* ---- 9 Predicted frames */

label_edge_status label_edge_put_predicted(le_writer *w, const le_model *model, const le_segment_contexts *contexts,
                                           const le_slot *own, const le_slot *p, const le_slot *q) {
  const le_edge *edges = own->edges;
  le_walk walk = {.n = edges,
                  .p = p->edges,
                  .q = q->edges,
                  .grid_p = p->grid,
                  .grid_q = q->grid,
                  .width = model->width,
                  .pixels = model->pixels};
  le_segment s;
  uint32_t label = 0;
  const size_t segments = (size_t)own->count + p->count + q->count + model->height;
  if (begin_frame(w, LE_PREDICTED, (size_t)NEW_EDGE_SYMBOLS * own->count + segments + 1)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  while (le_next_segment(&walk, &s)) {
    for (uint32_t x = s.start; x < s.end;) {
      const unsigned context = le_segment_context(contexts, &s, x, label);
      const uint32_t at = le_position(*edges);
      if (at >= s.end) {
        put_symbol(w, context, 0);
        break;
      }
      const uint32_t offset = at - x;
      const uint32_t to = le_label(*edges++);
      const uint32_t expected = le_expected(&s, label);
      if (to == expected && offset < LE_NEAR) {
        put_symbol(w, context, 1 + offset);
      } else if (to == expected) {
        put_symbol(w, context, LE_FAR);
        put_number(w, LE_OFFSET, offset - LE_NEAR);
      } else {
        put_symbol(w, context, LE_OTHER);
        put_number(w, LE_OFFSET + 1, offset);
        if (model->labels > 2) {
          uint32_t others[3];
          const unsigned known = le_others(&s, label, expected, others);
          if (known > 0 && to == others[0]) {
            put_symbol(w, LE_WHICH, LE_WHICH_SECOND);
          } else if (known > 1 && to == others[1]) {
            put_symbol(w, LE_WHICH, LE_WHICH_THIRD);
          } else {
            put_listed(w, model, LE_WHICH, to);
          }
        }
      }
      label = to;
      x = at + 1;
    }
  }
  return LABEL_EDGE_OK;
}

/* ---- 6.2 From symbols to bytes */

label_edge_status label_edge_reserve(le_bytes *bytes, size_t room) {
  if (room > bytes->room) {
    uint8_t *p = realloc(bytes->p, room);
    if (!p) {
      return LABEL_EDGE_NO_MEMORY;
    }
    bytes->p = p;
    bytes->room = room;
  }
  return LABEL_EDGE_OK;
}

/* From the last symbol to the first, since each state follows from the next; then the bits of each in order. */
label_edge_status label_edge_write(le_writer *w, const le_encoding_tables *tables, le_bytes *out) {
  uint32_t state = 0;
  for (size_t k = w->count; k-- > 0;) {
    const uint32_t symbol = w->symbols[k];
    if (!(symbol & LE_RAW_BITS)) {
      const unsigned context = symbol >> 16;
      const struct le_coding coding = tables->symbols[context][symbol & 0xffff];
      const unsigned bits = (state + LE_STATES + coding.bits) >> 16;
      w->symbols[k] = (uint32_t)bits << 16 | (state & ((1u << bits) - 1));
      state = tables->states[context][(int32_t)((state + LE_STATES) >> bits) + coding.first];
    }
  }
  const size_t room = w->count * 2 + 16;
  if (label_edge_reserve(out, room)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  uint64_t waiting = w->type | state << 2;
  unsigned count = 2 + LE_STATE_BITS;
  uint8_t *p = out->p;
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
  p[0] = (uint8_t)waiting;
  p += count > 0;
  *p = 0;
  out->size = (size_t)(p - out->p);
  out->size += out->size % 2;
  return LABEL_EDGE_OK;
}
