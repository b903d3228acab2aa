/* SPDX-License-Identifier: Apache-2.0 */
/* align.c - how the grids of two segmentations lie to each other.
 *
 * The same voxels may be listed along other axes or in other directions: NIfTI files often run from the patient's
 * left to the right, DICOM the other way round. So a signed permutation of axes and a whole-number shift is looked
 * for that brings the corners of one grid on those of the other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/job.h"
#include "model/vector.h"

#define MAX_SHIFT 1e9 /* voxels; a larger shift is no alignment but nonsense */

void dseg_grid_position(const dseg_grid *grid, const int64_t index[3], double position[3]) {
  for (int c = 0; c < 3; c++) {
    position[c] = grid->origin[c];
    for (int axis = 0; axis < 3; axis++) {
      position[c] += (double)index[axis] * grid->step[axis][c];
    }
  }
}

/* A grid of one voxel along an axis has no spacing there: it takes that of the other grid's most parallel axis. */
static void adopt_spacing(dseg_grid *grid, const dseg_grid *other) {
  for (int axis = 0; axis < 3; axis++) {
    double *step = grid->step[axis];
    if (grid->size[axis] != 1) {
      continue;
    }
    if (dseg_length(step) == 0) {
      const double *u = grid->step[(axis + 1) % 3];
      const double *v = grid->step[(axis + 2) % 3];
      dseg_cross(u, v, step);
    }
    double best = -1;
    double spacing = 1;
    for (int k = 0; k < 3; k++) {
      const double size = dseg_length(other->step[k]);
      const double cosine = size > 0 ? fabs(dseg_dot(step, other->step[k])) / size : 0;
      if (cosine > best && size > 0) {
        best = cosine;
        spacing = size;
      }
    }
    const double own = dseg_length(step);
    for (int c = 0; c < 3 && own > 0; c++) {
      step[c] *= spacing / own;
    }
  }
}

/* x with grid's steps * x = vector, by Cramer's rule; false when the steps do not span space. */
static bool solve(const dseg_grid *grid, const double vector[3], double x[3]) {
  const double *u = grid->step[0];
  const double *v = grid->step[1];
  const double *w = grid->step[2];
  double vw[3];
  double wu[3];
  double uv[3];
  dseg_cross(v, w, vw);
  dseg_cross(w, u, wu);
  dseg_cross(u, v, uv);
  const double determinant = dseg_dot(u, vw);
  if (!(fabs(determinant) > 1e-12 * dseg_length(u) * dseg_length(v) * dseg_length(w))) {
    return false;
  }
  x[0] = dseg_dot(vector, vw) / determinant;
  x[1] = dseg_dot(vector, wu) / determinant;
  x[2] = dseg_dot(vector, uv) / determinant;
  return true;
}

/* Fills axis and sign; false when the axes of the grids are not parallel with equal spacing, nearly. */
static bool find_axes(const dseg_grid *a, const dseg_grid *b, dseg_grid_map *map) {
  bool used[3] = {false, false, false};
  for (int axis = 0; axis < 3; axis++) {
    double x[3];
    if (!solve(b, a->step[axis], x)) {
      return false;
    }
    int largest = 0;
    for (int k = 1; k < 3; k++) {
      largest = fabs(x[k]) > fabs(x[largest]) ? k : largest;
    }
    if (used[largest] || !(fabs(fabs(x[largest]) - 1) < 0.5)) {
      return false;
    }
    used[largest] = true;
    map->axis[axis] = largest;
    map->sign[axis] = x[largest] > 0 ? 1 : -1;
  }
  return true;
}

/* Index of A to index of B. */
static void map_index(const dseg_grid_map *map, const int64_t a[3], int64_t b[3]) {
  for (int axis = 0; axis < 3; axis++) {
    b[map->axis[axis]] = map->sign[axis] * a[axis] + map->offset[axis];
  }
}

