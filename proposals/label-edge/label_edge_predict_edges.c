/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_predict_edges.c - the decoder's heart for predicted frames (prediction.md, P.3). Each symbol passes a
 * segment or makes an edge, in ascending order of position, so that the list never overflows and the loop ends. */
#include <stdatomic.h>
#include <stdlib.h>

#include "label_edge_predict.h"
#include "label_edge_predict_decode.h"

/* ---- Tables */

/* What a state of a context stands for, in half the memory of a le_step, so that more of them stay in the cache: what
 * is added to the next bits for the next state (0 to 7), how many these are (8 to 11), and the symbol (12 to 15). */
typedef uint16_t le_short_step;

struct le_predicted_tables {
  le_segment_tables segments;
  le_short_step steps[LE_OFFSET - LE_SEGMENT][LE_STATES];
  le_step rest[LE_CONTEXTS - LE_OFFSET][LE_STATES];
};

static void make_tables(le_predicted_tables *tables) {
  label_edge_make_segment_tables(&tables->segments);
  for (unsigned c = LE_SEGMENT; c < LE_OFFSET; c++) {
    le_step steps[LE_STATES];
    label_edge_make_steps(c, steps);
    for (unsigned x = 0; x < LE_STATES; x++) {
      tables->steps[c - LE_SEGMENT][x] =
          (le_short_step)((steps[x] >> 8 & 0xff) | (steps[x] >> 16 & 15) << 8 | (steps[x] >> 20 & 15) << 12);
    }
  }
  for (unsigned c = LE_OFFSET; c < LE_CONTEXTS; c++) {
    label_edge_make_steps(c, tables->rest[c - LE_OFFSET]);
  }
}

size_t label_edge_predicted_tables_bytes(void) {
  return sizeof(le_predicted_tables);
}

const le_predicted_tables *label_edge_predicted_tables(void) {
  static _Atomic(le_predicted_tables *) shared;
  le_predicted_tables *tables = atomic_load_explicit(&shared, memory_order_acquire);
  if (tables) {
    return tables;
  }
  le_predicted_tables *made = calloc(1, sizeof *made);
  if (!made) {
    return NULL;
  }
  make_tables(made);
  if (!atomic_compare_exchange_strong(&shared, &tables, made)) {
    free(made); /* another thread was faster */
    return tables;
  }
  return made;
}

static inline unsigned get_short_symbol(le_reader *r, const le_short_step steps[LE_STATES]) {
  const unsigned step = steps[r->state];
  const unsigned count = step >> 8 & 15;
  r->state = ((uint32_t)r->bits & ((1u << count) - 1)) + (step & 0xff);
  r->bits >>= count;
  r->at += count;
  return step >> 12;
}

/* ---- Frames */

/* What decoding a frame needs beside the reader, which stays in registers. */
typedef struct le_frame {
  const le_step (*steps)[LE_STATES]; /* of the core */
  const le_step (*rest)[LE_STATES];  /* from LE_OFFSET on */
  uint32_t width;
  le_list list;
} le_frame;

/* A change that is far away, or to another label than expected; false when there is no such label. */
static bool change_otherwise(le_frame *f, le_reader *r, const le_segment *s, unsigned symbol, uint32_t label,
                             uint32_t *offset, uint32_t *to) {
  look(r);
  if (symbol == LE_FAR) {
    *offset = get_number(r, f->rest, 0);
    *offset += *offset < f->width ? LE_NEAR : 0;
    return true;
  }
  *offset = get_number(r, f->rest, 1);
  if (f->list.label_bits == 1) {
    *to = label ^ 1;
    return true;
  }
  look(r);
  const unsigned which = get_symbol(r, f->rest, LE_WHICH - LE_OFFSET);
  if (which == LE_WHICH_NEW) {
    *to = get_new_label(r, f->steps, &f->list);
  } else {
    uint32_t others[4] = {UINT32_MAX, UINT32_MAX};
    le_others(s, label, *to, others);
    *to = get_known_label(r, which, others, LE_WHICH_LISTED, &f->list);
  }
  return *to != UINT32_MAX;
}

