/* SPDX-License-Identifier: Apache-2.0 */
/* reading.c - trials that open, read and validate. */
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

static void put_finding(void *user, const dseg_finding *finding) {
  (void)fprintf(user, "%s %s %s\n", finding->rule->id, finding->path, finding->message);
}

dseg_status run_validate(const memory_trial *trial, FILE *outcome, dseg_error *error) {
  const dseg_validate_options options = {.struct_size = sizeof(dseg_validate_options),
                                         .found = put_finding,
                                         .user = outcome,
                                         .notes = {put_warning, outcome},
                                         .threads = 1};
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
