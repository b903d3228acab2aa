/* SPDX-License-Identifier: Apache-2.0 */
/* images.h - source images as files: found in directories, read, and what their meta information says. */
#ifndef DSEG_TOOLS_CLI_IMAGES_H
#define DSEG_TOOLS_CLI_IMAGES_H

#include "cli/cli.h"
#include "dseg/buffer.h"

/* Calls visit for a file, or for all files below a directory, in the order of their names, until one returns another
 * code than CLI_OK, which is the result. CLI_INPUT after a message when a directory cannot be read. */
int cli_walk(const char *path, int (*visit)(void *user, const char *path), void *user);

/* Appends the bytes of a file; fails with a message that names it. */
dseg_status cli_read_file(const char *path, dseg_buffer *bytes, dseg_error *error);

/* Where the data set of a DICOM file begins, and its transfer syntax (PS3.10 7.1); the meta information is Explicit VR
 * Little Endian. False when there is none. */
bool cli_read_meta(dseg_view file, size_t *start, char syntax[65]);

#endif
