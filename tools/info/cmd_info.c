/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_info.c - `dseg info`: what a file is and holds, from its attributes alone, or with a look at all voxels. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/streams.h"
#include "cli/volumes.h"
#include "info/info.h"

enum { OPTION_JSON, OPTION_STATISTICS, OPTION_VOLUME, OPTION_SPACING, OPTION_THREADS };

static const cli_option options_table[] = {
    {OPTION_STATISTICS, "statistics", NULL, false, "Content",
     "Read all voxels, and say of each segment how many it has, its volume (of slides its area), the box around it, "
     "its "
     "centroid, and in how many planes (of slides tiles) it is."},
    {OPTION_VOLUME, "volume", "N|all", false, NULL, CLI_VOLUME_HELP},
    {OPTION_SPACING, "spacing", "X,Y,Z", false, NULL, CLI_SPACING_HELP},
    {OPTION_JSON, "json", NULL, false, "Output", "As JSON: an object, or an array of them for several files."},
    {OPTION_THREADS, "threads", "N", false, NULL, "At most N threads; one for each processor otherwise."},
    {0, NULL, NULL, false, NULL, NULL}};

static int run(int argc, char **argv);

const cli_command cmd_info = {"info",
                              "Show what a segmentation holds and where its bytes go.",
                              "FILE... [options]",
                              "Without --statistics no pixel of a DICOM object is read. FILE - is standard\n"
                              "input; a directory stands for the segmentations that lie directly in it.",
                              options_table,
                              run};

/* What is shown of each file. */
struct wish {
  json_out *json; /* NULL: text */
  bool statistics;
  cli_volume_choice volume;
  unsigned threads;
};

static dseg_status examine(info_file *file, const struct wish *wish, dseg_error *error) {
  file->description = dseg_source_description(file->source);
  file->encoding = dseg_source_encoding(file->source);
  const dseg_status regular = dseg_geometry_to_grid(&file->description->geometry, &file->grid, NULL, error);
  if (regular == DSEG_ERROR_MEMORY) {
    return regular;
  }
  file->regular = regular == DSEG_OK;
  return wish->statistics ? info_read_statistics(file, wish->threads, error) : DSEG_OK;
}

static int show_file(const char *path, const struct wish *wish) {
  cli_warnings warnings = {.file = path};
  const double *spacing = wish->volume.spacing;
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options),
                                     .warnings = cli_warning_sink(&warnings),
                                     .threads = wish->threads,
                                     .describe_only = wish->statistics ? DSEG_DESCRIBE_AND_PASS : DSEG_DESCRIBE,
                                     .notes = cli_note_sink(&path),
                                     .all_volumes = wish->volume.all_volumes,
                                     .volume = wish->volume.volume,
                                     .spacing = {spacing[0], spacing[1], spacing[2]}};
  info_file file = {.path = path};
  dseg_error error = {0};
  dseg_status status = cli_open(&path, 1, &options, &file.source, &error);
  cli_warnings_end(&warnings);
  if (status == DSEG_OK) {
    status = examine(&file, wish, &error);
  }
  if (status == DSEG_OK && wish->json != NULL) {
    info_put_json(&file, wish->json);
  } else if (status == DSEG_OK) {
    info_show_text(&file);
  }
  dseg_statistics_destroy(file.statistics);
  dseg_source_close(file.source);
  return status == DSEG_OK ? CLI_OK : cli_fail(path, status, &error);
}

static int show_files(const char *const *paths, size_t count, const struct wish *wish) {
  int exit_code = CLI_OK;
  if (wish->json != NULL && count > 1) {
    json_begin_array(wish->json, NULL);
  }
  for (size_t i = 0; i < count; i++) {
    if (i > 0 && wish->json == NULL) {
      putchar('\n');
    }
    const int outcome = show_file(paths[i], wish);
    exit_code = outcome > exit_code ? outcome : exit_code;
  }
  if (wish->json != NULL && count > 1) {
    json_end(wish->json);
  }
  return exit_code;
}

static int run(int argc, char **argv) {
  json_out json = {.stream = stdout};
  struct wish wish = {.json = NULL};
  cli_args args;
  cli_args_begin(&args, &cmd_info, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    bool good = true;
    switch (id) {
      case OPTION_JSON: wish.json = &json; break;
      case OPTION_STATISTICS: wish.statistics = true; break;
      case OPTION_VOLUME: good = cli_take_volume(&args, &wish.volume); break;
      case OPTION_SPACING: good = cli_take_spacing(&args, &wish.volume); break;
      case OPTION_THREADS: good = cli_unsigned(&args, 0, 1024, &wish.threads); break;
      default: return args.exit_code;
    }
    if (!good) {
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
  if (exit_code == CLI_OK) {
    exit_code = show_files(inputs.names, inputs.count, &wish);
  }
  cli_inputs_end(&inputs);
  return exit_code;
}
