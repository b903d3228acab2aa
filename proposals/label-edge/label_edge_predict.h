/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_predict.h - predicted frames (prediction.md): what their encoder and decoder share. The core needs none
 * of it. */
#ifndef LABEL_EDGE_PREDICT_H
#define LABEL_EDGE_PREDICT_H

#include <string.h>

#include "label_edge_model.h"

/* ---- Order of frames (P.2) */

/* Frames a predicted frame refers to: 0 for a key, else first < frame < second and the level: 1 or 2. */
unsigned label_edge_references(uint32_t frame, uint32_t frames, uint32_t *first, uint32_t *second);
/* Where a frame is kept, and not in the place of one that it refers to: 0..3. No frame refers to those in the last. */
enum { LE_KEPT = 4, LE_LAST_KEPT = LE_KEPT - 1 };
unsigned label_edge_slot(uint32_t frame, uint32_t frames);

/* Symbols of LE_SEGMENT: 0 the label does not change; 1..5: it changes to the expected one at offset 0..4. */
enum { LE_NEAR = 5, LE_FAR = 6, LE_OTHER = 7 };
/* Symbols of LE_WHICH: one of two labels that are at hand, or of the list, or one that is new. */
enum { LE_WHICH_SECOND, LE_WHICH_THIRD, LE_WHICH_LISTED, LE_WHICH_NEW = 5 };

/* ---- Rasters: the labels of a frame by row and column, so that those around a place are read without a branch. */

enum { LE_FILL = 16 }; /* labels that are written at once */

typedef struct le_raster {
  uint32_t width, height; /* of the grid */
  uint32_t mask;          /* row y is kept in place y & mask: all rows, or the last two */
  /* width + 1 + LE_FILL: the last label of a row stands twice, for what is behind its last segment, and there is room
   * for what le_fill_labels writes too much. */
  size_t stride;
  size_t words; /* of a row of changes */
  /* A row of zeros, which is above the first one of a frame that is predicted, and the rows. */
  uint16_t *labels;
  /* The same: a bit for each column, but the first, that differs from the one before it, and one behind the last
   * column. */
  uint64_t *changes;
  uint32_t *plain;  /* of each row: its label plus 1 when it has but one, else 0 */
  uint32_t *filled; /* the same of what is in labels and changes, where plain rows come when they are looked at */
} le_raster;

/* Bytes of the rasters of those that are kept: all rows, of the last place two. */
uint64_t label_edge_rasters_bytes(const label_edge_format *format);
/* Allocates a raster with room for all rows of all grids of a format, or for two; false: no memory.
 * label_edge_free_raster frees it, also then. */
bool label_edge_make_raster(const label_edge_format *format, bool two_rows, le_raster *raster);
void label_edge_free_raster(le_raster *raster);
/* Begins a frame of this grid, which has at most LE_LARGEST_GRID positions. */
void label_edge_begin_raster(const le_grid *grid, le_raster *raster);
/* Paints a frame into a raster of all rows. */
void label_edge_paint_raster(const le_slot *slot, le_raster *raster);

static inline uint16_t *le_raster_row(const le_raster *raster, uint32_t row) {
  return raster->labels + ((row & raster->mask) + (size_t)1) * raster->stride;
}
static inline uint64_t *le_raster_changes(const le_raster *raster, uint32_t row) {
  return raster->changes + ((row & raster->mask) + (size_t)1) * raster->words;
}
/* A row without changes. */
static inline void le_clear_changes(const le_raster *raster, uint64_t *changes) {
  memset(changes, 0, raster->words * sizeof *changes);
  changes[raster->width / 64] = UINT64_C(1) << raster->width % 64;
}

/* Labels [from, to) of a row, and up to LE_FILL behind them, which are written later. from may be equal to to. */
static inline void le_fill_labels(uint16_t *row, uint32_t from, uint32_t to, uint32_t label) {
  const uint64_t four = label * UINT64_C(0x0001000100010001);
  uint16_t *at = row + from;
  do {
    for (unsigned k = 0; k < LE_FILL; k += 4) {
      memcpy(at + k, &four, sizeof four);
    }
    at += LE_FILL;
  } while (at < row + to);
}

