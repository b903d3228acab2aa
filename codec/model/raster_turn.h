/* SPDX-License-Identifier: Apache-2.0 */
/* raster_turn.h - the voxels of a raster in planes along another of its axes. */
#ifndef DSEG_MODEL_RASTER_TURN_H
#define DSEG_MODEL_RASTER_TURN_H

#include "dseg/description.h"

/* An axis whose voxels lie this many times as far apart as those of both others is taken for the one that planes were
 * acquired along. */
#define DSEG_CLEARLY_LARGER 1.5

/* Directions in the patient that planes can be stacked along, nearly. */
typedef enum dseg_patient_axis { DSEG_AXIS_SAGITTAL = 0, DSEG_AXIS_CORONAL, DSEG_AXIS_AXIAL } dseg_patient_axis;

/* The axis of a raster (0 columns, 1 rows, 2 planes) that runs along a direction of the patient more than the others
 * do. Each of the three has one of its own. */
int dseg_raster_axis_along(const dseg_geometry *geometry, dseg_patient_axis direction);

/* The axis whose voxels lie clearly further apart than those of the others, else 2. ratio receives how many times as
 * far as those of the second. */
int dseg_raster_coarse_axis(const dseg_geometry *geometry, double *ratio);

/* The axis of a raster that runs along the normal of an orientation more than the others do. */
int dseg_raster_axis_across(const dseg_geometry *geometry, const double orientation[6]);

/* The raster with planes along one of its axes, all its voxels in it and no others but those of missing planes. Rows
 * and columns run as orientation says, nearly, or with NULL as is usual for the patient: to the left or to posterior,
 * and to posterior or to the feet. Freed is turned->planes, with free; all else is borrowed. DSEG_ERROR_UNSUPPORTED:
 * planes without an even distance, or shifted against each other, cannot become rows or columns. */
dseg_status dseg_raster_turn(const dseg_geometry *from, int axis, const double orientation[6], dseg_geometry *turned,
                             dseg_error *error);

/* The raster with the planes that it lacks, where those that it has lie on an even grid; else as it is. Freed is
 * whole->planes, with free; all else is borrowed. */
dseg_status dseg_raster_complete(const dseg_geometry *from, dseg_geometry *whole, dseg_error *error);

#endif
