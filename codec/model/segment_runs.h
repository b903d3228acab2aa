/* SPDX-License-Identifier: Apache-2.0 */
/* segment_runs.h - a plane of labels as runs, sorted by segment: what frames of single segments are made of.
 *
 * The plane is passed over once, whatever the number of segments; after that each segment costs its own runs. */
#ifndef DSEG_MODEL_SEGMENT_RUNS_H
#define DSEG_MODEL_SEGMENT_RUNS_H

#include <stddef.h>
#include <stdint.h>

#include "dseg/buffer.h"
#include "dseg/description.h"

#define DSEG_NO_RUN UINT32_MAX

typedef struct dseg_segment_run {
  uint32_t start, length; /* pixels */
  uint32_t next;          /* the segment's next run, further on in the plane, or DSEG_NO_RUN */
} dseg_segment_run;

typedef struct dseg_segment_runs {
  dseg_segment_run *runs; /* in the scratch buffer */
  uint32_t *first;        /* by segment index, in the scratch buffer: its first run, or DSEG_NO_RUN */
} dseg_segment_runs;

/* Finds the runs of all segments in rows * columns labels of bits (8, 16, 32), each the number of one of the
 * description's segments, which are numbered 1..N, or the background. extra bytes at the start of scratch are left
 * for the caller; the rest of scratch holds the result. DSEG_ERROR_ARGUMENT for any other label, and
 * DSEG_ERROR_LIMIT for 2^32 - 1 pixels and more. */
dseg_status dseg_segment_runs_find(const dseg_description *description, const void *labels, unsigned bits,
                                   uint32_t rows, uint32_t columns, size_t extra, dseg_buffer *scratch,
                                   dseg_segment_runs *result, dseg_error *error);

#endif
