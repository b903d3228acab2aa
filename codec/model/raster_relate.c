/* SPDX-License-Identifier: Apache-2.0 */
/* raster_relate.c - how the axes of one raster of patient space run along those of another, or why they do not.
 *
 * Axes go together by direction. Then each voxel of `from` has a place in `to`, and what is left is checked at the four
 * corners of each of its planes: how far they lie from the pixels and planes that they should lie on. */
#include <inttypes.h>
#include <stdlib.h>

#include "model/raster_match.h"
#include "model/vector.h"

/* Voxels further away than this are not counted, but refused. */
#define FARTHEST 1e9

/* What is known while places are looked for. */
struct search {
  dseg_raster_relation *relation;
  int from_axis[3];    /* by axis of `to` */
  double tolerance[3]; /* by axis of `to`: columns, rows, mm */
  double drift[2][3];  /* by axis of `from`: how far a step along a row or column goes astray, in units of `to` */
  double reach[2];     /* steps from the first to the last pixel, at least one */
  double depth;        /* of the first pixel of `from` along the normal of `to`, from its plane 0 */
};

static bool rows_keep_planes(const dseg_raster_relation *relation) {
  return relation->to_axis[2] == 2;
}

/* The permutation under which directions agree best. */
static void pair_axes(struct search *search) {
  static const int permutations[6][3] = {{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}};
  dseg_raster_relation *relation = search->relation;
  double best = -1;
  for (int i = 0; i < 6; i++) {
    double agreement = 0;
    for (int axis = 0; axis < 3; axis++) {
      agreement += fabs(dseg_dot(relation->from.unit[axis], relation->to.unit[permutations[i][axis]]));
    }
    if (agreement > best) {
      best = agreement;
      for (int axis = 0; axis < 3; axis++) {
        relation->to_axis[axis] = permutations[i][axis];
      }
    }
  }
  for (int axis = 0; axis < 3; axis++) {
    search->from_axis[relation->to_axis[axis]] = axis;
    relation->sign[axis] = dseg_dot(relation->from.unit[axis], relation->to.unit[relation->to_axis[axis]]) < 0 ? -1 : 1;
  }
}

/* What voxels may be off. A single plane takes the distance of planes from the other raster. */
static void set_tolerances(struct search *search) {
  dseg_raster_relation *relation = search->relation;
  dseg_raster *to = &relation->to;
  const double other = relation->from.spacing[search->from_axis[2]];
  if (to->geometry->plane_count == 1 && other > 0) {
    to->spacing[2] = other;
  }
  if (!(to->spacing[2] > 0)) {
    to->spacing[2] = 1;
  }
  for (int axis = 0; axis < 2; axis++) {
    search->tolerance[axis] = fmax(DSEG_RASTER_TOLERANCE, DSEG_RASTER_ROUNDING / to->spacing[axis]);
  }
  search->tolerance[2] = fmax(DSEG_RASTER_TOLERANCE * to->spacing[2], DSEG_RASTER_ROUNDING);
}

/* The most that a corner goes astray along an axis of `to`, when the first pixel is off by start. */
static double corner_drift(const struct search *search, int axis, double start) {
  double greatest = 0;
  for (unsigned corner = 0; corner < 4; corner++) {
    const double columns = (corner & 1) != 0 ? search->reach[0] * search->drift[0][axis] : 0;
    const double rows = (corner & 2) != 0 ? search->reach[1] * search->drift[1][axis] : 0;
    const double off = fabs(start + columns + rows);
    greatest = off <= greatest ? greatest : off;
  }
  return greatest;
}

static dseg_status refuse_angle(const struct search *search, double moved, dseg_error *error) {
  const dseg_raster_relation *relation = search->relation;
  const double angle = dseg_raster_angle(relation->from.geometry->orientation, relation->to.geometry->orientation);
  return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                   "its axes are turned by %.3g degrees against those of the other raster (Image Orientation (Patient) "
                   "(0020,0037)), which moves voxels by up to %.3g mm; oblique rasters are not resampled",
                   angle, moved);
}

