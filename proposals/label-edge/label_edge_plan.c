/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_plan.c - the encoder's grids: the one of all frames, by rule, and a frame's own, by bits (bitstream.md,
 * sections 4.2 and 5). */
#include "label_edge_encode.h"

#include <stdlib.h>
#include <string.h>

/* Adds up to 16 bits; those behind them are 0. */
static void add_bits(le_head *head, unsigned count, uint32_t value) {
  for (unsigned k = 0; k < count; k++, head->bits++) {
    uint8_t *p = head->bytes + head->bits / 8;
    *p = (uint8_t)((head->bits % 8 ? *p : 0) | (value >> k & 1) << head->bits % 8);
  }
}

static void begin_head(le_head *head) {
  head->bits = 0;
  add_bits(head, LE_TYPE_BITS + LE_DEPTH_BITS, 0);
}

static uint32_t plan_axis(const uint8_t plan[LE_PLAN_AXIS], uint32_t count, bool has_grid, le_head *head,
                          uint32_t *starts) {
  const uint32_t source = (uint32_t)plan[1] | (uint32_t)plan[2] << 8;
  if (has_grid) {
    add_bits(head, LE_RULE_FIELD, plan[0]);
  }
  if (plan[0] == LE_RULE_ALL) {
    return count; /* as label_edge_make_grid has it */
  }
  add_bits(head, le_source_bits(count), source);
  return label_edge_rule_starts(plan[0], source, count, starts);
}

bool label_edge_plan_grid(const label_edge_format *format, const uint8_t plan[LE_PLAN_GRID], le_planned_grid *planned) {
  le_grid *g = &planned->grid;
  *planned = (le_planned_grid){.grid_columns = malloc(format->columns * sizeof *planned->grid_columns),
                               .head.bytes = malloc(label_edge_own_head_bits(format) / 8 + 8)};
  if (!label_edge_make_grid(format, g) || !planned->grid_columns || !planned->head.bytes) {
    return false;
  }
  const bool has_grid = plan[0] != LE_RULE_ALL || plan[LE_PLAN_AXIS] != LE_RULE_ALL;
  begin_head(&planned->head);
  add_bits(&planned->head, 1, has_grid);
  g->width = plan_axis(plan, format->columns, has_grid, &planned->head, g->column_starts);
  g->height = plan_axis(plan + LE_PLAN_AXIS, format->rows, has_grid, &planned->head, g->row_starts);
  g->pixels = g->width * g->height;
  memset(planned->grid_columns, 0xff, format->columns * sizeof *planned->grid_columns);
  for (uint32_t k = 0; k < g->width; k++) {
    planned->grid_columns[g->column_starts[k]] = k;
  }
  return true;
}

const uint8_t label_edge_no_plan[LE_PLAN_GRID] = {0};

label_edge_status label_edge_read_plan(const label_edge_format *format, const uint8_t *plan, size_t size,
                                       le_planned_grid *planned, le_planned_grid *whole, uint8_t **repeats) {
  const size_t bytes = (size_t)format->frames * 4;
  if (plan && size != LE_PLAN_GRID && size != LE_PLAN_GRID + bytes) {
    return LABEL_EDGE_BAD_FORMAT;
  }
  if (!label_edge_plan_grid(format, label_edge_no_plan, whole) ||
      !label_edge_plan_grid(format, plan ? plan : label_edge_no_plan, planned)) {
    return LABEL_EDGE_NO_MEMORY;
  }
  if (plan && size > LE_PLAN_GRID) {
    *repeats = malloc(bytes);
    if (!*repeats) {
      return LABEL_EDGE_NO_MEMORY;
    }
    memcpy(*repeats, plan + LE_PLAN_GRID, bytes);
  }
  return LABEL_EDGE_OK;
}

void label_edge_free_planned(le_planned_grid *planned) {
  label_edge_free_grid(&planned->grid);
  free(planned->grid_columns);
  free(planned->head.bytes);
  *planned = (le_planned_grid){0};
}

/* ---- A frame's own grid */

size_t label_edge_own_head_bits(const label_edge_format *format) {
  return LE_TYPE_BITS + LE_DEPTH_BITS + 1 + 2 * (size_t)LE_RULE_FIELD + format->columns + format->rows;
}

/* The edges of one row of the slot's grid. */
typedef struct le_row {
  const le_edge *edges;
  uint32_t count;
  uint32_t start; /* position */
  uint32_t label; /* before its first position */
} le_row;

/* Whether two rows that follow each other have the same pixels: the same edges but at their first positions, where the
 * label may be that before. */
static bool same_row(le_row above, le_row row) {
  uint32_t first[2];
  le_row *const rows[2] = {&above, &row};
  for (unsigned k = 0; k < 2; k++) {
    const bool at_start = rows[k]->count && le_position(rows[k]->edges[0]) == rows[k]->start;
    first[k] = at_start ? le_label(rows[k]->edges[0]) : rows[k]->label;
    rows[k]->edges += at_start;
    rows[k]->count -= at_start;
  }
  if (first[0] != first[1] || above.count != row.count) {
    return false;
  }
  for (uint32_t k = 0; k < row.count; k++) {
    if (le_position(row.edges[k]) - row.start != le_position(above.edges[k]) - above.start ||
        le_label(row.edges[k]) != le_label(above.edges[k])) {
      return false;
    }
  }
  return true;
}

/* Which rows of the slot's grid differ from the one before, into own->grid.row_starts, and, as flags in
 * own->grid_columns, which of its columns change in them. Returns the number of their edges. */
