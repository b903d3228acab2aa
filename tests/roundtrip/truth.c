/* SPDX-License-Identifier: Apache-2.0 */
/* truth.c - makes the segmentations of truth.h. */
#include "truth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const truth_case truth_cases[] = {
    {"one-voxel", DSEG_VOXELS_LABELS, 1, 1, 1, 1, NUMBERS_CONSECUTIVE, FILL_ALL},
    {"one-row", DSEG_VOXELS_LABELS, 1, 17, 3, 3, NUMBERS_CONSECUTIVE, FILL_NOISE},
    {"one-column", DSEG_VOXELS_LABELS, 19, 1, 4, 3, NUMBERS_CONSECUTIVE, FILL_NOISE},
    {"unaligned", DSEG_VOXELS_LABELS, 23, 38, 7, 4, NUMBERS_CONSECUTIVE, FILL_BLOCKS},
    {"empty", DSEG_VOXELS_LABELS, 16, 16, 3, 2, NUMBERS_CONSECUTIVE, FILL_EMPTY},
    {"one-segment", DSEG_VOXELS_LABELS, 64, 64, 5, 1, NUMBERS_CONSECUTIVE, FILL_BLOCKS},
    {"gaps", DSEG_VOXELS_LABELS, 23, 38, 5, 6, NUMBERS_WITH_GAPS, FILL_NOISE},
    {"noise", DSEG_VOXELS_LABELS, 61, 67, 4, 300, NUMBERS_CONSECUTIVE, FILL_NOISE},
    {"large", DSEG_VOXELS_LABELS, 510, 510, 5, 5, NUMBERS_CONSECUTIVE, FILL_BLOCKS},
    {"all-numbers", DSEG_VOXELS_LABELS, 16, 16, 256, 65535, NUMBERS_CONSECUTIVE, FILL_COUNT},
    {"overlap", DSEG_VOXELS_MASKS, 23, 38, 7, 4, NUMBERS_CONSECUTIVE, FILL_OVERLAP},
    {"probability", DSEG_VOXELS_PROBABILITY, 23, 38, 4, 3, NUMBERS_CONSECUTIVE, FILL_FRACTIONS},
    {"occupancy", DSEG_VOXELS_OCCUPANCY, 1, 9, 3, 1, NUMBERS_CONSECUTIVE, FILL_FRACTIONS},
    {NULL, DSEG_VOXELS_LABELS, 0, 0, 0, 0, NUMBERS_CONSECUTIVE, FILL_EMPTY},
};

static void *must(void *pointer) {
  if (pointer == NULL) {
    fputs("out of memory\n", stderr);
    exit(1);
  }
  return pointer;
}

/* A fixed sequence, the same on every machine. */
static uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

static void describe_segment(dseg_description *description, size_t index, uint32_t number) {
  dseg_segment *segment = &description->segments[index];
  char text[40];
  snprintf(text, sizeof text, "Segment %zu \xC3\xA4", index + 1);
  segment->number = number;
  segment->label = must((void *)dseg_description_strdup(description, text));
  segment->algorithm_type = index % 2 == 0 ? DSEG_ALGORITHM_AUTOMATIC : DSEG_ALGORITHM_MANUAL;
  segment->algorithm_name = index % 2 == 0 ? "truth" : NULL;
  segment->category = (dseg_code){"123037004", "SCT", "Anatomical Structure"};
  segment->type = (dseg_code){"10200004", "SCT", "Liver"};
  segment->has_color = true;
  dseg_default_color(index, segment->rgb);
  dseg_rgb_to_cielab(segment->rgb, segment->cielab);
}

/* Rotated about two axes, with a different distance along each. */
static void describe_geometry(truth_volume *truth) {
  const double a = 0.3, b = -0.2;
  const double axis[3][3] = {
      {cos(a), sin(a), 0}, {-sin(a) * cos(b), cos(a) * cos(b), sin(b)}, {sin(a) * sin(b), -cos(a) * sin(b), cos(b)}};
  const double spacing[3] = {0.75, 1.25, 2.5};
  dseg_grid grid = {{truth->which->columns, truth->which->rows, truth->which->planes}, {-12.5, 7.25, 101.0}, {{0}}};
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++) {
      grid.step[i][j] = spacing[i] * axis[i][j];
    }
  }
  dseg_error error = {0};
  if (dseg_geometry_from_grid(truth->description, &grid, &error) != DSEG_OK) {
    fprintf(stderr, "%s\n", error.message);
    exit(1);
  }
  truth->description->geometry.frame_of_reference_uid = "1.2.826.0.1.3680043.8.498.1";
}

