/* SPDX-License-Identifier: Apache-2.0 */
/* name_list.h - what the files of this folder share to list a directory. */
#ifndef DSEG_TOOLS_OS_NAME_LIST_H
#define DSEG_TOOLS_OS_NAME_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* Keeps a name, or frees it and all before it; false when out of memory, which a name of NULL counts as. */
bool os_keep_name(char *name, char ***names, size_t *count);

#endif
