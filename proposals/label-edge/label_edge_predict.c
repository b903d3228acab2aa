/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_predict.c - predicted frames: their order (prediction.md, P.2), contexts (P.3.2) and rasters. */
#include "label_edge_predict.h"

#include <stdlib.h>

/* ---- Order of frames */

unsigned label_edge_references(uint32_t frame, uint32_t frames, uint32_t *first, uint32_t *second) {
  const uint32_t low = frame & ~UINT32_C(3);
  const uint32_t high = frames - 1 - low < 4 ? frames - 1 : low + 4;
  if (frame == low || frame == high) {
    return 0;
  }
  const uint32_t middle = low + (high - low) / 2;
  *first = frame > middle ? middle : low;
  *second = frame < middle ? middle : high;
  return frame == middle ? 1 : 2;
}

unsigned label_edge_slot(uint32_t frame, uint32_t frames) {
  uint32_t first;
  uint32_t second;
  const unsigned level = label_edge_references(frame, frames, &first, &second);
  return level ? 1 + level : (frame + 3) / 4 % 2;
}

/* ---- Contexts and expected labels */

static uint8_t expected_place(bool n, bool p, bool q, bool pq) {
  if (n && p && q) {
    return LE_AROUND + LE_N;
  }
  return pq && !p ? LE_P : !n ? LE_N : !p ? LE_P : LE_Q;
}

/* Patterns: no label agrees (0: all are equal; 1), only N (2: P and Q are equal; 3), only one of P and Q (4: the other
 * one and N are equal; 5), N and one of them (6), both of them (7), all (8). */
static unsigned pattern_of(bool n, bool p, bool q, bool np, bool pq, bool qn) {
  static const uint8_t patterns[8] = {0, 2, 4, 6, 4, 6, 7, 8};
  const unsigned pattern = patterns[n | p << 1 | q << 2];
  const bool unequal = (pattern == 0 && !(np && pq)) || (pattern == 2 && !pq) || (pattern == 4 && !(q ? np : qn));
  return pattern + unequal;
}

/* agreement: of which LE_FEATURES are asked. */
static uint8_t feature_of(unsigned agreement) {
  const bool n = agreement & 1;
  const bool p = agreement >> 1 & 1;
  const bool q = agreement >> 2 & 1;
  const unsigned swap = q && !p; /* P and Q change places */
  const unsigned next_n = agreement >> 8 & 1;
  const unsigned next_p = agreement >> (9 + swap) & 1;
  const unsigned below_p = agreement >> (3 + swap) & 1;
  const unsigned below_q = agreement >> (4 - swap) & 1;
  const unsigned above_p = agreement >> (5 + swap) & 1;
  const unsigned above_q = agreement >> (6 - swap) & 1;
  unsigned feature = 0;
  if (p && q) {
    feature = n ? next_n : above_q + 2 * above_p;
  } else if (p || q) {
    feature = n ? next_p + 2 * next_n + 4 * above_q + 8 * below_p : next_p + 2 * below_q + 4 * above_q;
  }
  return (uint8_t)feature;
}

void label_edge_make_segment_tables(le_segment_tables *tables) {
  static const uint8_t sizes[9] = {1, 1, 1, 1, 8, 8, 16, 4, 2};
  static const uint8_t lengths[2][8] = {{0, 0, 1, 2, 2, 2, 3, 3}, {4, 4, 5, 5, 5, 5, 5, 5}};
  uint16_t bases[9];
  uint16_t next = 0;
  for (unsigned k = 0; k < 9; k++) {
    bases[k] = next;
    next = (uint16_t)(next + 6 * sizes[k]);
  }
  for (unsigned e = 0; e < 64; e++) {
    const bool n = e & 1;
    const bool p = e >> 1 & 1;
    const bool q = e >> 2 & 1;
    const bool pq = e >> 4 & 1;
    const unsigned pattern = pattern_of(n, p, q, e >> 3 & 1, pq, e >> 5 & 1);
    tables->expected[e] = expected_place(n, p, q, pq);
    for (unsigned c = 0; c < 6; c++) {
      tables->contexts[e * LE_LENGTHS + c] = (uint16_t)(bases[pattern] + c * sizes[pattern]);
    }
  }
  for (unsigned a = 0; a <= LE_FEATURES; a++) {
    tables->features[a] = feature_of(a);
  }
  memcpy(tables->lengths, lengths, sizeof lengths);
}

