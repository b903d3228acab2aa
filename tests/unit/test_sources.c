/* SPDX-License-Identifier: Apache-2.0 */
/* Sources in memory and several sources as one, through the public functions: labels, masks, overlap, numbers, and the
 * checks of what is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/label_runs.h"
#include "sources/source.h"

#define COLUMNS 50u
#define ROWS 40u
#define PLANES 6u
#define VOXELS (COLUMNS * ROWS * PLANES)

static dseg_description *describe(const uint32_t *numbers, size_t count, dseg_voxel_kind kind) {
  const dseg_grid grid = {{COLUMNS, ROWS, PLANES}, {1, 2, 3}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 2}}};
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  assert_int_equal(dseg_geometry_from_grid(description, &grid, NULL), DSEG_OK);
  description->kind = kind;
  description->segment_count = count;
  description->segments = dseg_description_alloc(description, (count + 1) * sizeof *description->segments);
  for (size_t i = 0; i < count; i++) {
    description->segments[i].number = numbers[i];
    description->segments[i].label = "organ";
  }
  return description;
}

static uint32_t state_of_random = 99;

static uint32_t next_random(void) {
  state_of_random = state_of_random * 1664525u + 1013904223u;
  return state_of_random >> 8;
}

static void store_label(void *labels, unsigned bits, size_t i, uint32_t value) {
  switch (bits) {
    case 8: ((uint8_t *)labels)[i] = (uint8_t)value; break;
    case 16: ((uint16_t *)labels)[i] = (uint16_t)value; break;
    default: ((uint32_t *)labels)[i] = value; break;
  }
}

/* A volume of stretches of the values, of none of them (0), and of one that no segment has (99). */
static dseg_layer make_layer(unsigned bits, const uint32_t *values, size_t count) {
  const dseg_layer layer = {.voxels = malloc(VOXELS * bits / 8), .bits = bits};
  uint32_t value = 0;
  for (size_t i = 0; i < VOXELS; i++) {
    if (next_random() % 23 == 0) {
      const size_t pick = next_random() % (count + 2);
      value = pick < count ? values[pick] : (pick == count ? 0 : 99);
    }
    store_label(layer.voxels, bits, i, value);
  }
  return layer;
}

static dseg_source *open_layers(const uint32_t *numbers, size_t count, const dseg_layer *layers, size_t layer_count,
                                const uint32_t *layer_of_segment, const uint32_t *value_of_segment) {
  dseg_source *source = NULL;
  dseg_description *description = describe(numbers, count, layer_count > 1 ? DSEG_VOXELS_MASKS : DSEG_VOXELS_LABELS);
  assert_int_equal(dseg_memory_source_create("test", description, layers, layer_count, layer_of_segment,
                                             value_of_segment, &source, NULL),
                   DSEG_OK);
  return source;
}

static void single_layer_is_read_at_every_width(void **state) {
  (void)state;
  const uint32_t numbers[3] = {3, 7, 200};
  for (unsigned bits = 8; bits <= 32; bits *= 2) {
    const dseg_layer layer = make_layer(bits, numbers, 3);
    dseg_source *source = open_layers(numbers, 3, &layer, 1, NULL, NULL);
    for (unsigned out_bits = 8; out_bits <= 32; out_bits *= 2) {
      const uint32_t only[2] = {0, 2};
      dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                    .first_plane = 1,
                                    .plane_count = 4,
                                    .bits = out_bits,
                                    .background = 5,
                                    .threads = 3};
      const size_t first = (size_t)COLUMNS * ROWS;
      const size_t count = 4 * first;
      void *out = malloc(count * out_bits / 8);
      assert_int_equal(dseg_source_read_labels(source, &request, out, count * out_bits / 8, NULL, NULL), DSEG_OK);
      for (size_t i = 0; i < count; i++) {
        const uint32_t label = dseg_label_at(layer.voxels, bits, first + i);
        assert_int_equal(dseg_label_at(out, out_bits, i), label == 0 || label == 99 ? 5 : label);
      }
      const uint32_t values[3] = {11, 12, 13};
      request.values = values;
      request.segments = only;
      request.segment_count = 2;
      assert_int_equal(dseg_source_read_labels(source, &request, out, count * out_bits / 8, NULL, NULL), DSEG_OK);
      for (size_t i = 0; i < count; i++) {
        const uint32_t label = dseg_label_at(layer.voxels, bits, first + i);
        assert_int_equal(dseg_label_at(out, out_bits, i), label == 3 ? 11 : (label == 200 ? 13 : 5));
      }
      free(out);
    }
    dseg_source_close(source);
  }
}

