/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_bin2labelsegimage.c - dcmqi's command line that makes a LABELMAP of a BINARY segmentation. */
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

typedef struct command_line {
  const char *input;
  dseg_option_value values[2]; /* of the representation */
  dcmqi_request request;
} command_line;

static void add_option(command_line *line, const char *name, int64_t value) {
  line->values[line->request.options.encoding_option_count++] = (dseg_option_value){name, value};
}

static int parse(int argc, char **argv, command_line *line) {
  dcmqi_request *request = &line->request;
  cli_args args;
  cli_args_begin(&args, &cmd_bin2labelsegimage, argc, argv);
  bool palette = false;
  bool wide = false;
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    int index = 0;
    switch (id) {
      case CLI_STOP: request->common.stop = true; return args.exit_code;
      case OPTION_INPUT: line->input = args.value; break;
      case OPTION_OUTPUT: request->output = args.value; break;
      case OPTION_PALETTE: palette = true; break;
      case OPTION_16_BIT: wide = true; break;
      case OPTION_NO_CHECK: break;
      case OPTION_COMPRESS:
        if (!cli_choice(&args, compressions, &index)) {
          return CLI_USAGE;
        }
        request->options.frame_codec = codecs[index];
        break;
      default: dcmqi_take_common(&request->common, id, argc, argv); break;
    }
    if (request->common.stop) {
      return CLI_OK;
    }
  }
  if (palette) {
    add_option(line, "palette", 1);
  }
  if (wide) {
    add_option(line, "bits", 16);
  }
  const char *const required[] = {"inputDICOM", line->input, "outputDICOM", request->output, NULL};
  return dcmqi_check(&args, required);
}

static int run(int argc, char **argv) {
  command_line line = {.request = {.common = {.command = &cmd_bin2labelsegimage},
                                   .input_count = 1,
                                   .from_dicom = true,
                                   .options = {.representation = "labelmap",
                                               .slice_axis = DSEG_SLICES_K, /* dcmqi does not turn planes */
                                               .frame_codec = "explicit-le",
                                               .format = "dicom",
                                               .numbering = DSEG_NUMBERS_AS_STORED,
                                               .empty_frames = DSEG_EMPTY_KEEP}}};
  line.request.inputs = &line.input;
  line.request.options.encoding_options = line.values;
  int exit_code = parse(argc, argv, &line);
  if (exit_code == CLI_OK && !line.request.common.stop) {
    exit_code = dcmqi_convert(&line.request);
  }
  return dcmqi_exit_code(exit_code);
}
