/* SPDX-License-Identifier: Apache-2.0 */
/* trial.h - volumes of random shapes, written, and what was written compared. All of it is checked with cmocka's
 * assertions. */
#ifndef DSEG_VOLUME_TEST_TRIAL_H
#define DSEG_VOLUME_TEST_TRIAL_H

#include <math.h>

#include "dseg/plugin.h"
#include "dseg/proposals.h"
#include "writer_fixture.h"

enum { ROWS = 3, COLUMNS = 5, PIXELS = ROWS * COLUMNS, MOST_PLANES = 40, MOST_SEGMENTS = 9 };

/* A fixed sequence, the same on every machine. */
static inline uint32_t random_below(uint32_t *state, uint32_t end) {
  *state = *state * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)(*state >> 8) * end) >> 24);
}

/* One object: planes of the grid, some of which the description leaves out, in either direction. */
struct trial {
  const char *representation, *codec;
  bool dual, descends, by_segment, fractions, keep_empty;
  uint32_t grid_planes, planes, segments;
  uint32_t slot[MOST_PLANES];                        /* by plane of the description: place along the normal */
  uint8_t masks[MOST_PLANES][MOST_SEGMENTS][PIXELS]; /* by plane of the description */
  double origin[3], orientation[6], spacing;
};

static inline void choose_planes(struct trial *trial, uint32_t *state) {
  const uint32_t most = 1 + random_below(state, MOST_PLANES);
  uint32_t slot = 0;
  trial->planes = 0;
  while (trial->planes < most) {
    trial->slot[trial->planes++] = slot;
    slot += random_below(state, 5) == 0 ? 1 + random_below(state, 4) : 1; /* gaps, now and then */
  }
  trial->grid_planes = trial->slot[trial->planes - 1] + 1;
}

static inline void choose_masks(struct trial *trial, uint32_t *state) {
  const uint32_t density = random_below(state, 4); /* none, few, many or all frames */
  const bool labels = strncmp(trial->representation, "labelmap", 8) == 0;
  memset(trial->masks, 0, sizeof trial->masks);
  for (uint32_t plane = 0; plane < trial->planes; plane++) {
    for (uint32_t pixel = 0; pixel < PIXELS; pixel++) {
      for (uint32_t segment = 0; segment < trial->segments; segment++) {
        const bool frame = density == 3 || (density > 0 && (plane * 7 + segment * 5) % 8 < density * 3);
        if (frame && random_below(state, 3) == 0) {
          trial->masks[plane][segment][pixel] = (uint8_t)(trial->fractions ? 1 + random_below(state, 200) : 1);
          if (labels) {
            break;
          }
        }
      }
    }
  }
}

static inline void choose_trial(struct trial *trial, uint32_t number) {
  static const char *const names[] = {"labelmap-volume", "binary-volume", "fractional-volume"};
  static const char *const codecs[] = {"explicit-le", "implicit-le", "rle"};
  uint32_t state = number * 2654435761u;
  *trial = (struct trial){.representation = names[number % 3], .codec = codecs[number / 3 % 3]};
  trial->fractions = number % 3 == 2;
  if (trial->fractions && strcmp(trial->codec, "rle") == 0) {
    trial->codec = "explicit-le";
  }
  trial->dual = random_below(&state, 3) == 0;
  trial->descends = random_below(&state, 2) == 0;
  trial->by_segment = random_below(&state, 2) == 0;
  trial->keep_empty = random_below(&state, 4) == 0;
  trial->segments = 1 + random_below(&state, MOST_SEGMENTS);
  const double angle = random_below(&state, 1000) / 500.0;
  const double orientation[6] = {cos(angle), sin(angle), 0, 0, 0, -1};
  memcpy(trial->orientation, orientation, sizeof orientation);
  trial->spacing = 0.1 + random_below(&state, 10000) / 1234.0;
  for (size_t axis = 0; axis < 3; axis++) {
    trial->origin[axis] = random_below(&state, 100000) / 77.0 - 500;
  }
  choose_planes(trial, &state);
  choose_masks(trial, &state);
}

/* The place of a plane of the grid, counted from 0 along the normal. */
static inline void position_of(const struct trial *trial, uint32_t slot, double position[3]) {
  const double *row = trial->orientation, *column = row + 3;
  position[0] = trial->origin[0] + slot * trial->spacing * (row[1] * column[2] - row[2] * column[1]);
  position[1] = trial->origin[1] + slot * trial->spacing * (row[2] * column[0] - row[0] * column[2]);
  position[2] = trial->origin[2] + slot * trial->spacing * (row[0] * column[1] - row[1] * column[0]);
}

static inline uint32_t index_of(const struct trial *trial, uint32_t plane) {
  return trial->descends ? trial->planes - 1 - plane : plane;
}

