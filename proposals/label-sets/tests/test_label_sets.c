/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_sets.c - segments that overlap, written as label sets and read again: every voxel and every query, from
 * masks and labels, in any order, and as implicit volumes. */
#include "volume.h"

static const dseg_warning_sink no_warnings = {refuse_warnings, NULL};

static uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 16;
}

/* A box somewhere, of about a quarter of each axis, with a ragged edge. */
static void add_random_box(const volume *of, size_t segment, uint32_t *state) {
  const size_t row = next_random(state) % of->rows, column = next_random(state) % of->columns;
  const size_t height = 1 + of->rows / 3, width = 1 + of->columns / 3;
  for (size_t plane = 0; plane < of->planes; plane++) {
    for (size_t i = 0; i < of->pixels; i++) {
      const size_t y = i / of->columns, x = i % of->columns;
      const bool inside = y >= row && y < row + height && x >= column && x < column + width;
      volume_mask(of, segment, plane)[i] |= inside && next_random(state) % 16 != 0;
    }
  }
}

/* No pixel is in more than so many segments. */
static void limit_depth(const volume *of, size_t depth) {
  for (size_t i = 0; i < of->planes * of->pixels; i++) {
    size_t count = 0;
    for (size_t segment = 0; segment < of->segments; segment++) {
      uint8_t *pixel = volume_mask(of, segment, 0) + i;
      count += *pixel;
      *pixel = count > depth ? 0 : *pixel;
    }
  }
}

static void compare_labels(const volume *of, dseg_source *source) {
  const size_t voxels = of->planes * of->pixels;
  uint16_t *labels = malloc((voxels + 1) * sizeof *labels);
  assert_non_null(labels);
  uint64_t both = 0;
  for (size_t i = 0; i < voxels; i++) {
    size_t count = 0;
    for (size_t segment = 0; segment < of->segments; segment++) {
      count += volume_mask(of, segment, 0)[i];
    }
    both += count > 1 ? count - 1 : 0;
  }
  for (int last = 0; last < 2; last++) {
    const dseg_label_request request = {.struct_size = sizeof request,
                                        .plane_count = of->planes,
                                        .bits = 16,
                                        .overlap = last == 0 ? DSEG_OVERLAP_FIRST : DSEG_OVERLAP_LAST,
                                        .threads = 2};
    dseg_overlap found = {0};
    assert_int_equal(dseg_source_read_labels(source, &request, labels, voxels * sizeof *labels, &found, NULL), DSEG_OK);
    assert_true((both > 0) == (found.voxels > 0));
    for (size_t i = 0; i < voxels; i++) {
      assert_int_equal(labels[i], expected_label(of, i, last != 0));
    }
  }
  free(labels);
}

static void compare_statistics(const volume *of, dseg_source *source) {
  dseg_statistics *statistics = NULL;
  assert_int_equal(dseg_source_statistics(source, NULL, &statistics, NULL), DSEG_OK);
  for (size_t segment = 0; segment < of->segments; segment++) {
    uint64_t voxels = 0;
    for (size_t i = 0; i < of->planes * of->pixels; i++) {
      voxels += volume_mask(of, segment, 0)[i];
    }
    assert_int_equal(statistics->segments[segment]->voxels, voxels);
  }
  dseg_statistics_destroy(statistics);
}

/* One plane, one segment, some segments: queries are of segments. */
static void compare_parts(const volume *of, dseg_source *source) {
  uint8_t *mask = malloc(of->pixels);
  uint16_t *labels = malloc(of->pixels * sizeof *labels);
  if (mask == NULL || labels == NULL) {
    free(mask);
    free(labels);
    fail_msg("out of memory");
    return;
  }
  const uint32_t chosen[] = {(uint32_t)of->segments - 1};
  const size_t plane = of->planes / 2;
  const dseg_label_request request = {.struct_size = sizeof request,
                                      .first_plane = plane,
                                      .plane_count = 1,
                                      .bits = 16,
                                      .segments = chosen,
                                      .segment_count = 1};
  assert_int_equal(dseg_source_read_labels(source, &request, labels, of->pixels * sizeof *labels, NULL, NULL), DSEG_OK);
  assert_int_equal(dseg_source_read_mask(source, chosen[0], plane, 1, mask, of->pixels, 1, NULL), DSEG_OK);
  for (size_t i = 0; i < of->pixels; i++) {
    const uint8_t inside = volume_mask(of, chosen[0], plane)[i];
    assert_int_equal(mask[i], inside);
    assert_int_equal(labels[i], inside != 0 ? of->description->segments[chosen[0]].number : 0);
  }
  free(mask);
  free(labels);
}

