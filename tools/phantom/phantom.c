/* SPDX-License-Identifier: Apache-2.0 */
/* phantom.c - a phantom's grid, segments and planes. */
#include "phantom/phantom.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phantom/anatomy.h"

/* What a volume without given spacing shows, mm: the trunk and some air. */
#define VIEW_WIDTH 400.0
#define VIEW_DEPTH 280.0
#define VIEW_HEIGHT 640.0
/* Slices are no further apart than this; then there are fewer than the whole trunk. */
#define WIDEST_SLICES 5.0
/* Where the middle of the volume is, z in mm. */
#define MIDDLE 350.0

static double rounded(double spacing) {
  const double micrometres = floor(spacing * 1000.0 + 0.5);
  return micrometres > 1.0 ? micrometres / 1000.0 : 0.001;
}

static void set_grid(phantom *made) {
  phantom_spec *spec = &made->spec;
  const double wide = VIEW_WIDTH / (double)spec->size[0];
  const double deep = VIEW_DEPTH / (double)spec->size[1];
  const double high = VIEW_HEIGHT / (double)spec->size[2];
  const double chosen[3] = {wide > deep ? wide : deep, wide > deep ? wide : deep,
                            high < WIDEST_SLICES ? high : WIDEST_SLICES};
  for (int axis = 0; axis < 3; axis++) {
    if (spec->spacing[axis] <= 0.0) {
      spec->spacing[axis] = rounded(chosen[axis]);
    }
    const double extent = (double)spec->size[axis] * spec->spacing[axis];
    made->grid[axis] = spec->coarse[axis] > 0 ? spec->coarse[axis] : spec->size[axis];
    made->step[axis] = extent / (double)made->grid[axis];
    made->origin[axis] = (axis == 2 ? MIDDLE : 0.0) - extent / 2.0 + made->step[axis] / 2.0;
  }
}

static dseg_status check(const phantom_spec *spec, dseg_error *error) {
  double voxels = 1.0;
  for (int axis = 0; axis < 3; axis++) {
    const size_t side = spec->coarse[axis] > 0 ? spec->coarse[axis] : spec->size[axis];
    if (side == 0 || spec->size[axis] > PHANTOM_SIDES || side > spec->size[axis]) {
      return dseg_fail(error, DSEG_ERROR_ARGUMENT,
                       "a phantom of %zu x %zu x %zu voxels: sides are 1 to 65535, those of the coarse grid no larger",
                       spec->size[0], spec->size[1], spec->size[2]);
    }
    voxels *= (double)side;
  }
  if (spec->labels == 0 || spec->labels > PHANTOM_MAX_LABELS || spec->labels > voxels) {
    return dseg_fail(error, DSEG_ERROR_ARGUMENT, "%u labels: 1 to 65535, and no more than voxels", spec->labels);
  }
  return DSEG_OK;
}

/* The segment's description; false when memory ran out. A library without the table of terms gives default codes. */
static bool describe_segment(dseg_description *description, unsigned label, const dseg_term *lesion,
                             dseg_segment *segment) {
  *segment = (dseg_segment){
      .number = label, .algorithm_type = DSEG_ALGORITHM_AUTOMATIC, .algorithm_name = "dseg phantom", .has_color = true};
  char name[64];
  const bool is_lesion = label > STRUCTURES;
  if (is_lesion) {
    (void)snprintf(name, sizeof name, "lesion %u", label - STRUCTURES);
  } else {
    const phantom_structure *structure = &phantom_structures[label - 1];
    (void)snprintf(name, sizeof name, "%s%s", structure->name,
                   structure->side == 'L'   ? " left"
                   : structure->side == 'R' ? " right"
                                            : "");
  }
  dseg_default_color(label, segment->rgb);
  dseg_rgb_to_cielab(segment->rgb, segment->cielab);
  const dseg_term *term = is_lesion ? lesion : dseg_term_find(name);
  if (term != NULL) {
    dseg_term_apply(term, segment, !is_lesion);
  }
  segment->label = dseg_description_strdup(description, name);
  return segment->label != NULL;
}

