/* volume_write.c - writes a volume in the research format that the name or the options ask for. */
#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/deflate.h"
#include "formats/text.h"
#include "formats/volume_output.h"

typedef struct volume_suffix {
  const char *suffix;
  dseg_volume_format format; /* DSEG_VOLUME_NONE: only read */
} volume_suffix;

/* NULL when it has none of a volume. */
static const volume_suffix *find_suffix(const char *path) {
  static const volume_suffix suffixes[] = {
      /* the longer before those they end with */
      {".seg.nrrd", DSEG_VOLUME_SEG_NRRD}, {".seg.nhdr", DSEG_VOLUME_SEG_NRRD}, {".nrrd", DSEG_VOLUME_NRRD},
      {".nhdr", DSEG_VOLUME_NRRD},         {".nii", DSEG_VOLUME_NIFTI1},        {".nii.gz", DSEG_VOLUME_NIFTI1},
      {".mha", DSEG_VOLUME_METAIMAGE},     {".mhd", DSEG_VOLUME_METAIMAGE},     {".hdr", DSEG_VOLUME_NIFTI1},
      {".img", DSEG_VOLUME_NONE},          {".img.gz", DSEG_VOLUME_NONE},       {".gz", DSEG_VOLUME_NONE},
  };
  for (size_t i = 0; path != NULL && i < sizeof suffixes / sizeof *suffixes; i++) {
    if (dseg_text_has_suffix(path, suffixes[i].suffix)) {
      return &suffixes[i];
    }
  }
  return NULL;
}

dseg_volume_format dseg_volume_format_of(const char *path) {
  const volume_suffix *found = find_suffix(path);
  return found != NULL ? found->format : DSEG_VOLUME_NONE;
}

size_t dseg_volume_stem(const char *path) {
  const volume_suffix *found = find_suffix(path);
  const size_t length = strlen(path);
  const size_t stem = found != NULL ? length - strlen(found->suffix) : length;
  return stem > 0 && path[stem - 1] != '/' ? stem : length;
}

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
      (bits != 0 && bits != 8 && bits != 16 && bits != 32)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "a volume needs a description, voxels of 8, 16 or 32 bits or floats, and a layer");
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

/* NIfTI's suffix says whether it is compressed; elsewhere voxels are, unless the caller or the build says no. */
static dseg_status choose_compression(const dseg_volume_write_options *options, dseg_volume_format format,
                                      dseg_volume_output *output, dseg_error *error) {
  if (options->compression < -1 || options->compression > 12) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "compression level %d is not in 1..12", options->compression);
  }
  output->level = options->compression > 0 ? options->compression : 6;
  if (format == DSEG_VOLUME_NIFTI1 || format == DSEG_VOLUME_NIFTI2) {
    output->is_compressed = dseg_text_has_suffix(output->path, ".gz");
  } else {
    output->is_compressed = options->compression > 0 || (options->compression == 0 && dseg_can_deflate());
  }
  return DSEG_OK;
}

dseg_status dseg_volume_write(const char *path, const dseg_volume *volume, const dseg_volume_write_options *options,
                              dseg_error *error) {
  if (path == NULL || volume == NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "dseg_volume_write: path and volume must not be NULL");
  }
  const dseg_volume_write_options chosen = options != NULL ? *options : (dseg_volume_write_options){0};
  const dseg_volume_format format = chosen.format != DSEG_VOLUME_NONE ? chosen.format : dseg_volume_format_of(path);
  dseg_volume_output output = {.path = path,
                               .volume = volume,
                               .is_detached = dseg_text_has_suffix(path, ".nhdr") ||
                                              dseg_text_has_suffix(path, ".mhd") || dseg_text_has_suffix(path, ".hdr"),
                               .replace = chosen.replace,
                               .threads = chosen.threads,
                               .progress = chosen.progress,
                               .set = chosen.set};
  if (output.is_detached && strpbrk(path, "\r\n") != NULL) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a header cannot name a data file with a line break in its name");
  }
  DSEG_TRY(check_volume(volume, &output, error));
  DSEG_TRY(choose_compression(&chosen, format, &output, error));
  switch (format) {
    case DSEG_VOLUME_NIFTI1:
    case DSEG_VOLUME_NIFTI2: return dseg_nifti_write(&output, format, error);
    case DSEG_VOLUME_NRRD: return dseg_nrrd_write(&output, false, error);
    case DSEG_VOLUME_SEG_NRRD: return dseg_nrrd_write(&output, true, error);
    case DSEG_VOLUME_METAIMAGE: return dseg_metaimage_write(&output, error);
    case DSEG_VOLUME_NONE: break;
  }
  return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                   "'%s': the suffix is none of .nii, .nii.gz, .hdr, .nrrd, .nhdr, .seg.nrrd, .mha, .mhd", path);
}
