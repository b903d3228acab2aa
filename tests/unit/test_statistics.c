/* SPDX-License-Identifier: Apache-2.0 */
/* test_statistics.c - what dseg_source_statistics says of random sources is what a loop over all voxels finds: labels,
 * overlap, fractions; missing planes, oblique axes, slides. */
#include "random_sources.h"

#include "dseg/statistics.h"
#include "dseg/writer.h"

/* By brute force, in the grid's order. */
struct expected {
  uint64_t voxels;
  double amount, sum[3];
  size_t low[3], high[3];
};

static struct expected count_all(const random_source *made, size_t segment, uint32_t maximum) {
  struct expected found = {.low = {SIZE_MAX, SIZE_MAX, SIZE_MAX}};
  size_t at[3];
  for (at[2] = 0; at[2] < made->grid.size[2]; at[2]++) {
    for (at[1] = 0; at[1] < made->grid.size[1]; at[1]++) {
      for (at[0] = 0; at[0] < made->grid.size[0]; at[0]++) {
        const double fraction = random_voxel(made, segment, at[0], at[1], at[2]) / (double)maximum;
        found.voxels += fraction > 0;
        found.amount += fraction;
        for (int axis = 0; axis < 3 && fraction > 0; axis++) {
          found.sum[axis] += fraction * (double)at[axis];
          found.low[axis] = at[axis] < found.low[axis] ? at[axis] : found.low[axis];
          found.high[axis] = at[axis] + 1 > found.high[axis] ? at[axis] + 1 : found.high[axis];
        }
      }
    }
  }
  return found;
}

static void assert_close(double found, double expected) {
  if (!(fabs(found - expected) <= 1e-9 * (1 + fabs(expected)))) {
    fail_msg("%.17g instead of %.17g", found, expected);
  }
}

static void assert_position(const dseg_grid *grid, const double index[3], const double found[3]) {
  for (int c = 0; c < 3; c++) {
    assert_close(found[c], grid->origin[c] + index[0] * grid->step[0][c] + index[1] * grid->step[1][c] +
                               index[2] * grid->step[2][c]);
  }
}

static bool is_in_plane(const random_source *made, size_t segment, size_t plane) {
  for (size_t pixel = 0; pixel < made->columns * made->rows; pixel++) {
    if (made->stored[random_at(made, segment, plane, pixel)] != 0) {
      return true;
    }
  }
  return false;
}

static void check_planes(const random_source *made, const dseg_statistics *statistics, size_t segment) {
  const dseg_segment_statistics *found = statistics->segments[segment];
  size_t count = 0;
  size_t first = 0;
  size_t last = 0;
  for (size_t plane = 0; plane < made->planes; plane++) {
    const bool in = is_in_plane(made, segment, plane);
    first = in && count == 0 ? plane : first;
    last = in ? plane : last;
    count += in;
    assert_int_equal(statistics->present[plane * RANDOM_SEGMENTS + segment], in);
  }
  assert_int_equal(found->plane_count, count);
  assert_int_equal(found->first_plane, first);
  assert_int_equal(found->last_plane, last);
}

static void check_segment(const random_source *made, const dseg_statistics *statistics, size_t segment,
                          uint32_t maximum) {
  const dseg_segment_statistics *found = statistics->segments[segment];
  const struct expected expected = count_all(made, segment, maximum);
  assert_int_equal(found->voxels, expected.voxels);
  assert_close(found->amount, expected.amount);
  assert_close(found->size, expected.amount * statistics->voxel_size);
  check_planes(made, statistics, segment);
  if (expected.voxels == 0) {
    assert_int_equal(found->high[0], 0);
    return;
  }
  double low[3];
  double last[3];
  for (int axis = 0; axis < 3; axis++) {
    assert_int_equal(found->low[axis], expected.low[axis]);
    assert_int_equal(found->high[axis], expected.high[axis]);
    assert_close(found->centroid[axis], expected.sum[axis] / expected.amount);
    low[axis] = (double)expected.low[axis];
    last[axis] = (double)(expected.high[axis] - 1);
  }
  assert_position(&made->grid, low, found->low_mm);
  assert_position(&made->grid, last, found->high_mm);
  assert_position(&made->grid, found->centroid, found->centroid_mm);
}

