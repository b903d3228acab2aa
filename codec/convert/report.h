/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - makes a dseg_convert_result (dseg/convert.h) while a conversion runs. */
#ifndef DSEG_CONVERT_REPORT_H
#define DSEG_CONVERT_REPORT_H

#include "base/arena.h"
#include "dseg/convert.h"

/* All that it points to is in its arena. */
typedef struct dseg_convert_report {
  dseg_convert_result result; /* the first member: dseg_convert_result_destroy frees the whole */
  dseg_arena_block *arena;
  const dseg_written_file **files; /* those of result */
  size_t room;
  dseg_written_file metadata;
} dseg_convert_report;

/* NULL when out of memory. */
dseg_convert_report *dseg_convert_report_create(void);
/* Copies file with its texts behind the others. DSEG_ERROR_MEMORY. */
dseg_status dseg_convert_report_add(dseg_convert_report *report, const dseg_written_file *file, dseg_error *error);
/* The same for the metadata. */
dseg_status dseg_convert_report_metadata(dseg_convert_report *report, const dseg_written_file *file, dseg_error *error);
/* A copy of text, NULL for NULL; *status becomes DSEG_ERROR_MEMORY where there is no memory for it. */
const char *dseg_convert_report_text(dseg_convert_report *report, const char *text, dseg_status *status);

#endif
