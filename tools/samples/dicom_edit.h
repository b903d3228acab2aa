/* SPDX-License-Identifier: Apache-2.0 */
/* dicom_edit.h - changes single elements of a DICOM file that this program has written: for objects that are wrong on
 * purpose, which no writer would write. Explicit VR Little Endian (PS3.5 A.2). */
#ifndef DSEG_TOOLS_SAMPLES_DICOM_EDIT_H
#define DSEG_TOOLS_SAMPLES_DICOM_EDIT_H

#include "dseg/dseg.h"

/* Reads a file into an empty data set up to its pixels: *pixels are the bytes of group 7FE0, of the offset tables and
 * of Pixel Data as they are encoded. */
dseg_status edit_read(dseg_data_set *set, dseg_view file, char syntax[65], dseg_view *pixels, dseg_error *error);

/* Carries out one change:
 *   "PATH VR VALUE"  puts an element; PATH is like "00620002[1]/00620004" (items count from 1); an item that would be
 *                    the next of its sequence is made. VALUE: text as it is; numbers separated by '\' for US, UL, SL
 *                    and a tag for AT; nothing: an empty value
 *   "PATH -"         removes an element or an item
 *   "PATH +"         appends a copy of the last item of a sequence
 * DSEG_ERROR_ARGUMENT when the path is not there or the text makes no sense. */
dseg_status edit_apply(dseg_data_set *set, const char *change, dseg_error *error);

/* Appends the bytes of a file. */
dseg_status edit_write(const dseg_data_set *set, const char *syntax, dseg_view pixels, dseg_buffer *out,
                       dseg_error *error);

#endif
