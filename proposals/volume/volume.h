/* SPDX-License-Identifier: Apache-2.0 */
/* volume.h - planes and segments of frames said once, by a grid and a map with one bit for each place of a frame (see
 * bitstream.md): what the representations of this proposal, and others that build on it, share.
 *
 * All functions leave pixels alone, keep nothing between calls, and may be called from any thread. */
#ifndef DSEG_PROPOSAL_VOLUME_H
#define DSEG_PROPOSAL_VOLUME_H

#include "dseg/plugin.h"

/* Private elements: in the block of this creator. */
#define DSEG_VOLUME_GROUP 0x0021u
#define DSEG_VOLUME_CREATOR "DSEG VOLUME"
enum {
  DSEG_VOLUME_ORIGIN = 0x01,            /* SQ Volume Origin Sequence, an item with Image Position (Patient) */
  DSEG_VOLUME_PLANES = 0x02,            /* UL Number of Volume Planes */
  DSEG_VOLUME_MAP = 0x03,               /* OB Frame Presence Map */
  DSEG_VOLUME_SOURCE = 0x04,            /* OL Plane Source Index */
  DSEG_VOLUME_SOURCE_FRAME = 0x05,      /* OL Plane Source Frame Number */
  DSEG_VOLUME_SOURCE_DESCRIPTION = 0x06 /* SQ Plane Source Description Sequence */
};

/* What describe may do without in the strict form. */
#define DSEG_VOLUME_REPLACES (DSEG_REPLACES_FRAME_GROUPS | DSEG_REPLACES_DIMENSIONS)

#define DSEG_VOLUME_TOLERANCE 1e-3              /* mm, between a plane and its place on the grid */
#define DSEG_VOLUME_MOST_PLANES UINT32_C(65535) /* of a volume: readers need not support more (volume, 8) */

/* ---- The grid (volume_grid.c) ---- */

/* Where planes lie. Of slides: tiles, row by row. */
typedef struct dseg_volume_grid {
  bool is_slide;
  bool descends; /* the description's planes are the grid's from the last to the first */
  uint32_t planes;
  double origin[3], step[3];      /* patient: of plane 0, and from one plane to the next */
  uint32_t across, columns, rows; /* slides: tiles in a row, and their size */
} dseg_volume_grid;

/* The grid of a description, whose planes may have gaps, ascend or descend along the normal; spacing: between planes,
 * 0 where one plane has none. DSEG_ERROR_UNSUPPORTED, with the first plane that is elsewhere, when there is none. */
dseg_status dseg_volume_find_grid(const dseg_description *description, double spacing, dseg_volume_grid *grid,
                                  dseg_error *error);
/* Spacing Between Slices (0018,0088) as objects of the description have it. */
double dseg_volume_spacing(const dseg_geometry *geometry);
/* The grid's plane on which one of the description lies, which has been found on it. */
uint32_t dseg_volume_plane(const dseg_volume_grid *grid, const dseg_plane_position *plane);
/* The vector from one plane to the next, spacing mm along row x column; false where these have no cross product. */
bool dseg_volume_step(const double orientation[6], double spacing, double step[3]);

/* ---- Elements (volume_elements.c) ---- */

/* An object's own elements, and those of the standard that the grid is made of. Hostile. */
typedef struct dseg_volume_elements {
  uint32_t block; /* of the private elements */
  bool is_strict; /* of a SOP Class of this proposal, or of instance labels, which have the same form */
  bool is_slide;
  bool planes_are_slow; /* places in the order of planes, else of segments */
  uint32_t planes;
  uint64_t segments, places; /* planes x segments */
  double origin[3], step[3]; /* not of slides */
  uint32_t across;           /* slides: tiles in a row */
  dseg_view map;             /* empty: every place has a frame */
  uint64_t first, frames;    /* of all places that have frames, those of this object or part */
} dseg_volume_elements;

/* Where an element is that a message is about. */
typedef struct dseg_volume_fault {
  uint32_t tag;
  const char *section; /* "volume E9", of bitstream.md */
} dseg_volume_fault;

/* Reads the elements in steps, each of which needs those before it. has_groups: Per-Frame Functional Groups Sequence is
 * there; segments: Items of Segment Sequence, 1 for label maps; frames: Number of Frames of what is read. fault is set
 * with DSEG_ERROR_FORMAT. */
dseg_status dseg_volume_read_form(dseg_data_set *set, bool has_groups, dseg_volume_elements *elements,
                                  dseg_volume_fault *fault, dseg_error *error);
dseg_status dseg_volume_read_grid(dseg_data_set *set, uint64_t segments, dseg_volume_elements *elements,
                                  dseg_volume_fault *fault, dseg_error *error);
dseg_status dseg_volume_read_order(dseg_data_set *set, dseg_volume_elements *elements, dseg_volume_fault *fault,
                                   dseg_error *error);
dseg_status dseg_volume_read_map(dseg_data_set *set, uint64_t frames, dseg_volume_elements *elements,
                                 dseg_volume_fault *fault, dseg_error *error);
static inline bool dseg_volume_has_frame(const dseg_volume_elements *elements, uint64_t place) {
  return elements->map.size == 0 || (elements->map.data[place / 8] >> place % 8 & 1) != 0;
}

/* Where a place is. */
static inline uint32_t dseg_volume_plane_of(const dseg_volume_elements *elements, uint64_t place) {
  return (uint32_t)(elements->planes_are_slow ? place / elements->segments : place % elements->planes);
}
static inline uint32_t dseg_volume_segment_of(const dseg_volume_elements *elements, uint64_t place) {
  return (uint32_t)(elements->planes_are_slow ? place % elements->segments : place / elements->planes);
}

/* ---- Source images (volume_sources.c, volume_take_sources.c) ---- */

/* Puts Plane Source Index, frame numbers where images have several, and what is said of all sources alike, in the
 * strict form into Shared Functional Groups, too; nothing where planes have no sources. DSEG_ERROR_UNSUPPORTED for
 * sources that it cannot say; in the dual form functional groups do then. */
dseg_status dseg_volume_put_sources(const dseg_write_context *context, const dseg_volume_grid *grid, uint32_t block,
                                    dseg_data_set *set, dseg_error *error);
/* That these elements have the length and the items that they should have, and that what they point at is there. */
dseg_status dseg_volume_check_sources(dseg_data_set *set, const dseg_volume_elements *elements,
                                      dseg_volume_fault *fault, dseg_error *error);
/* Gives the planes of the description, which are the grid's, their images; the description has all references. */
dseg_status dseg_volume_take_sources(const dseg_read_context *context, const dseg_volume_elements *elements,
                                     dseg_error *error);
/* ---- What representations call ---- */

/* choose_format, after that of the standard's representation has set the pixels: strict or dual, in which order, or why
 * it is no implicit volume. strict: the SOP Class of the strict form; standard: that of the dual one. */
dseg_status dseg_volume_choose(const dseg_description *description, bool dual, const char *strict, const char *standard,
                               dseg_pixel_format *format, dseg_error *error);
/* describe and interpret, as they are in dseg_representation. */
dseg_status dseg_volume_describe(const dseg_write_context *context, const dseg_written_frames *frames,
                                 dseg_data_set *set, dseg_error *error);
dseg_status dseg_volume_interpret(const dseg_read_context *context, dseg_interpretation *interpretation,
                                  dseg_error *error);
/* inspect; label_frames: the object is a label map. */
dseg_status dseg_volume_inspect(const dseg_inspect_context *context, bool label_frames, dseg_error *error);

#endif
