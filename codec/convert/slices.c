/* SPDX-License-Identifier: Apache-2.0 */
/* slices.c - which planes the output has before images are asked: those of another file, those along another axis of
 * the input, or without empty ones at both ends.
 *
 * A research format lists axes in an order of its own, mostly right, front, head: which of them is listed last says
 * nothing about what was acquired, and viewers show planes on images only where they are parallel to them. */
#include <stdlib.h>
#include <string.h>

#include "convert/job.h"
#include "dseg/view.h"
#include "model/raster_turn.h"
#include "sources/view.h"

static const char axis_names[3] = {'i', 'j', 'k'};

/* The frame of reference of a file whose grid is taken must be that of the input, where both come from images. */
static dseg_status check_space(dseg_convert_job *job, const dseg_description *file, dseg_error *error) {
  const dseg_description *target = job->target;
  const char *own = target->geometry.frame_of_reference_uid;
  const char *other = file->geometry.frame_of_reference_uid;
  const bool made = target->identity.frame_of_reference_made || file->identity.frame_of_reference_made;
  if (own == NULL || other == NULL || made || job->options->other_patient || strcmp(own, other) == 0) {
    return DSEG_OK;
  }
  dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "it lies in frame of reference %.64s, the input in %.64s (0020,0052)", other,
            own);
  return dseg_convert_fail_file(job, job->options->grid_file, DSEG_ERROR_UNSUPPORTED, error);
}

static dseg_status put_onto_planes_of(dseg_convert_job *job, const dseg_description *file, dseg_error *error) {
  dseg_geometry whole;
  DSEG_TRY(check_space(job, file, error));
  const dseg_status status = dseg_raster_complete(&file->geometry, &whole, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_file(job, job->options->grid_file, status, error);
  }
  if (file->identity.frame_of_reference_made) {
    whole.frame_of_reference_uid = NULL;
  }
  const dseg_status put = dseg_convert_put_onto(job, &whole, error);
  free(whole.planes);
  return put;
}

static dseg_status put_onto_file(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  dseg_convert_warnings warnings = {job, options->grid_file};
  const dseg_open_options open_options = {.struct_size = sizeof open_options,
                                          .warnings = dseg_convert_warning_sink(&warnings),
                                          .memory_limit = options->memory_limit,
                                          .threads = options->threads,
                                          .temporary_directory = options->temporary_directory,
                                          .outputs = job->set,
                                          .describe_only = true,
                                          .all_volumes = true};
  dseg_source *file = NULL;
  dseg_status status = dseg_open(options->grid_file, &open_options, &file, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_file(job, options->grid_file, status, error);
  }
  status = put_onto_planes_of(job, dseg_source_description(file), error);
  dseg_source_close(file);
  return status;
}

static int axis_of(const dseg_geometry *geometry, dseg_slice_axis asked) {
  switch (asked) {
    case DSEG_SLICES_I: return 0;
    case DSEG_SLICES_J: return 1;
    case DSEG_SLICES_SAGITTAL: return dseg_raster_axis_along(geometry, DSEG_AXIS_SAGITTAL);
    case DSEG_SLICES_CORONAL: return dseg_raster_axis_along(geometry, DSEG_AXIS_CORONAL);
    case DSEG_SLICES_AXIAL: return dseg_raster_axis_along(geometry, DSEG_AXIS_AXIAL);
    default: return 2;
  }
}

static dseg_status turn_to(dseg_convert_job *job, int axis, dseg_error *error) {
  dseg_geometry turned;
  const dseg_status status = dseg_raster_turn(&job->target->geometry, axis, NULL, &turned, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  const dseg_status put = dseg_convert_put_onto(job, &turned, error);
  free(turned.planes);
  return put;
}

/* Whether the planes of the input are only how its format lists voxels. */
static bool is_volume(const dseg_convert_job *job) {
  return strcmp(dseg_source_format(job->source), "DICOM") != 0 && job->target->geometry.space == DSEG_SPACE_PATIENT &&
         !job->options->ascending;
}

static dseg_status turn_coarse_axis(dseg_convert_job *job, dseg_error *error) {
  double ratio = 1;
  const int axis = dseg_raster_coarse_axis(&job->target->geometry, &ratio);
  dseg_geometry turned;
  if (axis == 2) {
    return DSEG_OK;
  }
  dseg_error why = {.status = DSEG_OK};
  if (dseg_raster_turn(&job->target->geometry, axis, NULL, &turned, &why) != DSEG_OK) {
    return why.status == DSEG_ERROR_MEMORY ? dseg_convert_fail_memory(job, error) : DSEG_OK; /* it stays as it is */
  }
  const dseg_status status = dseg_convert_put_onto(job, &turned, error);
  free(turned.planes);
  if (status == DSEG_OK) {
    dseg_convert_note(job, dseg_convert_input_name(job),
                      "its voxels lie %.3g times as far apart along axis %c as along the others: that becomes the axis "
                      "of planes (%s k keeps those of the input)",
                      ratio, axis_names[axis], dseg_convert_name(job, DSEG_OPTION_SLICE_AXIS));
  }
  return status;
}

static dseg_status choose_axis(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const dseg_geometry *geometry = &job->target->geometry;
  if (options->slice_axis != DSEG_SLICES_AUTO) {
    if (geometry->space != DSEG_SPACE_PATIENT) {
      dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "%s: only for segmentations in patient space",
                dseg_convert_name(job, DSEG_OPTION_SLICE_AXIS));
      return dseg_convert_fail_input(job, DSEG_ERROR_UNSUPPORTED, error);
    }
    const int axis = axis_of(geometry, options->slice_axis);
    return axis != 2 ? turn_to(job, axis, error) : DSEG_OK;
  }
  const bool free_to_choose = job->format == NULL && options->reference_count == 0 && is_volume(job);
  return free_to_choose ? turn_coarse_axis(job, error) : DSEG_OK;
}

