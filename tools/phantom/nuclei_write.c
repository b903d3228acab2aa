/* SPDX-License-Identifier: Apache-2.0 */
/* nuclei_write.c - describes a slide of nuclei, and writes it: objects tile by tile, volumes as a whole. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/environment.h"
#include "cli/streams.h"
#include "os/os.h"
#include "phantom/nuclei.h"
#include "phantom/phantom.h"

#define STANDARD_MEMORY ((uint64_t)4 << 30) /* as the library's memory_limit */
#define SPACING 0.0005                      /* mm from pixel to pixel */
#define THICKNESS 0.004                     /* mm */

static bool describe_classes(dseg_description *description) {
  static const struct {
    const char *label;
    uint8_t rgb[3];
  } classes[NUCLEI_CLASSES] = {
      {"nucleus of an epithelial cell", {228, 88, 88}},
      {"nucleus of a lymphocyte", {96, 170, 230}},
      {"nucleus of a fibroblast", {120, 200, 110}},
  };
  dseg_segment *segments = dseg_description_alloc(description, NUCLEI_CLASSES * sizeof *segments);
  for (size_t i = 0; segments != NULL && i < NUCLEI_CLASSES; i++) {
    segments[i] = (dseg_segment){.number = (uint32_t)i + 1,
                                 .label = classes[i].label,
                                 .algorithm_type = DSEG_ALGORITHM_AUTOMATIC,
                                 .algorithm_name = "dseg phantom",
                                 /* As published annotations of nuclei (PS3.3 C.37.1.2) have them. */
                                 .category = {"91723000", "SCT", "Anatomical Structure"},
                                 .type = {"84640000", "SCT", "Nucleus"},
                                 .has_color = true};
    memcpy(segments[i].rgb, classes[i].rgb, sizeof segments[i].rgb);
    dseg_rgb_to_cielab(segments[i].rgb, segments[i].cielab);
  }
  description->segments = segments;
  description->segment_count = segments != NULL ? NUCLEI_CLASSES : 0;
  return segments != NULL;
}

static bool describe_instances(const nuclei *made, dseg_description *description) {
  const size_t count = made->spec.count;
  uint16_t *segments = dseg_description_alloc(description, count * sizeof *segments);
  dseg_instances *instances = dseg_description_alloc(description, sizeof *instances);
  if (segments == NULL || instances == NULL) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    segments[i] = nuclei_class(made, (uint32_t)i + 1);
  }
  *instances = (dseg_instances){.count = count, .segments = segments};
  description->instances = instances;
  return true;
}

/* How many tiles cover so many pixels: all but the last one begin a step before the next. */
static size_t tiles_along(uint32_t pixels, uint32_t tile, uint32_t overlap) {
  return pixels <= tile ? 1 : 1 + (pixels - tile + (tile - overlap) - 1) / (tile - overlap);
}

static bool describe_tiles(const nuclei *made, dseg_description *description) {
  const nuclei_spec *spec = &made->spec;
  const size_t across = tiles_along(spec->columns, spec->tile[0], spec->overlap);
  const size_t down = tiles_along(spec->rows, spec->tile[1], spec->overlap);
  dseg_geometry *geometry = &description->geometry;
  *geometry = (dseg_geometry){.space = DSEG_SPACE_SLIDE,
                              .rows = spec->tile[1],
                              .columns = spec->tile[0],
                              .pixel_spacing = {SPACING, SPACING},
                              .orientation = {0, -1, 0, -1, 0, 0},
                              .slice_thickness = THICKNESS,
                              .plane_count = across * down,
                              .matrix_rows = spec->rows,
                              .matrix_columns = spec->columns,
                              .matrix_origin = {spec->rows * SPACING, spec->columns * SPACING, 0.0}};
  geometry->planes = dseg_description_alloc(description, geometry->plane_count * sizeof *geometry->planes);
  for (size_t i = 0; geometry->planes != NULL && i < geometry->plane_count; i++) {
    dseg_plane_position *plane = &geometry->planes[i];
    plane->matrix_row = (uint32_t)(i / across) * (spec->tile[1] - spec->overlap);
    plane->matrix_column = (uint32_t)(i % across) * (spec->tile[0] - spec->overlap);
    plane->position[0] = geometry->matrix_origin[0] - plane->matrix_row * SPACING;
    plane->position[1] = geometry->matrix_origin[1] - plane->matrix_column * SPACING;
    plane->source = -1;
  }
  return geometry->planes != NULL;
}

