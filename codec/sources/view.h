/* SPDX-License-Identifier: Apache-2.0 */
/* view.h - a source derived from another one: what view_derive.c makes and view.c reads. */
#ifndef DSEG_SOURCES_VIEW_H
#define DSEG_SOURCES_VIEW_H

#include "model/raster_map.h"
#include "sources/source.h"

#define DSEG_NO_SEGMENT UINT32_MAX

typedef struct dseg_view_source {
  dseg_source base;
  dseg_source *source; /* held */
  bool owns_source;
  uint32_t *source_segment; /* by segment of the view: index in the source */
  uint32_t *segment_of;     /* by segment of the source: index in the view, or DSEG_NO_SEGMENT */
  bool all_segments;        /* those of the source, each at its place */
  bool same_order;          /* segments of the view are in the order that they have in the source */
  dseg_raster_map map;
  bool plain;                       /* dseg_raster_map_is_plain */
  bool unchanged;                   /* but for the grid's name and place: frames of the source are its frames */
  bool cropped;                     /* pixels of planes that it shows lie outside it */
  double threshold;                 /* 0: none */
  dseg_encoding_info info;          /* what is still true */
  _Atomic(uint8_t *) of_all_planes; /* see segments_in_plane; NULL until it is asked for */
  dseg_description *images;         /* a copy whose text the description uses; NULL: none */
} dseg_view_source;

static inline dseg_view_source *dseg_as_view(dseg_source *source) {
  return (dseg_view_source *)(void *)source;
}

extern const dseg_source_ops dseg_view_ops;
extern const dseg_source_ops dseg_view_ops_without_frames;

/* Reads planes of the source, in its raster, for the view that they are to be shown in. */
typedef struct dseg_plane_reader {
  const dseg_view_source *view;
  unsigned element; /* bytes of a voxel: 1, 2, 4, 8 */
  uint32_t background;
  unsigned threads;
  /* Fills out with count planes of the source from first on. */
  dseg_status (*read)(struct dseg_plane_reader *reader, size_t first, size_t count, void *out, dseg_error *error);
  /* Labels: a request in terms of the source, and what overlaps, by its segments. */
  dseg_label_request request;
  dseg_overlap overlap;
  /* Masks: a segment of the source, and the least fraction that is inside (0: all values are kept). */
  size_t segment;
  uint32_t least;
  void *user; /* of read */
} dseg_plane_reader;

/* Fills out with planes of the view, rows * columns elements each, whatever its raster. */
dseg_status dseg_view_read_planes(dseg_plane_reader *reader, size_t first, size_t count, void *out, dseg_error *error);

/* Labels where segments overlap and the order of the source's segments does not decide, or where overlap is to be
 * counted in some of the voxels only: reads masks, segment by segment, in the order of the view's. reader and request
 * as in a reading that found overlap; out and overlap are filled in anew. overlap is by segments of the view. */
dseg_status dseg_view_read_overlapping(dseg_plane_reader *reader, const dseg_label_request *request, void *out,
                                       dseg_overlap *overlap, dseg_error *error);

/* view_instances.c. Instances have numbers of the source's, and so all its classes. Where they are is said of its
 * planes. all_shown: the view has these, as they are. */
dseg_status dseg_view_settle_instances(dseg_view_source *view, bool all_shown, dseg_error *error);
dseg_status dseg_view_read_instances(dseg_source *source, size_t first_plane, size_t plane_count, uint32_t *out,
                                     unsigned threads, dseg_error *error);

/* view_describe.c. The images of a description stay, but its planes, on another raster now, do not have their pixels.
 */
dseg_status dseg_take_other_pixels(dseg_description *description, dseg_error *error);

#endif
