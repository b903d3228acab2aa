/* SPDX-License-Identifier: Apache-2.0 */
/* object.h - the attributes of a segmentation object that concern all of it. */
#ifndef DSEG_SEG_READ_OBJECT_H
#define DSEG_SEG_READ_OBJECT_H

#include "seg_read/dicom_object.h"

/* Checks that the file is a segmentation, and reads the Segmentation Image and Image Pixel modules (PS3.3 C.8.20.2,
 * C.7.6.3): representation, codec, info, and in the description kind, maximum fraction, background, segments,
 * content, and of the geometry the size of planes and what holds for slides. */
dseg_status dseg_read_object(const dseg_part10 *part10, dseg_dicom_source *source, dseg_error *error);

/* Number of Frames (0028,0008) of one part; 1 when absent. */
dseg_status dseg_read_frame_count(const dseg_part10 *part10, size_t *count, dseg_error *error);

#endif
