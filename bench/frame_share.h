/* SPDX-License-Identifier: Apache-2.0 */
/* frame_share.h - work on all frames of a set that takes long, shared by processes, for the frame-codec benchmark. */
#ifndef DSEG_BENCH_FRAME_SHARE_H
#define DSEG_BENCH_FRAME_SHARE_H

#include "dseg/plugin.h"

/* Frames that lie beside each other and are done by the same process: codecs that look at the frame before keep it. */
enum { FRAME_STRETCH = 16 };

/* Appends to out what it makes of a frame. */
typedef dseg_status (*frame_job)(void *user, size_t frame, dseg_buffer *out, dseg_error *error);

/* Where a frame's bytes are in what the job made. */
struct frame_piece {
  size_t start, size;
};

/* Gives each of count frames to job and appends what it makes to out; pieces has an entry for each frame. Processes: 1
 * is the caller's alone, more are copies of it (fork), with which the stretches are dealt out in turn; what a copy's
 * job changes in user is lost. seconds: processor time of all of them together. The first failure is the one that is
 * told. */
dseg_status frame_share_run(size_t count, unsigned processes, frame_job job, void *user, dseg_buffer *out,
                            struct frame_piece *pieces, double *seconds, dseg_error *error);

/* Processors that this process may use. */
unsigned frame_share_processors(void);

#endif
