/* SPDX-License-Identifier: Apache-2.0 */
/* test_instance_labels.c - instances written and read again in both representations: numbers, classes, masks, columns,
 * planes, views, tables; and what is refused. */
#include "map.h"

static const written_as labels = {"instance-labels", "explicit-le", NULL, 0};
static const written_as with_boxes = {"instance-labels", "rle", &(const dseg_option_value){"boxes", 1}, 1};
static const written_as ranges = {"segment-ranges", "explicit-le", NULL, 0};
static const written_as ranges_volume = {"segment-ranges", "explicit-le", &(const dseg_option_value){"volume", 1}, 1};
enum { FORMS = 4, MOST_PIXELS = 1600 };
static const written_as *const forms[FORMS] = {&labels, &with_boxes, &ranges, &ranges_volume};

static uint64_t state_of_random = 1;

static uint32_t random_below(uint32_t limit) {
  state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state_of_random >> 33) % limit;
}

/* Rectangles over each other; some instances have no pixel, some planes no instance. */
static void draw_random(map *made) {
  const dseg_geometry *geometry = &made->description->geometry;
  for (uint32_t number = 1; number <= made->instances->count; number++) {
    for (uint32_t pieces = random_below(4); pieces > 0; pieces--) {
      const size_t plane = 1 + random_below((uint32_t)geometry->plane_count - 1);
      const size_t left = random_below(geometry->columns);
      const size_t top = random_below(geometry->rows);
      const size_t right = left + random_below(geometry->columns - (uint32_t)left);
      const size_t bottom = top + random_below(3) < geometry->rows ? top : geometry->rows - 1;
      map_draw(made, number, plane, left, top, right, bottom);
    }
  }
}

/* What the number of an instance of the source was when it was written. */
static uint32_t written_number(const dseg_source *source, uint32_t number) {
  return dseg_instance_original_number(dseg_source_description(source)->instances, number);
}

static size_t class_of(const dseg_instances *instances, uint32_t number) {
  return instances->segments != NULL ? instances->segments[number - 1] : 0;
}

/* The source's plane at the place of one that was written: empty ones at the end may be missing. */
static size_t plane_written(const map *made, const dseg_source *source, size_t plane) {
  const dseg_plane_position *place = &dseg_source_description(source)->geometry.planes[plane];
  const dseg_geometry *geometry = &made->description->geometry;
  for (size_t i = 0; i < geometry->plane_count; i++) {
    const double *position = geometry->planes[i].position;
    if (position[0] == place->position[0] && position[1] == place->position[1] && position[2] == place->position[2]) {
      return i;
    }
  }
  fail_msg("plane %zu lies where none was written", plane);
  return 0;
}

static void check_columns(const map *made, const dseg_source *source) {
  const dseg_description *read = dseg_source_description(source);
  assert_non_null(read->instances);
  assert_int_equal(read->instances->count, made->instances->count);
  assert_int_equal(read->segment_count, made->description->segment_count);
  for (uint32_t number = 1; number <= read->instances->count; number++) {
    const uint32_t before = written_number(source, number);
    assert_in_range(before, 1, made->instances->count);
    assert_int_equal(class_of(read->instances, number), class_of(made->instances, before));
    if (made->instances->confidence != NULL) {
      assert_true(read->instances->confidence[number - 1] == made->instances->confidence[before - 1]);
    }
  }
}

/* Every pixel, by number, by class and by mask, and how many there are. */
static void check_pixels(const map *made, dseg_source *source) {
  const dseg_description *read = dseg_source_description(source);
  const size_t pixels = made->pixels;
  static uint32_t numbers[MOST_PIXELS];
  static uint32_t classes[MOST_PIXELS];
  static uint8_t mask[MOST_PIXELS];
  size_t seen = 0;
  size_t drawn = 0;
  assert_true(pixels <= MOST_PIXELS);
  for (size_t plane = 0; plane < read->geometry.plane_count; plane++) {
    const uint32_t *before = made->numbers + plane_written(made, source, plane) * pixels;
    const dseg_label_request request = {
        .struct_size = sizeof request, .first_plane = plane, .plane_count = 1, .bits = 32, .threads = 1};
    assert_int_equal(dseg_source_read_instances(source, plane, 1, numbers, pixels * sizeof *numbers, 1, NULL), DSEG_OK);
    assert_int_equal(dseg_source_read_labels(source, &request, classes, pixels * sizeof *classes, NULL, NULL), DSEG_OK);
    assert_int_equal(dseg_source_read_mask(source, 0, plane, 1, mask, pixels, 1, NULL), DSEG_OK);
    for (size_t i = 0; i < pixels; i++) {
      const uint32_t number = numbers[i] != 0 ? written_number(source, numbers[i]) : 0;
      const size_t segment = number != 0 ? class_of(made->instances, number) : 0;
      assert_int_equal(number, before[i]);
      assert_int_equal(classes[i], number != 0 ? made->description->segments[segment].number : 0);
      assert_int_equal(mask[i], number != 0 && segment == 0);
      seen += number != 0 ? 1 : 0;
    }
  }
  for (size_t i = 0; i < made->description->geometry.plane_count * pixels; i++) {
    drawn += made->numbers[i] != 0 ? 1 : 0;
  }
  assert_int_equal(seen, drawn);
}

