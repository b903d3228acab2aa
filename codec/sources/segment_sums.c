/* SPDX-License-Identifier: Apache-2.0 */
/* segment_sums.c - passes over planes once, by runs of equal voxels within a row. */
#include "sources/segment_sums.h"

#include "model/label_runs.h"

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

static size_t greatest(size_t a, size_t b) {
  return a > b ? a : b;
}

/* The plane has the segment, which it may already have told. */
static void meet_plane(dseg_segment_sums *sums, const dseg_plane_place *place) {
  if (sums->voxels == 0) {
    sums->low[0] = SIZE_MAX;
    sums->low[1] = SIZE_MAX;
    sums->low[2] = SIZE_MAX;
    sums->first_plane = place->index;
  } else if (sums->planes > 0 && sums->last_plane == place->index) {
    return;
  }
  sums->planes++;
  sums->first_plane = least(sums->first_plane, place->index);
  sums->last_plane = greatest(sums->last_plane, place->index);
  sums->low[2] = least(sums->low[2], place->slice);
  sums->high[2] = greatest(sums->high[2], place->slice + 1);
}

/* A run of count voxels from column start of the grid on, each of a stored fraction. */
static inline void add_run(dseg_segment_sums *sums, const dseg_plane_place *place, size_t start, size_t count,
                           size_t row, uint32_t fraction) {
  const uint64_t weight = (uint64_t)count * fraction;
  if (sums->voxels == 0 || sums->last_plane != place->index) {
    meet_plane(sums, place);
  }
  sums->voxels += count;
  sums->amount += weight;
  sums->twice[0] += weight * (2 * (uint64_t)start + count - 1);
  sums->twice[1] += weight * 2 * row;
  sums->twice[2] += weight * 2 * place->slice;
  sums->low[0] = least(sums->low[0], start);
  sums->high[0] = greatest(sums->high[0], start + count);
  sums->low[1] = least(sums->low[1], row);
  sums->high[1] = greatest(sums->high[1], row + 1);
}

/* With a constant width the compiler leaves one loop for each. */
static inline void add_labels(dseg_segment_sums *sums, const void *labels, unsigned bits, const uint32_t *segment_of,
                              const dseg_plane_place *place) {
  for (size_t row = 0; row < place->rows; row++) {
    const size_t begin = row * place->columns;
    const size_t end = begin + place->columns;
    for (size_t at = begin; at < end;) {
      const uint32_t label = dseg_label_at(labels, bits, at);
      const size_t next = dseg_label_run_end(labels, bits, at, end);
      if (label != 0) {
        dseg_segment_sums *own = &sums[segment_of != NULL ? segment_of[label] : label - 1];
        add_run(own, place, place->column + (at - begin), next - at, place->row + row, 1);
      }
      at = next;
    }
  }
}

void dseg_sums_add_labels(dseg_segment_sums *sums, const void *labels, unsigned bits, const uint32_t *segment_of,
                          const dseg_plane_place *place) {
  switch (bits) {
    case 8: add_labels(sums, labels, 8, segment_of, place); break;
    case 16: add_labels(sums, labels, 16, segment_of, place); break;
    default: add_labels(sums, labels, 32, segment_of, place); break;
  }
}

void dseg_sums_add_mask(dseg_segment_sums *sums, const uint8_t *mask, const dseg_plane_place *place) {
  for (size_t row = 0; row < place->rows; row++) {
    const size_t begin = row * place->columns;
    const size_t end = begin + place->columns;
    for (size_t at = begin; at < end;) {
      const size_t next = dseg_label_run_end(mask, 8, at, end);
      if (mask[at] != 0) {
        add_run(sums, place, place->column + (at - begin), next - at, place->row + row, mask[at]);
      }
      at = next;
    }
  }
}

void dseg_sums_merge(dseg_segment_sums *into, const dseg_segment_sums *from) {
  if (from->voxels == 0) {
    return;
  }
  if (into->voxels == 0) {
    *into = *from;
    return;
  }
  into->voxels += from->voxels;
  into->amount += from->amount;
  for (int axis = 0; axis < 3; axis++) {
    into->twice[axis] += from->twice[axis];
    into->low[axis] = least(into->low[axis], from->low[axis]);
    into->high[axis] = greatest(into->high[axis], from->high[axis]);
  }
  into->planes += from->planes;
  into->first_plane = least(into->first_plane, from->first_plane);
  into->last_plane = greatest(into->last_plane, from->last_plane);
}
