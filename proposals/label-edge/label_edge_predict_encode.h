/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_predict_encode.h - what the files of the encoder of predicted images share. */
#ifndef LABEL_EDGE_PREDICT_ENCODE_H
#define LABEL_EDGE_PREDICT_ENCODE_H

#include "label_edge_encode.h"
#include "label_edge_predict.h"

/* A frame as edges, and as a raster where it or another one is predicted. */
typedef struct le_kept_frame {
  le_slot slot; /* edges NULL: nothing is allocated yet */
  le_raster raster;
  le_planned_grid *planned; /* its grid, one of the encoder's */
  uint32_t largest;         /* label: all labels, one or the other */
  bool painted;             /* raster holds the frame */
  bool fetched;             /* the frame is here as a reference, and has not been coded since */
} le_kept_frame;

/* All symbols of a predicted frame. p and q are painted, and of its grid. Where it is not, last_rows, a raster of two
 * rows, is painted on the way. */
label_edge_status label_edge_put_predicted(le_writer *w, const le_segment_tables *tables, unsigned label_bits,
                                           const le_kept_frame *own, le_raster *last_rows, const le_kept_frame *p,
                                           const le_kept_frame *q);

#endif
