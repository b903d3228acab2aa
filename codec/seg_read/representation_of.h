/* SPDX-License-Identifier: Apache-2.0 */
/* representation_of.h - which representation of the registry an object is in. */
#ifndef DSEG_SEG_READ_REPRESENTATION_OF_H
#define DSEG_SEG_READ_REPRESENTATION_OF_H

#include "dicom/elements.h"
#include "dseg/plugin.h"

/* By Segmentation Type (0062,0001), SOP Class UID (0008,0016) and Private Creators of the data set: an experimental
 * representation takes an object of one of its SOP Classes that has its block, of several the one with most blocks in
 * it; else the first with that type, the standard's. *found NULL: none has the type, or there is none.
 * DSEG_ERROR_FORMAT: the SOP Class is an experimental one's, whose block is missing. */
dseg_status dseg_representation_of(const dseg_elements *data_set, const dseg_representation **found, dseg_error *error);

/* Whether a representation writes objects of this SOP Class. */
bool dseg_has_sop_class(const dseg_representation *representation, const dseg_element *sop_class_uid);

#endif
