/* SPDX-License-Identifier: Apache-2.0 */
/* interpret.h - frames placed by a representation that describes them in a way of its own. */
#ifndef DSEG_SEG_READ_INTERPRET_H
#define DSEG_SEG_READ_INTERPRET_H

#include "seg_read/dicom_object.h"

/* Lets the representation, which has interpret, complete the description and place the frames of source->table, which
 * is made. *by_frame_groups: it has placed none, and the functional groups are to do it. What it did is checked; the
 * message of a failure names it. source->plugin_state is to be freed in any case. */
dseg_status dseg_dicom_interpret(dseg_dicom_source *source, const dseg_open_options *options, bool *by_frame_groups,
                                 dseg_error *error);

/* Reads what representations are given of an object into set: its attributes, in Explicit VR and UTF-8. */
dseg_status dseg_read_attributes(const dseg_part10 *part10, dseg_data_set *set, dseg_error *error);

#endif
