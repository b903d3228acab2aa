/* SPDX-License-Identifier: Apache-2.0 */
/* markdown.c - docs/cli.md. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "help/formats.h"
#include "help/manual.h"
#include "help/text.h"
#include "help/values.h"

enum {
  LINE_WIDTH = 120,
  MOST_WITHOUT_HEADINGS = 10 /* options of a subcommand in one table; with more each group has its own */
};

static void put_character(help_filler *filler, char character, bool escaped) {
  if (escaped) {
    help_fill(filler, "\\", 1);
  }
  help_fill(filler, &character, 1);
}

static void put_plain(help_filler *filler, const help_span *span, bool in_table) {
  for (size_t i = 0; i < span->length; i++) {
    const char character = span->text[i];
    put_character(filler, character, strchr("<*[", character) != NULL || (in_table && character == '|'));
  }
}

/* A pipe would end the cell, in code too. */
static void put_code(help_filler *filler, const help_span *span, bool in_table) {
  help_fill(filler, "`", 1);
  for (size_t i = 0; i < span->length; i++) {
    put_character(filler, span->text[i], in_table && span->text[i] == '|');
  }
  help_fill(filler, "`", 1);
}

static void put_inline(help_filler *filler, const char *text, size_t length, bool in_table) {
  char copy[4096];
  const size_t size = length < sizeof copy ? length : sizeof copy - 1;
  memcpy(copy, text, size);
  copy[size] = '\0';
  help_spans spans = help_spans_of(copy);
  for (help_span span; help_next_span(&spans, &span);) {
    switch (span.style) {
      case HELP_PLAIN: put_plain(filler, &span, in_table); break;
      case HELP_CODE: put_code(filler, &span, in_table); break;
      case HELP_STRONG:
        help_fill(filler, "**", 2);
        put_plain(filler, &span, in_table);
        help_fill(filler, "**", 2);
        break;
      case HELP_LINK:
        help_fill(filler, "[", 1);
        put_plain(filler, &span, in_table);
        help_fill(filler, "](", 2);
        help_fill(filler, span.target, span.target_length);
        help_fill(filler, ")", 1);
        break;
    }
  }
}

/* Lines as they are, with at least four spaces in front. */
static void put_lines(const char *text, size_t length) {
  const char *end = text + length;
  const char *indent = strncmp(text, "    ", 4) == 0 ? "" : "  ";
  while (text < end) {
    const size_t size = strcspn(text, "\n") < (size_t)(end - text) ? strcspn(text, "\n") : (size_t)(end - text);
    printf("%s%.*s\n", indent, (int)size, text);
    text += size + 1;
  }
}

static void put_block(const help_block *block) {
  if (block->as_is) {
    put_lines(block->text, block->length);
    return;
  }
  const bool item = strncmp(block->text, "- ", 2) == 0;
  help_filler filler = {.width = LINE_WIDTH, .indentation = item ? 2 : 0, .column = item ? 2 : 0};
  fputs(item ? "- " : "", stdout);
  put_inline(&filler, block->text + (item ? 2 : 0), block->length - (item ? 2 : 0), false);
  help_end_line(&filler);
}

/* Paragraphs and lines of a text that is wrapped by hand. */
static void put_details(const char *text) {
  for (help_block block; text != NULL && help_next_block(&text, &block);) {
    putchar('\n');
    put_block(&block);
  }
}

/* The rows of a manual that are about something. Items of a list follow each other without an empty line. */
static void put_rows(const manual_row *row, const char *about) {
  bool in_list = false;
  for (const char *text = manual_next(&row, about); text != NULL; text = manual_next(&row, about)) {
    const help_block block = {strncmp(text, "  ", 2) == 0, text, strlen(text)};
    const bool item = strncmp(text, "- ", 2) == 0;
    if (!item || !in_list) {
      putchar('\n');
    }
    in_list = item;
    put_block(&block);
  }
}

static void put_table_start(const char *what) {
  printf("\n| %s | meaning |\n|---|---|\n", what);
}

