/* SPDX-License-Identifier: Apache-2.0 */
/* htj2k.c - High-Throughput JPEG 2000 Image Compression (Lossless Only), 1.2.840.10008.1.2.4.201 (ISO/IEC 15444-15;
 * PS3.5 8.2.14, A.4.4).
 *
 * A frame is one tile, the reversible 5-3 transform. OpenJPH writes it. OpenJPEG reads it, more slowly, since OpenJPH
 * 0.9 ends the process on damaged input (docs/decisions/0010-htj2k-in-two-libraries.md). */
#include "dseg/frame_codec.h"
#include "frames/builtin.h"
#include "frames/coder.h"

#if DSEG_HAVE_OPENJPEG
DSEG_DECLARE_CODER(openjpeg);
#endif
#if DSEG_HAVE_OPENJPH
DSEG_DECLARE_CODER(openjph);
#endif

static const dseg_option options_table[] = {
    {"levels", 0, 10, 5, "levels of wavelet decomposition, fewer where the frame is too small for them"},
    {.name = NULL},
};

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
#if DSEG_HAVE_OPENJPH
  if (setup->encoding) {
    return dseg_coder_create(&dseg_frame_htj2k, DSEG_CODER(openjph, "OpenJPH " DSEG_OPENJPH_VERSION), setup, context,
                             error);
  }
#endif
#if DSEG_HAVE_OPENJPEG
  if (!setup->encoding) {
    return dseg_coder_create(&dseg_frame_htj2k, DSEG_CODER(openjpeg, "OpenJPEG " DSEG_OPENJPEG_VERSION), setup, context,
                             error);
  }
#endif
  *context = NULL;
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "htj2k: this build has one direction only");
}

static const char *library_version(void) {
#if DSEG_HAVE_OPENJPH
  return "OpenJPH " DSEG_OPENJPH_VERSION;
#else
  return "OpenJPEG " DSEG_OPENJPEG_VERSION;
#endif
}

#if DSEG_HAVE_M_PERTURB /* see openjph.cc */
#define VARYING 0u
#else
#define VARYING DSEG_PLUGIN_VARYING
#endif

/* Measured with OpenJPH 0.9.0, 0 to 10 levels: 5.3 bytes a pixel, 2.7 MB and up to 1 kB a column when encoding; with
 * OpenJPEG 2.5.0 8 bytes a pixel when decoding. */
static uint64_t memory(const dseg_codec_setup *setup) {
  return setup->encoding ? dseg_frame_memory(setup, 8, ((uint64_t)3 << 20) + 1024 * (uint64_t)setup->format.columns)
                         : dseg_frame_memory(setup, 12, (uint64_t)1 << 20);
}

/* PS3.5 8.2.14: MONOCHROME2 and PALETTE COLOR with 8 and 16 bits. Whether Table 8.2.14-1 has Bits Allocated of 1, as
 * that of JPEG 2000, is not known to us, so it is read and not written. */
const dseg_frame_codec dseg_frame_htj2k = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "htj2k",
    .title = "High-Throughput JPEG 2000 Image Compression (Lossless Only)",
    .transfer_syntax_uid = "1.2.840.10008.1.2.4.201",
#if DSEG_HAVE_OPENJPH && DSEG_HAVE_OPENJPEG
    .flags = DSEG_FRAME_READ_WRITE | DSEG_FRAME_BITS_8_16 | VARYING,
#elif DSEG_HAVE_OPENJPH
    .flags = DSEG_PLUGIN_CAN_WRITE | DSEG_FRAME_BITS_8_16 | VARYING,
#else
    .flags = DSEG_PLUGIN_CAN_READ | DSEG_FRAME_BITS_8_16,
#endif
    .options = options_table,
    .library_version = library_version,
    .create = create,
#if DSEG_HAVE_OPENJPH
    .encode = dseg_coder_encode,
#endif
#if DSEG_HAVE_OPENJPEG
    .decode = dseg_coder_decode,
#endif
    .destroy = dseg_coder_destroy,
    .memory = memory,
    .pixel_rules = "PS3.5 8.2.14",
};
