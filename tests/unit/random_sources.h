/* SPDX-License-Identifier: Apache-2.0 */
/* random_sources.h - sources in memory with random voxels, and what the voxels are, for brute force. */
#ifndef DSEG_TESTS_RANDOM_SOURCES_H
#define DSEG_TESTS_RANDOM_SOURCES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above. */
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sources/source.h"

enum { RANDOM_SEGMENTS = 5 };

typedef enum random_kind { RANDOM_LABELS, RANDOM_OVERLAP, RANDOM_FRACTIONS, RANDOM_KINDS } random_kind;
typedef enum random_place { RANDOM_VOLUME, RANDOM_GAPS, RANDOM_SLIDE, RANDOM_PLACES } random_place;

/* What is made. */
typedef struct random_wish {
  random_kind kind;
  random_place place;
  unsigned bits;    /* of labels */
  uint32_t first;   /* number of the first segment; the others follow with gaps */
  uint32_t maximum; /* of fractions */
} random_wish;

typedef struct random_source {
  dseg_source *source;
  dseg_grid grid;
  size_t columns, rows, planes;
  size_t *slots;   /* by plane */
  uint8_t *stored; /* by segment, plane, row, column: 0, 1 or the stored fraction */
} random_source;

static uint32_t random_state = 4711;

static inline uint32_t random_number(uint32_t below) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 8) % below;
}

static inline dseg_grid random_grid(void) {
  const double c = cos(0.3);
  const double s = sin(0.3);
  const dseg_grid grid = {.size = {9 + random_number(20), 7 + random_number(20), 6 + random_number(10)},
                          .origin = {-10.5, 3.25, 712.125},
                          .step = {{0.7 * c, 0.7 * s, 0}, {-0.9 * s, 0.9 * c, 0}, {0, 0, 2.5}}};
  return grid;
}

/* Leaves out some planes, never the first and the last. */
static inline void leave_out_planes(dseg_geometry *geometry, random_source *made) {
  size_t kept = 0;
  for (size_t i = 0; i < geometry->plane_count; i++) {
    if (i == 0 || i + 1 == geometry->plane_count || random_number(3) != 0) {
      made->slots[kept] = i;
      geometry->planes[kept++] = geometry->planes[i];
    }
  }
  geometry->plane_count = kept;
}

/* Planes become tiles, in rows of three, some missing; the last ones reach beyond the matrix. */
static inline void lay_tiles(dseg_geometry *geometry, random_source *made) {
  size_t kept = 0;
  const size_t rows = (geometry->plane_count + 2) / 3;
  for (size_t i = 0; i < geometry->plane_count; i++) {
    if (random_number(5) == 0 && i > 0) {
      continue;
    }
    made->slots[kept] = 0;
    geometry->planes[kept].matrix_column = (uint32_t)(i % 3 * geometry->columns);
    geometry->planes[kept].matrix_row = (uint32_t)(i / 3 * geometry->rows);
    kept++;
  }
  geometry->plane_count = kept;
  geometry->space = DSEG_SPACE_SLIDE;
  geometry->matrix_columns = 3 * geometry->columns;
  geometry->matrix_rows = (uint32_t)(rows * geometry->rows);
  memcpy(geometry->matrix_origin, made->grid.origin, sizeof geometry->matrix_origin);
  made->grid.size[0] = geometry->matrix_columns;
  made->grid.size[1] = geometry->matrix_rows;
  made->grid.size[2] = 1;
  made->grid.step[2][2] = geometry->slice_thickness;
}

static inline size_t random_at(const random_source *made, size_t segment, size_t plane, size_t pixel) {
  return (segment * made->planes + plane) * made->columns * made->rows + pixel;
}

/* Blocks of voxels, so that there are runs; the last segment has none, and the first plane's corner has one. */
static inline void fill_stored(random_source *made, const random_wish *wish) {
  const size_t pixels = made->columns * made->rows;
  for (size_t plane = 0; plane < made->planes; plane++) {
    uint32_t in = 0; /* a bit for each segment */
    for (size_t pixel = 0; pixel < pixels; pixel++) {
      if (random_number(7) == 0) {
        in = random_number(3) == 0 ? 0 : 1U << random_number(RANDOM_SEGMENTS - 1);
        in |= wish->kind != RANDOM_LABELS && plane % 2 == 1 ? 1U << random_number(RANDOM_SEGMENTS - 1) : 0;
      }
      for (size_t segment = 0; segment < RANDOM_SEGMENTS; segment++) {
        const uint32_t value = wish->kind == RANDOM_FRACTIONS ? random_number(wish->maximum) + 1 : 1;
        made->stored[random_at(made, segment, plane, pixel)] = (uint8_t)((in >> segment & 1U) * value);
      }
    }
  }
}

