/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - what was written, as JSON. */
#include <stdio.h>

#include "cli/json_out.h"
#include "convert/convert.h"
#include "os/os.h"

static void report_file(json_out *json, const dseg_convert_result *result, const dseg_written_file *file, bool split) {
  json_begin_object(json, NULL);
  json_put_string(json, "file", file->path);
  json_put_unsigned(json, "bytes", file->bytes);
  if (file->sop_instance_uid != NULL) {
    json_put_unsigned(json, "frames", file->frames);
    json_put_string(json, "representation", result->representation);
    json_put_string(json, "frame_codec", result->frame_codec);
    json_put_string(json, "transfer_syntax_uid", result->transfer_syntax_uid);
    json_put_string(json, "sop_instance_uid", file->sop_instance_uid);
    json_put_unsigned(json, "pixel_data_bytes", file->pixel_data_bytes);
  } else if (file->layers > 0 && !split) {
    json_put_unsigned(json, "layers", file->layers);
  }
  json_end(json);
}

void convert_report(const dseg_convert_result *result, bool split, double seconds) {
  json_out json = {.stream = stdout};
  json_begin_object(&json, NULL);
  json_begin_array(&json, "files");
  for (size_t i = 0; i < result->file_count; i++) {
    report_file(&json, result, result->files[i], split);
  }
  json_end(&json);
  json_put_unsigned(&json, "segments", result->segment_count);
  json_put_unsigned(&json, "rows", result->rows);
  json_put_unsigned(&json, "columns", result->columns);
  json_put_unsigned(&json, "planes", result->plane_count);
  json_put_real(&json, "seconds", seconds);
  json_put_unsigned(&json, "peak_memory_bytes", os_peak_memory());
  json_end(&json);
}
