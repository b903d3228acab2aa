/* SPDX-License-Identifier: Apache-2.0 */
/* spacing.c - how far voxels are apart where the input does not say it: nothing is invented. */
#include <math.h>
#include <string.h>

#include "convert/job.h"

static dseg_status refuse(dseg_convert_job *job, const bool unknown[3], dseg_error *error) {
  dseg_fail(
      error, DSEG_ERROR_UNSUPPORTED,
      "it does not say how far voxels are apart%s%s%s: give %s X,Y,Z in millimetres, along rows, columns and from "
      "plane to plane",
      unknown[0] ? " along rows" : "", unknown[1] ? " along columns" : "", unknown[2] ? " from plane to plane" : "",
      dseg_convert_name(job, DSEG_OPTION_SPACING));
  return dseg_convert_fail_input(job, DSEG_ERROR_UNSUPPORTED, error);
}

dseg_status dseg_convert_check_spacing(dseg_convert_job *job, dseg_error *error) {
  const dseg_geometry *geometry = &dseg_source_description(job->source)->geometry;
  if (geometry->space != DSEG_SPACE_NONE || strcmp(dseg_source_format(job->source), "DICOM") == 0) {
    return DSEG_OK;
  }
  const bool unknown[3] = {geometry->pixel_spacing[1] == 0, geometry->pixel_spacing[0] == 0,
                           geometry->slice_thickness == 0 && geometry->plane_count > 1};
  return unknown[0] || unknown[1] || unknown[2] ? refuse(job, unknown, error) : DSEG_OK;
}

static bool is_known(double spacing) {
  return isfinite(spacing) && spacing > 0;
}

dseg_status dseg_convert_complete_grid(dseg_convert_job *job, dseg_grid *grid, dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  const double *given = job->options->spacing;
  const bool is_stack = geometry->space == DSEG_SPACE_PATIENT && geometry->plane_count > 1;
  bool unknown[3] = {!is_known(geometry->pixel_spacing[1]), !is_known(geometry->pixel_spacing[0]),
                     !is_stack && geometry->space != DSEG_SPACE_SLIDE && !is_known(geometry->slice_thickness) &&
                         !is_known(geometry->spacing_between_slices)};
  for (int axis = 0; axis < 3; axis++) {
    for (int i = 0; unknown[axis] && given[axis] > 0 && i < 3; i++) {
      grid->step[axis][i] *= given[axis]; /* of 1 mm before */
    }
    unknown[axis] = unknown[axis] && !(given[axis] > 0);
  }
  return unknown[0] || unknown[1] || unknown[2] ? refuse(job, unknown, error) : DSEG_OK;
}