static void labels_are_seen_where_they_are(void **state) {
  (void)state;
  const uint32_t numbers[3] = {3, 7, 200};
  const uint32_t others[3] = {3, 7, 201};
  for (unsigned bits = 8; bits <= 32; bits *= 2) {
    dseg_layer layer = make_layer(bits, numbers, 3);
    for (size_t i = 0; i < VOXELS; i++) {
      const uint32_t label = dseg_label_at(layer.voxels, bits, i);
      store_label(layer.voxels, bits, i, label == 99 ? 0 : label);
    }
    layer.complete = true;
    dseg_source *source = open_layers(numbers, 3, &layer, 1, NULL, NULL);
    for (unsigned wanted = 8; wanted <= 32; wanted *= 2) {
      const void *seen = dseg_source_view_labels(source, wanted, NULL);
      assert_ptr_equal(seen, wanted == bits ? layer.voxels : NULL);
      assert_ptr_equal(dseg_source_view_labels(source, wanted, numbers), seen);
      assert_null(dseg_source_view_labels(source, wanted, others));
    }
    dseg_source_close(source);
    layer = make_layer(bits, numbers, 3); /* with values that no segment has */
    source = open_layers(numbers, 3, &layer, 1, NULL, NULL);
    assert_null(dseg_source_view_labels(source, bits, NULL));
    dseg_source_close(source);
  }
}

static void mask_and_presence_agree_with_voxels(void **state) {
  (void)state;
  const uint32_t numbers[2] = {1, 2};
  const uint32_t values[2] = {40, 41};
  for (unsigned bits = 8; bits <= 32; bits *= 2) {
    const dseg_layer layer = make_layer(bits, values, 2);
    for (size_t i = 0; i < (size_t)COLUMNS * ROWS; i++) {
      store_label(layer.voxels, bits, i, 40);
    }
    dseg_source *source = open_layers(numbers, 2, &layer, 1, NULL, values);
    uint8_t mask[VOXELS];
    assert_int_equal(dseg_source_read_mask(source, 1, 0, PLANES, mask, VOXELS, 2, NULL), DSEG_OK);
    for (size_t i = 0; i < VOXELS; i++) {
      assert_int_equal(mask[i], dseg_label_at(layer.voxels, bits, i) == 41);
    }
    uint8_t present[2] = {9, 9};
    assert_int_equal(dseg_source_segments_in_plane(source, 0, present, NULL), DSEG_OK);
    assert_int_equal(present[0], 1);
    assert_int_equal(present[1], 0);
    dseg_source_close(source);
  }
}

/* Segments 0 and 2 in layer 0, segment 1 in layer 1: the order of segments decides, not that of layers. */
static void layers_overlap_by_segment_order(void **state) {
  (void)state;
  const uint32_t numbers[3] = {1, 2, 3};
  const uint32_t layer_of_segment[3] = {0, 1, 0};
  const uint32_t first_values[2] = {1, 3};
  for (unsigned bits = 8; bits <= 32; bits *= 2) {
    for (unsigned last = 0; last < 2; last++) {
      const dseg_layer layers[2] = {make_layer(bits, first_values, 2), make_layer(bits, numbers + 1, 1)};
      dseg_source *source = open_layers(numbers, 3, layers, 2, layer_of_segment, NULL);
      dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                    .plane_count = PLANES,
                                    .bits = 8,
                                    .overlap = last ? DSEG_OVERLAP_LAST : DSEG_OVERLAP_FIRST,
                                    .threads = 2};
      uint8_t out[VOXELS];
      dseg_overlap overlap;
      assert_int_equal(dseg_source_read_labels(source, &request, out, VOXELS, &overlap, NULL), DSEG_OK);
      uint64_t with_first = 0;
      uint64_t with_last = 0;
      for (size_t i = 0; i < VOXELS; i++) {
        uint32_t a = dseg_label_at(layers[0].voxels, bits, i);
        const uint32_t b = dseg_label_at(layers[1].voxels, bits, i) == 2 ? 2 : 0;
        a = a == 99 ? 0 : a;
        const uint32_t least = a < b ? a : b;
        const uint32_t greatest = a < b ? b : a;
        const uint32_t winner = last || least == 0 ? greatest : least;
        with_first += least == 1;
        with_last += greatest == 3 && least == 2;
        assert_int_equal(out[i], winner);
      }
      assert_int_equal(overlap.voxels, with_first + with_last);
      assert_int_equal(overlap.pair_count, 2);
      for (size_t i = 0; i < 2; i++) {
        assert_int_equal(overlap.pairs[i].voxels, overlap.pairs[i].first == 0 ? with_first : with_last);
      }
      request.overlap = DSEG_OVERLAP_ERROR;
      dseg_error error = {0};
      assert_int_equal(dseg_source_read_labels(source, &request, out, VOXELS, &overlap, &error), DSEG_ERROR_OVERLAP);
      assert_non_null(strstr(error.message, "1 (organ) and 2 (organ)"));
      dseg_source_close(source);
    }
  }
}

