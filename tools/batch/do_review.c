/* SPDX-License-Identifier: Apache-2.0 */
/* do_review.c - `dseg batch --do review`: a line of the report has what the review keeps of an object. */
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "cli/base64.h"
#include "cli/environment.h"
#include "cli/inputs.h"
#include "os/files.h"
#include "review/facts.h"
#include "review/review.h"

enum { OPTION_REFERENCE, OPTION_ALSO, OPTION_CSV, OPTION_FINDINGS, OPTION_MOST };
enum { SHOWN = 10 /* findings of a kind */ };

static const cli_option options[] = {
    {OPTION_REFERENCE, "reference", "DIR|FILE", true, "The review",
     "The images that objects refer to: patient, frame of reference and places are compared with theirs."},
    {OPTION_ALSO, "also", "REPORT", false, NULL,
     "Also the objects of this report, of another run of --do review; may be repeated."},
    {OPTION_CSV, "csv", "FILE", false, NULL,
     "A row for each series, the worst first; review.csv beside the report otherwise."},
    {OPTION_FINDINGS, "findings", "FILE", false, NULL,
     "All findings as JSON; review.json beside the report otherwise."},
    {OPTION_MOST, "most", "N", false, NULL, "Show N findings of a kind; 0: all; 10 otherwise. The files have all."},
    {0, NULL, NULL, false, NULL, NULL}};

static bool take(const cli_args *args, int id, batch_settings *settings) {
  review_request *request = &settings->review;
  switch (id) {
    case OPTION_REFERENCE: request->references[request->reference_count++] = args->value; return true;
    case OPTION_ALSO: request->also[request->also_count++] = args->value; return true;
    case OPTION_CSV: request->csv = args->value; return true;
    case OPTION_FINDINGS: request->findings = args->value; return true;
    default: return cli_unsigned(args, 0, 1000000000, &request->most);
  }
}

/* What is kept of an object depends on the images alone. */
static bool counts(int id) {
  return id == OPTION_REFERENCE;
}

static void prepare(batch_settings *settings) {
  settings->review.most = SHOWN;
}

/* Results replace what had their names before, but no object: a pattern of the shell may stand behind the option. */
static int check(const cli_command *command, batch_settings *settings) {
  const char *const results[] = {settings->review.csv, settings->review.findings};
  for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
    if (results[i] != NULL && cli_is_dicom(results[i])) {
      return cli_usage_error(command, "--%s: %s is a DICOM file, which is not replaced", i == 0 ? "csv" : "findings",
                             results[i]);
    }
  }
  return settings->digest ? cli_usage_error(command, "--digest: --do review reads no voxels") : CLI_OK;
}

/* Its objects would be there twice, and its lock would be lost. */
static int check_also(const batch_settings *settings) {
  char *own = os_real_path(settings->report);
  int code = CLI_OK;
  for (size_t i = 0; code == CLI_OK && own != NULL && i < settings->review.also_count; i++) {
    char *other = os_real_path(settings->review.also[i]);
    if (other != NULL && strcmp(own, other) == 0) {
      cli_error(settings->review.also[i], "--also: is the report of this run");
      code = CLI_USAGE;
    }
    free(other);
  }
  free(own);
  return code;
}

/* The images are read before workers are made, which all see them; where nothing is left to do nobody needs them. */
static int begin(batch_run *run, size_t left) {
  const batch_settings *settings = run->settings;
  const review_options how = {.references = settings->review.references,
                              .reference_count = left > 0 ? settings->review.reference_count : 0,
                              .memory_limit = cli_memory_limit(),
                              .object_memory_limit = settings->memory,
                              .temporary_directory = cli_temporary_directory()};
  dseg_error error;
  const int code = check_also(settings);
  if (code != CLI_OK) {
    return code;
  }
  const dseg_status status = review_create(&how, &run->review, &error);
  return status == DSEG_OK ? CLI_OK : cli_fail(NULL, status, &error);
}

static dseg_status work(batch_task *task, dseg_error *error) {
  dseg_buffer *record = calloc(1, sizeof *record);
  if (record == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  task->found = record;
  DSEG_TRY(review_observe(task->run->review, task->object->path, task->object->name, record, error));
  review_facts facts;
  size_t size = 0;
  DSEG_TRY(review_facts_read((dseg_view){record->data, record->size}, &facts, &size, error));
  if (facts.instance.size < sizeof task->sop_instance_uid) {
    (void)snprintf(task->sop_instance_uid, sizeof task->sop_instance_uid, "%.*s", (int)facts.instance.size,
                   facts.instance.size > 0 ? (const char *)facts.instance.data : "");
  }
  review_facts_free(&facts);
  dseg_buffer text = {0};
  dseg_status status = cli_add_base64(&text, (dseg_view){record->data, record->size}, error);
  if (status == DSEG_OK) {
    status = dseg_buffer_append(&text, "", 1, error);
  }
  dseg_buffer_free(record);
  *record = text;
  return status;
}

static void tell(const batch_task *task, json_out *json) {
  const dseg_buffer *text = task->found;
  json_put_string(json, BATCH_KEY_FACTS, (const char *)text->data);
}

static void end(batch_task *task) {
  if (task->found != NULL) {
    dseg_buffer_free(task->found);
  }
  free(task->found);
}

const batch_kind batch_review = {.name = "review",
                                 .options = options,
                                 .prepare = prepare,
                                 .take = take,
                                 .counts = counts,
                                 .check = check,
                                 .begin = begin,
                                 .work = work,
                                 .tell = tell,
                                 .end = end,
                                 .finish = batch_finish_review};
