/* SPDX-License-Identifier: Apache-2.0 */
/* test_instance_labels_hostile.c - columns and ranges that contradict the object: each is refused with its rule, and
 * validation finds it; promises of gigabytes in a small file; and every byte of the columns changed. */
#include "map.h"

#define SEGMENTS 0x00620002u
#define NUMBER 0x00620004u

static const written_as labels = {"instance-labels", "explicit-le", &(const dseg_option_value){"boxes", 1}, 1};
static const written_as ranges = {"segment-ranges", "explicit-le", NULL, 0};

/* Two tiles; instance 2 is cut by their border. Segments 1 and 3. */
static void make_object(const written_as *as, dseg_buffer *bytes) {
  static const float confidence[] = {0.5F, 1, 0};
  static const uint32_t numbers[] = {7, 9, 8};
  map made;
  map_make(&made, true, 8, 8, 2, 3, 2);
  map_draw(&made, 1, 0, 1, 1, 3, 3);
  map_draw(&made, 2, 0, 6, 0, 7, 7);
  map_draw(&made, 2, 1, 0, 0, 1, 7);
  map_draw(&made, 3, 1, 4, 4, 5, 5);
  made.instances->confidence = confidence;
  made.instances->numbers = numbers;
  made.instances->uid_root = "1.2.3";
  map_write(&made, as, bytes);
  map_free(&made);
}

static uint32_t block_of(const dseg_data_set *set) {
  const uint32_t block = dseg_data_set_find_creator(set, 0x0021, "DSEG INSTANCES");
  assert_int_not_equal(block, 0);
  return block;
}

static void put32(dseg_data_set *set, uint32_t element, const uint32_t *values, size_t count) {
  dseg_data_set_put_u32(set, block_of(set) | element, element == 0x10 ? "UL" : "OL", values, count);
}

static void drop(dseg_data_set *set, uint32_t element) {
  dseg_data_set_remove(set, block_of(set) | element);
}

