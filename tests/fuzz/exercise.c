/* SPDX-License-Identifier: Apache-2.0 */
/* exercise.c - opens hostile bytes as every kind of input and asks for everything. */
#include "exercise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dseg/proposals.h"
#include "support/trial_reader.h"

enum { MEMORY_LIMIT = 64 << 20, VOXEL_LIMIT = 1 << 22, SEGMENT_LIMIT = 40, FRAME_LIMIT = 200 };

const dseg_open_options exercise_options = {
    .struct_size = sizeof(dseg_open_options), .memory_limit = MEMORY_LIMIT, .keep_context = true, .threads = 1};

static void must(bool condition, const char *what) {
  if (!condition) {
    fprintf(stderr, "contradiction: %s\n", what);
    abort();
  }
}

/* Every string and array of a description is there to be read. */
static size_t walk_description(const dseg_description *description) {
  size_t sum = 0;
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_segment *segment = &description->segments[i];
    must(segment->label != NULL, "a segment without a label");
    must(i == 0 || segment->number > description->segments[i - 1].number, "segments out of order");
    must(dseg_description_find_segment(description, segment->number) == (ptrdiff_t)i, "a segment is not found");
    sum += strlen(segment->label);
    sum += segment->category.value != NULL ? strlen(segment->category.value) : 0;
    sum += segment->type.meaning != NULL ? strlen(segment->type.meaning) : 0;
    for (size_t j = 0; j < segment->type_modifiers.count; j++) {
      sum += segment->type_modifiers.items[j].value != NULL ? strlen(segment->type_modifiers.items[j].value) : 0;
    }
  }
  const dseg_geometry *geometry = &description->geometry;
  must(geometry->rows > 0 && geometry->columns > 0 && geometry->plane_count > 0, "an empty raster");
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const int32_t source = geometry->planes[i].source;
    must(source >= -1 && (source < 0 || (size_t)source < description->references.count), "a reference out of range");
  }
  for (size_t i = 0; i < description->context.size; i++) {
    sum += description->context.data[i];
  }
  return sum;
}

static dseg_status read_labels(dseg_source *source, void *out, size_t planes, size_t plane_voxels, dseg_error *error) {
  for (int overlap = DSEG_OVERLAP_FIRST; overlap <= DSEG_OVERLAP_LAST; overlap++) {
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .plane_count = planes,
                                        .bits = 32,
                                        .overlap = (dseg_overlap_policy)overlap,
                                        .threads = 1};
    dseg_overlap found;
    DSEG_TRY(dseg_source_read_labels(source, &request, out, planes * plane_voxels * 4, &found, error));
  }
  return DSEG_OK;
}

