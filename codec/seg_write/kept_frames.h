/* SPDX-License-Identifier: Apache-2.0 */
/* kept_frames.h - what the object that is copied said of frames, and Derivation Image Sequence (0008,9124) of planes.
 */
#ifndef DSEG_SEG_WRITE_KEPT_FRAMES_H
#define DSEG_SEG_WRITE_KEPT_FRAMES_H

#include "dicom/element_writer.h"
#include "seg_write/object.h"

/* Writes those of the elements that name an image, (0008,1150), (0008,1155) and for a frame (0008,1160), whose tags are
 * above one tag and at most another. */
void dseg_write_source_image(dseg_element_writer *writer, const dseg_instance_reference *source, uint32_t above,
                             uint32_t most);

/* Writes source->derivation with the image in it. */
dseg_status dseg_write_kept_derivation(dseg_element_writer *writer, const dseg_instance_reference *source);

/* Writes generated elements, which are encoded as the writer's are, and those that are kept of a frame, in one order of
 * tags; of a sequence that both have the first items become one. A generated value counts. */
dseg_status dseg_write_with_kept(dseg_element_writer *writer, dseg_view generated, dseg_view kept);

/* What is kept of a frame; empty when there is nothing. */
dseg_view dseg_kept_of_frame(const dseg_description *description, const dseg_frame_record *frame);

#endif
