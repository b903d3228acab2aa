/* SPDX-License-Identifier: Apache-2.0 */
/* anatomy.c - makes the shapes of a phantom from its parts, each a little different for each seed, and the
 * spine, the ribs and the bowel, which follow rules. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phantom/anatomy.h"

/* What the shapes of one segment have in common. */
typedef struct maker {
  phantom_shapes *shapes;
  uint32_t seed;
  unsigned count;  /* of labels wanted */
  double scale[3]; /* of this body */
} maker;

/* The place of a segment in this body. */
typedef struct place {
  uint32_t label;
  uint16_t tissue; /* of label 0 */
  uint32_t seed;
  int order;
  double mirror; /* -1 or 1 */
  double shift[3];
  double size;
} place;

static place find_place(const maker *body, size_t structure, int order, bool mirrored, double freedom) {
  place found = {.label = (uint32_t)structure + 1, .order = order, .mirror = mirrored ? -1.0 : 1.0};
  found.seed = phantom_hash(body->seed, (int32_t)structure, 1, 0);
  for (int axis = 0; axis < 3; axis++) {
    found.shift[axis] = 2.5 * freedom * phantom_random(found.seed, axis, 2, 0);
  }
  found.size = 1.0 + 0.07 * freedom * phantom_random(found.seed, 0, 3, 0);
  return found;
}

static void put_point(const maker *body, const place *at, const double point[3], double placed[3]) {
  for (int axis = 0; axis < 3; axis++) {
    placed[axis] = point[axis] * (axis == 0 ? at->mirror : 1.0) * body->scale[axis] + at->shift[axis];
  }
}

static void add_body(const maker *body, const place *at, const phantom_body *part) {
  phantom_shape shape = {.kind = part->kind,
                         .label = at->label,
                         .order = at->order,
                         .lean = {part->lean[0] * at->mirror, part->lean[1]},
                         .roughness = part->roughness,
                         .hollow = part->hollow};
  if (at->label > body->count) {
    return;
  }
  shape.seed = phantom_hash(at->seed, 0, 4, (int32_t)body->shapes->count);
  put_point(body, at, part->center, shape.center);
  for (int axis = 0; axis < 3; axis++) {
    shape.radius[axis] = part->radius[axis] * body->scale[axis] * at->size;
  }
  phantom_add_shape(body->shapes, &shape);
}

static void add_tube(const maker *body, const place *at, const double from[3], const double to[3], double radius) {
  phantom_shape shape = {
      .kind = PHANTOM_TUBE, .label = at->label, .tissue = at->tissue, .order = at->order, .roughness = 0.15};
  if (at->label > body->count) {
    return;
  }
  shape.seed = at->seed;
  put_point(body, at, from, shape.center);
  put_point(body, at, to, shape.end);
  shape.radius[0] = radius * at->size;
  phantom_add_shape(body->shapes, &shape);
}

/* Once, or for both sides. */
static int sides_of(size_t structure) {
  return phantom_structures[structure].side != 0 ? 2 : 1;
}

static void add_parts(const maker *body) {
  for (size_t i = 0; i < phantom_body_count; i++) {
    const phantom_body *part = &phantom_bodies[i];
    for (int side = 0; side < sides_of(part->structure); side++) {
      const place at = find_place(body, part->structure + (size_t)side, (int)part->order, side == 1, 1.0);
      add_body(body, &at, part);
    }
  }
  for (size_t i = 0; i < phantom_line_count; i++) {
    const phantom_line *line = &phantom_lines[i];
    for (int side = 0; side < sides_of(line->structure); side++) {
      const place at = find_place(body, line->structure + (size_t)side, (int)line->order, side == 1, 1.0);
      for (int j = 0; j + 1 < line->count; j++) {
        add_tube(body, &at, line->points[j], line->points[j + 1], line->radius);
      }
    }
  }
}

/* y of the vertebral bodies' centres at a height. */
static double spine_y(double z) {
  static const double points[][2] = {{150, 38}, {200, 26}, {280, 14}, {420, 32}, {520, 38}, {600, 16}, {660, -20}};
  size_t i = 1;
  while (i + 1 < sizeof points / sizeof points[0] && z > points[i][0]) {
    i++;
  }
  const double t = (z - points[i - 1][0]) / (points[i][0] - points[i - 1][0]);
  return points[i - 1][1] + t * (points[i][1] - points[i - 1][1]);
}

/* A vertebra's measures; index counts from C7 down. */
typedef struct vertebra {
  double y, z, width, depth, height; /* half measures */
} vertebra;

static vertebra find_vertebra(int index) {
  double z = 634.0;
  for (int i = 0; i < index; i++) {
    z -= 15.0 + 0.95 * i + 0.5;
  }
  return (vertebra){spine_y(z), z, 14.0 + 0.6 * index, 9.5 + 0.45 * index, (15.0 + 0.95 * index) / 2.0 - 1.5};
}

