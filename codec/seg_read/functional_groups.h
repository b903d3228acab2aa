/* SPDX-License-Identifier: Apache-2.0 */
/* functional_groups.h - what functional groups say of frames (PS3.3 C.7.6.16), read as a stream. */
#ifndef DSEG_SEG_READ_FUNCTIONAL_GROUPS_H
#define DSEG_SEG_READ_FUNCTIONAL_GROUPS_H

#include "seg_read/group_pass.h"

/* What Shared Functional Groups Sequence (5200,9229) says of all frames. references, when not NULL, receives the
 * source images. */
dseg_status dseg_groups_shared(const dseg_elements *elements, dseg_image_set *references, dseg_groups *shared,
                               dseg_error *error);

/* Receives one frame after the other, from 0. */
typedef dseg_status (*dseg_groups_visit)(void *user, size_t frame, const dseg_groups *groups, dseg_error *error);

/* One pass over Per-Frame Functional Groups Sequence through a window of 256 KiB, whatever its size. Each frame
 * starts as shared. count receives the number of items. */
dseg_status dseg_groups_per_frame(const dseg_part10 *part10, const dseg_groups *shared, dseg_image_set *references,
                                  dseg_groups_visit visit, void *user, size_t *count, dseg_error *error);

#endif