static void random_maps_come_back(void **state) {
  (void)state;
  for (size_t round = 0; round < 24; round++) {
    const bool is_slide = round % 2 == 0;
    const size_t count = round % 3 == 0 ? 400 : 1 + random_below(40);
    map made;
    map_make(&made, is_slide, 1 + random_below(40), 1 + random_below(40), 2 * (size_t)(1 + random_below(4)), count,
             1 + random_below(3));
    draw_random(&made);
    for (size_t i = 0; i < FORMS; i++) {
      dseg_buffer bytes = {0};
      dseg_validation found;
      const dseg_validate_options options = {.struct_size = sizeof options, .threads = 1};
      map_write(&made, forms[i], &bytes);
      dseg_source *source = map_open(&bytes);
      check_columns(&made, source);
      check_pixels(&made, source);
      dseg_source_close(source);
      assert_int_equal(dseg_validate_memory((dseg_view){bytes.data, bytes.size}, &options, &found, NULL), DSEG_OK);
      assert_int_equal(found.errors, 0);
      dseg_buffer_free(&bytes);
    }
    map_free(&made);
  }
}

static void columns_are_kept(void **state) {
  (void)state;
  static const float confidence[] = {0, 0.25F, 1};
  static const uint32_t numbers[] = {70000, 5, 4000000000};
  for (size_t i = 0; i < FORMS; i++) {
    map made;
    dseg_buffer bytes = {0};
    map_make(&made, true, 8, 8, 4, 3, 2);
    map_draw(&made, 1, 0, 1, 1, 3, 2);
    map_draw(&made, 3, 3, 0, 0, 7, 7);
    made.instances->confidence = confidence;
    made.instances->numbers = numbers;
    made.instances->uid_root = "1.2.3";
    map_write(&made, forms[i], &bytes);
    dseg_source *source = map_open(&bytes);
    const dseg_instances *read = dseg_source_description(source)->instances;
    if (i < 2) {
      assert_string_equal(read->uid_root, "1.2.3");
    } else { /* sorted by class: the UID of each would be another's */
      assert_null(read->uid_root);
    }
    for (size_t k = 0; k < 3; k++) { /* by class in segment-ranges: which one is told by its number */
      const size_t before = read->numbers[k] == 70000 ? 0 : read->numbers[k] == 5 ? 1 : 2;
      assert_int_equal(read->numbers[k], numbers[before]);
      assert_true(read->confidence[k] == confidence[before]);
      assert_int_equal(read->segments[k], before % 2);
    }
    dseg_source_close(source);
    dseg_buffer_free(&bytes);
    map_free(&made);
  }
}

/* Instances that are sorted by class already keep their numbers, and so their UIDs. */
static void sorted_instances_keep_uids(void **state) {
  (void)state;
  map made;
  dseg_buffer bytes = {0};
  map_make(&made, true, 8, 8, 4, 3, 1);
  map_draw(&made, 2, 0, 1, 1, 3, 2);
  made.instances->uid_root = "1.2.3";
  map_write(&made, &ranges, &bytes);
  dseg_source *source = map_open(&bytes);
  assert_string_equal(dseg_source_description(source)->instances->uid_root, "1.2.3");
  dseg_source_close(source);
  dseg_buffer_free(&bytes);
  map_free(&made);
}

static void boxes_are_found_while_writing(void **state) {
  (void)state;
  static const uint32_t of_slide[] = {1, 1, 10, 2, 1, 0, 0, 0, 8, 8, 15, 15};
  static const uint32_t of_stack[] = {1, 1, 0, 3, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 3, 7, 7, 3};
  for (int is_slide = 0; is_slide < 2; is_slide++) {
    map made;
    dseg_buffer bytes = {0};
    map_make(&made, is_slide == 1, 8, 8, 4, 3, 1);
    map_draw(&made, 1, 0, 1, 1, 3, 2);
    map_draw(&made, 1, 1, 2, 1, 2, 1);
    map_draw(&made, 3, 3, 0, 0, 7, 7);
    map_write(&made, &with_boxes, &bytes);
    dseg_source *source = map_open(&bytes);
    const dseg_instances *read = dseg_source_description(source)->instances;
    assert_int_equal(read->box_values, is_slide == 1 ? 4 : 6);
    for (size_t i = 0; i < 3; i++) {
      const uint32_t *box = read->boxes + i * read->box_values;
      const uint32_t *wanted = (is_slide == 1 ? of_slide : of_stack) + i * read->box_values;
      if (i == 1) { /* no pixel */
        assert_true(box[read->box_values / 2] < box[0]);
      } else {
        assert_memory_equal(box, wanted, read->box_values * sizeof *box);
      }
    }
    dseg_source_close(source);
    dseg_buffer_free(&bytes);
    map_free(&made);
  }
}

