/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_compare.c - `dseg compare`: whether two segmentations are the same, whatever their encoding or format. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/streams.h"
#include "compare/compare.h"

enum { OPTION_JSON, OPTION_TOLERANCE, OPTION_IGNORE, OPTION_THREADS };

static const cli_option options[] = {
    {OPTION_TOLERANCE, "tolerance", "MM", false, "Comparison",
     "Voxels lie at the same place when the far corners of the grids agree to so many millimetres; 0.001 otherwise."},
    {OPTION_IGNORE, "ignore", "WHAT", false, NULL,
     "Do not count differences in these, separated by commas: geometry, extent, voxels, segments, numbers, names, "
     "codes, colors, details, provenance."},
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
    "Segments correspond by number, else by label, else by order. Names, codes and\n"
    "colours are compared where both formats hold them. One of A and B may be -,\n"
    "standard input.\n"
    "\n"
    "Exit status: 0 the same, 1 different, 2 wrong usage, or a file that cannot be\n"
    "compared (as cmp and diff do).",
    options,
    run,
};

static bool parse_ignore(const cli_args *args, const char *text, unsigned *ignore) {
  while (*text != '\0') {
    const size_t length = strcspn(text, ",");
    int found = -1;
    for (int i = 0; compare_aspect_names[i] != NULL; i++) {
      if (strlen(compare_aspect_names[i]) == length && strncmp(text, compare_aspect_names[i], length) == 0) {
        found = i;
      }
    }
    if (found < 0) {
      cli_usage_error(args->command, "--ignore: \"%.*s\" is nothing that is compared", (int)length, text);
      return false;
    }
    *ignore |= 1U << found;
    text += length;
    text += *text == ',' ? 1 : 0;
  }
  return true;
}

static int open_side(compare_side *side, unsigned threads) {
  cli_warnings warnings = {.file = side->path};
  const dseg_open_options open_options = {.struct_size = sizeof(dseg_open_options),
                                          .warnings = cli_warning_sink(&warnings),
                                          .keep_context = true,
                                          .threads = threads};
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = cli_open(&side->path, 1, &open_options, &side->source, &error);
  cli_warnings_end(&warnings);
  if (status == DSEG_OK) {
    side->description = dseg_source_description(side->source);
    status = compare_read_grid(side, &error);
  }
  return status == DSEG_OK ? CLI_OK : cli_fail(side->path, status, &error);
}

/* Order is the last resort, and holds only when the voxels agree. */
static dseg_status match_and_compare(compare_job *job, dseg_error *error) {
  compare_match match = COMPARE_BY_NUMBER;
  DSEG_TRY(compare_choose_match(job, &match, error));
  DSEG_TRY(compare_match_segments(job, match, error));
  if (!job->map.aligned && !job->map.by_index) {
    compare_add(job, 0, "voxels are not compared");
    return DSEG_OK;
  }
  DSEG_TRY(compare_voxels(job, error));
  bool differ = false;
  for (size_t i = 0; i < job->pair_count; i++) {
    differ = differ || job->pairs[i].differ > 0;
  }
  if (job->match == COMPARE_BY_ORDER && differ) {
    DSEG_TRY(compare_match_segments(job, COMPARE_BY_NUMBER, error));
    return compare_voxels(job, error);
  }
  return DSEG_OK;
}

/* Reports a failure under the name of the side whose file the message names. */
static int fail(const compare_job *job, dseg_status status, const dseg_error *error) {
  const char *sides[2] = {job->a.path, job->b.path};
  for (int i = 0; i < 2; i++) {
    if (strncmp(error->message, sides[i], strlen(sides[i])) == 0) {
      return cli_fail(sides[i], status, error);
    }
  }
  return cli_fail(NULL, status, error);
}

static int compare(compare_job *job, bool json) {
  int code = open_side(&job->a, job->threads);
  if (code == CLI_OK) {
    code = open_side(&job->b, job->threads);
  }
  if (code != CLI_OK) {
    return code;
  }
  dseg_error error = {DSEG_OK, ""};
  compare_geometry(job);
  cli_progress_begin(&job->progress, "comparing");
  const dseg_status status = match_and_compare(job, &error);
  cli_progress_end(&job->progress);
  if (status != DSEG_OK) {
    return fail(job, status, &error);
  }
  const dseg_status compared = compare_metadata(job, &error);
  if (compared != DSEG_OK) {
    return fail(job, compared, &error);
  }
  if (job->out_of_memory) {
    return cli_fail(NULL, DSEG_ERROR_MEMORY, &(dseg_error){DSEG_ERROR_MEMORY, "out of memory for messages"});
  }
  if (json) {
    compare_report_json(job);
  } else {
    compare_report_text(job);
  }
  return compare_is_same(job) ? CLI_OK : CLI_NEGATIVE;
}

static void release(compare_job *job) {
  free(job->pairs);
  free(job->messages);
  free(job->a.plane_of_slot);
  free(job->b.plane_of_slot);
  dseg_source_close(job->a.source);
  dseg_source_close(job->b.source);
}

static int run(int argc, char **argv) {
  compare_job job = {.tolerance = 1e-3};
  bool json = false;
  cli_args args;
  cli_args_begin(&args, &cmd_compare, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    bool good = true;
    switch (id) {
      case OPTION_JSON: json = true; break;
      case OPTION_TOLERANCE: good = cli_real(&args, 0, 1000, &job.tolerance); break;
      case OPTION_IGNORE: good = parse_ignore(&args, args.value, &job.ignore); break;
      case OPTION_THREADS: good = cli_unsigned(&args, 0, 1024, &job.threads); break;
      default: return args.exit_code;
    }
    if (!good) {
      return CLI_USAGE;
    }
  }
  if (args.name_count != 2) {
    return cli_usage_error(&cmd_compare, "two segmentations are expected");
  }
  if (!cli_take_standard_input(&cmd_compare, args.names, args.name_count)) {
    return CLI_USAGE;
  }
  job.a.path = args.names[0];
  job.b.path = args.names[1];
  const int code = compare(&job, json);
  release(&job);
  /* As cmp and diff do: 2 for whatever kept them from being compared. */
  return code == CLI_OK || code == CLI_NEGATIVE ? code : CLI_USAGE;
}
