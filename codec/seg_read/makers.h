/* SPDX-License-Identifier: Apache-2.0 */
/* makers.h - who made an object, and who contributed to it. */
#ifndef DSEG_SEG_READ_MAKERS_H
#define DSEG_SEG_READ_MAKERS_H

#include "dicom/elements.h"
#include "dseg/source.h"

/* Reads General Equipment and Contributing Equipment Sequence (PS3.3 C.7.5.1, C.12.1) into info->makers; the texts are
 * the description's. */
dseg_status dseg_read_makers(dseg_text_reader *reader, const dseg_elements *object, dseg_encoding_info *info,
                             dseg_error *error);

#endif
