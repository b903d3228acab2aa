/* SPDX-License-Identifier: Apache-2.0 */
/* instances.c - `dseg info` of instances: how many of each class, how large they are, and a table of all of them. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "info/info.h"

static size_t class_of(const dseg_instances *instances, size_t index) {
  return instances->segments != NULL ? instances->segments[index] : 0;
}

dseg_status info_count_instances(info_file *file, dseg_error *error) {
  const dseg_instances *instances = file->description->instances;
  if (instances == NULL) {
    return DSEG_OK;
  }
  file->instances_of = calloc(file->description->segment_count + 1, sizeof *file->instances_of);
  if (file->instances_of == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for segments");
  }
  for (size_t i = 0; i < instances->count; i++) {
    file->instances_of[class_of(instances, i)]++;
  }
  return DSEG_OK;
}

dseg_status info_read_instance_statistics(info_file *file, unsigned threads, dseg_error *error) {
  if (file->description->instances == NULL || !file->regular) {
    return DSEG_OK;
  }
  cli_progress progress;
  cli_progress_begin(&progress, file->path);
  const dseg_instance_statistics_options options = {.struct_size = sizeof(dseg_instance_statistics_options),
                                                    .threads = threads,
                                                    .progress = cli_progress_sink(&progress),
                                                    .memory_limit = cli_memory_limit()};
  const dseg_status status = dseg_source_instance_statistics(file->source, &options, &file->instance_statistics, error);
  cli_progress_end(&progress);
  return status;
}

void info_show_instances(const info_file *file) {
  const dseg_instances *instances = file->description->instances;
  const dseg_instance_statistics *statistics = file->instance_statistics;
  if (instances == NULL) {
    return;
  }
  cli_print("  %-22s %zu%s%s\n", "instances", instances->count,
            instances->confidence != NULL ? ", with confidence" : "", instances->boxes != NULL ? ", with boxes" : "");
  if (instances->uid_root != NULL) {
    cli_print("  %-22s %s.1 to %s.%zu\n", "UIDs of instances", instances->uid_root, instances->uid_root,
              instances->count);
  }
  if (statistics != NULL) {
    cli_print("  %-22s %zu have voxels: %" PRIu64 " to %" PRIu64 " each, the median %" PRIu64 "\n", "",
              statistics->present, statistics->least, statistics->most, statistics->median);
  }
}

void info_put_instances(const info_file *file, json_out *json) {
  const dseg_instances *instances = file->description->instances;
  const dseg_instance_statistics *statistics = file->instance_statistics;
  if (instances == NULL) {
    return;
  }
  json_begin_object(json, "instances");
  json_put_unsigned(json, "count", instances->count);
  json_put_bool(json, "confidence", instances->confidence != NULL);
  json_put_bool(json, "boxes", instances->boxes != NULL);
  json_put_bool(json, "other_numbers", instances->numbers != NULL);
  json_put_string(json, "uid_root", instances->uid_root);
  if (statistics != NULL) {
    json_put_unsigned(json, "present", statistics->present);
    json_put_unsigned(json, "least_voxels", statistics->least);
    json_put_unsigned(json, "median_voxels", statistics->median);
    json_put_unsigned(json, "most_voxels", statistics->most);
  }
  json_end(json);
}

/* A label as a field of a table: in quotes where it has a comma, a quote or a line break. */
static dseg_status append_label(dseg_buffer *text, const char *label, dseg_error *error) {
  if (strpbrk(label, ",\"\r\n") == NULL) {
    return dseg_buffer_printf(text, error, ",%s", label);
  }
  DSEG_TRY(dseg_buffer_append(text, ",\"", 2, error));
  for (const char *at = label; *at != '\0'; at++) {
    DSEG_TRY(dseg_buffer_append(text, *at == '"' ? "\"\"" : at, *at == '"' ? 2 : 1, error));
  }
  return dseg_buffer_append(text, "\"", 1, error);
}

/* What an instance without a voxel has no box and centroid in. */
#define NO_PLACE ",,,,,,,,,"

static dseg_status append_line(const info_file *file, size_t index, dseg_buffer *text, dseg_error *error) {
  const dseg_instances *instances = file->description->instances;
  const dseg_instance_statistics *statistics = file->instance_statistics;
  const dseg_segment *segment = &file->description->segments[class_of(instances, index)];
  const uint64_t voxels = statistics->voxels[index];
  DSEG_TRY(dseg_buffer_printf(text, error, "%" PRIu32, dseg_instance_original_number(instances, (uint32_t)index + 1)));
  DSEG_TRY(append_label(text, segment->label, error));
  if (instances->confidence != NULL) {
    DSEG_TRY(dseg_buffer_printf(text, error, ",%.9g", (double)instances->confidence[index]));
  }
  DSEG_TRY(dseg_buffer_printf(text, error, ",%" PRIu64, voxels));
  if (isfinite(statistics->voxel_size)) {
    DSEG_TRY(dseg_buffer_printf(text, error, ",%.9g", (double)voxels * statistics->voxel_size));
  }
  if (voxels == 0) {
    return dseg_buffer_printf(text, error, NO_PLACE "\n");
  }
  const uint32_t *box = statistics->boxes + 6 * index;
  const double *centroid = statistics->centroids + 3 * index;
  return dseg_buffer_printf(text, error,
                            ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%.9g,%.9g,%.9g\n",
                            box[0], box[1], box[2], box[3], box[4], box[5], centroid[0], centroid[1], centroid[2]);
}

static dseg_status make_table(const info_file *file, dseg_buffer *text, dseg_error *error) {
  static const char *const sizes[] = {"", ",volume_ml", ",area_mm2"}; /* by dseg_size_unit */
  const dseg_instances *instances = file->description->instances;
  DSEG_TRY(dseg_buffer_printf(
      text, error,
      "instance,class%s,voxels%s,first_column,first_row,first_plane,last_column,last_row,"
      "last_plane,centroid_column,centroid_row,centroid_plane\n",
      instances->confidence != NULL ? ",confidence" : "",
      isfinite(file->instance_statistics->voxel_size) ? sizes[file->instance_statistics->unit] : ""));
  for (size_t i = 0; i < instances->count; i++) {
    DSEG_TRY(append_line(file, i, text, error));
  }
  return DSEG_OK;
}

dseg_status info_write_instances(const info_file *file, const dseg_output *output, dseg_error *error) {
  if (file->description->instances == NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "there are no instances for a table; --instances takes the values of a volume for instances");
  }
  if (file->instance_statistics == NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "planes are on no regular grid, so that instances have no boxes for a table");
  }
  dseg_buffer text = {0};
  dseg_status status = make_table(file, &text, error);
  if (status == DSEG_OK) {
    status = dseg_output_put(output, (dseg_view){text.data, text.size}, error);
  }
  dseg_buffer_free(&text);
  return status;
}
