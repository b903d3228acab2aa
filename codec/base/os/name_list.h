/* SPDX-License-Identifier: Apache-2.0 */
/* name_list.h - a list of names that grows, for the implementations of dseg_os_list. */
#ifndef DSEG_BASE_OS_NAME_LIST_H
#define DSEG_BASE_OS_NAME_LIST_H

#include "base/os/directory.h"

/* Appends a copy of name. Returns 0 or ENOMEM. */
int dseg_os_names_add(dseg_os_names *names, const char *name);
/* Sorts the names, or forgets them where number is not 0. Returns number. */
int dseg_os_names_finish(dseg_os_names *names, int number);

#endif
