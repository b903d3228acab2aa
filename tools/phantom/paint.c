/* SPDX-License-Identifier: Apache-2.0 */
/* paint.c - paints one shape into one plane of labels.
 *
 * Ellipsoids: a pixel is inside where the squares of its distances from the centre, in radii, add up to less than a
 * limit, which is 1 but for the roughness. The limit is known at the nodes of a lattice and interpolated between them.
 * Pixels count in fixed point, 2^24 being 1, so that they come out the same everywhere. Tubes are convex: a row meets
 * one in a single run. */
#include <math.h>
#include <stdlib.h>

#include "phantom/phantom.h"

#define ONE 16777216.0 /* 1 in fixed point */

/* A row's pixels between two nodes. */
typedef struct run {
  int32_t u, du;         /* distance along x at the first pixel, and what each pixel adds */
  int32_t base;          /* the rest of the sum */
  int32_t limit, dlimit; /* where the inside ends */
  int32_t inner;         /* share of the limit, of 4096, that is hollow */
} run;

void phantom_add_shape(phantom_shapes *shapes, const phantom_shape *shape) {
  phantom_shape *items = cli_grow(shapes->items, shapes->count, &shapes->room, sizeof *items);
  if (items == NULL) {
    shapes->failed = true;
    return;
  }
  shapes->items = items;
  phantom_shape added = *shape;
  const double reach = 1.0 + added.roughness;
  for (int axis = 0; axis < 3; axis++) {
    const bool tube = added.kind == PHANTOM_TUBE;
    const double radius = added.radius[tube ? 0 : axis] * reach;
    const double from = added.center[axis];
    const double to = tube ? added.end[axis] : from;
    const double shift = tube || axis == 2 ? 0 : fabs(added.lean[axis]) * added.radius[2] * reach;
    added.low[axis] = (from < to ? from : to) - radius - shift;
    added.high[axis] = (from < to ? to : from) + radius + shift;
  }
  shapes->items[shapes->count++] = added;
}

/* The pixels of an axis from low to high mm: first, and how many. */
static size_t pixels_between(const phantom *made, int axis, double low, double high, size_t *first) {
  const double from = ceil((low - made->origin[axis]) / made->step[axis]);
  const double to = floor((high - made->origin[axis]) / made->step[axis]);
  const double last = (double)made->grid[axis] - 1.0;
  if (to < 0.0 || from > last || to < from) {
    return 0;
  }
  *first = from > 0.0 ? (size_t)from : 0;
  return (size_t)(to < last ? to : last) - *first + 1;
}

static void paint_run(uint16_t *out, size_t count, const run *pixels, bool box, uint16_t label) {
  const int32_t du = count > 1 ? pixels->du : 0;
  const int32_t dlimit = count > 1 ? pixels->dlimit : 0;
  for (size_t i = 0; i < count; i++) {
    const int32_t u = (pixels->u + (int32_t)i * du) / 4096;
    const int32_t square = u * u;
    const int32_t flat = square / 4096;
    const int32_t sum = (box ? flat * flat : square) + pixels->base;
    const int32_t limit = pixels->limit + (int32_t)i * dlimit;
    const bool inside = sum < limit && sum >= limit / 4096 * pixels->inner;
    out[i] = inside ? label : out[i];
  }
}

/* The limits at the nodes that the pixels (x, y) lie between. */
typedef struct lattice {
  int32_t x, y; /* of the first node */
  size_t width, height;
  double *limits;
} lattice;