static dseg_status read_masks(dseg_source *source, uint8_t *out, size_t planes, size_t plane_voxels,
                              dseg_error *error) {
  const dseg_description *description = dseg_source_description(source);
  for (size_t i = 0; i < description->segment_count && i < SEGMENT_LIMIT; i++) {
    DSEG_TRY(dseg_source_read_mask(source, i, 0, planes, out, planes * plane_voxels, 1, error));
    for (size_t voxel = 0; voxel < planes * plane_voxels; voxel++) {
      must(description->maximum_fraction > 0 || out[voxel] <= 1, "a mask that is neither 0 nor 1");
    }
  }
  uint8_t *present = calloc(description->segment_count + 1, 1);
  if (present == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  dseg_status status = DSEG_OK;
  for (size_t plane = 0; status == DSEG_OK && plane < planes; plane++) {
    status = dseg_source_segments_in_plane(source, plane, present, error);
  }
  free(present);
  return status;
}

/* Each voxel is one instance's. A matrix without end, and planes of no grid, are refused. */
static void measure_instances(dseg_source *source, size_t count) {
  const dseg_instance_statistics_options options = {
      .struct_size = sizeof options, .threads = 1, .memory_limit = MEMORY_LIMIT};
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  dseg_instance_statistics *statistics = NULL;
  if (geometry->matrix_columns > VOXEL_LIMIT / geometry->rows ||
      dseg_source_instance_statistics(source, &options, &statistics, NULL) != DSEG_OK) {
    return;
  }
  uint64_t voxels = 0;
  must(statistics->count == count && statistics->present <= count, "instances that are not there have voxels");
  for (size_t i = 0; i < count; i++) {
    voxels += statistics->voxels[i];
  }
  must(voxels <= (uint64_t)geometry->rows * geometry->columns * geometry->plane_count, "voxels that are not there");
  dseg_instance_statistics_destroy(statistics);
}

/* Numbers are those of instances that there are; their columns are there to be read. */
static dseg_status read_instances(dseg_source *source, uint32_t *out, size_t planes, size_t plane_voxels,
                                  dseg_error *error) {
  const dseg_description *description = dseg_source_description(source);
  const dseg_instances *instances = description->instances;
  size_t found[4];
  size_t count = 0;
  if (instances == NULL) {
    return DSEG_OK;
  }
  uint64_t sum = 0;
  for (size_t i = 0; i < instances->count; i++) {
    must(instances->segments == NULL || instances->segments[i] < description->segment_count, "a class out of range");
    sum += dseg_instance_original_number(instances, (uint32_t)i + 1);
    sum += instances->confidence != NULL && instances->confidence[i] > 0 ? 1 : 0;
    for (size_t k = 0; instances->boxes != NULL && k < instances->box_values; k++) {
      sum += instances->boxes[i * instances->box_values + k];
    }
  }
  must(instances->count > 0 || sum == 0, "a sum of nothing");
  DSEG_TRY(dseg_source_read_instances(source, 0, planes, out, planes * plane_voxels * sizeof *out, 1, error));
  for (size_t voxel = 0; voxel < planes * plane_voxels; voxel++) {
    must(out[voxel] <= instances->count, "an instance that is not there");
  }
  if (instances->count > 0) {
    (void)dseg_source_instance_planes(source, (uint32_t)instances->count, found, 4, &count, NULL);
  }
  measure_instances(source, instances->count);
  for (size_t i = 0; i < count && i < 4; i++) {
    must(found[i] < description->geometry.plane_count, "an instance in a plane that is not there");
  }
  return DSEG_OK;
}

static dseg_status read_frames(dseg_source *source, dseg_error *error) {
  const dseg_encoding_info *encoding = dseg_source_encoding(source);
  dseg_buffer buffer = {0};
  dseg_status status = DSEG_OK;
  for (size_t frame = 0; status == DSEG_OK && frame < encoding->frame_count && frame < FRAME_LIMIT; frame++) {
    dseg_frame_location location;
    status = dseg_source_frame(source, frame, &location, error);
    if (status == DSEG_OK) {
      buffer.size = 0;
      status = dseg_source_read_frame(source, frame, &buffer, error);
    }
  }
  dseg_buffer_free(&buffer);
  return status;
}

dseg_status exercise_source(dseg_source *source, dseg_error *error) {
  const dseg_description *description = dseg_source_description(source);
  walk_description(description);
  dseg_grid grid;
  (void)dseg_geometry_to_grid(&description->geometry, &grid, NULL, NULL); /* irregular planes are fine */
  const size_t plane_voxels = (size_t)description->geometry.rows * description->geometry.columns;
  if (plane_voxels > VOXEL_LIMIT) {
    return DSEG_OK;
  }
  const size_t fitting = VOXEL_LIMIT / plane_voxels;
  const size_t planes = description->geometry.plane_count < fitting ? description->geometry.plane_count : fitting;
  void *out = malloc(planes * plane_voxels * sizeof(uint32_t));
  if (out == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  dseg_status status = read_labels(source, out, planes, plane_voxels, error);
  if (status == DSEG_OK) {
    status = read_masks(source, out, planes, plane_voxels, error);
  }
  if (status == DSEG_OK) {
    status = read_instances(source, out, planes, plane_voxels, error);
  }
  if (status == DSEG_OK) {
    status = read_frames(source, error);
  }
  free(out);
  return status;
}

/* Opens input, which is used up, and exercises what is found. */
static dseg_status exercise_input(dseg_input *input, dseg_error *error) {
  dseg_source *source = NULL;
  dseg_status status = dseg_open_input(input, "input", &exercise_options, &source, error);
  must((status == DSEG_OK) == (source != NULL), "a source and a failure, or neither");
  if (status != DSEG_OK) {
    dseg_input_close(input);
    return status;
  }
  status = exercise_source(source, error);
  dseg_source_close(source);
  return status;
}

/* What a reader gives piece by piece, and late, is what memory gives; a read that fails makes the call fail that needs
 * it. run uses its input up. */
static void exercise_reader(const uint8_t *data, size_t size, dseg_status expected,
                            dseg_status (*run)(dseg_input *input, dseg_error *error)) {
  const dseg_view bytes = {data, size};
  const size_t fail_at = 1 + (size * 7 + (size > 0 ? data[size / 2] : 0u)) % 13;
  trial_reader trials[] = {{.bytes = bytes, .most = 61, .late = 2000}, {.bytes = bytes, .fail_at = fail_at}};
  for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
    dseg_input *input = NULL;
    dseg_error error = {0};
    must(trial_open(&trials[i], &input) == DSEG_OK, "no input of a reader");
    const dseg_status status = run(input, &error);
    const bool failed = trials[i].fail_at != 0 && trials[i].reads >= trials[i].fail_at;
    must(trials[i].closed == 1, "a reader that is not closed once");
    must(failed ? status != DSEG_OK : (status == DSEG_OK) == (expected == DSEG_OK),
         "a reader whose bytes are taken for others");
    must(status == DSEG_OK || error.message[0] != '\0', "a failure without a message");
  }
}

dseg_status exercise_dicom(const uint8_t *data, size_t size, dseg_error *error) {
  must(dseg_register_proposals(NULL) == DSEG_OK, "proposals that cannot be registered");
  dseg_input *input = NULL;
  must(dseg_input_from_memory((dseg_view){data, size}, &input, error) == DSEG_OK, "no input of memory");
  const dseg_status status = exercise_input(input, error);
  exercise_reader(data, size, status, exercise_input);
  return status;
}

static void note_finding(void *user, const dseg_finding *finding) {
  size_t *count = user;
  must(finding->rule != NULL && finding->path != NULL && finding->message[0] != '\0', "a finding that says nothing");
  *count += finding->count;
}

static dseg_status validate_input(dseg_input *input, dseg_error *error) {
  size_t count = 0;
  const dseg_validate_options options = {.struct_size = sizeof(dseg_validate_options),
                                         .found = note_finding,
                                         .user = &count,
                                         .memory_limit = MEMORY_LIMIT,
                                         .threads = 1,
                                         .codes = true};
  dseg_validation result;
  dseg_status status = dseg_validate_input(input, &options, &result, error);
  dseg_input_close(input);
  must(status != DSEG_OK || result.errors + result.warnings == count, "findings that were not told");
  if (status == DSEG_OK && result.errors > 0) {
    status = dseg_fail(error, DSEG_ERROR_FORMAT, "not valid");
  }
  return status;
}

dseg_status exercise_validate(const uint8_t *data, size_t size, dseg_error *error) {
  dseg_input *input = NULL;
  must(dseg_input_from_memory((dseg_view){data, size}, &input, error) == DSEG_OK, "no input of memory");
  const dseg_status status = validate_input(input, error);
  exercise_reader(data, size, status, validate_input);
  return status;
}

static const char *transcode_target;

static dseg_status transcode_input(dseg_input *input, dseg_error *error) {
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_transcode_options options = {.struct_size = sizeof options,
                                          .transfer_syntax = transcode_target,
                                          .threads = 1,
                                          .memory_limit = exercise_options.memory_limit};
  const dseg_status status = dseg_transcode(input, "fuzz", &output, &options, error);
  must((status == DSEG_OK) == (bytes.size > 0), "a part of an object, or none");
  dseg_buffer_free(&bytes);
  return status;
}

dseg_status exercise_transcode(const uint8_t *data, size_t size, dseg_error *error) {
  static const char *const targets[] = {"rle", "implicit-le", "explicit-le"};
  dseg_status status = DSEG_OK;
  for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
    dseg_input *input = NULL;
    transcode_target = targets[i];
    must(dseg_input_from_memory((dseg_view){data, size}, &input, error) == DSEG_OK, "no input of memory");
    status = transcode_input(input, error);
    dseg_input_close(input);
  }
  return status; /* of explicit-le, which holds every object */
}