static void check_source(const random_source *made, const random_wish *wish, unsigned threads) {
  const dseg_statistics_options options = {.struct_size = sizeof options, .by_plane = true, .threads = threads};
  dseg_statistics *statistics = NULL;
  assert_int_equal(dseg_source_statistics(made->source, &options, &statistics, NULL), DSEG_OK);
  assert_true(statistics->has_grid);
  assert_int_equal(statistics->segment_count, RANDOM_SEGMENTS);
  assert_int_equal(statistics->fractions, wish->kind == RANDOM_FRACTIONS);
  assert_int_equal(statistics->overlap, wish->kind == RANDOM_OVERLAP);
  assert_int_equal(statistics->unit,
                   wish->place == RANDOM_SLIDE ? DSEG_SIZE_SQUARE_MILLIMETRES : DSEG_SIZE_MILLILITRES);
  assert_close(statistics->voxel_size, wish->place == RANDOM_SLIDE ? 0.7 * 0.9 : 0.7 * 0.9 * 2.5 / 1000);
  for (size_t segment = 0; segment < RANDOM_SEGMENTS; segment++) {
    check_segment(made, statistics, segment, wish->kind == RANDOM_FRACTIONS ? wish->maximum : 1);
  }
  dseg_statistics_destroy(statistics);
}

static void random_sources(void **state) {
  (void)state;
  static const uint32_t firsts[] = {1, 7, 300, 70000};
  for (int round = 0; round < 108; round++) {
    random_wish wish = {.kind = (random_kind)(round % RANDOM_KINDS),
                        .place = (random_place)(round / RANDOM_KINDS % RANDOM_PLACES),
                        .bits = 8U << random_number(3),
                        .maximum = 1 + random_number(255)};
    wish.first = firsts[random_number(wish.bits == 8 ? 2 : wish.bits == 16 ? 3 : 4)];
    random_source made = make_random(&wish);
    check_source(&made, &wish, 1);
    check_source(&made, &wish, 3);
    free_random(&made);
  }
}

/* Writes planes of labels, or a mask of each segment. */
static void write_planes(const random_source *made, dseg_writer *writer, random_kind kind) {
  static const uint32_t values[RANDOM_SEGMENTS] = {1, 2, 3, 4, 5};
  const size_t pixels = made->columns * made->rows;
  uint8_t *labels = malloc(pixels);
  assert_non_null(labels);
  for (size_t plane = 0; plane < made->planes; plane++) {
    const dseg_label_request request = {
        .struct_size = sizeof request, .first_plane = plane, .plane_count = 1, .bits = 8, .values = values};
    if (kind == RANDOM_LABELS) {
      assert_int_equal(dseg_source_read_labels(made->source, &request, labels, pixels, NULL, NULL), DSEG_OK);
      assert_int_equal(dseg_writer_write_labels(writer, plane, labels, 8, NULL), DSEG_OK);
      continue;
    }
    for (size_t segment = 0; segment < RANDOM_SEGMENTS; segment++) {
      const uint8_t *mask = &made->stored[random_at(made, segment, plane, 0)];
      assert_int_equal(dseg_writer_write_mask(writer, plane, segment, mask, NULL), DSEG_OK);
    }
  }
  free(labels);
}

