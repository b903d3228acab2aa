/* SPDX-License-Identifier: Apache-2.0 */
/* grid.c - grids whose axes are not at right angles. */
#include "model/grid.h"

#include <string.h>

#include "dseg/description.h"
#include "model/raster.h"
#include "model/vector.h"

double dseg_grid_make_perpendicular(dseg_grid *grid) {
  double *row = grid->step[0];
  double *column = grid->step[1];
  const double columns = dseg_length(row);
  const double rows = dseg_length(column);
  const double cosine = columns > 0 && rows > 0 ? dseg_dot(row, column) / (columns * rows) : 0;
  if (!(fabs(cosine) > DSEG_GRID_LEAST_SHEAR && fabs(cosine) <= DSEG_GRID_MOST_SHEAR)) {
    return 0;
  }
  /* The sum and the difference of two unit vectors are perpendicular, and so are sum and difference of those. */
  double sum[3];
  double difference[3];
  for (int i = 0; i < 3; i++) {
    sum[i] = row[i] / columns + column[i] / rows;
    difference[i] = row[i] / columns - column[i] / rows;
  }
  const double of_sum = dseg_length(sum) * sqrt(2);
  const double of_difference = dseg_length(difference) * sqrt(2);
  double moved[2][3];
  for (int i = 0; i < 3; i++) {
    const double new_row = columns * (sum[i] / of_sum + difference[i] / of_difference);
    const double new_column = rows * (sum[i] / of_sum - difference[i] / of_difference);
    moved[0][i] = (new_row - row[i]) * ((double)grid->size[0] - 1);
    moved[1][i] = (new_column - column[i]) * ((double)grid->size[1] - 1);
    row[i] = new_row;
    column[i] = new_column;
  }
  double both[3];
  memcpy(both, moved[0], sizeof both);
  dseg_add_scaled(both, 1, moved[1]);
  return fmax(dseg_length(both), fmax(dseg_length(moved[0]), dseg_length(moved[1])));
}

double dseg_grid_shift(const dseg_grid *grid) {
  double normal[3];
  dseg_cross(grid->step[0], grid->step[1], normal);
  const double length = dseg_length(normal);
  if (grid->size[2] < 2 || !(length > 0)) {
    return 0;
  }
  double shift[3];
  memcpy(shift, grid->step[2], sizeof shift);
  dseg_add_scaled(shift, -dseg_dot(grid->step[2], normal) / (length * length), normal);
  const double each = dseg_length(shift);
  const double pixel = fmin(dseg_length(grid->step[0]), dseg_length(grid->step[1]));
  return each * (double)(grid->size[2] - 1) > DSEG_RASTER_TOLERANCE * pixel ? each : 0;
}
