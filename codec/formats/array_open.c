/* SPDX-License-Identifier: Apache-2.0 */
/* array_open.c - a source from voxels that the caller has in memory, through the loader of volumes. */
#include <stdlib.h>
#include <string.h>

#include "dseg/formats.h"
#include "formats/volume.h"
#include "sources/source.h"

static dseg_status out_of_memory(dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for an array");
}

static dseg_status check(const dseg_array *array, dseg_error *error) {
  if (array->voxels == NULL || array->layer_count == 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "an array has voxels, in at least one layer");
  }
  if ((unsigned)array->type > (unsigned)DSEG_VOXEL_FLOAT64) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%d is no type of voxels", (int)array->type);
  }
  return DSEG_OK;
}

/* The loader makes planes of a grid; where there are planes already, the grid has their number and nothing more. */
static dseg_status set_grid(const dseg_array *array, const dseg_geometry *planes, dseg_grid *grid, dseg_error *error) {
  *grid = array->grid;
  if (planes->plane_count == 0) {
    return DSEG_OK;
  }
  const size_t size[3] = {planes->columns, planes->rows, planes->plane_count};
  if (memcmp(grid->size, size, sizeof size) != 0) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                     "the array has %zu planes of %zu x %zu voxels, and is to lie on %zu planes of %zu x %zu",
                     grid->size[2], grid->size[1], grid->size[0], size[2], size[1], size[0]);
  }
  *grid = (dseg_grid){.size = {size[0], size[1], size[2]}, .step = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  return DSEG_OK;
}

static dseg_status copy_voxels(const dseg_array *array, const dseg_open_options *options, dseg_volume_content *content,
                               dseg_error *error) {
  dseg_raw_volume *raw = &content->raw;
  size_t bytes = 0;
  *raw = (dseg_raw_volume){.type = array->type, .slope = 1, .meaning = options};
  DSEG_TRY(dseg_raw_volume_shape(raw, content->grid.size, array->layer_count, 0, options->memory_limit, &bytes, error));
  raw->run = raw->layer_voxels;
  raw->block = malloc(bytes);
  if (raw->block == NULL) {
    return out_of_memory(error);
  }
  memcpy(raw->block, array->voxels, bytes);
  return DSEG_OK;
}

static dseg_status declare_segments(const dseg_array *array, dseg_volume_content *content, dseg_error *error) {
  const dseg_description *description = content->description;
  content->declared =
      dseg_description_alloc(content->description, (description->segment_count + 1) * sizeof *content->declared);
  if (content->declared == NULL) {
    return out_of_memory(error);
  }
  for (size_t i = 0; i < description->segment_count; i++) {
    const dseg_segment *segment = &description->segments[i];
    content->declared[i] = (dseg_declared_segment){
        .segment = *segment,
        .layer = array->layer_of_segment != NULL ? array->layer_of_segment[i] : 0,
        .value = array->value_of_segment != NULL ? array->value_of_segment[i] : segment->number};
  }
  content->declared_count = description->segment_count;
  return DSEG_OK;
}

/* description: the content's, which is a copy of the caller's. */
static dseg_status load(const dseg_array *array, dseg_volume_content *content, const dseg_open_options *options,
                        dseg_source **source, dseg_error *error) {
  const dseg_geometry planes = content->description->geometry;
  content->description->has_background = true;
  content->description->background = 0;
  DSEG_TRY(set_grid(array, &planes, &content->grid, error));
  DSEG_TRY(copy_voxels(array, options, content, error));
  DSEG_TRY(declare_segments(array, content, error));
  DSEG_TRY(dseg_volume_load(content, options, source, error));
  if (planes.plane_count > 0) {
    (*source)->description->geometry = planes;
  }
  return DSEG_OK;
}

dseg_status dseg_array_source(const dseg_array *array, const dseg_open_options *options, dseg_source **source,
                              dseg_error *error) {
  DSEG_TRY(check(array, error));
  dseg_volume_content content = {.format = "array", .has_layers = true};
  if (array->description != NULL) {
    DSEG_TRY(dseg_description_copy(array->description, &content.description, error));
  } else {
    content.description = dseg_description_create();
  }
  if (content.description == NULL) {
    return out_of_memory(error);
  }
  const dseg_status status = load(array, &content, options, source, error);
  free(content.raw.block);
  dseg_description_destroy(content.description);
  return status;
}
