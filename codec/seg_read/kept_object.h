/* SPDX-License-Identifier: Apache-2.0 */
/* kept_object.h - what an object says beyond the members of a description, kept for a copy (docs/kept.md). */
#ifndef DSEG_SEG_READ_KEPT_OBJECT_H
#define DSEG_SEG_READ_KEPT_OBJECT_H

#include "dicom/keep.h"
#include "dicom/part10.h"
#include "dseg/plugin.h"

/* Sets the attributes of the description, of its segments and of its background from an object whose segments have been
 * read. dropped receives the tags of what a copy does not have. The private elements that its representation puts say
 * how this object is made, and are left out. */
dseg_status dseg_keep_object(const dseg_part10 *part10, const dseg_representation *representation,
                             dseg_description *description, dseg_tag_list *dropped, dseg_error *error);

/* Drops what the other parts of a concatenation say otherwise than the first. */
dseg_status dseg_keep_agreed(const dseg_part10 *other, const dseg_representation *representation,
                             dseg_description *description, dseg_tag_list *dropped, dseg_error *error);

/* Appends Contributing Equipment Sequence (0018,A001): that of the object, and the object's own maker as its last item
 * unless it is this software, or is there already (PS3.3 C.12.1). Nothing when both are missing. */
dseg_status dseg_keep_equipment(const dseg_part10 *part10, dseg_tag_list *dropped, dseg_buffer *out, dseg_error *error);

#endif
