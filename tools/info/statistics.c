/* SPDX-License-Identifier: Apache-2.0 */
/* statistics.c - `dseg info --statistics`: how much each segment is, and where. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "info/info.h"

enum { CELL = 64 }; /* bytes of a cell of the table */

static const char *const size_headings[] = {"size", "ml", "mm2"}; /* by dseg_size_unit */
static const char *const size_keys[] = {NULL, "volume_ml", "area_mm2"};

dseg_status info_read_statistics(info_file *file, unsigned threads, dseg_error *error) {
  cli_progress progress;
  cli_progress_begin(&progress, file->path);
  const dseg_statistics_options options = {
      .struct_size = sizeof(dseg_statistics_options), .threads = threads, .progress = cli_progress_sink(&progress)};
  const dseg_status status = dseg_source_statistics(file->source, &options, &file->statistics, error);
  cli_progress_end(&progress);
  return status;
}

/* "first-last" by axis: columns, rows, planes. */
static void format_box(const dseg_segment_statistics *segment, char cell[CELL]) {
  if (segment->voxels == 0) {
    snprintf(cell, CELL, "-");
    return;
  }
  snprintf(cell, CELL, "%zu-%zu, %zu-%zu, %zu-%zu", segment->low[0], segment->high[0] - 1, segment->low[1],
           segment->high[1] - 1, segment->low[2], segment->high[2] - 1);
}

static void format_centroid(const dseg_segment_statistics *segment, char cell[CELL]) {
  const double *mm = segment->centroid_mm;
  if (segment->voxels == 0 || !isfinite(mm[0] + mm[1] + mm[2])) {
    snprintf(cell, CELL, "-");
    return;
  }
  snprintf(cell, CELL, "%.2f, %.2f, %.2f", mm[0] + 0.0, mm[1] + 0.0, mm[2] + 0.0); /* no negative zero */
}

static void format_size(const dseg_segment_statistics *segment, char cell[CELL]) {
  if (isfinite(segment->size)) {
    snprintf(cell, CELL, "%.6g", segment->size);
  } else {
    snprintf(cell, CELL, "-");
  }
}

static size_t wider(size_t width, const char *cell) {
  return strlen(cell) > width ? strlen(cell) : width;
}

void info_show_statistics(const info_file *file) {
  const dseg_statistics *statistics = file->statistics;
  char box[CELL];
  char centroid[CELL];
  char size[CELL];
  size_t box_width = strlen("columns, rows, planes");
  size_t centroid_width = strlen("centroid [mm]");
  for (size_t i = 0; i < statistics->segment_count; i++) {
    format_box(statistics->segments[i], box);
    format_centroid(statistics->segments[i], centroid);
    box_width = wider(box_width, box);
    centroid_width = wider(centroid_width, centroid);
  }
  cli_print("  %-22s %s\n", "statistics",
            statistics->fractions ? "voxels above 0; sizes by fraction"
            : statistics->overlap ? "segments overlap: each counts all its voxels"
                                  : "no segments overlap");
  if (statistics->segment_count > 0) {
    cli_print("  number  %12s  %10s  %-*s  %-*s  in planes  label\n", "voxels", size_headings[statistics->unit],
              (int)box_width, "columns, rows, planes", (int)centroid_width, "centroid [mm]");
  }
  for (size_t i = 0; i < statistics->segment_count; i++) {
    const dseg_segment_statistics *segment = statistics->segments[i];
    format_box(segment, box);
    format_centroid(segment, centroid);
    format_size(segment, size);
    cli_print("  %6" PRIu32 "  %12" PRIu64 "  %10s  %-*s  %-*s  %9zu  %s\n", file->description->segments[i].number,
              segment->voxels, size, (int)box_width, box, (int)centroid_width, centroid, segment->plane_count,
              file->description->segments[i].label);
  }
}

static void put_voxel(json_out *json, const char *key, const size_t index[3], size_t back) {
  json_begin_inline_array(json, key);
  for (int axis = 0; axis < 3; axis++) {
    json_put_unsigned(json, NULL, index[axis] - back);
  }
  json_end(json);
}

void info_put_segment_statistics(const info_file *file, size_t index, json_out *json) {
  const dseg_statistics *statistics = file->statistics;
  const dseg_segment_statistics *segment = statistics->segments[index];
  json_begin_object(json, "statistics");
  json_put_unsigned(json, "voxels", segment->voxels);
  if (statistics->fractions) {
    json_put_real(json, "amount", segment->amount);
  }
  if (size_keys[statistics->unit] != NULL) {
    json_put_real(json, size_keys[statistics->unit], segment->size);
  }
  if (segment->voxels > 0) {
    put_voxel(json, "first_voxel", segment->low, 0);
    put_voxel(json, "last_voxel", segment->high, 1);
    json_put_reals(json, "first_voxel_mm", segment->low_mm, 3);
    json_put_reals(json, "last_voxel_mm", segment->high_mm, 3);
    json_put_reals(json, "centroid", segment->centroid, 3);
    json_put_reals(json, "centroid_mm", segment->centroid_mm, 3);
    json_put_unsigned(json, "planes", segment->plane_count);
    json_put_unsigned(json, "first_plane", segment->first_plane);
    json_put_unsigned(json, "last_plane", segment->last_plane);
  }
  json_end(json);
}

void info_put_statistics(const info_file *file, json_out *json) {
  const dseg_statistics *statistics = file->statistics;
  json_begin_object(json, "statistics");
  if (statistics->unit == DSEG_SIZE_MILLILITRES) {
    json_put_real(json, "voxel_ml", statistics->voxel_size);
  } else if (statistics->unit == DSEG_SIZE_SQUARE_MILLIMETRES) {
    json_put_real(json, "pixel_mm2", statistics->voxel_size);
  }
  json_put_bool(json, "overlap", statistics->overlap);
  json_end(json);
}
