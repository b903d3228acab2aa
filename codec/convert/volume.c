/* SPDX-License-Identifier: Apache-2.0 */
/* volume.c - writes one file in a research format: label maps, layers where segments overlap, or fractions.
 *
 * The source's planes are read straight into the volume; where the file's planes have gaps, or a slide has tiles,
 * each goes to its place and the rest is background. */
#include <stdlib.h>
#include <string.h>

#include "convert/convert.h"
#include "os/os.h"

int convert_check_output(const convert_job *job, const char *path) {
  if (path != cli_standard_output && !job->options->force && os_exists(path)) {
    cli_error(path, "exists; --force replaces it");
    return CLI_OUTPUT;
  }
  return CLI_OK;
}

int convert_check_names(const convert_job *job, const char *const *paths, size_t count) {
  dseg_error error = {0};
  const dseg_status status = dseg_output_set_check(job->outputs, paths, count, &error);
  const char *named = NULL; /* the path that the message begins with */
  for (size_t i = 0; status != DSEG_OK && i < count; i++) {
    const size_t length = strlen(paths[i]);
    if (strncmp(error.message, paths[i], length) == 0 && error.message[length] == ':') {
      named = paths[i];
    }
  }
  return status == DSEG_OK ? CLI_OK : cli_fail(named, status, &error);
}

dseg_status convert_volume_grid(convert_job *job, dseg_grid *grid, size_t **slots, size_t *voxel_count,
                                dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  *slots = malloc((geometry->plane_count + 1) * sizeof **slots);
  if (*slots == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  DSEG_TRY(dseg_geometry_to_grid(geometry, grid, *slots, error));
  *voxel_count = 1;
  for (int axis = 0; axis < 3; axis++) {
    if (grid->size[axis] > 0 && *voxel_count > SIZE_MAX / 4 / grid->size[axis]) {
      return dseg_fail(error, DSEG_ERROR_LIMIT, "the volume is too large for this machine");
    }
    *voxel_count *= grid->size[axis];
  }
  return DSEG_OK;
}

/* Copies a tile to its place in the total pixel matrix; what reaches over the edge is left out. */
static void place_tile(const dseg_geometry *geometry, const dseg_grid *grid, size_t plane, const uint8_t *tile,
                       size_t element, uint8_t *voxels) {
  const dseg_plane_position *position = &geometry->planes[plane];
  if (position->matrix_column >= grid->size[0]) {
    return;
  }
  const size_t room = grid->size[0] - position->matrix_column;
  const size_t columns = geometry->columns < room ? geometry->columns : room;
  for (size_t row = 0; row < geometry->rows && position->matrix_row + row < grid->size[1]; row++) {
    memcpy(voxels + ((position->matrix_row + row) * grid->size[0] + position->matrix_column) * element,
           tile + row * geometry->columns * element, columns * element);
  }
}

static dseg_status fill_tiles(convert_job *job, const dseg_grid *grid, const uint32_t *segments, size_t segment_count,
                              dseg_overlap_policy policy, uint8_t *voxels, dseg_overlap *overlap, dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  const size_t element = job->bits / 8;
  uint8_t *tile = malloc((size_t)geometry->rows * geometry->columns * element + 1);
  if (tile == NULL) {
    dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a tile");
    return DSEG_ERROR_MEMORY;
  }
  dseg_status status = DSEG_OK;
  for (size_t plane = 0; status == DSEG_OK && plane < geometry->plane_count; plane++) {
    status = convert_read_labels(job, plane, 1, segments, segment_count, policy, tile, overlap, error);
    if (status == DSEG_OK) {
      place_tile(geometry, grid, plane, tile, element, voxels);
    }
  }
  free(tile);
  return status;
}

dseg_status convert_fill_labels(convert_job *job, const dseg_grid *grid, const size_t *slots, const uint32_t *segments,
                                size_t segment_count, dseg_overlap_policy policy, void *voxels, dseg_overlap *overlap,
                                dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  if (geometry->space == DSEG_SPACE_SLIDE) {
    return fill_tiles(job, grid, segments, segment_count, policy, voxels, overlap, error);
  }
  const size_t plane_bytes = grid->size[0] * grid->size[1] * (job->bits / 8);
  for (size_t plane = 0; plane < geometry->plane_count;) {
    size_t count = 1;
    while (plane + count < geometry->plane_count && slots[plane + count] == slots[plane] + count) {
      count++;
    }
    uint8_t *place = (uint8_t *)voxels + slots[plane] * plane_bytes;
    DSEG_TRY(convert_read_labels(job, plane, count, segments, segment_count, policy, place, overlap, error));
    plane += count;
  }
  return DSEG_OK;
}

dseg_status convert_fill_fractions(convert_job *job, const dseg_grid *grid, const size_t *slots, size_t segment,
                                   float *voxels, dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  if (geometry->space == DSEG_SPACE_SLIDE) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "fractions of a slide's tiles cannot be written as a volume");
  }
  uint8_t *mask = malloc(pixels + 1);
  if (mask == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
  }
  dseg_status status = DSEG_OK;
  const float scale = (float)job->target->maximum_fraction;
  for (size_t plane = 0; status == DSEG_OK && plane < geometry->plane_count; plane++) {
    status = convert_read_mask(job, segment, plane, mask, error);
    float *out = voxels + slots[plane] * grid->size[0] * grid->size[1];
    for (size_t i = 0; status == DSEG_OK && i < pixels; i++) {
      out[i] = (float)mask[i] / scale;
    }
  }
  free(mask);
  return status;
}

