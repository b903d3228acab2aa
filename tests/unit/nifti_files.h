/* SPDX-License-Identifier: Apache-2.0 */
/* nifti_files.h - NIfTI files made byte by byte for tests, independent of the writer. */
#ifndef DSEG_TESTS_NIFTI_FILES_H
#define DSEG_TESTS_NIFTI_FILES_H

#include "volume_files.h"

/* A header under construction: version and byte order, then members at the offsets of nifti1.h and nifti2.h. */
struct nifti {
  uint8_t bytes[544];
  int version;
  bool is_big;
};

static inline void put(uint8_t *to, const void *value, size_t size, bool is_big) {
  const uint8_t *bytes = value;
  const bool host_is_big = *(const uint8_t *)&(uint16_t){1} == 0;
  for (size_t i = 0; i < size; i++) {
    to[i] = bytes[is_big == host_is_big ? i : size - 1 - i];
  }
}

static inline void put_int16(struct nifti *nifti, size_t at, int value) {
  put(nifti->bytes + at, &(int16_t){(int16_t)value}, 2, nifti->is_big);
}

static inline void put_int32(struct nifti *nifti, size_t at, int32_t value) {
  put(nifti->bytes + at, &value, 4, nifti->is_big);
}

static inline void put_int64(struct nifti *nifti, size_t at, int64_t value) {
  put(nifti->bytes + at, &value, 8, nifti->is_big);
}

/* The index-th float from offset first, of version 1, or double from offset second, of version 2. */
static inline void put_real(struct nifti *nifti, size_t first, size_t second, size_t index, double value) {
  if (nifti->version == 2) {
    put(nifti->bytes + second + 8 * index, &value, 8, nifti->is_big);
  } else {
    put(nifti->bytes + first + 4 * index, &(float){(float)value}, 4, nifti->is_big);
  }
}

static inline void put_code(struct nifti *nifti, size_t first, size_t second, int value) {
  if (nifti->version == 2) {
    put_int32(nifti, second, value);
  } else {
    put_int16(nifti, first, value);
  }
}

static inline void put_dim(struct nifti *nifti, size_t index, int64_t value) {
  if (nifti->version == 2) {
    put_int64(nifti, 16 + 8 * index, value);
  } else {
    put_int16(nifti, 40 + 2 * index, (int)value);
  }
}

/* A volume of 4 x 3 x 2 voxels, 2 x 3 x 5 mm, with an sform that puts the first voxel at (-10, 20, 30) in NIfTI's
 * axes, which is (10, -20, 30) in DICOM's. */
static inline struct nifti nifti_create(int version, bool is_big, int datatype, int bits) {
  struct nifti nifti = {.version = version, .is_big = is_big};
  put_int32(&nifti, 0, version == 2 ? 540 : 348);
  if (version == 2) {
    memcpy(nifti.bytes + 4, "n+2\0\r\n\032\n", 8);
    put_int64(&nifti, 168, 544);
  } else {
    memcpy(nifti.bytes + 344, "n+1", 4);
    put_real(&nifti, 108, 0, 0, 352);
  }
  const int64_t dims[8] = {3, 4, 3, 2, 1, 1, 1, 1};
  const double sizes[8] = {1, 2, 3, 5, 1, 1, 1, 1};
  for (size_t i = 0; i < 8; i++) {
    put_dim(&nifti, i, dims[i]);
    put_real(&nifti, 76, 104, i, sizes[i]);
  }
  put_int16(&nifti, version == 2 ? 12 : 70, datatype);
  put_int16(&nifti, version == 2 ? 14 : 72, bits);
  put_code(&nifti, 254, 348, 1);
  const double rows[12] = {2, 0, 0, -10, 0, 3, 0, 20, 0, 0, 5, 30};
  for (size_t i = 0; i < 12; i++) {
    put_real(&nifti, 280, 400, i, rows[i]);
  }
  return nifti;
}

static inline void set_slope(struct nifti *nifti, double slope, double intercept) {
  put_real(nifti, 112, 176, 0, slope);
  put_real(nifti, 116, 184, 0, intercept);
}

static inline size_t nifti_size(const struct nifti *nifti) {
  return nifti->version == 2 ? 544 : 352;
}

static inline dseg_buffer nifti_file(const struct nifti *nifti, const void *voxels, size_t size) {
  dseg_buffer file = {0};
  append(&file, nifti->bytes, nifti_size(nifti));
  append(&file, voxels, size);
  return file;
}

static inline void write_nifti(const char *path, const struct nifti *nifti, const void *voxels, size_t size) {
  dseg_buffer file = nifti_file(nifti, voxels, size);
  write_buffer(path, &file);
  dseg_buffer_free(&file);
}

/* count values as voxels of a NIfTI datatype, in the byte order asked for. */
static inline void put_voxels(int datatype, bool is_big, const double *values, size_t count, dseg_buffer *out) {
#define PUT(type)                                               \
  for (size_t i = 0; i < count; i++) {                          \
    uint8_t bytes[sizeof(type)];                                \
    put(bytes, &(type){(type)values[i]}, sizeof(type), is_big); \
    append(out, bytes, sizeof bytes);                           \
  }
  switch (datatype) {
    case 2: PUT(uint8_t) break;
    case 4: PUT(int16_t) break;
    case 8: PUT(int32_t) break;
    case 16: PUT(float) break;
    case 64: PUT(double) break;
    case 256: PUT(int8_t) break;
    case 512: PUT(uint16_t) break;
    case 768: PUT(uint32_t) break;
    case 1024: PUT(int64_t) break;
    case 1280: PUT(uint64_t) break;
    default: fail_msg("datatype %d", datatype);
  }
#undef PUT
}

/* Writes a file of 24 voxels, or of what dims make of them. */
static inline void write_values(const char *path, const struct nifti *nifti, int datatype, const double *values,
                                size_t count) {
  dseg_buffer voxels = {0};
  put_voxels(datatype, nifti->is_big, values, count, &voxels);
  write_nifti(path, nifti, voxels.data, voxels.size);
  dseg_buffer_free(&voxels);
}

#endif
