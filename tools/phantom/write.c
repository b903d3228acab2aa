/* SPDX-License-Identifier: Apache-2.0 */
/* write.c - makes and writes a phantom: images and DICOM objects plane by plane, volumes as a whole. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "cli/streams.h"
#include "os/os.h"
#include "phantom/phantom.h"

#define STANDARD_MEMORY ((uint64_t)4 << 30) /* as the library's memory_limit */

typedef struct work {
  phantom *made;
  const phantom_output *to;
  dseg_output_set *outputs;
  phantom_series series; /* of images; without a directory: none */
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
  char seed[PHANTOM_TEXT];
  phantom_name(spec, seed);
  if (job->to->frame_codec != NULL) { /* another object */
    const size_t used = strlen(seed);
    (void)snprintf(seed + used, sizeof seed - used, ", %s", job->to->frame_codec);
  }
  cli_warnings warnings = {.file = job->to->path};
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .memory_limit = cli_memory_limit(),
                                      .representation = spec->overlap ? "binary" : "labelmap",
                                      .frame_codec = job->to->frame_codec,
                                      .replace = job->to->replace,
                                      .set = job->outputs,
                                      .concatenation = true,
                                      .uid_seed = seed,
                                      .date_time = cli_date_time(),
                                      .warnings = cli_warning_sink(&warnings),
                                      .threads = job->to->threads};
  dseg_writer *writer = NULL;
  dseg_status status = dseg_writer_create(job->to->path, job->made->description, &options, &writer, error);
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
                                             .replace = job->to->replace,
                                             .set = job->outputs,
                                             .threads = job->to->threads,
                                             .progress = cli_progress_sink(&job->progress)};
  return dseg_volume_write(job->to->path, volume, &options, error);
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
  const uint64_t limit = cli_memory_limit() != 0 ? cli_memory_limit() : STANDARD_MEMORY;
  if (plane_bytes > limit / spec->size[2]) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "a volume is made as a whole, and this one exceeds the memory limit of %" PRIu64
                     " bytes; .dcm needs memory for one plane",
                     limit);
  }
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

static dseg_status write_images(work *job, int16_t *values, dseg_error *error) {
  const size_t planes = job->made->spec.size[2];
  dseg_buffer bytes = {0};
  dseg_status status = DSEG_OK;
  for (size_t plane = 0; status == DSEG_OK && plane < planes; plane++) {
    cli_progress_show(&job->progress, plane, planes);
    status = phantom_read_plane(job->made, plane, job->plane[0], job->plane[1], error);
    if (status == DSEG_OK) {
      status = phantom_read_hounsfield(job->made, plane, job->plane[0], job->plane[1], values, error);
    }
    bytes.size = 0;
    if (status == DSEG_OK) {
      status = phantom_encode_image(job->made, plane, values, &bytes, error);
    }
    if (status == DSEG_OK) {
      status = phantom_series_add(&job->series, &bytes, error);
    }
  }
  dseg_buffer_free(&bytes);
  return status;
}

/* Writes the series, to which the description refers then. */
static dseg_status make_images(work *job, dseg_error *error) {
  int16_t *values = malloc(plane_pixels(job) * sizeof *values);
  dseg_status status = values != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for an image");
  cli_progress_begin(&job->progress, job->to->images);
  if (status == DSEG_OK) {
    status = write_images(job, values, error);
  }
  cli_progress_end(&job->progress);
  free(values);
  if (status == DSEG_OK) {
    const char *stage = job->series.stage;
    const dseg_reference_options options = {.struct_size = sizeof options, .name = job->to->path};
    status = dseg_description_add_reference(job->made->description, &stage, 1, &options, error);
  }
  return status;
}

/* There is no input, but there may be plug-ins. */
static dseg_status check_output(const work *job, dseg_error *error) {
  DSEG_TRY(cli_add_inputs(job->outputs, NULL, 0, error));
  DSEG_TRY(dseg_output_set_check(job->outputs, &job->to->path, 1, error));
  return !job->to->replace && os_exists(job->to->path)
             ? dseg_fail(error, DSEG_ERROR_OUTPUT, "exists; --force replaces it")
             : DSEG_OK;
}

static dseg_status write_output(work *job, dseg_error *error) {
  const dseg_volume_format *format = dseg_volume_format_of(job->to->path);
  cli_progress_begin(&job->progress, job->to->path);
  const dseg_status status = format == NULL ? write_dicom(job, error) : write_volume(job, format, error);
  cli_progress_end(&job->progress);
  return status;
}

/* An exit code after a message. */
static int write_all(work *job) {
  const phantom_output *to = job->to;
  dseg_error error = {DSEG_OK, ""};
  dseg_status status = check_output(job, &error);
  if (status == DSEG_OK && to->images != NULL) {
    const int code = phantom_series_begin(&job->series, to->images, to->replace);
    if (code != CLI_OK) {
      return code;
    }
    status = make_images(job, &error);
    if (status != DSEG_OK) {
      return cli_fail(to->images, status, &error);
    }
  }
  if (status == DSEG_OK) {
    status = write_output(job, &error);
  }
  if (status == DSEG_OK && to->images != NULL) {
    status = phantom_series_join(&job->series, job->outputs, &error);
  }
  if (status == DSEG_OK) {
    status = dseg_output_set_commit(job->outputs, &error);
  }
  if (status == DSEG_OK && to->images != NULL) {
    phantom_remove_further_images(to->images, job->series.count);
  }
  return status == DSEG_OK ? CLI_OK : cli_fail(to->path, status, &error);
}

static int write_phantom(phantom *made, const phantom_output *to) {
  work job = {.made = made, .to = to, .outputs = dseg_output_set_create()};
  int code = CLI_INPUT;
  cli_fix_date();
  job.plane[0] = malloc(plane_pixels(&job) * sizeof *job.plane[0]);
  job.plane[1] = made->spec.overlap ? malloc(plane_pixels(&job) * sizeof *job.plane[1]) : NULL;
  job.mask = malloc(plane_pixels(&job));
  if (job.outputs == NULL || job.plane[0] == NULL || job.mask == NULL || (made->spec.overlap && job.plane[1] == NULL)) {
    cli_error(to->path, "out of memory for a plane");
  } else {
    code = write_all(&job);
  }
  dseg_output_set_destroy(job.outputs);
  phantom_series_end(&job.series);
  free(job.plane[0]);
  free(job.plane[1]);
  free(job.mask);
  return code;
}

int phantom_make(const phantom_spec *spec, const phantom_output *output) {
  phantom made;
  dseg_error error = {DSEG_OK, ""};
  const dseg_status status = phantom_create(&made, spec, &error);
  const int code = status == DSEG_OK ? write_phantom(&made, output) : cli_fail(NULL, status, &error);
  phantom_destroy(&made);
  return code;
}
