/* SPDX-License-Identifier: Apache-2.0 */
/* nrrd_header.h - the header of an NRRD file, versions 1 to 5 (teem.sourceforge.net/nrrd/format.html). */
#ifndef DSEG_FORMATS_NRRD_HEADER_H
#define DSEG_FORMATS_NRRD_HEADER_H

#include <stdbool.h>

#include "formats/volume.h"

#define DSEG_NRRD_AXES 16

typedef enum dseg_nrrd_kind { DSEG_NRRD_KIND_UNKNOWN = 0, DSEG_NRRD_KIND_SPACE, DSEG_NRRD_KIND_OTHER } dseg_nrrd_kind;

typedef struct dseg_nrrd_axis {
  size_t size;
  dseg_nrrd_kind kind;
  bool has_direction;
  double direction[3]; /* in the file's space and units */
  double spacing;      /* NaN: absent */
  double minimum;      /* NaN: absent */
  bool is_node_centered;
  const char *things; /* literal: what its kind or unit says that lies along it, if no layers; NULL: nothing said */
  bool is_list;       /* layers, or any other things in a row */
  double unit;        /* millimetres in a unit of spacing and minimum */
} dseg_nrrd_axis;

/* One "key:=value" line, its escapes undone. */
typedef struct dseg_nrrd_pair {
  const char *key, *value;
} dseg_nrrd_pair;

/* Text members point into text. */
typedef struct dseg_nrrd_header {
  char *text;           /* owned: the header's lines, each ended by NUL */
  uint64_t data_offset; /* in the header's file, of what follows the empty line */
  size_t dimension;
  dseg_nrrd_axis axes[DSEG_NRRD_AXES];
  bool has_type;
  dseg_voxel_type type;
  size_t space_dimension; /* 0: no space */
  double space_sign[3];   /* what brings a coordinate to left, posterior, superior */
  bool is_anatomical;     /* the space is that of a patient */
  double space_unit[3];   /* millimetres in a unit of each coordinate */
  bool has_origin;
  double origin[3];
  bool has_endian, is_big_endian;
  bool has_encoding;
  dseg_data_encoding encoding;
  unsigned long long line_skip;
  long long byte_skip;   /* -1: the voxels are the last bytes */
  const char *data_file; /* NULL: voxels follow the header */
  dseg_nrrd_pair *pairs; /* owned */
  size_t pair_count;
} dseg_nrrd_header;

/* Whether a file that begins with these bytes is NRRD. */
bool dseg_nrrd_recognise(dseg_view head);

/* Reads and checks the header; free it whatever the outcome. Call with the "C" locale set. */
dseg_status dseg_nrrd_header_read(const dseg_input *input, uint64_t memory_limit, dseg_nrrd_header *header,
                                  dseg_error *error);
/* Takes the value of one field, which is trimmed in place; unknown fields are passed over. */
dseg_status dseg_nrrd_read_field(dseg_nrrd_header *header, const char *name, char *value, dseg_error *error);

void dseg_nrrd_header_free(dseg_nrrd_header *header);

#endif
