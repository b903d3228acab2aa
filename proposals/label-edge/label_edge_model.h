/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_model.h - what encoder and decoder share: the contexts, edges and grids. */
#ifndef LABEL_EDGE_MODEL_H
#define LABEL_EDGE_MODEL_H

#include "label_edge.h"

#if defined(__SSE2__) && !defined(LE_NO_VECTORS)
#define LE_SSE2
#include <emmintrin.h>
#endif

/* ---- Contexts (bitstream.md, section 7). Each has up to 16 symbols; the frequencies of a context add up to LE_STATES,
 * those of symbols that cannot occur are 0. */
enum {
  LE_EDGE = 0,           /* 2 x 34: what becomes of an edge of the row above */
  LE_END = 68,           /* 2: whether the frame ends here */
  LE_GAP = 70,           /* 11: how far away a new edge is */
  LE_BIRTH = 81,         /* 6: which label a new edge has, or one that is relabelled */
  LE_NEW = 87,           /* 3: a label that is not at hand */
  LE_CORE_CONTEXTS = 90, /* those of bitstream.md; prediction.md adds the others */
  LE_SEGMENT = 90,       /* 252: what becomes of a segment */
  LE_OFFSET = 342,       /* 2: where in the segment the label changes, when far away */
  LE_WHICH = 344,        /* 1: which other label */
  LE_CONTEXTS = 345,
  LE_SYMBOLS = 16,
  LE_STATE_BITS = 8,
  LE_STATES = 1 << LE_STATE_BITS
};

/* Symbols of LE_EDGE: 0 the edge stays; 1, 2: one pixel left, right; ... 8: four right. */
enum { LE_MOVES = 9, LE_PASS = 9, LE_INSERT = 10, LE_RELABEL = 11, LE_HISTORIES = 34, LE_NEW_EDGE = 30 };
/* Symbols of LE_BIRTH: one of four labels that are at hand, or from LE_LISTED on a label that was read so before: class
 * of its place in the list; the last one: a label that is not in the list. LE_RELABELLED: its first context for edges
 * that are relabelled. */
enum { LE_BIRTH_ABOVE, LE_BIRTH_NEXT, LE_BIRTH_SECOND, LE_BIRTH_BEFORE, LE_LISTED, LE_LIST_NEW = 7, LE_RELABELLED = 4 };
enum { LE_LIST_SIZE = 7 };
/* Symbols of LE_NEW: one more than the last new label; from LE_NEW_UP on more, LE_NEW_DOWN less, by its class; any. Its
 * contexts: how the last one was said. */
enum { LE_NEW_NEXT = 0, LE_NEW_UP = 1, LE_NEW_DOWN = 6, LE_NEW_ANY = 11, LE_NEW_CLASSES = 5 };
enum { LE_HOW_OTHER = 0, LE_HOW_NEXT = 1, LE_HOW_ANY = 2 };
/* Numbers (section 6.3): the last class of the table stands for all larger ones. */
enum { LE_LONG_NUMBER = 15, LE_LARGEST_CLASS = 28 };
/* Larger grids are stored raw. */
#define LE_LARGEST_GRID (UINT32_C(1) << 28)
/* Types of frames, the two lowest bits of the first byte; the other bits that are in front of everything else. */
enum { LE_INDEPENDENT = 0, LE_PREDICTED = 1, LE_SAME = 2, LE_RAW = 3 };
enum { LE_TYPE_BITS = 2, LE_DEPTH_BITS = 4, LE_BACK_BITS = 14, LE_LARGEST_BACK = (1 << LE_BACK_BITS) - 1 };
enum { LE_CHECKSUM = 4, LE_SMALLEST_FRAGMENT = 6 };

extern const uint16_t label_edge_frequencies[LE_CONTEXTS][LE_SYMBOLS];
unsigned label_edge_symbol_count(unsigned context);
/* Which symbol each state of a context stands for (section 6.2). */
void label_edge_spread(unsigned context, uint8_t symbols[LE_STATES]);

