/* SPDX-License-Identifier: Apache-2.0 */
/* kept_segment.h - the attributes of a segment beyond those that dseg_segment has members for. */
#ifndef DSEG_SEG_READ_KEPT_SEGMENT_H
#define DSEG_SEG_READ_KEPT_SEGMENT_H

#include "dicom/keep.h"
#include "model/private_elements.h"

/* Sets segment->attributes from an item of Segment Sequence (0062,0002). character_set: of the object. */
dseg_status dseg_keep_segment(const dseg_elements *in, const dseg_element *character_set, dseg_tag_list *dropped,
                              dseg_description *description, dseg_segment *segment, dseg_error *error);

/* Sets description->background_attributes from the item of the segment that stands for the background. */
dseg_status dseg_keep_background(const dseg_elements *in, const dseg_element *character_set, dseg_tag_list *dropped,
                                 dseg_description *description, dseg_error *error);

#endif