static dseg_status refuse_spacing(const struct search *search, dseg_error *error) {
  const dseg_raster *from = &search->relation->from;
  const dseg_raster *to = &search->relation->to;
  if (rows_keep_planes(search->relation)) {
    const int row = search->from_axis[1] == 1 ? 1 : 0; /* compared by direction */
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "pixel spacing %g x %g mm, theirs %g x %g (0028,0030); rasters of other spacing are not resampled",
                     from->spacing[1], from->spacing[0], to->spacing[row], to->spacing[1 - row]);
  }
  return dseg_fail(
      error, DSEG_ERROR_UNSUPPORTED,
      "its voxels are %g x %g x %g mm along its rows, columns and planes, theirs %g x %g x %g mm along the "
      "same directions; rasters of other spacing are not resampled",
      from->spacing[0], from->spacing[1], from->spacing[2], to->spacing[search->relation->to_axis[0]],
      to->spacing[search->relation->to_axis[1]], to->spacing[search->relation->to_axis[2]]);
}

/* Directions and spacing, wherever the rasters lie. */
static dseg_status check_steps(struct search *search, dseg_error *error) {
  const dseg_raster_relation *relation = search->relation;
  const dseg_geometry *from = relation->from.geometry;
  const dseg_raster *to = &relation->to;
  search->reach[0] = from->columns > 1 ? (double)from->columns - 1 : 1;
  search->reach[1] = from->rows > 1 ? (double)from->rows - 1 : 1;
  for (int axis = 0; axis < 2; axis++) {
    const double *step = relation->from.step[axis];
    search->drift[axis][0] = dseg_dot(step, to->dual[0]);
    search->drift[axis][1] = dseg_dot(step, to->dual[1]);
    search->drift[axis][2] = dseg_dot(step, to->unit[2]);
  }
  /* Along its own axis of `to` a step of `from` is one pixel. Where it leads from plane to plane, planes are compared
   * one by one. */
  double moved = 0;
  bool astray = false;
  bool stretched = false;
  for (int axis = 0; axis < 2; axis++) {
    const int own = relation->to_axis[axis];
    for (int other = 0; other < 3; other++) {
      const double off = fabs(search->reach[axis] * search->drift[axis][other]);
      if (other != own) {
        moved = fmax(moved, other == 2 ? off : off * to->spacing[other]);
        astray = astray || !(off <= search->tolerance[other]);
      }
    }
    search->drift[axis][own] = own == 2 ? 0 : search->drift[axis][own] - relation->sign[axis];
    stretched = stretched || !(fabs(search->reach[axis] * search->drift[axis][own]) <= search->tolerance[own]);
  }
  if (astray) {
    return refuse_angle(search, moved, error);
  }
  return stretched ? refuse_spacing(search, error) : DSEG_OK;
}

/* Whether something this far from the nearest plane lies neither on a plane nor where one could be missing. */
static bool falls_between(const dseg_raster *raster, double off, double tolerance) {
  const double distance = fabs(off);
  const double spacing = raster->spacing[2];
  if (raster->is_even) {
    return !(fabs(distance - round(distance / spacing) * spacing) <= tolerance);
  }
  return !(distance >= spacing - tolerance);
}

static dseg_status refuse_plane(size_t plane, double off, dseg_error *error) {
  return dseg_fail(
      error, DSEG_ERROR_UNSUPPORTED,
      "plane %zu lies %.4g mm from the nearest plane of the other raster, which has none there; planes are "
      "not resampled",
      plane + 1, fabs(off));
}

/* Sets where the first pixel of a plane lies along a row and a column of `to`, which all planes have to agree on.
 * expect is true for those axes. */
static dseg_status settle_start(const struct search *search, size_t plane, const double place[3], const bool expect[2],
                                double start[2], dseg_error *error) {
  const dseg_raster *to = &search->relation->to;
  bool astray = false;
  bool moved = false;
  double distance = 0;
  for (int axis = 0; axis < 2; axis++) {
    const double whole = round(place[axis]);
    if (!(fabs(whole) <= FARTHEST)) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "plane %zu lies %g pixels away from the other raster", plane + 1,
                       fabs(place[axis]));
    }
    if (plane == 0 || !expect[axis]) {
      start[axis] = whole;
    }
    moved = moved || (fabs(whole - start[axis]) > 0.5);
    const double off = corner_drift(search, axis, place[axis] - whole);
    astray = astray || !(off <= search->tolerance[axis]);
    distance = hypot(distance, off * to->spacing[axis]);
  }
  if (astray) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "plane %zu is shifted by %.3f columns and %.3f rows against the other raster, whose pixels lie up "
                     "to %.4g mm off; "
                     "pixels are not resampled",
                     plane + 1, place[0], place[1], distance);
  }
  if (moved) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "plane %zu is shifted against plane 1 by whole pixels of the other raster, which no turn does",
                     plane + 1);
  }
  return DSEG_OK;
}

