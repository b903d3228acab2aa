/* SPDX-License-Identifier: Apache-2.0 */
/* j2k_codestream.h - what a JPEG 2000 codestream says of itself, checked before a library allocates for it. */
#ifndef DSEG_FRAMES_J2K_CODESTREAM_H
#define DSEG_FRAMES_J2K_CODESTREAM_H

#include "dseg/buffer.h"
#include "dseg/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dseg_j2k_codestream {
  uint32_t precision;   /* bits a pixel */
  bool high_throughput; /* code blocks as in ISO/IEC 15444-15 */
  dseg_view bytes;      /* from SOC to EOC, without padding */
} dseg_j2k_codestream;

/* Reads the headers of a codestream (ISO/IEC 15444-1 Annex A) and fills stream. DSEG_ERROR_FORMAT when it is damaged,
 * incomplete, not coded reversibly, or of another frame than info; DSEG_ERROR_UNSUPPORTED or DSEG_ERROR_LIMIT when it
 * is divided in ways that would make a decoder allocate far more than the frame takes. */
dseg_status dseg_j2k_check(const dseg_frame_info *info, dseg_view in, dseg_j2k_codestream *stream, dseg_error *error);

/* Decomposition levels for a frame: as many as asked for, as long as the lowest resolution has a pixel. */
unsigned dseg_j2k_levels(const dseg_frame_info *info, int64_t asked);

#ifdef __cplusplus
}
#endif
#endif
