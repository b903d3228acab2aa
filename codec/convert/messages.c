/* SPDX-License-Identifier: Apache-2.0 */
/* messages.c - notes, warnings, progress, and which file a failure is about. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"

const char *dseg_convert_name(const dseg_convert_job *job, dseg_convert_option option) {
  static const char *const members[DSEG_OPTION_COUNT] = {
      [DSEG_OPTION_SEGMENTS] = "segments",
      [DSEG_OPTION_PRESENT_ONLY] = "present_only",
      [DSEG_OPTION_PLANES] = "first_plane and last_plane",
      [DSEG_OPTION_GRID] = "grid",
      [DSEG_OPTION_OVERLAP] = "overlap",
      [DSEG_OPTION_THRESHOLD] = "threshold",
      [DSEG_OPTION_NUMBERING] = "numbering",
      [DSEG_OPTION_METADATA] = "metadata",
      [DSEG_OPTION_REFERENCES] = "references",
      [DSEG_OPTION_REPRESENTATION] = "representation",
      [DSEG_OPTION_SPLIT] = "DSEG_FILES_BY_SEGMENT",
      [DSEG_OPTION_REPLACE] = "DSEG_OUTPUT_REPLACE",
      [DSEG_OPTION_SLICE_AXIS] = "slice_axis",
      [DSEG_OPTION_SPACING] = "spacing",
      [DSEG_OPTION_REQUIRE_CODES] = "require_codes",
      [DSEG_OPTION_ALGORITHM] = "algorithm_name",
      [DSEG_OPTION_ALGORITHM_TYPE] = "algorithm_type",
  };
  const char *const *names = job->options->option_names;
  const bool is_named = names != NULL && (size_t)option < job->options->option_name_count && names[option] != NULL;
  return is_named ? names[option] : members[option];
}

const char *dseg_convert_input_name(const dseg_convert_job *job) {
  return job->file_count == 1 ? job->names[0] : NULL;
}

void dseg_convert_note(const dseg_convert_job *job, const char *file, const char *format, ...) {
  const dseg_message_sink *messages = &job->options->messages;
  if (messages->tell == NULL) {
    return;
  }
  char text[1024];
  va_list list;
  va_start(list, format);
  const int length = vsnprintf(text, sizeof text, format, list);
  va_end(list);
  char *whole = length >= (int)sizeof text ? malloc((size_t)length + 1) : NULL;
  if (whole != NULL) {
    va_start(list, format);
    (void)vsnprintf(whole, (size_t)length + 1, format, list);
    va_end(list);
  }
  messages->tell(messages->user, DSEG_MESSAGE_NOTE, file, whole != NULL ? whole : text);
  free(whole);
}

static void pass_on(void *user, const char *message) {
  const dseg_convert_warnings *warnings = user;
  const dseg_message_sink *messages = &warnings->job->options->messages;
  messages->tell(messages->user, DSEG_MESSAGE_WARNING, warnings->file, message);
}

dseg_warning_sink dseg_convert_warning_sink(dseg_convert_warnings *warnings) {
  return (dseg_warning_sink){warnings->job->options->messages.tell != NULL ? pass_on : NULL, warnings};
}

static void pass_note(void *user, const char *message) {
  const dseg_convert_warnings *notes = user;
  dseg_convert_note(notes->job, notes->file, "%s", message);
}

dseg_warning_sink dseg_convert_note_sink(dseg_convert_warnings *notes) {
  return (dseg_warning_sink){notes->job->options->messages.tell != NULL ? pass_note : NULL, notes};
}

static bool begins_with(const char *message, const char *file) {
  const size_t length = strlen(file);
  return strncmp(message, file, length) == 0 && strncmp(message + length, ": ", 2) == 0;
}

dseg_status dseg_convert_fail_file(dseg_convert_job *job, const char *file, dseg_status status, dseg_error *error) {
  dseg_convert_result *result = &job->report->result;
  if (error->status == DSEG_OK) {
    dseg_fail(error, status, "%s", dseg_status_text(status));
  }
  dseg_status copied = DSEG_OK;
  result->side = DSEG_SIDE_INPUT;
  result->file = dseg_convert_report_text(job->report, file, &copied);
  if (file != NULL && !begins_with(error->message, file)) {
    dseg_error_prefix(error, file);
  }
  return status;
}

dseg_status dseg_convert_fail_input(dseg_convert_job *job, dseg_status status, dseg_error *error) {
  for (size_t i = 0; i < job->file_count; i++) {
    if (job->names[i] != NULL && begins_with(error->message, job->names[i])) {
      return dseg_convert_fail_file(job, job->names[i], status, error);
    }
  }
  return dseg_convert_fail_file(job, dseg_convert_input_name(job), status, error);
}

dseg_status dseg_convert_fail_output(dseg_convert_job *job, const char *path, dseg_status status, dseg_error *error) {
  dseg_convert_fail_file(job, path, status, error);
  job->report->result.side = DSEG_SIDE_OUTPUT;
  /* What the output's format, or this build, cannot hold. */
  job->report->result.refused = status == DSEG_ERROR_UNSUPPORTED || status == DSEG_ERROR_LIMIT;
  return status;
}

dseg_status dseg_convert_fail_memory(dseg_convert_job *job, dseg_error *error) {
  return dseg_convert_fail_input(job, dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory"), error);
}

void dseg_convert_show_progress(const dseg_convert_progress *progress, unsigned long long done,
                                unsigned long long total) {
  if (progress->whole.report != NULL) {
    progress->whole.report(progress->whole.user, progress->part * total + done, progress->parts * total);
  }
}

static void report_part(void *user, unsigned long long done, unsigned long long total) {
  dseg_convert_show_progress(user, done, total);
}

dseg_progress dseg_convert_progress_sink(dseg_convert_progress *progress) {
  return (dseg_progress){progress->whole.report != NULL ? report_part : NULL, progress};
}
