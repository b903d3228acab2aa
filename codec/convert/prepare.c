/* SPDX-License-Identifier: Apache-2.0 */
/* prepare.c - opens the inputs and settles what the output is: its representation, segments and planes. */
#include <stdlib.h>
#include <string.h>

#include "convert/convert.h"

static dseg_status open_inputs(convert_job *job, dseg_error *error) {
  const convert_options *options = job->options;
  const dseg_open_options open_options = {
      .struct_size = sizeof(dseg_open_options),
      .warnings = options->refusal == NULL ? cli_warning_sink(&job->warnings) : (dseg_warning_sink){0},
      .keep_context = job->format == NULL,
      .padded_bit_frames = options->padded_bit_frames,
      .threads = options->threads,
      .outputs = job->outputs,
      .other_patient = options->other_patient,
  };
  return cli_open(options->inputs, options->input_count, &open_options, &job->source, error);
}

/* No output may be one of them. What a header or a directory stands for is found when it is read. */
static dseg_status add_inputs(convert_job *job, dseg_error *error) {
  const convert_options *options = job->options;
  DSEG_TRY(cli_add_inputs(job->outputs, options->inputs, options->input_count, error));
  DSEG_TRY(cli_add_inputs(job->outputs, options->references, options->reference_count, error));
  return cli_add_inputs(job->outputs, &options->metadata, 1, error);
}

/* The names of outputs that are on the command line, before the work. */
static int check_names(const convert_job *job) {
  const convert_options *options = job->options;
  const char *names[2];
  size_t count = 0;
  if (!options->split && options->output != cli_standard_output) { /* otherwise no file has this name */
    names[count++] = options->output;
  }
  if (options->write_metadata != NULL) {
    names[count++] = options->write_metadata;
  }
  return convert_check_names(job, names, count);
}

/* dcmqi's JSON knows segments by the file they came from and their number in it. */
static int apply_metadata(convert_job *job) {
  const convert_options *options = job->options;
  dseg_description *target = job->target;
  if (options->metadata == NULL) {
    return CLI_OK;
  }
  dseg_segment_origin *origins = calloc(target->segment_count + 1, sizeof *origins);
  if (origins == NULL) {
    return convert_fail_memory(job);
  }
  for (size_t i = 0; i < target->segment_count; i++) {
    origins[i] = dseg_source_segment_origin(job->source, i);
  }
  job->metadata_lists = calloc(target->segment_count + 1, sizeof *job->metadata_lists);
  const dseg_metadata_segment *changes = NULL;
  const dseg_metadata_files files = {.struct_size = sizeof(dseg_metadata_files),
                                     .count = options->input_count,
                                     .origins = origins,
                                     .names = options->inputs,
                                     .complete = options->complete_metadata,
                                     .lists = job->metadata_lists,
                                     .segments = &changes};
  cli_warnings warnings = {.file = options->metadata};
  const dseg_warning_sink sink = cli_warning_sink(&warnings);
  dseg_error error = {0};
  const dseg_status status = dseg_metadata_read(options->metadata, target, &files, &sink, &error);
  cli_warnings_end(&warnings);
  free(origins);
  job->changes = changes;
  return status == DSEG_OK ? CLI_OK : cli_fail(options->metadata, status, &error);
}

static bool is_fraction(dseg_voxel_kind kind) {
  return kind == DSEG_VOXELS_PROBABILITY || kind == DSEG_VOXELS_OCCUPANCY;
}

/* The representation of an object that is made from labels or masks: a label map unless segments overlap. */
static int choose_by_overlap(convert_job *job, const char **name) {
  *name = "labelmap";
  const bool flattened = job->options->overlap_given && job->options->overlap != DSEG_OVERLAP_ERROR;
  if (dseg_source_description(job->source)->kind == DSEG_VOXELS_LABELS || flattened) {
    return CLI_OK;
  }
  dseg_overlap overlap = {0};
  dseg_error error = {0};
  const dseg_status status = convert_scan_overlap(job, 0, &overlap, &error);
  if (status != DSEG_OK) {
    return convert_fail_input(job, status, &error);
  }
  *name = overlap.voxels > 0 ? "binary" : "labelmap";
  return CLI_OK;
}

/* --as, else what a DICOM input has, else what holds the voxels in the fewest bytes. */
static int choose_representation(convert_job *job) {
  const convert_options *options = job->options;
  const dseg_voxel_kind kind = dseg_source_description(job->source)->kind;
  const bool keeps_fractions = is_fraction(kind) && options->threshold <= 0;
  const char *name = options->representation;
  const dseg_encoding_info *encoding = dseg_source_encoding(job->source);
  if (name == NULL && is_fraction(kind) == keeps_fractions) {
    name = encoding->representation;
  }
  if (name == NULL && keeps_fractions) {
    name = "fractional";
  }
  int exit_code = CLI_OK;
  if (name == NULL) {
    exit_code = choose_by_overlap(job, &name);
  }
  if (exit_code == CLI_OK) {
    job->representation = dseg_find_representation(name);
    if (job->representation == NULL) {
      cli_error(options->output, "this build has no representation \"%s\"; see dseg codecs", name);
      exit_code = CLI_OUTPUT;
    }
  }
  return exit_code;
}

