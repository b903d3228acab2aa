/* SPDX-License-Identifier: Apache-2.0 */
/* output_state.h - what the two files share that make output_file.h: output_file.c, until a file is complete, and
 * output_name.c, which gives it its name. */
#ifndef DSEG_BASE_OUTPUT_STATE_H
#define DSEG_BASE_OUTPUT_STATE_H

#include <stdbool.h>

#include "base/temporaries.h"

typedef struct dseg_output_file dseg_output_file;

struct dseg_output_file {
  char *given;            /* the caller's name of it */
  char *path;             /* where symbolic links lead from there */
  dseg_temporary *hidden; /* its name until it has its own; NULL: none */
  char *adopted;          /* likewise, the caller's */
  dseg_temporary *aside;  /* where what the file replaced is kept; NULL: nowhere */
  int descriptor;         /* -1: closed */
  bool replace;
  bool sync;
  bool is_named; /* and may lose its name again */
};

/* DSEG_ERROR_OUTPUT, or of ENOMEM DSEG_ERROR_MEMORY, with the words of the system for a number of <errno.h>. */
dseg_status dseg_output_fail(dseg_error *error, const char *path, const char *what, int number);

/* Whether a file of this name may be made or replaced; *exists: there is one. */
dseg_status dseg_output_check_target(const dseg_output_file *file, bool *exists, dseg_error *error);

/* A hidden name for a file that make() makes of it, with 0 or a number of <errno.h>; another one as long as that is
 * EEXIST. what: the failure. */
dseg_status dseg_output_claim_name(dseg_output_file *file, const char *suffix,
                                   int (*make)(dseg_output_file *file, const char *name), const char *what,
                                   dseg_temporary **claimed, dseg_error *error);

/* The file takes over the permissions of the one that it replaces. */
dseg_status dseg_output_take_permissions(const dseg_output_file *file, dseg_error *error);

/* What was kept aside gets its name back. */
void dseg_output_put_back(dseg_output_file *file);

#endif
