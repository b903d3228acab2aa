/* SPDX-License-Identifier: Apache-2.0 */
/* write.c - makes and writes a phantom: DICOM objects plane by plane, volumes as a whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "cli/streams.h"
#include "os/os.h"
#include "phantom/phantom.h"

typedef struct work {
  phantom *made;
  const char *path;
  dseg_output_set *outputs;
  bool replace;
  unsigned threads;
  cli_progress progress;
  uint16_t *plane[2]; /* labels, and those that may overlap them */
  uint8_t *mask;
} work;

static size_t plane_pixels(const work *job) {
  return job->made->spec.size[0] * job->made->spec.size[1];
}

/* The masks of a plane of two layers, by ascending segment. */
static dseg_status write_masks(work *job, dseg_writer *writer, size_t plane, dseg_error *error) {
  const size_t pixels = plane_pixels(job);
  const unsigned labels = job->made->spec.labels;
  uint8_t *present = calloc(labels + 1, 1);
  if (present == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  for (size_t i = 0; i < pixels; i++) {
    present[job->plane[0][i]] = 1;
    present[job->plane[1][i]] = 1;
  }
  dseg_status status = DSEG_OK;
  for (unsigned label = 1; status == DSEG_OK && label <= labels; label++) {
    if (present[label] != 0) {
      const uint16_t *layer = job->plane[phantom_is_inner(label) ? 1 : 0];
      for (size_t i = 0; i < pixels; i++) {
        job->mask[i] = layer[i] == label;
      }
      status = dseg_writer_write_mask(writer, plane, label - 1, job->mask, error);
    }
  }
  free(present);
  return status;
}

static dseg_status write_planes(work *job, dseg_writer *writer, dseg_error *error) {
  const size_t planes = job->made->spec.size[2];
  for (size_t plane = 0; plane < planes; plane++) {
    cli_progress_show(&job->progress, plane, planes);
    DSEG_TRY(phantom_read_plane(job->made, plane, job->plane[0], job->plane[1], error));
    DSEG_TRY(job->made->spec.overlap ? write_masks(job, writer, plane, error)
                                     : dseg_writer_write_labels(writer, plane, job->plane[0], 16, error));
  }
  return dseg_writer_finish(writer, error);
}

/* UIDs follow from what the phantom is. */
static dseg_status write_dicom(work *job, dseg_error *error) {
  const phantom_spec *spec = &job->made->spec;
  char seed[400];
  cli_fix_date();
  snprintf(seed, sizeof seed, "phantom %u labels, %zu x %zu x %zu, %.3f x %.3f x %.3f mm, %zu x %zu x %zu, %d, %lu",
           spec->labels, spec->size[0], spec->size[1], spec->size[2], spec->spacing[0], spec->spacing[1],
           spec->spacing[2], spec->coarse[0], spec->coarse[1], spec->coarse[2], spec->overlap ? 1 : 0,
           (unsigned long)spec->seed);
  cli_warnings warnings = {.file = job->path};
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = spec->overlap ? "binary" : "labelmap",
                                      .replace = job->replace,
                                      .set = job->outputs,
                                      .concatenation = true,
                                      .uid_seed = seed,
                                      .date_time = cli_date_time(),
                                      .warnings = cli_warning_sink(&warnings),
                                      .threads = job->threads};
  dseg_writer *writer = NULL;
  dseg_status status = dseg_writer_create(job->path, job->made->description, &options, &writer, error);
  if (status == DSEG_OK) {
    status = write_planes(job, writer, error);
  }
  dseg_writer_destroy(writer);
  cli_warnings_end(&warnings);
  return status;
}

/* 16 bit labels to the volume's bits. */
static void store(const uint16_t *labels, size_t count, unsigned bits, void *out) {
  if (bits == 16) {
    memcpy(out, labels, count * sizeof *labels);
    return;
  }
  uint8_t *bytes = out;
  for (size_t i = 0; i < count; i++) {
    bytes[i] = (uint8_t)labels[i];
  }
}

