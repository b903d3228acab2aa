/* SPDX-License-Identifier: Apache-2.0 */
/* Where voxels of one raster lie in another: every right-angled turn, crop and missing planes against a search voxel by
 * voxel, and what is refused with which words. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/raster_match.h"
#include "model/raster_turn.h"

#define MOST 12 /* voxels of the space along an axis */

static uint64_t state_of_random = 20260101;

static unsigned below(unsigned limit) {
  state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)((state_of_random >> 33) % limit);
}

/* Between -1 and 1. */
static double noise(void) {
  return (double)below(2000001) / 1e6 - 1;
}

/* The space that both rasters are cut out of: voxel (x, y, z) lies at origin + the sum of place[axis][...] * axis. */
struct space {
  double origin[3], axis[3][3], place[3][MOST], spacing[3];
};

/* A raster cut out of it: which of its voxels stand along each axis. */
struct cut {
  dseg_geometry geometry;
  dseg_plane_position planes[MOST];
  int along[3];        /* by axis of the raster: axis of the space */
  int number[3][MOST]; /* by axis of the raster and index: place in the space */
};

static void random_space(struct space *space) {
  double q[4] = {noise(), noise(), noise(), noise()};
  const double length = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]) + 1e-9;
  const double w = q[0] / length, x = q[1] / length, y = q[2] / length, z = q[3] / length;
  const double turned[3][3] = {{1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)},
                               {2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)},
                               {2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)}};
  const double plain[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  memcpy(space->axis, below(3) == 0 ? plain : turned, sizeof plain);
  const double equal = 0.5 + below(5) * 0.25;
  for (int axis = 0; axis < 3; axis++) {
    space->origin[axis] = 300 * noise();
    space->spacing[axis] = below(2) == 0 ? equal : 0.4 + below(30) * 0.1;
    for (int i = 0; i < MOST; i++) {
      space->place[axis][i] = i * space->spacing[axis];
    }
  }
}

static void locate(const struct space *space, const int voxel[3], double position[3]) {
  for (int i = 0; i < 3; i++) {
    position[i] = space->origin[i];
    for (int axis = 0; axis < 3; axis++) {
      position[i] += space->axis[axis][i] * space->place[axis][voxel[axis]];
    }
  }
}

/* A raster with these axes of the space; each is mirrored or not. Of planes, some are missing. */
static void random_cut(const struct space *space, const int along[3], bool missing, struct cut *cut) {
  memset(cut, 0, sizeof *cut);
  size_t count[3];
  int sign[3];
  for (int axis = 0; axis < 3; axis++) {
    cut->along[axis] = along[axis];
    sign[axis] = below(2) == 0 ? 1 : -1;
    const int low = (int)below(MOST / 2);
    const int high = low + (int)below((unsigned)(MOST - low));
    count[axis] = 0;
    for (int i = low; i <= high; i++) {
      const int number = sign[axis] > 0 ? i : high + low - i;
      if (axis < 2 || !missing || count[axis] == 0 || below(3) != 0) {
        cut->number[axis][count[axis]++] = number;
      }
    }
  }
  dseg_geometry *geometry = &cut->geometry;
  geometry->space = DSEG_SPACE_PATIENT;
  geometry->columns = (uint32_t)count[0];
  geometry->rows = (uint32_t)count[1];
  geometry->plane_count = count[2];
  geometry->planes = cut->planes;
  geometry->pixel_spacing[1] = space->spacing[along[0]];
  geometry->pixel_spacing[0] = space->spacing[along[1]];
  geometry->spacing_between_slices = space->spacing[along[2]];
  for (int i = 0; i < 3; i++) {
    geometry->orientation[i] = sign[0] * space->axis[along[0]][i] + 1e-7 * noise();
    geometry->orientation[3 + i] = sign[1] * space->axis[along[1]][i] + 1e-7 * noise();
  }
  for (size_t plane = 0; plane < count[2]; plane++) {
    int voxel[3];
    voxel[along[0]] = cut->number[0][0];
    voxel[along[1]] = cut->number[1][0];
    voxel[along[2]] = cut->number[2][plane];
    locate(space, voxel, cut->planes[plane].position);
    for (int i = 0; i < 3; i++) {
      cut->planes[plane].position[i] = round(cut->planes[plane].position[i] * 1e4) / 1e4;
    }
  }
}

