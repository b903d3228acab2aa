/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_preview.c - `dseg preview`: a picture of a segmentation, to look at. */
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/volumes.h"
#include "dseg/dseg.h"
#include "preview/preview.h"

enum {
  OPTION_PLANES,
  OPTION_OVERLAP,
  OPTION_INSTANCES,
  OPTION_REFERENCE,
  OPTION_LAYOUT,
  OPTION_COLUMNS,
  OPTION_SIZE,
  OPTION_FORCE,
  OPTION_THREADS
};

static const cli_option options[] = {
    {OPTION_PLANES, "planes", "A-B", false, "Content",
     "Planes to choose from, counted from 1; all otherwise. With --layout planes, which it means."},
    {OPTION_OVERLAP, "overlap", "first|last", false, NULL,
     "Which segment is seen where several overlap; the last otherwise."},
    {OPTION_INSTANCES, "instances", NULL, false, NULL, CLI_INSTANCES_HELP " Each has a colour of its own."},
    {OPTION_REFERENCE, "reference", "DIR|FILE", true, NULL, "Images of the patient to draw below the segments."},
    {OPTION_LAYOUT, "layout", "sections|planes", false, "Layout",
     "Three sections and a projection, or planes side by side; sections otherwise, but planes where there is no "
     "volume."},
    {OPTION_COLUMNS, "columns", "N", false, NULL,
     "Planes side by side; as their shape suggests otherwise. With --layout planes, which it means."},
    {OPTION_SIZE, "size", "PIXELS", false, NULL, "Width of the picture; 1400 otherwise."},
    {OPTION_FORCE, "force", NULL, false, "Output", "Replace a file that exists."},
    {OPTION_THREADS, "threads", "N", false, NULL, "At most N threads; one for each processor otherwise."},
    {0, NULL, NULL, false, NULL, NULL},
};

static int run(int argc, char **argv);

const cli_command cmd_preview = {
    "preview",
    "Draw a segmentation as a picture.",
    "INPUT OUTPUT.png|OUTPUT.svg [options]",
    "Draws an axial, a coronal and a sagittal section, and the segments as seen from the\n"
    "front, in the segments' colours and turned as radiologists look at them, with a legend\n"
    "of the largest segments; with --layout planes up to 20 planes that hold something,\n"
    "evenly spaced. L, R, A, P, H and F stand where the patient's left, right, front, back,\n"
    "head and feet are. A slide is drawn as a whole. PNG has letters of ASCII only; SVG\n"
    "shows names in any script.",
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

static bool parse_layout(const cli_args *args, preview_job *job) {
  static const char *const names[] = {"sections", "planes", NULL};
  int index;
  if (!cli_choice(args, names, &index)) {
    return false;
  }
  job->arrangement = index == 0 ? PREVIEW_SECTIONS : PREVIEW_PLANES;
  return true;
}

/* CLI_OK, or an exit code to return; names are in args. */
static int parse(cli_args *args, preview_job *job, const char **references, bool *force) {
  for (int id = cli_next(args); id != CLI_END; id = cli_next(args)) {
    bool good = true;
    switch (id) {
      case OPTION_PLANES: good = parse_planes(args, job); break;
      case OPTION_LAYOUT: good = parse_layout(args, job); break;
      case OPTION_REFERENCE: references[job->reference_count++] = args->value; break;
      case OPTION_COLUMNS: good = cli_unsigned(args, 1, PREVIEW_MAX_CELLS, &job->columns); break;
      case OPTION_SIZE: good = cli_unsigned(args, 300, 16000, &job->size); break;
      case OPTION_INSTANCES: job->instances = true; break;
      case OPTION_OVERLAP: good = parse_overlap(args, job); break;
      case OPTION_THREADS: good = cli_unsigned(args, 0, 1024, &job->threads); break;
      case OPTION_FORCE: *force = true; break;
      default: return args->exit_code;
    }
    if (!good) {
      return CLI_USAGE;
    }
  }
  if (args->name_count != 2) {
    return cli_usage_error(&cmd_preview, "an input and an output are expected");
  }
  if (!preview_is_png(args->names[1]) && !preview_is_svg(args->names[1])) {
    return cli_usage_error(&cmd_preview, "OUTPUT \"%s\": a picture is a file with the suffix .png or .svg",
                           args->names[1]);
  }
  const bool means_planes = job->columns > 0 || job->last_plane != PREVIEW_TO_THE_END;
  if (means_planes && job->arrangement == PREVIEW_SECTIONS) {
    return cli_usage_error(&cmd_preview, "--planes and --columns are for --layout planes");
  }
  job->arrangement = means_planes ? PREVIEW_PLANES : job->arrangement;
  job->references = references;
  job->input = args->names[0];
  return CLI_OK;
}

static int run(int argc, char **argv) {
  preview_job job = PREVIEW_START;
  bool force = false;
  const char **references = calloc((size_t)argc + 1, sizeof *references);
  if (references == NULL) {
    cli_error(NULL, "out of memory");
    return CLI_INPUT;
  }
  cli_args args;
  cli_args_begin(&args, &cmd_preview, argc, argv);
  int code = parse(&args, &job, references, &force);
  if (code == CLI_OK && job.input != NULL) { /* no input: help was asked for */
    code = preview_make(&job, args.names[1], force);
  }
  free(references);
  return code;
}
