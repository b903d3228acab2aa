/* SPDX-License-Identifier: Apache-2.0 */
/* convert.c - dseg_convert and dseg_write: the steps of a conversion, and what comes out of it. */
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "base/outlet.h"
#include "convert/job.h"
#include "convert/options.h"
#include "sources/source.h"

/* No output may be an input. What a header or a directory stands for is found when it is read. */
static dseg_status add_inputs(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  for (size_t i = 0; i < options->reference_count; i++) {
    DSEG_TRY(dseg_output_set_add_input(job->set, options->references[i], error));
  }
  if (options->metadata != NULL && options->metadata_input == NULL) {
    DSEG_TRY(dseg_output_set_add_input(job->set, options->metadata, error));
  }
  if (options->classes != NULL) {
    DSEG_TRY(dseg_output_set_add_input(job->set, options->classes, error));
  }
  if (options->grid_file != NULL) {
    DSEG_TRY(dseg_output_set_add_input(job->set, options->grid_file, error));
  }
  const char *plugin = NULL;
  for (size_t i = 0; (plugin = dseg_plugin_file_at(i)) != NULL; i++) {
    DSEG_TRY(dseg_output_set_add_input(job->set, plugin, error));
  }
  return DSEG_OK;
}

/* The names of outputs that are known before the work. */
static dseg_status check_names(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const char *names[3];
  size_t count = 0;
  if (options->files == DSEG_FILES_ONE && job->output.path != NULL) { /* otherwise no file has this name */
    names[count++] = job->output.path;
  }
  if (options->metadata_output != NULL && options->metadata_output->path != NULL) {
    names[count++] = options->metadata_output->path;
  }
  if (options->write_classes != NULL) {
    names[count++] = options->write_classes;
  }
  return dseg_convert_check_names(job, names, count, error);
}

static dseg_status write_output(dseg_convert_job *job, dseg_error *error) {
  const dseg_output *metadata = job->options->metadata_output;
  if (job->options->write_classes != NULL) {
    DSEG_TRY(dseg_convert_check_output(job, job->options->write_classes, job->output.flags, error));
  }
  if (metadata != NULL) {
    DSEG_TRY(dseg_convert_check_output(job, metadata->path, metadata->flags, error));
  }
  DSEG_TRY(job->format == NULL                     ? dseg_convert_to_dicom(job, error)
           : job->options->files != DSEG_FILES_ONE ? dseg_convert_split_volumes(job, error)
                                                   : dseg_convert_to_volume(job, error));
  if (DSEG_HAVE_INSTANCES && job->options->write_classes != NULL) {
    DSEG_TRY(dseg_convert_write_classes(job, error));
  }
  return metadata != NULL ? dseg_convert_write_metadata(job, error) : DSEG_OK;
}

/* What the paths of dseg_convert are; NULL, 0 for dseg_write. */
typedef struct given_files {
  const char *const *paths;
  size_t count;
} given_files;

static dseg_status open_source(dseg_convert_job *job, const given_files *given, dseg_source **opened,
                               dseg_error *error) {
  const dseg_convert_options *options = job->options;
  job->input_warnings = (dseg_convert_warnings){job, dseg_convert_input_name(job)};
  dseg_open_options open_options = {.struct_size = sizeof open_options,
                                    .warnings = dseg_convert_warning_sink(&job->input_warnings),
                                    .memory_limit = options->memory_limit,
                                    .keep_context = job->format == NULL,
                                    .padded_bit_frames = options->padded_bit_frames,
                                    .threads = options->threads,
                                    .temporary_directory = options->temporary_directory,
                                    .outputs = job->set,
                                    .other_patient = options->other_patient,
                                    .notes = dseg_convert_note_sink(&job->input_warnings),
                                    .value_maps = options->value_maps,
                                    .value_map_count = options->value_map_count,
                                    .background = options->background,
                                    .has_background = options->has_background,
                                    .round = options->round,
                                    .all_volumes = options->all_volumes,
                                    .volume = options->volume,
                                    .spacing = {options->spacing[0], options->spacing[1], options->spacing[2]}};
  dseg_description *images = NULL;
  dseg_status status = dseg_convert_instance_options(job, &open_options, &images, error);
  if (status != DSEG_OK) {
    dseg_description_destroy(images);
    return status;
  }
  job->took_inputs = true;
  status = dseg_open_inputs(options->inputs, given->paths, given->count, &open_options, opened, error);
  dseg_description_destroy(images);
  job->source = *opened;
  return status == DSEG_OK ? dseg_convert_read_classes(job, error) : dseg_convert_fail_input(job, status, error);
}