/* The codec, or one that every build has. */
static const char *if_written(const char *name) {
  const dseg_frame_codec *codec = dseg_find_frame_codec(name);
  return codec != NULL && (codec->flags & DSEG_PLUGIN_CAN_WRITE) != 0 ? name : "explicit-le";
}

/* Random boxes up to eight deep, in numbers with gaps, in codecs with and without compression. */
static void random_overlap_comes_back(void **unused) {
  static const char *const codecs[] = {"explicit-le", "implicit-le", "rle", "label-edge", "deflated"};
  (void)unused;
  for (uint32_t seed = 1; seed <= 40; seed++) {
    uint32_t state = seed;
    volume made;
    volume_make(&made, 1 + next_random(&state) % 24, 1 + next_random(&state) % 40, 1 + next_random(&state) % 4,
                1 + next_random(&state) % 24);
    uint32_t number = 0;
    for (size_t segment = 0; segment < made.segments; segment++) {
      number += 1 + (seed % 3 == 0 ? next_random(&state) % 40 : 0);
      made.description->segments[segment].number = number;
      add_random_box(&made, segment, &state);
    }
    limit_depth(&made, 1 + seed % 8);
    made.masks[0] = 1; /* the first and the last plane have frames */
    made.masks[(made.planes - 1) * made.pixels] = 1;
    const written_as as = {"label-sets", if_written(codecs[seed % 5]), NULL, 0};
    dseg_buffer bytes = {0};
    volume_write(&made, &as, &bytes);
    dseg_source *source = volume_open(&bytes, no_warnings);
    assert_string_equal(dseg_source_encoding(source)->representation, "label-sets");
    assert_string_equal(dseg_source_encoding(source)->segments_overlap, "NO");
    volume_compare(&made, source);
    compare_labels(&made, source);
    compare_statistics(&made, source);
    compare_parts(&made, source);
    dseg_source_close(source);
    assert_int_equal(count_errors(&bytes), 0);
    dseg_buffer_free(&bytes);
    volume_free(&made);
  }
}

/* Ten organs drawn by four readers, who agree but for their edges. */
static void four_readers_of_ten_organs(void **unused) {
  enum { ORGANS = 10, READERS = 4 };
  (void)unused;
  volume made;
  volume_make(&made, 30, (size_t)24 * ORGANS, 3, (size_t)ORGANS * READERS);
  uint32_t state = 5;
  for (size_t segment = 0; segment < made.segments; segment++) {
    const size_t organ = segment / READERS;
    for (size_t plane = 0; plane < made.planes; plane++) {
      for (size_t row = 2; row < 28; row++) {
        const size_t low = 24 * organ + 2 + next_random(&state) % 4;
        const size_t high = 24 * organ + 20 + next_random(&state) % 8; /* into the next one */
        for (size_t column = low; column < high && column < made.columns; column++) {
          volume_mask(&made, segment, plane)[row * made.columns + column] = 1;
        }
      }
    }
  }
  const written_as as = {"label-sets", "label-edge", NULL, 0};
  dseg_buffer bytes = {0};
  volume_write(&made, &as, &bytes);
  dseg_source *source = volume_open(&bytes, no_warnings);
  volume_compare(&made, source);
  compare_statistics(&made, source);
  dseg_source_close(source);
  assert_int_equal(count_errors(&bytes), 0);
  dseg_buffer_free(&bytes);
  volume_free(&made);
}

