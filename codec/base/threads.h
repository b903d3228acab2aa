/* SPDX-License-Identifier: Apache-2.0 */
/* threads.h - runs a loop's iterations on several threads. */
#ifndef DSEG_BASE_THREADS_H
#define DSEG_BASE_THREADS_H

#include <stddef.h>
#include "dseg/status.h"

/* One iteration; worker counts from 0 and names the thread, so that it can have buffers of its own. */
typedef dseg_status (*dseg_task)(void *user, size_t index, unsigned worker, dseg_error *error);

/* How many workers dseg_parallel_for will use: threads (0: one for each processor), at most count, at least 1. */
unsigned dseg_worker_count(unsigned threads, size_t count);

/* Calls task for each index below count, in ascending order within a worker, workers taking the next index as
 * they become free. After a failure no new iteration starts; the failure with the lowest index is returned. With
 * one worker everything runs on the calling thread. */
dseg_status dseg_parallel_for(size_t count, unsigned workers, dseg_task task, void *user, dseg_error *error);

#endif
