/* SPDX-License-Identifier: Apache-2.0 */
/* undescribed_background.h - the background of a label map in which no element says what it is. */
#ifndef DSEG_SEG_READ_UNDESCRIBED_BACKGROUND_H
#define DSEG_SEG_READ_UNDESCRIBED_BACKGROUND_H

#include "seg_read/dicom_object.h"

/* Gives a label map, whose frames are in the table, the background 0 where neither Pixel Padding Value nor an item of
 * Segment Sequence says what 0 is and pixels of 0 occur: with a warning. Reads frames up to the first that has one. */
dseg_status dseg_dicom_find_background(dseg_dicom_source *source, const dseg_open_options *options, dseg_error *error);

#endif