/* Where the voxel of the space stands along an axis of the cut, or -1. */
static int find(const struct cut *cut, int axis, const int voxel[3]) {
  for (int i = 0; i < (int)dseg_raster_size(&cut->geometry, axis); i++) {
    if (cut->number[axis][i] == voxel[cut->along[axis]]) {
      return i;
    }
  }
  return -1;
}

/* Each voxel of `to` is looked for among those of `from`. */
static void expect_map(const struct cut *from, const struct cut *to, const dseg_raster_map *map) {
  int index[3];
  for (index[2] = 0; index[2] < (int)to->geometry.plane_count; index[2]++) {
    for (index[1] = 0; index[1] < (int)to->geometry.rows; index[1]++) {
      for (index[0] = 0; index[0] < (int)to->geometry.columns; index[0]++) {
        int voxel[3];
        int found[3] = {-2, -2, -2};
        bool inside = true;
        bool expected_inside = true;
        for (int axis = 0; axis < 3; axis++) {
          voxel[to->along[axis]] = to->number[axis][index[axis]];
          found[map->source_axis[axis]] = map->index[axis][index[axis]];
          inside = inside && map->index[axis][index[axis]] >= 0;
        }
        for (int axis = 0; axis < 3; axis++) {
          const int expected = find(from, axis, voxel);
          expected_inside = expected_inside && expected >= 0;
          assert_int_equal(found[axis], expected);
        }
        assert_int_equal(inside, expected_inside);
      }
    }
  }
}

static const int turns[6][3] = {{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}};

static void every_turn_is_found(void **state) {
  (void)state;
  static unsigned seen[6];
  for (int round = 0; round < 3000; round++) {
    struct space space;
    struct cut from;
    struct cut to;
    random_space(&space);
    random_cut(&space, turns[below(6)], below(2) == 0, &from);
    const unsigned turn = below(6);
    random_cut(&space, turns[turn], below(2) == 0, &to);
    dseg_raster_map map;
    dseg_error error = {0};
    const dseg_status status = dseg_raster_match(&from.geometry, &to.geometry, &map, &error);
    if (status != DSEG_OK) {
      fail_msg("round %d: %s", round, error.message);
    }
    expect_map(&from, &to, &map);
    dseg_raster_map_free(&map);
    seen[turn]++;
  }
  for (int i = 0; i < 6; i++) {
    assert_true(seen[i] > 100);
  }
}

/* Planes at any distances: each plane of `from` is one of `to`. */
static void uneven_planes_fall_on_planes(void **state) {
  (void)state;
  for (int round = 0; round < 500; round++) {
    struct space space;
    struct cut from;
    struct cut to;
    random_space(&space);
    for (int i = 1; i < MOST; i++) {
      space.place[2][i] = space.place[2][i - 1] + 0.7 + below(40) * 0.13;
    }
    random_cut(&space, turns[below(2)], true, &from);
    random_cut(&space, turns[below(2)], false, &to);
    const int sign = to.number[2][0] <= to.number[2][to.geometry.plane_count - 1] ? 1 : -1;
    to.geometry.plane_count = MOST;
    from.geometry.spacing_between_slices = 0;
    to.geometry.spacing_between_slices = 0;
    for (int i = 0; i < MOST; i++) {
      int voxel[3];
      voxel[to.along[0]] = to.number[0][0];
      voxel[to.along[1]] = to.number[1][0];
      voxel[2] = to.number[2][i] = sign > 0 ? i : MOST - 1 - i;
      locate(&space, voxel, to.planes[i].position);
    }
    dseg_raster_map map;
    dseg_error error = {0};
    if (dseg_raster_match(&from.geometry, &to.geometry, &map, &error) != DSEG_OK) {
      fail_msg("round %d: %s", round, error.message);
    }
    expect_map(&from, &to, &map);
    dseg_raster_map_free(&map);
  }
}