dseg_description *nuclei_describe(const nuclei *made) {
  dseg_description *description = dseg_description_create();
  if (description == NULL) {
    return NULL;
  }
  description->kind = DSEG_VOXELS_LABELS;
  description->content.series_description = "dseg phantom";
  if (!describe_classes(description) || !describe_instances(made, description) || !describe_tiles(made, description)) {
    dseg_description_destroy(description);
    return NULL;
  }
  return description;
}

typedef struct work {
  const nuclei *made;
  dseg_description *description;
  const nuclei_output *to;
  dseg_output_set *outputs;
  cli_progress progress;
} work;

static dseg_status write_tiles(work *job, dseg_writer *writer, dseg_error *error) {
  const dseg_geometry *geometry = &job->description->geometry;
  uint32_t *tile = malloc((size_t)geometry->rows * geometry->columns * sizeof *tile);
  dseg_status status = tile != NULL ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a tile");
  for (size_t i = 0; status == DSEG_OK && i < geometry->plane_count; i++) {
    const dseg_plane_position *plane = &geometry->planes[i];
    cli_progress_show(&job->progress, i, geometry->plane_count);
    nuclei_paint(job->made, plane->matrix_column, plane->matrix_row, geometry->columns, geometry->rows, tile);
    status = dseg_writer_write_labels(writer, i, tile, 32, error);
  }
  free(tile);
  return status == DSEG_OK ? dseg_writer_finish(writer, error) : status;
}

/* Tiles that overlap each have a place of their own in the object, which instance-labels does not say. */
static dseg_status write_dicom(work *job, dseg_error *error) {
  const nuclei_spec *spec = &job->made->spec;
  char seed[PHANTOM_TEXT];
  (void)snprintf(seed, sizeof seed,
                 "dseg phantom nuclei %" PRIu32 " %" PRIu32 "x%" PRIu32 " %" PRIu32 "x%" PRIu32 " %" PRIu32 " %" PRIu32
                 " %s",
                 spec->count, spec->columns, spec->rows, spec->tile[0], spec->tile[1], spec->overlap, spec->seed,
                 job->to->frame_codec != NULL ? job->to->frame_codec : "");
  cli_warnings warnings = {.file = job->to->path};
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .memory_limit = cli_memory_limit(),
                                      .representation = spec->overlap > 0 ? "segment-ranges" : "instance-labels",
                                      .frame_codec = job->to->frame_codec,
                                      .empty_frames = DSEG_EMPTY_KEEP,
                                      .replace = job->to->replace,
                                      .set = job->outputs,
                                      .uid_seed = seed,
                                      .date_time = cli_date_time(),
                                      .warnings = cli_warning_sink(&warnings),
                                      .threads = job->to->threads};
  dseg_writer *writer = NULL;
  dseg_status status = dseg_writer_create(job->to->path, job->description, &options, &writer, error);
  if (status == DSEG_OK) {
    status = write_tiles(job, writer, error);
  }
  dseg_writer_destroy(writer);
  cli_warnings_end(&warnings);
  return status;
}

