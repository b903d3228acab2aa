/* SPDX-License-Identifier: Apache-2.0 */
/* makers.h - who made an object, who contributed to it, and when it was made. */
#ifndef DSEG_SEG_READ_MAKERS_H
#define DSEG_SEG_READ_MAKERS_H

#include "dicom/elements.h"
#include "dseg/source.h"

/* Reads General Equipment and Contributing Equipment Sequence (PS3.3 C.7.5.1, C.12.1) into info->makers; the texts are
 * the description's. */
dseg_status dseg_read_makers(dseg_text_reader *reader, const dseg_elements *object, dseg_encoding_info *info,
                             dseg_error *error);

/* Reads Content Date (0008,0023) and Content Time (0008,0033) into info->content_date_time. */
dseg_status dseg_read_content_date(dseg_text_reader *reader, const dseg_elements *object, dseg_encoding_info *info,
                                   dseg_error *error);

#endif
