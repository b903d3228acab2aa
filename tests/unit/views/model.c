/* SPDX-License-Identifier: Apache-2.0 */
/* model.c - what model.h says. */
#include "views/model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t state;

void model_seed(uint32_t seed) {
  state = seed;
}

uint32_t model_random(uint32_t below) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % below;
}

static bool is_fraction(dseg_voxel_kind kind) {
  return kind == DSEG_VOXELS_PROBABILITY || kind == DSEG_VOXELS_OCCUPANCY;
}

/* A box of the segment, sometimes with holes; sometimes nothing. */
static void draw(struct model *model, size_t segment) {
  size_t first[3], end[3];
  if (model_random(7) == 0) {
    return;
  }
  for (int axis = 0; axis < 3; axis++) {
    first[axis] = model_random((uint32_t)model->size[axis]);
    end[axis] = first[axis] + 1 + model_random((uint32_t)(model->size[axis] - first[axis]));
  }
  for (size_t plane = first[2]; plane < end[2]; plane++) {
    for (size_t row = first[1]; row < end[1]; row++) {
      for (size_t column = first[0]; column < end[0]; column++) {
        const size_t at = model_at(model, column, row, plane);
        if (model_random(5) == 0) {
          continue;
        }
        model->voxels[segment][at] = (uint8_t)(is_fraction(model->kind) ? model_random(model->maximum + 1) : 1);
        for (size_t other = 0; model->kind == DSEG_VOXELS_LABELS && other < segment; other++) {
          model->voxels[other][at] = 0;
        }
      }
    }
  }
}

void model_make(struct model *model, dseg_voxel_kind kind) {
  *model = (struct model){.size = {5 + model_random(12), 4 + model_random(9), 3 + model_random(8)},
                          .along = {0, 1, 2},
                          .kind = kind,
                          .maximum = is_fraction(kind) ? 10 + model_random(246) : 0,
                          .segment_count = 1 + model_random(MODEL_SEGMENTS - 1)};
  for (int axis = 0; axis < 3; axis++) {
    const int start = (int)model_random(50) - 25;
    for (size_t i = 0; i < model->size[axis]; i++) {
      model->place[axis][i] = start + (int)i;
    }
  }
  uint32_t number = 0;
  for (size_t i = 0; i < model->segment_count; i++) {
    number += 1;
    model->numbers[i] = number;
    model->voxels[i] = calloc(model_count(model), 1);
    assert_non_null(model->voxels[i]);
    draw(model, i);
  }
}

void model_free(struct model *model) {
  for (size_t i = 0; i < model->segment_count; i++) {
    free(model->voxels[i]);
  }
  *model = (struct model){.segment_count = 0};
}

dseg_geometry model_geometry(const struct model *model, dseg_plane_position *planes) {
  dseg_geometry geometry = {.space = DSEG_SPACE_PATIENT,
                            .rows = (uint32_t)model->size[1],
                            .columns = (uint32_t)model->size[0],
                            .pixel_spacing = {1, 1},
                            .slice_thickness = 1,
                            .spacing_between_slices = 1,
                            .plane_count = model->size[2],
                            .planes = planes};
  for (int axis = 0; axis < 2; axis++) {
    const bool backwards = model->size[axis] > 1 && model->place[axis][1] < model->place[axis][0];
    geometry.orientation[3 * axis + model->along[axis]] = backwards ? -1 : 1;
  }
  for (size_t i = 0; i < model->size[2]; i++) {
    planes[i] = (dseg_plane_position){.source = -1};
    planes[i].position[model->along[0]] = model->place[0][0];
    planes[i].position[model->along[1]] = model->place[1][0];
    planes[i].position[model->along[2]] = model->place[2][i];
  }
  return geometry;
}

static dseg_description *describe(const struct model *model) {
  static const char *const labels[MODEL_SEGMENTS] = {"one", "two", "three", "four", "five", "six"};
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  dseg_plane_position *planes = dseg_description_alloc(description, model->size[2] * sizeof *planes);
  description->geometry = model_geometry(model, planes);
  description->kind = model->kind;
  description->maximum_fraction = model->maximum;
  description->segment_count = model->segment_count;
  description->segments = dseg_description_alloc(description, model->segment_count * sizeof *description->segments);
  for (size_t i = 0; i < model->segment_count; i++) {
    description->segments[i] = (dseg_segment){.number = model->numbers[i], .label = labels[i]};
  }
  return description;
}