/* Both cover what the cover of two is asked for, and all their voxels have a place in it. */
static void cover_has_all_voxels(void **state) {
  (void)state;
  for (int round = 0; round < 1000; round++) {
    struct space space;
    struct cut a;
    struct cut b;
    random_space(&space);
    random_cut(&space, turns[below(6)], below(2) == 0, &a);
    random_cut(&space, turns[below(6)], below(2) == 0, &b);
    dseg_geometry both;
    dseg_error error = {0};
    if (dseg_raster_cover(&a.geometry, &b.geometry, &both, &error) != DSEG_OK) {
      fail_msg("round %d: %s", round, error.message);
    }
    const dseg_geometry *parts[2] = {&a.geometry, &b.geometry};
    for (int part = 0; part < 2; part++) {
      dseg_raster_map map;
      if (dseg_raster_match(parts[part], &both, &map, &error) != DSEG_OK) {
        fail_msg("round %d: part %d: %s", round, part, error.message);
      }
      for (int axis = 0; axis < 3; axis++) {
        size_t count = 0;
        for (size_t i = 0; i < dseg_raster_size(&both, axis); i++) {
          count += map.index[axis][i] >= 0 ? 1 : 0;
        }
        assert_int_equal(count, dseg_raster_size(parts[part], map.source_axis[axis]));
      }
      dseg_raster_map_free(&map);
    }
    /* Not larger than the box around both. */
    for (int axis = 0; axis < 3; axis++) {
      int low = MOST;
      int high = -1;
      for (int part = 0; part < 2; part++) {
        const struct cut *cut = part == 0 ? &a : &b;
        for (int own = 0; own < 3; own++) {
          for (size_t i = 0; cut->along[own] == a.along[axis] && i < dseg_raster_size(&cut->geometry, own); i++) {
            low = cut->number[own][i] < low ? cut->number[own][i] : low;
            high = cut->number[own][i] > high ? cut->number[own][i] : high;
          }
        }
      }
      assert_in_range(dseg_raster_size(&both, axis), 1, (uintmax_t)(high - low + 1));
    }
    free(both.planes);
  }
}

/* Turned onto any axis, a raster has the same voxels: each falls on one. */
static void turned_rasters_have_the_same_voxels(void **state) {
  (void)state;
  for (int round = 0; round < 600; round++) {
    struct space space;
    struct cut from;
    struct cut like;
    random_space(&space);
    random_cut(&space, turns[below(6)], false, &from);
    random_cut(&space, turns[below(6)], false, &like);
    const bool given = below(2) == 0;
    const int axis = given ? dseg_raster_axis_across(&from.geometry, like.geometry.orientation) : (int)below(3);
    dseg_geometry turned;
    dseg_raster_map map;
    assert_int_equal(dseg_raster_turn(&from.geometry, axis, given ? like.geometry.orientation : NULL, &turned, NULL),
                     DSEG_OK);
    assert_int_equal(dseg_raster_match(&from.geometry, &turned, &map, NULL), DSEG_OK);
    if (from.geometry.columns > 1 && from.geometry.rows > 1 && from.geometry.plane_count > 1) {
      assert_int_equal(map.source_axis[2], axis); /* one voxel runs along any axis */
    }
    for (int own = 0; own < 3; own++) {
      const size_t size = dseg_raster_size(&turned, own);
      assert_int_equal(size, dseg_raster_size(&from.geometry, map.source_axis[own]));
      for (size_t i = 0; i < size; i++) {
        assert_true(map.index[own][i] >= 0);
      }
    }
    for (int i = 0; given && i < 6; i++) {
      assert_true(fabs(turned.orientation[i] - like.geometry.orientation[i]) < 1e-3);
    }
    dseg_raster_map_free(&map);
    free(turned.planes);
  }
}

#define PLANES 5

/* An axial raster of 30 x 20 x 5 voxels of 0.8 x 0.7 x 2.5 mm. */
struct axial {
  dseg_geometry geometry;
  dseg_plane_position planes[PLANES];
};

