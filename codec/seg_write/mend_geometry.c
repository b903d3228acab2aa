/* SPDX-License-Identifier: Apache-2.0 */
/* mend_geometry.c - makes rows and columns that are nearly perpendicular so, as readers of Image Orientation want. */
#include "seg_write/writer.h"

void dseg_mend_orientation(dseg_geometry *geometry, const dseg_warning_sink *warnings) {
  dseg_grid grid = {.size = {geometry->columns, geometry->rows, 1}};
  for (int i = 0; i < 3; i++) {
    grid.step[0][i] = geometry->orientation[i] * geometry->pixel_spacing[1];
    grid.step[1][i] = geometry->orientation[3 + i] * geometry->pixel_spacing[0];
  }
  const double moved = dseg_grid_make_perpendicular(&grid);
  if (!(moved > 0)) {
    return;
  }
  for (int i = 0; i < 3; i++) {
    geometry->orientation[i] = grid.step[0][i] / geometry->pixel_spacing[1];
    geometry->orientation[3 + i] = grid.step[1][i] / geometry->pixel_spacing[0];
  }
  dseg_warn(warnings,
            "rows and columns are not quite perpendicular, and are made so, as Image Orientation (Patient) (0020,0037) "
            "wants them (PS3.3 C.7.6.2.1.1): the farthest voxel moves by %.2g mm",
            moved);
}
