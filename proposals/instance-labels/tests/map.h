/* SPDX-License-Identifier: Apache-2.0 */
/* map.h - a small slide, or a stack of planes, with instances: made, written to memory, and opened again. */
#ifndef DSEG_TEST_INSTANCE_MAP_H
#define DSEG_TEST_INSTANCE_MAP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/dseg.h"
#include "dseg/proposals.h"

/* Numbers of instances by plane, row, column. */
typedef struct map {
  dseg_description *description;
  dseg_instances *instances;
  uint32_t *numbers;
  size_t pixels; /* of a plane */
} map;

typedef struct written_as {
  const char *representation, *codec;
  const dseg_option_value *options;
  size_t option_count;
} written_as;

static void *map_alloc(map *made, size_t size) {
  void *memory = dseg_description_alloc(made->description, size);
  assert_non_null(memory);
  return memory;
}

/* Tiles lie in rows of two; a stack has planes 2 mm apart. */
static void map_place(map *made, bool is_slide, uint32_t rows, uint32_t columns, size_t planes) {
  dseg_geometry *geometry = &made->description->geometry;
  *geometry = (dseg_geometry){.space = is_slide ? DSEG_SPACE_SLIDE : DSEG_SPACE_PATIENT,
                              .rows = rows,
                              .columns = columns,
                              .pixel_spacing = {0.5, 0.5},
                              .orientation = {1, 0, 0, 0, 1, 0},
                              .slice_thickness = is_slide ? 0 : 2,
                              .spacing_between_slices = is_slide ? 0 : 2,
                              .plane_count = planes,
                              .matrix_rows = is_slide ? rows * (uint32_t)(planes / 2) : 0,
                              .matrix_columns = is_slide ? columns * 2 : 0};
  geometry->planes = map_alloc(made, planes * sizeof *geometry->planes);
  for (size_t i = 0; i < planes; i++) {
    dseg_plane_position *plane = &geometry->planes[i];
    plane->source = -1;
    if (is_slide) {
      plane->matrix_column = (uint32_t)(i % 2) * columns;
      plane->matrix_row = (uint32_t)(i / 2) * rows;
      plane->position[0] = plane->matrix_column * 0.5;
      plane->position[1] = plane->matrix_row * 0.5;
    } else {
      plane->position[2] = (double)i * 2;
    }
  }
}

/* count instances of classes classes in turn; planes is even for a slide. No pixel has a number. */
static void map_make(map *made, bool is_slide, uint32_t rows, uint32_t columns, size_t planes, size_t count,
                     size_t classes) {
  *made = (map){.description = dseg_description_create(), .pixels = (size_t)rows * columns};
  assert_non_null(made->description);
  map_place(made, is_slide, rows, columns, planes);
  made->numbers = map_alloc(made, planes * made->pixels * sizeof *made->numbers);
  made->instances = map_alloc(made, sizeof *made->instances);
  dseg_segment *segments = map_alloc(made, classes * sizeof *segments);
  for (size_t i = 0; i < classes; i++) {
    segments[i].number = (uint32_t)(2 * i + 1);
    segments[i].label = i == 0 ? "tumour" : i == 1 ? "stroma" : "other";
  }
  made->description->segments = segments;
  made->description->segment_count = classes;
  made->description->instances = made->instances;
  made->instances->count = count;
  if (classes > 1) {
    uint16_t *of = map_alloc(made, (count + 1) * sizeof *of);
    for (size_t i = 0; i < count; i++) {
      of[i] = (uint16_t)(i % classes);
    }
    made->instances->segments = of;
  }
}

/* A rectangle of an instance, by columns and rows of a plane. */
static void map_draw(map *made, uint32_t number, size_t plane, size_t left, size_t top, size_t right, size_t bottom) {
  const size_t columns = made->description->geometry.columns;
  for (size_t row = top; row <= bottom; row++) {
    for (size_t column = left; column <= right; column++) {
      made->numbers[plane * made->pixels + row * columns + column] = number;
    }
  }
}

static void map_free(map *made) {
  dseg_description_destroy(made->description);
}

static dseg_status map_try(const map *made, const written_as *as, dseg_buffer *bytes, dseg_error *error) {
  const dseg_output output = dseg_output_to_buffer(bytes);
  const dseg_write_options options = {.struct_size = sizeof options,
                                      .representation = as->representation,
                                      .frame_codec = as->codec,
                                      .representation_options = as->options,
                                      .representation_option_count = as->option_count,
                                      .uid_seed = "map",
                                      .date_time = "20250101000000",
                                      .threads = 1};
  dseg_writer *writer = NULL;
  dseg_status status = dseg_writer_create_to(&output, made->description, &options, &writer, error);
  for (size_t i = 0; status == DSEG_OK && i < made->description->geometry.plane_count; i++) {
    status = dseg_writer_write_labels(writer, i, made->numbers + i * made->pixels, 32, error);
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, error);
  }
  dseg_writer_destroy(writer);
  return status;
}

static inline void map_write(const map *made, const written_as *as, dseg_buffer *bytes) {
  dseg_error error = {0};
  if (map_try(made, as, bytes, &error) != DSEG_OK) {
    fail_msg("%s: %s", as->representation, error.message);
  }
}

static inline dseg_source *map_open(const dseg_buffer *bytes) {
  dseg_source *source = NULL;
  dseg_error error = {0};
  if (dseg_open_memory((dseg_view){bytes->data, bytes->size}, "written", NULL, &source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return source;
}

#endif
