/* SPDX-License-Identifier: Apache-2.0 */
/* view.h - a source made from another one: some of its segments and planes, other numbers, another grid, fractions as
 * masks. No voxel is copied: a view reads from its source when it is asked.
 *
 *     const char *wanted[] = {"Liver"};
 *     uint32_t *indices = ...;   // room for all segments of the source
 *     size_t found = 0;
 *     status = dseg_find_segments(dseg_source_description(source), wanted, 1, indices, &found, &error);
 *     const dseg_derive_options options = {
 *         .struct_size = sizeof options, .segments = indices, .segment_count = found, .grid = DSEG_VIEW_GRID_TIGHT};
 *     dseg_source *view = NULL;
 *     status = dseg_source_derive(source, &options, &view, &error);
 *     ...                        // all functions of dseg/source.h take it
 *     dseg_source_close(view);
 *     dseg_source_close(source);
 *
 * A view is a source like any other: it has a description of its own, may be read by several threads, and views can be
 * derived from it.
 *
 * Life. The memory of a source stays until it and all its views are closed, in whatever order. A view whose source was
 * closed cannot be read any more: DSEG_ERROR_ARGUMENT, and the message says so. Its description and encoding stay
 * valid. Closing a source while one of its views is being read is a mistake of the caller, as it is for the source.
 *
 * What holds in a view. Segments keep what is said of them, references stay, and the encoding (dseg_source_encoding)
 * has what is still true: representation, codec, transfer syntax and UIDs are those of the object behind the view,
 * counts of frames and bytes are 0 where its frames are others. dseg_source_frame and dseg_source_read_frame work where
 * nothing changed, else DSEG_ERROR_UNSUPPORTED. Attributes that tell of frames (description->frames) hold for the
 * planes and segments that are left, and are dropped where the raster changed or fractions became masks; an icon
 * (0088,0200) where something was left out.
 *
 * Cost. Deriving reads no pixels but for DSEG_VIEW_GRID_TIGHT, which looks from both ends until it meets a voxel, and
 * DSEG_VIEW_GRID_ONTO where parts of the source lie outside, which have to be empty unless crop is set. Planes on the
 * same raster are read straight into the caller's buffer; shifted, mirrored and turned planes take one copy more. Where
 * an axis was exchanged with the normal, a sagittal plane of an axial segmentation for instance, every plane of the
 * view crosses all planes of the source: a request then reads each of these once, however many planes it asks for. So
 * ask for as many as dseg_source_chunk_planes says, not for one after the other. */
#ifndef DSEG_VIEW_H
#define DSEG_VIEW_H

#include "dseg/description.h"
#include "dseg/source.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dseg_view_grid {
  DSEG_VIEW_GRID_SOURCE = 0, /* the planes asked for, as they are */
  DSEG_VIEW_GRID_TIGHT,      /* without planes at both ends that hold no voxel of the segments asked for */
  DSEG_VIEW_GRID_ONTO        /* the planes given */
} dseg_view_grid;

typedef enum dseg_view_numbers {
  DSEG_VIEW_NUMBERS_KEEP = 0, /* those of the source */
  DSEG_VIEW_NUMBERS_COUNT,    /* 1, 2, 3, ... in the order of the list of segments */
  DSEG_VIEW_NUMBERS_GIVEN     /* those given */
} dseg_view_numbers;

typedef struct dseg_derive_options {
  size_t struct_size; /* sizeof(dseg_derive_options): see dseg/dseg.h */
  /* Indices of segments in the source, segment_count of them, each once; NULL: all. A description has its segments by
   * ascending number, so this is the order of the view's segments with DSEG_VIEW_NUMBERS_COUNT, and otherwise where
   * their numbers ascend. */
  const uint32_t *segments;
  size_t segment_count;
  size_t first_plane, plane_count; /* plane_count 0: from first_plane to the last */
  /* Instead of a range: these planes of the source, plane_count of them, each once, in this order. */
  const size_t *planes;
  dseg_view_numbers numbering;
  /* DSEG_VIEW_NUMBERS_GIVEN: by place in the list of segments. */
  const uint32_t *numbers;
  dseg_view_grid grid;
  /* DSEG_VIEW_GRID_ONTO: the planes of the view. The source's voxels must fall on theirs: shifted, mirrored, or turned
   * by right angles, the normal's axis included; nothing is resampled. Planes of either may be missing. Borrowed during
   * the call. Its frame of reference, where it has one, must be that of the source, and becomes the view's. */
  const dseg_geometry *onto;
  /* DSEG_VIEW_GRID_ONTO, instead of onto: what dseg_description_add_reference made of an empty description. The view's
   * planes are those of the images, it refers to them, and belongs to their patient and study where the source does not
   * say whose it is. Borrowed during the call. */
  const dseg_description *images;
  /* > 0: fractions become masks, inside from this share of the largest fraction on, which is at most 1; 0: they stay
   * fractions. No effect on a source without fractions. */
  double threshold;
  /* Which value stands for "no segment" in the view's description. Without it: the source's, or where a segment has
   * that number, the least number that none has. */
  bool has_background;
  uint32_t background;
  /* On success the source is the view's: closing the view closes it. */
  bool take_source;
  dseg_warning_sink warnings; /* margins that were cut */
  unsigned threads;           /* 0: one for each processor */
  /* DSEG_VIEW_GRID_ONTO: what lies outside the grid is left out, whatever it holds, and no pixel is read to find out:
   * images of a viewer that has not loaded all of a series. A warning says how much. */
  bool crop;
} dseg_derive_options;

/* Makes a view. options may be NULL: all of the source. *view is the caller's, to be given to dseg_source_close.
 *
 * DSEG_ERROR_ARGUMENT: a segment or plane that is not there or is listed twice, a list that selects nothing, numbers
 * that collide with each other or with the background, a threshold outside 0..1, a source that was closed.
 * DSEG_ERROR_INPUT: no voxel in any plane (DSEG_VIEW_GRID_TIGHT). DSEG_ERROR_UNSUPPORTED: a grid that the source's
 * voxels do not fall on, with the angle or distance; voxels outside it, with their number by segment, or with crop all
 * of the source; another frame of reference or patient. */
DSEG_API dseg_status dseg_source_derive(dseg_source *source, const dseg_derive_options *options, dseg_source **view,
                                        dseg_error *error);

/* Finds segments by number ("3"), range of numbers ("2-5"), label ("Liver", letter case ignored), or a list of these
 * with commas ("1,4,Liver"). A text that is a label as a whole is no list. indices receives found indices, ascending,
 * each once, and needs room for all segments of the description. DSEG_ERROR_ARGUMENT names what stands for no segment.
 */
DSEG_API dseg_status dseg_find_segments(const dseg_description *description, const char *const *texts, size_t count,
                                        uint32_t *indices, size_t *found, dseg_error *error);

#ifdef __cplusplus
}
#endif
#endif
