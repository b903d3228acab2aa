/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_predict_decode.h - what the files of the decoder of predicted frames share. */
#ifndef LABEL_EDGE_PREDICT_DECODE_H
#define LABEL_EDGE_PREDICT_DECODE_H

#include "label_edge_predict.h"
#include "label_edge_reader.h"

/* A frame as edges, and as a raster where it or another one is predicted. */
typedef struct le_kept {
  le_slot slot;        /* edges NULL: nothing is allocated yet. frame: that of this slot */
  le_known_grid known; /* the head that said its grid, or that of its references */
  le_raster raster;
  bool painted;     /* raster holds the frame */
  uint32_t content; /* number + 1 of the frame that was decoded: another one when the frame is the same as that */
} le_kept;

/* All that follows from annex PA and P.3.2, the same for every decoder. */
typedef struct le_predicted_tables le_predicted_tables;
/* Made by the first call, and kept until the program ends; any thread may call. NULL: no memory. */
const le_predicted_tables *label_edge_predicted_tables(void);
size_t label_edge_predicted_tables_bytes(void);

/* A frame of type 1 into own's edges and raster, on the grid of its slot; false: it does not conform. p and q, which
 * may be the same, are painted, and of that grid. */
bool label_edge_decode_predicted(const le_predicted_tables *tables, const le_coded *coded, le_kept *own,
                                 const le_kept *p, const le_kept *q);

#endif