static uint32_t find_changes(const le_slot *slot, le_planned_grid *own) {
  const le_grid *g = &slot->grid;
  const le_edge *edge = slot->edges;
  le_row above = {0};
  uint32_t label = 0;
  uint32_t edges = 0;
  memset(own->grid_columns, 0, g->width * sizeof *own->grid_columns);
  own->grid.height = 0;
  for (uint32_t r = 0; r < g->height; r++) {
    le_row row = {.edges = edge, .start = r * g->width, .label = label};
    while (le_position(*edge) - row.start < g->width) {
      edge++;
    }
    row.count = (uint32_t)(edge - row.edges);
    if (r == 0 || !same_row(above, row)) {
      own->grid.row_starts[own->grid.height++] = r;
      edges += row.count;
      for (uint32_t k = 0; k < row.count; k++) {
        own->grid_columns[le_position(row.edges[k]) - row.start] = 1;
      }
    }
    label = row.count ? le_label(edge[-1]) : label;
    above = row;
  }
  own->grid_columns[0] = 1;
  return edges;
}

/* Moves the edges of the slot to its new grid, of which row_starts are still rows of the old one. */
static void move_edges(le_slot *slot, const le_planned_grid *own) {
  const le_grid *g = &slot->grid;
  const le_edge *edge = slot->edges;
  le_edge *out = slot->edges;
  for (uint32_t r = 0; r < own->grid.height; r++) {
    const uint32_t start = own->grid.row_starts[r] * g->width;
    while (le_position(*edge) < start) {
      edge++; /* of a row that repeats the one before */
    }
    for (; le_position(*edge) - start < g->width; edge++) {
      *out++ = le_make_edge(r * own->grid.width + own->grid_columns[le_position(*edge) - start], le_label(*edge), 0);
    }
  }
  *out = own->grid.pixels;
  slot->count = (uint32_t)(out - slot->edges);
}

/* Columns or rows of the frame by their numbers in the old grid. */
static void put_axis(le_head *head, const uint32_t *old_starts, uint32_t kept, uint32_t count, uint32_t *starts) {
  add_bits(head, LE_RULE_FIELD, LE_RULE_BITS);
  for (uint32_t k = 0, at = 0; k < kept; k++) {
    starts[k] = old_starts[starts[k]];
    for (; at < starts[k]; at++) {
      add_bits(head, 1, 0);
    }
    add_bits(head, 1, 1);
    at++;
  }
  for (uint32_t at = starts[kept - 1] + 1; at < count; at++) {
    add_bits(head, 1, 0);
  }
  starts[kept] = count;
}

/* How many edges stayed, and how many moved by two pixels or more, when the frame was coded on the slot's grid. Where
 * that was too large for it, histories are 0, so that all count as far. */
typedef struct le_moved {
  uint32_t stays, far;
} le_moved;

static le_moved count_moves(const le_slot *slot) {
  enum { STAYS, NEAR, FAR, KINDS };
  /* Of histories: five classes of the last move after six of the one before, a new edge, three and more that stayed. */
  static const uint8_t kinds[LE_HISTORIES] = {
      FAR,   FAR,  FAR,  FAR,  FAR,  FAR,  NEAR, NEAR, NEAR, NEAR, NEAR, NEAR, STAYS, STAYS, STAYS, STAYS, STAYS,
      STAYS, NEAR, NEAR, NEAR, NEAR, NEAR, NEAR, FAR,  FAR,  FAR,  FAR,  FAR,  FAR,   NEAR,  STAYS, STAYS, STAYS};
  uint32_t counts[KINDS] = {0};
  for (uint32_t k = 0; k < slot->count; k++) {
    counts[kinds[le_history(slot->edges[k])]]++;
  }
  return (le_moved){.stays = counts[STAYS], .far = counts[FAR]};
}

/* Whether it may pay to say which columns and rows are kept, a bit each: a repeated row costs about a bit for each of
 * its edges, all of which stay, and repeated columns make moves longer. No frame was seen for which it pays that is
 * refused here. */
static bool may_pay(const le_slot *slot, const le_planned_grid *own, uint32_t edges, bool far, size_t bits) {
  const uint32_t *starts = own->grid.column_starts;
  const uint32_t width = own->grid.width;
  const uint32_t between = width > 1 ? starts[width - 1] - starts[1] + 2 : 1; /* but for columns at the margins */
  return (uint64_t)(slot->count - edges) * 2 > bits ||
         (between >= width + width / 4 + 1 && far && (uint64_t)edges * 2 > bits);
}

bool label_edge_keep_own(const label_edge_format *format, le_slot *slot, le_planned_grid *own) {
  const le_grid *g = &slot->grid;
  const size_t bits = label_edge_own_head_bits(format);
  const le_moved moved = count_moves(slot);
  const bool far = (uint64_t)moved.far * 12 > bits;
  if (!far && (uint64_t)moved.stays * 2 <= bits) {
    return false;
  }
  const uint32_t edges = find_changes(slot, own);
  uint32_t width = 0;
  for (uint32_t c = 0; c < g->width; c++) {
    if (own->grid_columns[c]) {
      own->grid.column_starts[width] = c;
      own->grid_columns[c] = width++;
    }
  }
  own->grid.width = width;
  own->grid.pixels = width * own->grid.height;
  if (!may_pay(slot, own, edges, far, bits)) {
    return false;
  }
  move_edges(slot, own);
  begin_head(&own->head);
  add_bits(&own->head, 1, 1);
  put_axis(&own->head, g->column_starts, width, format->columns, own->grid.column_starts);
  put_axis(&own->head, g->row_starts, own->grid.height, format->rows, own->grid.row_starts);
  slot->grid = own->grid;
  return true;
}
