/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - shows the subcommands, and of one its help: usage, details, and its options under their headings. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

enum { LINE_WIDTH = 80, TEXT_COLUMN = 28 };

const cli_option cli_general_options[] = {
    {0, "memory", "SIZE", false, "General",
     "Hold at most SIZE bytes of voxels, attributes and decoders in memory, such as 500M or 16G; 4G otherwise."},
    {0, "help", NULL, false, NULL, "Show this help."},
    {0, "version", NULL, false, NULL, "Show the version and the libraries it was built with."},
    {0, NULL, NULL, false, NULL, NULL}};

const char cli_program_summary[] =
    "Reads, writes and converts DICOM segmentations and label volumes in research formats.";

const char cli_exit_codes[] =
    "0 success, 1 negative answer, 2 wrong usage, 3 input cannot be used, 4 output cannot be written.";

void cli_show_overview(void) {
  printf("Usage: dseg SUBCOMMAND [options]\n\n%s\n\nSubcommands:\n", cli_program_summary);
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    printf("  %-18s %s\n", (*command)->name, (*command)->summary);
  }
  printf(
      "\n"
      "  dseg SUBCOMMAND --help   shows the options of one\n"
      "  dseg --version           shows the version and the libraries it was built with\n"
      "\n"
      "Exit codes: %s\n",
      cli_exit_codes);
}

/* Prints text from column on, wrapped at spaces, every further line indented to TEXT_COLUMN. */
static void print_wrapped(const char *text, size_t column) {
  if (column >= TEXT_COLUMN) {
    putchar('\n');
    column = 0;
  }
  printf("%*s", TEXT_COLUMN - (int)column, "");
  size_t used = TEXT_COLUMN;
  while (*text != '\0') {
    const size_t length = strcspn(text, " ");
    if (used > TEXT_COLUMN && used + 1 + length > LINE_WIDTH) {
      printf("\n%*s", TEXT_COLUMN, "");
      used = TEXT_COLUMN;
    } else if (used > TEXT_COLUMN) {
      putchar(' ');
      used++;
    }
    printf("%.*s", (int)length, text);
    used += length;
    text += length;
    text += strspn(text, " ");
  }
  putchar('\n');
}

/* The options of a table under their headings. */
static void show_options(const cli_option *option) {
  for (; option != NULL && option->name != NULL; option++) {
    if (option->group != NULL) {
      printf("\n%s:\n", option->group);
    }
    int width = printf("  %s%s", option->name[1] == '\0' ? "-" : "--", option->name);
    if (option->argument != NULL) {
      width += printf(" %s%s", option->argument, option->list ? "..." : "");
    }
    print_wrapped(option->help, (size_t)width);
  }
}

void cli_show_help(const cli_command *command) {
  printf("Usage: dseg %s %s\n\n%s\n", command->name, command->arguments, command->summary);
  if (command->details != NULL) {
    printf("\n%s\n", command->details);
  }
  show_options(command->options);
  show_options(cli_general_options);
}