/* Leaves out empty planes at both ends. keep: the view as it is becomes whole_view. */
static dseg_status tighten(dseg_convert_job *job, bool keep, dseg_error *error) {
  if (job->read_count == 0) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "%s tight: no segment that it could hold",
              dseg_convert_name(job, DSEG_OPTION_GRID));
    return dseg_convert_fail_input(job, DSEG_ERROR_UNSUPPORTED, error);
  }
  const dseg_derive_options options = {.struct_size = sizeof options,
                                       .grid = DSEG_VIEW_GRID_TIGHT,
                                       .take_source = !keep,
                                       .threads = job->options->threads};
  dseg_source *view = NULL;
  const dseg_status status = dseg_source_derive(job->view, &options, &view, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  job->whole_view = keep ? job->view : NULL;
  job->view = view;
  /* All that was said of the planes but which they are stays. */
  const dseg_geometry *tight = &dseg_source_description(view)->geometry;
  job->target->geometry.planes = tight->planes;
  job->target->geometry.plane_count = tight->plane_count;
  return DSEG_OK;
}

static bool may_follow_images(const dseg_convert_job *job) {
  const dseg_convert_options *options = job->options;
  return options->reference_count > 0 && options->slice_axis == DSEG_SLICES_AUTO &&
         options->grid != DSEG_GRID_REFERENCE && options->grid != DSEG_GRID_FILE && !options->shared_references &&
         job->target->geometry.space == DSEG_SPACE_PATIENT;
}

dseg_status dseg_convert_choose_planes(dseg_convert_job *job, dseg_error *error) {
  const dseg_grid_choice grid = job->options->grid;
  DSEG_TRY(grid == DSEG_GRID_FILE        ? put_onto_file(job, error)
           : grid == DSEG_GRID_REFERENCE ? DSEG_OK
                                         : choose_axis(job, error));
  return grid == DSEG_GRID_TIGHT ? tighten(job, may_follow_images(job), error) : DSEG_OK;
}

const dseg_geometry *dseg_convert_volume_to_turn(const dseg_convert_job *job) {
  const dseg_source *whole = job->whole_view != NULL ? job->whole_view : job->view;
  return may_follow_images(job) ? &dseg_source_description(whole)->geometry : NULL;
}

dseg_status dseg_convert_follow_images(dseg_convert_job *job, dseg_error *error) {
  const dseg_geometry turned = job->target->geometry;
  const dseg_references references = job->target->references;
  if (job->whole_view != NULL) {
    dseg_source_close(job->view);
    job->view = job->whole_view;
    job->whole_view = NULL;
  }
  const int axis = dseg_raster_axis_across(&dseg_source_description(job->view)->geometry, turned.orientation);
  DSEG_TRY(dseg_convert_put_onto(job, &turned, error));
  job->target->geometry = turned; /* whose planes have the images */
  job->target->references = references;
  dseg_convert_note(job, dseg_convert_input_name(job),
                    "axis %c becomes the axis of planes, as the reference images have it (%s k keeps those of the "
                    "input)",
                    axis_names[axis], dseg_convert_name(job, DSEG_OPTION_SLICE_AXIS));
  if (job->options->grid != DSEG_GRID_TIGHT) {
    return DSEG_OK;
  }
  DSEG_TRY(tighten(job, false, error));
  /* The planes that are left, with their images: the map of the view says which they are. */
  job->target->geometry.planes = turned.planes + ((const dseg_view_source *)(const void *)job->view)->map.index[2][0];
  return DSEG_OK;
}

void dseg_convert_note_shift(const dseg_convert_job *job) {
  const dseg_geometry *geometry = &job->target->geometry;
  dseg_grid grid;
  if (geometry->space != DSEG_SPACE_PATIENT || geometry->plane_count < 2 ||
      dseg_geometry_to_grid(geometry, &grid, NULL, NULL) != DSEG_OK) {
    return;
  }
  const double shift = dseg_grid_shift(&grid);
  if (shift > 0) {
    dseg_convert_note(job, job->output_name,
                      "planes are shifted against each other by %.2f mm each, as with a tilted gantry: a sheared grid, "
                      "which ITK does not read",
                      shift);
  }
}
