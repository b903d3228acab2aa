/* SPDX-License-Identifier: Apache-2.0 */
/* box.h - voxels of a box of a source's grid, for whoever reads many of them: the grid is found once. */
#ifndef DSEG_SOURCES_BOX_H
#define DSEG_SOURCES_BOX_H

#include "dseg/source.h"

/* dseg_box_request.bits, for dseg_box_read: the fractions of one segment, a double a voxel. */
#define DSEG_BOX_FRACTIONS 64u

/* The grid of a source, and which plane lies where in it. */
typedef struct dseg_box_grid {
  dseg_grid grid;
  ptrdiff_t *plane_of_slot; /* by plane of the grid: the source's plane, or -1 where none is; NULL for slides */
} dseg_box_grid;

/* DSEG_ERROR_UNSUPPORTED when the planes are on no regular grid. Freed with dseg_box_grid_free, whatever the outcome.
 */
dseg_status dseg_box_grid_find(const dseg_geometry *geometry, dseg_box_grid *layout, dseg_error *error);
void dseg_box_grid_free(dseg_box_grid *layout);

/* dseg_source_read_box without its checks: the box lies within the grid, and out has room for it. overlap is added
 * to. */
dseg_status dseg_box_read(dseg_source *source, const dseg_box_grid *layout, const dseg_box_request *request, void *out,
                          dseg_overlap *overlap, dseg_error *error);

/* Sets present[i] to 1 for segments that may have voxels in planes that touch the box, else to 0. present and scratch
 * have a byte for each segment. */
dseg_status dseg_box_segments(dseg_source *source, const dseg_box_grid *layout, const dseg_box_request *request,
                              uint8_t *present, uint8_t *scratch, dseg_error *error);

#endif