static void no_block(dseg_data_set *set) {
  for (uint32_t element = 0x10; element <= 0x17; element++) {
    drop(set, element);
  }
}
static void no_count(dseg_data_set *set) {
  drop(set, 0x10);
}
static void two_counts(dseg_data_set *set) {
  put32(set, 0x10, (const uint32_t[]){3, 3}, 2);
}
static void greatest_count(dseg_data_set *set) {
  put32(set, 0x10, (const uint32_t[]){UINT32_MAX}, 1);
}
static void many_promised(dseg_data_set *set) {
  put32(set, 0x10, (const uint32_t[]){4000000000u}, 1);
}
static void no_first(dseg_data_set *set) {
  drop(set, 0x11);
}
static void short_first(dseg_data_set *set) {
  put32(set, 0x11, (const uint32_t[]){0, 4}, 2);
}
static void first_goes_back(dseg_data_set *set) {
  put32(set, 0x11, (const uint32_t[]){0, 4, 2}, 3);
}
static void first_begins_late(dseg_data_set *set) {
  put32(set, 0x11, (const uint32_t[]){1, 2, 4}, 3);
}
static void many_entries(dseg_data_set *set) {
  put32(set, 0x11, (const uint32_t[]){0, 256, 260}, 3);
}
static void entries_promised(dseg_data_set *set) {
  put32(set, 0x11, (const uint32_t[]){0, 2, 200}, 3);
}
static void last_entry(dseg_data_set *set) {
  put32(set, 0x11, (const uint32_t[]){0, 2, 5}, 3);
}
static void no_list(dseg_data_set *set) {
  drop(set, 0x12);
}
static void number_past_count(dseg_data_set *set) {
  put32(set, 0x12, (const uint32_t[]){2, 4, 2, 3}, 4);
}
static void number_of_none(dseg_data_set *set) {
  put32(set, 0x12, (const uint32_t[]){2, 0, 2, 3}, 4);
}
static void no_classes(dseg_data_set *set) {
  drop(set, 0x13);
}
static void unknown_class(dseg_data_set *set) {
  dseg_data_set_put_u16(set, block_of(set) | 0x13, "OW", (const uint16_t[]){1, 2, 1}, 3);
}
static void class_of_background(dseg_data_set *set) {
  dseg_data_set_put_u16(set, block_of(set) | 0x13, "OW", (const uint16_t[]){1, 0, 1}, 3);
}
static void short_classes(dseg_data_set *set) {
  dseg_data_set_put_u16(set, block_of(set) | 0x13, "OW", (const uint16_t[]){1, 3}, 2);
}
static void short_confidence(dseg_data_set *set) {
  dseg_data_set_put_bytes(set, block_of(set) | 0x14, "OF", (dseg_view){(const uint8_t *)"\0\0\0\0", 4});
}
static void confidence_of_nothing(dseg_data_set *set) {
  static const uint8_t values[] = {0, 0, 0, 0, 0, 0, 0xC0, 0x7F, 0, 0, 0, 0}; /* 0, no number, 0 */
  dseg_data_set_put_bytes(set, block_of(set) | 0x14, "OF", (dseg_view){values, sizeof values});
}
static void box_past_matrix(dseg_data_set *set) {
  put32(set, 0x15, (const uint32_t[]){1, 1, 2, 2, 1, 1, 17, 8, 1, 1, 2, 2}, 12);
}
static void box_from_zero(dseg_data_set *set) {
  put32(set, 0x15, (const uint32_t[]){1, 1, 2, 2, 0, 1, 16, 8, 1, 1, 2, 2}, 12);
}
static void short_boxes(dseg_data_set *set) {
  put32(set, 0x15, (const uint32_t[]){1, 1, 2, 2, 1, 1}, 6);
}
static void long_root(dseg_data_set *set) {
  dseg_data_set_put_text(set, block_of(set) | 0x16, "UI",
                         "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22.23.24.25");
}
static void no_uid(dseg_data_set *set) {
  dseg_data_set_put_text(set, block_of(set) | 0x16, "UI", "1..2");
}
static void short_original(dseg_data_set *set) {
  put32(set, 0x17, (const uint32_t[]){7, 9}, 2);
}
static void other_padding(dseg_data_set *set) {
  dseg_data_set_put_u16(set, 0x00280120, "US", (const uint16_t[]){3}, 1);
}
/* Validation alone looks for these. */
static void twice_in_a_frame(dseg_data_set *set) {
  put32(set, 0x12, (const uint32_t[]){2, 2, 2, 3}, 4);
}
static void original_twice(dseg_data_set *set) {
  put32(set, 0x17, (const uint32_t[]){7, 9, 7}, 3);
}
/* Found when pixels are decoded. */
static void frame_without_entries(dseg_data_set *set) {
  put32(set, 0x11, (const uint32_t[]){0, 0, 4}, 3);
}

/* Of segment-ranges. */
static void put_range(dseg_data_set *set, size_t item, const uint16_t *values, size_t count) {
  assert_true(dseg_data_set_enter_item(set, SEGMENTS, item));
  const uint32_t block = dseg_data_set_put_creator(set, 0x0021, "DSEG INSTANCES");
  dseg_data_set_put_u16(set, block | 1, "US", values, count);
  dseg_data_set_end_item(set);
}
static void range_of_one(dseg_data_set *set) {
  put_range(set, 1, (const uint16_t[]){4}, 1);
}
static void range_of_three(dseg_data_set *set) {
  put_range(set, 1, (const uint16_t[]){4, 5, 6}, 3);
}
static void range_goes_back(dseg_data_set *set) {
  put_range(set, 1, (const uint16_t[]){5, 4}, 2);
}
static void ranges_overlap(dseg_data_set *set) {
  put_range(set, 1, (const uint16_t[]){4, 6}, 2);
}
static void range_has_a_number(dseg_data_set *set) {
  put_range(set, 1, (const uint16_t[]){3, 5}, 2);
}
static void range_has_background(dseg_data_set *set) {
  put_range(set, 1, (const uint16_t[]){0, 1}, 2);
}
static void range_promises(dseg_data_set *set) {
  put_range(set, 2, (const uint16_t[]){6, 65535}, 2);
}
static void range_is_missing(dseg_data_set *set) {
  assert_true(dseg_data_set_enter_item(set, SEGMENTS, 1));
  dseg_data_set_remove(set, block_of(set) | 1);
  dseg_data_set_end_item(set);
}
static void other_values(dseg_data_set *set) {
  put_range(set, 1, (const uint16_t[]){100, 101}, 2);
}

typedef struct trial {
  void (*change)(dseg_data_set *set);
  const char *rule;
} trial;

