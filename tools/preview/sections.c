/* SPDX-License-Identifier: Apache-2.0 */
/* sections.c - an axial, a coronal and a sagittal section of a volume, and what is seen of it from the front. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "preview/preview.h"

enum { X = 0, Y = 1, Z = 2, SECTIONS = 3, PROJECTION = SECTIONS };

/* Patient's axes: what runs to the right in the cell, what runs down, from the head to the feet if it is z, and what is
 * cut. */
typedef struct direction {
  const char *title;
  int right, down, cut;
} direction;

/* In the order of the cells. */
static const direction directions[SECTIONS + 1] = {
    {"axial", X, Y, Z}, {"coronal", X, Z, Y}, {"sagittal", Y, Z, X}, {"from the front", X, Z, Y}};

/* A section voxel by voxel. */
typedef struct slice {
  uint32_t *labels; /* size of down * size of right */
  uint8_t *weights;
} slice;

static dseg_status allocate(const preview_job *job, const preview_volume *volume, slice slices[SECTIONS],
                            dseg_error *error) {
  for (int i = 0; i < SECTIONS; i++) {
    const size_t voxels = volume->size[directions[i].right] * volume->size[directions[i].down];
    slices[i].labels = calloc(voxels, sizeof *slices[i].labels);
    slices[i].weights = job->weights != NULL ? calloc(voxels, 1) : NULL;
    if (slices[i].labels == NULL || (job->weights != NULL && slices[i].weights == NULL)) {
      dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the sections");
      return DSEG_ERROR_MEMORY;
    }
  }
  return DSEG_OK;
}

/* What the plane in job->labels has of a section. */
static void add_plane(const preview_job *job, const preview_volume *volume, const direction *shown, size_t slot,
                      const slice *into) {
  const size_t columns = job->description->geometry.columns;
  size_t first[3] = {0, 0, slot};
  size_t last[3] = {columns - 1, job->description->geometry.rows - 1, slot};
  const int cut = volume->axes[shown->cut];
  const size_t at =
      volume->flipped[shown->cut] ? volume->size[shown->cut] - 1 - volume->cut[shown->cut] : volume->cut[shown->cut];
  if (cut == 2 && at != slot) {
    return;
  }
  first[cut] = last[cut] = at;
  for (size_t row = first[1]; row <= last[1]; row++) {
    for (size_t column = first[0]; column <= last[0]; column++) {
      const preview_index index = preview_find_index(volume, column, row, slot);
      const size_t to = index.at[shown->down] * volume->size[shown->right] + index.at[shown->right];
      into->labels[to] = job->labels[row * columns + column];
      if (into->weights != NULL) {
        into->weights[to] = job->weights[row * columns + column];
      }
    }
  }
}

/* The index of a pixel: the voxel that it lies in. */
static size_t index_at(const preview_volume *volume, int axis, uint32_t pixel, uint32_t pixels) {
  const size_t count = volume->high[axis] - volume->low[axis];
  const size_t step = (size_t)(((uint64_t)pixel * 2 + 1) * count / (2 * (uint64_t)pixels));
  return axis == Z ? volume->high[axis] - 1 - step : volume->low[axis] + step;
}

/* The same as a number of the grid's axis, between voxels, too. */
static double grid_index(const preview_volume *volume, int axis, double pixel, uint32_t pixels) {
  const double part = (pixel + 0.5) / pixels * (double)(volume->high[axis] - volume->low[axis]);
  const double index = axis == Z ? (double)volume->high[axis] - part - 0.5 : (double)volume->low[axis] + part - 0.5;
  return volume->flipped[axis] ? (double)volume->size[axis] - 1 - index : index;
}

