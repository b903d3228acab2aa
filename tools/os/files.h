/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - what a long run asks the system about files: when they changed, where they are, a file of lines that one
 * process at a time appends to. Functions that can fail return 0 or a number of <errno.h>. */
#ifndef DSEG_TOOLS_OS_FILES_H
#define DSEG_TOOLS_OS_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct os_file_facts {
  uint64_t size;
  int64_t seconds; /* since 1970, of the last change */
  uint32_t nanoseconds;
  bool regular; /* neither a directory nor a device, a pipe or a socket */
} os_file_facts;

int os_look_at(const char *path, os_file_facts *facts);

/* The path without links, "." and ".."; malloc'd, NULL where there is no such file. */
char *os_real_path(const char *path);

/* Opens a file for reading and appending, makes it where it is missing, and locks it as long as it is open. EAGAIN:
 * another process has it. Where the file system has no locks there is none. */
int os_open_locked(const char *path, FILE **stream);

/* Locks it once more: a lock is lost when this process closes a file that it opened by another way. As above. */
int os_lock_again(FILE *stream);

/* Cuts a file that was opened so to its first size bytes. */
int os_cut(FILE *stream, uint64_t size);

/* How many processors this process may use, at least 1. */
unsigned os_processors(void);

#endif
