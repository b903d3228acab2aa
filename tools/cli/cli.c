/* SPDX-License-Identifier: Apache-2.0 */
/* cli.c - messages, exit codes, progress and measurements of the dseg program. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/text_out.h"
#include "dseg/version.h"
#include "os/os.h"

#define PROGRAM "dseg"

/* A line of progress is on the terminal and has to make room for the next message. Only one thread prints. */
static bool progress_on_screen = false;

static void clear_progress_line(void) {
  if (progress_on_screen) {
    fputs("\r\033[K", stderr);
    progress_on_screen = false;
  }
}

/* A path that is not shown, and the one in its place; NULL: none. */
static const char *hidden_path, *shown_path;

void cli_show_as(const char *hidden, const char *path) {
  hidden_path = hidden;
  shown_path = path;
}

static void print_text(const char *text) {
  char before[4096]; /* more than a message of the library */
  const char *at = hidden_path != NULL ? strstr(text, hidden_path) : NULL;
  while (at != NULL) {
    (void)snprintf(before, sizeof before, "%.*s", (int)(at - text), text);
    cli_put_text(stderr, before);
    cli_put_text(stderr, shown_path);
    text = at + strlen(hidden_path);
    at = strstr(text, hidden_path);
  }
  cli_put_text(stderr, text);
}

static void print_message(const char *file, const char *severity, const char *format, va_list list) {
  clear_progress_line();
  print_text(file != NULL ? file : PROGRAM);
  fprintf(stderr, ": %s: ", severity);
  if (hidden_path != NULL) {
    char text[4096];
    vsnprintf(text, sizeof text, format, list);
    print_text(text);
  } else {
    cli_print_list(stderr, format, list);
  }
  fputc('\n', stderr);
}

void cli_error(const char *file, const char *format, ...) {
  va_list list;
  va_start(list, format);
  print_message(file, "error", format, list);
  va_end(list);
}

void cli_warning(const char *file, const char *format, ...) {
  va_list list;
  va_start(list, format);
  print_message(file, "warning", format, list);
  va_end(list);
}

void cli_note(const char *file, const char *format, ...) {
  va_list list;
  va_start(list, format);
  print_message(file, "note", format, list);
  va_end(list);
}

int cli_usage_error(const cli_command *command, const char *format, ...) {
  char name[64];
  snprintf(name, sizeof name, PROGRAM " %s", command->name);
  va_list list;
  va_start(list, format);
  print_message(name, "error", format, list);
  va_end(list);
  fprintf(stderr, "See " PROGRAM " %s --help.\n", command->name);
  return CLI_USAGE;
}

const char *cli_without_file(const char *message, const char *file) {
  const size_t length = file != NULL ? strlen(file) : 0;
  if (length > 0 && strncmp(message, file, length) == 0 && strncmp(message + length, ": ", 2) == 0) {
    return message + length + 2;
  }
  return message;
}

/* The option that helps, where the library does not know how the program calls it. */
static const char *advice(dseg_status status, const char *message) {
  if (status == DSEG_ERROR_LIMIT && strstr(message, "memory limit") != NULL) {
    return "; give more by --memory SIZE";
  }
  return status == DSEG_ERROR_OUTPUT && strstr(message, "may not be replaced") != NULL ? "; --force replaces it" : "";
}

int cli_fail(const char *file, dseg_status status, const dseg_error *error) {
  const char *message = error->message[0] != '\0' ? error->message : dseg_status_text(status);
  cli_error(file, "%s%s", cli_without_file(message, file), advice(status, message));
  switch (status) {
    case DSEG_OK: return CLI_OK;
    case DSEG_ERROR_OUTPUT: return CLI_OUTPUT;
    case DSEG_ERROR_ARGUMENT: return CLI_USAGE;
    default: return CLI_INPUT;
  }
}

/* FNV-1a: enough to know a message again. */
static uint64_t hash_text(const char *text) {
  uint64_t hash = 14695981039346656037u;
  for (; *text != '\0'; text++) {
    hash = (hash ^ (uint8_t)*text) * 1099511628211u;
  }
  return hash;
}

static void warn(void *user, const char *message) {
  cli_warnings *warnings = user;
  const unsigned capacity = sizeof warnings->hashes / sizeof warnings->hashes[0];
  const uint64_t hash = hash_text(message);
  for (unsigned i = 0; i < warnings->count && i < capacity; i++) {
    if (warnings->hashes[i] == hash) {
      return;
    }
  }
  if (warnings->count < capacity) {
    warnings->hashes[warnings->count] = hash;
    cli_warning(warnings->file, "%s", cli_without_file(message, warnings->file));
  }
  warnings->count++;
}

dseg_warning_sink cli_warning_sink(cli_warnings *warnings) {
  return (dseg_warning_sink){warn, warnings};
}

static void note(void *user, const char *message) {
  const char *const *file = user;
  cli_note(*file, "%s", cli_without_file(message, *file));
}

dseg_warning_sink cli_note_sink(const char **file) {
  return (dseg_warning_sink){note, file};
}

void cli_warnings_end(const cli_warnings *warnings) {
  const unsigned capacity = sizeof warnings->hashes / sizeof warnings->hashes[0];
  if (warnings->count > capacity) {
    cli_warning(warnings->file, "%u more warnings are not shown", warnings->count - capacity);
  }
}

void cli_progress_begin(cli_progress *progress, const char *what) {
  *progress = (cli_progress){what, os_shows_progress(), -1};
}

void cli_progress_show(cli_progress *progress, unsigned long long done, unsigned long long total) {
  if (!progress->visible || total == 0) {
    return;
  }
  const int percent = (int)((double)done * 100.0 / (double)total);
  if (percent != progress->percent) {
    progress->percent = percent;
    fputs("\r\033[K", stderr);
    print_text(progress->what);
    fprintf(stderr, " %d %%", percent);
    progress_on_screen = true;
  }
}

void cli_status(const char *text) {
  fputs("\r\033[K", stderr);
  print_text(text);
  progress_on_screen = true;
}

void cli_progress_end(cli_progress *progress) {
  if (progress->visible) {
    clear_progress_line();
  }
}

static void report_progress(void *user, unsigned long long done, unsigned long long total) {
  cli_progress_show(user, done, total);
}

dseg_progress cli_progress_sink(cli_progress *progress) {
  return (dseg_progress){report_progress, progress};
}

void *cli_grow(void *items, size_t count, size_t *room, size_t size) {
  if (count < *room) {
    return items;
  }
  const size_t more = *room > 0 ? 2 * *room : 8;
  void *grown = more <= SIZE_MAX / size ? realloc(items, more * size) : NULL;
  *room = grown != NULL ? more : *room;
  return grown;
}

void cli_show_version(void) {
  printf(PROGRAM " %s\n", dseg_version());
  printf("built with %s\n", dseg_build_libraries());
}
