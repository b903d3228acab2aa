/* SPDX-License-Identifier: Apache-2.0 */
/* streams.c - "-" on the command line: standard input and standard output. */
#include "cli/streams.h"
#include "cli/environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dseg/plugin.h"
#include "os/os.h"

#define STANDARD_INPUT 0 /* on every system */

const char cli_standard_input[] = "standard input";
const char cli_standard_output[] = "standard output";

bool cli_is_stream(const char *argument) {
  return strcmp(argument, "-") == 0;
}

bool cli_take_standard_input(const cli_command *command, const char **names, int count) {
  int found = 0;
  for (int i = 0; i < count; i++) {
    if (cli_is_stream(names[i])) {
      names[i] = cli_standard_input;
      found++;
    }
  }
  if (found > 1) {
    cli_usage_error(command, "standard input (-) can be read once only");
  }
  return found <= 1;
}

dseg_status cli_open_input(const char *name, dseg_input **input, dseg_error *error) {
  return name == cli_standard_input ? dseg_input_from_descriptor(STANDARD_INPUT, cli_memory_limit(), input, error)
                                    : dseg_input_from_file(name, cli_memory_limit(), input, error);
}

dseg_status cli_open(const char *const *names, size_t count, const dseg_open_options *options, dseg_source **source,
                     dseg_error *error) {
  dseg_input **inputs = calloc(count, sizeof(dseg_input *));
  if (inputs == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu files", count);
  }
  dseg_status status = DSEG_OK;
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    if (names[i] == cli_standard_input) {
      status = cli_open_input(names[i], &inputs[i], error);
    }
  }
  if (status == DSEG_OK) {
    dseg_open_options complete = *options;
    complete.temporary_directory = cli_temporary_directory();
    complete.memory_limit = options->memory_limit != 0 ? options->memory_limit : cli_memory_limit();
    status = dseg_open_inputs(inputs, names, count, &complete, source, error);
  } else {
    dseg_error_prefix(error, cli_standard_input);
  }
  free(inputs);
  return status;
}

dseg_status cli_add_inputs(dseg_output_set *set, const char *const *names, size_t count, dseg_error *error) {
  for (size_t i = 0; i < count; i++) {
    const char *name = names[i] == cli_standard_input ? os_standard_input_path() : names[i];
    if (name != NULL) {
      DSEG_TRY(dseg_output_set_add_input(set, name, error));
    }
  }
  const char *plugin = NULL;
  for (size_t i = 0; (plugin = dseg_plugin_file_at(i)) != NULL; i++) {
    DSEG_TRY(dseg_output_set_add_input(set, plugin, error));
  }
  return DSEG_OK;
}

bool cli_check_standard_output(void) {
  if (os_output_is_terminal()) {
    cli_error(cli_standard_output, "is a terminal, and the output is binary: send it to a file or a pipe");
    return false;
  }
  return true;
}

static dseg_status write_standard_output(void *user, const void *bytes, size_t size, dseg_error *error) {
  (void)user;
  if (fwrite(bytes, 1, size, stdout) != size || fflush(stdout) != 0) {
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "%s", strerror(errno));
  }
  return DSEG_OK;
}

dseg_output cli_output(const char *name, unsigned flags, dseg_output_set *set) {
  return name == cli_standard_output ? dseg_output_to_function(write_standard_output, NULL)
                                     : dseg_output_to_file(name, flags, set);
}
