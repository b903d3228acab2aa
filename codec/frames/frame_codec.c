/* SPDX-License-Identifier: Apache-2.0 */
/* frame_codec.c - what the frame codecs have in common, see frame_codec.h. It knows no registry: each module of a coder
 * has a copy (coder.h). */
#include "frames/frame_codec.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/endian.h"
#include "model/bit_planes.h"
#include "model/plugin_call.h"

struct dseg_codec_context {
  dseg_buffer scratch;
  int64_t option;
};

dseg_status dseg_frame_create_scratch(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  dseg_error_clear(error);
  (void)setup;
  *context = calloc(1, sizeof **context);
  return *context != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a frame codec");
}

dseg_status dseg_frame_create_with_option(const dseg_option *table, const char *name, const dseg_codec_setup *setup,
                                          dseg_codec_context **context, dseg_error *error) {
  dseg_error_clear(error);
  const dseg_status status = dseg_frame_create_scratch(setup, context, error);
  if (*context != NULL) {
    (*context)->option = dseg_frame_option(table, setup, name);
  }
  return status;
}

void dseg_frame_destroy_scratch(dseg_codec_context *context) {
  if (context != NULL) {
    dseg_buffer_free(&context->scratch);
    free(context);
  }
}

dseg_buffer *dseg_frame_scratch(dseg_codec_context *context) {
  return &context->scratch;
}

int64_t dseg_frame_option_value(const dseg_codec_context *context) {
  return context->option;
}

int64_t dseg_get_option(const dseg_option *table, const dseg_option_value *values, size_t count, const char *name) {
  for (size_t i = count; i > 0; i--) {
    if (strcmp(values[i - 1].name, name) == 0) {
      return values[i - 1].value;
    }
  }
  while (strcmp(table->name, name) != 0) {
    table++;
  }
  return table->standard;
}

int64_t dseg_frame_option(const dseg_option *table, const dseg_codec_setup *setup, const char *name) {
  return dseg_get_option(table, setup->options, setup->option_count, name);
}

size_t dseg_frame_bytes(const dseg_frame_info *info) {
  const uint64_t pixels = (uint64_t)info->rows * info->columns;
  if (info->bits_allocated == 1) {
    return (size_t)(pixels / 8 + (pixels % 8 != 0));
  }
  /* At most 2^34: rows and columns of an image are 16-bit (PS3.3 C.7.6.3). */
  return (size_t)(pixels * (info->bits_allocated / 8));
}

/* Rows and columns have 16 bits, so that only the caller's own numbers can be too large. */
uint64_t dseg_frame_memory(const dseg_codec_setup *setup, uint64_t bytes_per_pixel, uint64_t bytes) {
  uint64_t product;
  uint64_t sum;
  const uint64_t pixels = (uint64_t)setup->format.rows * setup->format.columns;
  return dseg_mul_u64(pixels, bytes_per_pixel, &product) && dseg_add_u64(product, bytes, &sum) ? sum : UINT64_MAX;
}

#define STANDARD_BYTES_PER_PIXEL 16u
#define STANDARD_BYTES ((uint64_t)1 << 16)

uint64_t dseg_frame_context_bytes(const dseg_frame_codec *codec, const dseg_codec_setup *setup) {
  return codec->memory != NULL ? codec->memory(setup)
                               : dseg_frame_memory(setup, STANDARD_BYTES_PER_PIXEL, STANDARD_BYTES);
}

static size_t pixel_count(const dseg_frame_info *info) {
  return (size_t)info->rows * info->columns;
}

dseg_status dseg_frame_check_size(const dseg_frame_info *info, size_t bytes, dseg_error *error) {
  dseg_error_clear(error);
  if (dseg_bits_flag(info->bits_allocated) == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frames of %u bits a pixel are not handled", info->bits_allocated);
  }
  if (info->rows == 0 || info->columns == 0 || info->rows > UINT16_MAX || info->columns > UINT16_MAX) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame %zu has %u rows and %u columns, 1 to 65535 are possible",
                     info->frame, (unsigned)info->rows, (unsigned)info->columns);
  }
  if (bytes != dseg_frame_bytes(info)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a buffer of %zu bytes for frame %zu, which takes %zu", bytes,
                     info->frame, dseg_frame_bytes(info));
  }
  return DSEG_OK;
}