dseg_status convert_fill_stored(convert_job *job, const dseg_grid *grid, const size_t *slots, size_t segment,
                                uint8_t *voxels, dseg_error *error) {
  const dseg_geometry *geometry = &job->target->geometry;
  if (geometry->space == DSEG_SPACE_SLIDE) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "fractions of a slide's tiles cannot be written as a volume");
  }
  for (size_t plane = 0; plane < geometry->plane_count; plane++) {
    uint8_t *place = voxels + slots[plane] * grid->size[0] * grid->size[1];
    DSEG_TRY(convert_read_mask(job, segment, plane, place, error));
  }
  return DSEG_OK;
}

dseg_volume_write_options convert_volume_options(convert_job *job) {
  const convert_options *options = job->options;
  return (dseg_volume_write_options){
      .struct_size = sizeof(dseg_volume_write_options),
      .suffix = options->suffix,
      .nifti2 = options->nifti2,
      .compression = options->compression,
      .threads = options->threads,
      .progress = cli_progress_sink(&job->progress),
  };
}

/* A volume being made. */
typedef struct volume_work {
  dseg_volume volume;
  size_t *slots;
  size_t voxel_count; /* of one layer */
  void *voxels;       /* of dseg_labels_alloc */
  size_t voxels_size; /* bytes of it */
  uint32_t *layer_of; /* by segment of the target */
  uint32_t *members;  /* segments of one layer, indices in the source */
  dseg_overlap overlap;
} volume_work;

static dseg_status allocate(volume_work *work, size_t layers, size_t element, dseg_error *error) {
  dseg_labels_free(work->voxels, work->voxels_size);
  work->voxels = NULL;
  work->volume.layer_count = layers;
  if (work->voxel_count == 0 || layers <= SIZE_MAX / element / work->voxel_count) {
    /* Zeros are the background, and cost nothing until they are written to. */
    work->voxels_size = work->voxel_count * layers * element;
    work->voxels = dseg_labels_alloc(work->voxels_size);
  }
  work->volume.voxels = work->voxels;
  if (work->voxels == NULL) {
    dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu x %zu voxels", layers, work->voxel_count);
    return DSEG_ERROR_MEMORY;
  }
  return DSEG_OK;
}

/* Gives all voxels the value that stands for "no segment"; they are zeros before. */
static void fill_background(const convert_job *job, volume_work *work) {
  if (job->target->background != 0) {
    convert_fill(work->voxels, job->bits, work->voxel_count * work->volume.layer_count, job->target->background);
  }
}

static dseg_status read_fractions(convert_job *job, volume_work *work, dseg_error *error) {
  const size_t count = job->target->segment_count;
  DSEG_TRY(allocate(work, count > 0 ? count : 1, sizeof(float), error));
  for (size_t i = 0; i < count; i++) {
    cli_progress_show(&job->progress, i, count);
    DSEG_TRY(convert_fill_fractions(job, &work->volume.grid, work->slots, i,
                                    (float *)work->voxels + i * work->voxel_count, error));
    work->layer_of[i] = (uint32_t)i;
  }
  work->volume.layer_of_segment = work->layer_of;
  return DSEG_OK;
}

static dseg_status read_layers(convert_job *job, volume_work *work, dseg_error *error) {
  size_t layers = 0;
  DSEG_TRY(convert_assign_layers(job, work->layer_of, &layers, error));
  DSEG_TRY(allocate(work, layers, job->bits / 8, error));
  fill_background(job, work);
  for (size_t layer = 0; layer < layers; layer++) {
    size_t count = 0;
    for (size_t i = 0; i < job->target->segment_count; i++) {
      if (work->layer_of[i] == layer && !convert_is_absent(job, i)) {
        work->members[count++] = job->source_segment[i];
      }
    }
    uint8_t *place = (uint8_t *)work->voxels + layer * work->voxel_count * (job->bits / 8);
    DSEG_TRY(convert_fill_labels(job, &work->volume.grid, work->slots, work->members, count, DSEG_OVERLAP_ERROR, place,
                                 &work->overlap, error));
  }
  work->volume.layer_of_segment = work->layer_of;
  return DSEG_OK;
}

