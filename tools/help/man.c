/* SPDX-License-Identifier: Apache-2.0 */
/* man.c - manual pages, in the macros of man(7): dseg(1), and dseg-SUBCOMMAND(1) of each subcommand. */
#include <stdio.h>
#include <string.h>

#include "cli/environment.h"
#include "dseg/version.h"
#include "help/formats.h"
#include "help/manual.h"
#include "help/text.h"
#include "help/values.h"

enum { LINE_WIDTH = 78 };

#define BOLD "\\fB"
#define ITALIC "\\fI"
#define ROMAN "\\fR"

/* A filler whose lines are text: one that begins with a dot or a quote would be a request. */
static help_filler new_filler(void) {
  return (help_filler){.width = LINE_WIDTH, .guard = "\\&", .guarded = ".'"};
}

static void fill_text(help_filler *filler, const char *text) {
  help_fill(filler, text, strlen(text));
}

/* exact: hyphens are those that a person types. */
static void put_characters(help_filler *filler, const char *text, size_t length, bool exact) {
  for (size_t i = 0; i < length; i++) {
    switch (text[i]) {
      case '\\': fill_text(filler, "\\e"); break;
      case '-': fill_text(filler, exact ? "\\-" : "-"); break;
      case '^': fill_text(filler, "\\(ha"); break;
      case '~': fill_text(filler, "\\(ti"); break;
      case '`': fill_text(filler, "\\(ga"); break;
      default: help_fill(filler, text + i, 1); break;
    }
  }
}

/* The words of a link and the file that it leads to, from the top of the source; that alone where its name has the
 * words. */
static void put_link(help_filler *filler, const help_span *span) {
  const char *target = span->target;
  const char *folder = "docs/";
  size_t length = span->target_length;
  if (strncmp(target, "../", 3) == 0) {
    target += 3;
    length -= 3;
    folder = "";
  }
  const char *mark = memchr(target, '#', length);
  length = mark != NULL ? (size_t)(mark - target) : length;
  size_t name = length;
  while (name > 0 && target[name - 1] != '/') {
    name--;
  }
  const bool same = length - name >= span->length && strncmp(target + name, span->text, span->length) == 0;
  if (!same) {
    put_characters(filler, span->text, span->length, false);
    fill_text(filler, " (");
  }
  fill_text(filler, folder);
  put_characters(filler, target, length, true);
  fill_text(filler, same ? "" : ")");
}

static void put_inline(help_filler *filler, const char *text) {
  help_spans spans = help_spans_of(text);
  for (help_span span; help_next_span(&spans, &span);) {
    switch (span.style) {
      case HELP_PLAIN: put_characters(filler, span.text, span.length, false); break;
      case HELP_LINK: put_link(filler, &span); break;
      case HELP_CODE:
      case HELP_STRONG:
        fill_text(filler, BOLD);
        put_characters(filler, span.text, span.length, span.style == HELP_CODE);
        fill_text(filler, ROMAN);
        break;
    }
  }
}

/* A line of its own, whatever its length. */
static void put_line(const char *text, size_t length) {
  help_filler filler = new_filler();
  const size_t indentation = strspn(text, " ") < length ? strspn(text, " ") : length;
  printf("%.*s", (int)indentation, text);
  for (size_t i = indentation; i < length; i++) { /* spaces stand as they are */
    if (i == indentation && strchr(filler.guarded, text[i]) != NULL) {
      fputs(filler.guard, stdout);
    }
    switch (text[i]) {
      case '\\': fputs("\\e", stdout); break;
      case '-': fputs("\\-", stdout); break;
      case '`': fputs("\\(ga", stdout); break;
      case '^': fputs("\\(ha", stdout); break;
      case '~': fputs("\\(ti", stdout); break;
      default: putchar(text[i]); break;
    }
  }
  putchar('\n');
}

/* first: nothing stands between the heading and this, where man(7) has no use for a new paragraph. */
static void put_block(const help_block *block, bool first) {
  if (block->as_is) {
    fputs(first ? "" : ".PP\n", stdout);
    puts(".RS 4\n.nf");
    const char *end = block->text + block->length;
    for (const char *line = block->text; line < end;) {
      const size_t all = strcspn(line, "\n");
      const size_t size = all < (size_t)(end - line) ? all : (size_t)(end - line);
      const size_t indentation = strspn(line, " ");
      const size_t skipped = indentation < 4 ? indentation : 4;
      put_line(line + skipped, size - skipped);
      line += size + 1;
    }
    puts(".fi\n.RE");
    return;
  }
  char text[4096];
  const bool item = strncmp(block->text, "- ", 2) == 0;
  snprintf(text, sizeof text, "%.*s", (int)block->length - (item ? 2 : 0), block->text + (item ? 2 : 0));
  fputs(item ? ".IP \\(bu 2\n" : first ? "" : ".PP\n", stdout);
  help_filler filler = new_filler();
  put_inline(&filler, text);
  help_end_line(&filler);
}

static bool put_details(const char *text, bool first) {
  for (help_block block; text != NULL && help_next_block(&text, &block); first = false) {
    put_block(&block, first);
  }
  return first;
}

static bool put_rows(const manual_row *row, const char *about, bool first) {
  for (const char *text = manual_next(&row, about); text != NULL; text = manual_next(&row, about)) {
    const help_block block = {strncmp(text, "  ", 2) == 0, text, strlen(text)};
    put_block(&block, first);
    first = false;
  }
  return first;
}