static dseg_status describe(phantom *made, dseg_error *error) {
  const phantom_spec *spec = &made->spec;
  dseg_description *description = dseg_description_create();
  made->description = description;
  if (description == NULL) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory");
  }
  description->kind = spec->overlap ? DSEG_VOXELS_MASKS : DSEG_VOXELS_LABELS;
  description->content.series_description = "dseg phantom";
  description->segments = dseg_description_alloc(description, spec->labels * sizeof *description->segments);
  const dseg_term *lesion = dseg_term_find("mass");
  bool complete = description->segments != NULL;
  for (unsigned label = 1; complete && label <= spec->labels; label++) {
    complete = describe_segment(description, label, lesion, &description->segments[label - 1]);
  }
  if (!complete) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %u segments", spec->labels);
  }
  description->segment_count = spec->labels;
  dseg_grid grid = {0};
  for (int axis = 0; axis < 3; axis++) {
    const double extent = (double)spec->size[axis] * spec->spacing[axis];
    grid.size[axis] = spec->size[axis];
    grid.step[axis][axis] = spec->spacing[axis];
    grid.origin[axis] = -extent / 2.0 + spec->spacing[axis] / 2.0;
  }
  return dseg_geometry_from_grid(description, &grid, error);
}

/* The voxel of made->grid at a place, the nearest where that is outside. */
static uint64_t voxel_at(const phantom *made, const double place[3]) {
  size_t at[3];
  for (int axis = 0; axis < 3; axis++) {
    const double index = floor((place[axis] - made->origin[axis]) / made->step[axis] + 0.5);
    const double last = (double)made->grid[axis] - 1.0;
    at[axis] = index < 0.0 ? 0 : index > last ? made->grid[axis] - 1 : (size_t)index;
  }
  return ((uint64_t)at[2] * made->grid[1] + at[1]) * made->grid[0] + at[0];
}

static int compare_anchors(const void *a, const void *b) {
  const phantom_anchor *first = a;
  const phantom_anchor *second = b;
  return first->voxel != second->voxel ? (first->voxel < second->voxel ? -1 : 1)
                                       : (first->label < second->label ? -1 : first->label > second->label);
}

/* Labels whose voxels are the same get the next ones that are free. */
static void separate_anchors(phantom_anchor *anchors, size_t count, uint64_t voxels) {
  qsort(anchors, count, sizeof *anchors, compare_anchors);
  for (size_t i = 1; i < count; i++) {
    const uint64_t least = anchors[i - 1].voxel + 1;
    anchors[i].voxel = anchors[i].voxel < least ? least : anchors[i].voxel;
  }
  for (size_t i = count; i-- > 0;) {
    const uint64_t most = voxels - (count - i);
    anchors[i].voxel = anchors[i].voxel > most ? most : anchors[i].voxel;
  }
}

/* Gives each label a voxel of its own in the middle of its largest shape. */
static dseg_status place_anchors(phantom *made, dseg_error *error) {
  const size_t count = made->spec.labels;
  made->anchors = calloc(count, sizeof *made->anchors);
  double *reach = calloc(count, sizeof *reach);
  if (made->anchors == NULL || reach == NULL) {
    free(reach);
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for %zu labels", count);
  }
  for (size_t i = 0; i < made->shapes.count; i++) {
    const phantom_shape *shape = &made->shapes.items[i];
    const bool tube = shape->kind == PHANTOM_TUBE;
    double middle[3];
    for (int axis = 0; axis < 3; axis++) {
      middle[axis] = tube ? 0.5 * (shape->center[axis] + shape->end[axis]) : shape->center[axis];
    }
    middle[0] += shape->hollow > 0.0 ? 0.5 * (1.0 + shape->hollow) * shape->radius[0] : 0.0;
    if (shape->label != 0 && shape->radius[0] > reach[shape->label - 1]) {
      reach[shape->label - 1] = shape->radius[0];
      made->anchors[shape->label - 1] = (phantom_anchor){voxel_at(made, middle), (uint16_t)shape->label};
    }
  }
  free(reach);
  separate_anchors(made->anchors, count, (uint64_t)made->grid[0] * made->grid[1] * made->grid[2]);
  return DSEG_OK;
}

