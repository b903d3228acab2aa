/* SPDX-License-Identifier: Apache-2.0 */
/* review_results.c - the end of `dseg batch --do review`: gathers what the reports have of each object, and writes what
 * was found between them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "batch/json_in.h"
#include "cli/base64.h"
#include "cli/environment.h"
#include "os/os.h"
#include "review/review.h"
#include "review/table.h"

/* An object of a report. */
typedef struct named_object {
  uint64_t line; /* the last one that is about it, from 1; 0: there is none */
  bool wanted;
} named_object;

/* A pass over the lines of a report. */
typedef struct gathering {
  review *all;
  review_table names; /* named_object */
  review_memory memory;
  uint64_t line;
  bool everything; /* objects of all lines, not of this run alone */
  bool taking;     /* the second pass */
  dseg_buffer record;
} gathering;

enum { INPUT, STATUS, DO, FACTS, KEYS };

static bool is_text(const json_member *member, const char *text) {
  return member->text != NULL && strcmp(member->text, text) == 0;
}

/* What is no record, of another version or damaged, is an input that could not be read: it ends no review. */
static dseg_status take_record(gathering *state, const json_member *members, dseg_error *error) {
  state->record.size = 0;
  dseg_status status = cli_read_base64(members[FACTS].text, &state->record, error);
  if (status == DSEG_OK && state->record.size > 0) {
    status = review_take(state->all, (dseg_view){state->record.data, state->record.size}, error);
  } else if (status == DSEG_OK) {
    status = dseg_fail(error, DSEG_ERROR_FORMAT, "an empty record");
  }
  if (status == DSEG_ERROR_FORMAT) {
    cli_warning(members[INPUT].text, "its line has no record of this version: %s", error->message);
    review_note_unread(state->all);
    dseg_error_clear(error);
    status = DSEG_OK;
  }
  return status;
}

/* The last line of an object counts: it is noted in the first pass, and taken in the second. */
static dseg_status take_members(gathering *state, const json_member *members, dseg_error *error) {
  const dseg_view name = review_view(members[INPUT].text);
  uint32_t number = REVIEW_NONE;
  if (state->everything && !state->taking) {
    DSEG_TRY(review_table_put(&state->names, name, &number, &state->memory, error));
    ((named_object *)review_table_item(&state->names, number))->wanted = true;
  } else {
    number = review_table_find(&state->names, name);
  }
  if (number == REVIEW_NONE) {
    return DSEG_OK;
  }
  named_object *object = review_table_item(&state->names, number);
  if (!state->taking) {
    object->line = state->line;
    return DSEG_OK;
  }
  if (object->line != state->line) {
    return DSEG_OK;
  }
  if (!is_text(&members[STATUS], "ok") || members[FACTS].text == NULL) {
    review_note_unread(state->all);
    return DSEG_OK;
  }
  return take_record(state, members, error);
}

static int take_line(void *user, const char *line) {
  gathering *state = user;
  json_member members[KEYS] = {{.key = "input"}, {.key = "status"}, {.key = "do"}, {.key = BATCH_KEY_FACTS}};
  dseg_error error;
  dseg_status status = DSEG_OK;
  state->line++;
  dseg_error_clear(&error);
  if (json_read_members(line, members, KEYS) && members[INPUT].text != NULL && is_text(&members[DO], "review") &&
      (is_text(&members[STATUS], "ok") || is_text(&members[STATUS], "failed"))) {
    status = take_members(state, members, &error);
    if (status != DSEG_OK) {
      dseg_error_prefix(&error, members[INPUT].text);
    }
  }
  json_free_members(members, KEYS);
  return status == DSEG_OK ? CLI_OK : cli_fail(NULL, status, &error);
}

static int pass_twice(gathering *state, batch_report *report) {
  int code = CLI_OK;
  for (int pass = 0; code == CLI_OK && pass < 2; pass++) {
    state->line = 0;
    state->taking = pass == 1;
    code = batch_report_each(report, take_line, state);
  }
  return code;
}

/* Objects of this run that no line is about were not read. */
static void note_missing(const gathering *state) {
  for (uint32_t i = 0; i < review_table_count(&state->names); i++) {
    const named_object *object = review_table_item(&state->names, i);
    if (object->wanted && object->line == 0) {
      review_note_unread(state->all);
    }
  }
}

static gathering start(review *all, bool everything) {
  return (gathering){.all = all,
                     .names = {.items = {.size = sizeof(named_object)}},
                     .memory = {.limit = cli_memory_limit() != 0 ? cli_memory_limit() : (uint64_t)4 << 30},
                     .everything = everything};
}

