/* SPDX-License-Identifier: Apache-2.0 */
/* source.h - what stands behind a dseg_source: one table of functions for each kind of file. */
#ifndef DSEG_SOURCES_SOURCE_H
#define DSEG_SOURCES_SOURCE_H

#include <stdatomic.h>

#include "dseg/source.h"
#include "sources/reals.h"

struct dseg_label_paint;

/* Requests have been checked by sources/source.c before they arrive: planes and segments exist, sizes are right,
 * values fit bits, values is never NULL, overlap is never NULL and starts as zeros. */
typedef struct dseg_source_ops {
  dseg_status (*read_labels)(dseg_source *source, const dseg_label_request *request, void *out, dseg_overlap *overlap,
                             dseg_error *error);
  dseg_status (*read_mask)(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count, uint8_t *out,
                           unsigned threads, dseg_error *error);
  dseg_status (*segments_in_plane)(dseg_source *source, size_t plane, uint8_t *present, dseg_error *error);
  /* Fractions as they are, of which read_mask gives the nearest stored value; NULL, like keeps_fractions, where those
   * are all that there is. */
  dseg_status (*read_fractions)(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count,
                                const dseg_reals *out, unsigned threads, dseg_error *error);
  unsigned (*keeps_fractions)(const dseg_source *source, double *off);
  /* See dseg_source_view_labels; NULL where no source of this kind holds labels in memory. */
  const void *(*view_labels)(const dseg_source *source, unsigned bits, const uint32_t *values);
  /* NULL where there are no frames. */
  const dseg_encoding_info *(*encoding)(const dseg_source *source);
  dseg_status (*frame)(const dseg_source *source, size_t frame, dseg_frame_location *location, dseg_error *error);
  dseg_status (*frame_range)(const dseg_source *source, size_t frame, dseg_frame_range *range, dseg_error *error);
  dseg_status (*read_frame)(dseg_source *source, size_t frame, dseg_buffer *out, dseg_error *error);
  /* Whether a plane of this source lies across all planes of what it is read from; NULL: no. */
  bool (*crosses_planes)(const dseg_source *source);
  /* NULL but for sources that serve as parts of a combined one, which has them paint its planes. Paints indices[i] + 1
   * where segment i is into a plane of 32-bit labels; sets value and segment of how, whose wanted counts by indices. */
  void (*paint)(const dseg_source *source, size_t plane, const uint32_t *indices, struct dseg_label_paint *how,
                uint32_t *labels);
  /* Numbers of instances, where the description has some; NULL: a source of this kind never has. Planes exist, and
   * there is at least one. */
  dseg_status (*read_instances)(dseg_source *source, size_t first_plane, size_t plane_count, uint32_t *out,
                                unsigned threads, dseg_error *error);
  /* As dseg_source_instance_planes; the number exists. NULL: it cannot tell. */
  dseg_status (*instance_planes)(dseg_source *source, uint32_t number, size_t *planes, size_t room, size_t *count,
                                 dseg_error *error);
  void (*close)(dseg_source *source); /* frees the whole source, but neither description nor name */
} dseg_source_ops;

/* A function for instances in a table: none in a build without them. */
#if DSEG_HAVE_INSTANCES
#define DSEG_OF_INSTANCES(function) (function)
#else
#define DSEG_OF_INSTANCES(function) NULL
#endif

/* See dseg_source_assign_layers. */
typedef struct dseg_layer_table {
  size_t layer_count;
  uint32_t layer_of[]; /* by segment */
} dseg_layer_table;

/* The first member of each kind's own struct. */
struct dseg_source {
  const dseg_source_ops *ops;
  const char *format;
  dseg_description *description; /* owned */
  /* By segment index, in the description's arena; NULL: all of file 0 with their own numbers. Set where several
   * files become one source. */
  const dseg_segment_origin *origins;
  char *name; /* put before messages; NULL until sources/source.c sets it after opening, and frees it */
  /* Twice the number of views that read from this source, and 1 when it was closed: freed when it is 1. */
  atomic_size_t holders;
  uint64_t held; /* bytes of voxels, runs or a table of frames in memory: they count against a limit of the caller */
  _Atomic(dseg_layer_table *) layers; /* NULL until they are asked for */
};

/* The layers of the source, which has them until it is freed. */
dseg_status dseg_source_layers(dseg_source *source, unsigned threads, const dseg_layer_table **table,
                               dseg_error *error);

