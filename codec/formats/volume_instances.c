/* SPDX-License-Identifier: Apache-2.0 */
/* volume_instances.c - values of a volume as instances: they are numbered from 1 in ascending order, and one image may
 * become the tiles of a slide. */
#include "formats/volume_instances.h"

#include <stdlib.h>
#include <string.h>

#include "dseg/instances.h"
#include "formats/value_set.h"
#include "model/label_planes.h"
#include "model/label_runs.h"
#include "sources/instance_memory.h"

dseg_status dseg_volume_check_instances(const dseg_volume_content *content, const dseg_volume_values *values,
                                        const dseg_open_options *options, dseg_error *error) {
  const char *why = values->fractions                       ? "its voxels are fractions"
                    : content->raw.layer_count > 1          ? "it has several volumes; --volume N takes one of them"
                    : content->declared_count > 0           ? "its header describes segments"
                    : values->layers[0].count == UINT32_MAX ? "it has more than 4294967294 values"
                                                            : NULL;
  if (why != NULL) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "values of this volume cannot be taken for instances: %s", why);
  }
  if (content->name_count > 0) {
    dseg_warn(&options->warnings, "names of %zu values are left out: instances have none", content->name_count);
  }
  if (values->layers[0].count > options->memory_limit / DSEG_INSTANCE_BYTES) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "%zu instances need more than the memory limit of %llu bytes",
                     values->layers[0].count, (unsigned long long)options->memory_limit);
  }
  return DSEG_OK;
}

static bool is_dense(const dseg_layer_labels *labels) {
  return labels->count == 0 || labels->labels[labels->count - 1] == labels->count;
}

static dseg_status out_of_memory(size_t tiles, dseg_error *error) {
  return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu tiles", tiles);
}

/* Tiles of rows x columns, row by row. */
static dseg_status make_tiles(dseg_description *description, uint32_t rows, uint32_t columns, dseg_error *error) {
  dseg_geometry *geometry = &description->geometry;
  const size_t across = (geometry->columns + (size_t)columns - 1) / columns;
  const size_t down = (geometry->rows + (size_t)rows - 1) / rows;
  const dseg_plane_position origin = geometry->planes[0];
  dseg_plane_position *tiles = dseg_description_alloc(description, across * down * sizeof *tiles);
  if (tiles == NULL) {
    return out_of_memory(across * down, error);
  }
  for (size_t i = 0; i < across * down; i++) {
    tiles[i] = (dseg_plane_position){
        .matrix_column = (uint32_t)(i % across) * columns, .matrix_row = (uint32_t)(i / across) * rows, .source = -1};
    for (size_t axis = 0; axis < 3; axis++) {
      tiles[i].position[axis] = origin.position[axis] +
                                tiles[i].matrix_column * geometry->pixel_spacing[1] * geometry->orientation[axis] +
                                tiles[i].matrix_row * geometry->pixel_spacing[0] * geometry->orientation[3 + axis];
    }
  }
  memcpy(geometry->matrix_origin, origin.position, sizeof geometry->matrix_origin);
  geometry->matrix_columns = geometry->columns;
  geometry->matrix_rows = geometry->rows;
  geometry->space = DSEG_SPACE_SLIDE;
  geometry->columns = columns;
  geometry->rows = rows;
  geometry->planes = tiles;
  geometry->plane_count = across * down;
  return DSEG_OK;
}

/* The tiles of a slide whose total pixel matrix the image is. */
static dseg_status take_slide(dseg_description *description, const dseg_geometry *slide, dseg_error *error) {
  dseg_geometry *geometry = &description->geometry;
  if (geometry->columns != slide->matrix_columns || geometry->rows != slide->matrix_rows) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the image has %lu x %lu pixels, and the total pixel matrix of the slide %lu x %lu (0048,0006), "
                     "(0048,0007): another level of the slide may be the one",
                     (unsigned long)geometry->columns, (unsigned long)geometry->rows,
                     (unsigned long)slide->matrix_columns, (unsigned long)slide->matrix_rows);
  }
  dseg_plane_position *tiles = dseg_description_alloc(description, slide->plane_count * sizeof *tiles);
  const char *space = dseg_description_strdup(description, slide->frame_of_reference_uid);
  if (tiles == NULL || (space == NULL && slide->frame_of_reference_uid != NULL)) {
    return out_of_memory(slide->plane_count, error);
  }
  *geometry = *slide;
  geometry->frame_of_reference_uid = space;
  geometry->planes = tiles;
  for (size_t i = 0; i < slide->plane_count; i++) {
    tiles[i] = slide->planes[i];
    tiles[i].source = -1;
    tiles[i].source_count = 0;
  }
  return DSEG_OK;
}

