/* SPDX-License-Identifier: Apache-2.0 */
/* volume_files.h - what dseg_volume_write_to writes, with the files that come out. */
#ifndef DSEG_FORMATS_VOLUME_FILES_H
#define DSEG_FORMATS_VOLUME_FILES_H

#include "dseg/formats.h"

/* The file of the output, and where voxels are in a file of their own that one. Starts as zeros. */
typedef struct dseg_volume_files {
  size_t count;
  char *paths[2]; /* malloc'd; NULL: a buffer or a function */
  uint64_t bytes[2];
} dseg_volume_files;

/* dseg_volume_write_to. files is filled on success, for dseg_volume_files_free. */
dseg_status dseg_volume_write_files(const dseg_output *output, const dseg_volume *volume,
                                    const dseg_volume_write_options *options, dseg_volume_files *files,
                                    dseg_error *error);

void dseg_volume_files_free(dseg_volume_files *files);

#endif