static struct axial *axial(struct axial *raster) {
  memset(raster, 0, sizeof *raster);
  raster->geometry = (dseg_geometry){.space = DSEG_SPACE_PATIENT,
                                     .rows = 20,
                                     .columns = 30,
                                     .pixel_spacing = {0.7, 0.8},
                                     .orientation = {1, 0, 0, 0, 1, 0},
                                     .plane_count = PLANES,
                                     .planes = raster->planes};
  for (int i = 0; i < PLANES; i++) {
    const double position[3] = {-100, 50, 10 + 2.5 * i};
    memcpy(raster->planes[i].position, position, sizeof position);
  }
  return raster;
}

static void expect_refusal(const dseg_geometry *from, const dseg_geometry *to, const char *text) {
  dseg_raster_map map;
  dseg_error error = {0};
  assert_int_equal(dseg_raster_match(from, to, &map, &error), DSEG_ERROR_UNSUPPORTED);
  if (strstr(error.message, text) == NULL) {
    fail_msg("\"%s\" does not say \"%s\"", error.message, text);
  }
  for (int axis = 0; axis < 3; axis++) {
    assert_null(map.index[axis]);
  }
}

static void turn_about_normal(dseg_geometry *geometry, double degrees) {
  const double angle = degrees * 3.14159265358979323846 / 180;
  const double turned[6] = {cos(angle), sin(angle), 0, -sin(angle), cos(angle), 0};
  memcpy(geometry->orientation, turned, sizeof turned);
}

static void oblique_rasters_are_refused_with_the_angle(void **state) {
  (void)state;
  struct axial a;
  struct axial b;
  axial(&a);
  axial(&b);
  turn_about_normal(&b.geometry, 12);
  expect_refusal(&a.geometry, &b.geometry, "turned by 12 degrees");
  turn_about_normal(&b.geometry, 88);
  expect_refusal(&a.geometry, &b.geometry, "turned by 2 degrees");
  axial(&b);
  b.geometry.orientation[4] = cos(0.5);
  b.geometry.orientation[5] = sin(0.5);
  expect_refusal(&a.geometry, &b.geometry, "turned by 28.6 degrees");
  axial(&b);
  turn_about_normal(&b.geometry, 45);
  expect_refusal(&a.geometry, &b.geometry, "turned by 45 degrees");
}

/* The same angle moves the far corner of a small plane by less than the tolerance, and that of a large one by more. */
static void directions_are_judged_at_the_far_corner(void **state) {
  (void)state;
  struct axial a;
  struct axial b;
  axial(&a);
  axial(&b);
  turn_about_normal(&b.geometry, 0.03);
  dseg_raster_map map;
  assert_int_equal(dseg_raster_match(&a.geometry, &b.geometry, &map, NULL), DSEG_OK);
  assert_int_equal(map.index[0][29], 29);
  dseg_raster_map_free(&map);
  a.geometry.rows = b.geometry.rows = 512;
  a.geometry.columns = b.geometry.columns = 512;
  expect_refusal(&a.geometry, &b.geometry, "turned by 0.03 degrees");
}

static void other_rasters_are_refused_with_the_difference(void **state) {
  (void)state;
  struct axial a;
  struct axial b;
  axial(&a);
  axial(&b);
  b.geometry.pixel_spacing[1] = 0.9;
  expect_refusal(&a.geometry, &b.geometry, "pixel spacing 0.7 x 0.8 mm, theirs 0.7 x 0.9");
  axial(&b);
  for (int i = 0; i < PLANES; i++) {
    b.planes[i].position[0] -= 0.4;
  }
  expect_refusal(&a.geometry, &b.geometry, "plane 1 is shifted by 0.500 columns and 0.000 rows");
  expect_refusal(&a.geometry, &b.geometry, "up to 0.4 mm off");
  axial(&b);
  b.planes[3].position[1] += 0.7;
  expect_refusal(&a.geometry, &b.geometry, "plane 4 is shifted against plane 1");
  axial(&b);
  for (int i = 0; i < PLANES; i++) {
    b.planes[i].position[2] += 1;
  }
  expect_refusal(&a.geometry, &b.geometry, "plane 1 lies 1 mm from the nearest plane");
  axial(&b);
  for (int i = 0; i < PLANES; i++) {
    b.planes[i].position[2] = 10 + 2 * i;
  }
  expect_refusal(&a.geometry, &b.geometry, "plane 2 lies 0.5 mm");
  axial(&b);
  b.planes[4].position[2] = b.planes[3].position[2];
  expect_refusal(&a.geometry, &b.geometry, "the other raster: its planes 4 and 5 lie at one place");
  axial(&b);
  for (int i = 0; i < PLANES; i++) {
    b.planes[i].position[0] -= 0.8e10;
  }
  expect_refusal(&a.geometry, &b.geometry, "pixels away");
}

