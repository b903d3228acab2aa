/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - what `dseg compare` prints of a comparison. */
#ifndef DSEG_TOOLS_COMPARE_REPORT_H
#define DSEG_TOOLS_COMPARE_REPORT_H

#include "dseg/compare.h"

/* One of the two. */
typedef struct compare_side {
  const char *path;
  dseg_source *source;
} compare_side;

void compare_report_text(const dseg_comparison *comparison, const compare_side *a, const compare_side *b);
void compare_report_json(const dseg_comparison *comparison, const compare_side *a, const compare_side *b);

#endif