enum { LE_STEPS_BITS = 48 }; /* of the bits that are shown, so many at least are left for symbols */

bool label_edge_decode_predicted(const le_predicted_tables *tables, const le_coded *coded, le_kept *own,
                                 const le_kept *p, const le_kept *q) {
  const uint32_t width = own->slot.grid.width;
  const uint32_t height = own->slot.grid.height;
  const unsigned label_bits = coded->label_bits;
  le_raster *const raster = &own->raster;
  le_frame frame = {.steps = label_edge_decoding_tables()->steps,
                    .rest = tables->rest,
                    .width = width,
                    .list = LE_EMPTY_LIST(label_bits)};
  le_source source;
  le_reader r;
  if (coded->size > SIZE_MAX / 8) {
    return false;
  }
  start_reading(&r, &source, coded->bytes, coded->size, coded->head_bits);
  size_t look_at = 0;              /* the bit from which on more must be shown */
  le_edge *next = own->slot.edges; /* where the next edge goes */
  uint32_t label = 0;              /* of the position before x */
  uint32_t row_start = 0;
  uint32_t above = 1; /* plain of the row above */
  uint32_t shown = 0; /* rows of the references */
  const unsigned agreed = le_segment_context(&tables->segments, tables->segments.lengths[0], LE_ALL_AGREE, width);
  le_segment segments[LE_SEGMENTS + 1];
  label_edge_begin_raster(&own->slot.grid, raster);
  for (uint32_t y = 0; y < height; y++, row_start += width) {
    if (le_row_agrees(&p->raster, &q->raster, above, y, label)) {
      look(&r); /* not of the copy: the source may go on in its tail */
      look_at = r.at + LE_STEPS_BITS;
      le_reader rest = r;
      if (get_short_symbol(&rest, tables->steps[agreed]) == 0) {
        r = rest;
        le_paint_plain(raster, y, label);
        continue;
      }
    }
    uint16_t *const row = le_raster_row(raster, y);
    uint64_t *const changes = le_raster_changes(raster, y);
    uint32_t done = 0; /* columns of the row that are painted */
    le_row_walk walk;
    le_begin_painting(raster, y);
    le_begin_row(&walk, raster, &p->raster, &q->raster, y, &shown);
    for (uint32_t count; (count = le_next_segments(&walk, segments)) > 0;) {
      const le_segment *s = segments;
      const le_segment *const end = segments + count;
      const uint8_t *lengths = tables->segments.lengths[0];
      for (uint32_t x = le_segment_start(s); s < end;) {
        const uint32_t agreement = le_agreement(s, label);
        const uint32_t behind = le_segment_end(s);
        const unsigned context = le_segment_context(&tables->segments, lengths, agreement, behind - x);
        if (r.at >= look_at) {
          look(&r);
          look_at = r.at + LE_STEPS_BITS;
        }
        const unsigned symbol = get_short_symbol(&r, tables->steps[context]);
        if (symbol == 0) {
          x = behind;
          s++;
          lengths = tables->segments.lengths[0];
          continue;
        }
        uint32_t offset = symbol - 1;
        uint32_t to = le_expected(&tables->segments, s, agreement);
        if (symbol > LE_NEAR) {
          le_reader rest = r; /* a copy, so that the loop keeps its own in registers */
          if (!change_otherwise(&frame, &rest, s, symbol, label, &offset, &to)) {
            return false;
          }
          r = rest;
          look_at = 0;
        }
        if (offset >= behind - x || to == label || to >> label_bits) {
          return false;
        }
        x += offset;
        le_fill_labels(row, done, x, label);
        changes[x / 64] |= (uint64_t)(x > 0) << x % 64;
        label = to;
        done = x;
        *next++ = le_make_edge(row_start + x, label, 0);
        x++;
        s += x == behind;
        lengths = tables->segments.lengths[x < behind];
      }
    }
    le_end_painting(raster, y, done, label);
    above = le_plain(raster, y);
  }
  *next = own->slot.grid.pixels;
  return label_edge_all_read(&r);
}
