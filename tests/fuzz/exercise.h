/* SPDX-License-Identifier: Apache-2.0 */
/* exercise.h - what fuzz targets, their replay and the truncation test share. */
#ifndef DSEG_TESTS_EXERCISE_H
#define DSEG_TESTS_EXERCISE_H

#include "dseg/dseg.h"

/* How every input is opened: little memory, one thread. */
extern const dseg_open_options exercise_options;

/* Asks an opened source for everything, in small pieces. The first failure; DSEG_OK when all was given. What is
 * given must agree with itself: a fault ends the program. */
dseg_status exercise_source(dseg_source *source, dseg_error *error);

/* Opens the bytes as a DICOM object, or as a volume through an unnamed file, exercises and closes them. These and the
 * functions below do so again through a reader that gives the bytes piece by piece, and through one that fails. */
dseg_status exercise_dicom(const uint8_t *data, size_t size, dseg_error *error);
dseg_status exercise_volume(const uint8_t *data, size_t size, dseg_error *error);

/* Validates the bytes as a DICOM object: DSEG_ERROR_FORMAT when it is not valid. */
dseg_status exercise_validate(const uint8_t *data, size_t size, dseg_error *error);

/* Transcodes the bytes as a DICOM object to several transfer syntaxes. Through memory only. */
dseg_status exercise_transcode(const uint8_t *data, size_t size, dseg_error *error);

/* Applies the bytes, as metadata JSON, to a description of two files, and if they do not fit, of one. */
dseg_status exercise_metadata(const uint8_t *data, size_t size, dseg_error *error);

/* Applies the bytes, as a table of names of any kind, to a label map, and if they do not fit, to masks. */
dseg_status exercise_names(const uint8_t *data, size_t size, dseg_error *error);

/* What libFuzzer calls; each target defines it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
