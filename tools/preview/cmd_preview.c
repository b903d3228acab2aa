/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_preview.c - `dseg preview`: a picture of a segmentation, to look at. */
#include <string.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/streams.h"
#include "dseg/dseg.h"
#include "preview/png.h"
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

/* Before the work: the picture is not the input. */
static int check_names(preview_job *job, const char *output) {
  dseg_error error = {DSEG_OK, ""};
  job->outputs = dseg_output_set_create();
  dseg_status status = job->outputs != NULL ? cli_add_inputs(job->outputs, &job->input, 1, &error)
                                            : dseg_fail(&error, DSEG_ERROR_MEMORY, "out of memory");
  if (status == DSEG_OK) {
    status = dseg_output_set_check(job->outputs, &output, 1, &error);
  }
  return status == DSEG_OK ? CLI_OK : cli_fail(output, status, &error);
}

static int open_input(preview_job *job, bool planes_given) {
  cli_warnings warnings = {.file = job->input};
  const dseg_open_options open_options = {.struct_size = sizeof(dseg_open_options),
                                          .warnings = cli_warning_sink(&warnings),
                                          .threads = job->threads,
                                          .outputs = job->outputs,
                                          .temporary_directory = cli_temporary_directory()};
  dseg_error error = {DSEG_OK, ""};
  const dseg_status status = dseg_open(job->input, &open_options, &job->source, &error);
  cli_warnings_end(&warnings);
  if (status != DSEG_OK) {
    return cli_fail(job->input, status, &error);
  }
  job->description = dseg_source_description(job->source);
  const size_t planes = job->description->geometry.plane_count;
  if (planes == 0) {
    cli_error(job->input, "there are no planes to draw");
    return CLI_INPUT;
  }
  if (!planes_given) {
    job->last_plane = planes - 1;
  } else if (job->last_plane >= planes) {
    return cli_usage_error(&cmd_preview, "--planes: the segmentation has %zu planes", planes);
  }
  return CLI_OK;
}

static int preview(preview_job *job, const char *output, bool force) {
  picture canvas = {0};
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = preview_prepare(job, &error);
  if (status == DSEG_OK && job->description->geometry.space != DSEG_SPACE_SLIDE) {
    status = preview_choose_planes(job, &error);
  }
  if (status == DSEG_OK) {
    status = preview_draw(job, &canvas, &error);
  }
  if (status != DSEG_OK) {
    picture_free(&canvas);
    return cli_fail(job->input, status, &error);
  }
  const dseg_output file = dseg_output_to_file(output, force ? DSEG_OUTPUT_REPLACE : 0, job->outputs);
  status = preview_write_png(&file, canvas.width, canvas.height, canvas.rgb, &error);
  picture_free(&canvas);
  if (status == DSEG_OK) {
    status = dseg_output_set_commit(job->outputs, &error);
  }
  return status == DSEG_OK ? CLI_OK : cli_fail(output, status, &error);
}

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
  preview_job job = {.size = 1400, .overlap = DSEG_OVERLAP_LAST};
  bool planes_given = false;
  bool force = false;
  cli_args args;
  cli_args_begin(&args, &cmd_preview, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    bool good = true;
    switch (id) {
      case OPTION_PLANES:
        good = parse_planes(&args, &job);
        planes_given = true;
        break;
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
  int code = check_names(&job, args.names[1]);
  if (code == CLI_OK) {
    code = open_input(&job, planes_given);
  }
  if (code == CLI_OK) {
    code = preview(&job, args.names[1], force);
  }
  preview_release(&job);
  dseg_source_close(job.source);
  dseg_output_set_destroy(job.outputs);
  return code;
}