/* ---- Edges: position | label << 32 | history << 56. A list ends with one whose position is the number of pixels. */
typedef uint64_t le_edge;
static inline le_edge le_make_edge(uint32_t position, uint32_t label, uint32_t history) {
  return (le_edge)position | (le_edge)label << 32 | (le_edge)history << 56;
}
static inline uint32_t le_position(le_edge edge) {
  return (uint32_t)edge;
}
static inline uint32_t le_label(le_edge edge) {
  return (uint32_t)(edge >> 32) & 0xffff;
}
#define LE_LABEL_BITS UINT64_C(0x0000ffff00000000)
static inline uint32_t le_history(le_edge edge) {
  return (uint32_t)(edge >> 56);
}
/* What a list of edges may hold beside those of the frame: its end, and in a decoder moves out of the frame. */
enum { LE_EDGES_ROOM = 6 };

/* The history of an edge after a move (section 8): its last move's class (left by 2 and more, by 1, none, right by 1, 2
 * and more), and the class of the one before, 5 when the edge was new; from 31 on: three moves by 0 in turn, and more.
 */
extern const uint8_t label_edge_next_history[LE_HISTORIES][LE_MOVES];
extern const int32_t label_edge_moves[LE_MOVES];

/* floor(log2(value)), value not 0. */
static inline unsigned le_log2(uint32_t value) {
#if defined(__GNUC__)
  return 31u - (unsigned)__builtin_clz(value);
#else
  unsigned n = 0;
  while (value >>= 1) {
    n++;
  }
  return n;
#endif
}
/* The number of the lowest bit that is 1; bits is not 0. */
static inline unsigned le_lowest_bit(uint64_t bits) {
#if defined(__GNUC__)
  return (unsigned)__builtin_ctzll(bits);
#else
  return (uint32_t)bits ? le_log2((uint32_t)bits & (0 - (uint32_t)bits))
                        : 32 + le_log2((uint32_t)(bits >> 32) & (0 - (uint32_t)(bits >> 32)));
#endif
}
/* Context of LE_GAP: how far away the next edge of the row above (or the end of the frame) is, at least 1. */
static inline unsigned le_gap_context(uint32_t distance) {
  const unsigned n = le_log2((distance + 1) / 2);
  return LE_GAP + (n < 10 ? n : 10);
}

/* ---- The grid (section 5) */

enum { LE_RULE_ALL = 0, LE_RULE_LEFT, LE_RULE_CENTRES, LE_RULE_OUTERMOST, LE_RULE_BITS, LE_RULE_FIELD = 3 };

/* Bits of s. */
static inline unsigned le_source_bits(uint32_t count) {
  return count > 1 ? le_log2(count - 1) + 1 : 0;
}

/* The columns (rows) that rules 1 to 3 keep of count of them: starts receives their numbers, and count behind them.
 * Returns how many there are. */
uint32_t label_edge_rule_starts(unsigned rule, uint32_t source, uint32_t count, uint32_t *starts);

typedef struct le_grid {
  uint32_t width, height;  /* distinct columns and rows */
  uint32_t pixels;         /* width * height */
  uint32_t *column_starts; /* width + 1: first column of the frame that a grid column stands for; room for all */
  uint32_t *row_starts;    /* height + 1 */
} le_grid;

/* Room for the grids of a format, which is the whole frame at first; false: no memory. What was allocated is freed by
 * label_edge_free_grid. */
bool label_edge_make_grid(const label_edge_format *format, le_grid *grid);
void label_edge_free_grid(le_grid *grid);

/* ---- Fragments */

/* Bits of a fragment, the lowest of each byte first, one after the other: for heads, where speed does not matter. */
typedef struct le_bits {
  const uint8_t *bytes;
  uint64_t at, end; /* bits */
} le_bits;

/* The next count bits, up to 28; UINT32_MAX when there are not so many. */
static inline uint32_t le_get(le_bits *b, unsigned count) {
  if (count > b->end - b->at) {
    return UINT32_MAX;
  }
  uint32_t value = 0;
  for (unsigned k = 0; k < count; k++, b->at++) {
    value |= (uint32_t)(b->bytes[b->at / 8] >> b->at % 8 & 1) << k;
  }
  return value;
}

/* Bytes of the labels of a raw frame (section 9). */
static inline uint64_t le_raw_bytes(uint64_t pixels, unsigned label_bits) {
  return (pixels * label_bits + 7) / 8;
}

/* A frame as edges on its grid. */
typedef struct le_slot {
  uint32_t frame; /* number + 1, 0: none */
  uint32_t count; /* of edges; of use to the encoder only, as is room: of how many, with the end */
  size_t room;
  le_edge *edges; /* in a decoder pixels + LE_EDGES_ROOM */
  le_grid grid;
} le_slot;

#endif
