/* SPDX-License-Identifier: Apache-2.0 */
/* test_compare.c - what dseg_compare says of two random sources is what a loop over all voxels finds; how segments are
 * matched, what is ignored, and what cannot be compared. */
#include "random_sources.h"

#include "dseg/compare.h"
#include "dseg/digest.h"
#include "dseg/statistics.h"
#include "dseg/view.h"

static dseg_description *description_of(const random_source *made) {
  return (dseg_description *)(uintptr_t)dseg_source_description(made->source);
}

/* The same source twice; then voxels of the second change. */
struct twins {
  random_source a, b;
};

static struct twins make_twins(const random_wish *wish) {
  const uint32_t seed = random_state;
  struct twins twins = {.a = make_random(wish)};
  random_state = seed;
  twins.b = make_random(wish);
  return twins;
}

static void free_twins(struct twins *twins) {
  free_random(&twins->a);
  free_random(&twins->b);
}

static dseg_comparison *compare(const struct twins *twins, const dseg_compare_options *options) {
  dseg_comparison *comparison = NULL;
  dseg_error error;
  if (dseg_compare(twins->a.source, twins->b.source, options, &comparison, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_int_equal(comparison->same, comparison->differs == 0);
  return comparison;
}

static bool tells(const dseg_difference *const *differences, size_t count, unsigned aspect, const char *text) {
  for (size_t i = 0; i < count; i++) {
    if (differences[i]->aspect == aspect && strstr(differences[i]->text, text) != NULL) {
      return true;
    }
  }
  return false;
}

static void a_source_is_the_same_as_its_twin(void **state) {
  (void)state;
  for (int round = 0; round < 27; round++) {
    const random_wish wish = {.kind = (random_kind)(round % RANDOM_KINDS),
                              .place = (random_place)(round / RANDOM_KINDS % RANDOM_PLACES),
                              .bits = 8U << random_number(3),
                              .first = 1 + random_number(50),
                              .maximum = 1 + random_number(255)};
    struct twins twins = make_twins(&wish);
    dseg_comparison *comparison = compare(&twins, NULL);
    assert_true(comparison->same && comparison->voxels_compared && comparison->map.aligned);
    assert_false(comparison->planes_differ);
    assert_int_equal(comparison->matched_by, DSEG_MATCH_NUMBER);
    assert_int_equal(comparison->fractions, wish.kind == RANDOM_FRACTIONS);
    assert_int_equal(comparison->pair_count, RANDOM_SEGMENTS);
    for (size_t i = 0; i < RANDOM_SEGMENTS; i++) {
      const dseg_segment_pair *pair = comparison->pairs[i];
      assert_true(pair->a == (ptrdiff_t)i && pair->b == (ptrdiff_t)i && pair->dice == 1);
      assert_true(pair->voxels_a == pair->voxels_b && pair->voxels_differ == 0 && pair->difference_count == 0);
    }
    dseg_comparison_destroy(comparison);
    free_twins(&twins);
  }
}

/* What a loop finds of one segment on two sources of one grid, in the grid's order. */
struct expected {
  uint64_t a, b, both, differ;
  size_t first[3];
};

static struct expected count_both(const struct twins *twins, size_t segment) {
  struct expected found = {.differ = 0};
  size_t at[3];
  for (at[2] = 0; at[2] < twins->a.grid.size[2]; at[2]++) {
    for (at[1] = 0; at[1] < twins->a.grid.size[1]; at[1]++) {
      for (at[0] = 0; at[0] < twins->a.grid.size[0]; at[0]++) {
        const bool in_a = random_voxel(&twins->a, segment, at[0], at[1], at[2]) != 0;
        const bool in_b = random_voxel(&twins->b, segment, at[0], at[1], at[2]) != 0;
        if (in_a != in_b && found.differ == 0) {
          memcpy(found.first, at, sizeof at);
        }
        found.a += in_a;
        found.b += in_b;
        found.both += in_a && in_b;
        found.differ += in_a != in_b;
      }
    }
  }
  return found;
}

/* The second has other voxels on the same grid. */
static void differences_are_those_of_a_loop(void **state) {
  (void)state;
  for (int round = 0; round < 30; round++) {
    const random_wish wish = {.kind = round % 2 == 0 ? RANDOM_LABELS : RANDOM_OVERLAP, .bits = 8, .first = 1};
    struct twins twins = make_twins(&wish);
    dseg_geometry *geometry = &description_of(&twins.b)->geometry;
    const size_t moved = random_number((uint32_t)twins.b.planes - 1);
    const dseg_plane_position first = geometry->planes[moved]; /* two planes change their places */
    geometry->planes[moved] = geometry->planes[moved + 1];
    geometry->planes[moved + 1] = first;
    twins.b.slots[moved] = moved + 1;
    twins.b.slots[moved + 1] = moved;
    dseg_comparison *comparison = compare(&twins, NULL);
    for (size_t i = 0; i < RANDOM_SEGMENTS; i++) {
      const dseg_segment_pair *pair = comparison->pairs[i];
      const struct expected expected = count_both(&twins, i);
      assert_int_equal(pair->voxels_a, expected.a);
      assert_int_equal(pair->voxels_b, expected.b);
      assert_int_equal(pair->voxels_differ, expected.differ);
      assert_int_equal(pair->differs, expected.differ > 0 ? DSEG_ASPECT_VOXELS : 0);
      const uint64_t sum = expected.a + expected.b;
      assert_true(fabs(pair->dice - (sum > 0 ? 2.0 * (double)expected.both / (double)sum : 1)) < 1e-12);
      assert_true(pair->largest_difference == (expected.differ > 0 ? 1 : 0));
      for (int axis = 0; axis < 3 && expected.differ > 0; axis++) {
        assert_int_equal(pair->first_difference[axis], expected.first[axis]);
      }
    }
    assert_int_equal(comparison->first_plane, comparison->planes_differ ? moved : 0);
    dseg_comparison_destroy(comparison);
    free_twins(&twins);
  }
}

static void what_is_said_of_segments(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_LABELS, .bits = 8, .first = 1};
  struct twins twins = make_twins(&wish);
  /* As if both were of a format that lists its segments. */
  twins.a.source->format = "seg.nrrd";
  twins.b.source->format = "seg.nrrd";
  dseg_segment *segments = description_of(&twins.b)->segments;
  segments[0].label = "tumour";
  segments[1].type = (dseg_code){"10200004", "SCT", "Liver"};
  description_of(&twins.a)->segments[1].type = (dseg_code){"80891009", "SCT", "Heart"};
  segments[2].has_color = true;
  dseg_compare_options options = {.struct_size = sizeof options};
  dseg_comparison *comparison = compare(&twins, &options);
  assert_int_equal(comparison->differs, DSEG_ASPECT_NAMES | DSEG_ASPECT_CODES | DSEG_ASPECT_COLORS);
  const dseg_segment_pair *const *pairs = comparison->pairs;
  assert_true(tells(pairs[0]->differences, pairs[0]->difference_count, DSEG_ASPECT_NAMES, "named \"tumour\" in B"));
  assert_true(tells(pairs[1]->differences, pairs[1]->difference_count, DSEG_ASPECT_CODES, "SCT 80891009 in A"));
  assert_true(tells(pairs[2]->differences, pairs[2]->difference_count, DSEG_ASPECT_COLORS, "none in A, #000000 in B"));
  dseg_comparison_destroy(comparison);
  options.ignore = DSEG_ASPECT_NAMES | DSEG_ASPECT_CODES | DSEG_ASPECT_COLORS;
  comparison = compare(&twins, &options);
  assert_true(comparison->same);
  assert_int_equal(comparison->pairs[0]->difference_count, 0);
  dseg_comparison_destroy(comparison);
  free_twins(&twins);
}

static void segments_are_matched_as_asked(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_OVERLAP, .bits = 8, .first = 1};
  struct twins twins = make_twins(&wish);
  dseg_segment *segments = description_of(&twins.b)->segments;
  for (uint32_t i = 0; i < RANDOM_SEGMENTS; i++) {
    segments[i].number = 30 + i;
  }
  dseg_compare_options options = {.struct_size = sizeof options};
  dseg_comparison *comparison = compare(&twins, &options); /* labels are all the same: order, since voxels agree */
  assert_int_equal(comparison->matched_by, DSEG_MATCH_ORDER);
  assert_int_equal(comparison->differs, DSEG_ASPECT_NUMBERS);
  dseg_comparison_destroy(comparison);
  options.match = DSEG_MATCH_NUMBER;
  comparison = compare(&twins, &options);
  assert_int_equal(comparison->pair_count, 2 * RANDOM_SEGMENTS);
  assert_true((comparison->differs & DSEG_ASPECT_SEGMENTS) != 0);
  dseg_comparison_destroy(comparison);
  options.match = DSEG_MATCH_LABEL;
  dseg_error error;
  assert_int_equal(dseg_compare(twins.a.source, twins.b.source, &options, &comparison, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "by label"));
  assert_null(comparison);
  options.match = DSEG_MATCH_ORDER;
  description_of(&twins.b)->segment_count--;
  assert_int_equal(dseg_compare(twins.a.source, twins.b.source, &options, &comparison, &error), DSEG_ERROR_ARGUMENT);
  assert_non_null(strstr(error.message, "A has 5, B has 4"));
  options.match = (dseg_match)9;
  assert_int_equal(dseg_compare(twins.a.source, twins.b.source, &options, &comparison, &error), DSEG_ERROR_ARGUMENT);
  description_of(&twins.b)->segment_count++;
  free_twins(&twins);
}

