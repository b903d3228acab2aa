/* j2k_decode.h - JPEG 2000 codestreams of both block coders through OpenJPEG; in builds that have it. */
#ifndef DSEG_FRAMES_J2K_DECODE_H
#define DSEG_FRAMES_J2K_DECODE_H

#include "dseg/buffer.h"
#include "dseg/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A frame codec's decode. scratch: for 1-bit frames. */
dseg_status dseg_j2k_decode(const dseg_frame_info *info, dseg_view in, dseg_buffer *scratch, dseg_span out,
                            dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