dseg_status phantom_create(phantom *made, const phantom_spec *spec, dseg_error *error) {
  *made = (phantom){.spec = *spec, .painted = SIZE_MAX, .tissue_painted = SIZE_MAX};
  DSEG_TRY(check(spec, error));
  set_grid(made);
  DSEG_TRY(describe(made, error));
  phantom_add_anatomy(&made->shapes, spec->labels, spec->seed);
  if (made->shapes.failed) {
    return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for the shapes of %u labels", spec->labels);
  }
  DSEG_TRY(place_anchors(made, error));
  for (int i = 0; i < (spec->overlap ? 2 : 1); i++) {
    made->layer[i] = malloc(made->grid[0] * made->grid[1] * sizeof *made->layer[i]);
    if (made->layer[i] == NULL) {
      return dseg_fail(error, DSEG_ERROR_MEMORY, "out of memory for a plane");
    }
  }
  return DSEG_OK;
}

void phantom_destroy(phantom *made) {
  dseg_description_destroy(made->description);
  free(made->shapes.items);
  free(made->anchors);
  free(made->layer[0]);
  free(made->layer[1]);
  free(made->nodes);
  free(made->tissues.items);
  free(made->tissue);
  *made = (phantom){0};
}

static uint16_t *layer_of(const phantom *made, uint32_t label) {
  return made->spec.overlap && label != 0 && phantom_is_inner(label) ? made->layer[1] : made->layer[0];
}

/* Paints a plane of made->grid into the layers. */
static dseg_status paint_plane(phantom *made, size_t plane, dseg_error *error) {
  const size_t pixels = made->grid[0] * made->grid[1];
  const double z = made->origin[2] + (double)plane * made->step[2];
  made->painted = SIZE_MAX;
  for (int i = 0; i < 2; i++) {
    if (made->layer[i] != NULL) {
      memset(made->layer[i], 0, pixels * sizeof *made->layer[i]);
    }
  }
  for (size_t i = 0; i < made->shapes.count; i++) {
    const phantom_shape *shape = &made->shapes.items[i];
    DSEG_TRY(phantom_paint(made, shape, z, layer_of(made, shape->label), error));
  }
  for (size_t i = 0; i < made->spec.labels; i++) {
    const phantom_anchor *anchor = &made->anchors[i];
    if (anchor->voxel / pixels == plane) {
      layer_of(made, anchor->label)[anchor->voxel % pixels] = anchor->label;
    }
  }
  made->painted = plane;
  return DSEG_OK;
}

/* Index on the painted grid of an index on the full one: the voxel that holds its centre. */
static size_t coarse_index(const phantom *made, int axis, size_t index) {
  return (2 * index + 1) * made->grid[axis] / (2 * made->spec.size[axis]);
}

size_t phantom_painted_plane(const phantom *made, size_t plane) {
  return coarse_index(made, 2, plane);
}

void phantom_enlarge(const phantom *made, const uint16_t *layer, uint16_t *out) {
  const size_t columns = made->spec.size[0];
  for (size_t j = 0; j < made->spec.size[1]; j++) {
    const uint16_t *row = layer + coarse_index(made, 1, j) * made->grid[0];
    for (size_t i = 0; i < columns; i++) {
      out[j * columns + i] = row[coarse_index(made, 0, i)];
    }
  }
}

dseg_status phantom_read_plane(phantom *made, size_t plane, uint16_t *first, uint16_t *second, dseg_error *error) {
  const size_t painted = phantom_painted_plane(made, plane);
  if (made->painted != painted) {
    DSEG_TRY(paint_plane(made, painted, error));
  }
  phantom_enlarge(made, made->layer[0], first);
  if (second != NULL && made->layer[1] != NULL) {
    phantom_enlarge(made, made->layer[1], second);
  }
  return DSEG_OK;
}
