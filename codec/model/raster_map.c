/* SPDX-License-Identifier: Apache-2.0 */
/* raster_map.c - maps from the voxels of one raster to those of another. */
#include "model/raster_map.h"

#include <stdlib.h>
#include <string.h>

dseg_status dseg_raster_map_create(const dseg_geometry *target, dseg_raster_map *map, dseg_error *error) {
  *map = (dseg_raster_map){.source_axis = {0, 1, 2}};
  for (int axis = 0; axis < 3; axis++) {
    const size_t size = dseg_raster_size(target, axis);
    if (size > INT32_MAX || size > SIZE_MAX / sizeof *map->index[axis] - 1) {
      dseg_raster_map_free(map);
      (void)dseg_fail(error, DSEG_ERROR_LIMIT, "%zu voxels along one axis; 2147483647 are possible", size);
      return DSEG_ERROR_LIMIT;
    }
    const size_t bytes = (size + 1) * sizeof *map->index[axis]; /* of an axis without voxels, too */
    map->index[axis] = malloc(bytes);
    if (map->index[axis] == NULL) {
      dseg_raster_map_free(map);
      (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the places of %zu planes", target->plane_count);
      return DSEG_ERROR_MEMORY;
    }
    memset(map->index[axis], 0xFF, bytes);
  }
  return DSEG_OK;
}

dseg_status dseg_raster_map_identity(const dseg_geometry *geometry, dseg_raster_map *map, dseg_error *error) {
  DSEG_TRY(dseg_raster_map_create(geometry, map, error));
  for (int axis = 0; axis < 3; axis++) {
    for (size_t i = 0; i < dseg_raster_size(geometry, axis); i++) {
      map->index[axis][i] = (int32_t)i;
    }
  }
  return DSEG_OK;
}

void dseg_raster_map_free(dseg_raster_map *map) {
  for (int axis = 0; axis < 3; axis++) {
    free(map->index[axis]);
  }
  *map = (dseg_raster_map){{0, 1, 2}, {NULL, NULL, NULL}};
}

bool dseg_raster_map_keeps_planes(const dseg_raster_map *map) {
  return map->source_axis[2] == 2;
}

bool dseg_raster_map_is_plain(const dseg_raster_map *map, const dseg_geometry *source, const dseg_geometry *target) {
  if (source->rows != target->rows || source->columns != target->columns) {
    return false;
  }
  for (int axis = 0; axis < 2; axis++) {
    const size_t size = dseg_raster_size(target, axis);
    for (size_t i = 0; i < size; i++) {
      if (map->source_axis[axis] != axis || map->index[axis][i] != (int32_t)i) {
        return false;
      }
    }
  }
  return dseg_raster_map_keeps_planes(map);
}
