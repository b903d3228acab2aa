/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - makes a dseg_convert_result (dseg/convert.h) while a conversion runs. */
#include "convert/report.h"

#include <stdlib.h>
#include <string.h>

dseg_convert_report *dseg_convert_report_create(void) {
  return calloc(1, sizeof(dseg_convert_report));
}

const char *dseg_convert_report_text(dseg_convert_report *report, const char *text, dseg_status *status) {
  if (text == NULL) {
    return NULL;
  }
  const size_t size = strlen(text) + 1;
  char *copy = dseg_arena_alloc(&report->arena, size);
  if (copy == NULL) {
    *status = DSEG_ERROR_MEMORY;
    return NULL;
  }
  return memcpy(copy, text, size);
}

static dseg_status copy_file(dseg_convert_report *report, const dseg_written_file *file, dseg_written_file *copy,
                             dseg_error *error) {
  dseg_status status = DSEG_OK;
  *copy = *file;
  copy->path = dseg_convert_report_text(report, file->path, &status);
  copy->sop_instance_uid = dseg_convert_report_text(report, file->sop_instance_uid, &status);
  return status == DSEG_OK ? DSEG_OK : dseg_fail(error, status, "out of memory for the names of what was written");
}

dseg_status dseg_convert_report_add(dseg_convert_report *report, const dseg_written_file *file, dseg_error *error) {
  dseg_convert_result *result = &report->result;
  if (result->file_count == report->room) {
    const size_t room = report->room > 0 ? 2 * report->room : 4;
    const dseg_written_file **grown = realloc(report->files, room * sizeof(dseg_written_file *));
    if (grown == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the names of %zu files", room);
    }
    report->files = grown;
    report->room = room;
    result->files = grown;
  }
  dseg_written_file *copy = dseg_arena_alloc(&report->arena, sizeof *copy);
  if (copy == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the names of what was written");
  }
  DSEG_TRY(copy_file(report, file, copy, error));
  report->files[result->file_count++] = copy;
  return DSEG_OK;
}

dseg_status dseg_convert_report_metadata(dseg_convert_report *report, const dseg_written_file *file,
                                         dseg_error *error) {
  DSEG_TRY(copy_file(report, file, &report->metadata, error));
  report->result.metadata = &report->metadata;
  return DSEG_OK;
}

void dseg_convert_result_destroy(dseg_convert_result *result) {
  if (result != NULL) {
    dseg_convert_report *report = (dseg_convert_report *)result;
    dseg_arena_free(&report->arena);
    free(report->files);
    free(report);
  }
}
