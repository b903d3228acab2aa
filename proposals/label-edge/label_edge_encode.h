/* SPDX-License-Identifier: Apache-2.0 */
/* label_edge_encode.h - what the files of the encoders share: grids with the head that says them (bitstream.md,
 * sections 4.2 and 5), frames as edges, and fragments without symbols. */
#ifndef LABEL_EDGE_ENCODE_H
#define LABEL_EDGE_ENCODE_H

#include "label_edge_scan.h"
#include "label_edge_writer.h"

/* A plan begins with rule and s of the columns, then of the rows: a byte and two bytes each. */
enum { LE_PLAN_AXIS = 3, LE_PLAN_GRID = 2 * LE_PLAN_AXIS };

typedef struct le_planned_grid {
  le_grid grid;
  uint32_t *grid_columns; /* of a column: grid column; UINT32_MAX: repeats the one before */
  le_head head;           /* with room for that of any grid */
} le_planned_grid;

/* The grid of a plan, allocated; false: no memory. label_edge_free_planned frees it, also then. */
bool label_edge_plan_grid(const label_edge_format *format, const uint8_t plan[LE_PLAN_GRID], le_planned_grid *planned);
void label_edge_free_planned(le_planned_grid *planned);
/* The plan of the whole frame. */
extern const uint8_t label_edge_no_plan[LE_PLAN_GRID];
/* A plan (NULL: none) as both encoders keep it: its grid, that of the whole frame, and repeats, four bytes a frame,
 * NULL where it has none. The caller frees all three, also after an error. */
label_edge_status label_edge_read_plan(const label_edge_format *format, const uint8_t *plan, size_t size,
                                       le_planned_grid *planned, le_planned_grid *whole, uint8_t **repeats);

/* Sets type and k in the head. */
static inline void label_edge_set_type(le_planned_grid *planned, unsigned type, unsigned label_bits) {
  enum { IN_FRONT = LE_TYPE_BITS + LE_DEPTH_BITS };
  const unsigned behind = planned->head.bytes[0] >> IN_FRONT;
  planned->head.bytes[0] = (uint8_t)(type | (label_bits - 1) << LE_TYPE_BITS | behind << IN_FRONT);
}

/* Fills a slot with a frame, on the first grid, or on that of the whole frame where the first does not keep what
 * changes; used: which one. It allocates the slot's edges, anew where there are too many for them; they are freed by
 * the caller. changes: room for all columns. largest: all labels, one or the other. */
label_edge_status label_edge_load_frame(const label_edge_format *format, le_planned_grid *planned,
                                        le_planned_grid *whole, const void *pixels, le_change *changes, le_slot *slot,
                                        uint32_t *largest, le_planned_grid **used);
static inline unsigned le_depth(uint32_t largest) {
  return largest ? le_log2(largest) + 1 : 1;
}

/* Bytes of a raw frame, and its fragment (section 9). */
size_t label_edge_raw_size(const le_grid *grid, size_t head_bits, unsigned label_bits);
label_edge_status label_edge_code_raw(const le_encoding_tables *tables, const le_slot *slot, const le_head *head,
                                      unsigned label_bits, le_bytes *out);
/* The fragment of a frame that is the same as another one (section 4.3). */
label_edge_status label_edge_code_same(const le_encoding_tables *tables, uint32_t back, le_bytes *out);

/* Bits of the head of a grid that is said by bits. */
size_t label_edge_own_head_bits(const label_edge_format *format);
/* Makes the grid of those columns and rows that change in the frame of the slot, and moves the slot's edges there.
 * False: it would not pay; nothing is changed in the slot. */
bool label_edge_keep_own(const label_edge_format *format, le_slot *slot, le_planned_grid *own);

#endif
