/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - every file of a directory, in memory. */
#ifndef DSEG_TESTS_FILES_H
#define DSEG_TESTS_FILES_H

#include <stddef.h>
#include <stdint.h>

/* Calls each with the bytes of every plain file in directory (not below it), or with those of a file when path is
 * one. data is a block of exactly size bytes, so that sanitizers notice a read behind it. Returns how many there
 * were; a directory that is not there has none. */
size_t files_each(const char *path, void (*each)(const char *name, const uint8_t *data, size_t size));

#endif
