/* SPDX-License-Identifier: Apache-2.0 */
/* tissues.c - the body around the phantom's structures, the table it lies on, and how bright all of it is in a CT.
 *
 * Skin, fat and muscle are the same shapes one within the other. All are painted as the labels are, and a voxel shows
 * what its label is where it has one: so the mean of a segment's voxels is its structure's CT number. */
#include <stdlib.h>
#include <string.h>

#include "phantom/anatomy.h"

/* Standard deviation of the noise, HU, and that of the sum of four bytes at random. */
#define NOISE 12
#define FOUR_BYTES 148

static const int16_t tissue_hounsfield[TISSUE_KINDS] = {
    [TISSUE_AIR] = -1000, [TISSUE_SKIN] = 15,   [TISSUE_FAT] = -105,  [TISSUE_MUSCLE] = 52, [TISSUE_INNER_FAT] = -92,
    [TISSUE_BRAIN] = 38,  [TISSUE_BLOOD] = 140, [TISSUE_SINUS] = -25, [TISSUE_FOAM] = -940, [TISSUE_SHELL] = -20,
};

/* The outlines of the body, and of the spaces in it, as those of the structures (phantom.h). */
typedef struct outline {
  phantom_kind kind;
  bool paired; /* the other side is its mirror image */
  double center[3], radius[3], end[3];
  double fat; /* how deep the muscle begins, mm */
} outline;

static const outline body_outlines[] = {
    {PHANTOM_BOX, false, {0, 2, 280}, {160, 116, 360}, {0}, 11},
    {PHANTOM_TUBE, false, {-118, 18, 598}, {62}, {118, 18, 598}, 9},
    {PHANTOM_TUBE, true, {160, 6, 612}, {36}, {170, 10, 430}, 7},
    {PHANTOM_TUBE, false, {0, -8, 590}, {64}, {0, -22, 700}, 6},
    {PHANTOM_ELLIPSOID, false, {0, -30, 690}, {82, 102, 90}, {0}, 5},
};

static const outline abdomen = {PHANTOM_BOX, false, {0, -10, 245}, {130, 82, 185}, {0}, 0};
static const outline chest = {PHANTOM_ELLIPSOID, false, {0, -5, 500}, {126, 84, 120}, {0}, 0};
static const outline brain = {PHANTOM_ELLIPSOID, false, {0, -30, 690}, {67, 85, 74}, {0}, 0};

#define SKIN_DEPTH 2.0
#define TABLE_WIDTH 185.0 /* half measures, mm */
#define TABLE_HEIGHT 14.0
#define TABLE_LENGTH 100000.0

typedef struct tissue_maker {
  phantom_shapes *shapes;
  double scale[3];
  uint32_t seed;
} tissue_maker;

/* Paints what lies deeper than depth mm within an outline. */
static void add_outline(const tissue_maker *maker, const outline *from, double depth, phantom_tissue tissue) {
  for (int side = 0; side < (from->paired ? 2 : 1); side++) {
    phantom_shape shape = {.kind = from->kind, .label = tissue, .seed = maker->seed, .roughness = 0.02};
    for (int axis = 0; axis < 3; axis++) {
      const double mirror = axis == 0 && side == 1 ? -1.0 : 1.0;
      shape.center[axis] = mirror * maker->scale[axis] * from->center[axis];
      shape.end[axis] = mirror * maker->scale[axis] * from->end[axis];
      shape.radius[axis] = maker->scale[axis] * from->radius[axis] - depth;
    }
    phantom_add_shape(maker->shapes, &shape);
  }
}

/* Its top touches the back. */
static void add_table(const tissue_maker *maker) {
  const double back = maker->scale[1] * (body_outlines[0].center[1] + body_outlines[0].radius[1]) + 2.0;
  phantom_shape table = {.kind = PHANTOM_BOX,
                         .label = TISSUE_FOAM,
                         .center = {0, back + TABLE_HEIGHT, 0},
                         .radius = {TABLE_WIDTH, TABLE_HEIGHT, TABLE_LENGTH}};
  phantom_add_shape(maker->shapes, &table);
  table.label = TISSUE_SHELL;
  table.hollow = 0.8;
  phantom_add_shape(maker->shapes, &table);
}

