/* SPDX-License-Identifier: Apache-2.0 */
/* frame_codec.h - for writers of frame codecs, what most of them need: options, checks of sizes and streams, 1-bit
 * frames as bytes, byte order.
 *
 * In encode: dseg_frame_check_encode (are these the pixels that the flags promise?), dseg_frame_to_bytes (little
 * endian, or a byte for each 1-bit pixel), then the codec's own work, appended to out. In decode: the codec's own work
 * into dseg_frame_pixel_span, then dseg_frame_from_pixels. docs/plugin-guide.md has a whole codec. info and setup are
 * those that a codec's functions receive (dseg/plugin.h). */
#ifndef DSEG_FRAME_CODEC_H
#define DSEG_FRAME_CODEC_H

#include "dseg/buffer.h"
#include "dseg/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Flags that often go together. */
#define DSEG_FRAME_READ_WRITE (DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE)
#define DSEG_FRAME_BITS_8_16 (DSEG_PLUGIN_BITS_8 | DSEG_PLUGIN_BITS_16)
#define DSEG_FRAME_ALL_BITS (DSEG_PLUGIN_BITS_1 | DSEG_FRAME_BITS_8_16) /* that the standard's segmentations have */
#define DSEG_FRAME_ANY_BITS (DSEG_FRAME_ALL_BITS | DSEG_PLUGIN_BITS_32)

/* create and destroy of codecs whose context is nothing but scratch memory, and that memory; with the value of an
 * option of the table, if create calls the second. */
DSEG_API dseg_status dseg_frame_create_scratch(const dseg_codec_setup *setup, dseg_codec_context **context,
                                               dseg_error *error);
DSEG_API dseg_status dseg_frame_create_with_option(const dseg_option *table, const char *name,
                                                   const dseg_codec_setup *setup, dseg_codec_context **context,
                                                   dseg_error *error);
DSEG_API void dseg_frame_destroy_scratch(dseg_codec_context *context);
DSEG_API dseg_buffer *dseg_frame_scratch(dseg_codec_context *context);
DSEG_API int64_t dseg_frame_option_value(const dseg_codec_context *context);

/* dseg_get_option for the options of a setup. */
DSEG_API int64_t dseg_frame_option(const dseg_option *table, const dseg_codec_setup *setup, const char *name);

/* Bytes that a context of the codec for this setup may allocate: what its memory says, or the estimate where it has
 * none. */
DSEG_API uint64_t dseg_frame_context_bytes(const dseg_frame_codec *codec, const dseg_codec_setup *setup);

/* For memory: for each pixel and beside, sums and products that overflow being UINT64_MAX. */
DSEG_API uint64_t dseg_frame_memory(const dseg_codec_setup *setup, uint64_t bytes_per_pixel, uint64_t bytes);

/* DSEG_ERROR_ARGUMENT unless bytes is what the canonical frame takes, it has a pixel, and rows and columns are within
 * the 16 bits they have (PS3.3 C.7.6.3). */
DSEG_API dseg_status dseg_frame_check_size(const dseg_frame_info *info, size_t bytes, dseg_error *error);

/* For encoders: what dseg_frame_check_size says of frame, then DSEG_ERROR_UNSUPPORTED, with the section that says so,
 * unless the codec is for such pixels. */
DSEG_API dseg_status dseg_frame_check_encode(const dseg_frame_codec *codec, const dseg_frame_info *info,
                                             dseg_view frame, dseg_error *error);

/* DSEG_ERROR_FORMAT unless a compressed stream's description of itself is that of the frame: one component, and a
 * precision that needs the same bytes a pixel. 1-bit frames may come as bytes (from writers that went beyond the
 * standard): there a precision of 1 to 8 passes, the values are checked when they are packed. */
DSEG_API dseg_status dseg_frame_check_stream(const dseg_frame_info *info, uint64_t rows, uint64_t columns,
                                             uint32_t components, uint32_t precision, dseg_error *error);

/* For codecs that see pixels as bytes or native words of 16 or 32 bits. Encoding: 1-bit frames are unpacked into
 * scratch, a byte (0 or 1) a pixel, others are passed on as they are. */
DSEG_API dseg_status dseg_frame_to_pixels(const dseg_frame_info *info, dseg_view frame, dseg_buffer *scratch,
                                          dseg_view *pixels, dseg_error *error);

/* Decoding: where the pixels go, out itself or, for 1-bit frames, scratch; once they are there they are packed by
 * dseg_frame_from_pixels, which has nothing to do for other frames. DSEG_ERROR_FORMAT for a byte above 1. */
DSEG_API dseg_status dseg_frame_pixel_span(const dseg_frame_info *info, dseg_span out, dseg_buffer *scratch,
                                           dseg_span *pixels, dseg_error *error);
DSEG_API dseg_status dseg_frame_from_pixels(const dseg_frame_info *info, dseg_span pixels, dseg_span out,
                                            dseg_error *error);

/* For codecs that see a frame as the bytes it has in a little-endian data set. Encoding: the frame itself, or a
 * swapped copy in scratch on a big-endian machine. */
DSEG_API dseg_status dseg_frame_to_bytes(const dseg_frame_info *info, dseg_view frame, dseg_buffer *scratch,
                                         dseg_view *bytes, dseg_error *error);

/* Decoding, in place: native byte order, and zeros in the bits behind the last pixel of a 1-bit frame. */
DSEG_API void dseg_frame_from_bytes(const dseg_frame_info *info, dseg_span frame);

/* What a decoder says of input that goes on behind the compressed data: one byte of padding may (PS3.5 A.4). */
DSEG_API dseg_status dseg_frame_check_rest(const dseg_frame_info *info, size_t rest, dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
