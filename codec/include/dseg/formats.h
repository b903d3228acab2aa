/* formats.h - what is not DICOM: volumes in research formats, dcmqi's JSON, PNG. */
#ifndef DSEG_FORMATS_H
#define DSEG_FORMATS_H

#include "dseg/source.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dseg_volume_format {
  DSEG_VOLUME_NONE = 0,
  DSEG_VOLUME_NIFTI1,    /* .nii, .nii.gz */
  DSEG_VOLUME_NRRD,      /* .nrrd, .nhdr (detached) */
  DSEG_VOLUME_SEG_NRRD,  /* .seg.nrrd: NRRD with segments, layers and terminology as 3D Slicer writes it */
  DSEG_VOLUME_METAIMAGE, /* .mha, .mhd (detached) */
  DSEG_VOLUME_NIFTI2     /* by option, and where sizes do not fit NIfTI-1 */
} dseg_volume_format;

/* From a file name's suffix, letter case ignored; DSEG_VOLUME_NONE when it is none of them. */
DSEG_API dseg_volume_format dseg_volume_format_of(const char *path);

typedef struct dseg_volume_write_options {
  dseg_volume_format format;    /* DSEG_VOLUME_NONE: by suffix */
  int compression;              /* gzip level 1..12; 0: 6; -1: none where the suffix leaves the choice */
  bool replace;                 /* an existing file is replaced */
  unsigned threads;
  dseg_progress progress;
} dseg_volume_write_options;

/* What is written as voxels. */
typedef struct dseg_volume {
  const dseg_description *description; /* segments; names and colours where the format holds them */
  dseg_grid grid;
  unsigned bits;             /* 8, 16, 32 unsigned integers, or 0: 32-bit floats */
  size_t layer_count;        /* volumes of the grid's size one after the other; more than 1 for seg.nrrd and
                                4-D NIfTI (one fraction for each segment) only */
  const void *voxels;        /* layer, k, j, i; i fastest */
  const uint32_t *layer_of_segment; /* by segment index; NULL: all in layer 0 */
  const uint32_t *value_of_segment; /* by segment index; NULL: each segment's number */
} dseg_volume;

/* Writes a volume; the name appears only when the file is complete. */
DSEG_API dseg_status dseg_volume_write(const char *path, const dseg_volume *volume,
                                       const dseg_volume_write_options *options, dseg_error *error);

/* dcmqi's segmentation JSON (seg-schema.json): reads path and applies it to the description. Segments are
 * found by labelID: each number in the outer list's file. file_count: how many input files the description was
 * made from, with file_of_segment the file index of each segment (NULL: all of file 0). Segments that the JSON
 * does not name keep what they have, with a warning; labelIDs that no voxel has are skipped, with a warning. */
DSEG_API dseg_status dseg_metadata_read(const char *path, dseg_description *description,
                                        const uint32_t *file_of_segment, size_t file_count,
                                        const dseg_warning_sink *warnings, dseg_error *error);

/* Writes the description in the same form; replace as above. One outer list for each of layer_count files. */
DSEG_API dseg_status dseg_metadata_write(const char *path, const dseg_description *description,
                                         const uint32_t *layer_of_segment, size_t layer_count, bool replace,
                                         dseg_error *error);

/* An RGB image, 3 bytes a pixel. */
DSEG_API dseg_status dseg_png_write(const char *path, uint32_t width, uint32_t height, const uint8_t *rgb,
                                    bool replace, dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
