/* SPDX-License-Identifier: Apache-2.0 */
/* volume_data.h - the voxels of research formats: where they are in an input, and how they are stored. */
#ifndef DSEG_FORMATS_VOLUME_DATA_H
#define DSEG_FORMATS_VOLUME_DATA_H

#include <stdbool.h>

#include "base/input.h"
#include "dseg/source.h"

/* Opens the file of voxels that a header names, in the directory of the header's file. DSEG_ERROR_UNSUPPORTED when the
 * name leads out of that directory, so that a stranger's header cannot have other files read, and when the header came
 * from somewhere else than a file. */
dseg_status dseg_volume_open_beside(const dseg_input *header, const char *name, const dseg_open_options *options,
                                    dseg_input **data, dseg_error *error);

/* Opens a file that belongs to another one, as the options say. */
dseg_status dseg_volume_open_file(const char *path, const dseg_open_options *options, dseg_input **data,
                                  dseg_error *error);

/* Fails where voxels are in another file, what, and header is no file that it could be beside. */
dseg_status dseg_volume_needs_path(const dseg_input *header, const char *what, dseg_error *error);

typedef enum dseg_data_encoding {
  DSEG_DATA_RAW = 0,
  DSEG_DATA_DEFLATED, /* gzip or zlib, found from the first bytes */
  DSEG_DATA_TEXT      /* numbers between white space; read as doubles */
} dseg_data_encoding;

/* Where the voxels of a volume are. */
typedef struct dseg_data_place {
  dseg_data_encoding encoding;
  uint64_t offset; /* where the data, or its compressed form, begins */
  uint64_t length; /* of the compressed form; 0: to the end of the file */
  uint64_t skip;   /* bytes before the first voxel: after offset, and after inflating */
  bool at_end;     /* the voxels are the last bytes: skip is not used */
} dseg_data_place;

/* Reads size bytes of voxels (for text: size / 8 numbers into doubles) into a malloc'd block, at *offset in it.
 * Nothing is allocated that the file is too small to fill. Errors: DSEG_ERROR_FORMAT when there is less, or, when
 * compressed, more data than that; DSEG_ERROR_LIMIT. */
dseg_status dseg_volume_data_read(const dseg_input *input, const dseg_data_place *place, size_t size,
                                  uint64_t memory_limit, uint8_t **block, size_t *offset, dseg_error *error);

/* Takes the next bytes, whole voxels; may change them. */
typedef dseg_status (*dseg_volume_take)(void *user, uint8_t *bytes, size_t size, dseg_error *error);

/* Whether dseg_volume_data_pass is possible: not for text, nor where the beginning of compressed data is not told. */
bool dseg_volume_data_passes(const dseg_data_place *place);

/* Passes the size bytes of voxels to take, DSEG_PASS_BYTES or what is left at a time, and keeps none. Errors as above.
 */
#define DSEG_PASS_BYTES ((size_t)1 << 20) /* a multiple of every voxel's size */
dseg_status dseg_volume_data_pass(const dseg_input *input, const dseg_data_place *place, size_t size,
                                  dseg_volume_take take, void *user, dseg_error *error);

#endif
