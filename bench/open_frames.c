/* SPDX-License-Identifier: Apache-2.0 */
/* open_frames.c - the time of opening an object in memory, of frames of 16 x 16 voxels and 100 segments.
 *
 *   open_frames REPRESENTATION FRAMES
 *
 * REPRESENTATION is "binary", whose frames Per-Frame Functional Groups place, or "test-presence", whose frames a
 * presence map places (tests/plugin/presence.c). The median of 15 openings. */
#include <stdio.h>
#include <stdlib.h>

#include "dseg/dseg.h"
#include "measure.h"

enum { SIDE = 16, SEGMENTS = 100, TURNS = 15 };

dseg_status register_presence(dseg_registrar registrar, dseg_error *error);

static dseg_status describe(dseg_description *description, size_t planes, dseg_error *error) {
  const dseg_grid grid = {.size = {SIDE, SIDE, planes}, .step = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  DSEG_TRY(dseg_geometry_from_grid(description, &grid, error));
  description->kind = DSEG_VOXELS_MASKS;
  description->segments = dseg_description_alloc(description, SEGMENTS * sizeof *description->segments);
  if (description->segments == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  description->segment_count = SEGMENTS;
  for (size_t i = 0; i < SEGMENTS; i++) {
    description->segments[i] = (dseg_segment){.number = (uint32_t)(i + 1), .label = "segment"};
  }
  return DSEG_OK;
}

static dseg_status write_planes(dseg_writer *writer, size_t planes, dseg_error *error) {
  const uint8_t mask[SIDE * SIDE] = {0, 1, 1};
  for (size_t plane = 0; plane < planes; plane++) {
    for (size_t segment = 0; segment < SEGMENTS; segment++) {
      DSEG_TRY(dseg_writer_write_mask(writer, plane, segment, mask, error));
    }
  }
  return dseg_writer_finish(writer, error);
}

static dseg_status write_object(const char *representation, size_t planes, dseg_buffer *bytes, dseg_error *error) {
  dseg_description *description = dseg_description_create();
  if (description == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  const dseg_output output = dseg_output_to_buffer(bytes);
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options), .representation = representation};
  dseg_writer *writer = NULL;
  dseg_status status = describe(description, planes, error);
  if (status == DSEG_OK) {
    status = dseg_writer_create_to(&output, description, &options, &writer, error);
  }
  if (status == DSEG_OK) {
    status = write_planes(writer, planes, error);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  return status;
}

static dseg_status time_opening(const dseg_buffer *bytes, double *seconds, dseg_error *error) {
  dseg_input *input = NULL;
  dseg_source *source = NULL;
  DSEG_TRY(dseg_input_from_memory((dseg_view){bytes->data, bytes->size}, &input, error));
  const double start = bench_seconds();
  const dseg_status status = dseg_open_input(input, "frames", NULL, &source, error);
  *seconds = bench_seconds() - start;
  if (status != DSEG_OK) {
    dseg_input_close(input);
  }
  dseg_source_close(source);
  return status;
}

static dseg_status measure(const char *representation, size_t planes, dseg_error *error) {
  dseg_buffer object = {0};
  double seconds[TURNS];
  DSEG_TRY(register_presence(dseg_register, error));
  dseg_status status = write_object(representation, planes, &object, error);
  bench_reset_peak();
  for (size_t turn = 0; turn < TURNS && status == DSEG_OK; turn++) {
    status = time_opening(&object, &seconds[turn], error);
  }
  if (status == DSEG_OK) {
    printf("{\"seconds\": %.9f, \"peak_bytes\": %llu, \"version\": \"%s\"}\n", bench_median(seconds, TURNS),
           bench_peak_bytes(), dseg_version());
  }
  dseg_buffer_free(&object);
  return status;
}

int main(int argc, char **argv) {
  const size_t frames = argc == 3 ? (size_t)strtoull(argv[2], NULL, 10) : 0;
  dseg_error error = {0};
  if (frames < 2 * SEGMENTS) {
    fprintf(stderr, "usage: open_frames REPRESENTATION FRAMES, of which there are at least %d\n", 2 * SEGMENTS);
    return 2;
  }
  if (measure(argv[1], frames / SEGMENTS, &error) != DSEG_OK) {
    fprintf(stderr, "open_frames: error: %s\n", error.message);
    return 1;
  }
  return 0;
}