static void describe(truth_volume *truth, bool consecutive) {
  static const uint32_t gaps[] = {1, 5, 255, 256, 2035, 65535};
  dseg_description *description = must(dseg_description_create());
  truth->description = description;
  const size_t count = truth->which->segments;
  description->kind = truth->which->kind;
  description->maximum_fraction = truth->which->fill == FILL_FRACTIONS ? 200 : 0;
  description->has_background = true;
  description->segments = must(dseg_description_alloc(description, count * sizeof *description->segments));
  description->segment_count = count;
  for (size_t i = 0; i < count; i++) {
    const bool with_gaps = truth->which->numbers == NUMBERS_WITH_GAPS && !consecutive;
    describe_segment(description, i, with_gaps ? gaps[i] : (uint32_t)(i + 1));
  }
  describe_geometry(truth);
}

/* Segment s fills rows and columns from 2 * s up to the larger part of the plane. */
static bool in_block(const truth_volume *truth, size_t segment, size_t plane, size_t row, size_t column) {
  const size_t planes = truth->which->planes;
  if (plane == 0 || plane == planes / 2 || plane + 1 == planes) {
    return false;
  }
  const size_t start = 2 * segment;
  return row >= start && column >= start + plane && row < truth->which->rows * 3 / 4 &&
         column < truth->which->columns * 2 / 3;
}

static uint32_t label_at(const truth_volume *truth, size_t plane, size_t row, size_t column, uint32_t *random) {
  const size_t count = truth->which->segments;
  switch (truth->which->fill) {
    case FILL_ALL: return 1;
    case FILL_NOISE: return next_random(random) % (uint32_t)(count + 1);
    case FILL_COUNT: return (uint32_t)((plane * truth->which->rows + row) * truth->which->columns + column);
    case FILL_BLOCKS:
      for (size_t segment = count; segment > 0; segment--) {
        if (in_block(truth, segment - 1, plane, row, column)) {
          return (uint32_t)segment;
        }
      }
      return 0;
    default: return 0;
  }
}

static uint8_t mask_at(const truth_volume *truth, size_t segment, size_t plane, size_t row, size_t column) {
  if (truth->which->fill == FILL_OVERLAP) {
    return in_block(truth, segment, plane, row, column);
  }
  const size_t maximum = truth->description->maximum_fraction;
  return (uint8_t)((plane * 31 + row * 7 + column * (segment + 1)) % (maximum + 1));
}

void truth_make(truth_volume *truth, const truth_case *which, bool consecutive) {
  *truth = (truth_volume){.which = which};
  truth->plane_voxels = (size_t)which->rows * which->columns;
  truth->voxels = truth->plane_voxels * which->planes;
  describe(truth, consecutive);
  if (which->kind == DSEG_VOXELS_LABELS) {
    truth->indices = must(calloc(truth->voxels, sizeof *truth->indices));
  } else {
    truth->masks = must(calloc(truth->voxels, which->segments));
  }
  uint32_t random = 12345;
  size_t voxel = 0;
  for (size_t plane = 0; plane < which->planes; plane++) {
    for (size_t row = 0; row < which->rows; row++) {
      for (size_t column = 0; column < which->columns; column++, voxel++) {
        if (truth->indices != NULL) {
          truth->indices[voxel] = label_at(truth, plane, row, column, &random);
          continue;
        }
        for (size_t segment = 0; segment < which->segments; segment++) {
          truth->masks[segment * truth->voxels + voxel] = mask_at(truth, segment, plane, row, column);
        }
      }
    }
  }
}

void truth_free(truth_volume *truth) {
  dseg_description_destroy(truth->description);
  free(truth->indices);
  free(truth->masks);
  *truth = (truth_volume){0};
}

uint8_t truth_mask_at(const truth_volume *truth, size_t segment, size_t voxel) {
  if (truth->indices != NULL) {
    return truth->indices[voxel] == segment + 1;
  }
  return truth->masks[segment * truth->voxels + voxel];
}

bool truth_plane_is_empty(const truth_volume *truth, size_t plane) {
  const size_t first = plane * truth->plane_voxels;
  for (size_t voxel = first; voxel < first + truth->plane_voxels; voxel++) {
    if (truth->indices != NULL && truth->indices[voxel] != 0) {
      return false;
    }
    for (size_t segment = 0; truth->masks != NULL && segment < truth->which->segments; segment++) {
      if (truth_mask_at(truth, segment, voxel) != 0) {
        return false;
      }
    }
  }
  return true;
}

void truth_plane_labels(const truth_volume *truth, size_t plane, unsigned bits, void *out) {
  for (size_t i = 0; i < truth->plane_voxels; i++) {
    const uint32_t index = truth->indices[plane * truth->plane_voxels + i];
    const uint32_t number = index == 0 ? 0 : truth->description->segments[index - 1].number;
    if (bits == 8) {
      ((uint8_t *)out)[i] = (uint8_t)number;
    } else if (bits == 16) {
      ((uint16_t *)out)[i] = (uint16_t)number;
    } else {
      ((uint32_t *)out)[i] = number;
    }
  }
}
