/* SPDX-License-Identifier: Apache-2.0 */
/* result.h - from a job that is done to what the caller gets. */
#ifndef DSEG_COMPARE_RESULT_H
#define DSEG_COMPARE_RESULT_H

#include "compare/job.h"

/* The job's arena becomes the comparison's on success. */
dseg_status dseg_comparison_make(dseg_compare_job *job, dseg_comparison **comparison, dseg_error *error);

#endif
