/* SPDX-License-Identifier: Apache-2.0 */
/* volume_formats.h - the table of research formats. A format is its file, or two, NAME_read.c and NAME_write.c, and a
 * row of the table. */
#ifndef DSEG_FORMATS_VOLUME_FORMATS_H
#define DSEG_FORMATS_VOLUME_FORMATS_H

#include "formats/volume.h"
#include "formats/volume_output.h"

/* What a file name's suffix says. */
enum {
  DSEG_SUFFIX_READ_ONLY = 1,  /* nothing is written under it */
  DSEG_SUFFIX_DETACHED = 2,   /* a header, with its voxels in another file */
  DSEG_SUFFIX_PLAIN = 4,      /* not compressed */
  DSEG_SUFFIX_COMPRESSED = 8, /* compressed; with neither the options choose */
};

typedef struct dseg_volume_suffix {
  const char *text; /* ".nii.gz", in lower case */
  unsigned flags;
} dseg_volume_suffix;

typedef struct dseg_volume_kind {
  dseg_volume_format format;
  const dseg_volume_suffix *suffixes; /* ends with a text of NULL */
  /* Whether a file that begins with these bytes, its first 1024, is of the format; NULL: another row reads it. */
  bool (*recognise)(dseg_view head);
  /* Reads what was recognised. On failure the caller frees what content holds. */
  dseg_status (*open)(const dseg_input *input, const dseg_open_options *options, dseg_volume_content *content,
                      dseg_error *error);
  dseg_status (*write)(const dseg_volume_output *output, dseg_error *error);
} dseg_volume_kind;

/* The rows, in the order in which they are asked. */
#define DSEG_VOLUME_ROWS(ROW) \
  ROW(dseg_volume_nifti)      \
  ROW(dseg_volume_nrrd)       \
  ROW(dseg_volume_seg_nrrd)   \
  ROW(dseg_volume_metaimage)

#define DSEG_VOLUME_DECLARE(kind) extern const dseg_volume_kind kind;
DSEG_VOLUME_ROWS(DSEG_VOLUME_DECLARE)

/* Ends with NULL. */
extern const dseg_volume_kind *const dseg_volume_kinds[];

/* The kind with the longest suffix that path is or ends with; NULL: none. */
const dseg_volume_kind *dseg_volume_find(const char *path, const dseg_volume_suffix **suffix);

#endif
