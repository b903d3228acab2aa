/* SPDX-License-Identifier: Apache-2.0 */
/* raster_map.h - where each voxel of one raster, the target, lies in another, the source.
 *
 * The map is separable: the index along one axis of the source depends on the index along one axis of the target only.
 * That holds for rasters that are shifted, mirrored, or turned by right angles, and whose planes may be missing or
 * stand in any order. Axes: 0 columns (along a row), 1 rows, 2 planes. */
#ifndef DSEG_MODEL_RASTER_MAP_H
#define DSEG_MODEL_RASTER_MAP_H

#include "dseg/description.h"

typedef struct dseg_raster_map {
  int source_axis[3]; /* by axis of the target: the axis of the source that it runs along; a permutation */
  /* By axis of the target, for each index along it: the index along that axis of the source; -1: outside the source.
   * The arrays have as many items as the target has columns, rows and planes. */
  int32_t *index[3];
} dseg_raster_map;

/* How many voxels a raster has along an axis. */
static inline size_t dseg_raster_size(const dseg_geometry *geometry, int axis) {
  if (axis == 2) {
    return geometry->plane_count;
  }
  return axis == 1 ? geometry->rows : geometry->columns;
}

/* A map onto target with each axis along itself and all indices -1. Freed with dseg_raster_map_free, as all maps.
 * DSEG_ERROR_LIMIT for 2^31 planes or more. On failure the map is empty. */
dseg_status dseg_raster_map_create(const dseg_geometry *target, dseg_raster_map *map, dseg_error *error);

/* The map of a raster onto itself. */
dseg_status dseg_raster_map_identity(const dseg_geometry *geometry, dseg_raster_map *map, dseg_error *error);

void dseg_raster_map_free(dseg_raster_map *map);

/* Whether a plane of target shows voxels of one plane of the source only. */
bool dseg_raster_map_keeps_planes(const dseg_raster_map *map);

/* Whether each pixel of a target plane is the pixel with the same row and column of a plane of the source, and the
 * planes have one size. */
bool dseg_raster_map_is_plain(const dseg_raster_map *map, const dseg_geometry *source, const dseg_geometry *target);

#endif
