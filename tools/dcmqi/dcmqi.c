/* SPDX-License-Identifier: Apache-2.0 */
/* dcmqi.c - what the three command lines of dcmqi share. */
#include "dcmqi/dcmqi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "cli/text_out.h"

void dcmqi_take_common(dcmqi_common *common, int id, int argc, char **argv) {
  switch (id) {
    case DCMQI_VERBOSE: common->verbose = true; break;
    case DCMQI_XML:
      dcmqi_show_xml(common->command);
      common->stop = true;
      break;
    case DCMQI_ECHO:
      for (int i = 0; i < argc; i++) {
        cli_print("%s%s", i > 0 ? " " : "", argv[i]);
      }
      (void)putchar('\n');
      break;
    default: break;
  }
}

char *dcmqi_value(const cli_args *args) {
  char *argument = args->argv[args->position - 1];
  return argument + (args->value - argument);
}

bool dcmqi_split(char *text, const char ***list, size_t *count) {
  while (*text != '\0') {
    char *end = text + strcspn(text, ",");
    const bool last = *end == '\0';
    *end = '\0';
    if (*text != '\0') {
      const char **grown = realloc(*list, (*count + 1) * sizeof *grown);
      if (grown == NULL) {
        cli_error(NULL, "out of memory for the names of inputs");
        return false;
      }
      *list = grown;
      grown[(*count)++] = text;
    }
    text = last ? end : end + 1;
  }
  return true;
}

int dcmqi_check(const cli_args *args, const char *const *required) {
  if (args->name_count > 0) {
    return cli_usage_error(args->command, "\"%s\" is no option", args->names[0]);
  }
  for (; *required != NULL; required += 2) {
    if (required[1] == NULL) {
      return cli_usage_error(args->command, "--%s is missing", *required);
    }
  }
  return CLI_OK;
}

int dcmqi_exit_code(int exit_code) {
  return exit_code == CLI_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void report(const dseg_convert_result *result) {
  for (size_t i = 0; i < result->file_count; i++) {
    cli_note(result->files[i]->path, "written");
  }
  if (result->metadata != NULL) {
    cli_note(result->metadata->path, "written");
  }
}

/* Names of options, for messages: those of dseg convert where the command lines have none. */
static const char *const option_names[DSEG_OPTION_COUNT] = {
    [DSEG_OPTION_SEGMENTS] = "dseg convert --segments",   [DSEG_OPTION_OVERLAP] = "dseg convert --overlap",
    [DSEG_OPTION_THRESHOLD] = "dseg convert --threshold", [DSEG_OPTION_METADATA] = "--inputMetadata",
    [DSEG_OPTION_REFERENCES] = "--inputDICOMList",        [DSEG_OPTION_REPRESENTATION] = "--segmentationType"};

/* An object is opened here, so that other files are told apart. */
static dseg_status write_object(dcmqi_request *request, const dseg_output *output, const dseg_open_options *open,
                                dseg_convert_result **result, dseg_error *error) {
  dseg_source *source = NULL;
  DSEG_TRY(dseg_open(request->inputs[0], open, &source, error));
  dseg_status status = DSEG_OK;
  if (strcmp(dseg_source_format(source), "DICOM") != 0) {
    status = dseg_fail(error, DSEG_ERROR_FORMAT, "%s: is no DICOM segmentation", request->inputs[0]);
  } else {
    status = dseg_write(source, output, &request->options, result, error);
  }
  dseg_source_close(source);
  return status;
}

static dseg_status convert(dcmqi_request *request, dseg_output_set *set, cli_warnings *warnings,
                           dseg_convert_result **result, dseg_error *error) {
  const dseg_output output = dseg_output_to_file(request->output, DSEG_OUTPUT_REPLACE, set);
  const dseg_output metadata = dseg_output_to_file(request->metadata, DSEG_OUTPUT_REPLACE, set);
  const dseg_open_options open = {.struct_size = sizeof open,
                                  .warnings = cli_warning_sink(warnings),
                                  .keep_context = true,
                                  .temporary_directory = cli_temporary_directory(),
                                  .memory_limit = cli_memory_limit(),
                                  .outputs = set};
  request->options.metadata_output = request->metadata != NULL ? &metadata : NULL;
  DSEG_TRY(request->from_dicom
               ? write_object(request, &output, &open, result, error)
               : dseg_convert(request->inputs, request->input_count, &output, &request->options, result, error));
  return dseg_output_set_commit(set, error);
}

int dcmqi_convert(dcmqi_request *request) {
  cli_progress progress;
  cli_progress frames;
  cli_warnings warnings = {.file = request->inputs[0]};
  convert_messages messages = {.count = 0};
  request->options.struct_size = sizeof request->options;
  request->options.temporary_directory = cli_temporary_directory();
  request->options.memory_limit = cli_memory_limit();
  request->options.progress = cli_progress_sink(&progress);
  request->options.frame_progress = cli_progress_sink(&frames);
  request->options.messages = convert_message_sink(&messages);
  request->options.option_names = option_names;
  request->options.option_name_count = DSEG_OPTION_COUNT;
  dseg_output_set *set = dseg_output_set_create();
  if (set == NULL) {
    cli_error(NULL, "out of memory");
    return CLI_INPUT;
  }
  dseg_convert_result *result = NULL;
  dseg_error error;
  cli_progress_begin(&progress, request->output);
  cli_progress_begin(&frames, "compressing frames");
  const dseg_status status = convert(request, set, &warnings, &result, &error);
  cli_progress_end(&progress);
  cli_warnings_end(&warnings);
  convert_messages_end(&messages);
  const int exit_code = status == DSEG_OK ? CLI_OK : convert_fail(result, status, &error);
  if (exit_code == CLI_OK && request->common.verbose && result != NULL) {
    report(result);
  }
  dseg_convert_result_destroy(result);
  dseg_output_set_destroy(set);
  return exit_code;
}