/* Images at half the distance of the slices: each second one would stay empty, and the segments lose half their size.
 */
static void planes_between_slices_are_refused(void **state) {
  (void)state;
  struct axial a;
  struct axial b;
  axial(&a)->geometry.spacing_between_slices = 2.5;
  axial(&b)->geometry.spacing_between_slices = 1.25;
  a.geometry.plane_count = 3;
  for (int i = 0; i < PLANES; i++) {
    b.planes[i].position[2] = a.planes[0].position[2] + 1.25 * i;
  }
  expect_refusal(&a.geometry, &b.geometry, "plane 2 of the other raster lies 1.25 mm from the nearest");
  dseg_geometry both;
  assert_int_equal(dseg_raster_cover(&b.geometry, &a.geometry, &both, NULL), DSEG_ERROR_UNSUPPORTED);
  /* Planes of an object whose distance nobody declares may have been left out. */
  a.geometry.spacing_between_slices = 0;
  dseg_raster_map map;
  assert_int_equal(dseg_raster_match(&a.geometry, &b.geometry, &map, NULL), DSEG_OK);
  assert_int_equal(map.index[2][1], -1);
  assert_int_equal(map.index[2][2], 1);
  dseg_raster_map_free(&map);
  a.geometry.spacing_between_slices = 1.25;
  assert_int_equal(dseg_raster_match(&a.geometry, &b.geometry, &map, NULL), DSEG_OK);
  dseg_raster_map_free(&map);
}

static void turned_rasters_of_other_spacing_are_refused(void **state) {
  (void)state;
  static const double sagittal[6] = {0, 1, 0,
                                     0, 0, -1}; /* columns to posterior, rows to the feet, planes to the right */
  struct axial a;
  struct axial b;
  axial(&a);
  axial(&b);
  memcpy(b.geometry.orientation, sagittal, sizeof sagittal);
  b.geometry.pixel_spacing[1] = 0.7;
  b.geometry.pixel_spacing[0] = 2.5;
  for (int i = 0; i < PLANES; i++) {
    const double position[3] = {-100 + 0.8 * i, 50, 20};
    memcpy(b.planes[i].position, position, sizeof position);
  }
  dseg_raster_map map;
  assert_int_equal(dseg_raster_match(&a.geometry, &b.geometry, &map, NULL), DSEG_OK);
  const int axes[3] = {1, 2, 0};
  assert_memory_equal(map.source_axis, axes, sizeof axes);
  assert_int_equal(map.index[1][0], 4);
  assert_int_equal(map.index[2][3], 3);
  dseg_raster_map_free(&map);
  for (int i = 0; i < PLANES; i++) {
    b.planes[i].position[0] = -100 + 1.6 * i;
  }
  expect_refusal(&a.geometry, &b.geometry, "column 2 lies 0.8 mm from the nearest plane");
  for (int i = 0; i < PLANES; i++) {
    b.planes[i].position[0] = -100 + 0.4 * i;
  }
  expect_refusal(&a.geometry, &b.geometry, "plane 2 of the other raster lies 0.4 mm from the nearest of its columns");
  for (int i = 0; i < PLANES; i++) {
    b.planes[i].position[0] = -100 + 0.8 * i;
    b.planes[i].position[1] = 50 + 0.2 * i;
  }
  expect_refusal(&a.geometry, &b.geometry, "the other raster's planes are shifted against each other");
  for (int i = 0; i < PLANES; i++) {
    b.planes[i].position[1] = 50;
  }
  b.geometry.pixel_spacing[0] = 2;
  expect_refusal(&a.geometry, &b.geometry, "plane 2 is shifted by 0.000 columns and 3.750 rows");
  b.geometry.pixel_spacing[0] = 2.5;
  b.geometry.pixel_spacing[1] = 0.9;
  expect_refusal(&a.geometry, &b.geometry, "its voxels are 0.8 x 0.7 x 2.5 mm");
}

