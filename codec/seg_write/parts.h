/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - the files of one object: a single one, or the parts of a Concatenation (PS3.3 C.7.6.16.2.2.4). */
#ifndef DSEG_SEG_WRITE_PARTS_H
#define DSEG_SEG_WRITE_PARTS_H

#include "seg_write/writer.h"

typedef struct dseg_parts {
  dseg_outlet *outlets;
  char **paths; /* NULL each where there is one file only */
  size_t count;
} dseg_parts;

/* Frames that fit into one file: all of them, or what the limit of native Pixel Data or the caller allows. */
dseg_status dseg_frames_per_part(const dseg_writer *writer, size_t *frames, dseg_error *error);

/* Opens parts->count files, the other members being NULL. A single file takes the name given, and the output that is
 * open already; "a.dcm" becomes "a-1.dcm" and so on. To be given to dseg_parts_free whatever the outcome. */
dseg_status dseg_parts_open(dseg_writer *writer, dseg_parts *parts, dseg_error *error);
/* Files that are not complete disappear. */
void dseg_parts_free(dseg_parts *parts);

#endif
