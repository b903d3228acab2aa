/* SPDX-License-Identifier: Apache-2.0 */
/* per_frame.h - the items of Per-Frame Functional Groups Sequence (5200,9230), encoded without a data set object. */
#ifndef DSEG_SEG_WRITE_PER_FRAME_H
#define DSEG_SEG_WRITE_PER_FRAME_H

#include "seg_write/object.h"

typedef struct dseg_per_frame {
  const dseg_seg_object *object;
  bool implicit_vr;
  size_t plane;           /* whose parts the buffers hold; SIZE_MAX: none's */
  dseg_buffer derivation; /* Derivation Image Sequence of the plane, empty without a source */
  dseg_buffer generated;  /* an item without what is kept of its frame */
  dseg_buffer position;   /* Plane Position Sequence (Patient, Slide) of the plane, empty without */
} dseg_per_frame;

/* object is borrowed. */
void dseg_per_frame_start(dseg_per_frame *per_frame, const dseg_seg_object *object, bool implicit_vr);

/* Appends the item of one frame, with explicit lengths. */
dseg_status dseg_per_frame_item(dseg_per_frame *per_frame, const dseg_frame_record *frame, dseg_buffer *out,
                                dseg_error *error);

void dseg_per_frame_end(dseg_per_frame *per_frame);

#endif
