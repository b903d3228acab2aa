/* SPDX-License-Identifier: Apache-2.0 */
/* nifti_header.c - the header of NIfTI-1 (348 bytes) and NIfTI-2 (540 bytes), read in both byte orders and written. */
#include "formats/nifti_header.h"

#include <string.h>

#include "base/endian.h"
#include "formats/volume.h"

/* Where members lie; the versions differ in order and width. */
struct layout {
  size_t bytes;
  size_t magic, datatype, bitpix, dim, pixdim, voxel_offset, slope, intercept, units, intent;
  size_t qform_code, sform_code, quaternion, quaternion_offset, rows;
};

static const struct layout layout_1 = {
    DSEG_NIFTI1_BYTES, 344, 70, 72, 40, 76, 108, 112, 116, 123, 68, 252, 254, 256, 268, 280,
};
static const struct layout layout_2 = {
    DSEG_NIFTI2_BYTES, 4, 12, 14, 16, 104, 168, 176, 184, 500, 504, 344, 348, 352, 376, 400,
};

/* Reading: a header's bytes in a known version and order. */
struct reader {
  const uint8_t *bytes;
  bool big_endian;
  int version;
};

static int read_int16(const struct reader *reader, size_t at) {
  const uint8_t *p = reader->bytes + at;
  return (int16_t)(reader->big_endian ? dseg_load_be16(p) : dseg_load_le16(p));
}

static int read_int32(const struct reader *reader, size_t at) {
  const uint8_t *p = reader->bytes + at;
  return (int)(reader->big_endian ? dseg_load_be32(p) : dseg_load_le32(p));
}

static uint64_t read_uint64(const struct reader *reader, size_t at) {
  const uint8_t *p = reader->bytes + at;
  return reader->big_endian ? dseg_load_be64(p) : dseg_load_le64(p);
}

/* A float in NIfTI-1, a double in NIfTI-2. index counts them from at. */
static double read_real(const struct reader *reader, size_t at, size_t index) {
  if (reader->version == 2) {
    const uint64_t bits = read_uint64(reader, at + 8 * index);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
  }
  const uint32_t bits = (uint32_t)read_int32(reader, at + 4 * index);
  float value;
  memcpy(&value, &bits, sizeof value);
  return (double)value;
}

static int read_code(const struct reader *reader, size_t at) {
  return reader->version == 2 ? read_int32(reader, at) : read_int16(reader, at);
}

static void read_members(const struct reader *reader, const struct layout *layout, dseg_nifti_header *header) {
  for (size_t i = 0; i < 8; i++) {
    header->dim[i] = reader->version == 2 ? (int64_t)read_uint64(reader, layout->dim + 8 * i)
                                          : read_int16(reader, layout->dim + 2 * i);
    header->pixdim[i] = read_real(reader, layout->pixdim, i);
  }
  header->datatype = read_int16(reader, layout->datatype);
  header->bits_per_voxel = read_int16(reader, layout->bitpix);
  header->voxel_offset = reader->version == 2 ? (double)(int64_t)read_uint64(reader, layout->voxel_offset)
                                              : read_real(reader, layout->voxel_offset, 0);
  header->slope = read_real(reader, layout->slope, 0);
  header->intercept = read_real(reader, layout->intercept, 0);
  header->units = reader->version == 2 ? read_int32(reader, layout->units) : reader->bytes[layout->units];
  header->intent = read_code(reader, layout->intent);
  header->qform_code = read_code(reader, layout->qform_code);
  header->sform_code = read_code(reader, layout->sform_code);
  for (size_t i = 0; i < 3; i++) {
    header->quaternion[i] = read_real(reader, layout->quaternion, i);
    header->quaternion_offset[i] = read_real(reader, layout->quaternion_offset, i);
    for (size_t j = 0; j < 4; j++) {
      header->rows[i][j] = read_real(reader, layout->rows, 4 * i + j);
    }
  }
}

