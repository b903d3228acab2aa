/* SPDX-License-Identifier: Apache-2.0 */
/* readers.h - who reads the samples: readers_table.c has what tests/peers/run_readers.py found. */
#ifndef DSEG_TOOLS_SAMPLES_READERS_H
#define DSEG_TOOLS_SAMPLES_READERS_H

/* A letter for each reader: y reads, r reads when the object refers to images, n refuses, w wrong, c crashes, t no
 * time,
 * - not tried. */
typedef struct samples_readers_row {
  const char *file, *letters;
} samples_readers_row;

extern const char samples_readers_date[];
/* Each list ends with NULL, or a row whose file is NULL. */
extern const char *const samples_readers[];
extern const samples_readers_row samples_readers_rows[];
extern const char *const samples_readers_notes[];

#endif