/* The label of all columns of a row plus 1, or 0. */
static inline uint32_t le_plain(const le_raster *raster, uint32_t row) {
  return raster->plain[row & raster->mask];
}

/* Says that a row has one label. Rows at the margins are never looked at, and their memory is never touched. */
static inline void le_paint_plain(const le_raster *raster, uint32_t row, uint32_t label) {
  raster->plain[row & raster->mask] = label + 1;
}
/* Begins a row of other labels, whose columns are filled from left to right; it may be left at an error. */
static inline void le_begin_painting(const le_raster *raster, uint32_t row) {
  const uint32_t at = row & raster->mask;
  raster->plain[at] = raster->filled[at] = 0;
  le_clear_changes(raster, le_raster_changes(raster, row));
}
/* Ends it: from `done` on it has one label. */
static inline void le_end_painting(const le_raster *raster, uint32_t row, uint32_t done, uint32_t label) {
  const uint32_t at = row & raster->mask;
  le_fill_labels(le_raster_row(raster, row), done, raster->width + 1, label);
  raster->plain[at] = raster->filled[at] = done ? 0 : label + 1;
}

/* Before a row is looked at. */
static inline void le_show_row(const le_raster *raster, uint32_t row) {
  const uint32_t at = row & raster->mask;
  if (raster->filled[at] != raster->plain[at]) {
    const uint32_t label = raster->plain[at] - 1;
    le_begin_painting(raster, row);
    le_end_painting(raster, row, 0, label);
  }
}

/* ---- Segments (P.3.1) */

/* Places in le_segment.around: labels of the row above (N) and of the references (P, Q) in the segment, those of the
 * references one row below its start and one above, and no label but the column where it starts. */
enum { LE_N, LE_P, LE_Q, LE_BELOW_P, LE_BELOW_Q, LE_ABOVE_P, LE_ABOVE_Q, LE_START, LE_AROUND };

/* Four places of 16 bits in each word, the first one lowest. What is behind a segment is in the one that follows it in
 * memory: the labels N, P and Q, and where it ends. */
typedef struct le_segment {
  uint64_t around[LE_AROUND / 4];
} le_segment;

static inline uint32_t le_place(const le_segment *s, unsigned place) {
  return (uint32_t)(s->around[place / 4] >> place % 4 * 16) & 0xffff;
}
static inline uint32_t le_segment_start(const le_segment *s) {
  return le_place(s, LE_START);
}
static inline uint32_t le_segment_end(const le_segment *s) {
  return le_place(s + 1, LE_START);
}

enum { LE_SEGMENTS = 127 }; /* as many as are looked for at once */

/* The segments of one row. All of them follow from the references and from the row above, which is known. */
typedef struct le_row_walk {
  const uint16_t *n, *p, *q; /* rows of labels */
  const uint64_t *changes_n, *changes_p, *changes_q;
  ptrdiff_t up, down; /* from a row of labels to the one above and the one below, or to itself */
  uint32_t width;
  uint32_t at;    /* where the next segment starts */
  uint32_t word;  /* of changes */
  uint64_t ahead; /* changes in this word, behind at */
} le_row_walk;

/* Whether a row is one segment, in which and around which all labels are `label`, as rows at the margins are. above:
 * plain of the row above. */
static inline bool le_row_agrees(const le_raster *p, const le_raster *q, uint32_t above, uint32_t row, uint32_t label) {
  return above == label + 1 && le_plain(p, row) == label + 1 && le_plain(q, row) == label + 1;
}
enum { LE_ALL_AGREE = 0x7777 }; /* its agreement */

/* The own rows above are painted. Rows of references at the top and the bottom stand for those above and below, too.
 * shown: how many rows of the references have been shown, from the top, at first 0. */
