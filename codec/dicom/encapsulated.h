/* encapsulated.h - where compressed frames are, and their bytes (PS3.5 A.4). */
#ifndef DSEG_DICOM_ENCAPSULATED_H
#define DSEG_DICOM_ENCAPSULATED_H

#include "dicom/frame_table.h"

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
