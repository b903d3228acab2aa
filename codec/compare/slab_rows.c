/* SPDX-License-Identifier: Apache-2.0 */
/* slab_rows.c - compares the rows of a slab, see slab.h. Those of both sides are brought into A's order first. */
#include <math.h>
#include <string.h>

#include "compare/slab.h"

/* The box of a slab on one side. axis, sign, offset: from A's indices to the side's. */
static void locate(const dseg_slab_walk *walk, dseg_slab_part *part, const dseg_grid *grid, const int axis[3],
                   const int sign[3], const int64_t offset[3]) {
  part->empty = false;
  for (int a = 0; a < 3; a++) {
    const int own = axis[a];
    const int64_t one = sign[a] * walk->low[a] + offset[a];
    const int64_t two = sign[a] * (walk->high[a] - 1) + offset[a];
    const int64_t low = one < two ? one : two;
    const int64_t high = (one < two ? two : one) + 1;
    const int64_t size = (int64_t)grid->size[own];
    part->low[own] = low < 0 ? 0 : low;
    part->high[own] = high > size ? size : high;
    if (part->low[own] >= part->high[own]) {
      part->empty = true;
    }
    const int64_t from = sign[a] * (part->low[own] - offset[a]);
    const int64_t to = sign[a] * (part->high[own] - 1 - offset[a]);
    part->first[a] = from < to ? from : to;
    part->end[a] = (from < to ? to : from) + 1;
  }
  const int64_t columns = part->high[0] - part->low[0];
  const int64_t rows = part->high[1] - part->low[1];
  const int64_t stride[3] = {1, columns, columns * rows};
  part->start = 0;
  for (int a = 0; a < 3; a++) {
    part->step[a] = sign[a] * stride[axis[a]];
    part->start += (offset[a] - part->low[axis[a]]) * stride[axis[a]];
  }
}

void dseg_slab_locate(dseg_slab_walk *walk) {
  static const int identity[3] = {0, 1, 2};
  static const int forward[3] = {1, 1, 1};
  static const int64_t zero[3] = {0, 0, 0};
  const dseg_compare_job *job = walk->job;
  locate(walk, &walk->a, &job->a.layout.grid, identity, forward, zero);
  locate(walk, &walk->b, &job->b.layout.grid, job->map.axis, job->map.sign, job->map.offset);
}

/* Brings count voxels, which lie step apart, into a row. */
static void collect(const dseg_slab_part *part, int64_t at, size_t place, size_t count, size_t element) {
  const int64_t step = part->step[0];
  if (element == sizeof(double)) {
    const double *from = (const double *)(const void *)part->voxels + at;
    double *out = (double *)part->row + place;
    for (size_t x = 0; x < count; x++) {
      out[x] = from[(int64_t)x * step];
    }
    return;
  }
  uint32_t *out = (uint32_t *)part->row + place;
  if (part->voxel_bytes == 1) {
    const uint8_t *from = part->voxels + at;
    for (size_t x = 0; x < count; x++) {
      out[x] = from[(int64_t)x * step];
    }
    return;
  }
  const uint32_t *from = (const uint32_t *)(const void *)part->voxels + at;
  for (size_t x = 0; x < count; x++) {
    out[x] = from[(int64_t)x * step];
  }
}

/* The row of a part at (j, k) of A, elements of so many bytes; zeros outside. */
static const void *gather(const dseg_slab_walk *walk, const dseg_slab_part *part, int64_t j, int64_t k,
                          size_t element) {
  const int64_t low = walk->low[0];
  const size_t width = (size_t)(walk->high[0] - low);
  const bool outside =
      part->empty || j < part->first[1] || j >= part->end[1] || k < part->first[2] || k >= part->end[2];
  if (outside || part->first[0] > low || part->end[0] < walk->high[0]) {
    memset(part->row, 0, width * element);
  }
  if (outside) {
    return part->row;
  }
  const size_t count = (size_t)(part->end[0] - part->first[0]);
  const int64_t at = part->start + part->first[0] * part->step[0] + j * part->step[1] + k * part->step[2];
  if (part->voxel_bytes == element && part->step[0] == 1 && count == width) {
    return part->voxels + (size_t)at * element;
  }
  collect(part, at, (size_t)(part->first[0] - low), count, element);
  return part->row;
}

static void note_difference(const dseg_slab_walk *walk, dseg_compared_pair *pair, uint64_t count, size_t x, int64_t j,
                            int64_t k) {
  dseg_compare_job *job = walk->job;
  if (pair->differ == 0) {
    pair->first[0] = walk->low[0] + (int64_t)x;
    pair->first[1] = j;
    pair->first[2] = k;
  }
  pair->differ += count;
  job->first_plane = k < job->first_plane ? k : job->first_plane;
  job->last_plane = k > job->last_plane ? k : job->last_plane;
}

