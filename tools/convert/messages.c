/* SPDX-License-Identifier: Apache-2.0 */
/* messages.c - which file a failure is about. */
#include <string.h>

#include "convert/convert.h"

const char *convert_input_name(const convert_job *job) {
  return job->options->input_count == 1 ? job->options->inputs[0] : NULL;
}

int convert_fail_input(const convert_job *job, dseg_status status, const dseg_error *error) {
  const convert_options *options = job->options;
  for (size_t i = 0; i < options->input_count; i++) {
    const size_t length = strlen(options->inputs[i]);
    if (strncmp(error->message, options->inputs[i], length) == 0 && error->message[length] == ':') {
      return cli_fail(options->inputs[i], status, error);
    }
  }
  return cli_fail(convert_input_name(job), status, error);
}

int convert_fail_output(const convert_job *job, const char *path, dseg_status status, const dseg_error *error) {
  dseg_error *refusal = job->options->refusal;
  if (refusal != NULL && (status == DSEG_ERROR_UNSUPPORTED || status == DSEG_ERROR_LIMIT)) {
    *refusal = *error;
    refusal->status = status;
    return CLI_OUTPUT;
  }
  const int exit_code = cli_fail(path, status, error);
  /* What the output's format, or this build, cannot hold is a failure to write it. */
  return exit_code == CLI_INPUT ? CLI_OUTPUT : exit_code;
}

int convert_fail_memory(const convert_job *job) {
  cli_error(convert_input_name(job), "out of memory");
  return CLI_INPUT;
}
