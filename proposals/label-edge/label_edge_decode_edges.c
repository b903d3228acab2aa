/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_decode_edges.c - the decoder's heart: the edges of independent frames (bitstream.md, section 8) and of
 * predicted ones (section 9). Positions grow and stay below the number of pixels, or hardly above it, so that lists
 * never overflow and loops end. */
#include "label_edge_reader.h"

/* What decoding a frame needs beside the reader, which stays in registers. */
typedef struct le_frame {
  const le_model *model;
  const le_step (*steps)[LE_STATES];
  le_list list;
} le_frame;

/* ---- 8 Independent frames */

/* Where in the frame the decoder is. */
typedef struct le_place {
  uint32_t from;     /* the first pixel that is not known */
  uint32_t label;    /* of the pixel before, at first 0 */
  uint32_t above;    /* the label above that pixel, as far as the row above has been followed */
  uint32_t expected; /* where the next edge of the row above is, or the number of pixels */
  uint32_t next;     /* the label of that edge */
  bool exists;       /* whether there is one */
} le_place;

/* A new edge: moves from behind it and sets its label. False when it is not in the frame. */
static inline bool insert_edge(le_frame *f, le_reader *r, le_place *at) {
  const unsigned differs = at->label != at->above;
  const uint32_t distance = at->expected >= at->from ? at->expected - at->from + 1 : 1;
  const uint32_t gap = get_number(r, f->steps, le_gap_context(distance));
  if (at->from >= f->model->pixels || gap >= f->model->pixels - at->from || f->model->labels < 2) {
    return false;
  }
  at->from += gap + 1;
  if (f->model->labels == 2) {
    at->label ^= 1;
    return true;
  }
  const uint32_t before = at->label;
  const uint32_t at_hand[2] = {at->above, at->next};
  const unsigned birth = get_symbol(r, f->steps, LE_BIRTH + 2 * differs + at->exists);
  at->label = get_label(r, birth, at_hand, f->model, &f->list);
  return at->label != UINT32_MAX && at->label != before;
}

/* The state of the loop stays in registers, and what happens often takes few instructions: that is what this function
 * costs. */
bool label_edge_decode_independent(const le_model *model, const le_reader *reader, le_slot *slot) {
  const le_decoding_tables *shared = label_edge_decoding_tables();
  const le_step(*const same)[LE_STATES] = shared->steps; /* contexts when label and above are the same, and else */
  const le_step(*const other)[LE_STATES] = shared->steps + LE_HISTORIES;
  const le_step(*steps)[LE_STATES] = same;
  le_frame frame = {.model = model, .steps = shared->steps, .list = LE_EMPTY_LIST};
  const uint32_t pixels = model->pixels;
  const uint32_t width = model->width;
  const uint32_t last_row = pixels - width;
  le_edge *next = slot->edges;            /* where the next edge goes */
  const le_edge *reference = slot->edges; /* the next edge of the row above */
  le_reader r = *reader;
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
    look(&r);
    if (exists) {
      const le_step step = get_step(&r, &steps[le_history(edge)]);
      const uint32_t position = le_position(edge) + moves[step >> 20 & 15];
      if (!(step & LE_STEP_INSERT)) {
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
                   .next = le_label(edge),
                   .exists = exists};
    if (!insert_edge(&frame, &rest, &at)) {
      return false;
    }
    r = rest;
    from = at.from;
    label = (le_edge)at.label << 32;
    *next++ = le_make_edge(from - 1, at.label, LE_NEW_EDGE);
    *next = pixels;
    steps = label != above ? other : same;
  }
  /* A move may have left the frame, by up to 4 pixels (LE_EDGES_ROOM); then at most three more such, and ends, follow.
   */
  const bool inside = next == slot->edges || le_position(next[-1]) < pixels;
  return inside && !unchanged && label_edge_all_read(&r);
}

/* ---- 9 Predicted frames */

/* A change that is far away, or to another label than expected; false when there is no such label. */
static bool change_otherwise(le_frame *f, le_reader *r, const le_segment *s, unsigned symbol, uint32_t label,
                             uint32_t *offset, uint32_t *to) {
  if (symbol == LE_FAR) {
    *offset = get_number(r, f->steps, LE_OFFSET);
    *offset += *offset < s->end - s->start ? LE_NEAR : 0;
    return true;
  }
  *offset = get_number(r, f->steps, LE_OFFSET + 1);
  if (f->model->labels == 2) {
    *to = label ^ 1;
    return true;
  }
  uint32_t others[3] = {UINT32_MAX, UINT32_MAX};
  le_others(s, label, *to, others);
  look(r);
  *to = get_label(r, get_symbol(r, f->steps, LE_WHICH), others, f->model, &f->list);
  return *to != UINT32_MAX;
}

bool label_edge_decode_predicted(const le_model *model, const le_reader *reader, le_slot *slot, const le_slot *p,
                                 const le_slot *q) {
  const le_decoding_tables *shared = label_edge_decoding_tables();
  le_frame frame = {.model = model, .steps = shared->steps, .list = LE_EMPTY_LIST};
  const le_step(*steps)[LE_STATES] = frame.steps;
  const uint32_t pixels = model->pixels;
  le_reader r = *reader;
  le_edge *next = slot->edges; /* where the next edge goes */
  uint32_t label = 0;          /* of the pixel before x */
  le_walk walk = {.n = slot->edges,
                  .p = p->edges,
                  .q = q->edges,
                  .grid_p = p->grid,
                  .grid_q = q->grid,
                  .width = model->width,
                  .pixels = pixels};
  le_segment s;
  *next = pixels;
  while (le_next_segment(&walk, &s)) {
    for (uint32_t x = s.start; x < s.end;) {
      look(&r);
      const unsigned symbol = get_symbol(&r, steps, le_segment_context(&shared->segments, &s, x, label));
      if (symbol == 0) {
        break;
      }
      uint32_t offset = symbol - 1;
      uint32_t to = le_expected(&s, label);
      if (symbol > LE_NEAR) {
        le_reader rest = r; /* a copy, so that the loop keeps its own in registers */
        const le_segment segment = s;
        if (!change_otherwise(&frame, &rest, &segment, symbol, label, &offset, &to)) {
          return false;
        }
        r = rest;
      }
      if (offset >= s.end - x || to == label || model->labels < 2) {
        return false;
      }
      label = to;
      *next++ = le_make_edge(x + offset, label, 0);
      *next = pixels;
      x += offset + 1;
    }
  }
  return label_edge_all_read(&r);
}
