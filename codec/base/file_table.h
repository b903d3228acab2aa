/* SPDX-License-Identifier: Apache-2.0 */
/* file_table.h - files and names of files, to find out whether two of them are the same. */
#ifndef DSEG_BASE_FILE_TABLE_H
#define DSEG_BASE_FILE_TABLE_H

#include <stddef.h>

#include "base/os/outputs.h"
#include "dseg/status.h"

/* A file that exists, or a name that one may get: that of its directory and a hash of the last part, never 0. */
typedef struct dseg_file_key {
  dseg_os_identity identity;
  uint64_t name; /* 0: of a file that exists */
} dseg_file_key;

/* Starts as zeros. */
typedef struct dseg_file_table {
  struct dseg_file_entry *entries;
  size_t count, room; /* room is a power of two */
} dseg_file_table;

/* Adds a key unless it is there; label, which is copied, is what it is called. DSEG_ERROR_MEMORY. */
dseg_status dseg_file_table_add(dseg_file_table *table, dseg_file_key key, const char *label, dseg_error *error);
/* The label of a key; NULL: it is not there. */
const char *dseg_file_table_find(const dseg_file_table *table, dseg_file_key key);
void dseg_file_table_free(dseg_file_table *table);

/* The key of the name that path has; *found: its directory exists. DSEG_ERROR_MEMORY. */
dseg_status dseg_file_key_of_name(const char *path, bool *found, dseg_file_key *key, dseg_error *error);
/* The key of the file that path leads to; false where there is none. */
bool dseg_file_key_of_file(const char *path, dseg_file_key *key);

#endif
