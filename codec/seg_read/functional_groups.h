/* SPDX-License-Identifier: Apache-2.0 */
/* functional_groups.h - what functional groups say of frames (PS3.3 C.7.6.16), read as a stream. */
#ifndef DSEG_SEG_READ_FUNCTIONAL_GROUPS_H
#define DSEG_SEG_READ_FUNCTIONAL_GROUPS_H

#include "seg_read/image_set.h"

/* What is known of one frame. */
typedef struct dseg_groups {
  bool has_segment;
  bool has_position;       /* Image Position (Patient) */
  bool has_orientation;    /* Image Orientation (Patient) */
  bool has_slide_position; /* Plane Position (Slide) */
  bool has_pixel_spacing;
  bool placed_per_frame;         /* one of the positions, or the source, is the frame's own */
  uint16_t segment;              /* Referenced Segment Number (0062,000B) */
  int32_t source;                /* first source image, in the set of references; -1: none, or not asked for */
  int32_t matrix_column;         /* (0048,021E), from 1 */
  int32_t matrix_row;            /* (0048,021F) */
  double position[3];            /* (0020,0032), or (0040,072A), (0040,073A), (0040,074A) */
  double orientation[6];         /* (0020,0037) */
  double pixel_spacing[2];       /* (0028,0030) */
  double slice_thickness;        /* (0018,0050), 0: absent */
  double spacing_between_slices; /* (0018,0088) */
} dseg_groups;

/* What Shared Functional Groups Sequence (5200,9229) says of all frames. references, when not NULL, receives the
 * source images. */
dseg_status dseg_groups_shared(const dseg_elements *elements, dseg_image_set *references, dseg_groups *shared,
                               dseg_error *error);

/* Receives one frame after the other, from 0. */
typedef dseg_status (*dseg_groups_visit)(void *user, size_t frame, const dseg_groups *groups, dseg_error *error);

/* One pass over Per-Frame Functional Groups Sequence through a window of 256 KiB, whatever its size. Each frame
 * starts as shared. count receives the number of items. */
dseg_status dseg_groups_per_frame(const dseg_part10 *part10, const dseg_groups *shared, dseg_image_set *references,
                                  dseg_groups_visit visit, void *user, size_t *count, dseg_error *error);

#endif
