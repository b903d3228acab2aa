/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_info.c - `dseg info`: what a file is and holds, from its attributes alone, or with a look at all voxels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/streams.h"
#include "info/info.h"

enum {
  OPTION_JSON,
  OPTION_STATISTICS,
  OPTION_INSTANCES,
  OPTION_TABLE,
  OPTION_VOLUME,
  OPTION_SPACING,
  OPTION_THREADS,
  OPTION_FORCE
};

const cli_option info_options_table[] = {
    {OPTION_STATISTICS, "statistics", NULL, false, "Content",
     "Read all voxels, and say of each segment how many it has, its volume (of slides its area), the box around it, "
     "its "
     "centroid, and in how many planes (of slides tiles) it is."},
    {OPTION_INSTANCES, "instances", NULL, false, NULL, CLI_INSTANCES_HELP},
    {OPTION_VOLUME, "volume", "N|all", false, NULL, CLI_VOLUME_HELP},
    {OPTION_SPACING, "spacing", "X,Y,Z", false, NULL, CLI_SPACING_HELP},
    {OPTION_JSON, "json", NULL, false, "Output", "As JSON: an object, or an array of them for several files."},
    {OPTION_TABLE, "instance-table", "FILE.csv", false, NULL,
     "Also write a table with a line for each instance of the one FILE: class, voxels, area or volume, box and "
     "centroid "
     "(columns, rows and planes from 0). Means --statistics."},
    {OPTION_FORCE, "force", NULL, false, NULL, "Replace a table that exists."},
    {OPTION_THREADS, "threads", "N", false, NULL, "At most N threads; one for each processor otherwise."},
    {0, NULL, NULL, false, NULL, NULL}};

static int run(int argc, char **argv);

const cli_command cmd_info = {"info",
                              "Show what a segmentation holds and where its bytes go.",
                              "FILE... [options]",
                              "Without --statistics no pixel of a DICOM object is read. FILE - is standard\n"
                              "input; a directory stands for the segmentations that lie directly in it.",
                              info_options_table,
                              run};

bool info_take(const cli_args *args, int id, info_request *request) {
  switch (id) {
    case OPTION_JSON: request->json = true; return true;
    case OPTION_STATISTICS: request->statistics = true; return true;
    case OPTION_INSTANCES: request->instances = true; return true;
    case OPTION_TABLE:
      request->table = args->value;
      request->statistics = true;
      return true;
    case OPTION_FORCE: request->force = true; return true;
    case OPTION_VOLUME: return cli_take_volume(args, &request->volume);
    case OPTION_SPACING: return cli_take_spacing(args, &request->volume);
    default: return cli_unsigned(args, 0, 1024, &request->threads);
  }
}

dseg_status info_open(const char *path, const info_request *request, const dseg_open_options *options, info_file *file,
                      dseg_error *error) {
  const cli_volume_choice *volume = &request->volume;
  dseg_open_options complete = *options;
  complete.struct_size = sizeof complete;
  complete.threads = request->threads;
  complete.describe_only = request->statistics ? DSEG_DESCRIBE_AND_PASS : DSEG_DESCRIBE;
  complete.instances = request->instances;
  complete.all_volumes = volume->all_volumes;
  complete.volume = volume->volume;
  memcpy(complete.spacing, volume->spacing, sizeof complete.spacing);
  *file = (info_file){.path = path};
  DSEG_TRY(cli_open(&path, 1, &complete, &file->source, error));
  file->description = dseg_source_description(file->source);
  file->encoding = dseg_source_encoding(file->source);
  const dseg_status regular = dseg_geometry_to_grid(&file->description->geometry, &file->grid, NULL, error);
  if (regular == DSEG_ERROR_MEMORY) {
    return regular;
  }
  file->regular = regular == DSEG_OK;
  dseg_error_clear(error);
  DSEG_TRY(info_count_instances(file, error));
  if (!request->statistics) {
    return DSEG_OK;
  }
  DSEG_TRY(info_read_statistics(file, request->threads, error));
  return info_read_instance_statistics(file, request->threads, error);
}

/* The table, which is none of the inputs. */
static dseg_status write_table(const info_file *file, const info_request *request, dseg_error *error) {
  dseg_output_set *outputs = dseg_output_set_create();
  if (outputs == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  const dseg_output output = dseg_output_to_file(request->table, request->force ? DSEG_OUTPUT_REPLACE : 0, outputs);
  dseg_status status = cli_add_inputs(outputs, &file->path, 1, error);
  if (status == DSEG_OK) {
    status = info_write_instances(file, &output, error);
  }
  if (status == DSEG_OK) {
    status = dseg_output_set_commit(outputs, error);
  }
  dseg_output_set_destroy(outputs);
  return status;
}

void info_close(info_file *file) {
  dseg_statistics_destroy(file->statistics);
  dseg_instance_statistics_destroy(file->instance_statistics);
  free(file->instances_of);
  dseg_source_close(file->source);
}

/* json NULL: as text. */
static int show_file(const char *path, const info_request *request, json_out *json) {
  cli_warnings warnings = {.file = path};
  const dseg_open_options options = {.warnings = cli_warning_sink(&warnings), .notes = cli_note_sink(&path)};
  info_file file;
  dseg_error error = {0};
  dseg_status status = info_open(path, request, &options, &file, &error);
  cli_warnings_end(&warnings);
  if (status == DSEG_OK && request->table != NULL) {
    status = write_table(&file, request, &error);
  }
  if (status == DSEG_OK && json != NULL) {
    info_put_json(&file, NULL, json);
  } else if (status == DSEG_OK) {
    info_show_text(&file);
  }
  info_close(&file);
  return status == DSEG_OK ? CLI_OK : cli_fail(path, status, &error);
}

static int show_files(const char *const *paths, size_t count, const info_request *request) {
  json_out json = {.stream = stdout};
  const bool is_array = request->json && count > 1;
  int exit_code = CLI_OK;
  if (is_array) {
    json_begin_array(&json, NULL);
  }
  for (size_t i = 0; i < count; i++) {
    if (i > 0 && !request->json) {
      putchar('\n');
    }
    const int outcome = show_file(paths[i], request, request->json ? &json : NULL);
    exit_code = outcome > exit_code ? outcome : exit_code;
  }
  if (is_array) {
    json_end(&json);
  }
  return exit_code;
}

static int run(int argc, char **argv) {
  info_request request = {.json = false};
  cli_args args;
  cli_args_begin(&args, &cmd_info, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    if (id == CLI_STOP) {
      return args.exit_code;
    }
    if (!info_take(&args, id, &request)) {
      return CLI_USAGE;
    }
  }
  if (args.name_count == 0) {
    return cli_usage_error(&cmd_info, "no FILE");
  }
  if (!cli_take_standard_input(&cmd_info, args.names, args.name_count)) {
    return CLI_USAGE;
  }
  cli_inputs inputs;
  int exit_code = cli_inputs_find(args.names, (size_t)args.name_count, CLI_ANY_SEGMENTATION, &inputs);
  if (exit_code == CLI_OK && request.table != NULL && inputs.count != 1) {
    exit_code = cli_usage_error(&cmd_info, "--instance-table is for one FILE; there are %zu", inputs.count);
  }
  if (exit_code == CLI_OK) {
    exit_code = show_files(inputs.names, inputs.count, &request);
  }
  cli_inputs_end(&inputs);
  return exit_code;
}
