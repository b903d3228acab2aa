/* SPDX-License-Identifier: Apache-2.0 */
/* nifti_header.h - the header of NIfTI-1 and NIfTI-2 in one form (nifti1.h of 2007 and nifti2.h of 2011). */
#ifndef DSEG_FORMATS_NIFTI_HEADER_H
#define DSEG_FORMATS_NIFTI_HEADER_H

#include <stdbool.h>

#include "dseg/buffer.h"

#define DSEG_NIFTI1_BYTES ((size_t)348)
#define DSEG_NIFTI2_BYTES ((size_t)540)
/* Four bytes after the header say whether extensions follow. */
#define DSEG_NIFTI_EXTENSION_BYTES ((size_t)4)

/* Codes of datatype. */
enum {
  DSEG_NIFTI_UINT8 = 2,
  DSEG_NIFTI_INT16 = 4,
  DSEG_NIFTI_INT32 = 8,
  DSEG_NIFTI_FLOAT32 = 16,
  DSEG_NIFTI_FLOAT64 = 64,
  DSEG_NIFTI_RGB = 128,
  DSEG_NIFTI_INT8 = 256,
  DSEG_NIFTI_UINT16 = 512,
  DSEG_NIFTI_UINT32 = 768,
  DSEG_NIFTI_INT64 = 1024,
  DSEG_NIFTI_UINT64 = 1280,
  DSEG_NIFTI_RGBA = 2304
};

/* Low three bits of xyzt_units. */
enum { DSEG_NIFTI_METRE = 1, DSEG_NIFTI_MILLIMETRE = 2, DSEG_NIFTI_MICRON = 3 };
/* The three above. */
enum { DSEG_NIFTI_SECOND = 8, DSEG_NIFTI_MILLISECOND = 16, DSEG_NIFTI_MICROSECOND = 24 };

typedef struct dseg_nifti_header {
  int version;     /* 1 or 2 */
  bool big_endian; /* byte order of header and voxels */
  bool has_pair;   /* voxels are in an .img file beside the .hdr file */
  int64_t dim[8];
  int datatype;
  int bits_per_voxel;
  double pixdim[8];
  double voxel_offset;
  double slope, intercept;
  int units;
  int intent;
  int qform_code, sform_code;
  double quaternion[3]; /* b, c, d */
  double quaternion_offset[3];
  double rows[3][4]; /* srow_x, srow_y, srow_z */
} dseg_nifti_header;

/* Bytes of the header and of the four behind it. */
static inline size_t dseg_nifti_header_bytes(const dseg_nifti_header *header) {
  return (header->version == 2 ? DSEG_NIFTI2_BYTES : DSEG_NIFTI1_BYTES) + DSEG_NIFTI_EXTENSION_BYTES;
}

/* Whether head (at least 348 bytes for NIfTI-1, 540 for NIfTI-2) begins with a NIfTI header; fills header then. */
bool dseg_nifti_parse(dseg_view head, dseg_nifti_header *header);

/* Writes header, in the host's byte order and for a single file or a pair, to out, which has room for NIFTI2 bytes and
 * the extension bytes; returns its size including these. extension: bytes of extensions that will follow it. */
size_t dseg_nifti_format(const dseg_nifti_header *header, size_t extension, uint8_t *out);

#endif
