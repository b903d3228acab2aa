/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - hands objects to workers, and writes the report, line by line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "batch/json_in.h"
#include "batch/stage.h"
#include "os/os.h"
#include "os/workers.h"

/* Where a run stands. */
typedef struct running {
  batch_run *run;
  os_workers *workers;
  batch_counts counts;
  batch_progress progress;
  size_t next;   /* object */
  bool stopping; /* no more objects are begun */
  int code;      /* exit code of what stopped it; CLI_OK: nothing did */
} running;

static void stop(running *state, int code) {
  state->stopping = true;
  state->code = state->code == CLI_OK ? code : state->code;
}

static void report(running *state, const char *line, size_t size) {
  if (batch_report_add(&state->run->report, line, size) != CLI_OK) {
    stop(state, CLI_OUTPUT);
  }
}

static void count_failure(running *state, const batch_object *object, const char *message) {
  const unsigned most = state->run->settings->most_failures;
  cli_error(object->name, "%s", message);
  state->counts.failed++;
  if (most > 0 && state->counts.failed >= most) {
    state->stopping = true;
  }
}

/* A line of an object that no worker has said. */
static void report_short(running *state, const batch_object *object, const char *status, const char *message) {
  char *text = NULL;
  FILE *stream = tmpfile();
  long size = -1;
  if (stream != NULL) {
    batch_put_short_line(state->run, object, status, message, stream);
    size = ftell(stream);
    rewind(stream);
    text = size > 0 ? malloc((size_t)size) : NULL;
  }
  if (text != NULL && fread(text, 1, (size_t)size, stream) == (size_t)size) {
    report(state, text, (size_t)size);
  } else {
    cli_error(object->name, "its line cannot be made: no temporary file");
    stop(state, CLI_OUTPUT);
  }
  free(text);
  if (stream != NULL) {
    (void)fclose(stream);
  }
}

enum { STATUS, MESSAGE, BYTES_IN, BYTES_OUT, PLACE, SKIP, RC, KEYS };

static uint64_t to_number(const json_member *member) {
  return member->text != NULL ? strtoull(member->text, NULL, 10) : 0;
}

/* What a whole line says. */
static void take_members(running *state, const batch_object *object, const json_member *members,
                         const os_event *event) {
  if (members[PLACE].text != NULL) {
    if (!state->stopping || state->code == CLI_OK) {
      cli_error(object->output, "%s; the run can go on by the same command once its place can be written to",
                members[PLACE].text);
    }
    stop(state, CLI_OUTPUT);
    return;
  }
  if (members[SKIP].text != NULL) {
    state->counts.skipped++;
    return;
  }
  report(state, event->line, event->size);
  state->counts.bytes_in += to_number(&members[BYTES_IN]);
  state->counts.bytes_out += to_number(&members[BYTES_OUT]);
  if (members[STATUS].text != NULL && strcmp(members[STATUS].text, "ok") == 0) {
    state->counts.ok++;
  } else {
    const char *negative = state->run->settings->kind == &batch_compare ? "differs" : "is not valid";
    count_failure(state, object, members[MESSAGE].text != NULL ? members[MESSAGE].text : negative);
  }
}

static void take_line(running *state, const os_event *event) {
  const batch_object *object = &state->run->objects.items[event->job];
  json_member members[KEYS] = {{.key = "status"},    {.key = "message"},       {.key = "bytes_in"},
                               {.key = "bytes_out"}, {.key = BATCH_KEY_PLACE}, {.key = BATCH_KEY_SKIP},
                               {.key = "rc"}};
  char *line = batch_copy(event->line, event->size);
  if (line != NULL && json_read_members(line, members, KEYS)) {
    take_members(state, object, members, event);
    json_free_members(members, KEYS);
  } else {
    (void)batch_fail_memory();
    stop(state, CLI_INPUT);
  }
  free(line);
}

static void take_death(running *state, const os_event *event) {
  const batch_object *object = &state->run->objects.items[event->job];
  char message[256];
  (void)snprintf(message, sizeof message, "the process that worked on it ended with %s", event->line);
  batch_stage_forget(state->run, event->process);
  report_short(state, object, "failed", message);
  count_failure(state, object, message);
}

