/* SPDX-License-Identifier: Apache-2.0 */
/* volume_output.h - what the writers of research formats share. */
#ifndef DSEG_FORMATS_VOLUME_OUTPUT_H
#define DSEG_FORMATS_VOLUME_OUTPUT_H

#include <stdbool.h>

#include "base/deflate.h"
#include "base/outlet.h"
#include "formats/volume_files.h"

/* A volume to be written, checked and with all choices made. */
typedef struct dseg_volume_output {
  const dseg_output *to;
  const dseg_volume *volume;
  bool is_compressed;
  bool is_detached; /* header and voxels in files of their own */
  int level;        /* 1..12 */
  bool nifti2;
  unsigned threads;
  dseg_progress progress;
  size_t layer_voxels;
  size_t voxel_bytes;       /* of one voxel */
  size_t bytes;             /* of all layers */
  dseg_volume_files *files; /* receives what came out; NULL: not wanted */
} dseg_volume_output;

/* Whether the voxels are fractions, floats of any size. */
static inline bool dseg_volume_has_fractions(const dseg_volume *volume) {
  return volume->bits == 0 || volume->bits == 64;
}

/* How the volume is compressed. */
dseg_deflate_options dseg_volume_deflate_options(const dseg_volume_output *output);

/* The writers. */
dseg_status dseg_nifti_write(const dseg_volume_output *output, dseg_error *error);
dseg_status dseg_nrrd_write(const dseg_volume_output *output, bool with_segments, dseg_error *error);
dseg_status dseg_metaimage_write(const dseg_volume_output *output, dseg_error *error);

/* Writes data in pieces, with progress. */
dseg_status dseg_volume_write_raw(const dseg_volume_output *output, dseg_view data, const dseg_byte_sink *sink,
                                  dseg_error *error);

/* Writes one output: header, then whatever write_data writes to the sink, which user is passed to. */
typedef dseg_status (*dseg_data_writer)(const dseg_volume_output *output, const void *user, const dseg_byte_sink *sink,
                                        dseg_error *error);
dseg_status dseg_volume_write_file(const dseg_volume_output *output, dseg_view header, dseg_data_writer write_data,
                                   const void *user, dseg_error *error);

/* Writes the header under the output's path, and the data beside it under data_name. Neither appears unless both are
 * complete. */
dseg_status dseg_volume_write_pair(const dseg_volume_output *output, dseg_view header, const char *data_name,
                                   dseg_data_writer write_data, const void *user, dseg_error *error);

/* The last part of the output's path with its last suffix replaced, malloc'd; NULL when out of memory. */
char *dseg_volume_data_name(const dseg_volume_output *output, const char *suffix);

/* Length of an axis' step, mm. */
double dseg_grid_spacing(const dseg_grid *grid, size_t axis);

#endif
