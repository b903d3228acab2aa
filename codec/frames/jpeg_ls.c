/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg_ls.c - JPEG-LS Lossless, 1.2.840.10008.1.2.4.80; its coder is charls.c (ISO/IEC 14495-1; PS3.5 8.2.3, A.4.3). */
#include "dseg/frame_codec.h"
#include "frames/builtin.h"
#include "frames/coder.h"

DSEG_DECLARE_CODER(charls);

#define LIBRARY "CharLS " DSEG_CHARLS_VERSION

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  return dseg_coder_create(&dseg_frame_jpeg_ls, DSEG_CODER(charls, LIBRARY), setup, context, error);
}

static const char *library_version(void) {
  return LIBRARY;
}

/* CharLS keeps a few lines; a byte a pixel is for frames of 1 bit. Measured with 2.4.1: at most 6 bytes a column, 240
 * kB when it is loaded. */
static uint64_t memory(const dseg_codec_setup *setup) {
  return dseg_frame_memory(setup, 1, ((uint64_t)1 << 19) + 64 * (uint64_t)setup->format.columns);
}

/* PS3.5 Table 8.2.3-1: Bits Allocated of 8 and 16, for MONOCHROME2 and PALETTE COLOR. */
const dseg_frame_codec dseg_frame_jpeg_ls = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "jpeg-ls",
    .title = "JPEG-LS Lossless Image Compression",
    .transfer_syntax_uid = "1.2.840.10008.1.2.4.80",
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_BITS_8_16,
    .pixel_rules = "PS3.5 Table 8.2.3-1",
    .library_version = library_version,
    .create = create,
    .encode = dseg_coder_encode,
    .decode = dseg_coder_decode,
    .destroy = dseg_coder_destroy,
    .memory = memory,
};
