/* SPDX-License-Identifier: Apache-2.0 */
/* formats.h - what is not DICOM: arrays of the caller, volumes in research formats, dcmqi's JSON.
 *
 * A volume of three planes of 2 x 2 voxels into memory, as a .nii.gz file has it:
 *
 *     static const uint8_t voxels[12] = {0, 1, 1, 0, 0, 0, 2, 2, 0, 0, 2, 0};
 *     dseg_volume volume = {.struct_size = sizeof volume, .description = description, .bits = 8, .layer_count = 1,
 *                           .voxels = voxels};
 *     dseg_status status = dseg_geometry_to_grid(&description->geometry, &volume.grid, NULL, &error);
 *     dseg_buffer bytes = {0};
 *     const dseg_output output = dseg_output_to_buffer(&bytes);
 *     const dseg_volume_write_options options = {.struct_size = sizeof options, .suffix = ".nii.gz"};
 *     if (status == DSEG_OK) {
 *       status = dseg_volume_write_to(&output, &volume, &options, &error);
 *     }
 *     dseg_buffer_free(&bytes);
 *
 * What is read is opened like any other segmentation: dseg_open, dseg_open_input (dseg/source.h). */
#ifndef DSEG_FORMATS_H
#define DSEG_FORMATS_H

#include "dseg/io.h"
#include "dseg/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a voxel of an array is, in the byte order of this machine. */
typedef enum dseg_voxel_type {
  DSEG_VOXEL_INT8 = 0,
  DSEG_VOXEL_UINT8,
  DSEG_VOXEL_INT16,
  DSEG_VOXEL_UINT16,
  DSEG_VOXEL_INT32,
  DSEG_VOXEL_UINT32,
  DSEG_VOXEL_INT64,
  DSEG_VOXEL_UINT64,
  DSEG_VOXEL_FLOAT32,
  DSEG_VOXEL_FLOAT64
} dseg_voxel_type;

/* Voxels that the caller has in memory, and what they mean. */
typedef struct dseg_array {
  size_t struct_size; /* sizeof(dseg_array): see dseg/dseg.h */
  dseg_voxel_type type;
  size_t layer_count; /* at least 1; segments of different layers may overlap */
  const void *voxels; /* layer, plane, row, column; the column fastest */
  dseg_grid grid;     /* size, and where the voxels lie, where description says no planes */
  /* May be NULL; borrowed during the call. Its segments are those of the array: labels, codes, colours. Other values
   * than 0 are further segments. Where its geometry has planes, the voxels are on these, which the source has with what
   * refers to them; patient and study, references and content are the source's, too. */
  const dseg_description *description;
  /* By index of description->segments: the layer, from 0, and the value of its voxels there. NULL: layer 0, and the
   * segment's number. */
  const uint32_t *layer_of_segment;
  const uint32_t *value_of_segment;
} dseg_array;

/* A source from an array, as if it were opened from a file: labels of any type, or floats between 0 and 1, which are
 * the fractions of one segment in each layer. Segments have their values as numbers; where several layers have a value,
 * the first of them does, and others follow the largest. The voxels are copied; name stands for the array in messages.
 * options as for dseg_open, those of files apart. DSEG_ERROR_ARGUMENT; DSEG_ERROR_UNSUPPORTED for values that are
 * neither labels nor fractions, and for a grid that DICOM cannot hold; DSEG_ERROR_LIMIT, DSEG_ERROR_MEMORY. */
DSEG_API dseg_status dseg_open_array(const dseg_array *array, const char *name, const dseg_open_options *options,
                                     dseg_source **source, dseg_error *error);

/* What a volume of a format can hold beside labels of segments that do not overlap. */
enum {
  DSEG_VOLUME_LABEL_LAYERS = 1,   /* labels of segments that overlap, in layers */
  DSEG_VOLUME_FRACTIONS = 2,      /* the fractions of one segment */
  DSEG_VOLUME_FRACTION_LAYERS = 4 /* the fractions of several, a layer for each */
};

/* A research format; all have static storage. */
typedef struct dseg_volume_format {
  const char *name; /* "NIfTI", "NRRD", "seg.nrrd" (NRRD with segments as 3D Slicer writes it), "MetaImage" */
  unsigned flags;   /* DSEG_VOLUME_ */
} dseg_volume_format;

/* The format that is written under a file name's suffix, or a suffix alone, letter case ignored; NULL when it is
 * none's. */
DSEG_API const dseg_volume_format *dseg_volume_format_of(const char *path);

/* The suffixes that can be written, ".nii.gz" for instance: index counts from 0; NULL past the end. */
DSEG_API const char *dseg_volume_suffix_at(size_t index);

/* The length of a file name without the suffix of a volume, ".nii.gz" for instance: all of it when it has none, or is
 * nothing but that. */
DSEG_API size_t dseg_volume_stem(const char *path);

/* Whether a file name says that a DICOM object is written there: it ends in .dcm, .DCM or .seg. */
DSEG_API bool dseg_is_dicom_name(const char *path);

