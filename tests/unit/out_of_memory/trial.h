/* SPDX-License-Identifier: Apache-2.0 */
/* trial.h - what is done once undisturbed and then with failing allocations. */
#ifndef DSEG_TESTS_TRIAL_H
#define DSEG_TESTS_TRIAL_H

#include "out_of_memory/failing_memory.h"
#include "writer_fixture.h"

enum { ROWS = 6, COLUMNS = 5, PLANES = 4, SEGMENTS = 12, PIXELS = ROWS * COLUMNS };

/* A trial writes what came out into a text. It calls the library while allocations are counted, and pauses that for
 * what it does itself. */
typedef struct memory_trial {
  char name[80];
  dseg_status (*run)(const struct memory_trial *trial, FILE *outcome, dseg_error *error);
  const dseg_buffer *bytes; /* what is read: count files */
  size_t count;
  const char *what; /* a representation; the suffix of a volume */
  const char *how;  /* a frame codec, or "palette" for a label map with one; voxels: "16", "32", "floats" */
} memory_trial;

/* reading.c */
dseg_status run_open_files(const memory_trial *trial, FILE *outcome, dseg_error *error); /* count parts: part_name */
dseg_status run_open(const memory_trial *trial, FILE *outcome, dseg_error *error);
dseg_status run_pass(const memory_trial *trial, FILE *outcome, dseg_error *error); /* what: the file */
dseg_status run_view(const memory_trial *trial, FILE *outcome, dseg_error *error);
dseg_status run_validate(const memory_trial *trial, FILE *outcome, dseg_error *error);
dseg_status run_read_metadata(const memory_trial *trial, FILE *outcome, dseg_error *error);
dseg_status run_apply_names(const memory_trial *trial, FILE *outcome, dseg_error *error);

/* references.c; the images are files in the working directory. what: "geometry" to take it from them, too. */
void write_slices(void);
dseg_status run_reference(const memory_trial *trial, FILE *outcome, dseg_error *error);

/* writing.c */
dseg_description *make_described(void);
void set_kind(dseg_description *description, const memory_trial *trial); /* what the representation holds */
dseg_status write_object(const memory_trial *trial, const dseg_description *description, dseg_buffer *bytes,
                         dseg_error *error);
dseg_status write_volume_to(const memory_trial *trial, const dseg_description *description, dseg_buffer *bytes,
                            dseg_error *error);
dseg_status run_write(const memory_trial *trial, FILE *outcome, dseg_error *error);
dseg_status run_write_volume(const memory_trial *trial, FILE *outcome, dseg_error *error);
dseg_status run_write_pair(const memory_trial *trial, FILE *outcome, dseg_error *error);
dseg_status run_write_metadata(const memory_trial *trial, FILE *outcome, dseg_error *error);
dseg_status run_copy(const memory_trial *trial, FILE *outcome, dseg_error *error);

/* converting.c; what: a representation, or the suffix of a volume; how: not NULL: with a threshold */
dseg_status run_convert(const memory_trial *trial, FILE *outcome, dseg_error *error);

/* outcome.c */
void remove_files(void); /* of the working directory */
void put_text_line(FILE *outcome, const char *text);
void put_bytes(FILE *outcome, const void *bytes, size_t size);
void put_description(FILE *outcome, const dseg_description *description);
void put_encoding(FILE *outcome, const dseg_encoding_info *info);
void put_warning(void *user, const char *message); /* user: the outcome */

#endif
