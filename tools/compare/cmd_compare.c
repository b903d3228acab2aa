/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_compare.c - `dseg compare`: whether two segmentations are the same, whatever their encoding or format. */
#include <float.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/inputs.h"
#include "cli/streams.h"
#include "cli/suggest.h"
#include "compare/report.h"

enum { OPTION_JSON, OPTION_TOLERANCE, OPTION_IGNORE, OPTION_INSTANCES, OPTION_VOLUME, OPTION_SPACING, OPTION_THREADS };

const cli_option compare_options_table[] = {
    {OPTION_TOLERANCE, "tolerance", "MM", false, "Comparison",
     "Voxels lie at the same place when the far corners of the grids agree to so many millimetres; 0.001 otherwise."},
    {OPTION_IGNORE, "ignore", "WHAT", false, NULL,
     "Do not count differences in these, separated by commas: geometry, extent, voxels, segments, numbers, names, "
     "codes, colors, details, provenance, instances."},
    {OPTION_INSTANCES, "instances", NULL, false, NULL,
     CLI_INSTANCES_HELP " A volume beside an object that has some is "
                        "taken so without this option."},
    {OPTION_VOLUME, "volume", "N|all", false, NULL, CLI_VOLUME_HELP},
    {OPTION_SPACING, "spacing", "X,Y,Z", false, NULL, CLI_SPACING_HELP},
    {OPTION_JSON, "json", NULL, false, "Output", "Write the result as JSON (docs/cli-json.md)."},
    {OPTION_THREADS, "threads", "N", false, NULL, "At most N threads; one for each processor otherwise."},
    {0, NULL, NULL, false, NULL, NULL},
};

static int run(int argc, char **argv);

const cli_command cmd_compare = {
    "compare",
    "Tell whether two segmentations are the same.",
    "A B [options]",
    "A and B are DICOM segmentations, NIfTI, NRRD or MetaImage files. Voxels are\n"
    "compared where they lie in the patient, so axes may run in other directions.\n"
    "Instances correspond where they have at least half of their voxels in common.\n"
    "Segments correspond by number, else by label, else by order. Names, codes and\n"
    "colours are compared where both formats hold them. One of A and B may be -,\n"
    "standard input; a directory is what the segmentations in it are together.\n"
    "--volume and --spacing concern those of A and B that are no DICOM objects.\n"
    "\n"
    "Exit status: 0 the same, 1 different, 2 wrong usage, or a file that cannot be\n"
    "compared (as cmp and diff do).",
    compare_options_table,
    run,
};

/* The two, and how they are compared. */
struct job {
  compare_side sides[2];
  compare_request request;
};

static bool parse_ignore(const cli_args *args, const char *text, unsigned *ignore) {
  while (*text != '\0') {
    const size_t length = strcspn(text, ",");
    size_t bit = 0;
    cli_suggestion suggestion = cli_suggest(text, length);
    for (const char *name = dseg_aspect_name(0); name != NULL; name = dseg_aspect_name(++bit)) {
      cli_suggest_name(&suggestion, name);
      if (strlen(name) == length && strncmp(text, name, length) == 0) {
        break;
      }
    }
    if (dseg_aspect_name(bit) == NULL) {
      cli_usage_error(args->command, "--ignore: \"%.*s\" is nothing that is compared%s", (int)length, text,
                      cli_did_you_mean(&suggestion, ""));
      return false;
    }
    *ignore |= 1U << bit;
    text += length;
    text += *text == ',' ? 1 : 0;
  }
  return true;
}

static int open_side(compare_side *side, const struct job *job, bool instances) {
  cli_warnings warnings = {.file = side->path};
  dseg_open_options open_options = {.struct_size = sizeof(dseg_open_options),
                                    .warnings = cli_warning_sink(&warnings),
                                    .keep_context = true,
                                    .threads = job->request.options.threads,
                                    .instances = instances,
                                    .notes = cli_note_sink(&side->path)};
  dseg_error error = {DSEG_OK, ""};
  cli_inputs inputs;
  int code = cli_inputs_find(&side->path, 1, CLI_ANY_SEGMENTATION, &inputs);
  if (code == CLI_OK && !cli_is_dicom(inputs.names[0])) {
    open_options.all_volumes = job->request.volume.all_volumes;
    open_options.volume = job->request.volume.volume;
    memcpy(open_options.spacing, job->request.volume.spacing, sizeof open_options.spacing);
  }
  if (code == CLI_OK) {
    const dseg_status status = cli_open(inputs.names, inputs.count, &open_options, &side->source, &error);
    cli_warnings_end(&warnings);
    code = status == DSEG_OK ? CLI_OK : cli_fail(side->path, status, &error);
  }
  cli_inputs_end(&inputs);
  return code;
}

