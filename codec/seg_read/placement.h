/* SPDX-License-Identifier: Apache-2.0 */
/* placement.h - finds the segment and the plane of each frame, and the geometry of the planes. */
#ifndef DSEG_SEG_READ_PLACEMENT_H
#define DSEG_SEG_READ_PLACEMENT_H

#include "seg_read/frame_table.h"
#include "seg_read/functional_groups.h"
#include "seg_read/planes.h"

/* Collects frame after frame, also over the parts of a concatenation. */
typedef struct dseg_placement {
  dseg_description *description; /* rows, columns, segments are known; geometry is filled in */
  dseg_frame_table *table;
  const dseg_image_set *references;
  bool label_frames;  /* frames belong to no segment */
  bool tiled_full;    /* Dimension Organization Type (0020,9311) TILED_FULL */
  size_t first_frame; /* of the part being read */
  size_t part_frames; /* frames in this part; later items are ignored */
  /* From here on private. */
  int32_t *segment_of_number; /* 65536 indices, -1: not described */
  dseg_places places;
  bool any;           /* a frame has been seen */
  bool by_source;     /* no positions: planes are source images */
  dseg_groups first;  /* what the first frame said */
  double *last_along; /* by segment: where its last frame was along the normal */
  uint32_t *frames_of_segment;
  size_t steps_up, steps_down;
  size_t without_position;
} dseg_placement;

/* The members above private have been set. */
dseg_status dseg_placement_begin(dseg_placement *placement, dseg_error *error);

/* Takes one frame: a dseg_groups_visit; user is the placement. */
dseg_status dseg_placement_visit(void *user, size_t frame, const dseg_groups *groups, dseg_error *error);

/* All frames have been visited: sets the geometry's planes and spacings, and the plane of every frame. */
dseg_status dseg_placement_finish(dseg_placement *placement, dseg_error *error);

/* All frames have their plane and segment: orders them by these. DSEG_ERROR_UNSUPPORTED when two have the same. */
dseg_status dseg_placement_sort(const dseg_description *description, dseg_frame_table *table, dseg_error *error);

void dseg_placement_free(dseg_placement *placement);

#endif
