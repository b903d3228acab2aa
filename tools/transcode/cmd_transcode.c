/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_transcode.c - `dseg transcode`: the same object in another transfer syntax. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/json_out.h"
#include "cli/streams.h"
#include "cli/suggest.h"
#include "dseg/transcode.h"
#include "os/os.h"

enum {
  OPTION_TRANSFER_SYNTAX,
  OPTION_OPTION,
  OPTION_OFFSET_TABLE,
  OPTION_SYNC,
  OPTION_FORCE,
  OPTION_THREADS,
  OPTION_JSON
};

static const cli_option options_table[] = {
    {OPTION_TRANSFER_SYNTAX, "transfer-syntax", "NAME|UID", false, "The target",
     "How frames are to be compressed (see dseg codecs), without loss; needed."},
    {OPTION_OPTION, "option", "KEY=VALUE", false, NULL,
     "An option of the transfer syntax (see dseg codecs); may be repeated. Frames that have the transfer syntax "
     "already "
     "are then compressed anew."},
    {OPTION_OFFSET_TABLE, "offset-table", "basic|extended", false, NULL,
     "Where compressed frames are told to be: Basic Offset Table, or Extended Offset Table; extended in any case where "
     "offsets exceed 32 bits."},
    {OPTION_FORCE, "force", NULL, false, "The run", "Replace a file that exists."},
    {OPTION_SYNC, "sync", NULL, false, NULL, "Have the file on the disk before it gets its name."},
    {OPTION_THREADS, "threads", "N", false, NULL, "At most N threads; one for each processor otherwise."},
    {OPTION_JSON, "json", NULL, false, NULL,
     "Say on standard output what was written: both transfer syntaxes, frames, bytes, seconds, peak memory."},
    {0, NULL, NULL, false, NULL, NULL}};

static int run(int argc, char **argv);

const cli_command cmd_transcode = {"transcode",
                                   "Write the same DICOM object in another transfer syntax.",
                                   "INPUT OUTPUT --transfer-syntax NAME|UID [options]",
                                   "The instance keeps its UID and every element: what differs is Pixel Data's form,\n"
                                   "offset tables, and File Meta Information. Turned back, the data set is the same,\n"
                                   "byte for byte; what cannot be is named. Lossy transfer syntaxes are refused: they\n"
                                   "make another instance (PS3.3 C.7.6.1.1.5), which dseg convert writes.\n"
                                   "INPUT may be -, standard input, and OUTPUT may be -, standard output.",
                                   options_table,
                                   run};

static const char *const table_names[] = {"basic", "extended", NULL}; /* as dseg_offset_table */

typedef struct transcode_arguments {
  const char *input, *output;
  unsigned flags; /* DSEG_OUTPUT_ */
  bool json, has_table;
  dseg_option_value *values; /* room for one for each argument */
  dseg_transcode_options options;
} transcode_arguments;

static bool set_table(const cli_args *args, transcode_arguments *arguments) {
  int index = 0;
  if (!cli_choice(args, table_names, &index)) {
    return false;
  }
  arguments->has_table = true;
  arguments->options.offset_table = (dseg_offset_table)index;
  return true;
}

/* False after a message. */
static bool set_option(const cli_args *args, int id, transcode_arguments *arguments) {
  switch (id) {
    case OPTION_TRANSFER_SYNTAX: arguments->options.transfer_syntax = args->value; return true;
    case OPTION_OPTION: return cli_option_value(args, &arguments->values[arguments->options.codec_option_count++]);
    case OPTION_OFFSET_TABLE: return set_table(args, arguments);
    case OPTION_SYNC: arguments->flags |= DSEG_OUTPUT_SYNC; return true;
    case OPTION_FORCE: arguments->flags |= DSEG_OUTPUT_REPLACE; return true;
    case OPTION_THREADS: return cli_unsigned(args, 1, 1024, &arguments->options.threads);
    default: arguments->json = true; return true;
  }
}

static int check_target(const transcode_arguments *arguments) {
  const char *name = arguments->options.transfer_syntax;
  if (name == NULL) {
    return cli_usage_error(&cmd_transcode, "no --transfer-syntax");
  }
  const dseg_frame_codec *codec = cli_find_frame_codec(&cmd_transcode, "transfer-syntax", name);
  if (codec == NULL) {
    return CLI_USAGE;
  }
  if (arguments->has_table && (codec->flags & DSEG_PLUGIN_NATIVE) != 0) {
    return cli_usage_error(&cmd_transcode,
                           "--offset-table needs a --transfer-syntax with encapsulated frames (PS3.5 A.4)");
  }
  return CLI_OK;
}

static int check_output(const transcode_arguments *arguments) {
  if (arguments->output != cli_standard_output) {
    return CLI_OK;
  }
  if (arguments->json) {
    return cli_usage_error(&cmd_transcode, "--json writes to standard output, and so does OUTPUT -");
  }
  if (arguments->flags != 0) {
    return cli_usage_error(&cmd_transcode, "--force and --sync are for files, and OUTPUT - is standard output");
  }
  return cli_check_standard_output() ? CLI_OK : CLI_OUTPUT;
}

static int parse(cli_args *args, transcode_arguments *arguments) {
  for (int id = cli_next(args); id != CLI_END; id = cli_next(args)) {
    if (id == CLI_STOP) {
      return args->exit_code;
    }
    if (!set_option(args, id, arguments)) {
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
  const int target = check_target(arguments);
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
  const dseg_output output = cli_output(arguments->output, arguments->flags, set);
  cli_progress_begin(&progress, "transcoding frames");
  arguments->options.codec_options = arguments->values;
  arguments->options.warnings = cli_warning_sink(&warnings);
  arguments->options.progress = cli_progress_sink(&progress);
  arguments->options.temporary_directory = cli_temporary_directory();
  arguments->options.memory_limit = cli_memory_limit();
  arguments->options.result = result;
  dseg_status status = dseg_transcode(input, arguments->input, &output, &arguments->options, error);
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
  if (arguments->json) {
    say_json(arguments, &result, os_seconds() - start);
  }
  return CLI_OK;
}

static int run(int argc, char **argv) {
  transcode_arguments arguments = {.options = {.struct_size = sizeof(dseg_transcode_options)}};
  cli_args args;
  arguments.values = calloc((size_t)argc + 1, sizeof *arguments.values);
  if (arguments.values == NULL) {
    cli_error(NULL, "out of memory");
    return CLI_INPUT;
  }
  cli_args_begin(&args, &cmd_transcode, argc, argv);
  int exit_code = parse(&args, &arguments);
  if (exit_code == CLI_OK && arguments.output != NULL) {
    exit_code = transcode(&arguments);
  }
  free(arguments.values);
  return exit_code;
}
