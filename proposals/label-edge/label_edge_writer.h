/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_writer.h - from edges to symbols and from symbols to bytes, for the encoder. */
#ifndef LABEL_EDGE_WRITER_H
#define LABEL_EDGE_WRITER_H

#include "label_edge_model.h"

typedef struct le_bytes {
  uint8_t *p;
  size_t size, room;
} le_bytes;

label_edge_status label_edge_reserve(le_bytes *bytes, size_t room);

/* The symbols of one frame. A symbol: context << 16 | symbol; bits as they are: LE_RAW_BITS | count << 16 | value. */
#define LE_RAW_BITS (UINT32_C(1) << 31)

typedef struct le_writer {
  uint32_t *symbols;
  size_t count, room;
  uint16_t list[LE_LIST_SIZE];
  unsigned listed;
  unsigned type; /* of the frame */
} le_writer;

/* All that follows from annex A and section 9.3, the same for every encoder. */
typedef struct le_encoding_tables {
  uint8_t states[LE_CONTEXTS][LE_STATES]; /* those of each symbol, in ascending order, one symbol after the other */
  struct le_coding {
    uint32_t bits; /* (state + LE_STATES + bits) >> 16 is how many bits are written */
    int32_t first; /* of the symbol's states in states, less its frequency */
  } symbols[LE_CONTEXTS][LE_SYMBOLS];
  le_segment_contexts segments;
} le_encoding_tables;
/* Made by the first call, and kept until the program ends; any thread may call. NULL: no memory. */
const le_encoding_tables *label_edge_encoding_tables(void);

/* Each begins a frame. Histories are written into the edges of own. */
label_edge_status label_edge_put_independent(le_writer *w, const le_model *model, const le_slot *own);
label_edge_status label_edge_put_predicted(le_writer *w, const le_model *model, const le_segment_contexts *contexts,
                                           const le_slot *own, const le_slot *p, const le_slot *q);

/* The bytes of the frame's symbols. */
label_edge_status label_edge_write(le_writer *w, const le_encoding_tables *tables, le_bytes *out);

#endif