/* Tiles of the last row and column reach over the edge of the matrix: a box ends there, and an instance that lies
 * behind it has none. */
static void boxes_end_with_the_matrix(void **state) {
  (void)state;
  static const uint32_t wanted[] = {10, 9, 12, 13};
  map made;
  dseg_buffer bytes = {0};
  map_make(&made, true, 8, 8, 4, 2, 1);
  made.description->geometry.matrix_rows = 14;
  made.description->geometry.matrix_columns = 13;
  map_draw(&made, 1, 3, 2, 1, 7, 7);
  map_draw(&made, 2, 1, 5, 0, 7, 7);
  map_draw(&made, 2, 3, 0, 6, 0, 7);
  map_write(&made, &with_boxes, &bytes);
  dseg_source *source = map_open(&bytes);
  const dseg_instances *read = dseg_source_description(source)->instances;
  assert_memory_equal(read->boxes, wanted, sizeof wanted);
  assert_true(read->boxes[6] < read->boxes[4]);
  dseg_source_close(source);
  dseg_buffer_free(&bytes);
  map_free(&made);
}

static void planes_of_an_instance(void **state) {
  (void)state;
  map made;
  dseg_buffer bytes = {0};
  size_t planes[4] = {9, 9, 9, 9};
  size_t count = 0;
  dseg_error error = {0};
  map_make(&made, true, 8, 8, 6, 3, 1);
  map_draw(&made, 2, 1, 0, 0, 0, 0);
  map_draw(&made, 1, 3, 1, 1, 1, 1);
  map_draw(&made, 2, 4, 0, 0, 0, 0);
  map_draw(&made, 2, 5, 0, 0, 0, 0);
  map_write(&made, &labels, &bytes);
  dseg_source *source = map_open(&bytes);
  assert_int_equal(dseg_source_instance_planes(source, 2, planes, 2, &count, NULL), DSEG_OK);
  assert_int_equal(count, 3);
  assert_int_equal(planes[0], 1);
  assert_int_equal(planes[1], 4);
  assert_int_equal(planes[2], 9); /* there was no room */
  assert_int_equal(dseg_source_instance_planes(source, 3, NULL, 0, &count, NULL), DSEG_OK);
  assert_int_equal(count, 0);
  assert_int_equal(dseg_source_instance_planes(source, 4, NULL, 0, &count, &error), DSEG_ERROR_ARGUMENT);
  assert_int_equal(dseg_source_instance_planes(source, 0, NULL, 0, &count, &error), DSEG_ERROR_ARGUMENT);
  dseg_source_close(source);
  bytes.size = 0;
  map_write(&made, &ranges, &bytes);
  source = map_open(&bytes);
  assert_int_equal(dseg_source_instance_planes(source, 1, NULL, 0, &count, &error), DSEG_ERROR_UNSUPPORTED);
  dseg_source_close(source);
  dseg_buffer_free(&bytes);
  map_free(&made);
}

/* Planes are chosen and come in another order; a class that is left out leaves classes alone. */
static void views_have_instances(void **state) {
  (void)state;
  static const size_t planes[] = {3, 0};
  static const uint32_t first = 0;
  map made;
  dseg_buffer bytes = {0};
  uint32_t numbers[2 * 64];
  map_make(&made, false, 8, 8, 4, 2, 2);
  map_draw(&made, 2, 0, 0, 0, 7, 7);
  map_draw(&made, 1, 3, 2, 2, 5, 5);
  map_write(&made, &labels, &bytes);
  dseg_source *source = map_open(&bytes);
  const dseg_derive_options some = {.struct_size = sizeof some, .planes = planes, .plane_count = 2};
  const dseg_derive_options one = {.struct_size = sizeof one, .segments = &first, .segment_count = 1};
  dseg_source *view = NULL;
  assert_int_equal(dseg_source_derive(source, &some, &view, NULL), DSEG_OK);
  assert_non_null(dseg_source_description(view)->instances);
  assert_int_equal(dseg_source_read_instances(view, 0, 2, numbers, sizeof numbers, 1, NULL), DSEG_OK);
  assert_memory_equal(numbers, made.numbers + 3 * made.pixels, made.pixels * sizeof *numbers);
  assert_memory_equal(numbers + 64, made.numbers, made.pixels * sizeof *numbers);
  dseg_source_close(view);
  assert_int_equal(dseg_source_derive(source, &one, &view, NULL), DSEG_OK);
  assert_null(dseg_source_description(view)->instances);
  dseg_source_close(view);
  dseg_source_close(source);
  dseg_buffer_free(&bytes);
  map_free(&made);
}

