/* SPDX-License-Identifier: Apache-2.0 */
/* seg_nrrd.h - segments in the key/value pairs of an NRRD header, as 3D Slicer keeps them (.seg.nrrd). */
#ifndef DSEG_FORMATS_SEG_NRRD_H
#define DSEG_FORMATS_SEG_NRRD_H

#include "dseg/formats.h"
#include "formats/nrrd_header.h"

/* Takes the segments that the header describes into content->declared and sets its format; a header without any
 * leaves content as it is. */
dseg_status dseg_seg_nrrd_read(const dseg_nrrd_header *header, const dseg_open_options *options,
                               dseg_volume_content *content, dseg_error *error);

/* Appends the pairs that describe the volume's segments. */
dseg_status dseg_seg_nrrd_write(const dseg_volume *volume, dseg_buffer *out, dseg_error *error);

#endif
