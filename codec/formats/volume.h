/* SPDX-License-Identifier: Apache-2.0 */
/* volume.h - what the readers of research formats hand to the loader they share.
 *
 * A reader of one format understands a header and finds the voxels; volume_load.c turns any type of voxel into
 * layers of labels or fractions, finds which values occur, and makes the source. */
#ifndef DSEG_FORMATS_VOLUME_H
#define DSEG_FORMATS_VOLUME_H

#include <stdbool.h>

#include "dseg/formats.h"
#include "formats/volume_data.h"

/* Bytes of one voxel. */
size_t dseg_voxel_size(dseg_voxel_type type);

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define DSEG_HOST_IS_BIG_ENDIAN true
#else
#define DSEG_HOST_IS_BIG_ENDIAN false
#endif

/* Voxels as they stand in a file. Along the file's order, run voxels of layer 0 are followed by run voxels of
 * layer 1 and so on, over and over; run is layer_voxels where layers follow each other as a whole. */
typedef struct dseg_raw_volume {
  uint8_t *block; /* owned, malloc */
  size_t offset;  /* of the first voxel in block */
  dseg_voxel_type type;
  bool swapped;                     /* the other byte order than the host's */
  double slope, intercept;          /* a voxel means stored * slope + intercept */
  const dseg_open_options *meaning; /* what values mean besides; NULL: nothing else */
  size_t layer_voxels;
  size_t layer_count;
  size_t run;
  struct dseg_volume_values *looked; /* owned: which values occur, where the voxels were looked at and not kept */
  struct dseg_passing *passing;      /* owned: where those are found again; NULL: they are not wanted */
} dseg_raw_volume;

/* A segment that the file describes. */
typedef struct dseg_declared_segment {
  dseg_segment segment; /* its number is set by the loader; strings live in the description */
  uint32_t layer;
  uint32_t value; /* of its voxels in that layer */
} dseg_declared_segment;

/* All that a reader finds in a file. Starts as zeros but for description. */
typedef struct dseg_volume_content {
  const char *format; /* literal: for dseg_source_format */
  dseg_description *description;
  dseg_grid grid;
  dseg_raw_volume raw;
  dseg_declared_segment *declared; /* in the description's arena */
  size_t declared_count;
  /* Names and colours of values, in the description's arena, of which the file may have others or fewer: they name what
   * is there and nothing else. */
  dseg_declared_segment *names;
  size_t name_count;
  /* What the header says that several volumes are, where that is no layers of segments: "points in time"; NULL: nothing
   * of that kind. */
  const char *volumes_are;
  bool has_layers;    /* the header says that several volumes are layers, or a list of any things */
  bool no_spacing[3]; /* the header does not say how far voxels are apart along the axis: its step is 1 mm */
} dseg_volume_content;

/* Sets layer_voxels, layer_count and run from sizes and type, and bytes to that of all voxels. Errors: a size of 0,
 * DSEG_ERROR_LIMIT where the voxels would not fit memory_limit. */
dseg_status dseg_raw_volume_shape(dseg_raw_volume *raw, const size_t size[3], size_t layer_count, size_t run,
                                  uint64_t memory_limit, size_t *bytes, dseg_error *error);

/* volume_look.c: reads size bytes of voxels from place into raw, of which all else is known; or, where options say so
 * and it is possible, looks at them only. */
dseg_status dseg_raw_volume_read(const dseg_input *input, const dseg_data_place *place, size_t size,
                                 const dseg_open_options *options, dseg_raw_volume *raw, dseg_error *error);
/* The limit for the bytes of a volume: none, where they are not to be kept. */
uint64_t dseg_raw_volume_limit(const dseg_open_options *options);

/* Puts layers that alternate one behind the other, within the memory limit. */
dseg_status dseg_volume_separate(dseg_raw_volume *raw, const dseg_open_options *options, dseg_error *error);

/* DSEG_ERROR_UNSUPPORTED for volumes that are no layers of segments, and where there is no volume that the caller
 * chose. Readers call it before they read voxels. */
dseg_status dseg_volume_check_layers(const dseg_volume_content *content, const dseg_open_options *options,
                                     dseg_error *error);
/* Takes the caller's spacing for axes without one, whose place is unknown then otherwise, and the volume that the
 * caller chose, which has been checked. DSEG_ERROR_UNSUPPORTED for a spacing that contradicts the header's. */
dseg_status dseg_volume_settle(dseg_volume_content *content, const dseg_open_options *options, dseg_error *error);
/* Once the description has the geometry: what is unknown of it. */
void dseg_volume_forget_place(const dseg_volume_content *content);
/* Says that several volumes were taken for layers although nothing calls them so. */
void dseg_volume_note_layers(const dseg_volume_content *content, const dseg_open_options *options);

/* volume_names.c: by layer, then value, of dseg_declared_segment. */
int dseg_compare_places(const void *a, const void *b);
/* Give segments the names that the file has for their values, or for the volume that their fractions are in. items:
 * count segments, those of fractions by layer. */
void dseg_volume_name_labels(const dseg_volume_content *content, const dseg_open_options *options,
                             dseg_declared_segment *items, size_t count);
void dseg_volume_name_fractions(const dseg_volume_content *content, const dseg_open_options *options,
                                dseg_declared_segment *items, size_t count);

/* Where notes go: to warnings where nobody hears them. */
const dseg_warning_sink *dseg_volume_notes(const dseg_open_options *options);

/* Makes the source. Takes over the raw block at once and the description on success, leaving NULL behind. Errors: a
 * geometry that DICOM cannot hold; DSEG_ERROR_UNSUPPORTED for voxels that are neither labels nor fractions, with the
 * value named. */
dseg_status dseg_volume_load(dseg_volume_content *content, const dseg_open_options *options, dseg_source **source,
                             dseg_error *error);

#endif
