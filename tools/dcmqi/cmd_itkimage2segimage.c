/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_itkimage2segimage.c - dcmqi's command line that makes a DICOM segmentation of label volumes and JSON. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "dcmqi/dcmqi.h"

enum {
  OPTION_METADATA,
  OPTION_OUTPUT,
  OPTION_IMAGES,
  OPTION_DICOM_LIST,
  OPTION_DICOM_DIRECTORY,
  OPTION_SKIP,
  OPTION_GEOMETRY_CHECK,
  OPTION_NO_VALUE_CHECKS,
  OPTION_LABEL_IDS,
  OPTION_TYPE,
  OPTION_COMPRESS
};

static const cli_option options_table[] = {
    {OPTION_METADATA, "inputMetadata", "FILE", false, "Input and output", "What the labels mean, in dcmqi's JSON."},
    {OPTION_OUTPUT, "outputDICOM", "FILE", false, NULL, "The object to write; replaced if it exists."},
    {OPTION_DICOM_LIST, "inputDICOMList", "FILE,...", false, NULL, "The DICOM images that were segmented."},
    {OPTION_DICOM_DIRECTORY, "inputDICOMDirectory", "DIR", false, NULL,
     "The same as a directory, which is searched to its depth."},
    {OPTION_IMAGES, "inputImageList", "FILE,...", false, NULL,
     "Label volumes (NRRD, NIfTI, MetaImage); segments of different files may overlap."},
    {OPTION_SKIP, "skip", "0|1", false, "How it is written",
     "1 (the default): no frames without a voxel. 0: a frame for every slice, of every segment."},
    {OPTION_GEOMETRY_CHECK, "referencesGeometryCheck", "0|1", false, NULL,
     "1 (the default): a frame refers to the image that lies in its plane. 0: every frame refers to all images."},
    {OPTION_NO_VALUE_CHECKS, "noDicomValueChecks", NULL, false, NULL,
     "Accepted, without effect: values of the images are taken over as they are."},
    {OPTION_LABEL_IDS, "useLabelIDAsSegmentNumber", NULL, false, NULL,
     "Segment Numbers are the labels, not 1, 2, 3, ... in the order of files and labels."},
    {OPTION_TYPE, "segmentationType", "binary|labelmap", false, NULL, "The kind of object; binary by default."},
    {OPTION_COMPRESS, "compress", "none|deflate|rle", false, NULL,
     "deflate: the whole data set; rle: each frame. Not compressed by default."},
    DCMQI_COMMON_OPTIONS};

static int run(int argc, char **argv);

const cli_command cmd_itkimage2segimage = {"itkimage2segimage",
                                           "dcmqi's command line: label volumes and JSON to a DICOM segmentation.",
                                           "--inputImageList FILE,... --inputMetadata FILE --inputDICOMDirectory DIR\n"
                                           "                              --outputDICOM FILE [options]",
                                           "The exit code is 0 or 1. docs/dcmqi.md says what differs from dcmqi.",
                                           options_table,
                                           run};

static const char *const types[] = {"binary", "labelmap", NULL};
static const char *const compressions[] = {"none", "deflate", "rle", NULL};
static const char *const codecs[] = {"explicit-le", "deflated", "rle"};

static bool take_switch(const cli_args *args, bool *is_on) {
  int64_t number = 0;
  if (!cli_integer(args, INT32_MIN, INT32_MAX, &number)) {
    return false;
  }
  *is_on = number != 0;
  return true;
}

typedef struct command_line {
  const char **images;
  const char **references;
  dcmqi_request request;
} command_line;

/* False after a message. */
static bool set_option(const cli_args *args, int id, command_line *line) {
  dcmqi_request *request = &line->request;
  dseg_convert_options *options = &request->options;
  bool is_on = false;
  int index = 0;
  switch (id) {
    case OPTION_METADATA: options->metadata = args->value; return true;
    case OPTION_OUTPUT: request->output = args->value; return true;
    case OPTION_IMAGES: return dcmqi_split(dcmqi_value(args), &line->images, &request->input_count);
    case OPTION_DICOM_LIST: return dcmqi_split(dcmqi_value(args), &line->references, &options->reference_count);
    case OPTION_DICOM_DIRECTORY: {
      const char **grown = realloc(line->references, (options->reference_count + 1) * sizeof *grown);
      if (grown == NULL) {
        cli_error(NULL, "out of memory for the names of inputs");
        return false;
      }
      line->references = grown;
      line->references[options->reference_count++] = args->value;
      return true;
    }
    case OPTION_SKIP:
      if (!take_switch(args, &is_on)) {
        return false;
      }
      options->empty_frames = is_on ? DSEG_EMPTY_OMIT : DSEG_EMPTY_KEEP;
      return true;
    case OPTION_GEOMETRY_CHECK:
      if (!take_switch(args, &is_on)) {
        return false;
      }
      options->shared_references = !is_on;
      return true;
    case OPTION_LABEL_IDS: options->numbering = DSEG_NUMBERS_OF_FILES; return true;
    case OPTION_TYPE:
      if (!cli_choice(args, types, &index)) {
        return false;
      }
      options->representation = types[index];
      return true;
    case OPTION_COMPRESS:
      if (!cli_choice(args, compressions, &index)) {
        return false;
      }
      options->frame_codec = codecs[index];
      return true;
    default: dcmqi_take_common(&request->common, id, args->argc, args->argv); return true;
  }
}

static int parse(int argc, char **argv, command_line *line) {
  dcmqi_request *request = &line->request;
  dseg_convert_options *options = &request->options;
  cli_args args;
  cli_args_begin(&args, &cmd_itkimage2segimage, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    if (id == CLI_STOP) {
      request->common.stop = true;
      return args.exit_code;
    }
    if (!set_option(&args, id, line)) {
      return CLI_USAGE;
    }
    if (request->common.stop) {
      return CLI_OK;
    }
  }
  request->inputs = line->images;
  options->references = line->references;
  const char *references = options->reference_count > 0 ? line->references[0] : NULL;
  const char *images = request->input_count > 0 ? line->images[0] : NULL;
  const char *const required[] = {"inputImageList",
                                  images,
                                  "inputMetadata",
                                  options->metadata,
                                  "outputDICOM",
                                  request->output,
                                  "inputDICOMDirectory or --inputDICOMList",
                                  references,
                                  NULL};
  return dcmqi_check(&args, required);
}

static int run(int argc, char **argv) {
  command_line line = {.request = {.common = {.command = &cmd_itkimage2segimage},
                                   .options = {.representation = "binary",
                                               .slice_axis = DSEG_SLICES_K, /* dcmqi does not turn planes */
                                               .numbering = DSEG_NUMBERS_COUNT_BY_FILE,
                                               .complete_metadata = true,
                                               .require_segment = true,
                                               .format = "dicom",
                                               .frame_codec = "explicit-le",
                                               .empty_frames = DSEG_EMPTY_OMIT}}};
  int exit_code = parse(argc, argv, &line);
  if (exit_code == CLI_OK && !line.request.common.stop) {
    exit_code = dcmqi_convert(&line.request);
  }
  free(line.images);
  free(line.references);
  return dcmqi_exit_code(exit_code);
}
