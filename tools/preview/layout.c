/* SPDX-License-Identifier: Apache-2.0 */
/* layout.c - where the cells and the legend are in the picture. */
#include <math.h>
#include <stdlib.h>

#include "preview/preview.h"

enum { LEAST_LINES = 12 /* of the legend beside planes */, TOP_LINES = 9 /* above sections */ };
#define MOST_HEIGHT 1.5 /* of sections, in widths of the picture */

static uint32_t line_height(const preview_job *job) {
  return (PICTURE_TEXT_HEIGHT + 3) * job->layout.scale;
}

static uint32_t begin(preview_job *job) {
  job->layout.scale = job->size >= 900 ? 2 : 1;
  return 2 * PREVIEW_GAP + PICTURE_TEXT_HEIGHT * job->layout.scale;
}

static dseg_status add_cell(preview_job *job, uint32_t left, uint32_t top, double width, double height,
                            dseg_error *error) {
  preview_cell *cell = &job->cells[job->cell_count++];
  *cell = (preview_cell){.left = left, .top = top, .cut_x = UINT32_MAX, .cut_y = UINT32_MAX};
  cell->width = (uint32_t)fmax(1, width);
  cell->height = (uint32_t)fmax(1, height);
  const size_t pixels = (size_t)cell->width * cell->height;
  cell->labels = calloc(pixels, sizeof *cell->labels);
  cell->weights = job->weights != NULL ? calloc(pixels, 1) : NULL;
  if (cell->labels == NULL || (job->weights != NULL && cell->weights == NULL)) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the picture");
  }
  return DSEG_OK;
}

/* The number of columns that makes the montage about as high as three quarters of its width, with few places empty. */
static uint32_t choose_columns(uint32_t cells, double aspect) {
  uint32_t best = 1;
  double best_fault = INFINITY;
  for (uint32_t columns = 1; columns <= cells; columns++) {
    const uint32_t rows = (cells + columns - 1) / columns;
    const double wasted = (double)(rows * columns - cells) / (rows * columns);
    const double fault = fabs(log(rows * aspect / columns / 0.75)) + 4 * wasted;
    if (fault < best_fault) {
      best_fault = fault;
      best = columns;
    }
  }
  return best;
}

dseg_status preview_lay_out_planes(preview_job *job, double width, double height, double voxels, dseg_error *error) {
  const uint32_t top = begin(job);
  const uint32_t cells = job->plane_count > 0 ? (uint32_t)job->plane_count : 1;
  const uint32_t wanted = job->columns > 0 ? job->columns : choose_columns(cells, height / width);
  const uint32_t columns = wanted < cells ? wanted : cells;
  const uint32_t rows = (cells + columns - 1) / columns;
  const uint32_t legend = job->size / 4;
  const uint32_t room = job->size - legend - PREVIEW_GAP * (columns + 1);
  /* As wide as there is room for, no voxel larger than the limit, and the picture no higher than four times its width.
   */
  const double widest = fmin((double)room / columns, PREVIEW_MAX_SCALE * voxels);
  const double most_height = 4.0 * job->size / rows;
  const double shrink = fmin(1.0, most_height / (widest * height / width));
  const uint32_t cell_width = (uint32_t)fmax(1, widest * shrink);
  const uint32_t cell_height = (uint32_t)fmax(1, widest * height / width * shrink);
  for (uint32_t i = 0; i < cells; i++) {
    DSEG_TRY(add_cell(job, PREVIEW_GAP + i % columns * (cell_width + PREVIEW_GAP),
                      top + i / columns * (cell_height + PREVIEW_GAP), cell_width, cell_height, error));
  }
  preview_layout *layout = &job->layout;
  const uint32_t bottom = top + rows * (cell_height + PREVIEW_GAP);
  const uint32_t least = top + LEAST_LINES * line_height(job);
  layout->legend_left = PREVIEW_GAP + columns * (cell_width + PREVIEW_GAP);
  layout->legend_top = top;
  layout->legend_width = legend - PREVIEW_GAP;
  layout->width = layout->legend_left + legend;
  layout->height = bottom > least ? bottom : least;
  layout->legend_height = layout->height - top - PREVIEW_GAP;
  return DSEG_OK;
}

/* The axial section above the coronal one, which has the sagittal one and the projection beside it: what is at one
 * place in the patient is above or beside itself. The legend has the rest. */
dseg_status preview_lay_out_sections(preview_job *job, const double extent[3], double smallest, dseg_error *error) {
  const uint32_t top = begin(job);
  const double across = 2 * extent[0] + extent[1];
  const double down = extent[1] + extent[2];
  const double scale = fmin((job->size - 4.0 * PREVIEW_GAP) / across,
                            fmin(MOST_HEIGHT * job->size / down, PREVIEW_MAX_SCALE / smallest));
  const double width = fmax(1, floor(extent[0] * scale));
  const double depth = fmax(1, floor(extent[1] * scale));
  const double height = fmax(1, floor(extent[2] * scale));
  const uint32_t lines = TOP_LINES * line_height(job);
  const uint32_t first = depth > lines ? (uint32_t)depth : lines; /* height of the upper row */
  const uint32_t second = top + first + PREVIEW_GAP;
  const uint32_t lefts[3] = {PREVIEW_GAP, 2 * PREVIEW_GAP + (uint32_t)width,
                             3 * PREVIEW_GAP + (uint32_t)width + (uint32_t)depth};
  DSEG_TRY(add_cell(job, lefts[0], top, width, depth, error));
  DSEG_TRY(add_cell(job, lefts[0], second, width, height, error));
  DSEG_TRY(add_cell(job, lefts[1], second, depth, height, error));
  DSEG_TRY(add_cell(job, lefts[2], second, width, height, error));
  preview_layout *layout = &job->layout;
  const uint32_t right = lefts[2] + (uint32_t)width + PREVIEW_GAP;
  const uint32_t least = lefts[1] + job->size / 4; /* for the legend */
  layout->width = right > least ? right : least;
  layout->height = second + (uint32_t)height + PREVIEW_GAP;
  layout->legend_left = lefts[1];
  layout->legend_top = top;
  layout->legend_width = layout->width - lefts[1] - PREVIEW_GAP;
  layout->legend_height = first;
  return DSEG_OK;
}