/* ---- Rasters */

/* How much of each a raster holds: width and height of a grid are at most those of the format. */
typedef struct le_raster_room {
  uint64_t labels, words, rows;
} le_raster_room;

static le_raster_room room_of(const label_edge_format *format, bool two_rows) {
  const uint64_t columns = format->columns;
  const uint64_t rows = two_rows ? 2 : format->rows;
  const uint64_t pixels = rows * columns;
  const uint64_t most = two_rows || pixels < LE_LARGEST_GRID ? pixels : LE_LARGEST_GRID;
  return (le_raster_room){.labels = most + columns + (rows + 1) * (1 + LE_FILL),
                          .words = most / 64 + columns / 64 + rows + 1,
                          .rows = rows};
}

static uint64_t bytes_of(le_raster_room room) {
  return room.labels * sizeof(uint16_t) + room.words * sizeof(uint64_t) + room.rows * 2 * sizeof(uint32_t);
}

uint64_t label_edge_rasters_bytes(const label_edge_format *format) {
  return LE_LAST_KEPT * bytes_of(room_of(format, false)) + bytes_of(room_of(format, true));
}

bool label_edge_make_raster(const label_edge_format *format, bool two_rows, le_raster *raster) {
  const le_raster_room room = room_of(format, two_rows);
  *raster = (le_raster){.mask = two_rows ? 1 : UINT32_MAX};
  if (bytes_of(room) > SIZE_MAX) {
    return false;
  }
  raster->labels = malloc((size_t)room.labels * sizeof *raster->labels);
  raster->changes = malloc((size_t)room.words * sizeof *raster->changes);
  raster->plain = malloc((size_t)room.rows * sizeof *raster->plain);
  raster->filled = malloc((size_t)room.rows * sizeof *raster->filled);
  return raster->labels && raster->changes && raster->plain && raster->filled;
}

void label_edge_free_raster(le_raster *raster) {
  free(raster->labels);
  free(raster->changes);
  free(raster->plain);
  free(raster->filled);
  *raster = (le_raster){0};
}

void label_edge_begin_raster(const le_grid *grid, le_raster *raster) {
  if (raster->width == grid->width && raster->height == grid->height) {
    return;
  }
  raster->width = grid->width;
  raster->height = grid->height;
  raster->stride = (size_t)grid->width + 1 + LE_FILL;
  raster->words = grid->width / 64 + (size_t)1;
  const size_t rows = raster->mask < grid->height ? raster->mask + (size_t)1 : grid->height;
  memset(raster->plain, 0, rows * sizeof *raster->plain);
  memset(raster->filled, 0, rows * sizeof *raster->filled);
  memset(raster->labels, 0, raster->stride * sizeof *raster->labels);
  le_clear_changes(raster, raster->changes);
}

void label_edge_paint_raster(const le_slot *slot, le_raster *raster) {
  const le_edge *edges = slot->edges;
  const uint32_t width = slot->grid.width;
  uint32_t label = 0;
  uint32_t row_start = 0;
  label_edge_begin_raster(&slot->grid, raster);
  for (uint32_t y = 0; y < raster->height; y++, row_start += width) {
    if (le_position(*edges) - row_start >= width) {
      le_paint_plain(raster, y, label);
      continue;
    }
    uint16_t *const row = le_raster_row(raster, y);
    uint64_t *const changes = le_raster_changes(raster, y);
    uint32_t done = 0;
    le_begin_painting(raster, y);
    for (; le_position(*edges) - row_start < width; edges++) {
      const uint32_t x = le_position(*edges) - row_start;
      changes[x / 64] |= (uint64_t)(x > 0) << x % 64;
      le_fill_labels(row, done, x, label);
      label = le_label(*edges);
      done = x;
    }
    le_end_painting(raster, y, done, label);
  }
}