static void place_pixels(const dseg_raster_relation *relation, int axis, size_t count, double start) {
  for (size_t i = 0; i < count; i++) {
    relation->place[axis][i] = (int64_t)start + relation->sign[axis] * (int64_t)i;
  }
}

/* Whether the distance of planes is known for sure: without Spacing Between Slices some may have been left out. */
static bool declares_steps(const dseg_raster *raster) {
  const double spacing = raster->spacing[2];
  return raster->geometry->plane_count > 1 && raster->is_even &&
         fabs(raster->geometry->spacing_between_slices - spacing) <= DSEG_RASTER_TOLERANCE * spacing;
}

/* A plane of `to` between slices of `from` would stay empty, and the segments lose their size. */
static dseg_status check_between(const struct search *search, dseg_error *error) {
  const dseg_raster *from = &search->relation->from;
  const dseg_geometry *to = search->relation->to.geometry;
  const size_t first = from->order[0];
  const size_t last = from->order[from->geometry->plane_count - 1];
  const double tolerance = fmax(DSEG_RASTER_TOLERANCE * from->spacing[2], search->tolerance[2]);
  for (size_t plane = 0; declares_steps(from) && plane < to->plane_count; plane++) {
    double place[3];
    double off = 0;
    dseg_raster_locate(from, 0, to->planes[plane].position, place);
    (void)dseg_raster_nearest_plane(from, place[2], &off);
    const bool within = place[2] > from->along[first] && place[2] < from->along[last];
    if (within && falls_between(from, off, tolerance)) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "plane %zu of the other raster lies %.4g mm from the nearest of its planes, which are %g mm "
                       "apart; they are not resampled",
                       plane + 1, fabs(off), from->spacing[2]);
    }
  }
  return DSEG_OK;
}

/* Planes lie on planes. */
static dseg_status place_by_planes(const struct search *search, dseg_error *error) {
  static const bool both[2] = {true, true};
  const dseg_raster_relation *relation = search->relation;
  const dseg_geometry *from = relation->from.geometry;
  const dseg_raster *to = &relation->to;
  double start[2] = {0, 0};
  for (size_t plane = 0; plane < from->plane_count; plane++) {
    double place[3];
    dseg_raster_locate(to, 0, from->planes[plane].position, place);
    double off = 0;
    const size_t nearest = dseg_raster_nearest_plane(to, place[2], &off);
    const bool lies_there = corner_drift(search, 2, off) <= search->tolerance[2];
    if (!lies_there && falls_between(to, off, search->tolerance[2])) {
      return refuse_plane(plane, off, error);
    }
    dseg_raster_locate(to, nearest, from->planes[plane].position, place);
    for (int axis = 0; axis < 2 && !lies_there; axis++) {
      place[axis] -= to->shift[axis] * off;
    }
    DSEG_TRY(settle_start(search, plane, place, both, start, error));
    relation->place[2][plane] = lies_there ? (int64_t)nearest : -1;
  }
  DSEG_TRY(check_between(search, error));
  place_pixels(relation, 0, from->columns, start[relation->to_axis[0]]);
  place_pixels(relation, 1, from->rows, start[relation->to_axis[1]]);
  return DSEG_OK;
}

/* Its planes must lie over each other, where they become rows or columns. */
static dseg_status check_upright(const dseg_raster *raster, const char *whose, dseg_error *error) {
  const dseg_geometry *geometry = raster->geometry;
  for (size_t plane = 0; plane < geometry->plane_count; plane++) {
    double place[3];
    dseg_raster_locate(raster, 0, geometry->planes[plane].position, place);
    for (int axis = 0; axis < 2; axis++) {
      if (!(fabs(place[axis]) <= fmax(DSEG_RASTER_TOLERANCE, DSEG_RASTER_ROUNDING / raster->spacing[axis]))) {
        return dseg_fail(
            error, DSEG_ERROR_UNSUPPORTED,
            "%s planes are shifted against each other (plane %zu by %.3f columns and %.3f rows), as with a "
            "tilted gantry: they cannot become rows or columns without being resampled",
            whose, plane + 1, place[0], place[1]);
      }
    }
  }
  return DSEG_OK;
}

