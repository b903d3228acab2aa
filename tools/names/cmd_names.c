/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_names.c - `dseg names`: what the segments of an input are called, what codes and colours they have, and where
 * these come from; and the same as dcmqi's JSON, to be edited. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/streams.h"
#include "names/names.h"

enum { OPTION_NAMES, OPTION_OUTPUT, OPTION_JSON, OPTION_PRESENT_ONLY, OPTION_FORCE };

static const cli_option options_table[] = {
    {OPTION_NAMES, "names", "FILE|totalsegmentator|freesurfer", false, "Names",
     "A table of names, as in dseg convert: what it says of the segments, and what it does not."},
    {OPTION_PRESENT_ONLY, "present-only", NULL, false, NULL,
     "A plain list of numbers and names may have some that no voxel has."},
    {OPTION_OUTPUT, "output", "JSON", false, "Output",
     "Write dcmqi's JSON, to edit and to give to dseg convert --names. Segments without a code have that of Tissue "
     "there."},
    {OPTION_JSON, "json", NULL, false, NULL, "Write that JSON to standard output, in place of the table."},
    {OPTION_FORCE, "force", NULL, false, NULL, "Replace a file that exists."},
    {0, NULL, NULL, false, NULL, NULL}};

static int run(int argc, char **argv);

const cli_command cmd_names = {"names",
                               "Show names, codes and colours of segments, and what has no code.",
                               "INPUT... [options]",
                               "INPUT as in dseg convert. Nothing is converted; voxels are looked at for the numbers\n"
                               "that occur.",
                               options_table,
                               run};

typedef struct names_request {
  const char *names; /* NULL: none */
  const char *output;
  bool json, present_only, force;
} names_request;

/* The table may have added segments, or made regions of them. */
static dseg_status complete_origins(names_found *found, dseg_error *error) {
  const size_t count = found->description->segment_count;
  dseg_segment_origin *origins = calloc(count + 1, sizeof *origins);
  if (origins == NULL || found->origins == NULL) {
    free(origins);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
  }
  for (size_t i = 0; i < count; i++) {
    origins[i] = found->changes != NULL ? found->changes[i].origin : found->origins[i];
  }
  free(found->origins);
  found->origins = origins;
  return DSEG_OK;
}

static dseg_status apply(const names_request *request, const cli_inputs *inputs, names_found *found,
                         cli_warnings *warnings, dseg_error *error) {
  const dseg_metadata_files files = {.struct_size = sizeof files,
                                     .count = inputs->count,
                                     .origins = found->origins,
                                     .names = inputs->names,
                                     .segments = &found->changes};
  const char *table = request->names;
  const dseg_names_options options = {.struct_size = sizeof options,
                                      .files = &files,
                                      .present_only = request->present_only,
                                      .warnings = cli_warning_sink(warnings),
                                      .notes = cli_note_sink(&table),
                                      .named = &found->named,
                                      .kind = &found->kind};
  return dseg_names_apply(request->names, found->description, &options, error);
}

/* The description of the inputs, with names. */
static dseg_status find(const names_request *request, const cli_inputs *inputs, names_found *found,
                        cli_warnings *warnings, dseg_error *error) {
  const char *file = inputs->count == 1 ? inputs->names[0] : NULL;
  const dseg_open_options options = {.struct_size = sizeof options,
                                     .warnings = cli_warning_sink(warnings),
                                     .describe_only = 1,
                                     .notes = cli_note_sink(&file)};
  dseg_source *source = NULL;
  DSEG_TRY(cli_open(inputs->names, inputs->count, &options, &source, error));
  dseg_status status = dseg_description_copy(dseg_source_description(source), &found->description, error);
  const size_t count = dseg_source_description(source)->segment_count;
  found->origins = calloc(count + 1, sizeof *found->origins);
  if (status == DSEG_OK && found->origins == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu segments", count);
    status = DSEG_ERROR_MEMORY;
  }
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    found->origins[i] = dseg_source_segment_origin(source, i);
  }
  dseg_source_close(source);
  if (status == DSEG_OK && request->names != NULL) {
    status = apply(request, inputs, found, warnings, error);
  }
  return status == DSEG_OK ? complete_origins(found, error) : status;
}

