/* SPDX-License-Identifier: Apache-2.0 */
/* dcmjpeg.cc - the coder of lossless JPEG through DCMTK's builds of a JPEG library for samples of 8, 12 and 16 bits
 * (ISO/IEC 10918-1 Annex H, process 14; PS3.5 8.2.1, A.4.1).
 *
 * The transfer syntax has predictor 1 (selection value 1), which is written; streams with another one say so, and are
 * read. */
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djdijg12.h>
#include <dcmtk/dcmjpeg/djdijg16.h>
#include <dcmtk/dcmjpeg/djdijg8.h>
#include <dcmtk/dcmjpeg/djeijg16.h>
#include <dcmtk/dcmjpeg/djeijg8.h>

#include <limits>
#include <memory>
#include <new>

#include "frames/coder.h"
#include "frames/frame_codec.h"
#include "frames/jpeg_stream.h"

namespace {

/* DCMTK's coders without their messages, which go to a log. A warning is one of a damaged stream: what follows is not
 * what was coded. */
class encoder8 : public DJCompressIJG8Bit {
 public:
  using DJCompressIJG8Bit::DJCompressIJG8Bit;
  void emitMessage(void *, int) const override {}
};

class encoder16 : public DJCompressIJG16Bit {
 public:
  using DJCompressIJG16Bit::DJCompressIJG16Bit;
  void emitMessage(void *, int) const override {}
};

template <class Base>
class decoder : public Base {
 public:
  using Base::Base;
  void emitMessage(int level) const override { damaged_ = damaged_ || level < 0; }
  bool damaged() const { return damaged_; }

 private:
  mutable bool damaged_ = false;
};

DJCodecParameter parameters() {
  return DJCodecParameter(ECC_lossyYCbCr, EDC_never, EUC_never, EPC_colorByPixel);
}

dseg_status out_of_memory(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for DCMTK");
}

dseg_status fail(const dseg_frame_info *info, const char *reason, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: DCMTK: %s (PS3.5 8.2.1)", info->frame, reason);
}

/* DCMTK takes what it only reads as if it were to be changed. */
template <class Encoder, class Pixel>
dseg_status encode(const dseg_frame_info *info, dseg_view pixels, dseg_buffer *out, dseg_error *error) {
  const DJCodecParameter settings = parameters();
  Encoder encoder(settings, EJM_lossless, 1, 0);
  Uint8 *bytes = nullptr;
  Uint32 size = 0;
  const OFCondition condition =
      encoder.encode(static_cast<Uint16>(info->columns), static_cast<Uint16>(info->rows), EPI_Monochrome2, 1,
                     const_cast<Pixel *>(reinterpret_cast<const Pixel *>(pixels.data)), bytes, size);
  const std::unique_ptr<Uint8[]> owned(bytes);
  if (condition == EC_MemoryExhausted) {
    return out_of_memory(error);
  }
  if (condition.bad()) { /* of valid pixels: more than 65500 rows or columns */
    return dseg_fail(error, DSEG_ERROR_LIMIT, "frame %zu: DCMTK: %s", info->frame, condition.text());
  }
  return dseg_buffer_append(out, bytes, size, error);
}

template <class Decoder>
dseg_status decode(const dseg_frame_info *info, dseg_view stream, dseg_span pixels, dseg_error *error) {
  const DJCodecParameter settings = parameters();
  decoder<Decoder> reader(settings, OFFalse);
  OFCondition condition = reader.init();
  if (condition.good()) {
    condition = reader.decode(const_cast<Uint8 *>(stream.data), static_cast<Uint32>(stream.size), pixels.data,
                              static_cast<Uint32>(pixels.size), OFFalse);
  }
  if (condition == EC_MemoryExhausted) {
    return out_of_memory(error);
  }
  if (condition.bad()) {
    return fail(info, condition.text(), error);
  }
  return reader.damaged() ? fail(info, "the coded data is damaged", error) : DSEG_OK;
}

dseg_status create(const dseg_frame_codec *, const dseg_codec_setup *setup, dseg_codec_context **context,
                   dseg_error *error) {
  return dseg_frame_create_scratch(setup, context, error);
}

dseg_status encode_frame(dseg_codec_context *, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                         dseg_error *error) {
  try {
    return info->bits_allocated == 16 ? encode<encoder16, Uint16>(info, frame, out, error)
                                      : encode<encoder8, Uint8>(info, frame, out, error);
  } catch (...) {
    return out_of_memory(error);
  }
}

/* stream: its headers have been checked. */
dseg_status decode_pixels(const dseg_frame_info *info, const dseg_jpeg_stream *stream, dseg_span pixels,
                          dseg_error *error) {
  const Uint32 most = std::numeric_limits<Uint32>::max();
  if (stream->bytes.size > most || pixels.size > most) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "frame %zu is too large for DCMTK", info->frame);
  }
  try {
    if (stream->precision <= 8) {
      return decode<DJDecompressIJG8Bit>(info, stream->bytes, pixels, error);
    }
    return stream->precision <= 12 ? decode<DJDecompressIJG12Bit>(info, stream->bytes, pixels, error)
                                   : decode<DJDecompressIJG16Bit>(info, stream->bytes, pixels, error);
  } catch (...) {
    return out_of_memory(error);
  }
}

dseg_status decode_frame(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                         dseg_error *error) {
  DSEG_TRY(dseg_frame_check_size(info, out.size, error));
  dseg_jpeg_stream stream;
  DSEG_TRY(dseg_jpeg_check(info, in, DSEG_JPEG_LOSSLESS, &stream, error));
  dseg_span pixels;
  DSEG_TRY(dseg_frame_pixel_span(info, out, dseg_frame_scratch(context), &pixels, error));
  DSEG_TRY(decode_pixels(info, &stream, pixels, error));
  return dseg_frame_from_pixels(info, pixels, out, error);
}

}  // namespace

extern "C" {
DSEG_DECLARE_CODER(dcmjpeg);
}
const dseg_coder *dseg_coder_dcmjpeg(void) {
  static const dseg_coder coder = {DSEG_VERSION_STRING, create, encode_frame, decode_frame, dseg_frame_destroy_scratch};
  return &coder;
}