dseg_source *model_in_memory(const struct model *model) {
  dseg_source *source = NULL;
  dseg_layer layers[MODEL_SEGMENTS];
  uint32_t layer_of[MODEL_SEGMENTS], values[MODEL_SEGMENTS];
  const bool one_layer = model->kind == DSEG_VOXELS_LABELS;
  const unsigned bits = is_fraction(model->kind) ? 8 : 8u << model_random(3);
  for (size_t i = 0; i < model->segment_count; i++) {
    if (i == 0 || !one_layer) {
      layers[i] = (dseg_layer){.voxels = calloc(model_count(model), bits / 8), .bits = bits, .complete = true};
    }
    layer_of[i] = one_layer ? 0 : (uint32_t)i;
    values[i] = model->numbers[i];
    void *voxels = layers[layer_of[i]].voxels;
    for (size_t at = 0; at < model_count(model); at++) {
      const uint32_t value = is_fraction(model->kind) ? model->voxels[i][at] : values[i];
      if (model->voxels[i][at] != 0) {
        switch (bits) {
          case 8: ((uint8_t *)voxels)[at] = (uint8_t)value; break;
          case 16: ((uint16_t *)voxels)[at] = (uint16_t)value; break;
          default: ((uint32_t *)voxels)[at] = value; break;
        }
      }
    }
  }
  assert_int_equal(dseg_memory_source_create("test", describe(model), layers, one_layer ? 1 : model->segment_count,
                                             layer_of, values, &source, NULL),
                   DSEG_OK);
  return source;
}

static void write_plane(const struct model *model, dseg_writer *writer, bool labels, size_t plane) {
  const size_t pixels = model->size[0] * model->size[1];
  uint8_t *one = calloc(pixels, 1);
  assert_non_null(one);
  for (size_t i = 0; i < model->segment_count; i++) {
    for (size_t at = 0; at < pixels; at++) {
      const uint8_t value = model->voxels[i][plane * pixels + at];
      one[at] = labels ? (uint8_t)(value != 0 ? model->numbers[i] : one[at]) : value;
    }
    if (!labels) {
      assert_int_equal(dseg_writer_write_mask(writer, plane, i, one, NULL), DSEG_OK);
    }
  }
  if (labels) {
    assert_int_equal(dseg_writer_write_labels(writer, plane, one, 8, NULL), DSEG_OK);
  }
  free(one);
}

