/* SPDX-License-Identifier: Apache-2.0 */
/* derivation.h - Derivation Image Sequence (0008,9124) of frames, kept for a copy (PS3.3 C.7.6.16.2.6). */
#ifndef DSEG_SEG_READ_DERIVATION_H
#define DSEG_SEG_READ_DERIVATION_H

#include "dicom/keep.h"

/* The sequence as it stands in a file. */
typedef struct dseg_derivation {
  dseg_elements parent; /* encoding of the elements around it */
  dseg_element sequence;
  const dseg_element *character_set;
} dseg_derivation;

/* What is found out about a sequence that is kept. */
typedef struct dseg_derivation_facts {
  bool usual;       /* it says no more than a writer says without it */
  bool same_pixels; /* Spatial Locations Preserved (0028,135A) is YES for all images; it is not in what is appended */
} dseg_derivation_facts;

/* Appends the sequence with the codes that PS3.3 A.51.5.1 requires where they are missing, and unless whole is set
 * without what dseg_instance_reference says of its source images. */
dseg_status dseg_keep_derivation(const dseg_derivation *derivation, bool whole, dseg_buffer *out,
                                 dseg_derivation_facts *facts, dseg_error *error);

#endif
