/* SPDX-License-Identifier: Apache-2.0 */
/* instances_none.c - a build without instances (DSEG_WITH_INSTANCES): none come, and what asks for them is refused. */
#include "convert/job.h"
#include "convert/options.h"

dseg_status dseg_convert_check_instances(const dseg_convert_options *options, bool dicom, dseg_error *error) {
  (void)dicom;
  return options->slide || options->tile_rows > 0 || options->tile_columns > 0 || options->classes != NULL ||
                 options->write_classes != NULL || options->labels != DSEG_LABELS_AUTO
             ? dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "this build was configured with DSEG_WITH_INSTANCES=OFF")
             : DSEG_OK;
}

dseg_status dseg_convert_instance_options(dseg_convert_job *job, dseg_open_options *open_options,
                                          dseg_description **images, dseg_error *error) {
  (void)job, (void)open_options, (void)error;
  *images = NULL;
  return DSEG_OK;
}

dseg_status dseg_convert_read_classes(dseg_convert_job *job, dseg_error *error) {
  (void)job, (void)error;
  return DSEG_OK;
}

/* Of an object that the caller opened with a representation of its own. */
dseg_status dseg_convert_settle_instances(dseg_convert_job *job, dseg_error *error) {
  (void)error;
  if (job->target->instances != NULL) {
    dseg_convert_note(job, job->output_name, "instances lose their numbers");
    job->target->instances = NULL;
  }
  return DSEG_OK;
}

dseg_status dseg_convert_finish_instances(dseg_convert_job *job, dseg_error *error) {
  (void)job, (void)error;
  return DSEG_OK;
}
