/* SPDX-License-Identifier: Apache-2.0 */
/* regions.c - regions of nnU-Net's dataset.json: "whole tumor": [1, 2, 3]. A label map has the labels, and each region
 * is a segment of all voxels of its labels, so that segments overlap. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory_limit.h"
#include "names/table.h"
#include "sources/source.h"

/* The index of the segment with each label of a name, those that are there; indices: room for all. */
static size_t find_members(const dseg_description *description, const dseg_name *name, uint32_t *indices) {
  size_t count = 0;
  for (size_t i = 0; i < name->member_count; i++) {
    const ptrdiff_t index = dseg_description_find_segment(description, name->members[i]);
    bool is_listed = index < 0;
    for (size_t k = 0; !is_listed && k < count; k++) {
      is_listed = indices[k] == (uint32_t)index;
    }
    if (!is_listed && count < description->segment_count) {
      indices[count++] = (uint32_t)index;
    }
  }
  return count;
}

/* A label that no region has would be lost. */
static dseg_status check_covered(const dseg_name_table *table, const dseg_description *description,
                                 const uint8_t *covered, dseg_error *error) {
  for (size_t i = 0; i < description->segment_count; i++) {
    if (covered[i] == 0) {
      return dseg_name_table_fail(
          table, 0, error,
          "voxels have the label %u, which is in no region of \"labels\": all labels are expected "
          "there",
          (unsigned)description->segments[i].number);
    }
  }
  return DSEG_OK;
}

static void describe_region(const dseg_name *name, size_t index, dseg_segment *segment) {
  *segment = (dseg_segment){.number = name->number,
                            .label = name->segment.label,
                            .has_color = true,
                            .assumed = DSEG_ASSUMED_LABEL | DSEG_ASSUMED_COLOR | DSEG_ASSUMED_ALGORITHM};
  dseg_default_color(index, segment->rgb);
  dseg_rgb_to_cielab(segment->rgb, segment->cielab);
}

/* Lists the regions that have a voxel in segments and found, which have room for all names. */
static dseg_status list_regions(const dseg_name_table *table, dseg_description *description, dseg_segment *segments,
                                const dseg_name **found, uint32_t *indices, uint8_t *covered, size_t *count,
                                dseg_error *error) {
  for (size_t i = 0; i < table->count; i++) {
    const dseg_name *name = &table->names[i];
    const size_t members = find_members(description, name, indices);
    for (size_t k = 0; k < members; k++) {
      covered[indices[k]] = 1;
    }
    if (members > 0) {
      describe_region(name, *count, &segments[*count]);
      segments[*count].label = dseg_description_strdup(description, name->segment.label);
      if (segments[*count].label == NULL) {
        return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for regions");
      }
      found[(*count)++] = name;
    }
  }
  return check_covered(table, description, covered, error);
}

dseg_status dseg_name_table_describe_regions(const dseg_name_table *table, dseg_description *description,
                                             const dseg_name ***regions, dseg_error *error) {
  if (description->kind != DSEG_VOXELS_LABELS) {
    return dseg_name_table_fail(table, 0, error,
                                "regions (lists of labels) are made of one label map; the input is none");
  }
  if (table->count > UINT16_MAX) {
    return dseg_name_table_fail(table, 0, error, "%zu regions, more than segments can be numbered", table->count);
  }
  dseg_segment *segments = dseg_description_alloc(description, (table->count + 1) * sizeof *segments);
  const dseg_name **found = calloc(table->count + 1, sizeof(const dseg_name *));
  uint32_t *indices = calloc(description->segment_count + 1, sizeof *indices);
  uint8_t *covered = calloc(description->segment_count + 1, 1);
  size_t count = 0;
  dseg_status status = DSEG_OK;
  if (segments == NULL || found == NULL || indices == NULL || covered == NULL) {
    (void)dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for regions");
    status = DSEG_ERROR_MEMORY;
  } else {
    status = list_regions(table, description, segments, found, indices, covered, &count, error);
  }
  free(indices);
  free(covered);
  if (status != DSEG_OK) {
    free((void *)found);
    return status;
  }
  description->segments = segments;
  description->segment_count = count;
  description->kind = DSEG_VOXELS_MASKS;
  *regions = found;
  return DSEG_OK;
}

/* Fills voxels, all of the source's planes, with 1 where a label of the region is. */
static dseg_status fill_layer(dseg_source *source, const dseg_name *region, const uint32_t *ones, unsigned threads,
                              uint8_t *voxels, dseg_error *error) {
  const dseg_description *description = dseg_source_description(source);
  const size_t pixels = (size_t)description->geometry.rows * description->geometry.columns;
  const size_t planes = description->geometry.plane_count;
  uint32_t *indices = calloc(description->segment_count + 1, sizeof *indices);
  if (indices == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for regions");
  }
  dseg_label_request request = {.struct_size = sizeof request,
                                .plane_count = planes,
                                .bits = 8,
                                .values = ones,
                                .segments = indices,
                                .segment_count = find_members(description, region, indices),
                                .threads = threads};
  const dseg_status status = dseg_source_read_labels(source, &request, voxels, pixels * planes, NULL, error);
  free(indices);
  return status;
}

