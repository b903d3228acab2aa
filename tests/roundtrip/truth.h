/* SPDX-License-Identifier: Apache-2.0 */
/* truth.h - small segmentations whose every voxel is known, to be written and read back. */
#ifndef DSEG_TESTS_TRUTH_H
#define DSEG_TESTS_TRUTH_H

#include "dseg/dseg.h"

typedef enum truth_fill {
  FILL_EMPTY,    /* no voxel */
  FILL_ALL,      /* every voxel is the first segment's */
  FILL_BLOCKS,   /* rectangles; first, a middle and last plane are empty */
  FILL_NOISE,    /* any segment or none at random, in every plane */
  FILL_COUNT,    /* voxel i belongs to segment i - 1, voxel 0 to none */
  FILL_OVERLAP,  /* masks: rectangles that overlap */
  FILL_FRACTIONS /* masks: ramps from 0 to the maximum */
} truth_fill;

typedef enum truth_numbers { NUMBERS_CONSECUTIVE, NUMBERS_WITH_GAPS } truth_numbers;

typedef struct truth_case {
  const char *name;
  dseg_voxel_kind kind;
  uint32_t rows, columns;
  size_t planes;
  size_t segments;
  truth_numbers numbers;
  truth_fill fill;
} truth_case;

/* Ends with a name of NULL. */
extern const truth_case truth_cases[];

typedef struct truth_volume {
  const truth_case *which;
  dseg_description *description; /* oblique, of three different spacings */
  size_t plane_voxels, voxels;
  uint32_t *indices; /* labels: segment index + 1 of each voxel, or 0; NULL for masks */
  uint8_t *masks;    /* masks and fractions: segments * voxels bytes; NULL for labels */
} truth_volume;

/* consecutive: numbers 1..N whatever the case says. Ends the program when out of memory. */
void truth_make(truth_volume *truth, const truth_case *which, bool consecutive);
void truth_free(truth_volume *truth);

/* Is the plane without any voxel? */
bool truth_plane_is_empty(const truth_volume *truth, size_t plane);
/* The mask byte of a segment at a voxel. */
uint8_t truth_mask_at(const truth_volume *truth, size_t segment, size_t voxel);
/* Writes one plane's Segment Numbers, or 0, as integers of bits. Labels only. */
void truth_plane_labels(const truth_volume *truth, size_t plane, unsigned bits, void *out);

#endif