static const trial of_labels[] = {
    {no_block, "I1"},         {no_count, "I1"},          {two_counts, "I1"},
    {greatest_count, "I1"},   {many_promised, "I8"},     {no_first, "I2"},
    {short_first, "I2"},      {first_goes_back, "I3"},   {first_begins_late, "I3"},
    {many_entries, "I4"},     {entries_promised, "I5"},  {last_entry, "I5"},
    {no_list, "I5"},          {number_past_count, "I6"}, {number_of_none, "I6"},
    {no_classes, "I8"},       {unknown_class, "I8"},     {class_of_background, "I8"},
    {short_classes, "I8"},    {short_confidence, "I9"},  {confidence_of_nothing, "I9"},
    {box_past_matrix, "I10"}, {box_from_zero, "I10"},    {short_boxes, "I10"},
    {long_root, "I11"},       {no_uid, "I11"},           {short_original, "I12"},
    {other_padding, "I14"},
};
static const trial of_ranges[] = {
    {no_count, "R1"},        {two_counts, "R1"},       {range_of_one, "R2"},       {range_of_three, "R2"},
    {range_goes_back, "R2"}, {ranges_overlap, "R3"},   {range_has_a_number, "R3"}, {range_has_background, "R3"},
    {range_promises, "R4"},  {range_is_missing, "R4"}, {many_promised, "I9"},      {short_confidence, "I9"},
};

static dseg_view changed(const dseg_buffer *from, void (*change)(dseg_data_set *set), dseg_buffer *to) {
  dseg_data_set *set = NULL;
  dseg_error error = {0};
  const dseg_file_encoding encoding = {.transfer_syntax_uid = "1.2.840.10008.1.2.1",
                                       .implementation_class_uid = "1.2.3.4",
                                       .implementation_version_name = "TEST"};
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  assert_int_equal(dseg_data_set_read(set, (dseg_view){from->data + 132, from->size - 132}, DSEG_EXPLICIT_VR, &error),
                   DSEG_OK);
  change(set);
  for (uint32_t tag = 0x00020000; dseg_data_set_next(set, &tag, NULL) && tag >> 16 == 2;) {
    dseg_data_set_remove(set, tag);
  }
  if (dseg_data_set_write_file(set, &encoding, to, NULL, &error) != DSEG_OK) {
    fail_msg("%s", error.message);
  }
  dseg_data_set_destroy(set);
  return (dseg_view){to->data, to->size};
}

/* The rule of a finding about the proposal's elements, or about pixels. */
struct finding {
  char section[64], text[400];
  size_t count;
};

static void take_finding(void *user, const dseg_finding *found) {
  struct finding *finding = user;
  if (found->rule->severity != DSEG_SEVERITY_ERROR && strcmp(found->rule->id, "proposal") != 0) {
    return;
  }
  finding->count++;
  (void)snprintf(finding->text, sizeof finding->text, "%s", found->message);
}

static void check_validation(dseg_view bytes, const char *rule) {
  struct finding finding = {.count = 0};
  const dseg_validate_options options = {
      .struct_size = sizeof options, .found = take_finding, .user = &finding, .threads = 1};
  dseg_validation result;
  assert_int_equal(dseg_validate_memory(bytes, &options, &result, NULL), DSEG_OK);
  if ((rule == NULL) != (finding.count == 0) || (rule != NULL && strstr(finding.text, rule) == NULL)) {
    fail_msg("validation: expected %s, found \"%s\"", rule != NULL ? rule : "nothing", finding.text);
  }
}

static void check_trials(const written_as *as, const trial *trials, size_t count) {
  dseg_buffer bytes = {0};
  make_object(as, &bytes);
  check_validation((dseg_view){bytes.data, bytes.size}, NULL);
  for (size_t i = 0; i < count; i++) {
    dseg_buffer other = {0};
    dseg_source *source = NULL;
    dseg_error error = {0};
    char rule[16];
    const dseg_view view = changed(&bytes, trials[i].change, &other);
    (void)snprintf(rule, sizeof rule, " %s", trials[i].rule);
    assert_int_equal(dseg_open_memory(view, "hostile", NULL, &source, &error), DSEG_ERROR_FORMAT);
    if (strstr(error.message, rule) == NULL) {
      fail_msg("trial %zu of %s: expected rule%s: %s", i, as->representation, rule, error.message);
    }
    check_validation(view, rule);
    dseg_buffer_free(&other);
  }
  dseg_buffer_free(&bytes);
}

