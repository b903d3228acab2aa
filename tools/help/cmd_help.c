/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_help.c - `dseg help`: what --help shows, and the same as manual pages, docs/cli.md and completions. */
#include <stdio.h>

#include "cli/commands.h"
#include "help/formats.h"

enum { OPTION_FORMAT };

static const cli_option options_table[] = {
    {OPTION_FORMAT, "format", "text|man|markdown|bash|zsh|fish|names", false, "Output",
     "text: what --help shows, the default. man: a manual page. markdown: docs/cli.md, or its section. bash, zsh, "
     "fish: completions for this shell. names: the subcommands, one a line."},
    {0, NULL, NULL, false, NULL, NULL}};

static int run(int argc, char **argv);

const cli_command cmd_help = {"help",
                              "Show help, also as manual pages and completions.",
                              "[SUBCOMMAND] [options]",
                              "Shows the subcommands, or the options of one. Completions and names are of all.",
                              options_table,
                              run};

enum { FORMAT_TEXT, FORMAT_MAN, FORMAT_MARKDOWN, FORMAT_BASH, FORMAT_ZSH, FORMAT_FISH, FORMAT_NAMES };
static const char *const formats[] = {"text", "man", "markdown", "bash", "zsh", "fish", "names", NULL};

static void show_text(const cli_command *command) {
  if (command != NULL) {
    cli_show_help(command);
  } else {
    cli_show_overview();
  }
}

static void show_names(void) {
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    puts((*command)->name);
  }
}

/* command NULL: all. */
static int show(int format, const cli_command *command) {
  if (command != NULL && format >= FORMAT_BASH) {
    return cli_usage_error(&cmd_help, "--format %s is of all subcommands, not of one", formats[format]);
  }
  switch (format) {
    case FORMAT_MAN: help_show_man(command); break;
    case FORMAT_MARKDOWN: help_show_markdown(command); break;
    case FORMAT_BASH: help_show_bash(); break;
    case FORMAT_ZSH: help_show_zsh(); break;
    case FORMAT_FISH: help_show_fish(); break;
    case FORMAT_NAMES: show_names(); break;
    default: show_text(command); break;
  }
  return CLI_OK;
}

static int run(int argc, char **argv) {
  int format = FORMAT_TEXT;
  cli_args args;
  cli_args_begin(&args, &cmd_help, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    if (id == CLI_STOP) {
      return args.exit_code;
    }
    if (!cli_choice(&args, formats, &format)) {
      return CLI_USAGE;
    }
  }
  if (args.name_count > 1) {
    return cli_usage_error(&cmd_help, "one SUBCOMMAND at most");
  }
  const cli_command *command = args.name_count == 1 ? cli_find_command(args.names[0]) : NULL;
  if (args.name_count == 1 && command == NULL) {
    return cli_unknown_command(args.names[0]);
  }
  return show(format, command);
}