static void put_option(const cli_option *option, const manual_row *rows) {
  help_filler filler = new_filler();
  puts(".TP");
  fill_text(&filler, BOLD);
  put_characters(&filler, help_dashes(option), strlen(help_dashes(option)), true);
  put_characters(&filler, option->name, strlen(option->name), true);
  fill_text(&filler, ROMAN);
  if (option->argument != NULL) {
    fill_text(&filler, " " ITALIC);
    put_characters(&filler, option->argument, strlen(option->argument), true);
    fill_text(&filler, option->list ? "...\\fR" : ROMAN);
  }
  help_end_line(&filler);
  put_inline(&filler, option->help);
  for (const char *more = manual_next_of_option(&rows, option->name); more != NULL;
       more = manual_next_of_option(&rows, option->name)) {
    fill_text(&filler, " ");
    put_inline(&filler, more);
  }
  help_end_line(&filler);
}

/* Groups are subsections; what is said of one stands below its options. */
static void put_options(const cli_option *options, const manual_row *rows) {
  const char *group = NULL;
  for (const cli_option *option = options; option != NULL && option->name != NULL; option++) {
    if (option->group != NULL) {
      if (group != NULL) {
        put_rows(rows, group, false);
      }
      group = option->group;
      printf(".SS %s\n", group);
    }
    put_option(option, rows);
  }
  if (group != NULL) {
    put_rows(rows, group, false);
  }
}

/* name: "DSEG\-CONVERT", as the page's title has it. */
static void put_title(const char *name) {
  const char *date = cli_date_time();
  char day[11] = "";
  if (date != NULL && date[0] >= '0' && date[0] <= '9') {
    snprintf(day, sizeof day, "%.4s-%.2s-%.2s", date, date + 4, date + 6);
  }
  fputs(".\\\" Written by `dseg help --format man`.\n.TH ", stdout);
  for (; *name != '\0'; name++) {
    if (*name == '-') {
      fputs("\\-", stdout);
    } else {
      putchar(*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name);
    }
  }
  printf(" 1 \"%s\" \"dseg %s\" \"User Commands\"\n", day, dseg_version());
}

/* Without the full stop. */
static void put_summary(const char *summary) {
  char text[256];
  snprintf(text, sizeof text, "%.*s", (int)help_first_sentence(summary, sizeof text - 1), summary);
  help_filler filler = new_filler();
  filler.width = sizeof text;
  put_inline(&filler, text);
  help_end_line(&filler);
}

static void put_end(void) {
  puts(".SH EXIT STATUS");
  help_filler filler = new_filler();
  put_inline(&filler, cli_exit_codes);
  help_end_line(&filler);
}

/* A line break in the arguments is one in the synopsis. */
static void put_synopsis(const cli_command *command) {
  puts(".SH SYNOPSIS\n.nf");
  printf(BOLD "dseg %s" ROMAN " ", command->name);
  for (const char *line = command->arguments; *line != '\0';) {
    const size_t length = strcspn(line, "\n");
    put_line(line, length);
    line += length;
    line += *line == '\n' ? 1 : 0;
  }
  puts(".fi");
}

static bool is_program(const cli_command *command) {
  for (const cli_command *const *program = cli_programs; *program != NULL; program++) {
    if (*program == command) {
      return true;
    }
  }
  return false;
}

static void show_command(const cli_command *command) {
  char name[64];
  snprintf(name, sizeof name, "dseg-%s", command->name);
  const manual_row *rows = manual_of(command->name);
  put_title(name);
  printf(".SH NAME\ndseg\\-%s", command->name);
  if (is_program(command)) {
    printf(", %s", command->name);
  }
  fputs(" \\- ", stdout);
  put_summary(command->summary);
  put_synopsis(command);
  puts(".SH DESCRIPTION");
  const bool first = put_details(command->details, put_details(command->summary, true));
  put_rows(rows, MANUAL_DESCRIPTION, first);
  puts(".SH OPTIONS");
  put_options(command->options, rows);
  put_options(cli_general_options, manual_of(NULL));
  const manual_row *notes = rows;
  if (manual_next(&notes, MANUAL_NOTES) != NULL) {
    puts(".SH NOTES");
    put_rows(rows, MANUAL_NOTES, true);
  }
  put_end();
  puts(".SH SEE ALSO\n" BOLD "dseg" ROMAN "(1)");
}

static void show_program(void) {
  put_title("dseg");
  fputs(".SH NAME\ndseg \\- ", stdout);
  put_summary(cli_program_summary);
  puts(".SH SYNOPSIS\n.nf\n" BOLD "dseg" ROMAN " " ITALIC "SUBCOMMAND" ROMAN " [options]\n.fi\n.SH DESCRIPTION");
  put_rows(manual_of(NULL), MANUAL_DESCRIPTION, true);
  puts(".SH SUBCOMMANDS");
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    printf(".TP\n" BOLD "%s" ROMAN "\n", (*command)->name);
    help_filler filler = new_filler();
    put_inline(&filler, (*command)->summary);
    help_end_line(&filler);
  }
  puts(".SH OPTIONS");
  for (const cli_option *option = cli_general_options; option->name != NULL; option++) {
    put_option(option, manual_of(NULL));
  }
  puts(".SH ENVIRONMENT");
  for (const manual_variable *variable = manual_variables; variable->name != NULL; variable++) {
    printf(".TP\n" BOLD "%s" ROMAN "\n", variable->name);
    help_filler filler = new_filler();
    put_inline(&filler, variable->text);
    help_end_line(&filler);
  }
  put_end();
  puts(".SH SEE ALSO");
  for (const cli_command *const *command = cli_commands; *command != NULL; command++) {
    printf(BOLD "dseg\\-%s" ROMAN "(1)%s\n", (*command)->name, command[1] != NULL ? "," : "");
  }
}

void help_show_man(const cli_command *command) {
  if (command != NULL) {
    show_command(command);
  } else {
    show_program();
  }
}
