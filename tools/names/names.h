/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - what `dseg names` found. */
#ifndef DSEG_TOOLS_NAMES_NAMES_H
#define DSEG_TOOLS_NAMES_NAMES_H

#include "cli/cli.h"
#include "dseg/dseg.h"

typedef struct names_found {
  dseg_description *description;        /* with the names; owned */
  dseg_segment_origin *origins;         /* by segment; owned */
  const dseg_named_segment *named;      /* by segment; NULL: there is no table, and all comes from the input */
  const dseg_metadata_segment *changes; /* by segment; NULL: all have a voxel */
  const char *kind;                     /* what the table is; NULL: none was given */
} names_found;

/* show.c: a table for people on standard output. */
void names_show(const names_found *found);
/* Says on standard error which segments have no code. */
void names_note_uncoded(const char *file, const names_found *found);

#endif