static void planes_that_one_side_lacks(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_LABELS, .bits = 8, .first = 1};
  struct twins twins = make_twins(&wish);
  description_of(&twins.b)->geometry.plane_count -= 2;
  const dseg_compare_options options = {.struct_size = sizeof options, .ignore = DSEG_ASPECT_VOXELS};
  dseg_comparison *comparison = compare(&twins, &options);
  assert_int_equal(comparison->differs, DSEG_ASPECT_EXTENT);
  assert_int_equal(comparison->map.high[2], twins.a.planes);
  assert_true(tells(comparison->differences, comparison->difference_count, DSEG_ASPECT_EXTENT, "B lacks 2 planes"));
  dseg_comparison_destroy(comparison);
  free_twins(&twins);
}

static void what_cannot_be_compared(void **state) {
  (void)state;
  const random_wish wish = {.kind = RANDOM_LABELS, .bits = 8, .first = 1};
  struct twins twins = make_twins(&wish);
  dseg_comparison *comparison = NULL;
  dseg_error error;
  dseg_compare_options options = {.struct_size = sizeof options, .tolerance = NAN};
  assert_int_equal(dseg_compare(twins.a.source, twins.b.source, &options, &comparison, &error), DSEG_ERROR_ARGUMENT);
  options.tolerance = -1;
  assert_int_equal(dseg_compare(twins.a.source, twins.b.source, &options, &comparison, &error), DSEG_ERROR_ARGUMENT);
  description_of(&twins.b)->geometry.planes[1].position[0] = NAN;
  assert_int_equal(dseg_compare(twins.a.source, twins.b.source, NULL, &comparison, &error), DSEG_ERROR_UNSUPPORTED);
  assert_int_equal(strncmp(error.message, "B: ", 3), 0);
  description_of(&twins.b)->geometry.plane_count = 0;
  assert_int_equal(dseg_compare(twins.b.source, twins.a.source, NULL, &comparison, &error), DSEG_ERROR_UNSUPPORTED);
  assert_non_null(strstr(error.message, "A: there is no plane"));
  free_twins(&twins);
}