static inline void le_begin_row(le_row_walk *w, const le_raster *own, const le_raster *p, const le_raster *q,
                                uint32_t row, uint32_t *shown) {
  const uint32_t end = row + 1 < p->height ? row + 2 : p->height;
  for (uint32_t y = *shown < row ? row - 1 : *shown; y < end; y++) {
    le_show_row(p, y);
    le_show_row(q, y);
  }
  *shown = end;
  if (row > 0) {
    le_show_row(own, row - 1);
  }
  w->n = row > 0 ? le_raster_row(own, row - 1) : own->labels;
  w->p = le_raster_row(p, row);
  w->q = le_raster_row(q, row);
  w->changes_n = row > 0 ? le_raster_changes(own, row - 1) : own->changes;
  w->changes_p = le_raster_changes(p, row);
  w->changes_q = le_raster_changes(q, row);
  w->up = row > 0 ? -(ptrdiff_t)p->stride : 0;
  w->down = row + 1 < p->height ? (ptrdiff_t)p->stride : 0;
  w->width = own->width;
  w->at = 0;
  w->word = 0;
  w->ahead = w->changes_n[0] | w->changes_p[0] | w->changes_q[0];
}

/* What is around a column, as one vector where there are some: then it is read as one, too, without waiting. */
static inline void le_look_around(const le_row_walk *w, uint32_t column, le_segment *s) {
  const uint16_t *const p = w->p + column;
  const uint16_t *const q = w->q + column;
  const ptrdiff_t up = w->up;
  const ptrdiff_t down = w->down;
#ifdef LE_SSE2
  __m128i v = _mm_cvtsi32_si128(w->n[column]);
  v = _mm_insert_epi16(v, p[0], LE_P);
  v = _mm_insert_epi16(v, q[0], LE_Q);
  v = _mm_insert_epi16(v, p[down], LE_BELOW_P);
  v = _mm_insert_epi16(v, q[down], LE_BELOW_Q);
  v = _mm_insert_epi16(v, p[up], LE_ABOVE_P);
  v = _mm_insert_epi16(v, q[up], LE_ABOVE_Q);
  v = _mm_insert_epi16(v, (int)column, LE_START);
  _mm_storeu_si128((__m128i *)(void *)s, v);
#else
  s->around[0] = w->n[column] | (uint64_t)p[0] << 16 | (uint64_t)q[0] << 32 | (uint64_t)p[down] << 48;
  s->around[1] = q[down] | (uint64_t)p[up] << 16 | (uint64_t)q[up] << 32 | (uint64_t)column << 48;
#endif
}

/* The next segments of a row, at most LE_SEGMENTS, and one more for what is behind them; their number, 0 at its end. */
static inline uint32_t le_next_segments(le_row_walk *walk, le_segment segments[LE_SEGMENTS + 1]) {
  le_row_walk w = *walk; /* a copy, so that it stays in registers */
  uint32_t count = 0;
  for (; count < LE_SEGMENTS && w.at < w.width; count++) {
    le_look_around(&w, w.at, &segments[count]);
    while (!w.ahead) {
      w.word++;
      w.ahead = w.changes_n[w.word] | w.changes_p[w.word] | w.changes_q[w.word];
    }
    w.at = w.word * 64 + le_lowest_bit(w.ahead);
    w.ahead &= w.ahead - 1;
  }
  le_look_around(&w, w.at, &segments[count]);
  *walk = w;
  return count;
}

/* ---- Contexts (P.3.2), and the label that is expected (P.3.1) */

#ifndef LE_SSE2
/* The top bit of each place that is not 0. */
static inline uint64_t le_differences(uint64_t places) {
  const uint64_t low = UINT64_C(0x7fff7fff7fff7fff);
  return (((places & low) + low) | places) & ~low;
}
#endif

