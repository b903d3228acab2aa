/* SPDX-License-Identifier: Apache-2.0 */
/* part10.h - a DICOM file (PS3.10 section 7) opened without its long parts.
 *
 * One pass yields the data set's top-level elements in memory, but for Per-Frame Functional Groups Sequence
 * (5200,9230) and Pixel Data (7FE0,0010), which are located and left in the file. A deflated data set (PS3.5
 * A.5) is inflated to an unnamed temporary file first, so that all goes on as for any other. */
#ifndef DSEG_DICOM_PART10_H
#define DSEG_DICOM_PART10_H

#include "base/input.h"
#include "dicom/elements.h"

typedef struct dseg_located {
  bool present;
  bool undefined_length;
  char vr[2];
  uint64_t header_offset; /* of the element's tag */
  uint64_t value_offset;
  uint64_t value_length; /* undefined length: up to, not with, the Sequence Delimitation Item */
} dseg_located;

typedef struct dseg_part10 {
  dseg_input *stored;         /* the file as it is stored */
  dseg_input *input;          /* what offsets below refer to: stored, or the inflated data set */
  dseg_buffer meta_bytes;     /* group 0002, owner of meta */
  dseg_buffer bytes;          /* owner of elements */
  dseg_elements meta;         /* always Explicit VR Little Endian */
  dseg_elements elements;     /* top level without the two long parts */
  dseg_element character_set; /* (0008,0005) */
  char transfer_syntax_uid[65];
  dseg_located per_frame;
  dseg_located pixel_data;
  uint64_t file_bytes; /* of the file as it is stored */
} dseg_part10;

typedef struct dseg_part10_options {
  bool stop_before_pixels;         /* elements behind Pixel Data, and its length when undefined, are not looked at */
  uint64_t memory_limit;           /* bytes at most for what is kept in memory; 0: 4 GiB */
  const char *temporary_directory; /* of an inflated data set; NULL: the system's */
} dseg_part10_options;

/* Takes ownership of input on success. A file without the DICM prefix gives *is_dicom false and DSEG_OK, and
 * leaves input alone. */
dseg_status dseg_part10_open(dseg_input *input, const dseg_part10_options *options, dseg_part10 *part10, bool *is_dicom,
                             dseg_error *error);
void dseg_part10_close(dseg_part10 *part10);
/* Likewise, but the input that it was opened with stays open, and is the caller's again. */
void dseg_part10_release(dseg_part10 *part10);

#endif
