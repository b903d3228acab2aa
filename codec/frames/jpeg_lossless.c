/* jpeg_lossless.c - JPEG Lossless, Non-Hierarchical, First-Order Prediction, 1.2.840.10008.1.2.4.70, through DCMTK
 * (ISO/IEC 10918-1 Annex H, process 14; PS3.5 8.2.1, A.4.1).
 *
 * The transfer syntax has predictor 1 (selection value 1), which is written; streams with another one say so, and are
 * read. */
#include "frames/builtin.h"
#include "frames/dcmjpeg.h"
#include "frames/frame_codec.h"
#include "frames/jpeg_stream.h"

static const char *library_version(void) {
  return "DCMTK " DSEG_DCMTK_VERSION;
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  (void)context;
  DSEG_TRY(dseg_frame_check_encode(&dseg_frame_jpeg_lossless, info, frame, error));
  return dseg_dcmjpeg_encode(info, frame, out, error);
}

static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  dseg_jpeg_stream stream;
  DSEG_TRY(dseg_jpeg_check(info, in, DSEG_JPEG_LOSSLESS, &stream, error));
  dseg_span pixels;
  DSEG_TRY(dseg_frame_pixel_span(info, out, dseg_frame_scratch(context), &pixels, error));
  DSEG_TRY(dseg_dcmjpeg_decode(info, stream.bytes, stream.precision, pixels, error));
  return dseg_frame_from_pixels(info, pixels, out, error);
}

/* PS3.5 Table 8.2.1-2: Bits Allocated of 8 and 16, for MONOCHROME2 and PALETTE COLOR. */
const dseg_frame_codec dseg_frame_jpeg_lossless = {
    .abi = DSEG_PLUGIN_ABI,
    .name = "jpeg-lossless",
    .title = "JPEG Lossless, Non-Hierarchical, First-Order Prediction",
    .transfer_syntax_uid = "1.2.840.10008.1.2.4.70",
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_BITS_8_16,
    .library_version = library_version,
    .create = dseg_frame_create_scratch,
    .encode = encode,
    .decode = decode,
    .destroy = dseg_frame_destroy_scratch,
    .pixel_rules = "PS3.5 Table 8.2.1-2",
};