static dseg_status check_memory(const dseg_source *source, size_t layers, uint64_t limit, size_t *voxels,
                                dseg_error *error) {
  const dseg_geometry *geometry = &dseg_source_description(source)->geometry;
  uint64_t bytes = 0;
  const bool fits = dseg_mul_size(geometry->rows, geometry->columns, voxels) &&
                    dseg_mul_size(*voxels, geometry->plane_count, voxels) && dseg_mul_u64(*voxels, layers, &bytes);
  if (!fits || bytes > dseg_memory_left(dseg_memory_limit(limit), source->held)) {
    return dseg_fail(error, DSEG_ERROR_LIMIT, "%zu regions need %llu bytes, which exceeds the memory limit", layers,
                     (unsigned long long)bytes);
  }
  return DSEG_OK;
}

/* Reads all layers, and makes a source of them and of the description, which it takes on success. */
static dseg_status read_layers(dseg_source *source, dseg_description *description, const dseg_name **regions,
                               unsigned threads, size_t voxels, dseg_layer *layers, dseg_source **made,
                               dseg_error *error) {
  const size_t labels = dseg_source_description(source)->segment_count;
  const size_t count = description->segment_count;
  uint32_t *ones = calloc(labels + count + 1, sizeof *ones);
  uint32_t *layer_of = calloc(count + 1, sizeof *layer_of);
  if (ones == NULL || layer_of == NULL) {
    free(ones);
    free(layer_of);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for regions");
  }
  dseg_status status = DSEG_OK;
  for (size_t i = 0; i < labels + count; i++) {
    ones[i] = 1;
  }
  for (size_t i = 0; status == DSEG_OK && i < count; i++) {
    layer_of[i] = (uint32_t)i;
    layers[i] = (dseg_layer){.voxels = malloc(voxels + 1), .bits = 8, .complete = true};
    status = layers[i].voxels != NULL
                 ? fill_layer(source, regions[i], ones, threads, layers[i].voxels, error)
                 : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a region of %zu voxels", voxels);
  }
  if (status == DSEG_OK) {
    status = dseg_memory_source_create(source->format, description, layers, count, layer_of, ones, made, error);
  }
  for (size_t i = 0; status != DSEG_OK && i < count; i++) {
    free(layers[i].voxels);
  }
  free(ones);
  free(layer_of);
  return status;
}

static dseg_status make_source(dseg_source *source, dseg_description *description, const dseg_name **regions,
                               uint64_t memory_limit, unsigned threads, dseg_source **made, dseg_error *error) {
  const size_t count = description->segment_count;
  size_t voxels = 0;
  DSEG_TRY(check_memory(source, count, memory_limit, &voxels, error));
  dseg_layer *layers = calloc(count + 1, sizeof *layers);
  if (layers == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for regions");
  }
  const dseg_status status = read_layers(source, description, regions, threads, voxels, layers, made, error);
  free(layers);
  return status;
}

/* Messages call it as they call what it is made from. */
static dseg_status take_name(const dseg_source *source, dseg_source *made, dseg_error *error) {
  const size_t size = source->name != NULL ? strlen(source->name) + 1 : 0;
  made->name = size > 0 ? malloc(size) : NULL;
  if (made->name != NULL) {
    memcpy(made->name, source->name, size);
  }
  return made->name != NULL || size == 0 ? DSEG_OK : dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a name");
}

dseg_status dseg_name_table_make_regions(const dseg_name_table *table, dseg_source *source, uint64_t memory_limit,
                                         unsigned threads, dseg_source **made, dseg_error *error) {
  dseg_description *description = NULL;
  const dseg_name **regions = NULL;
  *made = NULL;
  DSEG_TRY(dseg_description_copy(dseg_source_description(source), &description, error));
  dseg_status status = dseg_description_drop_frames(description, error);
  if (status == DSEG_OK) {
    status = dseg_name_table_describe_regions(table, description, &regions, error);
  }
  if (status == DSEG_OK && regions != NULL && description->segment_count > 0) {
    status = make_source(source, description, regions, memory_limit, threads, made, error);
  }
  if (*made == NULL) { /* or no voxel has a label: the source is as good as it is */
    dseg_description_destroy(description);
  } else {
    status = take_name(source, *made, error);
  }
  free((void *)regions);
  if (status != DSEG_OK && *made != NULL) {
    dseg_source_close(*made);
    *made = NULL;
  }
  return status;
}