static void add_tissues(const phantom *made, phantom_shapes *shapes) {
  tissue_maker maker = {.shapes = shapes, .seed = phantom_hash(made->spec.seed, 0, 14, 0)};
  phantom_find_scale(made->spec.seed, maker.scale);
  add_table(&maker);
  const size_t count = sizeof body_outlines / sizeof *body_outlines;
  for (size_t i = 0; i < count; i++) {
    add_outline(&maker, &body_outlines[i], 0.0, TISSUE_SKIN);
  }
  for (size_t i = 0; i < count; i++) {
    add_outline(&maker, &body_outlines[i], SKIN_DEPTH, TISSUE_FAT);
  }
  for (size_t i = 0; i < count; i++) {
    add_outline(&maker, &body_outlines[i], body_outlines[i].fat, TISSUE_MUSCLE);
  }
  add_outline(&maker, &abdomen, 0.0, TISSUE_INNER_FAT);
  add_outline(&maker, &chest, 0.0, TISSUE_INNER_FAT);
  add_outline(&maker, &brain, 0.0, TISSUE_BRAIN);
  for (size_t i = 0; i < made->shapes.count; i++) {
    phantom_shape shape = made->shapes.items[i];
    if (shape.label == 0) {
      shape.label = shape.tissue;
      phantom_add_shape(shapes, &shape);
    }
  }
}

static dseg_status prepare(phantom *made, dseg_error *error) {
  if (made->tissue != NULL) {
    return DSEG_OK;
  }
  add_tissues(made, &made->tissues);
  made->tissue = malloc(made->grid[0] * made->grid[1] * sizeof *made->tissue);
  return made->tissue != NULL && !made->tissues.failed
             ? DSEG_OK
             : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the tissues of a plane");
}

static dseg_status paint_tissues(phantom *made, size_t plane, dseg_error *error) {
  const double z = made->origin[2] + (double)plane * made->step[2];
  memset(made->tissue, 0, made->grid[0] * made->grid[1] * sizeof *made->tissue);
  made->tissue_painted = SIZE_MAX;
  for (size_t i = 0; i < made->tissues.count; i++) {
    DSEG_TRY(phantom_paint(made, &made->tissues.items[i], z, made->tissue, error));
  }
  made->tissue_painted = plane;
  return DSEG_OK;
}

static int32_t hounsfield_of(uint16_t label) {
  if (label <= STRUCTURES) {
    return phantom_structures[label - 1].hounsfield;
  }
  return 20 + (int32_t)(phantom_hash(0, label, 15, 0) % 50); /* lesions */
}

/* As many above as below 0. */
static int32_t noise(uint32_t seed, size_t pixel, size_t plane) {
  const uint32_t bytes = phantom_hash(seed, (int32_t)pixel, (int32_t)plane, 16);
  const uint32_t sum = (bytes & 255U) + (bytes >> 8 & 255U) + (bytes >> 16 & 255U) + (bytes >> 24);
  return ((int32_t)sum - 510) * NOISE / FOUR_BYTES;
}

dseg_status phantom_read_hounsfield(phantom *made, size_t plane, const uint16_t *first, const uint16_t *second,
                                    int16_t *out, dseg_error *error) {
  const size_t pixels = made->spec.size[0] * made->spec.size[1];
  const size_t painted = phantom_painted_plane(made, plane);
  DSEG_TRY(prepare(made, error));
  if (made->tissue_painted != painted) {
    DSEG_TRY(paint_tissues(made, painted, error));
  }
  uint16_t *tissues = (uint16_t *)out; /* pixel by pixel replaced */
  phantom_enlarge(made, made->tissue, tissues);
  for (size_t i = 0; i < pixels; i++) {
    const uint16_t label = second != NULL && second[i] != 0 ? second[i] : first[i];
    const int32_t value = label != 0 ? hounsfield_of(label) : tissue_hounsfield[tissues[i]];
    out[i] = (int16_t)(value + noise(made->spec.seed, i, plane));
  }
  return DSEG_OK;
}
