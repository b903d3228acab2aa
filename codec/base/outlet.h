/* SPDX-License-Identifier: Apache-2.0 */
/* outlet.h - one dseg_output (dseg/io.h) while bytes go to it. */
#ifndef DSEG_BASE_OUTLET_H
#define DSEG_BASE_OUTLET_H

#include "base/byte_sink.h"
#include "base/output_file.h"

/* Starts as zeros. It stays where it is in memory while it is open. */
typedef struct dseg_outlet {
  bool is_open;
  dseg_output to;
  dseg_output_file *file; /* of a path */
  size_t start;           /* of a buffer: bytes that it held before */
  uint64_t written;       /* bytes that went through dseg_outlet_write and _skip */
} dseg_outlet;

/* Copies a caller's output (dseg_copy_options), without its path, which must live on. DSEG_ERROR_ARGUMENT unless it
 * names exactly one place. */
dseg_status dseg_output_copy(dseg_output *known, const dseg_output *given, dseg_error *error);

/* A temporary file is made for a path. output is copied as by dseg_output_copy. DSEG_ERROR_OUTPUT. */
dseg_status dseg_outlet_open(dseg_outlet *outlet, const dseg_output *output, dseg_error *error);

dseg_status dseg_outlet_write(dseg_outlet *outlet, const void *data, size_t size, dseg_error *error);
/* Zeros, which take no room where a file system can leave holes. */
dseg_status dseg_outlet_skip(dseg_outlet *outlet, uint64_t size, dseg_error *error);
dseg_byte_sink dseg_outlet_sink(dseg_outlet *outlet);

/* Whether bytes of the past can be overwritten. position counts from what was written first. */
bool dseg_outlet_can_patch(const dseg_outlet *outlet);
dseg_status dseg_outlet_patch(dseg_outlet *outlet, uint64_t position, const void *data, size_t size, dseg_error *error);

/* Of the file, for copies inside the kernel; -1: no file. */
int dseg_outlet_descriptor(const dseg_outlet *outlet);

/* All is written: files join their set, or get their names together, in this order. The outlets are closed, whatever
 * the outcome. Several have paths, and the same flags and set. */
dseg_status dseg_outlet_complete(dseg_outlet *outlets, size_t count, dseg_error *error);

/* Forgets a file; makes a buffer what it was. An outlet that is not open stays as it is. */
void dseg_outlet_abandon(dseg_outlet *outlet);

#endif