/* Files, whose names are compared before one of them is opened. */
static dseg_status add_files(dseg_convert_job *job, const given_files *given, dseg_error *error) {
  for (size_t i = 0; i < given->count; i++) {
    if (job->options->inputs == NULL || job->options->inputs[i] == NULL) {
      DSEG_TRY(dseg_output_set_add_input(job->set, given->paths[i], error));
    }
  }
  return add_inputs(job, error);
}

static dseg_status run_job(dseg_convert_job *job, const given_files *given, dseg_source **opened, dseg_error *error) {
  const dseg_status status = add_files(job, given, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  DSEG_TRY(check_names(job, error));
  if (job->source == NULL) {
    DSEG_TRY(open_source(job, given, opened, error));
  }
  DSEG_TRY(dseg_convert_read_metadata(job, error));
  DSEG_TRY(dseg_convert_prepare(job, error));
  return write_output(job, error);
}

/* A failure has written nothing. */
static void describe_result(const dseg_convert_job *job, dseg_status status) {
  dseg_convert_result *result = &job->report->result;
  if (status != DSEG_OK) {
    result->file_count = 0;
    result->metadata = NULL;
  } else {
    result->segment_count = job->target->segment_count;
    result->rows = job->target->geometry.rows;
    result->columns = job->target->geometry.columns;
    result->plane_count = job->target->geometry.plane_count;
  }
}

static void free_job(dseg_convert_job *job) {
  free(job->source_segment);
  free(job->read_segments);
  free(job->metadata_lists);
  free(job->values);
  free(job->group_of);
  for (size_t i = 0; job->group_names != NULL && i < job->group_count; i++) {
    free(job->group_names[i]);
  }
  free(job->group_names);
  dseg_description_destroy(job->target);
  dseg_source_close(job->view);
  dseg_source_close(job->whole_view);
  dseg_source_close(job->regions);
  dseg_name_table_destroy(job->names_table);
}

/* What a buffer held before: a conversion that fails behind its writer leaves it that. */
typedef struct held {
  dseg_buffer *buffer;
  size_t size;
} held;

static held hold(const dseg_output *output) {
  dseg_buffer *buffer = output != NULL ? output->buffer : NULL;
  return (held){buffer, buffer != NULL ? buffer->size : 0};
}

static void restore(const held *before) {
  if (before->buffer != NULL && before->buffer->size > before->size) {
    before->buffer->size = before->size;
  }
}

/* With the set of the output, or one of its own. */
static dseg_status run_with_set(dseg_convert_job *job, const given_files *given, dseg_error *error) {
  dseg_output_set *own = job->output.set == NULL ? dseg_output_set_create() : NULL;
  const held buffers[] = {hold(&job->output), hold(job->options->metadata_output)};
  dseg_source *opened = NULL;
  job->set = own != NULL ? own : job->output.set;
  dseg_status status = job->set != NULL ? run_job(job, given, &opened, error) : dseg_convert_fail_memory(job, error);
  if (status == DSEG_OK && own != NULL) {
    status = dseg_output_set_commit(own, error);
    status = status == DSEG_OK ? DSEG_OK : dseg_convert_fail_output(job, job->output_name, status, error);
  }
  for (size_t i = 0; status != DSEG_OK && i < sizeof buffers / sizeof buffers[0]; i++) {
    restore(&buffers[i]);
  }
  describe_result(job, status);
  free_job(job);
  dseg_source_close(opened);
  dseg_output_set_destroy(own);
  return status;
}

static const char *name_output(const dseg_output *output, const dseg_convert_options *options) {
  return output->path != NULL ? output->path : options->output_name != NULL ? options->output_name : "the output";
}

/* Inputs are used up, whatever becomes of them. */
static void close_inputs(const dseg_convert_options *options, size_t count) {
  for (size_t i = 0; options->inputs != NULL && i < count; i++) {
    dseg_input_close(options->inputs[i]);
  }
}

/* Checks what is given, and runs. */
static dseg_status check_and_run(dseg_convert_job *job, const given_files *given, const dseg_output *output,
                                 dseg_error *error) {
  const dseg_status copied = dseg_output_copy(&job->output, output, error);
  if (copied != DSEG_OK) {
    return dseg_convert_fail_output(job, NULL, copied, error);
  }
  job->output_name = name_output(&job->output, job->options);
  dseg_status status = dseg_convert_find_format(job->options, &job->output, &job->format, error);
  if (status == DSEG_OK) {
    status = dseg_convert_check_options(job->options, &job->output, job->format == NULL, error);
  }
  return status == DSEG_OK ? run_with_set(job, given, error)
                           : dseg_convert_fail_output(job, job->output_name, status, error);
}

/* source NULL: given's files are opened. */
static dseg_status convert(dseg_source *source, const given_files *given, const dseg_output *output,
                           const dseg_convert_options *options, dseg_convert_report *report, dseg_error *error) {
  const char *source_name = source != NULL ? source->name : NULL;
  dseg_convert_job job = {.options = options,
                          .source = source,
                          .names = source != NULL ? &source_name : given->paths,
                          .file_count = source != NULL ? 1 : given->count,
                          .group_count = 1,
                          .same_raster = true,
                          .report = report};
  const dseg_status status = check_and_run(&job, given, output, error);
  if (source == NULL && !job.took_inputs) {
    close_inputs(options, given->count);
  }
  return status;
}

static dseg_status check_paths(const given_files *given, dseg_error *error) {
  if (given->paths == NULL || given->count == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_convert: there must be at least one path");
  }
  for (size_t i = 0; i < given->count; i++) {
    if (given->paths[i] == NULL) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_convert: path %zu is NULL", i);
    }
  }
  return DSEG_OK;
}