/* Planes of a tilted gantry are shifted against each other: on rasters tilted alike, not on upright ones. */
static void tilted_gantries_match_alike(void **state) {
  (void)state;
  struct axial a;
  struct axial b;
  axial(&a);
  axial(&b);
  for (int i = 0; i < PLANES; i++) {
    a.planes[i].position[1] += 0.3 * i;
    b.planes[i].position[1] += 0.3 * i - 0.7;
    b.planes[i].position[0] -= 1.6;
  }
  expect_refusal(&a.geometry, &axial(&(struct axial){0})->geometry,
                 "plane 2 is shifted by 0.000 columns and 0.429 rows");
  b.geometry.plane_count = 3;
  dseg_raster_map map;
  assert_int_equal(dseg_raster_match(&a.geometry, &b.geometry, &map, NULL), DSEG_OK);
  assert_int_equal(map.index[0][1], -1);
  assert_int_equal(map.index[0][2], 0);
  assert_int_equal(map.index[1][0], -1);
  assert_int_equal(map.index[1][1], 0);
  assert_int_equal(map.index[2][2], 2);
  dseg_raster_map_free(&map);
}

static void nonsense_is_refused(void **state) {
  (void)state;
  struct axial a;
  struct axial b;
  axial(&a);
  axial(&b)->planes[2].position[1] = NAN;
  expect_refusal(&a.geometry, &b.geometry, "the other raster: plane 3 has no position");
  expect_refusal(&b.geometry, &a.geometry, "plane 3 has no position");
  axial(&b)->planes[2].position[2] = INFINITY;
  expect_refusal(&a.geometry, &b.geometry, "plane 3 has no position");
  axial(&b)->geometry.pixel_spacing[0] = 0;
  expect_refusal(&a.geometry, &b.geometry, "Pixel Spacing (0028,0030) is 0 x 0.8 mm");
  axial(&b)->geometry.pixel_spacing[1] = NAN;
  expect_refusal(&b.geometry, &a.geometry, "Pixel Spacing");
  axial(&b)->geometry.orientation[0] = NAN;
  expect_refusal(&a.geometry, &b.geometry, "has length 0, not 1");
  axial(&b)->geometry.orientation[0] = 0;
  expect_refusal(&a.geometry, &b.geometry, "has length 0, not 1");
  axial(&b)->geometry.orientation[3] = 0.5;
  b.geometry.orientation[4] = sqrt(0.75);
  expect_refusal(&a.geometry, &b.geometry, "not at a right angle (cosine 0.5");
  axial(&b)->geometry.plane_count = 0;
  expect_refusal(&a.geometry, &b.geometry, "no voxel");
  axial(&b)->geometry.rows = 0;
  expect_refusal(&b.geometry, &a.geometry, "no voxel");
  axial(&b)->geometry.space = DSEG_SPACE_NONE;
  expect_refusal(&a.geometry, &b.geometry, "another space");
  a.geometry.space = DSEG_SPACE_NONE;
  b.geometry.rows = 7;
  expect_refusal(&a.geometry, &b.geometry, "nowhere in space");
  for (double huge = 1e12; huge < 1e300; huge *= 1e30) {
    axial(&a);
    axial(&b)->planes[0].position[0] = huge;
    dseg_raster_map map;
    assert_int_equal(dseg_raster_match(&a.geometry, &b.geometry, &map, NULL), DSEG_ERROR_UNSUPPORTED);
    axial(&b)->planes[0].position[2] = -huge;
    (void)dseg_raster_match(&a.geometry, &b.geometry, &map, NULL);
    dseg_raster_map_free(&map);
  }
}

static void what_lies_nowhere_has_one_size(void **state) {
  (void)state;
  dseg_plane_position planes[3] = {0};
  const dseg_geometry geometry = {.rows = 4, .columns = 5, .plane_count = 3, .planes = planes};
  dseg_raster_map map;
  assert_int_equal(dseg_raster_match(&geometry, &geometry, &map, NULL), DSEG_OK);
  assert_int_equal(map.index[2][2], 2);
  assert_int_equal(map.index[0][4], 4);
  dseg_raster_map_free(&map);
}