static inline void put_label(const dseg_layer *layer, size_t at, uint32_t label) {
  switch (layer->bits) {
    case 8: ((uint8_t *)layer->voxels)[at] = (uint8_t)label; break;
    case 16: ((uint16_t *)layer->voxels)[at] = (uint16_t)label; break;
    default: ((uint32_t *)layer->voxels)[at] = label; break;
  }
}

/* One layer of labels, or one for each segment. */
static inline void fill_layers(const random_source *made, const dseg_description *description, const random_wish *wish,
                               dseg_layer layers[RANDOM_SEGMENTS], size_t count) {
  const size_t voxels = made->planes * made->columns * made->rows;
  for (size_t i = 0; i < count; i++) {
    layers[i] = (dseg_layer){.bits = wish->kind == RANDOM_FRACTIONS ? 8 : wish->bits, .complete = true};
    layers[i].voxels = calloc(voxels + 1, layers[i].bits / 8);
    assert_non_null(layers[i].voxels);
  }
  for (size_t segment = 0; segment < RANDOM_SEGMENTS; segment++) {
    const dseg_layer *layer = &layers[count == 1 ? 0 : segment];
    const uint32_t number = description->segments[segment].number;
    for (size_t at = 0; at < voxels; at++) {
      const uint8_t stored = made->stored[segment * voxels + at];
      if (stored != 0) {
        put_label(layer, at, wish->kind == RANDOM_FRACTIONS ? stored : number);
      }
    }
  }
}

static inline random_source make_random(const random_wish *wish) {
  static const dseg_voxel_kind kinds[] = {DSEG_VOXELS_LABELS, DSEG_VOXELS_MASKS, DSEG_VOXELS_OCCUPANCY};
  static const uint32_t layer_of_segment[RANDOM_SEGMENTS] = {0, 1, 2, 3, 4};
  random_source made = {.grid = random_grid()};
  dseg_description *description = dseg_description_create();
  dseg_geometry *geometry = &description->geometry;
  assert_int_equal(dseg_geometry_from_grid(description, &made.grid, NULL), DSEG_OK);
  made.slots = calloc(geometry->plane_count + 1, sizeof *made.slots);
  for (size_t i = 0; i < geometry->plane_count; i++) {
    made.slots[i] = i;
  }
  if (wish->place == RANDOM_GAPS) {
    leave_out_planes(geometry, &made);
  } else if (wish->place == RANDOM_SLIDE) {
    lay_tiles(geometry, &made);
  }
  made.columns = geometry->columns;
  made.rows = geometry->rows;
  made.planes = geometry->plane_count;
  description->kind = kinds[wish->kind];
  description->maximum_fraction = wish->kind == RANDOM_FRACTIONS ? wish->maximum : 0;
  description->segment_count = RANDOM_SEGMENTS;
  description->segments = dseg_description_alloc(description, RANDOM_SEGMENTS * sizeof *description->segments);
  for (uint32_t i = 0; i < RANDOM_SEGMENTS; i++) {
    description->segments[i] = (dseg_segment){.number = wish->first + i * i, .label = "organ"};
  }
  made.stored = calloc(RANDOM_SEGMENTS * made.planes * made.columns * made.rows, 1);
  assert_non_null(made.stored);
  fill_stored(&made, wish);
  dseg_layer layers[RANDOM_SEGMENTS];
  const size_t count = wish->kind == RANDOM_LABELS ? 1 : RANDOM_SEGMENTS;
  fill_layers(&made, description, wish, layers, count);
  assert_int_equal(
      dseg_memory_source_create("test", description, layers, count,
                                wish->kind == RANDOM_OVERLAP ? layer_of_segment : NULL, NULL, &made.source, NULL),
      DSEG_OK);
  return made;
}

static inline void free_random(random_source *made) {
  dseg_source_close(made->source);
  free(made->slots);
  free(made->stored);
}

/* The stored value of a segment at a voxel of the grid; 0 where no plane is. */
static inline uint8_t random_voxel(const random_source *made, size_t segment, size_t i, size_t j, size_t k) {
  const dseg_geometry *geometry = &dseg_source_description(made->source)->geometry;
  for (size_t plane = 0; plane < made->planes; plane++) {
    const bool tiled = geometry->space == DSEG_SPACE_SLIDE;
    const size_t x = tiled ? geometry->planes[plane].matrix_column : 0;
    const size_t y = tiled ? geometry->planes[plane].matrix_row : 0;
    if (made->slots[plane] == k && i >= x && i < x + made->columns && j >= y && j < y + made->rows) {
      return made->stored[random_at(made, segment, plane, (j - y) * made->columns + (i - x))];
    }
  }
  return 0;
}

#endif
