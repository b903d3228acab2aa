/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg_lossless.c - JPEG Lossless, Non-Hierarchical, First-Order Prediction, 1.2.840.10008.1.2.4.70; its coder is
 * dcmjpeg.cc (ISO/IEC 10918-1 Annex H, process 14; PS3.5 8.2.1, A.4.1). */
#include "dseg/frame_codec.h"
#include "frames/builtin.h"
#include "frames/coder.h"

DSEG_DECLARE_CODER(dcmjpeg);

#define LIBRARY "DCMTK " DSEG_DCMJPEG_VERSION

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  return dseg_coder_create(&dseg_frame_jpeg_lossless, DSEG_CODER(dcmjpeg, LIBRARY), setup, context, error);
}

static const char *library_version(void) {
  return LIBRARY;
}

/* Measured with DCMTK 3.6.7: 4.6 bytes a pixel when encoding, 781 kB when decoding, of which most for what is loaded.
 */
static uint64_t memory(const dseg_codec_setup *setup) {
  return dseg_frame_memory(setup, 8, (uint64_t)1 << 20);
}

/* PS3.5 Table 8.2.1-2: Bits Allocated of 8 and 16, for MONOCHROME2 and PALETTE COLOR. */
const dseg_frame_codec dseg_frame_jpeg_lossless = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "jpeg-lossless",
    .title = "JPEG Lossless, Non-Hierarchical, First-Order Prediction",
    .transfer_syntax_uid = "1.2.840.10008.1.2.4.70",
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_BITS_8_16,
    .library_version = library_version,
    .create = create,
    .encode = dseg_coder_encode,
    .decode = dseg_coder_decode,
    .destroy = dseg_coder_destroy,
    .memory = memory,
    .pixel_rules = "PS3.5 Table 8.2.1-2",
};