static void fractions_are_read_by_threshold(void **state) {
  (void)state;
  const uint32_t numbers[2] = {1, 2};
  dseg_description *description = describe(numbers, 2, DSEG_VOXELS_PROBABILITY);
  description->maximum_fraction = 200;
  dseg_layer layers[2];
  for (size_t k = 0; k < 2; k++) {
    layers[k] = (dseg_layer){.voxels = malloc(VOXELS), .bits = 8};
    for (size_t i = 0; i < VOXELS; i++) {
      ((uint8_t *)layers[k].voxels)[i] = (uint8_t)(next_random() % 201 * (k == 0 || i % 2));
    }
  }
  dseg_source *source = NULL;
  assert_int_equal(dseg_memory_source_create("test", description, layers, 2, NULL, NULL, &source, NULL), DSEG_OK);
  const double thresholds[] = {0, 0.25, 0.5, 1};
  const uint8_t stored[] = {100, 50, 100, 200};
  for (size_t t = 0; t < 4; t++) {
    const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                        .plane_count = PLANES,
                                        .bits = 16,
                                        .overlap = DSEG_OVERLAP_FIRST,
                                        .threshold = thresholds[t],
                                        .threads = 2};
    uint16_t out[VOXELS];
    assert_int_equal(dseg_source_read_labels(source, &request, out, sizeof out, NULL, NULL), DSEG_OK);
    for (size_t i = 0; i < VOXELS; i++) {
      const bool first = ((const uint8_t *)layers[0].voxels)[i] >= stored[t];
      const bool second = ((const uint8_t *)layers[1].voxels)[i] >= stored[t];
      assert_int_equal(out[i], first ? 1 : (second ? 2 : 0));
    }
  }
  uint8_t mask[VOXELS];
  assert_int_equal(dseg_source_read_mask(source, 1, 0, PLANES, mask, VOXELS, 1, NULL), DSEG_OK);
  assert_memory_equal(mask, layers[1].voxels, VOXELS);
  dseg_source_close(source);
}

static dseg_source *open_one(const uint32_t *numbers, size_t count, dseg_layer *layer) {
  *layer = make_layer(8, numbers, count);
  return open_layers(numbers, count, layer, 1, NULL, NULL);
}