/* What agrees with `label`, bits 0 to 2: N, P, Q; 3 to 6: P and Q one row below, and above; 8 to 10: N, P and Q behind
 * the segment. What agrees with each other, bits 12 to 14: N and P, P and Q, Q and N. Other bits mean nothing. */
static inline uint32_t le_agreement(const le_segment *s, uint32_t label) {
#ifdef LE_SSE2
  const __m128i eight = _mm_set1_epi16((short)label);
  const __m128i here = _mm_loadu_si128((const __m128i *)(const void *)s);
  const __m128i behind = _mm_loadl_epi64((const __m128i *)(const void *)(s + 1));
  const __m128i turned = _mm_shufflelo_epi16(here, _MM_SHUFFLE(3, 0, 2, 1)); /* P, Q, N */
  const __m128i others = _mm_cmpeq_epi16(_mm_unpacklo_epi64(behind, here), _mm_unpacklo_epi64(eight, turned));
  return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(_mm_cmpeq_epi16(here, eight), others));
#else
  const uint64_t four = label * UINT64_C(0x0001000100010001);
  const uint64_t here = s[0].around[0];
  const uint64_t turned = (here >> 16 & UINT64_C(0xffffffff)) | here << 32; /* P, Q, N */
  const uint64_t differ = le_differences(here ^ four) >> 15 | le_differences(s[0].around[1] ^ four) >> 11 |
                          le_differences(s[1].around[0] ^ four) >> 7 | le_differences(here ^ turned) >> 3;
  /* Bit 16 * i + k goes to 48 + i + k; no two bits meet. */
  return ~(uint32_t)(differ * UINT64_C(0x0001000200040008) >> 48);
#endif
}

enum {
  LE_FEATURES = 0x77f, /* the bits of agreement that features follow from */
  LE_LENGTHS = 8       /* length classes, and two that do not occur */
};

typedef struct le_segment_tables {
  uint16_t contexts[64 * LE_LENGTHS]; /* first context of a pattern and a length class */
  uint8_t features[LE_FEATURES + 1];  /* by the bits of agreement */
  uint8_t expected[64];               /* of a pattern: place of the expected label; LE_AROUND + LE_N: behind */
  uint8_t lengths[2][8];              /* classes of 1 to 7 and more columns, from the start of a segment on, and else */
} le_segment_tables;
/* By which of N, P and Q agree with label (bits 0 to 2), and with each other (3 to 5). */
static inline unsigned le_pattern(uint32_t agreement) {
  return (agreement & 7) | (agreement >> 9 & 0x38);
}

/* Context of the symbol for what is left of a segment; lengths: the row of the table. */
static inline unsigned le_segment_context(const le_segment_tables *tables, const uint8_t lengths[8], uint32_t agreement,
                                          uint32_t length) {
  const unsigned length_class = lengths[length < 7 ? length : 7];
  return tables->contexts[le_pattern(agreement) * LE_LENGTHS + length_class] +
         tables->features[agreement & LE_FEATURES];
}

/* The label that a segment is expected to change to; when that is label itself, none is expected. */
static inline uint32_t le_expected(const le_segment_tables *tables, const le_segment *s, uint32_t agreement) {
  const unsigned place = tables->expected[le_pattern(agreement)];
  return le_place(s + place / LE_AROUND, place % LE_AROUND);
}

/* The other labels that a segment may change to, in order of P, Q, N; returns their number, at most 2. */
static inline unsigned le_others(const le_segment *s, uint32_t label, uint32_t expected, uint32_t others[3]) {
  const uint32_t n = le_place(s, LE_N);
  const uint32_t p = le_place(s, LE_P);
  const uint32_t q = le_place(s, LE_Q);
  unsigned count = 0;
  if (p != label && p != expected) {
    others[count++] = p;
  }
  if (q != label && q != expected && q != p) {
    others[count++] = q;
  }
  if (n != label && n != expected && n != p && n != q) {
    others[count++] = n;
  }
  return count;
}

void label_edge_make_segment_tables(le_segment_tables *tables);

#endif
