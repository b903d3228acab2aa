/* SPDX-License-Identifier: Apache-2.0 */
/* fragments.h - where compressed frames are, and their bytes (PS3.5 A.4). */
#ifndef DSEG_SEG_READ_FRAGMENTS_H
#define DSEG_SEG_READ_FRAGMENTS_H

#include "seg_read/frame_table.h"

/* What a fragment may take here: an even length (PS3.5 A.4) that with the item's header stays within the 32 bits of a
 * frame's length in the table. 32 bits hold 8 more, which are neither read nor written. */
#define DSEG_FRAGMENT_LIMIT 0xFFFFFFF6u

/* The length of the item for a frame of that many compressed bytes: even; DSEG_ERROR_LIMIT beyond the limit. */
dseg_status dseg_fragment_length(uint64_t bytes, uint32_t *length, dseg_error *error);

/* Fills in the frames first..first + count of a part from the Extended Offset Table (7FE0,0001), or the Basic
 * Offset Table, or, where these are absent or wrong, by walking the fragments: one for each frame, or all for the
 * only frame. value_bytes receives what Pixel Data takes, as far as it is known. */
dseg_status dseg_locate_encapsulated(dseg_frame_table *table, size_t first, size_t count, uint16_t part,
                                     const dseg_part10 *part10, const dseg_warning_sink *warnings,
                                     uint64_t *value_bytes, dseg_error *error);

/* Appends the frame's bytes: its fragments without their headers. */
dseg_status dseg_read_fragments(const dseg_input *input, const dseg_frame *frame, dseg_buffer *out, dseg_error *error);

/* Bytes of the frame without the headers of its fragments, and where the first begin. */
dseg_status dseg_measure_fragments(const dseg_input *input, const dseg_frame *frame, uint64_t *offset, uint32_t *length,
                                   dseg_error *error);

#endif
