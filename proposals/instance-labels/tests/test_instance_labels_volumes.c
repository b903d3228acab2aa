/* SPDX-License-Identifier: Apache-2.0 */
/* test_instance_labels_volumes.c - research volumes opened as instances, made tiles of a slide, given classes by a
 * table, converted to objects and back, with nothing left out without a note. */
#include "map.h"

enum { COLUMNS = 20, ROWS = 13 };

/* An NRRD file of 32-bit values in memory. */
static dseg_buffer make_nrrd(const uint32_t *values, size_t columns, size_t rows, size_t planes, const char *more) {
  dseg_buffer bytes = {0};
  assert_int_equal(dseg_buffer_printf(&bytes, NULL,
                                      "NRRD0005\ntype: uint32\ndimension: 3\nsizes: %zu %zu %zu\nendian: little\n"
                                      "space: left-posterior-superior\nspace origin: (1,2,3)\n"
                                      "space directions: (0.5,0,0) (0,0.25,0) (0,0,2)\nencoding: raw\n%s\n",
                                      columns, rows, planes, more),
                   DSEG_OK);
  for (size_t i = 0; i < columns * rows * planes; i++) {
    const uint8_t word[4] = {(uint8_t)values[i], (uint8_t)(values[i] >> 8), (uint8_t)(values[i] >> 16),
                             (uint8_t)(values[i] >> 24)};
    assert_int_equal(dseg_buffer_append(&bytes, word, sizeof word, NULL), DSEG_OK);
  }
  return bytes;
}

static dseg_view view_of(const dseg_buffer *bytes) {
  return (dseg_view){bytes->data, bytes->size};
}

/* An image of three objects with values far apart. */
static dseg_buffer make_image(uint32_t *values) {
  memset(values, 0, (size_t)COLUMNS * ROWS * sizeof *values);
  for (size_t i = 0; i < 5; i++) {
    values[3 * COLUMNS + 2 + i] = 70001;
    values[4 * COLUMNS + 6 + i] = 12;
    values[(8 + i) * COLUMNS + 15] = 4000000000;
  }
  return make_nrrd(values, COLUMNS, ROWS, 1, "");
}

static void values_become_instances(void **state) {
  (void)state;
  uint32_t values[COLUMNS * ROWS];
  uint32_t numbers[COLUMNS * ROWS];
  uint8_t classes[COLUMNS * ROWS];
  uint8_t mask[COLUMNS * ROWS];
  uint8_t present = 9;
  dseg_buffer file = make_image(values);
  const dseg_open_options options = {.struct_size = sizeof options, .instances = 1, .threads = 1};
  const dseg_label_request request = {.struct_size = sizeof request, .plane_count = 1, .bits = 8};
  dseg_source *source = NULL;
  size_t count = 0;
  assert_int_equal(dseg_open_memory(view_of(&file), "image", &options, &source, NULL), DSEG_OK);
  const dseg_instances *instances = dseg_source_description(source)->instances;
  assert_int_equal(instances->count, 3);
  assert_int_equal(dseg_source_description(source)->segment_count, 1);
  assert_int_equal(dseg_instance_original_number(instances, 1), 12);
  assert_int_equal(dseg_instance_original_number(instances, 3), 4000000000);
  assert_int_equal(dseg_source_read_instances(source, 0, 1, numbers, sizeof numbers, 1, NULL), DSEG_OK);
  assert_int_equal(dseg_source_read_labels(source, &request, classes, sizeof classes, NULL, NULL), DSEG_OK);
  assert_int_equal(dseg_source_read_mask(source, 0, 0, 1, mask, sizeof mask, 1, NULL), DSEG_OK);
  for (size_t i = 0; i < (size_t)COLUMNS * ROWS; i++) {
    assert_int_equal(numbers[i] != 0 ? dseg_instance_original_number(instances, numbers[i]) : 0, values[i]);
    assert_int_equal(classes[i], values[i] != 0);
    assert_int_equal(mask[i], values[i] != 0);
  }
  assert_int_equal(dseg_source_segments_in_plane(source, 0, &present, NULL), DSEG_OK);
  assert_int_equal(present, 1);
  assert_int_equal(dseg_source_instance_planes(source, 1, NULL, 0, &count, NULL), DSEG_ERROR_UNSUPPORTED);
  dseg_source_close(source);
  dseg_buffer_free(&file);
}

