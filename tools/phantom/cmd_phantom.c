/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_phantom.c - `dseg phantom`: synthetic anatomy of any size, and slides of nuclei. */
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/guard.h"
#include "cli/suggest.h"
#include "phantom/nuclei.h"
#include "phantom/phantom.h"

enum {
  OPTION_LABELS,
  OPTION_SIZE,
  OPTION_SPACING,
  OPTION_SEED,
  OPTION_COARSE,
  OPTION_OVERLAP,
  OPTION_NUCLEI,
  OPTION_TILE,
  OPTION_TILE_OVERLAP,
  OPTION_CLASSES,
  OPTION_SYNTAX,
  OPTION_IMAGES,
  OPTION_FORCE,
  OPTION_THREADS
};

static const cli_option options_table[] = {
    {OPTION_LABELS, "labels", "N", false, "Content",
     "Segments, 1 to 65535; 108 otherwise. The first 108 are organs, bones, vessels and muscles, the others lesions. "
     "Each "
     "has a voxel at least."},
    {OPTION_SIZE, "size", "XxYxZ", false, NULL,
     "Columns, rows and planes; 512x512x400 otherwise. Of nuclei XxY; 4096x4096 otherwise."},
    {OPTION_SPACING, "spacing", "XxYxZ", false, NULL,
     "Millimetres between voxels. Otherwise what makes the trunk fill the volume, but planes are at most 5 mm apart."},
    {OPTION_SEED, "seed", "N", false, NULL, "Another body, or slide, for each number; 0 otherwise."},
    {OPTION_COARSE, "coarse", "XxYxZ", false, NULL,
     "Made on this smaller grid and enlarged to --size by nearest neighbour, as results of networks often are."},
    {OPTION_OVERLAP, "overlap", NULL, false, NULL,
     "Vessels, the spinal cord and lesions overlap what they lie in. Needs an output that holds overlap."},
    {OPTION_NUCLEI, "nuclei", "N", false, "Nuclei",
     "A slide of N cell nuclei of three classes, which are instances, instead of anatomy; 0: one for 1,000 pixels. A "
     "DICOM OUTPUT is written as instance-labels, a volume with the number of each nucleus in 32 bits."},
    {OPTION_TILE, "tile", "RxC", false, NULL,
     "Rows and columns of tiles; 512x512 otherwise. Borders cut through nuclei."},
    {OPTION_TILE_OVERLAP, "tile-overlap", "PIXELS", false, NULL,
     "So many columns, and rows, are in both of two neighbouring tiles. A DICOM OUTPUT is written as segment-ranges."},
    {OPTION_CLASSES, "classes", "FILE.csv", false, NULL, "Also write a table of the nuclei's classes."},
    {OPTION_IMAGES, "images", "DIR", false, "Images",
     "Also make a CT series of it, in which every structure has a grey value of its own, with body, table and noise. A "
     "DICOM OUTPUT refers to it. DIR is made, or is empty."},
    {OPTION_SYNTAX, "transfer-syntax", "NAME|UID", false, "Output",
     "How frames of a DICOM OUTPUT are compressed; not otherwise."},
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
    ".dcm becomes a LABELMAP, or with --overlap a BINARY object, plane by plane. With --nuclei it is\na slide, made "
    "tile by tile.",
    options_table,
    run};

/* "AxBxC" or "AxB": count numbers of 1 to most. */
static bool read_sides(const char *text, int count, unsigned long most, size_t *sides) {
  for (int axis = 0; axis < count; axis++) {
    char *end = NULL;
    const unsigned long side = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
    if (side == 0 || side > most || *end != (axis + 1 < count ? 'x' : '\0')) {
      return false;
    }
    sides[axis] = side;
    text = end + 1;
  }
  return true;
}

