/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_convert.c - `dseg convert`: from any segmentation or label volume to DICOM or a research format. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/environment.h"
#include "convert/convert.h"
#include "os/os.h"

static int run(int argc, char **argv);

const cli_command cmd_convert = {"convert",
                                 "Convert segmentations and label volumes.",
                                 "INPUT... OUTPUT [options]",
                                 "INPUT: DICOM segmentation, NIfTI, NRRD, seg.nrrd or MetaImage; content decides.\n"
                                 "Several make one segmentation: segments of different files may overlap. A\n"
                                 "directory stands for the segmentations that lie directly in it.\n"
                                 "OUTPUT, by suffix: .dcm .seg (DICOM), .nii .nii.gz .hdr .nrrd .nhdr\n"
                                 ".seg.nrrd .mha .mhd, or by --format. It appears only when it is complete.\n"
                                 "One INPUT may be -, standard input, and OUTPUT may be -, standard output.",
                                 convert_options_table,
                                 run};

/* Converts, with the files of set, which get their names when all is done. */
static int convert_into(convert_request *request, dseg_input *const *inputs, dseg_output_set *set) {
  const double start = os_seconds();
  const unsigned flags = (request->force ? DSEG_OUTPUT_REPLACE : 0u) | (request->sync ? DSEG_OUTPUT_SYNC : 0u);
  const dseg_output output = cli_output(request->output, flags, set);
  const dseg_output metadata = dseg_output_to_file(request->write_metadata, flags, set);
  cli_progress progress;
  cli_progress frames;
  convert_messages messages = {.count = 0};
  dseg_convert_options options = request->options;
  options.struct_size = sizeof options;
  options.inputs = inputs;
  options.output_name = request->output;
  options.metadata_output = request->write_metadata != NULL ? &metadata : NULL;
  options.date_time = options.uid_seed != NULL ? cli_date_time() : NULL;
  options.temporary_directory = cli_temporary_directory();
  options.memory_limit = cli_memory_limit();
  options.progress = cli_progress_sink(&progress);
  options.frame_progress = cli_progress_sink(&frames);
  options.messages = convert_message_sink(&messages);
  options.option_names = convert_option_names;
  options.option_name_count = DSEG_OPTION_COUNT;
  dseg_convert_result *result = NULL;
  dseg_error error;
  cli_progress_begin(&progress, request->output);
  cli_progress_begin(&frames, "compressing frames");
  dseg_status status = dseg_convert(request->inputs.names, request->inputs.count, &output, &options, &result, &error);
  int exit_code = CLI_OK;
  if (status == DSEG_OK) {
    status = dseg_output_set_commit(set, &error);
    exit_code = status == DSEG_OK ? CLI_OK : cli_fail(request->output, status, &error);
  } else {
    exit_code = convert_fail(result, status, &error);
  }
  cli_progress_end(&progress);
  convert_messages_end(&messages);
  if (exit_code == CLI_OK && request->json) {
    convert_report(result, options.files != DSEG_FILES_ONE, os_seconds() - start);
  }
  dseg_convert_result_destroy(result);
  return exit_code;
}

/* Standard input is an input of the set by the file that it is redirected from. */
static dseg_status open_standard_input(const convert_request *request, dseg_input **inputs, dseg_output_set *set,
                                       dseg_error *error) {
  for (size_t i = 0; i < request->inputs.count; i++) {
    if (request->inputs.names[i] == cli_standard_input) {
      DSEG_TRY(cli_add_inputs(set, &request->inputs.names[i], 1, error));
      DSEG_TRY(cli_open_input(cli_standard_input, &inputs[i], error));
    }
  }
  return DSEG_OK;
}

static int execute(convert_request *request) {
  dseg_output_set *set = dseg_output_set_create();
  dseg_input **inputs = calloc(request->inputs.count, sizeof(dseg_input *));
  int exit_code = CLI_INPUT;
  if (set == NULL || inputs == NULL) {
    cli_error(NULL, "out of memory");
  } else {
    dseg_error error;
    const dseg_status status = open_standard_input(request, inputs, set, &error);
    exit_code = status == DSEG_OK ? convert_into(request, inputs, set) : cli_fail(cli_standard_input, status, &error);
  }
  free(inputs);
  dseg_output_set_destroy(set);
  return exit_code;
}

static int run(int argc, char **argv) {
  convert_request request = {.output = NULL};
  /* No list can be longer than the command line. */
  request.references = calloc((size_t)argc + 1, sizeof *request.references);
  request.segments = calloc((size_t)argc + 1, sizeof *request.segments);
  request.encoding_options = calloc((size_t)argc + 1, sizeof *request.encoding_options);
  request.options = (dseg_convert_options){.references = request.references,
                                           .segments = request.segments,
                                           .encoding_options = request.encoding_options,
                                           .value_maps = request.maps};
  int exit_code = CLI_INPUT;
  if (request.references == NULL || request.segments == NULL || request.encoding_options == NULL) {
    cli_error(NULL, "out of memory");
  } else {
    cli_args args;
    cli_args_begin(&args, &cmd_convert, argc, argv);
    exit_code = convert_parse(&args, &request);
    if (exit_code == CLI_OK && request.output == cli_standard_output && !cli_check_standard_output()) {
      exit_code = CLI_OUTPUT;
    }
    if (exit_code == CLI_OK && request.output != NULL) {
      exit_code = execute(&request);
    }
  }
  cli_inputs_end(&request.inputs);
  free(request.references);
  free(request.segments);
  free(request.encoding_options);
  return exit_code;
}
