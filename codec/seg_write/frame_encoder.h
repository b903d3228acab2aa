/* SPDX-License-Identifier: Apache-2.0 */
/* frame_encoder.h - compresses the frames of a finished object, when their number and order are known. */
#ifndef DSEG_SEG_WRITE_FRAME_ENCODER_H
#define DSEG_SEG_WRITE_FRAME_ENCODER_H

#include "seg_write/writer.h"

/* Replaces the spool of canonical frames by one of fragments (item headers included), in the order of the frames, whose
 * records then describe these. The work is shared among threads. */
dseg_status dseg_writer_encode_frames(dseg_writer *writer, dseg_error *error);

#endif
