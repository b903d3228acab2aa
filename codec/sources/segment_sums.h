/* SPDX-License-Identifier: Apache-2.0 */
/* segment_sums.h - what is added up of a segment while planes are passed over: whole numbers, so that the order of
 * planes and threads does not matter. */
#ifndef DSEG_SOURCES_SEGMENT_SUMS_H
#define DSEG_SOURCES_SEGMENT_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts with zeros, and is given planes in ascending order. */
typedef struct dseg_segment_sums {
  uint64_t voxels;
  uint64_t amount;                        /* of stored fractions; voxels where there are none */
  uint64_t twice[3];                      /* twice the sum of indices, each by its fraction */
  size_t low[3], high[3];                 /* the box, valid when there are voxels; high excluded */
  size_t planes, first_plane, last_plane; /* of the source */
} dseg_segment_sums;

/* Where a plane lies. */
typedef struct dseg_plane_place {
  size_t index;         /* in the source */
  size_t column, row;   /* of its first pixel in the grid */
  size_t slice;         /* of the grid */
  size_t columns, rows; /* its size */
} dseg_plane_place;

/* Adds a plane of labels of bits (8, 16, 32) to sums[segment]: label 0 is background; segment_of[label] is the
 * segment's index, or, where segment_of is NULL, label - 1. Every label is that of a segment. */
void dseg_sums_add_labels(dseg_segment_sums *sums, const void *labels, unsigned bits, const uint32_t *segment_of,
                          const dseg_plane_place *place);

/* Adds a plane of one segment's mask or stored fractions, a byte for each voxel. */
void dseg_sums_add_mask(dseg_segment_sums *sums, const uint8_t *mask, const dseg_plane_place *place);

/* Adds what another thread found in other planes. */
void dseg_sums_merge(dseg_segment_sums *into, const dseg_segment_sums *from);

#endif
