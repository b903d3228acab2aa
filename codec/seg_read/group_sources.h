/* SPDX-License-Identifier: Apache-2.0 */
/* group_sources.h - the images that frames were derived from (PS3.3 C.7.6.16.2.6). */
#ifndef DSEG_SEG_READ_GROUP_SOURCES_H
#define DSEG_SEG_READ_GROUP_SOURCES_H

#include "seg_read/group_pass.h"

/* Derivation Image Sequence (0008,9124): the images, and a copy of whatever else it says of them. */
dseg_status dseg_group_read_derivation(dseg_group_pass *pass, const dseg_header *header, dseg_error *error);

/* Ends the groups of all frames, which name at least one image. */
dseg_status dseg_group_end_shared_sources(dseg_group_pass *pass, dseg_error *error);

#endif