/* The source as a DICOM object. */
static dseg_source *write_and_open(const random_source *made, random_kind kind, dseg_buffer *bytes) {
  static const char *const representations[] = {"labelmap", "binary", "fractional"};
  const dseg_write_options options = {.struct_size = sizeof options, .representation = representations[kind]};
  const dseg_output output = dseg_output_to_buffer(bytes);
  dseg_description *description = NULL;
  dseg_writer *writer = NULL;
  dseg_source *source = NULL;
  assert_int_equal(dseg_description_copy(dseg_source_description(made->source), &description, NULL), DSEG_OK);
  for (uint32_t i = 0; i < RANDOM_SEGMENTS; i++) { /* as BINARY has them (PS3.3 C.8.20.2.4) */
    description->segments[i].number = i + 1;
  }
  assert_int_equal(dseg_writer_create_to(&output, description, &options, &writer, NULL), DSEG_OK);
  write_planes(made, writer, kind);
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  dseg_writer_destroy(writer);
  dseg_description_destroy(description);
  assert_int_equal(dseg_open_memory((dseg_view){bytes->data, bytes->size}, "object", NULL, &source, NULL), DSEG_OK);
  return source;
}

static void assert_same_statistics(dseg_source *source, dseg_source *other) {
  dseg_statistics *found = NULL;
  dseg_statistics *expected = NULL;
  assert_int_equal(dseg_source_statistics(source, NULL, &found, NULL), DSEG_OK);
  assert_int_equal(dseg_source_statistics(other, NULL, &expected, NULL), DSEG_OK);
  assert_null(found->present);
  for (size_t segment = 0; segment < RANDOM_SEGMENTS; segment++) {
    const dseg_segment_statistics *a = found->segments[segment];
    const dseg_segment_statistics *b = expected->segments[segment];
    assert_int_equal(a->voxels, b->voxels);
    assert_close(a->amount, b->amount);
    for (int c = 0; c < 3 && a->voxels > 0; c++) {
      assert_true(fabs(a->centroid_mm[c] - b->centroid_mm[c]) < 1e-4);
    }
  }
  dseg_statistics_destroy(found);
  dseg_statistics_destroy(expected);
}

/* The same from frames: BINARY and FRACTIONAL objects have one for each segment of a plane, LABELMAP objects one for
 * each plane. */
static void objects(void **state) {
  (void)state;
  for (unsigned round = 0; round < 30; round++) {
    const random_wish wish = {.kind = (random_kind)(round % RANDOM_KINDS),
                              .place = (random_place)(round / RANDOM_KINDS % 2),
                              .bits = 16,
                              .first = 1,
                              .maximum = 200};
    random_source made = make_random(&wish);
    dseg_buffer bytes = {0};
    dseg_source *source = write_and_open(&made, wish.kind, &bytes);
    assert_same_statistics(source, made.source);
    dseg_source_close(source);
    dseg_buffer_free(&bytes);
    free_random(&made);
  }
}

static dseg_geometry *geometry_of(const random_source *made) {
  return (dseg_geometry *)(uintptr_t)&dseg_source_description(made->source)->geometry;
}

static void sizes_are_unknown_without_distances(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_LABELS, .bits = 8, .first = 1};
  random_source made = make_random(&wish);
  dseg_statistics *statistics = NULL;
  geometry_of(&made)->pixel_spacing[0] = 0;
  assert_int_equal(dseg_source_statistics(made.source, NULL, &statistics, NULL), DSEG_OK);
  assert_int_equal(statistics->unit, DSEG_SIZE_UNKNOWN);
  assert_true(isnan(statistics->voxel_size));
  assert_true(isnan(statistics->segments[0]->size));
  assert_true(isnan(statistics->segments[0]->centroid_mm[0]));
  assert_true(statistics->segments[0]->voxels > 0);
  dseg_statistics_destroy(statistics);
  free_random(&made);
}

