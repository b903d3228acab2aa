/* SPDX-License-Identifier: Apache-2.0 */
/* dcmqi.c - what the three command lines of dcmqi share. */
#include "dcmqi/dcmqi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dcmqi_take_common(dcmqi_common *common, int id, int argc, char **argv) {
  switch (id) {
    case DCMQI_VERBOSE: common->verbose = true; break;
    case DCMQI_XML:
      dcmqi_show_xml(common->command);
      common->stop = true;
      break;
    case DCMQI_ECHO:
      for (int i = 0; i < argc; i++) {
        printf("%s%c", argv[i], i + 1 < argc ? ' ' : '\n');
      }
      break;
    default: break;
  }
}

char *dcmqi_value(const cli_args *args) {
  char *argument = args->argv[args->position - 1];
  return argument + (args->value - argument);
}

bool dcmqi_split(char *text, const char ***list, size_t *count) {
  while (*text != '\0') {
    char *end = text + strcspn(text, ",");
    const bool last = *end == '\0';
    *end = '\0';
    if (*text != '\0') {
      const char **grown = realloc(*list, (*count + 1) * sizeof *grown);
      if (grown == NULL) {
        return false;
      }
      *list = grown;
      grown[(*count)++] = text;
    }
    text = last ? end : end + 1;
  }
  return true;
}

int dcmqi_check(const cli_args *args, const char *const *required) {
  if (args->name_count > 0) {
    return cli_usage_error(args->command, "\"%s\" is no option", args->names[0]);
  }
  for (; *required != NULL; required += 2) {
    if (required[1] == NULL) {
      return cli_usage_error(args->command, "--%s is missing", *required);
    }
  }
  return CLI_OK;
}

int dcmqi_exit_code(int exit_code) {
  return exit_code == CLI_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

void dcmqi_report(const dcmqi_common *common, const convert_job *job) {
  for (size_t i = 0; common->verbose && i < job->result.file_count; i++) {
    cli_note(job->result.files[i], "written");
  }
}
