/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - shows a subcommand's help: usage, details, and its options under their headings. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

enum { LINE_WIDTH = 80, TEXT_COLUMN = 28 };

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

static void show_option(const char *name, const char *argument, bool list, const char *help) {
  int width = printf("  %s%s", name[1] == '\0' ? "-" : "--", name);
  if (argument != NULL) {
    width += printf(" %s%s", argument, list ? "..." : "");
  }
  print_wrapped(help, (size_t)width);
}

void cli_show_help(const cli_command *command) {
  printf("Usage: dseg %s %s\n\n%s\n", command->name, command->arguments, command->summary);
  if (command->details != NULL) {
    printf("\n%s\n", command->details);
  }
  for (const cli_option *option = command->options; option != NULL && option->name != NULL; option++) {
    if (option->group != NULL) {
      printf("\n%s:\n", option->group);
    }
    show_option(option->name, option->argument, option->list, option->help);
  }
  puts("\nGeneral:");
  show_option(
      "memory", "SIZE", false,
      "Hold at most SIZE bytes of voxels, attributes and decoders in memory, such as 500M or 16G; 4G otherwise.");
  show_option("help", NULL, false, "Show this help.");
  show_option("version", NULL, false, "Show the version and the libraries it was built with.");
}
