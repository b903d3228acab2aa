/* SPDX-License-Identifier: Apache-2.0 */
/* j2k_codestream.c - the marker segments of a JPEG 2000 codestream (ISO/IEC 15444-1 Annex A, 15444-15 A), see
 * j2k_codestream.h.
 *
 * Some fifty bytes of header can make a decoder set up 65535 tiles, each with as many layers and a precinct for every
 * pixel. So these numbers are held against the frame's own before a library sees the codestream. */
#include "frames/j2k_codestream.h"

#include <string.h>

#include "base/endian.h"
#include "frames/frame_codec.h"
#include "frames/jpeg_stream.h"

enum marker {
  SOC = 0xFF4F,
  SIZ = 0xFF51,
  COD = 0xFF52,
  COC = 0xFF53,
  POC = 0xFF5F,
  SOT = 0xFF90,
  SOD = 0xFF93,
  EOC = 0xFFD9
};

#define SOT_SIZE 12 /* with the marker */

/* The headers being read. */
struct reader {
  const dseg_frame_info *info;
  dseg_view in;
  size_t at;
  uint32_t tile_rows, tile_columns; /* of the largest tile */
  uint64_t tiles;
  dseg_j2k_codestream *stream;
  dseg_error *error;
};

static dseg_status damaged(const struct reader *reader, const char *what) {
  return dseg_fail(reader->error, DSEG_ERROR_FORMAT, "frame %zu: JPEG 2000: %s (ISO/IEC 15444-1 A, PS3.5 8.2.4)",
                   reader->info->frame, what);
}

static dseg_status too_divided(const struct reader *reader, const char *what) {
  return dseg_fail(reader->error, DSEG_ERROR_LIMIT, "frame %zu: JPEG 2000: more %s than %u rows and %u columns need",
                   reader->info->frame, what, (unsigned)reader->info->rows, (unsigned)reader->info->columns);
}

static uint64_t pixels(const struct reader *reader) {
  return (uint64_t)reader->info->rows * reader->info->columns;
}

static uint64_t divide_up(uint64_t a, uint64_t b) {
  return (a + b - 1) / b;
}

/* The next marker; false where the data ends. */
static bool next_marker(struct reader *reader, unsigned *marker) {
  if (reader->in.size - reader->at < 2) {
    return false;
  }
  *marker = dseg_load_be16(reader->in.data + reader->at);
  reader->at += 2;
  return true;
}

/* What follows the length of a marker segment; false when it does not fit. */
static bool next_segment(struct reader *reader, dseg_view *segment) {
  if (reader->in.size - reader->at < 2) {
    return false;
  }
  const size_t length = dseg_load_be16(reader->in.data + reader->at);
  if (length < 2 || length > reader->in.size - reader->at) {
    return false;
  }
  *segment = (dseg_view){reader->in.data + reader->at + 2, length - 2};
  reader->at += length;
  return true;
}

/* Image and tile size (A.5.1). */
static dseg_status read_siz(struct reader *reader, dseg_view siz) {
  if (siz.size < 39 || siz.size != 36 + 3 * (size_t)dseg_load_be16(siz.data + 34)) {
    return damaged(reader, "the segment SIZ has another size than it says");
  }
  const uint32_t columns = dseg_load_be32(siz.data + 2);
  const uint32_t rows = dseg_load_be32(siz.data + 6);
  const uint32_t tile_columns = dseg_load_be32(siz.data + 18);
  const uint32_t tile_rows = dseg_load_be32(siz.data + 22);
  const uint8_t depth = siz.data[36];
  for (size_t offset = 10; offset < 34; offset += 4) {
    if (offset != 18 && offset != 22 && dseg_load_be32(siz.data + offset) != 0) {
      return dseg_fail(reader->error, DSEG_ERROR_UNSUPPORTED,
                       "frame %zu: JPEG 2000: offsets of the image or its tiles are not handled", reader->info->frame);
    }
  }
  if (tile_columns == 0 || tile_rows == 0 || siz.data[37] != 1 || siz.data[38] != 1) {
    return damaged(reader, "tiles without a pixel, or pixels left out");
  }
  if ((depth & 0x80) != 0) {
    return damaged(reader, "pixels with a sign, Pixel Representation (0028,0103) of a segmentation is 0");
  }
  reader->stream->precision = depth + 1u;
  DSEG_TRY(dseg_frame_check_stream(reader->info, rows, columns, dseg_load_be16(siz.data + 34),
                                   reader->stream->precision, reader->error));
  reader->tile_columns = tile_columns < columns ? tile_columns : columns;
  reader->tile_rows = tile_rows < rows ? tile_rows : rows;
  reader->tiles = divide_up(columns, tile_columns) * divide_up(rows, tile_rows);
  return reader->tiles <= 16 + pixels(reader) / 1024 ? DSEG_OK : too_divided(reader, "tiles");
}

