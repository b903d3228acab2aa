/* SPDX-License-Identifier: Apache-2.0 */
/* command.c - commands as a person types them, for the manifest. */
#include <string.h>

#include "os/os.h"
#include "samples/samples.h"

static void add_text(samples_command *command, const char *text) {
  const size_t used = strlen(command->text);
  const size_t size = strlen(text);
  if (used + size + 1 > sizeof command->text) {
    command->overflow = true;
    return;
  }
  memcpy(command->text + used, text, size + 1);
}

void samples_show(samples_command *command, const char *word) {
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

void samples_show_pattern(samples_command *command, const char *pattern) {
  add_text(command, " ");
  add_text(command, pattern);
}

void samples_show_option(samples_command *command, const char *option, const char *value) {
  samples_show(command, option);
  samples_show(command, value);
}

bool samples_fits(const samples_job *job, const samples_command *command) {
  if (command->overflow) {
    cli_error(job->directory, "a name is too long");
  }
  return !command->overflow;
}

bool samples_paths_fit(const samples_job *job) {
  const size_t longest = SAMPLES_NAME + SAMPLES_STAGE + 1;
  return strlen(job->directory) < SAMPLES_PATH - longest;
}

const char *samples_path(const samples_job *job, const char *name, char path[SAMPLES_PATH]) {
  samples_stage_note(job->stage, name);
  snprintf(path, SAMPLES_PATH, "%s/%s", job->directory, name);
  return path;
}

const char *samples_find_source(const samples_job *job, char path[SAMPLES_PATH], const char **shown) {
  const char *own = job->is_phantom ? "source.seg.nrrd" : job->has_copy ? "source.dcm" : NULL;
  if (own != NULL) {
    *shown = own;
    return samples_path(job, own, path);
  }
  *shown = job->is_replaced ? "SOURCE" : os_path_name(job->source); /* a file's name may have the patient's */
  return job->source;
}
