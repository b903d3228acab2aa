/* SPDX-License-Identifier: Apache-2.0 */
/* volume_write.c - writes a volume in the research format that the name or the options ask for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/deflate.h"
#include "base/options.h"
#include "formats/text.h"
#include "formats/volume_formats.h"

static dseg_status check_grid(const dseg_grid *grid, dseg_error *error) {
  for (size_t axis = 0; axis < 3; axis++) {
    const double spacing = dseg_grid_spacing(grid, axis);
    if (grid->size[axis] == 0 || !isfinite(grid->origin[axis]) || !isfinite(spacing) || spacing <= 0) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "axis %zu of the volume has %zu voxels, spacing %g mm, origin %g mm",
                       axis, grid->size[axis], spacing, grid->origin[axis]);
    }
  }
  return DSEG_OK;
}

static dseg_status check_volume(const dseg_volume *volume, dseg_volume_output *output, dseg_error *error) {
  const unsigned bits = volume->bits;
  if (volume->description == NULL || volume->voxels == NULL || volume->layer_count == 0 ||
      (bits != 0 && bits != 8 && bits != 16 && bits != 32 && bits != 64)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "a volume needs a description, voxels of 8, 16 or 32 bits or floats of 32 or 64, and a layer");
  }
  DSEG_TRY(check_grid(&volume->grid, error));
  output->voxel_bytes = bits != 0 ? bits / 8 : sizeof(float);
  const size_t *size = volume->grid.size;
  if (!dseg_mul_size(size[0], size[1], &output->layer_voxels) ||
      !dseg_mul_size(output->layer_voxels, size[2], &output->layer_voxels) ||
      !dseg_mul_size(output->layer_voxels, output->voxel_bytes, &output->bytes) ||
      !dseg_mul_size(output->bytes, volume->layer_count, &output->bytes)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "the volume is larger than the address space");
  }
  for (size_t i = 0; volume->layer_of_segment != NULL && i < volume->description->segment_count; i++) {
    if (volume->layer_of_segment[i] >= volume->layer_count) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT, "segment %zu is in layer %lu of %zu", i,
                       (unsigned long)volume->layer_of_segment[i], volume->layer_count);
    }
  }
  return DSEG_OK;
}

/* Where the suffix does not say it, voxels are compressed unless the caller or the build says no. */
static dseg_status choose_compression(const dseg_volume_write_options *options, unsigned suffix,
                                      dseg_volume_output *output, dseg_error *error) {
  if (options->compression < -1 || options->compression > 12) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "compression level %d is not in 1..12", options->compression);
  }
  output->level = options->compression > 0 ? options->compression : 6;
  if ((suffix & (DSEG_SUFFIX_PLAIN | DSEG_SUFFIX_COMPRESSED)) != 0) {
    output->is_compressed = (suffix & DSEG_SUFFIX_COMPRESSED) != 0;
  } else {
    output->is_compressed = options->compression > 0 || (options->compression == 0 && dseg_can_deflate());
  }
  return DSEG_OK;
}

/* A header and its voxels are two files. */
static dseg_status check_detached(const dseg_output *output, const char *suffix, dseg_error *error) {
  if (output->path == NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "%s has its voxels in another file, which only an output with a path can have beside it", suffix);
  }
  if (strpbrk(output->path, "\r\n") != NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a header cannot name a data file with a line break in its name");
  }
  return DSEG_OK;
}

static dseg_status fail_suffix(const char *name, dseg_error *error) {
  char list[200] = "";
  size_t used = 0;
  const char *suffix = NULL;
  for (size_t i = 0; (suffix = dseg_volume_suffix_at(i)) != NULL && used + strlen(suffix) + 3 < sizeof list; i++) {
    used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", suffix);
  }
  return dseg_fail(error, DSEG_ERROR_ARGUMENT, "'%.300s': the suffix is none of %s", name, list);
}

static dseg_status write_volume(const dseg_output *to, const dseg_volume *volume,
                                const dseg_volume_write_options *options, dseg_volume_files *files, dseg_error *error) {
  const char *name = options->suffix != NULL ? options->suffix : to->path;
  if (name == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "a volume for a buffer or a function needs options.suffix, which names its format");
  }
  const dseg_volume_suffix *suffix = NULL;
  const dseg_volume_kind *kind = dseg_volume_find(name, &suffix);
  dseg_volume_output output = {.to = to,
                               .volume = volume,
                               .is_detached = kind != NULL && (suffix->flags & DSEG_SUFFIX_DETACHED) != 0,
                               .nifti2 = options->nifti2,
                               .threads = options->threads,
                               .progress = options->progress,
                               .files = files};
  if (output.is_detached) {
    DSEG_TRY(check_detached(to, suffix->text, error));
  }
  DSEG_TRY(check_volume(volume, &output, error));
  if (kind == NULL || (suffix->flags & DSEG_SUFFIX_READ_ONLY) != 0) {
    return fail_suffix(name, error);
  }
  DSEG_TRY(choose_compression(options, suffix->flags, &output, error));
  return kind->write(&output, error);
}

dseg_status dseg_volume_write_files(const dseg_output *output, const dseg_volume *volume,
                                    const dseg_volume_write_options *options, dseg_volume_files *files,
                                    dseg_error *error) {
  dseg_error_clear(error);
  if (volume == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_volume_write_to: volume must not be NULL");
  }
  dseg_output to;
  dseg_volume complete;
  dseg_volume_write_options chosen;
  DSEG_TRY(dseg_output_copy(&to, output, error));
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_volume, &complete, volume, error));
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_volume_write_options, &chosen, options, error));
  return write_volume(&to, &complete, &chosen, files, error);
}

void dseg_volume_files_free(dseg_volume_files *files) {
  for (size_t i = 0; i < files->count; i++) {
    free(files->paths[i]);
  }
  *files = (dseg_volume_files){.count = 0};
}

dseg_status dseg_volume_write_to(const dseg_output *output, const dseg_volume *volume,
                                 const dseg_volume_write_options *options, dseg_error *error) {
  dseg_error_clear(error);
  return dseg_volume_write_files(output, volume, options, NULL, error);
}

dseg_status dseg_volume_write(const char *path, const dseg_volume *volume, const dseg_volume_write_options *options,
                              dseg_error *error) {
  dseg_error_clear(error);
  if (path == NULL || volume == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_volume_write: path and volume must not be NULL");
  }
  dseg_volume complete;
  dseg_volume_write_options chosen;
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_volume, &complete, volume, error));
  DSEG_TRY(DSEG_COPY_OPTIONS(dseg_volume_write_options, &chosen, options, error));
  const dseg_output output = dseg_output_to_file(path, chosen.replace ? DSEG_OUTPUT_REPLACE : 0, chosen.set);
  return write_volume(&output, &complete, &chosen, NULL, error);
}