static void planes_on_no_grid_are_counted(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_OVERLAP, .bits = 8, .first = 1};
  random_source made = make_random(&wish);
  dseg_statistics *statistics = NULL;
  dseg_error error;
  geometry_of(&made)->planes[1].position[2] += 0.7;
  geometry_of(&made)->planes[2].position[0] = NAN;
  assert_int_equal(dseg_source_statistics(made.source, NULL, &statistics, &error), DSEG_OK);
  assert_int_equal(error.status, DSEG_OK);
  assert_false(statistics->has_grid);
  assert_int_equal(statistics->unit, DSEG_SIZE_UNKNOWN);
  for (size_t segment = 0; segment < RANDOM_SEGMENTS; segment++) {
    const dseg_segment_statistics *found = statistics->segments[segment];
    assert_int_equal(found->voxels, count_all(&made, segment, 1).voxels);
    assert_true(found->voxels == 0 || (found->low[2] == found->first_plane && isnan(found->low_mm[0])));
  }
  dseg_statistics_destroy(statistics);
  free_random(&made);
}

static void planes_without_a_frame_of_reference_have_areas(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_LABELS, .bits = 8, .first = 1};
  random_source made = make_random(&wish);
  dseg_statistics *statistics = NULL;
  geometry_of(&made)->space = DSEG_SPACE_NONE;
  assert_int_equal(dseg_source_statistics(made.source, NULL, &statistics, NULL), DSEG_OK);
  assert_int_equal(statistics->unit, DSEG_SIZE_SQUARE_MILLIMETRES);
  assert_close(statistics->voxel_size, 0.63);
  assert_true(isnan(statistics->segments[0]->centroid_mm[0]));
  dseg_statistics_destroy(statistics);
  free_random(&made);
}

/* A single plane's depth is what the file says of it. */
static void a_single_plane_has_the_volume_that_it_says(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_LABELS, .bits = 8, .first = 1};
  random_source made = make_random(&wish);
  dseg_geometry *geometry = geometry_of(&made);
  dseg_statistics *statistics = NULL;
  geometry->plane_count = 1;
  assert_int_equal(dseg_source_statistics(made.source, NULL, &statistics, NULL), DSEG_OK);
  assert_close(statistics->voxel_size, 0.63 * 2.5 / 1000);
  dseg_statistics_destroy(statistics);
  geometry->slice_thickness = 0;
  geometry->spacing_between_slices = NAN;
  assert_int_equal(dseg_source_statistics(made.source, NULL, &statistics, NULL), DSEG_OK);
  assert_int_equal(statistics->unit, DSEG_SIZE_UNKNOWN);
  assert_true(isfinite(statistics->segments[0]->centroid_mm[0]));
  dseg_statistics_destroy(statistics);
  geometry->plane_count = 0;
  assert_int_equal(dseg_source_statistics(made.source, NULL, &statistics, NULL), DSEG_OK);
  assert_int_equal(statistics->segments[0]->voxels, 0);
  dseg_statistics_destroy(statistics);
  free_random(&made);
}

static void count_reports(void *user, unsigned long long done, unsigned long long total) {
  unsigned long long *last = user;
  assert_true(done > *last && done <= total);
  *last = done;
}

static void progress_reaches_the_end(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_OVERLAP, .bits = 8, .first = 1};
  random_source made = make_random(&wish);
  unsigned long long last = 0;
  const dseg_statistics_options options = {.struct_size = sizeof options, .progress = {count_reports, &last}};
  dseg_statistics *statistics = NULL;
  assert_int_equal(dseg_source_statistics(made.source, &options, &statistics, NULL), DSEG_OK);
  assert_int_equal(last, made.planes);
  dseg_statistics_destroy(statistics);
  dseg_statistics_destroy(NULL);
  free_random(&made);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_sources),
      cmocka_unit_test(objects),
      cmocka_unit_test(sizes_are_unknown_without_distances),
      cmocka_unit_test(planes_on_no_grid_are_counted),
      cmocka_unit_test(planes_without_a_frame_of_reference_have_areas),
      cmocka_unit_test(a_single_plane_has_the_volume_that_it_says),
      cmocka_unit_test(progress_reaches_the_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