/* Precincts of all tiles and resolutions (A.6.1, B.6). sizes: a byte for each resolution, or NULL: undivided. */
static dseg_status count_precincts(struct reader *reader, unsigned levels, unsigned layers, const uint8_t *sizes) {
  uint64_t sum = 0;
  uint64_t most = 1;
  for (unsigned resolution = 0; resolution <= levels && sizes != NULL; resolution++) {
    const uint64_t scale = UINT64_C(1) << (levels - resolution);
    const uint64_t across = divide_up(divide_up(reader->tile_columns, scale), UINT64_C(1) << (sizes[resolution] & 15));
    const uint64_t down = divide_up(divide_up(reader->tile_rows, scale), UINT64_C(1) << (sizes[resolution] >> 4));
    sum += across * down;
    most = across * down > most ? across * down : most;
  }
  if (sum * reader->tiles > 1024 + pixels(reader) / 64) {
    return too_divided(reader, "precincts");
  }
  if (most * (levels + 1) * layers > 65536 + pixels(reader)) {
    return too_divided(reader, "layers");
  }
  return DSEG_OK;
}

/* Coding style (A.6.1): parameters is what COD and COC have in common, without the precincts' presence. */
static dseg_status read_style(struct reader *reader, bool has_precincts, unsigned layers, dseg_view parameters) {
  if (parameters.size < 5 || parameters.data[0] > 32) {
    return damaged(reader, "no valid coding style");
  }
  const unsigned levels = parameters.data[0];
  if (has_precincts && parameters.size < 5 + (size_t)levels + 1) {
    return damaged(reader, "precincts are missing for some resolution");
  }
  if (parameters.data[4] != 1) {
    return damaged(reader, "not coded reversibly, its transfer syntax is lossless");
  }
  reader->stream->high_throughput = (parameters.data[3] & 0x40) != 0;
  if ((parameters.data[3] & 0x80) != 0) {
    return dseg_fail(reader->error, DSEG_ERROR_UNSUPPORTED,
                     "frame %zu: JPEG 2000: code blocks of both kinds in one frame are not handled",
                     reader->info->frame);
  }
  return count_precincts(reader, levels, layers, has_precincts ? parameters.data + 5 : NULL);
}

static dseg_status read_cod(struct reader *reader, dseg_view cod) {
  if (cod.size < 10) {
    return damaged(reader, "no valid coding style");
  }
  const dseg_view parameters = {cod.data + 5, cod.size - 5};
  const unsigned layers = dseg_load_be16(cod.data + 2);
  DSEG_TRY(read_style(reader, (cod.data[0] & 1) != 0, layers, parameters));
  /* So that what check_high_throughput sees is what the decoder sees: no markers between packets, and a code block's
   * bytes all in one place. */
  if (reader->stream->high_throughput && ((cod.data[0] & 6) != 0 || layers != 1)) {
    return dseg_fail(reader->error, DSEG_ERROR_UNSUPPORTED,
                     "frame %zu: high-throughput JPEG 2000 of several layers, or with markers between packets, is not "
                     "handled",
                     reader->info->frame);
  }
  return DSEG_OK;
}