static void take_signal(running *state, int number) {
  if (state->code > 128) { /* the second one: what is being done is given up */
    os_workers_kill(state->workers);
    return;
  }
  if (os_workers_busy(state->workers) > 0) {
    cli_note(NULL, "stopping: objects in work are completed; another signal gives them up");
  }
  state->stopping = true;
  state->code = 128 + number;
}

/* What an earlier run, or an object before it, has made of an object; false: nothing. */
static bool is_settled(running *state, batch_object *object) {
  const batch_settings *settings = state->run->settings;
  const batch_record *record = batch_earlier_find(state->run->earlier, object->name);
  if (object->twice) {
    if (record == NULL) {
      report_short(state, object, "skipped", "is named twice");
    }
    state->counts.skipped++;
    return true;
  }
  if (record == NULL) {
    return false;
  }
  object->again = object->output != NULL && record->written != NULL && strcmp(object->output, record->written) == 0;
  if (!settings->checksum && batch_is_done(state->run, object, NULL)) {
    state->counts.skipped++;
    return true;
  }
  const bool same_options = strcmp(record->options_sha256, settings->options_sha256) == 0;
  if (!record->ok && same_options && !settings->retry_failed && settings->from_report == NULL) {
    state->counts.failed_before++;
    return true;
  }
  return false;
}

/* Settles all objects that need no work. Workers see what it finds. */
static size_t settle(running *state, bool *settled) {
  batch_objects *objects = &state->run->objects;
  size_t left = 0;
  for (size_t i = 0; !state->stopping && i < objects->count; i++) {
    settled[i] = is_settled(state, &objects->items[i]);
    if (!settled[i]) {
      state->progress.bytes += os_file_size(objects->items[i].path);
      left++;
    }
  }
  return left;
}

static void give(running *state, const bool *settled) {
  const size_t count = state->run->objects.count;
  while (!state->stopping && os_workers_has_room(state->workers)) {
    while (state->next < count && settled[state->next]) {
      state->next++;
    }
    if (state->next == count) {
      return;
    }
    const int number = os_workers_give(state->workers, state->next);
    if (number != 0) {
      cli_error(NULL, "no process can be made: %s", strerror(number));
      stop(state, CLI_INPUT);
      return;
    }
    state->next++;
  }
}

static void work(running *state, const bool *settled) {
  give(state, settled);
  while (os_workers_busy(state->workers) > 0) {
    batch_progress_show(&state->progress, &state->counts);
    const os_event event = os_workers_wait(state->workers, 1.0);
    switch (event.kind) {
      case OS_EVENT_ANSWER: take_line(state, &event); break;
      case OS_EVENT_DEATH: take_death(state, &event); break;
      case OS_EVENT_SIGNAL: take_signal(state, event.number); break;
      default: break;
    }
    give(state, settled);
  }
}

static int exit_code(const running *state) {
  if (state->code != CLI_OK) {
    return state->code;
  }
  return state->counts.failed + state->counts.failed_before > 0 ? CLI_NEGATIVE : CLI_OK;
}

int batch_work_on_all(batch_run *run) {
  running state = {.run = run, .counts = {.total = run->objects.count}};
  bool *settled = calloc(run->objects.count + 1, sizeof *settled);
  if (settled == NULL) {
    return batch_fail_memory();
  }
  batch_progress_begin(&state.progress);
  const size_t left = settle(&state, settled);
  if (!state.stopping && run->settings->kind->begin != NULL) {
    state.code = run->settings->kind->begin(run, left);
    state.code = state.code == CLI_OK ? batch_report_hold(&run->report) : state.code;
    state.stopping = state.code != CLI_OK;
  }
  const size_t jobs = left < run->settings->jobs ? left : run->settings->jobs;
  state.workers = os_workers_create(jobs, batch_work, run);
  if (state.workers != NULL) {
    work(&state, settled);
  } else {
    state.code = batch_fail_memory();
  }
  os_workers_destroy(state.workers);
  free(settled);
  if (state.code == CLI_OK && run->settings->kind->finish != NULL) {
    state.code = run->settings->kind->finish(run);
  }
  batch_progress_end(&state.progress, &state.counts, run->settings, run->objects.passed_over);
  return exit_code(&state);
}
