/* SPDX-License-Identifier: Apache-2.0 */
/* frame_set.h - the canonical frames that a representation makes of a volume, all in memory, for the frame-codec
 * benchmark. */
#ifndef DSEG_BENCH_FRAME_SET_H
#define DSEG_BENCH_FRAME_SET_H

#include "dseg/dseg.h"

struct frame_set {
  char name[128];         /* the volume's */
  char kind[32];          /* the representation's name, or "volume" */
  dseg_frame_info format; /* of every frame */
  size_t count;
  size_t frame_bytes;
  uint8_t *frames; /* one after the other, without a gap */
};

/* The frames of the segmentation in path, in the order in which an object holds them. DSEG_ERROR_UNSUPPORTED where the
 * representation cannot hold it. */
dseg_status frame_set_load(const char *path, const dseg_representation *representation, struct frame_set *set,
                           dseg_error *error);

/* What no real volume is: name is "noise" (every pixel one of 100 labels, or a bit, at random) or "empty". 64 frames
 * of 512 x 512 pixels with bits (1, 8, 16). */
dseg_status frame_set_synthetic(const char *name, unsigned bits, struct frame_set *set, dseg_error *error);

/* The whole of set as one frame, which borrows its bytes. */
void frame_set_as_one(const struct frame_set *set, struct frame_set *one);

void frame_set_free(struct frame_set *set);

#endif
