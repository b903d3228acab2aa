/* SPDX-License-Identifier: Apache-2.0 */
/* stage.c - a set of samples appears as a whole: it is made in a hidden directory, which then gets the name asked for,
 * or, where that directory exists, whose files get their names together. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/guard.h"
#include "cli/streams.h"
#include "os/os.h"
#include "samples/samples.h"

struct samples_stage {
  char target[SAMPLES_PATH]; /* without separators at its end */
  char path[SAMPLES_PATH + SAMPLES_STAGE];
  bool exists;  /* target does: path is in it, and beside it otherwise */
  char **names; /* in path, that files and directories may have */
  size_t count, room;
  bool failed; /* out of memory for a name */
};

static int fail_memory(void) {
  cli_error(NULL, "out of memory");
  return CLI_INPUT;
}

/* Where there may be something already, which has to be empty or to be written into. */
static int check_target(const samples_job *job) {
  if (!os_is_directory(job->directory) || (!job->force && !os_is_empty_directory(job->directory))) {
    cli_error(job->directory, "is no empty directory%s",
              os_is_directory(job->directory) ? "; --force writes into it and replaces files" : "");
    return CLI_OUTPUT;
  }
  return CLI_OK;
}

int samples_stage_begin(samples_job *job) {
  samples_stage *stage = calloc(1, sizeof *stage);
  job->stage = stage;
  if (stage == NULL) {
    return fail_memory();
  }
  (void)snprintf(stage->target, sizeof stage->target, "%.*s", (int)os_directory_length(job->directory), job->directory);
  stage->exists = os_exists(stage->target);
  const int code = stage->exists ? check_target(job) : CLI_OK;
  if (code != CLI_OK) {
    return code;
  }
  const size_t parent = (size_t)(os_path_name(stage->target) - stage->target);
  char place[SAMPLES_PATH + 2];
  (void)snprintf(place, sizeof place, "%.*s%s", (int)(stage->exists ? strlen(stage->target) : parent), stage->target,
                 stage->exists ? "/" : "");
  const int number = os_make_stage(place, stage->path, sizeof stage->path, cli_guard);
  if (number != 0) {
    cli_error(job->directory, "cannot be made: %s", strerror(number));
    return CLI_OUTPUT;
  }
  cli_show_as(stage->path, stage->target);
  job->directory = stage->path;
  return CLI_OK;
}

void samples_stage_note(samples_stage *stage, const char *name) {
  for (size_t i = 0; i < stage->count; i++) {
    if (strcmp(stage->names[i], name) == 0) {
      return;
    }
  }
  char path[SAMPLES_PATH + SAMPLES_NAME + SAMPLES_STAGE];
  (void)snprintf(path, sizeof path, "%s/%s", stage->path, name);
  char **names = cli_grow(stage->names, stage->count, &stage->room, sizeof *names);
  const size_t size = strlen(name) + 1;
  char *copy = malloc(size);
  if (names != NULL) {
    stage->names = names;
  }
  if (names == NULL || copy == NULL || !cli_guard(path)) {
    free(copy);
    stage->failed = true;
    return;
  }
  memcpy(copy, name, size);
  stage->names[stage->count++] = copy;
}

/* A file of the stage is to get its name in the directory that exists; a directory is made there. */
static dseg_status add(const samples_stage *stage, const char *name, unsigned flags, dseg_output_set *set,
                       dseg_error *error) {
  char from[SAMPLES_PATH + SAMPLES_NAME + SAMPLES_STAGE];
  char to[SAMPLES_PATH + SAMPLES_NAME];
  (void)snprintf(from, sizeof from, "%s/%s", stage->path, name);
  (void)snprintf(to, sizeof to, "%s/%s", stage->target, name);
  if (!os_exists(from)) { /* not every name became a file */
    return DSEG_OK;
  }
  if (!os_is_directory(from)) {
    return dseg_output_set_adopt(set, from, to, flags, error);
  }
  if (os_is_directory(to)) {
    return DSEG_OK;
  }
  if (!cli_guard(to)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  const int number = os_make_directory(to);
  return number == 0 ? DSEG_OK : dseg_fail(error, DSEG_ERROR_OUTPUT, "%s: cannot be made: %s", to, strerror(number));
}

static dseg_status name_files(const samples_job *job, dseg_output_set *set, dseg_error *error) {
  const samples_stage *stage = job->stage;
  DSEG_TRY(cli_add_inputs(set, &job->source, 1, error));
  DSEG_TRY(cli_add_inputs(set, job->references, job->reference_count, error));
  for (size_t i = 0; i < stage->count; i++) {
    DSEG_TRY(add(stage, stage->names[i], job->force ? DSEG_OUTPUT_REPLACE : 0, set, error));
  }
  return dseg_output_set_commit(set, error);
}

static int name_in_directory(const samples_job *job) {
  dseg_error error = {DSEG_OK, ""};
  dseg_output_set *set = dseg_output_set_create();
  if (set == NULL) {
    return fail_memory();
  }
  const dseg_status status = name_files(job, set, &error);
  dseg_output_set_destroy(set);
  return status == DSEG_OK ? CLI_OK : cli_fail(job->stage->target, status, &error);
}

int samples_stage_commit(const samples_job *job) {
  const samples_stage *stage = job->stage;
  if (stage->failed) {
    return fail_memory();
  }
  if (stage->exists) {
    const int code = name_in_directory(job);
    if (code == CLI_OK) {
      samples_remove_further_images(job, stage->target);
    }
    return code;
  }
  const int number = os_rename(stage->path, stage->target);
  if (number != 0) {
    cli_error(stage->target, "the complete set cannot get its name: %s", strerror(number));
    return CLI_OUTPUT;
  }
  return CLI_OK;
}

void samples_stage_end(samples_job *job) {
  samples_stage *stage = job->stage;
  if (stage == NULL) {
    return;
  }
  if (stage->failed) { /* a file may have been written whose name could not be kept */
    os_empty_stage(stage->path);
  }
  cli_remove_guarded();
  cli_show_as(NULL, NULL);
  for (size_t i = 0; i < stage->count; i++) {
    free(stage->names[i]);
  }
  free(stage->names);
  free(stage);
  job->stage = NULL;
}