static dseg_status write_json(const cli_inputs *inputs, const names_found *found, const dseg_output *output,
                              dseg_error *error) {
  const dseg_metadata_files files = {
      .struct_size = sizeof files, .count = inputs->count, .origins = found->origins, .names = inputs->names};
  return dseg_metadata_write_to(output, found->description, &files, error);
}

/* Into a file, which is no input, or to standard output. */
static dseg_status write_all(const names_request *request, const cli_inputs *inputs, const names_found *found,
                             dseg_error *error) {
  if (request->output != NULL) {
    dseg_output_set *set = dseg_output_set_create();
    if (set == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
    }
    const dseg_output output = dseg_output_to_file(request->output, request->force ? DSEG_OUTPUT_REPLACE : 0, set);
    dseg_status status = cli_add_inputs(set, inputs->names, inputs->count, error);
    if (status == DSEG_OK && request->names != NULL) {
      status = dseg_output_set_add_input(set, request->names, error);
    }
    if (status == DSEG_OK) {
      status = write_json(inputs, found, &output, error);
    }
    if (status == DSEG_OK) {
      status = dseg_output_set_commit(set, error);
    }
    dseg_output_set_destroy(set);
    DSEG_TRY(status);
  }
  if (!request->json) {
    names_show(found);
    return DSEG_OK;
  }
  dseg_buffer text = {0};
  const dseg_output output = dseg_output_to_buffer(&text);
  const dseg_status status = write_json(inputs, found, &output, error);
  if (status == DSEG_OK) {
    (void)fwrite(text.data, 1, text.size, stdout); /* main.c looks whether it failed */
  }
  dseg_buffer_free(&text);
  return status;
}

static int execute(const names_request *request, const cli_inputs *inputs) {
  const char *file = inputs->count == 1 ? inputs->names[0] : NULL;
  names_found found = {.description = NULL};
  cli_warnings warnings = {.file = file};
  dseg_error error = {0};
  dseg_status status = find(request, inputs, &found, &warnings, &error);
  cli_warnings_end(&warnings);
  if (status == DSEG_OK) {
    status = write_all(request, inputs, &found, &error);
    file = status == DSEG_OK ? file : request->output;
  }
  if (status == DSEG_OK) {
    names_note_uncoded(file, &found);
  }
  dseg_description_destroy(found.description);
  free(found.origins);
  return status == DSEG_OK ? CLI_OK : cli_fail(file, status, &error);
}

static int run(int argc, char **argv) {
  names_request request = {.names = NULL};
  cli_args args;
  cli_args_begin(&args, &cmd_names, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    switch (id) {
      case OPTION_NAMES: request.names = args.value; break;
      case OPTION_OUTPUT: request.output = args.value; break;
      case OPTION_JSON: request.json = true; break;
      case OPTION_PRESENT_ONLY: request.present_only = true; break;
      case OPTION_FORCE: request.force = true; break;
      default: return args.exit_code;
    }
  }
  if (args.name_count == 0) {
    return cli_usage_error(&cmd_names, "no INPUT");
  }
  if ((request.output != NULL && cli_is_stream(request.output)) ||
      (request.names != NULL && cli_is_stream(request.names))) {
    return cli_usage_error(&cmd_names, "names are read from and written to files only; a file named - is ./-");
  }
  if (!cli_take_standard_input(&cmd_names, args.names, args.name_count)) {
    return CLI_USAGE;
  }
  cli_inputs inputs;
  int exit_code = cli_inputs_find(args.names, (size_t)args.name_count, CLI_ANY_SEGMENTATION, &inputs);
  if (exit_code == CLI_OK) {
    exit_code = execute(&request, &inputs);
  }
  cli_inputs_end(&inputs);
  return exit_code;
}