static void add_vertebra(const maker *body, int index) {
  const vertebra v = find_vertebra(index);
  const uint16_t structure = (uint16_t)(VERTEBRAE + index);
  const place at = find_place(body, structure, ORDER_BONE, false, 0.4);
  const double canal = v.y + v.depth + 7.0;
  const phantom_body whole = {structure, ORDER_BONE, PHANTOM_BOX, {0, v.y, v.z}, {v.width, v.depth, v.height}, {0, 0},
                              0.07,      0};
  const phantom_body arch = {
      structure, ORDER_BONE, PHANTOM_ELLIPSOID, {0, canal, v.z}, {13, 12, v.height * 0.8}, {0, 0}, 0.05, 0.68};
  add_body(body, &at, &whole);
  add_body(body, &at, &arch);
  const double tip[2][3] = {{0, canal + 10.0, v.z - 2.0}, {0, canal + 30.0, v.z - 13.0}};
  add_tube(body, &at, tip[0], tip[1], 4.0 + 0.08 * index);
  for (int side = -1; side <= 1; side += 2) {
    const double wing[2][3] = {{side * 11.0, canal, v.z}, {side * (27.0 + 0.6 * index), canal + 5.0, v.z + 3.0}};
    add_tube(body, &at, wing[0], wing[1], 4.0 + 0.06 * index);
  }
}

static void add_spine(const maker *body) {
  const place cord = find_place(body, SPINAL_CORD, ORDER_INNER, false, 0.2);
  for (int i = 0; i < VERTEBRA_COUNT; i++) {
    add_vertebra(body, i);
    if (i + 1 < VERTEBRA_COUNT - 3) {
      const vertebra v = find_vertebra(i);
      const vertebra next = find_vertebra(i + 1);
      const double ends[2][3] = {{0, v.y + v.depth + 7.0, v.z}, {0, next.y + next.depth + 7.0, next.z}};
      add_tube(body, &cord, ends[0], ends[1], 6.5);
    }
  }
}

/* Ribs run around an ellipse from the spine to the front, and down; the last ones end at the side. */
static void add_rib(const maker *body, int number, int side) {
  enum { STEPS = 11 };
  static const double sine[STEPS] = {0.259, 0.5, 0.707, 0.866, 0.966, 1, 0.966, 0.866, 0.707, 0.5, 0.259};
  static const double cosine[STEPS] = {0.966, 0.866, 0.707, 0.5, 0.259, 0, -0.259, -0.5, -0.707, -0.866, -0.966};
  static const int lengths[RIB_PAIRS] = {8, 9, 9, 9, 9, 9, 9, 8, 7, 6, 5, 3};
  const vertebra v = find_vertebra(number + 1);
  const double width = number < 4 ? 62.0 + 20.0 * number : 140.0;
  const double depth = number < 4 ? 60.0 + 9.0 * number : 98.0;
  const double radius = number < 10 ? 5.2 : 4.2;
  const place at = find_place(body, (size_t)RIBS + 2U * (size_t)number + (size_t)side, ORDER_BONE, side == 1, 0.4);
  const place cartilage = find_place(body, COSTAL_CARTILAGES, ORDER_BONE, side == 1, 0.4);
  double from[3] = {v.width, v.y + v.depth + 4.0, v.z + 4.0};
  for (int i = 0; i < lengths[number]; i++) {
    const double to[3] = {width * sine[i], depth * cosine[i] + 4.0 - (number < 4 ? 22.0 - 5.0 * number : 0),
                          v.z + 2.0 - (4.0 + 0.6 * number) * (i + 1)};
    add_tube(body, &at, from, to, radius);
    memcpy(from, to, sizeof from);
  }
  if (number < 7) {
    const double breastbone[3] = {15, -90, 585.0 - 20.0 * number};
    add_tube(body, &cartilage, from, breastbone, radius);
  }
}

/* A loop that wanders about. */
static void add_bowel(const maker *body) {
  enum { LOOPS = 80 };
  static const double center[3] = {5, -40, 225};
  static const double room[3] = {100, 40, 75};
  const place at = find_place(body, SMALL_BOWEL, ORDER_SOFT, false, 1.0);
  double from[3] = {20, -20, 310};
  for (int i = 0; i < LOOPS; i++) {
    double to[3];
    for (int axis = 0; axis < 3; axis++) {
      to[axis] = center[axis] + room[axis] * phantom_random(at.seed, i, axis, 5);
      to[axis] = 0.75 * to[axis] + 0.25 * from[axis];
    }
    add_tube(body, &at, from, to, 9.0);
    memcpy(from, to, sizeof from);
  }
}

