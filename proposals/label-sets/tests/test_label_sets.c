/* SPDX-License-Identifier: Apache-2.0 */
/* test_label_sets.c - segments that overlap, written as label sets and read again: every voxel, every query, and what
 * stands in the object for everyone else. */
#include "volume.h"

static const written_as plain = {"label-sets", "explicit-le", NULL, 0};
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

/* The label of a voxel where the first segment wins, or the last. */
static uint32_t expected_label(const volume *of, size_t voxel, bool last) {
  uint32_t label = 0;
  for (size_t segment = 0; segment < of->segments; segment++) {
    if (volume_mask(of, segment, 0)[voxel] != 0 && (last || label == 0)) {
      label = of->description->segments[segment].number;
    }
  }
  return label;
}

static void compare_labels(const volume *of, dseg_source *source) {
  const size_t voxels = of->planes * of->pixels;
  uint16_t *labels = malloc(voxels * sizeof *labels);
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

/* The items of a sequence of private lists, as text: "1:1,2,3 2:2,3". */
static void list_text(dseg_data_set *set, char *text, size_t size) {
  const uint32_t block = dseg_data_set_find_creator(set, 0x0021, "DSEG LABEL SETS");
  size_t length = 0;
  assert_true(block != 0);
  text[0] = '\0';
  for (size_t i = 0; dseg_data_set_enter_item(set, block | 1, i); i++) {
    const uint32_t own = dseg_data_set_find_creator(set, 0x0021, "DSEG LABEL SETS");
    uint16_t number = 0;
    uint16_t value;
    assert_true(dseg_data_set_get_u16(set, 0x00620004, 0, &number));
    length += (size_t)snprintf(text + length, size - length, "%s%u:", i > 0 ? " " : "", (unsigned)number);
    for (size_t k = 0; dseg_data_set_get_u16(set, own | 2, k, &value); k++) {
      length += (size_t)snprintf(text + length, size - length, "%s%u", k > 0 ? "," : "", (unsigned)value);
    }
    assert_true(length < size);
    dseg_data_set_end_item(set);
  }
}

static void assert_lists(const dseg_buffer *bytes, const char *expected, size_t described) {
  char text[400];
  dseg_data_set *set = volume_data_set(bytes);
  list_text(set, text, sizeof text);
  assert_string_equal(text, expected);
  assert_int_equal(dseg_data_set_count_items(set, 0x00620002), described);
  dseg_data_set_destroy(set);
}

/* A tumour, its core, and what enhances in it, are 1, 2 and 3, as everyone stores them. */
static void nested_regions_keep_their_numbers(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 2, 10, 2, 3);
  volume_add_columns(&made, 0, 1, 9);
  volume_add_columns(&made, 1, 3, 8);
  volume_add_columns(&made, 2, 5, 6);
  dseg_buffer bytes = {0};
  volume_write(&made, &plain, &bytes);
  assert_lists(&bytes, "1:1,2,3 2:2,3 3:3", 4);
  dseg_data_set *set = volume_data_set(&bytes);
  dseg_view pixels;
  assert_true(dseg_data_set_get_bytes(set, 0x7FE00010, &pixels));
  assert_int_equal(pixels.size, 40);
  assert_memory_equal(pixels.data, "\0\1\1\2\2\3\2\2\1\0", 10);
  dseg_data_set_destroy(set);
  dseg_source *source = volume_open(&bytes, no_warnings);
  volume_compare(&made, source);
  assert_int_equal(dseg_source_description(source)->kind, DSEG_VOXELS_MASKS);
  assert_non_null(strstr(dseg_source_encoding(source)->summary, "2 pixel values stand"));
  dseg_source_close(source);
  assert_int_equal(count_errors(&bytes), 0);
  dseg_buffer_free(&bytes);
  volume_free(&made);
}

static void pixels_of(const dseg_buffer *bytes, dseg_buffer *pixels) {
  dseg_data_set *set = volume_data_set(bytes);
  dseg_view value;
  assert_true(dseg_data_set_get_bytes(set, 0x7FE00010, &value));
  assert_int_equal(dseg_buffer_append(pixels, value.data, value.size, NULL), DSEG_OK);
  dseg_data_set_destroy(set);
}