/* mm of a pixel of the cell. */
static void find_place(const preview_volume *volume, const direction *shown, const preview_cell *cell, double x,
                       double y, double place[3]) {
  const double cut = (double)volume->cut[shown->cut];
  double index[3];
  index[shown->right] = grid_index(volume, shown->right, x, cell->width);
  index[shown->down] = grid_index(volume, shown->down, y, cell->height);
  index[shown->cut] = volume->flipped[shown->cut] ? (double)volume->size[shown->cut] - 1 - cut : cut;
  for (int i = 0; i < 3; i++) {
    place[i] = volume->grid.origin[i];
    for (int axis = 0; axis < 3; axis++) {
      place[i] += index[axis] * volume->grid.step[volume->axes[axis]][i];
    }
  }
}

/* The pixel in the middle of a voxel. */
static uint32_t pixel_of(const preview_volume *volume, int axis, size_t index, uint32_t pixels) {
  const double count = (double)(volume->high[axis] - volume->low[axis]);
  const double part =
      axis == Z ? (double)volume->high[axis] - (double)index - 0.5 : (double)index - (double)volume->low[axis] + 0.5;
  return (uint32_t)(part / count * pixels);
}

static void place_cell(const preview_volume *volume, const direction *shown, preview_cell *cell) {
  double right[3];
  double down[3];
  find_place(volume, shown, cell, 0, 0, cell->corner);
  find_place(volume, shown, cell, 1, 0, right);
  find_place(volume, shown, cell, 0, 1, down);
  for (int i = 0; i < 3; i++) {
    cell->right[i] = right[i] - cell->corner[i];
    cell->down[i] = down[i] - cell->corner[i];
  }
  cell->has_place = true;
}

static void show_section(const preview_volume *volume, const direction *shown, const slice *from, preview_cell *cell) {
  for (uint32_t y = 0; y < cell->height; y++) {
    const size_t row = index_at(volume, shown->down, y, cell->height) * volume->size[shown->right];
    for (uint32_t x = 0; x < cell->width; x++) {
      const size_t at = row + index_at(volume, shown->right, x, cell->width);
      cell->labels[(size_t)y * cell->width + x] = from->labels[at];
      if (cell->weights != NULL && from->weights != NULL) {
        cell->weights[(size_t)y * cell->width + x] = from->weights[at];
      }
    }
  }
  cell->cut_x = pixel_of(volume, shown->right, volume->cut[shown->right], cell->width);
  cell->cut_y = pixel_of(volume, shown->down, volume->cut[shown->down], cell->height);
}

/* Depth in mm of the surface around a pixel, smoothed; NAN where there is none. */
static double smooth_depth(const preview_volume *volume, ptrdiff_t x, ptrdiff_t z, double near) {
  enum { REACH = 1 };
  double sum = 0;
  int count = 0;
  for (ptrdiff_t j = z - REACH; j <= z + REACH; j++) {
    for (ptrdiff_t i = x - REACH; i <= x + REACH; i++) {
      if (i < 0 || j < 0 || (size_t)i >= volume->size[X] || (size_t)j >= volume->size[Z]) {
        continue;
      }
      const size_t at = (size_t)j * volume->size[X] + (size_t)i;
      const double depth = (double)volume->depth[at] * volume->step[Y];
      const double most = 4 * (volume->step[X] + volume->step[Y] + volume->step[Z]);
      if (volume->surface[at] != 0 && (isnan(near) || fabs(depth - near) < most)) {
        sum += depth;
        count++;
      }
    }
  }
  return count > 0 ? sum / count : NAN;
}

/* How much light from the upper left a place of the surface gives back, 0..255. */
static uint8_t shade(const preview_volume *volume, size_t x, size_t z) {
  const double depth = (double)volume->depth[z * volume->size[X] + x] * volume->step[Y];
  const ptrdiff_t i = (ptrdiff_t)x;
  const ptrdiff_t j = (ptrdiff_t)z;
  const double sides[4] = {smooth_depth(volume, i - 1, j, depth), smooth_depth(volume, i + 1, j, depth),
                           smooth_depth(volume, i, j - 1, depth), smooth_depth(volume, i, j + 1, depth)};
  const double slope_x = isnan(sides[0]) || isnan(sides[1]) ? 0 : (sides[1] - sides[0]) / (2 * volume->step[X]);
  const double slope_z = isnan(sides[2]) || isnan(sides[3]) ? 0 : (sides[3] - sides[2]) / (2 * volume->step[Z]);
  const double length = sqrt(slope_x * slope_x + slope_z * slope_z + 1);
  const double light = (-0.35 * slope_x + 0.45 * slope_z + 0.82) / length;
  return (uint8_t)(255 * fmin(1, 0.3 + 0.75 * fmax(0, light)));
}

