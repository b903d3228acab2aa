/* SPDX-License-Identifier: Apache-2.0 */
/* slab.h - a slab of both sides: some planes, or some rows of a slide. slabs.c reads it, slab_rows.c compares it. */
#ifndef DSEG_COMPARE_SLAB_H
#define DSEG_COMPARE_SLAB_H

#include "compare/instances.h"

/* A box of one side, and how to walk through it in A's order. */
typedef struct dseg_slab_part {
  int64_t low[3], high[3]; /* in the side's own indices */
  bool empty;
  int64_t step[3];          /* elements in the buffer, by axis of A */
  int64_t start;            /* element of A's voxel (0, 0, 0), maybe outside */
  int64_t first[3], end[3]; /* the box in A's indices, end excluded */
  size_t voxel_bytes;
  uint8_t *voxels;
  void *row; /* a row in A's order, elements of 4 bytes, of 8 where fractions are read as they are */
} dseg_slab_part;

typedef struct dseg_slab_walk {
  dseg_compare_job *job;
  int slab_axis; /* of A */
  int64_t slab_size;
  int64_t low[3], high[3]; /* the slab in A's indices */
  dseg_slab_part a, b;
  uint32_t *values_a, *values_b; /* number of a segment's pair, from 1 */
  uint8_t *present_a, *present_b, *scratch;
  double scale_a, scale_b;         /* of stored values to 0..1 */
  bool exact;                      /* fractions are read as they are, as doubles */
  double slack;                    /* fractions that differ by no more are equal */
  dseg_instance_counts *instances; /* of these voxels are counted; NULL: of segments */
} dseg_slab_walk;

/* Finds the boxes of the slab on both sides. */
void dseg_slab_locate(dseg_slab_walk *walk);
/* Compares the rows of what has been read: as numbers of instances, if these are counted; as labels, whose values are
 * the pairs' numbers, where pair is NULL; else as one pair's masks or fractions. */
void dseg_slab_compare(const dseg_slab_walk *walk, dseg_compared_pair *pair);

#endif