/* Parents that are unions of organs change no pixel and add no item but their own. */
static void a_hierarchy_changes_no_pixel(void **unused) {
  enum { ORGANS = 20, PARENTS = 3 };
  (void)unused;
  volume organs, made;
  volume_make(&organs, 4, 5 * ORGANS, 2, ORGANS);
  volume_make(&made, 4, 5 * ORGANS, 2, ORGANS + PARENTS);
  for (size_t i = 0; i < ORGANS; i++) {
    volume_add_columns(&organs, i, 5 * i, 5 * i + 3);
    volume_add_columns(&made, i, 5 * i, 5 * i + 3);
    volume_add_columns(&made, ORGANS + i % 2, 5 * i, 5 * i + 3); /* every second one, and ... */
    volume_add_columns(&made, ORGANS + 2, 5 * i, 5 * i + 3);     /* ... all */
  }
  const written_as labelmap = {"labelmap", "explicit-le", NULL, 0};
  dseg_buffer bytes = {0}, other = {0}, pixels = {0}, other_pixels = {0};
  volume_write(&made, &plain, &bytes);
  assert_int_equal(dseg_description_find_segment(organs.description, 1), 0);
  const dseg_output output = dseg_output_to_buffer(&other);
  const dseg_write_options options = {
      .struct_size = sizeof options, .representation = labelmap.representation, .frame_codec = labelmap.codec};
  dseg_writer *writer = NULL;
  assert_int_equal(dseg_writer_create_to(&output, organs.description, &options, &writer, NULL), DSEG_OK);
  uint8_t labels[4 * 5 * ORGANS];
  for (size_t plane = 0; plane < organs.planes; plane++) {
    for (size_t i = 0; i < organs.pixels; i++) {
      labels[i] = (uint8_t)expected_label(&organs, plane * organs.pixels + i, false);
    }
    assert_int_equal(dseg_writer_write_labels(writer, plane, labels, 8, NULL), DSEG_OK);
  }
  assert_int_equal(dseg_writer_finish(writer, NULL), DSEG_OK);
  dseg_writer_destroy(writer);
  pixels_of(&bytes, &pixels);
  pixels_of(&other, &other_pixels);
  assert_int_equal(pixels.size, other_pixels.size);
  assert_memory_equal(pixels.data, other_pixels.data, pixels.size);
  dseg_data_set *set = volume_data_set(&bytes);
  assert_int_equal(dseg_data_set_count_items(set, 0x00620002), 1 + ORGANS + PARENTS);
  dseg_data_set_destroy(set);
  dseg_source *source = volume_open(&bytes, no_warnings);
  volume_compare(&made, source);
  dseg_source_close(source);
  assert_int_equal(count_errors(&bytes), 0);
  dseg_buffer_free(&bytes);
  dseg_buffer_free(&other);
  dseg_buffer_free(&pixels);
  dseg_buffer_free(&other_pixels);
  volume_free(&organs);
  volume_free(&made);
}

static void assert_text_in(dseg_data_set *set, uint32_t tag, const char *expected) {
  dseg_view text = {0};
  assert_true(dseg_data_set_get_text(set, tag, SIZE_MAX, &text));
  assert_int_equal(text.size, strlen(expected));
  assert_memory_equal(text.data, expected, text.size);
}

