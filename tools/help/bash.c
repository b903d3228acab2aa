/* SPDX-License-Identifier: Apache-2.0 */
/* bash.c - completions for bash: one function, with a pattern for each option that takes a value. */
#include <stdio.h>
#include <string.h>

#include "dseg/version.h"
#include "help/formats.h"
#include "help/values.h"

static void put_word(const char *word, size_t length, void *user) {
  (void)user;
  printf(" %.*s", (int)length, word);
}

/* What the function knows before it looks at options: word, the one to be completed; before, the one in front of it;
 * command, the subcommand. Readline takes what follows '=' for a word of its own. */
static const char beginning[] =
    "_dseg() {\n"
    "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[0]##*/}\n"
    "  local words='' first=1\n"
    "  COMPREPLY=()\n"
    "  if [[ $word == = ]]; then\n"
    "    word=''\n"
    "  elif [[ $before == = ]]; then\n"
    "    before=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "  fi\n"
    "  case $command in\n";

static const char end[] =
    "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
    "}\n";

static void put_programs(const char *separator) {
  for (const cli_command *const *program = cli_programs; *program != NULL; program++) {
    printf("%s%s", program == cli_programs ? "" : separator, (*program)->name);
  }
}

static void put_names(void) {
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    put_word((*command)->name, strlen((*command)->name), NULL);
  }
}

/* A value: of known words these and, where it can be a file, names of files; of other values nothing. */
static void put_value(const cli_command *command, const cli_option *option) {
  if (option->argument == NULL) {
    return;
  }
  printf("      '%s %s%s')", command->name, help_dashes(option), option->name);
  const bool names = help_names_of(option) != HELP_NO_NAMES;
  if (help_words_of(option, NULL, NULL) > 0) {
    fputs(" words='", stdout);
    (void)help_words_of(option, put_word, NULL);
    putchar('\'');
    fputs(names ? "" : "; compopt +o default +o bashdefault 2>/dev/null", stdout);
  } else {
    fputs(names ? " return" : " compopt +o default +o bashdefault 2>/dev/null; return", stdout);
  }
  puts(" ;;");
}

static void put_option(const cli_command *command, const cli_option *option) {
  (void)command;
  printf(" %s%s", help_dashes(option), option->name);
}

/* What the words of a subcommand are that are no values. */
static void put_command(const cli_command *command) {
  printf("    %s) words='", command->name);
  help_each_option(command, put_option);
  puts("' ;;");
}

void help_show_bash(void) {
  printf("# Completions of dseg %s for bash, written by `dseg help --format bash`.\n", dseg_version());
  fputs(beginning, stdout);
  fputs("    ", stdout);
  put_programs(" | ");
  puts(
      ") ;;\n"
      "    *)\n"
      "      command=${COMP_WORDS[1]}\n"
      "      first=2\n"
      "      ;;\n"
      "  esac\n"
      "  if ((COMP_CWORD < first)); then");
  fputs("    words='", stdout);
  put_names();
  puts(
      " --help --version'\n"
      "  else\n"
      "    case \"$command $before\" in");
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    help_each_option(*command, put_value);
  }
  puts("    esac\n  fi\n  if [[ -z $words && $word == -* ]]; then\n    case $command in");
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    put_command(*command);
  }
  puts("    esac\n  fi");
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    if (help_takes_subcommand(*command)) {
      printf("  if [[ -z $words && $command == %s ]]; then\n    words='", (*command)->name);
      put_names();
      puts("'\n  fi");
    }
  }
  fputs(end, stdout);
  fputs("complete -o bashdefault -o default -F _dseg dseg ", stdout);
  put_programs(" ");
  putchar('\n');
}
