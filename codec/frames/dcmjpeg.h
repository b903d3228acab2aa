/* dcmjpeg.h - DCMTK's lossless JPEG, which is C++, behind C functions. Only dcmjpeg.cc includes its headers. */
#ifndef DSEG_FRAMES_DCMJPEG_H
#define DSEG_FRAMES_DCMJPEG_H

#include "dseg/buffer.h"
#include "dseg/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Appends a stream of the lossless process, predictor 1, all bits. pixels: bytes, or 16-bit words, as info says. */
dseg_status dseg_dcmjpeg_encode(const dseg_frame_info *info, dseg_view pixels, dseg_buffer *out, dseg_error *error);

/* Decodes a stream whose headers have been checked: one component of info's rows and columns, precision bits a pixel,
 * 8 or less for bytes. */
dseg_status dseg_dcmjpeg_decode(const dseg_frame_info *info, dseg_view stream, unsigned precision, dseg_span pixels,
                                dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