static void put_option(const cli_option *option, const manual_row *rows) {
  help_filler filler = {.width = SIZE_MAX};
  fputs("| `", stdout);
  help_fill(&filler, help_dashes(option), strlen(help_dashes(option)));
  help_fill(&filler, option->name, strlen(option->name));
  if (option->argument != NULL) {
    help_fill(&filler, " ", 1);
    for (const char *next = option->argument; *next != '\0'; next++) {
      put_character(&filler, *next, *next == '|');
    }
    help_fill(&filler, option->list ? "..." : "", option->list ? 3 : 0);
  }
  help_fill(&filler, "` | ", 4);
  put_inline(&filler, option->help, strlen(option->help), true);
  for (const char *more = manual_next_of_option(&rows, option->name); more != NULL;
       more = manual_next_of_option(&rows, option->name)) {
    help_fill(&filler, " ", 1);
    put_inline(&filler, more, strlen(more), true);
  }
  help_fill(&filler, " |", 2);
  help_end_line(&filler);
}

static size_t count_options(const cli_option *option) {
  size_t count = 0;
  while (option != NULL && option[count].name != NULL) {
    count++;
  }
  return count;
}

/* In one table, or a table for each group; what is said of a group stands below its table. */
static void put_options(const cli_option *options, const manual_row *rows) {
  const bool headings = count_options(options) > MOST_WITHOUT_HEADINGS;
  const char *group = NULL;
  for (const cli_option *option = options; option->name != NULL; option++) {
    if (headings && option->group != NULL) {
      if (group != NULL) {
        put_rows(rows, group);
      }
      group = option->group;
      printf("\n### %s\n", group);
    }
    if (option == options || (headings && option->group != NULL)) {
      put_table_start("option");
    }
    put_option(option, rows);
  }
  for (const cli_option *option = options; option->name != NULL; option++) {
    if (option->group != NULL && (!headings || option->group == group)) {
      put_rows(rows, option->group);
    }
  }
}

/* A line break in the arguments is one in the synopsis. */
static void put_synopsis(const cli_command *command) {
  printf("\n    dseg %s ", command->name);
  for (const char *text = command->arguments; *text != '\0'; text++) {
    if (*text == '\n') {
      fputs("\n        ", stdout);
      text += strspn(text + 1, " ");
    } else {
      putchar(*text);
    }
  }
  putchar('\n');
}

static void show_command(const cli_command *command) {
  const manual_row *rows = manual_of(command->name);
  printf("## dseg %s\n", command->name);
  put_synopsis(command);
  put_details(command->summary);
  put_details(command->details);
  put_rows(rows, MANUAL_DESCRIPTION);
  if (command->options != NULL && command->options->name != NULL) {
    put_options(command->options, rows);
  }
  put_rows(rows, MANUAL_NOTES);
}

static void show_program(void) {
  puts(
      "# The dseg program\n"
      "\n"
      "<!-- `dseg help --format markdown` writes this page. Options come from the tables of the subcommands, what else "
      "is\n"
      "said of them from tools/help/manual*.c: change it there. -->\n"
      "\n"
      "    dseg SUBCOMMAND [options]");
  put_details(cli_program_summary);
  put_rows(manual_of(NULL), MANUAL_DESCRIPTION);
  printf("\nExit codes: %s\n", cli_exit_codes);
  put_table_start("subcommand");
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    printf("| [%s](#dseg-%s) | %s |\n", (*command)->name, (*command)->name, (*command)->summary);
  }
  puts("\nEvery subcommand has these options:");
  put_table_start("option");
  for (const cli_option *option = cli_general_options; option->name != NULL; option++) {
    put_option(option, manual_of(NULL));
  }
  puts("\nThe program reads these variables:");
  put_table_start("variable");
  for (const manual_variable *variable = manual_variables; variable->name != NULL; variable++) {
    help_filler filler = {.width = SIZE_MAX};
    printf("| `%s` | ", variable->name);
    put_inline(&filler, variable->text, strlen(variable->text), true);
    help_fill(&filler, " |", 2);
    help_end_line(&filler);
  }
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    putchar('\n');
    show_command(*command);
  }
}

void help_show_markdown(const cli_command *command) {
  if (command != NULL) {
    show_command(command);
  } else {
    show_program();
  }
}
