/* SPDX-License-Identifier: Apache-2.0 */
/* test_instance_queries.c - boxes and statistics of instances are what a loop over all voxels finds, on volumes and on
 * slides whose tiles overlap; and which instances match. */
#include "random_sources.h"

#include "dseg/compare.h"
#include "dseg/instance_statistics.h"
#include "sources/instance_memory.h"

enum { NUMBERS = 40 };

/* A source, and its voxels in the grid's order. */
typedef struct instance_source {
  dseg_source *source;
  size_t size[3];
  uint32_t *voxels;
} instance_source;

static uint32_t *make_voxels(size_t count) {
  uint32_t *voxels = calloc(count + 1, sizeof *voxels);
  assert_non_null(voxels);
  return voxels;
}

/* Runs of numbers of 0 to NUMBERS - 3: the last ones have no voxel. */
static void fill_runs(uint32_t *voxels, size_t count) {
  uint32_t number = 0;
  for (size_t i = 0; i < count; i++) {
    number = random_number(4) == 0 ? random_number(3) * random_number(NUMBERS - 2) / 2 : number;
    voxels[i] = number;
  }
}

static dseg_description *describe(const dseg_grid *grid, const uint16_t classes[NUMBERS], const uint32_t *numbers) {
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  assert_int_equal(dseg_geometry_from_grid(description, grid, NULL), DSEG_OK);
  description->segment_count = 2;
  description->segments = dseg_description_alloc(description, 2 * sizeof *description->segments);
  for (uint32_t i = 0; i < 2; i++) {
    description->segments[i] = (dseg_segment){.number = i + 1, .label = i == 0 ? "round" : "long"};
  }
  dseg_instances *instances = dseg_description_alloc(description, sizeof *instances);
  *instances = (dseg_instances){.count = NUMBERS, .segments = classes, .numbers = numbers};
  description->instances = instances;
  return description;
}

static dseg_source *open_voxels(dseg_description *description, const uint32_t *voxels) {
  const dseg_geometry *geometry = &description->geometry;
  const size_t bytes = geometry->plane_count * geometry->rows * geometry->columns * sizeof *voxels;
  uint8_t *copy = malloc(bytes + 1);
  assert_non_null(copy);
  memcpy(copy, voxels, bytes);
  const dseg_instance_voxels own = {.voxels = copy, .block = copy, .bits = 32, .columns = geometry->columns};
  dseg_source *source = NULL;
  assert_int_equal(dseg_instance_memory_create("test", description, &own, &source, NULL), DSEG_OK);
  return source;
}

static instance_source make_volume(void) {
  static uint16_t classes[NUMBERS];
  const dseg_grid grid = random_grid();
  instance_source made = {.size = {grid.size[0], grid.size[1], grid.size[2]}};
  const size_t count = grid.size[0] * grid.size[1] * grid.size[2];
  made.voxels = make_voxels(count);
  fill_runs(made.voxels, count);
  made.source = open_voxels(describe(&grid, classes, NULL), made.voxels);
  return made;
}

/* Tiles that overlap by some pixels, and are not of one opinion there: the later one counts. Some reach beyond the
 * matrix. */