/* Writes the bytes to an unnamed file and gives the name to open it by; the descriptor is the caller's. */
static int open_unnamed(const uint8_t *data, size_t size, char path[40]) {
  FILE *file = tmpfile();
  must(file != NULL && fwrite(data, 1, size, file) == size && fflush(file) == 0, "no temporary file");
  const int descriptor = dup(fileno(file));
  fclose(file);
  must(descriptor >= 0, "no descriptor");
  snprintf(path, 40, "/proc/self/fd/%d", descriptor);
  return descriptor;
}

/* What is said of voxels that were looked at is what is said of those that were kept. One may be refused alone: zlib
 * checks more of a gzip header than libdeflate. */
static void exercise_look(const char *path, const dseg_source *kept) {
  dseg_open_options options = exercise_options;
  dseg_source *looked = NULL;
  dseg_error error = {0};
  options.describe_only = 1;
  const dseg_status status = dseg_open(path, &options, &looked, &error);
  must((status == DSEG_OK) == (looked != NULL), "a source and a failure, or neither");
  if (looked != NULL && kept != NULL) {
    const dseg_description *one = dseg_source_description(looked);
    const dseg_description *two = dseg_source_description(kept);
    must(one->kind == two->kind && one->segment_count == two->segment_count, "another description without voxels");
    for (size_t i = 0; i < one->segment_count; i++) {
      must(one->segments[i].number == two->segments[i].number, "another number without voxels");
    }
  }
  dseg_source_close(looked);
}

