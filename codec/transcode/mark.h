/* SPDX-License-Identifier: Apache-2.0 */
/* mark.h - what an instance in an experimental transfer syntax says of it for programs: private elements (PS3.5 7.8.1),
 * as dseg writes them into new objects (seg_write/experimental.c). */
#ifndef DSEG_TRANSCODE_MARK_H
#define DSEG_TRANSCODE_MARK_H

#include "transcode/transcoder.h"

/* What becomes of them. Tags are 0 where nothing happens. */
typedef struct dseg_mark {
  uint32_t removed_creator, removed_value; /* elements that are left out */
  uint32_t creator;                        /* an element to be put in, with the name of the creator */
  uint32_t value_tag;                      /* an element to be put in, in place of one with this tag if there is one */
  dseg_buffer value;                       /* of it, of even length */
  const char *vr;                          /* of it: LO, or the UN that the element had */
} dseg_mark;

#define DSEG_MARK_CREATOR "DSEG PROPOSALS"

/* Decides it. dseg_mark_free in any case. */
dseg_status dseg_mark_plan(const dseg_transcoder *transcoder, dseg_mark *mark, dseg_error *error);
void dseg_mark_free(dseg_mark *mark);

#endif
