/* SPDX-License-Identifier: Apache-2.0 */
/* reading.c - trials that open, read and validate. */
#include <math.h>

#include "out_of_memory/trial.h"

/* All that a source says and yields. */
static dseg_status read_source(dseg_source *source, FILE *outcome, dseg_error *error) {
  static uint16_t labels[64 * PLANES * PIXELS];
  static uint8_t mask[64 * PLANES * PIXELS];
  uint8_t present[4 * SEGMENTS];
  const dseg_description *description = dseg_source_description(source);
  const dseg_geometry *geometry = &description->geometry;
  const size_t voxels = geometry->plane_count * geometry->rows * geometry->columns;
  const size_t frames = dseg_source_encoding(source)->frame_count;
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .plane_count = geometry->plane_count,
                                      .bits = 16,
                                      .overlap = DSEG_OVERLAP_FIRST,
                                      .threads = 1};
  memory.is_paused = true;
  assert_true(voxels <= sizeof mask && description->segment_count <= sizeof present);
  put_description(outcome, description);
  put_encoding(outcome, dseg_source_encoding(source));
  memory.is_paused = false;
  DSEG_TRY(dseg_source_read_labels(source, &request, labels, voxels * sizeof *labels, NULL, error));
  put_bytes(outcome, labels, voxels * sizeof *labels);
  DSEG_TRY(dseg_source_read_mask(source, 0, 0, geometry->plane_count, mask, voxels, 1, error));
  put_bytes(outcome, mask, voxels);
  DSEG_TRY(dseg_source_segments_in_plane(source, 1, present, error));
  put_bytes(outcome, present, description->segment_count);
  for (size_t i = 0; i < frames; i++) {
    dseg_frame_location location;
    dseg_buffer stored = {0};
    DSEG_TRY(dseg_source_frame(source, i, &location, error));
    const dseg_status status = dseg_source_read_frame(source, i, &stored, error);
    put_bytes(outcome, stored.data, stored.size);
    dseg_buffer_free(&stored);
    DSEG_TRY(status);
  }
  return DSEG_OK;
}

void put_warning(void *user, const char *message) {
  put_text_line(user, message);
}

dseg_status run_open(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  static const char *const names[SEGMENTS] = {"a", "b", "c"};
  const dseg_open_options options = {
      .struct_size = sizeof(dseg_open_options), .warnings = {put_warning, outcome}, .keep_context = true, .threads = 1};
  dseg_input *inputs[SEGMENTS] = {NULL};
  dseg_source *source = NULL;
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < trial->count; i++) {
    status = dseg_input_from_memory((dseg_view){trial->bytes[i].data, trial->bytes[i].size}, &inputs[i], error);
    if (status != DSEG_OK) {
      while (i > 0) {
        dseg_input_close(inputs[--i]);
      }
      return status;
    }
  }
  status = dseg_open_inputs(inputs, names, trial->count, &options, &source, error);
  if (status == DSEG_OK) {
    status = read_source(source, outcome, error);
  }
  dseg_source_close(source);
  return status;
}

/* Planes across those of what they are read from, and some segments in another order, which overlap. */
static dseg_status derive_twice(dseg_source *source, dseg_source **view, FILE *outcome, dseg_error *error) {
  static const uint32_t segments[] = {4, SEGMENTS + 2, 2, SEGMENTS + 4, 1};
  static const uint32_t numbers[] = {5, 9, 1, 3, 12};
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  size_t planes[PLANES];
  dseg_plane_position places[COLUMNS];
  dseg_geometry sides = *geometry; /* sagittal: columns are the source's rows, rows its planes */
  sides.columns = geometry->rows;
  sides.rows = (uint32_t)geometry->plane_count;
  sides.plane_count = geometry->columns;
  sides.planes = places;
  sides.pixel_spacing[0] = fabs(geometry->planes[1].position[2] - geometry->planes[0].position[2]);
  sides.pixel_spacing[1] = geometry->pixel_spacing[0];
  const double orientation[6] = {0, 1, 0,
                                 0, 0, geometry->planes[1].position[2] > geometry->planes[0].position[2] ? 1 : -1};
  memcpy(sides.orientation, orientation, sizeof orientation);
  for (size_t i = 0; i < COLUMNS; i++) {
    places[i] = geometry->planes[0];
    places[i].position[0] += (double)i * geometry->pixel_spacing[1];
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    planes[i] = geometry->plane_count - 1 - i;
  }
  const dseg_derive_options first = {.struct_size = sizeof first,
                                     .segments = segments,
                                     .segment_count = sizeof segments / sizeof *segments,
                                     .planes = planes,
                                     .plane_count = geometry->plane_count,
                                     .numbering = DSEG_VIEW_NUMBERS_GIVEN,
                                     .numbers = numbers,
                                     .grid = DSEG_VIEW_GRID_ONTO,
                                     .onto = &sides,
                                     .threshold = 0.01,
                                     .warnings = {put_warning, outcome},
                                     .threads = 1};
  const dseg_derive_options second = {
      .struct_size = sizeof second, .grid = DSEG_VIEW_GRID_TIGHT, .take_source = true, .threads = 1};
  dseg_source *turned = NULL;
  DSEG_TRY(dseg_source_derive(source, &first, &turned, error));
  const dseg_status status = dseg_source_derive(turned, &second, view, error);
  if (status != DSEG_OK) {
    dseg_source_close(turned);
  }
  return status;
}

