/* SPDX-License-Identifier: Apache-2.0 */
/* output_file.h - a file that appears under its name only when it is complete.
 *
 * It is written without a name where the file system can do that, else under a hidden one in the same directory, and
 * gets its name at the end; a failure at any time leaves nothing behind and an existing file untouched. A symbolic link
 * is followed: what it leads to is replaced. What is no regular file is not replaced. A file that replaces another has
 * that one's permissions. */
#ifndef DSEG_BASE_OUTPUT_FILE_H
#define DSEG_BASE_OUTPUT_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "dseg/buffer.h"
#include "dseg/io.h"

typedef struct dseg_output_file dseg_output_file;

/* DSEG_ERROR_OUTPUT when path exists and replace is false, when it is no regular file, or when its directory cannot be
 * written. */
dseg_status dseg_output_create(const char *path, bool replace, dseg_output_file **file, dseg_error *error);

/* A complete file that has the name from, in the same file system, and gets the name path; from is gone then, or when
 * the output is abandoned. */
dseg_status dseg_output_adopt(const char *from, const char *path, bool replace, dseg_output_file **file,
                              dseg_error *error);

/* Forgets an adopted file, which stays where it is. */
void dseg_output_release(dseg_output_file *file);

/* The name that was given. */
const char *dseg_output_path(const dseg_output_file *file);
/* Where symbolic links lead from there: where the file appears. */
const char *dseg_output_place(const dseg_output_file *file);

/* Appends. Writes are not buffered: give large pieces. */
dseg_status dseg_output_write(dseg_output_file *file, const void *data, size_t size, dseg_error *error);

/* Appends zeros that take no room where the file system can leave holes in a file. */
dseg_status dseg_output_skip(dseg_output_file *file, uint64_t size, dseg_error *error);

/* Overwrites bytes that were written before, from position on. */
dseg_status dseg_output_patch(dseg_output_file *file, uint64_t position, const void *data, size_t size,
                              dseg_error *error);

/* For random access and copy_file_range: the descriptor, with what was written so far in the file. */
int dseg_output_descriptor(const dseg_output_file *file);

/* fsync when sync is true, then gives the file its name. The file is used up, whatever the outcome. */
dseg_status dseg_output_commit(dseg_output_file *file, bool sync, dseg_error *error);

/* dseg_output_set_check for one file; set NULL: nothing. */
dseg_status dseg_output_check_set(dseg_output_set *set, const char *path, dseg_error *error);

/* The file is complete and joins a set, which owns it then; set NULL: commits it. The file is used up, whatever the
 * outcome. */
dseg_status dseg_output_join(dseg_output_set *set, dseg_output_file *file, bool sync, dseg_error *error);

/* Discards the file. After dseg_output_name: removes it, and restores the file it replaced. NULL ok. */
void dseg_output_abandon(dseg_output_file *file);

/* For sets, which commit in three steps. No more can be written. On failure the file is to be abandoned. */
dseg_status dseg_output_complete(dseg_output_file *file, bool sync, dseg_error *error);
/* Gives the file its name; keep: what it replaces lives on under another, until the file is accepted or abandoned.
 * Signals are to be held (base/os/outputs.h) until then. */
dseg_status dseg_output_name(dseg_output_file *file, bool keep, dseg_error *error);
/* The file keeps its name. It is used up. */
void dseg_output_accept(dseg_output_file *file);

#endif
