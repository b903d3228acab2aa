/* SPDX-License-Identifier: Apache-2.0 */
/* lists.c - lists of objects: a path a line, or a JSON object a line with input, output, name and sha256. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "batch/batch.h"
#include "batch/json_in.h"
#include "cli/streams.h"
#include "os/os.h"

enum { LONGEST = 1 << 20 /* bytes of a line */ };
enum { INPUT, OUTPUT, NAME, SHA256, KEYS };

/* Where an output of this name would lie: the path without what leads out of a directory. NULL: it does. */
static const char *to_relative(const char *path) {
  const char *start = path;
  while (*start == '/' || (start[0] == '.' && start[1] == '/')) {
    start++;
  }
  for (const char *part = start; part != NULL; part = strchr(part, '/')) {
    part += *part == '/' ? 1 : 0;
    if (strcmp(part, "..") == 0 || strncmp(part, "../", 3) == 0) {
      return NULL;
    }
  }
  return *start != '\0' ? start : NULL;
}

/* Of a name that leads out of a directory the last part counts. */
static char *make_relative(const char *name) {
  const char *relative = to_relative(name);
  relative = relative != NULL ? relative : os_path_name(name);
  return batch_copy(relative, strlen(relative));
}

static int refuse(const char *list, size_t number, const char *what) {
  cli_error(list, "line %zu: %s", number, what);
  return CLI_INPUT;
}

/* Takes the texts over that the object keeps. */
static int add_members(json_member *members, const char *list, size_t number, batch_objects *objects) {
  const char *input = members[INPUT].text;
  const char *output = members[OUTPUT].text;
  if (input == NULL || *input == '\0') {
    return refuse(list, number, "no \"input\"");
  }
  if (output != NULL && (*output == '/' || to_relative(output) == NULL)) {
    return refuse(list, number, "\"output\" is no path below the directory of outputs");
  }
  const char *name = members[NAME].text != NULL && *members[NAME].text != '\0' ? members[NAME].text : input;
  const batch_object object = {batch_copy(input, strlen(input)),
                               batch_copy(name, strlen(name)),
                               make_relative(name),
                               members[OUTPUT].text,
                               members[SHA256].text,
                               NULL,
                               false,
                               false};
  members[OUTPUT].text = members[SHA256].text = NULL;
  return batch_add(objects, object);
}

static int add_line(const char *line, const char *list, size_t number, batch_objects *objects) {
  if (*line == '\0') {
    return CLI_OK;
  }
  if (*line != '{') {
    return batch_add(objects, (batch_object){batch_copy(line, strlen(line)), batch_copy(line, strlen(line)),
                                             make_relative(line), NULL, NULL, NULL, false, false});
  }
  json_member members[KEYS] = {{.key = "input"}, {.key = "output"}, {.key = "name"}, {.key = "sha256"}};
  if (!json_read_members(line, members, KEYS)) {
    return refuse(list, number, "begins with { and is no JSON object; a file of this name is ./{...");
  }
  const int code = add_members(members, list, number, objects);
  json_free_members(members, KEYS);
  return code;
}

static int read_lines(FILE *stream, const char *list, bool null, batch_objects *objects) {
  char *line = malloc(LONGEST + 1);
  size_t size = 0;
  size_t number = 1;
  int code = CLI_OK;
  if (line == NULL) {
    return batch_fail_memory();
  }
  for (int c = 0; code == CLI_OK && c != EOF;) {
    c = getc(stream);
    if (c != (null ? '\0' : '\n') && c != EOF) {
      line[size++] = (char)c;
      code = size < LONGEST ? CLI_OK : refuse(list, number, "is too long for a name");
      continue;
    }
    size -= !null && size > 0 && line[size - 1] == '\r' ? 1 : 0;
    line[size] = '\0';
    code = strlen(line) == size ? add_line(line, list, number, objects)
                                : refuse(list, number, "holds a NUL byte; --null is for names that end with one");
    size = 0;
    number++;
  }
  if (code == CLI_OK && ferror(stream)) {
    cli_error(list, "cannot be read");
    code = CLI_INPUT;
  }
  free(line);
  return code;
}

int batch_read_list(const char *name, bool null, batch_objects *objects) {
  if (cli_is_stream(name)) {
    return read_lines(stdin, cli_standard_input, null, objects);
  }
  FILE *stream = os_open(name, "rb");
  if (stream == NULL) {
    cli_error(name, "%s", strerror(errno));
    return CLI_INPUT;
  }
  const int code = read_lines(stream, name, null, objects);
  (void)fclose(stream);
  return code;
}