/* A view keeps its source from being freed until it lets go of it. Any thread may call. */
void dseg_source_hold(dseg_source *source);
void dseg_source_release(dseg_source *source);
/* The planes exist, and size is what they take with element_bytes for each voxel. */
dseg_status dseg_source_check_planes(const dseg_source *source, size_t first, size_t count, size_t element_bytes,
                                     size_t size, dseg_error *error);
/* Adds the source's name to the message of a call that failed. */
dseg_status dseg_source_finish(const dseg_source *source, dseg_status status, dseg_error *error);
/* Whether a plane of the source lies across all planes of what it is read from: see dseg_source_chunk_planes. */
bool dseg_source_crosses_planes(const dseg_source *source);
/* Fills out with fractions of 0..1, one a voxel, of planes and a segment that exist: as they are in a source that keeps
 * them, else stored values by their maximum. Values may lie outside 0..1 by the rounding of floats. */
dseg_status dseg_source_read_fractions(dseg_source *source, size_t segment, size_t first_plane, size_t plane_count,
                                       const dseg_reals *out, unsigned threads, dseg_error *error);
/* Bits of a fraction in a source that has fractions which stored values are the nearest to: 32 or 64; then *off is the
 * largest distance of the two. 0: stored values are all that there is. */
unsigned dseg_source_keeps_fractions(const dseg_source *source, double *off);
/* DSEG_ERROR_ARGUMENT when the source, which a view reads from, was closed. */
dseg_status dseg_source_check_open(const dseg_source *source, dseg_error *error);

/* The kinds. options is never NULL, and its memory_limit never 0. Each looks at the input and sets *source to NULL with
 * DSEG_OK when it is of another kind. With a source that was found, the input is its own. */
dseg_status dseg_open_dicom(dseg_input *input, const dseg_open_options *options, dseg_source **source,
                            dseg_error *error);
/* The input stays the caller's, since voxels are in memory then. */
dseg_status dseg_open_volume(const dseg_input *input, const dseg_open_options *options, dseg_source **source,
                             dseg_error *error);
/* Voxels of the caller; see dseg_open_array. */
struct dseg_array;
dseg_status dseg_array_source(const struct dseg_array *array, const dseg_open_options *options, dseg_source **source,
                              dseg_error *error);
/* *source is also NULL when the files, although DICOM, are not the parts of one Concatenation. An input that is NULL is
 * opened when it is looked at; all inputs become NULL when they are the source's. Names the file at fault in its
 * messages, which the others leave to sources/source.c. */
dseg_status dseg_open_dicom_parts(dseg_input **inputs, const char *const *paths, size_t count,
                                  const dseg_open_options *options, dseg_source **source, dseg_error *error);

/* A segmentation in memory: layers of label volumes or of fractions. */
typedef struct dseg_layer {
  void *voxels;  /* grid size values, C order (k, j, i); owned by the source */
  unsigned bits; /* 8, 16, 32: label values; with fractions: 8, stored fractions of one segment */
  void *block;   /* the malloc'd memory that voxels lies in; NULL: voxels itself */
  bool shared;   /* voxels lies in the block of an earlier layer, which frees it for both */
  bool complete; /* every value but 0 is that of a segment; others are read as background */
} dseg_layer;

/* description: takes ownership on success. layers: layer_count, taken over on success (the array is copied).
 * layer_of_segment, value_of_segment: by segment index, copied; NULL: layer 0, and the segment's number. In a
 * fraction kind (description->kind) layer i belongs to segment i. Segments of different layers may overlap. */
dseg_status dseg_memory_source_create(const char *format, dseg_description *description, const dseg_layer *layers,
                                      size_t layer_count, const uint32_t *layer_of_segment,
                                      const uint32_t *value_of_segment, dseg_source **source, dseg_error *error);

/* Gives a memory source of fractions what they were before they were stored, in the order of its layers; it becomes the
 * source's, malloc'd. off: the largest distance of the two. */
void dseg_memory_source_keep_fractions(dseg_source *source, const dseg_reals *fractions, double off);

/* Replaces a memory source by a run-length source if that is smaller; see runs.c. */
dseg_status dseg_pack_source(dseg_source **source, dseg_error *error);

/* Several opened sources as one; see dseg_open_many. Takes ownership of the sources on success. */
dseg_status dseg_combine_sources(dseg_source **sources, size_t count, const dseg_open_options *options,
                                 dseg_source **source, dseg_error *error);

#endif