/* Fractions stay fractions, or become labels by a threshold that the user has chosen. */
static int settle_kind(convert_job *job) {
  const convert_options *options = job->options;
  dseg_description *target = job->target;
  const bool from_fractions = is_fraction(target->kind);
  const bool volume = job->representation == NULL;
  const bool to_fractions =
      volume ? from_fractions && options->threshold <= 0 : (job->representation->flags & DSEG_PLUGIN_FRACTIONS) != 0;
  if (from_fractions && !to_fractions && options->threshold <= 0) {
    cli_error(convert_input_name(job),
              "it holds fractions, and %s needs to know from which fraction on a voxel is inside: %s",
              volume ? "a label volume" : job->representation->name,
              options->is_dcmqi ? "use dseg convert with --threshold" : "give --threshold (0.5 for instance)");
    return CLI_INPUT;
  }
  if (from_fractions && to_fractions && options->threshold > 0) {
    cli_error(convert_input_name(job), "--threshold has no use where the output holds fractions");
    return CLI_USAGE;
  }
  job->fractions = to_fractions;
  job->mask_maximum = 1;
  if (to_fractions && !from_fractions) {
    target->kind = DSEG_VOXELS_OCCUPANCY;
    target->maximum_fraction = UINT8_MAX;
    job->mask_maximum = UINT8_MAX;
  } else if (!to_fractions) {
    const bool labels = volume || (job->representation->flags & DSEG_PLUGIN_LABEL_FRAMES) != 0 ||
                        target->kind == DSEG_VOXELS_LABELS ||
                        (options->overlap_given && options->overlap != DSEG_OVERLAP_ERROR);
    target->kind = labels ? DSEG_VOXELS_LABELS : DSEG_VOXELS_MASKS;
    target->maximum_fraction = 0;
  }
  return CLI_OK;
}

static int set_series_text(convert_job *job) {
  const convert_options *options = job->options;
  dseg_content *content = &job->target->content;
  if (options->series_description != NULL) {
    content->series_description = dseg_description_strdup(job->target, options->series_description);
  }
  if (options->series_number != NULL) {
    content->series_number = dseg_description_strdup(job->target, options->series_number);
  }
  const bool complete = (options->series_description == NULL || content->series_description != NULL) &&
                        (options->series_number == NULL || content->series_number != NULL);
  return complete ? CLI_OK : convert_fail_memory(job);
}

/* Original numbers for now, in 32 bits, for what has to look at voxels before the output's numbers are settled. */
static void keep_numbers(convert_job *job) {
  for (size_t i = 0; i < job->target->segment_count; i++) {
    job->values[job->source_segment[i]] = job->target->segments[i].number;
  }
  job->bits = 32;
}

static int settle_output(convert_job *job) {
  int exit_code = convert_select_segments(job);
  if (exit_code == CLI_OK) {
    exit_code = convert_select_planes(job);
  }
  if (exit_code == CLI_OK && job->options->ascending) {
    convert_ascend(job);
  }
  if (exit_code == CLI_OK && job->options->grid == CONVERT_GRID_TIGHT) {
    exit_code = convert_tighten(job);
  }
  if (exit_code == CLI_OK && job->format == NULL) {
    keep_numbers(job);
    exit_code = choose_representation(job);
  }
  if (exit_code == CLI_OK) {
    exit_code = settle_kind(job);
  }
  if (exit_code == CLI_OK && job->options->reference_count > 0) {
    exit_code = convert_apply_reference(job);
  }
  if (exit_code == CLI_OK) {
    exit_code = convert_settle_absent(job);
  }
  if (exit_code == CLI_OK) {
    exit_code = convert_number_segments(job);
  }
  if (exit_code == CLI_OK) {
    exit_code = convert_check_segments(job);
  }
  if (exit_code == CLI_OK) {
    exit_code = convert_note_absent(job);
  }
  if (exit_code == CLI_OK && job->format == NULL) {
    exit_code = convert_settle_attributes(job);
  }
  return exit_code;
}

int convert_prepare(convert_job *job, const convert_options *options) {
  *job = (convert_job){.options = options, .warnings = {.file = options->input_count == 1 ? options->inputs[0] : NULL}};
  job->format = options->format;
  job->outputs = dseg_output_set_create();
  if (job->outputs == NULL) {
    return convert_fail_memory(job);
  }
  dseg_error error = {0};
  dseg_status status = add_inputs(job, &error);
  if (status != DSEG_OK) {
    return convert_fail_input(job, status, &error);
  }
  int exit_code = check_names(job);
  if (exit_code != CLI_OK) {
    return exit_code;
  }
  status = open_inputs(job, &error);
  if (status == DSEG_OK) {
    status = dseg_description_copy(dseg_source_description(job->source), &job->target, &error);
  }
  if (status != DSEG_OK) {
    return convert_fail_input(job, status, &error);
  }
  exit_code = apply_metadata(job);
  if (exit_code == CLI_OK) {
    exit_code = set_series_text(job);
  }
  if (exit_code == CLI_OK) {
    exit_code = settle_output(job);
  }
  return exit_code;
}

int convert_commit(convert_job *job) {
  dseg_error error = {0};
  const dseg_status status = dseg_output_set_commit(job->outputs, &error);
  return status == DSEG_OK ? CLI_OK : convert_fail_output(job, job->options->output, status, &error);
}

void convert_finish(convert_job *job) {
  dseg_output_set_destroy(job->outputs);
  cli_warnings_end(&job->warnings);
  for (size_t i = 0; i < job->result.file_count; i++) {
    free(job->result.files[i]);
  }
  free(job->result.files);
  free(job->source_segment);
  free(job->read_segments);
  free(job->metadata_lists);
  free(job->values);
  free(job->map.source_plane);
  free(job->mask_plane);
  dseg_description_destroy(job->target);
  dseg_source_close(job->source);
}
