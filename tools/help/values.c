/* SPDX-License-Identifier: Apache-2.0 */
/* values.c - what can stand as the value of an option: see values.h. */
#include "help/values.h"

#include <string.h>

#include "dseg/plugin.h"

/* "jpeg-ls", "nii.gz", "i"; no "1-12", which begins with a digit, no FILE. One digit is a word: "0|1". */
static bool is_word(const char *part, size_t length) {
  static const char first[] = "abcdefghijklmnopqrstuvwxyz";
  static const char others[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
  if (length == 1 && *part >= '0' && *part <= '9') {
    return true;
  }
  return length > 0 && strchr(first, *part) != NULL && strspn(part, others) >= length;
}

static size_t put_word(const char *word, help_word_sink put, void *user) {
  if (put != NULL) {
    put(word, strlen(word), user);
  }
  return 1;
}

static size_t put_representations(help_word_sink put, void *user) {
  size_t count = 0;
  for (size_t i = 0; dseg_representation_at(i) != NULL; i++) {
    count += put_word(dseg_representation_at(i)->name, put, user);
  }
  return count;
}

static size_t put_codecs(help_word_sink put, void *user) {
  size_t count = 0;
  for (size_t i = 0; dseg_frame_codec_at(i) != NULL; i++) {
    count += put_word(dseg_frame_codec_at(i)->name, put, user);
  }
  return count;
}

size_t help_words_of(const cli_option *option, help_word_sink put, void *user) {
  const char *part = option->argument;
  size_t count = 0;
  if (part == NULL) {
    return 0;
  }
  if (strcmp(part, "REPRESENTATION") == 0 || strcmp(part, "ENCODING") == 0) {
    return put_representations(put, user);
  }
  if (strcmp(part, "NAME|UID") == 0) {
    return put_codecs(put, user);
  }
  while (*part != '\0') {
    const size_t length = strcspn(part, "|");
    if (is_word(part, length)) {
      count++;
      if (put != NULL) {
        put(part, length, user);
      }
    }
    part += length;
    part += *part == '|' ? 1 : 0;
  }
  return count;
}

/* Whether one of the parts of text is name, alone or with ",..." behind it. */
static bool has_part(const char *text, const char *name) {
  const size_t length = strlen(name);
  for (const char *part = text; part != NULL; part = strchr(part, '|')) {
    part += *part == '|' ? 1 : 0;
    if (strncmp(part, name, length) == 0 && strchr("|,", part[length]) != NULL) { /* the end, too */
      return true;
    }
  }
  return false;
}

help_names help_names_of(const cli_option *option) {
  static const char *const files[] = {"FILE", "JSON", "CSV", "PATH", "INPUT", "OUTPUT"};
  static const char *const directories[] = {"DIR", "DIRECTORY"};
  if (option->argument == NULL) {
    return HELP_NO_NAMES;
  }
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    if (has_part(option->argument, files[i])) {
      return HELP_FILES;
    }
  }
  for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
    if (has_part(option->argument, directories[i])) {
      return HELP_DIRECTORIES;
    }
  }
  return HELP_NO_NAMES;
}

bool help_takes_files(const cli_command *command) {
  return *command->arguments >= 'A' && *command->arguments <= 'Z';
}

bool help_takes_subcommand(const cli_command *command) {
  return strncmp(command->arguments, "[SUBCOMMAND]", 12) == 0;
}

const char *help_dashes(const cli_option *option) {
  return option->name[1] == '\0' ? "-" : "--";
}

static void show_each(const cli_command *command, const cli_option *option,
                      void (*show)(const cli_command *command, const cli_option *option)) {
  for (; option != NULL && option->name != NULL; option++) {
    show(command, option);
  }
}

void help_each_option(const cli_command *command, void (*show)(const cli_command *command, const cli_option *option)) {
  show_each(command, command->options, show);
  show_each(command, cli_general_options, show);
}
