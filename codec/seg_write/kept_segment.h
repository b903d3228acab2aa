/* SPDX-License-Identifier: Apache-2.0 */
/* kept_segment.h - the attributes of a segment that its members do not have, put into its item. */
#ifndef DSEG_SEG_WRITE_KEPT_SEGMENT_H
#define DSEG_SEG_WRITE_KEPT_SEGMENT_H

#include "seg_write/object.h"

/* Which sequences of codes were among them, so that those of the members are not to be put. */
typedef struct dseg_kept_codes {
  bool category, type, regions;
} dseg_kept_codes;

/* Puts segment->attributes into the current item, but sequences of codes that say something else than the members. */
void dseg_put_kept_segment(dseg_data_set *set, const dseg_segment *segment, dseg_kept_codes *kept);

#endif
