/* SPDX-License-Identifier: Apache-2.0 */
/* frame_order.h - the order in which a description says something of frames: by plane, then segment. */
#ifndef DSEG_MODEL_FRAME_ORDER_H
#define DSEG_MODEL_FRAME_ORDER_H

#include "dseg/description.h"

/* Of two dseg_frame_attributes, for qsort. */
static inline int dseg_compare_frame_attributes(const void *a, const void *b) {
  const dseg_frame_attributes *x = (const dseg_frame_attributes *)a;
  const dseg_frame_attributes *y = (const dseg_frame_attributes *)b;
  if (x->plane != y->plane) {
    return x->plane < y->plane ? -1 : 1;
  }
  return (x->segment > y->segment) - (x->segment < y->segment);
}

#endif
