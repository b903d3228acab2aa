/* SPDX-License-Identifier: Apache-2.0 */
/* preview.h - what the parts of `dseg preview` share. */
#ifndef DSEG_TOOLS_PREVIEW_PREVIEW_H
#define DSEG_TOOLS_PREVIEW_PREVIEW_H

#include "cli/cli.h"
#include "dseg/dseg.h"
#include "preview/picture.h"

enum { PREVIEW_MAX_CELLS = 20 };
#define PREVIEW_TO_THE_END SIZE_MAX /* last_plane: the last that there is */

/* How a plane is turned for display, as radiology shows it: the patient's left or back to the right, back or feet
 * down. In display pixel units of a plane: x runs along columns unless transposed. */
typedef struct preview_view {
  bool transposed; /* x of the display runs along rows */
  bool flip_x, flip_y;
  uint32_t width, height;            /* of a plane in voxels, as displayed */
  double pixel_width, pixel_height;  /* mm, or 1 where unknown */
  uint32_t left, top, right, bottom; /* what is shown, in displayed voxels; right and bottom excluded */
} preview_view;

typedef struct preview_job {
  dseg_output_set *outputs; /* the picture; the input is not one of them */
  const char *input;
  dseg_source *source;
  const dseg_description *description;
  dseg_overlap_policy overlap;
  size_t first_plane, last_plane; /* to choose from */
  uint32_t size;                  /* width of the picture */
  uint32_t columns;               /* of the montage; 0: chosen */
  unsigned threads;
  preview_view view;
  size_t planes[PREVIEW_MAX_CELLS]; /* those shown */
  size_t plane_count;
  uint64_t *voxels; /* in the planes shown, by segment */
  uint32_t *values; /* by segment: index + 1 */
  uint32_t *labels; /* a plane: segment index + 1, or 0 */
  uint8_t *weights; /* a plane of fractions as 0..255; NULL for labels */
  uint8_t *mask;    /* scratch for fractions */
  uint8_t *present;
} preview_job;

/* A picture as it is without options; then set the input, and what else is wanted. */
#define PREVIEW_START \
  { .last_plane = PREVIEW_TO_THE_END, .size = 1400, .overlap = DSEG_OVERLAP_LAST }

/* make.c: draws job->input into a file, and releases what the job took; an exit code after a message. */
int preview_make(preview_job *job, const char *output, bool force);

/* planes.c: allocates the job's buffers; released by preview_release. */
dseg_status preview_prepare(preview_job *job, dseg_error *error);
void preview_release(preview_job *job);
/* Fills labels (and weights) with a plane. */
dseg_status preview_read_plane(preview_job *job, size_t plane, dseg_error *error);
/* Chooses planes that hold something, evenly spaced, counts their voxels and crops the view to them. */
dseg_status preview_choose_planes(preview_job *job, dseg_error *error);
/* Voxel of the plane (index in labels) at a displayed voxel. */
size_t preview_voxel(const preview_job *job, uint32_t x, uint32_t y);

/* draw.c: draws the montage, or the whole slide, with its legend. */
dseg_status preview_draw(preview_job *job, picture *canvas, dseg_error *error);

#endif