/* The same voxels as instances, also as tiles. */
static void exercise_volume_instances(const char *path) {
  for (uint32_t tile = 0; tile < 2; tile++) {
    dseg_open_options options = exercise_options;
    dseg_source *source = NULL;
    dseg_error error = {0};
    options.instances = 1;
    options.tile_rows = 3 * tile;
    options.tile_columns = 5 * tile;
    options.spacing[0] = options.spacing[1] = options.spacing[2] = tile;
    if (dseg_open(path, &options, &source, &error) == DSEG_OK) {
      must(dseg_source_description(source)->instances != NULL, "a volume without the instances asked for");
      must(exercise_source(source, &error) == DSEG_OK, "voxels of instances that cannot be read");
    }
    dseg_source_close(source);
  }
}

dseg_status exercise_volume(const uint8_t *data, size_t size, dseg_error *error) {
  char path[40];
  const int descriptor = open_unnamed(data, size, path);
  dseg_source *source = NULL;
  dseg_status status = dseg_open(path, &exercise_options, &source, error);
  must((status == DSEG_OK) == (source != NULL), "a source and a failure, or neither");
  exercise_look(path, source);
  exercise_volume_instances(path);
  if (status == DSEG_OK) {
    status = exercise_source(source, error);
    dseg_source_close(source);
  }
  close(descriptor);
  exercise_reader(data, size, status, exercise_input);
  return status;
}

/* Applies an input to a description whose segments come from count files. */
static dseg_status read_metadata(const dseg_input *input, size_t count, dseg_error *error) {
  static const dseg_segment_origin origins[4] = {{0, 1}, {0, 2}, {1, 1}, {1, 300}};
  dseg_description *description = dseg_description_create();
  dseg_segment *segments = description != NULL ? dseg_description_alloc(description, 4 * sizeof *segments) : NULL;
  must(segments != NULL, "out of memory");
  for (uint32_t i = 0; i < 4; i++) {
    segments[i].number = i + 1;
    segments[i].label = "before";
  }
  description->segments = segments;
  description->segment_count = 4;
  const dseg_metadata_segment *changes = NULL; /* with several files, segments are added, too */
  const dseg_metadata_files files = {
      .struct_size = sizeof(dseg_metadata_files), .count = count, .origins = origins, .segments = &changes};
  const dseg_status status =
      dseg_metadata_read_input(input, "input", description, count > 1 ? &files : NULL, NULL, error);
  must(status == DSEG_OK || description->segment_count == 4, "a failure adds segments");
  must(description->segment_count >= 4 && (changes != NULL) == (status == DSEG_OK && count > 1), "changes are told");
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_segment *segment = &description->segments[i];
    must(segment->label != NULL && (status == DSEG_OK || strcmp(segment->label, "before") == 0),
         "a failure changes the description");
    must(i == 0 || segment->number > segment[-1].number, "numbers ascend");
  }
  dseg_description_destroy(description);
  return status;
}

