/* SPDX-License-Identifier: Apache-2.0 */
/* pixel_data.c - the frames of an object counted, before anything is allocated for them, and found in Pixel Data,
 * native or encapsulated (PS3.5 8, A.4). */
#include <inttypes.h>
#include <string.h>

#include "base/checked.h"
#include "seg_read/dicom_source.h"
#include "seg_read/fragments.h"
#include "seg_read/object.h"

/* Whether Pixel Data is encapsulated, and in which order its bytes are. */
dseg_status dseg_dicom_read_encoding(dseg_dicom_source *source, dseg_error *error) {
  const dseg_part10 *part10 = &source->parts[0];
  const bool native = source->codec != NULL && (source->codec->flags & DSEG_PLUGIN_NATIVE) != 0;
  source->encapsulated = part10->pixel_data.undefined_length;
  if (source->codec != NULL && native == source->encapsulated) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "Pixel Data (7FE0,0010) is %s, which transfer syntax %s (0002,0010) does not have (PS3.5 A.4)",
                     native ? "encapsulated" : "one value", part10->transfer_syntax_uid);
  }
  /* Words of 16 bits are in the data set's byte order (PS3.5 7.3); bytes are not swapped. Pixels of 32 bits are two
   * words, the one with the low bits first (PS3.5 8.1.1). */
  source->swap_pairs =
      part10->elements.big_endian && (source->info.bits_allocated > 8 || memcmp(part10->pixel_data.vr, "OB", 2) != 0);
  return DSEG_OK;
}

/* Checks Number of Frames against Pixel Data before anything is allocated for frames. */
dseg_status dseg_dicom_count_frames(const dseg_dicom_source *source, uint64_t memory_limit, size_t *counts,
                                    size_t *total, dseg_error *error) {
  const dseg_geometry *geometry = &source->base.description->geometry;
  const uint64_t frame_bits = (uint64_t)geometry->rows * geometry->columns * source->info.bits_allocated;
  size_t frame_bytes; /* with a byte at least for each pixel */
  *total = 0;
  if (!dseg_mul_size(geometry->rows, geometry->columns, &frame_bytes) ||
      !dseg_mul_size(frame_bytes, source->info.bits_allocated > 8 ? source->info.bits_allocated / 8 : 1,
                     &frame_bytes)) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "a frame of %u x %u pixels exceeds the address space",
                     (unsigned)geometry->columns, (unsigned)geometry->rows);
  }
  for (size_t i = 0; i < source->part_count; i++) {
    const dseg_part10 *part10 = &source->parts[i];
    const dseg_located *pixels = &part10->pixel_data;
    if (!pixels->present) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "Pixel Data (7FE0,0010) is missing (PS3.3 C.7.6.3)");
    }
    DSEG_TRY(dseg_read_frame_count(part10, &counts[i], error));
    const uint64_t bytes = dseg_input_size(part10->input) - pixels->value_offset;
    const uint64_t possible = pixels->undefined_length ? bytes / 8 : bytes * 8 / frame_bits;
    if (counts[i] > possible) {
      return dseg_fail(error, DSEG_ERROR_FORMAT,
                       "Number of Frames (0028,0008) is %zu, the %" PRIu64
                       " bytes of Pixel Data (7FE0,0010) hold %" PRIu64 " at most (PS3.5 8.1.1)",
                       counts[i], bytes, possible);
    }
    *total += counts[i];
  }
  if (*total > UINT32_MAX || *total > memory_limit / 32) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "a table of %zu frames exceeds the memory limit of %" PRIu64 " bytes",
                     *total, memory_limit);
  }
  return DSEG_OK;
}

/* Whether count frames that are stride bits apart take the bytes of Pixel Data, of even length. */
static bool takes_all(uint64_t bytes, uint64_t stride, size_t count) {
  uint64_t bits = 0;
  const bool fits = !__builtin_mul_overflow(stride, (uint64_t)count, &bits) && bits <= UINT64_MAX - 7;
  const uint64_t taken = fits ? (bits + 7) / 8 : UINT64_MAX;
  return fits && bytes - taken <= 1 && taken <= bytes;
}

/* The distance between native frames. 1-bit frames are padded where the caller says so and the length agrees, and where
 * their length says so and nothing else: then recognised is set. */
static dseg_native_layout native_layout(const dseg_dicom_source *source, const dseg_located *pixels, size_t count,
                                        bool padded, bool *recognised) {
  const dseg_geometry *geometry = &source->base.description->geometry;
  const uint64_t bits = (uint64_t)geometry->rows * geometry->columns * source->info.bits_allocated;
  const uint64_t to_byte = (bits + 7) / 8 * 8;
  const uint64_t to_word = (bits + 15) / 16 * 16;
  const uint64_t bytes = pixels->value_length;
  dseg_native_layout layout = {bits, bits};
  *recognised = false;
  if (source->info.bits_allocated != 1) {
    return layout;
  }
  if (padded) {
    if (to_word / 8 * count <= bytes) {
      layout.stride_bits = to_word;
    } else if (to_byte / 8 * count <= bytes) {
      layout.stride_bits = to_byte;
    }
  } else if (count > 1 && !takes_all(bytes, bits, count)) {
    const bool by_byte = takes_all(bytes, to_byte, count);
    const bool by_word = takes_all(bytes, to_word, count);
    if (by_byte != by_word || (by_byte && to_byte == to_word)) {
      layout.stride_bits = by_byte ? to_byte : to_word;
      *recognised = true;
    }
  }
  return layout;
}

dseg_status dseg_dicom_locate_part(dseg_dicom_source *source, size_t part, size_t first, size_t count,
                                   const dseg_open_options *options, dseg_error *error) {
  const dseg_part10 *part10 = &source->parts[part];
  const dseg_located *pixels = &part10->pixel_data;
  if (pixels->undefined_length != source->encapsulated) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "parts of the concatenation differ in the form of Pixel Data (7FE0,0010)");
  }
  if (source->encapsulated) {
    uint64_t bytes;
    DSEG_TRY(dseg_locate_encapsulated(&source->table, first, count, (uint16_t)part, part10, &options->warnings, &bytes,
                                      error));
    source->info.pixel_data_bytes += bytes;
    return DSEG_OK;
  }
  bool recognised = false;
  const dseg_native_layout layout = native_layout(source, pixels, count, options->padded_bit_frames, &recognised);
  if (recognised) {
    dseg_warn(
        &options->warnings,
        "each 1-bit frame in Pixel Data (7FE0,0010) starts at a whole %s, contrary to PS3.5 8.1.1: its length allows "
        "no other reading",
        layout.stride_bits % 16 == 0 && layout.stride_bits != (layout.frame_bits + 7) / 8 * 8 ? "word" : "byte");
  }
  uint64_t extra;
  DSEG_TRY(dseg_locate_native(&source->table, first, count, (uint16_t)part, pixels, &layout, &extra, error));
  source->info.pixel_data_bytes += pixels->value_length;
  if (extra > 1) {
    dseg_warn(&options->warnings,
              "Pixel Data (7FE0,0010) has %" PRIu64 " bytes more than its frames take (PS3.5 8.1.1)%s", extra,
              source->info.bits_allocated == 1 ? "; --padded-bit-frames takes frames that start at whole bytes" : "");
  }
  return DSEG_OK;
}
