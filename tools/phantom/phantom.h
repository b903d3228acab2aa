/* SPDX-License-Identifier: Apache-2.0 */
/* phantom.h - synthetic anatomy: what the parts of `dseg phantom` share.
 *
 * A phantom is a list of shapes in a trunk of fixed size, in DICOM's coordinates (mm; x to the left, y to the back, z
 * to the head; x and y are 0 in the middle of the body, z is 0 at its lower end). A plane of labels is painted shape by
 * shape, a later one over an earlier, so that a volume of any size needs memory for one plane.
 *
 * The same specification gives the same voxels everywhere: shapes are placed with additions, multiplications, divisions
 * and square roots of doubles alone, which IEEE 754 rounds in one way, and pixels are decided with integers. */
#ifndef DSEG_TOOLS_PHANTOM_PHANTOM_H
#define DSEG_TOOLS_PHANTOM_PHANTOM_H

#include "cli/cli.h"
#include "dseg/dseg.h"

enum { PHANTOM_MAX_LABELS = 65535, PHANTOM_DEFAULT_LABELS = 108, PHANTOM_SIDES = 65535 };

typedef struct phantom_spec {
  unsigned labels;   /* 1..PHANTOM_MAX_LABELS */
  size_t size[3];    /* voxels along x, y, z: columns, rows, planes */
  double spacing[3]; /* mm; 0: chosen so that the trunk fills the volume */
  size_t coarse[3];  /* made on this grid and enlarged by nearest neighbour; 0: made at full size */
  bool overlap;      /* vessels and lesions do not take voxels away from what they lie in */
  uint32_t seed;
} phantom_spec;

/* How a shape is told from what surrounds it. */
typedef enum phantom_kind {
  PHANTOM_ELLIPSOID = 0,
  PHANTOM_BOX, /* an ellipsoid of degree 4 within the plane: flat sides, round corners */
  PHANTOM_TUBE /* all points closer than a radius to a line from one point to another */
} phantom_kind;

typedef struct phantom_shape {
  phantom_kind kind;
  uint32_t label; /* 0: what is taken away from labels painted before */
  uint32_t seed;
  int order;        /* painted by ascending order; a label's shapes all have the same */
  double center[3]; /* tubes: one end */
  double radius[3]; /* tubes: radius[0] alone */
  double end[3];    /* tubes: the other end */
  double lean[2];   /* how far the centre moves along x and y for each mm along z */
  double roughness; /* how far the surface goes in and out, as a share of the radius */
  double hollow;    /* 0: solid; else only what is further out than this share of the radius */
  double low[3];    /* a box around it */
  double high[3];
} phantom_shape;

/* A growing list of shapes; failed when memory ran out. */
typedef struct phantom_shapes {
  phantom_shape *items;
  size_t count, room;
  bool failed;
} phantom_shapes;

/* A voxel that a label has in any case, however small or hidden its shapes are. */
typedef struct phantom_anchor {
  uint64_t voxel; /* index on the painted grid */
  uint16_t label;
} phantom_anchor;

typedef struct phantom {
  phantom_spec spec;
  dseg_description *description; /* segments and geometry */
  phantom_shapes shapes;
  size_t grid[3];          /* the grid that is painted: spec.coarse or spec.size */
  double origin[3];        /* mm of its first voxel */
  double step[3];          /* mm between its voxels */
  phantom_anchor *anchors; /* by ascending voxel, one for each label */
  uint16_t *layer[2];      /* the painted plane, grid[0] * grid[1]; the second for overlap only */
  size_t painted;          /* its plane; SIZE_MAX: none */
  double *nodes;           /* scratch for roughness */
  size_t node_room;
} phantom;

/* DSEG_ERROR_MEMORY or DSEG_ERROR_ARGUMENT. To be given to phantom_destroy whatever the outcome. */
dseg_status phantom_create(phantom *made, const phantom_spec *spec, dseg_error *error);
void phantom_destroy(phantom *made);

/* A plane of labels, size[0] * size[1] values; second: of the segments that may overlap those of first, or NULL without
 * overlap. */
dseg_status phantom_read_plane(phantom *made, size_t plane, uint16_t *first, uint16_t *second, dseg_error *error);

/* Makes a phantom and writes it to path, in the format of its suffix; an exit code after a message. */
int phantom_make(const phantom_spec *spec, const char *path, bool replace, unsigned threads);

/* Between the parts: */

/* phantom_anatomy.c: the shapes of the labels 1..count. */
void phantom_add_anatomy(phantom_shapes *shapes, unsigned count, uint32_t seed);
/* Whether the label's shapes lie in others rather than beside them. */
bool phantom_is_inner(unsigned label);

/* phantom_paint.c: paints a shape into a plane of made->grid at z mm. */
dseg_status phantom_paint(phantom *made, const phantom_shape *shape, double z, uint16_t *plane, dseg_error *error);
void phantom_add_shape(phantom_shapes *shapes, const phantom_shape *shape);

/* phantom_noise.c: a number that follows from the four, evenly spread over 32 bits. */
uint32_t phantom_hash(uint32_t seed, int32_t x, int32_t y, int32_t z);
/* -1 up to, but not, 1. */
double phantom_random(uint32_t seed, int32_t x, int32_t y, int32_t z);
/* Smooth noise, -1..1, at the nodes of a lattice of PHANTOM_NODE mm. */
#define PHANTOM_NODE 10.0
double phantom_noise(uint32_t seed, int32_t x, int32_t y, int32_t z);

#endif
