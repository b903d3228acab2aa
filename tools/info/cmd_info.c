/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_info.c - `dseg info`: what a file is and holds, from its attributes alone. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/streams.h"
#include "info/info.h"

enum { OPTION_JSON };

static const cli_option options_table[] = {
    {OPTION_JSON, "json", NULL, false, "Output", "As JSON: an object, or an array of them for several files."},
    {0, NULL, NULL, false, NULL, NULL}};

static int run(int argc, char **argv);

const cli_command cmd_info = {"info",
                              "Show what a segmentation holds and where its bytes go.",
                              "FILE... [options]",
                              "No pixel of a DICOM object is read. FILE - is standard input.",
                              options_table,
                              run};

static int show_file(const char *path, json_out *json) {
  cli_warnings warnings = {.file = path};
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options), .warnings = cli_warning_sink(&warnings)};
  dseg_source *source = NULL;
  dseg_error error = {0};
  const dseg_status status = cli_open(&path, 1, &options, &source, &error);
  cli_warnings_end(&warnings);
  if (status != DSEG_OK) {
    return cli_fail(path, status, &error);
  }
  info_file file = {.path = path,
                    .source = source,
                    .description = dseg_source_description(source),
                    .encoding = dseg_source_encoding(source)};
  const dseg_status regular = dseg_geometry_to_grid(&file.description->geometry, &file.grid, NULL, &error);
  if (regular == DSEG_ERROR_MEMORY) {
    dseg_source_close(source);
    return cli_fail(path, regular, &error);
  }
  file.regular = regular == DSEG_OK;
  if (json != NULL) {
    info_put_json(&file, json);
  } else {
    info_show_text(&file);
  }
  dseg_source_close(source);
  return CLI_OK;
}

static int show_files(const char *const *paths, int count, bool as_json) {
  json_out json = {.stream = stdout};
  int exit_code = CLI_OK;
  if (as_json && count > 1) {
    json_begin_array(&json, NULL);
  }
  for (int i = 0; i < count; i++) {
    if (i > 0 && !as_json) {
      putchar('\n');
    }
    const int outcome = show_file(paths[i], as_json ? &json : NULL);
    exit_code = outcome > exit_code ? outcome : exit_code;
  }
  if (as_json && count > 1) {
    json_end(&json);
  }
  return exit_code;
}

static int run(int argc, char **argv) {
  bool as_json = false;
  cli_args args;
  cli_args_begin(&args, &cmd_info, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    if (id == CLI_STOP) {
      return args.exit_code;
    }
    as_json = true;
  }
  if (args.name_count == 0) {
    return cli_usage_error(&cmd_info, "no FILE");
  }
  if (!cli_take_standard_input(&cmd_info, args.names, args.name_count)) {
    return CLI_USAGE;
  }
  return show_files(args.names, args.name_count, as_json);
}