static instance_source make_slide(void) {
  static uint16_t classes[NUMBERS];
  const uint32_t sides[2] = {4 + random_number(9), 4 + random_number(9)};
  const uint32_t steps[2] = {1 + random_number(sides[0]), 1 + random_number(sides[1])};
  const uint32_t across = 1 + random_number(4);
  const uint32_t down = 1 + random_number(4);
  const dseg_grid grid = {.size = {sides[0], sides[1], (size_t)across * down},
                          .step = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  dseg_description *description = describe(&grid, classes, NULL);
  dseg_geometry *geometry = &description->geometry;
  instance_source made = {.size = {across * steps[0] + random_number(3), down * steps[1] + random_number(3), 1}};
  geometry->space = DSEG_SPACE_SLIDE;
  geometry->matrix_columns = (uint32_t)made.size[0];
  geometry->matrix_rows = (uint32_t)made.size[1];
  made.voxels = make_voxels(made.size[0] * made.size[1]);
  const size_t pixels = (size_t)sides[0] * sides[1];
  uint32_t *tiles = make_voxels(pixels * geometry->plane_count);
  fill_runs(tiles, pixels * geometry->plane_count);
  for (size_t plane = 0; plane < geometry->plane_count; plane++) {
    geometry->planes[plane].matrix_column = (uint32_t)(plane % across) * steps[0];
    geometry->planes[plane].matrix_row = (uint32_t)(plane / across) * steps[1];
    for (size_t pixel = 0; pixel < pixels; pixel++) {
      const size_t column = geometry->planes[plane].matrix_column + pixel % sides[0];
      const size_t row = geometry->planes[plane].matrix_row + pixel / sides[0];
      if (column < made.size[0] && row < made.size[1]) {
        made.voxels[row * made.size[0] + column] = tiles[plane * pixels + pixel];
      }
    }
  }
  made.source = open_voxels(description, tiles);
  free(tiles);
  return made;
}

static void free_instances(instance_source *made) {
  dseg_source_close(made->source);
  free(made->voxels);
}

static uint32_t voxel_at(const instance_source *made, size_t i, size_t j, size_t k) {
  return made->voxels[(k * made->size[1] + j) * made->size[0] + i];
}

static void check_box(const instance_source *made) {
  dseg_box_request request = {.struct_size = sizeof request, .bits = 32, .instances = 1, .threads = 2, .background = 9};
  size_t count = 1;
  for (int axis = 0; axis < 3; axis++) {
    const uint32_t size = (uint32_t)made->size[axis];
    request.low[axis] = random_number(size);
    request.high[axis] = request.low[axis] + 1 + random_number(size - (uint32_t)request.low[axis]);
    count *= request.high[axis] - request.low[axis];
  }
  uint32_t *out = make_voxels(count);
  assert_int_equal(dseg_source_read_box(made->source, &request, out, count * sizeof *out, NULL, NULL), DSEG_OK);
  size_t at = 0;
  for (size_t k = request.low[2]; k < request.high[2]; k++) {
    for (size_t j = request.low[1]; j < request.high[1]; j++) {
      for (size_t i = request.low[0]; i < request.high[0]; i++) {
        assert_int_equal(out[at++], voxel_at(made, i, j, k));
      }
    }
  }
  free(out);
}

static void check_instance(const instance_source *made, const dseg_instance_statistics *found, uint32_t number) {
  uint64_t voxels = 0;
  size_t box[6] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, 0, 0, 0};
  double sum[3] = {0, 0, 0};
  size_t at[3];
  for (at[2] = 0; at[2] < made->size[2]; at[2]++) {
    for (at[1] = 0; at[1] < made->size[1]; at[1]++) {
      for (at[0] = 0; at[0] < made->size[0]; at[0]++) {
        const bool in = voxel_at(made, at[0], at[1], at[2]) == number;
        voxels += in;
        for (int axis = 0; axis < 3 && in; axis++) {
          sum[axis] += (double)at[axis];
          box[axis] = at[axis] < box[axis] ? at[axis] : box[axis];
          box[3 + axis] = at[axis] > box[3 + axis] ? at[axis] : box[3 + axis];
        }
      }
    }
  }
  assert_int_equal(found->voxels[number - 1], voxels);
  for (size_t axis = 0; axis < 3; axis++) {
    const uint32_t *own = found->boxes + 6 * (number - 1);
    const double centroid = found->centroids[3 * (number - 1) + axis];
    if (voxels > 0) {
      assert_int_equal(own[axis], box[axis]);
      assert_int_equal(own[3 + axis], box[3 + axis]);
      assert_true(fabs(centroid - sum[axis] / (double)voxels) < 1e-9);
    } else {
      assert_true(own[3 + axis] < own[axis] && isnan(centroid));
    }
  }
}

static void check_statistics(const instance_source *made, unsigned threads) {
  const dseg_instance_statistics_options options = {.struct_size = sizeof options, .threads = threads};
  dseg_instance_statistics *found = NULL;
  assert_int_equal(dseg_source_instance_statistics(made->source, &options, &found, NULL), DSEG_OK);
  assert_int_equal(found->count, NUMBERS);
  size_t present = 0;
  size_t smaller = 0;
  size_t larger = 0;
  for (uint32_t number = 1; number <= NUMBERS; number++) {
    check_instance(made, found, number);
    const uint64_t voxels = found->voxels[number - 1];
    present += voxels > 0;
    smaller += voxels > 0 && voxels < found->median;
    larger += voxels > found->median;
    assert_true(voxels <= found->most && (voxels == 0 || voxels >= found->least));
  }
  assert_int_equal(found->present, present);
  assert_true(2 * smaller <= present && 2 * larger <= present);
  dseg_instance_statistics_destroy(found);
}

