/* SPDX-License-Identifier: Apache-2.0 */
/* stage.c - outputs before they have their names: see stage.h. */
#include "batch/stage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/guard.h"
#include "cli/streams.h"
#include "os/os.h"
#include "os/workers.h"

enum { ROOM = 160 /* for the name of a stage or of a file in it */, PROBE = 1 << 20 /* bytes */ };

/* 0, or a number of <errno.h>. */
static int make_directories(char *path) {
  const size_t length = os_directory_length(path);
  for (size_t i = 1; i < length; i++) {
    if (path[i] == '/') {
      path[i] = '\0';
      const int number = os_make_directory(path);
      path[i] = '/';
      if (number != 0 && number != EEXIST && number != EACCES && number != EROFS) { /* those above may be others' */
        return number;
      }
    }
  }
  const int number = length > 0 ? os_make_directory(path) : 0;
  return number == EEXIST || os_is_directory(path) ? 0 : number;
}

int batch_make_directories(const char *path) {
  char *copy = batch_copy(path, strlen(path));
  if (copy == NULL) {
    return batch_fail_memory();
  }
  int number = make_directories(copy);
  number = number == 0 && !os_is_directory(path) ? ENOTDIR : number;
  if (number != 0) {
    cli_error(path, "%s", strerror(number));
  }
  free(copy);
  return number == 0 ? CLI_OK : CLI_OUTPUT;
}

static bool note_nothing(const char *path) {
  (void)path;
  return true;
}

int batch_stage_begin(batch_run *run) {
  const char *to = run->settings->to;
  const size_t length = strlen(to);
  char *place = malloc(length + 2);
  run->stage = malloc(length + ROOM);
  if (place == NULL || run->stage == NULL) {
    free(place);
    return batch_fail_memory();
  }
  (void)snprintf(place, length + 2, "%s%s", to, to[length - 1] == '/' ? "" : "/");
  const int number = os_make_stage(place, run->stage, length + ROOM, note_nothing);
  free(place);
  if (number != 0) {
    cli_error(to, "%s", strerror(number));
    free(run->stage);
    run->stage = NULL;
  }
  return number == 0 ? CLI_OK : CLI_OUTPUT;
}

void batch_stage_end(batch_run *run) {
  if (run->stage != NULL) {
    os_empty_stage(run->stage);
    os_remove_directory(run->stage);
    free(run->stage);
    run->stage = NULL;
  }
}

static char *name_file(const batch_run *run, long process) {
  const size_t room = strlen(run->stage) + ROOM;
  char *path = malloc(room);
  if (path != NULL) {
    (void)snprintf(path, room, "%s/%ld", run->stage, process);
  }
  return path;
}

char *batch_stage_file(const batch_run *run) {
  static bool guarded;
  char *path = name_file(run, os_process());
  if (path != NULL && !guarded) {
    guarded = cli_guard(run->stage) && cli_guard(path);
  }
  (void)os_make_directory(run->stage); /* another worker that a signal ended may have removed it */
  return path;
}

void batch_stage_forget(const batch_run *run, long process) {
  char *path = run->stage != NULL ? name_file(run, process) : NULL;
  if (path != NULL) {
    os_remove(path);
  }
  free(path);
}

/* The directories of an output. */
static dseg_status make_place(const char *output, dseg_error *error) {
  char *directory = batch_copy(output, (size_t)(os_path_name(output) - output));
  const int number = directory != NULL ? make_directories(directory) : ENOMEM;
  free(directory);
  return number == 0 ? DSEG_OK : dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: %s", output, strerror(number));
}

static dseg_status name_file_of(batch_task *task, bool replace, dseg_error *error) {
  const batch_object *object = task->object;
  const unsigned flags = (replace ? DSEG_OUTPUT_REPLACE : 0U) | (task->run->settings->sync ? DSEG_OUTPUT_SYNC : 0U);
  dseg_output_set *set = dseg_output_set_create();
  if (set == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  const char *input = object->path;
  dseg_status status = cli_add_inputs(set, &input, 1, error);
  if (status == DSEG_OK) {
    status = dseg_output_set_adopt(set, task->stage, object->output, flags, error);
  }
  if (status == DSEG_OK) {
    status = dseg_output_set_commit(set, error);
  }
  dseg_output_set_destroy(set);
  return status;
}

dseg_status batch_stage_commit(batch_task *task, dseg_error *error) {
  const batch_object *object = task->object;
  const bool replace = object->again || task->run->settings->force;
  if (!replace && os_exists(object->output)) {
    if (batch_same_bytes(task->stage, object->output)) { /* of a run that was killed before it could report it */
      os_remove(task->stage);
      return DSEG_OK;
    }
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "%s exists, and no earlier run of this report wrote it; --force replaces it", object->output);
  }
  DSEG_TRY(make_place(object->output, error));
  return name_file_of(task, replace, error);
}

/* Whether a file can be written where outputs are, in number. */
static int probe(const batch_task *task) {
  FILE *stream = os_open(task->stage, "wb");
  if (stream == NULL) {
    return errno;
  }
  char *bytes = calloc(1, PROBE);
  int number = bytes == NULL ? ENOMEM : fwrite(bytes, 1, PROBE, stream) == PROBE ? 0 : errno;
  number = fclose(stream) != 0 && number == 0 ? errno : number;
  free(bytes);
  os_remove(task->stage);
  return number;
}

const char *batch_stage_fault(batch_task *task, const char *message) {
  static const int faults[] = {
    ENOSPC,
    EROFS,
    EIO,
    EFBIG,
#if defined(EDQUOT)
    EDQUOT,
#endif
    EACCES,
    EPERM
  };
  int number = probe(task);
  for (size_t i = 0; number == 0 && i < sizeof faults / sizeof *faults; i++) {
    number = strstr(message, strerror(faults[i])) != NULL ? faults[i] : 0;
  }
  if (number == 0) {
    return NULL;
  }
  (void)snprintf(task->text, sizeof task->text, "%s", strerror(number));
  return task->text;
}
