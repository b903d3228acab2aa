/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_decode_edges.c - the decoder's heart: the edges of independent frames (bitstream.md, section 8). Positions
 * grow and stay below the number of pixels, or hardly above it, so that the list never overflows and the loop ends. */
#include "label_edge_reader.h"

/* What decoding a frame needs beside the reader, which stays in registers. */
typedef struct le_frame {
  const le_step (*steps)[LE_STATES];
  le_list list;
  const le_edge *first;     /* of the list of edges */
  const le_edge *reference; /* E[i] of section 8 */
  const le_edge *end;       /* behind the last edge so far */
  uint32_t pixels;
} le_frame;

/* Where in the frame the decoder is. */
typedef struct le_place {
  uint32_t from;     /* the first pixel that is not known */
  uint32_t label;    /* of the pixel before, at first 0 */
  uint32_t above;    /* the label above that pixel, as far as the row above has been followed */
  uint32_t expected; /* where the next edge of the row above is, or the number of pixels */
  bool exists;       /* whether there is one */
} le_place;

/* Y of section 8: sets the label; false when it is none, or the one before. */
static inline bool change_label(le_frame *f, le_reader *r, le_place *at, unsigned context) {
  const uint32_t before = at->label;
  if (f->list.label_bits == 1) {
    at->label ^= 1;
    return true;
  }
  const unsigned birth = get_symbol(r, f->steps, context);
  if (birth == LE_LIST_NEW) {
    at->label = get_new_label(r, f->steps, &f->list);
  } else {
    const le_edge *const e = f->reference;
    const uint32_t at_hand[4] = {at->above, le_label(e[0]), f->end - e > 1 ? le_label(e[1]) : UINT32_MAX,
                                 e - f->first > 1 ? le_label(e[-2]) : UINT32_MAX};
    at->label = get_known_label(r, birth, at_hand, LE_LISTED, &f->list);
  }
  return at->label != UINT32_MAX && at->label != before;
}

/* A new edge: moves from behind it and sets its label. False when it is not in the frame. */
static inline bool insert_edge(le_frame *f, le_reader *r, le_place *at) {
  const unsigned differs = at->label != at->above;
  const uint32_t distance = at->expected >= at->from ? at->expected - at->from + 1 : 1;
  const uint32_t gap = get_number(r, f->steps, le_gap_context(distance));
  if (at->from >= f->pixels || gap >= f->pixels - at->from) {
    return false;
  }
  at->from += gap + 1;
  return change_label(f, r, at, LE_BIRTH + 2 * differs + at->exists);
}

/* An edge that stays and leads to another label. */
static inline bool relabel_edge(le_frame *f, le_reader *r, le_place *at) {
  const unsigned differs = at->label != at->above;
  if (at->expected < at->from) {
    return false;
  }
  at->from = at->expected + 1;
  return change_label(f, r, at, LE_BIRTH + LE_RELABELLED + differs);
}

/* The state of the loop stays in registers, and what happens often takes few instructions: that is what this function
 * costs. */
bool label_edge_decode_independent(const le_coded *coded, le_slot *slot) {
  const le_decoding_tables *shared = label_edge_decoding_tables();
  const le_step(*const same)[LE_STATES] = shared->steps; /* contexts when label and above are the same, and else */
  const le_step(*const other)[LE_STATES] = shared->steps + LE_HISTORIES;
  const le_step(*steps)[LE_STATES] = same;
  const uint32_t pixels = slot->grid.pixels;
  const uint32_t width = slot->grid.width;
  if (pixels > LE_LARGEST_GRID || coded->size > SIZE_MAX / 8) {
    return false;
  }
  const uint32_t last_row = pixels - width;
  le_frame frame = {
      .steps = shared->steps, .list = LE_EMPTY_LIST(coded->label_bits), .first = slot->edges, .pixels = pixels};
  le_edge *next = slot->edges;            /* where the next edge goes */
  const le_edge *reference = slot->edges; /* the next edge of the row above */
  le_source source;
  le_reader r;
  start_reading(&r, &source, coded->bytes, coded->size, coded->head_bits);
  uint32_t from = 0;
  le_edge label = 0; /* as in an edge, as is above */
  le_edge above = 0;
  bool unchanged = false;     /* whether an edge has the label before it */
  uint32_t moves[LE_SYMBOLS]; /* from an edge to where it is in the row below */
  for (unsigned s = 0; s < LE_SYMBOLS; s++) {
    /* Far enough behind that an end passes the test for moves. */
    moves[s] = width + (s < LE_MOVES ? (uint32_t)label_edge_moves[s] : LE_LARGEST_GRID);
  }
  *next = pixels;
  for (;;) {
    const le_edge edge = *reference;
    const bool exists = le_position(edge) < last_row;
    le_step step = LE_STEP_OTHER;
    look(&r);
    if (exists) {
      step = get_step(&r, &steps[le_history(edge)]);
      const uint32_t position = le_position(edge) + moves[step >> 20 & 15];
      if (!(step & LE_STEP_OTHER)) {
        /* An edge that moves, or ends: the same instructions, since that cannot be foreseen. */
        const bool ends = step & LE_STEP_PASS;
        const le_edge edge_label = edge & LE_LABEL_BITS;
        const bool change = label != edge_label;
        const le_step(*const behind)[LE_STATES] = change ? other : same;
        if (position - from > INT32_MAX) { /* in front of `from`, or of the frame */
          return false;
        }
        unchanged |= !(change | ends);
        above = edge_label;
        label = ends ? label : edge_label;
        from = ends ? from : position + 1;
        *next = position | edge_label | (le_edge)(step >> 24) << 56;
        next += !ends;
        *next = pixels;
        reference++;
        steps = ends ? behind : same;
        continue;
      }
    } else if (!get_symbol(&r, shared->steps, LE_END + (label != above))) {
      break;
    }
    le_reader rest = r; /* copies, so that the loop keeps its own in registers */
    le_place at = {.from = from,
                   .label = (uint32_t)(label >> 32),
                   .above = (uint32_t)(above >> 32),
                   .expected = exists ? le_position(edge) + width : pixels,
                   .exists = exists};
    frame.reference = reference;
    frame.end = next;
    const bool relabels = (step >> 20 & 15) == LE_RELABEL;
    if (relabels ? !relabel_edge(&frame, &rest, &at) : !insert_edge(&frame, &rest, &at)) {
      return false;
    }
    r = rest;
    from = at.from;
    label = (le_edge)at.label << 32;
    above = relabels ? edge & LE_LABEL_BITS : above;
    reference += relabels;
    *next++ = le_make_edge(from - 1, at.label, relabels ? label_edge_next_history[le_history(edge)][0] : LE_NEW_EDGE);
    *next = pixels;
    steps = label != above ? other : same;
  }
  /* A move may have left the frame, by up to 4 pixels (LE_EDGES_ROOM); then at most three more such, and ends, follow.
   */
  const bool inside = next == slot->edges || le_position(next[-1]) < pixels;
  const le_reader last = r; /* a copy, as above */
  return inside && !unchanged && label_edge_all_read(&last);
}