/* The total pixel matrix, where it lies on the slide, as one plane whose values are the nuclei's numbers. */
static dseg_status write_voxels(work *job, const uint32_t *voxels, dseg_error *error) {
  const dseg_description classless = {.kind = DSEG_VOXELS_LABELS, .has_background = true};
  dseg_volume volume = {
      .struct_size = sizeof(dseg_volume), .description = &classless, .bits = 32, .layer_count = 1, .voxels = voxels};
  const dseg_volume_write_options options = {.struct_size = sizeof(dseg_volume_write_options),
                                             .replace = job->to->replace,
                                             .set = job->outputs,
                                             .threads = job->to->threads,
                                             .progress = cli_progress_sink(&job->progress)};
  DSEG_TRY(dseg_geometry_to_grid(&job->description->geometry, &volume.grid, NULL, error));
  return dseg_volume_write(job->to->path, &volume, &options, error);
}

static dseg_status write_volume(work *job, dseg_error *error) {
  const nuclei_spec *spec = &job->made->spec;
  const uint64_t bytes = (uint64_t)spec->columns * spec->rows * sizeof(uint32_t);
  const uint64_t limit = cli_memory_limit() != 0 ? cli_memory_limit() : STANDARD_MEMORY;
  if (bytes > limit || bytes > SIZE_MAX) {
    return dseg_fail(error, DSEG_ERROR_LIMIT,
                     "a volume is made as a whole, and this one exceeds the memory limit of %" PRIu64
                     " bytes; .dcm needs memory for one tile",
                     limit);
  }
  uint32_t *voxels = malloc((size_t)bytes);
  if (voxels == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the voxels; .dcm needs that of one tile");
  }
  nuclei_paint(job->made, 0, 0, spec->columns, spec->rows, voxels);
  const dseg_status status = write_voxels(job, voxels, error);
  free(voxels);
  return status;
}

static dseg_status write_classes(work *job, dseg_error *error) {
  dseg_buffer text = {0};
  const unsigned flags = job->to->replace ? DSEG_OUTPUT_REPLACE : 0;
  const dseg_output output = dseg_output_to_file(job->to->classes, flags, job->outputs);
  dseg_status status = dseg_instances_write_table(job->description, &text, error);
  if (status == DSEG_OK) {
    status = dseg_output_put(&output, (dseg_view){text.data, text.size}, error);
  }
  dseg_buffer_free(&text);
  return status;
}

static dseg_status write_all(work *job, dseg_error *error) {
  const char *const paths[2] = {job->to->path, job->to->classes};
  DSEG_TRY(cli_add_inputs(job->outputs, NULL, 0, error));
  DSEG_TRY(dseg_output_set_check(job->outputs, paths, job->to->classes != NULL ? 2 : 1, error));
  if (!job->to->replace && os_exists(job->to->path)) {
    return dseg_fail(error, DSEG_ERROR_OUTPUT, "exists; --force replaces it");
  }
  cli_progress_begin(&job->progress, job->to->path);
  const dseg_status status =
      dseg_volume_format_of(job->to->path) == NULL ? write_dicom(job, error) : write_volume(job, error);
  cli_progress_end(&job->progress);
  DSEG_TRY(status);
  if (job->to->classes != NULL) {
    DSEG_TRY(write_classes(job, error));
  }
  return dseg_output_set_commit(job->outputs, error);
}

int nuclei_make(const nuclei_spec *spec, const nuclei_output *output) {
  const nuclei made = nuclei_place(spec);
  work job = {.made = &made, .description = nuclei_describe(&made), .to = output, .outputs = dseg_output_set_create()};
  dseg_error error = {DSEG_OK, ""};
  cli_fix_date();
  const dseg_status status =
      job.description != NULL && job.outputs != NULL
          ? write_all(&job, &error)
          : dseg_fail(&error, DSEG_ERROR_MEMORY, "out of memory for %" PRIu32 " nuclei", spec->count);
  dseg_output_set_destroy(job.outputs);
  dseg_description_destroy(job.description);
  return status == DSEG_OK ? CLI_OK : cli_fail(output->path, status, &error);
}
