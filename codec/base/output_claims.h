/* SPDX-License-Identifier: Apache-2.0 */
/* output_claims.h - which files a run reads and which it writes, so that none is both, and none is written twice. */
#ifndef DSEG_BASE_OUTPUT_CLAIMS_H
#define DSEG_BASE_OUTPUT_CLAIMS_H

#include "base/file_table.h"

/* Starts as zeros. */
typedef struct dseg_output_claims {
  dseg_file_table inputs, outputs;
  char **trees; /* directories that are inputs: read when an output exists already, which is seldom */
  size_t tree_count, tree_room;
} dseg_output_claims;

/* No output may be this file, or, where path is a directory, one in it to any depth. DSEG_ERROR_MEMORY. */
dseg_status dseg_claims_add_input(dseg_output_claims *claims, const char *path, dseg_error *error);

/* DSEG_ERROR_ARGUMENT, with both names, when the file that path stands for is an input or an output of the run. */
dseg_status dseg_claims_check(dseg_output_claims *claims, const char *path, dseg_error *error);
/* The same for several, which must differ from each other, too. */
dseg_status dseg_claims_check_all(dseg_output_claims *claims, const char *const *paths, size_t count,
                                  dseg_error *error);

/* Checks, and makes path an output. */
dseg_status dseg_claims_add_output(dseg_output_claims *claims, const char *path, dseg_error *error);

/* Inputs stay. */
void dseg_claims_forget_outputs(dseg_output_claims *claims);
void dseg_claims_free(dseg_output_claims *claims);

/* Where path leads when symbolic links are followed, which need not exist; for free(). DSEG_ERROR_OUTPUT. */
dseg_status dseg_output_resolve(const char *path, char **resolved, dseg_error *error);
/* The failure that two outputs are the same file. */
dseg_status dseg_claims_fail_twice(const char *path, const char *other, dseg_error *error);

#endif
