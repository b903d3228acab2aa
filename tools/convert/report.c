/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - what was written, as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "cli/json_out.h"
#include "convert/convert.h"
#include "os/os.h"

bool convert_add_file(convert_job *job, const char *path) {
  convert_result *result = &job->result;
  char **files = realloc(result->files, (result->file_count + 1) * sizeof *files);
  if (files == NULL) {
    return false;
  }
  result->files = files;
  files[result->file_count] = malloc(strlen(path) + 1);
  if (files[result->file_count] == NULL) {
    return false;
  }
  memcpy(files[result->file_count++], path, strlen(path) + 1);
  return true;
}

/* What an object that was just written says of itself. */
static int report_object(json_out *json, const char *path) {
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options),
                                     .temporary_directory = cli_temporary_directory()};
  dseg_source *source = NULL;
  dseg_error error;
  const dseg_status status = dseg_open(path, &options, &source, &error);
  if (status != DSEG_OK) {
    return cli_fail(path, status, &error);
  }
  const dseg_encoding_info *info = dseg_source_encoding(source);
  json_put_unsigned(json, "frames", info->frame_count);
  json_put_string(json, "representation", info->representation);
  json_put_string(json, "frame_codec", info->frame_codec);
  json_put_string(json, "transfer_syntax_uid", info->transfer_syntax_uid);
  json_put_string(json, "sop_instance_uid", info->sop_instance_uid);
  json_put_unsigned(json, "pixel_data_bytes", info->pixel_data_bytes);
  dseg_source_close(source);
  return CLI_OK;
}

static int report_file(const convert_job *job, json_out *json, const char *path) {
  int exit_code = CLI_OK;
  json_begin_object(json, NULL);
  json_put_string(json, "file", path);
  json_put_unsigned(json, "bytes", os_file_size(path));
  if (job->format == NULL) {
    exit_code = report_object(json, path);
  } else if (!job->options->split) {
    json_put_unsigned(json, "layers", job->result.layers);
  }
  json_end(json);
  return exit_code;
}

/* The parts of a concatenation stand beside the name that was asked for: stem-1.dcm, stem-2.dcm, ... */
static int report_parts(const convert_job *job, json_out *json, const char *path) {
  const char *dot = strrchr(os_path_name(path), '.');
  const size_t stem = dot != NULL ? (size_t)(dot - path) : strlen(path);
  const size_t size = strlen(path) + 24;
  char *name = malloc(size);
  if (name == NULL) {
    return convert_fail_memory(job);
  }
  int exit_code = CLI_OK;
  for (unsigned part = 1; exit_code == CLI_OK; part++) {
    snprintf(name, size, "%.*s-%u%s", (int)stem, path, part, path + stem);
    if (os_file_size(name) == 0) {
      break;
    }
    exit_code = report_file(job, json, name);
  }
  free(name);
  return exit_code;
}

int convert_report(const convert_job *job, double seconds) {
  const dseg_geometry *geometry = &job->target->geometry;
  json_out json = {.stream = stdout};
  json_begin_object(&json, NULL);
  json_begin_array(&json, "files");
  int exit_code = CLI_OK;
  for (size_t i = 0; exit_code == CLI_OK && i < job->result.file_count; i++) {
    const char *path = job->result.files[i];
    exit_code = os_file_size(path) == 0 ? report_parts(job, &json, path) : report_file(job, &json, path);
  }
  json_end(&json);
  json_put_unsigned(&json, "segments", job->target->segment_count);
  json_put_unsigned(&json, "rows", geometry->rows);
  json_put_unsigned(&json, "columns", geometry->columns);
  json_put_unsigned(&json, "planes", geometry->plane_count);
  json_put_real(&json, "seconds", seconds);
  json_put_unsigned(&json, "peak_memory_bytes", os_peak_memory());
  json_end(&json);
  return exit_code;
}
