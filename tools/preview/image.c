/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - one grey image from its data set, see image.h. */
#include "preview/image.h"

#include <stdlib.h>
#include <string.h>

#define EXPLICIT_VR_LITTLE_ENDIAN "1.2.840.10008.1.2.1"

/* The fragments of a frame, behind the offset table (PS3.5 A.4). */
static dseg_status join_fragments(dseg_view value, dseg_buffer *frame, dseg_error *error) {
  bool is_table = true;
  while (value.size >= 8 && memcmp(value.data, "\xFE\xFF\x00\xE0", 4) == 0) {
    const uint32_t size = (uint32_t)value.data[4] | (uint32_t)value.data[5] << 8 | (uint32_t)value.data[6] << 16 |
                          (uint32_t)value.data[7] << 24;
    if (size > value.size - 8) {
      return dseg_fail(error, DSEG_ERROR_FORMAT, "a fragment of Pixel Data (7FE0,0010) is cut off");
    }
    if (!is_table) {
      DSEG_TRY(dseg_buffer_append(frame, value.data + 8, size, error));
    }
    is_table = false;
    value = (dseg_view){value.data + 8 + size, value.size - 8 - size};
  }
  return DSEG_OK;
}

static dseg_status decode(const dseg_frame_codec *codec, const dseg_frame_info *info, dseg_view value, uint8_t *pixels,
                          dseg_error *error) {
  const dseg_codec_setup setup = {.format = *info, .frame_count = 1};
  dseg_codec_context *context = NULL;
  dseg_buffer frame = {0};
  dseg_status status = join_fragments(value, &frame, error);
  if (status == DSEG_OK) {
    status = codec->create(&setup, &context, error);
  }
  if (status == DSEG_OK) {
    status = codec->decode(context, info, (dseg_view){frame.data, frame.size},
                           (dseg_span){pixels, dseg_frame_bytes(info)}, error);
    codec->destroy(context);
  }
  dseg_buffer_free(&frame);
  return status;
}

/* Native values in the byte order of this machine. */
static dseg_status copy_native(dseg_view value, const preview_image *to, dseg_error *error) {
  const size_t count = (size_t)to->rows * to->columns;
  if (value.size < count * (to->bits_allocated / 8U)) {
    return dseg_fail(error, DSEG_ERROR_FORMAT, "Pixel Data (7FE0,0010) is too short");
  }
  for (size_t i = 0; i < count && to->bits_allocated == 16; i++) {
    const uint16_t word = (uint16_t)(value.data[2 * i] | value.data[2 * i + 1] << 8);
    memcpy(to->pixels + 2 * i, &word, sizeof word);
  }
  if (to->bits_allocated == 8) {
    memcpy(to->pixels, value.data, count);
  }
  return DSEG_OK;
}

static dseg_status read_pixels(const dseg_data_set *set, const char *syntax, preview_image *to, dseg_error *error) {
  const dseg_frame_info info = {.rows = to->rows, .columns = to->columns, .bits_allocated = to->bits_allocated};
  dseg_view value = {NULL, 0};
  if (!dseg_data_set_get_bytes(set, 0x7FE00010, &value)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "has no Pixel Data (7FE0,0010)");
  }
  to->pixels = malloc(dseg_frame_bytes(&info));
  if (to->pixels == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for an image");
  }
  if (strcmp(syntax, PREVIEW_IMPLICIT_VR) == 0 || strcmp(syntax, EXPLICIT_VR_LITTLE_ENDIAN) == 0) {
    return copy_native(value, to, error);
  }
  const dseg_frame_codec *codec = dseg_find_frame_codec(syntax);
  const uint32_t unfit = DSEG_PLUGIN_NATIVE | DSEG_PLUGIN_OTHER_FRAMES;
  if (codec == NULL || codec->decode == NULL || (codec->flags & unfit) != 0) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "its transfer syntax, %s, is none that can be drawn", syntax);
  }
  return decode(codec, &info, value, to->pixels, error);
}

static bool read_geometry(const dseg_data_set *set, preview_image *to) {
  if (!dseg_data_set_get_decimals(set, 0x00200032, to->position, 3) ||
      !dseg_data_set_get_decimals(set, 0x00200037, to->orientation, 6) ||
      !dseg_data_set_get_decimals(set, 0x00280030, to->spacing, 2) || !(to->spacing[0] > 0) || !(to->spacing[1] > 0)) {
    return false;
  }
  const double *a = to->orientation;
  const double *b = to->orientation + 3;
  double *n = to->normal;
  n[0] = a[1] * b[2] - a[2] * b[1];
  n[1] = a[2] * b[0] - a[0] * b[2];
  n[2] = a[0] * b[1] - a[1] * b[0];
  return n[0] * n[0] + n[1] * n[1] + n[2] * n[2] > 0.5;
}

static dseg_status describe(const dseg_data_set *set, preview_image *to, dseg_error *error) {
  uint16_t samples = 1;
  uint16_t representation = 0;
  (void)dseg_data_set_get_u16(set, 0x00280002, 0, &samples);
  (void)dseg_data_set_get_u16(set, 0x00280103, 0, &representation);
  const bool has_bits = dseg_data_set_get_u16(set, 0x00280010, 0, &to->rows) &&
                        dseg_data_set_get_u16(set, 0x00280011, 0, &to->columns) &&
                        dseg_data_set_get_u16(set, 0x00280100, 0, &to->bits_allocated) &&
                        dseg_data_set_get_u16(set, 0x00280101, 0, &to->bits_stored);
  to->is_signed = representation == 1;
  to->is_inverted = dseg_data_set_text_is(set, 0x00280004, "MONOCHROME1");
  if (!has_bits || samples != 1 || !(to->is_inverted || dseg_data_set_text_is(set, 0x00280004, "MONOCHROME2")) ||
      (to->bits_allocated != 8 && to->bits_allocated != 16) || to->bits_stored == 0 ||
      to->bits_stored > to->bits_allocated) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "is no grey image of 8 or 16 bits, and no other can be drawn");
  }
  if (!read_geometry(set, to)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "has no position, orientation and spacing of its own: frames of one image cannot be drawn");
  }
  to->slope = 1;
  (void)dseg_data_set_get_decimals(set, 0x00281052, &to->intercept, 1);
  (void)dseg_data_set_get_decimals(set, 0x00281053, &to->slope, 1);
  return DSEG_OK;
}

void preview_image_free(preview_image *image) {
  free(image->pixels);
  image->pixels = NULL;
}

dseg_status preview_image_read(const dseg_data_set *set, const char *syntax, preview_image *to, dseg_error *error) {
  *to = (preview_image){0};
  dseg_status status = describe(set, to, error);
  if (status == DSEG_OK) {
    status = read_pixels(set, syntax, to, error);
  }
  if (status != DSEG_OK) {
    preview_image_free(to);
  }
  return status;
}

float preview_image_value(const preview_image *from, size_t pixel) {
  uint32_t stored = from->pixels[pixel];
  if (from->bits_allocated == 16) {
    uint16_t word;
    memcpy(&word, from->pixels + 2 * pixel, sizeof word);
    stored = word;
  }
  stored &= (1U << from->bits_stored) - 1U;
  const bool is_negative = from->is_signed && (stored >> (from->bits_stored - 1) & 1U) != 0;
  const double value = (double)stored - (is_negative ? (double)(1U << from->bits_stored) : 0.0);
  return (float)((value * from->slope + from->intercept) * (from->is_inverted ? -1 : 1));
}
