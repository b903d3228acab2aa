/* SPDX-License-Identifier: Apache-2.0 */
/* kept_groups.h - what functional groups say beyond what is read of them, kept for a copy while they pass by. */
#ifndef DSEG_SEG_READ_KEPT_GROUPS_H
#define DSEG_SEG_READ_KEPT_GROUPS_H

#include "dicom/scanner.h"
#include "seg_read/derivation.h"
#include "seg_read/image_set.h"

/* Finds the bytes of a value that begins here, without moving; *found is false when it is longer than what is kept, or
 * malformed. They are valid until the scanner reads on. Fails where the input cannot be read. */
dseg_status dseg_peek_value(dseg_scanner *scanner, const dseg_header *header, dseg_view *value, bool *found,
                            dseg_error *error);

/* Keeps the derivation of a frame with the images of the set that it names, once for all frames drawn on these: with a
 * list (0: none), else with the image. A value that is empty was too long. */
dseg_status dseg_keep_derivation_of(dseg_image_set *set, size_t image, uint32_t list, const dseg_derivation *derivation,
                                    dseg_error *error);

/* Appends a copy of the element whose value begins here, without moving; it is dropped when it is too long or
 * malformed. parent: its encoding. */
dseg_status dseg_keep_of_frame(dseg_image_set *set, dseg_scanner *scanner, const dseg_elements *parent,
                               const dseg_header *header, dseg_buffer *out, dseg_error *error);

/* Appends a sequence with one item of these elements. */
dseg_status dseg_keep_in_sequence(uint32_t tag, const dseg_buffer *elements, dseg_buffer *out, dseg_error *error);

/* Keeps the elements of a frame, counted from 0 behind set->first_frame. */
dseg_status dseg_keep_frame(dseg_image_set *set, size_t frame, const dseg_buffer *elements, dseg_error *error);

/* Gives the description what was kept of frames. place: the plane and the segment of a frame of the object. */
dseg_status dseg_keep_frames(dseg_image_set *set,
                             void (*place)(const void *user, size_t frame, dseg_frame_attributes *placed),
                             const void *user, dseg_error *error);

#endif
