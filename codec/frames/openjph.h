/* openjph.h - OpenJPH's encoder, which is C++, behind C functions. Only openjph.cc includes its headers. */
#ifndef DSEG_FRAMES_OPENJPH_H
#define DSEG_FRAMES_OPENJPH_H

#include "dseg/buffer.h"
#include "dseg/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Appends a reversible codestream of one component with that many levels of decomposition. pixels: bytes, or 16-bit
 * words, as info says. */
dseg_status dseg_openjph_encode(const dseg_frame_info *info, dseg_view pixels, unsigned levels, dseg_buffer *out,
                                dseg_error *error);

const char *dseg_openjph_version(void);

#ifdef __cplusplus
}
#endif
#endif