static void tables_that_contradict_the_object(void **state) {
  (void)state;
  check_trials(&labels, of_labels, sizeof of_labels / sizeof *of_labels);
}

static void ranges_that_contradict_each_other(void **state) {
  (void)state;
  check_trials(&ranges, of_ranges, sizeof of_ranges / sizeof *of_ranges);
}

/* Opened, and found by validation. */
static void what_only_validation_finds(void **state) {
  static const trial trials[] = {{twice_in_a_frame, " I7"}, {original_twice, " I12"}};
  dseg_buffer bytes = {0};
  (void)state;
  make_object(&labels, &bytes);
  for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
    dseg_buffer other = {0};
    check_validation(changed(&bytes, trials[i].change, &other), trials[i].rule);
    dseg_source_close(map_open(&other));
    dseg_buffer_free(&other);
  }
  dseg_buffer_free(&bytes);
}

/* A pixel that no entry, or no range, has. */
static void check_pixels(const written_as *as, void (*change)(dseg_data_set *set), const char *rule) {
  dseg_buffer bytes = {0};
  dseg_buffer other = {0};
  uint32_t numbers[64];
  uint8_t voxels[64];
  dseg_error error = {0};
  const dseg_label_request request = {.struct_size = sizeof request, .plane_count = 1, .bits = 8, .threads = 1};
  make_object(as, &bytes);
  const dseg_view view = changed(&bytes, change, &other);
  dseg_source *source = map_open(&other);
  assert_int_equal(dseg_source_read_instances(source, 0, 1, numbers, sizeof numbers, 1, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, rule));
  assert_int_equal(dseg_source_read_labels(source, &request, voxels, sizeof voxels, NULL, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, rule));
  assert_int_equal(dseg_source_read_mask(source, 0, 0, 1, voxels, sizeof voxels, 1, &error), DSEG_ERROR_FORMAT);
  assert_non_null(strstr(error.message, rule));
  dseg_source_close(source);
  check_validation(view, rule);
  dseg_buffer_free(&bytes);
  dseg_buffer_free(&other);
}

static void pixels_without_a_meaning(void **state) {
  (void)state;
  check_pixels(&labels, frame_without_entries, "I13");
  check_pixels(&ranges, other_values, "R5");
}

static void many_promised_and_listed(dseg_data_set *set) {
  many_promised(set);
  put32(set, 0x12, (const uint32_t[]){4000000000u, 1}, 2);
}
static void a_thousand_promised(dseg_data_set *set) {
  put32(set, 0x10, (const uint32_t[]){1000}, 1);
}

/* Of one class, and without a list, confidences or boxes: nothing but the memory limit bounds the number of instances.
 */
static void instances_without_a_byte(void **state) {
  (void)state;
  static const written_as no_boxes = {"instance-labels", "explicit-le", NULL, 0};
  dseg_buffer bytes = {0};
  dseg_source *source = NULL;
  dseg_error error = {0};
  map made;
  map_make(&made, true, 8, 8, 2, 2, 1);
  map_draw(&made, 1, 0, 1, 1, 3, 3);
  map_draw(&made, 2, 1, 4, 4, 5, 5);
  map_write(&made, &no_boxes, &bytes);
  map_free(&made);
  dseg_buffer other = {0};
  (void)changed(&bytes, a_thousand_promised, &other);
  source = map_open(&other);
  assert_int_equal(dseg_source_description(source)->instances->count, 1000);
  dseg_source_close(source);
  other.size = 0;
  assert_int_equal(dseg_open_memory(changed(&bytes, many_promised, &other), "hostile", NULL, &source, &error),
                   DSEG_ERROR_LIMIT);
  assert_non_null(strstr(error.message, "past the memory limit"));
  other.size = 0;
  check_validation(changed(&bytes, many_promised_and_listed, &other), NULL);
  dseg_buffer_free(&other);
  dseg_buffer_free(&bytes);
}

/* One segment, whose range is all values; there is no background. */
static void range_of_everything(dseg_data_set *set) {
  while (dseg_data_set_count_items(set, SEGMENTS) > 1) {
    dseg_data_set_remove_item(set, SEGMENTS, 1);
  }
  dseg_data_set_remove(set, 0x00280120);
  drop(set, 0x14);
  drop(set, 0x17);
  put32(set, 0x10, (const uint32_t[]){65536}, 1);
  put_range(set, 0, (const uint16_t[]){0, 65535}, 2); /* its Segment Number, 0, is the first */
}

