/* SPDX-License-Identifier: Apache-2.0 */
/* describe.h - attributes that a representation puts itself. */
#ifndef DSEG_SEG_WRITE_DESCRIBE_H
#define DSEG_SEG_WRITE_DESCRIBE_H

#include "seg_write/writer.h"

/* Has the representation, where it wants to, put its attributes into the set that has all of the library's, and checks
 * that it has left these alone. */
dseg_status dseg_writer_describe(const dseg_writer *writer, const dseg_seg_object *object, dseg_data_set *set,
                                 dseg_error *error);

/* The bytes of an encoded data set that stand before Per-Frame Functional Groups Sequence (5200,9230). */
dseg_status dseg_bytes_before_frames(dseg_view data_set, bool implicit_vr, size_t *bytes, dseg_error *error);

#endif
