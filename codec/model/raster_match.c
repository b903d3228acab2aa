/* SPDX-License-Identifier: Apache-2.0 */
/* raster_match.c - the map from the voxels of one raster to those of another. */
#include "model/raster_match.h"

#include <stdlib.h>
#include <string.h>

#include "model/vector.h"

static bool same_tile(const dseg_plane_position *a, const dseg_plane_position *b) {
  return a->matrix_column == b->matrix_column && a->matrix_row == b->matrix_row;
}

bool dseg_raster_same(const dseg_geometry *a, const dseg_geometry *b, double *distance) {
  double farthest = 0;
  bool same =
      a->space == b->space && a->rows == b->rows && a->columns == b->columns && a->plane_count == b->plane_count;
  const double spacing = fmin(a->pixel_spacing[0], a->pixel_spacing[1]);
  const double tolerance = fmax(DSEG_RASTER_ROUNDING, DSEG_RASTER_TOLERANCE * spacing);
  const bool comparable = same;
  for (size_t plane = 0; comparable && plane < a->plane_count; plane++) {
    const double apart = dseg_raster_distance(a, a->planes[plane].position, b, b->planes[plane].position);
    farthest = apart <= farthest ? farthest : apart; /* not a number stays */
    same = same && apart <= tolerance && same_tile(&a->planes[plane], &b->planes[plane]);
  }
  if (distance != NULL) {
    *distance = farthest;
  }
  return same;
}

/* Turns places of `from` into indices by axis of `to`. */
static dseg_status invert(const dseg_raster_relation *relation, dseg_raster_map *map, dseg_error *error) {
  const dseg_geometry *to = relation->to.geometry;
  for (int axis = 0; axis < 3; axis++) {
    const int other = relation->to_axis[axis];
    const int64_t room = (int64_t)dseg_raster_size(to, other);
    const size_t count = dseg_raster_size(relation->from.geometry, axis);
    map->source_axis[other] = axis;
    for (size_t i = 0; i < count; i++) {
      const int64_t place = relation->place[axis][i];
      if (place < 0 || place >= room) {
        continue;
      }
      if (map->index[other][place] >= 0) {
        return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "%s %d and %zu lie on one of the other raster",
                         axis == 2   ? "planes"
                         : axis == 1 ? "rows"
                                     : "columns",
                         (int)map->index[other][place] + 1, i + 1);
      }
      map->index[other][place] = (int32_t)i;
    }
  }
  return DSEG_OK;
}

static dseg_status match_volumes(const dseg_geometry *from, const dseg_geometry *to, dseg_raster_map *map,
                                 dseg_error *error) {
  dseg_raster_relation relation;
  DSEG_TRY(dseg_raster_relate(from, to, &relation, error));
  const dseg_status status = invert(&relation, map, error);
  dseg_raster_relation_free(&relation);
  return status;
}

/* A tile, for sorting. */
struct tile {
  uint32_t row, column;
  size_t plane;
};

static int compare_places(const void *a, const void *b) {
  const struct tile *x = a;
  const struct tile *y = b;
  const int rows = (x->row > y->row) - (x->row < y->row);
  return rows != 0 ? rows : (x->column > y->column) - (x->column < y->column);
}

static int compare_tiles(const void *a, const void *b) {
  const struct tile *x = a;
  const struct tile *y = b;
  const int order = compare_places(a, b);
  return order != 0 ? order : (x->plane > y->plane) - (x->plane < y->plane);
}

static struct tile tile_of(const dseg_geometry *geometry, size_t plane) {
  return (struct tile){geometry->planes[plane].matrix_row, geometry->planes[plane].matrix_column, plane};
}

/* Slides: tiles of one size at the same places of one pixel matrix. */
static dseg_status match_tiles(const dseg_geometry *from, const dseg_geometry *to, dseg_raster_map *map,
                               dseg_error *error) {
  if (from->rows != to->rows || from->columns != to->columns || from->matrix_rows != to->matrix_rows ||
      from->matrix_columns != to->matrix_columns) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "its tiles of %u x %u in a pixel matrix of %u x %u (0048,0006), (0048,0007) are not those of the "
                     "other slide, %u x %u in %u x %u",
                     (unsigned)from->columns, (unsigned)from->rows, (unsigned)from->matrix_columns,
                     (unsigned)from->matrix_rows, (unsigned)to->columns, (unsigned)to->rows,
                     (unsigned)to->matrix_columns, (unsigned)to->matrix_rows);
  }
  dseg_geometry whole_from = *from; /* the corners of the matrix, not of a tile */
  dseg_geometry whole_to = *to;
  whole_from.rows = whole_to.rows = from->matrix_rows != 0 ? from->matrix_rows : from->rows;
  whole_from.columns = whole_to.columns = from->matrix_columns != 0 ? from->matrix_columns : from->columns;
  const double apart = dseg_raster_distance(&whole_from, from->matrix_origin, &whole_to, to->matrix_origin);
  if (!(apart <=
        fmax(DSEG_RASTER_ROUNDING, DSEG_RASTER_TOLERANCE * fmin(to->pixel_spacing[0], to->pixel_spacing[1])))) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "its pixels lie up to %.4g mm from those of the other slide",
                     apart);
  }
  struct tile *tiles =
      from->plane_count < SIZE_MAX / sizeof *tiles ? malloc((from->plane_count + 1) * sizeof *tiles) : NULL;
  if (tiles == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu tiles", from->plane_count);
  }
  for (size_t plane = 0; plane < from->plane_count; plane++) {
    tiles[plane] = tile_of(from, plane);
  }
  qsort(tiles, from->plane_count, sizeof *tiles, compare_tiles);
  dseg_status status = DSEG_OK;
  for (size_t i = 1; status == DSEG_OK && i < from->plane_count; i++) {
    if (compare_places(&tiles[i - 1], &tiles[i]) == 0) {
      status = dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "its tiles %zu and %zu lie at one place",
                         tiles[i - 1].plane + 1, tiles[i].plane + 1);
    }
  }
  for (int axis = 0; axis < 2; axis++) {
    for (size_t i = 0; i < dseg_raster_size(to, axis); i++) {
      map->index[axis][i] = (int32_t)i;
    }
  }
  for (size_t plane = 0; status == DSEG_OK && plane < to->plane_count; plane++) {
    const struct tile key = tile_of(to, plane);
    const struct tile *found = bsearch(&key, tiles, from->plane_count, sizeof *tiles, compare_places);
    map->index[2][plane] = found != NULL ? (int32_t)found->plane : -1;
  }
  free(tiles);
  return status;
}

dseg_status dseg_raster_match(const dseg_geometry *from, const dseg_geometry *to, dseg_raster_map *map,
                              dseg_error *error) {
  if (dseg_raster_same(from, to, NULL)) {
    return dseg_raster_map_identity(to, map, error);
  }
  DSEG_TRY(dseg_raster_map_create(to, map, error));
  dseg_status status = DSEG_OK;
  if (from->space != to->space || from->space == DSEG_SPACE_NONE) {
    status =
        dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                  from->space != to->space ? "it lies in another space than the other raster (patient, slide, none)"
                                           : "it lies nowhere in space, and the other raster has another size");
  } else if (from->plane_count > INT32_MAX) {
    status = dseg_fail(error, DSEG_ERROR_LIMIT, "%zu planes; 2147483647 are possible", from->plane_count);
  } else if (from->space == DSEG_SPACE_SLIDE) {
    status = match_tiles(from, to, map, error);
  } else {
    status = match_volumes(from, to, map, error);
  }
  if (status != DSEG_OK) {
    dseg_raster_map_free(map);
  }
  return status;
}
