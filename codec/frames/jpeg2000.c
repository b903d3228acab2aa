/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg2000.c - JPEG 2000 Image Compression (Lossless Only), 1.2.840.10008.1.2.4.90; its coder is openjpeg.c (ISO/IEC
 * 15444-1; PS3.5 8.2.4, A.4.4). */
#include "dseg/frame_codec.h"
#include "frames/builtin.h"
#include "frames/coder.h"

DSEG_DECLARE_CODER(openjpeg);

#define LIBRARY "OpenJPEG " DSEG_OPENJPEG_VERSION

static const dseg_option options_table[] = {
    {"levels", 0, 10, 5, "levels of wavelet decomposition, fewer where the frame is too small for them"},
    {.name = NULL},
};

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  return dseg_coder_create(&dseg_frame_jpeg2000, DSEG_CODER(openjpeg, LIBRARY), setup, context, error);
}

static const char *library_version(void) {
  return LIBRARY;
}

/* Measured with OpenJPEG 2.5.0, 0 to 10 levels: 15.4 bytes a pixel when encoding, 8 when decoding. */
static uint64_t memory(const dseg_codec_setup *setup) {
  return dseg_frame_memory(setup, setup->encoding ? 20 : 12, (uint64_t)1 << 20);
}

/* PS3.5 Table 8.2.4-1: Bits Allocated of 1, 8 and 16 (and more) for MONOCHROME2; PALETTE COLOR with 8 and 16. */
const dseg_frame_codec dseg_frame_jpeg2000 = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "jpeg2000",
    .title = "JPEG 2000 Image Compression (Lossless Only)",
    .transfer_syntax_uid = "1.2.840.10008.1.2.4.90",
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_ALL_BITS,
    .pixel_rules = "PS3.5 Table 8.2.4-1",
    .options = options_table,
    .library_version = library_version,
    .create = create,
    .encode = dseg_coder_encode,
    .decode = dseg_coder_decode,
    .destroy = dseg_coder_destroy,
    .memory = memory,
};