/* Each segment is one instance then. */
static void segments_without_instances(void **state) {
  (void)state;
  map made;
  dseg_buffer bytes = {0};
  uint32_t voxels[64];
  const dseg_label_request request = {.struct_size = sizeof request, .plane_count = 1, .bits = 32};
  map_make(&made, true, 8, 8, 2, 0, 3);
  made.description->instances = NULL;
  map_draw(&made, 5, 0, 0, 0, 3, 3);
  map_draw(&made, 1, 0, 4, 4, 5, 5);
  map_write(&made, &labels, &bytes);
  dseg_source *source = map_open(&bytes);
  assert_int_equal(dseg_source_description(source)->instances->count, 3);
  assert_int_equal(dseg_source_read_labels(source, &request, voxels, sizeof voxels, NULL, NULL), DSEG_OK);
  assert_memory_equal(voxels, made.numbers, sizeof voxels);
  assert_int_equal(dseg_source_read_instances(source, 0, 1, voxels, sizeof voxels, 1, NULL), DSEG_OK);
  assert_int_equal(voxels[0], 3);
  dseg_source_close(source);
  bytes.size = 0;
  map_write(&made, &ranges, &bytes);
  source = map_open(&bytes);
  assert_null(dseg_source_description(source)->instances);
  assert_int_equal(dseg_source_read_labels(source, &request, voxels, sizeof voxels, NULL, NULL), DSEG_OK);
  assert_memory_equal(voxels, made.numbers, sizeof voxels);
  dseg_source_close(source);
  dseg_buffer_free(&bytes);
  map_free(&made);
}

/* Nothing of it is written. */
static void check_refusal(const map *made, const written_as *as, dseg_status expected, const char *word) {
  dseg_buffer bytes = {0};
  dseg_error error = {0};
  assert_int_equal(map_try(made, as, &bytes, &error), expected);
  if (strstr(error.message, word) == NULL) {
    fail_msg("%s: \"%s\" does not say \"%s\"", as->representation, error.message, word);
  }
  assert_int_equal(bytes.size, 0);
  dseg_buffer_free(&bytes);
}

static void what_writers_refuse(void **state) {
  (void)state;
  static const written_as labelmap = {"labelmap", "explicit-le", NULL, 0};
  static const uint16_t beyond[] = {2};
  map made;
  map_make(&made, true, 8, 8, 2, 1, 2);
  made.numbers[5] = 2;
  check_refusal(&made, &labelmap, DSEG_ERROR_UNSUPPORTED, "knows no instances");
  check_refusal(&made, &labels, DSEG_ERROR_ARGUMENT, "there are 1 instances");
  made.numbers[5] = 1;
  made.instances->segments = beyond;
  check_refusal(&made, &labels, DSEG_ERROR_ARGUMENT, "segment index 2");
  made.instances->segments = NULL;
  made.description->background = 9;
  check_refusal(&made, &labels, DSEG_ERROR_UNSUPPORTED, "background");
  made.description->instances = NULL; /* each segment is one, and the first has number 0 */
  made.description->has_background = false;
  made.description->segments[0].number = 0;
  made.numbers[5] = 0;
  check_refusal(&made, &labels, DSEG_ERROR_UNSUPPORTED, "number segments from 1");
  map_free(&made);
  map_make(&made, true, 300, 300, 2, 70000, 1);
  for (uint32_t i = 0; i < 70000; i++) {
    made.numbers[i] = i + 1;
  }
  check_refusal(&made, &labels, DSEG_ERROR_LIMIT, "smaller tiles");
  check_refusal(&made, &ranges, DSEG_ERROR_LIMIT, "write instance-labels");
  map_free(&made);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_maps_come_back),         cmocka_unit_test(columns_are_kept),
      cmocka_unit_test(boxes_are_found_while_writing), cmocka_unit_test(planes_of_an_instance),
      cmocka_unit_test(views_have_instances),          cmocka_unit_test(segments_without_instances),
      cmocka_unit_test(boxes_end_with_the_matrix),     cmocka_unit_test(what_writers_refuse),
      cmocka_unit_test(sorted_instances_keep_uids),
  };
  return dseg_register_proposals(NULL) != DSEG_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
