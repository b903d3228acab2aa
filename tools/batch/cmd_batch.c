/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_batch.c - `dseg batch`: one of the other subcommands over many objects, with a report that says of each what
 * became of it, and from which a run goes on. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "batch/stage.h"
#include "cli/commands.h"
#include "os/os.h"
#include "review/review.h"

static int run(int argc, char **argv);

const cli_command cmd_batch = {
    "batch",
    "Do one thing to many objects, verify, report, resume.",
    "INPUT... --to DIR --do transcode|convert|validate|info|compare|review [options of that]",
    "INPUT: files, directories with all below them, @LIST or - (standard input): a name\n"
    "a line, or JSON {\"input\": ..., \"output\": ..., \"name\": ..., \"sha256\": ...}.\n"
    "A line of DIR/report.jsonl says what became of each object; a run that was\n"
    "stopped goes on from there. No input is changed; no output gets its name before\n"
    "it is complete. dseg batch --do SUBCOMMAND --help has the options of that, too.\n"
    "\n"
    "Exit status: 0 all is well, 1 some objects failed, 2 wrong usage, 3 the inputs\n"
    "cannot be listed, 4 the place of outputs cannot be used; 130 or 143 stopped by a\n"
    "signal. After 4, 130 and 143 the same command goes on.",
    batch_options_table,
    run,
};

/* The names of the objects, their outputs, and what is known of them. */
static int prepare(batch_run *batch) {
  const batch_settings *settings = batch->settings;
  int code = CLI_OK;
  batch->earlier = batch_earlier_create();
  if (batch->earlier == NULL) {
    return batch_fail_memory();
  }
  code = batch_find(settings, &batch->objects);
  if (code == CLI_OK) {
    code = batch_name(settings, &batch->objects);
  }
  if (code == CLI_OK && settings->to != NULL) {
    code = batch_make_directories(settings->to);
  }
  if (code == CLI_OK) {
    code = batch_report_open(&batch->report, batch->earlier);
  }
  if (code == CLI_OK && settings->kind->writes) {
    code = batch_stage_begin(batch);
  }
  return code;
}

static int execute(const batch_settings *settings) {
  batch_run batch = {.settings = settings, .report = {.path = settings->report}};
  int code = prepare(&batch);
  if (code == CLI_OK) {
    code = batch_work_on_all(&batch);
  }
  batch_stage_end(&batch);
  batch_report_close(&batch.report);
  review_destroy(batch.review);
  batch_earlier_destroy(batch.earlier);
  batch_objects_end(&batch.objects);
  return code;
}

static int run(int argc, char **argv) {
  static batch_settings settings; /* too large for a stack */
  int code = batch_parse(argc, argv, &settings);
  if (code == CLI_OK && settings.kind != NULL) {
    code = execute(&settings);
  }
  batch_settings_end(&settings);
  return code;
}
