/* SPDX-License-Identifier: Apache-2.0 */
/* byte_counts.h - where the bytes of an object go. */
#ifndef DSEG_SEG_READ_BYTE_COUNTS_H
#define DSEG_SEG_READ_BYTE_COUNTS_H

#include "seg_read/dicom_object.h"

/* Fills in the byte counts of source->info but that of Pixel Data; frames have been located. */
dseg_status dseg_count_bytes(dseg_dicom_source *source, dseg_error *error);

#endif