/* The largest distance at the corners of the box around both grids. */
static double corner_distance(const dseg_grid *a, const dseg_grid *b, const dseg_grid_map *map) {
  double largest = 0;
  for (int corner = 0; corner < 8; corner++) {
    int64_t index[3];
    int64_t other[3];
    double position[3];
    double mapped[3];
    for (int axis = 0; axis < 3; axis++) {
      index[axis] = (corner >> axis & 1) != 0 ? map->high[axis] - 1 : map->low[axis];
    }
    map_index(map, index, other);
    dseg_grid_position(a, index, position);
    dseg_grid_position(b, other, mapped);
    const double difference[3] = {position[0] - mapped[0], position[1] - mapped[1], position[2] - mapped[2]};
    largest = fmax(largest, dseg_length(difference));
  }
  return largest;
}

/* The box around both grids in A's indices; false when they have no voxel in common. */
static bool find_box(const dseg_grid *a, const dseg_grid *b, dseg_grid_map *map) {
  bool common = true;
  for (int axis = 0; axis < 3; axis++) {
    const int64_t size_a = (int64_t)a->size[axis];
    const int64_t last_b = (int64_t)b->size[map->axis[axis]] - 1;
    const int64_t one = map->sign[axis] * (0 - map->offset[axis]);
    const int64_t two = map->sign[axis] * (last_b - map->offset[axis]);
    const int64_t low = one < two ? one : two;
    const int64_t high = (one < two ? two : one) + 1;
    common = common && low < size_a && high > 0;
    map->low[axis] = low < 0 ? low : 0;
    map->high[axis] = high > size_a ? high : size_a;
  }
  return common;
}

static void use_indices(const dseg_grid *a, const dseg_grid *b, dseg_grid_map *map) {
  map->by_index = memcmp(a->size, b->size, sizeof a->size) == 0;
  for (int axis = 0; axis < 3; axis++) {
    map->axis[axis] = axis;
    map->sign[axis] = 1;
    map->offset[axis] = 0;
    map->low[axis] = 0;
    map->high[axis] = (int64_t)a->size[axis];
  }
}

void dseg_compare_align(const dseg_grid *grid_a, const dseg_grid *grid_b, double tolerance, dseg_grid_map *map) {
  dseg_grid a = *grid_a;
  dseg_grid b = *grid_b;
  *map = (dseg_grid_map){.aligned = false};
  adopt_spacing(&a, &b);
  adopt_spacing(&b, &a);
  const double shift[3] = {a.origin[0] - b.origin[0], a.origin[1] - b.origin[1], a.origin[2] - b.origin[2]};
  double x[3];
  bool possible = find_axes(&a, &b, map) && solve(&b, shift, x);
  for (int axis = 0; possible && axis < 3; axis++) {
    const double offset = x[map->axis[axis]];
    possible = fabs(offset) < MAX_SHIFT;
    map->offset[axis] = possible ? (int64_t)llround(offset) : 0;
  }
  possible = possible && find_box(&a, &b, map);
  map->distance_mm = possible ? corner_distance(&a, &b, map) : 0;
  map->aligned = possible && map->distance_mm <= tolerance;
  if (!map->aligned) {
    use_indices(&a, &b, map);
  }
}

/* How many planes, rows and columns of the box around both a side lacks, by axis of A. */
static void describe_extent(dseg_compare_job *job, const char *name, const uint64_t missing[3]) {
  static const char *const names[3] = {"column", "row", "plane"};
  char text[120] = "";
  size_t used = 0;
  for (int axis = 2; axis >= 0; axis--) {
    if (missing[axis] > 0) {
      const int more = snprintf(text + used, sizeof text - used, "%s%llu %s%s", used > 0 ? ", " : "",
                                (unsigned long long)missing[axis], names[axis], missing[axis] == 1 ? "" : "s");
      used += more > 0 ? (size_t)more : 0;
    }
  }
  if (used > 0) {
    dseg_compare_add(job, DSEG_ASPECT_EXTENT, "extent: %s lacks %s that the other has", name, text);
  }
}

