/* label_edge_reader.h - the decoder's symbols (bitstream.md, section 6), inline because every one counts, and what the
 * files of the decoder share. Read them in this order: this one, label_edge_decode.c (sections 4 and 10),
 * label_edge_decode_edges.c (8 and 9), label_edge_paint.c (11). */
#ifndef LABEL_EDGE_READER_H
#define LABEL_EDGE_READER_H

#include "label_edge_model.h"

/* ---- 6.2 Symbols */

/* A context: for each 32 of the range of 4096 the first symbol that it touches: where that symbol's range starts
 * (bits 0 to 11), how long it is (12 to 23), and which it is (24 to 27). */
typedef struct le_table {
  uint32_t first[128];
} le_table;

/* All that follows from annex A and section 9.3, the same for every decoder. */
typedef struct le_decoding_tables {
  le_table symbols[LE_CONTEXTS];
  le_segment_contexts segments;
} le_decoding_tables;
/* Made by the first call, and kept until the program ends; any thread may call. NULL: no memory. */
const le_decoding_tables *label_edge_decoding_tables(void);

typedef struct le_reader {
  uint32_t state;
  const uint8_t *next, *end; /* an even number of bytes */
} le_reader;

static inline void refill(le_reader *r) {
  if (r->state < 1u << 16 && r->next != r->end) {
    r->state = r->state << 16 | (uint32_t)r->next[0] | (uint32_t)r->next[1] << 8;
    r->next += 2;
  }
}

/* The entry of the symbol whose range holds slot, from one in front of it. Short symbols have no entry of their own:
 * context tells how long they are. */
static inline uint32_t next_entry(uint32_t entry, uint32_t slot, unsigned context) {
  uint32_t start = entry & 0xfff;
  uint32_t length = entry >> 12 & 0xfff;
  uint32_t s = entry >> 24;
  while (slot - start >= length) {
    start += length;
    length = label_edge_frequencies[context][++s];
  }
  return start | length << 12 | s << 24;
}

static inline unsigned get_symbol(le_reader *r, const le_table *tables, unsigned context) {
  const uint32_t slot = r->state & 4095;
  uint32_t entry = tables[context].first[slot >> 5];
  if (slot - (entry & 0xfff) >= (entry >> 12 & 0xfff)) {
    entry = next_entry(entry, slot, context);
  }
  r->state = (entry >> 12 & 0xfff) * (r->state >> LE_PROBABILITY_BITS) + slot - (entry & 0xfff);
  refill(r);
  return entry >> 24;
}

/* Up to 16 bits. */
static inline uint32_t get_bits(le_reader *r, unsigned count) {
  const uint32_t bits = r->state & ((UINT32_C(1) << count) - 1);
  r->state >>= count;
  refill(r);
  return bits;
}

static inline void start_reading(le_reader *r, const uint8_t *bytes, size_t size) {
  r->state = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
  r->next = bytes + 2;
  r->end = bytes + size;
  if (size > 2) {
    r->state |= (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    r->next += 2;
  }
  get_bits(r, 2); /* the type */
}

static inline bool all_read(const le_reader *r) {
  return r->state == 1 && r->next == r->end;
}

/* 6.3; UINT32_MAX when it is too large. */
static inline uint32_t get_number(le_reader *r, const le_table *tables, unsigned context) {
  uint32_t n = get_symbol(r, tables, context);
  if (n == LE_LONG_NUMBER) {
    n = get_bits(r, 5);
    if (n > LE_LARGEST_CLASS) {
      return UINT32_MAX;
    }
  }
  uint32_t bits = get_bits(r, n < 16 ? n : 16);
  if (n > 16) {
    bits |= get_bits(r, n - 16) << 16;
  }
  return (UINT32_C(1) << n) - 1 + bits;
}

/* The labels that were read last. */
typedef struct le_list {
  uint16_t labels[LE_LIST_SIZE];
  unsigned count;
} le_list;

/* 6.4: a label by its place among the last ones that were given so, or by its index; UINT32_MAX: no such label. */
static inline uint32_t get_listed(le_reader *r, const le_table *tables, const le_model *model, le_list *list) {
  const unsigned n = get_symbol(r, tables, LE_LIST);
  uint32_t label;
  uint32_t k;
  if (n == LE_LIST_NEW) {
    label = get_bits(r, model->label_bits);
    if (label >= model->labels) {
      return UINT32_MAX;
    }
    list->count += list->count < LE_LIST_SIZE;
    k = list->count - 1;
  } else {
    k = (1u << n) - 1 + get_bits(r, n);
    if (k >= list->count) {
      return UINT32_MAX;
    }
    label = list->labels[k];
  }
  for (; k > 0; k--) {
    list->labels[k] = list->labels[k - 1];
  }
  list->labels[0] = (uint16_t)label;
  return label;
}

/* ---- What the files share */

/* A frame of type 0 or 1 into slot->edges; false: it does not conform. reader is behind the type. */
bool label_edge_decode_independent(const le_model *model, const le_reader *reader, le_slot *slot);
bool label_edge_decode_predicted(const le_model *model, const le_reader *reader, le_slot *slot, const le_slot *p,
                                 const le_slot *q);

/* Paints a frame's pixels into out. */
void label_edge_paint(const le_model *model, const le_edge *edges, void *out);

#endif