/* Makes the report, and converts with options that are complete. */
static dseg_status report_on(dseg_source *source, const given_files *given, const dseg_output *output,
                             const dseg_convert_options *options, dseg_convert_report **report, dseg_error *error) {
  dseg_status status = source == NULL ? check_paths(given, error) : DSEG_OK;
  *report = status == DSEG_OK ? dseg_convert_report_create() : NULL;
  if (*report != NULL) {
    return convert(source, given, output, options, *report, error);
  }
  if (source == NULL) {
    close_inputs(options, given->count);
  }
  return status != DSEG_OK ? status : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
}

/* Takes the caller's output for metadata over, as far as its struct goes, and refuses inputs beside a source. */
static dseg_status complete_options(const dseg_source *source, size_t count, dseg_convert_options *options,
                                    dseg_output *metadata, dseg_error *error) {
  if (source != NULL && options->inputs != NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "dseg_write: inputs are for dseg_convert; here the source is the input");
  }
  if (source != NULL && options->classes != NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_write: classes are for dseg_convert: the source has its own");
  }
  if (options->metadata_output == NULL) {
    return DSEG_OK;
  }
  const dseg_status status = dseg_output_copy(metadata, options->metadata_output, error);
  options->metadata_output = metadata;
  if (status != DSEG_OK) {
    close_inputs(options, count);
  }
  return status;
}

/* A result for the caller, or none, and an error that is never NULL. */
static dseg_status run(dseg_source *source, const given_files *given, const dseg_output *output,
                       const dseg_convert_options *options, dseg_convert_result **result, dseg_error *error) {
  dseg_error own = {.status = DSEG_OK};
  dseg_convert_options chosen;
  dseg_status status = DSEG_COPY_OPTIONS(dseg_convert_options, &chosen, options, &own);
  dseg_convert_report *report = NULL;
  dseg_output metadata;
  if (status == DSEG_OK) {
    status = complete_options(source, given->count, &chosen, &metadata, &own);
  }
  if (status == DSEG_OK) {
    status = report_on(source, given, output, &chosen, &report, &own);
  }
  if (result != NULL) {
    *result = report != NULL ? &report->result : NULL;
  } else if (report != NULL) {
    dseg_convert_result_destroy(&report->result);
  }
  if (error != NULL) {
    *error = own;
  }
  return status;
}

dseg_status dseg_convert(const char *const *paths, size_t count, const dseg_output *output,
                         const dseg_convert_options *options, dseg_convert_result **result, dseg_error *error) {
  dseg_error_clear(error);
  if (result != NULL) {
    *result = NULL;
  }
  const given_files given = {paths, count};
  return run(NULL, &given, output, options, result, error);
}

dseg_status dseg_write(dseg_source *source, const dseg_output *output, const dseg_convert_options *options,
                       dseg_convert_result **result, dseg_error *error) {
  dseg_error_clear(error);
  if (result != NULL) {
    *result = NULL;
  }
  if (source == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_write: source must not be NULL");
  }
  const given_files given = {NULL, 0};
  return run(source, &given, output, options, result, error);
}