dseg_source *model_in_dicom(const struct model *model, const char *as, dseg_buffer *bytes) {
  dseg_description *description = describe(model);
  dseg_error error = {0};
  const dseg_write_options options = {
      .struct_size = sizeof(dseg_write_options), .representation = as, .empty_frames = DSEG_EMPTY_KEEP, .threads = 1};
  const dseg_output output = dseg_output_to_buffer(bytes);
  dseg_writer *writer = NULL;
  if (dseg_writer_create_to(&output, description, &options, &writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  for (size_t plane = 0; plane < model->size[2]; plane++) {
    write_plane(model, writer, strcmp(as, "labelmap") == 0, plane);
  }
  if (dseg_writer_finish(writer, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  dseg_source *source = NULL;
  const dseg_open_options open = {.struct_size = sizeof(dseg_open_options), .keep_context = true};
  if (dseg_open_memory((dseg_view){bytes->data, bytes->size}, "object", &open, &source, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_int_equal(dseg_source_description(source)->geometry.plane_count, model->size[2]);
  return source;
}

static void expect_description(const struct model *model, dseg_source *source) {
  const dseg_description *description = dseg_source_description(source);
  dseg_plane_position planes[MODEL_SIDE];
  const dseg_geometry geometry = model_geometry(model, planes);
  assert_int_equal(description->segment_count, model->segment_count);
  assert_int_equal(description->kind, model->kind);
  assert_int_equal(description->maximum_fraction, model->maximum);
  for (size_t i = 0; i < model->segment_count; i++) {
    assert_int_equal(description->segments[i].number, model->numbers[i]);
  }
  assert_int_equal(description->geometry.rows, geometry.rows);
  assert_int_equal(description->geometry.columns, geometry.columns);
  assert_int_equal(description->geometry.plane_count, geometry.plane_count);
  for (size_t i = 0; i < geometry.plane_count; i++) {
    for (int axis = 0; axis < 3; axis++) {
      assert_true(fabs(description->geometry.planes[i].position[axis] - planes[i].position[axis]) < 1e-6);
    }
  }
}

static uint32_t label_at(const void *labels, unsigned bits, size_t at) {
  switch (bits) {
    case 8: return ((const uint8_t *)labels)[at];
    case 16: return ((const uint16_t *)labels)[at];
    default: return ((const uint32_t *)labels)[at];
  }
}

/* What one voxel of a request is; overlap counts the segments that it belongs to beyond one. */
static uint32_t expected_label(const struct model *model, const dseg_label_request *request, size_t at,
                               uint64_t *overlap) {
  uint32_t label = request->background;
  bool any = false;
  double least = ceil((request->threshold == 0 ? 0.5 : request->threshold) * model->maximum - 1e-9);
  least = is_fraction(model->kind) && least > 1 ? least : 1;
  for (size_t i = 0; i < model->segment_count; i++) {
    bool wanted = request->segments == NULL;
    for (size_t k = 0; !wanted && k < request->segment_count; k++) {
      wanted = request->segments[k] == i;
    }
    if (!wanted || model->voxels[i][at] < least) {
      continue;
    }
    *overlap += any ? 1 : 0;
    if (!any || request->overlap == DSEG_OVERLAP_LAST) {
      label = request->values != NULL ? request->values[i] : model->numbers[i];
    }
    any = true;
  }
  return label;
}

static void expect_labels(const struct model *model, dseg_source *source, const dseg_label_request *request) {
  const size_t pixels = model->size[0] * model->size[1];
  const size_t bytes = request->plane_count * pixels * (request->bits / 8);
  void *labels = malloc(bytes + 1);
  dseg_overlap overlap;
  dseg_error error;
  uint64_t expected_overlap = 0;
  if (dseg_source_read_labels(source, request, labels, bytes, &overlap, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  for (size_t i = 0; i < request->plane_count * pixels; i++) {
    const uint32_t expected = expected_label(model, request, request->first_plane * pixels + i, &expected_overlap);
    if (label_at(labels, request->bits, i) != expected) {
      fail_msg("voxel %zu of plane %zu is %u instead of %u", i % pixels, request->first_plane + i / pixels,
               (unsigned)label_at(labels, request->bits, i), (unsigned)expected);
    }
  }
  assert_int_equal(overlap.voxels, expected_overlap);
  uint64_t of_pairs = 0;
  for (size_t i = 0; i < overlap.pair_count; i++) {
    assert_true(overlap.pairs[i].first < overlap.pairs[i].second);
    assert_true(overlap.pairs[i].second < model->segment_count);
    of_pairs += overlap.pairs[i].voxels;
  }
  assert_true(of_pairs <= overlap.voxels && (overlap.pair_count == 0) == (overlap.voxels == 0));
  free(labels);
}

static void expect_requests(const struct model *model, dseg_source *source) {
  uint32_t values[MODEL_SEGMENTS], segments[MODEL_SEGMENTS];
  for (size_t i = 0; i < MODEL_SEGMENTS; i++) {
    values[i] = 10 + 20 * (uint32_t)i + model_random(20);
    segments[i] = model_random((uint32_t)model->segment_count);
  }
  dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                .plane_count = model->size[2],
                                .bits = 32,
                                .overlap = DSEG_OVERLAP_FIRST,
                                .threads = 2};
  expect_labels(model, source, &request);
  request.overlap = DSEG_OVERLAP_LAST;
  request.bits = 8;
  expect_labels(model, source, &request);
  request.bits = 16;
  request.values = values;
  request.background = 7;
  request.threshold = 0.3;
  request.first_plane = model_random((uint32_t)model->size[2]);
  request.plane_count = 1 + model_random((uint32_t)(model->size[2] - request.first_plane));
  expect_labels(model, source, &request);
  request.segments = segments;
  request.segment_count = 1 + model_random((uint32_t)model->segment_count);
  request.overlap = DSEG_OVERLAP_FIRST;
  request.bits = 8u << model_random(3);
  expect_labels(model, source, &request);
}

static void expect_masks(const struct model *model, dseg_source *source) {
  const size_t pixels = model->size[0] * model->size[1];
  uint8_t *mask = malloc(model_count(model));
  for (size_t i = 0; i < model->segment_count; i++) {
    const size_t first = model_random((uint32_t)model->size[2]);
    const size_t count = 1 + model_random((uint32_t)(model->size[2] - first));
    assert_int_equal(dseg_source_read_mask(source, i, 0, model->size[2], mask, model_count(model), 2, NULL), DSEG_OK);
    assert_memory_equal(mask, model->voxels[i], model_count(model));
    assert_int_equal(dseg_source_read_mask(source, i, first, count, mask, count * pixels, 1, NULL), DSEG_OK);
    assert_memory_equal(mask, model->voxels[i] + first * pixels, count * pixels);
  }
  free(mask);
}

static void expect_presence(const struct model *model, dseg_source *source) {
  const size_t pixels = model->size[0] * model->size[1];
  uint8_t present[MODEL_SEGMENTS];
  for (size_t plane = 0; plane < model->size[2]; plane++) {
    assert_int_equal(dseg_source_segments_in_plane(source, plane, present, NULL), DSEG_OK);
    for (size_t i = 0; i < model->segment_count; i++) {
      assert_true(present[i] <= 1);
      for (size_t at = 0; present[i] == 0 && at < pixels; at++) {
        assert_int_equal(model->voxels[i][plane * pixels + at], 0);
      }
    }
  }
}

/* Labels that are seen where they are, are those that are read. */
static void expect_seen(const struct model *model, dseg_source *source) {
  for (unsigned bits = 8; bits <= 32; bits *= 2) {
    const void *seen = dseg_source_view_labels(source, bits, NULL);
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request), .overlap = DSEG_OVERLAP_FIRST};
    for (size_t at = 0; seen != NULL && at < model_count(model); at++) {
      uint64_t overlap = 0;
      assert_int_equal(label_at(seen, bits, at), expected_label(model, &request, at, &overlap));
    }
  }
}

static bool voxels_meet(const struct model *model, size_t a, size_t b) {
  const double half = ceil(0.5 * model->maximum);
  const double least = half > 1 ? half : 1;
  bool meet = false;
  for (size_t at = 0; at < model_count(model); at++) {
    meet = meet || (model->voxels[a][at] >= least && model->voxels[b][at] >= least);
  }
  return meet;
}

/* No two segments of a layer share a voxel, none could be in a lower layer, and together the layers hold everything. */
static void expect_layers(const struct model *model, dseg_source *source) {
  uint32_t layer_of[MODEL_SEGMENTS], segments[MODEL_SEGMENTS];
  size_t layers = 0;
  dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request), .plane_count = model->size[2], .bits = 16, .threads = 2};
  assert_int_equal(dseg_source_assign_layers(source, 2, layer_of, &layers, NULL), DSEG_OK);
  for (size_t i = 0; i < model->segment_count; i++) {
    bool blocked[MODEL_SEGMENTS] = {false};
    for (size_t k = 0; k < i; k++) {
      blocked[layer_of[k]] = blocked[layer_of[k]] || voxels_meet(model, i, k);
    }
    assert_true(layer_of[i] < layers && !blocked[layer_of[i]]);
    for (size_t layer = 0; layer < layer_of[i]; layer++) {
      assert_true(blocked[layer]);
    }
  }
  for (size_t layer = 1; layer <= layers; layer++) {
    struct model one = *model; /* without what is in other layers */
    one.segment_count = 0;
    for (size_t i = 0; i < model->segment_count; i++) {
      if (layer_of[i] + 1 == layer) {
        one.voxels[one.segment_count] = model->voxels[i];
        one.numbers[one.segment_count++] = model->numbers[i];
      }
    }
    request.layer = layer;
    expect_labels(&one, source, &request);
  }
  request.segments = segments; /* of a layer, only the segments asked for */
  request.segment_count = 1;
  segments[0] = model_random((uint32_t)model->segment_count);
  request.layer = layer_of[segments[0]] + 1;
  struct model alone = *model;
  alone.segment_count = 1;
  alone.voxels[0] = model->voxels[segments[0]];
  alone.numbers[0] = model->numbers[segments[0]];
  const size_t pixels = model->size[0] * model->size[1];
  uint16_t *labels = malloc(model_count(model) * sizeof *labels);
  const size_t bytes = request.plane_count * pixels * sizeof *labels;
  assert_int_equal(dseg_source_read_labels(source, &request, labels, bytes, NULL, NULL), DSEG_OK);
  const dseg_label_request all = {.struct_size = sizeof(dseg_label_request)};
  for (size_t at = 0; at < model_count(model); at++) {
    uint64_t overlap = 0;
    assert_int_equal(labels[at], expected_label(&alone, &all, at, &overlap));
  }
  free(labels);
}

void model_expect(const struct model *model, dseg_source *source) {
  expect_description(model, source);
  expect_requests(model, source);
  expect_masks(model, source);
  expect_presence(model, source);
  expect_seen(model, source);
  expect_layers(model, source);
}
