/* SPDX-License-Identifier: Apache-2.0 */
/* command.c - the commands that make samples: run here, and kept as text for the manifest. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "convert/convert.h"
#include "os/os.h"
#include "samples/samples.h"

static char *keep(samples_command *command, const char *text) {
  const size_t size = strlen(text) + 1;
  if (size > sizeof command->room - command->used) {
    command->overflow = true;
    return NULL;
  }
  char *copy = command->room + command->used;
  memcpy(copy, text, size);
  command->used += size;
  return copy;
}

static void add_text(samples_command *command, const char *text) {
  const size_t used = strlen(command->text);
  const size_t size = strlen(text);
  if (used + size + 1 > sizeof command->text) {
    command->overflow = true;
    return;
  }
  memcpy(command->text + used, text, size + 1);
}

/* As a shell reads it. */
static void add_word(samples_command *command, const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=+:,@%";
  add_text(command, command->text[0] != '\0' ? " " : "dseg ");
  if (word[0] != '\0' && strspn(word, plain) == strlen(word)) {
    add_text(command, word);
    return;
  }
  add_text(command, "'");
  for (; *word != '\0'; word++) {
    const char letter[2] = {*word, '\0'};
    add_text(command, *word == '\'' ? "'\\''" : letter);
  }
  add_text(command, "'");
}

static void add(samples_command *command, const char *argument, const char *shown) {
  if (command->argc == SAMPLES_ARGUMENTS) {
    command->overflow = true;
    return;
  }
  command->argv[command->argc++] = keep(command, argument);
  if (shown != NULL) {
    add_word(command, shown);
  }
}

void samples_add(samples_command *command, const char *argument) {
  add(command, argument, argument);
}

bool samples_paths_fit(const samples_job *job) {
  const size_t longest = SAMPLES_NAME + sizeof "/.part" + SAMPLES_STAGE;
  return strlen(job->directory) < SAMPLES_PATH - longest;
}

void samples_path(const samples_job *job, const char *name, char path[SAMPLES_PATH]) {
  samples_stage_note(job->stage, name);
  snprintf(path, SAMPLES_PATH, "%s/%s", job->directory, name);
}

void samples_add_file(samples_command *command, const samples_job *job, const char *name) {
  char path[SAMPLES_PATH];
  samples_path(job, name, path);
  add(command, path, name);
}

void samples_add_path(samples_command *command, const char *path) {
  add(command, path, os_path_name(path));
}

void samples_add_hidden(samples_command *command, const char *path) {
  add(command, path, "SOURCE");
}

void samples_add_seed(samples_command *command, const char *name) {
  char seed[SAMPLES_NAME + 16];
  snprintf(seed, sizeof seed, "samples/%s", name);
  samples_add(command, "--uid-seed");
  samples_add(command, seed);
}

/* convert, phantom or preview. */
int samples_run(samples_command *command, const samples_job *job, dseg_error *refusal) {
  if (job->force) {
    add(command, "--force", NULL);
  }
  if (job->threads > 0) {
    char number[16];
    snprintf(number, sizeof number, "%u", job->threads);
    add(command, "--threads", NULL);
    add(command, number, NULL);
  }
  if (command->overflow) {
    cli_error(job->directory, "a name is too long");
    return CLI_USAGE;
  }
  if (strcmp(command->argv[0], "convert") == 0) {
    return convert_run(command->argc, command->argv, refusal);
  }
  const cli_command *known = strcmp(command->argv[0], "phantom") == 0 ? &cmd_phantom : &cmd_preview;
  return known->run(command->argc, command->argv);
}
