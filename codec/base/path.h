/* SPDX-License-Identifier: Apache-2.0 */
/* path.h - the parts of a file's path, by the rules of the system that the library runs on. */
#ifndef DSEG_BASE_PATH_H
#define DSEG_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* The last part: the name of the file in its directory. Empty when path ends with a separator. */
const char *dseg_path_name(const char *path);
/* Characters in front of the last part, with the separator; 0 when there is none. */
size_t dseg_path_directory(const char *path);
/* Whether a path that is relative to a directory may lead out of it: it is absolute, or a part of it is "..". */
bool dseg_path_leaves(const char *path);

#endif
