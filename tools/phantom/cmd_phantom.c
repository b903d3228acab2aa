/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_phantom.c - `dseg phantom`: synthetic anatomy of any size. */
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/guard.h"
#include "phantom/phantom.h"

enum {
  OPTION_LABELS,
  OPTION_SIZE,
  OPTION_SPACING,
  OPTION_SEED,
  OPTION_COARSE,
  OPTION_OVERLAP,
  OPTION_IMAGES,
  OPTION_FORCE,
  OPTION_THREADS
};

static const cli_option options_table[] = {
    {OPTION_LABELS, "labels", "N", false, "Content",
     "Segments, 1 to 65535; 108 otherwise. The first 108 are organs, bones, vessels and muscles, the others lesions. "
     "Each "
     "has a voxel at least."},
    {OPTION_SIZE, "size", "XxYxZ", false, NULL, "Columns, rows and planes; 512x512x400 otherwise."},
    {OPTION_SPACING, "spacing", "XxYxZ", false, NULL,
     "Millimetres between voxels. Otherwise what makes the trunk fill the volume, but planes are at most 5 mm apart."},
    {OPTION_SEED, "seed", "N", false, NULL, "Another body for each number; 0 otherwise."},
    {OPTION_COARSE, "coarse", "XxYxZ", false, NULL,
     "Made on this smaller grid and enlarged to --size by nearest neighbour, as results of networks often are."},
    {OPTION_OVERLAP, "overlap", NULL, false, NULL,
     "Vessels, the spinal cord and lesions overlap what they lie in. Needs an output that holds overlap."},
    {OPTION_IMAGES, "images", "DIR", false, "Images",
     "Also make a CT series of it, in which every structure has a grey value of its own, with body, table and noise. A "
     "DICOM OUTPUT refers to it. DIR is made, or is empty."},
    {OPTION_FORCE, "force", NULL, false, "The run", "Replace a file that exists, and images in DIR."},
    {OPTION_THREADS, "threads", "N", false, NULL, "At most N threads; one for each processor otherwise."},
    {0, NULL, NULL, false, NULL, NULL}};

static int run(int argc, char **argv);

const cli_command cmd_phantom = {
    "phantom",
    "Make synthetic anatomy of any size.",
    "OUTPUT [options]",
    "A trunk with organs, vertebrae, ribs, vessels, muscles and thin structures. The same\n"
    "options give the same voxels everywhere. OUTPUT: its suffix names the kind, as for convert;\n"
    ".dcm becomes a LABELMAP, or with --overlap a BINARY object, plane by plane.",
    options_table,
    run};

/* "AxBxC". */
static bool parse_size(const cli_args *args, size_t size[3]) {
  const char *text = args->value;
  for (int axis = 0; axis < 3; axis++) {
    char *end = NULL;
    const unsigned long side = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
    if (side == 0 || side > PHANTOM_SIDES || *end != (axis < 2 ? 'x' : '\0')) {
      cli_usage_error(args->command, "--%s: \"%s\" is not XxYxZ, each from 1 to %d", args->option->name, args->value,
                      PHANTOM_SIDES);
      return false;
    }
    size[axis] = side;
    text = end + 1;
  }
  return true;
}

static bool parse_spacing(const cli_args *args, double spacing[3]) {
  const char *text = args->value;
  for (int axis = 0; axis < 3; axis++) {
    char *end = NULL;
    spacing[axis] = *text >= '0' && *text <= '9' ? strtod(text, &end) : 0.0;
    if (!(spacing[axis] >= 0.001 && spacing[axis] <= 1000.0) || *end != (axis < 2 ? 'x' : '\0')) {
      cli_usage_error(args->command, "--spacing: \"%s\" is not XxYxZ, each from 0.001 to 1000 mm", args->value);
      return false;
    }
    text = end + 1;
  }
  return true;
}

/* False after a message. */
static bool set_option(const cli_args *args, int id, phantom_spec *spec, phantom_output *output) {
  switch (id) {
    case OPTION_LABELS: return cli_unsigned(args, 1, PHANTOM_MAX_LABELS, &spec->labels);
    case OPTION_SIZE: return parse_size(args, spec->size);
    case OPTION_SPACING: return parse_spacing(args, spec->spacing);
    case OPTION_SEED: return cli_unsigned(args, 0, UINT32_MAX, &spec->seed);
    case OPTION_COARSE: return parse_size(args, spec->coarse);
    case OPTION_OVERLAP: spec->overlap = true; return true;
    case OPTION_IMAGES: output->images = args->value; return true;
    case OPTION_FORCE: output->replace = true; return true;
    default: return cli_unsigned(args, 1, 1024, &output->threads);
  }
}

static int run(int argc, char **argv) {
  phantom_spec spec = {.labels = PHANTOM_DEFAULT_LABELS, .size = {512, 512, 400}};
  phantom_output output = {0};
  cli_args args;
  cli_args_begin(&args, &cmd_phantom, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    if (id == CLI_STOP) {
      return args.exit_code;
    }
    if (!set_option(&args, id, &spec, &output)) {
      return CLI_USAGE;
    }
  }
  if (args.name_count != 1) {
    return cli_usage_error(&cmd_phantom, "one OUTPUT is expected");
  }
  if (dseg_volume_format_of(args.names[0]) == NULL && !dseg_is_dicom_name(args.names[0])) {
    return cli_usage_error(&cmd_phantom,
                           "OUTPUT \"%s\": what to write is told by its suffix: .dcm .seg .nii .nii.gz .nrrd .nhdr "
                           ".seg.nrrd .mha or .mhd",
                           args.names[0]);
  }
  output.path = args.names[0];
  const int code = phantom_make(&spec, &output);
  cli_remove_guarded();
  return code;
}
