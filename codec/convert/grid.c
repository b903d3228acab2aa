/* SPDX-License-Identifier: Apache-2.0 */
/* grid.c - the source images, and the planes of the output where they are others than those of the view. */
#include "convert/job.h"
#include "dseg/view.h"
#include "sources/view.h"

static void share_references(dseg_description *target) {
  target->references.shared = true;
  for (size_t i = 0; i < target->geometry.plane_count; i++) {
    target->geometry.planes[i].source = -1;
  }
}

/* The images' patient, study, references, and their geometry where the target's is empty. */
static dseg_status add_references(dseg_convert_job *job, const char *name, const dseg_geometry *like,
                                  dseg_error *error) {
  const dseg_convert_options *options = job->options;
  dseg_convert_warnings warnings = {job, name};
  const dseg_reference_options reference_options = {
      .struct_size = sizeof(dseg_reference_options),
      .warnings = options->shared_references ? (dseg_warning_sink){0} : dseg_convert_warning_sink(&warnings),
      .temporary_directory = options->temporary_directory,
      .name = job->names[0],
      .other_patient = options->other_patient,
      .like = like};
  const dseg_status status = dseg_description_add_reference(job->target, options->references, options->reference_count,
                                                            &reference_options, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_file(job, name, status, error);
  }
  if (options->shared_references) {
    share_references(job->target);
  }
  return DSEG_OK;
}

/* Whether a voxel of the view has no place in what it shows. */
static bool has_gaps(const dseg_source *view, const dseg_geometry *geometry) {
  const dseg_raster_map *map = &((const dseg_view_source *)(const void *)view)->map;
  for (int axis = 0; axis < 3; axis++) {
    for (size_t i = 0; i < dseg_raster_size(geometry, axis); i++) {
      if (map->index[axis][i] < 0) {
        return true;
      }
    }
  }
  return false;
}

/* Puts the view on the planes of the target's geometry. Frames of reference have been compared, or need not be. */
static dseg_status put_onto(dseg_convert_job *job, dseg_error *error) {
  dseg_geometry onto = job->target->geometry;
  onto.frame_of_reference_uid = NULL;
  dseg_convert_warnings warnings = {job, dseg_convert_input_name(job)};
  const dseg_derive_options options = {.struct_size = sizeof options,
                                       .grid = DSEG_VIEW_GRID_ONTO,
                                       .onto = &onto,
                                       .take_source = job->view != job->source,
                                       .warnings = dseg_convert_warning_sink(&warnings),
                                       .threads = job->options->threads};
  dseg_source *view = NULL;
  const dseg_status status = dseg_source_derive(job->view, &options, &view, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  job->view = view;
  job->same_raster = ((const dseg_view_source *)(const void *)view)->plain;
  job->has_gaps = has_gaps(view, &job->target->geometry);
  return DSEG_OK;
}

dseg_status dseg_convert_apply_reference(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const char *grid = dseg_convert_name(job, DSEG_OPTION_GRID);
  const char *name =
      options->reference_count == 1 ? options->references[0] : dseg_convert_name(job, DSEG_OPTION_REFERENCES);
  if (options->grid != DSEG_GRID_REFERENCE) {
    return add_references(job, name, NULL, error);
  }
  if (job->target->geometry.space != DSEG_SPACE_PATIENT) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "%s reference: only for segmentations in patient space", grid);
    return dseg_convert_fail_input(job, DSEG_ERROR_UNSUPPORTED, error);
  }
  const dseg_geometry from = job->target->geometry;
  job->target->geometry.plane_count = 0;
  DSEG_TRY(add_references(job, name, &from, error));
  const dseg_geometry *to = &job->target->geometry;
  if (to->space != DSEG_SPACE_PATIENT || to->plane_count == 0 || !(to->pixel_spacing[0] > 0) ||
      !(to->pixel_spacing[1] > 0)) {
    dseg_fail(error, DSEG_ERROR_FORMAT, "%s reference: the images have no position, orientation or pixel spacing",
              grid);
    return dseg_convert_fail_file(job, name, DSEG_ERROR_FORMAT, error);
  }
  return put_onto(job, error);
}