/* What is no part of an organ that surrounds it: vessels that branch from a point, of no label. */
static void add_branches(const maker *body, const double root[3], const double reach[3], int count, uint32_t seed) {
  const place at = {.label = 0,
                    .tissue = TISSUE_BLOOD,
                    .seed = phantom_hash(body->seed, (int32_t)seed, 11, 0),
                    .order = ORDER_ORGAN,
                    .mirror = 1.0,
                    .size = 1.0};
  for (int i = 0; i < count; i++) {
    double middle[3];
    double tip[3];
    for (int axis = 0; axis < 3; axis++) {
      middle[axis] = root[axis] + 0.5 * reach[axis] * (1.0 + 0.7 * phantom_random(at.seed, i, axis, 12));
      tip[axis] = middle[axis] + 0.5 * fabs(reach[axis]) * phantom_random(at.seed, i, axis, 13);
    }
    middle[1] += 25.0 * phantom_random(at.seed, i, 3, 12);
    middle[2] += 25.0 * phantom_random(at.seed, i, 4, 12);
    add_tube(body, &at, root, middle, 4.5);
    add_tube(body, &at, middle, tip, 3.0);
  }
}

static void add_hollows(const maker *body) {
  static const double roots[4][3] = {{30, 0, 495}, {-34, 0, 500}, {-24, -10, 390}, {15, -45, 470}};
  static const double reaches[4][3] = {{58, -10, 20}, {-58, -10, -20}, {-75, -10, -10}, {20, 20, 30}};
  static const int counts[4] = {12, 12, 10, 4};
  for (uint32_t i = 0; i < 4; i++) {
    add_branches(body, roots[i], reaches[i], counts[i], i);
  }
  for (int side = -1; side <= 1; side += 2) { /* the kidneys' sinus */
    const place at = {.label = 0, .tissue = TISSUE_SINUS, .order = ORDER_ORGAN, .mirror = side, .size = 1.0};
    const double sinus[4][3] = {{30, 34, 332}, {54, 42, 335}, {54, 42, 318}, {54, 42, 352}};
    add_tube(body, &at, sinus[0], sinus[1], 9.0);
    add_tube(body, &at, sinus[2], sinus[3], 8.0);
  }
}

static void add_lesion(const maker *body, uint16_t label, unsigned lesions) {
  const uint32_t seed = phantom_hash(body->seed, (int32_t)label, 6, 0);
  const double crowd = lesions > 200 ? sqrt(sqrt(200.0 / lesions)) : 1.0;
  const place at = {.label = label, .seed = seed, .order = ORDER_LESION, .mirror = 1.0, .size = 1.0};
  const double size = phantom_random(seed, 0, 7, 0);
  phantom_body lesion = {.kind = PHANTOM_ELLIPSOID, .roughness = 0.25};
  for (int axis = 0; axis < 3; axis++) {
    static const double center[3] = {0, 0, 340};
    static const double room[3] = {120, 75, 260};
    lesion.center[axis] = center[axis] + room[axis] * phantom_random(seed, axis, 8, 0);
    lesion.radius[axis] = crowd * (4.0 + 7.0 * size * size + 2.0 * phantom_random(seed, axis, 9, 0));
  }
  add_body(body, &at, &lesion);
}

/* By order; shapes of the same order as they were made. */
static void sort_shapes(phantom_shapes *shapes) {
  phantom_shapes sorted = {0};
  for (int order = ORDER_SOFT; order <= ORDER_LESION; order++) {
    for (size_t i = 0; i < shapes->count; i++) {
      if (shapes->items[i].order == order) {
        phantom_add_shape(&sorted, &shapes->items[i]);
      }
    }
  }
  sorted.failed = sorted.failed || shapes->failed;
  free(shapes->items);
  *shapes = sorted;
}

void phantom_find_scale(uint32_t seed, double scale[3]) {
  const uint32_t body = phantom_hash(seed, 0, 0, 0);
  for (int axis = 0; axis < 3; axis++) {
    scale[axis] = 1.0 + 0.04 * phantom_random(body, axis, 10, 0);
  }
}

void phantom_add_anatomy(phantom_shapes *shapes, unsigned count, uint32_t seed) {
  maker body = {.shapes = shapes, .seed = phantom_hash(seed, 0, 0, 0), .count = count};
  phantom_find_scale(seed, body.scale);
  add_bowel(&body);
  add_parts(&body);
  add_hollows(&body);
  add_spine(&body);
  for (int number = 0; number < RIB_PAIRS; number++) {
    add_rib(&body, number, 0);
    add_rib(&body, number, 1);
  }
  const unsigned lesions = count > STRUCTURES ? count - STRUCTURES : 0;
  for (unsigned i = 0; i < lesions; i++) {
    add_lesion(&body, (uint16_t)(STRUCTURES + i + 1), lesions);
  }
  sort_shapes(shapes);
}

bool phantom_is_inner(unsigned label) {
  const unsigned structure = label - 1;
  return structure >= STRUCTURES || structure == AORTA || structure == SPINAL_CORD || structure >= VENA_CAVA_INFERIOR;
}
