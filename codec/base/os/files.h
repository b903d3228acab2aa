/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - open files of the operating system: reading and writing at places, temporary files, what a name leads to.
 *
 * Paths are UTF-8 on every system. A function that can fail returns 0 or a number of <errno.h>, for which
 * dseg_os_error_text has words. Interrupted calls are made again. All descriptors are binary and are closed in child
 * processes. Functions that take no open file are safe for several threads, as is dseg_os_read_at. */
#ifndef DSEG_BASE_OS_FILES_H
#define DSEG_BASE_OS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum dseg_os_kind {
  DSEG_OS_REGULAR,
  DSEG_OS_DIRECTORY,
  DSEG_OS_PIPE, /* or a socket: bytes come in their order only */
  DSEG_OS_OTHER /* a device, a symbolic link */
} dseg_os_kind;

typedef struct dseg_os_facts {
  dseg_os_kind kind;
  uint64_t size; /* bytes of a regular file, else 0 */
} dseg_os_facts;

int dseg_os_facts_of(int descriptor, dseg_os_facts *facts);
/* What path leads to, through symbolic links. */
int dseg_os_facts_of_path(const char *path, dseg_os_facts *facts);
/* What has the name path; a symbolic link is DSEG_OS_OTHER. */
int dseg_os_facts_of_name(const char *path, dseg_os_facts *facts);

/* Opens for reading. Never waits: a pipe that nobody writes to opens, and reading from it says that it has ended. A
 * pipe that somebody holds open without writing answers EAGAIN until dseg_os_set_blocking. */
int dseg_os_open_read(const char *path, int *descriptor);
/* Another descriptor for the same open file: its position and whether reads wait are shared. */
int dseg_os_duplicate(int descriptor, int *duplicate);
/* Reads wait for bytes from now on. */
int dseg_os_set_blocking(int descriptor);
/* Makes a file for reading and writing; EEXIST where the name is taken. The process's umask limits its permissions. */
int dseg_os_create(const char *path, int *descriptor);
/* Makes a file for reading and writing that has no name and ends with its descriptor, in a directory ("" for the
 * current one, else its name, with or without a separator at the end), or, where that is NULL, in the system's
 * directory of temporary files. */
int dseg_os_create_unnamed(const char *directory, int *descriptor);
/* The descriptor is used up, whatever the outcome. A failure may be that of an earlier write. */
int dseg_os_close(int descriptor);

/* Reads at a place; *got is less than size only where the file ends. The descriptor's position is undefined after. */
int dseg_os_read_at(int descriptor, uint64_t offset, void *data, size_t size, size_t *got);
/* Reads the next bytes, at most size of them, as soon as some are there; *got is 0 at the end. */
int dseg_os_read(int descriptor, void *data, size_t size, size_t *got);
/* Writes all of data at the descriptor's position. */
int dseg_os_write(int descriptor, const void *data, size_t size);
/* Writes all of data at a place, and leaves the descriptor's position as it is. */
int dseg_os_write_at(int descriptor, uint64_t offset, const void *data, size_t size);
/* Moves the descriptor's position ahead; what is passed over reads as zeros once something is written behind it. */
int dseg_os_skip(int descriptor, uint64_t size);
/* Copies bytes of one file to another's position without taking them through the process. Returns how many were
 * copied: fewer than size where the system cannot, and the caller then reads and writes the rest. */
uint64_t dseg_os_copy(int to, int from, uint64_t offset, uint64_t size);
/* Waits until the medium has the file's bytes. */
int dseg_os_sync(int descriptor);

#endif