static dseg_geometry slide(dseg_plane_position *planes, size_t count) {
  return (dseg_geometry){.space = DSEG_SPACE_SLIDE,
                         .rows = 64,
                         .columns = 64,
                         .matrix_rows = 200,
                         .matrix_columns = 200,
                         .pixel_spacing = {5e-4, 5e-4},
                         .orientation = {0, -1, 0, -1, 0, 0},
                         .plane_count = count,
                         .planes = planes};
}

static void tiles_are_found_by_their_place(void **state) {
  (void)state;
  dseg_plane_position all[16] = {0};
  dseg_plane_position some[3] = {0};
  for (uint32_t i = 0; i < 16; i++) {
    all[i].matrix_row = i / 4 * 64;
    all[i].matrix_column = i % 4 * 64;
  }
  some[0] = all[9];
  some[1] = all[2];
  some[2] = all[15];
  const dseg_geometry from = slide(some, 3);
  dseg_geometry to = slide(all, 16);
  dseg_raster_map map;
  assert_int_equal(dseg_raster_match(&from, &to, &map, NULL), DSEG_OK);
  for (int i = 0; i < 16; i++) {
    assert_int_equal(map.index[2][i], i == 9 ? 0 : i == 2 ? 1 : i == 15 ? 2 : -1);
  }
  assert_int_equal(map.index[1][63], 63);
  dseg_raster_map_free(&map);
  some[1] = some[0];
  expect_refusal(&from, &to, "its tiles 1 and 2 lie at one place");
  to.matrix_rows = 400;
  expect_refusal(&from, &to, "are not those of the other slide");
  to.matrix_rows = 200;
  to.matrix_origin[1] = 0.25;
  expect_refusal(&from, &to, "0.25 mm");
}

static void slides_are_covered_by_tiles(void **state) {
  (void)state;
  dseg_plane_position of_a[2] = {{.matrix_row = 64, .source = 5},
                                 {.matrix_row = 64, .matrix_column = 128, .source = 6}};
  dseg_plane_position of_b[3] = {{.matrix_row = 0}, {.matrix_row = 64, .matrix_column = 64}, {.matrix_row = 64}};
  const dseg_geometry a = slide(of_a, 2);
  const dseg_geometry b = slide(of_b, 3);
  const uint32_t expected[4][2] = {{0, 0}, {64, 0}, {64, 64}, {64, 128}};
  const int32_t sources[4] = {-1, 5, -1, 6};
  dseg_geometry both;
  assert_int_equal(dseg_raster_cover(&a, &b, &both, NULL), DSEG_OK);
  assert_int_equal(both.plane_count, 4);
  for (int i = 0; i < 4; i++) {
    assert_int_equal(both.planes[i].matrix_row, expected[i][0]);
    assert_int_equal(both.planes[i].matrix_column, expected[i][1]);
    assert_int_equal(both.planes[i].source, sources[i]);
  }
  free(both.planes);
}

/* What one raster cannot hold. */
static void covers_that_are_too_large_are_refused(void **state) {
  (void)state;
  struct axial a;
  struct axial b;
  axial(&a);
  axial(&b);
  for (int i = 0; i < PLANES; i++) {
    b.planes[i].position[0] += 0.8 * 65506;
  }
  dseg_geometry both;
  dseg_error error = {0};
  assert_int_equal(dseg_raster_cover(&a.geometry, &b.geometry, &both, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "65536 columns"));
  for (int i = 0; i < PLANES; i++) {
    b.planes[i].position[0] -= 0.8;
  }
  assert_int_equal(dseg_raster_cover(&a.geometry, &b.geometry, &both, &error), DSEG_OK);
  assert_int_equal(both.columns, 65535);
  free(both.planes);
  axial(&b)->planes[0].position[0] = NAN;
  assert_int_equal(dseg_raster_cover(&a.geometry, &b.geometry, &both, &error), DSEG_ERROR_UNSUPPORTED);
  assert_null(both.planes);
}