static void numbers_that_collide_are_replaced(void **state) {
  (void)state;
  const uint32_t first[3] = {1, 2, 10};
  const uint32_t second[4] = {0, 2, 3, 10};
  const uint32_t expected[7] = {1, 2, 3, 10, 11, 12, 13};
  const dseg_segment_origin origins[7] = {{0, 1}, {0, 2}, {1, 3}, {0, 10}, {1, 0}, {1, 2}, {1, 10}};
  dseg_layer layers[2];
  dseg_source *parts[2] = {open_one(first, 3, &layers[0]), open_one(second, 4, &layers[1])};
  dseg_source *source = NULL;
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options)};
  assert_int_equal(dseg_combine_sources(parts, 2, &options, &source, NULL), DSEG_OK);
  const dseg_description *description = dseg_source_description(source);
  assert_int_equal(description->segment_count, 7);
  assert_int_equal(description->kind, DSEG_VOXELS_MASKS);
  for (size_t i = 0; i < 7; i++) {
    assert_int_equal(description->segments[i].number, expected[i]);
    const dseg_segment_origin origin = dseg_source_segment_origin(source, i);
    assert_int_equal(origin.file, origins[i].file);
    assert_int_equal(origin.number, origins[i].number);
    uint8_t mask[VOXELS];
    assert_int_equal(dseg_source_read_mask(source, i, 0, PLANES, mask, VOXELS, 1, NULL), DSEG_OK);
    for (size_t v = 0; v < VOXELS; v++) {
      assert_int_equal(mask[v], dseg_label_at(layers[origins[i].file].voxels, 8, v) == origins[i].number);
    }
  }
  dseg_source_close(source);
}

/* A source of one layer, packed or not, and a copy of its voxels. */
static dseg_source *open_copied(const uint32_t *numbers, size_t count, bool packed, uint8_t copy[VOXELS]) {
  dseg_layer layer;
  dseg_source *source = open_one(numbers, count, &layer);
  memcpy(copy, layer.voxels, VOXELS);
  if (packed) {
    const dseg_source *before = source;
    assert_int_equal(dseg_pack_source(&source, NULL), DSEG_OK);
    assert_ptr_not_equal(source, before);
  }
  return source;
}

/* Labels, overlap, masks and presence of two sources in one, whichever of them is packed. */
static void check_combined(bool last, bool first_packed, bool second_packed) {
  const uint32_t first[2] = {1, 4};
  const uint32_t second[2] = {2, 3};
  uint8_t voxels[2][VOXELS];
  dseg_source *parts[2] = {open_copied(first, 2, first_packed, voxels[0]),
                           open_copied(second, 2, second_packed, voxels[1])};
  dseg_source *source = NULL;
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options)};
  assert_int_equal(dseg_combine_sources(parts, 2, &options, &source, NULL), DSEG_OK);
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .plane_count = PLANES,
                                      .bits = 8,
                                      .overlap = last ? DSEG_OVERLAP_LAST : DSEG_OVERLAP_FIRST,
                                      .threads = 1};
  uint8_t out[VOXELS];
  dseg_overlap overlap;
  uint64_t expected = 0;
  assert_int_equal(dseg_source_read_labels(source, &request, out, VOXELS, &overlap, NULL), DSEG_OK);
  for (size_t i = 0; i < VOXELS; i++) {
    const uint32_t a = voxels[0][i] % 99;
    const uint32_t b = voxels[1][i] % 99;
    const uint32_t least = a < b ? a : b;
    const uint32_t greatest = a < b ? b : a;
    expected += least != 0;
    assert_int_equal(out[i], last || least == 0 ? greatest : least);
  }
  assert_int_equal(overlap.voxels, expected);
  assert_int_equal(overlap.pair_count, 4);
  for (size_t segment = 0; segment < 4; segment++) {
    uint8_t mask[VOXELS];
    assert_int_equal(
        dseg_source_read_mask(source, segment, 1, PLANES - 1, mask, VOXELS / PLANES * (PLANES - 1), 1, NULL), DSEG_OK);
    const dseg_segment_origin origin = dseg_source_segment_origin(source, segment);
    for (size_t i = VOXELS / PLANES; i < VOXELS; i++) {
      assert_int_equal(mask[i - VOXELS / PLANES], voxels[origin.file][i] == origin.number);
    }
  }
  uint8_t present[4];
  assert_int_equal(dseg_source_segments_in_plane(source, 2, present, NULL), DSEG_OK);
  assert_int_equal(present[0] + present[1] + present[2] + present[3], 4);
  dseg_source_close(source);
}