/* An object in patient space beside one on a slide: voxels are not compared, which is told. Volume formats have no
 * slides: there places count. */
static void sources_of_different_spaces(void **state) {
  (void)state;
  const random_wish volume = {.kind = RANDOM_LABELS, .bits = 8, .first = 1};
  const random_wish slide = {.kind = RANDOM_LABELS, .place = RANDOM_SLIDE, .bits = 8, .first = 1};
  struct twins twins = {make_random(&volume), make_random(&slide)};
  dseg_comparison *comparison = compare(&twins, NULL);
  assert_true(comparison->map.aligned && comparison->voxels_compared);
  dseg_comparison_destroy(comparison);
  twins.a.source->format = "DICOM";
  twins.b.source->format = "DICOM";
  comparison = compare(&twins, NULL);
  assert_false(comparison->voxels_compared);
  assert_true((comparison->differs & DSEG_ASPECT_GEOMETRY) != 0);
  assert_true(tells(comparison->differences, comparison->difference_count, DSEG_ASPECT_GEOMETRY,
                    "geometry: B lies on a slide, A does not"));
  assert_true(tells(comparison->differences, comparison->difference_count, 0, "voxels are not compared"));
  assert_int_equal(comparison->pairs[0]->voxels_a, 0);
  dseg_comparison_destroy(comparison);
  free_twins(&twins);
}

