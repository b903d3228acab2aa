/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_transcode.c - `dseg transcode`: the same object in another transfer syntax. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/json_out.h"
#include "cli/streams.h"
#include "os/os.h"
#include "transcode/transcode.h"

static int run(int argc, char **argv);

const cli_command cmd_transcode = {"transcode",
                                   "Write the same DICOM object in another transfer syntax.",
                                   "INPUT OUTPUT --transfer-syntax NAME|UID [options]",
                                   "The instance keeps its UID and every element: what differs is Pixel Data's form,\n"
                                   "offset tables, and File Meta Information. Turned back, the data set is the same,\n"
                                   "byte for byte; what cannot be is named. Lossy transfer syntaxes are refused: they\n"
                                   "make another instance (PS3.3 C.7.6.1.1.5), which dseg convert writes.\n"
                                   "INPUT may be -, standard input, and OUTPUT may be -, standard output.",
                                   transcode_options_table,
                                   run};

typedef struct transcode_arguments {
  const char *input, *output;
  transcode_request request;
} transcode_arguments;

static int check_output(const transcode_arguments *arguments) {
  if (arguments->output != cli_standard_output) {
    return CLI_OK;
  }
  if (arguments->request.json) {
    return cli_usage_error(&cmd_transcode, "--json writes to standard output, and so does OUTPUT -");
  }
  if (arguments->request.flags != 0) {
    return cli_usage_error(&cmd_transcode, "--force and --sync are for files, and OUTPUT - is standard output");
  }
  return cli_check_standard_output() ? CLI_OK : CLI_OUTPUT;
}

static int parse(cli_args *args, transcode_arguments *arguments) {
  for (int id = cli_next(args); id != CLI_END; id = cli_next(args)) {
    if (id == CLI_STOP) {
      return args->exit_code;
    }
    if (!transcode_take(args, id, &arguments->request)) {
      return CLI_USAGE;
    }
  }
  if (args->name_count != 2) {
    return cli_usage_error(&cmd_transcode, args->name_count < 2 ? "no %s" : "more than one INPUT and one %s",
                           args->name_count == 0 ? "INPUT and OUTPUT" : "OUTPUT");
  }
  if (!cli_take_standard_input(&cmd_transcode, args->names, 1)) {
    return CLI_USAGE;
  }
  arguments->input = args->names[0];
  arguments->output = cli_is_stream(args->names[1]) ? cli_standard_output : args->names[1];
  const int target = transcode_check(&cmd_transcode, &arguments->request);
  return target != CLI_OK ? target : check_output(arguments);
}

static void say_json(const transcode_arguments *arguments, const dseg_transcoding *result, double seconds) {
  json_out json = {.stream = stdout};
  json_begin_object(&json, NULL);
  json_put_string(&json, "file", arguments->output);
  json_put_unsigned(&json, "bytes", os_file_size(arguments->output));
  json_put_string(&json, "from", result->from);
  json_put_string(&json, "to", result->to);
  json_put_string(&json, "transfer_syntax_uid", dseg_find_frame_codec(result->to)->transfer_syntax_uid);
  json_put_unsigned(&json, "frames", result->frames);
  json_put_unsigned(&json, "decoded_frames", result->decoded_frames);
  json_put_real(&json, "seconds", seconds);
  json_put_unsigned(&json, "peak_memory_bytes", os_peak_memory());
  json_end(&json);
}

/* Before the work: the output is not the input, by whatever name. */
static dseg_status check_names(dseg_output_set *set, const transcode_arguments *arguments, dseg_error *error) {
  if (set == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  DSEG_TRY(cli_add_inputs(set, &arguments->input, 1, error));
  return arguments->output != cli_standard_output ? dseg_output_set_check(set, &arguments->output, 1, error) : DSEG_OK;
}

static dseg_status transcode_into(dseg_output_set *set, transcode_arguments *arguments, dseg_transcoding *result,
                                  dseg_error *error) {
  cli_warnings warnings = {.file = arguments->input};
  cli_progress progress;
  dseg_input *input = NULL;
  DSEG_TRY(cli_open_input(arguments->input, &input, error));
  const dseg_output output = cli_output(arguments->output, arguments->request.flags, set);
  cli_progress_begin(&progress, "transcoding frames");
  arguments->request.options.codec_options = arguments->request.values;
  arguments->request.options.warnings = cli_warning_sink(&warnings);
  arguments->request.options.progress = cli_progress_sink(&progress);
  arguments->request.options.temporary_directory = cli_temporary_directory();
  arguments->request.options.memory_limit = cli_memory_limit();
  arguments->request.options.result = result;
  dseg_status status = dseg_transcode(input, arguments->input, &output, &arguments->request.options, error);
  if (status == DSEG_OK) {
    status = dseg_output_set_commit(set, error);
  }
  dseg_input_close(input);
  cli_progress_end(&progress);
  cli_warnings_end(&warnings);
  return status;
}

static int transcode(transcode_arguments *arguments) {
  const double start = os_seconds();
  dseg_output_set *set = dseg_output_set_create();
  dseg_transcoding result;
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = check_names(set, arguments, &error);
  const bool is_about_output = status != DSEG_OK;
  if (status == DSEG_OK) {
    status = transcode_into(set, arguments, &result, &error);
  }
  dseg_output_set_destroy(set);
  if (status != DSEG_OK) {
    const bool names_output = is_about_output || status == DSEG_ERROR_OUTPUT;
    return cli_fail(names_output ? arguments->output : arguments->input, status, &error);
  }
  if (arguments->request.json) {
    say_json(arguments, &result, os_seconds() - start);
  }
  return CLI_OK;
}

static int run(int argc, char **argv) {
  transcode_arguments arguments = {.request = {.options = {.struct_size = sizeof(dseg_transcode_options)}}};
  cli_args args;
  arguments.request.values = calloc((size_t)argc + 1, sizeof *arguments.request.values);
  if (arguments.request.values == NULL) {
    cli_error(NULL, "out of memory");
    return CLI_INPUT;
  }
  cli_args_begin(&args, &cmd_transcode, argc, argv);
  int exit_code = parse(&args, &arguments);
  if (exit_code == CLI_OK && arguments.output != NULL) {
    exit_code = transcode(&arguments);
  }
  free(arguments.request.values);
  return exit_code;
}
