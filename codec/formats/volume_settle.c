/* SPDX-License-Identifier: Apache-2.0 */
/* volume_settle.c - what a header leaves open, or says in another sense than a segmentation's: spacings that are not
 * there, and volumes that are no layers of segments. */
#include <math.h>
#include <string.h>

#include "formats/volume.h"
#include "formats/volume_output.h"
#include "formats/volume_voxels.h"

/* Spacings of headers are 32-bit floats at times. */
#define SAME_SPACING 1e-4

const dseg_warning_sink *dseg_volume_notes(const dseg_open_options *options) {
  return options->notes.warn != NULL ? &options->notes : &options->warnings;
}

static dseg_status settle_spacing(dseg_volume_content *content, const dseg_open_options *options, dseg_error *error) {
  for (size_t axis = 0; axis < 3; axis++) {
    const double given = options->spacing[axis];
    const double here = dseg_grid_spacing(&content->grid, axis);
    if (given == 0) {
      continue;
    }
    if (!(given > 0) || !isfinite(given)) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "--spacing: %g is no distance of voxels", given);
    }
    if (!content->no_spacing[axis] && fabs(here - given) > SAME_SPACING * given) {
      return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                       "--spacing gives %g mm along axis %zu, and the header says %g mm: it is of use where the header "
                       "says nothing",
                       given, axis + 1, here);
    }
    for (size_t i = 0; content->no_spacing[axis] && here > 0 && i < 3; i++) {
      content->grid.step[axis][i] *= given / here;
    }
    content->no_spacing[axis] = false;
  }
  return DSEG_OK;
}

/* Only the segments of the layer that is left, which is the first now. */
static void keep_layer(dseg_volume_content *content, size_t layer) {
  size_t kept = 0;
  for (size_t i = 0; i < content->declared_count; i++) {
    if (content->declared[i].layer == layer) {
      content->declared[kept] = content->declared[i];
      content->declared[kept++].layer = 0;
    }
  }
  content->declared_count = kept;
}

static dseg_status take_volume(dseg_volume_content *content, const dseg_open_options *options, dseg_error *error) {
  dseg_raw_volume *raw = &content->raw;
  if (raw->looked == NULL) { /* what passed by was looked at in this volume alone */
    DSEG_TRY(dseg_volume_separate(raw, options, error));
    raw->offset += (options->volume - 1) * raw->layer_voxels * dseg_voxel_size(raw->type);
  }
  raw->layer_count = 1;
  raw->run = raw->layer_voxels;
  keep_layer(content, options->volume - 1);
  return DSEG_OK;
}

dseg_status dseg_volume_check_layers(const dseg_volume_content *content, const dseg_open_options *options,
                                     dseg_error *error) {
  const size_t count = content->raw.layer_count;
  if (options->volume > count) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "--volume %zu: the file has %zu", options->volume, count);
  }
  if (count > 1 && options->volume == 0 && content->volumes_are != NULL && content->declared_count == 0 &&
      !options->all_volumes) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "its %zu volumes are %s, and a segmentation has one: --volume N takes one of them, --volume all "
                     "takes each for a "
                     "layer of segments",
                     count, content->volumes_are);
  }
  return DSEG_OK;
}

dseg_status dseg_volume_settle(dseg_volume_content *content, const dseg_open_options *options, dseg_error *error) {
  DSEG_TRY(settle_spacing(content, options, error));
  return options->volume > 0 ? take_volume(content, options, error) : DSEG_OK;
}

void dseg_volume_note_layers(const dseg_volume_content *content, const dseg_open_options *options) {
  if (content->raw.layer_count > 1 && !content->has_layers && content->declared_count == 0 && !options->all_volumes) {
    dseg_warn(dseg_volume_notes(options),
              "its %zu volumes are taken for layers of segments: the header does not say what they are",
              content->raw.layer_count);
  }
}

void dseg_volume_forget_place(const dseg_volume_content *content) {
  dseg_geometry *geometry = &content->description->geometry;
  const bool *unknown = content->no_spacing;
  geometry->pixel_spacing[1] = unknown[0] ? 0 : geometry->pixel_spacing[1];
  geometry->pixel_spacing[0] = unknown[1] ? 0 : geometry->pixel_spacing[0];
  if (unknown[2]) {
    geometry->slice_thickness = 0;
    geometry->spacing_between_slices = 0;
  }
  if (unknown[0] || unknown[1] || (unknown[2] && geometry->plane_count > 1)) {
    geometry->space = DSEG_SPACE_NONE;
  }
}
