/* SPDX-License-Identifier: Apache-2.0 */
/* test_queries_memory.c - a box, a digest, statistics and a comparison for which memory is short at any allocation fail
 * with DSEG_ERROR_MEMORY, or say what they say otherwise. */
#include "random_sources.h"

#include "dseg/compare.h"
#include "dseg/digest.h"
#include "dseg/instance_statistics.h"
#include "dseg/statistics.h"
#include "out_of_memory/failing_memory.h"
#include "sources/instance_memory.h"

/* Asks, and writes what is found into outcome, of OUTCOME bytes, all 0 before. */
enum { OUTCOME = 1 << 16 };
typedef dseg_status (*query)(const random_source *made, uint8_t *outcome, dseg_error *error);

static dseg_status read_box(const random_source *made, uint8_t *outcome, dseg_error *error) {
  const dseg_box_request request = {.struct_size = sizeof request,
                                    .low = {1, 1, 0},
                                    .high = {6, 5, made->grid.size[2]},
                                    .bits = 32,
                                    .overlap = DSEG_OVERLAP_FIRST,
                                    .threads = 1};
  return dseg_source_read_box(made->source, &request, outcome, (size_t)5 * 4 * 4 * made->grid.size[2], NULL, error);
}

static dseg_status read_digest(const random_source *made, uint8_t *outcome, dseg_error *error) {
  const dseg_digest_options options = {.struct_size = sizeof options, .threads = 1};
  dseg_digest digest;
  const dseg_status status = dseg_source_digest(made->source, &options, &digest, error);
  memcpy(outcome, digest.sha256, sizeof digest.sha256);
  return status;
}

static dseg_status read_statistics(const random_source *made, uint8_t *outcome, dseg_error *error) {
  const dseg_statistics_options options = {.struct_size = sizeof options, .by_plane = true, .threads = 1};
  dseg_statistics *statistics = NULL;
  const dseg_status status = dseg_source_statistics(made->source, &options, &statistics, error);
  for (size_t i = 0; status == DSEG_OK && i < RANDOM_SEGMENTS; i++) {
    memcpy(outcome + i * sizeof(dseg_segment_statistics), statistics->segments[i], sizeof(dseg_segment_statistics));
  }
  assert_int_equal(statistics == NULL, status != DSEG_OK);
  dseg_statistics_destroy(statistics);
  return status;
}

static dseg_status compare(const random_source *made, uint8_t *outcome, dseg_error *error) {
  const dseg_compare_options options = {.struct_size = sizeof options, .threads = 1};
  dseg_comparison *comparison = NULL;
  const dseg_status status = dseg_compare(made->source, made->source, &options, &comparison, error);
  if (status == DSEG_OK) {
    outcome[0] = comparison->same;
    outcome[1] = (uint8_t)comparison->pair_count;
    outcome[2] = (uint8_t)comparison->difference_count;
  }
  assert_int_equal(comparison == NULL, status != DSEG_OK);
  dseg_comparison_destroy(comparison);
  return status;
}

/* Of a source with instances: */

static dseg_status read_instance_box(const random_source *made, uint8_t *outcome, dseg_error *error) {
  const dseg_box_request request = {.struct_size = sizeof request,
                                    .low = {1, 1, 0},
                                    .high = {6, 5, made->grid.size[2]},
                                    .bits = 32,
                                    .threads = 1,
                                    .instances = 1};
  return dseg_source_read_box(made->source, &request, outcome, (size_t)5 * 4 * 4 * made->grid.size[2], NULL, error);
}

static dseg_status read_instance_statistics(const random_source *made, uint8_t *outcome, dseg_error *error) {
  const dseg_instance_statistics_options options = {.struct_size = sizeof options, .threads = 1};
  dseg_instance_statistics *statistics = NULL;
  const dseg_status status = dseg_source_instance_statistics(made->source, &options, &statistics, error);
  if (status == DSEG_OK) {
    memcpy(outcome, statistics->voxels, statistics->count * sizeof *statistics->voxels);
  }
  assert_int_equal(statistics == NULL, status != DSEG_OK);
  dseg_instance_statistics_destroy(statistics);
  return status;
}

