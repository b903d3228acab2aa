/* SPDX-License-Identifier: Apache-2.0 */
/* raster.h - the raster of a geometry measured: its axes, its planes along their normal, and how far pixels lie from
 * those of another.
 *
 * A direction is as good as what it does to the farthest pixel: an angle of 0.003 degrees moves a pixel of a large
 * plane as far as one of 0.03 degrees does in a small one. So directions are never compared by themselves, but by
 * millimetres, and a millimetre by its share of the distance between pixels or planes. */
#ifndef DSEG_MODEL_RASTER_H
#define DSEG_MODEL_RASTER_H

#include "dseg/description.h"

/* Voxels of two rasters are one when they lie no further apart than this share of the distance between pixels, and
 * between planes. Files of one set whose orientation went through single precision differ by up to a hundredth of a
 * pixel at the far corner. */
#define DSEG_RASTER_TOLERANCE 0.05
/* Or no further than this, mm: what decimal strings round away (PS3.5 6.2, DS). */
#define DSEG_RASTER_ROUNDING 1e-3

/* A geometry of patient space with what is derived from it; it borrows the geometry. */
typedef struct dseg_raster {
  const dseg_geometry *geometry;
  double unit[3][3]; /* directions of increasing column and row, and the normal; of length 1 */
  double step[2][3]; /* from pixel to pixel along a row and along a column, mm */
  double dual[2][3]; /* dot product with a vector: how many columns and rows that is */
  double spacing[3]; /* distance of pixels along a row, along a column, and of planes: the smallest of neighbours;
                        0: a single plane that says none */
  double *along;     /* by plane: distance from planes[0] along the normal */
  size_t *order;     /* planes by ascending distance */
  bool is_even;      /* all distances are multiples of the smallest */
  double shift[2];   /* by how many columns and rows planes are shifted for each mm along the normal: a tilted gantry */
} dseg_raster;

/* Measures a raster; time is linear in planes but for their sorting. DSEG_ERROR_UNSUPPORTED when it lies not in patient
 * space, has no plane or pixel, no pixel spacing (0028,0030), directions that are not two unit vectors at a right angle
 * (PS3.3 C.7.6.2.1.1), positions that are not finite, or two planes at one place. */
dseg_status dseg_raster_create(const dseg_geometry *geometry, dseg_raster *raster, dseg_error *error);
void dseg_raster_free(dseg_raster *raster);

/* The plane nearest to a distance along the normal, as an index of geometry->planes; off receives how far the distance
 * lies from it, mm, positive along the normal. */
size_t dseg_raster_nearest_plane(const dseg_raster *raster, double distance, double *off);

/* Columns, rows and mm along the normal from the first pixel of a plane to a position. */
void dseg_raster_locate(const dseg_raster *raster, size_t plane, const double position[3], double place[3]);

/* How far two pixels with the same column and row lie apart at most, mm, in planes of one size of which one has its
 * first pixel at a and the directions and spacing of a_like, the other likewise. */
double dseg_raster_distance(const dseg_geometry *a_like, const double a[3], const dseg_geometry *b_like,
                            const double b[3]);

/* Degrees between the nearest axes of two rasters, normals included: 0 for all that right-angled turns reach. The
 * largest of the three angles. */
double dseg_raster_angle(const double a[6], const double b[6]);

#endif