static void slices_are_chosen_and_turned_as_usual(void **state) {
  (void)state;
  static const double usual[3][6] = {{0, 1, 0, 0, 0, -1}, {1, 0, 0, 0, 0, -1}, {1, 0, 0, 0, 1, 0}};
  struct axial a;
  axial(&a)->geometry.orientation[0] = -1; /* to the right */
  a.geometry.spacing_between_slices = 2.5;
  for (int direction = 0; direction < 3; direction++) {
    const int axis = dseg_raster_axis_along(&a.geometry, (dseg_patient_axis)direction);
    assert_int_equal(axis, direction);
    dseg_geometry turned;
    assert_int_equal(dseg_raster_turn(&a.geometry, axis, NULL, &turned, NULL), DSEG_OK);
    for (int i = 0; i < 6; i++) {
      assert_true(fabs(turned.orientation[i] - usual[direction][i]) < 1e-12);
    }
    free(turned.planes);
  }
  double ratio = 0;
  assert_int_equal(dseg_raster_coarse_axis(&a.geometry, &ratio), 2);
  a.geometry.pixel_spacing[1] = 3.7;
  assert_int_equal(dseg_raster_coarse_axis(&a.geometry, &ratio), 2);
  a.geometry.pixel_spacing[1] = 3.8;
  assert_int_equal(dseg_raster_coarse_axis(&a.geometry, &ratio), 0);
  assert_true(fabs(ratio - 1.52) < 1e-9);
  a.geometry.pixel_spacing[0] = 8;
  assert_int_equal(dseg_raster_coarse_axis(&a.geometry, &ratio), 1);
  dseg_geometry turned;
  dseg_error error = {0};
  for (int i = 0; i < PLANES; i++) {
    a.planes[i].position[0] += 1.0 * i;
  }
  assert_int_equal(dseg_raster_turn(&a.geometry, 0, NULL, &turned, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "shifted against each other by 1.00 mm"));
  axial(&a)->planes[2].position[2] += 0.4;
  assert_int_equal(dseg_raster_turn(&a.geometry, 0, NULL, &turned, NULL), DSEG_ERROR_UNSUPPORTED);
  axial(&a)->geometry.space = DSEG_SPACE_SLIDE;
  assert_int_equal(dseg_raster_turn(&a.geometry, 0, NULL, &turned, NULL), DSEG_ERROR_UNSUPPORTED);
}

static void distances_and_angles(void **state) {
  (void)state;
  struct axial a;
  struct axial b;
  axial(&a);
  axial(&b);
  double apart = -1;
  assert_true(dseg_raster_same(&a.geometry, &b.geometry, &apart));
  assert_true(apart == 0);
  b.planes[4].position[0] += 0.03;
  assert_true(dseg_raster_same(&a.geometry, &b.geometry, &apart));
  assert_true(fabs(apart - 0.03) < 1e-9);
  b.planes[4].position[0] += 0.03;
  assert_false(dseg_raster_same(&a.geometry, &b.geometry, &apart));
  const double turned[6] = {0, 0, -1, 1, 0, 0};
  assert_true(dseg_raster_angle(a.geometry.orientation, turned) < 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_turn_is_found),
      cmocka_unit_test(uneven_planes_fall_on_planes),
      cmocka_unit_test(cover_has_all_voxels),
      cmocka_unit_test(oblique_rasters_are_refused_with_the_angle),
      cmocka_unit_test(directions_are_judged_at_the_far_corner),
      cmocka_unit_test(other_rasters_are_refused_with_the_difference),
      cmocka_unit_test(planes_between_slices_are_refused),
      cmocka_unit_test(turned_rasters_of_other_spacing_are_refused),
      cmocka_unit_test(tilted_gantries_match_alike),
      cmocka_unit_test(nonsense_is_refused),
      cmocka_unit_test(what_lies_nowhere_has_one_size),
      cmocka_unit_test(tiles_are_found_by_their_place),
      cmocka_unit_test(slides_are_covered_by_tiles),
      cmocka_unit_test(covers_that_are_too_large_are_refused),
      cmocka_unit_test(turned_rasters_have_the_same_voxels),
      cmocka_unit_test(slices_are_chosen_and_turned_as_usual),
      cmocka_unit_test(distances_and_angles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
