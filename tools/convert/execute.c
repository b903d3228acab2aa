/* SPDX-License-Identifier: Apache-2.0 */
/* execute.c - the steps of `dseg convert`, once its options are known. */
#include <stdlib.h>

#include "convert/convert.h"
#include "os/os.h"

/* The segments of the output, as dcmqi's tools would read them beside it. */
static int write_metadata(const convert_job *job) {
  const convert_options *options = job->options;
  const dseg_description *target = job->target;
  dseg_segment_origin *origins = calloc(target->segment_count + 1, sizeof *origins);
  if (origins == NULL) {
    return convert_fail_memory(job);
  }
  for (size_t i = 0; i < target->segment_count; i++) {
    origins[i] = (dseg_segment_origin){options->split ? (uint32_t)i : 0, target->segments[i].number};
  }
  const dseg_metadata_files files = {
      .struct_size = sizeof(dseg_metadata_files),
      .count = job->result.file_count,
      .origins = origins,
      .names = options->output != cli_standard_output ? (const char *const *)job->result.files : NULL};
  dseg_error error = {0};
  const dseg_output output = convert_output(job, options->write_metadata);
  const dseg_status status = dseg_metadata_write_to(&output, target, &files, &error);
  free(origins);
  return status == DSEG_OK ? CLI_OK : convert_fail_output(job, options->write_metadata, status, &error);
}

int convert_execute(const convert_options *options) {
  const double start = os_seconds();
  convert_job job;
  int exit_code = convert_prepare(&job, options);
  if (exit_code == CLI_OK && options->write_metadata != NULL) {
    exit_code = convert_check_output(&job, options->write_metadata);
  }
  if (exit_code == CLI_OK) {
    exit_code = job.format == NULL ? convert_to_dicom(&job)
                : options->split   ? convert_split_volumes(&job)
                                   : convert_to_volume(&job);
  }
  if (exit_code == CLI_OK && options->write_metadata != NULL) {
    exit_code = write_metadata(&job);
  }
  if (exit_code == CLI_OK) {
    exit_code = convert_commit(&job);
  }
  if (exit_code == CLI_OK && options->json) {
    exit_code = convert_report(&job, os_seconds() - start);
  }
  convert_finish(&job);
  return exit_code;
}
