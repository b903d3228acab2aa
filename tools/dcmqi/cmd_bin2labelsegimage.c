/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_bin2labelsegimage.c - dcmqi's command line that makes a LABELMAP of a BINARY segmentation. */
#include <string.h>

#include "cli/commands.h"
#include "dcmqi/dcmqi.h"

enum { OPTION_INPUT, OPTION_OUTPUT, OPTION_PALETTE, OPTION_COMPRESS, OPTION_16_BIT, OPTION_NO_CHECK };

static const cli_option options_table[] = {
    {OPTION_INPUT, "inputDICOM", "FILE", false, "Input and output",
     "The DICOM segmentation, whose segments must not overlap."},
    {OPTION_OUTPUT, "outputDICOM", "FILE", false, NULL, "The object to write; replaced if it exists."},
    {OPTION_PALETTE, "usePalette", NULL, false, "How it is written",
     "PALETTE COLOR, the segments' colours in the palette; MONOCHROME2 otherwise."},
    {OPTION_COMPRESS, "compress", "none|rle|deflate", false, NULL,
     "rle: each frame; deflate: the whole data set. Not compressed by default."},
    {OPTION_16_BIT, "force16Bit", NULL, false, NULL, "Pixels of 16 bits even where 8 are enough."},
    {OPTION_NO_CHECK, "noCheck", NULL, false, NULL, "Accepted, without effect."},
    DCMQI_COMMON_OPTIONS};

static int run(int argc, char **argv);

const cli_command cmd_bin2labelsegimage = {"bin2labelsegimage",
                                           "dcmqi's command line: a BINARY segmentation to a LABELMAP.",
                                           "--inputDICOM FILE --outputDICOM FILE [options]",
                                           "The exit code is 0 or 1. docs/dcmqi.md says what differs from dcmqi.",
                                           options_table,
                                           run};

static const char *const compressions[] = {"none", "rle", "deflate", NULL};
static const char *const codecs[] = {"explicit-le", "rle", "deflated"};

/* An option of the representation. */
static void add_option(convert_options *options, const char *name, int64_t value) {
  options->options[options->option_count++] = (dseg_option_value){name, value};
}

static int parse(int argc, char **argv, dcmqi_common *common, const char **input, convert_options *options) {
  cli_args args;
  cli_args_begin(&args, &cmd_bin2labelsegimage, argc, argv);
  bool palette = false;
  bool wide = false;
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    int index = 0;
    switch (id) {
      case CLI_STOP: common->stop = true; return args.exit_code;
      case OPTION_INPUT: *input = args.value; break;
      case OPTION_OUTPUT: options->output = args.value; break;
      case OPTION_PALETTE: palette = true; break;
      case OPTION_16_BIT: wide = true; break;
      case OPTION_NO_CHECK: break;
      case OPTION_COMPRESS:
        if (!cli_choice(&args, compressions, &index)) {
          return CLI_USAGE;
        }
        options->write.frame_codec = codecs[index];
        break;
      default: dcmqi_take_common(common, id, argc, argv); break;
    }
    if (common->stop) {
      return CLI_OK;
    }
  }
  if (palette) {
    add_option(options, "palette", 1);
  }
  if (wide) {
    add_option(options, "bits", 16);
  }
  const char *const required[] = {"inputDICOM", *input, "outputDICOM", options->output, NULL};
  return dcmqi_check(&args, required);
}

static int convert(const dcmqi_common *common, const convert_options *options) {
  convert_job job;
  int exit_code = convert_prepare(&job, options);
  if (exit_code == CLI_OK && strcmp(dseg_source_format(job.source), "DICOM") != 0) {
    cli_error(options->inputs[0], "is no DICOM segmentation");
    exit_code = CLI_INPUT;
  }
  if (exit_code == CLI_OK) {
    exit_code = convert_to_dicom(&job);
  }
  if (exit_code == CLI_OK) {
    exit_code = convert_commit(&job);
  }
  if (exit_code == CLI_OK) {
    dcmqi_report(common, &job);
  }
  convert_finish(&job);
  return exit_code;
}

static int run(int argc, char **argv) {
  dcmqi_common common = {.command = &cmd_bin2labelsegimage};
  const char *input = NULL;
  dseg_option_value values[2];
  convert_options options = {.options = values,
                             .representation = "labelmap",
                             .force = true,
                             .is_dcmqi = true,
                             .write = {.frame_codec = "explicit-le", .empty_frames = DSEG_EMPTY_KEEP}};
  int exit_code = parse(argc, argv, &common, &input, &options);
  if (exit_code == CLI_OK && !common.stop) {
    options.inputs = &input;
    options.input_count = 1;
    exit_code = convert(&common, &options);
  }
  return dcmqi_exit_code(exit_code);
}
