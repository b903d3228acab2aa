/* SPDX-License-Identifier: Apache-2.0 */
/* statistics_result.h - from what was added up to what the caller gets. */
#ifndef DSEG_SOURCES_STATISTICS_RESULT_H
#define DSEG_SOURCES_STATISTICS_RESULT_H

#include "dseg/statistics.h"
#include "sources/segment_sums.h"

/* Where planes lie, and what a voxel is. */
typedef struct dseg_statistics_frame {
  bool has_grid;
  dseg_grid grid;
  size_t *slots; /* by plane: its place in the grid; without one, the plane itself */
  dseg_size_unit unit;
  double voxel_size;  /* NaN when unit is unknown */
  bool has_positions; /* positions of the grid's voxels mean something */
} dseg_statistics_frame;

/* DSEG_ERROR_MEMORY only. Freed with dseg_statistics_frame_free, whatever the outcome. */
dseg_status dseg_statistics_frame_find(const dseg_description *description, dseg_statistics_frame *frame,
                                       dseg_error *error);
void dseg_statistics_frame_free(dseg_statistics_frame *frame);

/* found: fractions and overlap. sums: by segment. present, malloc'd or NULL, becomes the result's on success. */
dseg_status dseg_statistics_make(const dseg_description *description, const dseg_statistics_frame *frame,
                                 const dseg_segment_sums *sums, const dseg_statistics *found, uint8_t *present,
                                 dseg_statistics **statistics, dseg_error *error);

#endif
