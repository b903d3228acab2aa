/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_segimage2itkimage.c - dcmqi's command line that makes label volumes and JSON of a DICOM segmentation.
 *
 * A file for each segment, or with --mergeSegments for each group of segments that do not overlap; a label map is one
 * file in any case. Files are called PREFIX-1.nrrd, PREFIX-2.nrrd, ..., and PREFIX-meta.json. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "dcmqi/dcmqi.h"

enum { OPTION_INPUT, OPTION_DIRECTORY, OPTION_PREFIX, OPTION_TYPE, OPTION_MERGE };

static const cli_option options_table[] = {
    {OPTION_INPUT, "inputDICOM", "FILE", false, "Input and output", "The DICOM segmentation."},
    {OPTION_DIRECTORY, "outputDirectory", "DIR", false, NULL, "An existing directory; files in it are replaced."},
    {OPTION_PREFIX, "p", "TEXT", false, NULL, "The same as --prefix."},
    {OPTION_PREFIX, "prefix", "TEXT", false, NULL, "Names begin with TEXT and a hyphen."},
    {OPTION_TYPE, "t", "TYPE", false, NULL, "The same as --outputType."},
    {OPTION_TYPE, "outputType", "nrrd|mhd|mha|nii|nifti|hdr|img", false, NULL,
     "The format: nrrd by default; nii and nifti are .nii.gz, hdr and img a pair of these."},
    {OPTION_MERGE, "mergeSegments", NULL, false, NULL,
     "As few files as overlap allows, rather than one for each segment."},
    DCMQI_COMMON_OPTIONS};

static int run(int argc, char **argv);

const cli_command cmd_segimage2itkimage = {"segimage2itkimage",
                                           "dcmqi's command line: a DICOM segmentation to label volumes and JSON.",
                                           "--inputDICOM FILE --outputDirectory DIR [options]",
                                           "The exit code is 0 or 1. docs/dcmqi.md says what differs from dcmqi.",
                                           options_table,
                                           run};

static const char *const types[] = {"nrrd", "mhd", "mha", "nii", "nifti", "hdr", "img", NULL};
static const char *const suffixes[] = {".nrrd", ".mhd", ".mha", ".nii.gz", ".nii.gz", ".hdr", ".hdr"};

typedef struct command_line {
  const char *input;
  const char *directory; /* never NULL */
  const char *prefix;
  int type;
  dcmqi_request request;
} command_line;

static int parse(int argc, char **argv, command_line *line) {
  dcmqi_request *request = &line->request;
  cli_args args;
  cli_args_begin(&args, &cmd_segimage2itkimage, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    switch (id) {
      case CLI_STOP: request->common.stop = true; return args.exit_code;
      case OPTION_INPUT: line->input = args.value; break;
      case OPTION_DIRECTORY: line->directory = args.value; break;
      case OPTION_PREFIX: line->prefix = args.value; break;
      case OPTION_MERGE: request->options.files = DSEG_FILES_BY_LAYER_COUNTED; break;
      case OPTION_TYPE:
        if (!cli_choice(&args, types, &line->type)) {
          return CLI_USAGE;
        }
        break;
      default: dcmqi_take_common(&request->common, id, argc, argv); break;
    }
    if (request->common.stop) {
      return CLI_OK;
    }
  }
  const char *const required[] = {"inputDICOM", line->input, "outputDirectory",
                                  *line->directory != '\0' ? line->directory : NULL, NULL};
  return dcmqi_check(&args, required);
}

/* DIRECTORY/PREFIXend; malloc'd, NULL when out of memory. */
static char *output_name(const command_line *line, const char *end) {
  const size_t size = strlen(line->directory) + strlen(line->prefix) + strlen(end) + 2;
  char *path = malloc(size);
  if (path != NULL) {
    snprintf(path, size, "%s/%s%s", line->directory, line->prefix, end);
  }
  return path;
}

/* Files get numbers behind the prefix. */
static int convert(command_line *line) {
  dcmqi_request *request = &line->request;
  const bool has_prefix = *line->prefix != '\0';
  const char *suffix = suffixes[line->type];
  char *path = output_name(line, has_prefix ? suffix : "");
  char *metadata = output_name(line, has_prefix ? "-meta.json" : "meta.json");
  int exit_code = CLI_INPUT;
  if (path == NULL || metadata == NULL) {
    cli_error(NULL, "out of memory");
  } else {
    request->inputs = &line->input;
    request->output = path;
    request->metadata = metadata;
    request->options.format = suffix;
    exit_code = dcmqi_convert(request);
  }
  free(path);
  free(metadata);
  return exit_code;
}

static int run(int argc, char **argv) {
  command_line line = {.directory = "",
                       .prefix = "",
                       .request = {.common = {.command = &cmd_segimage2itkimage},
                                   .input_count = 1,
                                   .from_dicom = true,
                                   .options = {.files = DSEG_FILES_BY_SEGMENT_COUNTED,
                                               .metadata_for_dcmqi = true,
                                               .numbering = DSEG_NUMBERS_AS_STORED,
                                               .keep_background = true,
                                               .ascending = true,
                                               .stored_fractions = true}}};
  int exit_code = parse(argc, argv, &line);
  if (exit_code == CLI_OK && !line.request.common.stop) {
    exit_code = convert(&line);
  }
  return dcmqi_exit_code(exit_code);
}
