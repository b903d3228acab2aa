/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - which arguments of `dseg convert` go together. */
#include <string.h>

#include "convert/convert.h"

/* What concerns "-" among the arguments. */
static int check_streams(const cli_command *command, const convert_request *request) {
  const bool is_stream = request->output == cli_standard_output;
  if ((request->options.metadata != NULL && cli_is_stream(request->options.metadata)) ||
      (request->write_metadata != NULL && cli_is_stream(request->write_metadata))) {
    return cli_usage_error(command, "JSON is read from and written to files only; a file named - is ./-");
  }
  if (!is_stream) {
    return CLI_OK;
  }
  if (request->options.format == NULL) {
    return cli_usage_error(command, "OUTPUT -: --format has to say what is written to standard output");
  }
  if (request->json) {
    return cli_usage_error(command, "--json writes to standard output, and so does OUTPUT -");
  }
  const bool split = request->options.files != DSEG_FILES_ONE;
  if (split || request->options.concatenation || request->sync) {
    return cli_usage_error(command, "--%s is for files, and OUTPUT - is standard output",
                           split                            ? "split"
                           : request->options.concatenation ? "concatenation"
                                                            : "sync");
  }
  return CLI_OK;
}

int convert_check(const cli_command *command, convert_request *request) {
  dseg_convert_options *options = &request->options;
  const char *name = options->format != NULL ? options->format : request->output;
  const bool dicom = strcmp(name, "dicom") == 0 || dseg_is_dicom_name(name);
  const int streams = check_streams(command, request);
  if (streams != CLI_OK) {
    return streams;
  }
  if (!dicom && dseg_volume_format_of(name) == NULL) {
    return cli_usage_error(command,
                           "OUTPUT \"%s\": what to write is told by its suffix: .dcm .seg .nii .nii.gz .hdr .nrrd "
                           ".nhdr .seg.nrrd .mha or .mhd",
                           request->output);
  }
  options->classes = dicom ? request->classes : NULL;
  options->write_classes = dicom ? NULL : request->classes;
  const dseg_representation *representation =
      options->representation != NULL ? dseg_find_representation(options->representation) : NULL;
  const bool instances = representation != NULL && (representation->flags & DSEG_PLUGIN_INSTANCES) != 0;
  if (!instances && (options->classes != NULL || options->slide || options->tile_rows > 0)) {
    return cli_usage_error(command, "--%s needs --as instance-labels or segment-ranges",
                           options->classes != NULL ? "classes"
                           : options->slide         ? "slide"
                                                    : "tile");
  }
  if (dicom && request->volume_only != NULL) {
    return cli_usage_error(command, "--%s is for volumes, and %s is DICOM", request->volume_only, request->output);
  }
  if (!dicom && request->dicom_only != NULL) {
    return cli_usage_error(command, "--%s is for DICOM output, and %s is not", request->dicom_only, request->output);
  }
  const bool says_algorithm = options->algorithm_name != NULL || options->algorithm_type != DSEG_ALGORITHM_AS_SAID;
  if (!dicom && request->write_metadata == NULL && (says_algorithm || options->require_codes != 0)) {
    return cli_usage_error(command,
                           "--%s is for DICOM output and --write-metadata; %s holds neither algorithm nor codes",
                           options->require_codes != 0       ? "require-codes"
                           : options->algorithm_name != NULL ? "algorithm"
                                                             : "algorithm-type",
                           request->output);
  }
  const dseg_frame_codec *codec = dseg_find_frame_codec(options->frame_codec);
  if (request->offset_table_given && (codec == NULL || (codec->flags & DSEG_PLUGIN_NATIVE) != 0)) {
    return cli_usage_error(command, "--offset-table needs a --transfer-syntax with encapsulated frames (PS3.5 A.4)");
  }
  if (options->grid == DSEG_GRID_REFERENCE && options->reference_count == 0) {
    return cli_usage_error(command, "--grid reference needs --reference");
  }
  if (options->slice_axis != DSEG_SLICES_AUTO &&
      (options->grid == DSEG_GRID_REFERENCE || options->grid == DSEG_GRID_FILE)) {
    return cli_usage_error(command, "--slice-axis: --grid %s decides how planes lie",
                           options->grid == DSEG_GRID_FILE ? "FILE" : "reference");
  }
  if (!dicom && options->reference_count > 0 && options->grid != DSEG_GRID_REFERENCE) {
    return cli_usage_error(command, "--reference gives a volume nothing without --grid reference");
  }
  return CLI_OK;
}
