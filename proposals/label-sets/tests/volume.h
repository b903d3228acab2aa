/* SPDX-License-Identifier: Apache-2.0 */
/* volume.h - small segmentations that overlap, written as label sets into memory, and what was written compared. All of
 * it is checked with cmocka's assertions. */
#ifndef DSEG_LABEL_SETS_TEST_VOLUME_H
#define DSEG_LABEL_SETS_TEST_VOLUME_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dseg/dseg.h"
#include "dseg/plugin.h"
#include "dseg/proposals.h"
#include "dseg/statistics.h"

/* masks: by segment, plane, pixel, a byte each. */
typedef struct volume {
  uint32_t rows, columns;
  size_t planes, segments, pixels; /* pixels of a plane */
  uint8_t *masks;
  dseg_description *description;
} volume;

static inline int register_all(void **state) {
  (void)state;
  return dseg_register_proposals(NULL) == DSEG_OK ? 0 : -1;
}

static inline void volume_make(volume *made, uint32_t rows, uint32_t columns, size_t planes, size_t segments) {
  *made = (volume){rows, columns, planes, segments, (size_t)rows * columns, NULL, dseg_description_create()};
  made->masks = calloc(segments * planes * made->pixels + 1, 1);
  assert_non_null(made->masks);
  assert_non_null(made->description);
  dseg_description *description = made->description;
  dseg_geometry *geometry = &description->geometry;
  *geometry = (dseg_geometry){.space = DSEG_SPACE_PATIENT,
                              .rows = rows,
                              .columns = columns,
                              .pixel_spacing = {0.5, 0.25},
                              .orientation = {1, 0, 0, 0, 1, 0},
                              .slice_thickness = 1.5,
                              .spacing_between_slices = 2.0,
                              .plane_count = planes};
  geometry->planes = dseg_description_alloc(description, planes * sizeof *geometry->planes);
  description->segments = dseg_description_alloc(description, segments * sizeof *description->segments);
  assert_true(geometry->planes != NULL && description->segments != NULL);
  for (size_t i = 0; i < planes; i++) {
    geometry->planes[i] = (dseg_plane_position){.position = {-10.0, 5.0, 2.0 * (double)i}, .source = -1};
  }
  description->segment_count = segments;
  description->kind = DSEG_VOXELS_MASKS;
  description->has_background = true;
  for (size_t i = 0; i < segments; i++) {
    char label[24];
    snprintf(label, sizeof label, "S%zu", i + 1);
    description->segments[i] =
        (dseg_segment){.number = (uint32_t)i + 1, .label = dseg_description_strdup(description, label)};
  }
}

static inline void volume_free(volume *made) {
  free(made->masks);
  dseg_description_destroy(made->description);
}

static inline uint8_t *volume_mask(const volume *of, size_t segment, size_t plane) {
  return of->masks + (segment * of->planes + plane) * of->pixels;
}

/* Columns low..high - 1 of all rows and planes are the segment's. */
static inline void volume_add_columns(const volume *of, size_t segment, size_t low, size_t high) {
  for (size_t plane = 0; plane < of->planes; plane++) {
    for (size_t i = 0; i < of->pixels; i++) {
      volume_mask(of, segment, plane)[i] |= i % of->columns >= low && i % of->columns < high;
    }
  }
}

/* The label of a voxel where the first segment wins, or the last. */
static inline uint32_t expected_label(const volume *of, size_t voxel, bool last) {
  uint32_t label = 0;
  for (size_t segment = 0; segment < of->segments; segment++) {
    if (volume_mask(of, segment, 0)[voxel] != 0 && (last || label == 0)) {
      label = of->description->segments[segment].number;
    }
  }
  return label;
}

/* How a volume is written. */
typedef struct written_as {
  const char *representation, *codec;
  const dseg_option_value *options;
  size_t option_count;
} written_as;

static inline dseg_status volume_try(const volume *of, const written_as *as, dseg_buffer *bytes, dseg_error *error) {
  const dseg_output output = dseg_output_to_buffer(bytes);
  const dseg_write_options options = {.struct_size = sizeof options,
                                      .representation = as->representation,
                                      .representation_options = as->options,
                                      .representation_option_count = as->option_count,
                                      .frame_codec = as->codec,
                                      .uid_seed = "label sets",
                                      .date_time = "20250101000000"};
  dseg_writer *writer = NULL;
  dseg_status status = dseg_writer_create_to(&output, of->description, &options, &writer, error);
  for (size_t plane = 0; status == DSEG_OK && plane < of->planes; plane++) {
    for (size_t segment = 0; status == DSEG_OK && segment < of->segments; segment++) {
      status = dseg_writer_write_mask(writer, plane, segment, volume_mask(of, segment, plane), error);
    }
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, error);
  }
  dseg_writer_destroy(writer);
  return status;
}

static inline void volume_write(const volume *of, const written_as *as, dseg_buffer *bytes) {
  dseg_error error = {0};
  if (volume_try(of, as, bytes, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
}

static inline dseg_source *volume_open(const dseg_buffer *bytes, dseg_warning_sink warnings) {
  const dseg_open_options options = {.struct_size = sizeof options, .warnings = warnings, .keep_context = true};
  dseg_error error = {0};
  dseg_source *source = NULL;
  if (dseg_open_memory((dseg_view){bytes->data, bytes->size}, "written", &options, &source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return source;
}

static inline void refuse_warnings(void *user, const char *message) {
  (void)user;
  fail_msg("a warning: %s", message);
}

/* Every voxel of every segment. Planes of the object may be fewer: empty ones at both ends are left out. */
static inline void volume_compare(const volume *of, dseg_source *source) {
  const dseg_description *description = dseg_source_description(source);
  assert_int_equal(description->segment_count, of->segments);
  assert_int_equal(description->geometry.plane_count, of->planes);
  uint8_t *mask = malloc(of->planes * of->pixels + 1);
  assert_non_null(mask);
  for (size_t segment = 0; segment < of->segments; segment++) {
    dseg_error error = {0};
    assert_int_equal(description->segments[segment].number, of->description->segments[segment].number);
    if (dseg_source_read_mask(source, segment, 0, of->planes, mask, of->planes * of->pixels, 1, &error) != DSEG_OK) {
      fail_msg("%s", error.message);
    }
    assert_memory_equal(mask, volume_mask(of, segment, 0), of->planes * of->pixels);
  }
  free(mask);
}

/* Errors of validation; the messages go to the test's output. */
static inline void print_finding(void *user, const dseg_finding *finding) {
  size_t *errors = user;
  if (finding->rule->severity == DSEG_SEVERITY_ERROR) {
    print_message("%s: %s %s\n", finding->rule->id, finding->path, finding->message);
    ++*errors;
  }
}

static inline size_t count_errors(const dseg_buffer *bytes) {
  size_t errors = 0;
  const dseg_validate_options options = {.struct_size = sizeof options, .found = print_finding, .user = &errors};
  dseg_validation result;
  dseg_error error = {0};
  if (dseg_validate_memory((dseg_view){bytes->data, bytes->size}, &options, &result, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_int_equal(result.errors, errors);
  return errors;
}

/* The whole file as a data set, native Pixel Data included. */
static inline dseg_data_set *volume_data_set(const dseg_buffer *bytes) {
  dseg_data_set *set = NULL;
  dseg_error error = {0};
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  if (dseg_data_set_read(set, (dseg_view){bytes->data + 132, bytes->size - 132}, DSEG_EXPLICIT_VR, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return set;
}

#endif