static bool parse_size(const cli_args *args, size_t size[3]) {
  const bool good = read_sides(args->value, 3, PHANTOM_SIDES, size);
  if (!good) {
    cli_usage_error(args->command, "--%s: \"%s\" is not XxYxZ, each from 1 to %d", args->option->name, args->value,
                    PHANTOM_SIDES);
  }
  return good;
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

static bool parse_tile(const cli_args *args, nuclei_spec *spec) {
  size_t sides[2];
  const bool good = read_sides(args->value, 2, PHANTOM_SIDES, sides);
  if (good) {
    spec->tile[0] = (uint32_t)sides[1];
    spec->tile[1] = (uint32_t)sides[0];
  } else {
    cli_usage_error(args->command, "--tile: \"%s\" is not RxC, each from 1 to %d", args->value, PHANTOM_SIDES);
  }
  return good;
}

/* What the options say. */
struct wish {
  phantom_spec body;
  phantom_output output;
  const char *size;                      /* NULL: not given */
  const char *only_bodies, *only_nuclei; /* the last option that is for these alone */
  bool nuclei;
  nuclei_spec slide;
  const char *classes;
};

/* False after a message. */
static bool set_body_option(const cli_args *args, int id, struct wish *wish) {
  wish->only_bodies = args->option->name;
  switch (id) {
    case OPTION_LABELS: return cli_unsigned(args, 1, PHANTOM_MAX_LABELS, &wish->body.labels);
    case OPTION_SPACING: return parse_spacing(args, wish->body.spacing);
    case OPTION_COARSE: return parse_size(args, wish->body.coarse);
    case OPTION_OVERLAP: wish->body.overlap = true; return true;
    default: wish->output.images = args->value; return true;
  }
}

static bool set_nuclei_option(const cli_args *args, int id, struct wish *wish) {
  if (id == OPTION_NUCLEI) {
    wish->nuclei = true;
    return cli_unsigned(args, 0, NUCLEI_MOST, &wish->slide.count);
  }
  wish->only_nuclei = args->option->name;
  switch (id) {
    case OPTION_TILE: return parse_tile(args, &wish->slide);
    case OPTION_TILE_OVERLAP: return cli_unsigned(args, 0, PHANTOM_SIDES, &wish->slide.overlap);
    default: wish->classes = args->value; return true;
  }
}

/* The codec's name. */
static bool take_codec(const cli_args *args, const char **name) {
  const dseg_frame_codec *codec = cli_find_frame_codec(args->command, args->option->name, args->value);
  *name = codec != NULL ? codec->name : NULL;
  return codec != NULL;
}

static bool set_option(const cli_args *args, int id, struct wish *wish) {
  switch (id) {
    case OPTION_SIZE: wish->size = args->value; return true;
    case OPTION_SEED: return cli_unsigned(args, 0, UINT32_MAX, &wish->body.seed);
    case OPTION_SYNTAX: return take_codec(args, &wish->output.frame_codec);
    case OPTION_FORCE: wish->output.replace = true; return true;
    case OPTION_THREADS: return cli_unsigned(args, 1, 1024, &wish->output.threads);
    case OPTION_NUCLEI:
    case OPTION_TILE:
    case OPTION_TILE_OVERLAP:
    case OPTION_CLASSES: return set_nuclei_option(args, id, wish);
    default: return set_body_option(args, id, wish);
  }
}

/* The size of a body; a usage error, or 0. */
static int take_body_size(struct wish *wish) {
  if (wish->size != NULL && !read_sides(wish->size, 3, PHANTOM_SIDES, wish->body.size)) {
    return cli_usage_error(&cmd_phantom, "--size: \"%s\" is not XxYxZ, each from 1 to %d", wish->size, PHANTOM_SIDES);
  }
  return wish->only_nuclei != NULL ? cli_usage_error(&cmd_phantom, "--%s is for --nuclei", wish->only_nuclei) : CLI_OK;
}

static int take_slide_size(struct wish *wish) {
  nuclei_spec *slide = &wish->slide;
  size_t sides[2] = {4096, 4096};
  if (wish->size != NULL && !read_sides(wish->size, 2, NUCLEI_SIDES, sides)) {
    return cli_usage_error(&cmd_phantom, "--size: \"%s\" is not XxY, each from 1 to %d, as of nuclei it is", wish->size,
                           NUCLEI_SIDES);
  }
  if (wish->only_bodies != NULL) {
    return cli_usage_error(&cmd_phantom, "--%s is not for --nuclei", wish->only_bodies);
  }
  if (slide->overlap >= slide->tile[0] || slide->overlap >= slide->tile[1]) {
    return cli_usage_error(&cmd_phantom, "--tile-overlap: tiles of %ux%u pixels cannot share %u of them",
                           (unsigned)slide->tile[0], (unsigned)slide->tile[1], (unsigned)slide->overlap);
  }
  const uint64_t pixels = (uint64_t)sides[0] * sides[1];
  const uint64_t usual = pixels / NUCLEI_PIXELS > NUCLEI_MOST ? NUCLEI_MOST : pixels / NUCLEI_PIXELS;
  slide->columns = (uint32_t)sides[0];
  slide->rows = (uint32_t)sides[1];
  slide->seed = wish->body.seed;
  slide->count = slide->count > 0 ? slide->count : usual > 0 ? (uint32_t)usual : 1;
  return slide->count > pixels ? cli_usage_error(&cmd_phantom, "--nuclei: %u nuclei have no room in %zux%zu pixels",
                                                 (unsigned)slide->count, sides[0], sides[1])
                               : CLI_OK;
}

static int check_name(const char *path, const char *frame_codec, bool of_nuclei) {
  const dseg_volume_format *format = dseg_volume_format_of(path);
  if (format == NULL && !dseg_is_dicom_name(path)) {
    return cli_usage_error(&cmd_phantom,
                           "OUTPUT \"%s\": what to write is told by its suffix: .dcm .seg .nii .nii.gz .nrrd .nhdr "
                           ".seg.nrrd .mha or .mhd",
                           path);
  }
  if (format != NULL && frame_codec != NULL) {
    return cli_usage_error(&cmd_phantom, "--transfer-syntax is for DICOM objects, and OUTPUT \"%s\" is none", path);
  }
  return of_nuclei && format != NULL && (format->flags & DSEG_VOLUME_LABEL_LAYERS) != 0
             ? cli_usage_error(&cmd_phantom, "OUTPUT \"%s\": a %s has segments, and nuclei are none: write .nrrd", path,
                               format->name)
             : CLI_OK;
}

static int make(const struct wish *wish) {
  if (!wish->nuclei) {
    return phantom_make(&wish->body, &wish->output);
  }
  const nuclei_output output = {.path = wish->output.path,
                                .classes = wish->classes,
                                .frame_codec = wish->output.frame_codec,
                                .replace = wish->output.replace,
                                .threads = wish->output.threads};
  return nuclei_make(&wish->slide, &output);
}

static int run(int argc, char **argv) {
  struct wish wish = {.body = {.labels = PHANTOM_DEFAULT_LABELS, .size = {512, 512, 400}},
                      .slide = {.tile = {NUCLEI_TILE, NUCLEI_TILE}}};
  cli_args args;
  cli_args_begin(&args, &cmd_phantom, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    if (id == CLI_STOP) {
      return args.exit_code;
    }
    if (!set_option(&args, id, &wish)) {
      return CLI_USAGE;
    }
  }
  if (args.name_count != 1) {
    return cli_usage_error(&cmd_phantom, "one OUTPUT is expected");
  }
  wish.output.path = args.names[0];
  int code = wish.nuclei ? take_slide_size(&wish) : take_body_size(&wish);
  if (code == CLI_OK) {
    code = check_name(wish.output.path, wish.output.frame_codec, wish.nuclei);
  }
  if (code == CLI_OK) {
    code = make(&wish);
    cli_remove_guarded();
  }
  return code;
}
