/* label_edge_decode_edges.c - the decoder's heart: the edges of independent frames (bitstream.md, section 8) and of
 * predicted ones (section 9). Positions grow and stay below the number of pixels, so that lists never overflow and
 * loops end. */
#include "label_edge_reader.h"

/* What decoding a frame needs beside the reader, which stays in registers. */
typedef struct le_frame {
  const le_model *model;
  const le_table *tables;
  le_list list;
} le_frame;

/* ---- 8 Independent frames */

/* Where in the frame the decoder is. */
typedef struct le_place {
  uint32_t from;     /* the first pixel that is not known */
  uint32_t label;    /* of the pixel before, at first 0 */
  uint32_t above;    /* the label above that pixel, as far as the row above has been followed */
  uint32_t expected; /* where the next edge of the row above is, or the number of pixels */
} le_place;

/* A new edge; next: the label of the next edge of the row above. False when it is not in the frame. */
static inline bool insert_edge(le_frame *f, le_reader *r, le_place *at, uint32_t next) {
  const bool exists = at->expected < f->model->pixels;
  const unsigned differs = at->label != at->above;
  const uint32_t distance = at->expected >= at->from ? at->expected - at->from + 1 : 1;
  const uint32_t gap = get_number(r, f->tables, le_gap_context(distance));
  if (gap >= f->model->pixels - at->from || f->model->labels < 2) {
    return false;
  }
  at->from += gap;
  if (f->model->labels == 2) {
    at->label ^= 1;
    return true;
  }
  const uint32_t before = at->label;
  const unsigned birth = get_symbol(r, f->tables, LE_BIRTH + 2 * differs + exists);
  if (birth == LE_BIRTH_ABOVE) {
    at->label = at->above;
  } else if (birth == LE_BIRTH_NEXT && exists) {
    at->label = next;
  } else {
    at->label = get_listed(r, f->tables, f->model, &f->list);
  }
  return at->label != UINT32_MAX && at->label != before;
}

bool label_edge_decode_independent(const le_model *model, const le_reader *reader, le_slot *slot) {
  le_frame frame = {.model = model, .tables = label_edge_decoding_tables()->symbols};
  const le_table *tables = frame.tables;
  const uint32_t pixels = model->pixels;
  const uint32_t width = model->width;
  le_edge *edges = slot->edges;
  le_edge *next = edges;            /* where the next edge goes */
  const le_edge *reference = edges; /* the next edge of the row above */
  le_reader r = *reader;
  le_place at = {0, 0, 0, 0};
  *next = pixels;
  for (;;) {
    const le_edge edge = *reference;
    const unsigned differs = at.label != at.above;
    at.expected = le_position(edge) + width;
    if (at.expected < pixels) {
      const unsigned s = get_symbol(&r, tables, LE_EDGE + differs * LE_HISTORIES + le_history(edge));
      if (s < LE_MOVES) {
        const uint32_t position = at.expected + (uint32_t)label_edge_moves[s];
        if (position < at.from || position >= pixels || at.label == le_label(edge)) {
          return false;
        }
        at.label = at.above = le_label(edge);
        at.from = position + 1;
        *next++ = le_make_edge(position, at.label, label_edge_next_history[le_history(edge)][s]);
        *next = pixels;
        reference++;
        continue;
      }
      if (s == LE_PASS) {
        at.above = le_label(edge);
        reference++;
        continue;
      }
    } else {
      if (!get_symbol(&r, tables, LE_END + differs)) {
        break;
      }
      at.expected = pixels;
    }
    if (!insert_edge(&frame, &r, &at, le_label(edge))) {
      return false;
    }
    *next++ = le_make_edge(at.from, at.label, LE_NEW_EDGE);
    *next = pixels;
    at.from++;
  }
  slot->count = (uint32_t)(next - edges);
  return all_read(&r);
}

/* ---- 9 Predicted frames */

/* A change that is far away, or to another label than expected; false when there is no such label. */
static bool change_otherwise(le_frame *f, le_reader *r, const le_segment *s, unsigned symbol, uint32_t label,
                             uint32_t *offset, uint32_t *to) {
  if (symbol == LE_FAR) {
    *offset = get_number(r, f->tables, LE_OFFSET);
    *offset += *offset < s->end - s->start ? LE_NEAR : 0;
    return true;
  }
  *offset = get_number(r, f->tables, LE_OFFSET + 1);
  if (f->model->labels == 2) {
    *to = label ^ 1;
    return true;
  }
  uint32_t others[3];
  const unsigned known = le_others(s, label, *to, others);
  const unsigned which = get_symbol(r, f->tables, LE_WHICH);
  if (which == LE_WHICH_LISTED) {
    *to = get_listed(r, f->tables, f->model, &f->list);
    return *to != UINT32_MAX;
  }
  *to = others[which];
  return which < known;
}

bool label_edge_decode_predicted(const le_model *model, const le_reader *reader, le_slot *slot, const le_slot *p,
                                 const le_slot *q) {
  const le_decoding_tables *shared = label_edge_decoding_tables();
  le_frame frame = {.model = model, .tables = shared->symbols};
  const le_table *tables = frame.tables;
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
      const unsigned symbol = get_symbol(&r, tables, le_segment_context(&shared->segments, &s, x, label));
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
  slot->count = (uint32_t)(next - slot->edges);
  return all_read(&r);
}