/* Columns or rows of `from` lie on planes of `to`. */
static dseg_status place_across(const struct search *search, int axis, dseg_error *error) {
  static const char *const names[2] = {"column", "row"};
  const dseg_raster_relation *relation = search->relation;
  const dseg_geometry *from = relation->from.geometry;
  const dseg_raster *to = &relation->to;
  const double step = dseg_dot(relation->from.step[axis], to->unit[2]);
  const size_t count = axis == 0 ? from->columns : from->rows;
  for (size_t i = 0; i < count; i++) {
    double off = 0;
    const size_t nearest = dseg_raster_nearest_plane(to, search->depth + (double)i * step, &off);
    const bool lies_there = corner_drift(search, 2, off) <= search->tolerance[2];
    if (!lies_there && falls_between(to, off, search->tolerance[2])) {
      return dseg_fail(
          error, DSEG_ERROR_UNSUPPORTED,
          "%s %zu lies %.4g mm from the nearest plane of the other raster, which has none there; its voxels "
          "are %g mm apart, the planes %g mm: they are not resampled",
          names[axis], i + 1, fabs(off), fabs(step), to->spacing[2]);
    }
    relation->place[axis][i] = lies_there ? (int64_t)nearest : -1;
  }
  for (size_t plane = 0; plane < to->geometry->plane_count; plane++) {
    const double index = (to->along[plane] - search->depth) / step;
    const double off = (index - round(index)) * fabs(step);
    if (round(index) >= 0 && round(index) < (double)count && !(corner_drift(search, 2, off) <= search->tolerance[2])) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "plane %zu of the other raster lies %.4g mm from the nearest of its %ss, which are %g mm apart; "
                       "they are not resampled",
                       plane + 1, fabs(off), names[axis], fabs(step));
    }
  }
  return DSEG_OK;
}

/* Planes lie on columns or rows. */
static dseg_status place_by_pixels(struct search *search, dseg_error *error) {
  const dseg_raster_relation *relation = search->relation;
  const dseg_geometry *from = relation->from.geometry;
  DSEG_TRY(check_upright(&relation->from, "its", error));
  DSEG_TRY(check_upright(&relation->to, "the other raster's", error));
  const int stacked = relation->to_axis[2]; /* the axis of `to` that its planes run along */
  const bool expect[2] = {stacked != 0, stacked != 1};
  double start[2] = {0, 0};
  for (size_t plane = 0; plane < from->plane_count; plane++) {
    double place[3];
    dseg_raster_locate(&relation->to, 0, from->planes[plane].position, place);
    search->depth = plane == 0 ? place[2] : search->depth;
    DSEG_TRY(settle_start(search, plane, place, expect, start, error));
    relation->place[2][plane] = (int64_t)start[stacked];
  }
  const int across = search->from_axis[2];
  place_pixels(relation, 1 - across, across == 0 ? from->rows : from->columns, start[1 - stacked]);
  return place_across(search, across, error);
}

static dseg_status allocate(dseg_raster_relation *relation, dseg_error *error) {
  const dseg_geometry *from = relation->from.geometry;
  for (int axis = 0; axis < 3; axis++) {
    const size_t size = dseg_raster_size(from, axis);
    relation->place[axis] = size <= SIZE_MAX / sizeof(int64_t) ? malloc(size * sizeof(int64_t)) : NULL;
    if (relation->place[axis] == NULL) {
      (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the places of %zu planes", from->plane_count);
      return DSEG_ERROR_MEMORY;
    }
  }
  return DSEG_OK;
}

static dseg_status relate(struct search *search, dseg_error *error) {
  pair_axes(search);
  set_tolerances(search);
  DSEG_TRY(check_steps(search, error));
  DSEG_TRY(allocate(search->relation, error));
  return rows_keep_planes(search->relation) ? place_by_planes(search, error) : place_by_pixels(search, error);
}

dseg_status dseg_raster_relate(const dseg_geometry *from, const dseg_geometry *to, dseg_raster_relation *relation,
                               dseg_error *error) {
  *relation = (dseg_raster_relation){.to_axis = {0, 1, 2}};
  DSEG_TRY(dseg_raster_create(from, &relation->from, error));
  dseg_status status = dseg_raster_create(to, &relation->to, error);
  if (status != DSEG_OK) {
    dseg_error_prefix(error, "the other raster");
  } else {
    struct search search = {.relation = relation};
    status = relate(&search, error);
  }
  if (status != DSEG_OK) {
    dseg_raster_relation_free(relation);
  }
  return status;
}

void dseg_raster_relation_free(dseg_raster_relation *relation) {
  dseg_raster_free(&relation->from);
  dseg_raster_free(&relation->to);
  for (int axis = 0; axis < 3; axis++) {
    free(relation->place[axis]);
    relation->place[axis] = NULL;
  }
}
