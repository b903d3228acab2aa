/* SPDX-License-Identifier: Apache-2.0 */
/* raster_match.h - finds where the voxels of one raster lie in another: the only place that decides it.
 *
 * Rasters go together when a right-angled turn, mirrors and a shift by whole voxels bring one onto the other; planes of
 * either may be missing, stand in any order, and be unevenly spaced as long as planes fall on planes. What moves the
 * farthest voxel by no more than model/raster.h allows is no difference. Nothing is resampled: all else is refused,
 * oblique rasters with their angle. No voxel is looked at, time is linear in columns + rows + planes but for sorting
 * planes. */
#ifndef DSEG_MODEL_RASTER_MATCH_H
#define DSEG_MODEL_RASTER_MATCH_H

#include "model/raster.h"
#include "model/raster_map.h"

/* Finds where voxels of `to` lie in `from`: map is onto `to`, to be freed with dseg_raster_map_free. Both lie in
 * patient space, or are tiles of one size of slides with equal matrices, or lie nowhere and have one size. Voxels of
 * `from` without a place in `to` are allowed: the map shows them. DSEG_ERROR_UNSUPPORTED with the angle or distance
 * where rasters do not fall on each other; messages speak of `from` as it, and of `to` as the other. On failure the map
 * is empty. */
dseg_status dseg_raster_match(const dseg_geometry *from, const dseg_geometry *to, dseg_raster_map *map,
                              dseg_error *error);

/* Whether each voxel of one raster lies where that with the same indices lies in the other; distance, if not NULL,
 * receives how far they lie apart at most, mm, and 0 where sizes or kinds differ. Linear in planes. */
bool dseg_raster_same(const dseg_geometry *a, const dseg_geometry *b, double *distance);

/* How the axes of one raster of patient space run along those of another. */
typedef struct dseg_raster_relation {
  dseg_raster from, to;
  int to_axis[3]; /* by axis of `from` */
  int sign[3];    /* by axis of `from`: 1, or -1 where the axes point in opposite directions */
  /* By axis of `from`, for each index along it: the index along that axis of `to`. Along a row or column of `to` it may
   * lie outside; along the planes it is -1 where there is no plane. */
  int64_t *place[3];
} dseg_raster_relation;

/* Refuses what dseg_raster_match refuses. The relation borrows the geometries. */
dseg_status dseg_raster_relate(const dseg_geometry *from, const dseg_geometry *to, dseg_raster_relation *relation,
                               dseg_error *error);
void dseg_raster_relation_free(dseg_raster_relation *relation);

/* The raster of a that covers b, too: its axes and directions, rows and columns added in front and behind, and planes
 * wherever b has one and a has none, in a's order. Freed is both->planes, with free; all else is borrowed from a. */
dseg_status dseg_raster_cover(const dseg_geometry *a, const dseg_geometry *b, dseg_geometry *both, dseg_error *error);

#endif
