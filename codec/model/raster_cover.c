/* SPDX-License-Identifier: Apache-2.0 */
/* raster_cover.c - one raster with the voxels of two. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/raster_match.h"
#include "model/vector.h"

/* Rows (0028,0010) and Columns (0028,0011) have 16 bits. */
#define LARGEST_SIDE 65535

/* The voxels along an axis of `to` that both have, one behind the other: from low to high. */
static void find_extent(const dseg_raster_relation *relation, int axis, int64_t *low, int64_t *high) {
  *low = 0;
  *high = (int64_t)dseg_raster_size(relation->to.geometry, axis) - 1;
  for (int own = 0; own < 3; own++) {
    const size_t count = dseg_raster_size(relation->from.geometry, own);
    for (size_t i = 0; relation->to_axis[own] == axis && i < count; i++) {
      const int64_t place = relation->place[own][i];
      *low = place < *low ? place : *low;
      *high = place > *high ? place : *high;
    }
  }
}

/* The axis of `from` that runs along the planes of `to`. */
static int stacked_axis(const dseg_raster_relation *relation) {
  int axis = 0;
  while (relation->to_axis[axis] != 2) {
    axis++;
  }
  return axis;
}

/* Where the first pixel of `to` would lie on the plane that `from` has at an index along that axis. */
static void place_plane(const dseg_raster_relation *relation, int axis, size_t index, double position[3]) {
  const dseg_geometry *from = relation->from.geometry;
  const dseg_geometry *to = relation->to.geometry;
  if (axis != 2) { /* upright, then: straight above the first plane */
    double place[3];
    dseg_raster_locate(&relation->to, 0, from->planes[0].position, place);
    const double step = dseg_dot(relation->from.step[axis], relation->to.unit[2]);
    memcpy(position, to->planes[0].position, 3 * sizeof *position);
    dseg_add_scaled(position, place[2] + (double)index * step, relation->to.unit[2]);
    return;
  }
  memcpy(position, from->planes[index].position, 3 * sizeof *position);
  for (int own = 0; own < 2; own++) {
    dseg_add_scaled(position, -(double)relation->place[own][0], relation->to.step[relation->to_axis[own]]);
  }
}

/* Planes along the normal, for sorting. */
struct layer {
  double along;
  dseg_plane_position plane;
};

static int compare_layers(const void *a, const void *b) {
  const double x = ((const struct layer *)a)->along;
  const double y = ((const struct layer *)b)->along;
  return (x > y) - (x < y);
}

/* a's planes, and those that only b has. When there are such, all stand in the direction of a's. */
static dseg_status join_planes(const dseg_raster_relation *relation, dseg_geometry *both, dseg_error *error) {
  const dseg_geometry *to = relation->to.geometry;
  const int axis = stacked_axis(relation);
  const size_t candidates = dseg_raster_size(relation->from.geometry, axis);
  const size_t most = to->plane_count + candidates;
  struct layer *layers = most < SIZE_MAX / sizeof *layers ? calloc(most + 1, sizeof *layers) : NULL;
  both->planes = layers != NULL ? calloc(most + 1, sizeof *both->planes) : NULL;
  if (both->planes == NULL) {
    free(layers);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", most);
  }
  size_t count = to->plane_count;
  for (size_t i = 0; i < count; i++) {
    layers[i] = (struct layer){relation->to.along[i], to->planes[i]};
  }
  for (size_t i = 0; i < candidates; i++) {
    if (relation->place[axis][i] < 0) {
      struct layer *layer = &layers[count++];
      layer->plane.source = -1;
      place_plane(relation, axis, i, layer->plane.position);
      double place[3];
      dseg_raster_locate(&relation->to, 0, layer->plane.position, place);
      layer->along = place[2];
    }
  }
  const bool backwards = relation->to.along[to->plane_count - 1] < 0;
  if (count > to->plane_count) {
    qsort(layers, count, sizeof *layers, compare_layers);
  }
  for (size_t i = 0; i < count; i++) {
    both->planes[i] = layers[count > to->plane_count && backwards ? count - 1 - i : i].plane;
  }
  both->plane_count = count;
  both->spacing_between_slices = relation->to.is_even ? relation->to.spacing[2] : 0;
  free(layers);
  return DSEG_OK;
}

static dseg_status cover(const dseg_raster_relation *relation, dseg_geometry *both, dseg_error *error) {
  int64_t low[2];
  int64_t high[2];
  for (int axis = 0; axis < 2; axis++) {
    find_extent(relation, axis, &low[axis], &high[axis]);
    if (high[axis] - low[axis] >= LARGEST_SIDE) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "both together have %" PRId64 " %s, more than Rows (0028,0010) and Columns (0028,0011) can say",
                       high[axis] - low[axis] + 1, axis == 0 ? "columns" : "rows");
    }
  }
  DSEG_TRY(join_planes(relation, both, error));
  for (size_t plane = 0; plane < both->plane_count; plane++) {
    for (int axis = 0; axis < 2; axis++) {
      dseg_add_scaled(both->planes[plane].position, (double)low[axis], relation->to.step[axis]);
    }
  }
  both->columns = (uint32_t)(high[0] - low[0] + 1);
  both->rows = (uint32_t)(high[1] - low[1] + 1);
  return DSEG_OK;
}

static int compare_tiles(const void *a, const void *b) {
  const dseg_plane_position *x = a;
  const dseg_plane_position *y = b;
  const int rows = (x->matrix_row > y->matrix_row) - (x->matrix_row < y->matrix_row);
  return rows != 0 ? rows : (x->matrix_column > y->matrix_column) - (x->matrix_column < y->matrix_column);
}

/* a's tiles, and those that only b has. When there are such, all stand by row, then column. */
static dseg_status cover_slide(const dseg_geometry *a, const dseg_geometry *b, dseg_geometry *both, dseg_error *error) {
  dseg_raster_map map; /* onto b: what a lacks of it */
  DSEG_TRY(dseg_raster_match(a, b, &map, error));
  const size_t most = a->plane_count + b->plane_count;
  both->planes = most < SIZE_MAX / sizeof *both->planes ? calloc(most + 1, sizeof *both->planes) : NULL;
  if (both->planes == NULL) {
    dseg_raster_map_free(&map);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu tiles", most);
  }
  memcpy(both->planes, a->planes, a->plane_count * sizeof *both->planes);
  both->plane_count = a->plane_count;
  for (size_t tile = 0; tile < b->plane_count; tile++) {
    if (map.index[2][tile] < 0) {
      both->planes[both->plane_count] = b->planes[tile];
      both->planes[both->plane_count++].source = -1;
    }
  }
  dseg_raster_map_free(&map);
  if (both->plane_count > a->plane_count) {
    qsort(both->planes, both->plane_count, sizeof *both->planes, compare_tiles);
  }
  return DSEG_OK;
}

dseg_status dseg_raster_cover(const dseg_geometry *a, const dseg_geometry *b, dseg_geometry *both, dseg_error *error) {
  dseg_raster_relation relation;
  *both = *a;
  both->planes = NULL;
  both->plane_count = 0;
  if (a->space == DSEG_SPACE_SLIDE && b->space == DSEG_SPACE_SLIDE) {
    return cover_slide(a, b, both, error);
  }
  DSEG_TRY(dseg_raster_relate(b, a, &relation, error));
  const dseg_status status = cover(&relation, both, error);
  dseg_raster_relation_free(&relation);
  return status;
}
