/* SPDX-License-Identifier: Apache-2.0 */
/* context.h - the attributes that a segmentation shares with the images it was made from. */
#ifndef DSEG_DICOM_CONTEXT_H
#define DSEG_DICOM_CONTEXT_H

#include "dicom/part10.h"

/* Sets description->context to those attributes of a file that are taken over (context_tags.h), in ascending order of
 * tags: Explicit VR Little Endian, items and sequences of defined length, text in UTF-8 (the first element is
 * (0008,0005) with ISO_IR 192). Private elements are left out. */
dseg_status dseg_context_from_part10(const dseg_part10 *part10, dseg_description *description, dseg_error *error);

/* Whether the context has the top-level element with this tag. */
bool dseg_context_carries(uint32_t tag);

/* Appends a copy of one element in the same encoding, private elements of its items included. character_set: the
 * element (0008,0005) that holds for its text. On failure out may have grown. */
dseg_status dseg_copy_element(const dseg_elements *from, const dseg_element *element, const dseg_element *character_set,
                              dseg_buffer *out, dseg_error *error);

#endif
