/* SPDX-License-Identifier: Apache-2.0 */
/* native.c - the transfer syntaxes whose frames are not compressed: Implicit and Explicit VR Little Endian, the
 * retired Explicit VR Big Endian, and Deflated Explicit VR Little Endian (PS3.5 A.1, A.2, A.3, A.5). How the data
 * set around the frames is written follows from the flags; deflating concerns the whole data set.
 *
 * Bytes here are those of one frame. Where 1-bit frames follow one another without a gap in Pixel Data (PS3.5
 * 8.1.1), whoever cuts the value into frames moves the bits; and where a big-endian Pixel Data element has VR OW with
 * cells of 1 or 8 bits, it also swaps the bytes of each word back, since words do not end where frames do. */
#include <string.h>

#include "base/endian.h"
#include "frames/builtin.h"

/* Nothing is to be remembered between frames, so there is no context. */
static dseg_status create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  (void)setup;
  (void)error;
  *context = NULL;
  return DSEG_OK;
}

static void destroy(dseg_codec_context *context) {
  (void)context;
}

static dseg_status encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame, dseg_buffer *out,
                          dseg_error *error) {
  (void)context;
  if (frame.size != dseg_frame_bytes(info)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "frame %zu has %zu bytes instead of %zu", info->frame, frame.size,
                     dseg_frame_bytes(info));
  }
  const size_t start = out->size;
  DSEG_TRY(dseg_buffer_append(out, frame.data, frame.size, error));
  if (info->bits_allocated == 16) {
    for (size_t i = 0; i + 1 < frame.size; i += 2) {
      uint16_t value;
      memcpy(&value, frame.data + i, sizeof value);
      dseg_store_le16(out->data + start + i, value);
    }
  }
  if (info->bits_allocated == 32) {
    for (size_t i = 0; i + 3 < frame.size; i += 4) {
      uint32_t value;
      memcpy(&value, frame.data + i, sizeof value);
      dseg_store_le32(out->data + start + i, value);
    }
  }
  return DSEG_OK;
}

/* The bytes, with the bits behind the last pixel of a 1-bit frame cleared. */
static dseg_status decode_bytes(const dseg_frame_info *info, dseg_view in, dseg_span out, dseg_error *error) {
  const size_t size = dseg_frame_bytes(info);
  if (out.size != size) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a buffer of %zu bytes for a frame of %zu", out.size, size);
  }
  if (in.size != size && in.size != size + 1) {
    return dseg_fail(error, DSEG_ERROR_FORMAT,
                     "frame %zu has %zu bytes, %u rows of %u columns with %u bits take %zu (PS3.5 8.1.1)", info->frame,
                     in.size, (unsigned)info->rows, (unsigned)info->columns, info->bits_allocated, size);
  }
  if (size == 0) {
    return DSEG_OK;
  }
  memcpy(out.data, in.data, size);
  const unsigned used = (unsigned)((uint64_t)info->rows * info->columns % 8);
  if (info->bits_allocated == 1 && used != 0) {
    out.data[size - 1] &= (uint8_t)((1u << used) - 1u);
  }
  return DSEG_OK;
}

static dseg_status decode_little(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                                 dseg_error *error) {
  (void)context;
  DSEG_TRY(decode_bytes(info, in, out, error));
  if (info->bits_allocated == 16) {
    for (size_t i = 0; i + 1 < out.size; i += 2) {
      const uint16_t value = dseg_load_le16(out.data + i);
      memcpy(out.data + i, &value, sizeof value);
    }
  }
  if (info->bits_allocated == 32) {
    for (size_t i = 0; i + 3 < out.size; i += 4) {
      const uint32_t value = dseg_load_le32(out.data + i);
      memcpy(out.data + i, &value, sizeof value);
    }
  }
  return DSEG_OK;
}

static dseg_status decode_big(dseg_codec_context *context, const dseg_frame_info *info, dseg_view in, dseg_span out,
                              dseg_error *error) {
  (void)context;
  DSEG_TRY(decode_bytes(info, in, out, error));
  if (info->bits_allocated == 16) {
    for (size_t i = 0; i + 1 < out.size; i += 2) {
      const uint16_t value = dseg_load_be16(out.data + i);
      memcpy(out.data + i, &value, sizeof value);
    }
  }
  if (info->bits_allocated == 32) { /* two words, the one with the low bits first (PS3.5 8.1.1) */
    for (size_t i = 0; i + 3 < out.size; i += 4) {
      const uint32_t value = dseg_load_be16(out.data + i) | (uint32_t)dseg_load_be16(out.data + i + 2) << 16;
      memcpy(out.data + i, &value, sizeof value);
    }
  }
  return DSEG_OK;
}

#define ALL_BITS (DSEG_PLUGIN_BITS_1 | DSEG_PLUGIN_BITS_8 | DSEG_PLUGIN_BITS_16 | DSEG_PLUGIN_BITS_32)
#define READ_WRITE (DSEG_PLUGIN_CAN_READ | DSEG_PLUGIN_CAN_WRITE)

/* Three of the four rows write, and read the same bytes. */
#define LITTLE_ENDIAN_FUNCTIONS .create = create, .encode = encode, .decode = decode_little, .destroy = destroy

const dseg_frame_codec dseg_frame_explicit_le = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "explicit-le",
    .title = "Explicit VR Little Endian",
    .transfer_syntax_uid = "1.2.840.10008.1.2.1",
    .flags = READ_WRITE | ALL_BITS | DSEG_PLUGIN_NATIVE,
    LITTLE_ENDIAN_FUNCTIONS,
};

const dseg_frame_codec dseg_frame_implicit_le = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "implicit-le",
    .title = "Implicit VR Little Endian",
    .transfer_syntax_uid = "1.2.840.10008.1.2",
    .flags = READ_WRITE | ALL_BITS | DSEG_PLUGIN_NATIVE | DSEG_PLUGIN_IMPLICIT_VR,
    LITTLE_ENDIAN_FUNCTIONS,
};

const dseg_frame_codec dseg_frame_explicit_be = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "explicit-be",
    .title = "Explicit VR Big Endian (retired)",
    .transfer_syntax_uid = "1.2.840.10008.1.2.2",
    .flags = DSEG_PLUGIN_CAN_READ | ALL_BITS | DSEG_PLUGIN_NATIVE | DSEG_PLUGIN_BIG_ENDIAN,
    .create = create,
    .decode = decode_big,
    .destroy = destroy,
};

const dseg_frame_codec dseg_frame_deflated = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "deflated",
    .title = "Deflated Explicit VR Little Endian (whole data set)",
    .transfer_syntax_uid = "1.2.840.10008.1.2.1.99",
    .flags = READ_WRITE | ALL_BITS | DSEG_PLUGIN_NATIVE | DSEG_PLUGIN_DEFLATED,
    LITTLE_ENDIAN_FUNCTIONS,
};
