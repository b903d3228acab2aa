/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_model.c - formats, contexts (bitstream.md, sections 6.2, 7 and 8) and the rules of grids (5). */
#include "label_edge_model.h"

#include <stdlib.h>

const int32_t label_edge_moves[LE_MOVES] = {0, -1, 1, -2, 2, -3, 3, -4, 4};

/* Rows: class * 6 + class before (5: the edge was new), 30: new, 31 to 33: three, four, five and more moves by 0. */
#define LE_AFTER(before, stays) \
  { (stays), 6 + (before), 18 + (before), (before), 24 + (before), (before), 24 + (before), (before), 24 + (before) }
#define LE_ONE(c) LE_AFTER(c, 12 + (c))
#define LE_SIX(c) LE_ONE(c), LE_ONE(c), LE_ONE(c), LE_ONE(c), LE_ONE(c), LE_ONE(c)
const uint8_t label_edge_next_history[LE_HISTORIES][LE_MOVES] = {
    LE_SIX(0), LE_SIX(1), LE_ONE(2), LE_ONE(2), LE_AFTER(2, 31), LE_ONE(2),       LE_ONE(2),
    LE_ONE(2), LE_SIX(3), LE_SIX(4), LE_ONE(5), LE_AFTER(2, 32), LE_AFTER(2, 33), LE_AFTER(2, 33)};

unsigned label_edge_symbol_count(unsigned context) {
  static const struct {
    uint16_t first;
    uint8_t symbols;
  } kinds[] = {{LE_WHICH, 6}, {LE_OFFSET, 16}, {LE_SEGMENT, 8}, {LE_NEW, 12},
               {LE_BIRTH, 8}, {LE_GAP, 16},    {LE_END, 2},     {LE_EDGE, 12}};
  unsigned k = 0;
  while (context < kinds[k].first) {
    k++;
  }
  return kinds[k].symbols;
}

void label_edge_spread(unsigned context, uint8_t symbols[LE_STATES]) {
  unsigned x = 0;
  for (unsigned s = 0; s < LE_SYMBOLS; s++) {
    for (unsigned k = 0; k < label_edge_frequencies[context][s]; k++) {
      symbols[x] = (uint8_t)s;
      x = (x + LE_STATES / 2 + LE_STATES / 8 + 3) % LE_STATES;
    }
  }
}

size_t label_edge_frame_bytes(const label_edge_format *format) {
  if (format->rows < 1 || format->rows > 65535 || format->columns < 1 || format->columns > 65535 ||
      format->frames < 1) {
    return 0;
  }
  const uint64_t pixels = (uint64_t)format->rows * format->columns;
  switch (format->bits) {
    case 1: return (size_t)((pixels + 7) / 8);
    case 8: return (size_t)pixels;
    case 16: return pixels > SIZE_MAX / 2 ? 0 : (size_t)pixels * 2;
    default: return 0;
  }
}

/* ---- 5 The grid */

uint32_t label_edge_rule_starts(unsigned rule, uint32_t source, uint32_t count, uint32_t *starts) {
  const bool outermost = rule == LE_RULE_OUTERMOST;
  const uint32_t step = outermost ? source - 1 : source;
  const uint32_t divisor = outermost ? count - 1 : count;
  uint32_t found = 0;
  starts[found++] = 0;
  if (divisor > 0) {
    /* What place(x) * divisor leaves of x * step + b: a place is new when at least one divisor is reached. */
    uint32_t rest = rule == LE_RULE_LEFT ? 0 : (rule == LE_RULE_CENTRES ? source / 2 : (count - 1) / 2) % divisor;
    for (uint32_t x = 1; x < count; x++) {
      rest += step;
      starts[found] = x;
      if (rest >= divisor) {
        found++;
        rest = rest - divisor < divisor ? rest - divisor : rest % divisor;
      }
    }
  }
  starts[found] = count;
  return found;
}

void label_edge_free_grid(le_grid *grid) {
  free(grid->column_starts);
  free(grid->row_starts);
  *grid = (le_grid){0};
}

bool label_edge_make_grid(const label_edge_format *format, le_grid *grid) {
  *grid = (le_grid){.width = format->columns,
                    .height = format->rows,
                    .pixels = format->columns * format->rows,
                    .column_starts = malloc(((size_t)format->columns + 1) * sizeof *grid->column_starts),
                    .row_starts = malloc(((size_t)format->rows + 1) * sizeof *grid->row_starts)};
  if (!grid->column_starts || !grid->row_starts) {
    return false;
  }
  for (uint32_t k = 0; k <= format->columns; k++) {
    grid->column_starts[k] = k;
  }
  for (uint32_t k = 0; k <= format->rows; k++) {
    grid->row_starts[k] = k;
  }
  return true;
}