/* Two that share some voxels: "A + B" for everyone else, with the codes of A and a colour between them. */
static void a_combination_is_described(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 2, 10, 1, 2);
  volume_add_columns(&made, 0, 1, 6);
  volume_add_columns(&made, 1, 4, 9);
  made.description->segments[0] = (dseg_segment){.number = 1,
                                                 .label = "Left Kidney",
                                                 .algorithm_type = DSEG_ALGORITHM_MANUAL,
                                                 .category = {"123037004", "SCT", "Anatomical Structure"},
                                                 .type = {"64033007", "SCT", "Kidney"},
                                                 .has_color = true,
                                                 .cielab = {1000, 2000, 3000},
                                                 .tracking_id = "left kidney",
                                                 .tracking_uid = "1.2.3.4.5"};
  made.description->segments[1] = (dseg_segment){.number = 7,
                                                 .label = "Zyste \xC3\xA4",
                                                 .has_color = true,
                                                 .cielab = {3000, 4000, 5000},
                                                 .description = "of the second"};
  dseg_buffer bytes = {0};
  volume_write(&made, &plain, &bytes);
  assert_lists(&bytes, "1:1,8 7:7,8", 4);
  dseg_data_set *set = volume_data_set(&bytes);
  uint16_t value = 0;
  assert_true(dseg_data_set_enter_item(set, 0x00620002, 3));
  assert_true(dseg_data_set_get_u16(set, 0x00620004, 0, &value) && value == 8);
  assert_text_in(set, 0x00620005, "Left Kidney + Zyste \xC3\xA4");
  assert_text_in(set, 0x00620008, "MANUAL");
  assert_true(dseg_data_set_get_u16(set, 0x0062000D, 0, &value) && value == 2000);
  assert_true(dseg_data_set_get_u16(set, 0x0062000D, 2, &value) && value == 4000);
  assert_false(dseg_data_set_text_is(set, 0x00620021, "1.2.3.4.5"));
  assert_true(dseg_data_set_enter_item(set, 0x0062000F, 0));
  assert_text_in(set, 0x00080100, "64033007");
  dseg_data_set_end_item(set);
  dseg_data_set_end_item(set);
  assert_text_in(set, 0x00620013, "NO");
  dseg_data_set_destroy(set);
  dseg_source *source = volume_open(&bytes, no_warnings);
  volume_compare(&made, source);
  dseg_source_close(source);
  assert_int_equal(count_errors(&bytes), 0);
  dseg_buffer_free(&bytes);
  volume_free(&made);
}

/* Labels that are too many for 64 characters are counted. */
static void long_names_are_cut(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 1, 4 * 12, 1, 12);
  for (size_t i = 0; i < made.segments; i++) {
    volume_add_columns(&made, i, 0, 1);
    volume_add_columns(&made, i, 4 * i + 1, 4 * i + 3);
    made.description->segments[i].label = i == 0 ? "A label of some length" : "Another label";
  }
  dseg_buffer bytes = {0};
  volume_write(&made, &plain, &bytes);
  dseg_data_set *set = volume_data_set(&bytes);
  assert_true(dseg_data_set_enter_item(set, 0x00620002, 13));
  assert_text_in(set, 0x00620005, "A label of some length + Another label + 10 more");
  dseg_data_set_destroy(set);
  assert_int_equal(count_errors(&bytes), 0);
  dseg_buffer_free(&bytes);
  volume_free(&made);
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

static unsigned bits_of(const dseg_buffer *bytes) {
  dseg_source *source = volume_open(bytes, no_warnings);
  const unsigned bits = dseg_source_encoding(source)->bits_allocated;
  dseg_source_close(source);
  return bits;
}

/* 8 bits as long as all numbers fit, those of combinations, too; 16 by option. */
static void bits_are_as_few_as_possible(void **unused) {
  static const dseg_option_value wide[] = {{"bits", 16}};
  (void)unused;
  volume made;
  volume_make(&made, 2, 10, 2, 2);
  volume_add_columns(&made, 0, 1, 6);
  volume_add_columns(&made, 1, 4, 9);
  const struct {
    const dseg_option_value *options;
    uint32_t number;
    unsigned bits;
  } cases[] = {{NULL, 2, 8}, {NULL, 254, 8}, {NULL, 255, 16}, {NULL, 300, 16}, {wide, 2, 16}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    for (size_t k = 0; k < 2; k++) {
      const written_as as = {"label-sets", k == 0 ? "explicit-le" : "rle", cases[i].options,
                             cases[i].options != NULL ? 1 : 0};
      dseg_buffer bytes = {0};
      made.description->segments[1].number = cases[i].number;
      volume_write(&made, &as, &bytes);
      assert_int_equal(bits_of(&bytes), cases[i].bits);
      dseg_source *source = volume_open(&bytes, no_warnings);
      volume_compare(&made, source);
      dseg_source_close(source);
      assert_int_equal(count_errors(&bytes), 0);
      dseg_buffer_free(&bytes);
    }
  }
  volume_free(&made);
}

