/* SPDX-License-Identifier: Apache-2.0 */
/* make_frames.c - writes a BINARY object with a given number of segments and small frames, to see how time grows.
 *
 *   make_frames OUTPUT FRAMES SEGMENTS
 *
 * Planes of 64 x 64 voxels: each holds a stripe of every segment. */
#include <stdio.h>
#include <stdlib.h>

#include "dseg/dseg.h"

enum { SIDE = 64, MOST_SEGMENTS = 1000 };

static dseg_status describe(dseg_description *description, size_t segments, size_t planes, dseg_error *error) {
  const dseg_grid grid = {.size = {SIDE, SIDE, planes}, .step = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  DSEG_TRY(dseg_geometry_from_grid(description, &grid, error));
  description->kind = DSEG_VOXELS_LABELS;
  description->segments = dseg_description_alloc(description, segments * sizeof *description->segments);
  if (description->segments == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  description->segment_count = segments;
  for (size_t i = 0; i < segments; i++) {
    char label[32];
    (void)snprintf(label, sizeof label, "Stripe %zu", i + 1);
    description->segments[i] =
        (dseg_segment){.number = (uint32_t)(i + 1), .label = dseg_description_strdup(description, label)};
  }
  return DSEG_OK;
}

static dseg_status write_all(const char *path, size_t segments, size_t planes, dseg_error *error) {
  dseg_description *description = dseg_description_create();
  if (description == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  dseg_writer *writer = NULL;
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = "binary", .replace = true};
  dseg_status status = describe(description, segments, planes, error);
  if (status == DSEG_OK) {
    status = dseg_writer_create(path, description, &options, &writer, error);
  }
  uint16_t labels[SIDE * SIDE];
  const size_t pixels = sizeof labels / sizeof *labels;
  const size_t stripe = pixels / (segments + 1);
  for (size_t plane = 0; plane < planes && status == DSEG_OK; plane++) {
    for (size_t i = 0; i < pixels; i++) {
      labels[i] = (uint16_t)((i / stripe + plane) % (segments + 1));
    }
    status = dseg_writer_write_labels(writer, plane, labels, 16, error);
  }
  if (status == DSEG_OK) {
    status = dseg_writer_finish(writer, error);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  return status;
}

int main(int argc, char **argv) {
  const size_t frames = argc == 4 ? (size_t)strtoull(argv[2], NULL, 10) : 0;
  const size_t segments = argc == 4 ? (size_t)strtoull(argv[3], NULL, 10) : 0;
  if (segments < 1 || segments > MOST_SEGMENTS || frames < segments) {
    fprintf(stderr, "usage: make_frames OUTPUT FRAMES SEGMENTS (1 to %d, not more than frames)\n", MOST_SEGMENTS);
    return 2;
  }
  dseg_error error = {0};
  if (write_all(argv[1], segments, frames / segments, &error) != DSEG_OK) {
    fprintf(stderr, "make_frames: error: %s\n", error.message);
    return 1;
  }
  return 0;
}
