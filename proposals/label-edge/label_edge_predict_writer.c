/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_predict_writer.c - the edges of a predicted frame become symbols (prediction.md, P.3). */
#include "label_edge_predict_encode.h"

/* An edge at `offset` in what is left of a segment. */
static inline void put_edge(le_writer *w, const le_segment *s, unsigned context, uint32_t offset, uint32_t label,
                            uint32_t to, uint32_t expected) {
  if (to == expected && offset < LE_NEAR) {
    le_put(w, context, 1 + offset);
    return;
  }
  if (to == expected) {
    le_put(w, context, LE_FAR);
    label_edge_put_number(w, LE_OFFSET, offset - LE_NEAR);
    return;
  }
  le_put(w, context, LE_OTHER);
  label_edge_put_number(w, LE_OFFSET + 1, offset);
  if (w->label_bits > 1) {
    uint32_t others[3];
    const unsigned known = le_others(s, label, expected, others);
    if (known > 0 && to == others[0]) {
      le_put(w, LE_WHICH, LE_WHICH_SECOND);
    } else if (known > 1 && to == others[1]) {
      le_put(w, LE_WHICH, LE_WHICH_THIRD);
    } else {
      label_edge_put_listed(w, LE_WHICH, LE_WHICH_LISTED, LE_WHICH_NEW, to);
    }
  }
}

label_edge_status label_edge_put_predicted(le_writer *w, const le_segment_tables *tables, unsigned label_bits,
                                           const le_kept_frame *own, le_raster *last_rows, const le_kept_frame *p,
                                           const le_kept_frame *q) {
  const bool paint = !own->painted;
  const le_raster *const raster = paint ? last_rows : &own->raster;
  const uint32_t width = own->slot.grid.width;
  const uint32_t height = own->slot.grid.height;
  const le_edge *edges = own->slot.edges;
  const size_t segments_at_most = (size_t)own->slot.count + p->slot.count + q->slot.count + height;
  const size_t room = (size_t)LE_NEW_EDGE_SYMBOLS * own->slot.count + segments_at_most + 1;
  if (label_edge_begin_frame(w, label_bits, room)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  if (paint) {
    label_edge_begin_raster(&own->slot.grid, last_rows);
  }
  le_segment segments[LE_SEGMENTS + 1];
  uint32_t label = 0;
  uint32_t row_start = 0;
  uint32_t above = 1; /* plain of the row above */
  uint32_t shown = 0; /* rows of the references */
  const unsigned agreed = le_segment_context(tables, tables->lengths[0], LE_ALL_AGREE, width);
  for (uint32_t y = 0; y < height; y++, row_start += width) {
    const bool changeless = le_position(*edges) - row_start >= width;
    if (changeless && paint) {
      le_paint_plain(raster, y, label);
    }
    if (changeless && le_row_agrees(&p->raster, &q->raster, above, y, label)) {
      le_put(w, LE_SEGMENT + agreed, 0);
      above = le_plain(raster, y);
      continue;
    }
    uint16_t *const row = le_raster_row(raster, y);
    uint64_t *const changes = le_raster_changes(raster, y);
    uint32_t done = 0; /* columns of the row that are painted */
    if (!changeless && paint) {
      le_begin_painting(raster, y);
    }
    le_row_walk walk;
    le_begin_row(&walk, raster, &p->raster, &q->raster, y, &shown);
    for (uint32_t count; (count = le_next_segments(&walk, segments)) > 0;) {
      const le_segment *s = segments;
      const le_segment *const end = segments + count;
      const uint8_t *lengths = tables->lengths[0];
      for (uint32_t x = le_segment_start(s); s < end;) {
        const uint32_t agreement = le_agreement(s, label);
        const uint32_t behind = le_segment_end(s);
        const unsigned context = LE_SEGMENT + le_segment_context(tables, lengths, agreement, behind - x);
        const uint32_t at = le_position(*edges) - row_start;
        if (at >= behind) {
          le_put(w, context, 0);
          x = behind;
          s++;
          lengths = tables->lengths[0];
          continue;
        }
        const uint32_t to = le_label(*edges++);
        put_edge(w, s, context, at - x, label, to, le_expected(tables, s, agreement));
        if (paint) {
          le_fill_labels(row, done, at, label);
          changes[at / 64] |= (uint64_t)(at > 0) << at % 64;
          done = at;
        }
        label = to;
        x = at + 1;
        s += x == behind;
        lengths = tables->lengths[x < behind];
      }
    }
    if (!changeless && paint) {
      le_end_painting(raster, y, done, label);
    }
    above = le_plain(raster, y);
  }
  return LABEL_EDGE_OK;
}