/* The same as an implicit volume, with and without Per-Frame Functional Groups; the first plane is empty. */
static void volumes_come_back(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 3, 10, 4, 3);
  volume_add_columns(&made, 0, 1, 6);
  volume_add_columns(&made, 1, 4, 9);
  volume_add_columns(&made, 2, 1, 9);
  for (size_t segment = 0; segment < made.segments; segment++) {
    memset(volume_mask(&made, segment, 2), 0, made.pixels);
  }
  for (int64_t form = 1; form <= 2; form++) {
    for (size_t k = 0; k < 2; k++) {
      const dseg_option_value option = {"volume", form};
      const written_as as = {"label-sets", k == 0 ? "implicit-le" : "label-edge", &option, 1};
      dseg_buffer bytes = {0};
      volume_write(&made, &as, &bytes);
      dseg_source *source = volume_open(&bytes, no_warnings);
      assert_string_equal(dseg_source_encoding(source)->representation, "label-sets");
      assert_int_equal(dseg_source_encoding(source)->per_frame_bytes > 0, form == 2);
      volume_compare(&made, source);
      compare_labels(&made, source);
      dseg_source_close(source);
      assert_int_equal(count_errors(&bytes), 0);
      dseg_buffer_free(&bytes);
    }
  }
  volume_free(&made);
}

/* Planes that come as labels and planes that come as masks, in any order. */
static void labels_and_masks(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 2, 10, 3, 3);
  volume_add_columns(&made, 0, 1, 6);
  volume_add_columns(&made, 1, 4, 9);
  uint16_t labels[20];
  for (size_t i = 0; i < 20; i++) {
    labels[i] = i % 10 < 5 ? 1 : 300;
    for (size_t segment = 0; segment < 3; segment++) {
      volume_mask(&made, segment, 1)[i] = segment == (labels[i] == 1 ? 0u : 2u);
    }
  }
  made.description->segments[2].number = 300;
  dseg_buffer bytes = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  const dseg_write_options options = {
      .struct_size = sizeof options, .representation = "label-sets", .frame_codec = "explicit-le"};
  dseg_writer *writer = NULL;
  assert_int_equal(dseg_writer_create_to(&output, made.description, &options, &writer, NULL), DSEG_OK);
  for (size_t k = 0; k < 3; k++) {
    const size_t plane = 2 - k;
    for (size_t segment = 0; plane != 1 && segment < 3; segment++) {
      assert_int_equal(dseg_writer_write_mask(writer, plane, segment, volume_mask(&made, segment, plane), NULL),
                       DSEG_OK);
    }
    if (plane == 1) {
      assert_int_equal(dseg_writer_write_labels(writer, plane, labels, 16, NULL), DSEG_OK);
    }
  }
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  dseg_writer_destroy(writer);
  dseg_source *source = volume_open(&bytes, no_warnings);
  volume_compare(&made, source);
  dseg_source_close(source);
  dseg_buffer_free(&bytes);
  volume_free(&made);
}

/* The same masks give the same bytes, whichever plane comes first. */
static void numbers_do_not_depend_on_the_order_of_planes(void **unused) {
  (void)unused;
  volume made;
  uint32_t state = 3;
  volume_make(&made, 12, 14, 4, 9);
  for (size_t segment = 0; segment < made.segments; segment++) {
    add_random_box(&made, segment, &state);
  }
  dseg_buffer bytes[2] = {{0}, {0}};
  for (size_t k = 0; k < 2; k++) {
    const dseg_output output = dseg_output_to_buffer(&bytes[k]);
    const dseg_write_options options = {.struct_size = sizeof options,
                                        .representation = "label-sets",
                                        .frame_codec = "explicit-le",
                                        .uid_seed = "same",
                                        .date_time = "20250101000000"};
    dseg_writer *writer = NULL;
    assert_int_equal(dseg_writer_create_to(&output, made.description, &options, &writer, NULL), DSEG_OK);
    for (size_t i = 0; i < made.planes; i++) {
      const size_t plane = k == 0 ? i : made.planes - 1 - i;
      for (size_t segment = 0; segment < made.segments; segment++) {
        assert_int_equal(dseg_writer_write_mask(writer, plane, segment, volume_mask(&made, segment, plane), NULL),
                         DSEG_OK);
      }
    }
    assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
    dseg_writer_destroy(writer);
  }
  assert_int_equal(bytes[0].size, bytes[1].size);
  assert_memory_equal(bytes[0].data, bytes[1].data, bytes[0].size);
  dseg_buffer_free(&bytes[0]);
  dseg_buffer_free(&bytes[1]);
  volume_free(&made);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_overlap_comes_back),
      cmocka_unit_test(four_readers_of_ten_organs),
      cmocka_unit_test(volumes_come_back),
      cmocka_unit_test(labels_and_masks),
      cmocka_unit_test(numbers_do_not_depend_on_the_order_of_planes),
  };
  return cmocka_run_group_tests(tests, register_all, NULL);
}
