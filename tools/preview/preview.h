/* SPDX-License-Identifier: Apache-2.0 */
/* preview.h - what the parts of `dseg preview` share.
 *
 * A picture has cells, each of which shows a section: planes side by side, or three sections through a volume and its
 * projection, or a slide. First it is known what a cell shows and how large it is, then its pixels are found. */
#ifndef DSEG_TOOLS_PREVIEW_PREVIEW_H
#define DSEG_TOOLS_PREVIEW_PREVIEW_H

#include "cli/cli.h"
#include "dseg/dseg.h"
#include "preview/picture.h"

enum { PREVIEW_MAX_CELLS = 20, PREVIEW_GAP = 8, PREVIEW_TITLE = 40 };
#define PREVIEW_TO_THE_END SIZE_MAX /* last_plane: the last that there is */
#define PREVIEW_MAX_SCALE 16.0      /* pixels a voxel */

typedef enum preview_arrangement {
  PREVIEW_BY_CONTENT = 0, /* sections where there is a volume, else planes */
  PREVIEW_SECTIONS,
  PREVIEW_PLANES
} preview_arrangement;

/* How a plane is turned for display, as radiology shows it: the patient's left or back to the right, back or feet
 * down. In display pixel units of a plane: x runs along columns unless transposed. */
typedef struct preview_view {
  bool transposed; /* x of the display runs along rows */
  bool flip_x, flip_y;
  uint32_t width, height;            /* of a plane in voxels, as displayed */
  double pixel_width, pixel_height;  /* mm, or 1 where unknown */
  uint32_t left, top, right, bottom; /* what is shown, in displayed voxels; right and bottom excluded */
} preview_view;

typedef struct preview_cell {
  uint32_t left, top, width, height; /* in pixels of the picture */
  char title[PREVIEW_TITLE];
  bool has_place;                      /* the following is known */
  double corner[3], right[3], down[3]; /* mm in the patient: the first pixel, and from there to the next ones */
  uint32_t cut_x, cut_y;               /* pixels where the other sections are, from 0; UINT32_MAX: none */
  /* width * height each; NULL but for labels where there are none. */
  uint32_t *labels; /* segment index + 1, or an instance's number; 0: none */
  uint8_t *weights; /* fractions as 0..255 */
  uint8_t *shades;  /* of a surface: how bright it is, 0..255 */
  float *greys;     /* of the images, rescaled; NAN outside */
} preview_cell;

typedef struct preview_layout {
  uint32_t width, height; /* of the picture */
  uint32_t legend_left, legend_top, legend_width, legend_height;
  unsigned scale; /* of text */
} preview_layout;

typedef struct preview_job {
  dseg_output_set *outputs; /* the picture; the input is not one of them */
  const char *input;
  const char *const *references; /* images to draw below, files and directories */
  size_t reference_count;
  dseg_source *source;
  const dseg_description *description;
  dseg_overlap_policy overlap;
  preview_arrangement arrangement;
  size_t first_plane, last_plane; /* to choose from */
  uint32_t size;                  /* width of the picture */
  uint32_t columns;               /* of the montage; 0: chosen */
  unsigned threads;
  bool instances; /* the values of a volume are */
  preview_view view;
  size_t planes[PREVIEW_MAX_CELLS]; /* those shown, when planes are */
  size_t plane_count;
  preview_layout layout;
  preview_cell cells[PREVIEW_MAX_CELLS];
  size_t cell_count;
  float black, white; /* of the images: these values and what is beyond */
  uint64_t *voxels;   /* in the planes shown or in the volume, by segment */
  uint32_t *values;   /* by segment: index + 1 */
  uint32_t *labels;   /* a plane: segment index + 1, or an instance's number; 0: none */
  uint8_t *weights;   /* a plane of fractions as 0..255; NULL for labels */
  uint8_t *mask;      /* scratch for fractions */
  uint8_t *present;
} preview_job;

/* A picture as it is without options; then set the input, and what else is wanted. */
#define PREVIEW_START \
  { .last_plane = PREVIEW_TO_THE_END, .size = 1400, .overlap = DSEG_OVERLAP_LAST }

/* make.c: draws job->input into a file, and releases what the job took; an exit code after a message. */
int preview_make(preview_job *job, const char *output, bool force);
/* What a picture's name says that it is. */
bool preview_is_png(const char *path);
bool preview_is_svg(const char *path);

/* planes.c: allocates the job's buffers; released by preview_release. */
dseg_status preview_prepare(preview_job *job, dseg_error *error);
void preview_release(preview_job *job);
/* Fills labels (and weights) with a plane. */
dseg_status preview_read_plane(preview_job *job, size_t plane, dseg_error *error);
/* Chooses planes that hold something, evenly spaced, counts their voxels, crops the view to them, and fills a cell with
 * each. */
dseg_status preview_show_planes(preview_job *job, dseg_error *error);
/* The whole slide in one cell. */
dseg_status preview_show_slide(preview_job *job, dseg_error *error);

/* volume.c: the grid of the planes along the patient's axes, x to the left, y to the back, z to the head, and what is
 * in it. */
typedef struct preview_volume {
  dseg_grid grid;
  size_t *slots;          /* by plane: where on the grid */
  int axes[3];            /* the grid's axis that runs along the patient's */
  bool flipped[3];        /* it runs against it */
  size_t size[3];         /* voxels along the patient's axes; indices count along these */
  double step[3];         /* mm */
  uint64_t *counts[3];    /* voxels of segments by index */
  size_t low[3], high[3]; /* what is shown; high excluded */
  size_t cut[3];          /* the plane through it that is shown */
  uint32_t *surface;      /* by z and x: what is seen from the front, as labels are; */
  uint32_t *depth;        /* and its y */
} preview_volume;

/* Where a voxel of a plane is. */
typedef struct preview_index {
  size_t at[3]; /* along the patient's axes */
} preview_index;
preview_index preview_find_index(const preview_volume *volume, size_t column, size_t row, size_t slot);
/* *good is false when the planes are not on a grid in a patient, there is only one, it is far too large to be cut, or
 * it is empty. To be given to preview_volume_free whatever the outcome. */
dseg_status preview_look_at_volume(preview_job *job, preview_volume *volume, bool *good, dseg_error *error);
void preview_volume_free(preview_volume *volume);

/* sections.c: three sections and the projection, in four cells. */
dseg_status preview_show_sections(preview_job *job, const preview_volume *volume, dseg_error *error);

/* layout.c: where cells and legend are; allocates the labels of the cells. width, height: what a cell shows, mm or
 * pixels; voxels: how many of them along its width. */
dseg_status preview_lay_out_planes(preview_job *job, double width, double height, double voxels, dseg_error *error);
/* extent: mm along x, y, z; smallest: the shortest distance between voxels. */
dseg_status preview_lay_out_sections(preview_job *job, const double extent[3], double smallest, dseg_error *error);

/* reference.c: the greys of the cells, from images; an exit code after a message. */
int preview_read_images(preview_job *job);

/* cells.c, legend.c */
void preview_draw_cells(const preview_job *job, picture *canvas);
void preview_draw_heading(const preview_job *job, picture *canvas);
dseg_status preview_draw_legend(const preview_job *job, picture *canvas, dseg_error *error);
void preview_segment_color(const preview_job *job, size_t segment, uint8_t color[3]);
/* planes.c: the segment of what labels hold; not of 0. */
size_t preview_segment_of(const preview_job *job, uint32_t label);

#endif
