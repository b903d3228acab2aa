/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_preview.c - `dseg preview`: a picture of a segmentation, to look at. */
#include <string.h>

#include "cli/commands.h"
#include "dseg/dseg.h"
#include "preview/preview.h"

enum { OPTION_PLANES, OPTION_COLUMNS, OPTION_SIZE, OPTION_OVERLAP, OPTION_THREADS, OPTION_FORCE };

static const cli_option options[] = {
    {OPTION_PLANES, "planes", "A-B", false, "Content", "Planes to choose from, counted from 1; all otherwise."},
    {OPTION_OVERLAP, "overlap", "first|last", false, NULL,
     "Which segment is seen where several overlap; the last otherwise."},
    {OPTION_COLUMNS, "columns", "N", false, "Layout", "Planes side by side; as their shape suggests otherwise."},
    {OPTION_SIZE, "size", "PIXELS", false, NULL, "Width of the picture; 1400 otherwise."},
    {OPTION_FORCE, "force", NULL, false, "Output", "Replace a file that exists."},
    {OPTION_THREADS, "threads", "N", false, NULL, "At most N threads; one for each processor otherwise."},
    {0, NULL, NULL, false, NULL, NULL},
};

static int run(int argc, char **argv);

const cli_command cmd_preview = {
    "preview",
    "Draw a segmentation as a PNG picture.",
    "INPUT OUTPUT.png [options]",
    "Draws up to 20 planes that hold something, evenly spaced, in the segments' colours\n"
    "and turned as radiologists look at them, with a legend of the largest segments.\n"
    "A slide is drawn as a whole.",
    options,
    run,
};

static bool parse_planes(const cli_args *args, preview_job *job) {
  uint64_t first;
  uint64_t last;
  if (!cli_range(args->value, &first, &last) || first == 0 || last > SIZE_MAX) {
    cli_usage_error(args->command, "--planes: \"%s\" is no range such as 10-20, counted from 1", args->value);
    return false;
  }
  job->first_plane = (size_t)first - 1;
  job->last_plane = (size_t)last - 1;
  return true;
}

static bool parse_overlap(const cli_args *args, preview_job *job) {
  static const char *const names[] = {"first", "last", NULL};
  int index;
  if (!cli_choice(args, names, &index)) {
    return false;
  }
  job->overlap = index == 0 ? DSEG_OVERLAP_FIRST : DSEG_OVERLAP_LAST;
  return true;
}

/* A picture goes into a file whose name says what it is. */
static bool is_png(const char *path) {
  const size_t length = strlen(path);
  return length > 4 && (strcmp(path + length - 4, ".png") == 0 || strcmp(path + length - 4, ".PNG") == 0);
}

static int run(int argc, char **argv) {
  preview_job job = PREVIEW_START;
  bool force = false;
  cli_args args;
  cli_args_begin(&args, &cmd_preview, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    bool good = true;
    switch (id) {
      case OPTION_PLANES: good = parse_planes(&args, &job); break;
      case OPTION_COLUMNS: good = cli_unsigned(&args, 1, PREVIEW_MAX_CELLS, &job.columns); break;
      case OPTION_SIZE: good = cli_unsigned(&args, 300, 16000, &job.size); break;
      case OPTION_OVERLAP: good = parse_overlap(&args, &job); break;
      case OPTION_THREADS: good = cli_unsigned(&args, 0, 1024, &job.threads); break;
      case OPTION_FORCE: force = true; break;
      default: return args.exit_code;
    }
    if (!good) {
      return CLI_USAGE;
    }
  }
  if (args.name_count != 2) {
    return cli_usage_error(&cmd_preview, "an input and an output are expected");
  }
  if (!is_png(args.names[1])) {
    return cli_usage_error(&cmd_preview, "OUTPUT \"%s\": a picture is a file with the suffix .png", args.names[1]);
  }
  job.input = args.names[0];
  return preview_make(&job, args.names[1], force);
}