static void random_sources(void **state) {
  (void)state;
  for (int round = 0; round < 60; round++) {
    instance_source made = round % 2 == 0 ? make_volume() : make_slide();
    for (int box = 0; box < 5; box++) {
      check_box(&made);
    }
    check_statistics(&made, 1 + (unsigned)round % 3);
    free_instances(&made);
  }
}

static void expect_failure(dseg_status status, dseg_status expected, const dseg_error *error, const char *message) {
  assert_int_equal(status, expected);
  if (strstr(error->message, message) == NULL) {
    fail_msg("'%s' does not say '%s'", error->message, message);
  }
}

static void mistakes(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_LABELS, .bits = 8, .first = 1};
  random_source without = make_random(&wish);
  instance_source made = make_volume();
  dseg_box_request request = {.struct_size = sizeof request, .high = {1, 1, 1}, .bits = 32, .instances = 1};
  dseg_instance_statistics *statistics = NULL;
  uint32_t out[1];
  dseg_error error;
  expect_failure(dseg_source_read_box(without.source, &request, out, 4, NULL, &error), DSEG_ERROR_UNSUPPORTED, &error,
                 "there are no instances");
  expect_failure(dseg_source_instance_statistics(without.source, NULL, &statistics, &error), DSEG_ERROR_UNSUPPORTED,
                 &error, "there are no instances");
  request.bits = 16;
  expect_failure(dseg_source_read_box(made.source, &request, out, 2, NULL, &error), DSEG_ERROR_ARGUMENT, &error,
                 "instances of 16 bits");
  dseg_geometry *geometry = (dseg_geometry *)(uintptr_t)&dseg_source_description(made.source)->geometry;
  geometry->plane_count = 0;
  expect_failure(dseg_source_instance_statistics(made.source, NULL, &statistics, &error), DSEG_ERROR_UNSUPPORTED,
                 &error, "there is no plane");
  const dseg_instance_statistics_options short_of_memory = {.struct_size = sizeof short_of_memory, .memory_limit = 999};
  geometry->plane_count = 1;
  expect_failure(dseg_source_instance_statistics(made.source, &short_of_memory, &statistics, &error), DSEG_ERROR_LIMIT,
                 &error, "40 instances take 120 bytes each, past the memory limit of 999");
  assert_null(statistics);
  dseg_comparison *comparison = NULL;
  const dseg_compare_options options = {.struct_size = sizeof options, .memory_limit = NUMBERS * 33 - 1};
  expect_failure(dseg_compare(made.source, made.source, &options, &comparison, &error), DSEG_ERROR_LIMIT, &error,
                 "40 and 40 instances take more than the memory limit");
  assert_null(comparison);
  free_random(&without);
  free_instances(&made);
}