/* From SOC to the first SOT, which is consumed. */
static dseg_status read_main_header(struct reader *reader) {
  unsigned marker = 0;
  dseg_view segment;
  if (!next_marker(reader, &marker) || marker != SOC || !next_marker(reader, &marker) || marker != SIZ ||
      !next_segment(reader, &segment)) {
    return damaged(reader, "does not begin with the markers SOC and SIZ");
  }
  DSEG_TRY(read_siz(reader, segment));
  bool has_style = false;
  while (next_marker(reader, &marker) && marker != SOT) {
    if (marker < 0xFF30 || !next_segment(reader, &segment)) {
      return damaged(reader, "the main header is cut or damaged");
    }
    if (marker == COD && !has_style) {
      DSEG_TRY(read_cod(reader, segment));
      has_style = true;
    } else if (marker == COD || marker == COC) {
      return damaged(reader, "more than one coding style for its only component");
    }
  }
  return marker == SOT && has_style ? DSEG_OK : damaged(reader, "the main header has no coding style or no end");
}

/* The headers of one tile-part, up to SOD, must not change what was checked. */
static dseg_status check_tile_header(struct reader *reader, size_t end) {
  unsigned marker = 0;
  dseg_view segment;
  while (next_marker(reader, &marker) && marker != SOD) {
    if (marker < 0xFF30 || !next_segment(reader, &segment) || reader->at > end) {
      return damaged(reader, "a tile-part's header is cut or damaged");
    }
    if (marker == COD || marker == COC || marker == POC) {
      return dseg_fail(reader->error, DSEG_ERROR_UNSUPPORTED,
                       "frame %zu: JPEG 2000: a coding style for one tile is not handled", reader->info->frame);
    }
  }
  return marker == SOD && reader->at <= end ? DSEG_OK : damaged(reader, "a tile-part's header has no end");
}

/* Packets of a tile-part, high-throughput: no 0xFF is followed by more than 0x8F, or ends what may go on in the next
 * tile-part (15444-15 7.1, 15444-1 B.10.1). OpenJPEG 2.5.0 relies on that with an assertion. */
static dseg_status check_high_throughput(const struct reader *reader, size_t start, size_t end) {
  const uint8_t *at = reader->in.data + start;
  const uint8_t *const last = reader->in.data + end;
  while (at < last && (at = memchr(at, 0xFF, (size_t)(last - at))) != NULL) {
    at++;
    if (at == last || *at > 0x8F) {
      return damaged(reader, "a marker among the coded data");
    }
  }
  return DSEG_OK;
}

/* From behind the first SOT to EOC (A.4.2, A.4.4). */
static dseg_status walk_tile_parts(struct reader *reader) {
  unsigned marker = SOT;
  while (marker == SOT) {
    const size_t start = reader->at - 2;
    dseg_view sot;
    if (!next_segment(reader, &sot) || sot.size != SOT_SIZE - 4) {
      return damaged(reader, "a tile-part is cut or damaged");
    }
    size_t length = dseg_load_be32(sot.data + 2);
    dseg_view whole;
    if (length == 0 && dseg_jpeg_trim(reader->in, &whole)) { /* up to EOC, whose code is that of JPEG's EOI */
      length = whole.size - 2 - start;
    }
    if (length < SOT_SIZE + 2 || length > reader->in.size - start) {
      return damaged(reader, "a tile-part is cut or damaged");
    }
    DSEG_TRY(check_tile_header(reader, start + length));
    if (reader->stream->high_throughput) {
      DSEG_TRY(check_high_throughput(reader, reader->at, start + length));
    }
    reader->at = start + length;
    if (!next_marker(reader, &marker)) {
      return damaged(reader, "the marker EOC is missing");
    }
  }
  return marker == EOC ? DSEG_OK : damaged(reader, "something else than a tile-part or EOC");
}

dseg_status dseg_j2k_check(const dseg_frame_info *info, dseg_view in, dseg_j2k_codestream *stream, dseg_error *error) {
  struct reader reader = {.info = info, .in = in, .stream = stream, .error = error};
  DSEG_TRY(read_main_header(&reader));
  DSEG_TRY(walk_tile_parts(&reader));
  stream->bytes = (dseg_view){in.data, reader.at};
  return dseg_frame_check_rest(info, in.size - reader.at, error);
}

unsigned dseg_j2k_levels(const dseg_frame_info *info, int64_t asked) {
  const uint32_t least = info->rows < info->columns ? info->rows : info->columns;
  unsigned levels = 0;
  while (levels < asked && least >> (levels + 1) != 0) {
    levels++;
  }
  return levels;
}
