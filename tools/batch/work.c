/* SPDX-License-Identifier: Apache-2.0 */
/* work.c - what a worker does with an object: looks at the input, has the work done into a hidden file, verified, and
 * gives that its name. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "batch/batch.h"
#include "batch/stage.h"
#include "os/files.h"
#include "os/os.h"

void batch_note(void *user, const char *message) {
  batch_messages *messages = user;
  for (size_t i = 0; i < messages->count; i++) {
    if (strcmp(messages->items[i], message) == 0) {
      return;
    }
  }
  char *copy = messages->count < BATCH_WARNINGS ? batch_copy(message, strlen(message)) : NULL;
  if (copy != NULL) {
    messages->items[messages->count++] = copy;
  } else {
    messages->more++;
  }
}

/* Size and time of the input, and its hash where it is wanted. */
static dseg_status look_at_input(batch_task *task, batch_outcome *outcome, dseg_error *error) {
  const batch_object *object = task->object;
  os_file_facts facts;
  if (object->fault != NULL) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "%s", object->fault);
  }
  const int number = os_look_at(object->path, &facts);
  if (number != 0 || !facts.regular) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "%s", number != 0 ? strerror(number) : "is no file");
  }
  outcome->bytes_in = facts.size;
  (void)snprintf(outcome->mtime_in, sizeof outcome->mtime_in, "%lld.%09u", (long long)facts.seconds,
                 (unsigned)facts.nanoseconds);
  if (!task->run->settings->checksum && object->sha256 == NULL) {
    return DSEG_OK;
  }
  DSEG_TRY(batch_hash_file(object->path, outcome->sha256_in, error));
  if (object->sha256 != NULL && strcmp(object->sha256, outcome->sha256_in) != 0) {
    return dseg_fail(error, DSEG_ERROR_INPUT, "has SHA-256 %s, and the list says %s", outcome->sha256_in,
                     object->sha256);
  }
  return DSEG_OK;
}

/* Writes, and names what was written. */
static dseg_status write_output(batch_task *task, batch_outcome *outcome, dseg_error *error) {
  task->stage = batch_stage_file(task->run);
  if (task->stage == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  DSEG_TRY(task->run->settings->kind->work(task, error));
  outcome->bytes_out = os_file_size(task->stage);
  DSEG_TRY(batch_hash_file(task->stage, outcome->sha256_out, error));
  return batch_stage_commit(task, error);
}

static dseg_status do_object(batch_task *task, batch_outcome *outcome, dseg_error *error) {
  const batch_kind *kind = task->run->settings->kind;
  DSEG_TRY(look_at_input(task, outcome, error));
  task->done_before = task->run->settings->checksum && batch_is_done(task->run, task->object, outcome->sha256_in);
  if (task->done_before) {
    return DSEG_OK;
  }
  if (kind == &batch_compare) { /* before it is read: a later change makes another look */
    batch_put_look(task->object->output, outcome->copy);
  }
  return kind->writes ? write_output(task, outcome, error) : kind->work(task, error);
}

/* The output's name in the place of the hidden one, in a message. */
static void show_output(const batch_task *task, dseg_error *error) {
  char *at = task->stage != NULL && task->object->output != NULL ? strstr(error->message, task->stage) : NULL;
  if (at != NULL) {
    char rest[sizeof error->message];
    (void)snprintf(rest, sizeof rest, "%s", at + strlen(task->stage));
    (void)snprintf(at, sizeof error->message - (size_t)(at - error->message), "%s%s", task->object->output, rest);
  }
}

static void end_task(batch_task *task) {
  const batch_kind *kind = task->run->settings->kind;
  if (kind->end != NULL) {
    kind->end(task);
  }
  if (task->stage != NULL) {
    os_remove(task->stage);
    free(task->stage);
  }
  for (size_t i = 0; i < task->warnings.count; i++) {
    free(task->warnings.items[i]);
  }
}

void batch_work(void *user, size_t index, FILE *answer) {
  const batch_run *run = user;
  batch_task task = {.run = run, .object = &run->objects.items[index]};
  batch_outcome outcome = {.status = DSEG_OK};
  dseg_error error = {DSEG_OK, ""};
  const double start = os_seconds();
  const clock_t cpu = clock();
  outcome.status = do_object(&task, &outcome, &error);
  outcome.error = &error;
  if (outcome.status == DSEG_ERROR_OUTPUT && task.stage != NULL) {
    task.place = batch_stage_fault(&task, error.message);
  }
  show_output(&task, &error);
  outcome.seconds = os_seconds() - start;
  outcome.cpu_seconds = (double)(clock() - cpu) / CLOCKS_PER_SEC;
  if (task.place != NULL) {
    batch_put_word(BATCH_KEY_PLACE, task.place, answer);
  } else if (task.done_before) {
    batch_put_word(BATCH_KEY_SKIP, "", answer);
  } else {
    batch_put_line(&task, &outcome, answer);
  }
  end_task(&task);
}
