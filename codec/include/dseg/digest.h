/* SPDX-License-Identifier: Apache-2.0 */
/* digest.h - one hash for the voxels of a segmentation, the same for each of its encodings:
 *
 *     dseg_digest digest;
 *     dseg_status status = dseg_source_digest(source, NULL, &digest, &error);
 *     // digest.sha256 of a LABELMAP object, a BINARY object and a NIfTI file of the same segmentation is the same
 *
 * What is hashed, with SHA-256 (FIPS 180-4). Segments count from 1 by ascending number, whatever their numbers are.
 * - Labels, where no two segments overlap: all planes of the grid (dseg_geometry_to_grid) in its order, those that the
 *   source leaves out too, as background; of slides, and of planes on no grid, the source's planes in turn. By plane,
 *   row and column, 0 for background: one byte a voxel, two with more than 255 segments, four with more than 65535,
 *   little endian.
 * - Masks, where segments overlap, and fractions: of each plane, in the source's order, each segment's mask that has a
 *   voxel: the plane's number in the grid, from 0, and the segment's, both in four bytes, little endian; then the mask,
 *   one byte a voxel, 0 and 1 or the stored fraction.
 *
 * The size of the grid, its place in space and what is said of segments are not hashed. Equal hashes therefore mean
 * equal voxels only where the rest agrees: dseg/compare.h compares all of it, axes in another order too. */
#ifndef DSEG_DIGEST_H
#define DSEG_DIGEST_H

#include "dseg/source.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DSEG_DIGEST_BYTES 32

typedef struct dseg_digest_options {
  size_t struct_size; /* sizeof(dseg_digest_options): see dseg/dseg.h */
  bool as_masks;      /* fractions count as masks: inside from half of the maximum on */
  unsigned threads;   /* 0: one for each processor */
  dseg_progress progress;
} dseg_digest_options;

typedef struct dseg_digest {
  uint8_t sha256[DSEG_DIGEST_BYTES];
  bool fractions; /* fractions were hashed */
  bool overlap;   /* masks were, since segments overlap */
} dseg_digest;

/* Reads all voxels, some planes at a time; segments that overlap are read twice. options may be NULL. Any thread may
 * call. */
DSEG_API dseg_status dseg_source_digest(dseg_source *source, const dseg_digest_options *options, dseg_digest *digest,
                                        dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
