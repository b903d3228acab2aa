/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg_xl.c - JPEG XL Lossless, 1.2.840.10008.1.2.4.110; its coder is libjxl.c (ISO/IEC 18181-1; PS3.5 8.2.15, A.4.12).
 */
#include "dseg/frame_codec.h"
#include "frames/builtin.h"
#include "frames/coder.h"

DSEG_DECLARE_CODER(libjxl);

#define LIBRARY "libjxl " DSEG_LIBJXL_VERSION

static const dseg_option options_table[] = {
    {"effort", 1, 9, 7, "of the compression: higher is smaller and far slower"},
    {.name = NULL},
};

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  return dseg_coder_create(&dseg_frame_jpeg_xl, DSEG_CODER(libjxl, LIBRARY), setup, context, error);
}

static const char *library_version(void) {
  return LIBRARY;
}

/* Measured with libjxl 0.7.0, efforts 1 to 9, label maps and noise: 92 bytes a pixel when encoding, 25 and up to 4 MB
 * when decoding. */
static uint64_t memory(const dseg_codec_setup *setup) {
  return setup->encoding ? dseg_frame_memory(setup, 128, (uint64_t)4 << 20)
                         : dseg_frame_memory(setup, 32, (uint64_t)8 << 20);
}

/* PS3.5 Table 8.2.15-1: MONOCHROME2; the table has no PALETTE COLOR for JPEG XL. Whether it has Bits Allocated of 1 is
 * not known to us, so it is read and not written. */
const dseg_frame_codec dseg_frame_jpeg_xl = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "jpeg-xl",
    .title = "JPEG XL Lossless",
    .transfer_syntax_uid = "1.2.840.10008.1.2.4.110",
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_BITS_8_16 | DSEG_PLUGIN_NO_PALETTE,
    .options = options_table,
    .library_version = library_version,
    .create = create,
    .encode = dseg_coder_encode,
    .decode = dseg_coder_decode,
    .destroy = dseg_coder_destroy,
    .memory = memory,
    .pixel_rules = "PS3.5 Table 8.2.15-1",
};
