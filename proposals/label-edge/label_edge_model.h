/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_model.h - what encoder and decoder share: the header, the contexts, the order of frames, edge lists. */
#ifndef LABEL_EDGE_MODEL_H
#define LABEL_EDGE_MODEL_H

#include "label_edge.h"

/* ---- Contexts (bitstream.md, section 7). Each has up to 16 symbols; the frequencies of a context add up to LE_STATES,
 * those of symbols that cannot occur are 0. */
enum {
  LE_EDGE = 0,     /* 2 x 31: what becomes of an edge of the row above */
  LE_END = 62,     /* 2: whether the frame ends here */
  LE_GAP = 64,     /* 11: how far away a new edge is */
  LE_BIRTH = 75,   /* 4: which label a new edge has */
  LE_SEGMENT = 79, /* 252: predicted frames: what becomes of a segment */
  LE_OFFSET = 331, /* 2: predicted frames: where in the segment the label changes, when far away */
  LE_WHICH = 333,  /* 1: predicted frames: which other label */
  LE_CONTEXTS = 334,
  LE_SYMBOLS = 16,
  LE_STATE_BITS = 8,
  LE_STATES = 1 << LE_STATE_BITS
};

/* Symbols of LE_EDGE: 0 the edge stays; 1, 2: one pixel left, right; ... 8: four right. */
enum { LE_MOVES = 9, LE_PASS = 9, LE_INSERT = 10, LE_HISTORIES = 31, LE_NEW_EDGE = 30 };
/* Symbols of LE_SEGMENT: 0 the label does not change; 1..5: it changes to the expected one at offset 0..4. */
enum { LE_NEAR = 5, LE_FAR = 6, LE_OTHER = 7 };
/* Symbols of LE_BIRTH and LE_WHICH: one of two labels that are at hand, or from LE_LISTED on a label that was read so
 * before: class of its place in the list; the last one: a label that is not in the list. */
enum { LE_BIRTH_ABOVE = 0, LE_BIRTH_NEXT = 1, LE_WHICH_SECOND = 0, LE_WHICH_THIRD = 1, LE_LISTED = 2, LE_LIST_NEW = 7 };
enum { LE_LIST_SIZE = 16 };
/* Numbers (section 6.3): the last class of the table stands for all larger ones. */
enum { LE_LONG_NUMBER = 15, LE_LARGEST_CLASS = 28 };
/* Larger grids are stored raw. */
#define LE_LARGEST_GRID (UINT32_C(1) << 28)
/* Types of frames: the two lowest bits of the first byte. */
enum { LE_INTRA = 0, LE_PREDICTED = 1, LE_SAME = 2, LE_RAW = 3, LE_LARGEST_DISTANCE = 8191 };

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
/* The history of an edge after a move: its last move's class (left by 2 and more, by 1, none, right by 1, 2 and more),
 * and the class of the one before, 5 when the edge was new. */
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
/* Context of LE_GAP: how far away the next edge of the row above (or the end of the frame) is, at least 1. */
static inline unsigned le_gap_context(uint32_t distance) {
  const unsigned n = le_log2((distance + 1) / 2);
  return LE_GAP + (n < 10 ? n : 10);
}

/* ---- Contexts of LE_SEGMENT (section 9.3): base + length class * size + feature, by two sets of bits. */
typedef struct le_segment_contexts {
  uint16_t base[64];
  uint8_t size[64];
  uint8_t feature[64][128];
} le_segment_contexts;
/* First index: bit 0: N == A, 1: P == A, 2: Q == A, 3: N == P, 4: N == Q, 5: P == Q. Second index: A is the label 0:
 * of N behind the segment, 1: of P there, 2: of Q there, 3: of P one row below, 4: of Q there, 5: of P one row above,
 * 6: of Q there. */
void label_edge_segment_contexts(le_segment_contexts *contexts);

/* ---- Header */
enum { LE_VERSION = 2, LE_FIXED_HEADER = 18 }; /* FIXED_HEADER: bytes in front of palette and grid */

typedef struct le_model {
  label_edge_format format;
  bool predict;
  uint32_t labels;         /* of the palette */
  unsigned label_bits;     /* of an index into it */
  uint32_t width, height;  /* of the grid: distinct columns and rows */
  uint32_t pixels;         /* width * height */
  uint16_t *palette;       /* values by index, NULL: the index is the value */
  uint32_t *column_starts; /* width + 1: first column of the frame that a grid column stands for */
  uint32_t *row_starts;    /* height + 1 */
} le_model;

label_edge_status label_edge_read_header(const label_edge_format *format, const uint8_t *header, size_t size,
                                         le_model *model);
void label_edge_free_model(le_model *model);

/* Bytes of the labels of a raw frame (section 10). */
static inline uint64_t le_raw_bytes(const le_model *model) {
  return ((uint64_t)model->pixels * model->label_bits + 7) / 8;
}

/* Frames a predicted frame refers to (section 4.2): 0 for a key, else first < frame < second and the level: 1 or 2. */
unsigned label_edge_references(uint32_t frame, uint32_t frames, uint32_t *first, uint32_t *second);
/* Where a frame that others refer to is kept: 0..3. */
unsigned label_edge_slot(uint32_t frame, uint32_t frames);

