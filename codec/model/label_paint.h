/* SPDX-License-Identifier: Apache-2.0 */
/* label_paint.h - how one segment is painted into a plane of labels. */
#ifndef DSEG_MODEL_LABEL_PAINT_H
#define DSEG_MODEL_LABEL_PAINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dseg/source.h"

/* What a segment's bits do to a plane of labels. */
typedef struct dseg_label_paint {
  uint32_t value;         /* written where a bit is set */
  uint32_t background;    /* where out holds this, no other segment has been */
  bool last_wins;         /* else the value already there stays */
  bool by_index;          /* first and last mean the order of segments, not that of painting */
  uint32_t segment;       /* index, and ... */
  const uint32_t *values; /* ... all segments' values, to name the one met in an overlap, */
  const uint8_t *wanted;  /* 1 for those that are being painted; NULL: all */
  size_t segment_count;
  dseg_overlap *overlap;
} dseg_label_paint;

#endif
