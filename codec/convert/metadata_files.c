/* SPDX-License-Identifier: Apache-2.0 */
/* metadata_files.c - names, codes and colours: tables of any kind, applied to what is converted; dcmqi's JSON, written
 * beside the output. */
#include <stdlib.h>

#include "convert/job.h"

static const char *metadata_name(const dseg_convert_job *job) {
  return job->options->metadata != NULL ? job->options->metadata : "metadata";
}

dseg_status dseg_convert_read_metadata(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  if (options->metadata == NULL && options->metadata_input == NULL) {
    return DSEG_OK;
  }
  const dseg_status status =
      dseg_name_table_read(metadata_name(job), options->metadata_input, &job->names_table, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_file(job, options->metadata, status, error);
  }
  if (!job->names_table->has_regions) {
    return DSEG_OK;
  }
  const dseg_status made = dseg_name_table_make_regions(job->names_table, job->source, options->memory_limit,
                                                        options->threads, &job->regions, error);
  job->source = job->regions != NULL ? job->regions : job->source;
  return made == DSEG_OK ? DSEG_OK : dseg_convert_fail_file(job, options->metadata, made, error);
}

/* Tables know segments by the file they came from and their number in it. */
dseg_status dseg_convert_apply_metadata(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const size_t count = job->target->segment_count;
  if (job->names_table == NULL) {
    return DSEG_OK;
  }
  dseg_segment_origin *origins = calloc(count + 1, sizeof *origins);
  job->metadata_lists = calloc(count + 1, sizeof *job->metadata_lists);
  if (origins == NULL || job->metadata_lists == NULL) {
    free(origins);
    return dseg_convert_fail_memory(job, error);
  }
  for (size_t i = 0; i < count; i++) {
    origins[i] = dseg_source_segment_origin(job->source, i);
  }
  const dseg_metadata_segment *changes = NULL;
  const dseg_metadata_files files = {.struct_size = sizeof(dseg_metadata_files),
                                     .count = job->file_count,
                                     .origins = origins,
                                     .names = job->names[0] != NULL ? job->names : NULL,
                                     .complete = options->complete_metadata,
                                     .lists = job->metadata_lists,
                                     .segments = &changes};
  dseg_convert_warnings warnings = {job, options->metadata};
  const dseg_names_options names = {.struct_size = sizeof names,
                                    .files = &files,
                                    .input = options->metadata_input,
                                    .present_only = options->present_only,
                                    .warnings = dseg_convert_warning_sink(&warnings),
                                    .notes = dseg_convert_note_sink(&warnings)};
  const dseg_status status = dseg_name_table_apply(job->names_table, true, job->target, &names, error);
  free(origins);
  job->changes = changes;
  return status == DSEG_OK ? DSEG_OK : dseg_convert_fail_file(job, options->metadata, status, error);
}

static dseg_status write_document(const dseg_convert_job *job, const dseg_metadata_files *files, dseg_error *error) {
  const dseg_output *given = job->options->metadata_output;
  dseg_buffer bytes = {0};
  const dseg_output memory = dseg_output_to_buffer(&bytes);
  dseg_output output = *given;
  output.set = given->set != NULL ? given->set : job->set;
  dseg_status status = dseg_metadata_write_to(&memory, job->target, files, error);
  if (status == DSEG_OK) {
    status = dseg_output_put(&output, (dseg_view){bytes.data, bytes.size}, error);
  }
  if (status == DSEG_OK) {
    const dseg_written_file file = {.path = given->path, .bytes = bytes.size};
    status = dseg_convert_report_metadata(job->report, &file, error);
  }
  dseg_buffer_free(&bytes);
  return status;
}

dseg_status dseg_convert_write_metadata(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const dseg_description *target = job->target;
  dseg_segment_origin *origins = calloc(target->segment_count + 1, sizeof *origins);
  if (origins == NULL) {
    return dseg_convert_fail_memory(job, error);
  }
  for (size_t i = 0; i < target->segment_count; i++) {
    origins[i] = (dseg_segment_origin){job->group_of != NULL ? job->group_of[i] : 0, target->segments[i].number};
  }
  const bool named = job->output.path != NULL && !options->metadata_for_dcmqi;
  const dseg_metadata_files files = {.struct_size = sizeof(dseg_metadata_files),
                                     .count = job->group_count,
                                     .origins = origins,
                                     .names = !named                     ? NULL
                                              : job->group_names != NULL ? (const char *const *)job->group_names
                                                                         : &job->output.path,
                                     .all_texts = options->metadata_for_dcmqi};
  const dseg_status status = write_document(job, &files, error);
  free(origins);
  return status == DSEG_OK ? DSEG_OK : dseg_convert_fail_output(job, options->metadata_output->path, status, error);
}