/* The end of the run of equal values on both sides that begins at start. */
static size_t run_end(const uint32_t *a, const uint32_t *b, size_t start, size_t width) {
  size_t end = start + 1;
  while (end < width && a[end] == a[start] && b[end] == b[start]) {
    end++;
  }
  return end;
}

/* A row of pairs' numbers on both sides. */
static void count_labels(const dseg_slab_walk *walk, const uint32_t *a, const uint32_t *b, int64_t j, int64_t k) {
  dseg_compared_pair *pairs = walk->job->pairs;
  const size_t width = (size_t)(walk->high[0] - walk->low[0]);
  for (size_t x = 0; x < width;) {
    const uint32_t in_a = a[x];
    const uint32_t in_b = b[x];
    const size_t end = run_end(a, b, x, width);
    const uint64_t count = end - x;
    if (in_a != 0) {
      pairs[in_a - 1].voxels_a += count;
      pairs[in_a - 1].sum_a += (double)count;
      pairs[in_a - 1].sum_both += in_a == in_b ? (double)count : 0;
    }
    if (in_b != 0) {
      pairs[in_b - 1].voxels_b += count;
      pairs[in_b - 1].sum_b += (double)count;
    }
    if (in_a != in_b) {
      if (in_a != 0) {
        note_difference(walk, &pairs[in_a - 1], count, x, j, k);
      }
      if (in_b != 0) {
        note_difference(walk, &pairs[in_b - 1], count, x, j, k);
      }
    }
    x = end;
  }
}

/* A row of numbers of instances on both sides. */
static void count_instances(const dseg_slab_walk *walk, const uint32_t *a, const uint32_t *b) {
  dseg_instance_counts *counts = walk->instances;
  const size_t width = (size_t)(walk->high[0] - walk->low[0]);
  for (size_t x = 0; x < width;) {
    const size_t end = run_end(a, b, x, width);
    counts->voxels_a[a[x]] += end - x; /* [0] is what no instance has */
    counts->voxels_b[b[x]] += end - x;
    if (a[x] != 0 && b[x] != 0) {
      dseg_overlap_table_add(&counts->both, a[x], b[x], end - x);
    }
    x = end;
  }
}

/* Adds count voxels that hold parts of a pair's segments. */
static void add_parts(dseg_compared_pair *pair, double part_a, double part_b, uint64_t count) {
  pair->voxels_a += part_a != 0 ? count : 0;
  pair->voxels_b += part_b != 0 ? count : 0;
  pair->sum_a += part_a * (double)count;
  pair->sum_b += part_b * (double)count;
  pair->sum_both += fmin(part_a, part_b) * (double)count;
  pair->largest = fmax(pair->largest, fabs(part_a - part_b));
}

/* A row of one pair's masks or stored fractions. */
static void count_masks(const dseg_slab_walk *walk, dseg_compared_pair *pair, const uint32_t *a, const uint32_t *b,
                        int64_t j, int64_t k) {
  const size_t width = (size_t)(walk->high[0] - walk->low[0]);
  for (size_t x = 0; x < width;) {
    const size_t end = run_end(a, b, x, width);
    const double part_a = a[x] * walk->scale_a;
    const double part_b = b[x] * walk->scale_b;
    if ((a[x] | b[x]) != 0) {
      add_parts(pair, part_a, part_b, end - x);
      if (fabs(part_a - part_b) > walk->slack) {
        note_difference(walk, pair, end - x, x, j, k);
      }
    }
    x = end;
  }
}

/* A row of one pair's fractions as they are. */
static void count_reals(const dseg_slab_walk *walk, dseg_compared_pair *pair, const double *a, const double *b,
                        int64_t j, int64_t k) {
  const size_t width = (size_t)(walk->high[0] - walk->low[0]);
  for (size_t x = 0; x < width; x++) {
    if (a[x] != 0 || b[x] != 0) {
      add_parts(pair, a[x], b[x], 1);
      if (fabs(a[x] - b[x]) > walk->slack) {
        note_difference(walk, pair, 1, x, j, k);
      }
    }
  }
}

void dseg_slab_compare(const dseg_slab_walk *walk, dseg_compared_pair *pair) {
  const size_t element = pair != NULL && walk->exact ? sizeof(double) : sizeof(uint32_t);
  for (int64_t k = walk->low[2]; k < walk->high[2]; k++) {
    for (int64_t j = walk->low[1]; j < walk->high[1]; j++) {
      const void *a = gather(walk, &walk->a, j, k, element);
      const void *b = gather(walk, &walk->b, j, k, element);
      if (walk->instances != NULL) {
        count_instances(walk, a, b);
      } else if (pair == NULL) {
        count_labels(walk, a, b, j, k);
      } else if (walk->exact) {
        count_reals(walk, pair, a, b, j, k);
      } else {
        count_masks(walk, pair, a, b, j, k);
      }
    }
  }
}