/* A row of voxels. */
static dseg_source *make_row(const uint32_t *voxels, size_t count, const uint16_t classes[NUMBERS],
                             const uint32_t *numbers) {
  const dseg_grid grid = {.size = {count, 1, 1}, .step = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  dseg_source *source = open_voxels(describe(&grid, classes, numbers), voxels);
  source->format = "DICOM"; /* so that classes are compared */
  return source;
}

/* Halves match once, by the lowest number, and less than half of the union does not. */
static void who_matches(void **state) {
  (void)state;
  static const uint32_t a[12] = {1, 1, 2, 3, 4, 4, 4, 0, 5, 5, 0, 0};
  static const uint32_t b[12] = {7, 8, 9, 9, 4, 0, 0, 6, 5, 5, 0, 0};
  static uint16_t classes_a[NUMBERS] = {0, 0, 0, 0, 1};
  static uint16_t classes_b[NUMBERS];
  dseg_source *one = make_row(a, 12, classes_a, NULL);
  dseg_source *two = make_row(b, 12, classes_b, NULL);
  dseg_comparison *comparison = NULL;
  assert_int_equal(dseg_compare(one, two, NULL, &comparison, NULL), DSEG_OK);
  const dseg_instance_comparison *found = comparison->instances;
  assert_non_null(found);
  assert_int_equal(found->matched, 3);
  const uint32_t pairs[3][2] = {{1, 7}, {2, 9}, {5, 5}};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(found->matches[i].a, pairs[i][0]);
    assert_int_equal(found->matches[i].b, pairs[i][1]);
  }
  assert_int_equal(found->present_a, 5);
  assert_int_equal(found->present_b, 6);
  assert_int_equal(found->missed, 2);
  assert_int_equal(found->extra, 3);
  assert_int_equal(found->equal, 1);
  assert_int_equal(found->other_number, 2);
  assert_int_equal(found->other_class, 1);
  assert_int_equal(found->matched_at[0], 3);
  assert_int_equal(found->matched_at[1], 1);
  assert_true(fabs(found->f1 - 6.0 / 11) < 1e-12 && fabs(found->panoptic_quality - 4.0 / 11) < 1e-12);
  assert_true(fabs(found->mean_iou - 2.0 / 3) < 1e-12);
  assert_true((comparison->differs & DSEG_ASPECT_INSTANCES) != 0 && !comparison->same);
  dseg_comparison_destroy(comparison);
  dseg_source_close(one);
  dseg_source_close(two);
}

/* Other numbers for the same voxels: they are told, and can be ignored. */
static void renumbered(void **state) {
  (void)state;
  static const uint32_t a[8] = {1, 1, 2, 2, 0, 3, 3, 3};
  static const uint32_t b[8] = {3, 3, 1, 1, 0, 2, 2, 2};
  static uint16_t classes[NUMBERS];
  static uint32_t original[NUMBERS] = {2, 3, 1};
  dseg_source *one = make_row(a, 8, classes, NULL);
  dseg_source *two = make_row(b, 8, classes, NULL);
  dseg_source *three = make_row(b, 8, classes, original);
  dseg_comparison *comparison = NULL;
  assert_int_equal(dseg_compare(one, two, NULL, &comparison, NULL), DSEG_OK);
  assert_int_equal(comparison->differs, DSEG_ASPECT_NUMBERS);
  assert_int_equal(comparison->instances->equal, 3);
  dseg_comparison_destroy(comparison);
  const dseg_compare_options options = {.struct_size = sizeof options, .ignore = DSEG_ASPECT_NUMBERS};
  assert_int_equal(dseg_compare(one, two, &options, &comparison, NULL), DSEG_OK);
  assert_true(comparison->same);
  dseg_comparison_destroy(comparison);
  assert_int_equal(dseg_compare(one, three, NULL, &comparison, NULL), DSEG_OK);
  assert_true(comparison->same);
  assert_int_equal(comparison->instances->other_number, 0);
  dseg_comparison_destroy(comparison);
  dseg_source_close(one);
  dseg_source_close(two);
  dseg_source_close(three);
}

static void nothing(void **state) {
  (void)state;
  static const uint32_t empty[4];
  static const uint32_t full[4] = {1, 1, 1, 1};
  static uint16_t classes[NUMBERS];
  dseg_source *one = make_row(empty, 4, classes, NULL);
  dseg_source *two = make_row(full, 4, classes, NULL);
  dseg_comparison *comparison = NULL;
  assert_int_equal(dseg_compare(one, one, NULL, &comparison, NULL), DSEG_OK);
  assert_true(comparison->same && comparison->instances->f1 == 1);
  dseg_comparison_destroy(comparison);
  assert_int_equal(dseg_compare(one, two, NULL, &comparison, NULL), DSEG_OK);
  assert_int_equal(comparison->instances->extra, 1);
  assert_true(comparison->instances->f1 == 0 && comparison->instances->recall == 0);
  dseg_comparison_destroy(comparison);
  dseg_source_close(one);
  dseg_source_close(two);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(random_sources), cmocka_unit_test(mistakes),
                                     cmocka_unit_test(who_matches), cmocka_unit_test(renumbered),
                                     cmocka_unit_test(nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