static void every_value_is_an_instance(void **state) {
  (void)state;
  const written_as wide = {"segment-ranges", "explicit-le", &(const dseg_option_value){"bits", 16}, 1};
  dseg_buffer bytes = {0};
  dseg_buffer other = {0};
  uint32_t numbers[64];
  make_object(&wide, &bytes);
  (void)changed(&bytes, range_of_everything, &other);
  memset(other.data + other.size - 4, 0xFF, 4);
  other.data[other.size - 4] = 0xFE;
  dseg_source *source = map_open(&other);
  assert_int_equal(dseg_source_read_instances(source, 1, 1, numbers, sizeof numbers, 1, NULL), DSEG_OK);
  assert_int_equal(numbers[62], 65535);
  assert_int_equal(numbers[63], 65536);
  dseg_source_close(source);
  dseg_buffer_free(&other);
  dseg_buffer_free(&bytes);
}

static void put_volume(dseg_data_set *set) {
  const uint32_t block = dseg_data_set_put_creator(set, 0x0021, "DSEG VOLUME");
  const uint32_t planes = 2;
  dseg_data_set_begin_item(set, block | 0x01);
  dseg_data_set_put_text(set, 0x00200032, "DS", "0\\0\\0");
  dseg_data_set_end_item(set);
  dseg_data_set_put_u32(set, block | 0x02, "UL", &planes, 1);
}

/* The block of a volume beside functional groups is as in volume's dual form. */
static void ranges_in_both_forms(void **state) {
  (void)state;
  map made;
  dseg_buffer bytes = {0};
  dseg_buffer other = {0};
  uint32_t numbers[128];
  map_make(&made, false, 8, 8, 2, 2, 1);
  map_draw(&made, 1, 0, 1, 1, 3, 3);
  map_draw(&made, 2, 1, 4, 4, 5, 5);
  map_write(&made, &ranges, &bytes);
  check_validation(changed(&bytes, put_volume, &other), NULL);
  dseg_source *source = map_open(&other);
  assert_int_equal(dseg_source_read_instances(source, 0, 2, numbers, sizeof numbers, 1, NULL), DSEG_OK);
  assert_memory_equal(numbers, made.numbers, sizeof numbers);
  dseg_source_close(source);
  dseg_buffer_free(&other);
  dseg_buffer_free(&bytes);
  map_free(&made);
}

static void boxes_of_planes(dseg_data_set *set) {
  put32(set, 0x15, (const uint32_t[]){2, 2, 1, 4, 4, 1, 5, 5, 2, 6, 6, 2}, 12);
}
static void boxes_past_rows(dseg_data_set *set) {
  put32(set, 0x15, (const uint32_t[]){2, 2, 1, 4, 9, 1, 5, 5, 2, 6, 6, 2}, 12);
}

/* Planes of boxes are counted otherwise than those of a description, which has none of these boxes. */
static void boxes_beside_functional_groups(void **state) {
  (void)state;
  map made;
  dseg_buffer bytes = {0};
  dseg_buffer other = {0};
  map_make(&made, false, 8, 8, 2, 2, 1);
  map_draw(&made, 1, 0, 1, 1, 3, 3);
  map_draw(&made, 2, 1, 4, 4, 5, 5);
  map_write(&made, &ranges, &bytes);
  check_validation(changed(&bytes, boxes_of_planes, &other), NULL);
  dseg_source *source = map_open(&other);
  assert_int_equal(dseg_source_description(source)->instances->count, 2);
  assert_null(dseg_source_description(source)->instances->boxes);
  assert_int_equal(dseg_source_description(source)->instances->box_values, 0);
  dseg_source_close(source);
  other.size = 0;
  check_validation(changed(&bytes, boxes_past_rows, &other), " I10");
  dseg_buffer_free(&other);
  dseg_buffer_free(&bytes);
  map_free(&made);
}

/* 0 is the background without Pixel Padding Value, too, whether an item has it as Segment Number or not. */
static void no_padding(dseg_data_set *set) {
  dseg_data_set_remove(set, 0x00280120);
}
static void no_padding_and_no_item(dseg_data_set *set) {
  no_padding(set);
  dseg_data_set_remove_item(set, SEGMENTS, 0);
}