static void combined_sources_overlap(void **state) {
  (void)state;
  for (unsigned i = 0; i < 8; i++) {
    check_combined((i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
  }
}

/* A view may ask a packed source for labels. */
static void packed_labels_are_those_of_the_volume(void **state) {
  (void)state;
  const uint32_t numbers[3] = {3, 7, 200};
  const uint32_t only[2] = {0, 2};
  const uint32_t values[3] = {30, 70, 2000};
  uint8_t voxels[VOXELS];
  dseg_source *source = open_copied(numbers, 3, true, voxels);
  const dseg_label_request request = {.struct_size = sizeof(dseg_label_request),
                                      .first_plane = 2,
                                      .plane_count = 3,
                                      .bits = 16,
                                      .values = values,
                                      .segments = only,
                                      .segment_count = 2,
                                      .background = 9,
                                      .threads = 1};
  const size_t first = 2 * (size_t)COLUMNS * ROWS;
  const size_t count = 3 * (size_t)COLUMNS * ROWS;
  uint16_t out[VOXELS];
  assert_int_equal(dseg_source_read_labels(source, &request, out, count * sizeof *out, NULL, NULL), DSEG_OK);
  for (size_t i = 0; i < count; i++) {
    const uint8_t voxel = voxels[first + i];
    assert_int_equal(out[i], voxel == 3 ? 30 : voxel == 200 ? 2000 : 9);
  }
  dseg_source_close(source);
}

/* Noise takes more as runs than as voxels. */
static void noise_is_not_packed(void **state) {
  (void)state;
  const uint32_t number = 1;
  dseg_layer layer = {.voxels = malloc(VOXELS), .bits = 8};
  for (size_t i = 0; i < VOXELS; i++) {
    store_label(layer.voxels, 8, i, next_random() % 2);
  }
  dseg_source *source = open_layers(&number, 1, &layer, 1, NULL, NULL);
  const dseg_source *before = source;
  assert_int_equal(dseg_pack_source(&source, NULL), DSEG_OK);
  assert_ptr_equal(source, before);
  dseg_source_close(source);
}

static void different_geometry_is_refused(void **state) {
  (void)state;
  const uint32_t numbers[1] = {1};
  dseg_layer layers[2];
  dseg_source *parts[2] = {open_one(numbers, 1, &layers[0]), open_one(numbers, 1, &layers[1])};
  dseg_source *source = NULL;
  const dseg_open_options options = {.struct_size = sizeof(dseg_open_options)};
  dseg_error error = {0};
  parts[1]->description->geometry.planes[3].position[0] += 1.0;
  assert_int_equal(dseg_combine_sources(parts, 2, &options, &source, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "plane 4 "));
  parts[1]->description->geometry.planes[3].position[0] -= 0.9999;
  error = (dseg_error){0};
  parts[1]->description->geometry.pixel_spacing[1] += 0.5;
  assert_int_equal(dseg_combine_sources(parts, 2, &options, &source, &error), DSEG_ERROR_UNSUPPORTED);
  parts[1]->description->geometry.pixel_spacing[1] -= 0.5;
  parts[1]->description->kind = DSEG_VOXELS_PROBABILITY;
  assert_int_equal(dseg_combine_sources(parts, 2, &options, &source, NULL), DSEG_ERROR_UNSUPPORTED);
  parts[1]->description->kind = DSEG_VOXELS_LABELS;
  assert_int_equal(dseg_combine_sources(parts, 2, &options, &source, NULL), DSEG_OK);
  dseg_source_close(source);
}

static void expect_bad_request(dseg_source *source, dseg_label_request request, size_t size, const char *part) {
  uint16_t out[2 * VOXELS + 2];
  dseg_error error = {0};
  assert_int_equal(dseg_source_read_labels(source, &request, out, size, NULL, &error), DSEG_ERROR_ARGUMENT);
  if (strstr(error.message, part) == NULL) {
    fail_msg("\"%s\" does not contain \"%s\"", error.message, part);
  }
}

static void requests_are_checked(void **state) {
  (void)state;
  const uint32_t numbers[2] = {1, 300};
  const dseg_layer layer = make_layer(16, numbers, 2);
  dseg_source *source = open_layers(numbers, 2, &layer, 1, NULL, NULL);
  const size_t size = (size_t)COLUMNS * ROWS * 2;
  const dseg_label_request good = {.struct_size = sizeof(dseg_label_request), .plane_count = 1, .bits = 16};
  dseg_label_request request = good;
  request.bits = 12;
  expect_bad_request(source, request, size, "12 bits");
  request = good;
  request.bits = 8;
  expect_bad_request(source, request, size / 2, "value 300 of segment 300");
  request = good;
  request.first_plane = PLANES;
  expect_bad_request(source, request, size, "planes 6 to 7");
  request = good;
  request.plane_count = SIZE_MAX;
  expect_bad_request(source, request, size, "planes");
  expect_bad_request(source, good, size - 1, "bytes");
  expect_bad_request(source, good, size + 1, "bytes");
  request = good;
  request.background = 65536;
  expect_bad_request(source, request, size, "background");
  request = good;
  request.threshold = 1.5;
  expect_bad_request(source, request, size, "threshold");
  const uint32_t stranger = 2;
  request = good;
  request.segments = &stranger;
  request.segment_count = 1;
  expect_bad_request(source, request, size, "segment 2 was asked for");

  uint8_t bytes[VOXELS];
  assert_int_equal(dseg_source_read_labels(source, NULL, bytes, 0, NULL, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_source_read_mask(source, 2, 0, 1, bytes, size / 2, 1, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_source_read_mask(source, 0, 0, 1, bytes, size, 1, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_source_read_mask(source, 0, 6, 1, bytes, size / 2, 1, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_source_segments_in_plane(source, PLANES, bytes, NULL), DSEG_ERROR_ARGUMENT);
  dseg_frame_location location;
  assert_int_equal(dseg_source_frame(source, 0, &location, NULL), DSEG_ERROR_UNSUPPORTED);
  dseg_source_close(source);
  dseg_source_close(NULL);
}

/* With values given, 0 leaves a segment out. */
static void value_zero_leaves_a_segment_out(void **state) {
  (void)state;
  const uint32_t numbers[2] = {1, 2};
  const uint32_t values[2] = {0, 8};
  dseg_layer layer;
  dseg_source *source = open_one(numbers, 2, &layer);
  const dseg_label_request request = {
      .struct_size = sizeof(dseg_label_request), .plane_count = PLANES, .bits = 8, .values = values, .background = 3};
  uint8_t out[VOXELS];
  assert_int_equal(dseg_source_read_labels(source, &request, out, VOXELS, NULL, NULL), DSEG_OK);
  for (size_t i = 0; i < VOXELS; i++) {
    assert_int_equal(out[i], ((const uint8_t *)layer.voxels)[i] == 2 ? 8 : 3);
  }
  dseg_source_close(source);
}

static void files_of_no_known_kind_are_named(void **state) {
  (void)state;
  dseg_source *source = NULL;
  dseg_error error = {0};
  assert_int_equal(dseg_open("no-such-file", NULL, &source, &error), DSEG_ERROR_INPUT);
  assert_int_equal(strncmp(error.message, "no-such-file: ", 14), 0);
  assert_null(source);
  error = (dseg_error){0};
  assert_int_equal(dseg_open_memory((dseg_view){(const uint8_t *)"text", 4}, "bytes", NULL, &source, &error),
                   DSEG_ERROR_UNSUPPORTED);
  assert_int_equal(strncmp(error.message, "bytes: ", 7), 0);
  assert_int_equal(dseg_open(NULL, NULL, &source, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_open_many(NULL, 0, NULL, &source, NULL), DSEG_ERROR_ARGUMENT);
  const char *const paths[2] = {"no-such-file", NULL};
  assert_int_equal(dseg_open_many(paths, 2, NULL, &source, NULL), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_open_many(paths, 1, NULL, &source, NULL), DSEG_ERROR_INPUT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(single_layer_is_read_at_every_width),
      cmocka_unit_test(labels_are_seen_where_they_are),
      cmocka_unit_test(mask_and_presence_agree_with_voxels),
      cmocka_unit_test(layers_overlap_by_segment_order),
      cmocka_unit_test(fractions_are_read_by_threshold),
      cmocka_unit_test(numbers_that_collide_are_replaced),
      cmocka_unit_test(combined_sources_overlap),
      cmocka_unit_test(packed_labels_are_those_of_the_volume),
      cmocka_unit_test(noise_is_not_packed),
      cmocka_unit_test(different_geometry_is_refused),
      cmocka_unit_test(requests_are_checked),
      cmocka_unit_test(value_zero_leaves_a_segment_out),
      cmocka_unit_test(files_of_no_known_kind_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