static void assert_refused(const volume *of, dseg_status expected, const char *what) {
  dseg_buffer bytes = {0};
  dseg_error error = {0};
  assert_int_equal(volume_try(of, &plain, &bytes, &error), expected);
  if (strstr(error.message, what) == NULL) {
    fail_msg("'%s' is not in: %s", what, error.message);
  }
  dseg_buffer_free(&bytes);
}

/* What pixels of 16 bits cannot tell apart is refused with how many there are and what to do. */
static void too_many_combinations_are_refused(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 1, 10, 1, 2);
  volume_add_columns(&made, 0, 1, 6);
  volume_add_columns(&made, 1, 4, 9);
  made.description->segments[1].number = 65535;
  assert_refused(&made, DSEG_ERROR_LIMIT, "more than 0 combinations");
  made.description->segments[1].number = 65534;
  dseg_buffer bytes = {0};
  volume_write(&made, &plain, &bytes);
  assert_lists(&bytes, "1:1,65535 65534:65534,65535", 4);
  dseg_buffer_free(&bytes);
  volume_free(&made);
  /* 2^17 sets, each in one pixel. */
  volume_make(&made, 256, 512, 1, 17);
  for (size_t segment = 0; segment < made.segments; segment++) {
    for (size_t i = 0; i < made.pixels; i++) {
      volume_mask(&made, segment, 0)[i] = (uint8_t)(i >> segment & 1);
    }
  }
  assert_refused(&made, DSEG_ERROR_LIMIT, "more than 65518 combinations");
  assert_refused(&made, DSEG_ERROR_LIMIT, "write binary");
  volume_free(&made);
}

/* A pixel of no segment needs a value. */
static void no_background_is_refused(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 1, 10, 1, 2);
  made.description->has_background = false;
  volume_add_columns(&made, 0, 0, 6);
  volume_add_columns(&made, 1, 4, 9);
  assert_refused(&made, DSEG_ERROR_ARGUMENT, "belongs to no segment");
  volume_add_columns(&made, 1, 9, 10);
  dseg_buffer bytes = {0};
  volume_write(&made, &plain, &bytes);
  dseg_source *source = volume_open(&bytes, no_warnings);
  assert_false(dseg_source_description(source)->has_background);
  volume_compare(&made, source);
  dseg_source_close(source);
  dseg_buffer_free(&bytes);
  volume_free(&made);
}

/* Without overlap it is a label map with an empty sequence, from masks or from labels. */
static void nothing_overlaps(void **unused) {
  (void)unused;
  volume made;
  volume_make(&made, 2, 10, 2, 2);
  volume_add_columns(&made, 0, 1, 4);
  volume_add_columns(&made, 1, 4, 9);
  static const char *const codecs[] = {"explicit-le", "implicit-le"};
  for (size_t i = 0; i < 2; i++) {
    const written_as as = {"label-sets", codecs[i], NULL, 0};
    dseg_buffer bytes = {0};
    volume_write(&made, &as, &bytes);
    if (i == 0) {
      assert_lists(&bytes, "", 3);
    }
    dseg_source *source = volume_open(&bytes, no_warnings);
    assert_int_equal(dseg_source_description(source)->kind, DSEG_VOXELS_LABELS);
    volume_compare(&made, source);
    dseg_source_close(source);
    assert_int_equal(count_errors(&bytes), 0);
    dseg_buffer_free(&bytes);
  }
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
      cmocka_unit_test(nested_regions_keep_their_numbers),
      cmocka_unit_test(a_hierarchy_changes_no_pixel),
      cmocka_unit_test(a_combination_is_described),
      cmocka_unit_test(long_names_are_cut),
      cmocka_unit_test(four_readers_of_ten_organs),
      cmocka_unit_test(bits_are_as_few_as_possible),
      cmocka_unit_test(too_many_combinations_are_refused),
      cmocka_unit_test(no_background_is_refused),
      cmocka_unit_test(nothing_overlaps),
      cmocka_unit_test(volumes_come_back),
      cmocka_unit_test(labels_and_masks),
      cmocka_unit_test(numbers_do_not_depend_on_the_order_of_planes),
  };
  return cmocka_run_group_tests(tests, register_all, NULL);
}