static inline dseg_description *describe(const struct trial *trial) {
  dseg_description *description = make_description(ROWS, COLUMNS, trial->planes, trial->segments);
  dseg_geometry *geometry = &description->geometry;
  memcpy(geometry->orientation, trial->orientation, sizeof trial->orientation);
  geometry->spacing_between_slices = trial->spacing;
  for (uint32_t plane = 0; plane < trial->planes; plane++) {
    position_of(trial, trial->slot[plane], geometry->planes[index_of(trial, plane)].position);
  }
  description->has_background = true;
  description->kind = trial->fractions                                  ? DSEG_VOXELS_PROBABILITY
                      : strncmp(trial->representation, "label", 5) == 0 ? DSEG_VOXELS_LABELS
                                                                        : DSEG_VOXELS_MASKS;
  description->maximum_fraction = trial->fractions ? 200 : 0;
  return description;
}

static inline void label_plane(const struct trial *trial, uint32_t plane, uint8_t labels[PIXELS]) {
  memset(labels, 0, PIXELS);
  for (uint32_t segment = 0; segment < trial->segments; segment++) {
    for (size_t pixel = 0; pixel < PIXELS; pixel++) {
      labels[pixel] = trial->masks[plane][segment][pixel] != 0 ? (uint8_t)(segment + 1) : labels[pixel];
    }
  }
}

/* Masks without a voxel are left out, so that they have no frame, unless all are kept. */
static inline dseg_status write_plane(dseg_writer *writer, const struct trial *trial, uint32_t plane,
                                      dseg_error *error) {
  static const uint8_t nothing[PIXELS] = {0};
  uint8_t labels[PIXELS];
  const size_t index = index_of(trial, plane);
  if (strncmp(trial->representation, "label", 5) == 0) {
    label_plane(trial, plane, labels);
    return dseg_writer_write_labels(writer, index, labels, 8, error);
  }
  for (uint32_t segment = 0; segment < trial->segments; segment++) {
    const uint8_t *mask = trial->masks[plane][segment];
    if (memcmp(mask, nothing, PIXELS) != 0) {
      DSEG_TRY(dseg_writer_write_mask(writer, index, segment, mask, error));
    }
  }
  return DSEG_OK;
}

static inline void write_trial(const struct trial *trial, uint64_t part_bytes) {
  const dseg_option_value dual = {"dual", trial->dual};
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options),
      .representation = trial->representation,
      .representation_options = &dual,
      .representation_option_count = 1,
      .frame_codec = trial->codec,
      .empty_frames = trial->keep_empty ? DSEG_EMPTY_KEEP : DSEG_EMPTY_OMIT,
      .frame_order = trial->by_segment ? DSEG_FRAME_ORDER_SEGMENT : DSEG_FRAME_ORDER_PLANE,
      .concatenation = part_bytes > 0,
      .part_bytes = part_bytes,
      .replace = true,
      .uid_seed = "volume"};
  dseg_description *description = describe(trial);
  dseg_writer *writer = NULL;
  dseg_error error = {0};
  dseg_status status = dseg_writer_create("v.dcm", description, &options, &writer, &error);
  for (uint32_t plane = 0; status == DSEG_OK && plane < trial->planes; plane++) {
    status = write_plane(writer, trial, plane, &error);
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, &error);
  }
  if (status != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
}

/* The voxels of a plane of the grid; NULL: the description has no such plane. */
static inline const uint8_t *mask_at(const struct trial *trial, uint32_t slot, uint32_t segment) {
  for (uint32_t plane = 0; plane < trial->planes; plane++) {
    if (trial->slot[plane] == slot) {
      return trial->masks[plane][segment];
    }
  }
  return NULL;
}

static inline void check_source(const struct trial *trial, dseg_source *source) {
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  assert_string_equal(dseg_source_encoding(source)->representation, trial->representation);
  assert_int_equal(geometry->plane_count, trial->grid_planes);
  assert_true(trial->dual == (dseg_source_encoding(source)->per_frame_bytes > 0));
  for (uint32_t slot = 0; slot < trial->grid_planes; slot++) {
    double position[3];
    position_of(trial, slot, position);
    for (size_t axis = 0; axis < 3; axis++) {
      assert_true(fabs(geometry->planes[slot].position[axis] - position[axis]) < 1e-3);
    }
    for (uint32_t segment = 0; segment < trial->segments; segment++) {
      static const uint8_t nothing[PIXELS] = {0};
      const uint8_t *wanted = mask_at(trial, slot, segment);
      uint8_t got[PIXELS];
      assert_int_equal(dseg_source_read_mask(source, segment, slot, 1, got, sizeof got, 1, NULL), DSEG_OK);
      assert_memory_equal(got, wanted != NULL ? wanted : nothing, PIXELS);
    }
  }
}

static inline size_t count_errors(const char *path) {
  dseg_validation result;
  const dseg_validate_options options = {.struct_size = sizeof(dseg_validate_options), .threads = 1};
  assert_int_equal(dseg_validate(path, &options, &result, NULL), DSEG_OK);
  return result.errors;
}

#endif
