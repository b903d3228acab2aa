/* SPDX-License-Identifier: Apache-2.0 */
/* Instances of an experimental encoding say so, in words and in private elements; those of standard encodings do not,
 * even when they come from one that did. */
#include "writer_fixture.h"

static dseg_status plain_create(const dseg_codec_setup *setup, dseg_codec_context **context, dseg_error *error) {
  (void)setup, (void)error;
  *context = NULL;
  return DSEG_OK;
}

static dseg_status plain_encode(dseg_codec_context *context, const dseg_frame_info *info, dseg_view frame,
                                dseg_buffer *out, dseg_error *error) {
  (void)context, (void)info;
  return dseg_buffer_append(out, frame.data, frame.size, error);
}

static void plain_destroy(dseg_codec_context *context) {
  (void)context;
}

static const dseg_frame_codec codec = {
    .abi = DSEG_PLUGIN_ABI,
    .struct_size = sizeof(dseg_frame_codec),
    .name = "test-marked-frames",
    .title = "Frames as they are",
    .transfer_syntax_uid = "2.25.1234567891",
    .flags = DSEG_PLUGIN_CAN_WRITE | DSEG_PLUGIN_EXPERIMENTAL | DSEG_PLUGIN_BITS_1 | DSEG_PLUGIN_BITS_8,
    .create = plain_create,
    .encode = plain_encode,
    .destroy = plain_destroy,
    .proposal_version = "7 draft"};

static dseg_representation representation; /* LABELMAP by another name */

static void write_object(const char *as, const char *frames, const char *series, const char *text, warning_log *log) {
  dseg_description *description = make_description(6, 8, 3, 2);
  description->content.series_description = series;
  description->content.content_description = text;
  const dseg_write_options options = {.struct_size = sizeof(dseg_write_options),
                                      .representation = as,
                                      .frame_codec = frames,
                                      .replace = true,
                                      .warnings = {log_warning, log}};
  write_volume("a.dcm", description, &options, false);
  dseg_description_destroy(description);
}

/* NULL: the element is absent, or without a value. */
static void expect_texts(const char *series, const char *text, const char *proposals) {
  written_file file;
  open_written("a.dcm", &file);
  const struct {
    uint32_t tag;
    const char *text;
  } expected[] = {{0x0008103E, series},
                  {0x00700081, text},
                  {0x00710010, proposals != NULL ? "DSEG PROPOSALS" : NULL},
                  {0x00711001, proposals}};
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    if (expected[i].text != NULL) {
      assert_text(&file, expected[i].tag, expected[i].text);
    } else {
      assert_int_equal(element_of(&file.part10.elements, expected[i].tag).value.size, 0);
    }
  }
  close_written(&file);
}

/* The value of Implementation Version Name (0002,0013), which has an even length here. */
static void expect_name(const char *name) {
  dseg_buffer bytes = read_file("a.dcm");
  bool found = false;
  for (size_t i = 132; i + 8 + strlen(name) <= bytes.size && i < 600; i++) {
    found = found || (memcmp(bytes.data + i, "\x02\x00\x13\x00SH", 6) == 0 &&
                      memcmp(bytes.data + i + 8, name, strlen(name)) == 0);
  }
  assert_true(found);
  dseg_buffer_free(&bytes);
}

static void a_codec_is_named(void **state) {
  (void)state;
  warning_log log = {0};
  write_object("labelmap", "test-marked-frames", NULL, NULL, &log);
  expect_texts("[experimental: test-marked-frames 7 draft]", "[experimental: test-marked-frames 7 draft]",
               "test-marked-frames 7 draft");
  expect_name("DSEG test-marked");
  assert_int_equal(log.count, 0);
}

static void text_that_is_given_stays_behind_the_mark(void **state) {
  (void)state;
  warning_log log = {0};
  write_object("binary", "test-marked-frames", "Liver", "by hand", &log);
  expect_texts("[experimental: test-marked-frames 7 draft] Liver", "[experimental: test-marked-frames 7 draft] by hand",
               "test-marked-frames 7 draft");
  assert_int_equal(log.count, 0);
  write_object("binary", "test-marked-frames", "Liver", "more than what fits beside the mark", &log);
  expect_texts("[experimental: test-marked-frames 7 draft] Liver",
               "[experimental: test-marked-frames 7 draft] more than what fits b", "test-marked-frames 7 draft");
  assert_int_equal(log.count, 1);
}

static void both_halves_of_an_encoding_are_named(void **state) {
  (void)state;
  warning_log log = {0};
  write_object("test-map", "test-marked-frames", NULL, NULL, &log);
  expect_texts("[experimental: test-map, test-marked-frames 7 draft]",
               "[experimental: test-map, test-marked-frames 7 draft]", "test-map\\test-marked-frames 7 draft");
  write_object("test-map", "explicit-le", NULL, NULL, &log);
  expect_texts("[experimental: test-map]", "[experimental: test-map]", "test-map");
  expect_name("DSEG test-map");
}

static void a_standard_encoding_loses_the_mark(void **state) {
  (void)state;
  warning_log log = {0};
  write_object("labelmap", "explicit-le", "[experimental: zstd 1] Liver", "[experimental: zstd 1]", &log);
  expect_texts("Liver", NULL, NULL);
  expect_name("DSEG_");
  write_object("labelmap", "test-marked-frames", "[experimental: zstd 1] Liver", "[experimental", &log);
  expect_texts("[experimental: test-marked-frames 7 draft] Liver",
               "[experimental: test-marked-frames 7 draft] [experimental", "test-marked-frames 7 draft");
}

int main(void) {
  representation = *dseg_find_representation("labelmap");
  representation.name = "test-map";
  representation.segmentation_type = "TESTMAP";
  representation.sop_class_uid = "2.25.1234567892";
  representation.flags |= DSEG_PLUGIN_EXPERIMENTAL;
  if (dseg_register(NULL, &codec, NULL) != DSEG_OK || dseg_register(&representation, NULL, NULL) != DSEG_OK) {
    return 1;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_codec_is_named, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(text_that_is_given_stays_behind_the_mark, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(both_halves_of_an_encoding_are_named, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(a_standard_encoding_loses_the_mark, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