static dseg_status make_lattice(phantom *made, const phantom_shape *shape, const double low[2], const double high[2],
                                double z, lattice *nodes, dseg_error *error) {
  nodes->x = (int32_t)floor(low[0] / PHANTOM_NODE);
  nodes->y = (int32_t)floor(low[1] / PHANTOM_NODE);
  /* One more than the box needs: a pixel's place is rounded. */
  nodes->width = (size_t)((int32_t)floor(high[0] / PHANTOM_NODE) - nodes->x) + 3;
  nodes->height = (size_t)((int32_t)floor(high[1] / PHANTOM_NODE) - nodes->y) + 3;
  if (made->nodes == NULL || nodes->width * nodes->height > made->node_room) {
    double *grown = realloc(made->nodes, nodes->width * nodes->height * sizeof *grown);
    if (grown == NULL) {
      dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
      return DSEG_ERROR_MEMORY;
    }
    made->nodes = grown;
    made->node_room = nodes->width * nodes->height;
  }
  nodes->limits = made->nodes;
  const int32_t below = (int32_t)floor(z / PHANTOM_NODE);
  const double part = z / PHANTOM_NODE - below;
  const double degree = shape->kind == PHANTOM_BOX ? 4.0 : 2.0;
  for (size_t i = 0; i < nodes->width * nodes->height; i++) {
    const int32_t x = nodes->x + (int32_t)(i % nodes->width);
    const int32_t y = nodes->y + (int32_t)(i / nodes->width);
    const double noise =
        phantom_noise(shape->seed, x, y, below) * (1.0 - part) + phantom_noise(shape->seed, x, y, below + 1) * part;
    nodes->limits[i] = ONE * (1.0 + degree * shape->roughness * noise);
  }
  return DSEG_OK;
}

/* The limit at a node of the row at y mm. */
static double row_limit(const lattice *nodes, double y, size_t node) {
  const double at = y / PHANTOM_NODE - nodes->y;
  const size_t row = (size_t)at;
  const double above = nodes->limits[row * nodes->width + node];
  const double below = nodes->limits[(row + 1) * nodes->width + node];
  return above + (below - above) * (at - (double)row);
}

static void paint_row(const phantom *made, const phantom_shape *shape, const lattice *nodes, double y, double center,
                      double base, size_t first, size_t count, uint16_t *row) {
  const double step = made->step[0];
  const double hollow = shape->hollow * shape->hollow;
  const bool box = shape->kind == PHANTOM_BOX;
  run pixels = {.base = (int32_t)(base * ONE), .inner = (int32_t)((box ? hollow * hollow : hollow) * 4096.0)};
  for (size_t done = 0; done < count;) {
    const double x = made->origin[0] + (double)(first + done) * step;
    const double at = x / PHANTOM_NODE - nodes->x;
    const size_t node = (size_t)at;
    /* Pixels up to the next node; one at least. */
    const double left = floor(((double)(node + 1) - at) * PHANTOM_NODE / step) + 1.0;
    const size_t length = left < (double)(count - done) ? (size_t)left : count - done;
    const double from = row_limit(nodes, y, node);
    const double slope = row_limit(nodes, y, node + 1) - from;
    pixels.u = (int32_t)((x - center) / shape->radius[0] * ONE);
    pixels.du = length > 1 ? (int32_t)(step / shape->radius[0] * ONE) : 0;
    pixels.limit = (int32_t)(from + slope * (at - (double)node));
    pixels.dlimit = length > 1 ? (int32_t)(slope * step / PHANTOM_NODE) : 0;
    paint_run(row + first + done, length, &pixels, box, (uint16_t)shape->label);
    done += length;
  }
}

static dseg_status paint_ellipsoid(phantom *made, const phantom_shape *shape, double z, uint16_t *plane,
                                   dseg_error *error) {
  const bool box = shape->kind == PHANTOM_BOX;
  const double reach = 1.0 + shape->roughness;
  const double w = (z - shape->center[2]) / shape->radius[2];
  double center[2], low[2], high[2];
  size_t first[2], count[2];
  for (int axis = 0; axis < 2; axis++) {
    center[axis] = shape->center[axis] + shape->lean[axis] * (z - shape->center[2]);
    low[axis] = center[axis] - shape->radius[axis] * reach;
    high[axis] = center[axis] + shape->radius[axis] * reach;
    count[axis] = pixels_between(made, axis, low[axis], high[axis], &first[axis]);
    if (count[axis] == 0) {
      return DSEG_OK;
    }
  }
  lattice nodes = {0};
  DSEG_TRY(make_lattice(made, shape, low, high, z, &nodes, error));
  for (size_t j = first[1]; j < first[1] + count[1]; j++) {
    const double y = made->origin[1] + (double)j * made->step[1];
    const double v = (y - center[1]) / shape->radius[1];
    const double base = box ? v * v * v * v + w * w * w * w : v * v + w * w;
    if (base < reach * reach * (box ? reach * reach : 1.0)) {
      paint_row(made, shape, &nodes, y, center[0], base, first[0], count[0], plane + j * made->grid[0]);
    }
  }
  return DSEG_OK;
}

