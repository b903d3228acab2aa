/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_scan.h - where labels change along the rows of a canonical frame. */
#ifndef LABEL_EDGE_SCAN_H
#define LABEL_EDGE_SCAN_H

#include "label_edge.h"

/* A place where a pixel differs from the one to its left; in column 0: its value, always first. */
typedef struct le_change {
  uint32_t column;
  uint32_t value;
} le_change;

/* Fills changes, which has room for columns of them; returns their number, at least 1. */
uint32_t label_edge_scan_row(const label_edge_format *format, const void *pixels, uint32_t row, le_change *changes);
/* Whether a row is the same as the one before; row is not 0. */
bool label_edge_row_repeats(const label_edge_format *format, const void *pixels, uint32_t row);

#endif
