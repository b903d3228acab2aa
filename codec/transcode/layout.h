/* SPDX-License-Identifier: Apache-2.0 */
/* layout.h - the top-level elements of the object, in order, and what becomes of each in the target. */
#ifndef DSEG_TRANSCODE_LAYOUT_H
#define DSEG_TRANSCODE_LAYOUT_H

#include "transcode/mark.h"
#include "transcode/recode.h"

typedef enum dseg_fate {
  DSEG_FATE_KEEP = 0,     /* it is copied, or recoded */
  DSEG_FATE_LEAVE_OUT,    /* an offset table, or part of a mark */
  DSEG_FATE_PIXELS,       /* Pixel Data, with the offset tables in front of it */
  DSEG_FATE_GROUP_LENGTH, /* a number that the target needs another value of */
  DSEG_FATE_CREATOR,      /* put in: an element of the mark */
  DSEG_FATE_MARK
} dseg_fate;

typedef struct dseg_top_element {
  uint64_t begin, end; /* in part10.input, header and delimiter included; both 0: put in */
  uint64_t size;       /* in the target */
  uint32_t tag;
  uint32_t value; /* of a group length in the target */
  dseg_fate fate;
} dseg_top_element;

typedef struct dseg_layout {
  dseg_top_element *elements;
  size_t count, room;
  uint64_t end; /* of the last element; zeros that fill the file up may follow it */
  dseg_mark mark;
  dseg_recoder recoder;
} dseg_layout;

/* Passes over the data set. pixel_bytes: what Pixel Data takes in the target, with the tables in front of it.
 * dseg_layout_free in any case. */
dseg_status dseg_layout_make(const dseg_transcoder *transcoder, uint64_t pixel_bytes, dseg_layout *layout,
                             dseg_error *error);
void dseg_layout_free(dseg_layout *layout);

#endif