dseg_status dseg_frame_check_stream(const dseg_frame_info *info, uint64_t rows, uint64_t columns, uint32_t components,
                                    uint32_t precision, dseg_error *error) {
  dseg_error_clear(error);
  if (rows != info->rows || columns != info->columns) {
    return dseg_fail(
        error, DSEG_ERROR_FORMAT,
        "frame %zu: the compressed data has %llu rows and %llu columns, Rows (0028,0010) is %u and Columns "
        "(0028,0011) %u (PS3.5 8.2)",
        info->frame, (unsigned long long)rows, (unsigned long long)columns, (unsigned)info->rows,
        (unsigned)info->columns);
  }
  if (components != 1) {
    return dseg_fail(
        error, DSEG_ERROR_FORMAT,
        "frame %zu: the compressed data has %u components, Samples per Pixel (0028,0002) of a segmentation "
        "is 1 (PS3.3 C.8.20.2)",
        info->frame, (unsigned)components);
  }
  const unsigned least = info->bits_allocated > 8 ? info->bits_allocated / 2 + 1 : 1;
  const unsigned most = info->bits_allocated > 8 ? info->bits_allocated : 8;
  if (precision < least || precision > most) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "frame %zu: the compressed data has %u bits a pixel, Bits Allocated (0028,0100) is %u (PS3.5 8.2)",
                     info->frame, (unsigned)precision, info->bits_allocated);
  }
  return DSEG_OK;
}

dseg_status dseg_frame_to_pixels(const dseg_frame_info *info, dseg_view frame, dseg_buffer *scratch, dseg_view *pixels,
                                 dseg_error *error) {
  dseg_error_clear(error);
  if (info->bits_allocated != 1) {
    *pixels = frame;
    return DSEG_OK;
  }
  const size_t count = pixel_count(info);
  DSEG_TRY(dseg_buffer_resize(scratch, count, error));
  memset(scratch->data, 0, count);
  dseg_bits_or_to_bytes(frame.data, 0, count, scratch->data);
  *pixels = (dseg_view){scratch->data, count};
  return DSEG_OK;
}

dseg_status dseg_frame_pixel_span(const dseg_frame_info *info, dseg_span out, dseg_buffer *scratch, dseg_span *pixels,
                                  dseg_error *error) {
  dseg_error_clear(error);
  if (info->bits_allocated != 1) {
    *pixels = out;
    return DSEG_OK;
  }
  DSEG_TRY(dseg_buffer_resize(scratch, pixel_count(info), error));
  *pixels = (dseg_span){scratch->data, scratch->size};
  return DSEG_OK;
}

dseg_status dseg_frame_from_pixels(const dseg_frame_info *info, dseg_span pixels, dseg_span out, dseg_error *error) {
  dseg_error_clear(error);
  if (info->bits_allocated != 1) {
    return DSEG_OK;
  }
  uint8_t all = 0;
  for (size_t i = 0; i < pixels.size; i++) {
    all |= pixels.data[i];
  }
  if (all > 1) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "frame %zu: the compressed data has values above 1, Bits Allocated (0028,0100) is 1 (PS3.5 8.2)",
                     info->frame);
  }
  (void)dseg_bits_pack(pixels.data, pixels.size, out.data);
  return DSEG_OK;
}

/* Bytes as they are in memory where words are little endian. */
static int is_little_endian(void) {
  const uint16_t one = 1;
  uint8_t first;
  memcpy(&first, &one, 1);
  return first == 1;
}

/* Words of so many bytes, 2 or 4, the other way round; out may be in. */
static void swap_words(const uint8_t *in, size_t size, size_t word, uint8_t *out) {
  for (size_t at = 0; at + word <= size; at += word) {
    for (size_t i = 0; i < word / 2; i++) {
      const uint8_t first = in[at + i];
      out[at + i] = in[at + word - 1 - i];
      out[at + word - 1 - i] = first;
    }
  }
}

dseg_status dseg_frame_to_bytes(const dseg_frame_info *info, dseg_view frame, dseg_buffer *scratch, dseg_view *bytes,
                                dseg_error *error) {
  dseg_error_clear(error);
  *bytes = frame;
  if (info->bits_allocated > 8 && !is_little_endian()) {
    DSEG_TRY(dseg_buffer_resize(scratch, frame.size, error));
    swap_words(frame.data, frame.size, info->bits_allocated / 8, scratch->data);
    *bytes = (dseg_view){scratch->data, frame.size};
  }
  return DSEG_OK;
}

void dseg_frame_from_bytes(const dseg_frame_info *info, dseg_span frame) {
  const unsigned used = (unsigned)(pixel_count(info) % 8);
  if (info->bits_allocated == 1 && used != 0) {
    frame.data[frame.size - 1] &= (uint8_t)((1u << used) - 1u);
  }
  if (info->bits_allocated > 8 && !is_little_endian()) {
    swap_words(frame.data, frame.size, info->bits_allocated / 8, frame.data);
  }
}

dseg_status dseg_frame_check_rest(const dseg_frame_info *info, size_t rest, dseg_error *error) {
  dseg_error_clear(error);
  if (rest <= 1) {
    return DSEG_OK;
  }
  return dseg_fail(error, DSEG_ERROR_FORMAT, "frame %zu: %zu bytes follow the compressed data (PS3.5 A.4)", info->frame,
                   rest);
}