static dseg_status read_view(dseg_source *view, FILE *outcome, dseg_error *error) {
  static uint8_t labels[64 * PLANES * PIXELS];
  uint32_t layer_of[SEGMENTS];
  size_t layers = 0;
  const dseg_geometry *geometry = &dseg_source_description(view)->geometry;
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .first_plane = 1,
                                      .plane_count = 2,
                                      .bits = 8,
                                      .overlap = DSEG_OVERLAP_LAST,
                                      .threads = 1};
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  DSEG_TRY(read_source(view, outcome, error));
  DSEG_TRY(dseg_source_read_labels(view, &request, labels, 2 * pixels, NULL, error));
  put_bytes(outcome, labels, 2 * pixels);
  DSEG_TRY(dseg_source_assign_layers(view, 1, layer_of, &layers, error));
  put_bytes(outcome, layer_of, dseg_source_description(view)->segment_count * sizeof *layer_of);
  return DSEG_OK;
}

/* Two copies of an object as one segmentation, so that segments overlap. */
dseg_status run_view(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  static const char *const names[2] = {"a", "b"};
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .keep_context = true, .threads = 1};
  const dseg_view bytes = {trial->bytes->data, trial->bytes->size};
  dseg_input *inputs[2] = {NULL, NULL};
  dseg_source *source = NULL;
  dseg_source *view = NULL;
  DSEG_TRY(dseg_input_from_memory(bytes, &inputs[0], error));
  dseg_status status = dseg_input_from_memory(bytes, &inputs[1], error);
  if (status != DSEG_OK) {
    dseg_input_close(inputs[0]);
    return status;
  }
  DSEG_TRY(dseg_open_inputs(inputs, names, 2, &options, &source, error));
  status = derive_twice(source, &view, outcome, error);
  if (status == DSEG_OK) {
    status = read_view(view, outcome, error);
  }
  dseg_source_close(view);
  dseg_source_close(source);
  return status;
}

dseg_status run_open_files(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  static const char *const paths[] = {"object-1.dcm", "object-2.dcm", "object-3.dcm", "object-4.dcm"};
  const dseg_open_options options = {
      .struct_size = sizeof(dseg_open_options), .warnings = {put_warning, outcome}, .threads = 1};
  dseg_source *source = NULL;
  dseg_status status = dseg_open_many(paths, trial->count, &options, &source, error);
  if (status == DSEG_OK) {
    status = read_source(source, outcome, error);
  }
  dseg_source_close(source);
  return status;
}

dseg_status run_pass(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options),
                                     .warnings = {put_warning, outcome},
                                     .threads = 1,
                                     .describe_only = DSEG_DESCRIBE_AND_PASS};
  dseg_source *source = NULL;
  dseg_status status = dseg_open(trial->what, &options, &source, error);
  if (status == DSEG_OK) {
    status = read_source(source, outcome, error);
  }
  dseg_source_close(source);
  return status;
}

static void put_finding(void *user, const dseg_finding *finding) {
  (void)fprintf(user, "%s %s %s\n", finding->rule->id, finding->path, finding->message);
}

dseg_status run_validate(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  const dseg_validate_options options = {.struct_size = sizeof(dseg_validate_options),
                                         .found = put_finding,
                                         .user = outcome,
                                         .notes = {put_warning, outcome},
                                         .threads = 1,
                                         .codes = true};
  dseg_validation result;
  DSEG_TRY(dseg_validate_memory((dseg_view){trial->bytes->data, trial->bytes->size}, &options, &result, error));
  (void)fprintf(outcome, "%zu %zu %d\n", result.errors, result.warnings, result.pixels_checked);
  return DSEG_OK;
}

dseg_status run_read_metadata(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  memory.is_paused = true;
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  memory.is_paused = false;
  const dseg_warning_sink warnings = {put_warning, outcome};
  dseg_input *input = NULL;
  dseg_status status = dseg_input_from_memory((dseg_view){trial->bytes->data, trial->bytes->size}, &input, error);
  if (status == DSEG_OK) {
    status = dseg_metadata_read_input(input, "a.json", description, NULL, &warnings, error);
  }
  dseg_input_close(input);
  put_description(outcome, description);
  dseg_description_destroy(description);
  return status;
}

dseg_status run_apply_names(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  memory.is_paused = true;
  dseg_description *description = make_description(ROWS, COLUMNS, PLANES, SEGMENTS);
  description->kind = DSEG_VOXELS_LABELS;
  memory.is_paused = false;
  const dseg_metadata_segment *changes = NULL;
  const dseg_metadata_files files = {.struct_size = sizeof files, .segments = &changes};
  dseg_input *input = NULL;
  dseg_status status = dseg_input_from_memory((dseg_view){trial->bytes->data, trial->bytes->size}, &input, error);
  const dseg_names_options options = {
      .struct_size = sizeof options, .files = &files, .input = input, .warnings = {put_warning, outcome}};
  if (status == DSEG_OK) {
    status = dseg_names_apply("names", description, &options, error);
  }
  dseg_input_close(input);
  put_description(outcome, description);
  dseg_description_destroy(description);
  return status;
}