/* What a list of edges may hold beside those of the frame: its end, and in a decoder moves out of the frame. */
enum { LE_EDGES_ROOM = 6 };

/* A frame as edges, and as a grid where another one is predicted from it. */
typedef struct le_slot {
  uint32_t frame; /* number + 1, 0: none */
  uint32_t count; /* of edges; of use to the encoder only */
  le_edge *edges; /* pixels + LE_EDGES_ROOM */
  uint16_t *grid; /* pixels; NULL: not needed */
  bool painted;   /* grid holds the frame */
} le_slot;

/* A grid of label indices from edges. */
void label_edge_paint_grid(const le_edge *edges, uint32_t pixels, uint16_t *grid);

/* What is known of a segment of a predicted frame (section 9.2). */
typedef struct le_segment {
  uint32_t start, end;
  uint32_t n, p, q;                /* labels of the row above and of the references */
  uint32_t next_n, next_p, next_q; /* the same behind the segment */
  uint32_t below_p, below_q, above_p, above_q;
} le_segment;

/* Walks over the segments of a predicted frame, from the edges of the references and of the frame itself, as far as
 * they are known. */
typedef struct le_walk {
  const le_edge *n, *p, *q; /* the next edge of each */
  const uint16_t *grid_p, *grid_q;
  uint32_t label_n, label_p, label_q;
  uint32_t at, row_end, width, pixels;
} le_walk;

static inline bool le_next_segment(le_walk *w, le_segment *s) {
  if (w->at == w->pixels) {
    return false;
  }
  const uint32_t a = w->at;
  if (a == w->row_end) {
    w->row_end += w->width;
  }
  if (le_position(*w->n) + w->width == a) {
    w->label_n = le_label(*w->n++);
  }
  if (le_position(*w->p) == a) {
    w->label_p = le_label(*w->p++);
  }
  if (le_position(*w->q) == a) {
    w->label_q = le_label(*w->q++);
  }
  const uint32_t edge_n = le_position(*w->n) + w->width;
  const uint32_t edge_p = le_position(*w->p);
  const uint32_t edge_q = le_position(*w->q);
  uint32_t end = w->row_end;
  end = edge_n < end ? edge_n : end;
  end = edge_p < end ? edge_p : end;
  end = edge_q < end ? edge_q : end;
  const bool inside = end < w->row_end;
  s->start = a;
  s->end = end;
  s->n = w->label_n;
  s->p = w->label_p;
  s->q = w->label_q;
  s->next_n = inside && edge_n == end ? le_label(*w->n) : s->n;
  s->next_p = inside && edge_p == end ? le_label(*w->p) : s->p;
  s->next_q = inside && edge_q == end ? le_label(*w->q) : s->q;
  const uint32_t below = a + w->width < w->pixels ? a + w->width : a;
  const uint32_t above = a >= w->width ? a - w->width : a;
  s->below_p = w->grid_p[below];
  s->below_q = w->grid_q[below];
  s->above_p = w->grid_p[above];
  s->above_q = w->grid_q[above];
  w->at = end;
  return true;
}

/* Context of the symbol for what is left of the segment from x on, when the label before x is given. */
static inline unsigned le_segment_context(const le_segment_contexts *contexts, const le_segment *s, uint32_t x,
                                          uint32_t label) {
  const unsigned agree = (unsigned)(s->n == label) | (unsigned)(s->p == label) << 1 | (unsigned)(s->q == label) << 2 |
                         (unsigned)(s->n == s->p) << 3 | (unsigned)(s->n == s->q) << 4 | (unsigned)(s->p == s->q) << 5;
  const unsigned around = (unsigned)(s->next_n == label) | (unsigned)(s->next_p == label) << 1 |
                          (unsigned)(s->next_q == label) << 2 | (unsigned)(s->below_p == label) << 3 |
                          (unsigned)(s->below_q == label) << 4 | (unsigned)(s->above_p == label) << 5 |
                          (unsigned)(s->above_q == label) << 6;
  static const uint8_t lengths[8] = {0, 0, 1, 2, 2, 2, 3, 3};
  const uint32_t length = s->end - x;
  const unsigned length_class = x > s->start ? (length == 1 ? 4 : 5) : lengths[length < 7 ? length : 7];
  return contexts->base[agree] + length_class * contexts->size[agree] + contexts->feature[agree][around];
}

/* The label that a segment is expected to change to; when that is label itself, none is expected. */
static inline uint32_t le_expected(const le_segment *s, uint32_t label) {
  if (s->n == label && s->p == label && s->q == label) {
    return s->next_n;
  }
  return s->p == s->q && s->p != label ? s->p : s->n != label ? s->n : s->p != label ? s->p : s->q;
}

/* The other labels that a segment may change to, in order of P, Q, N; returns their number, at most 2. */
static inline unsigned le_others(const le_segment *s, uint32_t label, uint32_t expected, uint32_t others[3]) {
  unsigned count = 0;
  if (s->p != label && s->p != expected) {
    others[count++] = s->p;
  }
  if (s->q != label && s->q != expected && s->q != s->p) {
    others[count++] = s->q;
  }
  if (s->n != label && s->n != expected && s->n != s->p && s->n != s->q) {
    others[count++] = s->n;
  }
  return count;
}

#endif
