/* SPDX-License-Identifier: Apache-2.0 */
/* line.c - the line of an object in the report (docs/batch.md), and whether such a line says that it is done. */
#include <math.h>
#include <string.h>

#include "batch/batch.h"
#include "dseg/version.h"
#include "os/files.h"
#include "os/os.h"

/* What cli_fail makes of a status: the exit code of the subcommand. */
static int code_of(dseg_status status) {
  switch (status) {
    case DSEG_OK: return CLI_OK;
    case DSEG_ERROR_OUTPUT: return CLI_OUTPUT;
    case DSEG_ERROR_ARGUMENT: return CLI_USAGE;
    default: return CLI_INPUT;
  }
}

static json_out begin_line(const batch_object *object, const char *uid, const char *status, FILE *stream) {
  json_out json = {.stream = stream, .inline_from = 1};
  json_begin_object(&json, NULL);
  json_put_string(&json, "input", object->name);
  if (strcmp(object->name, object->path) != 0) {
    json_put_string(&json, "path", object->path);
  }
  json_put_string(&json, "output", object->output);
  json_put_string(&json, "sop_instance_uid", uid);
  json_put_string(&json, "status", status);
  return json;
}

static void end_line(json_out *json, const batch_settings *settings) {
  json_put_string(json, "do", settings->kind->name);
  json_put_string(json, "options", settings->options);
  json_put_string(json, "options_sha256", settings->options_sha256);
  json_put_string(json, "dseg", dseg_version());
  json_end(json);
}

/* No more digits than a clock has. */
static double in_microseconds(double seconds) {
  return round(seconds * 1e6) / 1e6;
}

static const char *text_or_null(const char *text) {
  return *text != '\0' ? text : NULL;
}

static void put_warnings(const batch_messages *warnings, json_out *json) {
  json_begin_array(json, "warnings");
  for (size_t i = 0; i < warnings->count; i++) {
    json_put_string(json, NULL, warnings->items[i]);
  }
  if (warnings->more > 0) {
    char text[64];
    (void)snprintf(text, sizeof text, "%zu more are not shown", warnings->more);
    json_put_string(json, NULL, text);
  }
  json_end(json);
}

void batch_put_line(const batch_task *task, const batch_outcome *outcome, FILE *stream) {
  const batch_settings *settings = task->run->settings;
  const bool failed = outcome->status != DSEG_OK;
  const char *message = !failed                              ? NULL
                        : outcome->error->message[0] != '\0' ? outcome->error->message
                                                             : dseg_status_text(outcome->status);
  const int code = failed ? code_of(outcome->status) : task->negative;
  json_out json =
      begin_line(task->object, text_or_null(task->sop_instance_uid), code == CLI_OK ? "ok" : "failed", stream);
  json_put_unsigned(&json, "rc", (uint64_t)code);
  json_put_string(&json, "message", message != NULL ? cli_without_file(message, task->object->path) : NULL);
  put_warnings(&task->warnings, &json);
  json_put_unsigned(&json, "bytes_in", outcome->bytes_in);
  if (settings->kind->writes) {
    json_put_unsigned(&json, "bytes_out", failed ? 0 : outcome->bytes_out);
  }
  json_put_string(&json, "sha256_in", text_or_null(outcome->sha256_in));
  if (settings->kind->writes) {
    json_put_string(&json, "sha256_out", failed ? NULL : text_or_null(outcome->sha256_out));
    json_put_bool(&json, "verified", task->verified && !failed);
  }
  json_put_string(&json, "voxels_sha256", text_or_null(task->voxels_sha256));
  if (task->has_counts) {
    json_put_unsigned(&json, "frames", task->frames);
    json_put_unsigned(&json, "segments", task->segments);
  }
  if (!failed && settings->kind->tell != NULL) {
    settings->kind->tell(task, &json);
  }
  json_put_real(&json, "seconds", in_microseconds(outcome->seconds));
  json_put_real(&json, "cpu_seconds", in_microseconds(outcome->cpu_seconds));
  json_put_unsigned(&json, "peak_memory_bytes", os_peak_memory());
  json_put_string(&json, "mtime_in", text_or_null(outcome->mtime_in));
  if (settings->kind == &batch_compare) {
    json_put_string(&json, "copy", text_or_null(outcome->copy));
  }
  end_line(&json, settings);
}

void batch_put_short_line(const batch_run *run, const batch_object *object, const char *status, const char *message,
                          FILE *stream) {
  json_out json = begin_line(object, NULL, status, stream);
  json_put_unsigned(&json, "rc", strcmp(status, "failed") == 0 ? CLI_INPUT : CLI_OK);
  json_put_string(&json, "message", message);
  end_line(&json, run->settings);
}

void batch_put_word(const char *key, const char *value, FILE *stream) {
  json_out json = {.stream = stream, .inline_from = 1};
  json_begin_object(&json, NULL);
  json_put_string(&json, key, value);
  json_end(&json);
}

void batch_put_look(const char *path, char text[BATCH_LOOK]) {
  os_file_facts facts;
  *text = '\0';
  if (os_look_at(path, &facts) == 0) {
    (void)snprintf(text, BATCH_LOOK, "%llu %lld.%09u", (unsigned long long)facts.size, (long long)facts.seconds,
                   (unsigned)facts.nanoseconds);
  }
}

/* Whether the file that an object was compared with is the same, and as it was. */
static bool is_same_copy(const batch_object *object, const batch_record *record) {
  char look[BATCH_LOOK] = "";
  if (object->output == NULL || record->output == NULL || strcmp(object->output, record->output) != 0) {
    return false;
  }
  batch_put_look(object->output, look);
  return record->copy != NULL && strcmp(look, record->copy) == 0;
}

bool batch_is_done(const batch_run *run, const batch_object *object, const char *sha256) {
  const batch_settings *settings = run->settings;
  const batch_record *record = batch_earlier_find(run->earlier, object->name);
  if (record == NULL || !record->ok || strcmp(record->options_sha256, settings->options_sha256) != 0 ||
      (settings->verify && !record->verified)) {
    return false;
  }
  if (settings->kind->writes &&
      (object->output == NULL || record->output == NULL || strcmp(object->output, record->output) != 0 ||
       !os_exists(object->output) || os_file_size(object->output) != record->bytes_out)) {
    return false;
  }
  if (settings->kind == &batch_compare && !is_same_copy(object, record)) {
    return false;
  }
  if (settings->checksum) {
    return sha256 != NULL && record->sha256_in != NULL && strcmp(sha256, record->sha256_in) == 0;
  }
  os_file_facts facts;
  char changed[40];
  if (os_look_at(object->path, &facts) != 0 || facts.size != record->bytes_in || record->mtime_in == NULL) {
    return false;
  }
  (void)snprintf(changed, sizeof changed, "%lld.%09u", (long long)facts.seconds, (unsigned)facts.nanoseconds);
  return strcmp(changed, record->mtime_in) == 0;
}