bool dseg_nifti_parse(dseg_view head, dseg_nifti_header *header) {
  if (head.size < DSEG_NIFTI1_BYTES) {
    return false;
  }
  const uint32_t little = dseg_load_le32(head.data);
  const uint32_t big = dseg_load_be32(head.data);
  const bool is_second = little == DSEG_NIFTI2_BYTES || big == DSEG_NIFTI2_BYTES;
  const struct layout *layout = is_second ? &layout_2 : &layout_1;
  if ((little != layout->bytes && big != layout->bytes) || head.size < layout->bytes) {
    return false;
  }
  const uint8_t *magic = head.data + layout->magic;
  const char digit = is_second ? '2' : '1';
  if (magic[0] != 'n' || (magic[1] != '+' && magic[1] != 'i') || magic[2] != (uint8_t)digit || magic[3] != 0) {
    return false;
  }
  const struct reader reader = {head.data, big == layout->bytes, is_second ? 2 : 1};
  *header =
      (dseg_nifti_header){.version = reader.version, .big_endian = reader.big_endian, .has_pair = magic[1] == 'i'};
  read_members(&reader, layout, header);
  return true;
}

/* Writing. */
static void write_int16(uint8_t *p, int value) {
  const int16_t stored = (int16_t)value;
  memcpy(p, &stored, sizeof stored);
}

static void write_int32(uint8_t *p, int value) {
  const int32_t stored = (int32_t)value;
  memcpy(p, &stored, sizeof stored);
}

static void write_int64(uint8_t *p, int64_t value) {
  memcpy(p, &value, sizeof value);
}

static void write_real(uint8_t *out, int version, size_t at, size_t index, double value) {
  if (version == 2) {
    memcpy(out + at + 8 * index, &value, sizeof value);
  } else {
    const float stored = (float)value;
    memcpy(out + at + 4 * index, &stored, sizeof stored);
  }
}

static void write_code(uint8_t *out, int version, size_t at, int code) {
  if (version == 2) {
    write_int32(out + at, code);
  } else {
    write_int16(out + at, code);
  }
}

static void write_members(const dseg_nifti_header *header, const struct layout *layout, uint8_t *out) {
  const int version = header->version;
  for (size_t i = 0; i < 8; i++) {
    if (version == 2) {
      write_int64(out + layout->dim + 8 * i, header->dim[i]);
    } else {
      write_int16(out + layout->dim + 2 * i, (int)header->dim[i]);
    }
    write_real(out, version, layout->pixdim, i, header->pixdim[i]);
  }
  write_int16(out + layout->datatype, header->datatype);
  write_int16(out + layout->bitpix, header->bits_per_voxel);
  write_real(out, version, layout->slope, 0, header->slope);
  write_real(out, version, layout->intercept, 0, header->intercept);
  write_code(out, version, layout->intent, header->intent);
  write_code(out, version, layout->qform_code, header->qform_code);
  write_code(out, version, layout->sform_code, header->sform_code);
  for (size_t i = 0; i < 3; i++) {
    write_real(out, version, layout->quaternion, i, header->quaternion[i]);
    write_real(out, version, layout->quaternion_offset, i, header->quaternion_offset[i]);
    for (size_t j = 0; j < 4; j++) {
      write_real(out, version, layout->rows, 4 * i + j, header->rows[i][j]);
    }
  }
}

size_t dseg_nifti_format(const dseg_nifti_header *header, size_t extension, uint8_t *out) {
  const uint8_t kind = header->has_pair ? 'i' : '+';
  const uint8_t magic_1[4] = {'n', kind, '1', 0};
  const uint8_t magic_2[8] = {'n', kind, '2', 0, '\r', '\n', 0x1a, '\n'};
  const struct layout *layout = header->version == 2 ? &layout_2 : &layout_1;
  const size_t size = layout->bytes + DSEG_NIFTI_EXTENSION_BYTES;
  const size_t voxel_offset = header->has_pair ? 0 : size + extension;
  memset(out, 0, size);
  out[layout->bytes] = extension > 0 ? 1 : 0;
  write_int32(out, (int)layout->bytes);
  write_members(header, layout, out);
  if (header->version == 2) {
    memcpy(out + layout->magic, magic_2, sizeof magic_2);
    write_int64(out + layout->voxel_offset, (int64_t)voxel_offset);
    write_int32(out + layout->units, header->units);
  } else {
    memcpy(out + layout->magic, magic_1, sizeof magic_1);
    write_real(out, 1, layout->voxel_offset, 0, (double)voxel_offset);
    out[layout->units] = (uint8_t)header->units;
    out[38] = 'r'; /* "regular", which readers of Analyze headers look for */
  }
  return size;
}