static dseg_status fill_volume(work *job, dseg_volume *volume, uint8_t *voxels, uint32_t *layer_of, dseg_error *error) {
  const phantom_spec *spec = &job->made->spec;
  const size_t plane_bytes = plane_pixels(job) * (volume->bits / 8);
  for (size_t plane = 0; plane < spec->size[2]; plane++) {
    cli_progress_show(&job->progress, plane, spec->size[2]);
    DSEG_TRY(phantom_read_plane(job->made, plane, job->plane[0], job->plane[1], error));
    for (size_t layer = 0; layer < volume->layer_count; layer++) {
      store(job->plane[layer], plane_pixels(job), volume->bits, voxels + (layer * spec->size[2] + plane) * plane_bytes);
    }
  }
  for (unsigned label = 1; label <= spec->labels; label++) {
    layer_of[label - 1] = spec->overlap && phantom_is_inner(label) ? 1 : 0;
  }
  volume->voxels = voxels;
  volume->layer_of_segment = layer_of;
  const dseg_volume_write_options options = {.struct_size = sizeof(dseg_volume_write_options),
                                             .replace = job->replace,
                                             .set = job->outputs,
                                             .threads = job->threads,
                                             .progress = cli_progress_sink(&job->progress)};
  return dseg_volume_write(job->path, volume, &options, error);
}

static dseg_status write_volume(work *job, const dseg_volume_format *format, dseg_error *error) {
  const phantom_spec *spec = &job->made->spec;
  const size_t layers = spec->overlap ? 2 : 1;
  if (layers > 1 && (format->flags & DSEG_VOLUME_LABEL_LAYERS) == 0) {
    return dseg_fail(
        error, DSEG_ERROR_OUTPUT,
        "a volume of this format holds one segment for each voxel: with --overlap write .seg.nrrd or .dcm");
  }
  dseg_volume volume = {.struct_size = sizeof(dseg_volume),
                        .description = job->made->description,
                        .bits = spec->labels < 256 ? 8 : 16,
                        .layer_count = layers};
  DSEG_TRY(dseg_geometry_to_grid(&job->made->description->geometry, &volume.grid, NULL, error));
  const size_t plane_bytes = plane_pixels(job) * (volume.bits / 8) * layers;
  uint8_t *voxels = spec->size[2] <= SIZE_MAX / plane_bytes ? malloc(plane_bytes * spec->size[2]) : NULL;
  uint32_t *layer_of = malloc(spec->labels * sizeof *layer_of);
  dseg_status status = DSEG_ERROR_MEMORY;
  if (voxels == NULL || layer_of == NULL) {
    dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the voxels; .dcm needs that of one plane");
  } else {
    status = fill_volume(job, &volume, voxels, layer_of, error);
  }
  free(voxels);
  free(layer_of);
  return status;
}

/* There is no input, but there may be plug-ins. */
static dseg_status write_checked(work *job, const dseg_volume_format *format, dseg_error *error) {
  DSEG_TRY(cli_add_inputs(job->outputs, NULL, 0, error));
  DSEG_TRY(dseg_output_set_check(job->outputs, &job->path, 1, error));
  if (!job->replace && os_exists(job->path)) {
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "exists; --force replaces it");
  }
  cli_progress_begin(&job->progress, job->path);
  const dseg_status status = format == NULL ? write_dicom(job, error) : write_volume(job, format, error);
  cli_progress_end(&job->progress);
  return status == DSEG_OK ? dseg_output_set_commit(job->outputs, error) : status;
}

static int write_phantom(phantom *made, const char *path, bool replace, unsigned threads) {
  work job = {.made = made, .path = path, .outputs = dseg_output_set_create(), .replace = replace, .threads = threads};
  const dseg_volume_format *format = dseg_volume_format_of(path);
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = DSEG_OK;
  job.plane[0] = malloc(plane_pixels(&job) * sizeof *job.plane[0]);
  job.plane[1] = made->spec.overlap ? malloc(plane_pixels(&job) * sizeof *job.plane[1]) : NULL;
  job.mask = malloc(plane_pixels(&job));
  if (job.outputs == NULL || job.plane[0] == NULL || job.mask == NULL || (made->spec.overlap && job.plane[1] == NULL)) {
    status = dseg_fail(&error, DSEG_ERROR_MEMORY, "out of memory for a plane");
  } else {
    status = write_checked(&job, format, &error);
  }
  dseg_output_set_destroy(job.outputs);
  free(job.plane[0]);
  free(job.plane[1]);
  free(job.mask);
  return status == DSEG_OK ? CLI_OK : cli_fail(path, status, &error);
}

int phantom_make(const phantom_spec *spec, const char *path, bool replace, unsigned threads) {
  phantom made;
  dseg_error error = {DSEG_OK, ""};
  const dseg_status status = phantom_create(&made, spec, &error);
  const int code = status == DSEG_OK ? write_phantom(&made, path, replace, threads) : cli_fail(NULL, status, &error);
  phantom_destroy(&made);
  return code;
}
