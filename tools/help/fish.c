/* SPDX-License-Identifier: Apache-2.0 */
/* fish.c - completions for fish: a line for each option of each subcommand. */
#include <stdio.h>
#include <string.h>

#include "dseg/version.h"
#include "help/formats.h"
#include "help/text.h"
#include "help/values.h"

enum { MOST_OF_HELP = 76 };

static void put_quoted(const char *text, size_t length) {
  putchar('\'');
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '\'' || text[i] == '\\') {
      putchar('\\');
    }
    putchar(text[i]);
  }
  putchar('\'');
}

static void put_help(const char *help) {
  fputs(" -d ", stdout);
  put_quoted(help, help_first_sentence(help, MOST_OF_HELP));
  putchar('\n');
}

static void put_word(const char *word, size_t length, void *user) {
  (void)user;
  printf(" %.*s", (int)length, word);
}

/* For dseg with a subcommand, or for a program of dcmqi's. */
static void put_start(const cli_command *command, bool is_program) {
  if (is_program) {
    printf("complete -c %s", command->name);
  } else {
    printf("complete -c dseg -n '__dseg_runs %s'", command->name);
  }
}

static void put_option_of(const cli_command *command, const cli_option *option, bool is_program) {
  put_start(command, is_program);
  printf(" -%c %s", option->name[1] == '\0' ? 's' : 'l', option->name);
  if (option->argument != NULL) {
    const help_names names = help_names_of(option);
    fputs(names != HELP_NO_NAMES ? " -r -F" : " -x", stdout);
    if (help_words_of(option, NULL, NULL) > 0) {
      fputs(" -a '", stdout);
      (void)help_words_of(option, put_word, NULL);
      putchar('\'');
    }
  }
  put_help(option->help);
}

static void put_option(const cli_command *command, const cli_option *option) {
  put_option_of(command, option, false);
}

static void put_option_of_program(const cli_command *command, const cli_option *option) {
  put_option_of(command, option, true);
}

static void put_no_files(const cli_command *command, bool is_program) {
  if (!help_takes_files(command)) {
    put_start(command, is_program);
    puts(" -f");
  }
}

static void put_subcommands(const char *condition) {
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    printf("complete -c dseg -n '%s' -f -a %s", condition, (*command)->name);
    put_help((*command)->summary);
  }
}

void help_show_fish(void) {
  printf("# Completions of dseg %s for fish, written by `dseg help --format fish`.\n", dseg_version());
  puts(
      "\n"
      "function __dseg_runs\n"
      "    set -l words (commandline -opc)\n"
      "    test (count $words) -gt 1; and test $words[2] = $argv[1]\n"
      "end\n"
      "\n"
      "function __dseg_runs_nothing\n"
      "    test (count (commandline -opc)) -eq 1\n"
      "end\n");
  put_subcommands("__dseg_runs_nothing");
  puts(
      "complete -c dseg -n __dseg_runs_nothing -l help -d 'Show the subcommands'\n"
      "complete -c dseg -n __dseg_runs_nothing -l version -d 'Show the version'");
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    putchar('\n');
    put_no_files(*command, false);
    help_each_option(*command, put_option);
    if (help_takes_subcommand(*command)) {
      char condition[64];
      snprintf(condition, sizeof condition, "__dseg_runs %s", (*command)->name);
      put_subcommands(condition);
    }
  }
  for (const cli_command *const *program = cli_programs; *program != NULL; program++) {
    putchar('\n');
    put_no_files(*program, true);
    help_each_option(*program, put_option_of_program);
  }
}