static dseg_status choose_planes(dseg_description *description, const dseg_open_options *options, dseg_error *error) {
  const dseg_geometry *geometry = &description->geometry;
  if (options->slide == NULL && options->tile_rows == 0 && options->tile_columns == 0) {
    return DSEG_OK;
  }
  if (geometry->plane_count != 1) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED, "a slide is one image, and the volume has %zu planes",
                     geometry->plane_count);
  }
  if (options->slide == NULL && (options->tile_rows == 0 || options->tile_columns == 0)) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "a tile has both rows and columns");
  }
  if (options->slide != NULL) {
    return take_slide(description, options->slide, error);
  }
  if (!(geometry->pixel_spacing[0] > 0) || !(geometry->pixel_spacing[1] > 0)) {
    return dseg_fail(error, DSEG_ERROR_UNSUPPORTED,
                     "the header does not say how far pixels are apart, and a slide needs that: give --spacing");
  }
  return make_tiles(description, options->tile_rows, options->tile_columns, error);
}

dseg_status dseg_volume_describe_instances(dseg_volume_content *content, const dseg_volume_values *values,
                                           const dseg_open_options *options, dseg_error *error) {
  dseg_description *description = content->description;
  const dseg_layer_labels *labels = &values->layers[0];
  dseg_instances *instances = dseg_description_alloc(description, sizeof *instances);
  uint32_t *numbers = is_dense(labels) ? NULL : dseg_description_alloc(description, labels->count * sizeof *numbers);
  if (instances == NULL || (numbers == NULL && !is_dense(labels))) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu instances", labels->count);
  }
  if (numbers != NULL) {
    memcpy(numbers, labels->labels, labels->count * sizeof *numbers);
  }
  *instances = (dseg_instances){.count = labels->count, .numbers = numbers};
  description->instances = instances;
  return choose_planes(description, options, error);
}

/* The place of a label among ascending ones, from 1; it is one of them. */
static uint32_t place_of(const dseg_layer_labels *labels, uint32_t label) {
  size_t low = 0;
  size_t high = labels->count;
  while (low + 1 < high) {
    const size_t middle = low + (high - low) / 2;
    if (labels->labels[middle] <= label) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (uint32_t)low + 1;
}

/* Numbers are no greater than labels. */
static void number_voxels(uint8_t *voxels, unsigned bits, size_t count, const dseg_layer_labels *labels) {
  for (size_t start = 0; start < count;) {
    const size_t end = dseg_label_run_end(voxels, bits, start, count);
    const uint32_t label = dseg_label_at(voxels, bits, start);
    if (label != 0) {
      dseg_labels_fill(voxels, bits, start, end - start, place_of(labels, label));
    }
    start = end;
  }
}

dseg_status dseg_volume_instance_source(dseg_volume_content *content, const dseg_volume_values *values, unsigned bits,
                                        dseg_source **source, dseg_error *error) {
  dseg_raw_volume *raw = &content->raw;
  const dseg_geometry *geometry = &content->description->geometry;
  const bool tiled = geometry->space == DSEG_SPACE_SLIDE;
  const dseg_instance_voxels voxels = {.voxels = raw->block + raw->offset,
                                       .block = raw->block,
                                       .bits = bits,
                                       .columns = tiled ? geometry->matrix_columns : geometry->columns,
                                       .rows = tiled ? geometry->matrix_rows : 0};
  if (!is_dense(&values->layers[0])) {
    number_voxels(voxels.voxels, bits, raw->layer_voxels, &values->layers[0]);
  }
  DSEG_TRY(dseg_instance_memory_create(content->format, content->description, &voxels, source, error));
  raw->block = NULL;
  content->description = NULL;
  return DSEG_OK;
}
