/* SPDX-License-Identifier: Apache-2.0 */
/* summary.h - what the results of a review tell in common. */
#ifndef DSEG_TOOLS_REVIEW_SUMMARY_H
#define DSEG_TOOLS_REVIEW_SUMMARY_H

#include "review/collector.h"

/* What no check could say anything of. */
typedef struct review_unverified {
  uint64_t codes, private_codes, places;                               /* different codes; (object, code) */
  uint64_t unnamed;                                                    /* segments */
  uint64_t no_patient, no_frame_of_reference, no_images, not_compared; /* objects */
} review_unverified;

review_unverified review_count_unverified(const review *all);

/* The numbers of all forms, the most frequent first, then by text: free it. */
dseg_status review_sort_forms(const review *all, uint32_t **order, dseg_error *error);

/* The name of an object, and of a series: "" of one without Series Instance UID. */
const char *review_object_name(const review *all, uint32_t object);
const char *review_series_name(const review *all, uint32_t series);
/* What a finding says. */
const char *review_finding_text(const review *all, uint32_t finding);

dseg_status review_flush(FILE *stream, dseg_error *error);

#endif
