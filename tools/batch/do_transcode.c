/* SPDX-License-Identifier: Apache-2.0 */
/* do_transcode.c - `dseg batch --do transcode`. */
#include "batch/batch.h"
#include "cli/environment.h"

static bool take(const cli_args *args, int id, batch_settings *settings) {
  return transcode_take(args, id, &settings->transcode);
}

static int check(const cli_command *command, batch_settings *settings) {
  settings->sync = (settings->transcode.flags & DSEG_OUTPUT_SYNC) != 0;
  return transcode_check(command, &settings->transcode);
}

static dseg_status transcode(batch_task *task, dseg_error *error) {
  const batch_settings *settings = task->run->settings;
  const dseg_output output = dseg_output_to_file(task->stage, DSEG_OUTPUT_REPLACE | settings->transcode.flags, NULL);
  dseg_transcode_options options = settings->transcode.options;
  options.struct_size = sizeof options;
  options.codec_options = settings->transcode.values;
  options.threads = 1;
  options.warnings = (dseg_warning_sink){batch_note, &task->warnings};
  options.memory_limit = settings->memory;
  options.temporary_directory = cli_temporary_directory();
  dseg_input *input = NULL;
  DSEG_TRY(dseg_input_from_file(task->object->path, settings->memory, &input, error));
  const dseg_status status = dseg_transcode(input, task->object->path, &output, &options, error);
  dseg_input_close(input);
  return status;
}

/* Both sides are opened, the input first: a message is about that then. */
static dseg_status verify(batch_task *task, dseg_source **input, dseg_source **output, dseg_error *error) {
  DSEG_TRY(batch_open(task, task->object->path, NULL, input, error));
  DSEG_TRY(batch_open(task, task->stage, NULL, output, error));
  DSEG_TRY(batch_look(task, *output, error));
  return batch_verify(task, *input, *output, 0, true, error);
}

/* What was written is the input's elements, also where a reader refuses these. */
static dseg_status look(batch_task *task, dseg_source **output, dseg_error *error) {
  dseg_error refused;
  if (batch_open(task, task->stage, NULL, output, &refused) != DSEG_OK) {
    batch_note(&task->warnings, cli_without_file(refused.message, task->stage));
    return DSEG_OK;
  }
  return batch_look(task, *output, error);
}

static dseg_status work(batch_task *task, dseg_error *error) {
  dseg_source *input = NULL;
  dseg_source *output = NULL;
  DSEG_TRY(transcode(task, error));
  const dseg_status status =
      task->run->settings->verify ? verify(task, &input, &output, error) : look(task, &output, error);
  dseg_source_close(input);
  dseg_source_close(output);
  return status;
}

const batch_kind batch_transcode = {.name = "transcode",
                                    .options = transcode_options_table,
                                    .writes = true,
                                    .take = take,
                                    .check = check,
                                    .work = work};
