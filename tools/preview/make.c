/* SPDX-License-Identifier: Apache-2.0 */
/* make.c - from a segmentation to the file of its picture. */
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/streams.h"
#include "preview/png.h"
#include "preview/preview.h"

/* Before the work: the picture is not the input. */
static int check_names(preview_job *job, const char *output) {
  dseg_error error = {DSEG_OK, ""};
  job->outputs = dseg_output_set_create();
  dseg_status status = job->outputs != NULL ? cli_add_inputs(job->outputs, &job->input, 1, &error)
                                            : dseg_fail(&error, DSEG_ERROR_MEMORY, "out of memory");
  if (status == DSEG_OK) {
    status = dseg_output_set_check(job->outputs, &output, 1, &error);
  }
  return status == DSEG_OK ? CLI_OK : cli_fail(output, status, &error);
}

static int open_input(preview_job *job) {
  cli_warnings warnings = {.file = job->input};
  const dseg_open_options open_options = {.struct_size = sizeof(dseg_open_options),
                                          .warnings = cli_warning_sink(&warnings),
                                          .threads = job->threads,
                                          .outputs = job->outputs,
                                          .temporary_directory = cli_temporary_directory()};
  dseg_error error = {DSEG_OK, ""};
  const dseg_status status = dseg_open(job->input, &open_options, &job->source, &error);
  cli_warnings_end(&warnings);
  if (status != DSEG_OK) {
    return cli_fail(job->input, status, &error);
  }
  job->description = dseg_source_description(job->source);
  const size_t planes = job->description->geometry.plane_count;
  if (planes == 0) {
    cli_error(job->input, "there are no planes to draw");
    return CLI_INPUT;
  }
  if (job->last_plane == PREVIEW_TO_THE_END) {
    job->last_plane = planes - 1;
  } else if (job->last_plane >= planes) {
    return cli_usage_error(&cmd_preview, "--planes: the segmentation has %zu planes", planes);
  }
  return CLI_OK;
}

static int draw(preview_job *job, const char *output, bool force) {
  picture canvas = {0};
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = preview_prepare(job, &error);
  if (status == DSEG_OK && job->description->geometry.space != DSEG_SPACE_SLIDE) {
    status = preview_choose_planes(job, &error);
  }
  if (status == DSEG_OK) {
    status = preview_draw(job, &canvas, &error);
  }
  if (status != DSEG_OK) {
    picture_free(&canvas);
    return cli_fail(job->input, status, &error);
  }
  const dseg_output file = dseg_output_to_file(output, force ? DSEG_OUTPUT_REPLACE : 0, job->outputs);
  status = preview_write_png(&file, canvas.width, canvas.height, canvas.rgb, &error);
  picture_free(&canvas);
  if (status == DSEG_OK) {
    status = dseg_output_set_commit(job->outputs, &error);
  }
  return status == DSEG_OK ? CLI_OK : cli_fail(output, status, &error);
}

int preview_make(preview_job *job, const char *output, bool force) {
  int code = check_names(job, output);
  if (code == CLI_OK) {
    code = open_input(job);
  }
  if (code == CLI_OK) {
    code = draw(job, output, force);
  }
  preview_release(job);
  dseg_source_close(job->source);
  dseg_output_set_destroy(job->outputs);
  return code;
}
