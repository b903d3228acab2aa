/* SPDX-License-Identifier: Apache-2.0 */
/* do_convert.c - `dseg batch --do convert`: UIDs follow from the input's, the options and the versions, and dates are
 * those of the input, so that the same input gives the same bytes on every machine. */
#include <string.h>

#include "batch/batch.h"
#include "cli/environment.h"
#include "dseg/version.h"

static bool take(const cli_args *args, int id, batch_settings *settings) {
  return convert_take(args, id, &settings->convert);
}

/* An option that takes a part of the input, or changes voxels: what comes out is not the input. NULL: none is given. */
static const char *what_changes(const dseg_convert_options *options) {
  return options->segment_count > 0                                                              ? "segments"
         : options->first_plane > 0                                                              ? "planes"
         : options->threshold > 0                                                                ? "threshold"
         : options->overlap == DSEG_OVERLAP_TO_FIRST || options->overlap == DSEG_OVERLAP_TO_LAST ? "overlap"
                                                                                                 : NULL;
}

static int check(const cli_command *command, batch_settings *settings) {
  convert_request *request = &settings->convert;
  const char *format = request->options.format;
  const bool detached =
      format != NULL && (strcmp(format, ".hdr") == 0 || strcmp(format, ".nhdr") == 0 || strcmp(format, ".mhd") == 0);
  const char *change = settings->verify ? what_changes(&request->options) : NULL;
  if (detached) {
    return cli_usage_error(
        command, "--format %s: its voxels are a file of their own, and a batch writes one for each input", format + 1);
  }
  if (change != NULL) {
    return cli_usage_error(command, "--verify compares with the whole input, and --%s changes what is taken of it",
                           change);
  }
  request->output = format != NULL && strcmp(format, "dicom") != 0 ? format : "output.dcm";
  request->options.references = request->references;
  request->options.segments = request->segments;
  request->options.encoding_options = request->encoding_options;
  request->options.value_maps = request->maps;
  settings->sync = request->sync;
  return convert_check(command, request);
}

static bool is_dicom_output(const batch_settings *settings) {
  const char *format = settings->convert.options.format;
  return format == NULL || strcmp(format, "dicom") == 0;
}

static void tell_message(void *user, dseg_message_kind kind, const char *file, const char *message) {
  (void)kind;
  batch_note(user, cli_without_file(message, file));
}

/* What options say of how an input is read. */
static dseg_open_options open_options(batch_task *task, bool is_dicom) {
  const dseg_convert_options *options = &task->run->settings->convert.options;
  const dseg_warning_sink warnings = {batch_note, &task->warnings};
  dseg_open_options open = {.padded_bit_frames = options->padded_bit_frames, .warnings = warnings, .notes = warnings};
  if (!is_dicom) {
    open.value_maps = options->value_maps;
    open.value_map_count = options->value_map_count;
    open.background = options->background;
    open.has_background = options->has_background;
    open.round = options->round;
    open.all_volumes = options->all_volumes;
    open.volume = options->volume;
    memcpy(open.spacing, options->spacing, sizeof open.spacing);
  }
  return open;
}

/* What UIDs are derived from: the input's own, or its bytes where it has none, the options, and what has a say in how
 * bytes come out. */
static dseg_status make_seed(const batch_task *task, const dseg_encoding_info *info, char seed[65], dseg_error *error) {
  const batch_settings *settings = task->run->settings;
  char input[65];
  char versions[65];
  char text[400];
  if (info->sop_instance_uid != NULL) {
    (void)snprintf(input, sizeof input, "%s", info->sop_instance_uid);
  } else {
    DSEG_TRY(batch_hash_file(task->object->path, input, error));
  }
  batch_hash_text(dseg_build_libraries(), versions);
  (void)snprintf(text, sizeof text, "dseg batch\n%s\n%s\n%s\n%s\n", input, settings->options_sha256, dseg_version(),
                 versions);
  batch_hash_text(text, seed);
  return DSEG_OK;
}

static dseg_status convert(batch_task *task, dseg_source *input, dseg_error *error) {
  const batch_settings *settings = task->run->settings;
  const dseg_encoding_info *info = dseg_source_encoding(input);
  const dseg_output output =
      dseg_output_to_file(task->stage, DSEG_OUTPUT_REPLACE | (settings->sync ? DSEG_OUTPUT_SYNC : 0U), NULL);
  dseg_convert_options options = settings->convert.options;
  dseg_convert_result *result = NULL;
  char seed[65];
  if (is_dicom_output(settings)) {
    DSEG_TRY(make_seed(task, info, seed, error));
    cli_fix_date(); /* for an input without a date */
    options.uid_seed = seed;
    options.date_time = info->content_date_time != NULL ? info->content_date_time : cli_date_time();
    options.format = "dicom";
  }
  options.struct_size = sizeof options;
  options.threads = 1;
  options.temporary_directory = cli_temporary_directory();
  options.memory_limit = settings->memory;
  options.messages = (dseg_message_sink){tell_message, &task->warnings};
  options.option_names = convert_option_names;
  options.option_name_count = DSEG_OPTION_COUNT;
  const dseg_status status = dseg_write(input, &output, &options, &result, error);
  if (status == DSEG_OK && result != NULL) {
    task->has_counts = true;
    task->frames = result->files[0]->frames;
    task->segments = result->segment_count;
  }
  dseg_convert_result_destroy(result);
  return status;
}

/* Aspects that a conversion changes by itself, or options do. */
static unsigned ignored(const batch_settings *settings) {
  const dseg_convert_options *options = &settings->convert.options;
  unsigned ignore = DSEG_ASPECT_NUMBERS; /* BINARY numbers from 1 */
  ignore |= options->grid != DSEG_GRID_INPUT ? DSEG_ASPECT_EXTENT : 0U;
  ignore |= options->metadata != NULL ? DSEG_ASPECT_NAMES | DSEG_ASPECT_CODES | DSEG_ASPECT_COLORS |
                                            DSEG_ASPECT_DETAILS | DSEG_ASPECT_PROVENANCE
                                      : 0U;
  ignore |= options->algorithm_name != NULL || options->algorithm_type != DSEG_ALGORITHM_AS_SAID
                ? DSEG_ASPECT_DETAILS | DSEG_ASPECT_PROVENANCE
                : 0U;
  ignore |= options->reference_count > 0 ? DSEG_ASPECT_PROVENANCE : 0U;
  return ignore;
}

static dseg_status look(batch_task *task, dseg_source *input, dseg_source **output, dseg_error *error) {
  const batch_settings *settings = task->run->settings;
  DSEG_TRY(batch_open(task, task->stage, NULL, output, error));
  DSEG_TRY(batch_look(task, *output, error));
  return settings->verify ? batch_verify(task, input, *output, ignored(settings), false, error) : DSEG_OK;
}

static dseg_status work(batch_task *task, dseg_error *error) {
  const dseg_open_options options = open_options(task, cli_is_dicom(task->object->path));
  dseg_source *input = NULL;
  dseg_source *output = NULL;
  DSEG_TRY(batch_open(task, task->object->path, &options, &input, error));
  dseg_status status = convert(task, input, error);
  if (status == DSEG_OK) {
    status = look(task, input, &output, error);
  }
  dseg_source_close(input);
  dseg_source_close(output);
  return status;
}

const batch_kind batch_convert = {.name = "convert",
                                  .options = convert_options_table,
                                  .writes = true,
                                  .volumes = true,
                                  .take = take,
                                  .check = check,
                                  .work = work};