/* The voxels of the source, where they are those of the volume: a second copy would take as much memory again. */
static const void *view_source(const convert_job *job, const volume_work *work) {
  const dseg_geometry *geometry = &job->target->geometry;
  const dseg_description *source = dseg_source_description(job->source);
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  if (!job->map.same_raster || job->target->background != 0 || geometry->space == DSEG_SPACE_SLIDE ||
      job->read_count != source->segment_count || geometry->plane_count != source->geometry.plane_count ||
      work->voxel_count != pixels * geometry->plane_count) {
    return NULL;
  }
  for (size_t i = 0; i < geometry->plane_count; i++) {
    if (job->map.source_plane[i] != (ptrdiff_t)i || work->slots[i] != i) {
      return NULL;
    }
  }
  return dseg_source_view_labels(job->source, job->bits, job->values);
}

/* DSEG_ERROR_OVERLAP when one layer would lose overlap and more than one is not possible or not wanted. */
static dseg_status read_voxels(convert_job *job, volume_work *work, dseg_error *error) {
  if (job->fractions) {
    return read_fractions(job, work, error);
  }
  const convert_options *options = job->options;
  const bool flattened = options->overlap_given && options->overlap != DSEG_OVERLAP_ERROR;
  work->volume.layer_count = 1;
  work->volume.voxels = view_source(job, work);
  if (work->volume.voxels != NULL) {
    return DSEG_OK;
  }
  DSEG_TRY(allocate(work, 1, job->bits / 8, error));
  fill_background(job, work);
  DSEG_TRY(convert_fill_labels(job, &work->volume.grid, work->slots, NULL, 0,
                               flattened ? options->overlap : DSEG_OVERLAP_FIRST, work->voxels, &work->overlap, error));
  if (work->overlap.voxels == 0 || flattened) {
    return DSEG_OK;
  }
  if ((job->format->flags & DSEG_VOLUME_LABEL_LAYERS) != 0 && !options->overlap_given) {
    return read_layers(job, work, error);
  }
  return DSEG_ERROR_OVERLAP;
}

dseg_output convert_output(const convert_job *job, const char *path) {
  const unsigned flags =
      (job->options->force ? DSEG_OUTPUT_REPLACE : 0u) | (job->options->sync ? DSEG_OUTPUT_SYNC : 0u);
  return cli_output(path, flags, job->outputs);
}

int convert_refuse_fractions(const convert_job *job) {
  cli_error(job->options->output, "%s does not hold fractions: give --threshold, or write .nii.gz or .nrrd",
            job->format->name);
  return CLI_OUTPUT;
}

static int check_fractions(const convert_job *job) {
  const bool several = job->target->segment_count > 1;
  if ((job->format->flags & DSEG_VOLUME_FRACTIONS) == 0) {
    return convert_refuse_fractions(job);
  }
  if (several && (job->format->flags & DSEG_VOLUME_FRACTION_LAYERS) == 0) {
    cli_error(job->options->output,
              "the fractions of %zu segments do not fit one volume of this format: use --split, --segments, "
              "--threshold or .nii.gz",
              job->target->segment_count);
    return CLI_OUTPUT;
  }
  return CLI_OK;
}

static int run(convert_job *job, volume_work *work) {
  const convert_options *options = job->options;
  dseg_error error = {0};
  dseg_status status = convert_volume_grid(job, &work->volume.grid, &work->slots, &work->voxel_count, &error);
  if (status == DSEG_OK) {
    status = read_voxels(job, work, &error);
  }
  if (status == DSEG_ERROR_OVERLAP) {
    return convert_refuse_overlap(job, &work->overlap, "a volume holds one segment for each voxel",
                                  "use --split, --overlap first or last, or write .seg.nrrd");
  }
  if (status != DSEG_OK) {
    return convert_fail_input(job, status, &error);
  }
  const dseg_volume_write_options volume_options = convert_volume_options(job);
  const dseg_output output = convert_output(job, options->output);
  status = dseg_volume_write_to(&output, &work->volume, &volume_options, &error);
  return status == DSEG_OK ? CLI_OK : convert_fail_output(job, options->output, status, &error);
}

int convert_to_volume(convert_job *job) {
  const size_t segments = job->target->segment_count;
  int exit_code = job->fractions ? check_fractions(job) : CLI_OK;
  if (exit_code == CLI_OK) {
    exit_code = convert_check_output(job, job->options->output);
  }
  if (exit_code != CLI_OK) {
    return exit_code;
  }
  volume_work work = {.volume = {.struct_size = sizeof(dseg_volume),
                                 .description = job->target,
                                 .bits = job->fractions ? 0 : job->bits}};
  work.layer_of = calloc(segments + 1, sizeof *work.layer_of);
  work.members = calloc(segments + 1, sizeof *work.members);
  if (work.layer_of == NULL || work.members == NULL) {
    exit_code = convert_fail_memory(job);
  } else {
    cli_progress_begin(&job->progress, job->options->output);
    exit_code = run(job, &work);
    cli_progress_end(&job->progress);
  }
  job->result.layers = work.volume.layer_count;
  free(work.slots);
  dseg_labels_free(work.voxels, work.voxels_size);
  free(work.layer_of);
  free(work.members);
  if (exit_code == CLI_OK && !convert_add_file(job, job->options->output)) {
    exit_code = convert_fail_memory(job);
  }
  return exit_code;
}
