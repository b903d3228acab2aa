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
                                           const le_kept_frame *own, const le_kept_frame *p, const le_kept_frame *q) {
  const le_grid *g = &own->slot.grid;
  const le_edge *edges = own->slot.edges;
  const size_t segments_at_most = (size_t)own->slot.count + p->slot.count + q->slot.count + g->height;
  const size_t room = (size_t)LE_NEW_EDGE_SYMBOLS * own->slot.count + segments_at_most + 1;
  if (label_edge_begin_frame(w, label_bits, room)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  le_segment segments[LE_SEGMENTS + 1];
  uint32_t label = 0;
  uint32_t row_start = 0;
  const unsigned agreed = le_segment_context(tables, tables->lengths[0], LE_ALL_AGREE, g->width);
  label_edge_prepare_rasters(&own->raster, &p->raster, &q->raster);
  for (uint32_t y = 0; y < g->height; y++, row_start += g->width) {
    const uint32_t above = y ? own->raster.plain[y - 1] : 1;
    if (le_position(*edges) - row_start >= g->width && le_row_agrees(&p->raster, &q->raster, above, y, label)) {
      le_put(w, LE_SEGMENT + agreed, 0);
      continue;
    }
    le_row_walk walk;
    le_begin_row(&walk, &own->raster, &p->raster, &q->raster, y);
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
        label = to;
        x = at + 1;
        s += x == behind;
        lengths = tables->lengths[x < behind];
      }
    }
  }
  return LABEL_EDGE_OK;
}