static void zero_is_no_class(void **state) {
  (void)state;
  static const written_as no_boxes = {"instance-labels", "explicit-le", NULL, 0};
  void (*const changes[])(dseg_data_set * set) = {no_padding, no_padding_and_no_item};
  const dseg_label_request request = {.struct_size = sizeof request, .plane_count = 1, .bits = 32, .threads = 1};
  map made;
  dseg_buffer bytes = {0};
  uint32_t voxels[64];
  map_make(&made, true, 8, 8, 2, 2, 1);
  map_draw(&made, 1, 0, 1, 1, 3, 3);
  map_draw(&made, 2, 1, 4, 4, 5, 5);
  map_write(&made, &no_boxes, &bytes);
  for (size_t i = 0; i < 2; i++) {
    dseg_buffer other = {0};
    check_validation(changed(&bytes, changes[i], &other), NULL);
    dseg_source *source = map_open(&other);
    const dseg_description *read = dseg_source_description(source);
    assert_int_equal(read->segment_count, 1);
    assert_int_equal(read->segments[0].number, 1);
    assert_true(read->has_background);
    assert_int_equal(read->background, 0);
    assert_int_equal(dseg_source_read_labels(source, &request, voxels, sizeof voxels, NULL, NULL), DSEG_OK);
    assert_memory_equal(voxels, made.numbers, sizeof voxels);
    dseg_source_close(source);
    dseg_buffer_free(&other);
  }
  dseg_buffer_free(&bytes);
  map_free(&made);
}

static void read_everything(dseg_source *source) {
  const dseg_description *read = dseg_source_description(source);
  const dseg_geometry *geometry = &read->geometry;
  const size_t pixels = (size_t)geometry->rows * geometry->columns;
  uint32_t *numbers = pixels < 1u << 20 ? malloc((pixels + 1) * sizeof *numbers) : NULL;
  size_t count = 0;
  for (size_t plane = 0; numbers != NULL && plane < geometry->plane_count && plane < 8; plane++) {
    const dseg_label_request request = {
        .struct_size = sizeof request, .first_plane = plane, .plane_count = 1, .bits = 32, .threads = 1};
    (void)dseg_source_read_labels(source, &request, numbers, pixels * sizeof *numbers, NULL, NULL);
    if (dseg_source_read_instances(source, plane, 1, numbers, pixels * sizeof *numbers, 1, NULL) == DSEG_OK) {
      for (size_t i = 0; i < pixels; i++) {
        assert_true(numbers[i] <= read->instances->count);
      }
    }
  }
  (void)dseg_source_instance_planes(source, 1, NULL, 0, &count, NULL);
  free(numbers);
}

/* Every byte in front of Pixel Data, with each bit turned: it is refused, or read without harm. */
static void every_byte_is_changed(void **state) {
  static const written_as *const forms[] = {&labels, &ranges};
  size_t opened = 0;
  (void)state;
  for (size_t form = 0; form < 2; form++) {
    dseg_buffer bytes = {0};
    make_object(forms[form], &bytes);
    for (size_t i = 400; i < bytes.size; i++) {
      const uint8_t before = bytes.data[i];
      bytes.data[i] = (uint8_t)(before ^ 1u << i % 8);
      dseg_source *source = NULL;
      const dseg_open_options options = {.struct_size = sizeof options, .memory_limit = 1 << 24, .threads = 1};
      if (dseg_open_memory((dseg_view){bytes.data, bytes.size}, "hostile", &options, &source, NULL) == DSEG_OK) {
        opened++;
        read_everything(source);
        dseg_source_close(source);
      }
      bytes.data[i] = before;
    }
    dseg_buffer_free(&bytes);
  }
  assert_true(opened > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_that_contradict_the_object),
      cmocka_unit_test(ranges_that_contradict_each_other),
      cmocka_unit_test(what_only_validation_finds),
      cmocka_unit_test(pixels_without_a_meaning),
      cmocka_unit_test(instances_without_a_byte),
      cmocka_unit_test(every_value_is_an_instance),
      cmocka_unit_test(ranges_in_both_forms),
      cmocka_unit_test(boxes_beside_functional_groups),
      cmocka_unit_test(zero_is_no_class),
      cmocka_unit_test(every_byte_is_changed),
  };
  return dseg_register_proposals(NULL) != DSEG_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
