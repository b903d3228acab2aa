/* SPDX-License-Identifier: Apache-2.0 */
/* grid.c - the source images, and the planes of the output where they are others than those of the view. */
#include <math.h>
#include <string.h>

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
                                  const dseg_geometry *turn, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  dseg_convert_warnings warnings = {job, name};
  const dseg_reference_options reference_options = {
      .struct_size = sizeof(dseg_reference_options),
      .warnings = options->shared_references ? (dseg_warning_sink){0} : dseg_convert_warning_sink(&warnings),
      .temporary_directory = options->temporary_directory,
      .name = job->names[0],
      .other_patient = options->other_patient,
      .like = like,
      .turn = turn};
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

static void note_margins(void *user, const char *message) {
  const dseg_convert_job *job = user;
  dseg_convert_note(job, dseg_convert_input_name(job), "%s", message);
}

/* Frames of reference have been compared, or need not be. */
static dseg_status derive_onto(dseg_convert_job *job, const dseg_geometry *to, dseg_error *error) {
  dseg_geometry onto = *to;
  onto.frame_of_reference_uid = NULL;
  const dseg_derive_options options = {.struct_size = sizeof options,
                                       .grid = DSEG_VIEW_GRID_ONTO,
                                       .onto = &onto,
                                       .take_source = true,
                                       .warnings = {note_margins, job},
                                       .threads = job->options->threads};
  dseg_source *view = NULL;
  const dseg_status status = dseg_source_derive(job->view, &options, &view, error);
  if (status != DSEG_OK) {
    return dseg_convert_fail_input(job, status, error);
  }
  job->view = view;
  job->same_raster = ((const dseg_view_source *)(const void *)view)->plain;
  job->has_gaps = has_gaps(view, to);
  return DSEG_OK;
}

dseg_status dseg_convert_put_onto(dseg_convert_job *job, const dseg_geometry *to, dseg_error *error) {
  dseg_description *target = job->target;
  const char *own_space = target->geometry.frame_of_reference_uid;
  dseg_plane_position *planes = dseg_description_alloc(target, to->plane_count * sizeof *planes);
  const char *space = dseg_description_strdup(target, to->frame_of_reference_uid);
  if (planes == NULL || (space == NULL && to->frame_of_reference_uid != NULL)) {
    return dseg_convert_fail_memory(job, error);
  }
  DSEG_TRY(derive_onto(job, to, error));
  /* Planes that lie on planes of the source keep their images. */
  memcpy(planes, dseg_source_description(job->view)->geometry.planes, to->plane_count * sizeof *planes);
  target->geometry = *to;
  target->geometry.planes = planes;
  target->geometry.frame_of_reference_uid = own_space != NULL ? own_space : space;
  target->references.shared = dseg_source_description(job->view)->references.shared;
  return job->same_raster ? DSEG_OK : dseg_take_other_pixels(target, error);
}

static bool same_orientation(const double a[6], const double b[6]) {
  bool same = true;
  for (int i = 0; i < 6; i++) {
    same = same && fabs(a[i] - b[i]) <= 0;
  }
  return same;
}

/* The images' patient, study and references. Where they have planes along another axis, the segmentation gets those. */
static dseg_status refer_to_images(dseg_convert_job *job, const char *name, dseg_error *error) {
  dseg_geometry *geometry = &job->target->geometry;
  const dseg_geometry *volume = dseg_convert_volume_to_turn(job);
  double orientation[6];
  memcpy(orientation, geometry->orientation, sizeof orientation);
  DSEG_TRY(add_references(job, name, NULL, volume, error));
  const bool turned = volume != NULL && !same_orientation(orientation, geometry->orientation);
  return turned ? dseg_convert_follow_images(job, error) : DSEG_OK;
}

dseg_status dseg_convert_apply_reference(dseg_convert_job *job, dseg_error *error) {
  const dseg_convert_options *options = job->options;
  const char *grid = dseg_convert_name(job, DSEG_OPTION_GRID);
  const char *name =
      options->reference_count == 1 ? options->references[0] : dseg_convert_name(job, DSEG_OPTION_REFERENCES);
  if (options->grid != DSEG_GRID_REFERENCE) {
    return refer_to_images(job, name, error);
  }
  if (job->target->geometry.space != DSEG_SPACE_PATIENT) {
    dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "%s reference: only for segmentations in patient space", grid);
    return dseg_convert_fail_input(job, DSEG_ERROR_UNSUPPORTED, error);
  }
  const dseg_geometry from = job->target->geometry;
  job->target->geometry.plane_count = 0;
  DSEG_TRY(add_references(job, name, &from, NULL, error));
  const dseg_geometry *to = &job->target->geometry;
  if (to->space != DSEG_SPACE_PATIENT || to->plane_count == 0 || !(to->pixel_spacing[0] > 0) ||
      !(to->pixel_spacing[1] > 0)) {
    dseg_fail(error, DSEG_ERROR_FORMAT, "%s reference: the images have no position, orientation or pixel spacing",
              grid);
    return dseg_convert_fail_file(job, name, DSEG_ERROR_FORMAT, error);
  }
  return derive_onto(job, to, error);
}
