/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg.c - JPEG Baseline (Process 1), 1.2.840.10008.1.2.4.50; its coder is libjpeg.c (ISO/IEC 10918-1; PS3.5 8.2.1,
 * A.4.1). Lossy: for fractions only, and never chosen by default. */
#include "dseg/frame_codec.h"
#include "frames/builtin.h"
#include "frames/coder.h"

DSEG_DECLARE_CODER(libjpeg);

#define LIBRARY "libjpeg-turbo " DSEG_JPEG_VERSION

static const dseg_option options_table[] = {
    {"quality", 1, 100, 95, "of the compressed fractions: higher is closer to them and larger"},
    {.name = NULL},
};

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  return dseg_coder_create(&dseg_frame_jpeg, DSEG_CODER(libjpeg, LIBRARY), setup, context, error);
}

static const char *library_version(void) {
  return LIBRARY;
}

/* Measured with libjpeg-turbo 2.1.5: 5.1 bytes a pixel when encoding, which keeps all coefficients, and some lines when
 * decoding. */
static uint64_t memory(const dseg_codec_setup *setup) {
  return dseg_frame_memory(setup, 8, (uint64_t)1 << 20);
}

/* PS3.5 Table 8.2.1-1: Bits Allocated of 8, for MONOCHROME2. */
const dseg_frame_codec dseg_frame_jpeg = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "jpeg",
    .title = "JPEG Baseline (Process 1)",
    .transfer_syntax_uid = "1.2.840.10008.1.2.4.50",
    .flags = DSEG_FRAME_READ_WRITE | DSEG_PLUGIN_BITS_8 | DSEG_PLUGIN_LOSSY | DSEG_PLUGIN_NO_PALETTE,
    .options = options_table,
    .library_version = library_version,
    .create = create,
    .encode = dseg_coder_encode,
    .decode = dseg_coder_decode,
    .destroy = dseg_coder_destroy,
    .memory = memory,
    .pixel_rules = "PS3.5 Table 8.2.1-1",
    .lossy_method = "ISO_10918_1",
};
