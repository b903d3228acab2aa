/* SPDX-License-Identifier: Apache-2.0 */
/* grid.h - how far the axes of a grid may be from a right angle. */
#ifndef DSEG_MODEL_GRID_H
#define DSEG_MODEL_GRID_H

/* The cosine between rows and columns: what is above it is a sheared grid, which DICOM cannot hold, ... */
#define DSEG_GRID_MOST_SHEAR 1e-3
/* ... and what is below it is rounding of single precision, or of directions with six decimals. */
#define DSEG_GRID_LEAST_SHEAR 5e-6

#endif
