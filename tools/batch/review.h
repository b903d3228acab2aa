/* SPDX-License-Identifier: Apache-2.0 */
/* review.h - what `dseg batch --do review` is told on its command line (docs/review.md). */
#ifndef DSEG_TOOLS_BATCH_REVIEW_H
#define DSEG_TOOLS_BATCH_REVIEW_H

#include <stddef.h>

/* Texts are argv's; the lists have room for all that a command line holds. */
typedef struct review_request {
  const char **references; /* files and directories of images */
  size_t reference_count;
  const char **also; /* reports of other runs */
  size_t also_count;
  const char *csv;      /* NULL: review.csv beside the report */
  const char *findings; /* NULL: review.json beside the report */
  unsigned most;        /* findings of a kind that are shown; 0: all */
} review_request;

/* The member of a line that has what the review keeps of an object, as Base64. */
#define BATCH_KEY_FACTS "facts"

#endif