static dseg_status compare_instances(const random_source *made, uint8_t *outcome, dseg_error *error) {
  const dseg_compare_options options = {.struct_size = sizeof options, .threads = 1};
  dseg_comparison *comparison = NULL;
  const dseg_status status = dseg_compare(made->source, made->source, &options, &comparison, error);
  if (status == DSEG_OK) {
    memcpy(outcome, &comparison->instances->equal, sizeof comparison->instances->equal);
  }
  assert_int_equal(comparison == NULL, status != DSEG_OK);
  dseg_comparison_destroy(comparison);
  return status;
}

/* Fails one allocation after the other until none is needed. */
static void fail_each(const random_source *made, query ask) {
  uint8_t *expected = calloc(OUTCOME, 1);
  uint8_t *outcome = calloc(OUTCOME, 1);
  size_t count = 0;
  assert_int_equal(ask(made, expected, NULL), DSEG_OK);
  for (bool done = false; !done; count++) {
    dseg_error error = {0};
    memset(outcome, 0, OUTCOME);
    memory.calls = 0;
    memory.failing = count + 1;
    const dseg_status status = ask(made, outcome, &error);
    done = memory.calls < memory.failing;
    memory.failing = 0;
    if (error.status != status || (status != DSEG_OK && (done || status != DSEG_ERROR_MEMORY))) {
      fail_msg("allocation %zu: status %d, \"%s\"", count + 1, (int)status, error.message);
    }
    if (status == DSEG_OK) {
      assert_memory_equal(outcome, expected, OUTCOME);
    }
  }
  assert_true(count > 2);
  free(expected);
  free(outcome);
}

static void no_failing_allocation_is_overlooked(void **state) {
  (void)state;
  static const query queries[] = {read_box, read_digest, read_statistics, compare};
  for (int round = 0; round < 2 * RANDOM_KINDS * RANDOM_PLACES; round++) {
    const random_wish wish = {.kind = (random_kind)(round % RANDOM_KINDS),
                              .place = (random_place)(round / RANDOM_KINDS % RANDOM_PLACES),
                              .bits = round % 2 == 0 ? 8 : 16,
                              .first = 1,
                              .maximum = 99};
    random_source made = make_random(&wish);
    memory.all_behind = round >= RANDOM_KINDS * RANDOM_PLACES;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
      fail_each(&made, queries[i]);
    }
    memory.all_behind = false;
    free_random(&made);
  }
}

enum { INSTANCES = 1200 };

/* More pairs of instances than a table has room for when it is made. */
static random_source make_instances(void) {
  random_source made = {.grid = {.size = {40, 40, 2}, .step = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}};
  dseg_description *description = dseg_description_create();
  uint16_t *voxels = calloc((size_t)40 * 40 * 2, sizeof *voxels);
  assert_non_null(voxels);
  assert_int_equal(dseg_geometry_from_grid(description, &made.grid, NULL), DSEG_OK);
  for (size_t i = 0; i < (size_t)40 * 40 * 2; i++) {
    voxels[i] = (uint16_t)(i * 7 % (INSTANCES + 1));
  }
  dseg_instances *instances = dseg_description_alloc(description, sizeof *instances);
  *instances = (dseg_instances){.count = INSTANCES};
  description->instances = instances;
  description->segment_count = 1;
  description->segments = dseg_description_alloc(description, sizeof *description->segments);
  description->segments[0] = (dseg_segment){.number = 1, .label = "cell"};
  const dseg_instance_voxels own = {.voxels = (uint8_t *)voxels, .block = voxels, .bits = 16, .columns = 40};
  assert_int_equal(dseg_instance_memory_create("test", description, &own, &made.source, NULL), DSEG_OK);
  return made;
}

static void instances_without_memory(void **state) {
  (void)state;
  static const query queries[] = {read_instance_box, read_instance_statistics, compare_instances};
  random_source made = make_instances();
  for (int round = 0; round < 2; round++) {
    memory.all_behind = round == 1;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
      fail_each(&made, queries[i]);
    }
  }
  memory.all_behind = false;
  dseg_source_close(made.source);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_failing_allocation_is_overlooked),
      cmocka_unit_test(instances_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