/* 13 x 20 pixels in tiles of 8 x 8: those at the end reach over the edge. */
static void an_image_becomes_tiles(void **state) {
  (void)state;
  uint32_t values[COLUMNS * ROWS];
  uint32_t tile[64];
  dseg_buffer file = make_image(values);
  const dseg_open_options options = {
      .struct_size = sizeof options, .instances = 1, .tile_rows = 8, .tile_columns = 8, .threads = 1};
  dseg_source *source = NULL;
  assert_int_equal(dseg_open_memory(view_of(&file), "image", &options, &source, NULL), DSEG_OK);
  const dseg_description *read = dseg_source_description(source);
  assert_int_equal(read->geometry.space, DSEG_SPACE_SLIDE);
  assert_int_equal(read->geometry.plane_count, 6);
  assert_int_equal(read->geometry.matrix_columns, COLUMNS);
  for (size_t plane = 0; plane < 6; plane++) {
    const dseg_plane_position *place = &read->geometry.planes[plane];
    assert_int_equal(dseg_source_read_instances(source, plane, 1, tile, sizeof tile, 1, NULL), DSEG_OK);
    for (size_t i = 0; i < 64; i++) {
      const size_t row = place->matrix_row + i / 8;
      const size_t column = place->matrix_column + i % 8;
      const uint32_t value = row < ROWS && column < COLUMNS ? values[row * COLUMNS + column] : 0;
      assert_int_equal(tile[i] != 0 ? dseg_instance_original_number(read->instances, tile[i]) : 0, value);
    }
  }
  dseg_source_close(source);
  dseg_buffer_free(&file);
}

static void check_refused(const dseg_buffer *file, const dseg_open_options *options, const char *word) {
  dseg_source *source = NULL;
  dseg_error error = {0};
  assert_int_equal(dseg_open_memory(view_of(file), "volume", options, &source, &error), DSEG_ERROR_UNSUPPORTED);
  if (strstr(error.message, word) == NULL) {
    fail_msg("\"%s\" does not say \"%s\"", error.message, word);
  }
}

static void what_is_no_image_of_instances(void **state) {
  (void)state;
  static const uint32_t values[16] = {1, 2, 3};
  uint32_t image[COLUMNS * ROWS];
  const dseg_geometry slide = {.space = DSEG_SPACE_SLIDE, .matrix_rows = 9, .matrix_columns = 9};
  const dseg_open_options tiles = {.struct_size = sizeof tiles, .instances = 1, .tile_rows = 2, .tile_columns = 2};
  const dseg_open_options of_slide = {.struct_size = sizeof of_slide, .instances = 1, .slide = &slide};
  dseg_buffer stack = make_nrrd(values, 2, 2, 4, "");
  dseg_buffer one = make_image(image);
  check_refused(&stack, &tiles, "has 4 planes");
  check_refused(&one, &of_slide, "another level");
  dseg_buffer_free(&stack);
  dseg_buffer_free(&one);
}

/* A description with instances that had these numbers. */
static dseg_description *describe(const uint32_t *numbers, size_t count) {
  dseg_description *description = dseg_description_create();
  assert_non_null(description);
  dseg_instances *instances = dseg_description_alloc(description, sizeof *instances);
  assert_non_null(instances);
  *instances = (dseg_instances){.count = count, .numbers = numbers};
  description->instances = instances;
  return description;
}

static dseg_view text_view(const char *text) {
  return (dseg_view){(const uint8_t *)text, strlen(text)};
}

static void tables_of_classes(void **state) {
  (void)state;
  static const uint32_t numbers[] = {900, 5, 70000};
  static const char table[] =
      "\xEF\xBB\xBF"
      "class,area,instance,confidence\r\n"
      "\"immune, \"\"other\"\"\",12,70000,0.125\r\n"
      "\r\n"
      "tumour,3,5,1\r\n"
      "tumour,3,6,1\r\n"
      "\"immune, \"\"other\"\"\",1,900,0.3";
  static const char written[] =
      "instance,class,confidence\n"
      "900,\"immune, \"\"other\"\"\",0.3\n"
      "5,tumour,1\n"
      "70000,\"immune, \"\"other\"\"\",0.125\n";
  dseg_description *description = describe(numbers, 3);
  dseg_buffer bytes = {0};
  size_t unknown = 0;
  assert_int_equal(dseg_instances_read_table(description, text_view(table), &unknown, NULL), DSEG_OK);
  assert_int_equal(unknown, 1);
  assert_int_equal(description->segment_count, 2);
  assert_string_equal(description->segments[0].label, "immune, \"other\"");
  assert_int_equal(description->instances->segments[1], 1);
  assert_int_equal(dseg_instances_write_table(description, &bytes, NULL), DSEG_OK);
  assert_int_equal(bytes.size, sizeof written - 1);
  assert_memory_equal(bytes.data, written, bytes.size);
  dseg_buffer_free(&bytes);
  dseg_description_destroy(description);
}

