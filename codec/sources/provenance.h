/* SPDX-License-Identifier: Apache-2.0 */
/* provenance.h - whose the whole of several sources is, and from which images. */
#ifndef DSEG_SOURCES_PROVENANCE_H
#define DSEG_SOURCES_PROVENANCE_H

#include "sources/source.h"

/* Checks that all sources are of one patient and lie in one frame of reference (dseg_open_many), before anything else
 * is compared. *patient and *frame_of_reference: the sources whose patient, and whose frame of reference, hold. */
dseg_status dseg_check_sources(dseg_source *const *sources, size_t count, const dseg_open_options *options,
                               size_t *patient, size_t *frame_of_reference, dseg_error *error);

/* Gives whole, a copy of the first source's description with an arena of its own, the images of all sources: those of
 * the first stay where they are, those that only others name follow. A plane that the first has no image for gets the
 * next source's. */
dseg_status dseg_merge_references(dseg_source *const *sources, size_t count, dseg_description *whole,
                                  dseg_error *error);

#endif
