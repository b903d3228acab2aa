/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_reader.h - the decoder's symbols (bitstream.md, section 6), inline because every one counts, and what the
 * files of the decoder share. Read them in this order: this one, label_edge_decode.c (section 4), label_edge_head.c
 * (4.1, 4.2), label_edge_decode_edges.c (8), label_edge_raw.c (9), label_edge_paint.c (10). */
#ifndef LABEL_EDGE_READER_H
#define LABEL_EDGE_READER_H

#include "label_edge_crc.h"
#include "label_edge_model.h"

/* ---- 6.1, 6.2 Bits and symbols */

/* What a state of a context stands for: which of the next bits (0 to 7: a mask) are added to what (8 to 15) for the
 * next state, how many they are (16 to 19), and the symbol (20 to 23); for symbols of LE_EDGE also an edge's history
 * after the move (24 to 29), or a bit that says that the edge ends, or that another symbol than these follows. */
typedef uint32_t le_step;
#define LE_STEP_OTHER (UINT32_C(1) << 30)
#define LE_STEP_PASS (UINT32_C(1) << 31)

/* All that follows from annex A, the same for every decoder. */
typedef struct le_decoding_tables {
  le_step steps[LE_CORE_CONTEXTS][LE_STATES];
  le_crc_tables crc;
} le_decoding_tables;
/* Made by the first call, and kept until the program ends; any thread may call. NULL: no memory. */
const le_decoding_tables *label_edge_decoding_tables(void);
void label_edge_make_steps(unsigned context, le_step steps[LE_STATES]);

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

/* at: the bit of the first state. size: of the coded frame. */
static inline void start_reading(le_reader *r, le_source *source, const uint8_t *bytes, size_t size, size_t at) {
  *source = (le_source){.bytes = bytes, .limit = size < 8 ? 0 : (size - 8) * 8, .size = size};
  *r = (le_reader){.source = source, .at = at};
  if (size < 8) {
    r->at = label_edge_reach_tail(source, at);
  }
  look(r);
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

/* ---- 6.4 Labels */

/* The labels that were read last, and what a new one is compared with. */
typedef struct le_list {
  uint64_t order; /* four bits for each place: which of labels it has */
  unsigned count;
  unsigned how;  /* context of LE_NEW */
  uint32_t last; /* the last new label */
  unsigned label_bits;
  uint16_t labels[LE_LIST_SIZE];
} le_list;
#define LE_EMPTY_LIST(k) \
  { .order = UINT64_C(0xfedcba9876543210), .label_bits = (k) }

/* Which of labels has place k, which moves to the front. */
static inline unsigned move_to_front(le_list *list, unsigned k) {
  const unsigned shift = 4 * k;
  const uint64_t which = list->order >> shift & 15;
  const uint64_t before = list->order & ((UINT64_C(1) << shift) - 1);
  const uint64_t behind = list->order >> shift >> 4;
  list->order = behind << shift << 4 | before << 4 | which;
  return (unsigned)which;
}

/* N: a label that is not at hand; UINT32_MAX: no such label. Shows other bits, and takes up to 24 of them. */
static inline uint32_t get_new_label(le_reader *r, const le_step (*steps)[LE_STATES], le_list *list) {
  look(r);
  const unsigned symbol = get_symbol(r, steps, LE_NEW + list->how);
  uint32_t label = list->last + 1;
  list->how = symbol == LE_NEW_NEXT ? LE_HOW_NEXT : LE_HOW_OTHER;
  if (symbol >= LE_NEW_ANY) {
    label = get_bits(r, list->label_bits);
    list->how = LE_HOW_ANY;
  } else if (symbol >= LE_NEW_DOWN) {
    const unsigned n = symbol - LE_NEW_DOWN;
    label -= (UINT32_C(1) << n) + get_bits(r, n);
  } else if (symbol >= LE_NEW_UP) {
    const unsigned n = symbol - LE_NEW_UP;
    label += (UINT32_C(1) << n) + get_bits(r, n);
  }
  if (label >> list->label_bits) { /* below 0, too */
    return UINT32_MAX;
  }
  list->last = label;
  list->count += list->count < LE_LIST_SIZE;
  list->labels[move_to_front(list, list->count - 1)] = (uint16_t)label;
  return label;
}

/* L, or a label at hand: symbols below `listed` stand for those of at_hand, others below LE_LIST_NEW for classes of
 * places in the list. UINT32_MAX: no such label. Without a branch between the two, which cannot be foreseen: for labels
 * at hand the place is 0. Takes up to 2 bits. */
static inline uint32_t get_known_label(le_reader *r, unsigned symbol, const uint32_t at_hand[4], unsigned listed,
                                       le_list *list) {
  const bool in_list = symbol >= listed;
  const unsigned n = in_list ? symbol - listed : 0;
  const uint32_t k = (1u << n) - 1 + get_bits(r, n);
  if (k >= list->count + !in_list) {
    return UINT32_MAX;
  }
  const uint32_t label = list->labels[move_to_front(list, k)];
  return in_list ? label : at_hand[symbol & 3];
}

/* ---- What the files share */

/* The coded frame in a fragment (section 4). */
typedef struct le_coded {
  const uint8_t *bytes;
  size_t size; /* without the checksum */
  unsigned type;
  unsigned label_bits;
  size_t head_bits; /* in front of the first state, or of the labels */
} le_coded;

/* Checks size and checksum; only bytes, size and type are set. */
label_edge_status label_edge_open_fragment(const le_crc_tables *tables, const uint8_t *bytes, size_t size,
                                           le_coded *coded);

/* The head that said a grid. */
typedef struct le_known_grid {
  size_t bits;    /* 0: none */
  uint8_t *bytes; /* room for label_edge_head_room */
} le_known_grid;
size_t label_edge_head_room(const label_edge_format *format);

/* Reads the head of an independent or raw frame. Where its grid is said as in the head before, the grid stays as it
 * is. False: it does not conform; the grid is undefined, and known empty. */
bool label_edge_read_head(const label_edge_format *format, le_coded *coded, le_known_grid *known, le_grid *grid);

/* A frame of type 0 into slot->edges, on slot->grid; false: it does not conform. */
bool label_edge_decode_independent(const le_coded *coded, le_slot *slot);

/* The label of a position of a raw frame, whose labels begin at p. */
typedef struct le_raw {
  const uint8_t *p;
  uint64_t bytes;
  unsigned label_bits;
} le_raw;

/* Whether a raw frame has the size of its grid, and zero bits around the labels. */
bool label_edge_open_raw(const le_coded *coded, const le_grid *grid, le_raw *raw);
uint32_t label_edge_raw_label(const le_raw *raw, uint32_t position);
/* A frame of type 3 into pixels; false: it does not conform. */
bool label_edge_decode_raw(const label_edge_format *format, const le_coded *coded, const le_grid *grid, void *out);

/* Paints a frame's pixels into out. */
void label_edge_paint(const label_edge_format *format, const le_slot *slot, void *out);
/* Sets bits [first, end). */
void label_edge_set_bits(uint8_t *out, uint64_t first, uint64_t end);

#endif