/* Labels that have to be in quotes, or are long, come back. */
static void tables_are_read_as_written(void **state) {
  (void)state;
  char longest[64 * 4 + 1] = ""; /* 64 characters of four bytes */
  for (size_t i = 0; i < 64; i++) {
    memcpy(longest + 4 * i, "\xF0\x9D\x84\x9E", 5);
  }
  const char *const labels[] = {"two\r\nlines", "\ttab", " space ", "comma, \"quote\"", longest};
  enum { COUNT = sizeof labels / sizeof *labels };
  dseg_segment *segments = calloc(COUNT, sizeof *segments);
  uint16_t of[COUNT];
  assert_non_null(segments);
  for (size_t i = 0; i < COUNT; i++) {
    segments[i].label = labels[i];
    of[i] = (uint16_t)i;
  }
  dseg_instances instances = {.count = COUNT, .segments = of};
  const dseg_description written = {.segments = segments, .segment_count = COUNT, .instances = &instances};
  dseg_description *read = describe(NULL, COUNT);
  dseg_buffer bytes = {0};
  dseg_error error = {0};
  assert_int_equal(dseg_instances_write_table(&written, &bytes, NULL), DSEG_OK);
  if (dseg_instances_read_table(read, view_of(&bytes), NULL, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  assert_int_equal(read->segment_count, COUNT);
  for (size_t i = 0; i < COUNT; i++) {
    assert_string_equal(read->segments[read->instances->segments[i]].label, labels[i]);
  }
  dseg_buffer_free(&bytes);
  dseg_description_destroy(read);
  free(segments);
}

static void tables_that_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *text, *word;
  } cases[] = {
      {"", "does not name the columns"},
      {"instance\n1\n", "does not name the columns"},
      {"instance,class,class\n1,a,b\n", "two columns have one name"},
      {"instance,class\n1,a\n1,b\n2,a\n", "line 3"},
      {"instance,class\n1,a\n", "no line for instance 2"},
      {"instance,class\n1,a\n2\n", "as many fields"},
      {"instance,class\n1,a\n2,a,b\n", "as many fields"},
      {"instance,class\nx,a\n", "is no number"},
      {"instance,class\n-1,a\n", "is no number"},
      {"instance,class\n4294967296,a\n", "is no number"},
      {"instance,class\n1,\n", "has no name"},
      {"instance,class\n1,\"a\n2,a\n", "never closed"},
      {"instance,class\n1,\"a\"b\n2,a\n", "behind a quoted field"},
      {"instance,class\r\n\r\n1,\"a\nb\"\r\n1,a\r\n", "line 5"},
      {"instance,class,confidence\n1,a,1.5\n", "from 0 to 1"},
      {"instance,class,confidence\n1,a,nan\n", "from 0 to 1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    dseg_description *description = describe(NULL, 2);
    dseg_error error = {0};
    assert_int_equal(dseg_instances_read_table(description, text_view(cases[i].text), NULL, &error), DSEG_ERROR_FORMAT);
    if (strstr(error.message, cases[i].word) == NULL) {
      fail_msg("case %zu: \"%s\" does not say \"%s\"", i, error.message, cases[i].word);
    }
    assert_null(description->instances->segments);
    dseg_description_destroy(description);
  }
}

/* Notes of a conversion, one after the other. */
struct notes {
  char text[2000];
};

static void take_note(void *user, dseg_message_kind kind, const char *file, const char *message) {
  struct notes *notes = user;
  const size_t length = strlen(notes->text);
  (void)kind, (void)file;
  (void)snprintf(notes->text + length, sizeof notes->text - length, "%s\n", message);
}

/* Converts what is in memory; the output is the caller's. */
static dseg_buffer convert(const dseg_buffer *from, const dseg_convert_options *options, struct notes *notes) {
  static const char *const name = "input";
  dseg_input *input = NULL;
  dseg_buffer bytes = {0};
  dseg_error error = {0};
  const dseg_output output = dseg_output_to_buffer(&bytes);
  dseg_convert_options chosen = *options;
  notes->text[0] = '\0';
  chosen.struct_size = sizeof chosen;
  chosen.inputs = &input;
  chosen.threads = 1;
  chosen.messages = (dseg_message_sink){take_note, notes};
  assert_int_equal(dseg_input_from_memory(view_of(from), &input, NULL), DSEG_OK);
  if (dseg_convert(&name, 1, &output, &chosen, NULL, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  return bytes;
}

static void assert_voxels(const dseg_buffer *nrrd, const uint32_t *values, size_t count) {
  const uint8_t *voxels = nrrd->data + nrrd->size - 4 * count;
  for (size_t i = 0; i < count; i++) {
    const uint32_t value = (uint32_t)voxels[4 * i + 3] << 24 | (uint32_t)voxels[4 * i + 2] << 16 |
                           (uint32_t)voxels[4 * i + 1] << 8 | voxels[4 * i];
    assert_int_equal(value, values[i]);
  }
}

/* To a slide, from one representation to the other, and back. */
static void there_and_back(void **state) {
  (void)state;
  uint32_t values[COLUMNS * ROWS];
  struct notes notes;
  dseg_buffer file = make_image(values);
  const dseg_convert_options to_slide = {
      .format = "dicom", .representation = "instance-labels", .slide = true, .tile_rows = 8, .tile_columns = 8};
  const dseg_convert_options to_ranges = {.format = "dicom", .representation = "segment-ranges"};
  const dseg_convert_options to_volume = {.format = ".nrrd", .compression = -1};
  const dseg_convert_options to_labelmap = {.format = "dicom", .representation = "labelmap"};
  const dseg_convert_options to_segments = {
      .format = "dicom", .representation = "labelmap", .labels = DSEG_LABELS_SEGMENTS};
  dseg_buffer slide = convert(&file, &to_slide, &notes);
  dseg_buffer ranges = convert(&slide, &to_ranges, &notes);
  dseg_buffer back = convert(&ranges, &to_volume, &notes);
  assert_string_equal(notes.text, "");
  assert_voxels(&back, values, (size_t)COLUMNS * ROWS);
  dseg_buffer classes = convert(&slide, &to_labelmap, &notes);
  assert_non_null(strstr(notes.text, "3 instances lose their numbers"));
  dseg_buffer segments = convert(&slide, &to_segments, &notes);
  dseg_source *source = map_open(&segments);
  assert_int_equal(dseg_source_description(source)->segment_count, 3);
  assert_null(dseg_source_description(source)->instances);
  dseg_source_close(source);
  source = map_open(&classes);
  assert_int_equal(dseg_source_description(source)->segment_count, 1);
  dseg_source_close(source);
  dseg_buffer_free(&segments);
  dseg_buffer_free(&classes);
  dseg_buffer_free(&back);
  dseg_buffer_free(&ranges);
  dseg_buffer_free(&slide);
  dseg_buffer_free(&file);
}

/* Classes are missed in a volume, and said to be. */
static void classes_are_named_or_noted(void **state) {
  (void)state;
  map made;
  dseg_buffer bytes = {0};
  struct notes notes;
  static const written_as labels = {"instance-labels", "explicit-le", NULL, 0};
  map_make(&made, true, 8, 8, 2, 2, 2);
  map_draw(&made, 1, 0, 0, 0, 1, 1);
  map_draw(&made, 2, 1, 0, 0, 1, 1);
  map_write(&made, &labels, &bytes);
  const dseg_convert_options numbers = {.format = ".nii"};
  const dseg_convert_options chosen = {.format = ".nii", .labels = DSEG_LABELS_INSTANCES};
  const dseg_convert_options classes = {.format = ".nii", .labels = DSEG_LABELS_CLASSES};
  static const char *const one[] = {"tumour"};
  const dseg_convert_options some = {.format = ".nii", .segments = one, .segment_count = 1};
  dseg_buffer first = convert(&bytes, &numbers, &notes);
  assert_non_null(strstr(notes.text, "their 2 classes are not in it"));
  dseg_buffer second = convert(&bytes, &chosen, &notes);
  assert_null(strstr(notes.text, "classes"));
  dseg_buffer third = convert(&bytes, &classes, &notes);
  assert_null(strstr(notes.text, "instances"));
  dseg_buffer fourth = convert(&bytes, &some, &notes);
  assert_non_null(strstr(notes.text, "lose their numbers: segments were left out"));
  dseg_buffer_free(&first);
  dseg_buffer_free(&second);
  dseg_buffer_free(&third);
  dseg_buffer_free(&fourth);
  dseg_buffer_free(&bytes);
  map_free(&made);
}

/* A voxel of a class and of no instance: neither numbers in a volume nor instance labels have it, and a note says so
 * once. */
static void classes_without_instances_are_noted(void **state) {
  (void)state;
  static const written_as ranges = {"segment-ranges", "explicit-le", NULL, 0};
  const dseg_convert_options numbers = {.format = ".nrrd", .compression = -1};
  const dseg_convert_options labels = {.format = "dicom", .representation = "instance-labels"};
  const dseg_convert_options classes = {.format = ".nrrd", .labels = DSEG_LABELS_CLASSES, .compression = -1};
  enum { TARGETS = 3 };
  const dseg_convert_options *const to[TARGETS] = {&numbers, &labels, &classes};
  map made;
  dseg_buffer bytes = {0};
  map_make(&made, true, 8, 8, 2, 2, 1);
  map_draw(&made, 1, 0, 0, 0, 1, 1);
  map_draw(&made, 2, 1, 0, 0, 1, 1);
  map_write(&made, &ranges, &bytes);
  for (size_t of_class = 0; of_class < 2; of_class++) {
    bytes.data[bytes.size - 1] = (uint8_t)of_class; /* the last pixel: 0 or Segment Number 1 */
    for (size_t i = 0; i < TARGETS; i++) {
      struct notes notes;
      dseg_buffer converted = convert(&bytes, to[i], &notes);
      const char *note = strstr(notes.text, "of no instance are left out");
      assert_int_equal(note != NULL, of_class == 1 && to[i] != &classes);
      assert_null(note != NULL ? strstr(note + 1, "of no instance") : NULL);
      dseg_buffer_free(&converted);
    }
  }
  dseg_buffer_free(&bytes);
  map_free(&made);
}

/* A label of two-byte characters is cut behind the fiftieth. */
static void labels_of_segments_are_whole(void **state) {
  (void)state;
  static const written_as labels = {"instance-labels", "explicit-le", NULL, 0};
  static const char character[] = "\xC3\xA9";
  const dseg_convert_options to_segments = {
      .format = "dicom", .representation = "labelmap", .labels = DSEG_LABELS_SEGMENTS};
  char label[1 + 2 * 60 + 1] = "a";
  char wanted[1 + 2 * 49 + 3] = "a";
  map made;
  dseg_buffer bytes = {0};
  struct notes notes;
  for (size_t i = 0; i < 60; i++) {
    memcpy(label + 1 + 2 * i, character, sizeof character);
  }
  memcpy(wanted, label, 1 + 2 * 49);
  memcpy(&wanted[1 + 2 * 49], " 1", 3);
  map_make(&made, true, 8, 8, 2, 1, 1);
  made.description->segments[0].label = label;
  map_draw(&made, 1, 0, 0, 0, 1, 1);
  map_write(&made, &labels, &bytes);
  dseg_buffer segments = convert(&bytes, &to_segments, &notes);
  dseg_source *source = map_open(&segments);
  assert_string_equal(dseg_source_description(source)->segments[0].label, wanted);
  dseg_source_close(source);
  dseg_buffer_free(&segments);
  dseg_buffer_free(&bytes);
  map_free(&made);
}

/* Numbers from 1 on are in the volume, where those that instances had would join two of them, or lose one. */
static void numbers_that_volumes_cannot_have(void **state) {
  (void)state;
  static const written_as labels = {"instance-labels", "explicit-le", NULL, 0};
  static const uint32_t of_trials[][2] = {{5, 0}, {5, 5}, {5, 4}};
  const dseg_convert_options to_volume = {.format = ".nrrd", .compression = -1};
  for (size_t i = 0; i < 3; i++) {
    map made;
    dseg_buffer bytes = {0};
    struct notes notes;
    map_make(&made, false, 8, 8, 2, 2, 1);
    map_draw(&made, 1, 0, 0, 0, 1, 1);
    map_draw(&made, 2, 1, 0, 0, 1, 1);
    made.instances->numbers = of_trials[i];
    map_write(&made, &labels, &bytes);
    dseg_buffer volume = convert(&bytes, &to_volume, &notes);
    assert_int_equal(strstr(notes.text, "numbered from 1 to 2") != NULL, i < 2);
    for (size_t k = 0; i == 2 && k < 2 * made.pixels; k++) {
      made.numbers[k] = made.numbers[k] != 0 ? of_trials[i][made.numbers[k] - 1] : 0;
    }
    assert_voxels(&volume, made.numbers, 2 * made.pixels);
    dseg_buffer_free(&volume);
    dseg_buffer_free(&bytes);
    map_free(&made);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_become_instances),          cmocka_unit_test(an_image_becomes_tiles),
      cmocka_unit_test(what_is_no_image_of_instances),    cmocka_unit_test(tables_of_classes),
      cmocka_unit_test(tables_that_are_refused),          cmocka_unit_test(there_and_back),
      cmocka_unit_test(classes_are_named_or_noted),       cmocka_unit_test(classes_without_instances_are_noted),
      cmocka_unit_test(numbers_that_volumes_cannot_have), cmocka_unit_test(labels_of_segments_are_whole),
      cmocka_unit_test(tables_are_read_as_written),
  };
  return dseg_register_proposals(NULL) != DSEG_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
