/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_writer.h - from edges to symbols and from symbols to bytes, for the encoder. */
#ifndef LABEL_EDGE_WRITER_H
#define LABEL_EDGE_WRITER_H

#include "label_edge_crc.h"
#include "label_edge_model.h"

typedef struct le_bytes {
  uint8_t *p;
  size_t size, room;
} le_bytes;

label_edge_status label_edge_reserve(le_bytes *bytes, size_t room);

/* Bits in front of everything else of a frame (bitstream.md, sections 4.1 and 4.2), from its type on. */
typedef struct le_head {
  uint8_t *bytes; /* bits behind the last one are 0 */
  size_t bits;
} le_head;

/* The symbols of one frame. A symbol: context << 16 | symbol; bits as they are: LE_RAW_BITS | count << 16 | value. */
#define LE_RAW_BITS (UINT32_C(1) << 31)

typedef struct le_writer {
  uint32_t *symbols;
  size_t count, room;
  unsigned label_bits; /* k of the frame */
  uint16_t list[LE_LIST_SIZE];
  unsigned listed;
  uint32_t last; /* the last new label */
  unsigned how;  /* context of LE_NEW */
} le_writer;

/* All that follows from annex A, the same for every encoder. */
typedef struct le_encoding_tables {
  uint8_t states[LE_CONTEXTS][LE_STATES]; /* those of each symbol, in ascending order, one symbol after the other */
  struct le_coding {
    uint32_t bits; /* (state + LE_STATES + bits) >> 16 is how many bits are written */
    int32_t first; /* of the symbol's states in states, less its frequency */
  } symbols[LE_CONTEXTS][LE_SYMBOLS];
  uint16_t lengths[LE_CONTEXTS][LE_SYMBOLS]; /* bits that a symbol takes, on average of all states, times LE_STATES */
  le_crc_tables crc;
} le_encoding_tables;
/* Made by the first call, and kept until the program ends; any thread may call. NULL: no memory. */
const le_encoding_tables *label_edge_encoding_tables(void);

/* Symbols of a new edge at most: what becomes of the edge above or of the segment, where (class, its 5 bits, twice
 * bits), which label (twice a symbol), its bits. One more edge, of the row above, or segment, takes one symbol. */
enum { LE_NEW_EDGE_SYMBOLS = 8 };
/* Room for the symbols of a frame that is measured. */
enum { LE_MEASURED_ROOM = 1024 };

/* Begins a frame. room: for how many symbols. */
label_edge_status label_edge_begin_frame(le_writer *w, unsigned label_bits, size_t room);

static inline void le_put(le_writer *w, unsigned context, unsigned symbol) {
  w->symbols[w->count++] = (uint32_t)context << 16 | symbol;
}
/* V of section 6.3. */
void label_edge_put_number(le_writer *w, unsigned context, uint32_t number);
/* A label of the list, by a symbol from listed on, or a new one, by symbol fresh of the context (6.4). */
void label_edge_put_listed(le_writer *w, unsigned context, unsigned listed, unsigned fresh, uint32_t label);

/* Begins a frame and puts its symbols. Histories are written into the edges of own. */
label_edge_status label_edge_put_independent(le_writer *w, unsigned label_bits, const le_slot *own);

/* About how long the frame's symbols will be, in bits times LE_STATES. */
uint64_t label_edge_length(const le_writer *w, const le_encoding_tables *tables);
/* The same of an independent frame, without keeping its symbols; where that is more than `most`, a part of it that is,
 * too. Histories are undefined then. */
label_edge_status label_edge_measure_independent(le_writer *w, const le_encoding_tables *tables, unsigned label_bits,
                                                 const le_slot *own, uint64_t most, uint64_t *length);
/* The fragment of the frame's symbols, behind its head. */
label_edge_status label_edge_write(le_writer *w, const le_encoding_tables *tables, const le_head *head, le_bytes *out);
/* Adds padding to an even size, and the checksum; there is room for LE_CHECKSUM + 1 bytes. */
void label_edge_finish(const le_encoding_tables *tables, le_bytes *out);

#endif