/* Reports a failure under the name of the side whose file the message names. */
static int fail(const struct job *job, dseg_status status, const dseg_error *error) {
  for (int i = 0; i < 2; i++) {
    const char *path = job->sides[i].path;
    if (strncmp(error->message, path, strlen(path)) == 0) {
      return cli_fail(path, status, error);
    }
  }
  return cli_fail(NULL, status, error);
}

static int compare(struct job *job) {
  const compare_side *a = &job->sides[0];
  const compare_side *b = &job->sides[1];
  cli_progress progress;
  dseg_comparison *comparison = NULL;
  dseg_error error = {DSEG_OK, ""};
  cli_progress_begin(&progress, "comparing");
  job->request.options.progress = cli_progress_sink(&progress);
  const dseg_status status = dseg_compare(a->source, b->source, &job->request.options, &comparison, &error);
  cli_progress_end(&progress);
  if (status != DSEG_OK) {
    return fail(job, status, &error);
  }
  if (job->request.json) {
    compare_report_json(comparison, a, b);
  } else {
    compare_report_text(comparison, a, b);
  }
  const int code = comparison->same ? CLI_OK : CLI_NEGATIVE;
  dseg_comparison_destroy(comparison);
  return code;
}

/* A DICOM object is opened before a volume: it says whether it has instances, which the volume then has, too. */
static int open_sides(struct job *job) {
  const int first = cli_is_dicom(job->sides[1].path) && !cli_is_dicom(job->sides[0].path) ? 1 : 0;
  int code = open_side(&job->sides[first], job, job->request.instances);
  if (code == CLI_OK) {
    const dseg_description *description = dseg_source_description(job->sides[first].source);
    code = open_side(&job->sides[1 - first], job, job->request.instances || description->instances != NULL);
  }
  return code;
}

static int open_and_compare(struct job *job) {
  int code = open_sides(job);
  if (code == CLI_OK) {
    code = compare(job);
  }
  dseg_source_close(job->sides[0].source);
  dseg_source_close(job->sides[1].source);
  return code;
}

/* No tolerance at all is the smallest one. */
static bool parse_tolerance(const cli_args *args, double *tolerance) {
  const bool good = cli_real(args, 0, 1000, tolerance);
  *tolerance = good && *tolerance == 0 ? DBL_MIN : *tolerance;
  return good;
}

bool compare_take(const cli_args *args, int id, compare_request *request) {
  switch (id) {
    case OPTION_JSON: request->json = true; return true;
    case OPTION_TOLERANCE: return parse_tolerance(args, &request->options.tolerance);
    case OPTION_IGNORE: return parse_ignore(args, args->value, &request->options.ignore);
    case OPTION_INSTANCES: request->instances = true; return true;
    case OPTION_VOLUME: return cli_take_volume(args, &request->volume);
    case OPTION_SPACING: return cli_take_spacing(args, &request->volume);
    default: return cli_unsigned(args, 0, 1024, &request->options.threads);
  }
}

static int run(int argc, char **argv) {
  struct job job = {
      .request = {.options = {.struct_size = sizeof(dseg_compare_options), .memory_limit = cli_memory_limit()}}};
  cli_args args;
  cli_args_begin(&args, &cmd_compare, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    if (id == CLI_STOP) {
      return args.exit_code;
    }
    if (!compare_take(&args, id, &job.request)) {
      return CLI_USAGE;
    }
  }
  if (args.name_count != 2) {
    return cli_usage_error(&cmd_compare, "two segmentations are expected");
  }
  if (!cli_take_standard_input(&cmd_compare, args.names, args.name_count)) {
    return CLI_USAGE;
  }
  job.sides[0].path = args.names[0];
  job.sides[1].path = args.names[1];
  const int code = open_and_compare(&job);
  /* As cmp and diff do: 2 for whatever kept them from being compared. */
  return code == CLI_OK || code == CLI_NEGATIVE ? code : CLI_USAGE;
}
