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
  dcmqi_common common;
  const char *input;
  const char *directory;
  const char *prefix;
  int type;
  bool merge;
} command_line;

static int parse(int argc, char **argv, command_line *request) {
  cli_args args;
  cli_args_begin(&args, &cmd_segimage2itkimage, argc, argv);
  for (int id = cli_next(&args); id != CLI_END; id = cli_next(&args)) {
    switch (id) {
      case CLI_STOP: request->common.stop = true; return args.exit_code;
      case OPTION_INPUT: request->input = args.value; break;
      case OPTION_DIRECTORY: request->directory = args.value; break;
      case OPTION_PREFIX: request->prefix = args.value; break;
      case OPTION_MERGE: request->merge = true; break;
      case OPTION_TYPE:
        if (!cli_choice(&args, types, &request->type)) {
          return CLI_USAGE;
        }
        break;
      default: dcmqi_take_common(&request->common, id, argc, argv); break;
    }
    if (request->common.stop) {
      return CLI_OK;
    }
  }
  const char *const required[] = {"inputDICOM", request->input, "outputDirectory", request->directory, NULL};
  return dcmqi_check(&args, required);
}

/* DIRECTORY/PREFIX-name; malloc'd, NULL when out of memory. */
static char *output_name(const command_line *request, const char *name) {
  const size_t size = strlen(request->directory) + strlen(request->prefix) + strlen(name) + 3;
  char *path = malloc(size);
  if (path != NULL) {
    snprintf(path, size, "%s/%s%s%s", request->directory, request->prefix, *request->prefix != '\0' ? "-" : "", name);
  }
  return path;
}

/* Which file each segment goes to, from 0. */
static dseg_status choose_groups(convert_job *job, bool merge, uint32_t *group_of, size_t *group_count,
                                 dseg_error *error) {
  const size_t count = job->target->segment_count;
  if (dseg_source_description(job->source)->kind == DSEG_VOXELS_LABELS) {
    *group_count = 1;
    return DSEG_OK;
  }
  if (merge && !job->fractions) {
    return convert_assign_layers(job, group_of, group_count, error);
  }
  for (size_t i = 0; i < count; i++) {
    group_of[i] = (uint32_t)i;
  }
  *group_count = count;
  return DSEG_OK;
}

static int name_files(const command_line *request, convert_job *job, size_t count) {
  for (size_t i = 0; i < count; i++) {
    char name[48];
    snprintf(name, sizeof name, "%zu%s", i + 1, suffixes[request->type]);
    char *path = output_name(request, name);
    const bool added = path != NULL && convert_add_file(job, path);
    free(path);
    if (!added) {
      return convert_fail_memory(job);
    }
  }
  return CLI_OK;
}

static int write_metadata(const command_line *request, convert_job *job, const uint32_t *group_of, size_t group_count) {
  const dseg_description *target = job->target;
  char *path = output_name(request, "meta.json");
  dseg_segment_origin *origins = calloc(target->segment_count + 1, sizeof *origins);
  if (path == NULL || origins == NULL) {
    free(path);
    free(origins);
    return convert_fail_memory(job);
  }
  for (size_t i = 0; i < target->segment_count; i++) {
    origins[i] = (dseg_segment_origin){group_of[i], target->segments[i].number};
  }
  const dseg_metadata_files files = {.struct_size = sizeof(dseg_metadata_files),
                                     .count = group_count,
                                     .origins = origins,
                                     .all_texts = true,
                                     .set = job->outputs};
  dseg_error error = {0};
  const dseg_status status = dseg_metadata_write(path, target, &files, true, &error);
  int exit_code = status == DSEG_OK ? CLI_OK : convert_fail_output(job, path, status, &error);
  if (exit_code == CLI_OK && !convert_add_file(job, path)) {
    exit_code = convert_fail_memory(job);
  }
  free(path);
  free(origins);
  return exit_code;
}

static int write_files(const command_line *request, convert_job *job) {
  uint32_t *group_of = calloc(job->target->segment_count + 1, sizeof *group_of);
  if (group_of == NULL) {
    return convert_fail_memory(job);
  }
  size_t group_count = 0;
  dseg_error error = {0};
  const dseg_status status = choose_groups(job, request->merge, group_of, &group_count, &error);
  int exit_code = status == DSEG_OK ? CLI_OK : convert_fail_input(job, status, &error);
  if (exit_code == CLI_OK) {
    exit_code = name_files(request, job, group_count);
  }
  if (exit_code == CLI_OK) {
    exit_code = convert_write_groups(job, group_of);
  }
  if (exit_code == CLI_OK) {
    exit_code = write_metadata(request, job, group_of, group_count);
  }
  free(group_of);
  return exit_code;
}

static int convert(const command_line *request) {
  const convert_options options = {.inputs = &request->input,
                                   .input_count = 1,
                                   .output = request->directory,
                                   .format = dseg_volume_format_of(suffixes[request->type]),
                                   .force = true,
                                   .is_dcmqi = true,
                                   .keep_background = true,
                                   .ascending = true,
                                   .stored_fractions = true};
  convert_job job;
  int exit_code = convert_prepare(&job, &options);
  if (exit_code == CLI_OK && strcmp(dseg_source_format(job.source), "DICOM") != 0) {
    cli_error(request->input, "is no DICOM segmentation");
    exit_code = CLI_INPUT;
  }
  if (exit_code == CLI_OK) {
    exit_code = write_files(request, &job);
  }
  if (exit_code == CLI_OK) {
    exit_code = convert_commit(&job);
  }
  if (exit_code == CLI_OK) {
    dcmqi_report(&request->common, &job);
  }
  convert_finish(&job);
  return exit_code;
}

static int run(int argc, char **argv) {
  command_line request = {.common = {.command = &cmd_segimage2itkimage}, .prefix = ""};
  int exit_code = parse(argc, argv, &request);
  if (exit_code == CLI_OK && !request.common.stop) {
    exit_code = convert(&request);
  }
  return dcmqi_exit_code(exit_code);
}
