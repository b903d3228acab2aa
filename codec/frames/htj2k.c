/* htj2k.c - High-Throughput JPEG 2000 Image Compression (Lossless Only), 1.2.840.10008.1.2.4.201 (ISO/IEC 15444-15;
 * PS3.5 8.2.14, A.4.4).
 *
 * A frame is one tile, the reversible 5-3 transform. OpenJPH writes it. OpenJPEG reads it, more slowly, since OpenJPH
 * 0.9 ends the process on damaged input (docs/decisions/0010-htj2k-in-two-libraries.md). */
#include "frames/builtin.h"
#include "frames/frame_codec.h"
#include "frames/j2k_codestream.h"
#include "frames/j2k_decode.h"
#include "frames/openjph.h"

static const dseg_option options_table[] = {
    {"levels", 0, 10, 5, "levels of wavelet decomposition, fewer where the frame is too small for them"},
    {.name = NULL},
};

static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  return dseg_frame_create_with_option(options_table, "levels", setup, context, error);
}

#if DSEG_HAVE_OPENJPH
static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  DSEG_TRY(dseg_frame_check_encode(&dseg_frame_htj2k, info, frame, error));
  return dseg_openjph_encode(info, frame, dseg_j2k_levels(info, dseg_frame_option_value(context)), out, error);
}
#endif

#if DSEG_HAVE_OPENJPEG
static dseg_status decode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                          dseg_error *error) {
  return dseg_j2k_decode(info, in, dseg_frame_scratch(context), out, error);
}
#endif

#if DSEG_HAVE_M_PERTURB /* see openjph.cc */
#define VARYING 0u
#else
#define VARYING DSEG_PLUGIN_VARYING
#endif

/* PS3.5 8.2.14: MONOCHROME2 and PALETTE COLOR with 8 and 16 bits. Whether Table 8.2.14-1 has Bits Allocated of 1, as
 * that of JPEG 2000, is not known to us, so it is read and not written. */
const dseg_frame_codec dseg_frame_htj2k = {
    .abi = DSEG_PLUGIN_ABI,
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
    .create = create,
#if DSEG_HAVE_OPENJPH
    .library_version = dseg_openjph_version,
    .encode = encode,
#endif
#if DSEG_HAVE_OPENJPEG
    .decode = decode,
#endif
    .destroy = dseg_frame_destroy_scratch,
    .pixel_rules = "PS3.5 8.2.14",
};
