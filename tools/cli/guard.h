/* SPDX-License-Identifier: Apache-2.0 */
/* guard.h - files and directories that are to be gone when the program ends, however it ends. */
#ifndef DSEG_TOOLS_CLI_GUARD_H
#define DSEG_TOOLS_CLI_GUARD_H

#include <stdbool.h>

/* Notes a path before something is made there, a directory before what is in it. Directories are removed only when they
 * are empty. False: out of memory. */
bool cli_guard(const char *path);

/* Removes what was noted, the last one first. Async-signal-safe on POSIX systems. */
void cli_remove_guarded(void);

#endif
