/* SPDX-License-Identifier: Apache-2.0 */
/* flip.h - frames as an object stores them, one wrong bit at a time. */
#ifndef DSEG_BENCH_FLIP_H
#define DSEG_BENCH_FLIP_H

#include "frame_set.h"

/* What came of a frame with a wrong bit. */
enum flip_outcome { FLIP_ERROR, FLIP_SAME, FLIP_SILENT };

/* The compressed frames of a set, each padded to even length as its fragment is (PS3.5 A.4). */
struct flip_object {
  const struct frame_set *set;
  const dseg_frame_codec *codec;
  dseg_buffer stored;
  size_t *ends; /* by frame; offsets in stored */
  uint8_t *out; /* a decoded frame */
};

/* Keeps only so many frames of set, at even distances; all where it has no more. */
void flip_thin(struct frame_set *set, size_t frames);

/* Compresses set with the codec's standard options. set and codec must outlive the object. */
dseg_status flip_object_make(const struct frame_set *set, const dseg_frame_codec *codec, struct flip_object *object,
                             dseg_error *error);

/* Flips a bit of stored that number chooses, each as likely as any other when numbers are; decodes its frame by a new
 * context; and flips it back. */
enum flip_outcome flip_once(struct flip_object *object, uint64_t number);

/* The index-th of a fixed sequence of numbers for each seed. */
uint64_t flip_number(uint64_t seed, uint64_t index);

void flip_object_free(struct flip_object *object);

#endif