static void compare_extents(dseg_compare_job *job) {
  const dseg_grid_map *map = &job->map;
  uint64_t missing_a[3];
  uint64_t missing_b[3];
  for (int axis = 0; axis < 3; axis++) {
    const uint64_t both = (uint64_t)(map->high[axis] - map->low[axis]);
    missing_a[axis] = both - job->a.layout.grid.size[axis];
    missing_b[axis] = both - job->b.layout.grid.size[map->axis[axis]];
  }
  describe_extent(job, job->a.name, missing_a);
  describe_extent(job, job->b.name, missing_b);
}

static void describe_misalignment(dseg_compare_job *job) {
  const dseg_grid *a = &job->a.layout.grid;
  const dseg_grid *b = &job->b.layout.grid;
  const dseg_grid_map *map = &job->map;
  if (memcmp(a->size, b->size, sizeof a->size) != 0) {
    dseg_compare_add(job, DSEG_ASPECT_GEOMETRY, "geometry: %zu x %zu x %zu voxels in A, %zu x %zu x %zu in B",
                     a->size[0], a->size[1], a->size[2], b->size[0], b->size[1], b->size[2]);
  }
  for (int axis = 0; axis < 3; axis++) {
    if (fabs(dseg_length(a->step[axis]) - dseg_length(b->step[axis])) > 1e-6 && a->size[axis] > 1 &&
        b->size[axis] > 1) {
      dseg_compare_add(job, DSEG_ASPECT_GEOMETRY, "geometry: spacing along axis %d is %.7g mm in A, %.7g mm in B", axis,
                       dseg_length(a->step[axis]), dseg_length(b->step[axis]));
    }
  }
  if (map->distance_mm > 0) {
    dseg_compare_add(job, DSEG_ASPECT_GEOMETRY, "geometry: voxels lie up to %.4g mm apart", map->distance_mm);
  } else {
    dseg_compare_add(
        job, DSEG_ASPECT_GEOMETRY,
        "geometry: the grids do not fit on each other: first voxel at (%.6g, %.6g, %.6g) mm in A, (%.6g, %.6g, "
        "%.6g) mm in B",
        a->origin[0], a->origin[1], a->origin[2], b->origin[0], b->origin[1], b->origin[2]);
  }
  if (map->by_index) {
    dseg_compare_add(job, 0, "voxels are compared by index");
  }
}

/* What objects say of their space counts; volume formats have none but the patient's, for slides too. */
static bool in_different_spaces(const dseg_compare_job *job) {
  const bool slide_a = job->a.description->geometry.space == DSEG_SPACE_SLIDE;
  const bool slide_b = job->b.description->geometry.space == DSEG_SPACE_SLIDE;
  return slide_a != slide_b && dseg_compare_is_dicom(&job->a) && dseg_compare_is_dicom(&job->b);
}

void dseg_compare_geometry(dseg_compare_job *job) {
  const dseg_geometry *a = &job->a.description->geometry;
  const dseg_geometry *b = &job->b.description->geometry;
  if (in_different_spaces(job)) {
    const bool on_slide = a->space == DSEG_SPACE_SLIDE;
    use_indices(&job->a.layout.grid, &job->b.layout.grid, &job->map);
    dseg_compare_add(job, DSEG_ASPECT_GEOMETRY,
                     "geometry: %s lies on a slide, %s does not, so that positions cannot be compared (PS3.3 "
                     "C.7.4.1)",
                     on_slide ? "A" : "B", on_slide ? "B" : "A");
  } else {
    dseg_compare_align(&job->a.layout.grid, &job->b.layout.grid, job->options.tolerance, &job->map);
  }
  if (!job->map.aligned) {
    describe_misalignment(job);
  } else {
    compare_extents(job);
  }
  if (a->frame_of_reference_uid != NULL && b->frame_of_reference_uid != NULL &&
      strcmp(a->frame_of_reference_uid, b->frame_of_reference_uid) != 0) {
    dseg_compare_add(job, 0, "the frames of reference differ: %s, %s (0020,0052)", a->frame_of_reference_uid,
                     b->frame_of_reference_uid);
  }
}
