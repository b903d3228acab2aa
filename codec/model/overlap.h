/* SPDX-License-Identifier: Apache-2.0 */
/* overlap.h - which segments overlap, added up while label maps are filled. */
#ifndef DSEG_MODEL_OVERLAP_H
#define DSEG_MODEL_OVERLAP_H

#include "dseg/source.h"

/* Overlap of a with b (indices in the description's segments, any order) in count more voxels. */
void dseg_overlap_add(dseg_overlap *overlap, uint32_t a, uint32_t b, uint64_t count);
/* Adds what another thread found. */
void dseg_overlap_merge(dseg_overlap *into, const dseg_overlap *from);
/* DSEG_ERROR_OVERLAP with a message that names the segments and the number of voxels. */
dseg_status dseg_overlap_fail(const dseg_overlap *overlap, const dseg_description *description, dseg_error *error);

#endif
