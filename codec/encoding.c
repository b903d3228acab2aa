/* SPDX-License-Identifier: Apache-2.0 */
/* encoding.c - which representations, forms of pixels and frame codecs go together (PS3.5 8.2, PS3.3 C.8.20.2). */
#include "dseg/frame_codec.h"
#include "model/plugin_call.h"

static const char *rules(const dseg_frame_codec *codec) {
  return codec->pixel_rules != NULL ? codec->pixel_rules : "PS3.5 8.2";
}

static dseg_status check_bits(const dseg_frame_codec *codec, const dseg_frame_info *info, dseg_error *error) {
  const unsigned bits = info->bits_allocated;
  const uint32_t flag = dseg_bits_flag(bits);
  if ((codec->flags & flag) == 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "%s is not for Bits Allocated (0028,0100) of %u (%s)", codec->name,
                     bits, rules(codec));
  }
  if (bits == 1 && (codec->flags & DSEG_PLUGIN_WHOLE_BYTES) != 0 && (uint64_t)info->rows * info->columns % 8 != 0) {
    return dseg_fail(
        error, DSEG_ERROR_UNSUPPORTED,
        "%s: 1-bit frames of %u rows and %u columns do not fill whole bytes, and where each begins is then "
        "not defined (%s)",
        codec->name, (unsigned)info->rows, (unsigned)info->columns, rules(codec));
  }
  return DSEG_OK;
}

dseg_status dseg_check_encoding(const dseg_representation *representation, const dseg_frame_codec *codec,
                                const dseg_frame_info *info, dseg_error *error) {
  dseg_error_clear(error);
  DSEG_TRY(check_bits(codec, info, error));
  if (info->palette_color && info->bits_allocated == 32) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "PALETTE COLOR is not for Bits Allocated (0028,0100) of 32: a palette has 65536 entries at most "
                     "(PS3.3 C.7.6.3.1.5)");
  }
  if (info->palette_color && (codec->flags & DSEG_PLUGIN_NO_PALETTE) != 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "%s is not for Photometric Interpretation (0028,0004) of PALETTE COLOR (%s)", codec->name,
                     rules(codec));
  }
  if (representation != NULL && (codec->flags & DSEG_PLUGIN_LOSSY) != 0 &&
      (representation->flags & DSEG_PLUGIN_FRACTIONS) == 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "%s is lossy: it changes pixels, which in %s say what a voxel belongs to (PS3.3 C.8.20.2.2, "
                     "C.8.20.2.3)",
                     codec->name, representation->title);
  }
  return DSEG_OK;
}

dseg_status dseg_frame_check_encode(const dseg_frame_codec *codec, const dseg_frame_info *info, dseg_view frame,
                                    dseg_error *error) {
  dseg_error_clear(error);
  DSEG_TRY(dseg_frame_check_size(info, frame.size, error));
  return dseg_check_encoding(NULL, codec, info, error);
}
