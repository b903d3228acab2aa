/* SPDX-License-Identifier: Apache-2.0 */
/* stage.h - where outputs are written before they get their names: a hidden directory in that of all outputs, of one
 * file system with them. */
#ifndef DSEG_TOOLS_BATCH_STAGE_H
#define DSEG_TOOLS_BATCH_STAGE_H

#include "batch/batch.h"

/* Makes a directory and those above it where they are missing; an exit code after a message. */
int batch_make_directories(const char *path);

/* Makes run->stage; an exit code after a message. */
int batch_stage_begin(batch_run *run);
/* Removes it with what is in it. */
void batch_stage_end(batch_run *run);

/* In a worker: the file that it writes, which is gone when a signal ends the worker; malloc'd, NULL: out of memory. */
char *batch_stage_file(const batch_run *run);
/* Removes what a worker that died was writing. */
void batch_stage_forget(const batch_run *run, long process);

/* In a worker: gives the file that was written the output's name, unless there is a file that may not be replaced and
 * has other bytes. */
dseg_status batch_stage_commit(batch_task *task, dseg_error *error);

/* In a worker: why no output can be written any more, after a failure with this message; NULL: it is the object's. */
const char *batch_stage_fault(batch_task *task, const char *message);

#endif