typedef struct interval {
  double low, high;
} interval;

static void widen(interval *into, double low, double high) {
  into->low = low < into->low ? low : into->low;
  into->high = high > into->high ? high : into->high;
}

/* The row at (y, z) within a ball. */
static void add_ball(interval *into, const double center[3], double radius, double y, double z) {
  const double dy = y - center[1];
  const double dz = z - center[2];
  const double rest = radius * radius - dy * dy - dz * dz;
  if (rest > 0.0) {
    widen(into, center[0] - sqrt(rest), center[0] + sqrt(rest));
  }
}

/* The row at (y, z) within the cylinder between the ends: |p|^2 - (p d)^2 / d^2 < r^2 and 0 <= p d <= d^2, p from the
 * first end, d from there to the other. */
static void add_cylinder(interval *into, const phantom_shape *shape, double radius, double y, double z) {
  const double *from = shape->center;
  const double d[3] = {shape->end[0] - from[0], shape->end[1] - from[1], shape->end[2] - from[2]};
  const double dd = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
  const double dy = y - from[1];
  const double dz = z - from[2];
  const double along = dy * d[1] + dz * d[2];
  const double square = dd - d[0] * d[0];
  const double half = d[0] * along;
  const double rest = (dy * dy + dz * dz - radius * radius) * dd - along * along;
  const double root = half * half - square * rest;
  const bool parallel = square < 1e-6 * dd; /* to the row */
  if (dd <= 0.0 || (parallel ? rest > 0.0 : root <= 0.0)) {
    return;
  }
  double low = parallel ? -dd : (half - sqrt(root)) / square;
  double high = parallel ? dd : (half + sqrt(root)) / square;
  if (d[0] != 0.0) {
    const double start = -along / d[0];
    const double stop = (dd - along) / d[0];
    const double before = start < stop ? start : stop;
    const double after = start < stop ? stop : start;
    low = before > low ? before : low;
    high = after < high ? after : high;
  } else if (along < 0.0 || along > dd) {
    return;
  }
  if (low < high) {
    widen(into, from[0] + low, from[0] + high);
  }
}

static void paint_tube(const phantom *made, const phantom_shape *shape, double z, uint16_t *plane) {
  size_t first = 0;
  const size_t count = pixels_between(made, 1, shape->low[1], shape->high[1], &first);
  for (size_t j = first; count > 0 && j < first + count; j++) {
    const double y = made->origin[1] + (double)j * made->step[1];
    const double noise = phantom_noise(shape->seed, 0, (int32_t)floor(y / 2.0), (int32_t)floor(z / 2.0));
    const double radius = shape->radius[0] * (1.0 + shape->roughness * noise);
    interval row = {made->origin[0] + (double)made->grid[0] * made->step[0] + 1.0, made->origin[0] - 1.0};
    const interval none = row;
    add_ball(&row, shape->center, radius, y, z);
    add_ball(&row, shape->end, radius, y, z);
    add_cylinder(&row, shape, radius, y, z);
    size_t start = 0;
    const bool empty = row.low == none.low && row.high == none.high;
    const size_t length = empty ? 0 : pixels_between(made, 0, row.low, row.high, &start);
    for (size_t i = 0; i < length; i++) {
      plane[j * made->grid[0] + start + i] = (uint16_t)shape->label;
    }
  }
}

dseg_status phantom_paint(phantom *made, const phantom_shape *shape, double z, uint16_t *plane, dseg_error *error) {
  if (z < shape->low[2] || z > shape->high[2]) {
    return DSEG_OK;
  }
  if (shape->kind != PHANTOM_TUBE) {
    return paint_ellipsoid(made, shape, z, plane, error);
  }
  paint_tube(made, shape, z, plane);
  return DSEG_OK;
}
