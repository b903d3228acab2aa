/* SPDX-License-Identifier: Apache-2.0 */
/* segments.h - the segments that a segmentation describes. */
#ifndef DSEG_SEG_READ_SEGMENTS_H
#define DSEG_SEG_READ_SEGMENTS_H

#include "dicom/part10.h"

/* Reads Segment Sequence (0062,0002) into description->segments, by ascending number. Where the description has a
 * background (of a label map), the segment with that number is left out. */
dseg_status dseg_read_segments(const dseg_part10 *part10, bool skip_background, dseg_description *description,
                               dseg_error *error);

#endif
