/* SPDX-License-Identifier: Apache-2.0 */
/* volume_voxels.h - from voxels as they stand in a file to layers of labels or fractions. */
#ifndef DSEG_FORMATS_VOLUME_VOXELS_H
#define DSEG_FORMATS_VOLUME_VOXELS_H

#include "formats/volume.h"
#include "sources/reals.h"

/* The labels that occur in one layer, ascending, without 0. */
typedef struct dseg_layer_labels {
  uint32_t *labels; /* malloc'd */
  size_t count;
} dseg_layer_labels;

typedef struct dseg_volume_values {
  bool fractions;            /* voxels are fractions 0..1: a segment for each layer */
  dseg_layer_labels *layers; /* malloc'd, layer_count items */
  size_t layer_count;
  double off, off_value; /* labels: the largest distance of a value from its label, and that value; 0: none */
  bool has_zero;         /* values have a meaning, and 0 occurs without one */
  uint8_t *map_used;     /* malloc'd: by value_maps of the caller, 1 where a voxel has the value; NULL: no maps */
} dseg_volume_values;

struct dseg_value_set;

/* What the layers of a volume have in common. */
typedef struct dseg_voxel_findings {
  bool has_fraction, has_near;
  bool has_outside;
  double outside;
  uint32_t largest; /* label */
} dseg_voxel_findings;

/* After the last voxel of a layer: sets the layer's labels in values, adds what is told of all values, and adds what
 * set has to findings, or refuses it: DSEG_ERROR_UNSUPPORTED for voxels that are neither labels nor fractions. */
dseg_status dseg_voxels_end_layer(const dseg_raw_volume *raw, const struct dseg_value_set *set, size_t layer,
                                  dseg_volume_values *values, dseg_voxel_findings *findings, dseg_error *error);
/* After all layers: sets whether the voxels are fractions. Errors as above. */
dseg_status dseg_voxels_conclude(const dseg_raw_volume *raw, const dseg_voxel_findings *findings,
                                 dseg_volume_values *values, dseg_error *error);

/* Exchanges the bytes of count values of size bytes each. */
void dseg_voxels_swap_bytes(uint8_t *voxels, size_t count, size_t size);

void dseg_volume_values_free(dseg_volume_values *values);

/* Puts layers that alternate one behind the other; a second block is allocated for that. */
dseg_status dseg_voxels_separate(dseg_raw_volume *raw, dseg_error *error);

/* Brings the voxels into the host's byte order and finds which values occur. Free values whatever the outcome.
 * DSEG_ERROR_UNSUPPORTED for voxels that are neither labels nor fractions. */
dseg_status dseg_voxels_scan(dseg_raw_volume *raw, unsigned threads, dseg_volume_values *values, dseg_error *error);

/* The fractions of all layers, malloc'd, as they are in the file, before dseg_voxels_convert stores them: as floats, or
 * as doubles where the file has those and floats would change one. *off: their largest distance from what is stored. */
dseg_status dseg_voxels_fractions(const dseg_raw_volume *raw, dseg_reals *fractions, double *off, dseg_error *error);

/* The labels of count voxels, in the host's byte order. They have been scanned: they are labels. */
void dseg_voxels_read_labels(const dseg_raw_volume *raw, const uint8_t *voxels, size_t count, uint32_t *labels);

/* Converts the voxels to unsigned integers of bits (8, 16, 32), or fractions to 0..255; in place where they do not
 * become larger, and not at all where they are right already. */
dseg_status dseg_voxels_convert(dseg_raw_volume *raw, unsigned bits, bool fractions, dseg_error *error);

#endif