static dseg_status apply_metadata(dseg_input *input, dseg_error *error) {
  dseg_status status = read_metadata(input, 2, error);
  if (status != DSEG_OK && status != DSEG_ERROR_INPUT) {
    status = read_metadata(input, 1, error);
  }
  dseg_input_close(input);
  return status;
}

dseg_status exercise_metadata(const uint8_t *data, size_t size, dseg_error *error) {
  dseg_input *input = NULL;
  must(dseg_input_from_memory((dseg_view){data, size}, &input, error) == DSEG_OK, "no input of memory");
  const dseg_status status = apply_metadata(input, error);
  exercise_reader(data, size, status, apply_metadata);
  return status;
}

/* Applies a table to a label map of three segments; or to masks, which are called as their files are. */
static dseg_status read_names(const dseg_input *input, bool are_masks, dseg_error *error) {
  static const dseg_segment_origin origins[3] = {{0, 1}, {1, 1}, {2, 1}};
  static const char *const names[3] = {"liver.nii.gz", "left_kidney.nii.gz", "Segment 3.nii"};
  static const uint32_t numbers[3] = {1, 2, 17};
  dseg_description *description = dseg_description_create();
  dseg_segment *segments = description != NULL ? dseg_description_alloc(description, 3 * sizeof *segments) : NULL;
  must(segments != NULL, "out of memory");
  for (uint32_t i = 0; i < 3; i++) {
    segments[i] = (dseg_segment){.number = numbers[i], .label = "before", .assumed = DSEG_ASSUMED_LABEL};
  }
  description->segments = segments;
  description->segment_count = 3;
  const dseg_metadata_segment *changes = NULL;
  const dseg_named_segment *named = NULL;
  const dseg_metadata_files files = {.struct_size = sizeof files,
                                     .count = are_masks ? 3 : 1,
                                     .origins = are_masks ? origins : NULL,
                                     .names = are_masks ? names : NULL,
                                     .segments = &changes};
  const dseg_names_options options = {.struct_size = sizeof options, .files = &files, .input = input, .named = &named};
  const dseg_status status = dseg_names_apply("input", description, &options, error);
  must(status == DSEG_OK || (description->segments == segments && description->segment_count == 3),
       "a failure changes the description");
  must(status != DSEG_OK || (changes != NULL && named != NULL), "changes are told");
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_segment *segment = &description->segments[i];
    must(segment->label != NULL && (status == DSEG_OK || strcmp(segment->label, "before") == 0),
         "a failure changes a segment");
    must(i == 0 || segment->number > segment[-1].number, "numbers ascend");
    must((segment->category.value == NULL) == (segment->type.value == NULL), "a category without a type");
  }
  dseg_description_destroy(description);
  return status;
}

static dseg_status apply_names(dseg_input *input, dseg_error *error) {
  dseg_status status = read_names(input, false, error);
  if (status != DSEG_OK && status != DSEG_ERROR_INPUT) {
    status = read_names(input, true, error);
  }
  dseg_input_close(input);
  return status;
}

/* The bytes as classes of instances; what is taken is written, and taken again. */
static void exercise_classes(dseg_view text) {
  static const uint32_t numbers[] = {3, 1, 2};
  static const dseg_instances instances = {.count = 3, .numbers = numbers};
  dseg_description *description = dseg_description_create();
  dseg_buffer table = {0};
  must(description != NULL, "out of memory");
  description->instances = &instances;
  if (dseg_instances_read_table(description, text, NULL, NULL) == DSEG_OK) {
    must(description->instances->segments != NULL, "instances without their classes");
    must(dseg_instances_write_table(description, &table, NULL) == DSEG_OK, "classes that cannot be written");
    must(dseg_instances_read_table(description, (dseg_view){table.data, table.size}, NULL, NULL) == DSEG_OK,
         "a table that is not taken again");
  }
  dseg_buffer_free(&table);
  dseg_description_destroy(description);
}

dseg_status exercise_names(const uint8_t *data, size_t size, dseg_error *error) {
  dseg_input *input = NULL;
  must(dseg_input_from_memory((dseg_view){data, size}, &input, error) == DSEG_OK, "no input of memory");
  const dseg_status status = apply_names(input, error);
  exercise_classes((dseg_view){data, size});
  exercise_reader(data, size, status, apply_names);
  return status;
}
