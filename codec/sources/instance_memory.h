/* SPDX-License-Identifier: Apache-2.0 */
/* instance_memory.h - instances in memory: one volume whose values are their numbers. */
#ifndef DSEG_SOURCES_INSTANCE_MEMORY_H
#define DSEG_SOURCES_INSTANCE_MEMORY_H

#include "sources/source.h"

/* Voxels of all planes of the description, C order; or of one image, of which planes are tiles. */
typedef struct dseg_instance_voxels {
  uint8_t *voxels; /* numbers of instances, 0..count, native endian */
  void *block;     /* the malloc'd memory that voxels lies in, owned by the source */
  unsigned bits;   /* 8, 16, 32 */
  size_t columns;  /* of the image */
  size_t rows;     /* of the image; 0: planes are not its tiles */
} dseg_instance_voxels;

/* The description has instances. Both become the source's own on success. */
dseg_status dseg_instance_memory_create(const char *format, dseg_description *description,
                                        const dseg_instance_voxels *voxels, dseg_source **source, dseg_error *error);

#endif