static void stop(gathering *state) {
  review_table_free(&state->names);
  dseg_buffer_free(&state->record);
}

static int gather_own(batch_run *run) {
  gathering state = start(run->review, false);
  dseg_error error;
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < run->objects.count; i++) {
    uint32_t number = 0;
    status = review_table_put(&state.names, review_view(run->objects.items[i].name), &number, &state.memory, &error);
    if (status == DSEG_OK) {
      ((named_object *)review_table_item(&state.names, number))->wanted = true;
    }
  }
  const int code = status == DSEG_OK ? pass_twice(&state, &run->report) : cli_fail(NULL, status, &error);
  if (code == CLI_OK) {
    note_missing(&state);
  }
  stop(&state);
  return code;
}

static int gather_other(batch_run *run, const char *path) {
  gathering state = start(run->review, true);
  batch_report report = {.path = path, .stream = os_open(path, "rb")};
  if (report.stream == NULL) {
    cli_error(path, "%s", strerror(errno));
    return CLI_INPUT;
  }
  const int code = pass_twice(&state, &report);
  batch_report_close(&report);
  stop(&state);
  return code;
}

/* The path of a file beside the report, malloc'd. */
static char *beside(const char *report, const char *name) {
  const size_t directory = (size_t)(os_path_name(report) - report);
  const size_t size = directory + strlen(name) + 1;
  char *path = malloc(size);
  if (path != NULL) {
    memcpy(path, report, directory);
    memcpy(path + directory, name, strlen(name) + 1);
  }
  return path;
}

/* Writes a file by way of a temporary one, since it appears when it is complete. */
static int write_file(const review *all, const char *path,
                      dseg_status (*put)(const review *all, FILE *stream, dseg_error *error)) {
  dseg_error error;
  dseg_buffer bytes = {0};
  FILE *stream = tmpfile();
  dseg_status status = DSEG_OK;
  dseg_error_clear(&error);
  if (stream == NULL) {
    status = dseg_fail(&error, DSEG_ERROR_OUTPUT, "no temporary file: %s", strerror(errno));
  } else {
    status = put(all, stream, &error);
    rewind(stream);
  }
  for (size_t got = 1; status == DSEG_OK && got > 0;) {
    status = dseg_buffer_reserve(&bytes, 1 << 16, &error);
    got = status == DSEG_OK ? fread(bytes.data + bytes.size, 1, 1 << 16, stream) : 0;
    bytes.size += got;
  }
  if (status == DSEG_OK) {
    const dseg_output output = dseg_output_to_file(path, DSEG_OUTPUT_REPLACE, NULL);
    status = dseg_output_put(&output, (dseg_view){bytes.data, bytes.size}, &error);
  }
  if (stream != NULL) {
    (void)fclose(stream);
  }
  dseg_buffer_free(&bytes);
  return status == DSEG_OK ? CLI_OK : cli_fail(path, status, &error);
}

/* A table or JSON, under the name given or beside the report. */
static int write_result(const batch_run *run, const char *given, const char *name,
                        dseg_status (*put)(const review *all, FILE *stream, dseg_error *error)) {
  char *path = given == NULL ? beside(run->settings->report, name) : NULL;
  if (given == NULL && path == NULL) {
    return batch_fail_memory();
  }
  const int code = write_file(run->review, given != NULL ? given : path, put);
  free(path);
  return code;
}

static int finish(batch_run *run) {
  const review_request *request = &run->settings->review;
  dseg_error error;
  dseg_status status = review_finish(run->review, &error);
  int code = status == DSEG_OK ? CLI_OK : cli_fail(NULL, status, &error);
  if (code == CLI_OK) {
    code = write_result(run, request->csv, "review.csv", review_write_csv);
  }
  if (code == CLI_OK) {
    code = write_result(run, request->findings, "review.json", review_write_json);
  }
  if (code == CLI_OK && !run->settings->json) {
    status = review_write_text(run->review, stdout, request->most, &error);
    code = status == DSEG_OK ? CLI_OK : cli_fail(NULL, status, &error);
  }
  return code;
}

int batch_finish_review(batch_run *run) {
  int code = gather_own(run);
  for (size_t i = 0; code == CLI_OK && i < run->settings->review.also_count; i++) {
    code = gather_other(run, run->settings->review.also[i]);
  }
  return code == CLI_OK ? finish(run) : code;
}
