/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg_stream.c - the marker segments in front of a JPEG stream's scan (ISO/IEC 10918-1 Annex B), see jpeg_stream.h. */
#include "frames/jpeg_stream.h"

#include "base/endian.h"
#include "frames/frame_codec.h"

enum marker { SOF0 = 0xC0, DHT = 0xC4, JPG = 0xC8, DAC = 0xCC, SOF15 = 0xCF, SOI = 0xD8, EOI = 0xD9, SOS = 0xDA };

static dseg_status damaged(const dseg_frame_info *info, const char *what, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: JPEG: %s (ISO/IEC 10918-1 B.2, PS3.5 8.2.1)", info->frame,
                   what);
}

bool dseg_jpeg_trim(dseg_view in, dseg_view *stream) {
  for (size_t padding = 0; padding <= 1 && in.size >= 4 + padding; padding++) {
    const uint8_t *marker = in.data + in.size - padding - 2;
    if (marker[0] == 0xFF && marker[1] == EOI) {
      *stream = (dseg_view){in.data, in.size - padding};
      return true;
    }
  }
  return false;
}

/* SOF0 to SOF15, which share their codes with three other markers. */
static bool is_frame_marker(unsigned marker) {
  return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
}

/* B.2.2: precision, lines, samples a line, components. */
static dseg_status read_frame_header(const dseg_frame_info *info, dseg_view header, dseg_jpeg_stream *stream,
                                     dseg_error *error) {
  if (header.size < 6 || header.size != 6 + 3 * (size_t)header.data[5]) {
    return damaged(info, "the frame header has another size than it says", error);
  }
  stream->precision = header.data[0];
  return dseg_frame_check_stream(info, dseg_load_be16(header.data + 1), dseg_load_be16(header.data + 3), header.data[5],
                                 stream->precision, error);
}

/* B.2.3, of the one component. */
static dseg_status check_scan_header(const dseg_frame_info *info, dseg_view header, dseg_error *error) {
  return header.size == 6 && header.data[0] == 1 ? DSEG_OK
                                                 : damaged(info, "the scan header is not that of one component", error);
}

dseg_status dseg_jpeg_check(const dseg_frame_info *info, dseg_view in, unsigned frame_marker, dseg_jpeg_stream *stream,
                            dseg_error *error) {
  *stream = (dseg_jpeg_stream){0};
  if (!dseg_jpeg_trim(in, &stream->bytes) || in.data[0] != 0xFF || in.data[1] != SOI) {
    return damaged(info, "does not begin with the marker SOI and end with EOI", error);
  }
  bool has_frame = false;
  size_t at = 2;
  while (stream->bytes.size - at >= 4) {
    const uint8_t *bytes = in.data + at;
    const unsigned marker = bytes[1];
    if (bytes[0] == 0xFF && marker == 0xFF) { /* a fill byte (B.1.1.2) */
      at++;
      continue;
    }
    const size_t length = dseg_load_be16(bytes + 2);
    if (bytes[0] != 0xFF || marker < SOF0 || (marker >= 0xD0 && marker <= EOI) || length < 2 ||
        length > stream->bytes.size - at - 2) {
      return damaged(info, "a marker segment is damaged", error);
    }
    const dseg_view segment = {bytes + 4, length - 2};
    if (is_frame_marker(marker)) {
      if (marker != frame_marker || has_frame) {
        return damaged(info, "coded by another process than its transfer syntax says", error);
      }
      DSEG_TRY(read_frame_header(info, segment, stream, error));
      has_frame = true;
    }
    if (marker == SOS) {
      return has_frame ? check_scan_header(info, segment, error)
                       : damaged(info, "a scan without a frame header", error);
    }
    at += 2 + length;
  }
  return damaged(info, "there is no scan", error);
}
