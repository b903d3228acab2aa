/* SPDX-License-Identifier: Apache-2.0 */
/* zsh.c - completions for zsh: a function for each subcommand, with a line for each option, as _arguments takes them.
 */
#include <stdio.h>
#include <string.h>

#include "dseg/version.h"
#include "help/formats.h"
#include "help/text.h"
#include "help/values.h"

enum { MOST_OF_HELP = 76 };

/* In single quotes; what ends an explanation of _arguments, "]", or of _describe, ":", is escaped. */
static void put_text(const char *text, size_t length, const char *escaped) {
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '\'') {
      fputs("'\\''", stdout);
      continue;
    }
    if (text[i] == '\\' || strchr(escaped, text[i]) != NULL) {
      putchar('\\');
    }
    putchar(text[i]);
  }
}

static void put_word(const char *word, size_t length, void *user) {
  (void)user;
  printf(" %.*s", (int)length, word);
}

/* What follows a value's name: an action of _arguments. */
static void put_action(const cli_option *option) {
  const help_names names = help_names_of(option);
  if (help_words_of(option, NULL, NULL) > 0) {
    fputs(names != HELP_NO_NAMES ? " _dseg_words_or_files" : "(", stdout);
    (void)help_words_of(option, put_word, NULL);
    fputs(names != HELP_NO_NAMES ? "" : ")", stdout);
  } else {
    fputs(names == HELP_FILES ? "_files" : names == HELP_DIRECTORIES ? "_files -/" : " ", stdout);
  }
}

/* '*--grid=[tight\: without ...]:tight|reference|FILE: _dseg_words_or_files tight reference'. An option with a value
 * may be given more than once, as some are of use so. */
static void put_option(const cli_command *command, const cli_option *option) {
  (void)command;
  const bool is_long = option->name[1] != '\0';
  printf("    '%s%s%s%s[", option->argument != NULL ? "*" : "", help_dashes(option), option->name,
         option->argument == NULL ? ""
         : is_long                ? "="
                                  : "+");
  put_text(option->help, help_first_sentence(option->help, MOST_OF_HELP), "[]:");
  putchar(']');
  if (option->argument != NULL) {
    putchar(':');
    put_text(option->argument, strlen(option->argument), ":");
    putchar(':');
    put_action(option);
  }
  puts("'");
}

static void put_command(const cli_command *command) {
  printf("\n_dseg_%s() {\n  local -a specs=(\n", command->name);
  help_each_option(command, put_option);
  printf("  )\n  _arguments -S $specs%s\n}\n", help_takes_subcommand(command) ? " ':subcommand:_dseg_subcommands'"
                                               : help_takes_files(command)    ? " '*:file:_files'"
                                                                              : "");
}

static void put_programs(void) {
  for (const cli_command *const *program = cli_programs; *program != NULL; program++) {
    printf(" %s", (*program)->name);
  }
}

void help_show_zsh(void) {
  fputs("#compdef dseg", stdout);
  put_programs();
  printf("\n# Completions of dseg %s for zsh, written by `dseg help --format zsh`.\n", dseg_version());
  puts(
      "\n"
      "_dseg_words_or_files() {\n"
      "  compadd -- \"$@\"\n"
      "  _files\n"
      "}\n"
      "\n"
      "_dseg_subcommands() {\n"
      "  local -a subcommands=(");
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    printf("    '%s:", (*command)->name);
    put_text((*command)->summary, help_first_sentence((*command)->summary, MOST_OF_HELP), ":");
    puts("'");
  }
  puts("  )\n  _describe subcommand subcommands\n}");
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    put_command(*command);
  }
  puts(
      "\n"
      "_dseg() {\n"
      "  if [[ $service != dseg ]]; then\n"
      "    _dseg_$service\n"
      "  elif (( CURRENT == 2 )); then\n"
      "    _dseg_subcommands\n"
      "    _arguments '--help[show the subcommands]' '--version[show the version]'\n"
      "  elif (( $+functions[_dseg_$words[2]] )); then\n"
      "    shift words\n"
      "    (( CURRENT-- ))\n"
      "    _dseg_$words[1]\n"
      "  fi\n"
      "}\n"
      "\n"
      "if [[ $funcstack[1] == _dseg ]]; then\n"
      "  _dseg \"$@\"\n"
      "else");
  fputs("  compdef _dseg dseg", stdout);
  put_programs();
  puts("\nfi");
}