static dseg_status show_projection(const preview_volume *volume, preview_cell *cell, dseg_error *error) {
  const size_t seen = volume->size[X] * volume->size[Z];
  uint8_t *shades = malloc(seen);
  cell->shades = malloc((size_t)cell->width * cell->height);
  if (shades == NULL || cell->shades == NULL) {
    free(shades);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the projection");
  }
  for (size_t i = 0; i < seen; i++) {
    shades[i] = volume->surface[i] != 0 ? shade(volume, i % volume->size[X], i / volume->size[X]) : 0;
  }
  for (uint32_t y = 0; y < cell->height; y++) {
    const size_t row = index_at(volume, Z, y, cell->height) * volume->size[X];
    for (uint32_t x = 0; x < cell->width; x++) {
      const size_t at = row + index_at(volume, X, x, cell->width);
      cell->labels[(size_t)y * cell->width + x] = volume->surface[at];
      cell->shades[(size_t)y * cell->width + x] = shades[at];
    }
  }
  free(cell->weights); /* what is seen is solid */
  cell->weights = NULL;
  free(shades);
  return DSEG_OK;
}

/* The stored plane has its number. */
static void set_title(const preview_job *job, const preview_volume *volume, const direction *shown,
                      preview_cell *cell) {
  const size_t at =
      volume->flipped[shown->cut] ? volume->size[shown->cut] - 1 - volume->cut[shown->cut] : volume->cut[shown->cut];
  (void)snprintf(cell->title, sizeof cell->title, "%s", shown->title);
  for (size_t plane = 0; volume->axes[shown->cut] == 2 && plane < job->description->geometry.plane_count; plane++) {
    if (volume->slots[plane] == at) {
      (void)snprintf(cell->title, sizeof cell->title, "%s, plane %zu", shown->title, plane + 1);
      return;
    }
  }
}

static dseg_status show(preview_job *job, const preview_volume *volume, slice slices[SECTIONS], dseg_error *error) {
  double extent[3];
  double smallest = INFINITY;
  for (int axis = 0; axis < 3; axis++) {
    extent[axis] = (double)(volume->high[axis] - volume->low[axis]) * volume->step[axis];
    smallest = fmin(smallest, volume->step[axis]);
  }
  DSEG_TRY(preview_lay_out_sections(job, extent, smallest, error));
  DSEG_TRY(allocate(job, volume, slices, error));
  for (size_t plane = 0; plane < job->description->geometry.plane_count; plane++) {
    DSEG_TRY(preview_read_plane(job, plane, error));
    for (int i = 0; i < SECTIONS; i++) {
      add_plane(job, volume, &directions[i], volume->slots[plane], &slices[i]);
    }
  }
  for (int i = 0; i < SECTIONS; i++) {
    show_section(volume, &directions[i], &slices[i], &job->cells[i]);
    set_title(job, volume, &directions[i], &job->cells[i]);
    place_cell(volume, &directions[i], &job->cells[i]);
  }
  preview_cell *front = &job->cells[PROJECTION];
  (void)snprintf(front->title, sizeof front->title, "%s", directions[PROJECTION].title);
  place_cell(volume, &directions[PROJECTION], front);
  return show_projection(volume, front, error);
}

dseg_status preview_show_sections(preview_job *job, const preview_volume *volume, dseg_error *error) {
  slice slices[SECTIONS] = {{NULL, NULL}, {NULL, NULL}, {NULL, NULL}};
  const dseg_status status = show(job, volume, slices, error);
  for (int i = 0; i < SECTIONS; i++) {
    free(slices[i].labels);
    free(slices[i].weights);
  }
  return status;
}
