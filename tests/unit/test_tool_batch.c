/* SPDX-License-Identifier: Apache-2.0 */
/* test_tool_batch.c - what --verify says of objects whose planes are on no grid: dseg_compare does not take those. */
#include "writer_fixture.h"

#include "batch/batch.h"

enum { SEGMENTS = 2, PLANES = 5 };

/* Changes what is said of a segment. */
typedef void change_fn(dseg_segment *segment);

static dseg_code code(const char *value) {
  return (dseg_code){.value = value, .scheme = "SCT", .meaning = "a meaning"};
}

static void write_object(const char *path, change_fn *change) {
  dseg_code right = code("24028007");
  dseg_code region = code("64033007");
  dseg_description *description = make_description(6, 8, PLANES, SEGMENTS);
  description->geometry.planes[3].position[2] += 0.4;
  description->geometry.spacing_between_slices = 0;
  for (size_t i = 0; i < SEGMENTS; i++) {
    dseg_segment *segment = &description->segments[i];
    segment->category = code("123037004");
    segment->type = code("64033007");
    segment->type_modifiers = (dseg_code_list){.items = &right, .count = 1};
    segment->anatomic_regions = (dseg_code_list){.items = &region, .count = 1};
    segment->description = "what it is";
    segment->tracking_id = "finding";
    segment->tracking_uid = i == 0 ? "1.2.6.1" : "1.2.6.2";
    segment->has_color = true;
    segment->rgb[0] = 200;
    dseg_rgb_to_cielab(segment->rgb, segment->cielab);
  }
  if (change != NULL) {
    change(&description->segments[1]);
  }
  const dseg_write_options options = {.struct_size = sizeof options,
                                      .representation = "labelmap",
                                      .frame_codec = "explicit-le",
                                      .uid_seed = "object",
                                      .date_time = "20250101000000",
                                      .replace = true,
                                      .threads = 1};
  write_volume(path, description, &options, false);
  dseg_description_destroy(description);
}

/* What a batch says of an output that lost, or changed, something of its input. */
static dseg_status verify(change_fn *change, unsigned ignore) {
  static batch_settings settings;
  const batch_run run = {.settings = &settings};
  batch_task task = {.run = &run};
  dseg_source *sides[2] = {NULL, NULL};
  dseg_error error = {0};
  write_object("input.dcm", NULL);
  write_object("output.dcm", change);
  assert_int_equal(batch_open(&task, "input.dcm", NULL, &sides[0], &error), DSEG_OK);
  assert_int_equal(batch_open(&task, "output.dcm", NULL, &sides[1], &error), DSEG_OK);
  dseg_comparison *comparison = NULL;
  const dseg_compare_options options = {.struct_size = sizeof options, .threads = 1};
  assert_int_equal(dseg_compare(sides[0], sides[1], &options, &comparison, &error), DSEG_ERROR_UNSUPPORTED);
  const dseg_status status = batch_verify(&task, sides[0], sides[1], ignore, false, &error);
  assert_int_equal(task.verified, status == DSEG_OK);
  dseg_source_close(sides[0]);
  dseg_source_close(sides[1]);
  return status;
}

static void lose_side(dseg_segment *segment) {
  segment->type_modifiers.count = 0;
}

static void change_side(dseg_segment *segment) {
  static dseg_code left = {.value = "7771000", .scheme = "SCT", .meaning = "Left"};
  segment->type_modifiers.items = &left;
}

static void lose_region(dseg_segment *segment) {
  segment->anatomic_regions.count = 0;
}

static void change_color(dseg_segment *segment) {
  segment->rgb[1] = 100;
  dseg_rgb_to_cielab(segment->rgb, segment->cielab);
}

static void lose_description(dseg_segment *segment) {
  segment->description = NULL;
}

static void change_tracking(dseg_segment *segment) {
  segment->tracking_uid = "1.2.6.3";
}

static void change_attributes(dseg_segment *segment) {
  static uint8_t bytes[256];
  dseg_data_set *set;
  dseg_buffer written = {0};
  assert_int_equal(dseg_data_set_create(&set, NULL), DSEG_OK);
  dseg_data_set_put_text(set, 0x00710010, "LO", "A MAKER");
  dseg_data_set_put_text(set, 0x00711001, "LO", "how it was made");
  assert_int_equal(dseg_data_set_write(set, DSEG_EXPLICIT_VR, &written, NULL), DSEG_OK);
  assert_true(written.size <= sizeof bytes);
  memcpy(bytes, written.data, written.size);
  segment->attributes = (dseg_view){bytes, written.size};
  dseg_buffer_free(&written);
  dseg_data_set_destroy(set);
}

static void what_segments_lose_is_seen(void **state) {
  static const struct {
    change_fn *change;
    unsigned aspect;
  } cases[] = {{lose_side, DSEG_ASPECT_CODES},
               {change_side, DSEG_ASPECT_CODES},
               {lose_region, DSEG_ASPECT_CODES},
               {change_color, DSEG_ASPECT_COLORS},
               {lose_description, DSEG_ASPECT_DETAILS},
               {change_tracking, DSEG_ASPECT_DETAILS},
               {change_attributes, DSEG_ASPECT_PROVENANCE}};
  (void)state;
  assert_int_equal(verify(NULL, 0), DSEG_OK);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(verify(cases[i].change, 0), DSEG_ERROR_FORMAT);
    assert_int_equal(verify(cases[i].change, cases[i].aspect), DSEG_OK);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_segments_lose_is_seen, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
