/* SPDX-License-Identifier: Apache-2.0 */
/* kept_frames.h - what the object that is copied said of frames, and Derivation Image Sequence (0008,9124) of planes.
 */
#ifndef DSEG_SEG_WRITE_KEPT_FRAMES_H
#define DSEG_SEG_WRITE_KEPT_FRAMES_H

#include "dicom/element_writer.h"
#include "seg_write/object.h"

/* Takes off the front of a run what one item of Source Image Sequence (0008,2112) names: an image, or frames of one
 * image that follow each other, while more than left images remain. */
dseg_image_run dseg_take_instance(dseg_image_run *run, size_t left);

/* Writes those of the elements that name such an image, (0008,1150), (0008,1155) and for frames (0008,1160), and say
 * that the plane has its pixels (0028,135A), whose tags are above one tag and at most another. */
void dseg_write_source_image(dseg_element_writer *writer, dseg_image_run frames, uint32_t above, uint32_t most);

/* Whether a derivation is kept with the first of the images that has items for just these. */
bool dseg_has_kept_derivation(dseg_image_run sources);
/* Writes it with the images in it. */
dseg_status dseg_write_kept_derivation(dseg_element_writer *writer, dseg_image_run sources);

/* Writes generated elements, which are encoded as the writer's are, and those that are kept of a frame, in one order of
 * tags; of a sequence that both have the first items become one. A generated value counts. */
dseg_status dseg_write_with_kept(dseg_element_writer *writer, dseg_view generated, dseg_view kept);

/* What is kept of a frame; empty when there is nothing. */
dseg_view dseg_kept_of_frame(const dseg_description *description, const dseg_frame_record *frame);

#endif