/* A view outlives its source, but there is nothing to read any more: no question is answered by half. */
static void a_view_whose_source_was_closed(void **state) {
  (void)state;
  for (int kind = 0; kind < RANDOM_KINDS; kind++) {
    const random_wish wish = {.kind = (random_kind)kind, .bits = 8, .first = 1, .maximum = 9};
    random_source made = make_random(&wish);
    dseg_source *view = NULL;
    dseg_comparison *comparison = NULL;
    dseg_statistics *statistics = NULL;
    dseg_digest digest;
    uint8_t voxel;
    const dseg_box_request box = {.struct_size = sizeof box, .high = {1, 1, 1}};
    dseg_error error;
    assert_int_equal(dseg_source_derive(made.source, NULL, &view, NULL), DSEG_OK);
    assert_int_equal(dseg_compare(view, made.source, NULL, &comparison, NULL), DSEG_OK);
    assert_true(comparison->same);
    dseg_comparison_destroy(comparison);
    dseg_source_close(made.source);
    made.source = view;
    assert_int_equal(dseg_compare(view, view, NULL, &comparison, &error), DSEG_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "was closed"));
    assert_int_equal(dseg_source_statistics(view, NULL, &statistics, &error), DSEG_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "was closed"));
    assert_int_equal(dseg_source_digest(view, NULL, &digest, &error), DSEG_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "was closed"));
    assert_int_equal(dseg_source_read_box(view, &box, &voxel, 1, NULL, &error), DSEG_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "was closed"));
    free_random(&made);
  }
}

static void aspects_have_names(void **state) {
  (void)state;
  assert_string_equal(dseg_aspect_name(0), "geometry");
  assert_string_equal(dseg_aspect_name(9), "provenance");
  assert_string_equal(dseg_aspect_name(10), "instances");
  assert_null(dseg_aspect_name(11));
  dseg_comparison_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_source_is_the_same_as_its_twin),
      cmocka_unit_test(differences_are_those_of_a_loop),
      cmocka_unit_test(what_is_said_of_segments),
      cmocka_unit_test(segments_are_matched_as_asked),
      cmocka_unit_test(planes_that_one_side_lacks),
      cmocka_unit_test(what_cannot_be_compared),
      cmocka_unit_test(sources_of_different_spaces),
      cmocka_unit_test(a_view_whose_source_was_closed),
      cmocka_unit_test(aspects_have_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
