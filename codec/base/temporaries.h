/* SPDX-License-Identifier: Apache-2.0 */
/* temporaries.h - hidden names of files that are being written. The process knows them all, so that
 * dseg_output_remove_temporaries (dseg/io.h) finds them from the handler of a signal. Safe for several threads. */
#ifndef DSEG_BASE_TEMPORARIES_H
#define DSEG_BASE_TEMPORARIES_H

#include "dseg/status.h"

typedef struct dseg_temporary dseg_temporary;

/* The end of a hidden name. */
#define DSEG_TEMPORARY_WRITING ".tmp" /* being written: removed by a later run when its writer is dead */
#define DSEG_TEMPORARY_DONE ".done"   /* complete, but others of its set are not */
#define DSEG_TEMPORARY_OLD ".old"     /* what has been replaced, until the whole set has its names: never removed */

/* A name in the directory of path, short whatever the length of path's own name, for a file that is about to be made;
 * another one for each attempt. DSEG_ERROR_MEMORY. The caller calls dseg_temporary_forget. */
dseg_status dseg_temporary_claim(const char *path, unsigned attempt, const char *suffix, dseg_temporary **claimed,
                                 dseg_error *error);
const char *dseg_temporary_name(const dseg_temporary *temporary);

/* The file no longer has the name. NULL ok. */
void dseg_temporary_forget(dseg_temporary *temporary);

#endif
