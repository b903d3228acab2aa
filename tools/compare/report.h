/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - the options of `dseg compare`, and what it prints of a comparison. */
#ifndef DSEG_TOOLS_COMPARE_REPORT_H
#define DSEG_TOOLS_COMPARE_REPORT_H

#include "cli/volumes.h"
#include "dseg/compare.h"

/* What options of `dseg compare` say, which `dseg batch` has, too. */
typedef struct compare_request {
  bool json;
  dseg_compare_options options;
  cli_volume_choice volume;
  bool instances; /* the values of volumes are */
} compare_request;

extern const cli_option compare_options_table[];

/* cmd_compare.c: takes the option that cli_next returned; false after a message. */
bool compare_take(const cli_args *args, int id, compare_request *request);

/* One of the two. */
typedef struct compare_side {
  const char *path;
  dseg_source *source;
} compare_side;

void compare_report_text(const dseg_comparison *comparison, const compare_side *a, const compare_side *b);
void compare_report_json(const dseg_comparison *comparison, const compare_side *a, const compare_side *b);

#endif
