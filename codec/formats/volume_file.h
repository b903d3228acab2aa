/* volume_file.h - files of research formats: bytes at a place, and the voxels that lie in them. */
#ifndef DSEG_FORMATS_VOLUME_FILE_H
#define DSEG_FORMATS_VOLUME_FILE_H

#include <stdbool.h>

#include "dseg/buffer.h"
#include "dseg/source.h"

/* An open regular file. path is borrowed. */
typedef struct dseg_volume_file {
  int descriptor;
  uint64_t size;
  const char *path;
} dseg_volume_file;

/* DSEG_ERROR_INPUT when path cannot be opened or is not a regular file. */
dseg_status dseg_volume_file_open(const char *path, dseg_volume_file *file, dseg_error *error);
void dseg_volume_file_close(dseg_volume_file *file);

/* Reads exactly size bytes at offset; DSEG_ERROR_FORMAT when the file ends before. */
dseg_status dseg_volume_file_read(const dseg_volume_file *file, uint64_t offset, void *to, size_t size,
                                  dseg_error *error);

/* Reads at most size bytes at offset, fewer only at the end of the file. */
dseg_status dseg_volume_file_peek(const dseg_volume_file *file, uint64_t offset, void *to, size_t size, size_t *got,
                                  dseg_error *error);

/* Sets *path to a malloc'd name in the directory of beside. name comes from a header: DSEG_ERROR_UNSUPPORTED when it
 * leads out of that directory, so that a stranger's header cannot have other files read. */
dseg_status dseg_volume_sibling(const char *beside, const char *name, char **path, dseg_error *error);

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
dseg_status dseg_volume_data_read(const dseg_volume_file *file, const dseg_data_place *place, size_t size,
                                  uint64_t memory_limit, uint8_t **block, size_t *offset, dseg_error *error);

/* The first bytes that a gzip file inflates to, size of them or as many as there are. */
dseg_status dseg_volume_file_gunzip_start(const dseg_volume_file *file, uint64_t memory_limit, void *to, size_t size,
                                          size_t *got, dseg_error *error);

#endif