typedef struct dseg_volume_write_options {
  size_t struct_size; /* sizeof(dseg_volume_write_options): see dseg/dseg.h */
  /* The format, as a file name would end: ".nii.gz"; NULL: by the path's end. Where there is no path it is needed. */
  const char *suffix;
  bool nifti2;     /* NIfTI-2 rather than NIfTI-1, which is written where sizes fit; other formats have no versions */
  int compression; /* gzip level 1..12; 0: 6; -1: none where the suffix leaves the choice */
  unsigned threads;
  dseg_progress progress;
  /* Of dseg_volume_write alone; a dseg_output has these itself: */
  bool replace;         /* an existing file is replaced */
  dseg_output_set *set; /* that the files join; NULL: they get their names at once */
} dseg_volume_write_options;

/* What is written as voxels. */
typedef struct dseg_volume {
  size_t struct_size;                  /* sizeof(dseg_volume): see dseg/dseg.h */
  const dseg_description *description; /* segments; names and colours where the format holds them */
  dseg_grid grid;
  unsigned bits;                    /* 8, 16, 32 unsigned integers; 0: 32-bit floats; 64: 64-bit floats */
  size_t layer_count;               /* volumes of the grid's size one after the other; 1 for MetaImage */
  const void *voxels;               /* layer, k, j, i; i fastest */
  const uint32_t *layer_of_segment; /* by segment index; NULL: all in layer 0 */
  const uint32_t *value_of_segment; /* by segment index; NULL: each segment's number */
} dseg_volume;

/* Writes a volume. A function gets the first bytes before the last are compressed. DSEG_ERROR_UNSUPPORTED for a
 * detached header (.nhdr, .mhd, .hdr) without a path: its voxels are in another file. options may be NULL. */
DSEG_API dseg_status dseg_volume_write_to(const dseg_output *output, const dseg_volume *volume,
                                          const dseg_volume_write_options *options, dseg_error *error);

/* The same into a file. The name appears only when the file is complete, those of a header and its data together. */
DSEG_API dseg_status dseg_volume_write(const char *path, const dseg_volume *volume,
                                       const dseg_volume_write_options *options, dseg_error *error);

/* What reading dcmqi's JSON did to a segment. */
typedef struct dseg_metadata_segment {
  uint32_t former;            /* its index in the description before; UINT32_MAX: it was added, for no voxel has it */
  uint32_t list;              /* the outer list that names it; UINT32_MAX: none */
  dseg_segment_origin origin; /* its file and labelID */
} dseg_metadata_segment;

/* Maps segments to the files named in dcmqi's JSON. */
typedef struct dseg_metadata_files {
  size_t struct_size;                 /* sizeof(dseg_metadata_files): see dseg/dseg.h */
  size_t count;                       /* files; 0 counts as 1 */
  const dseg_segment_origin *origins; /* by segment index: file, and labelID there; NULL: file 0, the number */
  const char *const *names;           /* count file names, compared by their last part with
                                         segmentAttributesFileMapping; NULL: files are in the JSON's order */
  /* Reading: */
  bool complete;   /* a segment that the JSON does not name is an error, and so is a list too many */
  uint32_t *lists; /* by segment index, receives which outer list names it, UINT32_MAX: none; NULL: not wanted */
  /* Writing: the texts of the top level and Segment Description are there, as "", where the description has none. */
  bool all_texts;
  dseg_output_set *set; /* that a file of dseg_metadata_write joins; NULL: it gets its name at once */
  /* Reading: receives, by index of the description's segments after it, what was done to each, in the description's
   * memory. A labelID that no segment has, but the background's and 0, becomes a segment of the description then: it
   * was looked for and not found. Its number is its labelID, or the next after the greatest where that is taken. NULL:
   * it is skipped, with a warning. */
  const dseg_metadata_segment **segments;
} dseg_metadata_files;

/* dcmqi's segmentation JSON (seg-schema.json): reads path and applies it to the description. An outer list of
 * segmentAttributes belongs to one file, and within it segments are found by labelID; with one file and several
 * outer lists, these count as one list if no labelID comes twice. files may be NULL: one file. Segments that the
 * JSON does not name keep what they have, with a warning; labelIDs that no segment has are skipped, with a
 * warning, or added (files->segments). On failure the description is as it was. */
DSEG_API dseg_status dseg_metadata_read(const char *path, dseg_description *description,
                                        const dseg_metadata_files *files, const dseg_warning_sink *warnings,
                                        dseg_error *error);

/* The same from an input, which stays the caller's; name stands for it in messages. */
DSEG_API dseg_status dseg_metadata_read_input(const dseg_input *input, const char *name, dseg_description *description,
                                              const dseg_metadata_files *files, const dseg_warning_sink *warnings,
                                              dseg_error *error);

/* Writes the description in the same form: one outer list for each file (names, when not NULL, become
 * segmentAttributesFileMapping). files may be NULL: one file, labelID is the segment's number. */
DSEG_API dseg_status dseg_metadata_write_to(const dseg_output *output, const dseg_description *description,
                                            const dseg_metadata_files *files, dseg_error *error);

/* The same into a file. replace: an existing one is replaced. */
DSEG_API dseg_status dseg_metadata_write(const char *path, const dseg_description *description,
                                         const dseg_metadata_files *files, bool replace, dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
