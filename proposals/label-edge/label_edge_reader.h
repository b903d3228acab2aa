/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_reader.h - the decoder's symbols (bitstream.md, section 6), inline because every one counts, and what the
 * files of the decoder share. Read them in this order: this one, label_edge_decode.c (section 4),
 * label_edge_decode_edges.c (8 and 9), label_edge_raw.c (10), label_edge_paint.c (11). */
#ifndef LABEL_EDGE_READER_H
#define LABEL_EDGE_READER_H

#include "label_edge_model.h"

/* ---- 6.1, 6.2 Bits and symbols */

/* What a state of a context stands for: which of the next bits (0 to 7: a mask) are added to what (8 to 15) for the
 * next state, how many they are (16 to 19), and the symbol (20 to 23); for symbols of LE_EDGE also an edge's history
 * after the move (24 to 28), or a bit that says that it is none. */
typedef uint32_t le_step;
#define LE_STEP_INSERT (UINT32_C(1) << 30)
#define LE_STEP_PASS (UINT32_C(1) << 31)

/* All that follows from annex A and section 9.3, the same for every decoder. */
typedef struct le_decoding_tables {
  le_step steps[LE_CONTEXTS][LE_STATES];
  le_segment_contexts segments;
} le_decoding_tables;
/* Made by the first call, and kept until the program ends; any thread may call. NULL: no memory. */
const le_decoding_tables *label_edge_decoding_tables(void);

/* The bits of a frame, the lowest of each byte first. Behind the last byte come zeros: whether there were as many bits
 * as were read is asked at the end. */
typedef struct le_source {
  const uint8_t *bytes;
  size_t limit;   /* the bit up to which there are 8 bytes */
  size_t size;    /* of the frame */
  size_t skipped; /* bytes of the frame in front of bytes */
  bool in_tail;
  uint8_t tail[24]; /* the last bytes of the frame, with zeros behind them */
} le_source;

/* Goes on in the tail: where bit `at` is then. */
size_t label_edge_reach_tail(le_source *source, size_t at);

typedef struct le_reader {
  le_source *source;
  size_t at;     /* the next bit */
  uint64_t bits; /* that bit and those behind it, as far as look() saw */
  uint32_t state;
} le_reader;

static inline uint64_t le_load_64(const uint8_t *p) {
  return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
         (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

/* Shows the next 57 bits. */
static inline void look(le_reader *r) {
  if (r->at > r->source->limit) {
    r->at = label_edge_reach_tail(r->source, r->at);
  }
  r->bits = le_load_64(r->source->bytes + r->at / 8) >> r->at % 8;
}

/* Up to 32 of the bits that are shown. */
static inline uint32_t get_bits(le_reader *r, unsigned count) {
  const uint64_t bits = r->bits & ((UINT64_C(1) << count) - 1);
  r->bits >>= count;
  r->at += count;
  return (uint32_t)bits;
}

/* Takes up to LE_STATE_BITS of the bits that are shown. */
static inline le_step get_step(le_reader *r, const le_step (*table)[LE_STATES]) {
  const le_step step = (*table)[r->state];
  const unsigned count = step >> 16 & 15;
  r->state = (uint8_t)(step & r->bits) + (step >> 8 & 0xff);
  r->bits >>= count;
  r->at += count;
  return step;
}

static inline unsigned get_symbol(le_reader *r, const le_step (*steps)[LE_STATES], unsigned context) {
  return get_step(r, &steps[context]) >> 20 & 15;
}

static inline void start_reading(le_reader *r, le_source *source, const uint8_t *bytes, size_t size) {
  *source = (le_source){.bytes = bytes, .limit = size < 8 ? 0 : (size - 8) * 8, .size = size};
  *r = (le_reader){.source = source};
  if (size < 8) {
    label_edge_reach_tail(source, 0);
  }
  look(r);
  get_bits(r, 2); /* the type */
  r->state = get_bits(r, LE_STATE_BITS);
}

bool label_edge_all_read(const le_reader *reader);

/* 6.3; UINT32_MAX when it is too large. Takes up to 22 of the bits that are shown, or shows others. */
static inline uint32_t get_number(le_reader *r, const le_step (*steps)[LE_STATES], unsigned context) {
  uint32_t n = get_symbol(r, steps, context);
  if (n == LE_LONG_NUMBER) {
    look(r);
    n = get_bits(r, 5);
    if (n > LE_LARGEST_CLASS) {
      return UINT32_MAX;
    }
    const uint32_t number = (UINT32_C(1) << n) - 1 + get_bits(r, n);
    look(r);
    return number;
  }
  return (UINT32_C(1) << n) - 1 + get_bits(r, n);
}

/* The labels that were read last. */
typedef struct le_list {
  uint64_t order; /* four bits for each place: which of labels it has */
  unsigned count;
  uint16_t labels[LE_LIST_SIZE];
} le_list;

/* Which of labels has place k, which moves to the front. */
static inline unsigned move_to_front(le_list *list, unsigned k) {
  const unsigned shift = 4 * k;
  const uint64_t which = list->order >> shift & 15;
  const uint64_t before = list->order & ((UINT64_C(1) << shift) - 1);
  const uint64_t behind = list->order >> shift >> 4;
  list->order = behind << shift << 4 | before << 4 | which;
  return (unsigned)which;
}

/* 6.4: the label that the symbol of LE_BIRTH or LE_WHICH stands for: one of two at hand, or one that was read before,
 * or another; UINT32_MAX: no such label. */
static inline uint32_t get_label(le_reader *r, unsigned symbol, const uint32_t at_hand[2], const le_model *model,
                                 le_list *list) {
  if (symbol == LE_LIST_NEW) {
    const uint32_t label = get_bits(r, model->label_bits);
    list->count += list->count < LE_LIST_SIZE;
    list->labels[move_to_front(list, list->count - 1)] = (uint16_t)label;
    return label < model->labels ? label : UINT32_MAX;
  }
  /* Without a branch between labels at hand and in the list, which cannot be foreseen: for the former, k is 0. */
  const bool listed = symbol >= LE_LISTED;
  const unsigned n = listed ? symbol - LE_LISTED : 0;
  const uint32_t k = (1u << n) - 1 + get_bits(r, n);
  if (k >= list->count + !listed) {
    return UINT32_MAX;
  }
  const uint32_t label = list->labels[move_to_front(list, k)];
  return listed ? label : at_hand[symbol & 1];
}
#define LE_EMPTY_LIST \
  { .order = UINT64_C(0xfedcba9876543210) }

/* ---- What the files share */

/* A frame of type 0 or 1 into slot->edges; false: it does not conform. reader is behind the type and the first state.
 */
bool label_edge_decode_independent(const le_model *model, const le_reader *reader, le_slot *slot);
bool label_edge_decode_predicted(const le_model *model, const le_reader *reader, le_slot *slot, const le_slot *p,
                                 const le_slot *q);

/* A frame of type 3 into slot->edges; false: it does not conform. */
bool label_edge_decode_raw(const le_model *model, const uint8_t *bytes, size_t size, le_slot *slot);
/* Whether the pixels of raw frames are stored one after the other as they are in memory, or nearly: then such a frame
 * can be decoded without a list of edges. */
bool label_edge_raw_is_plain(const le_model *model);
bool label_edge_decode_plain_raw(const le_model *model, const uint8_t *bytes, size_t size, void *out);

/* Paints a frame's pixels into out. */
void label_edge_paint(const le_model *model, const le_edge *edges, void *out);

#endif
