/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - the file that says what became of each object, a line of JSON for each. It is read before it is appended
 * to, and is locked meanwhile: two runs with one report would do everything twice. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "batch/json_in.h"
#include "os/files.h"
#include "os/os.h"

/* A line that is being read, without its break. */
typedef struct report_line {
  char *text;
  size_t size, room;
} report_line;

/* Appends a byte; false: out of memory. */
static bool append(report_line *line, int c) {
  char *more = cli_grow(line->text, line->size, &line->room, 1);
  if (more != NULL) {
    line->text = more;
    more[line->size++] = (char)c;
  }
  return more != NULL;
}

/* Visits all lines; *end: where the last whole one ends; line holds what follows it, and its text is the caller's to
 * free. A read that fails is no end: what follows is there. */
static int visit_lines(FILE *stream, const char *path, int (*visit)(void *user, const char *line), void *user,
                       report_line *line, uint64_t *end) {
  uint64_t at = 0;
  int code = CLI_OK;
  *end = 0;
  for (int c = getc(stream); code == CLI_OK && c != EOF; c = code == CLI_OK ? getc(stream) : EOF) {
    at++;
    const bool ends = c == '\n';
    code = append(line, ends ? 0 : c) ? CLI_OK : batch_fail_memory();
    if (code == CLI_OK && ends) {
      code = visit(user, line->text);
      line->size = 0;
      *end = at;
    }
  }
  const int number = errno;
  if (ferror(stream)) {
    cli_error(path, "%s", strerror(number));
    return CLI_INPUT;
  }
  return code;
}

/* A report that is being read. */
typedef struct reading {
  batch_earlier *earlier;
  const char *path;
  bool begun; /* a whole line was read */
} reading;

/* Another file is not cut and not appended to: it may be an input that a pattern of the shell named. */
static int refuse_file(const char *path) {
  cli_error(path, "is no report of dseg batch: its first line is not of an object");
  return CLI_USAGE;
}

/* Whether a line has what each line of a report has; *whole: whether it is a JSON object at all. */
static bool is_line(const char *line, bool *whole) {
  json_member members[] = {{.key = "input"}, {.key = "status"}};
  *whole = json_read_members(line, members, 2);
  const bool good = members[0].text != NULL && members[1].text != NULL;
  json_free_members(members, 2);
  return good;
}

static int take_line(void *user, const char *line) {
  reading *state = user;
  bool whole = false;
  if (!state->begun && !is_line(line, &whole)) {
    return refuse_file(state->path);
  }
  state->begun = true;
  return batch_earlier_take(state->earlier, line) ? CLI_OK : batch_fail_memory();
}

/* Whether a file without a whole line is empty, or holds the beginning of a line. */
static bool begins_line(const report_line *line) {
  static const char begin[] = "{\"input\": \"";
  const size_t size = line->size < sizeof begin - 1 ? line->size : sizeof begin - 1;
  bool whole = false;
  return size == 0 || (memcmp(line->text, begin, size) == 0 && (is_line(line->text, &whole) || !whole));
}

static int read_lines(FILE *stream, const char *path, batch_earlier *earlier, uint64_t *end) {
  reading state = {.earlier = earlier, .path = path};
  report_line line = {NULL, 0, 0};
  const int first = getc(stream);
  if (first != EOF && first != '{') { /* a large file without a line break is not read for its first line */
    return refuse_file(path);
  }
  if (first != EOF) {
    (void)ungetc(first, stream);
  }
  int code = visit_lines(stream, path, take_line, &state, &line, end);
  if (code == CLI_OK && !state.begun) {
    const bool ended = line.size == 0 || append(&line, 0);
    line.size -= line.size > 0 && ended ? 1 : 0;
    code = !ended ? batch_fail_memory() : begins_line(&line) ? CLI_OK : refuse_file(path);
  }
  free(line.text);
  return code;
}

int batch_report_read(const char *path, batch_earlier *earlier) {
  FILE *stream = os_open(path, "rb");
  if (stream == NULL) {
    cli_error(path, "%s", strerror(errno));
    return CLI_INPUT;
  }
  uint64_t end = 0;
  const int code = read_lines(stream, path, earlier, &end);
  (void)fclose(stream);
  return code;
}

static int refuse_second_run(const char *path, int number) {
  cli_error(path, "%s", number == EAGAIN ? "another run is using this report" : strerror(number));
  return CLI_OUTPUT;
}

int batch_report_open(batch_report *report, batch_earlier *earlier) {
  os_file_facts facts;
  if (os_look_at(report->path, &facts) == 0 && !facts.regular) {
    cli_error(report->path, "is no file, and a report is read before it is written to");
    return CLI_OUTPUT;
  }
  const int number = os_open_locked(report->path, &report->stream);
  if (number != 0) {
    return refuse_second_run(report->path, number);
  }
  uint64_t end = 0;
  rewind(report->stream);
  int code = read_lines(report->stream, report->path, earlier, &end);
  const int cut = code == CLI_OK ? os_cut(report->stream, end) : 0;
  if (cut != 0) {
    cli_error(report->path, "%s", strerror(cut));
    code = CLI_OUTPUT;
  }
  report->size = end;
  if (fseek(report->stream, 0, SEEK_END) != 0) { /* from reading to writing */
    clearerr(report->stream);
  }
  return code;
}

int batch_report_add(batch_report *report, const char *line, size_t size) {
  if (report->broken) { /* there may be room again for what follows a line that was cut off */
    return CLI_OUTPUT;
  }
  if (fwrite(line, 1, size, report->stream) == size && fflush(report->stream) == 0) {
    report->size += size;
    return CLI_OK;
  }
  const int number = errno;
  report->broken = true;
  (void)os_cut(report->stream, report->size); /* where it fails the next run does it: nothing follows */
  cli_error(report->path, "%s", strerror(number));
  return CLI_OUTPUT;
}

int batch_report_hold(batch_report *report) {
  const int number = os_lock_again(report->stream);
  return number == 0 ? CLI_OK : refuse_second_run(report->path, number);
}

void batch_report_close(batch_report *report) {
  if (report->stream != NULL) {
    (void)fclose(report->stream);
    report->stream = NULL;
  }
}

int batch_report_each(batch_report *report, int (*visit)(void *user, const char *line), void *user) {
  report_line line = {NULL, 0, 0};
  uint64_t end = 0;
  rewind(report->stream);
  const int code = visit_lines(report->stream, report->path, visit, user, &line, &end);
  free(line.text);
  if (fseek(report->stream, 0, SEEK_END) != 0) { /* from reading to writing */
    clearerr(report->stream);
  }
  return code;
}
