/* SPDX-License-Identifier: Apache-2.0 */
/* volume.c - the planes as a volume along the patient's axes: where what is, and which sections show most of it. */
#include <math.h>
#include <stdlib.h>

#include "preview/preview.h"

/* Voxels of a section at most; a grid with wide gaps between few planes may have any number. */
#define MOST_VOXELS ((size_t)1 << 28)

/* The assignment of the grid's axes to the patient's whose directions agree best. */
static void find_axes(preview_volume *volume) {
  static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  const dseg_grid *grid = &volume->grid;
  double best = -1;
  for (int axis = 0; axis < 3; axis++) {
    const double *step = grid->step[axis];
    volume->step[axis] = sqrt(step[0] * step[0] + step[1] * step[1] + step[2] * step[2]);
  }
  const double length[3] = {volume->step[0], volume->step[1], volume->step[2]};
  for (int i = 0; i < 6; i++) {
    double agreement = 0;
    for (int axis = 0; axis < 3; axis++) {
      const int own = orders[i][axis];
      agreement += length[own] > 0 ? fabs(grid->step[own][axis]) / length[own] : 0;
    }
    if (agreement > best) {
      best = agreement;
      for (int axis = 0; axis < 3; axis++) {
        const int own = orders[i][axis];
        volume->axes[axis] = own;
        volume->flipped[axis] = grid->step[own][axis] < 0;
        volume->size[axis] = grid->size[own];
        volume->step[axis] = length[own] > 0 ? length[own] : 1;
      }
    }
  }
}

preview_index preview_find_index(const preview_volume *volume, size_t column, size_t row, size_t slot) {
  const size_t own[3] = {column, row, slot};
  preview_index index;
  for (int axis = 0; axis < 3; axis++) {
    const size_t at = own[volume->axes[axis]];
    index.at[axis] = volume->flipped[axis] ? volume->size[axis] - 1 - at : at;
  }
  return index;
}

static bool is_small(const preview_volume *volume) {
  for (int axis = 0; axis < 3; axis++) {
    const size_t other = volume->size[(axis + 1) % 3];
    if (volume->size[axis] == 0 || other > MOST_VOXELS / volume->size[axis]) {
      return false;
    }
  }
  return true;
}

static dseg_status allocate(preview_volume *volume, dseg_error *error) {
  const size_t seen = volume->size[0] * volume->size[2];
  bool good = true;
  for (int axis = 0; axis < 3; axis++) {
    volume->counts[axis] = calloc(volume->size[axis], sizeof *volume->counts[axis]);
    good = good && volume->counts[axis] != NULL;
  }
  volume->surface = calloc(seen, sizeof *volume->surface);
  volume->depth = malloc(seen * sizeof *volume->depth);
  return good && volume->surface != NULL && volume->depth != NULL
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the sections");
}

/* Counts the voxels of the plane in job->labels, and keeps those in front of all before. */
static void add_plane(preview_job *job, preview_volume *volume, size_t slot) {
  const dseg_geometry *geometry = &job->description->geometry;
  for (size_t row = 0; row < geometry->rows; row++) {
    for (size_t column = 0; column < geometry->columns; column++) {
      const size_t voxel = row * geometry->columns + column;
      const uint32_t label = job->labels[voxel];
      if (label == 0) {
        continue;
      }
      const preview_index index = preview_find_index(volume, column, row, slot);
      const size_t seen = index.at[2] * volume->size[0] + index.at[0];
      job->voxels[preview_segment_of(job, label)]++;
      for (int axis = 0; axis < 3; axis++) {
        volume->counts[axis][index.at[axis]]++;
      }
      const bool is_solid = job->weights == NULL || job->weights[voxel] >= 128;
      if (is_solid && (volume->surface[seen] == 0 || index.at[1] < volume->depth[seen])) {
        volume->surface[seen] = label;
        volume->depth[seen] = (uint32_t)index.at[1];
      }
    }
  }
}

/* Of the planes with at least half as many voxels as the fullest, the one nearest to the centre of mass. False when
 * there is none. */
static bool choose_cut(preview_volume *volume, int axis) {
  const uint64_t *counts = volume->counts[axis];
  double sum = 0;
  double moment = 0;
  uint64_t most = 0;
  volume->low[axis] = SIZE_MAX;
  for (size_t i = 0; i < volume->size[axis]; i++) {
    sum += (double)counts[i];
    moment += (double)counts[i] * (double)i;
    most = counts[i] > most ? counts[i] : most;
    if (counts[i] > 0) {
      volume->low[axis] = volume->low[axis] == SIZE_MAX ? i : volume->low[axis];
      volume->high[axis] = i + 1;
    }
  }
  double nearest = INFINITY;
  for (size_t i = 0; most > 0 && i < volume->size[axis]; i++) {
    const double distance = fabs((double)i - moment / sum);
    if (counts[i] >= most - most / 2 && distance < nearest) {
      nearest = distance;
      volume->cut[axis] = i;
    }
  }
  return most > 0;
}

/* A margin around what is there, so that it does not stick to the edges; all of it when images are shown. */
static void crop(const preview_job *job, preview_volume *volume) {
  double longest = 0;
  for (int axis = 0; axis < 3; axis++) {
    longest = fmax(longest, (double)(volume->high[axis] - volume->low[axis]) * volume->step[axis]);
  }
  for (int axis = 0; axis < 3; axis++) {
    const size_t margin = 1 + (size_t)fmin(longest / 24 / volume->step[axis], (double)MOST_VOXELS);
    const size_t end = volume->size[axis];
    const bool whole = job->reference_count > 0;
    volume->low[axis] = whole || volume->low[axis] < margin ? 0 : volume->low[axis] - margin;
    volume->high[axis] = whole || end - volume->high[axis] < margin ? end : volume->high[axis] + margin;
  }
}

dseg_status preview_look_at_volume(preview_job *job, preview_volume *volume, bool *good, dseg_error *error) {
  const dseg_geometry *geometry = &job->description->geometry;
  *volume = (preview_volume){0};
  *good = false;
  if (geometry->space != DSEG_SPACE_PATIENT || geometry->plane_count < 2) {
    return DSEG_OK;
  }
  volume->slots = malloc(geometry->plane_count * sizeof *volume->slots);
  if (volume->slots == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu planes", geometry->plane_count);
  }
  const dseg_status status = dseg_geometry_to_grid(geometry, &volume->grid, volume->slots, error);
  if (status == DSEG_ERROR_UNSUPPORTED) {
    dseg_error_clear(error);
    return DSEG_OK;
  }
  DSEG_TRY(status);
  find_axes(volume);
  if (!is_small(volume)) {
    return DSEG_OK;
  }
  DSEG_TRY(allocate(volume, error));
  for (size_t plane = 0; plane < geometry->plane_count; plane++) {
    DSEG_TRY(preview_read_plane(job, plane, error));
    add_plane(job, volume, volume->slots[plane]);
  }
  *good = choose_cut(volume, 0) && choose_cut(volume, 1) && choose_cut(volume, 2);
  if (*good) {
    crop(job, volume);
  }
  return DSEG_OK;
}

void preview_volume_free(preview_volume *volume) {
  free(volume->slots);
  for (int axis = 0; axis < 3; axis++) {
    free(volume->counts[axis]);
  }
  free(volume->surface);
  free(volume->depth);
  *volume = (preview_volume){0};
}
