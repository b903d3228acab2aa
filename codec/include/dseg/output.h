/* output.h - files that get their names together, or not at all.
 *
 * Whatever writes files can join a set: dseg_write_options, dseg_volume_write_options and dseg_metadata_files have a
 * place for one. Its files lie complete under temporary names until dseg_output_set_commit. */
#ifndef DSEG_OUTPUT_H
#define DSEG_OUTPUT_H

#include "dseg/export.h"
#include "dseg/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dseg_output_set dseg_output_set;

/* NULL when out of memory. A set serves one thread at a time. */
DSEG_API dseg_output_set *dseg_output_set_create(void);

/* Gives all files their names, in the order in which they joined. When one cannot get its name (DSEG_ERROR_OUTPUT),
 * the others lose theirs, and what they replaced is back. The set is empty then, whatever the outcome. */
DSEG_API dseg_status dseg_output_set_commit(dseg_output_set *set, dseg_error *error);

/* Forgets the files that were not committed. NULL ok. */
DSEG_API void dseg_output_set_destroy(dseg_output_set *set);

#ifdef __cplusplus
}
#endif
#endif
